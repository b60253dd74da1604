"""The whole road in a real browser: from signing up to being found in the register."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.enums import StaffRole
from accounts.models import User
from elections.models import Election
from observers.models import Application
from tests import builders
from tests.smtp_sink import SmtpSink

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "correct horse battery staple"
NewVisitor = Callable[..., Page]


@pytest.fixture
def election() -> Election:
    return builders.an_election()


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """As a phone takes it: larger than needed, lying on its side, not 3 by 4."""
    path = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (1600, 1200), "#8899aa").save(path, exif=exif)
    return path


def test_an_organisation_goes_from_signing_up_to_the_register(
    election: Election,
    new_visitor: NewVisitor,
    smtp_sink: SmtpSink,
    celery_worker: None,
    portrait: Path,
) -> None:
    coordinator = sign_up(new_visitor(), smtp_sink, "coordinator@example.org")
    apply_for_the_organisation(coordinator, name="Açıq Səsvermə")

    chair = sign_in(new_visitor(), builders.a_staff_member(StaffRole.CENTRAL_CHAIR, election))
    decide(chair, "nominationright", "Açıq Səsvermə", "Grant")
    smtp_sink.wait_for("coordinator@example.org", count=3)

    enter_an_observer(coordinator, portrait, surname="Çələbiyev", given_name="İlqar")
    coordinator.get_by_role("button", name="Send the application").click()
    expect(coordinator.locator("main")).to_contain_text("R-0")

    decide(chair, "application", "Çələbiyev İlqar", "Approve")
    letters = smtp_sink.wait_for("coordinator@example.org", count=5)
    assert "registered" in str(letters[-1]["Subject"]).lower()

    anybody = new_visitor(width=360, script=False)
    anybody.goto(f"/elections/{election.slug}/register/")
    anybody.get_by_label("Find an observer").fill("celebiyev ilqar")
    anybody.get_by_role("button", name="Find").click()
    expect(anybody.get_by_role("row", name=re.compile("Çələbiyev İlqar"))).to_be_visible()


def test_a_citizen_is_asked_to_correct_and_then_refused_with_reasons(
    election: Election,
    new_visitor: NewVisitor,
    smtp_sink: SmtpSink,
    celery_worker: None,
    portrait: Path,
) -> None:
    citizen = sign_up(new_visitor(width=360), smtp_sink, "citizen@example.org")
    citizen.goto("/apply/")
    citizen.get_by_label(re.compile("^One constituency")).check()
    citizen.get_by_role("button", name="Begin the application").click()
    fill_in(citizen, portrait, surname="Qasımova", given_name="Aygün")
    citizen.get_by_role("button", name="Send the application").click()
    expect(citizen.locator("main")).to_contain_text("R-0")
    receipt = Application.unscoped.get().receipt_number

    reviewer = builders.a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, election)
    desk = sign_in(new_visitor(), reviewer)
    open_application(desk, "Qasımova")
    desk.get_by_role("link", name="Return for correction").click()
    desk.get_by_label("Address").check()
    desk.get_by_label("What to do").fill("Write the number of the flat.")
    press(desk, "Return for correction")
    smtp_sink.wait_for("citizen@example.org", count=3)

    citizen.goto(builders.stored(Application.unscoped.get()).get_absolute_url())
    expect(citizen.locator("main")).to_contain_text("Write the number of the flat.")
    citizen.get_by_role("link", name=re.compile("^Address and contact")).click()
    citizen.get_by_label("Address").fill("Bakı, Nizami küçəsi 5, mənzil 7")
    save(citizen)
    citizen.goto(f"/apply/{Application.unscoped.get().key}/check/")
    with citizen.expect_navigation():
        citizen.get_by_role("button", name="Send again").click()
    assert Application.unscoped.get().receipt_number == receipt

    open_application(desk, "Qasımova")
    desk.get_by_role("link", name="Refuse").click()
    desk.get_by_label(re.compile("not confirmed", re.I)).first.check()
    desk.get_by_label("Series and number").or_(desk.get_by_label("Number of the document")).check()
    desk.get_by_label("What was checked").fill("The register does not know this number.")
    press(desk, "Refuse")

    letter = in_plain_text(smtp_sink.wait_for("citizen@example.org", count=4)[-1])
    for words in ("not confirmed", "The register does not know this number.", "The body above"):
        assert words in letter


# --- What people do ---------------------------------------------------------------------------


def sign_up(page: Page, smtp_sink: SmtpSink, address: str) -> Page:
    page.goto("/accounts/signup/")
    page.get_by_label("Your full name").fill("Leyla Quliyeva")
    page.locator("input[name=email]").fill(address)
    page.get_by_label("Language of letters to you").select_option("en")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Open the account").click()
    letter = in_plain_text(smtp_sink.wait_for(address)[0])
    links = re.findall(r"http://\S+confirm-email/\S+", letter)
    page.goto(links[0])
    with page.expect_navigation():
        page.get_by_role("button", name="Confirm this address").click()
    return page


def in_plain_text(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def sign_in(page: Page, staff: User) -> Page:
    staff.set_password(PASSWORD)
    staff.save()
    page.goto("/admin/")
    page.locator("input[name=login]").fill(staff.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/admin/")
    return page


def apply_for_the_organisation(page: Page, *, name: str) -> None:
    page.goto("/organisations/new/")
    page.get_by_label("Non-governmental organisation").check()
    page.get_by_label("Full name").fill(name)
    page.get_by_label("Address").fill("Bakı, Nizami küçəsi 5")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Apply for the nomination right").click()
    page.get_by_role("link", name="Check and send").click()
    page.get_by_role("button", name="Send the application").click()
    expect(page.locator("main")).to_contain_text("N-0")
    page.get_by_role("link", name="To the desk").click()


def enter_an_observer(page: Page, portrait: Path, *, surname: str, given_name: str) -> None:
    page.reload()
    page.get_by_role("link", name="Enter an observer").first.click()
    page.get_by_label(re.compile("^One constituency")).check()
    page.get_by_label("Constituency", exact=True).select_option(index=1)
    page.get_by_role("button", name=re.compile("continue|Begin|Enter", re.I)).click()
    fill_in(page, portrait, surname=surname, given_name=given_name)


def fill_in(page: Page, portrait: Path, *, surname: str, given_name: str) -> None:
    """All parts of the form, from the list of parts to the page where everything is checked."""
    page.wait_for_url("**/apply/*/")
    address = page.url
    part = re.compile
    page.get_by_role("link", name=part("^Place")).click()
    page.get_by_label(part("^One constituency")).check()
    page.get_by_label("Constituency", exact=True).select_option(index=1)
    save(page)
    page.goto(f"{address}person/")
    page.get_by_label("Surname").fill(surname)
    page.get_by_label("Given name").fill(given_name)
    page.get_by_label("Date of birth").fill("7.2.1990")
    page.get_by_label("Citizenship").select_option("AZ")
    page.get_by_label("Identity card", exact=True).check()
    page.get_by_label("Series and number").fill("aa 1234567")
    save(page)
    page.goto(f"{address}contact/")
    page.get_by_label("Address").fill("Bakı, Nizami küçəsi 5")
    save(page)
    page.goto(f"{address}photo/")
    page.get_by_label("Photo file").set_input_files(portrait)
    save(page)
    page.goto(f"{address}consent/")
    page.get_by_label(part("^I confirm")).check()
    save(page)
    page.goto(f"{address}check/")


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("and continue$")).click()


def open_application(page: Page, name: str) -> None:
    page.goto("/admin/observers/application/")
    page.get_by_role("link", name=re.compile(name)).click()


def decide(page: Page, register: str, name: str, action: str) -> None:
    room = "organisations" if register == "nominationright" else "observers"
    page.goto(f"/admin/{room}/{register}/")
    page.get_by_role("link", name=re.compile(name)).first.click()
    press(page, action)


def press(page: Page, action: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=action, exact=True).click()
