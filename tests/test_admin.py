"""The registers of the admin: who may open which, and what may be changed in them."""

import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import StaffRole
from accounts.models import User
from elections.admin import rules
from elections.domain import posts
from elections.domain.clock import database_now
from elections.enums import Scope, Subject
from elections.models import (
    CommissionMember,
    Constituency,
    Election,
    Extension,
    RefusalGround,
    RequiredDocument,
    Window,
)
from notifications.enums import LetterStatus
from notifications.models import Letter
from organisations.domain import nominations
from organisations.enums import NominationStatus
from organisations.models import NominationDecision, NominationRight
from tests.builders import (
    DAY,
    a_ground,
    a_nomination,
    a_representative,
    a_required_document,
    a_staff_member,
    a_submitted,
    a_user,
    a_window,
    an_election,
    an_organisation,
    central_commission,
    commission_of,
    owner_of,
)
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def administrator(election):
    return a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election)


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def rows(answer: Any) -> list[Any]:
    return list(answer.context["cl"].result_list)


# --- Who may open what ----------------------------------------------------------------------------

REGISTERS = {
    "elections/election": "chair reviewer central_chair administrator auditor",
    "elections/constituency": "chair reviewer central_chair administrator auditor",
    "elections/commission": "chair reviewer central_chair administrator auditor",
    "elections/extension": "chair reviewer central_chair administrator auditor",
    "elections/runoff": "chair reviewer central_chair administrator auditor",
    "elections/refusalground": "chair reviewer central_chair administrator auditor",
    "elections/savedreply": "chair reviewer central_chair administrator auditor",
    "elections/requireddocument": "chair reviewer central_chair administrator auditor",
    "elections/commissionmember": "administrator auditor",
    "accounts/user": "administrator auditor",
    "notifications/letter": "administrator auditor",
    "organisations/organisation": "central_chair auditor",
    "organisations/nominationright": "central_chair auditor",
    "observers/application": "chair reviewer central_chair auditor",
}
# Who opens these is walked in `test_access.py`.
DESK = {
    "Appeal", "Badge", "Batch", "BlankMovement", "CommissionSession", "Forgotten", "Handover",
    "LetterOnPaper", "NotReached", "Overdue", "PrintBatch", "WithoutBadge", "WithoutPhoto",
}  # fmt: skip
KEPT = {"ExemptPerson"}
ROLES = {
    "chair": StaffRole.CONSTITUENCY_CHAIR,
    "reviewer": StaffRole.CONSTITUENCY_REVIEWER,
    "central_chair": StaffRole.CENTRAL_CHAIR,
    "administrator": StaffRole.ELECTION_ADMINISTRATOR,
    "auditor": StaffRole.AUDITOR,
}


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_registers_and_no_others(election, role):
    client = signed_in(a_staff_member(ROLES[role], election))
    opened = {path for path in REGISTERS if client.get(f"/admin/{path}/").status_code == 200}
    shut = {path for path in REGISTERS if client.get(f"/admin/{path}/").status_code == 403}
    expected = {path for path, roles in REGISTERS.items() if role in roles.split()}
    assert (opened, shut) == (expected, set(REGISTERS) - expected)


def test_only_the_administrator_adds_to_the_registers_and_only_to_some(election):
    kept = {
        "elections/constituency",
        "elections/commission",
        "elections/extension",
        "elections/runoff",
        "elections/refusalground",
        "elections/savedreply",
        "elections/requireddocument",
        "elections/commissionmember",
    }
    expected: dict[str, set[str]] = {role: set() for role in ROLES} | {
        "administrator": kept,
        "central_chair": {"elections/extension", "elections/runoff"},
    }
    for role in ROLES:
        client = signed_in(a_staff_member(ROLES[role], election))
        answers = {path: client.get(f"/admin/{path}/add/").status_code for path in REGISTERS}
        assert {path for path, status in answers.items() if status == 200} == expected[role]
        assert set(answers.values()) <= {200, 403}


