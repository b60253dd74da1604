"""Every address of the portal, as every role, on what is theirs and on what is not.

`ADDRESSES` says which right of `accounts/access.py` an address needs. An address that stands in
neither list fails the test: whoever adds a page says here who may open it.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLResolver
from PIL import Image

from accounts.access import ACCESS, Reach, Role
from accounts.enums import StaffRole
from accounts.models import User
from elections.domain.clock import database_now
from elections.enums import Scope, Subject
from elections.models import Election, Extension, RequiredDocument
from notifications.models import Letter
from observers.domain import (
    agreement,
    appeals,
    drafts,
    handovers,
    personal_links,
    print_batches,
    print_files,
)
from observers.domain.applications import move
from observers.enums import UploadStatus
from observers.intake.files import keep_sheet
from observers.lifecycle import SUBMIT
from observers.models import (
    Appeal,
    Application,
    Badge,
    BlankMovement,
    Handover,
    PrintBatch,
    RegisterSnapshot,
    Submission,
    Upload,
    UploadedPhoto,
)
from observers.register import open_data
from organisations.models import NominationDocument, NominationRight, Organisation
from privacy.uploads import CheckedDocument
from tests import builders

pytestmark = pytest.mark.django_db
STAFF = [role for role in Role if role.value in StaffRole.values]


@dataclass(frozen=True)
class Needs:
    """The right that an address needs. `staff`: it is a page of the admin, shut to all others."""

    kind: str
    action: str
    staff: bool = False
    post: bool = False


NOBODY = Needs("", "", staff=True)


def admin_pages(
    model: str, kind: str, *, add: Needs = NOBODY, view: str = "view"
) -> dict[str, Needs]:
    """The pages that the admin gives a register. Nothing that has been used is deleted. `view`:
    the right that shows it."""
    shown = Needs(kind, view, staff=True)
    return {
        f"admin:{model}_changelist": shown,
        f"admin:{model}_change": shown,
        f"admin:{model}_history": shown,
        f"admin:{model}_add": add,
        f"admin:{model}_delete": NOBODY,
    }


KEEPS_ELECTION = Needs("election", "change", staff=True)
KEEPS_EXEMPT = Needs("exempt", "keep", staff=True)
APPOINTS = Needs("staff", "appoint", staff=True)
OWNERS_PAGE = Needs("application", "edit")
ADDRESSES: dict[str, Needs] = {
    "home": Needs("register", "view"),
    "register:election": Needs("register", "view"),
    "register:list": Needs("register", "view"),
    "register:csv": Needs("register", "view"),
    "register:json": Needs("register", "view"),
    "register:statistics": Needs("register", "view"),
    "register:equality": Needs("register", "view"),
    "register:table_csv": Needs("register", "view"),
    "register:table_json": Needs("register", "view"),
    "register:observer": Needs("register", "view"),
    "register:organisations": Needs("register", "view"),
    "register:organisation": Needs("register", "view"),
    "register:constituencies": Needs("register", "view"),
    "register:constituency": Needs("register", "view"),
    "register:decisions": Needs("register", "view"),
    "register:package": Needs("register", "view"),
    "register:snapshots": Needs("register", "view"),
    "register:snapshot": Needs("register", "view"),
    "register:lists": Needs("register", "view"),
    "register:list_pdf": Needs("register", "view"),
    "verify:keys": Needs("register", "view"),
    "verify:revocations": Needs("register", "view"),
    "verify:page": Needs("register", "view"),
    "verify:worker": Needs("register", "view"),
    "verify:manifest": Needs("register", "view"),
    "about_api": Needs("register", "view"),
    "api:entrance": Needs("register", "view"),
    "api:description": Needs("register", "view"),
    "api:elections": Needs("register", "view"),
    "api:election": Needs("register", "view"),
    "api:organisations": Needs("register", "view"),
    "api:organisation": Needs("register", "view"),
    "api:observers": Needs("register", "view"),
    "api:statistics": Needs("register", "view"),
    "api:table": Needs("register", "view"),
    "apply:start": Needs("register", "view"),
    "apply:overview": OWNERS_PAGE,
    "apply:check": OWNERS_PAGE,
    "apply:receipt": OWNERS_PAGE,
    "apply:withdraw": Needs("application", "withdraw"),
    "apply:substitute": Needs("application", "substitute"),
    "apply:appeal": Needs("appeal", "lodge"),
    "apply:withdraw_appeal": Needs("appeal", "withdraw"),
    "apply:ruling": Needs("appeal", "view"),
    "apply:documents": OWNERS_PAGE,
    "apply:remove_document": Needs("application", "edit", post=True),
    "apply:step": OWNERS_PAGE,
    "apply:autosave": Needs("application", "edit", post=True),
    "apply:message": Needs("application", "converse", post=True),
    "apply:photo": Needs("application", "files"),
    "apply:badge": Needs("badge", "download"),
    "apply:document": Needs("application", "files"),
    "nomination:overview": Needs("nomination", "view"),
    "nomination:organisation": Needs("nomination", "edit"),
    "nomination:mission": Needs("nomination", "edit"),
    "nomination:documents": Needs("nomination", "edit"),
    "nomination:document": Needs("nomination", "files"),
    "nomination:detach": Needs("nomination", "edit", post=True),
    "nomination:attach": Needs("nomination", "edit", post=True),
    "nomination:check": Needs("nomination", "edit"),
    "nomination:receipt": Needs("nomination", "view"),
    "nomination:withdraw": Needs("nomination", "submit"),
    "organisations:details": Needs("organisation", "edit"),
    "organisations:representatives": Needs("organisation", "edit"),
    "organisations:remove_representative": Needs("organisation", "invite", post=True),
    "organisations:nominate": Needs("nomination", "create", post=True),
    "people:desk": Needs("organisation", "edit"),
    "people:begin": Needs("organisation", "edit"),
    "people:submit": Needs("organisation", "edit"),
    "people:submissions": Needs("organisation", "edit"),
    "people:submission": Needs("organisation", "edit"),
    "people:submission_pdf": Needs("organisation", "edit"),
    "people:agreements": Needs("organisation", "edit"),
    "people:agreement_sheet": Needs("organisation", "edit"),
    "people:badges": Needs("organisation", "edit"),
    "people:badges_make": Needs("organisation", "edit", post=True),
    "people:badges_part": Needs("organisation", "edit"),
    "people:uploads": Needs("organisation", "edit"),
    "people:template": Needs("organisation", "edit"),
    "people:upload": Needs("organisation", "edit"),
    "people:upload_columns": Needs("organisation", "edit"),
    "people:upload_errors": Needs("organisation", "edit"),
    "people:upload_store": Needs("organisation", "edit", post=True),
    "people:upload_cancel": Needs("organisation", "edit", post=True),
    "people:upload_photos": Needs("organisation", "edit"),
    "people:upload_photo": Needs("organisation", "edit"),
    "people:upload_crop": Needs("organisation", "edit"),
    "people:upload_whose": Needs("organisation", "edit", post=True),
    **admin_pages("observers_application", "application"),
    **admin_pages("observers_appeal", "appeal"),
    **admin_pages("observers_badge", "badge"),
    "admin:observers_badge_replace": Needs("badge", "replace", staff=True),
    "admin:observers_badge_revoke": Needs("badge", "revoke", staff=True),
    "admin:observers_badge_print": Needs("badge", "print", staff=True),
    "admin:observers_badge_hand_over": Needs("badge", "hand_over", staff=True),
    **admin_pages("observers_printbatch", "badge"),
    "admin:observers_printbatch_printed": Needs("badge", "print", staff=True),
    "admin:observers_printbatch_cancel": Needs("badge", "print", staff=True, post=True),
    "admin:observers_printbatch_hand_over": Needs("badge", "hand_over", staff=True),
    "admin:observers_printbatch_signatures": Needs("badge", "print", staff=True),
    "admin:observers_printbatch_part": Needs("badge", "print", staff=True),
    "admin:observers_printbatch_all": Needs("badge", "print", staff=True),
    **admin_pages("observers_handover", "badge"),
    "admin:observers_handover_signatures": Needs("badge", "print", staff=True),
    **admin_pages("observers_blankmovement", "badge"),
    "admin:observers_blankmovement_enter": Needs("badge", "print", staff=True),
    "admin:observers_appeal_decide": Needs("appeal", "decide", staff=True),
    "admin:observers_appeal_record": Needs("appeal", "record", staff=True),
    "admin:observers_application_approve": Needs("application", "approve", staff=True, post=True),
    "admin:observers_application_decide": Needs("application", "review", staff=True),
    "admin:observers_application_page": Needs("application", "files", staff=True),
    "admin:observers_paperapplication_scan_page": Needs("application", "files", staff=True),
    "admin:observers_application_earlier_photo": Needs("application", "files", staff=True),
    "admin:observers_application_note": Needs("application", "review", staff=True, post=True),
    "admin:observers_application_message": Needs("application", "converse", staff=True, post=True),
    "admin:observers_application_recuse": Needs("application", "review", staff=True),
    **admin_pages("observers_batch", "application"),
    "admin:observers_batch_look": Needs("application", "view", staff=True),
    "admin:observers_batch_sample": Needs("application", "review", staff=True),
    "admin:observers_batch_approve": Needs("application", "approve", staff=True, post=True),
    "admin:observers_batch_cancel": Needs("application", "approve", staff=True, post=True),
    "admin:observers_batch_left_out": Needs("application", "view", staff=True),
    **admin_pages("observers_commissionsession", "application"),
    "admin:observers_commissionsession_open": Needs("application", "adopt", staff=True, post=True),
    "admin:observers_commissionsession_agenda": Needs(
        "application", "adopt", staff=True, post=True
    ),
    "admin:observers_commissionsession_record": Needs("application", "adopt", staff=True),
    "admin:observers_commissionsession_agenda_pdf": Needs("application", "view", staff=True),
    "admin:observers_commissionsession_protocol": Needs("application", "view", staff=True),
    "admin:observers_application_desk": Needs("application", "review", staff=True),
    "admin:observers_application_deed": Needs("application", "review", staff=True, post=True),
    "admin:observers_application_settle": Needs("application", "confirm", staff=True),
    "admin:observers_application_dashboard": Needs("application", "view", staff=True),
    "admin:observers_application_commissions": Needs("application", "view", staff=True),
    "admin:observers_application_lists": Needs("application", "view", staff=True),
    "admin:observers_application_list_pdf": Needs("application", "view", staff=True),
    "admin:observers_application_duplicates": Needs("application", "view", staff=True),
    "admin:observers_application_pair": Needs("application", "view", staff=True),
    **{
        f"admin:observers_{name}_changelist": Needs("application", "view", staff=True)
        for name in ("withoutbadge", "overdue", "notreached", "withoutphoto", "forgotten")
    },
    **admin_pages("observers_exemptperson", "exempt", add=KEEPS_EXEMPT),
    "admin:observers_exemptperson_delete": KEEPS_EXEMPT,
    "admin:observers_exemptperson_upload": KEEPS_EXEMPT,
    "admin:observers_paper_add": Needs("application", "enter", staff=True),
    "admin:observers_paper_enter": Needs("application", "enter", staff=True),
    "admin:observers_paperapplication_receipt": Needs("application", "enter", staff=True),
    "admin:observers_paperapplication_scan": Needs("application", "files", staff=True),
    "admin:observers_paperapplication_correct": Needs("application", "enter", staff=True),
    "admin:observers_paperapplication_withdraw": Needs("application", "enter", staff=True),
    "admin:observers_assign_add": Needs("application", "assign", staff=True, post=True),
    "admin:observers_transfer_add": Needs("application", "transfer", staff=True, post=True),
    **admin_pages("observers_letteronpaper", "application", view="enter"),
    "admin:observers_letteronpaper_handed_over": Needs(
        "application", "enter", staff=True, post=True
    ),
    **admin_pages("organisations_nominationright", "nomination"),
    "admin:organisations_nominationright_decide": Needs("nomination", "decide", staff=True),
    "admin:organisations_nominationright_desk": Needs("nomination", "decide", staff=True),
    "admin:organisations_nominationright_deed": Needs(
        "nomination", "decide", staff=True, post=True
    ),
    "admin:organisations_nominationright_settle": Needs("nomination", "decide", staff=True),
    "admin:organisations_nominationright_page": Needs("nomination", "files", staff=True),
    **admin_pages("organisations_organisation", "organisation"),
    **admin_pages("elections_election", "election"),
    **admin_pages("elections_constituency", "election", add=KEEPS_ELECTION),
    **admin_pages("elections_commission", "election", add=KEEPS_ELECTION),
    **admin_pages("elections_refusalground", "election", add=KEEPS_ELECTION),
    **admin_pages("elections_savedreply", "election", add=KEEPS_ELECTION),
    **admin_pages("elections_requireddocument", "election", add=KEEPS_ELECTION),
    **admin_pages("elections_extension", "election", add=Needs("window", "extend", staff=True)),
    **admin_pages("elections_runoff", "election", add=Needs("runoff", "announce", staff=True)),
    "admin:elections_runoff_move": Needs("runoff", "announce", staff=True),
    "admin:elections_runoff_renew": Needs("badge", "renew", staff=True),
    **admin_pages("elections_commissionmember", "staff", add=APPOINTS),
    "admin:elections_commissionmember_end": APPOINTS,
    **admin_pages("accounts_user", "staff"),
    **admin_pages("notifications_letter", "letter"),
}
# Answer everybody, or everybody who is signed in: they show nothing of anybody else. The page
# `agreement` shows one nomination to whoever has its link, and to nobody without; those of `verify`
# one badge to whoever has its number, its code, or the address of a photo that a page just made.
OPEN = {
    "agreement", "agreement_badge", "desk", "healthz", "readyz", "set_language",
    "demo_mail", "demo_message",
    "organisations:list", "organisations:new",
    "scanned", "verify:now", "verify:number", "verify:photo",
    "api:observer", "api:verify_number", "api:verify_token", "api:api-root",
    "admin:index", "admin:login", "admin:logout", "admin:jsi18n", "admin:autocomplete",
    "admin:app_list", "admin:password_change", "admin:password_change_done", "admin:?",
}  # fmt: skip
OPEN_PREFIXES = ("account_", "mfa_")


def every_address(
    resolver: Any = None, names: tuple[str, ...] = (), above: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """The name of every address there is, and the arguments it takes."""
    for entry in (resolver or get_resolver()).url_patterns:
        arguments = above | set(entry.pattern.converters) | set(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = (*names, entry.namespace) if entry.namespace else names
            yield from every_address(entry, inner, arguments)
        else:
            yield ":".join([*names, entry.name or "?"]), arguments


def test_every_address_is_in_the_table() -> None:
    unknown = {
        name
        for name, _ in every_address()
        if name not in ADDRESSES and name not in OPEN and not name.startswith(OPEN_PREFIXES)
    }
    assert sorted(unknown) == []


# --- The walk ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Things:
    """One of everything that an address can be about, all of one election."""

    application: Application
    right: NominationRight

    def arguments(self, name: str, wanted: Iterable[str]) -> dict[str, Any]:
        """What to put into the address."""
        return {argument: self._argument(name, argument) for argument in wanted}

    def _argument(self, name: str, argument: str) -> Any:
        room = name.partition(":")[0]
        of_right = room in ("nomination", "organisations") or "_nominationright_" in name
        subject: Any = self.right if of_right else self.application
        if argument in ("object_id", "pk"):
            return self._row(name.removeprefix("admin:").split("_")[1]).pk
        if name == "register:organisation" and argument == "key":
            return self.right.organisation.key
        return {
            "number": lambda: self._number(name),
            "day": lambda: self._snapshot().day,
            "key": lambda: self._key(name, subject),
            "organisation": lambda: self.right.organisation.key,
            "election": lambda: self.application.election.slug,
            "line": lambda: builders.a_sampled_batch(self.application).lines.get().pk,
            "document": lambda: subject.documents.get().key,
            "submission": lambda: self._submission().key,
            "upload": lambda: self._photo().upload.key,
            "photo": lambda: self._photo().key,
            "language": lambda: "ru",
            "table": lambda: "standing",
            "place": lambda: "nationwide",
            "commission": lambda: self.application.commission.pk,
            "which": lambda: "constituency",
            "batch": lambda: self._download().key,
            "form": lambda: "xlsx",
            "representative": lambda: self.right.organisation.representatives.all()[0].pk,
            "step": lambda: "person",
            "page": lambda: 1,
            "part": lambda: 1,
            "first": lambda: self.application.pk,
            "second": lambda: self._look_alike().pk,
            "appeal": lambda: self._ruling().key,
            "application": lambda: self._refusal().pk,
            "code": lambda: self.right.documents.get().answers.code,
            "action": lambda: self._action(name),
            "deed": lambda: "take",
            "how": lambda: "decline",
        }[argument]()

    def _number(self, name: str) -> Any:
        """Of a constituency, of a part; else of an observer."""
        counted = ("register:constituency", "people:badges_part")
        return 1 if name in counted else self._badge().number

    def _download(self) -> PrintBatch:
        """Of all badges of the organisation, with its first part."""
        theirs, election = self.right.organisation, self.application.election
        batch: PrintBatch = PrintBatch.unscoped.get_or_create(
            organisation=theirs,
            election=election,
            is_download=True,
            begun_by=builders.owner_of(theirs),
            size="card",
            sheet="single",
        )[0]
        if not batch.parts.exists():
            print_files.keep(batch, b"%PDF", [])
        return batch

    def _key(self, name: str, subject: Any) -> Any:
        return self._badge().application.key if name == "apply:badge" else subject.key

    @staticmethod
    def _action(name: str) -> str:
        if "appeal" in name:
            return "dismiss"
        return "grant" if "nomination" in name else "approve"

    def _ruling(self) -> Appeal:
        """What a court has ruled about another refusal of whoever applied here."""
        election = self.application.election
        refusal = self._refusal()
        return appeals.record_ruling(
            refusal, actor=builders.the_chair(election), ruling=builders.a_ruling()
        )

    def _refusal(self) -> Application:
        mine = self.application
        place = mine.constituency.number if mine.constituency else 1
        return builders.a_refused(
            election=mine.election,
            applicant=mine.applicant,
            organisation=mine.organisation,
            constituency=place,
        )

    def _snapshot(self) -> RegisterSnapshot:
        """Of the register as it is today."""
        open_data.keep_snapshots()
        return RegisterSnapshot.objects.get(election=self.application.election)

    def _badge(self) -> Badge:
        """Of somebody who is registered where the applicant wants to be."""
        mine = self.application
        theirs = Badge.unscoped.valid().filter(
            application__commission=mine.commission, application__organisation=mine.organisation
        )
        return theirs.first() or self._issued()

    def _issued(self) -> Badge:
        mine = self.application
        registered = builders.an_approved(
            election=mine.election,
            applicant=mine.applicant,
            organisation=mine.organisation,
            constituency=mine.constituency.number if mine.constituency else 1,
        )
        if mine.organisation:
            agreement.answer(personal_links.token_of(registered), agreed=True, now=database_now())
        return builders.badge_of(registered)

    def _submission(self) -> Submission:
        """A receipt of the organisation's."""
        theirs, election = self.right.organisation, self.application.election
        found: Submission = Submission.unscoped.get_or_create(
            receipt_number=f"S-{theirs.pk}",
            organisation=theirs,
            election=election,
            submitted_by=builders.owner_of(theirs),
        )[0]
        return found

    def _look_alike(self) -> Application:
        """A later application, of a namesake with the same birthday, to the same commission."""
        this = self.application
        later = Application.unscoped.filter(commission=this.commission, pk__gt=this.pk)
        found: Application = later.first() or builders.a_submitted(
            election=this.election,
            constituency=this.constituency.number if this.constituency else 1,
        )
        return found

    def _photo(self) -> UploadedPhoto:
        """A photo in a checked upload of the organisation's, with the sheet that came with it."""
        theirs = self.right.organisation
        found = UploadedPhoto.objects.filter(upload__organisation=theirs).first()
        if found:
            return found
        upload = Upload(
            organisation=theirs,
            election=self.application.election,
            uploaded_by=builders.owner_of(theirs),
            sheet_name="list.csv",
            status=UploadStatus.CHECKED,
            checked_at=self.application.created_at,
        )
        keep_sheet(upload, b"Surname;Given name\nAliyev;Ali\n")
        upload.save()
        picture = io.BytesIO()
        Image.new("RGB", (600, 800)).save(picture, "JPEG")
        photo = UploadedPhoto(upload=upload, name="1.jpg", row_number=2, crop=[0, 0, 1, 1])
        photo.portrait.save("portrait.jpg", ContentFile(picture.getvalue()), save=False)
        photo.source.save("source.jpg", ContentFile(picture.getvalue()), save=False)
        photo.save()
        return photo

    def _on_paper(self) -> Application:
        """An application that came on paper to the same commission."""
        found = Application.unscoped.filter(
            commission=self.application.commission, paper_received_at__isnull=False
        ).first()
        place: Any = self.application.constituency
        chair = builders.the_chair(self.application.election)
        return found or builders.an_application_on_paper(
            election=self.application.election, by=chair, constituency=place.number
        )

    def _printed(self) -> Handover:
        """Of the badge of somebody else who is registered there: printed by the commission of
        these things, with another that nobody has collected."""
        commission = self.application.commission
        found = Handover.unscoped.filter(commission=commission).first()
        if found:
            return found
        place: Any = self.application.constituency
        registered = [
            builders.an_approved(election=self.application.election, constituency=place.number)
            for _ in range(2)
        ]
        by = builders.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission)
        batch = builders.a_print_batch(*registered, by=by)
        print_batches.mark_printed(batch, by=by, note="From a box that nobody entered.")
        collected = builders.badges_of(registered[0])
        return handovers.hand_over(collected, by=by, to_whom="Somebody", batch=batch).handover

    def _row(self, model: str) -> Any:
        election = self.application.election
        return {
            "application": lambda: self.application,
            "appeal": lambda: builders.an_appeal(self._refusal()),
            "badge": self._badge,
            "nominationright": lambda: self.right,
            "printbatch": lambda: self._printed().batch,
            "handover": self._printed,
            "blankmovement": lambda: BlankMovement.unscoped.filter(batch=self._printed().batch)[0],
            "batch": lambda: builders.a_sampled_batch(self.application),
            "commissionsession": lambda: builders.a_recorded_session(self.application.commission),
            "organisation": lambda: self.right.organisation,
            "election": lambda: election,
            "constituency": lambda: election.constituencies.first(),
            "commission": lambda: builders.central_commission(election),
            "commissionmember": lambda: builders.central_commission(election).members.first(),
            "refusalground": lambda: election.refusal_grounds.first(),
            "savedreply": lambda: builders.a_saved_reply(election),
            "requireddocument": lambda: election.required_documents.first(),
            "extension": lambda: Extension.objects.get(window__election=election),
            "runoff": lambda: builders.a_run_off(election),
            "user": lambda: builders.the_chair(election),
            "exemptperson": lambda: builders.an_exempt_person(election, "Əliyev Elçin"),
            "letter": lambda: Letter.unscoped.filter(reference=self.application.receipt_number)[0],
            "paperapplication": self._on_paper,
            "letteronpaper": lambda: Letter.unscoped.filter(
                reference=self._on_paper().receipt_number
            )[0],
        }[model]()


