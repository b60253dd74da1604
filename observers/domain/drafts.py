"""Drafts: begun, saved step by step, never overwritten by an older tab."""

import datetime
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.names import fold, sort_key, tidy
from elections.domain.clock import database_now
from elections.domain.windows import closing_moment, is_open, window_for
from elections.enums import Authority, Kind
from elections.lifecycle import acting_as
from elections.models import Commission, Constituency, Election, RequiredDocument, Window
from observers.domain.identity import birth_index, identity_index
from observers.enums import EDITABLE, LIVE, Status
from observers.models import Application, ApplicationDocument
from organisations.models import Organisation
from privacy.uploads import CheckedDocument

# What a draft may hold; everything else is the machine's.
COLUMNS = (
    "surname", "given_name", "patronymic", "birth_on", "citizenship", "identity_document",
    "identity_number", "address", "phone", "email",
)  # fmt: skip

NAMES = ("surname", "given_name", "patronymic")

# Files that one application may have attached.
MOST_DOCUMENTS = 10
# Letters of a folded name that are searched; some signs unfold to many.
SEARCHED = 700


class DraftError(Exception):
    """A draft cannot be begun or saved. The message may be shown to a person."""


class StaleDraft(DraftError):
    """The draft was changed or submitted elsewhere since this form was opened."""


class DuplicatePerson(DraftError):
    """Somebody else's live application in this election has the same identity number."""


@transaction.atomic
def resume_or_begin(*, election: Election, scope: str, applicant: User) -> Application:
    """The applicant's own application on own initiative: one a person and election.

    A second click on "begin" finds what the first began. Raises DraftError as `begin` does.
    """
    User.objects.select_for_update().get(pk=applicant.pk)
    running: Application | None = (
        Application.unscoped.filter(
            applicant=applicant,
            election=election,
            organisation__isnull=True,
            status__in=(Status.DRAFT, *LIVE),
        )
        .order_by("pk")
        .last()
    )
    return running or begin(election=election, scope=scope, applicant=applicant)


@transaction.atomic
def begin(
    *,
    election: Election,
    scope: str,
    applicant: User,
    organisation: Organisation | None = None,
    constituency: Constituency | None = None,
    paper_received_at: datetime.datetime | None = None,
    key: uuid.UUID | None = None,
) -> Application:
    """A new, empty draft. Raises DraftError when no window admits such applications.

    What came on paper is in time by the moment at which it was received. `key`: chosen by the
    caller, so that the same form sent twice makes one application of it.
    """
    kind = organisation.kind if organisation else Kind.OWN_INITIATIVE
    window = window_for(election, kind=kind, scope=scope)
    if window is None:
        raise DraftError(_("This election has no registration of that kind."))
    now = paper_received_at or database_now()
    closes_at = closing_moment(window, kind=kind, constituency=constituency)
    if not is_open(window, now=now, closes_at=closes_at):
        raise DraftError(_("Registration is not open."))
    with acting_as(applicant, action="begin"):
        return Application.unscoped.create(
            key=key or uuid.uuid4(),
            election=election,
            window=window,
            commission=deciding_commission(window, constituency),
            kind=kind,
            scope=scope,
            constituency=constituency,
            organisation=organisation,
            applicant=applicant,
            paper_received_at=paper_received_at,
        )


def deciding_commission(window: Window, constituency: Constituency | None) -> Commission:
    """The constituency's own commission, or the central one (also while none is chosen)."""
    if window.authority == Authority.CONSTITUENCY and constituency is not None:
        return Commission.objects.get(constituency=constituency)
    return Commission.objects.get(election=window.election_id, authority=Authority.CENTRAL)


def save(application: Application, *, version: int, now: datetime.datetime, **columns: Any) -> int:
    """Store answers if nobody stored others since `version`; returns the new version.

    Raises StaleDraft otherwise, and when the application has been submitted meanwhile: nothing
    is overwritten. Answers that are stored already (a second click on "save") are no conflict.
    Raises DuplicatePerson when a returned application takes the number of another live one.
    """
    for name, value in columns.items():
        setattr(application, name, tidy(value) if _is_name(name) else value)
    answers = {name: getattr(application, name) for name in columns}
    these = Application.unscoped.filter(pk=application.pk, version=version, status__in=EDITABLE)
    try:
        with transaction.atomic():
            stored = these.update(
                **answers, **derived(application), version=version + 1, updated_at=now
            )
    except IntegrityError as error:
        if "one_live_application_per_person" not in str(error):
            raise
        raise DuplicatePerson(
            _("Another application in this election already has this identity number.")
        ) from error
    application.version = version + 1 if stored else _version_with(application, answers)
    return application.version


