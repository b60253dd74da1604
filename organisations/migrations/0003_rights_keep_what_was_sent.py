"""Rights are guarded like applications: in their place, with their own decision, not deleted."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_admission"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="nominationright",
            name="submitted_in_time",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="submitted_in_time",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'submitted' AND OLD.\"status\" = 'draft')",
                    func="\n        NEW.submitted_at := statement_timestamp();\n        NEW.due_at := organisations_admit(NEW, statement_timestamp());\n        NEW.receipt_number := elections_numbered('N', 'organisations_receipt_numbers');\n        RETURN NEW;\n    ",
                    hash="073705c325e2a4676e39aa55c429cc6e752ba4d9",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_submitted_in_time_d5124",
                    table="organisations_nominationright",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="comes_back_in_its_place",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'submitted' AND OLD.\"status\" = 'returned')",
                    func="\n        NEW.submitted_at := OLD.submitted_at;\n        NEW.receipt_number := OLD.receipt_number;\n        NEW.due_at := OLD.due_at + (statement_timestamp() - (\n            SELECT max(e.at) FROM organisations_nominationevent e\n            WHERE e.right_id = OLD.id AND e.status_to = 'returned'\n        ));\n        RETURN NEW;\n    ",
                    hash="23ed18fb45f7320e7ffa92a80e9ef0584987c67f",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_comes_back_in_its_place_98df5",
                    table="organisations_nominationright",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_by_a_decision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" IN ('granted', 'refused'))",
                    func="\n        IF NOT EXISTS (\n            SELECT 1 FROM organisations_nominationdecision d\n            WHERE d.id = NEW.decision_id AND d.right_id = NEW.id AND d.outcome = NEW.status\n        ) THEN\n            RAISE EXCEPTION 'A decided right must point to its own decision, which says so.';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="da5d5408e4ded3d31dc95a4b99d5f8ede3431848",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_by_a_decision_72101",
                    table="organisations_nominationright",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="submission_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."submitted_at" IS NOT NULL AND (OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."receipt_number" IS DISTINCT FROM (NEW."receipt_number")))',
                    func="RAISE EXCEPTION 'The time and the number of a submission are not changed.';",
                    hash="0f7a52d69302aded8e5cf23660cf33ac37a7eb28",
                    operation='UPDATE OF "submitted_at", "receipt_number"',
                    pgid="pgtrigger_submission_is_kept_869bf",
                    table="organisations_nominationright",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="submitted_is_not_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."submitted_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'A submitted form is not deleted.';",
                    hash="178dfab174f3147988e11c1eefbe36b8089b8a16",
                    operation="DELETE",
                    pgid="pgtrigger_submitted_is_not_deleted_36ba1",
                    table="organisations_nominationright",
                    when="BEFORE",
                ),
            ),
        ),
    ]
