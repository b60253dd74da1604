"""An organisation's own pages: who may open what, and its way to a nomination right."""

import datetime
import io
import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.enums import Scope, Subject
from elections.models import Election, RequiredDocument
from notifications.models import Letter
from organisations.domain import nominations, people
from organisations.domain.nominations import Refusal
from organisations.models import NominationRight, Organisation, Representative
from tests.builders import (
    DAY,
    a_ground,
    a_nomination,
    a_representative,
    a_required_document,
    a_staff_member,
    a_user,
    a_window,
    an_election,
    an_organisation,
    owner_of,
    the_chair,
)
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db

PARTICULARS = {
    "kind": "ngo",
    "name": "Şəffaf Səs",
    "short_name": "",
    "country": "AZ",
    "registration_number": "",
    "legal_address": "Bakı, Nizami küçəsi 12",
    "phone": "",
}


def a_pdf(name: str = "decision.pdf") -> SimpleUploadedFile:
    body = b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
    return SimpleUploadedFile(name, body, "application/pdf")


def fresh(right: NominationRight) -> NominationRight:
    found: NominationRight = NominationRight.unscoped.get(pk=right.pk)
    return found


def close_registration(election: Election) -> None:
    for scope in Scope:
        a_window(election, scope=scope, opens_in=-9 * DAY, closes_in=-datetime.timedelta(seconds=1))


@pytest.fixture
def election() -> Election:
    return an_election()


@pytest.fixture
def theirs() -> Organisation:
    return an_organisation(legal_address="Bakı")


@pytest.fixture
def owner(theirs: Organisation) -> Client:
    return signed_in(owner_of(theirs))


@pytest.fixture
def right(theirs: Organisation, election: Election) -> NominationRight:
    return a_nomination(theirs, election)


def page_of(right: NominationRight, name: str = "overview", *more: Any) -> str:
    return reverse(f"nomination:{name}", args=[right.key, *more])


# --- Entering an organisation ---------------------------------------------------------------------


def test_who_enters_an_organisation_owns_it_and_lands_on_its_desk() -> None:
    user = a_user()
    answer = signed_in(user).post(reverse("organisations:new"), PARTICULARS)
    organisation = Organisation.unscoped.get(name="Şəffaf Səs")
    assert answer.headers["Location"] == reverse("people:desk", args=[organisation.key])
    assert owner_of(organisation) == user


def test_wrong_answers_are_named_and_the_right_ones_kept() -> None:
    answer = signed_in(a_user()).post(
        reverse("organisations:new"), PARTICULARS | {"kind": "", "phone": "call me"}
    )
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"kind", "phone"}
    assert 'value="Şəffaf Səs"' in answer.content.decode()
    assert 'href="#id_phone"' in answer.content.decode()
    assert not Organisation.unscoped.exists()


def test_that_somebody_else_has_the_same_name_is_not_told() -> None:
    an_organisation(name="SEFFAF SES")
    answer = signed_in(a_user()).post(reverse("organisations:new"), PARTICULARS)
    assert answer.status_code == 302
    assert Organisation.unscoped.count() == 2


def test_one_does_not_enter_the_same_organisation_twice() -> None:
    user = a_user()
    an_organisation(owner=user, name="SEFFAF SES")
    answer = signed_in(user).post(reverse("organisations:new"), PARTICULARS)
    assert list(answer.context["form"].errors) == ["name"]


def test_who_decides_on_organisations_enters_none(election: Election) -> None:
    staff = signed_in(a_staff_member(StaffRole.CENTRAL_REVIEWER, election))
    assert staff.get(reverse("organisations:new")).status_code == 403


def test_what_was_typed_outlives_the_session() -> None:
    user, client = a_user(), Client(headers={"accept-language": "en"})
    address = reverse("organisations:new")
    answer = client.post(address, PARTICULARS)
    assert answer.status_code == 302
    client.force_login(user)
    assert 'value="Şəffaf Səs"' in client.get(address).content.decode()


# --- Particulars ----------------------------------------------------------------------------------


