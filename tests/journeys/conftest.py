"""A real browser against the real server: granian and the job worker on a database of their own.

`page` is a window of 1440 px, `phone` one of 360 px; `sized` runs the test in both. After each test its pages must
have left no error in the console: a blocked script, a missing file, an exception. `axe(page)` fails on any finding.
`shot(page, "name")` writes a picture into var/pictures.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from playwright.sync_api import Error as BrowserError

from linli.base.ground import ROOT
from linli.doors.cli._children import Child
from linli.doors.cli.run import free_port
from linli.doors.cli.serve import server_words
from tests.embedded import HOME
from tests.journeys.stage import Stage, needs, staged
from tests.journeys.steps import settled

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
UNPACKED = ROOT / "tests" / "browser" / "unpacked"
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>Noto Sans SC</family></prefer></alias>
</fontconfig>
"""
PICTURES = ROOT / "var" / "pictures"
WIDE, NARROW = (1440, 900), (360, 740)
# A slow machine is no finding.
START_SECONDS = 180
WAIT_MS = 40_000


def find_browser() -> tuple[str, dict[str, str]] | None:
    """The program and the environment it needs: LINLI_BROWSER, one of the machine, or the unpacked one."""
    for name in (os.environ.get("LINLI_BROWSER", ""), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found, {}
    if (UNPACKED / "chromium").exists():
        return str(UNPACKED / "chromium"), {"LD_LIBRARY_PATH": str(UNPACKED / "lib")}
    return None


def glyphs(folder: Path) -> dict[str, str]:
    """The environment in which a browser finds the unpacked Chinese glyphs; empty where the machine has its own.

    folder: where what says so may be written; it names paths of this machine, so it stays out of the project.
    """
    if not (UNPACKED / "fonts").exists():
        return {}
    (folder / "fonts.conf").write_text(FONTS.format(fonts=UNPACKED / "fonts", cache=folder / "cache"))
    return {"FONTCONFIG_FILE": str(folder / "fonts.conf")}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    # Its loop runs in this thread from here on, and Django takes every query beside a loop for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    found = find_browser()
    if not found:
        message = "no browser: install chromium, or run `make test` with a network; the journeys were NOT run"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    program, environment = found
    running = playwright.chromium.launch(
        executable_path=program,
        env={**os.environ, **environment, **glyphs(tmp_path_factory.mktemp("fonts"))},
        args=["--no-sandbox", "--lang=zh-CN", "--disable-gpu", "--disable-dev-shm-usage"],
    )
    yield running
    running.close()


@pytest.fixture(scope="session")
def stage(django_db_setup: Any, django_db_blocker: Any) -> Iterator[Stage]:
    """The cast, committed into a database that only the journeys and their server use."""
    with staged(needs(django_db_setup), django_db_blocker) as made:
        yield made


@pytest.fixture(scope="session")
def site(stage: Stage) -> Iterator[str]:
    """Address of the running server, without the final slash."""
    # Each of several test processes has a database, a server, a browser, and a log of its own.
    runner = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    # The port is of this process: two that look for a free one at the same moment do not find the same.
    port, written = free_port(18000 + os.getpid() % 10_000), HOME / f"journeys-{runner}.log"
    log = open(written, "w")  # noqa: SIM115 - closed at the end
    environment = {**os.environ, "DATABASE_URL": stage.url, "LINLI_DEMO": "1", "LINLI_ALLOWED_NETWORKS": "127.0.0.0/8"}
    worker = Child("worker", [sys.executable, "-m", "linli", "work"])
    server = Child("server", server_words("127.0.0.1", port, workers=1, threads=3))
    for child in (server, worker):
        child.start(stdout=log, stderr=subprocess.STDOUT, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(url, server, written)
        yield url
    finally:
        for child in (server, worker):
            child.stop(seconds=10)
        log.close()


def wait_for(url: str, server: Child, log: Path) -> None:
    """Until the first page comes. Fails with the server's own words."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.process and server.process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=20).close()
        except urllib.error.HTTPError as error:
            error.close()
            if error.code < 500:
                return
            break
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server shows no first page:\n{log.read_text()[-3000:]}")


@pytest.fixture
def new_page(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`new_page(width, height)` opens a window with cookies of its own; relative addresses lead to the site."""
    errors: list[str] = []
    contexts = []

    def open_page(width: int = WIDE[0], height: int = WIDE[1], **options: Any) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            has_touch=width <= NARROW[0],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on("console", lambda said: errors.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # An answer of 4xx that a journey provokes is written to the console too; the journey itself asserts on it.
    faults = [error for error in errors if "the server responded with a status of 4" not in error]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A desk: 1440 px wide."""
    return new_page(*WIDE)


@pytest.fixture
def phone(new_page: Callable[..., Page]) -> Page:
    """A hand: 360 px wide, with touch."""
    return new_page(*NARROW)


@pytest.fixture(params=[WIDE, NARROW], ids=["1440", "360"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """The journey runs twice: at the desk and in the hand."""
    return request.param


@pytest.fixture
def enter(new_page: Callable[..., Page], site: str, stage: Stage, size: tuple[int, int]) -> Callable[..., Page]:
    """`enter("dispatcher")`: a window of this size, signed in through that post; `enter()` knows nobody."""

    def open_for(name: str = "", **options: Any) -> Page:
        page = new_page(*size, **options)
        if name:
            page.context.add_cookies([{"name": "linli", "value": stage.session(name), "url": site}])
        return page

    return open_for


@pytest.fixture(params=[WIDE, NARROW], ids=["1440", "360"])
def sized(request: pytest.FixtureRequest, new_page: Callable[..., Page]) -> Page:
    """The test runs twice: at the desk and in the hand."""
    return new_page(*request.param)


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` or `axe(page, "#main")`: no accessibility finding, and nothing wider than the window."""
    checker = Axe()

    def judge(page: Page, context: str | None) -> tuple[Any, int] | None:
        """What axe finds and how much too wide the page is; None when another page came meanwhile."""
        settled(page)  # while an answer is awaited a list is paler on purpose: only what stays is judged
        try:
            page.evaluate("window.judged = true")
            found = checker.run(page, context=context)
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            stayed = page.evaluate("window.judged === true")
        except BrowserError:
            page.wait_for_load_state("load")
            if page.evaluate("window.judged === true"):
                raise  # the page is still the same: no click has led away
            return None
        return (found, wider) if stayed else None

    def check(page: Page, context: str | None = None) -> None:
        judged = None
        for _time in range(3):
            judged = judged or judge(page, context)
        assert judged, f"{page.url} does not come to rest"
        found, wider = judged
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert wider <= 0, f"{page.url} is {wider} px wider than its window"

    return check


@pytest.fixture(scope="session")
def shot() -> Callable[..., Path]:
    """`shot(page, "board")` writes var/pictures/board-1440.png; `full=True` the whole length of the page."""

    def take(page: Page, name: str, full: bool = False) -> Path:
        PICTURES.mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"] if page.viewport_size else 0
        path = PICTURES / f"{name}-{width}.png"
        page.screenshot(path=path, full_page=full)
        return path

    return take


expect.set_options(timeout=WAIT_MS)