def test_the_admin_has_no_other_registers(election, administrator):
    known = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}
    assert known == set(REGISTERS) | {f"observers/{name.lower()}" for name in DESK | KEPT}


def test_representatives_find_none_of_it(election):
    client = signed_in(a_representative(an_organisation(election=election)))
    assert {client.get(f"/admin/{path}/").status_code for path in REGISTERS} == {404}


def test_the_index_lists_what_a_reviewer_works_with(election):
    page = signed_in(a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)).get("/admin/")
    listed = [model["object_name"] for app in page.context["app_list"] for model in app["models"]]
    assert sorted(listed) == sorted({"Application", "Election", "Extension"} | DESK)


def test_somebody_without_a_post_any_more_finds_nothing(election, administrator):
    post = administrator.posts.get()
    posts.end_post(post, now=timezone.now() + DAY)
    assert signed_in(User.objects.get(pk=administrator.pk)).get("/admin/").status_code == 404


def test_another_election_is_not_there(election, administrator):
    other = an_election()
    client = signed_in(administrator)
    for row in (
        other,
        other.constituencies.first(),
        central_commission(other),
        a_ground(other),
    ):
        address = reverse(f"admin:elections_{row._meta.model_name}_change", args=[row.pk])
        assert client.get(address).status_code == 404
    assert rows(client.get("/admin/elections/election/")) == [election]


def test_the_admins_own_shortcuts_are_closed(election, administrator):
    client = signed_in(administrator)
    assert client.get("/admin/r/1/1/").status_code == 404
    assert client.get("/admin/password_change/").status_code == 302


# --- Elections and windows ------------------------------------------------------------------------


def election_form(client: Client, election: Election) -> dict[str, Any]:
    """What the browser would send back unchanged."""
    page = client.get(reverse("admin:elections_election_change", args=[election.pk]))
    sent: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    for form in forms:
        for field in form:
            sent.update(_sent(field))
    return sent


def _sent(field: Any) -> dict[str, Any]:
    value = field.value()
    widget = field.field.widget
    if hasattr(widget, "decompress"):
        parts = widget.decompress(value)
        suffixes = list(getattr(widget, "widgets_names", []))
        return {
            f"{field.html_name}{suffix}": "" if part is None else str(part)
            for suffix, part in zip(suffixes, parts, strict=True)
        }
    if value is None or value is False:
        return {}
    return {field.html_name: value}


def test_an_election_is_changed_in_each_language(election, administrator):
    client = signed_in(administrator)
    sent = election_form(client, election)
    languages = {"names_az": "Seçki", "names_en": "Election", "names_ru": "Выборы"}
    answer = client.post(
        reverse("admin:elections_election_change", args=[election.pk]), sent | languages
    )
    assert answer.status_code == 302, answer.context["errors"]
    election.refresh_from_db()
    assert election.names == {"az": "Seçki", "en": "Election", "ru": "Выборы"}


def test_every_language_is_asked_for(election, administrator):
    client = signed_in(administrator)
    sent = election_form(client, election) | {"names_ru": " "}
    answer = client.post(reverse("admin:elections_election_change", args=[election.pk]), sent)
    assert answer.context["adminform"].form.errors["names"] == ["Write it in every language."]


def test_a_window_that_has_opened_is_not_moved(election, administrator):
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    client = signed_in(administrator)
    sent = election_form(client, election)
    (days,) = [
        key
        for key in sent
        if key.endswith("days_to_decide") and sent[key.replace("days_to_decide", "id")] == window.pk
    ]
    answer = client.post(
        reverse("admin:elections_election_change", args=[election.pk]), sent | {days: 9}
    )
    assert "grant an extension" in answer.content.decode()
    assert Window.objects.get(pk=window.pk).days_to_decide == 3


def test_a_window_to_come_is_changed(election, administrator):
    window = a_window(election, scope=Scope.CONSTITUENCY, opens_in=DAY)
    client = signed_in(administrator)
    sent = election_form(client, election)
    (days,) = [
        key
        for key in sent
        if key.endswith("days_to_decide") and sent[key.replace("days_to_decide", "id")] == window.pk
    ]
    answer = client.post(
        reverse("admin:elections_election_change", args=[election.pk]), sent | {days: 9}
    )
    assert answer.status_code == 302
    assert Window.objects.get(pk=window.pk).days_to_decide == 9


