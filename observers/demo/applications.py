"""Applications in every state: planned, invented, told and stored, some thousands at a time."""

import gc
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from accounts.copying import (
    Columns,
    Sheet,
    check_pending_constraints,
    draw_numbers,
    reserve_keys,
    sheet,
    take_in,
)
from accounts.models import User
from elections.domain.windows import window_for
from elections.enums import Kind, Scope
from elections.models import Commission, Constituency, Election, Window
from notifications.models import Letter
from observers.demo.accounts import Bench, account_of, account_sheets
from observers.demo.agreements import Agreements
from observers.demo.cases import Case
from observers.demo.chance import Weighted, make_key
from observers.demo.chronicle import DECIDING, Chronicle, Supply
from observers.demo.clock import HOUR, Clock, moment
from observers.demo.drafts import GAPS, leave_unfinished
from observers.demo.histories import Histories, Steps
from observers.demo.letters import Stationery
from observers.demo.organisations import Nominator
from observers.demo.papers import store_form
from observers.demo.people import People, Person, keys_of_name
from observers.demo.pins import Pin
from observers.demo.plan import Plan, Slot
from observers.demo.reasons import Reasons
from observers.domain.identity import birth_index, identity_index
from observers.domain.search_index import search_index_filled_at_leisure
from observers.enums import Status
from observers.lifecycle import APPROVE, SUBMIT
from observers.models import Application, ApplicationEvent, Decision, PaperForm, Return

CHUNK = 1000
# Of a draft that was just begun.
BLANK: Columns = {
    "status": Status.DRAFT.value,
    "receipt_number": None,
    "accreditation_number": None,
    "paper_received_at": None,
    "submitted_at": None,
    "due_at": None,
    "returned_at": None,
    "answer_by": None,
    "return_note": "",
    "decided_at": None,
    "decision_id": None,
    "created_at": None,
    "updated_at": None,
}


@dataclass(frozen=True)
class Turn:
    """One observer whose turn it is: what the plan says and what happened."""

    slot: Slot
    steps: Steps


def take_in_together(sheets: Sequence[Sheet], link: Any) -> None:
    """Store rows that point to one another."""
    take_in(*sheets, link=link)
    check_pending_constraints(link=link)


@contextmanager
def garbage_left_lying() -> Iterator[None]:
    """Rows are made without cycles, so looking for cycles among them finds nothing: a tenth of
    the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
    agreements: Agreements

    def __post_init__(self) -> None:
        self.places = Places(self.election)
        self.stationery = Stationery()
        self.scan = store_form()
        self.windows: dict[tuple[str, str], Window] = {}
        for kind, scope in self.plan.cells:
            window = window_for(self.election, kind=kind, scope=scope)
            if window is None:
                raise LookupError(f"No window admits {kind}, {scope}.")
            self.windows[kind, scope] = window

    def store(self) -> None:
        """While the database takes in one batch, the next is made."""
        link, turns = connection.connection, self._turns()
        made: Sequence[Sheet] = ()
        with (
            garbage_left_lying(),
            search_index_filled_at_leisure(),
            ThreadPoolExecutor(max_workers=1) as database,
        ):
            taking_in = database.submit(take_in_together, made, link)
            while planned := list(islice(turns, CHUNK)):
                taking_in.result()
                supply = self._supply(planned)  # as long as the link is free
                taking_in = database.submit(take_in_together, made, link)
                made = self._make(planned, supply)
            taking_in.result()
            take_in_together(made, link)

    def _turns(self) -> Iterator[Turn]:
        """In order of arrival, so that receipt numbers grow with time."""
        for day, numbers in self.plan.by_day():
            moments = sorted(self.clock.within_day(day) for _ in numbers)
            for number, arrived in zip(numbers, moments, strict=True):
                slot = self.plan.slot(number, day)
                pin = self.pins.get(number)
                came_back = pin is not None and pin.came_back
                yield Turn(slot, self.histories.draw(slot.status, arrived, came_back=came_back))

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

    def _make(self, planned: list[Turn], supply: Supply) -> list[Sheet]:
        """In memory only: the database is busy."""
        chronicle = Chronicle(
            self.benches,
            self.reasons,
            self.chance,
            supply,
            self.stationery,
            portraits=self.portraits,
            scan=self.scan,
        )
        cases = []
        for turn in planned:
            case = self._case(turn, supply)
            chronicle.tell(case, turn.steps)
            cases.append(case)
        newcomers = [
            case.applicant
            for turn, case in zip(planned, cases, strict=True)
            if self._brings_account(turn.slot)
        ]
        return [
            *account_sheets(newcomers),
            sheet(Application, [case.columns for case in cases]),
            sheet(Letter, chronicle.letters),
            sheet(Return, chronicle.returns),
            sheet(PaperForm, chronicle.paper_forms),
            sheet(Decision, chronicle.decisions),
            sheet(ApplicationEvent, chronicle.events),
        ]

    def _case(self, turn: Turn, supply: Supply) -> Case:
        slot, begun = turn.slot, turn.steps[0][1]
        pin = self.pins.get(slot.number)
        commission = self._commission(slot, pin)
        nominator = self._nominator(slot, pin)
        person = self._person(pin, nominator, commission)
        applicant = self._applicant(pin, nominator, person, begun, supply)
        window = self.windows[slot.kind, slot.scope]
        columns = {
            "id": next(supply.keys),
            "key": make_key(self.chance),
            "election_id": self.election.pk,
            "window_id": window.pk,
            "commission_id": commission.pk,
            "kind": slot.kind,
            "scope": slot.scope,
            "constituency_id": commission.constituency_id,
            "organisation_id": nominator.organisation.pk if nominator else None,
            "applicant_id": applicant.pk,
            "photo": self.chance.choice(self.portraits),
            "consented_at": moment(begun + 60),
            "version": self.chance.randint(5, 9),
            **_of_person(person),
            **BLANK,
        }
        if slot.status == Status.DRAFT:
            leave_unfinished(columns, pin.gap if pin else GAPS.draw(self.chance))
        columns |= self.agreements.draw(columns, status=slot.status, begun=begun)
        if pin and pin.on_paper and not pin.has_email:
            columns["email"] = ""
        return Case(
            columns,
            person.name.full,
            applicant,
            commission,
            window,
            came_back=sum(action == SUBMIT for action, _at in turn.steps) > 1,
            language_on_paper=pin.on_paper if pin else "",
        )

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


def _of_person(person: Person) -> Columns:
    """What the form would have stored; see `observers/domain/drafts.py`."""
    order, search = keys_of_name(person.name)
    return {
        **person.name._asdict(),
        "birth_on": person.birth_on,
        "birth_index": birth_index(person.birth_on),
        "citizenship": person.citizenship,
        "identity_document": person.identity_document,
        "identity_number": person.identity_number,
        "identity_index": identity_index(
            citizenship=person.citizenship, number=person.identity_number
        ),
        "address": person.address,
        "phone": person.phone,
        "email": person.email,
        "sort_key": order,
        "search_key": search,
    }
