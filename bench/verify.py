"""Checking a badge on a phone without a network, and what the page costs that makes it possible.

A real Chromium opens the page once, from a server process as in production; then its network is
taken away and codes are checked one after the other. "After the scan" is from the text of the code
to the result on the screen: base32, CBOR, Ed25519, the list of revoked badges, and the words. The
list is that of an election with many badges, some of them revoked. "Opened by the phone's camera"
is the whole page besides, from the press on the link.

The bytes are those that travel (compressed as the server does) when a phone opens the page for the
first time, with the fonts of three alphabets and both vendored libraries.
"""

import datetime
import gzip
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import Request, urlopen

from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import Page, sync_playwright

from bench._report import Line, show
from elections.domain.clock import database_now
from elections.enums import Scope
from observers.badges import revocations, tokens
from observers.badges.tokens import BadgeFacts
from observers.domain.ended_badges import EndedBadges
from tests import builders

CODES = 200
# Badges on the list, and how many of them have ended before their time.
BADGES, ENDED = 100_000, 3_000
READY = "[data-part=stock]:not(:empty)"
KEPT = """async () => {
  let bytes = 0;
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      bytes += (await (await cache.match(request, {ignoreVary: true})).arrayBuffer()).byteLength;
    }
  }
  return bytes;
}"""
ENDED_AT = """() => {
  const [{startTime, duration}] = performance.getEntriesByName("verify");
  return startTime + duration;
}"""
# One code after the other, as if each had just been read by the camera.
CHECKED = """async (codes) => {
  const field = document.getElementById("number");
  for (const code of codes) {
    performance.clearMeasures("verify");
    field.value = code;
    field.form.requestSubmit();
    while (!performance.getEntriesByName("verify").length) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const [{duration}] = performance.getEntriesByName("verify");
    const verdict = document.querySelector("[data-part=result] [data-verdict]").dataset.verdict;
    (window.measured ??= []).push([duration, verdict]);
  }
  return window.measured;
}"""


def codes_of_an_election() -> list[str]:
    """Genuine codes of badges spread over the list."""
    election = builders.an_election(constituencies=125)
    now = database_now()
    return [
        tokens.sign(
            BadgeFacts(
                number=f"A-{place:07d}-{98 - place * 100 % 97:02d}",
                serial=1,
                election=election.pk,
                scope=Scope.CONSTITUENCY,
                constituency=1 + place % 125,
                index=1 + place * (BADGES // CODES),
                valid_from=now - datetime.timedelta(hours=1),
                valid_until=now + datetime.timedelta(days=20),
            )
        )
        for place in range(CODES)
    ]


def a_long_list() -> bytes:
    """Which ones end is chance: what follows a pattern would be packed smaller than it is."""
    ended = random.Random(5).sample(range(1, BADGES + 1), ENDED)  # noqa: S311 - no secret
    half = ENDED // 2
    long = EndedBadges(last=BADGES, revoked=ended[:half], replaced=ended[half:], run_offs={})
    return revocations.signed(long, now=database_now())


@contextmanager
def served() -> Iterator[str]:
    """By a process of its own, as a site does; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "config.wsgi"]
    environment = os.environ | {"SITE_URL": f"http://localhost:{port}"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://localhost:{port}/healthz")
            yield f"http://localhost:{port}"
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(300):
        try:
            urlopen(address, timeout=2).close()  # noqa: S310 - our own
        except (URLError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(address)


def travels(address: str) -> dict[str, tuple[int, int]]:
    """By path of what a phone fetches: bytes that travel, and bytes that are kept."""
    worker = fetched(f"{address}/verify/worker.js")[1].decode()
    release = json.loads(worker.partition("const RELEASE = ")[2].partition(";\n")[0])
    paths = [*release["files"], *release["shells"].values()]
    paths += ["/verify/worker.js", "/verify/keys.json", "/verify/manifest.webmanifest"]
    sizes = {}
    for path in paths:
        sent, body = fetched(address + path)
        sizes[path] = sent, len(body)
    return sizes


def fetched(address: str) -> tuple[int, bytes]:
    asks = Request(address, headers={"Accept-Encoding": "gzip"})  # noqa: S310 - our own
    with urlopen(asks, timeout=30) as answer:  # noqa: S310
        sent = answer.read()
    is_packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(sent), gzip.decompress(sent) if is_packed else sent


def chromium() -> str:
    finding = [sys.executable, "-m", "tests.browser"]
    return subprocess.run(finding, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def checked(page: Page, links: list[str]) -> list[float]:
    """Milliseconds after each scan. One code beforehand: the browser compiles what it runs."""
    measured = page.evaluate(CHECKED, [links[0], *links])[1:]
    verdicts = {verdict for _took, verdict in measured}
    if not verdicts <= {"valid", "revoked", "replaced"}:
        raise AssertionError(f"Not checked: {verdicts}")
    return [took for took, _verdict in measured]


def opened(page: Page, address: str, codes: list[str]) -> list[float]:
    """Milliseconds from a press on the link to the result."""
    times = []
    for code in codes:
        page.goto(f"{address}/V/{code}", wait_until="commit")
        page.wait_for_function("() => performance.getEntriesByName('verify').length")
        times.append(page.evaluate(ENDED_AT))
    return times


def main() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    cache.clear()
    codes, long = codes_of_an_election(), a_long_list()
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_context(locale="az").new_page()
        page.context.route("**/verify/status.cwt", lambda route: route.fulfill(body=long))
        page.goto(f"{address}/verify/")
        page.locator(READY).wait_for()
        kept = page.evaluate(KEPT)
        page.context.set_offline(True)
        scans = checked(page, [f"{address}/V/{code}" for code in codes])
        links = opened(page, address, codes[:40])
        page.context.set_offline(False)
        sizes = travels(address)
        browser.close()
    sent = sum(size for size, _kept in sizes.values())
    show(
        f"Verification on a phone without a network, {CODES} codes",
        [
            Line("after the scan, half of the times", statistics.median(scans), "ms"),
            Line("after the scan, 95th percentile", percentile(scans, 95), "ms", bar=50),
            Line("opened by the phone's camera, half of the times", statistics.median(links), "ms"),
            Line("the page in three languages, as it travels", sent / 1000, "kB", bar=300),
            Line("of it fonts", of(sizes, "woff2") / 1000, "kB"),
            Line("of it vendored libraries", of(sizes, "vendor/(qr|noble)") / 1000, "kB"),
            Line("kept on the phone, unpacked, with the list", kept / 1000, "kB", bar=300),
            Line(f"list of {ENDED:,} ended among {BADGES:,} badges", len(long) / 1000, "kB"),
        ],
    )


def of(sizes: dict[str, tuple[int, int]], pattern: str) -> int:
    return sum(sent for path, (sent, _kept) in sizes.items() if re.search(pattern, path))


def percentile(times: list[float], which: int) -> float:
    return statistics.quantiles(times, n=100)[which - 1]
