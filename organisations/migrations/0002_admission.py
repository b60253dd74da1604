"""Admission of applications for a nomination right, by the database's clock (promise 1).

SQLSTATEs: PD001 too late, PD003 too early.
"""

from django.db import migrations

CREATE = """
CREATE SEQUENCE organisations_receipt_numbers;

CREATE FUNCTION organisations_admit(nomination organisations_nominationright, at timestamptz)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    days integer;
BEGIN
    SELECT max(w.days_to_decide) INTO days
    FROM elections_window w
    JOIN organisations_organisation o ON o.id = nomination.organisation_id
    WHERE w.election_id = nomination.election_id
      AND o.kind = ANY (w.kinds)
      AND w.opens_at <= at
      AND at < greatest(
          w.closes_at, (SELECT max(e.until) FROM elections_extension e WHERE e.window_id = w.id)
      );
    IF days IS NULL THEN
        RAISE EXCEPTION 'No window is open for this organisation.' USING ERRCODE = 'PD001';
    END IF;
    RETURN at + make_interval(days => days);
END
$$;
"""

DROP = """
DROP FUNCTION organisations_admit(organisations_nominationright, timestamptz);
DROP SEQUENCE organisations_receipt_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0002_closing_moment"),
        ("organisations", "0001_initial"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
