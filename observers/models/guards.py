"""What PostgreSQL itself insists on for applications. Promise 1 and half of promise 4."""

import pgtrigger

from elections.lifecycle import submission_is_kept

IN_TIME = pgtrigger.Trigger(
    name="submitted_in_time",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="draft", new__status="submitted"),
    func="""
        NEW.due_at := observers_admit(NEW, statement_timestamp());
        NEW.submitted_at := statement_timestamp();
        NEW.receipt_number := elections_numbered('R', 'observers_receipt_numbers');
        RETURN NEW;
    """,
)

# A returned application keeps its first submission; the legal clock stood still meanwhile.
COMES_BACK = pgtrigger.Trigger(
    name="comes_back_in_its_place",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="returned", new__status="submitted"),
    func="""
        NEW.submitted_at := OLD.submitted_at;
        NEW.receipt_number := OLD.receipt_number;
        NEW.due_at := OLD.due_at + (statement_timestamp() - OLD.returned_at);
        RETURN NEW;
    """,
)

LAPSES_LATE = pgtrigger.Trigger(
    name="lapses_after_the_closing",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="draft", new__status="lapsed"),
    func="""
        IF statement_timestamp()
            < elections_closes_at(NEW.window_id, NEW.constituency_id, NEW.kind) THEN
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

# What a decision rests on: the newest decision of this application, with this outcome. Counted,
# and planned anew each time, for the reason that `elections.lifecycle` gives.
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
              AND (d.id IS NULL OR n.decision_id IS NOT DISTINCT FROM o.decision_id)
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

APPLICATION_GUARDS = [
    IN_TIME,
    COMES_BACK,
    LAPSES_LATE,
    REGISTERED,
    DECIDED,
    ASKED_ANEW,
    *submission_is_kept(),
]
