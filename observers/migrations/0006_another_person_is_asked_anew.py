"""An answer is one person's, and for one place: when either changes, it is forgotten."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("observers", "0005_submission_numbers_and_agreement")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="another_person_is_asked_anew",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."identity_index" IS DISTINCT FROM (NEW."identity_index") OR OLD."scope" IS DISTINCT FROM (NEW."scope") OR OLD."constituency_id" IS DISTINCT FROM (NEW."constituency_id"))',
                    func="\n        NEW.observer_asked_at := NULL;\n        NEW.observer_answer := '';\n        NEW.observer_answered_at := NULL;\n        RETURN NEW;\n    ",
                    hash="3e119566099b792b3de9394e2e136beaf22fa2d7",
                    operation='UPDATE OF "identity_index", "scope", "constituency_id"',
                    pgid="pgtrigger_another_person_is_asked_anew_b49d4",
                    table="observers_application",
                    when="BEFORE",
                ),
            ),
        ),
    ]
