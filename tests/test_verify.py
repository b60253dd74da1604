"""Checking a badge with a network: by its number, by its code, and what nobody learns from it."""

import datetime
import io
import re
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client
from PIL import Image

from elections.enums import NamePolicy, Scope
from elections.models import Election, RunOff
from observers.badges.numbers import NotANumber, WrongCheckDigits, normalised
from observers.badges.portraits import SECONDS
from observers.domain import badges
from observers.domain.verification import Place, Verdict, verdict
from observers.enums import BadgeStatus, IssueReason
from observers.models import Badge
from tests import builders as make
from tests.badge_codes import a_badge, code_of
from tests.clocks import the_clock_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

SECOND = datetime.timedelta(seconds=1)
NUMBER = "A-0012345-20"


@pytest.fixture(autouse=True)
def _english(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@pytest.fixture
def badge(election: Any) -> Badge:
    """For constituency 1."""
    return a_badge(
        election=election, surname="Əliyeva", given_name="Nərmin", patronymic="Rauf qızı"
    )


def asked(client: Client, address: str) -> tuple[int, str, str]:
    """Status, the verdict that is shown, and the page as it is read."""
    response = client.get(address)
    html = response.content.decode()
    found = re.search(r'data-verdict="(\w+)"', html)
    unseen = r"<(template|script).*?</\1>"
    main = re.sub(unseen, "", html[html.index("<main>") :], flags=re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", main).split())
    return response.status_code, found[1] if found else "", words


def of_number(client: Client, badge: Badge) -> tuple[int, str, str]:
    return asked(client, f"/verify/{badge.number}/")


def of_code(client: Client, badge: Badge, **others: Any) -> tuple[int, str, str]:
    return asked(client, f"/V/{code_of(badge, **others)}")


def stands_in(client: Client, badge: Badge, constituency: int) -> None:
    place = f"{badge.application.election_id}-{constituency}"
    client.get("/verify/", {"place": place})


def photo_address(client: Client, address: str) -> str:
    found = re.search(r'src="(/verify/photo/[^"]+)"', client.get(address).content.decode())
    assert found
    return found[1]


# --- Numbers as people type them ------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        "a-0012345-20",
        " A 0012345 20 ",
        "A001234520",
        "12345-20",
        "А–0012345—20",
        "а1234520",
    ],
)
def test_a_number_is_understood_however_it_is_typed(typed):
    assert normalised(typed) == NUMBER


@pytest.mark.parametrize("typed", ["A-0012345-21", "A-0012354-20"])
def test_a_mistyped_figure_is_found_without_asking_anybody(typed):
    with pytest.raises(WrongCheckDigits):
        normalised(typed)


