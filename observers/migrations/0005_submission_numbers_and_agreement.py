"""Numbers of submissions; and, where the election asks for it, no submission of an organisation's
observer who has not agreed (SQLSTATE PD005)."""

from django.db import migrations

BODY = """
CREATE OR REPLACE FUNCTION observers_admit(application observers_application, at timestamptz)
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
    %s
    RETURN at + make_interval(days => w.days_to_decide);
END
$$;
"""

AGREED = """
    IF application.organisation_id IS NOT NULL AND application.observer_answer <> 'agreed'
        AND EXISTS (
            SELECT 1 FROM elections_election e
            WHERE e.id = application.election_id AND e.observer_consent = 'before_submission'
        )
    THEN
        RAISE EXCEPTION 'The observer has not agreed.' USING ERRCODE = 'PD005';
    END IF;
"""

SEQUENCE = "CREATE SEQUENCE observers_submission_numbers"


class Migration(migrations.Migration):
    dependencies = [("observers", "0004_uploads_and_submissions")]

    operations = [
        migrations.RunSQL(BODY % AGREED, BODY % ""),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE observers_submission_numbers"),
    ]
