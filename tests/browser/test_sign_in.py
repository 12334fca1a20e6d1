"""A dashboard with a token: the page asks for it once, and never shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.service import Dashboard, topics_of


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.kafka import Kafka

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

TOKEN = "a-token-of-this-test"  # noqa: S105 - it says so itself


@pytest.fixture(scope="module")
def closed(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Give a dashboard that asks for a token."""
    dashboard = Dashboard(topics_of(kafka), tmp_path_factory.mktemp("closed"), KABAR_DASHBOARD_TOKEN=TOKEN)
    yield dashboard.start()
    dashboard.stop()


def test_without_the_token_the_page_asks_for_it(closed: Dashboard, opened: Callable[..., Page]) -> None:
    """A wrong one is refused in words; the right one is remembered by a cookie that scripts cannot read."""
    page = opened(closed.address, expected=("401",))
    field = page.locator("#token")
    expect(field).to_be_focused()
    field.fill("guessed")
    field.press("Enter")
    expect(page.locator("#sign-in .trouble")).to_have_text("That is not it.")
    field.fill(TOKEN)
    field.press("Enter")
    expect(page.locator("#sign-in")).to_be_hidden()
    expect(page.locator("#connection-words")).to_have_text("Live")
    assert TOKEN not in page.evaluate("document.cookie + JSON.stringify(localStorage) + location.href")
    page.reload()
    expect(page.locator("#connection-words")).to_have_text("Live")
    expect(page.locator("#sign-in")).to_be_hidden()


def test_a_token_in_the_address_is_taken_out_of_it(closed: Dashboard, opened: Callable[..., Page]) -> None:
    """So that it stays in no history and no screenshot."""
    page = opened(f"{closed.address}#token={TOKEN}")
    expect(page.locator("#connection-words")).to_have_text("Live")
    assert page.url == closed.address