def test_an_auditor_changes_no_election(election):
    client = signed_in(a_staff_member(StaffRole.AUDITOR, election))
    address = reverse("admin:elections_election_change", args=[election.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"slug": "other"}).status_code == 403


def test_a_superuser_sets_up_and_appoints(election):
    client = signed_in(a_user(is_staff=True, is_superuser=True))
    assert client.get("/admin/elections/election/add/").status_code == 200
    assert client.get("/admin/elections/commissionmember/add/").status_code == 200
    assert client.get("/admin/organisations/nominationright/").status_code == 403


# --- Extensions -----------------------------------------------------------------------------------


def extension(window: Window, until: datetime.datetime, **columns: Any) -> dict[str, Any]:
    local = timezone.localtime(until)
    return {
        "window": window.pk,
        "until_0": f"{local:%Y-%m-%d}",
        "until_1": f"{local:%H:%M:%S}",
        "reason": "The roads were closed.",
        **columns,
    }


ADD_EXTENSION = "/admin/elections/extension/add/"


@pytest.mark.parametrize("role", [StaffRole.CENTRAL_CHAIR, StaffRole.ELECTION_ADMINISTRATOR])
def test_an_extension_names_who_granted_it(election, role):
    user = a_staff_member(role, election)
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    place = election.constituencies.get(number=2)
    sent = extension(window, window.closes_at + DAY, constituency=place.pk, granted_by=1)
    assert signed_in(user).post(ADD_EXTENSION, sent).status_code == 302
    granted = Extension.objects.get()
    assert (granted.granted_by, granted.constituency, granted.window) == (user, place, window)


@pytest.mark.parametrize("role", [StaffRole.CENTRAL_REVIEWER, StaffRole.AUDITOR])
def test_others_grant_no_extension(election, role):
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    client = signed_in(a_staff_member(role, election))
    sent = extension(window, window.closes_at + DAY)
    assert client.post(ADD_EXTENSION, sent).status_code == 403
    assert not Extension.objects.exists()


def test_an_extension_is_more_time_for_somebody_the_window_admits(election, administrator):
    window = a_window(election, scope=Scope.CONSTITUENCY, kinds=["party"])
    elsewhere = an_election()
    sent = extension(
        window,
        window.closes_at,
        kind="ngo",
        constituency=elsewhere.constituencies.first().pk,
        reason="",
    )
    answer = signed_in(administrator).post(ADD_EXTENSION, sent)
    assert sorted(answer.context["adminform"].form.errors) == [
        "constituency",
        "kind",
        "reason",
        "until",
    ]


def test_another_elections_window_cannot_be_extended(election, administrator):
    window = an_election().windows.get(scope=Scope.CONSTITUENCY)
    sent = extension(window, window.closes_at + DAY)
    answer = signed_in(administrator).post(ADD_EXTENSION, sent)
    assert list(answer.context["adminform"].form.errors) == ["window"]


