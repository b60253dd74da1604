"""What PostgreSQL itself insists on for applications. Promise 1 and half of promise 4."""

import pgtrigger

from elections.lifecycle import submission_is_kept

IN_TIME = pgtrigger.Trigger(
    name="submitted_in_time",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="draft", new__status="submitted"),
    func="""
        NEW.submitted_at := coalesce(NEW.paper_received_at, statement_timestamp());
        NEW.due_at := observers_admit(NEW, NEW.submitted_at);
        NEW.receipt_number := elections_numbered('R', 'observers_receipt_numbers');
        RETURN NEW;
    """,
)

# What came on paper is in time by the moment it was handed in; nobody backdates without the scan,
# and nothing is handed in tomorrow.
ON_PAPER = pgtrigger.Trigger(
    name="paper_has_its_scan",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__status="submitted", new__paper_received_at__isnull=False),
    func="""
        IF NEW.paper_received_at > statement_timestamp() OR NOT EXISTS (
            SELECT 1 FROM observers_paperform p WHERE p.application_id = NEW.id
        ) THEN
            RAISE EXCEPTION 'What came on paper has its scan, and came before now.'
                USING ERRCODE = 'PD007';
        END IF;
        RETURN NEW;
    """,
)

PAPER_IS_KEPT = pgtrigger.Protect(
    name="paper_time_is_kept",
    operation=pgtrigger.UpdateOf("paper_received_at"),
    condition=pgtrigger.Q(old__paper_received_at__df=pgtrigger.F("new__paper_received_at")),
)

# A returned application keeps its first submission; where the election says so, the legal clock
# stood still meanwhile.
COMES_BACK = pgtrigger.Trigger(
    name="comes_back_in_its_place",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="returned", new__status="submitted"),
    func="""
        NEW.submitted_at := OLD.submitted_at;
        NEW.receipt_number := OLD.receipt_number;
        NEW.due_at := OLD.due_at;
        IF (SELECT e.clock_stands_still FROM elections_election e WHERE e.id = NEW.election_id) THEN
            NEW.due_at := OLD.due_at + (statement_timestamp() - OLD.returned_at);
        END IF;
        RETURN NEW;
    """,
)

# Whoever has read a letter, or has appealed, is not told afterwards that it was a slip.
UNDONE = pgtrigger.Trigger(
    name="undone_before_the_letter",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(
        old__status__in=["approved", "refused", "returned"], new__status="under_review"
    ),
    declare=[("told", "uuid")],
    func="""
        IF OLD.status = 'returned' THEN
            SELECT r.letter_id INTO told FROM observers_return r
            WHERE r.application_id = OLD.id ORDER BY r.id DESC LIMIT 1;
        ELSE
            SELECT d.letter_id INTO told FROM observers_decision d WHERE d.id = OLD.decision_id;
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM notifications_letter l WHERE l.key = told AND l.status = 'withdrawn'
        ) OR EXISTS (
            SELECT 1 FROM observers_appeal p WHERE p.decision_id = OLD.decision_id
        ) THEN
            RAISE EXCEPTION 'A decision is undone only before its letter has left.'
                USING ERRCODE = 'PD008';
        END IF;
        RETURN NEW;
    """,
)

# A proposal is about what was seen: what has changed since was seen by nobody.
VOID = pgtrigger.Trigger(
    name="a_change_makes_proposals_void",
    operation=pgtrigger.Update,
    when=pgtrigger.After,
    condition=pgtrigger.Q(old__version__df=pgtrigger.F("new__version"))
    | pgtrigger.Q(old__commission__df=pgtrigger.F("new__commission"))
    | pgtrigger.Q(old__observer_answer__df=pgtrigger.F("new__observer_answer"))
    | pgtrigger.Q(old__status="under_review", new__status__in=["returned", "withdrawn"])
    | pgtrigger.Q(old__status="approved", new__status__in=["under_review", "withdrawn"]),
    func="""
        UPDATE observers_proposal SET settled_as = 'void', settled_at = statement_timestamp()
        WHERE application_id = NEW.id AND settled_as = '';
        RETURN NULL;
    """,
)

