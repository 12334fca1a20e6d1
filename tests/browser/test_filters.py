"""Filters: each leaves what it should, stands in the address, and is there after a reload."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

TALL = {"width": 1440, "height": 20_000}
"""All rows of the list are in sight, and so in the document."""


def rows(page: Page) -> set[str]:
    """Return the articles that are shown."""
    return set(page.eval_on_selector_all("#articles-list > li", "(all) => all.map((one) => one.dataset.id)"))


def until_counted(page: Page, number: int) -> None:
    """Wait until the page shows so many articles."""
    expect(page.locator("#articles-count")).to_have_text(str(number))
    expect(page.locator("#articles-list > li")).to_have_count(number)


def _sources(item: dict[str, Any]) -> set[str]:
    source = item["article"]["source"]
    return {source["name"]} if source and source["name"] else set()


# What of an article's summary each filter looks at, as far as that says it.
VALUES: dict[str, Callable[[dict[str, Any]], set[str]]] = {
    "language": lambda item: {item["article"]["language"]},
    "category": lambda item: {one["category"] for one in item["article"]["categories"]},
    "country": lambda item: set(item["article"]["countries"]),
    "kind": lambda item: set(item["article"]["kinds"]),
    "source": _sources,
}


def test_a_choice_leaves_the_articles_it_names_and_survives_a_reload(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """Language, category, country, kind of figure, source: by what the summaries of all articles say."""
    items = desk.all("articles")
    odd = next(one for item in items for one in _sources(item) if one.startswith("Source <script"))
    choices = {
        "language": "uk",
        "category": "displacement",
        "country": "SD",
        "kind": "displaced",
        "source": odd,
    }
    page = opened(desk.address, viewport=TALL)
    for name, value in choices.items():
        until_counted(page, len(items))
        expected = {item["id"] for item in items if value in VALUES[name](item)}
        assert 0 < len(expected) < len(items)
        page.locator(f"#filter-{name}").select_option(value)
        until_counted(page, len(expected))
        assert rows(page) == expected
        assert parse_qs(urlsplit(page.url).query) == {name: [value]}
        page.reload()
        until_counted(page, len(expected))
        assert rows(page) == expected
        expect(page.locator(f"#filter-{name}")).to_have_value(value)
        page.go_back()


def test_severity_and_words_are_looked_for_together(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """The box waits for a pause in typing; Clear takes everything away; alerts follow the same filters."""
    page = opened(desk.address, viewport=TALL)
    page.locator("#filter-severity").select_option("critical")
    expect(page).to_have_url(re.compile(r"\?severity=critical$"))
    critical = {item["id"] for item in desk.all("articles", severity="critical")}
    until_counted(page, len(critical))
    assert rows(page) == critical
    page.locator("#filter-q").press_sequentially("chlorine")
    both = {item["id"] for item in desk.all("articles", severity="critical", q="chlorine")}
    assert 0 < len(both) < len(critical)
    until_counted(page, len(both))
    assert rows(page) == both
    assert parse_qs(urlsplit(page.url).query) == {"severity": ["critical"], "q": ["chlorine"]}
    cards = page.locator("#alerts-list > li")
    expect(cards).to_have_count(len(desk.all("alerts", severity="critical", q="chlorine")))
    assert set(cards.evaluate_all("(all) => all.map((one) => one.dataset.severity)")) == {"critical"}
    page.locator("#filters-clear").click()
    until_counted(page, desk.get("facets")["total"])
    assert urlsplit(page.url).query == ""


def test_each_choice_says_how_many_it_leaves(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """Counted by the service, with all filters but its own."""
    page = opened(desk.address)
    counted = {one["value"]: one["count"] for one in desk.get("facets")["language"]}
    options = page.locator("#filter-language option")
    expect(options).to_have_count(len(counted) + 1)
    for value, words in options.evaluate_all("(all) => all.slice(1).map((one) => [one.value, one.text])"):
        assert words.endswith(f"({counted[value]})")


def test_a_place_on_the_map_is_a_filter_with_a_chip(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """By the map's table, which says the same as its marks; the chip takes it away again."""
    place = next(one for one in desk.get("map")["places"] if one["geonames_id"] and one["articles"] > 1)
    page = opened(desk.address, viewport=TALL)
    page.locator(".map-tools .table-switch").click()
    page.locator(".map-table tbody button", has_text=place["name"]).first.click()
    until_counted(page, desk.get("facets", place=place["geonames_id"])["total"])
    chip = page.locator("#chips button")
    expect(chip).to_contain_text(place["name"])
    chip.click()
    until_counted(page, desk.get("facets")["total"])


def test_a_filter_that_is_none_is_said_and_can_be_cleared(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """An address somebody typed."""
    page = opened(desk.address + "?kind=dead", expected=("400",))
    expect(page.locator("#alerts-state")).to_contain_text("kind is 'dead'")
    page.locator("#alerts-state button").click()
    expect(page.locator("#articles-count")).to_have_text(str(desk.get("facets")["total"]))
