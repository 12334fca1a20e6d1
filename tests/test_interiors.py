"""Offsets inside words: as a plain look at the letters gives them, whatever the text."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from streams.text.interiors import _MOST_KNOWN, Characters, inside_words


LETTER = regex.compile(r"[\p{L}\p{M}]")


@given(st.text(st.sampled_from("abé\u0301\u4e2d\U00010400 1-'.\n\ufffd"), max_size=30))
def test_an_offset_is_inside_a_word_between_two_letters(text: str) -> None:
    """And nowhere else: not at the ends of the text, nor beside digits and signs."""
    between = [
        0 < at < len(text) and bool(LETTER.match(text[at - 1])) and bool(LETTER.match(text[at]))
        for at in range(len(text) + 1)
    ]
    assert list(map(bool, inside_words(text, apostrophes=False))) == between


def test_an_apostrophe_between_letters_is_inside_where_a_language_joins_by_it() -> None:
    """One alone, and with letters on both sides."""
    assert list(inside_words("a'b 'c d' e''f", apostrophes=True)) == [0, 1, 1] + [0] * 12
    assert list(inside_words("a'b", apostrophes=False)) == [0, 0, 0, 0]


def test_letters_of_all_the_world_do_not_fill_the_memory() -> None:
    """The table is bounded, and still right beyond its bound."""
    table = Characters(lambda character: 5 * character.isalpha())
    table.of("".join(map(chr, range(2 * _MOST_KNOWN))))
    assert len(table) == _MOST_KNOWN
    assert table.of("\u4e2d\u3002") == b"\5\0"