def test_a_representative_corrects_the_address(theirs: Organisation) -> None:
    client = signed_in(a_representative(theirs))
    address = reverse("organisations:details", args=[theirs.key])
    changed = PARTICULARS | {"name": theirs.name, "kind": "party", "legal_address": "Gəncə"}
    assert client.post(address, changed).status_code == 302
    assert Organisation.unscoped.get(pk=theirs.pk).legal_address == "Gəncə"


def test_a_granted_organisation_does_not_become_another(
    theirs: Organisation, owner: Client, right: NominationRight
) -> None:
    nominations.submit(right, by=owner_of(theirs))
    address = reverse("organisations:details", args=[theirs.key])
    owner.post(address, PARTICULARS | {"name": "Another", "legal_address": "Gəncə"})
    stored = Organisation.unscoped.get(pk=theirs.pk)
    assert (stored.name, stored.kind, stored.legal_address) == (theirs.name, "party", "Gəncə")
    with pytest.raises(people.PeopleError):
        people.change(stored, name="Another")


def test_a_name_can_be_changed_again_when_the_election_is_over(
    theirs: Organisation, election: Election, right: NominationRight
) -> None:
    nominations.submit(right, by=owner_of(theirs))
    election.polling_on = (database_now() - 2 * DAY).date()
    election.save()
    people.change(theirs, name="Another")
    assert Organisation.unscoped.get(pk=theirs.pk).name == "Another"


# --- Representatives ------------------------------------------------------------------------------


def test_an_owner_invites_and_the_letter_is_written(theirs: Organisation, owner: Client) -> None:
    address = reverse("organisations:representatives", args=[theirs.key])
    answer = owner.post(address, {"email": "New@Example.org", "role": "representative"})
    assert answer.status_code == 302
    invited = theirs.representatives.get(email="new@example.org")
    assert (invited.user, invited.role) == (None, "representative")
    assert Letter.unscoped.get(kind="invitation").to_address == "new@example.org"


def test_nobody_is_invited_twice(theirs: Organisation, owner: Client) -> None:
    address = reverse("organisations:representatives", args=[theirs.key])
    for _ in range(2):
        answer = owner.post(address, {"email": "new@example.org", "role": "owner"})
    assert list(answer.context["form"].errors) == ["email"]
    assert Letter.unscoped.filter(kind="invitation").count() == 1


def test_a_representative_sees_the_list_without_controls(theirs: Organisation) -> None:
    client = signed_in(a_representative(theirs))
    address = reverse("organisations:representatives", args=[theirs.key])
    page = client.get(address)
    assert page.status_code == 200
    assert "/remove/" not in page.content.decode()
    assert 'name="email"' not in page.content.decode()
    answer = client.post(address, {"email": "new@example.org", "role": "owner"})
    assert answer.status_code == 403
    assert "Only an owner of the organisation may do this." in answer.content.decode()


def test_a_representative_removes_nobody(theirs: Organisation) -> None:
    client = signed_in(a_representative(theirs))
    target = theirs.representatives.get(role="owner")
    address = reverse("organisations:remove_representative", args=[theirs.key, target.pk])
    assert client.post(address).status_code == 403
    assert theirs.representatives.count() == 2


def test_the_last_owner_stays(theirs: Organisation, owner: Client) -> None:
    a_representative(theirs)
    last = theirs.representatives.get(role="owner")
    address = reverse("organisations:remove_representative", args=[theirs.key, last.pk])
    answer = owner.post(address, follow=True)
    assert "An organisation keeps at least one owner." in answer.content.decode()
    assert theirs.representatives.filter(pk=last.pk).exists()


def test_an_invited_owner_who_never_came_does_not_count_as_one(
    theirs: Organisation, owner: Client
) -> None:
    people.invite(
        organisation=theirs, email="second@example.org", by=owner_of(theirs), role="owner"
    )
    last = theirs.representatives.get(user__isnull=False)
    owner.post(reverse("organisations:remove_representative", args=[theirs.key, last.pk]))
    assert theirs.representatives.filter(pk=last.pk).exists()


def test_an_owner_may_go_when_another_is_there(theirs: Organisation, owner: Client) -> None:
    second = a_user()
    people.invite(organisation=theirs, email=second.email, by=owner_of(theirs), role="owner")
    people.accept_invitations(second)
    leaving = theirs.representatives.exclude(user=second).get()
    address = reverse("organisations:remove_representative", args=[theirs.key, leaving.pk])
    assert owner.post(address).headers["Location"] == reverse("organisations:list")
    assert owner.get(theirs.get_absolute_url()).status_code == 404