def test_an_extension_is_not_changed_or_taken_back(election, administrator):
    window = election.windows.get(scope=Scope.CONSTITUENCY)
    granted = Extension.objects.create(
        window=window, until=window.closes_at + DAY, reason="Snow.", granted_by=administrator
    )
    client = signed_in(administrator)
    address = reverse("admin:elections_extension_change", args=[granted.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, extension(window, window.closes_at)).status_code == 403
    assert client.post(f"{address[:-7]}delete/", {"post": "yes"}).status_code == 403


# --- What stands fixed ----------------------------------------------------------------------------


def not_yet_open() -> Election:
    election = an_election()
    election.windows.update(opens_at=database_now() + DAY)
    return election


def document(election: Election, **columns: Any) -> dict[str, Any]:
    texts = {f"titles_{code}": f"Title {code}" for code in ("az", "en", "ru")}
    hints = {f"hints_{code}": "" for code in ("az", "en", "ru")}
    return {
        "election": election.pk,
        "subject": "person",
        "code": "card",
        "version": 1,
        "kinds": ["party"],
        **texts,
        **hints,
        **columns,
    }


def test_a_required_document_stays_as_it_is_once_registration_has_opened(election, administrator):
    asked = a_required_document(election)
    address = reverse("admin:elections_requireddocument_change", args=[asked.pk])
    client = signed_in(administrator)
    page = client.get(address)
    answer = client.post(address, document(election), follow=True)
    assert "Add a new version" in page.content.decode()
    assert answer.status_code == 200
    assert any("a change is a new version" in words.lower() for words in said(answer))
    asked.refresh_from_db()
    assert asked.code != "card"


def test_a_new_version_begins_from_the_one_before(election, administrator):
    asked = a_required_document(election, code="card", kinds=["party"])
    client = signed_in(administrator)
    page = client.get(f"/admin/elections/requireddocument/add/?again={asked.pk}")
    form = page.context["adminform"].form
    assert (form.initial["version"], form.initial["titles"]) == (2, asked.titles)
    sent = document(election, version=2)
    assert client.post("/admin/elections/requireddocument/add/", sent).status_code == 302
    newest = RequiredDocument.objects.current().get(code="card", election=election)
    assert (newest.version, newest.kinds) == (2, ["party"])


def test_a_required_document_can_be_changed_before(db):
    election = not_yet_open()
    asked = a_required_document(election)
    client = signed_in(a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election))
    address = reverse("admin:elections_requireddocument_change", args=[asked.pk])
    assert client.post(address, document(election)).status_code == 302
    asked.refresh_from_db()
    assert asked.titles["en"] == "Title en"


def test_the_database_has_the_last_word_and_it_is_said_in_a_sentence(monkeypatch):
    """As if the window opened between our look and the write."""
    election = an_election()
    asked = a_required_document(election)
    monkeypatch.setattr(rules, "opened_at", lambda _election: None)
    client = signed_in(a_staff_member(StaffRole.ELECTION_ADMINISTRATOR, election))
    address = reverse("admin:elections_requireddocument_change", args=[asked.pk])
    answer = client.post(address, document(election))
    assert (answer.status_code, answer["Location"]) == (302, address)
    answer = client.post(f"{address[:-7]}delete/", {"post": "yes"})
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert asked.code != "card"


def test_the_list_of_grounds_is_closed_once_registration_has_opened(election, administrator):
    client = signed_in(administrator)
    ground = a_ground(election)
    texts = {
        f"{name}_{code}": "Other" for name in ("texts", "articles") for code in ("az", "en", "ru")
    }
    sent = {"election": election.pk, "subject": "person", "code": "taste", **texts}
    added = client.post("/admin/elections/refusalground/add/", sent)
    changed = client.post(reverse("admin:elections_refusalground_change", args=[ground.pk]), sent)
    assert "the list of grounds is closed" in added.content.decode()
    assert changed.status_code == 302
    stored = RefusalGround.objects.filter(election=election, subject=Subject.PERSON)
    assert [each.code for each in stored] == ["not-confirmed"]


def test_a_constituency_is_added_with_its_names(election, administrator):
    names = {"names_az": "Yeni", "names_en": "New", "names_ru": "Новый"}
    sent = {"election": election.pk, "number": 9, "polling_stations": 40, **names}
    answer = signed_in(administrator).post("/admin/elections/constituency/add/", sent)
    assert answer.status_code == 302
    assert Constituency.objects.get(election=election, number=9).names["ru"] == "Новый"


# --- Posts and accounts ---------------------------------------------------------------------------

ADD_POST = "/admin/elections/commissionmember/add/"


def test_a_post_is_given_by_the_address_of_an_account(election, administrator):
    person = a_user("new@example.org")
    sent = {
        "email": "New@Example.org",
        "commission": commission_of(election).pk,
        "role": "constituency_chair",
    }
    assert signed_in(administrator).post(ADD_POST, sent).status_code == 302
    person.refresh_from_db()
    assert (person.is_staff, person.posts.get().role) == (True, "constituency_chair")


