"""Checking badges in a real browser, mostly in airplane mode: what phones say by themselves."""

import base64
import datetime
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import segno
from django.core.cache import cache
from django.templatetags.static import static
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from elections.enums import Scope
from elections.models import RunOff
from observers.badges import revocations, tokens
from observers.badges.keys import from_seed
from observers.domain import badges
from observers.domain.ended_badges import ended_badges
from observers.domain.verification import Place, verdict
from observers.enums import BadgeStatus, IssueReason
from observers.models import Badge
from tests import builders as make
from tests.badge_codes import a_badge, code_of
from tests.conftest import CHROMIUM_OPTIONS
from tests.visitors import Visitors, axe_findings

pytestmark = pytest.mark.django_db(transaction=True)

VECTORS = json.loads(Path("docs/badge-test-vectors.json").read_text())
WITHOUT_ED25519 = """
  const own = SubtleCrypto.prototype.importKey;
  SubtleCrypto.prototype.importKey = function (format, key, algorithm, ...others) {
    if (algorithm === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
    return own.call(this, format, key, algorithm, ...others);
  };
"""
ARE_ACTIVE = """async () => {
  const registrations = await navigator.serviceWorker.getRegistrations();
  const active = registrations.filter((each) => each.active?.state === "activated");
  return active.length === 2;
}"""


@pytest.fixture
def badge(election: Any) -> Badge:
    """For constituency 1."""
    return a_badge(election=election, surname="Əliyeva", given_name="Nərmin", patronymic="")


@pytest.fixture
def phone(new_visitor: Callable[..., Page]) -> Page:
    return new_visitor(width=360)


def ready(page: Page, address: str = "/verify/") -> Page:
    """The page has been opened once with a network."""
    page.goto(address)
    expect(page.get_by_text("This phone is ready to check badges")).to_be_visible()
    return page


def opened_without_all(page: Page) -> Page:
    """Opened once, and the page itself is on the phone, but something was not to be had."""
    expect(page.get_by_text("This phone cannot check badges without a network")).to_be_visible()
    while not page.evaluate(ARE_ACTIVE):
        page.wait_for_timeout(50)
    return page


def airplane(page: Page) -> Page:
    page.context.set_offline(True)
    return page


def opened(page: Page, badge: Badge, **others: Any) -> str:
    """The verdict on a code that the phone's camera opens."""
    page.goto(f"/V/{code_of(badge, **others)}")
    return shown(page)


def shown(page: Page) -> str:
    outcome = page.locator("[data-part=result] [data-verdict]")
    outcome.wait_for()
    return str(outcome.get_attribute("data-verdict"))


def stands_in(page: Page, badge: Badge, constituency: int) -> None:
    place = f"{badge.application.election_id}-{constituency}"
    if page.get_by_label("Your polling station is in").is_hidden():
        page.locator("[data-part=place-says]").click()
    page.get_by_label("Your polling station is in").select_option(place)
    page.get_by_role("button", name="Remember").click()
    expect(page.locator("[data-part=place-says]")).to_contain_text("You are here")


# --- In airplane mode -----------------------------------------------------------------------------


def test_a_valid_badge_is_told_without_a_network(badge, phone):
    airplane(ready(phone))
    assert opened(phone, badge) == "valid"
    expect(phone.locator("h1:visible")).to_have_text("Valid")
    main = phone.locator("main")
    expect(main).to_contain_text(badge.number)
    expect(main).to_contain_text("There is no network")
    expect(main).to_contain_text("The list of revoked badges on this phone is from")
    expect(main).not_to_contain_text("Əliyeva")


def test_the_page_itself_opens_without_a_network_in_each_language(badge, phone):
    airplane(ready(phone))
    for language in ("az", "ru"):
        phone.goto(f"/verify/?language={language}")
        expect(phone.locator("html")).to_have_attribute("lang", language)
    phone.goto("/verify/")
    expect(phone.locator("html")).to_have_attribute("lang", "ru")


def test_a_badge_for_another_constituency_is_told_without_a_network(badge, phone):
    ready(phone)
    stands_in(phone, badge, 2)
    airplane(phone)
    assert opened(phone, badge) == "elsewhere"
    expect(phone.locator("main")).to_contain_text("Valid, but for another place: 1 ")
    stands_in(phone, badge, 1)
    expect(phone.locator("[data-part=result] h1")).to_have_text("Valid")


