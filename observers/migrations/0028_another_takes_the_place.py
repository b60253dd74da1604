"""Another person in place of one who is registered, by the database's clock (promise 1).

SQLSTATE PD011: nobody is substituted there, or not this person by that organisation.
"""

from django.db import migrations

CLOSES_AT = """
CREATE FUNCTION observers_closes_at(
    window_id bigint, constituency_id bigint, kind text, substitutes_id bigint
) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN $4 IS NULL THEN elections_closes_at($1, $2, $3)
        ELSE (
            SELECT coalesce(w.substitutions_close_at, w.opens_at)
            FROM elections_window w WHERE w.id = $1
        )
    END
$$;
"""

# Volatile where it holds a row: a cancellation that is under way ends first.
ADMIT = """
CREATE OR REPLACE FUNCTION observers_admit(application observers_application, at timestamptz)
RETURNS timestamptz LANGUAGE plpgsql {volatility} AS $$
DECLARE
    w elections_window;
    c elections_commission;
    {declared}
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
    {substituted}
    IF at >= {closes_at} THEN
        RAISE EXCEPTION 'Registration has closed.' USING ERRCODE = 'PD001';
    END IF;
    IF application.organisation_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM organisations_nominationright r
        WHERE r.organisation_id = application.organisation_id
          AND r.election_id = application.election_id AND r.status = 'granted'
    ) THEN
        RAISE EXCEPTION 'The organisation has no nomination right.' USING ERRCODE = 'PD004';
    END IF;
    IF application.organisation_id IS NOT NULL AND application.observer_answer <> 'agreed'
        AND EXISTS (
            SELECT 1 FROM elections_election e
            WHERE e.id = application.election_id AND e.observer_consent = 'before_submission'
        )
    THEN
        RAISE EXCEPTION 'The observer has not agreed.' USING ERRCODE = 'PD005';
    END IF;
    RETURN at + make_interval(days => w.days_to_decide);
END
$$;
"""

SUBSTITUTED = """
    IF application.substitutes_id IS NOT NULL THEN
        SELECT a.* INTO former FROM observers_application a
        WHERE a.id = application.substitutes_id FOR UPDATE;
        IF w.substitutions_close_at IS NULL OR former.status <> 'approved'
            OR former.organisation_id IS DISTINCT FROM application.organisation_id
            OR former.election_id <> application.election_id
            OR former.window_id <> application.window_id
            OR former.kind <> application.kind OR former.scope <> application.scope
            OR former.constituency_id IS DISTINCT FROM application.constituency_id
        THEN
            RAISE EXCEPTION 'Nobody is substituted there.' USING ERRCODE = 'PD011';
        END IF;
    END IF;
"""

BEFORE = ADMIT.format(
    volatility="STABLE",
    declared="",
    substituted="",
    closes_at="elections_closes_at(w.id, application.constituency_id, application.kind)",
)
AFTER = ADMIT.format(
    volatility="VOLATILE",
    declared="former observers_application;",
    substituted=SUBSTITUTED,
    closes_at="observers_closes_at(w.id, application.constituency_id, application.kind,"
    " application.substitutes_id)",
)
DROP = "DROP FUNCTION observers_closes_at(bigint, bigint, text, bigint)"


class Migration(migrations.Migration):
    dependencies = [("observers", "0027_substitutions")]

    operations = [
        migrations.RunSQL(CLOSES_AT, DROP),
        migrations.RunSQL(AFTER, BEFORE),
    ]
