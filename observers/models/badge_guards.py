"""What PostgreSQL itself insists on for badges."""

import pgtrigger

# A badge is for who is registered under its number and, where the election asks, has agreed.
# Counted, and planned anew each time, for the reason that `elections.lifecycle` gives.
BADGE_GUARDS = [
    pgtrigger.Trigger(
        name="badge_is_for_the_registered",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("strangers", "bigint")],
        func="""
            EXECUTE $strangers$
                SELECT count(*) FROM new_rows n
                JOIN observers_application a ON a.id = n.application_id
                JOIN elections_election e ON e.id = a.election_id
                WHERE a.status <> 'approved' OR a.accreditation_number <> n.number
                   OR a.organisation_id IS NOT NULL AND e.observer_consent <> 'not_asked'
                      AND a.observer_answer <> 'agreed'
            $strangers$ INTO strangers;
            IF strangers > 0 THEN
                RAISE EXCEPTION 'A badge is for who is registered, and has agreed where asked.'
                    USING ERRCODE = 'PD010';
            END IF;
            RETURN NULL;
        """,
    ),
    # What has been printed and signed cannot say something else afterwards.
    pgtrigger.Protect(
        name="badge_says_what_it_says",
        operation=pgtrigger.UpdateOf(
            "application_id", "serial", "number", "kind", "scope", "constituency_id", "valid_from",
            "replaces_id", "why",
        ),
    ),
    # Its place on the revocation list is its place among all of them.
    pgtrigger.Protect(name="badge_is_not_deleted", operation=pgtrigger.Delete),
]  # fmt: skip
