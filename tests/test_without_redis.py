"""The broker is gone on polling day: who checks a badge or reads the register is answered."""

import pytest
from django.core.cache import caches
from django.test import Client, override_settings

from tests.builders import an_approved

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture
def without_redis(settings):
    cache = settings.CACHES["default"] | {"LOCATION": NOBODY_LISTENS}
    with override_settings(CACHES={"default": cache}):
        yield
    caches.close_all()


PAGES = (
    "/",
    "/verify/",
    "/verify/{number}/",
    "/verify/status.cwt",
    "/verify/keys.json",
    "/elections/{election}/",
    "/elections/{election}/register/",
)


@pytest.mark.parametrize("address", PAGES)
def test_the_public_pages_answer(without_redis, address):
    observer = an_approved()
    names = {"number": observer.accreditation_number, "election": observer.election.slug}
    assert Client().get(address.format(**names)).status_code == 200