@pytest.mark.parametrize(
    ("email", "role", "wrong"),
    [
        ("nobody@example.org", "constituency_chair", "email"),
        ("known@example.org", "central_chair", "role"),
        ("known@example.org", "superuser", "role"),
        ("serving@example.org", "constituency_reviewer", "email"),
    ],
)
def test_a_post_that_cannot_be_is_not_given(election, administrator, email, role, wrong):
    a_user("known@example.org")
    a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election, email="serving@example.org")
    before = CommissionMember.objects.count()
    sent = {"email": email, "commission": commission_of(election).pk, "role": role}
    answer = signed_in(administrator).post(ADD_POST, sent)
    assert list(answer.context["adminform"].form.errors) == [wrong]
    assert CommissionMember.objects.count() == before


def test_nobody_is_appointed_to_another_elections_commission(election, administrator):
    person = a_user()
    sent = {
        "email": person.email,
        "commission": commission_of(an_election()).pk,
        "role": "constituency_chair",
    }
    answer = signed_in(administrator).post(ADD_POST, sent)
    assert list(answer.context["adminform"].form.errors) == ["commission"]


def test_a_post_is_ended_and_not_changed(election, administrator):
    chair = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    post = chair.posts.get()
    CommissionMember.objects.filter(pk=post.pk).update(appointed_at=timezone.now() - DAY)
    client = signed_in(administrator)
    address = reverse("admin:elections_commissionmember_change", args=[post.pk])
    assert client.post(address, {"role": "central_chair"}).status_code == 403
    ending = reverse("admin:elections_commissionmember_end", args=[post.pk])
    assert client.get(ending).status_code == 200
    assert CommissionMember.objects.get(pk=post.pk).left_at is None
    client.post(ending)
    chair.refresh_from_db()
    assert (CommissionMember.objects.get(pk=post.pk).left_at is None, chair.is_staff) == (
        False,
        False,
    )


def test_an_auditor_ends_no_post_and_nobody_their_own(election, administrator):
    post = administrator.posts.get()
    ending = reverse("admin:elections_commissionmember_end", args=[post.pk])
    auditor = a_staff_member(StaffRole.AUDITOR, election)
    assert signed_in(auditor).post(ending).status_code == 403
    signed_in(administrator).post(ending)
    assert CommissionMember.objects.get(pk=post.pk).left_at is None


def test_accounts_are_those_of_staff_and_have_no_password_field(election, administrator):
    chair = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    applicant = a_submitted(election=election).applicant
    client = signed_in(administrator)
    listed = rows(client.get("/admin/accounts/user/"))
    page = client.get(reverse("admin:accounts_user_change", args=[chair.pk]))
    assert (set(listed), "password" in page.context["adminform"].form.fields) == (
        {administrator, chair},
        False,
    )
    stranger = client.get(reverse("admin:accounts_user_change", args=[applicant.pk]))
    assert stranger.status_code == 404


def test_an_account_is_shut_but_never_made_more(election, administrator):
    chair = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    address = reverse("admin:accounts_user_change", args=[chair.pk])
    sent = {
        "full_name": "Other",
        "language": "az",
        "is_superuser": "on",
        "password": "x",
        "email": "z@example.org",
    }
    assert signed_in(administrator).post(address, sent).status_code == 302
    before, chair = chair, User.objects.get(pk=chair.pk)
    assert (chair.is_active, chair.is_superuser, chair.email, chair.password) == (
        False,
        False,
        before.email,
        before.password,
    )


def test_nobody_shuts_themselves_out(election, administrator):
    address = reverse("admin:accounts_user_change", args=[administrator.pk])
    assert signed_in(administrator).post(address, {"full_name": "X"}).status_code == 403


# --- Letters --------------------------------------------------------------------------------------