def test_who_is_removed_loses_everything_at_once(theirs: Organisation, owner: Client) -> None:
    user = a_representative(theirs)
    removed = theirs.representatives.get(user=user)
    owner.post(reverse("organisations:remove_representative", args=[theirs.key, removed.pk]))
    address = reverse("organisations:details", args=[theirs.key])
    assert signed_in(user).get(address).status_code == 404


def test_a_representative_of_another_organisation_cannot_be_removed_through_ours(
    theirs: Organisation, owner: Client
) -> None:
    foreign = an_organisation().representatives.get()
    address = reverse("organisations:remove_representative", args=[theirs.key, foreign.pk])
    assert owner.post(address).status_code == 404
    assert Representative.objects.filter(pk=foreign.pk).exists()


@pytest.mark.parametrize(("verified", "names"), [(True, ["Ufuq"]), (False, [])])
def test_an_invitation_is_accepted_under_a_verified_address_only(
    verified: bool, names: list[str]
) -> None:
    theirs = an_organisation(name="Ufuq")
    people.invite(organisation=theirs, email="new@example.org", by=owner_of(theirs))
    user = a_user("new@example.org", verified=verified)
    page = signed_in(user).get(reverse("organisations:list"))
    assert [row["organisation"].name for row in page.context["rows"]] == names


def test_two_invitations_of_one_person_are_one_representation(theirs: Organisation) -> None:
    user = a_user("one@example.org")
    EmailAddress.objects.create(user=user, email="two@example.org", verified=True)
    for email in ("one@example.org", "two@example.org"):
        people.invite(organisation=theirs, email=email, by=owner_of(theirs))
    assert people.accept_invitations(user) == 1
    assert people.accept_invitations(user) == 0


def test_the_list_costs_the_same_for_one_organisation_and_for_three(
    django_assert_num_queries: Any, election: Election
) -> None:
    counted = []
    for number in (1, 3):
        user = a_user()
        for _ in range(number):
            a_nomination(an_organisation(owner=user), election)
        client = signed_in(user)
        client.get(reverse("organisations:list"))
        with django_assert_num_queries(7) as queries:
            page = client.get(reverse("organisations:list"))
        assert len(page.context["rows"]) == number
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- A nomination right: filled in ----------------------------------------------------------------


