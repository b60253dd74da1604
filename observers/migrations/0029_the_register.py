import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models


ANEW = """
CREATE FUNCTION observers_register_anew(these bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Their lines as they are, with the words that lead to them ...
    WITH gone AS (
        DELETE FROM observers_registeredobserver WHERE application_id = ANY(these)
        RETURNING election_id, application_id, order_key, search_key
    ), words AS (
        SELECT DISTINCT election_id, application_id, order_key, left(w, 60) AS word
        FROM gone, unnest(string_to_array(search_key, ' ')) AS w
    ), taken_out AS (
        DELETE FROM observers_registeredname n USING words w
        WHERE n.election_id = w.election_id AND n.word = w.word
          AND n.order_key = w.order_key AND n.application_id = w.application_id
    ), changed AS (
        INSERT INTO observers_registerchange (election_id, at, changes)
        SELECT DISTINCT election_id, clock_timestamp(), 1 FROM gone
    )
    INSERT INTO observers_registerword (election_id, word, observers)
    SELECT election_id, word, -count(*) FROM words GROUP BY election_id, word;

    -- ... and as they are to be.
    WITH entered AS (
        INSERT INTO observers_registeredobserver (
            application_id, election_id, number, name, kind, scope, constituency_id,
            organisation_id, status, registered_at, order_key, search_key
        )
        SELECT a.id, a.election_id, a.accreditation_number, shown.name, a.kind, a.scope,
            a.constituency_id, a.organisation_id, a.status,
            CASE WHEN a.status = 'approved' THEN a.decided_at ELSE coalesce((
                SELECT min(d.decided_at) FROM observers_decision d
                WHERE d.application_id = a.id AND d.outcome = 'approved'
            ), a.decided_at) END,
            shown.order_key, shown.search_key
        FROM observers_application a
        JOIN elections_election e ON e.id = a.election_id
        CROSS JOIN LATERAL observers_register_shows(
            coalesce(e.name_policies ->> a.kind, e.name_policy), a
        ) AS shown
        WHERE a.id = ANY(these) AND a.status IN ('approved', 'cancelled')
        RETURNING election_id, application_id, order_key, search_key
    ), words AS (
        SELECT DISTINCT election_id, application_id, order_key, left(w, 60) AS word
        FROM entered, unnest(string_to_array(search_key, ' ')) AS w
    ), listed AS (
        INSERT INTO observers_registeredname (election_id, word, order_key, application_id)
        SELECT election_id, word, order_key, application_id FROM words
    ), changed AS (
        INSERT INTO observers_registerchange (election_id, at, changes)
        SELECT DISTINCT election_id, clock_timestamp(), 1 FROM entered
    )
    INSERT INTO observers_registerword (election_id, word, observers)
    SELECT election_id, word, count(*) FROM words GROUP BY election_id, word;
END;
$$;
"""

# The key of an order has the words of the name in their order: of those that are shown as initials
# only the first letter may tell the place.
SHOWS = """
CREATE FUNCTION observers_words_in(name text) RETURNS int LANGUAGE sql IMMUTABLE
RETURN CASE WHEN name = '' THEN 0 ELSE 1 + length(regexp_replace(name, '[^ -]', '', 'g')) END;

CREATE FUNCTION observers_register_shows(
    policy text, a observers_application, OUT name text, OUT order_key text, OUT search_key text
) LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    words text[];
    of_surname int;
    of_given_name int;
BEGIN
    IF policy = 'full' THEN
        name := concat_ws(
            ' ', nullif(a.surname, ''), nullif(a.given_name, ''), nullif(a.patronymic, '')
        );
        order_key := a.sort_key;
        search_key := a.search_key;
    ELSIF policy = 'initials' THEN
        words := string_to_array(a.sort_key, ' ');
        of_surname := observers_words_in(a.surname);
        of_given_name := observers_words_in(a.given_name);
        name := concat_ws(
            ' ', nullif(a.surname, ''), nullif(left(a.given_name, 1), '') || '.',
            nullif(left(a.patronymic, 1), '') || '.'
        );
        order_key := concat_ws(
            ' ', array_to_string(words[1:of_surname], ' '), left(words[of_surname + 1], 1),
            CASE WHEN a.patronymic <> '' THEN left(words[of_surname + of_given_name + 1], 1) END
        );
        search_key := '';
    ELSE
        name := '';
        order_key := '~' || a.accreditation_number;
        search_key := '';
    END IF;
END;
$$;
"""

