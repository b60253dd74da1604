"""What every test stands on: database, broker and files of its own; browser, mail and worker.

The tests run under `config.embedded` (see `make test`), on a real PostgreSQL and a real Valkey.
Each of pytest-xdist's processes has a database, a Valkey database and a media folder of its own.
"""

import base64
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings as portal_settings
from django.core.cache import cache
from django.db import connection, connections
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.celery import app as celery_app
from tests import badge_vectors
from tests.smtp_sink import SmtpSink
from tests.visitors import Visitors

PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
PROJECT = Path(__file__).resolve().parent.parent
CHROMIUM_OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def pytest_configure(config: pytest.Config) -> None:
    """Before Django is set up: stores that no other test process touches."""
    number = 1 + int(PROCESS.removeprefix("gw"))
    url = urlsplit(portal_settings.REDIS_URL)._replace(path=f"/{number}").geturl()
    os.environ["REDIS_URL"] = url
    portal_settings.REDIS_URL = portal_settings.CELERY_BROKER_URL = url
    portal_settings.CACHES["default"]["LOCATION"] = url
    portal_settings.MEDIA_ROOT = Path(portal_settings.MEDIA_ROOT, PROCESS)
    # Threads of the live server and the worker give their connection back at once; one left open
    # would keep the test database from being dropped.
    portal_settings.DATABASES["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(autouse=True)
def _empty_broker_and_cache() -> None:
    """No task, session or rate limit of an earlier test: one database holds them all."""
    cache.clear()


@pytest.fixture(autouse=True)
def _staff_need_no_second_factor(settings: Any) -> None:
    """Signing in with one is a test of its own (`test_second_factor.py`)."""
    settings.STAFF_MFA_REQUIRED = False


@pytest.fixture(autouse=True)
def _nobody_has_chosen_a_language() -> Iterator[None]:
    """A test client's last page leaves its language behind in the thread."""
    with translation.override(portal_settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def english() -> Iterator[None]:
    """For tests that read sentences."""
    with translation.override("en"):
        yield


# --- The portal as others reach it ----------------------------------------------------------------


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The portal on a port of its own, static files served as in production, by whitenoise."""
    if not Path(portal_settings.STATIC_ROOT, "staticfiles.json").exists():
        pytest.fail("Static files are not collected: run the tests with `make test`.")
    server = LiveServer("localhost", start=False)
    # Without Django's own handlers for tests: the one for media would publish every photo at "/".
    thread: Any = server.thread
    thread.static_handler = attrgetter("application")
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _links_lead_to_the_live_server(request: pytest.FixtureRequest) -> None:
    """Letters carry absolute addresses."""
    if "live_server" in request.fixturenames:
        settings = request.getfixturevalue("settings")
        settings.SITE_URL = request.getfixturevalue("live_server").url


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for the process. Tests want `new_visitor` or `page`, not this."""
    path = os.environ.get("PORTAL_CHROMIUM")
    if not path:
        pytest.fail("PORTAL_CHROMIUM names no browser: run the tests with `make test`.")
    # Playwright leaves an event loop behind in this thread, and Django then takes every query for
    # one made in asynchronous code. The portal has none.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield chromium
        chromium.close()
        # Connections opened beside the event loop are out of reach once it is gone.
        connections.close_all()


@pytest.fixture
def new_visitor(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    """`new_visitor(width=360, script=False, language="az")`: a page in a browser of its own.

    At the end the test fails if a page broke its Content-Security-Policy or a script threw.
    """
    with ExitStack() as stack:
        visitors = Visitors(browser, address=live_server.url, stack=stack)
        yield visitors
    assert visitors.complaints == []


@pytest.fixture
def page(new_visitor: Callable[[], Page]) -> Page:
    """One anonymous visitor at a desk, reading English."""
    return new_visitor()


# --- What many tests begin with -------------------------------------------------------------------


@pytest.fixture
def election(db: None) -> Any:
    """Registration is open."""
    from tests.builders import an_election  # models can be imported once Django is set up

    return an_election()


@pytest.fixture
def theirs(election: Any) -> Any:
    """An organisation that may nominate there."""
    from tests.builders import an_organisation

    return an_organisation(election=election)


@pytest.fixture
def published_key(settings: Settings) -> None:
    """Badges are signed by the key of docs/badge-test-vectors.json, at the address it names."""
    settings.BADGE_KEYS = [f"t1:{base64.b64encode(badge_vectors.SEED).decode()}"]
    settings.BADGE_KEYS_FILE, settings.BADGE_RETIRED_KEYS = "", []
    settings.SITE_URL = badge_vectors.SITE


# --- Letters and background work ------------------------------------------------------------------


@pytest.fixture
def smtp_sink(settings: Settings) -> Iterator[SmtpSink]:
    """A real mail server on a port of its own; the portal sends to it."""
    with SmtpSink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink


@pytest.fixture
def celery_worker(transactional_db: None) -> Iterator[None]:
    """A worker on the real broker, in a thread: it sees the test's settings and clock."""
    celery_app.conf.worker_hijack_root_logger = False
    with start_worker(
        celery_app, perform_ping_check=False, shutdown_timeout=30, queues="celery,uploads"
    ):
        yield


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """For programs of the portal started by a test: this test's database, broker and files."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = connection.settings_dict["NAME"]
    return os.environ | {
        "DATABASE_URL": database._replace(path=f"/{name}").geturl(),
        "MEDIA_ROOT": str(portal_settings.MEDIA_ROOT),
    }


@pytest.fixture
def worker_process(
    child_environment: dict[str, str], smtp_sink: SmtpSink
) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """`worker_process()` starts a worker that a test may kill; it is a process, so it is slower."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "solo"]
    command += ["--queues", "celery,uploads"]
    environment = child_environment | {"EMAIL_URL": f"smtp://{sink_address(smtp_sink)}"}
    with ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            worker = subprocess.Popen(command, cwd=PROJECT, env=environment)
            stack.enter_context(worker)
            stack.callback(worker.kill)
            return worker

        yield start


def sink_address(sink: SmtpSink) -> str:
    return f"{sink.host}:{sink.port}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How much of the access table was walked, whichever process did it."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    cells = [
        number
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, number in report.user_properties
        if name == "access cells checked"
    ]
    if cells:
        terminalreporter.write_line(f"Access table: {sum(cells):,} cells checked.")
