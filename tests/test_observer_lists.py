"""Lists of registered observers on paper: who stands on which, in what order, and what never."""

import datetime
import io
import re
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.enums import StaffRole
from elections.domain.clock import database_now
from elections.models import Election, RunOff
from observers.domain import badges, made_lists
from observers.enums import IssueReason
from observers.models import Badge
from tests import builders as make
from tests.visitors import axe_findings, signed_in, with_session

pytestmark = pytest.mark.django_db
# Every letter of the Azerbaijani alphabet, small and large, is in one of these,
# in its order.
ALPHABET = [
    "Abbasov Çingiz", "Bədəlova Dilbər", "Əliyev Ğəni", "Fərzəliyev Mirzə", "Hüseynova Jalə",
    "Xəlilov Qəşəm", "Iğdırlı İsmayıl", "İbrahimli Kərim", "Nəcəfov Tofiq", "Öztürk Pərviz",
    "Səfərli Gövhər", "Şirinov Rza", "Ümidova Vəfa", "Zöhrabov Yusif",
]  # fmt: skip


def registered(election: Election, name: str = "Əliyev Elçin", **columns: Any) -> Any:
    surname, given_name = name.split(" ", 1)
    columns = {"patronymic": "", **columns}
    return make.an_approved(election=election, surname=surname, given_name=given_name, **columns)


def public_list(election: Election, place: Any = 1, language: str = "en") -> str:
    address = reverse("register:list_pdf", args=[election.slug, place, language])
    return text_of(Client().get(address))


def list_of_commission(election: Election, part: str = "constituency") -> str:
    chair = make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    return text_of(signed_in(chair).get(address_of(make.commission_of(election), part)))


def address_of(commission: Any, part: str = "constituency") -> str:
    return reverse("admin:observers_application_list_pdf", args=[commission.pk, part])


