"""What PostgreSQL itself insists on for nomination rights: the same as for applications."""

import pgtrigger

from elections.lifecycle import submission_is_kept

IN_TIME = pgtrigger.Trigger(
    name="submitted_in_time",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="draft", new__status="submitted"),
    func="""
        NEW.submitted_at := statement_timestamp();
        NEW.due_at := organisations_admit(NEW, statement_timestamp());
        NEW.receipt_number := elections_numbered('N', 'organisations_receipt_numbers');
        RETURN NEW;
    """,
)

# A returned form keeps its first submission; the legal clock stood still meanwhile.
COMES_BACK = pgtrigger.Trigger(
    name="comes_back_in_its_place",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status="returned", new__status="submitted"),
    func="""
        NEW.submitted_at := OLD.submitted_at;
        NEW.receipt_number := OLD.receipt_number;
        NEW.due_at := OLD.due_at + (statement_timestamp() - (
            SELECT max(e.at) FROM organisations_nominationevent e
            WHERE e.right_id = OLD.id AND e.status_to = 'returned'
        ));
        RETURN NEW;
    """,
)

# Afterwards, so that a move that does not exist is called that.
DECIDED = pgtrigger.Trigger(
    name="decided_by_a_decision",
    operation=pgtrigger.Update,
    when=pgtrigger.After,
    condition=pgtrigger.Q(new__status__in=["granted", "refused"]),
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM organisations_nominationdecision d
            WHERE d.id = NEW.decision_id AND d.right_id = NEW.id AND d.outcome = NEW.status
        ) THEN
            RAISE EXCEPTION 'A decided right must point to its own decision, which says so.';
        END IF;
        RETURN NEW;
    """,
)

NOMINATION_GUARDS = [IN_TIME, COMES_BACK, DECIDED, *submission_is_kept()]
