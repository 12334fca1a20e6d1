"""What comes out of the worker is on the page at once, once, whatever breaks in between."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.corpus import attack
from tests.browser.service import Dashboard, apart, topics_of
from tests.kafka import free_port, running
from tests.workers import PATIENCE, Worker, until


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from tests.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

MS = PATIENCE * 1_000
TALL = {"width": 1440, "height": 9_000}
AWAY = ("ERR_", "Failed to load resource", "EventSource")
"""What a browser's console says of a service that is away."""


@pytest.fixture(scope="module")
def live(kafka: Kafka, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Give a dashboard with nothing in its topics at first, and a worker."""
    assert chromium  # without one nothing else needs to be started
    folder = tmp_path_factory.mktemp("live")
    settings = topics_of(kafka)
    with Worker(settings, folder):
        dashboard = Dashboard(settings, folder).start()
        yield dashboard
        dashboard.stop()


def cards(page: Page) -> list[str]:
    """Return the toll that each card of an alert begins with, from the top."""
    return page.locator("#alerts-list .toll").all_inner_texts()


def test_an_alert_appears_as_it_comes_and_is_announced(live: Dashboard, opened: Callable[..., Page]) -> None:
    """On an empty page, without a reload: severity by word and shape, toll, place, claims, why."""
    page = opened(live.address)
    expect(page.locator("#alerts-state")).to_contain_text("No alerts yet")
    live.publish(attack(1))
    card = page.locator("#alerts-list > li", has_text="Mass casualties")
    expect(card).to_be_visible(timeout=MS)
    expect(card.locator(".toll")).to_have_text("at least 21 killed")
    expect(card.locator(".where")).to_have_text("Idlib, Syria")
    expect(card.locator(".severity")).to_have_text("Medium")
    expect(card.locator(".severity svg.icon-medium")).to_have_count(1)
    expect(card.locator(".claim").first).to_contain_text("hospital official said")
    expect(card.locator(".sources")).to_contain_text("Test Wire")
    card.locator(".fold-why summary").click()
    expect(card.locator(".why")).to_contain_text("What would cancel it")
    expect(card.locator(".why")).to_contain_text("level begins at 10")
    expect(card.locator(".why")).to_contain_text("UTC")
    expect(page.locator("#announcer")).to_contain_text("at least 21 killed", timeout=MS)
    expect(page.locator("#articles-list > li")).to_have_count(1, timeout=MS)
    # The article is as grave as its gravest alert, which came on another topic.
    expect(page.locator("#articles-list .icon-high, #articles-list .icon-medium")).to_have_count(1)


def test_nothing_moves_under_the_pointer(live: Dashboard, opened: Callable[..., Page]) -> None:
    """What arrives waits behind a bar while somebody points at the list, and comes in when asked to."""
    page = opened(live.address + "?source=Pointer+Wire")
    live.publish(attack(2, source="Pointer Wire"))
    expect(page.locator("#alerts-list > li", has_text="22 killed")).to_be_visible(timeout=MS)
    until(lambda: len(cards(page)) == len(live.all("alerts", source="Pointer Wire")), "all alerts of it")
    before = cards(page)
    page.locator("#alerts-list > li").first.hover()
    live.publish(attack(3, source="Pointer Wire"))
    bar = page.locator("#alerts-fresh")
    expect(bar).to_contain_text(f"{len(before)} new alerts", timeout=MS)
    assert cards(page) == before
    bar.click()
    expect(page.locator("#alerts-list > li")).to_have_count(2 * len(before))
    assert "at least 23 killed" in cards(page)
    assert cards(page)[-len(before) :] == before
    expect(bar).to_be_hidden()


def test_what_is_open_in_the_reader_is_not_replaced_under_the_eye(
    live: Dashboard, opened: Callable[..., Page]
) -> None:
    """A newer record of the article is offered."""
    page = opened(live.address)
    live.publish(attack(4))
    page.locator('#articles-list [data-id="attack-4"] a').click(timeout=MS)
    expect(page.locator("#reader .text")).to_contain_text("At least 24 people")
    live.publish(
        attack(4, text="At least 29 people were killed in an air strike on Idlib, an official said.")
    )
    newer = page.locator("#reader .newer")
    expect(newer).to_be_visible(timeout=MS)
    expect(page.locator("#reader .text")).to_contain_text("At least 24 people")
    newer.click()
    expect(page.locator("#reader .text")).to_contain_text("At least 29 people")
    expect(page.locator('#articles-list [data-id="attack-4"]')).to_have_count(1)


def shown(page: Page) -> list[str]:
    """Return the articles in the document, those that wait let in first."""
    if page.locator("#articles-fresh").is_visible():
        page.locator("#articles-fresh").click()
    found: list[str] = page.eval_on_selector_all(
        "#articles-list > li", "(all) => all.map((one) => one.dataset.id)"
    )
    return found


def until_shown(page: Page, number: int) -> None:
    """Wait until the page shows so many attacks, those from 10 on, each once."""
    expected = sorted(f"attack-{index}" for index in range(10, 10 + number))
    until(lambda: len(set(shown(page))) >= number, f"{number} articles on the page, not {len(shown(page))}")
    assert sorted(shown(page)) == expected
    kept = page.eval_on_selector_all("#alerts-list > li", "(all) => all.map((one) => one.dataset.id)")
    assert len(kept) == len(set(kept))


def test_a_restart_of_the_server_leaves_no_hole_and_no_double(
    live: Dashboard, opened: Callable[..., Page]
) -> None:
    """The page says that it reconnects, and has all that came meanwhile when it is back."""
    page = opened(live.address + "?source=Restart+Wire", viewport=TALL, expected=AWAY)
    attacks = [attack(10 + index, source="Restart Wire") for index in range(13)]
    live.publish(*attacks[:6])
    until_shown(page, 6)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    live.stop()
    expect(page.locator("#connection-words")).to_contain_text("Reconnecting…", timeout=MS)
    live.publish(*attacks[6:10])
    live.start()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=MS)
    live.publish(*attacks[10:], attack(5))
    until_shown(page, 13)
    expect(page.locator("#announcer")).to_contain_text("Connected again")


def test_a_restart_of_the_broker_leaves_no_hole_and_no_double(
    kafka_classes: str, opened: Callable[..., Page]
) -> None:
    """The page says that Kafka is away, keeps what it has, and follows when it is back."""
    with tempfile.TemporaryDirectory(prefix="kabar-kafka-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), free_port()
        broker = running(kafka_classes, folder, port)
        kafka = apart(broker.__enter__)
        settings = topics_of(kafka)
        dashboard = Dashboard(settings, folder)
        try:
            with Worker(settings, folder):
                dashboard.start()
                page = opened(dashboard.address, viewport=TALL, expected=AWAY)
                dashboard.publish(*(attack(10 + index) for index in range(5)))
                until_shown(page, 5)
                kafka.shut_down()
                expect(page.locator("#connection-words")).to_contain_text("Kafka is away", timeout=MS)
                until_shown(page, 5)
                apart(broker.__exit__, None, None, None)
                broker = running(kafka_classes, folder, port)
                kafka = apart(broker.__enter__)
                dashboard.publish(*(attack(10 + index) for index in range(5, 9)))
                until_shown(page, 9)
                expect(page.locator("#connection")).to_have_attribute("data-state", "live", timeout=MS)
        finally:
            dashboard.stop()
            apart(broker.__exit__, None, None, None)