# Whoever decides that less is shown is obeyed at once.
POLICY = """
CREATE FUNCTION observers_names_are_shown_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM observers_register_anew(array(
        SELECT a.id FROM observers_application a
        WHERE a.election_id = NEW.id AND a.status IN ('approved', 'cancelled')
          AND coalesce(NEW.name_policies ->> a.kind, NEW.name_policy)
              <> coalesce(OLD.name_policies ->> a.kind, OLD.name_policy)
    ));
    RETURN NULL;
END;
$$;
CREATE TRIGGER names_are_shown_anew
    AFTER UPDATE OF name_policy, name_policies ON elections_election FOR EACH ROW
    WHEN (OLD.name_policy <> NEW.name_policy OR OLD.name_policies <> NEW.name_policies)
    EXECUTE FUNCTION observers_names_are_shown_anew();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("elections", "0007_names_by_kind"),
        ("observers", "0028_another_takes_the_place"),
        ("organisations", "0005_pages_of_nomination_documents"),
    ]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.CreateModel(
            name="RegisterChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("changes", models.IntegerField()),
                (
                    "election",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RegisterSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("taken_at", models.DateTimeField()),
                ("file", models.FileField(upload_to="snapshots/%Y/")),
                ("observers", models.PositiveIntegerField()),
                ("size", models.PositiveBigIntegerField(help_text="In bytes.")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "election",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
            ],
            options={
                "ordering": ("-day",),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("election", "day"), name="one_snapshot_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisteredName",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "election_id",
                        "word",
                        "order_key",
                        "application_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=60)),
                ("order_key", models.CharField(db_collation="C", max_length=350)),
                (
                    "application",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="observers.application",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RegisteredObserver",
            fields=[
                (
                    "application",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="observers.application",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        db_collation="C", max_length=24, verbose_name="accreditation number"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=310, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("own_initiative", "Own initiative"),
                            ("candidate", "Candidate"),
                            ("party", "Political party"),
                            ("bloc", "Bloc of parties"),
                            ("referendum_group", "Referendum campaign group"),
                            ("ngo", "Non-governmental organisation"),
                            ("international", "International organisation"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("nationwide", "The whole country"),
                            ("constituency", "One constituency"),
                            ("special_permission", "Sessions of commissions before polling day"),
                        ],
                        max_length=20,
                        verbose_name="scope",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("under_review", "Under review"),
                            ("returned", "Returned for correction"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("lapsed", "Lapsed"),
                            ("cancelled", "Cancelled"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("registered_at", models.DateTimeField(null=True, verbose_name="registered on")),
                ("order_key", models.CharField(db_collation="C", max_length=350)),
                ("search_key", models.CharField(blank=True, max_length=700)),
                (
                    "constituency",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.constituency",
                    ),
                ),
                (
                    "election",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="RegisterWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=60)),
                ("observers", models.IntegerField()),
                (
                    "election",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="elections.election",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.RemoveIndex(
            model_name="application",
            name="register_order",
        ),
        migrations.RemoveIndex(
            model_name="application",
            name="register_counts",
        ),
        migrations.RunSQL(
            SHOWS,
            "DROP FUNCTION observers_register_shows(text, observers_application);"
            "DROP FUNCTION observers_words_in(text)",
        ),
        migrations.RunSQL(ANEW, "DROP FUNCTION observers_register_anew(bigint[])"),
        migrations.RunSQL(
            POLICY,
            "DROP TRIGGER names_are_shown_anew ON elections_election;"
            "DROP FUNCTION observers_names_are_shown_anew()",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="registered_at_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE these bigint[];",
                    func="\n            EXECUTE $these$ SELECT array(SELECT id FROM new_rows WHERE status IN ('approved', 'cancelled')) $these$ INTO these;\n            IF cardinality(these) > 0 THEN\n                PERFORM observers_register_anew(these);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="4631e20c8208be257a5925ddb36038378c8494e4",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_registered_at_once_cc92f",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="registered_anew",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE these bigint[];",
                    func="\n            EXECUTE $these$ SELECT array(\n        SELECT n.id FROM new_rows n JOIN old_rows o ON o.id = n.id\n        WHERE (n.status IN ('approved', 'cancelled') OR o.status IN ('approved', 'cancelled'))\n          AND (n.status, n.kind, n.scope, n.constituency_id, n.organisation_id, n.accreditation_number, n.surname, n.given_name, n.patronymic, n.sort_key, n.search_key, n.decided_at) IS DISTINCT FROM (o.status, o.kind, o.scope, o.constituency_id, o.organisation_id, o.accreditation_number, o.surname, o.given_name, o.patronymic, o.sort_key, o.search_key, o.decided_at)) $these$ INTO these;\n            IF cardinality(these) > 0 THEN\n                PERFORM observers_register_anew(these);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="dc508f2039c21fdc1aa4b4297eeac07d373683c9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_registered_anew_1941f",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="application",
            trigger=pgtrigger.compiler.Trigger(
                name="registered_no_more",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE these bigint[];",
                    func="\n            EXECUTE $these$ SELECT array(SELECT id FROM old_rows WHERE status IN ('approved', 'cancelled')) $these$ INTO these;\n            IF cardinality(these) > 0 THEN\n                PERFORM observers_register_anew(these);\n            END IF;\n            RETURN NULL;\n        ",
                    hash="dd6d9268db2fc7be823a8d8352219a641f70583f",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_registered_no_more_c8ce6",
                    referencing="REFERENCING OLD TABLE AS old_rows ",
                    table="observers_application",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="registeredobserver",
            index=models.Index(
                fields=["election", "order_key", "application"], name="registered_order"
            ),
        ),
        migrations.AddIndex(
            model_name="registeredobserver",
            index=models.Index(
                fields=["election", "kind", "order_key", "application"], name="registered_by_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="registeredobserver",
            index=models.Index(
                condition=models.Q(("constituency__isnull", False)),
                fields=["constituency", "order_key", "application"],
                name="registered_by_place",
            ),
        ),
        migrations.AddIndex(
            model_name="registeredobserver",
            index=models.Index(
                condition=models.Q(("organisation__isnull", False)),
                fields=["organisation", "election", "order_key", "application"],
                name="registered_by_nominator",
            ),
        ),
        migrations.AddIndex(
            model_name="registeredobserver",
            index=models.Index(
                condition=models.Q(("status", "cancelled")),
                fields=["election", "order_key", "application"],
                name="registered_and_cancelled",
            ),
        ),
        migrations.AddConstraint(
            model_name="registeredobserver",
            constraint=models.UniqueConstraint(
                fields=("election", "number"), name="one_line_per_accreditation_number"
            ),
        ),
        migrations.AddIndex(
            model_name="registerword",
            index=models.Index(fields=["election", "word"], name="register_words"),
        ),
    ]
