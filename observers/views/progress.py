"""What the pages of one application have in common: whose it is, how far it is, what it says."""

import datetime
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.countries import country_name
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Kind, Subject
from elections.models import RequiredDocument
from observers.domain.admission import closing_moments
from observers.domain.completeness import Gap, gaps, missing_documents
from observers.domain.conversation import SILENT
from observers.enums import Status
from observers.lifecycle import APPLICATION
from observers.models import Application, ApplicationDocument, Message
from observers.views.own_badge import BadgeWords, badge_words
from observers.words import agreement_in_words, correction_in_words

STEPS: dict[str, Promise] = {
    "place": gettext_lazy("Place"),
    "person": gettext_lazy("Person"),
    "contact": gettext_lazy("Address and contact"),
    "photo": gettext_lazy("Photo"),
    "documents": gettext_lazy("Documents"),
    "consent": gettext_lazy("Confirmation"),
}
# The answers that make a step more than untouched.
_TOUCHED_BY = {
    "person": ("surname", "given_name", "birth_on", "identity_number"),
    "contact": ("address", "phone", "email"),
}


def person(request: HttpRequest) -> User:
    """Who is signed in, on a page that asks for it."""
    return cast(User, request.user)


def own_applications(request: HttpRequest) -> QuerySet[Application]:
    """What the person filed themselves or for an organisation they represent."""
    applications = Application.objects.visible_to(request.user).owned_by(request.user)
    chosen: QuerySet[Application] = applications.select_related(
        "election",
        "window",
        "commission__election",
        "constituency",
        "organisation",
        "decision__commission",
        "decision__ground",
        "decision__session",
    )
    return chosen


def own_progress(request: HttpRequest, key: UUID) -> "Progress":
    """The application with that key and the moment it is looked at; 404 if it is not theirs."""
    return Progress(get_object_or_404(own_applications(request), key=key), database_now())


@dataclass(frozen=True)
class Task:
    slug: str
    title: str
    url: str
    state: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Answer:
    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Group:
    """The answers of one step."""

    slug: str
    heading: str
    url: str
    answers: list[Answer]