def a_letter(election: Election, status: LetterStatus, **columns: Any) -> Any:
    facts: Any = {"secret": "s3cret"}
    gone = (LetterStatus.SENT, LetterStatus.HANDED_OVER)
    by_hand = {"handed_over_by": a_user()} if status == LetterStatus.HANDED_OVER else {}
    sent_at = timezone.now() if status in gone else None
    return Letter.unscoped.create(
        kind="received",
        election=election.slug,
        to_address="a@example.org",
        language="en",
        facts=facts,
        status=status,
        sent_at=sent_at,
        **by_hand,
        **columns,
    )


def test_letters_are_filtered_by_what_became_of_them(election, administrator):
    letters = {status: a_letter(election, status) for status in LetterStatus}
    client = signed_in(administrator)
    found = {
        status: rows(client.get("/admin/notifications/letter/", {"status": status}))
        for status in LetterStatus
    }
    assert found == {status: [letter] for status, letter in letters.items()}


def test_what_a_letter_says_is_not_shown(election, administrator):
    letter = a_letter(election, LetterStatus.SENT)
    page = signed_in(administrator).get(
        reverse("admin:notifications_letter_change", args=[letter.pk])
    )
    assert (page.status_code, "s3cret" in page.content.decode()) == (200, False)


def test_an_undeliverable_letter_is_sent_again_and_no_other(election, administrator):
    failed = a_letter(election, LetterStatus.FAILED, attempts=8, last_error="No such mailbox")
    sent = a_letter(election, LetterStatus.SENT)
    answer = signed_in(administrator).post(
        "/admin/notifications/letter/",
        {"action": "resend", "_selected_action": [failed.pk, sent.pk]},
        follow=True,
    )
    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.status, failed.attempts, sent.status) == ("queued", 0, "sent")
    assert said(answer) == [
        "1 letter is sent again.",
        "Only undeliverable letters are sent again; the others stay as they are.",
    ]


def test_letters_of_another_election_are_not_there(election, administrator):
    letter = a_letter(an_election(), LetterStatus.FAILED)
    client = signed_in(administrator)
    address = reverse("admin:notifications_letter_change", args=[letter.pk])
    assert (rows(client.get("/admin/notifications/letter/")), client.get(address).status_code) == (
        [],
        404,
    )


def test_an_auditor_resends_nothing(election):
    failed = a_letter(election, LetterStatus.FAILED)
    client = signed_in(a_staff_member(StaffRole.AUDITOR, election))
    client.post(
        "/admin/notifications/letter/", {"action": "resend", "_selected_action": [failed.pk]}
    )
    failed.refresh_from_db()
    assert failed.status == LetterStatus.FAILED


# --- Nomination rights ----------------------------------------------------------------------------

RIGHTS = "/admin/organisations/nominationright/"


@pytest.fixture
def right(election: Any) -> NominationRight:
    organisation = an_organisation(name="Çinar Partiyası")
    draft = a_nomination(organisation, election)
    return nominations.submit(draft, by=owner_of(organisation))


@pytest.fixture
def chair(election):
    return a_staff_member(StaffRole.CENTRAL_CHAIR, election)


def decide(right: NominationRight, action: str) -> str:
    return reverse("admin:organisations_nominationright_decide", args=[right.pk, action])


def confirmed(right: NominationRight, **answers: Any) -> dict[str, Any]:
    return {"version": right.version, "confirmed": "1", **answers}


def test_rights_that_wait_come_first_and_are_found_without_diacritics(election, right, chair):
    an_organisation(election=election, name="Palıd")
    a_nomination(an_organisation(name="Qaralama"), election)
    client = signed_in(chair)
    assert rows(client.get(RIGHTS)) == [right]
    assert rows(client.get(RIGHTS, {"q": "cinar"})) == [right]
    assert rows(client.get(RIGHTS, {"q": right.receipt_number})) == [right]
    granted = rows(client.get(RIGHTS, {"status": "granted"}))
    assert [each.organisation.name for each in granted] == ["Palıd"]


