"""Applications in every state: planned, invented, told and stored, some thousands at a time."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from accounts.models import User
from elections.domain.windows import window_for
from elections.enums import Kind, Scope
from elections.models import Commission, Constituency, Election, Window
from notifications.models import Letter
from observers.demo.accounts import Bench, account_of, copy_accounts
from observers.demo.chance import Weighted, make_key
from observers.demo.chronicle import DECIDING, Chronicle, Supply
from observers.demo.clock import HOUR, Clock, moment
from observers.demo.copying import (
    check_pending_constraints,
    copy_columns,
    copy_in,
    draw_numbers,
    reserve_keys,
    search_index_filled_at_leisure,
)
from observers.demo.drafts import GAPS, leave_unfinished
from observers.demo.histories import Histories, Steps
from observers.demo.letters import Columns, Stationery
from observers.demo.organisations import Nominator
from observers.demo.people import People, Person, keys_of_name
from observers.demo.pins import Pin
from observers.demo.plan import Plan, Slot
from observers.demo.reasons import Reasons
from observers.domain.identity import identity_index
from observers.enums import Status
from observers.lifecycle import APPROVE
from observers.models import Application, ApplicationEvent, Decision

CHUNK = 2500


@dataclass(frozen=True)
class Turn:
    """One observer whose turn it is: what the plan says and what happened."""

    slot: Slot
    steps: Steps


@dataclass(frozen=True)
class Batch:
    """Rows that belong together."""

    accounts: list[User]
    applications: list[Application]
    letters: list[Columns]
    decisions: list[Decision]
    events: list[Columns]

    def store(self, link: Any) -> None:
        copy_accounts(self.accounts, link=link)
        copy_in(self.applications, link=link)
        copy_columns(Letter, self.letters, link=link)
        copy_in(self.decisions, link=link)
        copy_columns(ApplicationEvent, self.events, link=link)
        check_pending_constraints(link=link)


class Places:
    """Constituencies with their commissions, drawn by their number of polling stations."""

    def __init__(self, election: Election) -> None:
        commissions = list(election.commissions.select_related("constituency", "election"))
        self.central = next(c for c in commissions if c.is_central)
        found = [c for c in commissions if c.constituency]
        self.by_number: dict[int, Commission] = {_area(c).number: c for c in found}
        self.weighted = Weighted(found, [_area(c).polling_stations for c in found])


def _area(commission: Commission) -> Constituency:
    if commission.constituency is None:
        raise LookupError("The central commission has no constituency.")
    return commission.constituency


@dataclass
class Applications:
    """Makes and stores all applications of a plan."""

    election: Election
    plan: Plan
    clock: Clock
    histories: Histories
    people: People
    reasons: Reasons
    benches: dict[int, Bench]
    nominators: dict[str, Weighted[Nominator]]
    pins: dict[int, Pin]
    portraits: Sequence[str]
    languages: Weighted[str]
    chance: random.Random

    def __post_init__(self) -> None:
        self.places = Places(self.election)
        self.stationery = Stationery()
        self.windows: dict[tuple[str, str], Window] = {}
        for kind, scope in self.plan.cells:
            window = window_for(self.election, kind=kind, scope=scope)
            if window is None:
                raise LookupError(f"No window admits {kind}, {scope}.")
            self.windows[kind, scope] = window

    def store(self) -> None:
        """While the database takes in one batch, the next is made."""
        link, turns, made = connection.connection, self._turns(), Batch([], [], [], [], [])
        with search_index_filled_at_leisure(), ThreadPoolExecutor(max_workers=1) as writer:
            while planned := list(islice(turns, CHUNK)):
                supply = self._supply(planned)  # as long as the link is free
                storing = writer.submit(made.store, link)
                made = self._make(planned, supply)
                storing.result()
            made.store(link)

    def _turns(self) -> Iterator[Turn]:
        """In order of arrival, so that receipt numbers grow with time."""
        for day, numbers in self.plan.by_day():
            moments = sorted(self.clock.within_day(day) for _ in numbers)
            for number, arrived in zip(numbers, moments, strict=True):
                slot = self.plan.slot(number, day)
                yield Turn(slot, self.histories.draw(slot.status, arrived))

    def _supply(self, planned: list[Turn]) -> Supply:
        """Accreditation numbers follow the order of the approvals, not of the applications."""
        keys = reserve_keys(Application, len(planned))
        newcomers = sum(self._brings_account(turn.slot) for turn in planned)
        submitted = sum(turn.slot.status != Status.DRAFT for turn in planned)
        decisions = sum(action in DECIDING for turn in planned for action, _ in turn.steps)
        approved = sorted(
            (at, key)
            for turn, key in zip(planned, keys, strict=True)
            for action, at in turn.steps
            if action == APPROVE
        )
        numbers = draw_numbers("A", "observers_accreditation_numbers", len(approved))
        return Supply(
            keys=iter(keys),
            user_keys=iter(reserve_keys(User, newcomers)),
            decision_keys=iter(reserve_keys(Decision, decisions)),
            receipts=iter(draw_numbers("R", "observers_receipt_numbers", submitted)),
            accreditations={
                key: number for (_, key), number in zip(approved, numbers, strict=True)
            },
        )

    def _brings_account(self, slot: Slot) -> bool:
        return slot.kind == Kind.OWN_INITIATIVE and slot.number not in self.pins

    def _make(self, planned: list[Turn], supply: Supply) -> Batch:
        """In memory only: the database is busy."""
        chronicle = Chronicle(self.benches, self.reasons, self.chance, supply, self.stationery)
        accounts, rows = [], []
        for turn in planned:
            row = self._application(turn, supply)
            chronicle.tell(row, turn.steps)
            rows.append(row)
            if self._brings_account(turn.slot):
                accounts.append(row.applicant)
        return Batch(accounts, rows, chronicle.letters, chronicle.decisions, chronicle.events)

    def _application(self, turn: Turn, supply: Supply) -> Application:
        slot, begun = turn.slot, turn.steps[0][1]
        pin = self.pins.get(slot.number)
        commission = self._commission(slot, pin)
        nominator = self._nominator(slot, pin)
        person = self._person(pin, nominator, commission)
        row = Application(
            pk=next(supply.keys),
            key=make_key(self.chance),
            election=self.election,
            window=self.windows[slot.kind, slot.scope],
            commission=commission,
            kind=slot.kind,
            scope=slot.scope,
            constituency_id=commission.constituency_id,
            organisation_id=nominator.organisation.pk if nominator else None,
            applicant=self._applicant(pin, nominator, person, begun, supply),
            photo=self.chance.choice(self.portraits),
            consented_at=moment(begun + 60),
            version=self.chance.randint(5, 9),
            **_columns(person),
        )
        if slot.status == Status.DRAFT:
            leave_unfinished(row, pin.gap if pin else GAPS.draw(self.chance))
        return row

    def _commission(self, slot: Slot, pin: Pin | None) -> Commission:
        if slot.scope != Scope.CONSTITUENCY:
            return self.places.central
        if pin and pin.constituency:
            return self.places.by_number[pin.constituency]
        return self.places.weighted.draw(self.chance)

    def _nominator(self, slot: Slot, pin: Pin | None) -> Nominator | None:
        if slot.kind == Kind.OWN_INITIATIVE:
            return None
        if pin and pin.nominator:
            return pin.nominator
        return self.nominators[slot.kind].draw(self.chance)

    def _person(
        self, pin: Pin | None, nominator: Nominator | None, commission: Commission
    ) -> Person:
        if nominator and nominator.row["kind"] == Kind.INTERNATIONAL:
            seat = nominator.row["legal_address"]
            return self.people.foreign(nominator.row["country"], address=seat)
        home = commission if commission.constituency else self.places.weighted.draw(self.chance)
        return self.people.local(_area(home).number, name=pin.name if pin else None)

    def _applicant(
        self,
        pin: Pin | None,
        nominator: Nominator | None,
        person: Person,
        begun: float,
        supply: Supply,
    ) -> User:
        if pin and pin.applicant:
            return pin.applicant
        if nominator:
            return nominator.filer
        account = account_of(
            email=person.email,
            full_name=person.name.spoken,
            language=self.languages.draw(self.chance),
            joined_at=moment(begun - self.chance.uniform(0, HOUR)),
        )
        account.pk = next(supply.user_keys)
        return account


def _columns(person: Person) -> dict[str, Any]:
    """What the form would have stored; see `observers/domain/drafts.py`."""
    order, search = keys_of_name(person.name)
    return {
        **person.name._asdict(),
        **{name: value for name, value in person._asdict().items() if name != "name"},
        "identity_index": identity_index(
            citizenship=person.citizenship, number=person.identity_number
        ),
        "sort_key": order,
        "search_key": search,
    }