class Progress:
    """One application at one moment, as its owner sees it."""

    def __init__(self, application: Application, now: datetime.datetime) -> None:
        self.application = application
        self.now = now

    @cached_property
    def closes_at(self) -> datetime.datetime:
        """From when this application cannot be sent for the first time, extensions included."""
        return closing_moments([self.application])[self.application.pk]

    @property
    def closes_words(self) -> str:
        """What it is that closes then."""
        if self.application.substitutes_id:
            return _("Another person can be named until")
        return _("Registration closes")

    @property
    def in_place_of(self) -> Application | None:
        """The registered person in whose place this one is named."""
        return self.application.substitutes

    @property
    def is_own(self) -> bool:
        return self.application.kind == Kind.OWN_INITIATIVE

    @property
    def is_draft(self) -> bool:
        return self.application.status == Status.DRAFT

    @property
    def is_returned(self) -> bool:
        return self.application.status == Status.RETURNED

    @property
    def correction(self) -> str:
        return correction_in_words(self.application)

    @property
    def is_late(self) -> bool:
        """A draft whose window has closed. A correction is not bound to the window."""
        return self.is_draft and self.now >= self.closes_at

    @property
    def is_editable(self) -> bool:
        return self.application.is_editable and not self.is_late

    @property
    def may_withdraw(self) -> bool:
        return bool(APPLICATION.may(self.application.status, "withdraw"))

    @cached_property
    def status(self) -> dict[str, Any]:
        return self.application.public_status()

    @property
    def agreement(self) -> dict[str, str] | None:
        """How far it is with the observer's own word; None where nobody asks for it."""
        return agreement_in_words(self.application)

    @cached_property
    def badge(self) -> BadgeWords | None:
        """Where it stands with the badge; None before there is any."""
        pdf_url = reverse("apply:badge", args=[self.application.key])
        return badge_words(self.application, now=self.now, pdf_url=pdf_url)

    @cached_property
    def gaps(self) -> list[Gap]:
        missing = missing_documents([self.application])[self.application.pk]
        return gaps(self.application, missing_documents=missing)

    @cached_property
    def asked_documents(self) -> list[RequiredDocument]:
        current = RequiredDocument.objects.current().for_kind(self.application.kind)
        return list(current.filter(election=self.application.election, subject=Subject.PERSON))

    @cached_property
    def filed_documents(self) -> list[ApplicationDocument]:
        return list(self.application.documents.select_related("answers"))

    @cached_property
    def steps(self) -> list[str]:
        """The steps this application has. Its place is settled once it has been submitted: the
        commission that decides does not change; and who takes a place takes that one."""
        left_out = set()
        if self.application.submitted_at or self.application.substitutes_id:
            left_out.add("place")
        if not self.asked_documents and not self.filed_documents:
            left_out.add("documents")
        return [slug for slug in STEPS if slug not in left_out]

    def step_url(self, slug: str) -> str:
        if slug == "documents":
            return reverse("apply:documents", args=[self.application.key])
        return reverse("apply:step", args=[self.application.key, slug])

    def url_after(self, slug: str) -> str:
        """The next step; after the last, and for a correction after any, what is next."""
        if self.is_returned:
            return self.application.get_absolute_url()
        following = self.steps[self.steps.index(slug) + 1 :]
        if following:
            return self.step_url(following[0])
        return reverse("apply:check", args=[self.application.key])

    def place_of(self, slug: str) -> str:
        return _("Step %(number)d of %(all)d") % {
            "number": self.steps.index(slug) + 1,
            "all": len(self.steps),
        }

    # --- The task list -----------------------------------------------------------------------

    @cached_property
    def tasks(self) -> list[Task]:
        return [self._task(slug) for slug in self.steps]

    @property
    def done(self) -> int:
        return sum(task.state == "done" for task in self.tasks)

    @property
    def of(self) -> int:
        """How many parts there are to do; what is optional and untouched is none."""
        return sum(task.state == "done" or bool(self._lacking(task.slug)) for task in self.tasks)

    def _lacking(self, slug: str) -> list[Gap]:
        return [gap for gap in self.gaps if gap.step == slug]

    def _task(self, slug: str) -> Task:
        lacking = self._lacking(slug)
        state, label = "done", _("Done")
        hint = " ".join(gap.message for gap in lacking)
        if slug == "documents" and not self.filed_documents and not lacking:
            state, label, hint = "not_started", _("Optional"), _("Not required to apply.")
        elif lacking and self._is_touched(slug):
            state, label = "in_progress", _("In progress")
        elif lacking:
            state, label, hint = "not_started", _("Not started"), ""
        return Task(slug, str(STEPS[slug]), self.step_url(slug), state, label, hint)

    def _is_touched(self, slug: str) -> bool:
        return any(getattr(self.application, name) for name in _TOUCHED_BY.get(slug, ()))

    # --- The answers ---------------------------------------------------------------------------

    @cached_property
    def groups(self) -> list[Group]:
        """All answers in the order of the form. The photo is shown, not told."""
        return [
            self._group("place", self._place_answers()),
            self._group("person", self._person_answers()),
            self._group("contact", self._contact_answers()),
        ]

    @property
    def photo_url(self) -> str:
        if not self.application.photo:
            return ""
        address = reverse("apply:photo", args=[self.application.key])
        return f"{address}?{self.application.version}"

    def _group(self, slug: str, answers: list[Answer]) -> Group:
        url = self.step_url(slug) if slug in self.steps and self.is_editable else ""
        return Group(slug, str(STEPS[slug]), url, answers)

    def _place_answers(self) -> list[Answer]:
        row = self.application
        found = [
            Answer(_("Election"), row.election.name),
            Answer(_("On whose initiative"), self._initiative()),
            Answer(_("Where"), row.get_scope_display()),
        ]
        if row.scope == "constituency":
            found.append(
                Answer(_("Constituency"), str(row.constituency) if row.constituency else "")
            )
        if row.scope != "constituency" or row.constituency:
            found.append(Answer(_("Decided by"), row.commission.name))
        return found

    def _initiative(self) -> str:
        organisation = self.application.organisation
        return organisation.name if organisation else self.application.get_kind_display()

    def _person_answers(self) -> list[Answer]:
        row = self.application
        return [
            Answer(_("Surname"), row.surname),
            Answer(_("Given name"), row.given_name),
            Answer(_("Patronymic"), row.patronymic),
            Answer(_("Date of birth"), date_format(row.birth_on, "j E Y") if row.birth_on else ""),
            Answer(_("Citizenship"), country_name(row.citizenship) if row.citizenship else ""),
            Answer(_("Identity document"), row.get_identity_document_display()),
            Answer(_("Series and number"), row.identity_number),
        ]

    def _contact_answers(self) -> list[Answer]:
        row = self.application
        return [
            Answer(_("Address"), row.address),
            Answer(_("Telephone"), row.phone),
            Answer(_("E-mail"), row.email),
        ]

    # --- Where it stands -------------------------------------------------------------------------

    @property
    def history(self) -> list[dict[str, Any]]:
        """When it came into which status, in public words: not who did it."""
        return [
            {"at": event.at, "label": APPLICATION.texts[event.status_to].public}
            for event in self.application.events.all()
        ]

    @cached_property
    def conversation(self) -> list[Message]:
        """What the commission wrote, and what was answered."""
        return list(self.application.messages.select_related("author"))

    @property
    def may_answer(self) -> bool:
        return bool(self.conversation) and self.application.status not in SILENT

    @property
    def unconfirmed(self) -> list[str]:
        """The fields that a refusal could not confirm, by their names."""
        decision = self.application.decision
        return [field_label(name) for name in decision.unconfirmed_fields] if decision else []

    @property
    def crumbs(self) -> list[dict[str, str]]:
        """The way back: the organisation's desk, or the person's own applications."""
        organisation = self.application.organisation
        if organisation:
            above = {"label": organisation.shown_name, "url": organisation.get_absolute_url()}
        else:
            above = {"label": _("Your applications"), "url": reverse("apply:start")}
        return [above]

    @property
    def crumbs_within(self) -> list[dict[str, str]]:
        """The same, for the pages below the overview."""
        here = {"label": self.title, "url": self.application.get_absolute_url()}
        return [*self.crumbs, here]

    @property
    def title(self) -> str:
        if self.is_own:
            return _("Your application")
        return self.application.full_name or _("New observer")


def field_label(name: str) -> str:
    """What the form calls this field."""
    known = {field.name: field for field in Application._meta.get_fields()}
    return str(getattr(known.get(name), "verbose_name", name))