def some_things(*, own_initiative: bool = False) -> Things:
    """An election, an organisation that may nominate there, and a submitted application: of the
    organisation, or of a citizen. Each has a document."""
    election = builders.an_election(observer_consent="before_badge", badge_download=True)
    organisation = builders.an_organisation(election=election)
    chair = builders.the_chair(election)
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    until = window.closes_at + builders.DAY
    Extension.objects.create(window=window, until=until, reason="Snow.", granted_by=chair)
    right = NominationRight.unscoped.get(organisation=organisation)
    asked = builders.a_required_document(election, subject=Subject.ORGANISATION, is_required=False)
    _file_with(right, asked)
    through = None if own_initiative else organisation
    return Things(an_application_with_a_document(election, through), right)


def _file_with(right: NominationRight, asked: RequiredDocument) -> None:
    paper = NominationDocument(right=right, answers=asked, uploaded_by=right.filed_by, size=1)
    paper.content_type = "application/pdf"
    paper.file.save(str(paper.key), ContentFile(builders.a_pdf()), save=True)


def an_application_with_a_document(
    election: Election, organisation: Organisation | None, *, constituency: int = 1
) -> Application:
    asked = builders.a_required_document(election, is_required=False)
    draft = builders.a_draft(
        election=election, organisation=organisation, constituency=constituency
    )
    paper = CheckedDocument(ContentFile(builders.a_pdf()), "application/pdf", "paper.pdf")
    drafts.attach(draft, paper, answers=asked, by=draft.applicant)
    move(builders.one(draft), SUBMIT, actor=draft.applicant)
    return builders.stored(draft)


