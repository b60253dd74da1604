"""Find a Chromium for the tests, or install one: `python -m tests.browser` prints its path.

First what the machine has, then the system's package where we may install one, then Playwright's
own build. Where none works it says what to do and fails; the tests are never skipped for it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "No Chromium could be found or installed. Install one (on Debian: apt-get install chromium) "
    "or name one: make test PORTAL_CHROMIUM=/path/to/chromium"
)


def main() -> int:
    for path in _candidates():
        if _starts(path):
            print(path)
            return 0
    print(ADVICE, file=sys.stderr)
    return 1


def _candidates() -> Iterator[str]:
    if named := os.environ.get("PORTAL_CHROMIUM"):
        yield named
        return
    yield from _installed()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-q")
        _run("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium")
        yield from _installed()
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    yield from _playwrights_own()


def _installed() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))


def _playwrights_own() -> Iterator[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Whether it can run here: a path may be there and its libraries not."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _run(*command: str) -> None:
    """What it says goes to stderr; our own stdout is the path and nothing else."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, env=environment, stdout=sys.stderr, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main())