def _version_with(application: Application, answers: dict[str, Any]) -> int:
    """The version of the stored application, if it holds just these answers."""
    there = Application.unscoped.filter(pk=application.pk, status__in=EDITABLE).first()
    if there is None or any(getattr(there, name) != value for name, value in answers.items()):
        raise StaleDraft(
            _(
                "This form was changed in another window, or has been submitted. What you typed "
                "here was not stored; open the form again to see what is."
            )
        )
    return int(there.version)


def _is_name(column: str) -> bool:
    return column in NAMES


def derived(application: Application) -> dict[str, str]:
    """Columns that follow from others."""
    born = Application._meta.get_field("birth_on").to_python(application.birth_on)
    return {
        "birth_index": birth_index(born),
        "identity_index": identity_index(
            citizenship=application.citizenship, number=application.identity_number
        ),
        **name_keys(*(getattr(application, name) for name in NAMES)),
    }


def name_keys(*names: str) -> dict[str, str]:
    """How a name is put in order and found; surname first."""
    full_name = " ".join(filter(None, names))
    return {"sort_key": sort_key(full_name), "search_key": fold(full_name)[:SEARCHED]}


def choose_place(
    application: Application,
    *,
    version: int,
    scope: str,
    constituency: Constituency | None,
    now: datetime.datetime,
) -> int:
    """Where the person wants to observe, and with it which commission decides.

    Who is named in place of another takes that place. After submission it may change only where
    the same commission decides; one that was sent to another commission stays there.
    """
    if application.substitutes_id:
        raise DraftError(_("Who takes another’s place observes where the other did."))
    window = window_for(application.election, kind=application.kind, scope=scope)
    if window is None:
        raise DraftError(_("This election has no registration of that kind."))
    decides = deciding_commission(window, constituency)
    if application.submitted_at:
        if decides != deciding_commission(application.window, application.constituency):
            raise DraftError(_("The commission that decides cannot be changed after submission."))
        decides = application.commission
    closes_at = closing_moment(window, kind=application.kind, constituency=constituency)
    if not application.submitted_at and not is_open(window, now=now, closes_at=closes_at):
        raise DraftError(_("Registration has closed there. Choose where it is still open."))
    return save(
        application,
        version=version,
        now=now,
        scope=scope,
        window=window,
        constituency=constituency,
        commission=decides,
    )


def set_photo(
    application: Application, photo: ContentFile, *, version: int, now: datetime.datetime
) -> int:
    """Store a prepared photo (see `photos.prepare_photo`) under a name that says nothing.

    The photo that it replaces is removed once the new one is there to stay; but one that the
    commission has seen is kept, to be compared.
    """
    earlier = application.photo.name or ""
    field = Application._meta.get_field("photo")
    stored = field.storage.save(
        field.generate_filename(application, f"{application.key}.jpg"), photo
    )
    try:
        with transaction.atomic():
            new_version = save(application, version=version, now=now, photo=stored)
            if is_own_photo(application, earlier) and application.submitted_at is None:
                transaction.on_commit(lambda: field.storage.delete(earlier), robust=True)
    except DraftError:
        field.storage.delete(stored)
        raise
    return new_version


def is_own_photo(application: Application, name: str) -> bool:
    """Whether the file is this application's alone: it bears its key, or came with an upload.
    One portrait of the demo has many rows."""
    return str(application.key) in name or name.startswith("uploads/")


def attach(
    application: Application,
    document: CheckedDocument,
    *,
    answers: RequiredDocument,
    by: User,
) -> ApplicationDocument:
    """Add a checked document while the application may still be edited."""
    with transaction.atomic():
        _lock_editable(application)
        if application.documents.count() >= MOST_DOCUMENTS:
            raise DraftError(
                _("At most %(most)d documents can be attached. Remove one first.")
                % {"most": MOST_DOCUMENTS}
            )
        filed = ApplicationDocument(
            application=application,
            answers=answers,
            original_name=document.original_name,
            content_type=document.content_type,
            size=document.content.size,
            uploaded_by=by,
        )
        filed.file.save(str(filed.key), document.content, save=False)
        filed.save()
    return filed


def detach(document: ApplicationDocument) -> None:
    """Take a document out again while the application may still be edited."""
    with transaction.atomic():
        _lock_editable(document.application)
        document.delete()
        name, storage = document.file.name or "", document.file.storage
        transaction.on_commit(lambda: storage.delete(name), robust=True)


def _lock_editable(application: Application) -> None:
    editable = Application.unscoped.select_for_update().filter(
        pk=application.pk, status__in=EDITABLE
    )
    if not editable.exists():
        raise StaleDraft(_("This application has been submitted; its documents stay as they are."))


def consent(application: Application, *, given: bool, version: int, now: datetime.datetime) -> int:
    """Record or take back that the person confirms the information and the rules."""
    consented_at = (application.consented_at or now) if given else None
    return save(application, version=version, now=now, consented_at=consented_at)
