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

# A returned form keeps its first submission; where the election says so, the legal clock stood
# still meanwhile.
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
            NEW.due_at := OLD.due_at + (statement_timestamp() - (
                SELECT max(e.at) FROM organisations_nominationevent e
                WHERE e.right_id = OLD.id AND e.status_to = 'returned'
            ));
        END IF;
        RETURN NEW;
    """,
)

# Whoever has read a letter is not told afterwards that it was a slip.
UNDONE = pgtrigger.Trigger(
    name="undone_before_the_letter",
    operation=pgtrigger.UpdateOf("status"),
    when=pgtrigger.Before,
    condition=pgtrigger.Q(old__status__in=["granted", "refused"], new__status="submitted"),
    func="""
        IF NOT EXISTS (
            SELECT 1 FROM organisations_nominationdecision d
            JOIN notifications_letter l ON l.key = d.letter_id AND l.status = 'withdrawn'
            WHERE d.id = OLD.decision_id
        ) THEN
            RAISE EXCEPTION 'A decision is undone only before its letter has left.'
                USING ERRCODE = 'PD008';
        END IF;
        RETURN NEW;
    """,
)

# As many people as the election asks for. A session of the commission is two people as well.
ENOUGH_PEOPLE = pgtrigger.Trigger(
    name="decided_by_as_many_as_it_takes",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__proposed_by__isnull=True),
    func="""
        IF EXISTS (
            SELECT 1 FROM organisations_nominationright r
            JOIN elections_election e ON e.id = r.election_id
            WHERE r.id = NEW.right_id AND 'one' <> CASE NEW.outcome
                WHEN 'granted' THEN e.approval_way ELSE e.refusal_way END
        ) THEN
            RAISE EXCEPTION 'This takes two people.';
        END IF;
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

NOMINATION_GUARDS = [IN_TIME, COMES_BACK, UNDONE, DECIDED, *submission_is_kept()]
