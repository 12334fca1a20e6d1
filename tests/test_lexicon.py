"""Words of a language found in a text: whole ones, the longest, and looked up by place."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import languages
from streams.languages import Language, Script
from streams.text.hits import NO_HITS, Hit, Hits
from streams.text.lexicon import Lexicon, lexicon


def language(units: dict[str, list[str]], script: Script | None = None) -> Language:
    """Return a language whose units are the given ones, and whose script may be another."""
    return msgspec.structs.replace(languages.load("en"), units=units, script=script or Script())


def found(words: Lexicon, text: str, role: str = "unit") -> list[tuple[str, str]]:
    """Return key and surface of each hit of a role in a text."""
    scan = words.scan(text)
    return [(hit.key, scan.text[hit.start : hit.end]) for hit in scan.role(role)]


BAR = Lexicon(language({"t": ["bar"], "km": ["foo bar"], "kg": ["foo"], "percent": ["%"], "USD": ["$"]}))


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("bar", [("t", "bar")]),
        ("BAR, Bar. (bar) bar!", [("t", "BAR"), ("t", "Bar"), ("t", "bar"), ("t", "bar")]),
        ("bars embark rebar", []),
        ("bar\u0301", []),
        ("5bar bar5", [("t", "bar"), ("t", "bar")]),
        ("bar-bar bar_bar", [("t", "bar")] * 4),
        ("foo\u00a0bar", [("km", "foo\u00a0bar")]),
        ("foo  bar", [("kg", "foo"), ("t", "bar")]),
        ("foo foo bar", [("kg", "foo"), ("km", "foo bar")]),
        ("5%$%", [("percent", "%"), ("USD", "$"), ("percent", "%")]),
        ("x%x", [("percent", "%")]),
        ("", []),
    ],
)
def test_only_whole_words_are_found_and_the_longest_of_them(text: str, units: list[tuple[str, str]]) -> None:
    """A letter beside a form makes another word of it; digits and signs do not."""
    assert found(BAR, text) == units


def test_words_beside_an_accent_that_was_folded_keep_their_place() -> None:
    """A capital that has two small letters moves nothing."""
    scan = BAR.scan("İİİ bar")
    assert [(hit.start, hit.end) for hit in scan.role("unit")] == [(4, 7)]


ARABIC = Lexicon(language({"t": ["طن", "کیلو\u200cتن"], "km": ["كيلومتر"]}))


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("۵ طُنٍّ!", [("t", "طُنٍّ")]),
        ("کیلومتر كيلومتر كيـــلومتر", [("km", "کیلومتر"), ("km", "كيلومتر"), ("km", "كيـــلومتر")]),
        ("کیلوتن، کیلو\u200cتن کیلو تن", [("t", "کیلوتن"), ("t", "کیلو\u200cتن"), ("t", "کیلو تن")]),
        ("\u200fطن", [("t", "طن")]),
        ("وطن", []),
    ],
)
def test_letters_of_two_keyboards_and_signs_between_them_make_no_other_word(
    text: str, units: list[tuple[str, str]]
) -> None:
    """Yeh and kaf, vowel signs, strokes and non-joiners; the hit has them all."""
    assert found(ARABIC, text) == units


CLITICS = Lexicon(language({"t": ["bar"]}, Script(proclitics=["wa"], enclitics=["nya", "'s"])))


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("barnya", True),
        ("Barnya.", True),
        ("wabar", True),
        ("wabarnya", True),
        ("bar's", True),
        ("bar\u2019s", True),
        ("barnyalah", False),
        ("barn", False),
        ("abar", False),
        ("xwabar", False),
        ("wawabar", False),
        ("nyabar", False),
        ("barwa", False),
    ],
)
def test_clitics_may_be_joined_to_a_word(text: str, hit: bool) -> None:
    """One before, one behind, each whole; the hit is the word without them."""
    assert [surface.lower() for _, surface in found(CLITICS, text)] == (["bar"] if hit else [])


AFFIXES = Lexicon(
    language(
        {"t": ["bar", "if"], "km": ["wabor", "wa"]},
        Script(proclitics=["bi"], loose_proclitics=["wa"], prefixes=["al"], endings=["a", "an"]),
    )
)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("albar", [("t", "albar")]),
        ("bara", [("t", "bara")]),
        ("bibar", [("t", "bar")]),
        ("wabar", [("km", "wa"), ("t", "bar")]),
        ("wabialbara", [("km", "wa"), ("t", "albara")]),
        ("waif", [("km", "wa"), ("t", "if")]),
        ("biif", []),
        ("ifa", []),
        ("baran", []),
        ("wabor", [("km", "wabor")]),
        ("biwabar", []),
        ("wawabar", []),
        ("wafoo", []),
        ("wa5", [("km", "wa")]),
    ],
)
def test_an_article_and_an_ending_are_parts_of_a_word_and_a_clitic_is_one_of_its_own(
    text: str, hits: list[tuple[str, str]]
) -> None:
    """A clitic is seen where the rest is known and the word is none as a whole."""
    assert found(AFFIXES, text) == hits


@given(st.text(alphabet="abfilrw ", max_size=40))
def test_hits_among_affixes_do_not_overlap_and_begin_and_end_with_what_is_joined(text: str) -> None:
    """Whatever is joined, each hit lies in the text and holds its form."""
    end = 0
    for hit in AFFIXES.scan(text).role("unit"):
        assert end <= hit.start < hit.end <= len(text)
        assert hit.form in text[hit.start : hit.end]
        end = hit.end


def test_a_language_without_spaces_finds_words_anywhere() -> None:
    """There, letters on both sides say nothing."""
    words = Lexicon(language({"t": ["吨"], "km": ["公里"]}, Script(spaces=False)))
    assert found(words, "五十吨炸药三公里") == [("t", "吨"), ("km", "公里")]
    assert found(Lexicon(language({"t": ["吨"]})), "五十吨炸药") == []


def test_the_longest_counts_in_each_role_by_itself() -> None:
    """A unit inside a longer noun is still a unit: only hits of one role shut each other out."""
    known = msgspec.structs.replace(
        languages.load("en"), units={"t": ["bar"]}, concepts={"thing": ["foo bar baz"]}
    )
    words = Lexicon(known)
    assert found(words, "foo bar baz") == [("t", "bar")]
    assert found(words, "foo bar baz", "concept") == [("thing", "foo bar baz")]


def test_a_form_may_have_many_roles() -> None:
    """One find in the text is a hit in each of them, once."""
    words = Lexicon(
        msgspec.structs.replace(languages.load("en"), units={"t": ["bar", "BAR"]}, fillers=["bar"])
    )
    assert found(words, "bar") == [("t", "bar")]
    assert found(words, "bar", "fillers") == [("fillers", "bar")]


def test_a_role_that_nothing_was_found_of_is_empty() -> None:
    """Whether it exists or not."""
    scan = BAR.scan("nothing here")
    assert scan.role("unit") is scan.role("no such role") is NO_HITS
    assert len(NO_HITS) == 0


WORDS = ("foo", "bar", "foo bar", "bar foo", "foo bar foo", "a", "é")
MANY = Lexicon(language({f"u{index}": [form] for index, form in enumerate(WORDS)}))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["foo", "bar", "a", "É", "5", "-", "x", " ", " "]), max_size=14).map("".join))
def test_what_is_found_is_what_reading_from_the_left_finds(text: str) -> None:
    """The model: at each place the longest word that stands alone, then on behind it."""
    expected = []
    at = 0
    folded = text.lower()
    while at < len(text):
        ends = [
            at + len(word)
            for word in WORDS
            if folded.startswith(word, at)
            and not (at and folded[at - 1].isalpha() and folded[at].isalpha())
            and not (folded[at + len(word) : at + len(word) + 1].isalpha())
        ]
        if ends:
            expected.append(text[at : max(ends)])
            at = max(ends)
        else:
            at += 1
    assert [surface for _, surface in found(MANY, text)] == expected


@st.composite
def hits(draw: st.DrawFn) -> Hits:
    """Return hits in order that do not overlap, some of them side by side."""
    at = 0
    made: list[Hit] = []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), max_size=6)):
        made.append(Hit(at + gap, at + gap + length, str(len(made)), "form"))
        at += gap + length
    return Hits(made)


OFFSETS = st.integers(0, 30)


@settings(max_examples=300)
@given(some=hits(), start=OFFSETS, length=st.integers(1, 12))
def test_hits_are_looked_up_as_a_search_through_all_would(some: Hits, start: int, length: int) -> None:
    """Each look-up against its meaning written out."""
    every, end = list(some), start + length
    inside = [hit for hit in every if start <= hit.start and hit.end <= end]
    before = [hit for hit in every if hit.end <= end and hit.start >= start]
    assert len(some) == len(every)
    assert some.at(start) == next((hit for hit in every if hit.start == start), None)
    assert some.ending(start) == next((hit for hit in every if hit.end == start), None)
    assert some.within(start, end) == inside
    assert some.first_within(start, end) == next(iter(inside), None)
    assert some.last_before(end, start) == (before[-1] if before else None)
    assert some.last_before(end) == next((hit for hit in reversed(every) if hit.end <= end), None)
    assert some.covers(start, end) == any(hit.start < end and start < hit.end for hit in every)


@pytest.mark.parametrize("code", languages.available())
def test_the_lexicon_of_a_language_is_built_once(code: str) -> None:
    """It costs a tenth of a second, and is asked for with each article."""
    assert lexicon(code) is lexicon(code)
    assert lexicon(code).language.code == code


def test_a_language_without_data_lists_those_that_have_some() -> None:
    """For a person who mistyped a code."""
    with pytest.raises(LookupError, match=rf"no language data for 'xx'.*{', '.join(languages.available())}"):
        lexicon("xx")