def somebody(role: Role, things: Things) -> User | None:
    """A person in that role, for whom `things` are their own."""
    if role == Role.ANONYMOUS:
        return None
    if role == Role.APPLICANT:
        return things.application.applicant
    if role == Role.ORGANISATION_OWNER:
        return builders.owner_of(things.right.organisation)
    if role == Role.REPRESENTATIVE:
        return builders.a_representative(things.right.organisation)
    return builders.a_staff_member(role.value, things.application.election)


def foreign_things(role: Role, own: Things) -> list[Things]:
    """Another election's; for a constituency's staff also the next constituency's application."""
    found = [some_things(own_initiative=role != Role.APPLICANT)]
    if role in (Role.CONSTITUENCY_REVIEWER, Role.CONSTITUENCY_CHAIR):
        election, organisation = own.application.election, own.right.organisation
        neighbours = an_application_with_a_document(election, organisation, constituency=2)
        found.append(Things(neighbours, own.right))
    return found


def holds(role: Role, needs: Needs) -> bool:
    """Whether the table gives the role this right at all."""
    if not needs.kind or (needs.staff and role not in STAFF):
        return False
    return ACCESS[needs.kind, needs.action][role] != Reach.NOTHING


def is_shut(response: HttpResponseBase) -> bool:
    if response.status_code == 302:
        doors = (reverse("account_login"), reverse("admin:login"))
        return response["Location"].startswith(doors)
    return response.status_code in (401, 403, 404, 405)


