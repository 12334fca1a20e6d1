"""The page without a pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]


def focused(page: Page, inside: str) -> bool:
    """Tell whether the focus is there, and can be seen."""
    found: bool = page.evaluate(
        "(inside) => { const one = document.activeElement; const style = getComputedStyle(one);"
        " return one.closest(inside) !== null && one.matches(':focus-visible')"
        " && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; }",
        inside,
    )
    return found


def test_the_first_stops_skip_to_the_lists(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """As for who does not see the page."""
    page = opened(desk.address)
    expect(page.locator("#alerts-list > li").first).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.locator("a.skip").first
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#articles")).to_be_focused()


def test_an_alert_is_found_opened_and_closed_with_single_keys(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """/ and j, k, Enter, n, Esc; the focus can be seen and comes back to where it was."""
    page = opened(desk.address)
    expect(page.locator("#alerts-list > li").first).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()
    page.keyboard.type("Kharkiv j k")
    page.keyboard.press("Control+a")
    page.keyboard.type("Kharkiv")
    expect(page).to_have_url(desk.address + "?q=Kharkiv")
    expect(page.locator("#articles-count")).to_have_text(str(desk.get("facets", q="Kharkiv")["total"]))
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    first = page.locator("#alerts-list > li").nth(0).locator("[data-open]")
    expect(first).to_be_focused()
    assert focused(page, "#alerts-list")
    page.keyboard.press("j")
    expect(page.locator("#alerts-list > li").nth(1).locator("[data-open]")).to_be_focused()
    page.keyboard.press("k")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reader .text p").first).to_be_visible()
    expect(page.locator("#explanation")).to_be_visible()
    assert focused(page, "#reader mark")
    page.keyboard.press("n")
    assert focused(page, "#reader mark")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    expect(first).to_be_focused()


def test_articles_are_read_one_after_the_other(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """In the reader j and k go on to the next article; the list of thousands keeps the focus in sight."""
    page = opened(desk.address)
    links = page.locator("#articles-list a")
    expect(links.first).to_be_visible()
    links.first.focus()
    for _ in range(30):
        page.keyboard.press("j")
        assert focused(page, "#articles-list a")
        expect(page.locator("#articles-list a:focus")).to_be_in_viewport()
    page.keyboard.press("Enter")
    title = page.locator("#reader-title")
    expect(page.locator("#reader .text p").first).to_be_visible()
    was = title.inner_text()
    page.keyboard.press("j")
    expect(title).not_to_have_text(was)
    expect(page.locator("#reader .text p").first).to_be_visible()
    page.keyboard.press("k")
    expect(title).to_have_text(was)


def test_help_opens_closes_and_turns_single_keys_off(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """As WCAG 2.1.4 asks; it is remembered."""
    page = opened(desk.address)
    expect(page.locator("#alerts-list > li").first).to_be_visible()
    page.keyboard.press("?")
    dialog = page.locator("#help")
    expect(dialog).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).not_to_be_focused()
    page.reload()
    expect(page.locator("#alerts-list > li").first).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")


def test_back_and_forward_open_and_close_the_reader(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """What is read stands in the address."""
    page = opened(desk.address)
    page.locator("#articles-list a").first.click()
    expect(page.locator("#reader .text p").first).to_be_visible()
    assert "read=" in page.url
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#reader .text p").first).to_be_visible()


def test_motion_is_left_out_where_it_is_not_wanted(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """No animation runs and none would."""
    page = opened(desk.address, reduced_motion="reduce")
    expect(page.locator("#alerts-list > li").first).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('*')].every((one) => { const style = getComputedStyle(one);"
        " return style.animationName === 'none' && parseFloat(style.transitionDuration) === 0; })"
    )