def test_a_right_is_granted_after_the_letter_was_read(right, chair):
    client = signed_in(chair)
    page = client.get(decide(right, "grant"))
    assert "Çinar Partiyası" in page.context["letter"]["text"]
    right.refresh_from_db()
    assert right.status == NominationStatus.SUBMITTED
    answer = client.post(decide(right, "grant"), confirmed(right), follow=True)
    right.refresh_from_db()
    assert (right.status, answer.context["last"].words) == ("granted", "Granted: Çinar Partiyası.")


def test_a_right_is_returned_with_a_note(right, chair):
    client = signed_in(chair)
    without = client.post(decide(right, "return"), confirmed(right, note=""))
    assert list(without.context["form"].errors) == ["note"]
    client.post(decide(right, "return"), confirmed(right, note="Attach the decision."))
    right.refresh_from_db()
    assert right.status == NominationStatus.RETURNED
    assert Letter.unscoped.get(kind="nomination_returned").facts["note"] == "Attach the decision."


def test_a_right_is_refused_with_its_ground(election, right, chair):
    client = signed_in(chair)
    without = client.post(decide(right, "refuse"), confirmed(right))
    assert list(without.context["form"].errors) == ["ground", "what_was_checked"]
    persons = a_ground(election, Subject.PERSON)
    wrong = client.post(
        decide(right, "refuse"), confirmed(right, ground=persons.pk, what_was_checked="Looked.")
    )
    assert list(wrong.context["form"].errors) == ["ground"]
    ground = a_ground(election, Subject.ORGANISATION)
    client.post(
        decide(right, "refuse"), confirmed(right, ground=ground.pk, what_was_checked="Looked.")
    )
    decision = NominationDecision.objects.get(right=right)
    assert (decision.outcome, decision.ground, decision.decided_by) == ("refused", ground, chair)


def test_the_second_reviewer_of_a_right_is_told(right, chair):
    stale = confirmed(right)
    nominations.grant(right, by=chair)
    answer = signed_in(chair).post(decide(right, "grant"), stale, follow=True)
    assert said(answer) == [
        "Nothing was changed. “Grant” is not possible: the status is “Granted”."
    ]


def test_a_form_that_changed_meanwhile_is_not_decided_unseen(right, chair):
    NominationRight.unscoped.filter(pk=right.pk).update(version=right.version + 1)
    answer = signed_in(chair).post(decide(right, "grant"), confirmed(right), follow=True)
    right.refresh_from_db()
    assert (right.status, said(answer)[0][:20]) == ("submitted", "Nothing was changed.")


def test_nobody_else_decides_on_a_right(election, right):
    statuses = {}
    for role in (StaffRole.AUDITOR, StaffRole.CONSTITUENCY_CHAIR, StaffRole.ELECTION_ADMINISTRATOR):
        client = signed_in(a_staff_member(role, election))
        page = reverse("admin:organisations_nominationright_change", args=[right.pk])
        statuses[role] = (
            client.get(page).status_code,
            client.post(page, {"status": "granted"}).status_code,
            client.post(decide(right, "grant"), confirmed(right)).status_code,
        )
    assert statuses == {
        StaffRole.AUDITOR: (200, 403, 403),
        StaffRole.CONSTITUENCY_CHAIR: (404, 404, 404),
        StaffRole.ELECTION_ADMINISTRATOR: (404, 404, 404),
    }
    right.refresh_from_db()
    assert right.status == NominationStatus.SUBMITTED


def test_another_elections_right_is_not_there(right):
    stranger = a_staff_member(StaffRole.CENTRAL_CHAIR, an_election())
    assert signed_in(stranger).get(decide(right, "grant")).status_code == 404


def test_an_organisation_is_read_by_the_commission_it_applied_to(election, right, chair):
    a_nomination(an_organisation(name="Qaralama"), election)
    client = signed_in(chair)
    assert rows(client.get("/admin/organisations/organisation/")) == [right.organisation]
    address = reverse("admin:organisations_organisation_change", args=[right.organisation.pk])
    page = client.get(address)
    assert owner_of(right.organisation).email in page.content.decode()
    assert client.post(address, {"name": "Other"}).status_code == 403
