"""Chromium, and what a page in it is held to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import streams
from tests.browser.corpus import WIDE, hostile
from tests.browser.service import Dashboard, topics_of
from tests.workers import PATIENCE, Worker


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Dialog, Page, Route

    from tests.kafka import Kafka

HOW_TO_GET_IT = (
    "the dashboard's tests need Chromium (on Debian: apt-get install chromium), "
    "or KABAR_TEST_CHROMIUM=/path/to/chromium"
)

STATIC = Path(streams.__file__).parent / "dashboard" / "static"
SAMPLES = Path(streams.__file__).parent / "samples" / "sample.jsonl"


_NOWHERE = "http://page.test/"


@pytest.fixture(scope="session")
def program() -> str:
    """Give the browser's path."""
    found = os.environ.get("KABAR_TEST_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if found is None:
        pytest.skip(HOW_TO_GET_IT)
    return found


# Of a module, not of the folder: while it is open an event loop runs in this thread, and fixtures of the
# session, which pytest sets up first, run some of their own.
@pytest.fixture(scope="module")
def chromium(program: str) -> Iterator[Browser]:
    """Give a browser, closed when the tests of a module are over."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - takes a second, for these tests alone

    expect.set_options(timeout=PATIENCE * 1_000)

    with sync_playwright() as playwright:
        # As root, as in a container, Chromium's own sandbox cannot be set up.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Give what opens a page; nothing may go wrong in one that the test does not expect.

    ``expected`` are words of the console's errors that are part of the test, such as a server that is away.
    """
    contexts = []
    troubles: list[str] = []

    def open_(address: str, *, expected: tuple[str, ...] = (), **more: Any) -> Page:  # noqa: ANN401 - Playwright's
        more = {"viewport": {"width": 1440, "height": 900}, "timezone_id": "Europe/Kyiv"} | more
        context = chromium.new_context(locale="en-GB", **more)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1_000)
        page.add_init_script(
            "window.violations = []; document.addEventListener('securitypolicyviolation',"
            " (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));"
        )

        def heard(words: str) -> None:
            if not any(one in words for one in expected):
                troubles.append(words)

        def asked(dialog: Dialog) -> None:
            heard(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("console", lambda said: heard(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: heard(str(error)))
        page.on("dialog", asked)
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            troubles += page.evaluate("window.violations ?? []")
        context.close()
    assert troubles == []


@pytest.fixture(scope="package")
def desk(kafka: Kafka, program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Give a dashboard that has read the sample archive and the articles of the corpus, all by a worker."""
    assert program  # without a browser nothing else needs to be started
    folder = tmp_path_factory.mktemp("desk")
    settings = topics_of(kafka)
    dashboard = Dashboard(settings, folder)
    samples = SAMPLES.read_bytes().splitlines()
    others = [*WIDE, *hostile()]
    with Worker(settings, folder):
        dashboard.start()
        dashboard.send(
            settings.topic_raw, [(f"sample-{number}", value) for number, value in enumerate(samples)]
        )
        dashboard.publish(*others)
        dashboard.wait_for(len(samples) + len(others))
        yield dashboard
        dashboard.stop()


@pytest.fixture(scope="module")
def bench(chromium: Browser) -> Iterator[Page]:
    """Give an empty page that can load the page's modules, without a dashboard."""
    context = chromium.new_context(locale="en-GB", timezone_id="Europe/Kyiv")
    page = context.new_page()

    def file(route: Route) -> None:
        path = STATIC / route.request.url.removeprefix(_NOWHERE)
        if path.is_file():
            route.fulfill(path=path, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html")

    page.route(f"{_NOWHERE}**", file)
    page.goto(_NOWHERE)
    yield page
    context.close()


@pytest.fixture
def script(bench: Page) -> Callable[..., Any]:
    """Give what calls a function with one of the page's modules and further arguments."""

    def called(module: str, function: str, *arguments: object) -> Any:  # noqa: ANN401 - JSON
        source = f"async (given) => ({function})(await import('{_NOWHERE}js/{module}'), ...given)"
        return bench.evaluate(source, list(arguments))

    return called
