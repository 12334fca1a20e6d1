"""Code points and UTF-16, marks that lie over each other, words for figures: the page's own arithmetic."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest


if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser]

LETTERS = "ab 7é١٢م𝔘😀👩‍👧🇺🇦𠮷\u0301\u200f\n"


def texts(number: int) -> list[str]:
    """Return texts of letters of all widths, always the same."""
    dice = random.Random(7)  # noqa: S311 - it deals out letters
    return ["".join(dice.choices(LETTERS, k=dice.randint(0, 40))) for _ in range(number)]


def test_an_offset_in_code_points_is_found_in_utf_16(script: Callable[..., Any]) -> None:
    """Python's own slices say what is right, at every offset of many texts."""
    given = texts(60)
    found = script(
        "spans.js",
        "({ CodePoints }, texts) => texts.map((text) => { const points = new CodePoints(text);"
        " return Array.from({ length: points.length + 1 }, (_, at) =>"
        " [points.slice(0, at), points.slice(at, points.length)]); })",
        given,
    )
    assert found == [[[text[:at], text[at:]] for at in range(len(text) + 1)] for text in given]


def test_marks_over_each_other_are_cut_into_stretches(script: Callable[..., Any]) -> None:
    """No gap, no double; each stretch knows exactly what covers it, empty and outside marks are none."""
    dice = random.Random(11)  # noqa: S311 - it deals out marks
    for _ in range(40):
        end = dice.randint(1, 30)
        marks = [
            {"start": start, "end": start + dice.randint(0, 12), "name": name}
            for name, start in enumerate(dice.choices(range(end + 3), k=dice.randint(0, 9)))
        ]
        found = script(
            "spans.js",
            "({ stretches }, marks, end) => stretches(marks, 0, end).map((one) =>"
            " [one.start, one.end, one.marks.map((mark) => mark.name)])",
            marks,
            end,
        )
        covering = [
            [mark["name"] for mark in marks if mark["start"] <= at < mark["end"]] for at in range(end)
        ]
        assert [names for start, stop, names in found for _ in range(start, stop)] == covering
        assert [start for start, _, _ in found] == [0] + [stop for _, stop, _ in found[:-1]]


def test_paragraphs_hold_all_that_is_no_white_space(script: Callable[..., Any]) -> None:
    """In order, in code points, without the lines between them."""
    given = texts(60)
    found = script("spans.js", "({ paragraphs }, texts) => texts.map((one) => paragraphs(one))", given)
    for text, stretches in zip(given, found, strict=True):
        held = "".join(text[one["start"] : one["end"]] for one in stretches)
        assert "".join(held.split()) == "".join(text.split())
        assert "\n" not in held


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ((12, 12, 12, "exact", "person", "killed"), "12 killed"),
        ((5, 5, None, "at_least", "person", "killed"), "at least 5 killed"),
        ((None, 12, 20, "range", "person", "killed"), "12 to 20 killed"),
        ((None, 20, 99, "vague", "person", "wounded"), "20 to 99 wounded"),
        ((300, 300, 300, "about", "person", "displaced"), "about 300 displaced"),
        ((40, None, 40, "at_most", "person", "killed"), "up to 40 killed"),
        ((0, 0, 0, "exact", "person", "killed"), "0 killed"),
        ((25, 25, 25, "about", "person", "other_quantity"), "about 25 people"),
        ((1400, 1400, None, "more_than", "t", "munitions_mass"), "more than 1,400 t of munitions"),
        ((1.5e6, 1.5e6, 1.5e6, "exact", "USD", "money_cost"), "USD 1,500,000 in costs"),
        ((11, 11, 11, "exact", "rifle", "seized"), "11 rifles seized"),
        ((1, 1, 1, "exact", "ferry", "vehicles_destroyed"), "1 ferry lost or destroyed"),
        ((3, 3, 3, "exact", "refinery", "facilities_destroyed"), "3 refineries hit or destroyed"),
        ((2, 2, 2, "exact", "aircraft", "platforms"), "2 aircraft"),
        ((40, 40, 40, "exact", "percent", "percent"), "40 %"),
        ((7, 7, 7, "exact", "1", "seized"), "7 seized"),
        ((None, None, None, "vague", "person", "missing"), "a number not said missing"),
    ],
)
def test_a_figure_is_said_in_words(
    script: Callable[..., Any], figure: tuple[float | str | None, ...], words: str
) -> None:
    """With its bounds, as one says it."""
    given = dict(zip(("value", "low", "high", "qualifier", "unit", "kind"), figure, strict=True))
    assert script("words.js", "({ phrase }, figure) => phrase(figure)", given) == words
    if given["kind"] == "killed":
        given["victim_role"] = "civilian"
        words = words.replace("killed", "civilians killed")
        assert script("words.js", "({ phrase }, figure) => phrase(figure)", given) == words


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-10-02T16:20:00+03:00", "2026-10-02T13:20:00.000Z"),
        ("2026-10-02T16:20:00+0300", "2026-10-02T13:20:00.000Z"),
        ("2026-10-02T16:20Z", "2026-10-02T16:20:00.000Z"),
        ("2026-10-02", None),
        ("2026-10-02T16:20:00", None),
        ("yesterday", None),
        ("2026-13-40T99:99:99Z", None),
        (None, None),
    ],
)
def test_only_a_time_with_a_zone_is_a_moment(
    script: Callable[..., Any], written: str | None, moment: str | None
) -> None:
    """A day, or an hour of nobody's clock, is shown as it is written."""
    assert (
        script("times.js", "({ moment }, written) => moment(written)?.toISOString() ?? null", written)
        == moment
    )


def test_local_time_stands_beside_utc(script: Callable[..., Any]) -> None:
    """In Kyiv (the tests' zone) and in UTC, with the day where it is another."""
    says = "({ both, moment }, written) => both(moment(written))"
    assert script("times.js", says, "2025-07-02T13:20:00Z") == "2 Jul 2025, 16:20 EEST · 13:20 UTC"
    assert script("times.js", says, "2025-07-02T22:20:00Z") == "3 Jul 2025, 01:20 EEST · 2 Jul, 22:20 UTC"