def test_a_place_of_an_election_that_is_over_is_none_without_a_network(badge, phone):
    ready(phone)
    phone.evaluate("document.cookie = 'verify_place=999999-2; path=/'")
    airplane(phone)
    assert opened(phone, badge) == "valid"
    expect(phone.locator("main")).to_contain_text("Say below where you are, once")


def test_a_revoked_and_a_replaced_badge_are_told_without_a_network(election, badge, phone):
    cancelled = make.badges_of(make.a_cancelled(election=election)).get()
    newer = badges.replace(badge, why=IssueReason.LOST, by=make.the_chair(election))
    airplane(ready(phone))
    assert opened(phone, cancelled) == "revoked"
    assert opened(phone, badge) == "replaced"
    assert opened(phone, newer) == "valid"


def test_an_expired_badge_and_one_of_tomorrow_are_told_without_a_network(badge, phone):
    airplane(ready(phone))
    past, hour = badge.valid_from - datetime.timedelta(days=2), datetime.timedelta(hours=1)
    assert opened(phone, badge, valid_from=past, valid_until=past + hour) == "expired"
    coming = badge.valid_from + datetime.timedelta(days=1)
    assert opened(phone, badge, valid_from=coming) == "not_yet"


def test_a_run_off_keeps_badges_valid_without_a_network(badge, phone):
    election = badge.application.election
    RunOff.objects.create(
        election=election,
        polling_on=election.polling_on,
        badges_until=badge.valid_until,
        announced_by=make.the_chair(election),
    )
    airplane(ready(phone))
    past = badge.valid_from - datetime.timedelta(days=2)
    until = past + datetime.timedelta(hours=1)
    assert opened(phone, badge, valid_from=past, valid_until=until) == "valid"


def test_a_forged_code_is_told_without_a_network(badge, phone, settings):
    genuine = code_of(badge)
    settings.BADGE_KEYS = ["k1:" + base64.b64encode(b"another" * 4 + b"seed").decode()]
    forged = code_of(badge)
    settings.BADGE_KEYS = portal_keys()
    airplane(ready(phone))
    for code in (forged, genuine[:-9] + "A" + genuine[-8:], genuine.lower(), "ABC234" * 20, "ABC"):
        phone.goto(f"/V/{code}")
        assert shown(phone) == "not_genuine"
        expect(phone.locator("main")).not_to_contain_text(badge.number)


def portal_keys() -> list[str]:
    return os.environ["BADGE_KEYS"].split(",")


def test_a_number_alone_is_not_judged_without_a_network(badge, phone):
    airplane(ready(phone))
    phone.get_by_label("Number on the badge").fill(badge.number)
    phone.get_by_role("button", name="Check", exact=True).click()
    assert shown(phone) == "not_asked"
    expect(phone.locator("main")).to_contain_text("A number alone cannot be checked")
    phone.goto(f"/verify/{badge.number}/")
    assert shown(phone) == "not_asked"


def test_a_link_that_is_pasted_is_checked_without_a_network(badge, phone):
    airplane(ready(phone))
    phone.get_by_label("Number on the badge").fill(tokens.link(code_of(badge)))
    phone.get_by_label("Number on the badge").press("Enter")
    assert shown(phone) == "valid"
    phone.go_back()
    expect(phone.locator("[data-part=result]")).to_be_hidden()


# --- What the phone does not have -----------------------------------------------------------------


def test_without_keys_nothing_is_said_of_a_badge(badge, phone):
    phone.context.route(re.compile("keys.json|status.cwt"), lambda route: route.abort())
    phone.goto("/verify/")
    expect(
        phone.get_by_text("This phone cannot check badges without a network yet")
    ).to_be_visible()
    while not phone.evaluate(ARE_ACTIVE):
        phone.wait_for_timeout(50)
    airplane(phone)
    assert opened(phone, badge) == "not_checked"
    expect(phone.locator("main")).not_to_contain_text(badge.number)