def test_it_is_begun_once_however_often_the_button_is_pressed(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    address = reverse("organisations:nominate", args=[theirs.key, election.slug])
    first, second = owner.post(address), owner.post(address)
    assert first.headers["Location"] == second.headers["Location"]
    assert NominationRight.unscoped.count() == 1


def test_it_is_not_begun_by_looking(
    theirs: Organisation, owner: Client, election: Election
) -> None:
    address = reverse("organisations:nominate", args=[theirs.key, election.slug])
    assert owner.get(address).status_code == 405


def test_a_step_is_saved_and_found_again(owner: Client, right: NominationRight) -> None:
    address = page_of(right, "mission")
    typed = {"version": right.version, "expected_observers": "120", "statement": "Since 2003."}
    assert owner.post(address, typed).headers["Location"] == page_of(right)
    page = owner.get(address).content.decode()
    assert 'value="120"' in page
    assert "Since 2003." in page


def test_autosave_answers_with_the_version_and_the_time(
    owner: Client, right: NominationRight
) -> None:
    typed = {"version": right.version, "expected_observers": "", "statement": "Since"}
    answer = owner.post(page_of(right, "mission"), typed, headers={"x-autosave": "1"})
    said = json.loads(answer.content)
    assert said["version"] == right.version + 1
    assert said["message"].startswith("Saved ")
    assert fresh(right).statement == "Since"


def test_autosave_says_that_an_answer_is_wrong(owner: Client, right: NominationRight) -> None:
    typed = {"version": right.version, "expected_observers": "many", "statement": ""}
    answer = owner.post(page_of(right, "mission"), typed, headers={"x-autosave": "1"})
    assert answer.status_code == 422
    assert fresh(right).version == right.version


@pytest.mark.parametrize("headers", [{}, {"x-autosave": "1"}])
def test_a_stale_tab_overwrites_nothing_and_keeps_what_was_typed(
    owner: Client, right: NominationRight, headers: dict[str, str]
) -> None:
    nominations.save(right, version=right.version, now=database_now(), statement="Newer")
    typed = {"version": right.version - 1, "expected_observers": "", "statement": "Older"}
    answer = owner.post(page_of(right, "mission"), typed, headers=headers)
    assert answer.status_code == 409
    assert "changed in another window" in answer.content.decode()
    assert headers or "Older" in answer.content.decode()
    assert fresh(right).statement == "Newer"


def test_a_stale_tab_does_not_touch_what_was_sent(owner: Client, right: NominationRight) -> None:
    owner.post(page_of(right, "check"))
    typed = {"version": right.version, "expected_observers": "1", "statement": "Later"}
    assert owner.post(page_of(right, "mission"), typed).status_code == 409
    assert fresh(right).statement == ""


# --- Documents ------------------------------------------------------------------------------------


@pytest.fixture
def asked(election: Election) -> RequiredDocument:
    return a_required_document(election, subject=Subject.ORGANISATION)


def test_a_document_is_attached_downloaded_and_removed(
    owner: Client, right: NominationRight, asked: RequiredDocument
) -> None:
    attach = page_of(right, "attach", asked.code)
    assert owner.post(attach, {f"{asked.code}-file": a_pdf()}).status_code == 302
    filed = right.documents.get()
    file = owner.get(page_of(right, "document", filed.key))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == 'attachment; filename="decision.pdf"'
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "private, no-store"
    assert owner.post(page_of(right, "detach", filed.key)).status_code == 302
    assert not right.documents.exists()


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("letter.pdf", b"%PDF-1.4 cut off", "The PDF is incomplete."),
        ("letter.pdf", b"", "The file is empty."),
        ("letter.pdf", b"MZ\x00 a program", "cannot be read as a picture"),
        ("letter.html", b"<script>alert(1)</script>", "cannot be read as a picture"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    owner: Client,
    right: NominationRight,
    asked: RequiredDocument,
    name: str,
    body: bytes,
    words: str,
) -> None:
    upload = SimpleUploadedFile(name, body, "application/pdf")
    answer = owner.post(page_of(right, "attach", asked.code), {f"{asked.code}-file": upload})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not right.documents.exists()


def test_no_file_is_an_answer_at_the_field(
    owner: Client, right: NominationRight, asked: RequiredDocument
) -> None:
    answer = owner.post(page_of(right, "attach", asked.code), {})
    assert "Choose a file first." in answer.content.decode()


def test_a_picture_is_served_as_what_it_is(
    owner: Client, right: NominationRight, asked: RequiredDocument
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (30, 40)).save(picture, "PNG")
    upload = SimpleUploadedFile("scan.html", picture.getvalue(), "text/html")
    owner.post(page_of(right, "attach", asked.code), {f"{asked.code}-file": upload})
    file = owner.get(page_of(right, "document", right.documents.get().key))
    assert file.headers["Content-Type"] == "image/png"


def test_a_document_nobody_asked_for_is_404(owner: Client, right: NominationRight) -> None:
    address = page_of(right, "attach", "anything")
    assert owner.post(address, {"anything-file": a_pdf()}).status_code == 404


def test_documents_stay_once_it_is_sent(
    owner: Client, right: NominationRight, asked: RequiredDocument
) -> None:
    attach = page_of(right, "attach", asked.code)
    owner.post(attach, {f"{asked.code}-file": a_pdf()})
    owner.post(page_of(right, "check"))
    filed = right.documents.get()
    assert owner.post(page_of(right, "detach", filed.key)).status_code == 409
    assert owner.post(attach, {f"{asked.code}-file": a_pdf("other.pdf")}).status_code == 409
    assert [row.original_name for row in right.documents.all()] == ["decision.pdf"]


def test_there_is_an_end_to_the_files_of_one_document(
    owner: Client, right: NominationRight, asked: RequiredDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nominations, "FILES_PER_DOCUMENT", 1)
    for _ in range(2):
        answer = owner.post(page_of(right, "attach", asked.code), {f"{asked.code}-file": a_pdf()})
    assert "There are already 1 files." in answer.content.decode()
    assert right.documents.count() == 1


# --- Checked and sent -----------------------------------------------------------------------------


def test_the_owner_sends_it_and_gets_a_receipt(owner: Client, right: NominationRight) -> None:
    answer = owner.post(page_of(right, "check"), follow=True)
    number = fresh(right).receipt_number
    assert answer.redirect_chain == [(page_of(right, "receipt"), 302)]
    assert number
    assert number in answer.content.decode()
    assert Letter.unscoped.get(kind="nomination_received").reference == number


def test_sent_twice_it_is_received_once(owner: Client, right: NominationRight) -> None:
    owner.post(page_of(right, "check"))
    assert owner.post(page_of(right, "check")).status_code == 409
    assert Letter.unscoped.filter(kind="nomination_received").count() == 1


def test_incomplete_it_is_not_sent_and_says_what_is_missing(
    owner: Client, right: NominationRight, asked: RequiredDocument
) -> None:
    answer = owner.post(page_of(right, "check"))
    assert answer.status_code == 409
    assert f"Still missing: {asked.title}." in answer.content.decode()
    assert fresh(right).status == "draft"


def test_a_representative_is_told_that_an_owner_must_send_it(
    theirs: Organisation, right: NominationRight
) -> None:
    client = signed_in(a_representative(theirs))
    page = client.get(page_of(right, "check")).content.decode()
    assert owner_of(theirs).full_name in page
    assert "Send the application" not in page
    assert client.post(page_of(right, "check")).status_code == 403
    assert client.post(page_of(right, "withdraw")).status_code == 403
    assert fresh(right).status == "draft"


def test_after_the_deadline_a_page_says_so_and_shows_the_draft(
    owner: Client, election: Election, right: NominationRight
) -> None:
    nominations.save(right, version=right.version, now=database_now(), statement="Since 2003.")
    close_registration(election)
    typed = {"version": right.version, "expected_observers": "5", "statement": "Later"}
    for answer in (
        owner.get(page_of(right)),
        owner.post(page_of(right, "check")),
        owner.post(page_of(right, "mission"), typed),
        owner.get(page_of(right, "mission"), follow=True),
    ):
        assert "Registration has closed" in answer.content.decode()
        assert "Since 2003." in answer.content.decode()
    assert (fresh(right).status, fresh(right).statement) == ("draft", "Since 2003.")


def test_a_correction_is_sent_after_the_deadline_and_keeps_its_place(
    owner: Client, election: Election, right: NominationRight
) -> None:
    owner.post(page_of(right, "check"))
    nominations.give_back(fresh(right), by=the_chair(election), note="Name the head.")
    first = fresh(right).submitted_at
    close_registration(election)
    assert "Name the head." in owner.get(page_of(right)).content.decode()
    assert owner.post(page_of(right, "check")).status_code == 302
    assert (fresh(right).status, fresh(right).submitted_at) == ("submitted", first)


def test_a_refusal_names_ground_body_and_last_day(
    owner: Client, election: Election, right: NominationRight
) -> None:
    owner.post(page_of(right, "check"))
    refusal = Refusal(a_ground(election, Subject.ORGANISATION), "No such address was found.")
    nominations.refuse(fresh(right), by=the_chair(election), refusal=refusal)
    page = owner.get(page_of(right)).content.decode()
    for words in (
        "The information is not confirmed (en)",
        "Election Code, art. 40 (en)",
        "No such address was found.",
        "The body above (en)",
        "Appeals are accepted until",
        "24:00 (Baku time",
        "Apply again",
    ):
        assert words in page


def test_a_withdrawn_application_can_be_read_and_begun_anew(
    theirs: Organisation, owner: Client, election: Election, right: NominationRight
) -> None:
    assert owner.get(page_of(right, "withdraw")).status_code == 200
    owner.post(page_of(right, "withdraw"))
    assert fresh(right).status == "withdrawn"
    assert owner.get(page_of(right)).status_code == 200
    answer = owner.post(reverse("organisations:nominate", args=[theirs.key, election.slug]))
    assert answer.headers["Location"] != page_of(right)


# --- Whose it is ----------------------------------------------------------------------------------


def addresses(theirs: Organisation, right: NominationRight, code: str) -> list[tuple[str, str]]:
    """Every page of an organisation and of its nomination right, with its method."""
    document = right.documents.get()
    one = theirs.representatives.get(role="owner")
    election = right.election.slug
    return [
        ("get", reverse("organisations:details", args=[theirs.key])),
        ("post", reverse("organisations:details", args=[theirs.key])),
        ("get", reverse("organisations:representatives", args=[theirs.key])),
        ("post", reverse("organisations:representatives", args=[theirs.key])),
        ("post", reverse("organisations:remove_representative", args=[theirs.key, one.pk])),
        ("post", reverse("organisations:nominate", args=[theirs.key, election])),
        ("get", page_of(right)),
        ("get", page_of(right, "organisation")),
        ("post", page_of(right, "organisation")),
        ("get", page_of(right, "mission")),
        ("post", page_of(right, "mission")),
        ("get", page_of(right, "documents")),
        ("post", page_of(right, "attach", code)),
        ("get", page_of(right, "document", document.key)),
        ("post", page_of(right, "detach", document.key)),
        ("get", page_of(right, "check")),
        ("post", page_of(right, "check")),
        ("get", page_of(right, "receipt")),
        ("get", page_of(right, "withdraw")),
        ("post", page_of(right, "withdraw")),
    ]


@pytest.fixture
def with_document(owner: Client, right: NominationRight, asked: RequiredDocument) -> str:
    owner.post(page_of(right, "attach", asked.code), {f"{asked.code}-file": a_pdf()})
    return asked.code


def test_an_anonymous_visitor_is_asked_to_sign_in(
    theirs: Organisation, right: NominationRight, with_document: str
) -> None:
    for method, address in addresses(theirs, right, with_document):
        answer = getattr(Client(), method)(address)
        assert (address, answer.status_code) == (address, 302)
        assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("who", ["stranger", "another organisation", "constituency"])
def test_strangers_another_organisation_and_a_constituency_commission_get_404(
    theirs: Organisation, right: NominationRight, with_document: str, election: Election, who: str
) -> None:
    user = {
        "stranger": a_user,
        "another organisation": lambda: owner_of(an_organisation(election=election, granted=False)),
        "constituency": lambda: a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election),
    }[who]()
    nominations.submit(right, by=owner_of(theirs))
    client = signed_in(user)
    for method, address in addresses(theirs, right, with_document):
        assert (address, getattr(client, method)(address).status_code) == (address, 404)


