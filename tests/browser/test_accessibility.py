"""The page by the rules of axe-core, in light and dark, wide and narrow; nothing is cut off at 360 px."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()

WIDE = {"width": 1440, "height": 900}
WIDEST = {"width": 1920, "height": 1080}
PHONE = {"width": 360, "height": 740}


def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds, by rule, with the elements."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, { runOnly:"
        " ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })).violations"
        ".map((one) => ({ rule: one.id, impact: one.impact,"
        " where: one.nodes.slice(0, 3).map((node) => [node.html.slice(0, 160), node.failureSummary]) }))"
    )
    return found


@pytest.mark.parametrize(
    ("path", "viewport"),
    [
        ("", WIDE),
        ("?read=kharkiv-market-glide-bombs", WIDEST),
        ("?read=wide-ar", PHONE),
        ("?view=charts", WIDE),
        ("?view=map", PHONE),
        ("?view=articles", PHONE),
    ],
    ids=["desk", "reader", "arabic on a phone", "charts", "map on a phone", "articles on a phone"],
)
def test_axe_finds_nothing(
    desk: Dashboard, opened: Callable[..., Page], path: str, viewport: dict[str, int]
) -> None:
    """Not what is serious, and not what is minor; in light and in dark."""
    page = opened(desk.address + path, viewport=viewport, color_scheme="light", bypass_csp=True)
    expect(page.locator("#articles-count")).not_to_be_empty()
    if "read=" in path:
        page.locator("#reader .text mark[data-figure]").first.focus()
        expect(page.locator("#explanation")).to_be_visible()
    elif not path:
        page.locator("#alerts-list .fold-why summary").first.click()
    elif "charts" in path:
        page.locator("#chart-alerts figcaption button").click()
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []


def test_axe_finds_nothing_in_the_dialogs(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """Help and dead letters."""
    page = opened(desk.address, color_scheme="dark", bypass_csp=True)
    expect(page.locator("#articles-count")).not_to_be_empty()
    page.locator("#help-open").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.locator(".counter-letters button").click()
    expect(page.locator("#letters table")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("path", ["", "?view=articles", "?view=map", "?view=charts", "?read=wide-fa"])
def test_a_phone_shows_it_all_without_scrolling_sideways(
    desk: Dashboard, opened: Callable[..., Page], path: str
) -> None:
    """At 360 px, with text of twice the size too (WCAG 1.4.4)."""
    page = opened(desk.address + path, viewport=PHONE)
    expect(page.locator("#articles-count")).not_to_be_empty()
    page.wait_for_timeout(300)
    for size in ("", "200%"):
        page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", size)
        wide = page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('.scroller, .reader, .charts, .map')]"
            ".filter((one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1)"
            ".map((one) => [one.id || one.tagName, one.scrollWidth, one.clientWidth])"
        )
        assert wide == []


def test_the_switch_changes_the_theme_and_it_is_remembered(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """As the system has it, light, dark."""
    page = opened(desk.address, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.locator("#theme-switch").click()
    light = page.evaluate(ground)
    assert light != dark
    page.reload()
    assert page.evaluate(ground) == light
    page.locator("#theme-switch").click()
    page.locator("#theme-switch").click()
    assert page.evaluate(ground) == dark