@pytest.mark.parametrize(
    "typed", ["", "A", "B-0012345-20", "Əliyeva", "A-0012345-٣٢", "A-" + "1" * 90]
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(NotANumber):
        normalised(typed)


def test_numbers_of_the_database_have_the_check_digits_that_are_asked_for(badge):
    assert normalised(badge.number.replace("-", "").lower()) == badge.number


def test_the_form_leads_to_the_number(client):
    response = client.get("/verify/", {"number": " а0012345 20"})
    assert (response.status_code, response["Location"]) == (302, f"/verify/{NUMBER}/")


def test_a_number_in_another_spelling_leads_to_the_one(client):
    assert client.get("/verify/a001234520/")["Location"] == f"/verify/{NUMBER}/"


def test_a_link_that_is_pasted_leads_to_its_code(client):
    response = client.get("/verify/", {"number": "HTTPS://EXAMPLE.ORG/V/ABC234"})
    assert response["Location"] == "/V/ABC234"


def test_a_mistyped_number_is_said_on_the_form(client):
    status, shown, words = asked(client, "/verify/?number=A-0012345-21")
    assert (status, shown) == (200, "")
    assert "A figure of this number is mistyped" in words


# --- By number ------------------------------------------------------------------------------------


def test_a_valid_badge_is_shown_with_its_person(client, badge):
    status, shown, words = of_number(client, badge)
    assert (status, shown) == (200, "valid")
    said = ("Əliyeva Nərmin Rauf qızı", "Own initiative", badge.number, "Valid until", "Baku time")
    assert [part for part in said if part not in words] == []
    assert str(badge.constituency) in words


@pytest.mark.parametrize(
    ("policies", "name"),
    [
        ({"name_policy": NamePolicy.INITIALS}, "Əliyeva N. R."),
        ({"name_policy": NamePolicy.NUMBER}, ""),
        ({"name_policies": {"own_initiative": NamePolicy.NUMBER}}, ""),
    ],
)
def test_of_a_name_a_number_shows_what_the_register_shows(client, badge, policies, name):
    Election.objects.filter(pk=badge.application.election_id).update(**policies)
    _status, _shown, words = of_number(client, badge)
    assert name in words
    assert "Nərmin" not in words
    assert ("Əliyeva" in words) == bool(name)


@pytest.mark.parametrize("number", [NUMBER, "A-0012345-21", "hello", "x" * 500])
def test_an_unknown_number_is_said_plainly_with_the_form(client, number):
    response = client.get(f"/verify/{number}/")
    assert response.status_code == 404
    assert 'data-verdict="unknown"' in response.content.decode()
    assert 'name="number"' in response.content.decode()


def test_a_registration_that_was_cancelled_is_a_revoked_badge(client):
    badge = make.badges_of(make.a_cancelled()).get()
    assert of_number(client, badge)[:2] == (200, "revoked")
    assert of_code(client, badge)[:2] == (200, "revoked")


def test_nothing_of_an_unpublished_election_is_known(client):
    badge = a_badge(election=make.an_election(is_published=False))
    assert of_number(client, badge)[:2] == (404, "unknown")
    assert of_code(client, badge)[:2] == (404, "not_genuine")


def test_who_is_registered_without_a_badge_is_said_to_have_none(client):
    election = make.an_election(observer_consent="before_badge")
    organisation = make.an_organisation(election=election)
    person = make.an_approved(election=election, organisation=organisation)
    status, shown, words = asked(client, f"/verify/{person.accreditation_number}/")
    assert (status, shown) == (200, "no_badge")
    assert "no badge has been issued yet" in words
    assert (
        "/verify/photo/"
        not in client.get(f"/verify/{person.accreditation_number}/").content.decode()
    )


def test_the_number_of_a_replaced_badge_shows_the_newer_one(client, badge):
    newer = badges.replace(
        badge, why=IssueReason.LOST, by=make.the_chair(badge.application.election)
    )
    status, shown, words = of_number(client, badge)
    assert (status, shown) == (200, "valid")
    assert f"№ {newer.serial}" in words


# --- By code --------------------------------------------------------------------------------------


def test_a_code_shows_what_is_printed_whatever_the_register_shows(client, badge):
    election = badge.application.election
    election.name_policy = NamePolicy.NUMBER
    election.save()
    status, shown, words = of_code(client, badge)
    assert (status, shown) == (200, "valid")
    assert "Əliyeva Nərmin Rauf qızı" in words


def test_a_badge_is_valid_here_or_elsewhere(client, badge):
    stands_in(client, badge, 1)
    assert of_code(client, badge)[1] == "valid"
    stands_in(client, badge, 2)
    status, shown, words = of_code(client, badge)
    assert (status, shown) == (200, "elsewhere")
    assert f"Not here Valid, but for another place: {badge.constituency}" in words


def test_without_a_place_the_page_asks_where_the_reader_is(client, badge):
    assert "Say below where you are, once" in of_code(client, badge)[2]
    client.get("/verify/", {"place": "0-0"})
    assert "Say below where you are, once" not in of_code(client, badge)[2]


def test_a_place_leads_back_to_the_badge_and_nowhere_else(client, badge):
    there = f"/V/{code_of(badge)}"
    assert client.get("/verify/", {"place": "1-1", "next": there})["Location"] == there
    for elsewhere in ("https://example.org/V/", "//example.org", "/admin/"):
        assert client.get("/verify/", {"place": "1-1", "next": elsewhere})["Location"] == "/verify/"


def test_a_place_of_an_election_that_is_over_is_none(client, badge):
    long_ago = make.an_election(polling_on=datetime.date(2020, 2, 9))
    client.get("/verify/", {"place": f"{long_ago.pk}-2"})
    status, shown, words = of_code(client, badge)
    assert (status, shown) == (200, "valid")
    assert "Say below where you are, once" in words


def test_the_last_moment_of_a_badge_is_no_longer_its_time(client, badge):
    with the_clock_at(badge.valid_until - SECOND):
        assert of_code(client, badge)[1] == "valid"
    with the_clock_at(badge.valid_until):
        assert of_code(client, badge)[1] == "expired"


def test_before_its_first_moment_a_badge_is_not_yet_valid(client, badge):
    with the_clock_at(badge.valid_from - SECOND):
        status, shown, words = of_code(client, badge)
    assert (status, shown) == (200, "not_yet")
    assert "Valid from" in words


def test_a_run_off_keeps_badges_valid_where_the_election_says_so(client, badge):
    election = badge.application.election
    run_off = RunOff.objects.create(
        election=election,
        polling_on=election.polling_on + 14 * make.DAY,
        badges_until=badge.valid_until + 14 * make.DAY,
        announced_by=make.the_chair(election),
    )
    with the_clock_at(badge.valid_until):
        assert of_code(client, badge)[1] == "valid"
        RunOff.objects.update(badges_stay_valid=False)
        assert of_code(client, badge)[1] == "expired"
    assert run_off.badges_until > badge.valid_until


def test_the_old_code_of_a_replaced_badge_says_so_and_not_which_is_newer(client, badge):
    by = make.the_chair(badge.application.election)
    newer = badges.replace(badge, why=IssueReason.LOST, by=by)
    status, shown, words = of_code(client, badge)
    assert (status, shown) == (200, "replaced")
    assert "№ 1" in words
    assert f"№ {newer.serial}" not in words
    assert of_code(client, newer)[1] == "valid"


@pytest.mark.parametrize(
    "others", [{"serial": 7}, {"number": NUMBER}, {"election": 999999}, {"index": 999999}]
)
def test_a_genuine_code_that_names_no_badge_is_not_taken_for_one(client, badge, others):
    assert of_code(client, badge, **others)[:2] == (404, "not_genuine")


@pytest.mark.parametrize(
    "token", ["A", "ABC234" * 30, "x" * 3000, "%00", "ə", "a/b", "a%2Fb", "%0A"]
)
def test_whatever_is_no_code_is_not_genuine_and_no_error(client, token):
    response = client.get(f"/V/{token}")
    assert response.status_code == 404
    assert client.get(f"/verify/now/{token}/").status_code == 404


def test_a_code_in_small_letters_is_not_the_code(client, badge):
    assert asked(client, f"/V/{code_of(badge).lower()}")[:2] == (404, "not_genuine")


def test_the_script_is_answered_with_the_result_alone(client, badge):
    response = client.get(f"/verify/now/{code_of(badge)}/?language=ru")
    html = response.content.decode()
    assert (response.status_code, response["X-Verify"]) == (200, "outcome")
    assert "<html" not in html
    assert 'data-verdict="valid"' in html


def test_the_language_is_a_link_and_is_remembered(client):
    assert '<html lang="ru">' in client.get("/verify/?language=ru").content.decode()
    assert '<html lang="ru">' in client.get("/verify/").content.decode()
    assert '<html lang="ru">' in client.get("/verify/?language=xx").content.decode()


# --- The table of verdicts ------------------------------------------------------------------------


NOW = datetime.datetime(2024, 2, 7, 8, tzinfo=datetime.UTC)
HERE, THERE = Place(1, 5), Place(1, 6)


@pytest.mark.parametrize(
    ("scope", "home", "place", "said"),
    [
        (Scope.NATIONWIDE, Place(1, 0), None, "valid"),
        (Scope.NATIONWIDE, Place(1, 0), HERE, "valid"),
        (Scope.NATIONWIDE, Place(2, 0), HERE, "elsewhere"),
        (Scope.CONSTITUENCY, HERE, None, "valid"),
        (Scope.CONSTITUENCY, HERE, HERE, "valid"),
        (Scope.CONSTITUENCY, THERE, HERE, "elsewhere"),
        (Scope.CONSTITUENCY, Place(2, 5), HERE, "elsewhere"),
        (Scope.CONSTITUENCY, THERE, Place(0, 0), "valid"),
        (Scope.SPECIAL_PERMISSION, Place(1, 0), HERE, "elsewhere"),
        (Scope.SPECIAL_PERMISSION, Place(1, 0), Place(0, 0), "valid"),
    ],
)
def test_where_a_badge_is_valid(scope, home, place, said):
    judged = verdict(
        status=BadgeStatus.PRINTED,
        valid_from=NOW,
        until=NOW + SECOND,
        scope=scope,
        home=home,
        place=place,
        now=NOW,
    )
    assert judged == Verdict(said)


# --- Photos ---------------------------------------------------------------------------------------


def test_a_photo_is_small_and_kept_nowhere(client, badge):
    response = client.get(photo_address(client, f"/verify/{badge.number}/"))
    assert response["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(response.content)).size == (300, 400)
    assert len(response.content) < 40_000


def test_the_address_of_a_photo_works_for_minutes(client, badge):
    address = photo_address(client, f"/V/{code_of(badge)}")
    now = datetime.datetime.now(datetime.UTC)
    with time_machine.travel(now + datetime.timedelta(seconds=SECONDS - 5)):
        assert client.get(address).status_code == 200
    with time_machine.travel(now + datetime.timedelta(seconds=SECONDS + 2)):
        assert client.get(address).status_code == 404


def test_nobody_makes_the_address_of_a_photo_themselves(client, badge):
    pk = badge.application_id
    for signed in (str(pk), signing.dumps(pk), signing.dumps(pk, salt="verify"), badge.number):
        assert client.get(f"/verify/photo/{signed}.jpg").status_code == 404


def test_the_number_of_one_who_is_no_longer_registered_shows_no_photo(client):
    number = make.a_cancelled().accreditation_number
    assert "/verify/photo/" not in client.get(f"/verify/{number}/").content.decode()


def test_the_photo_of_one_who_is_no_longer_public_is_gone(client, badge):
    address = photo_address(client, f"/verify/{badge.number}/")
    election = badge.application.election
    election.is_published = False
    election.save()
    assert client.get(address).status_code == 404


# --- What nobody learns ---------------------------------------------------------------------------


def test_no_answer_holds_what_is_sealed(client, election):
    private = {
        "identity_number": "AA7654321",
        "address": "Bakı, Füzuli küçəsi 77",
        "phone": "+994 50 765 43 21",
        "email": "private@example.org",
        "birth_on": datetime.date(1961, 3, 14),
    }
    badge = a_badge(election=election, **private)
    code = code_of(badge)
    answers = "".join(
        client.get(address).content.decode()
        for address in (
            f"/verify/{badge.number}/",
            f"/V/{code}",
            f"/verify/now/{code}/",
            "/verify/",
        )
    )
    traces = ["7654321", "Füzuli", "765 43 21", "private@", "1961", "14 March", "14.03"]
    assert [trace for trace in traces if trace in answers] == []
    assert badge.application.photo.name not in answers


def test_after_thirty_numbers_a_reader_has_to_wait(client, badge):
    answers = [client.get(f"/verify/{badge.number}/") for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {200}
    refused = answers[30]
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 600
    assert "Too many numbers were checked from this network" in refused.content.decode()
    assert "/verify/photo/" not in refused.content.decode()
    # A code proves that somebody has the badge before them.
    assert of_code(client, badge)[1] == "valid"


def test_counting_numbers_through_ends_before_it_finds_many(client, badge):
    """Wrong ones count as right ones do, and on the form as in the address."""
    for running in range(30):
        client.get("/verify/", {"number": f"A-{running:07d}-00"})
    assert client.get(f"/verify/{badge.number}/").status_code == 429
    assert client.get("/verify/", {"number": "A-0000001-00"}).status_code == 429


def test_another_reader_is_not_kept_waiting(client, badge, settings):
    settings.VERIFY_NUMBER_RATE = "1/10m"
    client.get(f"/verify/{badge.number}/")
    assert client.get(f"/verify/{badge.number}/").status_code == 429
    elsewhere = client.get(f"/verify/{badge.number}/", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200


def test_all_readers_together_have_a_ceiling(client, badge, settings):
    settings.VERIFY_NUMBERS_CEILING = "2/10m"
    statuses = [
        client.get(f"/verify/{badge.number}/", REMOTE_ADDR=f"192.0.2.{host}").status_code
        for host in range(3)
    ]
    assert statuses == [200, 200, 429]


def test_codes_have_a_limit_of_their_own(client, badge, settings):
    settings.VERIFY_TOKEN_RATE = "2/10m"
    code = code_of(badge)
    statuses = [client.get(f"/V/{code}").status_code for _ in range(2)]
    refused = client.get(f"/verify/now/{code}/")
    assert [*statuses, refused.status_code] == [200, 200, 429]
    assert "Retry-After" in refused


def test_behind_a_proxy_the_reader_is_the_one_the_proxy_names(client, badge, settings):
    settings.VERIFY_NUMBER_RATE = "1/10m"
    address = f"/verify/{badge.number}/"
    first = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.1"}
    other = {"HTTP_X_FORWARDED_FOR": "203.0.113.9, 192.0.2.2"}
    # Nobody's word is taken until the operator says how many proxies there are.
    assert [client.get(address, **way).status_code for way in (first, other)] == [200, 429]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert [client.get(address, **way).status_code for way in (first, other, first)] == [
        200,
        200,
        429,
    ]


# --- Few statements -------------------------------------------------------------------------------


def test_a_check_takes_as_many_statements_for_one_place_as_for_many(
    client, django_assert_max_num_queries
):
    badge = a_badge(election=make.an_election(constituencies=12))
    with django_assert_max_num_queries(7):
        client.get(f"/verify/{badge.number}/")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_pages_are_looked_at_only(client, badge, method):
    code = code_of(badge)
    for address in ("/verify/", f"/verify/{badge.number}/", f"/V/{code}", f"/verify/now/{code}/"):
        assert getattr(client, method)(address).status_code == 405


# --- What phones keep -----------------------------------------------------------------------------


def version_kept(client: Client) -> str:
    """As it is now, not as it was a minute ago."""
    cache.clear()
    found = re.search(r'"version": "(\w+)"', client.get("/verify/worker.js").content.decode())
    assert found
    return found[1]


def test_the_worker_may_serve_both_addresses(client):
    response = client.get("/verify/worker.js")
    assert response["Service-Worker-Allowed"] == "/"
    assert response["Content-Type"].startswith("text/javascript")


def test_what_phones_keep_is_fetched_anew_when_it_has_changed(client, election):
    before = version_kept(client)
    assert version_kept(client) == before
    make.a_constituency(election, 77)
    assert version_kept(client) != before


def test_everything_that_phones_keep_is_there(client):
    text = client.get("/verify/worker.js").content.decode()
    shells = re.findall(r"/verify/\?language=\w+", text)
    assert [client.get(shell).status_code for shell in shells] == [200, 200, 200]


def test_the_page_that_phones_keep_is_nobodys(client, badge):
    """With a place chosen and an account signed in it is still the same."""
    anybodys = Client(headers={"accept-language": "en"}).get("/verify/?language=en").content
    client.force_login(badge.application.applicant)
    assert client.get("/verify/?language=en").content == anybodys


def test_the_manifest_names_the_page_and_its_icons(client):
    response = client.get("/verify/manifest.webmanifest?language=az")
    says = response.json()
    assert response["Content-Type"] == "application/manifest+json"
    assert (says["start_url"], says["scope"], says["lang"]) == ("/verify/", "/verify/", "az")
    assert [icon["purpose"] for icon in says["icons"]] == ["any", "any", "maskable"]
