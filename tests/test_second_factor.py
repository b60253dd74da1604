"""Staff work with a second factor; nobody else has to."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

from accounts.enums import StaffRole
from tests.builders import a_staff_member, a_submitted, a_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _required(settings) -> None:
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def signed_in_reviewer(client: Client):
    application = a_submitted()
    reviewer = a_staff_member(StaffRole.CONSTITUENCY_REVIEWER, application.election)
    client.force_login(reviewer)
    reviewer.application = application
    return reviewer


def pages(reviewer) -> list[str]:
    """A page of the admin, and a file that stands outside it."""
    return [reverse("admin:index"), reverse("apply:photo", args=[reviewer.application.key])]


def test_staff_without_a_second_factor_are_led_to_setting_one_up(client, signed_in_reviewer):
    for page in pages(signed_in_reviewer):
        assert client.get(page)["Location"] == reverse("mfa_index")


def test_setting_one_up_is_open_to_them(client, signed_in_reviewer):
    assert client.get(reverse("mfa_index")).status_code == 200


def test_staff_with_a_second_factor_go_on_working(client, signed_in_reviewer):
    TOTP.activate(signed_in_reviewer, generate_totp_secret())
    for page in pages(signed_in_reviewer):
        assert client.get(page).status_code == 200


def test_applicants_need_none(client):
    client.force_login(a_user())
    assert client.get(reverse("apply:start")).status_code == 200
