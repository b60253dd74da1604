"""The API against its own description: whatever that allows is answered as it says, and whatever
it does not allow is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from config.wsgi import application
from observers.api.asking import A_KEY, AN_ELECTION
from observers.api.description import described
from observers.api.site import api
from organisations.models import Organisation
from tests import builders as make

EXAMPLES = 25


def _served(environ: dict[str, Any], start_response: Any) -> Any:
    """As a web server hands a request over: with the address it came from."""
    return application({**environ, "REMOTE_ADDR": "192.0.2.1"}, start_response)


def _described() -> Any:
    """The same examples in every run."""
    generation = GenerationConfig(max_examples=EXAMPLES, deterministic=True)
    projects = ProjectsConfig(default=ProjectConfig(generation=generation))
    config = SchemathesisConfig(seed=1, projects=projects)
    read = schemathesis.openapi.from_dict(described(api), config=config)
    read.app = _served
    return read


schema = _described()


@pytest.fixture
def _one_transaction(db: None) -> Iterator[None]:
    """The end of a request closes no connection: it is the test's, as with Django's own client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def _examples(db: None) -> None:
    """What the examples of the description name."""
    election = make.an_election(slug=AN_ELECTION)
    party = make.an_organisation(election=election)
    Organisation.unscoped.filter(pk=party.pk).update(key=A_KEY)
    make.an_approved(election=election, organisation=party)


@pytest.fixture
def _without_limits(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    settings.VERIFY_NUMBER_RATE = settings.VERIFY_NUMBERS_CEILING = "1000000/m"
    settings.VERIFY_TOKEN_RATE = "1000000/m"
    settings.ALLOWED_HOSTS = ["*"]


@pytest.mark.usefixtures("_one_transaction", "_examples", "_without_limits")
@schema.parametrize()
def test_the_api_is_as_its_description_says(case):
    case.call_and_validate()
