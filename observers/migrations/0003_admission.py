"""Admission of applications by the database's clock (promise 1), and their numbers.

SQLSTATEs: PD001 too late, PD002 the window or commission does not fit, PD003 too early,
PD004 the organisation has no nomination right.
"""

from django.db import migrations

CREATE = """
CREATE SEQUENCE observers_receipt_numbers;
CREATE SEQUENCE observers_accreditation_numbers;

CREATE FUNCTION observers_admit(application observers_application, at timestamptz)
RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
    w elections_window;
    c elections_commission;
BEGIN
    SELECT * INTO w FROM elections_window WHERE id = application.window_id;
    SELECT * INTO c FROM elections_commission WHERE id = application.commission_id;
    IF w.election_id <> application.election_id OR w.scope <> application.scope
        OR NOT application.kind = ANY (w.kinds) OR c.election_id <> application.election_id
        OR c.authority <> w.authority
        OR (c.authority = 'constituency'
            AND c.constituency_id IS DISTINCT FROM application.constituency_id)
    THEN
        RAISE EXCEPTION 'The window does not admit this application.' USING ERRCODE = 'PD002';
    END IF;
    IF at < w.opens_at THEN
        RAISE EXCEPTION 'Registration has not opened.' USING ERRCODE = 'PD003';
    END IF;
    IF at >= elections_closes_at(w.id, application.constituency_id, application.kind) THEN
        RAISE EXCEPTION 'Registration has closed.' USING ERRCODE = 'PD001';
    END IF;
    IF application.organisation_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM organisations_nominationright r
        WHERE r.organisation_id = application.organisation_id
          AND r.election_id = application.election_id AND r.status = 'granted'
    ) THEN
        RAISE EXCEPTION 'The organisation has no nomination right.' USING ERRCODE = 'PD004';
    END IF;
    RETURN at + make_interval(days => w.days_to_decide);
END
$$;
"""

DROP = """
DROP FUNCTION observers_admit(observers_application, timestamptz);
DROP SEQUENCE observers_accreditation_numbers;
DROP SEQUENCE observers_receipt_numbers;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0003_numbers_with_check_digits"),
        ("organisations", "0002_admission"),
        ("observers", "0002_constraints_and_guards"),
    ]

    operations = [migrations.RunSQL(CREATE, DROP)]
