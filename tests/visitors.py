"""People in front of a browser, and what axe-core finds on the page they see."""

from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Error, Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PATIENCE_MS = 10_000


class Visitors:
    """Called, it brings a new person with cookies of their own."""

    def __init__(self, browser: Browser, *, address: str, stack: ExitStack) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self._stack = stack

    def __call__(self, *, width: int = 1280, script: bool = True, language: str = "en") -> Page:
        """`width` in CSS pixels; `language` is what their browser asks for."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 800},
            java_script_enabled=script,
            locale=language,
        )
        self._stack.callback(context.close)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", self._script_threw)
        page.on("console", self._console_said)
        return page

    def _script_threw(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _console_said(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)


def axe_findings(page: Page) -> list[str]:
    """One line for each rule broken, with the first place; empty is what is wanted.

    Without axe's preloading of style sheets: where one imports another it would write them into
    the page, against the content policy, and the complaint would be ours.
    """
    page.wait_for_load_state()
    page.locator("main").wait_for()
    page.evaluate(_axe())
    found = page.evaluate("async () => (await axe.run({preload: false})).violations")
    return [f"{rule['id']}: {rule['help']} {rule['nodes'][0]['target']}" for rule in found]


@cache
def _axe() -> str:
    return AXE.read_text()


def signed_in(user: Any) -> Client:
    """Somebody who has signed in, and reads English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def with_session(page: Page, user: Any) -> Page:
    """The browser of that page, signed in as the user."""
    cookie = signed_in(user).cookies["sessionid"].value
    address = page.context.request.get("/").url
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    return page
