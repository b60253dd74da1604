"""Short ways to what a test begins with, on the real models and through the domain's own functions.

Each returns what is stored. Whatever is not said is ordinary: an election whose registration is
open by the database's clock, people and organisations of their own, applications ready to send.

    election = an_election()
    chair = a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    application = a_submitted(election=election, surname="Əliyev")
"""

import datetime
import io
import itertools
import uuid
from functools import cache
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from accounts.enums import CENTRAL_ROLES, StaffRole
from accounts.models import User
from elections.domain import posts
from elections.domain.clock import database_now
from elections.enums import Authority, DecisionWay, Kind, Scope, Subject
from elections.lifecycle import acting_as
from elections.models import (
    Commission,
    CommissionMember,
    Constituency,
    Election,
    RefusalGround,
    RequiredDocument,
    RunOff,
    SavedReply,
    Window,
)
from observers.domain import (
    appeals,
    drafts,
    exempt,
    paper,
    print_batches,
    print_files,
    proposals,
    run_offs,
    substitutions,
)
from observers.domain.applications import Moved, move
from observers.domain.identity import identity_index
from observers.domain.photos import prepare_photo
from observers.domain.reasons import Reasons
from observers.enums import BadgeSize, BatchStatus, Capacity, PrintSheet, Status
from observers.lifecycle import (
    APPROVE,
    CANCEL,
    LAPSE,
    REFUSE,
    RETURN,
    SUBMIT,
    TAKE_UP,
    WITHDRAW,
)
from observers.models import (
    Appeal,
    Application,
    ApplicationDocument,
    Badge,
    Batch,
    CommissionSession,
    ExemptPerson,
    PrintBatch,
    Proposal,
)
from organisations.domain import nominations, people
from organisations.enums import OrganisationKind
from organisations.models import NominationRight, Organisation
from privacy.uploads import CheckedDocument

DAY = datetime.timedelta(days=1)
_numbers = itertools.count(1)
Row = TypeVar("Row", Application, Badge)


def in_all_languages(text: str) -> dict[str, str]:
    return {language: f"{text} ({language})" for language in ("az", "en", "ru")}


# --- The calendar and the authorities -------------------------------------------------------------


def an_election(
    *, closes_in: datetime.timedelta = 5 * DAY, constituencies: int = 2, **columns: Any
) -> Election:
    """Published, with its commissions and one ground for each subject.

    All scopes are open from yesterday until `closes_in` from now: constituency applications go
    to that constituency's commission, the others to the central one.
    """
    number = next(_numbers)
    election = Election.objects.create(
        **{
            "slug": f"election-{number}",
            "code": f"E{number}"[:6],
            "names": in_all_languages(f"Election {number}"),
            "authority_names": in_all_languages("Central Election Commission"),
            "polling_on": (database_now() + 20 * DAY).date(),
            "time_zone": "Asia/Baku",
            "time_zone_names": in_all_languages("Baku time"),
            "languages": ["az", "en", "ru"],
            "is_published": True,
            # One decides at once, and it is final: what has to do with that says otherwise.
            "refusal_way": DecisionWay.ONE,
            "undo_seconds": 0,
        }
        | columns
    )
    _a_commission(election, Authority.CENTRAL, constituency=None)
    for constituency_number in range(1, constituencies + 1):
        a_constituency(election, constituency_number)
    for subject in Subject:
        a_ground(election, subject)
    for scope in Scope:
        a_window(election, scope=scope, closes_in=closes_in)
    return election


def a_window(
    election: Election,
    *,
    scope: str = Scope.CONSTITUENCY,
    opens_in: datetime.timedelta = -DAY,
    closes_in: datetime.timedelta = 5 * DAY,
    **columns: Any,
) -> Window:
    """Times count from the database's now. A scope has one window: an earlier one is replaced."""
    now = database_now()
    local = scope == Scope.CONSTITUENCY
    window, _ = Window.objects.update_or_create(
        election=election,
        scope=scope,
        defaults={
            "kinds": [kind.value for kind in Kind],
            "authority": Authority.CONSTITUENCY if local else Authority.CENTRAL,
            "opens_at": now + opens_in,
            "closes_at": now + closes_in,
            "articles": in_all_languages("Election Code, art. 40"),
        }
        | columns,
    )
    return window


