"""How stretches that hold no figure are kept and looked up, and what each pattern takes.

Wordings are data and are tested in ``tests/cases``; here is what the code does by itself.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.numbers.excluded import Exclusion, Exclusions
from streams.numbers.exclusions import find_exclusions
from streams.text.lexicon import lexicon


def excluded(text: str, code: str = "en") -> list[tuple[str, str]]:
    """Return surface and reason of each exclusion in a text, in order."""
    words = lexicon(code)
    found = find_exclusions(words.scan(text), words.language)
    return [(text[start:end], reason) for start, end, reason in found.found]


STRETCHES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10)), max_size=8)


@settings(max_examples=400)
@given(stretches=STRETCHES, start=st.integers(0, 30), length=st.integers(1, 8))
def test_an_exclusion_covers_what_it_overlaps(
    stretches: list[tuple[int, int]], start: int, length: int
) -> None:
    """However they lie over one another: one that overlaps is found, and none where none does."""
    every = [Exclusion(at, at + size, str(index)) for index, (at, size) in enumerate(stretches)]
    overlapping = [one for one in every if one.start < start + length and start < one.end]
    found = Exclusions(every).covering(start, start + length)
    assert (found in overlapping) if overlapping else (found is None)


def test_exclusions_stand_in_order() -> None:
    """Whatever the order they were found in."""
    some = [Exclusion(5, 9, "b"), Exclusion(0, 3, "a"), Exclusion(5, 6, "c")]
    assert Exclusions(some).found == sorted(some)
    assert Exclusions([]).covering(0, 100) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://example.com/2015/12-dead?n=30", "address"),
        ("www.example.com/30", "address"),
        ("desk24@example.com", "address"),
        ("#breaking24", "address"),
        ("@desk24", "address"),
        ("2026-10-05", "date"),
        ("2026-10-05T12:30:00Z", "date"),
        ("05/10/2026", "date"),
        ("5.10.26", "date"),
        ("12:30", "time"),
        ("12:30:45", "time"),
        ("+62 812 3456 7890", "telephone"),
        ("0812-3456-7890", "telephone"),
        ("1234567890123", "serial number"),
        ("0042", "serial number"),
        ("F-16", "name"),
        ("MH17", "name"),
        ("T\u201172", "name"),
        ("G-7", "name"),
    ],
)
@pytest.mark.parametrize("code", ["en", "id"])
@pytest.mark.parametrize("frame", ["{}", "a {} b", "“{}”, c", "({})."])
def test_what_looks_like_no_figure_in_any_language_is_none(
    text: str, reason: str, code: str, frame: str
) -> None:
    """The whole of it is one stretch, with its reason."""
    found = excluded(frame.format(text), code)
    # An address may take the sign behind it along.
    assert any(surface.startswith(text) and why == reason for surface, why in found)


@pytest.mark.parametrize(
    "text",
    [
        "1,400 people",
        "12.5 million people",
        "99/100 people",
        "5:0 people",
        "25:99 people",
        "100 000 people",
        "1'000 people",
        "10 000 000 people",
        "30% of people",
        "$5,000 for people",
        "US$30 for people",
        "5km2 of land",
        "1.4.400 people",
    ],
)
def test_what_is_a_figure_is_not_taken_for_something_else(text: str) -> None:
    """Signs that stand in dates, times and names stand in numbers, too."""
    reasons = {"date", "time", "telephone", "serial number", "name", "address"}
    assert [one for one in excluded(text) if one[1] in reasons] == []


@pytest.mark.parametrize("text", ["1. Five died.\n2) Six died.", "(1) Five died.\n (2) Six died."])
def test_numbers_of_a_list_are_no_figures(text: str) -> None:
    """At the start of a line, with a dot or bracket."""
    assert [reason for _, reason in excluded(text)] == ["list number"] * 2


CHARACTERS = st.sampled_from([*"0123456789.,:/-–()+ '#@aAbZé\n", "May ", "12th", "in 2015", " km ", "$", "%"])


@settings(max_examples=300, deadline=None)
@given(text=st.lists(CHARACTERS, max_size=30).map("".join), code=st.sampled_from(["en", "id"]))
def test_every_stretch_lies_in_the_text_and_says_why(text: str, code: str) -> None:
    """None is empty, none begins before the text or ends behind it."""
    words = lexicon(code)
    for start, end, reason in find_exclusions(words.scan(text), words.language).found:
        assert 0 <= start < end <= len(text)
        assert reason


PIECES = (
    "1|0|1.|1/|1:|1-|a1|1a|A|Ab|A.|A, |A, 12, |+1 |0 | |#|@|a@|http://|(1)|1. |1\n|2015 |2015-|12 May |"
    "May 12 |1990s |25-year-old |aged |No. 5 |3-0 |one of the |5 years ago |first |Street |Ann |10.30 a.m. "
)


@pytest.mark.parametrize("piece", PIECES.split("|"))
def test_a_hundred_kilobytes_of_one_piece_end(piece: str) -> None:
    """Work grows with the length alone: this would not end in time if it did not."""
    text = piece * (100_000 // len(piece))
    words = lexicon("en")
    found = find_exclusions(words.scan(text), words.language)
    assert all(one.end <= len(text) for one in found.found)
