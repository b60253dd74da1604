import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("observers", "0021_earlier_badges_say_it_as_well")]

    operations = [
        migrations.AddIndex(
            model_name="badge",
            index=models.Index(
                condition=models.Q(("status__in", ["replaced", "revoked"])),
                fields=["id", "status"],
                name="badge_revocations",
            ),
        ),
        migrations.AddIndex(
            model_name="badge",
            index=models.Index(fields=["number"], name="badge_by_number"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="badges_end_with_the_registration",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" IS DISTINCT FROM 'approved' AND OLD.\"status\" = 'approved')",
                    func="\n        UPDATE observers_badge SET status = 'revoked'\n        WHERE application_id = NEW.id AND status IN ('issued', 'printed', 'handed_over');\n        RETURN NULL;\n    ",
                    hash="15a8906ccd5a268356a9f9b7431c3f315cf5ef9a",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_badges_end_with_the_registration_30631",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badge",
            trigger=pgtrigger.compiler.Trigger(
                name="badge_is_for_the_registered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE strangers bigint;",
                    func="\n            EXECUTE $strangers$\n                SELECT count(*) FROM new_rows n\n                JOIN observers_application a ON a.id = n.application_id\n                JOIN elections_election e ON e.id = a.election_id\n                WHERE a.status <> 'approved' OR a.accreditation_number <> n.number\n                   OR a.organisation_id IS NOT NULL AND e.observer_consent <> 'not_asked'\n                      AND a.observer_answer <> 'agreed'\n            $strangers$ INTO strangers;\n            IF strangers > 0 THEN\n                RAISE EXCEPTION 'A badge is for who is registered, and has agreed where asked.'\n                    USING ERRCODE = 'PD010';\n            END IF;\n            RETURN NULL;\n        ",
                    hash="f8f3bcb120cac9d434959f4c9097ecc19cc075df",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_badge_is_for_the_registered_010a8",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="observers_badge",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badge",
            trigger=pgtrigger.compiler.Trigger(
                name="badge_says_what_it_says",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='RAISE EXCEPTION \'pgtrigger: Cannot update of "application_id", "serial", "number", "kind", "scope", "constituency_id", "valid_from", "replaces_id", "why" rows from % table\', TG_TABLE_NAME;',
                    hash="1a64e2872b9c1282066119aee089834dc7d13886",
                    operation='UPDATE OF "application_id", "serial", "number", "kind", "scope", "constituency_id", "valid_from", "replaces_id", "why"',
                    pgid="pgtrigger_badge_says_what_it_says_973c3",
                    table="observers_badge",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badge",
            trigger=pgtrigger.compiler.Trigger(
                name="badge_is_not_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="223df8dc294aaeac4b7ef3abf7f8d03cd1678133",
                    operation="DELETE",
                    pgid="pgtrigger_badge_is_not_deleted_25d08",
                    table="observers_badge",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                name="badge_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="badge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("replaces__isnull", True), ("why", "first")),
                    models.Q(
                        models.Q(("why", "first"), _negated=True), ("replaces__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="replacement_names_what_it_replaces",
            ),
        ),
    ]
