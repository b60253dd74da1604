"""Staff work with a second factor; nobody else has to."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from accounts.models import User
from observers.models import Application
from tests.builders import a_staff_member, a_submitted, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def application(db: None) -> Application:
    return a_submitted()


@pytest.fixture
def reviewer(application: Application, client: Client) -> User:
    """Signed in with a password alone."""
    user = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, application.election)
    client.force_login(user)
    return user


def staff_pages(application: Application) -> list[str]:
    """A page of the admin, and a file that stands outside it."""
    return [reverse("admin:index"), reverse("apply:photo", args=[application.key])]


def test_staff_without_a_second_factor_are_led_to_setting_one_up(client, application, reviewer):
    for page in staff_pages(application):
        assert client.get(page)["Location"] == reverse("mfa_index")


def test_setting_one_up_is_open_to_them(client, reviewer):
    assert client.get(reverse("mfa_index")).status_code == 200


def test_staff_with_a_second_factor_go_on_working(client, application, reviewer):
    TOTP.activate(reviewer, generate_totp_secret())
    for page in staff_pages(application):
        assert client.get(page).status_code == 200


def test_applicants_need_none(client):
    client.force_login(a_user())
    assert client.get(reverse("apply:start")).status_code == 200
