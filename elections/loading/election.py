"""One election, its constituencies, commissions, windows, grounds and required documents."""

import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from elections.enums import Authority
from elections.loading.files import blaming, read_rows, read_table
from elections.models import (
    Commission,
    Constituency,
    Election,
    RefusalGround,
    RequiredDocument,
    SavedReply,
    Window,
)

Table = dict[str, Any]


@transaction.atomic
def load_election(folder: Path, *, polling_on: datetime.date, is_published: bool) -> Election:
    """Store the election that the files of `folder` describe, with polling on that day.

    Everything in the files is counted in days before polling, so the day moves all of it. The
    files' own `polling_day` is the historic one. Raises LoadError with the name of the file, and
    when an election of that name is there already.
    """
    path = folder / "election.toml"
    table = read_table(folder, path.name)
    with blaming(path):
        election = _election(table, polling_on=polling_on, is_published=is_published)
        _windows(election, table["windows"])
        central = _central_commission(election, table)
    with blaming(folder / "constituencies.csv"):
        _constituencies(central, table, read_rows(folder, "constituencies.csv"))
    with blaming(folder / "refusal_grounds.toml"):
        _grounds(election, read_table(folder, "refusal_grounds.toml")["grounds"])
    with blaming(folder / "required_documents.toml"):
        _documents(election, read_table(folder, "required_documents.toml")["documents"])
    with blaming(folder / "saved_replies.toml"):
        _saved_replies(election, read_table(folder, "saved_replies.toml")["replies"])
    return election


def _election(table: Table, *, polling_on: datetime.date, is_published: bool) -> Election:
    election = Election(
        slug=table["slug"],
        code=table["code"],
        names=table["name"],
        authority_names=table["authority"],
        polling_on=polling_on,
        time_zone=table["time_zone"],
        time_zone_names=table["time_zone_name"],
        languages=table["languages"],
        name_policy=table["register_name_policy"],
        name_policies=table.get("register_name_policies", {}),
        minimum_age=table["minimum_age"],
        observer_consent=table["observer_consent"],
        conduct_texts=_conduct(table.get("conduct", {})),
        approval_way=table["decisions"]["approved"],
        refusal_way=table["decisions"]["refused"],
        cancellation_way=table["decisions"]["cancelled"],
        clock_stands_still=table["clock_stands_still_while_returned"],
        sample_size=table["sample_of_a_batch"],
        undo_seconds=table["seconds_to_undo"],
        claim_minutes=table["minutes_on_a_desk"],
        polling_stations=table["polling_stations"],
        voters=table["voters"],
        badge_download=table["badges"]["download"],
        is_published=is_published,
    )
    election.badges_until = _end(election, table["badges"]["valid_days_after_polling"])
    election.international_badges_until = _end(
        election, table["badges"]["international_valid_days_after_polling"]
    )
    election.full_clean()
    election.save()
    return election


def _end(election: Election, days_after_polling: int) -> datetime.datetime:
    return election.end_of_day(-days_after_polling)


def _conduct(rules: dict[str, list[str]]) -> dict[str, str]:
    """The code of conduct by language, one rule a line."""
    return {language: "\n".join(lines) for language, lines in rules.items()}


def _windows(election: Election, tables: list[Table]) -> None:
    """Open at the start of their first day and close at the end of their last, in local time."""
    for table in tables:
        window = Window(
            election=election,
            scope=table["scope"],
            kinds=table["kinds"],
            authority=table["authority"],
            opens_at=election.end_of_day(table["opens_days_before_polling"] + 1),
            closes_at=election.end_of_day(table["closes_days_before_polling"]),
            substitutions_close_at=_substitutions(election, table),
            days_to_decide=table["days_to_decide"],
            days_to_answer=table["days_to_answer"],
            articles=table["article"],
        )
        window.full_clean()
        window.save()


def _substitutions(election: Election, table: Table) -> datetime.datetime | None:
    """Where the window's table names no day, nobody is substituted."""
    days = table.get("substitutions_close_days_before_polling")
    return None if days is None else election.end_of_day(days)


def _central_commission(election: Election, table: Table) -> Commission:
    return Commission.objects.create(
        election=election,
        authority=Authority.CENTRAL,
        names=table["commissions"]["central"]["name"],
        **_appeal(table, Authority.CENTRAL, central=None),
    )


def _appeal(table: Table, authority: Authority, *, central: Commission | None) -> Table:
    """Where the decisions of that level of commission may be contested, and for how long: by the
    central commission in the portal, or by a court outside it."""
    for appeal in table["appeals"]:
        if appeal["commission"] == authority:
            return {
                "appeal_body_names": appeal["body"],
                "appeals_to": {"central": central, "court": None}[appeal["decided_by"]],
                "days_to_appeal": appeal["days"],
                "days_to_decide_appeal": appeal["days_to_decide"],
            }
    raise KeyError(f"appeals: {authority}")


def _constituencies(central: Commission, table: Table, rows: list[dict[str, str]]) -> None:
    """Each with its commission, whose name is put together from the constituency's."""
    election = central.election
    constituencies = Constituency.objects.bulk_create(
        Constituency(
            election=election,
            number=int(row["number"]),
            names={language: row[f"name_{language}"] for language in election.languages},
            polling_stations=int(row["polling_stations"]),
        )
        for row in rows
    )
    patterns = table["commissions"]["constituency"]["name"]
    Commission.objects.bulk_create(
        Commission(
            election=election,
            authority=Authority.CONSTITUENCY,
            constituency=constituency,
            names={
                language: patterns[language].format(number=constituency.number, name=name)
                for language, name in constituency.names.items()
            },
            **_appeal(table, Authority.CONSTITUENCY, central=central),
        )
        for constituency in constituencies
    )


def _grounds(election: Election, tables: list[Table]) -> None:
    for table in tables:
        ground = RefusalGround(
            election=election,
            subject=table["subject"],
            code=table["code"],
            articles=table["article"],
            texts=table["text"],
        )
        ground.full_clean()
        ground.save()


def _documents(election: Election, tables: list[Table]) -> None:
    for table in tables:
        document = RequiredDocument(
            election=election,
            subject=table["subject"],
            code=table["code"],
            version=table["version"],
            kinds=table["kinds"],
            titles=table["title"],
            hints=table["hint"],
            is_required=table["required"],
        )
        document.full_clean()
        document.save()


def _saved_replies(election: Election, tables: list[Table]) -> None:
    for table in tables:
        reply = SavedReply(
            election=election,
            subject=table["subject"],
            code=table["code"],
            titles=table["title"],
            texts=table["text"],
            fields=table["fields"],
        )
        reply.full_clean()
        reply.save()