LAPSES_LATE = pgtrigger.Trigger(
    name="lapses_after_the_closing",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="draft", new__status="lapsed"),
    func="""
        IF statement_timestamp()
            < observers_closes_at(NEW.window_id, NEW.constituency_id, NEW.kind, NEW.substitutes_id)
        THEN
            RAISE EXCEPTION 'A draft does not lapse while registration is open.';
        END IF;
        RETURN NEW;
    """,
)

REGISTERED = pgtrigger.Trigger(
    name="registered_with_a_number",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__status="approved", new__accreditation_number__isnull=True),
    func="""
        NEW.accreditation_number := elections_numbered('A', 'observers_accreditation_numbers');
        RETURN NEW;
    """,
)

# What a decision rests on: the newest decision of this application, with this outcome; where one
# stood already, of an appeal. Counted, and planned anew each time, for the reason that
# `elections.lifecycle` gives.
DECIDED = pgtrigger.Trigger(
    name="decided_by_a_decision",
    operation=pgtrigger.Update,
    when=pgtrigger.After,
    level=pgtrigger.Statement,
    referencing=pgtrigger.Referencing(old="old_rows", new="new_rows"),
    declare=[("unfounded", "bigint")],
    func="""
        EXECUTE $unfounded$
            SELECT count(*) FROM new_rows n
            JOIN old_rows o ON o.id = n.id AND o.status IS DISTINCT FROM n.status
            LEFT JOIN observers_decision d
                ON d.id = n.decision_id AND d.application_id = n.id AND d.outcome = n.status
            WHERE n.status IN ('approved', 'refused', 'cancelled')
              AND (d.id IS NULL OR n.decision_id IS NOT DISTINCT FROM o.decision_id
                   OR o.status IN ('refused', 'cancelled') AND d.appeal_id IS NULL)
        $unfounded$ INTO unfounded;
        IF unfounded > 0 THEN
            RAISE EXCEPTION 'A decided application must point to a new decision that says so.';
        END IF;
        RETURN NULL;
    """,
)

# Who has agreed has agreed for themselves, and for that place.
ASKED_ANEW = pgtrigger.Trigger(
    name="another_person_is_asked_anew",
    operation=pgtrigger.UpdateOf("identity_index", "scope", "constituency_id"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__identity_index__df=pgtrigger.F("new__identity_index"))
    | pgtrigger.Q(old__scope__df=pgtrigger.F("new__scope"))
    | pgtrigger.Q(old__constituency__df=pgtrigger.F("new__constituency")),
    func="""
        NEW.observer_asked_at := NULL;
        NEW.observer_answer := '';
        NEW.observer_answered_at := NULL;
        RETURN NEW;
    """,
)

# Whoever is no longer registered has no valid badge, from the same moment on: cancelled, undone,
# or substituted, and whoever did it.
BADGELESS = pgtrigger.Trigger(
    name="badges_end_with_the_registration",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.After,
    condition=pgtrigger.Q(old__status="approved", new__status__df="approved"),
    func="""
        UPDATE observers_badge SET status = 'revoked'
        WHERE application_id = NEW.id AND status IN ('issued', 'printed', 'handed_over');
        RETURN NULL;
    """,
)

# The place goes from one person to the other at one moment: with the submission of the second, the
# registration of the first ends, and with it the badge. The row of the first is held before it is
# looked at (`observers_admit`), so that a cancellation comes before or after, never between.
TAKES_THE_PLACE = pgtrigger.Trigger(
    name="another_takes_the_place",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.After,
    condition=pgtrigger.Q(
        old__status="draft", new__status="submitted", new__substitutes__isnull=False
    ),
    declare=[("said_action", "text"), ("said_reason", "text")],
    func="""
        said_action := coalesce(current_setting('portal.action', true), '');
        said_reason := coalesce(current_setting('portal.reason', true), '');
        PERFORM set_config('portal.action', 'substitute', true),
            set_config('portal.reason', NEW.receipt_number, true);
        UPDATE observers_application SET status = 'withdrawn', updated_at = statement_timestamp()
        WHERE id = NEW.substitutes_id;
        PERFORM set_config('portal.action', said_action, true),
            set_config('portal.reason', said_reason, true);
        RETURN NULL;
    """,
)