def test_without_a_list_a_genuine_badge_is_not_called_valid(badge, phone):
    phone.context.route("**/status.cwt", lambda route: route.abort())
    phone.goto("/verify/")
    expect(
        phone.get_by_text("This phone cannot check badges without a network yet")
    ).to_be_visible()
    while not phone.evaluate(ARE_ACTIVE):
        phone.wait_for_timeout(50)
    airplane(phone)
    assert opened(phone, badge) == "not_on_list"
    expect(phone.locator("main")).to_contain_text("The signature is genuine.")
    expect(phone.locator("main")).to_contain_text("This phone has no list of revoked badges.")


def test_a_list_that_nobody_signed_replaces_nothing(badge, phone):
    ready(phone)
    phone.context.route("**/status.cwt", lambda route: route.fulfill(body="<html>Log in</html>"))
    phone.reload()
    airplane(phone)
    assert opened(phone, badge) == "valid"


def test_an_older_list_does_not_replace_a_newer_one(election, badge, phone):
    now = datetime.datetime.now(datetime.UTC)
    older = revocations.signed(ended_badges(), now=now - datetime.timedelta(hours=1))
    badges.replace(badge, why=IssueReason.LOST, by=make.the_chair(election))
    ready(phone)
    phone.context.route("**/status.cwt", lambda route: route.fulfill(body=older))
    ready(phone)
    airplane(phone)
    assert opened(phone, badge) == "replaced"


@pytest.mark.parametrize(
    ("hours", "verdict", "sentence"),
    [
        (3, "valid", "Age: 3 hours."),
        (30, "valid", "The list of revoked badges on this phone is old"),
        (72, "not_on_list", "The list of revoked badges on this phone is old"),
    ],
)
def test_the_age_of_the_list_is_always_said(badge, phone, hours, verdict, sentence):
    ready(phone)
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=hours, minutes=2)
    phone.clock.set_fixed_time(later)
    airplane(phone)
    assert opened(phone, badge) == verdict
    is_ready = "is ready" if hours < 48 else "cannot check badges without a network"
    expect(phone.locator("[data-part=stock]")).to_contain_text(f"This phone {is_ready}")
    note = phone.locator(".note", has_text=sentence)
    expect(note).to_be_visible()
    assert ("note--strong" in str(note.get_attribute("class"))) == (hours > 24)


def test_what_was_revoked_since_the_list_was_made_is_seen_with_the_next_one(election, badge, phone):
    ready(phone)
    badges.replace(badge, why=IssueReason.LOST, by=make.the_chair(election))
    airplane(phone)
    assert opened(phone, badge) == "valid"
    cache.clear()
    phone.context.set_offline(False)
    ready(phone)
    airplane(phone)
    assert opened(phone, badge) == "replaced"


# --- With a network -------------------------------------------------------------------------------


def test_the_servers_word_replaces_the_phones(election, badge, phone):
    ready(phone)
    assert opened(phone, badge) == "valid"
    expect(phone.locator(".person__name")).to_have_text("Əliyeva Nərmin")
    expect(phone.get_by_alt_text("The photo on the badge")).to_be_visible()
    phone.wait_for_function("() => document.querySelector('.photo').naturalWidth === 300")
    badges.replace(badge, why=IssueReason.LOST, by=make.the_chair(election))
    phone.reload()
    expect(phone.locator("[data-part=result] h1")).to_have_text("Replaced")


def test_the_first_code_that_a_phone_opens_makes_it_ready(badge, phone):
    phone.goto(f"/V/{code_of(badge)}")
    expect(phone.locator(".person__name")).to_have_text("Əliyeva Nərmin")
    expect(phone.get_by_text("This phone is ready to check badges")).to_be_visible()
    airplane(phone)
    assert opened(phone, badge) == "valid"


def test_every_way_works_without_script(badge, new_visitor):
    page = new_visitor(width=360, script=False)
    page.goto("/verify/")
    expect(page.get_by_role("button", name="Scan the code")).to_be_hidden()
    page.get_by_label("Number on the badge").fill(badge.number.lower().replace("-", " "))
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("h1")).to_have_text("Valid")
    stands = f"{badge.application.election_id}-2"
    page.get_by_label("Your polling station is in").select_option(stands)
    page.get_by_role("button", name="Remember").click()
    expect(page.locator("h1")).to_have_text("Not here")
    page.goto(f"/V/{code_of(badge)}")
    expect(page.locator("h1")).to_have_text("Not here")
    page.get_by_role("link", name="ru").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")