def text_of(answer: Any) -> str:
    """In one line: a name may be broken anywhere. Lists are kept for a minute; not in a test."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    cache.clear()
    read = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    return " ".join(read.replace("\u200b", "").split())


def in_order(text: str, *names: str) -> list[str]:
    """Those that stand in the text, as they follow one another."""
    return sorted((name for name in names if name in text), key=text.index)


# --- Who stands on it ----------------------------------------------------------------------------


def test_names_stand_in_azerbaijani_order_with_every_letter(election):
    for name in reversed(ALPHABET):
        registered(election, name)
    order = [name.split()[0] for name in ALPHABET]
    text = list_of_commission(election)
    assert in_order(text, *order) == order
    assert [name for name in ALPHABET if name not in text] == []


def test_a_line_says_number_name_nominator_kind_serial_and_end(election, theirs):
    row = registered(election, organisation=theirs)
    ends = make.badge_of(row).valid_until.astimezone(election.zone) - datetime.timedelta(minutes=1)
    nominator = f"{theirs.name} · Political party"
    line = f"1 {row.accreditation_number} Əliyev Elçin {nominator} 1 {ends:%d.%m.%Y} 24:00"
    assert line in public_list(election)


def test_only_the_badge_that_is_valid_now_is_named(election):
    row = registered(election)
    badges.replace(make.badge_of(row), why=IssueReason.LOST, by=make.the_chair(election))
    assert re.search(r"Own initiative 2 \d\d\.\d\d\.\d{4}", public_list(election))


def test_who_has_no_valid_badge_is_listed_as_such(election):
    row = make.without_badge(registered(election))
    assert f"{row.accreditation_number} Əliyev Elçin Own initiative no valid badge" in public_list(
        election
    )


def test_a_badge_has_ended_at_its_last_moment_unless_the_run_off_keeps_it(election):
    row = registered(election)
    Badge.unscoped.filter(application=row).update(valid_until=database_now())
    assert "no valid badge" in public_list(election)
    RunOff.objects.create(
        election=election,
        polling_on=election.polling_on,
        badges_until=database_now() + make.DAY,
        announced_by=make.the_chair(election),
    )
    assert "no valid badge" not in public_list(election)


def test_each_stands_on_the_list_of_their_place(election):
    registered(election, "Bir Birinci")
    registered(election, "İki İkinci", constituency=2)
    registered(election, "Ölkə Bütöv", scope="nationwide")
    registered(election, "Xüsusi İcazə", scope="special_permission")
    everybody = ("Bir Birinci", "İki İkinci", "Ölkə Bütöv", "Xüsusi İcazə")
    lists = [in_order(public_list(election, place), *everybody) for place in (1, 2, "nationwide")]
    assert lists == [["Bir Birinci"], ["İki İkinci"], ["Ölkə Bütöv"]]


def test_who_is_not_registered_stands_on_none(election):
    make.a_submitted(election=election, surname="Gözləyən")
    make.a_cancelled(election=election, surname="Ləğv")
    make.a_refused(election=election, surname="İmtina")
    assert "Nobody is registered yet." in public_list(election)


def test_it_says_where_when_how_many_and_how_to_check(election, settings):
    settings.SITE_URL = "https://observers.example.org"
    registered(election)
    text = public_list(election)
    now = database_now().astimezone(election.zone)
    assert "1 Constituency 1 (en)" in text
    assert f"1 observer · As of {now:%A} {now.day} {now:%B %Y}, {now:%H}:" in text
    assert "observers.example.org/verify/" in text
    assert "Polling station No" in text
    assert "Page 1 of 1" in text


def test_it_is_printed_in_the_language_of_its_address(election):
    assert "Зарегистрированные наблюдатели" in public_list(election, language="ru")
    assert "Qeydiyyata alınmış müşahidəçilər" in public_list(election, language="az")


# --- What never stands on it ---------------------------------------------------------------------


@pytest.mark.parametrize("part", ["constituency", "nationwide"])
def test_nothing_sealed_is_printed_even_for_the_commission(election, part):
    sealed = {
        "identity_number": "AZE7654321",
        "birth_on": datetime.date(1971, 12, 30),
        "address": "Gizli küçə 7",
        "phone": "+994501234567",
        "email": "gizli@example.org",
    }
    registered(election, scope=part, **sealed)
    text = list_of_commission(election, part)
    assert "Əliyev Elçin" in text
    told = ("AZE7654321", "1971", "30.12", "Gizli", "1234567", "gizli@")
    assert [word for word in told if word in text] == []


def test_the_public_list_shows_of_a_name_what_the_register_shows(election):
    row = registered(election, "Əliyev Çingiz", patronymic="Rəsul oğlu")
    shown = {}
    for policy in ("full", "initials", "number"):
        Election.objects.filter(pk=election.pk).update(name_policy=policy)
        shown[policy] = public_list(election)
    assert "Əliyev Çingiz Rəsul oğlu" in shown["full"]
    assert "Əliyev Ç. R. " in shown["initials"]
    assert "Çingiz" not in shown["initials"]
    assert row.accreditation_number in shown["number"]
    assert "Əliyev" not in shown["number"]


def test_without_names_the_order_is_that_of_the_numbers(election):
    rows = [registered(election, name) for name in ("Zöhrabov Yusif", "Abbasov Əli")]
    Election.objects.filter(pk=election.pk).update(name_policy="number")
    numbers = [row.accreditation_number for row in rows]
    assert in_order(public_list(election), *numbers) == sorted(numbers)


def test_a_kind_whose_names_are_withheld_stands_behind_the_others_by_number(election, theirs):
    rows = [registered(election, name) for name in ("Zöhrabov Yusif", "Abbasov Əli")]
    registered(election, "Mirzəyev Nəbi", organisation=theirs)
    policies = {"own_initiative": "number", "party": "full"}
    Election.objects.filter(pk=election.pk).update(name_policies=policies)
    numbers = [row.accreditation_number for row in rows]
    text = public_list(election)
    assert in_order(text, "Mirzəyev Nəbi", *numbers) == ["Mirzəyev Nəbi", *sorted(numbers)]
    assert "Abbasov" not in text


def test_the_commission_reads_full_names_whatever_the_register_shows(election):
    registered(election, "Əliyev Çingiz", patronymic="Rəsul oğlu")
    Election.objects.filter(pk=election.pk).update(name_policy="number")
    assert "Əliyev Çingiz Rəsul oğlu" in list_of_commission(election)


# --- Kept, and made in turn ----------------------------------------------------------------------


def test_a_list_is_kept_for_a_minute_for_everybody(election):
    address = reverse("register:list_pdf", args=[election.slug, 1, "en"])
    first = Client().get(address)
    registered(election)
    second = Client().get(address)
    assert first["Cache-Control"] == "public, max-age=60"
    assert first.content == second.content


def test_the_commissions_list_is_no_caches_and_no_publics(election):
    registered(election)
    Election.objects.filter(pk=election.pk).update(name_policy="number", languages=["en"])
    chair = make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    answer = signed_in(chair).get(address_of(make.commission_of(election)))
    assert "no-store" in answer["Cache-Control"]
    public = Client().get(reverse("register:list_pdf", args=[election.slug, 1, "en"]))
    assert "Əliyev" not in text_of(public)


def test_who_comes_while_too_many_are_made_is_asked_to_come_again(election, monkeypatch):
    monkeypatch.setattr(made_lists, "AT_ONCE", 0)
    monkeypatch.setattr(made_lists, "WAIT_SECONDS", 0)
    answer = Client().get(reverse("register:list_pdf", args=[election.slug, 1, "en"]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "no-store" in answer["Cache-Control"]


def test_a_list_that_failed_leaves_its_place_to_the_next(election, monkeypatch):
    asked = made_lists.ObserverList(election, None, is_public=True, language="en")
    with monkeypatch.context() as broken:
        broken.setattr(made_lists.observer_lists, "as_pdf", lambda _asked: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            made_lists.made(asked)
    assert made_lists.made(asked).startswith(b"%PDF")


def test_without_redis_a_list_is_made_all_the_same(election, settings):
    registered(election)
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    try:
        address = reverse("register:list_pdf", args=[election.slug, 1, "en"])
        assert Client().get(address).status_code == 200
    finally:
        caches.close_all()


# --- The pages -----------------------------------------------------------------------------------


def test_the_page_of_lists_counts_what_each_holds(election):
    registered(election)
    registered(election, scope="nationwide")
    page = Client(headers={"accept-language": "en"}).get(
        reverse("register:lists", args=[election.slug])
    )
    assert page.context["nationwide"]["count"] == 1
    assert [place["count"] for place in page.context["places"]] == [1, 0]


def test_the_register_of_a_constituency_offers_its_list(election):
    registered(election)
    wanted = reverse("register:list_pdf", args=[election.slug, 1, "en"])
    english = Client(headers={"accept-language": "en"})
    page = english.get(reverse("register:constituency", args=[election.slug, 1]))
    assert f'href="{wanted}"' in page.content.decode()


def test_a_commissions_own_page_leads_to_its_two_lists(election):
    registered(election)
    registered(election, scope="nationwide")
    chair = make.a_staff_member(StaffRole.CONSTITUENCY_CHAIR, election)
    page = signed_in(chair).get(reverse("admin:observers_application_dashboard"))
    commission = make.commission_of(election)
    assert [(each["count"], each["url"]) for each in page.context["lists"]] == [
        (1, address_of(commission)),
        (1, address_of(commission, "nationwide")),
    ]


def test_the_central_commission_prints_any(election):
    reviewer = signed_in(make.a_staff_member(StaffRole.CENTRAL_REVIEWER, election))
    page = reviewer.get(reverse("admin:observers_application_lists"))
    (its,) = page.context["elections"]
    addresses = [its["nationwide"]["url"], *(place["url"] for place in its["places"])]
    assert [reviewer.get(address).status_code for address in addresses] == [200, 200, 200]


def test_the_central_commission_has_no_constituency_of_its_own(election):
    reviewer = signed_in(make.a_staff_member(StaffRole.CENTRAL_REVIEWER, election))
    assert reviewer.get(address_of(make.central_commission(election))).status_code == 404


def test_axe_finds_nothing(new_visitor, election):
    registered(election)
    phone = new_visitor(width=360)
    phone.goto(reverse("register:lists", args=[election.slug]))
    assert axe_findings(phone) == []
    chair = make.a_staff_member(StaffRole.CENTRAL_CHAIR, election)
    staff = with_session(new_visitor(), chair)
    staff.goto(reverse("admin:observers_application_lists"))
    assert axe_findings(staff) == []


# --- Who else ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "place", [("hidden", 1, "en"), ("shown", 99, "en"), ("shown", 1, "fr"), ("shown", "x1", "en")]
)
def test_there_is_no_list_of_what_is_not_published(election, place):
    hidden = make.an_election(is_published=False)
    slug = {"hidden": hidden.slug, "shown": election.slug}[place[0]]
    assert Client().get(reverse("register:list_pdf", args=[slug, *place[1:]])).status_code == 404


def test_another_commission_a_stranger_and_an_applicant_get_no_full_names(election):
    applicant = registered(election).applicant
    address = address_of(make.commission_of(election))
    neighbour = make.a_staff_member(
        StaffRole.CONSTITUENCY_CHAIR, make.commission_of(election, number=2)
    )
    foreign = make.a_staff_member(StaffRole.CENTRAL_CHAIR, make.an_election())
    assert [signed_in(user).get(address).status_code for user in (neighbour, foreign)] == [404, 404]
    assert signed_in(applicant).get(address).status_code == 404
    assert Client().get(address)["Location"].startswith(reverse("admin:login"))