@pytest.mark.parametrize("role", list(Role))
def test_every_address_opens_to_those_in_the_table_alone(
    role: Role, client: Client, record_property: Callable[[str, object], None]
) -> None:
    own = some_things(own_initiative=role == Role.APPLICANT)
    user = somebody(role, own)
    if user:
        client.force_login(user)
    others = foreign_things(role, own)
    wrong: list[str] = []
    cells = 0
    for name, arguments in every_address():
        if name not in ADDRESSES:
            continue
        needs = ADDRESSES[name]
        for things in (own, *others):
            neighbours = things.right is own.right and things is not own
            if neighbours and not re.search(_NEIGHBOURLY, name):
                continue
            address = reverse(name, kwargs=things.arguments(name, arguments))
            cells += 1
            if holds(role, needs) and (things is own or _shows_nothing_of(name, role, needs)):
                wrong += _must_open(client, address, needs)
            else:
                wrong += _must_be_shut(client, address, hidden=holds(role, needs))
    record_property("access cells checked", cells)
    assert wrong == []


# Of what a constituency's staff see only their own.
_NEIGHBOURLY = "application|_appeal|_badge|_printbatch|_handover|_blankmovement"


def _shows_nothing_of(name: str, role: Role, needs: Needs) -> bool:
    """What is published; and lists and empty forms, which show what the person may see."""
    published = ACCESS[needs.kind, needs.action][role] == Reach.PUBLISHED
    lists: tuple[str, ...] = ("_changelist", "_add", "_upload", "_desk")
    lists += ("_application_approve", "_application_dashboard")
    lists += ("_application_commissions", "_application_duplicates", "_application_lists")
    lists += ("_badge_print", "_badge_hand_over", "_blankmovement_enter")
    return published or name.endswith(lists)


def _must_open(client: Client, address: str, needs: Needs) -> list[str]:
    looked = client.get(address)
    fine = looked.status_code in (404, 405) if needs.post else not is_shut(looked)
    return [] if fine else [f"shut: {looked.status_code} {address}"]


def _must_be_shut(client: Client, address: str, *, hidden: bool) -> list[str]:
    """Looked at and posted to. `hidden`: they see others of its kind, so this one is not there."""
    looked, sent = client.get(address), client.post(address, {})
    tells = hidden and looked.status_code == 403
    return [
        f"open: {response.status_code} {response.request['REQUEST_METHOD']} {address}"
        for response, open_ in ((looked, tells or not is_shut(looked)), (sent, not is_shut(sent)))
        if open_
    ]
