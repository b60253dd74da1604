import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0007_names_by_kind"),
        ("observers", "0026_statistics_are_kept"),
        ("organisations", "0005_pages_of_nomination_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="lapses_after_the_closing",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="legal_moves",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="application",
            name="a_change_makes_proposals_void",
        ),
        migrations.AddField(
            model_name="application",
            name="substitutes",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="substitutions",
                to="observers.application",
                verbose_name="in place of",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="legal_moves",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{approved:cancelled,approved:under_review,approved:withdrawn,cancelled:approved,draft:lapsed,draft:submitted,draft:withdrawn,refused:approved,refused:under_review,returned:submitted,returned:under_review,returned:withdrawn,submitted:under_review,submitted:withdrawn,under_review:approved,under_review:refused,under_review:returned,under_review:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="9a2a1b5458d636d403b44cb11941ac180d70c4c2",
                    operation="UPDATE",
                    pgid="pgtrigger_legal_moves_70f9b",
                    table="observers_application",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="another_takes_the_place",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."status" = \'submitted\' AND NEW."substitutes_id" IS NOT NULL AND OLD."status" = \'draft\')',
                    declare="DECLARE said_action text; said_reason text;",
                    func="\n        said_action := coalesce(current_setting('portal.action', true), '');\n        said_reason := coalesce(current_setting('portal.reason', true), '');\n        PERFORM set_config('portal.action', 'substitute', true),\n            set_config('portal.reason', NEW.receipt_number, true);\n        UPDATE observers_application SET status = 'withdrawn', updated_at = statement_timestamp()\n        WHERE id = NEW.substitutes_id;\n        PERFORM set_config('portal.action', said_action, true),\n            set_config('portal.reason', said_reason, true);\n        RETURN NULL;\n    ",
                    hash="f818e4600b2a88049920ca6b6bd670fcf8347526",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_another_takes_the_place_4e5dd",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="gives_way_to_another",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'withdrawn' AND OLD.\"status\" = 'approved')",
                    func="\n        IF NOT EXISTS (\n            SELECT 1 FROM observers_application s\n            WHERE s.substitutes_id = NEW.id AND s.status = 'submitted'\n        ) THEN\n            RAISE EXCEPTION 'Who is registered gives way only to another who is named.';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="a3296ce0cdec6e2ae2d03e61f7f860f895d13fd8",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_gives_way_to_another_277b8",
                    table="observers_application",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="in_whose_place_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."substitutes_id" IS DISTINCT FROM (NEW."substitutes_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update of \"substitutes_id\" rows from % table', TG_TABLE_NAME;",
                    hash="99ae62a1db3fe34c257247a17287be983788188d",
                    operation='UPDATE OF "substitutes_id"',
                    pgid="pgtrigger_in_whose_place_is_kept_65a9b",
                    table="observers_application",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="lapses_after_the_closing",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'lapsed' AND OLD.\"status\" = 'draft')",
                    func="\n        IF statement_timestamp()\n            < observers_closes_at(NEW.window_id, NEW.constituency_id, NEW.kind, NEW.substitutes_id)\n        THEN\n            RAISE EXCEPTION 'A draft does not lapse while registration is open.';\n        END IF;\n        RETURN NEW;\n    ",
                    hash="3c77dba2c8fc4a49f2d74793e07c9bf7652f5280",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_lapses_after_the_closing_58325",
                    table="observers_application",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="a_change_makes_proposals_void",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."commission_id" IS DISTINCT FROM (NEW."commission_id") OR OLD."observer_answer" IS DISTINCT FROM (NEW."observer_answer") OR (NEW."status" IN (\'returned\', \'withdrawn\') AND OLD."status" = \'under_review\') OR (NEW."status" IN (\'under_review\', \'withdrawn\') AND OLD."status" = \'approved\'))',
                    func="\n        UPDATE observers_proposal SET settled_as = 'void', settled_at = statement_timestamp()\n        WHERE application_id = NEW.id AND settled_as = '';\n        RETURN NULL;\n    ",
                    hash="2aa59c07d28ff1c599c7748769e08d67614c370e",
                    operation="UPDATE",
                    pgid="pgtrigger_a_change_makes_proposals_void_3fea4",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("substitutes__isnull", False),
                    models.Q(("status__in", ("lapsed", "withdrawn")), _negated=True),
                ),
                fields=("substitutes",),
                name="one_substitution_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("substitutes__isnull", True), ("organisation__isnull", False), _connector="OR"
                ),
                name="an_organisation_substitutes",
            ),
        ),
    ]