# --- The same verdict everywhere ------------------------------------------------------------------

JUDGED = """async ([address, tokens, jwks]) => {
  const {verified} = await import(address.token);
  const {keysOf} = await import(address.signature);
  const keys = keysOf(jwks);
  const said = [];
  for (const token of tokens) said.push((await verified(token, keys)).isGenuine);
  return said;
}"""


def judged(page: Page, codes: list[str], jwks: dict[str, Any]) -> list[bool | None]:
    modules = {name: static(f"js/verify/{name}.js") for name in ("token", "signature")}
    page.goto("/verify/")
    return list(page.evaluate(JUDGED, [modules, codes, jwks]))


@pytest.mark.parametrize("own", [True, False], ids=["by the browser", "by the vendored library"])
def test_the_published_vectors_are_judged_as_by_the_portal(election, new_visitor, own):
    page = new_visitor()
    if not own:
        page.add_init_script(WITHOUT_ED25519)
    genuine = [vector["token"] for vector in VECTORS["genuine"]]
    others = {vector["why"]: vector["token"] for vector in VECTORS["not_genuine"]}
    assert judged(page, genuine, {"keys": [VECTORS["key"]["jwk"]]}) == [True] * len(genuine)
    said = judged(page, list(others.values()), {"keys": [VECTORS["key"]["jwk"]]})
    assert [why for why, is_genuine in zip(others, said, strict=True) if is_genuine] == []


def test_every_turned_bit_is_refused_by_the_browser(badge, new_visitor, settings):
    code = code_of(badge)
    whole = base64.b32decode(code + "=" * (-len(code) % 8))
    turned = [
        bytes([*whole[:place], whole[place] ^ 1 << bit, *whole[place + 1 :]])
        for place in range(len(whole))
        for bit in range(8)
    ]
    codes = [base64.b32encode(each).decode().rstrip("=") for each in turned]
    kid, seed = settings.BADGE_KEYS[0].split(":")
    jwks = {"keys": [from_seed(kid, base64.b64decode(seed)).jwk()]}
    said = judged(new_visitor(), [code, *codes], jwks)
    assert said[0] is True
    assert True not in said[1:]


def test_the_vendored_library_checks_where_the_browser_cannot(badge, phone):
    phone.add_init_script(WITHOUT_ED25519)
    airplane(ready(phone))
    assert opened(phone, badge) == "valid"
    code = code_of(badge)
    phone.goto(f"/V/{code[:-9]}{'A' if code[-9] != 'A' else 'B'}{code[-8:]}")
    assert shown(phone) == "not_genuine"


SAID = """async ([address, cases]) => {
  const {verdictOf} = await import(address);
  return cases.map(({facts, status, place, now, kept}) => {
    const list = {until: Infinity, statusOf: () => status, keptUntil: () => kept};
    return verdictOf({facts, isGenuine: true, list, place, now, keysAge: 0});
  });
}"""
PLACES = [None, (0, 0), (1, 5), (1, 6), (2, 5)]
STATUSES = [BadgeStatus.PRINTED, BadgeStatus.REVOKED, BadgeStatus.REPLACED]


def test_phone_and_portal_say_the_same_of_every_badge(new_visitor):
    """Everything that a verdict depends on, in every combination, on both sides of each moment."""
    cases, expected = [], []
    for scope, place, status, now, kept in itertools.product(
        Scope, PLACES, STATUSES, (99, 100, 199, 200, 299, 300), (0, 300)
    ):
        constituency = 5 if scope == Scope.CONSTITUENCY else 0
        facts = {"from": 100, "until": 200, "scope": scope, "election": 1, "index": 1}
        where = place and {"election": place[0], "constituency": place[1]}
        asks = {"status": "valid" if status == BadgeStatus.PRINTED else status, "now": now}
        cases.append(
            asks | {"facts": facts | {"constituency": constituency}, "place": where, "kept": kept}
        )
        expected.append(
            verdict(
                status=status,
                valid_from=at(100),
                until=at(max(200, kept)),
                scope=scope,
                home=Place(1, constituency),
                place=place and Place(*place),
                now=at(now),
            ).value
        )
    page = new_visitor()
    page.goto("/verify/")
    assert page.evaluate(SAID, [static("js/verify/verdict.js"), cases]) == expected
    assert len(set(expected)) == 6