def shut(election: Election, *, ago: datetime.timedelta = datetime.timedelta(minutes=1)) -> None:
    """As if all windows had closed that long ago."""
    election.windows.update(closes_at=database_now() - ago)


def a_constituency(election: Election, number: int) -> Constituency:
    """With its commission."""
    constituency = Constituency.objects.create(
        election=election, number=number, names=in_all_languages(f"Constituency {number}")
    )
    _a_commission(election, Authority.CONSTITUENCY, constituency=constituency)
    return constituency


def _a_commission(
    election: Election, authority: Authority, *, constituency: Constituency | None
) -> Commission:
    return Commission.objects.create(
        election=election,
        authority=authority,
        constituency=constituency,
        names=in_all_languages(str(authority.label)),
        appeal_body_names=in_all_languages("The body above"),
        appeals_to=central_commission(election) if constituency else None,
    )


def a_ground(election: Election, subject: str = Subject.PERSON) -> RefusalGround:
    """The election's one ground for that subject."""
    ground, _ = RefusalGround.objects.get_or_create(
        election=election,
        subject=subject,
        code="not-confirmed",
        defaults={
            "articles": in_all_languages("Election Code, art. 40"),
            "texts": in_all_languages("The information is not confirmed"),
        },
    )
    return ground


def a_saved_reply(election: Election, **columns: Any) -> SavedReply:
    """About the photo, in all languages."""
    reply, _ = SavedReply.objects.get_or_create(
        election=election,
        subject=Subject.PERSON,
        code="photo",
        defaults={
            "titles": in_all_languages("The photo is no portrait"),
            "texts": in_all_languages("Send a photo of your face."),
            "fields": ["photo"],
        }
        | columns,
    )
    return reply


def a_required_document(
    election: Election, *, subject: str = Subject.PERSON, **columns: Any
) -> RequiredDocument:
    number = next(_numbers)
    titles = in_all_languages(f"Document {number}")
    return RequiredDocument.objects.create(
        **{
            "election": election,
            "subject": subject,
            "code": f"document-{number}",
            "titles": titles,
            "is_required": True,
        }
        | columns
    )


def central_commission(election: Election) -> Commission:
    return Commission.objects.get(election=election, authority=Authority.CENTRAL)


def commission_of(election: Election, number: int = 1) -> Commission:
    """The commission of the constituency with that number."""
    return Commission.objects.get(election=election, constituency__number=number)


def an_exempt_person(
    election: Election, full_name: str, *, number: str = "", born: datetime.date | None = None
) -> ExemptPerson:
    """A candidate."""
    person = ExemptPerson(election=election, capacity=Capacity.CANDIDATE)
    exempt.set_name(person, full_name)
    exempt.set_identity(person, number=number, citizenship="AZ", born=born)
    person.save()
    return person


# --- People ---------------------------------------------------------------------------------------