def test_the_central_commission_reads_what_was_sent_and_changes_nothing(
    theirs: Organisation, right: NominationRight, with_document: str, election: Election
) -> None:
    client = signed_in(a_staff_member(StaffRole.CENTRAL_REVIEWER, election))
    file = page_of(right, "document", right.documents.get().key)
    assert client.get(page_of(right)).status_code == 404
    assert client.get(file).status_code == 404
    nominations.submit(right, by=owner_of(theirs))
    assert client.get(page_of(right)).status_code == 200
    assert client.get(file).status_code == 200
    assert client.post(page_of(right, "mission")).status_code == 403
    assert client.post(page_of(right, "check")).status_code == 403
    assert client.post(page_of(right, "withdraw")).status_code == 403
    assert client.get(reverse("organisations:details", args=[theirs.key])).status_code == 404


def test_the_central_commission_of_another_election_gets_404(
    theirs: Organisation, right: NominationRight
) -> None:
    nominations.submit(right, by=owner_of(theirs))
    client = signed_in(a_staff_member(StaffRole.CENTRAL_CHAIR, an_election()))
    assert client.get(page_of(right)).status_code == 404


def test_another_organisations_document_is_not_found_through_ones_own_form(
    right: NominationRight, with_document: str, election: Election
) -> None:
    foreign = an_organisation(election=election, granted=False)
    own = NominationRight.unscoped.get(organisation=foreign)
    client = signed_in(owner_of(foreign))
    document = right.documents.get().key
    assert client.get(page_of(own, "document", document)).status_code == 404
    assert client.post(page_of(own, "detach", document)).status_code == 404
    assert right.documents.exists()
