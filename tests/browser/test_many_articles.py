"""Ten thousand articles: all can be reached, few are in the document, the page stays quick."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from streams import RawArticle, enrich
from streams.records import to_json
from tests.browser.corpus import WIDE, attack
from tests.browser.service import Dashboard, topics_of
from tests.workers import PATIENCE, until


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

MANY = 10_000
MS = PATIENCE * 1_000

# How long each frame took while something was done, and how long the script held the page in one go.
_WATCH = """
() => {
  window.frames_ = [];
  window.long_ = [];
  let last = performance.now();
  const frame = (now) => {
    window.frames_.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => window.long_.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: 'longtask' });
}
"""


def records() -> list[tuple[str, bytes]]:
    """Return ten thousand enriched articles, of a few texts, each with its own id and title."""
    texts = [
        to_json(
            enrich(
                RawArticle(
                    id="many-x", title="Report 00000", text=str(one["text"]), language=str(one["language"])
                )
            )
        )
        for one in (*WIDE, attack(0), attack(7, place="Kharkiv"))
    ]
    found = []
    for number in range(MANY):
        # As long as what it takes the place of: every offset stays.
        text = texts[number % len(texts)].replace(b"Report 00000", b"Report %05d" % number)
        found.append((f"many-{number}", text.replace(b"many-x", b"many-%d" % number)))
    return found


def to_the_oldest(page: Page) -> int:
    """Scroll until the oldest article is in sight; return how many rows were in the document at most."""
    most = 0

    def at_the_end() -> bool:
        nonlocal most
        ids = page.evaluate(
            "() => { const view = document.querySelector('#articles-scroller');"
            " view.scrollTop += view.clientHeight * 12;"
            " return [...document.querySelectorAll('#articles-list > li')].map((one) => one.dataset.id); }"
        )
        most = max(most, len(ids))
        return not {"many-0", "many-1"}.isdisjoint(ids)

    until(at_the_end, "the oldest article to come into sight", pause=0.01)
    return most


def report(page: Page, took: dict[str, float]) -> str:
    """Return what it took, for a person to read."""
    page.wait_for_timeout(500)
    frames = sorted(page.evaluate("window.frames_"))
    longest = max(page.evaluate("window.long_"), default=0.0)
    heap = page.evaluate("performance.memory?.usedJSHeapSize ?? 0") / 1e6
    lines = [f"  {what}: {seconds * 1_000:,.0f} ms" for what, seconds in took.items()]
    lines.append(
        f"  frames: half within {frames[len(frames) // 2]:.0f} ms, 99 % within"
        f" {frames[len(frames) * 99 // 100]:.0f} ms; longest task {longest:.0f} ms; heap {heap:.0f} MB"
    )
    return "\n".join(lines)


def test_ten_thousand_articles_are_reached_with_few_in_the_document(
    kafka: Kafka, opened: Callable[..., Page], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the newest to the oldest; what it took is printed, and not held against anybody."""
    dashboard = Dashboard(topics_of(kafka), tmp_path, KABAR_DASHBOARD_ARTICLES=str(MANY)).start()
    took: dict[str, float] = {}

    @contextlib.contextmanager
    def taking(what: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        took[what] = time.monotonic() - begun

    page = opened("about:blank", expected=("ERR_",))  # the dashboard stops first
    count = page.locator("#articles-count")
    all_ = records()
    try:
        dashboard.send(dashboard.settings.topic_enriched, all_)
        dashboard.wait_for(MANY)
        with taking("first rows"):
            page.goto(dashboard.address)
            expect(page.locator("#articles-list > li").first).to_be_visible(timeout=MS)
        with taking("then counts, map and filters"):
            expect(count).to_have_text("10,000", timeout=MS)
        page.evaluate(_WATCH)
        with taking("scrolling to the oldest, 200 at a time"):
            most = to_the_oldest(page)
        size = page.evaluate(
            "[...document.querySelectorAll('#articles-list > li')].at(-1).getAttribute('aria-setsize')"
        )
        nodes = page.evaluate("document.querySelectorAll('#articles-list *').length")
        assert int(size) == MANY
        assert most < 100
        assert nodes < 2_500
        page.locator("#articles-list a").last.focus()
        with taking("20 steps by key"):
            for _ in range(20):
                page.keyboard.press("k")
            expect(page.locator("#articles-list a:focus")).to_be_in_viewport()
        with taking("a search"):
            page.locator("#filter-q").fill("Report 00042")
            expect(count).to_have_text("1", timeout=MS)
            expect(page.locator("#articles-list a")).to_have_text("Report 00042", timeout=MS)
        with taking("back to all"):
            page.locator("#filters-clear").click()
            expect(count).to_have_text("10,000", timeout=MS)
        with taking("500 more, live"):
            fresh = [(f"fresh-{key}", value.replace(b"many-", b"fresh-")) for key, value in all_[:500]]
            dashboard.send(dashboard.settings.topic_enriched, fresh)
            expect(page.locator('#articles-list [data-id^="fresh-"]').first).to_be_visible(timeout=MS)
        said = report(page, took)
    finally:
        dashboard.stop()
    with capsys.disabled():
        print(f"\n{MANY:,} articles; of the list {most} rows, {nodes} elements in the document:\n{said}")  # noqa: T201
