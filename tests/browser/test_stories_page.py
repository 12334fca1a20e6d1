"""One event that many tell is one card, which grows as they tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from streams.kafka.children import Child
from tests.browser.service import Dashboard, topics_of
from tests.workers import PATIENCE, Worker, environment


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

MS = PATIENCE * 1_000


def report(id_: str, source: str, hours: int, title: str, text: str) -> dict[str, Any]:
    """Return a raw article, published so many hours ago: what is old raises no story."""
    return {
        "id": id_,
        "title": title,
        "text": text,
        "language": "en",
        "source": source,
        "url": f"https://news.example.org/{id_}",
        "published_at": (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds"),
    }


FIRST = report(
    "goma-1",
    "Lakes Herald",
    3,
    "Car bomb kills 23 at Goma market",
    "A car bomb killed at least 23 people at a market in Goma on Monday, police said.",
)
SECOND = report(
    "goma-2",
    "Kivu Daily",
    1,
    "Toll of Goma market bombing rises",
    "The bombing of a market in Goma on Monday killed 31 people, police said. Rebels said 45 were killed. "
    "The stalls along the lake road burned until noon.",
)


@pytest.fixture
def told(kafka: Kafka, chromium: Browser, tmp_path: Path) -> Iterator[Dashboard]:
    """Give a dashboard, with a worker and what folds articles into stories."""
    assert chromium  # without one nothing else needs to be started
    settings = topics_of(kafka)
    log = tmp_path / "desk.log"
    with (
        Worker(settings, tmp_path),
        Child("streams.kafka.children", ["desk"], log=log, environment=environment(settings)),
    ):
        dashboard = Dashboard(settings, tmp_path).start()
        yield dashboard
        dashboard.stop()


def test_two_reports_of_one_event_are_one_story_with_accounts_side_by_side(
    told: Dashboard, opened: Callable[..., Page]
) -> None:
    """Raised by the first, revised by the second: sources, who says what, what changed, the articles."""
    page = opened(told.address)
    told.publish(FIRST)
    card = page.locator("#alerts-list > li", has_text="Goma")
    expect(card).to_have_count(1, timeout=MS)
    expect(page.locator("#alerts-form [aria-pressed=true]")).to_have_text("Stories", timeout=MS)
    expect(card.locator(".toll")).to_contain_text("at least 23 killed")
    expect(card.locator(".sources")).to_contain_text("1 source, 1 independent: Lakes Herald")
    told.publish(SECOND)
    expect(card.locator(".revision")).to_be_visible(timeout=MS)
    expect(card.locator(".sources")).to_contain_text("2 sources, 2 independent", timeout=MS)
    expect(card).to_have_count(1)
    expect(card.locator(".toll")).to_contain_text("31 to 45 killed")
    expect(card.locator(".disputed")).to_have_text("Accounts differ:")
    claims = card.locator(".claim").all_inner_texts()
    assert any("31 killed" in one and "police" in one for one in claims)
    assert any("45 killed" in one and "ebels" in one for one in claims)
    card.locator(".fold-why summary").click()
    expect(card.locator(".history")).to_contain_text("Killed: up from 23")
    expect(card.locator(".its-articles li")).to_have_count(2)
    card.locator(".quote", has_text="45").click()
    expect(page.locator("#reader-title")).to_have_text(SECOND["title"])
    expect(page.locator("#explanation")).to_contain_text("45")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("#alerts-form button", has_text="Every alert").click()
    expect(page.locator("#alerts-list > li", has_text="Goma")).to_have_count(
        len(told.all("alerts", q="Goma"))
    )
