"""Map, charts and counters say what the service says, each as a table too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]


def table(page: Page, inside: str) -> list[list[str]]:
    """Return the cells of the rows of a table's body."""
    page.wait_for_selector(f"{inside} tbody tr")
    found: list[list[str]] = page.eval_on_selector_all(
        f"{inside} tbody tr",
        "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))",
    )
    return found


def number(words: str) -> float:
    """Return a number as the page writes it."""
    return float(words.replace(",", ""))


def test_the_charts_show_the_series_and_tell_them_as_tables(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """Articles, alerts by severity, tolls by category; by the day of publication."""
    page = opened(desk.address + "?view=charts", viewport={"width": 1440, "height": 2_400})
    page.locator('.chart-tools select[name="step"]').select_option("day")
    points: list[dict[str, Any]] = desk.get("series", by="published", step="day")["points"]
    assert len(points) > 20
    for chart, total in (
        ("articles", sum(one["articles"] for one in points)),
        ("alerts", sum(sum(one["severities"].values()) for one in points)),
        ("tolls", sum(one["tolls"].get("killed", {"low": 0})["low"] for one in points)),
    ):
        figure = page.locator(f"#chart-{chart}")
        bars = figure.locator(".bar")
        # Those by the hour are there until those by the day have come.
        expect(figure.locator("svg[role=img]")).to_have_attribute("aria-label", re.compile("days from"))
        assert len(points) <= bars.count() <= 90
        figure.locator("figcaption button").click()
        rows = table(page, f"#chart-{chart}")
        # The last column of tolls is the upper bound, and no part of the sum.
        parts = slice(1, -1) if chart == "tolls" else slice(1, None)
        assert sum(number(cell) for row in rows for cell in row[parts]) == total, chart
    heads = page.locator("#chart-tolls thead th").all_inner_texts()
    assert len(heads) > 4, "tolls are told by category"


def test_the_map_shows_what_the_service_counts_by_country_and_place(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """Marks for places, shades for countries, and the same numbers in the table."""
    page = opened(desk.address)
    where = desk.get("map")
    expect(page.locator(".country.told")).to_have_count(len(where["countries"]))
    places = [one for one in where["places"] if one["latitude"] is not None]
    expect(page.locator(".dot-at")).to_have_count(min(len(places), 400))
    page.locator(".map-tools .table-switch").click()
    rows = table(page, ".map-table table:first-of-type")
    assert [(number(row[1]), number(row[2]), row[3].lower()) for row in rows] == [
        (one["alerts"], one["articles"], one["severity"] or "none") for one in where["countries"]
    ]
    assert len({row[0] for row in rows}) == len(rows)


def test_a_mark_on_the_map_leads_to_its_articles(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """A press on it; the arrows and plus move the map while it has the focus."""
    page = opened(desk.address, viewport={"width": 1920, "height": 1_080})
    expect(page.locator(".dot-at").first).to_be_visible()
    world = page.locator(".world > g")
    before = world.get_attribute("transform")
    page.locator(".world").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    assert world.get_attribute("transform") != before
    page.locator('.map-tools button[title="All that is on it"]').click()
    assert world.get_attribute("transform") == before
    page.locator(".dot-at").last.click()
    expect(page.locator("#chips button")).to_be_visible()
    assert "place=" in page.url


def test_the_counters_say_what_the_service_counts(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """Lag, dead letters with what was wrong, since when articles are kept."""
    page = opened(desk.address)
    stats = desk.get("stats")
    letters = sum(one["count"] for one in stats["dead_letters"])
    assert letters > 0
    expect(page.locator("#connection-words")).to_have_text("Live")
    expect(page.locator(".counter-lag dd")).to_have_text("0")
    expect(page.locator(".counter-letters dd")).to_have_text(str(letters))
    page.locator(".counter-letters button").click()
    expect(page.locator("#letters .letter-counts li")).to_have_count(len(stats["dead_letters"]))
    expect(page.locator("#letters tbody tr")).to_have_count(letters)
    expect(page.locator("#letters tbody")).to_contain_text("not JSON at line 1")
