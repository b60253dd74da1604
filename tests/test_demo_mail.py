"""The page that shows a visitor of the demo the letters it has sent."""

import mailbox
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.urls import include, path

from config.urls import urlpatterns as portal_patterns

urlpatterns = [*portal_patterns, path("demo/mail/", include("notifications.demo_urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def box(settings: Any, tmp_path: Path, client: Any) -> mailbox.Maildir:
    settings.DEMO, settings.DEMO_MAILBOX = True, tmp_path / "mail"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return mailbox.Maildir(str(tmp_path / "mail"), create=True)


def arrives(box: mailbox.Maildir, subject: str, *, to: str = "a@example.org", age: int = 0) -> str:
    """A letter that arrived `age` seconds before now; returns the name of its file."""
    message = EmailMessage()
    message["Subject"], message["To"], message["From"] = subject, to, "portal@example.org"
    message["Date"] = "Sun, 28 Jan 2024 20:30:00 -0000"
    message.set_content("See http://localhost:8000/apply/ now.\n<b>Plain</b>")
    message.add_alternative("<p>Other</p><script>alert(1)</script>", subtype="html")
    file = next(Path(box._path, "new").glob(f"{box.add(message)}*"))
    then = file.stat().st_mtime - age
    os.utime(file, (then, then))
    return file.name


def test_the_newest_letter_stands_first(client, box):
    arrives(box, "Older", age=60)
    arrives(box, "Newer")
    html = client.get("/demo/mail/").content.decode()
    assert html.index("Newer") < html.index("Older")


def test_letters_can_be_narrowed_to_an_address(client, box):
    arrives(box, "For Anar", to="anar@example.org")
    arrives(box, "For Leyla", to="leyla@example.org")
    html = client.get("/demo/mail/", {"to": "ANAR"}).content.decode()
    assert ("For Anar" in html, "For Leyla" in html) == (True, False)


def test_a_letter_opens_as_text_with_its_links(client, box):
    html = client.get(f"/demo/mail/{arrives(box, 'Registered: Əliyev')}/").content.decode()
    assert "<h1>Registered: Əliyev</h1>" in html
    assert '<a href="http://localhost:8000/apply/" rel="nofollow">' in html
    assert "&lt;b&gt;Plain&lt;/b&gt;" in html
    assert "alert(1)" not in html
    assert "2024-01-29 00:30:00" in html


def test_fifty_letters_make_a_page(client, box):
    for number in range(51):
        arrives(box, f"Letter {number:03}", age=number)
    first = client.get("/demo/mail/").content.decode()
    second = client.get("/demo/mail/?page=1").content.decode()
    assert ("Letter 049" in first, "Letter 050" in first) == (True, False)
    assert ("Letter 049" in second, "Letter 050" in second) == (False, True)
    assert 'href="?page=1" rel="next"' in first


@pytest.mark.parametrize("page", ["-1", "x", "99999999999", "1e3", "٣", "\0"])
def test_a_page_that_is_not_there_breaks_nothing(client, box, page):
    arrives(box, "Letter")
    assert client.get("/demo/mail/", {"page": page, "to": "\0"}).status_code == 200
    assert client.get("/demo/mail/", {"page": page}).status_code == 200


@pytest.mark.parametrize("name", ["unknown", "..", "%2e%2e%2fsecret", "new", "%00"])
def test_a_letter_that_is_not_there_is_not_found(client, box, name):
    assert client.get(f"/demo/mail/{name}/").status_code == 404


def test_an_empty_mailbox_says_what_it_would_show(client, settings, tmp_path):
    settings.DEMO, settings.DEMO_MAILBOX = True, tmp_path / "none"
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "No letter has been sent yet." in client.get("/demo/mail/").content.decode()


def test_outside_the_demo_there_is_no_such_page(client, box, settings):
    name = arrives(box, "Letter")
    settings.DEMO = False
    for address in ("/demo/mail/", f"/demo/mail/{name}/"):
        assert client.get(address).status_code == 404
