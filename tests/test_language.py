"""The language switch: of a stranger it asks nothing, of somebody with an account a token."""

import pytest
from django.test import Client

from accounts.models import User
from tests.builders import a_user

pytestmark = pytest.mark.django_db


def switched(client: Client, language: str = "ru") -> int:
    asked = {"language": language, "next": "/"}
    return client.post("/language/", asked).status_code


def test_a_stranger_switches_without_a_token():
    client = Client(enforce_csrf_checks=True)
    assert switched(client) == 302
    assert 'lang="ru"' in client.get("/").content.decode()


def test_a_page_brings_a_stranger_no_cookie():
    assert not Client().get("/").cookies


def test_nobody_elses_page_changes_the_language_of_letters():
    user, client = a_user(language="en"), Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert switched(client) == 403
    assert User.objects.get(pk=user.pk).language == "en"


def test_letters_follow_the_language_of_somebody_with_an_account():
    user, client = a_user(language="en"), Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get("/")
    token = client.cookies["csrftoken"].value
    asked = {"language": "ru", "next": "/", "csrfmiddlewaretoken": token}
    assert client.post("/language/", asked).status_code == 302
    assert User.objects.get(pk=user.pk).language == "ru"


@pytest.mark.django_db(transaction=True)
def test_the_switch_works_in_a_browser_without_script(new_visitor):
    page = new_visitor(script=False)
    page.goto("/")
    page.get_by_role("button", name="ru").click()
    assert page.locator("html").get_attribute("lang") == "ru"
