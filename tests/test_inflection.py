"""Endings of words and numbers that a language file lists once for many stems."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams import find_numbers, languages
from streams.errors import DataError
from streams.text.inflection import Inflection
from streams.text.lexicon import Lexicon, lexicon


if TYPE_CHECKING:
    from streams.text.hits import Hit


TURKISH = languages.load("tr")


def changed(**script: object) -> languages.Language:
    """Return Turkish with other values in its [script]."""
    return msgspec.structs.replace(TURKISH, script=msgspec.structs.replace(TURKISH.script, **script))


def nouns(text: str, words: Lexicon | None = None) -> list[Hit]:
    """Return the nouns that are found in a text."""
    return list((words or lexicon("tr")).scan(text).role("concept"))


@pytest.mark.parametrize(
    "word",
    ["asker", "askerler", "askerin", "askerlerden", "askerimiz", "askerlerindeki", "ASKERLERE", "askerdi"],
)
def test_a_stem_is_found_with_each_of_its_endings(word: str) -> None:
    """The find reaches to the end of the word, and its form is the stem."""
    (hit,) = nouns(word)
    assert (hit.start, hit.end, hit.form, hit.key) == (0, len(word), "asker", "soldier")


@pytest.mark.parametrize("word", ["askerzz", "xasker", "askerlerx", "askeriyat"])
def test_a_stem_with_anything_else_is_another_word(word: str) -> None:
    """What is no listed ending makes a word that is not known."""
    assert nouns(word) == []


@pytest.mark.parametrize("text", ["İHA'ları", "İHA’ları", "iha'lari", "IHA'LARI"])
def test_an_apostrophe_may_stand_before_the_ending(text: str) -> None:
    """Whichever apostrophe, and whichever i: dots and capitals make no difference."""
    (hit,) = nouns(text)
    assert (hit.end, hit.key) == (len(text), "drone")


def test_a_stem_of_a_verb_alone_is_no_word_of_it() -> None:
    """A sign whose endings do not hold the empty one asks for an ending."""
    scan = lexicon("tr").scan("öl öldü ölen")
    assert [hit.start for hit in scan.role("predicate")] == [3, 8]


@given(st.text(alphabet="asker lin'dnIİıi\u0307\u2019", max_size=40))
def test_finds_lie_in_the_text_and_end_where_words_end(text: str) -> None:
    """Whatever the text, with as many code points as it had."""
    scan = lexicon("tr").scan(text)
    assert len(scan.folded) == len(text)
    for hit in scan.role("concept"):
        assert 0 <= hit.start < hit.end <= len(text)
        assert not text[hit.end : hit.end + 1].isalpha()


@pytest.mark.parametrize(
    ("text", "value", "surface"),
    [
        ("üçü geldi", 3, "üç"),
        ("12'si geldi", 12, "12"),
        ("yirmi beşi geldi", 25, "yirmi beş"),
        ("yüz ellinin", 150, "yüz elli"),
    ],
)
def test_a_number_may_have_an_ending_that_is_none_of_it(text: str, value: int, surface: str) -> None:
    """In words or behind an apostrophe."""
    (number,) = find_numbers(text, "tr")
    assert (number.value, number.surface) == (value, surface)


def test_an_ending_tells_that_a_number_is_a_part() -> None:
    """And is named in its rules."""
    (part,) = find_numbers("12'si", "tr")
    (whole,) = find_numbers("12'ye", "tr")
    assert ("number.ending.part" in part.rule, "number.ending.case" in whole.rule) == (True, True)


@pytest.mark.parametrize("text", ["onlar", "bina", "yüzünden", "altında", "yüzde"])
def test_a_word_that_is_known_as_a_whole_is_no_number_with_an_ending(text: str) -> None:
    """Though it begins as one and ends as one."""
    assert find_numbers(text, "tr") == []


def test_a_qualifier_may_stand_in_the_ending() -> None:
    """In words as in digits."""
    for text in ("yirmiden fazla", "20'den fazla", "20’den fazla"):
        (number,) = find_numbers(text, "tr")
        assert (number.value, number.low, number.high, number.qualifier) == (20, 20, None, "more_than")


@pytest.mark.parametrize("sign", ["", "ab", "x", "{", "'", " "])
def test_a_sign_of_endings_is_one_that_no_word_ends_in(sign: str) -> None:
    """Else the file is wrong, and is told where."""
    with pytest.raises(DataError, match=r"tr\.toml: script\.inflections"):
        Inflection(changed(inflections={sign: ["{ler,}"]}))


def test_without_endings_only_whole_words_are_found() -> None:
    """The sign then is a letter as any other."""
    assert nouns("askerler", Lexicon(changed(inflections={}))) == []
