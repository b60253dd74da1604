"""What lies on the desks today: something of everything that a commission can have to do.

Unlike the past, it is made by the domain's own functions, a few rows each, as staff and applicants
would. What a small demo has no application for is left out.
"""

import datetime
import random
from itertools import cycle
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Subject
from elections.loading import read_table
from elections.models import Commission, Election
from elections.texts import in_language
from notifications.enums import LetterStatus
from notifications.models import Letter
from observers.demo import at_the_printer
from observers.demo.accounts import Bench, DemoAccounts
from observers.demo.people import Name, Names
from observers.demo.reasons import Reasons
from observers.domain import (
    appeals,
    conversation,
    drafts,
    exempt,
    proposals,
    reassigning,
    recusals,
    sessions,
)
from observers.domain import reasons as domain_reasons
from observers.domain.identity import birth_index
from observers.enums import WAITING, Capacity, Status
from observers.lifecycle import REFUSE
from observers.models import Appeal, Application, Claim, ExemptPerson, Proposal
from organisations.domain import nominations
from organisations.domain import proposals as nomination_proposals
from organisations.enums import NominationStatus
from organisations.models import NominationRight

MINUTE = datetime.timedelta(minutes=1)
NOBODY_THERE = "550 5.1.1 The mailbox does not exist."