def at(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


# --- Camera ---------------------------------------------------------------------------------------


def a_picture(path: Path, link: str, *, size: tuple[int, int] = (1280, 720)) -> Path:
    """The code as it lies before a camera: on grey, a third of the picture's height."""
    code = path.with_suffix(".code.png")
    segno.make(link, error="m", micro=False).save(str(code), scale=6, border=4)
    scene = Image.new("RGB", size, "#8a8f94")
    with Image.open(code) as drawn:
        side = size[1] * 2 // 3
        square = drawn.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
    scene.paste(square, ((size[0] - side) // 2, (size[1] - side) // 2))
    scene.save(path)
    return path


@pytest.fixture
def before_a_camera(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[Path], Page]]:
    """`before_a_camera(film)`: a browser of its own, whose camera shows that film."""
    with ExitStack() as stack:

        def started(film: Path) -> Page:
            options = [
                *CHROMIUM_OPTIONS,
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ]
            path = os.environ["PORTAL_CHROMIUM"]
            chromium = browser.browser_type.launch(executable_path=path, args=options)
            stack.callback(chromium.close)
            return Visitors(chromium, address=live_server.url, stack=stack)(width=360)

        yield started


def test_a_code_before_the_camera_is_read_and_checked(badge, before_a_camera, tmp_path):
    picture = a_picture(tmp_path / "badge.png", tokens.link(code_of(badge)))
    film = tmp_path / "badge.mjpeg"
    with Image.open(picture) as frame:
        frame.convert("RGB").save(film, "JPEG", quality=90)
    page = airplane(ready(before_a_camera(film)))
    page.get_by_role("button", name="Scan the code").click()
    assert shown(page) == "valid"
    assert page.url.endswith(f"/V/{code_of(badge)}")
    expect(page.locator("[data-part=scanner]")).to_be_hidden()


def test_a_picture_of_a_code_is_read_and_checked(badge, phone, tmp_path):
    airplane(ready(phone))
    picture = a_picture(tmp_path / "badge.jpg", tokens.link(code_of(badge)), size=(3000, 2000))
    phone.locator("[data-part=picture]").set_input_files(picture)
    assert shown(phone) == "valid"


def test_a_code_of_something_else_and_none_at_all_are_told_apart(election, phone, tmp_path):
    ready(phone)
    Image.new("RGB", (800, 600), "#8a8f94").save(tmp_path / "wall.png")
    phone.locator("[data-part=picture]").set_input_files(tmp_path / "wall.png")
    expect(phone.get_by_text("No code was found in that picture.")).to_be_visible()
    other = a_picture(tmp_path / "shop.png", "https://example.org/")
    phone.locator("[data-part=picture]").set_input_files(other)
    assert shown(phone) == "not_genuine"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("NotAllowedError", "The browser was not allowed to use the camera."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera cannot be used now"),
    ],
)
def test_a_camera_that_cannot_be_used_says_why(election, phone, error, sentence):
    phone.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject("
        f"new DOMException('', '{error}'));"
    )
    ready(phone)
    phone.get_by_role("button", name="Scan the code").click()
    expect(phone.locator("[data-part=scanner-says]")).to_contain_text(sentence)


# --- How it looks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [360, 1440])
def test_the_pages_are_sound_at_every_width(badge, new_visitor, width):
    page = new_visitor(width=width)
    for address in ("/verify/", f"/verify/{badge.number}/", f"/V/{code_of(badge)}", "/V/ABC"):
        page.goto(address)
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    airplane(page)
    page.goto(f"/V/{code_of(badge)}")
    assert shown(page) == "valid"
    assert axe_findings(page) == []


def test_a_phone_may_put_the_page_on_its_first_screen(election, phone):
    ready(phone)
    asked = phone.context.new_cdp_session(phone)
    hindrances = asked.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A browser of a test keeps nothing when it ends, and so installs nothing.
    assert [each["errorId"] for each in hindrances] == ["in-incognito"]
