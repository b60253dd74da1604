"""A badge that ends before its time: what follows it, what is corrected with it, who is told."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts.enums import StaffRole
from accounts.models import User
from accounts.names import fold
from elections.models import Election
from notifications.models import Letter
from observers.domain import badges, proposals, replacing
from observers.domain.applications import move
from observers.domain.badges import CannotReplace
from observers.domain.reasons import Reasons
from observers.enums import IssueReason
from observers.lifecycle import CANCEL
from observers.models import Application, Badge, Proposal
from tests.builders import (
    a_photo,
    a_staff_member,
    a_user,
    an_approved,
    an_election,
    an_organisation,
    badge_of,
    badges_of,
    commission_of,
    one,
    owner_of,
    stored,
    the_chair,
    without_badge,
)
from tests.races import while_waiting
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def election(db):
    return an_election()


@pytest.fixture
def chair(election):
    return the_chair(election)


def names(**corrected: str) -> dict[str, str]:
    """Those of the builders, some of them corrected."""
    ordinary = {"surname": "Məmmədov", "given_name": "Elçin", "patronymic": "Rauf oğlu"}
    return ordinary | corrected


def a_picture() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (600, 800), "#445566").save(made, "JPEG")
    return SimpleUploadedFile("new.jpg", made.getvalue(), "image/jpeg")


def statuses(application: Application) -> list[str]:
    return list(badges_of(application).values_list("status", flat=True))


# --- What is corrected with it --------------------------------------------------------------------


def test_a_corrected_name_is_the_observers_and_the_registers(election, chair):
    old = badge_of(an_approved(election=election))
    new = replacing.replace(
        old, why=IssueReason.WRONG_NAME, by=chair, names=names(surname="  Məmmədli ")
    )
    row = stored(old.application)
    assert row.full_name == "Məmmədli Elçin Rauf oğlu"
    assert row.search_key == fold("Məmmədli Elçin Rauf oğlu")
    assert list(Application.unscoped.public().filter(search_key__contains="memmedli")) == [row]
    assert (new.serial, new.why) == (2, "wrong_name")


def test_a_corrected_name_is_put_in_its_place_in_the_order(election, chair):
    old = badge_of(an_approved(election=election))
    before = old.application.sort_key
    replacing.replace(old, why=IssueReason.WRONG_NAME, by=chair, names=names(surname="Abbasov"))
    assert stored(old.application).sort_key < before


def test_the_history_of_the_old_badge_keeps_both_names(election, chair):
    old = badge_of(an_approved(election=election))
    corrected = names(given_name="Elxan")
    replacing.replace(
        old, why=IssueReason.WRONG_NAME, by=chair, names=corrected, because="Card seen."
    )
    assert old.events.get(status_to="replaced").reason == (
        "Məmmədov Elçin Rauf oğlu → Məmmədov Elxan Rauf oğlu\nCard seen."
    )


def test_nothing_else_of_the_observer_is_touched(election, chair):
    old = badge_of(an_approved(election=election))
    before = stored(old.application)
    replacing.replace(old, why=IssueReason.WRONG_NAME, by=chair, names=names(surname="Abbasov"))
    after = stored(old.application)
    kept = ("status", "identity_index", "birth_on", "address", "accreditation_number", "photo")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_new_photo_leaves_the_old_one_where_it_is(election, chair):
    old = badge_of(an_approved(election=election))
    before = old.application.photo.name
    replacing.replace(old, why=IssueReason.NEW_PHOTO, by=chair, photo=a_photo("#112233"))
    after = stored(old.application).photo.name
    assert after != before
    assert default_storage.exists(before)
    assert default_storage.exists(after)


def test_a_photo_that_is_not_taken_is_not_kept(election, chair):
    old = badge_of(an_approved(election=election))
    folder = old.application.photo.name.rpartition("/")[0]
    before = default_storage.listdir(folder)
    with pytest.raises(CannotReplace):
        replacing.replace(old, why=IssueReason.LOST, by=chair, photo=a_photo("#112233"))
    assert default_storage.listdir(folder) == before


def test_a_proposal_about_who_bore_another_name_is_void(election, chair):
    """Cancelling takes two here: the second would confirm what nobody sees any more."""
    Election.objects.filter(pk=election.pk).update(cancellation_way="two")
    application = an_approved(election=Election.objects.get(pk=election.pk))
    act = Reasons(what_was_checked="Court of Appeal, act 7.")
    assert proposals.propose(one(application), CANCEL, actor=chair, reasons=act).proposed
    corrected = names(surname="Abbasov")
    replacing.replace(badge_of(application), why=IssueReason.WRONG_NAME, by=chair, names=corrected)
    assert Proposal.unscoped.get(application=application).settled_as == "void"


@pytest.mark.parametrize(
    ("why", "corrected"),
    [
        (IssueReason.WRONG_NAME, {}),
        (IssueReason.NEW_PHOTO, {}),
        (IssueReason.LOST, {"surname": "Abbasov"}),
        (IssueReason.NEW_PHOTO, {"surname": "Abbasov"}),
    ],
    ids=["no other name", "no photo", "a name of a lost one", "a name with a photo"],
)
def test_what_is_corrected_is_what_the_reason_says(election, chair, why, corrected):
    old = badge_of(an_approved(election=election))
    with pytest.raises(CannotReplace):
        replacing.replace(old, why=why, by=chair, names=names(**corrected))
    assert statuses(old.application) == ["issued"]
    assert stored(old.application).surname == "Məmmədov"


def test_who_may_not_replace_corrects_no_name(election):
    old = badge_of(an_approved(election=election, constituency=1))
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    with pytest.raises(CannotReplace):
        replacing.replace(
            old, why=IssueReason.WRONG_NAME, by=neighbour, names=names(surname="Abbasov")
        )
    assert stored(old.application).surname == "Məmmədov"


def test_the_observer_is_told_by_letter_which_badge_is_valid(election, chair):
    old = badge_of(an_approved(election=election))
    replacing.replace(old, why=IssueReason.DAMAGED, by=chair)
    letter = Letter.unscoped.get(kind="badge_replaced")
    assert letter.recipient == old.application.applicant
    assert (letter.facts["serial"], letter.facts["why"]) == (2, "The badge was damaged")


@pytest.mark.django_db(transaction=True)
def test_a_cancellation_leaves_no_badge_to_who_is_just_getting_another():
    """Whoever is first: the registration ends, and with it every badge."""
    election = an_election()
    application = an_approved(election=election)
    old, chair = badge_of(application), the_chair(election)
    act = Reasons(what_was_checked="Court of Appeal, act 7.")

    def cancel() -> bool:
        return bool(move(one(application), CANCEL, actor=chair, reasons=act).done)

    def replace() -> bool:
        try:
            replacing.replace(old, why=IssueReason.LOST, by=chair)
        except CannotReplace:
            return False
        return True

    assert while_waiting(cancel, replace) == [True, False]
    assert statuses(application) == ["revoked"]


@pytest.mark.django_db(transaction=True)
def test_who_gets_another_is_cancelled_with_both():
    election = an_election()
    application = an_approved(election=election)
    old, chair = badge_of(application), the_chair(election)
    act = Reasons(what_was_checked="Court of Appeal, act 7.")

    def cancel() -> bool:
        return bool(move(one(application), CANCEL, actor=chair, reasons=act).done)

    def replace() -> int:
        return replacing.replace(old, why=IssueReason.LOST, by=chair).serial

    assert while_waiting(replace, cancel) == [2, True]
    assert statuses(application) == ["replaced", "revoked"]


# --- Revoked --------------------------------------------------------------------------------------


def test_a_revoked_badge_is_followed_by_none_and_the_registration_stands(election, chair):
    badge = badge_of(an_approved(election=election))
    replacing.revoke(badge, by=chair, because="Lent to somebody else.")
    assert statuses(badge.application) == ["revoked"]
    assert stored(badge.application).status == "approved"
    assert badge.events.get(status_to="revoked").reason == "Lent to somebody else."
    assert Letter.unscoped.get(kind="badge_revoked").facts["because"] == "Lent to somebody else."


def test_what_is_replaced_already_is_not_revoked(election, chair):
    badge = badge_of(an_approved(election=election))
    badges.replace(badge, why=IssueReason.LOST, by=chair)
    with pytest.raises(replacing.CannotRevoke):
        replacing.revoke(badge, by=chair, because="Lent.")
    assert not Letter.unscoped.filter(kind="badge_revoked").exists()


# --- The pages ------------------------------------------------------------------------------------


def page(name: str, badge: Badge) -> str:
    return reverse(f"admin:observers_badge_{name}", args=[badge.pk])


def a_reviewer(election: Election) -> User:
    return a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, commission_of(election, 1))


def test_a_reviewer_replaces_a_badge_with_a_corrected_name(election):
    old = badge_of(an_approved(election=election))
    client = signed_in(a_reviewer(election))
    asked = client.get(page("replace", old))
    assert "The old badge is refused at the door from this moment" in asked.content.decode()
    sent = names(surname="Məmmədli") | {"why": "wrong_name", "because": ""}
    answer = client.post(page("replace", old), sent)
    new = badge_of(old.application)
    assert answer["Location"] == page("change", new)
    assert stored(old.application).surname == "Məmmədli"


def test_a_reviewer_replaces_a_badge_with_a_new_photo(election):
    old = badge_of(an_approved(election=election))
    sent = names() | {"why": "new_photo", "photo": a_picture()}
    signed_in(a_reviewer(election)).post(page("replace", old), sent)
    assert badge_of(old.application).why == "new_photo"


def test_a_badge_is_not_replaced_without_a_reason(election):
    old = badge_of(an_approved(election=election))
    answer = signed_in(a_reviewer(election)).post(page("replace", old), names())
    assert "Choose why the badge is replaced." in answer.content.decode()
    assert statuses(old.application) == ["issued"]


def test_a_file_that_is_no_picture_changes_nothing(election):
    old = badge_of(an_approved(election=election))
    file = SimpleUploadedFile("new.jpg", b"not a picture", "image/jpeg")
    sent = names() | {"why": "new_photo", "photo": file}
    signed_in(a_reviewer(election)).post(page("replace", old), sent)
    assert statuses(old.application) == ["issued"]


def test_a_badge_that_a_colleague_has_replaced_says_so(election, chair):
    old = badge_of(an_approved(election=election))
    badges.replace(old, why=IssueReason.LOST, by=chair)
    answer = signed_in(a_reviewer(election)).get(page("replace", old)).content.decode()
    assert "Replaced" in answer
    assert "Replace the badge</button>" not in answer


def test_a_reviewer_is_offered_no_revoking_and_refused_it(election):
    badge = badge_of(an_approved(election=election))
    client = signed_in(a_reviewer(election))
    assert page("revoke", badge) not in client.get(page("change", badge)).content.decode()
    assert client.get(page("revoke", badge)).status_code == 403
    assert client.post(page("revoke", badge), {"because": "Lent."}).status_code == 403
    assert statuses(badge.application) == ["issued"]


def test_the_chair_revokes_with_a_reason_only(election, chair):
    badge = badge_of(an_approved(election=election))
    client = signed_in(chair)
    client.post(page("revoke", badge), {"because": "  "})
    assert statuses(badge.application) == ["issued"]
    client.post(page("revoke", badge), {"because": "Lent."})
    assert statuses(badge.application) == ["revoked"]


def test_the_page_of_a_badge_leads_to_those_before_and_after_it(election, chair):
    old = badge_of(an_approved(election=election))
    new = badges.replace(old, why=IssueReason.LOST, by=chair)
    client = signed_in(chair)
    assert page("change", new) in client.get(page("change", old)).content.decode()
    assert page("change", old) in client.get(page("change", new)).content.decode()


@pytest.mark.parametrize("name", ["change", "replace", "revoke"])
def test_strangers_organisations_and_other_commissions_see_no_badge(election, name):
    party = an_organisation(election=election)
    badge = badge_of(an_approved(election=election, organisation=party, constituency=1))
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    abroad = a_staff_member(StaffRole.CENTRAL_CHAIR, an_election())
    for user in (a_user(), owner_of(party), owner_of(an_organisation()), neighbour, abroad):
        assert signed_in(user).get(page(name, badge)).status_code == 404


# --- The list -------------------------------------------------------------------------------------

LIST = "admin:observers_badge_changelist"


def listed(user: User, **asked: str) -> list[Badge]:
    answer = signed_in(user).get(reverse(LIST), asked)
    return list(answer.context["cl"].result_list)


def test_badges_are_found_by_number_and_by_a_name_without_diacritics(election, chair):
    badge = badge_of(an_approved(election=election, surname="Şükürov"))
    an_approved(election=election)
    assert listed(chair, q=badge.number.lower()) == [badge]
    assert listed(chair, q="sukurov") == [badge]


def test_badges_are_narrowed_by_what_became_of_them(election, chair):
    old, other = (badge_of(an_approved(election=election, constituency=n)) for n in (1, 2))
    new = badges.replace(old, why=IssueReason.LOST, by=chair)
    badges.move(Badge.unscoped.filter(pk=other.pk), "print", actor=chair)
    place = str(other.constituency_id)
    assert listed(chair, status="replaced") == listed(chair, validity="ended") == [old]
    assert listed(chair, printed="no") == [new]
    assert listed(chair, printed="yes") == listed(chair, constituency=place) == [other]
    assert listed(chair, validity="valid") == [new, other]
    assert listed(chair, validity="over") == []


def test_badges_are_narrowed_by_organisation_and_kind(election, chair):
    party = an_organisation(election=election, name="Ədalət")
    theirs = badge_of(an_approved(election=election, organisation=party))
    an_approved(election=election)
    assert listed(chair, organisation="edalet") == listed(chair, kind="party") == [theirs]


def test_the_list_asks_as_much_for_ten_badges_as_for_one(election, chair):
    client = signed_in(chair)

    def queries() -> int:
        client.get(reverse(LIST))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(LIST))
        return len(captured)

    an_approved(election=election)
    of_one = queries()
    for _ in range(9):
        an_approved(election=election, organisation=an_organisation(election=election))
    assert queries() == of_one


def test_another_commission_lists_none_of_them(election):
    an_approved(election=election, constituency=1)
    neighbour = a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2))
    assert listed(neighbour) == []


# --- Approved without a badge ---------------------------------------------------------------------


def issue(user: User, *applications: Application) -> None:
    sent = {"action": "issue", "_selected_action": [row.pk for row in applications]}
    signed_in(user).post(reverse("admin:observers_withoutbadge_changelist"), sent)


def test_who_lacks_a_badge_is_issued_one_from_the_list(election, chair):
    lacking = an_approved(election=election)
    replacing.revoke(badge_of(lacking), by=chair, because="Lent.")
    issue(chair, lacking)
    assert statuses(lacking) == ["revoked", "issued"]


def test_what_the_chair_has_revoked_no_reviewer_issues_anew(election):
    revoked = without_badge(an_approved(election=election))
    issue(a_reviewer(election), revoked)
    assert statuses(revoked) == ["revoked"]


def test_another_commission_issues_none(election):
    revoked = without_badge(an_approved(election=election, constituency=1))
    issue(a_staff_member(StaffRole.CONSTITUENCY_CHAIR, commission_of(election, 2)), revoked)
    assert statuses(revoked) == ["revoked"]