GIVES_WAY = pgtrigger.Trigger(
    name="gives_way_to_another",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="approved", new__status="withdrawn"),
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM observers_application s
            WHERE s.substitutes_id = NEW.id AND s.status = 'submitted'
        ) THEN
            RAISE EXCEPTION 'Who is registered gives way only to another who is named.';
        END IF;
        RETURN NEW;
    """,
)

# In whose place somebody is named does not change under a commission’s hands.
PLACE_OF = pgtrigger.Protect(
    name="in_whose_place_is_kept",
    operation=pgtrigger.UpdateOf("substitutes_id"),
    condition=pgtrigger.Q(old__substitutes__df=pgtrigger.F("new__substitutes")),
)

APPLICATION_GUARDS = [
    TAKES_THE_PLACE,
    GIVES_WAY,
    PLACE_OF,
    BADGELESS,
    ON_PAPER,
    PAPER_IS_KEPT,
    IN_TIME,
    COMES_BACK,
    LAPSES_LATE,
    REGISTERED,
    UNDONE,
    DECIDED,
    VOID,
    ASKED_ANEW,
    *submission_is_kept(),
]

# As many people as the election asks for, none of whom has stood aside, filed it, or entered it
# from paper; and an appeal's decision is one that upholds an appeal about this application.
DECISION_GUARDS = [
    pgtrigger.Trigger(
        name="decided_by_those_who_may",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("wrong", "text")],
        func="""
            EXECUTE $who$
                SELECT CASE
                    WHEN a.applicant_id IN (n.proposed_by_id, n.confirmed_by_id) THEN
                        'Who filed it, or entered it from paper, does not decide it.'
                    WHEN r.id IS NOT NULL THEN 'Who has stood aside does not decide.'
                    WHEN n.appeal_id IS NOT NULL THEN
                        'A decision of an appeal needs the appeal that was upheld.'
                    WHEN w.way = 'session' THEN 'This is decided in a session of the commission.'
                    ELSE 'This takes two people.'
                END
                FROM new_rows n
                JOIN observers_application a ON a.id = n.application_id
                JOIN elections_election e ON e.id = a.election_id
                CROSS JOIN LATERAL (SELECT CASE n.outcome
                    WHEN 'approved' THEN e.approval_way
                    WHEN 'refused' THEN e.refusal_way
                    ELSE e.cancellation_way END AS way) w
                LEFT JOIN observers_recusal r
                    ON r.reviewer_id IN (n.proposed_by_id, n.confirmed_by_id)
                    AND (r.application_id = a.id OR r.organisation_id = a.organisation_id)
                LEFT JOIN observers_appeal p ON p.id = n.appeal_id AND p.status = 'upheld'
                LEFT JOIN observers_decision o
                    ON o.id = p.decision_id AND o.application_id = n.application_id
                WHERE r.id IS NOT NULL
                   OR a.applicant_id IN (n.proposed_by_id, n.confirmed_by_id)
                   OR n.appeal_id IS NOT NULL AND o.id IS NULL
                   OR n.appeal_id IS NULL AND w.way <> 'one' AND n.confirmed_by_id IS NULL
                   OR n.appeal_id IS NULL AND w.way = 'session' AND n.session_id IS NULL
                LIMIT 1
            $who$ INTO wrong;
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION '%', wrong;
            END IF;
            RETURN NULL;
        """,
    ),
    # What was decided otherwise meanwhile is no longer as the proposer saw it.
    pgtrigger.Trigger(
        name="a_decision_makes_proposals_void",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="new_rows"),
        func="""
            EXECUTE $void$
                UPDATE observers_proposal p
                SET settled_as = 'void', settled_at = statement_timestamp()
                FROM new_rows n
                WHERE p.application_id = n.application_id AND p.settled_as = ''
                  AND p.id IS DISTINCT FROM n.proposal_id
            $void$;
            RETURN NULL;
        """,
    ),
    # What a session decides stands in its protocol, and nothing is added to it afterwards.
    pgtrigger.Trigger(
        name="adopted_from_its_agenda",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        referencing=pgtrigger.Referencing(new="new_rows"),
        declare=[("strangers", "bigint")],
        func="""
            EXECUTE $strangers$
                SELECT count(*) FROM new_rows n
                JOIN observers_application a ON a.id = n.application_id
                LEFT JOIN observers_commissionsession s
                    ON s.id = n.session_id AND s.commission_id = a.commission_id
                    AND s.recorded_at IS NULL
                LEFT JOIN observers_agendaitem i
                    ON i.session_id = s.id AND i.proposal_id = n.proposal_id
                WHERE n.session_id IS NOT NULL AND i.id IS NULL
            $strangers$ INTO strangers;
            IF strangers > 0 THEN
                RAISE EXCEPTION 'A session decides what is on its agenda, until it is recorded.';
            END IF;
            RETURN NULL;
        """,
    ),
]

# A protocol that is signed is not written anew.
SESSION_GUARDS = [
    pgtrigger.Protect(
        name="recorded_session_is_kept",
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__recorded_at__isnull=False),
    ),
]
AGENDA_GUARDS = [
    pgtrigger.Trigger(
        name="recorded_agenda_is_kept",
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.Before,
        func="""
            IF EXISTS (
                SELECT 1 FROM observers_commissionsession s
                WHERE s.id IN (OLD.session_id, NEW.session_id) AND s.recorded_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'The session is recorded: its agenda stays as it is.';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    ),
]

