"""A move that does not exist is refused as such before its decision is asked for."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_rights_keep_what_was_sent"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="nominationright",
            name="decided_by_a_decision",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="nominationright",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_by_a_decision",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" IN ('granted', 'refused'))",
                    func="\n        IF NOT EXISTS (\n            SELECT 1 FROM organisations_nominationdecision d\n            WHERE d.id = NEW.decision_id AND d.right_id = NEW.id AND d.outcome = NEW.status\n        ) THEN\n            RAISE EXCEPTION 'A decided right must point to its own decision, which says so.';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="c848e54f45267e0b83118e63ca334c493a5b2efa",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_by_a_decision_72101",
                    table="organisations_nominationright",
                    when="AFTER",
                ),
            ),
        ),
    ]