class Desk:
    """Sets one commission's desk, or the central one's."""

    def __init__(
        self,
        election: Election,
        folder: Path,
        *,
        benches: dict[int, Bench],
        names: Names,
        reasons: Reasons,
        chance: random.Random,
    ) -> None:
        self.election, self.benches = election, benches
        self.names, self.reasons, self.chance = names, reasons, chance
        self.texts: dict[str, Any] = read_table(folder, "desk.toml")
        self.now = database_now()

    def set(self, demo: DemoAccounts) -> None:
        """Of the commissions whose staff has accounts, in an order in which no scene takes away
        what another stands on."""
        home, central = (
            demo.users[role].posts.select_related("commission__election").get().commission
            for role in (StaffRole.CONSTITUENCY_REVIEWER, StaffRole.CENTRAL_REVIEWER)
        )
        self.people_who_need_none(home)
        self.people_who_look_alike(home)
        self.forgotten(home, self.benches[home.pk].reviewer, count=3)
        self.forgotten(central, self.benches[central.pk].reviewer, count=1)
        self.assigned(home)
        self.stood_aside(home)
        self.talk(home)
        self.talk(central)
        self.appealed(home)
        self.proposed(home, count=4)
        self.in_session(central)
        self.nomination_proposed(central)
        self.undeliverable(home)
        at_the_printer.set_up(home, self.benches[home.pk])
        self._letters_have_left()

    # --- What waits -------------------------------------------------------------------------------

    def _waiting(self, commission: Commission, *statuses: str) -> QuerySet[Application]:
        """Untouched by another scene, the oldest first; not what a member of it has entered."""
        bench = self.benches[commission.pk]
        found: QuerySet[Application] = Application.unscoped.filter(
            commission=commission,
            status__in=statuses or WAITING,
            paper_received_at__isnull=True,
            claim__isnull=True,
            proposals__isnull=True,
            assigned_to__isnull=True,
        ).exclude(applicant__in=[bench.reviewer, bench.chair])
        return found.order_by("submitted_at", "pk")

    def forgotten(self, commission: Commission, reviewer: User, *, count: int) -> None:
        """Somebody took them on the desk this morning, and went."""
        for row in self._waiting(commission, Status.UNDER_REVIEW)[:count]:
            taken = self.now - self.chance.randint(120, 240) * MINUTE
            ends = taken + self.election.claim_minutes * MINUTE
            Claim.objects.create(
                application=row, reviewer=reviewer, claimed_at=taken, expires_at=ends
            )

    def assigned(self, commission: Commission) -> None:
        """Some to each, by the chair."""
        bench, reason = self.benches[commission.pk], self._said("assigned")
        for to, count in ((bench.reviewer, 4), (bench.chair, 2)):
            keys = list(self._waiting(commission, Status.SUBMITTED).values_list("pk", flat=True))
            these = Application.unscoped.filter(pk__in=keys[:count])
            reassigning.assign(these, to=to, actor=bench.chair, reason=reason)

    def stood_aside(self, commission: Commission) -> None:
        reviewer = self.benches[commission.pk].reviewer
        for row in self._waiting(commission, Status.SUBMITTED)[:1]:
            recusals.stand_aside(reviewer, row, reason=self._said("stood_aside"))

    def talk(self, commission: Commission) -> None:
        """Among colleagues, and with applicants."""
        bench = self.benches[commission.pk]
        staff = cycle((bench.reviewer, bench.chair))
        rows = list(
            Application.unscoped.filter(commission=commission, status=Status.UNDER_REVIEW)
            .exclude(recusals__reviewer__in=[bench.reviewer, bench.chair])
            .exclude(applicant__in=[bench.reviewer, bench.chair])
            .select_related("applicant", "commission", "election")
            .order_by("-submitted_at")
        )
        for row, text in zip(rows, self.texts["notes"], strict=False):
            author = next(staff)
            conversation.note(row, author=author, text=in_language(text, author.language))
        for row, words in zip(rows, self.texts["messages"], strict=False):
            language = row.applicant.language
            question = in_language(words["question"], language)
            conversation.write_to_applicant(row, author=bench.reviewer, text=question)
            if "answer" in words:
                answer = in_language(words["answer"], language)
                conversation.answer(row, author=row.applicant, text=answer)

    # --- What takes two, or a session -------------------------------------------------------------

    def proposed(self, commission: Commission, *, count: int) -> list[Proposal]:
        """By the reviewer: the chair can adopt them."""
        reviewer = self.benches[commission.pk].reviewer
        found: list[Proposal] = []
        for row in self._waiting(commission, Status.UNDER_REVIEW)[:count]:
            said = self.reasons.draw(f"refused_{Subject.PERSON}")
            why = domain_reasons.Reasons(
                ground=self.reasons.grounds[Subject.PERSON],
                unconfirmed_fields=tuple(said.columns),
                what_was_checked=said.text(row.applicant.language),
            )
            this = Application.unscoped.filter(pk=row.pk)
            proposals.propose(this, REFUSE, actor=reviewer, reasons=why)
            found += Proposal.unscoped.open().filter(application=row)
        return found

    def in_session(self, commission: Commission) -> None:
        """One was held today; the agenda of the next is being prepared."""
        chair = self.benches[commission.pk].chair
        if self.proposed(commission, count=2):
            held = sessions.open_agenda(commission, actor=chair)
            sessions.gather(held, actor=chair)
            sessions.record(held, self._protocol(commission), actor=chair)
        following = sessions.open_agenda(commission, actor=chair)
        if self.proposed(commission, count=3):
            sessions.gather(following, actor=chair)

    def _protocol(self, commission: Commission) -> sessions.Protocol:
        bench, told = self.benches[commission.pk], self.texts["session"]
        secretary, *others = (self.names.local().spoken for _ in range(4))
        return sessions.Protocol(
            number=told["number"],
            held_on=self.now.astimezone(self.election.zone).date(),
            place=in_language(told["place"], self.election.languages[0]),
            chaired_by=bench.chair.full_name,
            secretary=secretary,
            present=(bench.chair.full_name, bench.reviewer.full_name, secretary, *others),
        )

    def nomination_proposed(self, commission: Commission) -> None:
        """That one organisation may not nominate; the chair can adopt it."""
        rights = NominationRight.unscoped.filter(
            commission=commission, status=NominationStatus.SUBMITTED
        )
        said = self.reasons.draw(f"refused_{Subject.ORGANISATION}")
        refusal = nominations.Refusal(
            ground=self.reasons.grounds[Subject.ORGANISATION],
            what_was_checked=said.text(self.election.languages[0]),
        )
        for right in rights.order_by("submitted_at")[:1]:
            nomination_proposals.propose(
                right, by=self.benches[commission.pk].reviewer, refusal=refusal
            )

    # --- Appeals ----------------------------------------------------------------------------------

    def appealed(self, commission: Commission) -> None:
        """Against refusals that can still be appealed against, by who applied."""
        if not self._appealable(commission).exists():
            self._refused(commission)
        refused = self._appealable(commission)
        judge = self.benches[_above(commission).pk].chair
        for row, words in zip(refused, self.texts["appeals"], strict=False):
            language = row.applicant.language
            grounds = in_language(words["grounds"], language)
            appeal = appeals.lodge(row, by=row.applicant, grounds=grounds)
            self._judged(appeal, words, judge, language)

    def _appealable(self, commission: Commission) -> QuerySet[Application]:
        found: QuerySet[Application] = Application.unscoped.filter(
            commission=commission,
            status=Status.REFUSED,
            organisation__isnull=False,
            decision__appeal_until__gt=Now(),
        )
        return found.select_related("applicant").order_by("-decided_at")

    def _refused(self, commission: Commission) -> None:
        """A small demo may have no refusal of these days: then one is made."""
        found = [proposal.pk for proposal in self.proposed(commission, count=1)]
        chair = self.benches[commission.pk].chair
        proposals.adopt(Proposal.unscoped.filter(pk__in=found), actor=chair)

    def _judged(self, appeal: Appeal, words: dict[str, Any], judge: User, language: str) -> None:
        answer = {"dismissed": appeals.dismiss, "upheld": appeals.uphold}.get(words["outcome"])
        if answer:
            answer(appeal, actor=judge, reasoning=in_language(words["reasoning"], language))

    # --- What the checks find ---------------------------------------------------------------------

    def people_who_need_none(self, commission: Commission) -> None:
        """Candidates, agents, members of commissions; one member has applied."""
        applied = self._waiting(commission).first()
        people = [
            self._needs_none(Capacity(capacity), self.names.local().full)
            for capacity, count in self.texts["exempt"].items()
            for _ in range(count)
        ]
        if applied:
            person = self._needs_none(Capacity.COMMISSION_MEMBER, applied.full_name)
            born: Any = applied.birth_on
            exempt.set_identity(
                person,
                number=applied.identity_number,
                citizenship=applied.citizenship,
                born=born,
            )
            people.append(person)
        ExemptPerson.objects.bulk_create(people)

    def _needs_none(self, capacity: Capacity, full_name: str) -> ExemptPerson:
        person = ExemptPerson(election=self.election, capacity=capacity)
        exempt.set_name(person, full_name)
        return person

    def people_who_look_alike(self, commission: Commission) -> None:
        """Two who wait bear the name and birthday of one who is registered, with other numbers."""
        registered = Application.unscoped.filter(
            commission=commission, status=Status.APPROVED, organisation__isnull=False
        ).order_by("-decided_at")
        waiting = self._waiting(commission).filter(organisation__isnull=False)
        for row, other in zip(list(waiting)[1:3], registered[:2], strict=False):
            name = Name(other.surname, other.given_name, "")
            row.surname, row.given_name, row.patronymic = name
            row.birth_on, row.birth_index = other.birth_on, birth_index(other.birth_on)
            keys = drafts.name_keys(*name)
            Application.unscoped.filter(pk=row.pk).update(
                **name._asdict(), **keys, birth_on=row.birth_on, birth_index=row.birth_index
            )
            _renamed_in_letters(row)

    def undeliverable(self, commission: Commission) -> None:
        approved = Application.unscoped.filter(
            commission=commission, status=Status.APPROVED, paper_received_at__isnull=True
        )
        newest = approved.order_by("-decided_at").values("decision__letter")[:1]
        Letter.unscoped.filter(key__in=newest).update(
            status=LetterStatus.FAILED, attempts=8, sent_at=None, last_error=NOBODY_THERE
        )

    # --- Words and letters ------------------------------------------------------------------------

    def _said(self, what: str) -> str:
        return in_language(self.texts[what], self.election.languages[0])

    def _letters_have_left(self) -> None:
        """So that loading the demo sends nothing."""
        Letter.unscoped.filter(election=self.election.slug, status=LetterStatus.QUEUED).update(
            status=LetterStatus.SENT, sent_at=Now(), attempts=1
        )


def _above(commission: Commission) -> Commission:
    if commission.appeals_to is None:
        raise LookupError(f"{commission}: nobody in the portal hears appeals against it.")
    return commission.appeals_to


def _renamed_in_letters(row: Application) -> None:
    for letter in Letter.unscoped.filter(reference=row.receipt_number):
        letter.facts["person"] = row.full_name
        letter.save(update_fields=["facts"])