# The time to appeal is kept like that of registration: by the database's clock, half-open. It goes
# to the body above, once; what a court outside has ruled was lodged there.
APPEAL_GUARDS = [
    pgtrigger.Trigger(
        name="lodged_in_time",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__court=""),
        declare=[("against", "observers_decision"), ("days", "integer")],
        func="""
            NEW.lodged_at := statement_timestamp();
            SELECT d.* INTO against FROM observers_decision d
            JOIN observers_application a ON a.id = d.application_id AND a.decision_id = d.id
            WHERE d.id = NEW.decision_id AND d.appeal_until IS NOT NULL
              AND d.outcome IN ('refused', 'cancelled');
            SELECT c.days_to_decide_appeal INTO days FROM elections_commission c
            WHERE c.id = against.commission_id AND c.appeals_to_id = NEW.commission_id;
            IF days IS NULL OR EXISTS (
                SELECT 1 FROM observers_appeal p
                WHERE p.decision_id = NEW.decision_id AND p.status IN ('upheld', 'dismissed')
            ) THEN
                RAISE EXCEPTION 'Against this decision there is no appeal.' USING ERRCODE = 'PD009';
            END IF;
            NEW.due_at := NEW.lodged_at + days * interval '1 day';
            IF NEW.lodged_at >= against.appeal_until THEN
                RAISE EXCEPTION 'The time to appeal has passed.' USING ERRCODE = 'PD006';
            END IF;
            RETURN NEW;
        """,
    ),
    pgtrigger.Trigger(
        name="decided_by_others",
        operation=pgtrigger.UpdateOf("status"),
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__status__in=["upheld", "dismissed"], new__court=""),
        func="""
            IF EXISTS (
                SELECT 1 FROM observers_decision d WHERE d.id = NEW.decision_id
                AND NEW.decided_by_id IN (d.proposed_by_id, d.confirmed_by_id)
            ) THEN
                RAISE EXCEPTION 'Nobody decides an appeal against their own decision.';
            END IF;
            IF NEW.decided_by_id = NEW.lodged_by_id OR EXISTS (
                SELECT 1 FROM observers_decision d
                JOIN observers_application a ON a.id = d.application_id
                LEFT JOIN observers_recusal r ON r.reviewer_id = NEW.decided_by_id
                    AND (r.application_id = a.id OR r.organisation_id = a.organisation_id)
                LEFT JOIN organisations_representative p ON p.user_id = NEW.decided_by_id
                    AND p.organisation_id = a.organisation_id
                WHERE d.id = NEW.decision_id
                  AND (a.applicant_id = NEW.decided_by_id OR r.id IS NOT NULL OR p.id IS NOT NULL)
            ) THEN
                RAISE EXCEPTION 'Who has a hand in it, or stood aside, decides no appeal.';
            END IF;
            RETURN NEW;
        """,
    ),
]