def a_user(email: str = "", *, verified: bool = True, password: str = "", **columns: Any) -> User:
    """Signs in with `client.force_login`, or with `password` where one is given (that is slow)."""
    number = next(_numbers)
    address = email or f"person{number}@example.org"
    user = User.objects.create_user(
        address, password or None, **{"full_name": f"Person {number}", "language": "en"} | columns
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def a_staff_member(
    role: StaffRole | str, where: Commission | Election, *, user: User | None = None, **columns: Any
) -> User:
    """Somebody with a post. An election stands for its central commission or, for a constituency
    role, for the commission of constituency 1."""
    role = StaffRole(role)
    if isinstance(where, Election):
        where = central_commission(where) if role in CENTRAL_ROLES else commission_of(where)
    post: CommissionMember = posts.appoint(
        user=user or a_user(**columns), commission=where, role=role
    )
    return afresh(post.user)


def afresh(user: User) -> User:
    """As the next request sees the user: posts and representations are kept on the object."""
    return User.objects.get(pk=user.pk)


# --- Organisations --------------------------------------------------------------------------------


def an_organisation(
    *,
    owner: User | None = None,
    election: Election | None = None,
    granted: bool = True,
    **columns: Any,
) -> Organisation:
    """With an owner; where an election is named, also with a nomination right for it
    (`granted=False`: with its draft)."""
    number = next(_numbers)
    name = columns.pop("name", f"Organisation {number}")
    owner = owner or a_user()
    organisation = people.register(
        owner=owner, name=name, **{"kind": OrganisationKind.PARTY} | columns
    )
    if election:
        right = a_nomination(organisation, election)
        if granted:
            submitted = nominations.submit(right, by=owner_of(organisation))
            nominations.grant(submitted, by=a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    return organisation


def owner_of(organisation: Organisation) -> User:
    return User.objects.get(
        representations__organisation=organisation, representations__role="owner"
    )


def a_representative(organisation: Organisation, *, user: User | None = None) -> User:
    """Invited by the owner, and has accepted."""
    user = user or a_user()
    people.invite(organisation=organisation, email=user.email, by=owner_of(organisation))
    people.accept_invitations(user)
    return afresh(user)


def a_nomination(organisation: Organisation, election: Election) -> NominationRight:
    """A draft, ready to be sent unless the election asks for documents."""
    right = nominations.begin(
        organisation=organisation, election=election, by=owner_of(organisation)
    )
    nominations.save(right, version=right.version, now=database_now(), expected_observers=10)
    return right


# --- Applications ---------------------------------------------------------------------------------


@cache
def _photo(colour: str = "#8899aa") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(picture, "JPEG")
    upload = SimpleUploadedFile("me.jpg", picture.getvalue(), "image/jpeg")
    return prepare_photo(upload).read()


def a_photo(colour: str) -> ContentFile:
    """Prepared to be stored."""
    return ContentFile(_photo(colour))


def a_pdf(pages: int = 1) -> bytes:
    """So many pages, each of another grey."""
    sheets = [Image.new("RGB", (210, 297), (200 + page % 50,) * 3) for page in range(pages)]
    made = io.BytesIO()
    sheets[0].save(made, "PDF", save_all=True, append_images=sheets[1:])
    return made.getvalue()


def a_document(
    application: Application, content: bytes | None = None, *, content_type: str = "application/pdf"
) -> ApplicationDocument:
    """Attached as it is, with a required document of its own, whatever the application's status."""
    filed = ApplicationDocument(
        application=application,
        answers=a_required_document(application.election, is_required=False),
        original_name="paper.pdf",
        content_type=content_type,
        size=len(content or b""),
        uploaded_by=application.applicant,
    )
    filed.file.save(str(filed.key), ContentFile(a_pdf() if content is None else content))
    return filed


def a_draft(
    *,
    election: Election | None = None,
    applicant: User | None = None,
    organisation: Organisation | None = None,
    scope: str = Scope.CONSTITUENCY,
    constituency: int = 1,
    photo: bool = True,
    consent: bool = True,
    **answers: Any,
) -> Application:
    """Complete and ready to be sent. Through an organisation, its owner files it.

    `constituency` is a number; `photo=False` or an answer given as "" leaves it incomplete.
    """
    election = election or an_election()
    applicant = applicant or (owner_of(organisation) if organisation else a_user())
    place = election.constituencies.get(number=constituency) if scope == "constituency" else None
    draft = drafts.begin(
        election=election,
        scope=scope,
        applicant=applicant,
        organisation=organisation,
        constituency=place,
    )
    now = database_now()
    drafts.save(draft, version=draft.version, now=now, **ordinary_answers() | answers)
    if photo:
        drafts.set_photo(draft, ContentFile(_photo()), version=draft.version, now=now)
    if consent:
        drafts.consent(draft, given=True, version=draft.version, now=now)
    return draft


def ordinary_answers() -> dict[str, Any]:
    """Of another person each time."""
    number = next(_numbers)
    return {
        "surname": "Məmmədov",
        "given_name": "Elçin",
        "patronymic": "Rauf oğlu",
        "birth_on": datetime.date(1980, 2, 29),
        "citizenship": "AZ",
        "identity_document": "identity_card",
        "identity_number": f"AA{number:07}",
        "address": f"Bakı, Nizami küçəsi {number}",
        "phone": "+994 50 000 00 00",
        "email": f"observer{number}@example.org",
    }


def many_drafts(number: int, **columns: Any) -> list[Application]:
    """Complete and ready to be sent, each of another person, stored at once."""
    model = a_draft(**columns)
    copies = []
    for _ in range(number - 1):
        copy = stored(model)
        copy.pk, copy.key = None, uuid.uuid4()
        copy.identity_number = f"AA{next(_numbers):07}"
        copy.identity_index = identity_index(citizenship="AZ", number=copy.identity_number)
        copies.append(copy)
    with transaction.atomic(), acting_as(model.applicant, action="begin"):
        return [model, *Application.unscoped.bulk_create(copies)]


def one(application: Application) -> Any:
    """The queryset of this one application: what `move` takes."""
    return Application.unscoped.filter(pk=application.pk)


def stored(row: Row) -> Row:
    """As it is in the database now: an application or a badge."""
    found: Row = type(row).unscoped.get(pk=row.pk)
    return found


def a_scan(name: str = "form.pdf") -> CheckedDocument:
    return CheckedDocument(ContentFile(a_pdf()), "application/pdf", name)


def answers_on_paper(**answers: Any) -> dict[str, Any]:
    number = next(_numbers)
    return {
        "surname": "Həsənov",
        "given_name": "Rauf",
        "patronymic": "",
        "birth_on": datetime.date(1970, 5, 1),
        "citizenship": "AZ",
        "identity_document": "identity_card",
        "identity_number": f"AA{number:07}",
        "address": f"Bakı, Nizami küçəsi {number}",
        "phone": "",
        "email": "",
    } | answers


def an_application_on_paper(
    *,
    election: Election | None = None,
    by: User | None = None,
    organisation: Organisation | None = None,
    constituency: int = 1,
    received_at: datetime.datetime | None = None,
    language: str = "en",
    key: uuid.UUID | None = None,
    **answers: Any,
) -> Application:
    """Handed in an hour ago, without an e-mail address, and entered by a reviewer of its
    commission (`by`)."""
    election = election or an_election()
    by = by or a_staff_member(
        StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, constituency)
    )
    place = paper.Place(
        election,
        Scope.CONSTITUENCY,
        election.constituencies.get(number=constituency),
        organisation,
    )
    sheet = paper.Sheet(answers_on_paper(**answers), ContentFile(_photo()))
    received_at = received_at or database_now() - datetime.timedelta(hours=1)
    received = paper.Received(received_at, a_scan(), language)
    return paper.enter(place, sheet, received, actor=by, key=key)


def a_submitted(**columns: Any) -> Application:
    draft = a_draft(**columns)
    return _moved(draft, SUBMIT, by=draft.applicant)


def an_application_under_review(*, by: User | None = None, **columns: Any) -> Application:
    application = a_submitted(**columns)
    return _moved(application, TAKE_UP, by=by or the_chair(application.election))


def a_returned(
    *, by: User | None = None, note: str = "Correct the surname.", **columns: Any
) -> Application:
    application = an_application_under_review(by=by, **columns)
    by = by or the_chair(application.election)
    return _moved(application, RETURN, by=by, reasons=Reasons(note=note))


def an_approved(*, by: User | None = None, **columns: Any) -> Application:
    application = an_application_under_review(by=by, **columns)
    return _moved(application, APPROVE, by=by or the_chair(application.election))


def many_approved(number: int, **columns: Any) -> list[Application]:
    """Each of another person, approved at once."""
    drafts = many_drafts(number, **columns)
    these = Application.unscoped.filter(pk__in=[draft.pk for draft in drafts])
    election = drafts[0].election
    for action, by in (
        (SUBMIT, drafts[0].applicant),
        (TAKE_UP, the_chair(election)),
        (APPROVE, the_chair(election)),
    ):
        moved = move(these, action, actor=by)
        if moved.skipped:
            raise AssertionError(moved.skipped)
    return list(these.order_by("pk"))


def badge_of(application: Application) -> Badge:
    """The one that is valid. Raises Badge.DoesNotExist."""
    badge: Badge = Badge.unscoped.valid().get(application=application)
    return badge


def badges_of(application: Application) -> Any:
    """As a queryset, those that are not valid any longer too."""
    return Badge.unscoped.filter(application=application).order_by("serial")


def all_badges(election: Election) -> Any:
    """As a queryset."""
    return Badge.unscoped.filter(application__election=election).order_by("pk")


def a_print_batch(
    *applications: Application, by: User | None = None, ready: bool = True, **choices: Any
) -> PrintBatch:
    """Of the badges of these. `ready`: with one file, which is no PDF."""
    election = applications[0].election
    chosen = Badge.unscoped.filter(application__in=[each.pk for each in applications])
    size, sheet = BadgeSize.CARD, PrintSheet.SINGLE
    batch = print_batches.begin(
        chosen, by=afresh(by or the_chair(election)), **{"size": size, "sheet": sheet} | choices
    )
    if ready:
        lines = batch.lines.values_list("badge__number", "badge__serial")
        print_files.keep(batch, b"%PDF-1.7 badges", list(lines))
        print_files.finish(batch)
        batch.refresh_from_db()
    return batch


def without_badge(application: Application) -> Application:
    """As registered before badges were issued at once: its badge taken back."""
    with transaction.atomic(), acting_as(None, action="revoke"):
        Badge.unscoped.filter(application=application).update(status="revoked")
    return application


def substitutions_close(election: Election, *, within: datetime.timedelta = 7 * DAY) -> None:
    """Until then, from now on, other people can be named in all windows of the election."""
    election.windows.update(substitutions_close_at=database_now() + within)


def a_substitute(former: Application, *, by: User | None = None, **answers: Any) -> Application:
    """The draft of another person in place of that one, complete and ready to be sent."""
    draft = substitutions.begin(former, by=by or afresh(former.applicant))
    now = database_now()
    drafts.save(draft, version=draft.version, now=now, **ordinary_answers() | answers)
    drafts.set_photo(draft, ContentFile(_photo()), version=draft.version, now=now)
    drafts.consent(draft, given=True, version=draft.version, now=now)
    return draft


def a_run_off(election: Election, *, badges_stay_valid: bool = False) -> RunOff:
    """Two weeks later, announced by the chair; the same one each time."""
    found = RunOff.objects.filter(election=election).first()
    day = election.polling_on + 14 * DAY
    said = run_offs.Announcement(polling_on=day, badges_until=election.end_of_day(-15))
    return found or run_offs.announce(
        election, said, badges_stay_valid=badges_stay_valid, by=the_chair(election)
    )


def a_refused(*, by: User | None = None, **columns: Any) -> Application:
    application = an_application_under_review(by=by, **columns)
    by = by or the_chair(application.election)
    return _moved(application, REFUSE, by=by, reasons=reasons_to_refuse(application.election))


def a_cancelled(*, by: User | None = None, **columns: Any) -> Application:
    application = an_approved(by=by, **columns)
    by = by or the_chair(application.election)
    act = Reasons(what_was_checked="Court of Appeal, act 7 of 1 February 2024.")
    return _moved(application, CANCEL, by=by, reasons=act)


def an_appeal(application: Application | None = None, **columns: Any) -> Appeal:
    """Lodged by who applied, against the refusal of that application or of a new one."""
    application = application or a_refused(**columns)
    by = afresh(application.applicant)
    return appeals.lodge(application, by=by, grounds="The number is right: see the card.")


def a_judge(appeal: Appeal) -> User:
    """Somebody of the body that decides the appeal, who had no part in the decision."""
    return a_staff_member(StaffRole.CENTRAL_REVIEWER, appeal.decision.application.election)


def a_ruling(*, upheld: bool = True, **columns: Any) -> appeals.Ruling:
    document = CheckedDocument(ContentFile(b"%PDF-1.4 ruling"), "application/pdf", "ruling.pdf")
    said: dict[str, Any] = {
        "court": "Court of Appeal",
        "number": "2-1(103)-77/2024",
        "ruled_on": datetime.date(2024, 2, 1),
        "upheld": upheld,
        "reasoning": "The card was valid.",
        "document": document,
    }
    return appeals.Ruling(**said | columns)


def a_withdrawn(**columns: Any) -> Application:
    application = a_submitted(**columns)
    return _moved(application, WITHDRAW, by=application.applicant)


def a_lapsed(**columns: Any) -> Application:
    """Its election is closed by it."""
    draft = a_draft(**columns)
    shut(draft.election)
    return _moved(draft, LAPSE, by=None)


def an_application_in(status: str, **columns: Any) -> Application:
    """In that status, by the way the machine has to it."""
    made: Application = _BY_STATUS[Status(status)](**columns)
    return made


_BY_STATUS = {
    Status.DRAFT: a_draft,
    Status.SUBMITTED: a_submitted,
    Status.UNDER_REVIEW: an_application_under_review,
    Status.RETURNED: a_returned,
    Status.APPROVED: an_approved,
    Status.REFUSED: a_refused,
    Status.WITHDRAWN: a_withdrawn,
    Status.LAPSED: a_lapsed,
    Status.CANCELLED: a_cancelled,
}


def the_chair(election: Election) -> User:
    """One chair of the central commission, the same each time."""
    serving = CommissionMember.objects.serving().filter(
        commission=central_commission(election), role=StaffRole.CENTRAL_CHAIR
    )
    post = serving.order_by("pk").first()
    return post.user if post else a_staff_member(StaffRole.CENTRAL_CHAIR, election)


def a_proposal(application: Application, *, by: User) -> Proposal:
    """That it be refused."""
    reasons = reasons_to_refuse(application.election)
    moved = proposals.propose(one(application), REFUSE, actor=afresh(by), reasons=reasons)
    if moved.skipped:
        raise AssertionError(moved.skipped)
    proposal: Proposal = Proposal.unscoped.open().get(application=application)
    return proposal


def a_recorded_session(commission: Commission, **columns: Any) -> CommissionSession:
    """The commission's protocol No 1, the same each time: nothing was on its agenda."""
    now, names = database_now(), ["Person A", "Person B"]
    said = {"held_on": now.date(), "recorded_at": now, "chaired_by": names[0], "present": names}
    by = the_chair(commission.election)
    session: CommissionSession = CommissionSession.unscoped.get_or_create(
        commission=commission,
        number="1",
        defaults={
            "election": commission.election, "opened_by": by, "recorded_by": by, **said, **columns
        },
    )[0]  # fmt: skip
    return session


def reasons_to_refuse(election: Election) -> Reasons:
    return Reasons(
        ground=a_ground(election),
        unconfirmed_fields=("identity_number",),
        what_was_checked="The register of identity cards does not know the number.",
    )


def _moved(
    application: Application, action: str, *, by: User | None, reasons: Reasons | None = None
) -> Application:
    moved: Moved = move(one(application), action, actor=by, reasons=reasons)
    if moved.skipped:
        raise AssertionError(moved.skipped)
    return stored(application)


def a_sampled_batch(application: Application) -> Batch:
    """Of that application alone, which is its sample; the same one each time."""
    found: Batch | None = Batch.unscoped.filter(lines__application=application).first()
    if found:
        return found
    batch: Batch = Batch.unscoped.create(
        election=application.election,
        commission=application.commission,
        begun_by=the_chair(application.election),
        status=BatchStatus.SAMPLING,
        checked_at=database_now(),
    )
    batch.lines.create(application=application, version=application.version, in_sample=True)
    return batch
