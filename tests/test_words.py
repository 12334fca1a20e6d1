"""Forms are found word by word as an automaton finds them that is asked for whole words only."""

from __future__ import annotations

import ahocorasick_rs
from hypothesis import example, given
from hypothesis import strategies as st

from streams.text.interiors import inside_words
from streams.text.words import Words


LETTERS = "ab'- 1.é\u0301"
FORMS = st.lists(
    st.text(LETTERS, min_size=1, max_size=7).filter(lambda form: form == form.strip()),
    min_size=1,
    unique=True,
)


@given(forms=FORMS, text=st.text(LETTERS, max_size=40), apostrophes=st.booleans())
@example(forms=["a b", "a", "b"], text="a b a  b", apostrophes=False)
@example(forms=["a'", "'a"], text="a'a 'a a'", apostrophes=True)
@example(forms=["1.1", "1"], text="11.1", apostrophes=False)
def test_words_are_found_where_an_automaton_finds_them_and_no_word_goes_on(
    forms: list[str], text: str, apostrophes: bool
) -> None:
    """Both ends are asked for in the same row of what is inside of words."""
    inside = inside_words(text, apostrophes=apostrophes)
    matches = ahocorasick_rs.AhoCorasick(forms).find_matches_as_indexes(text, overlapping=True)
    whole = [(index, start, end) for index, start, end in matches if not (inside[start] or inside[end])]
    assert sorted(Words(forms, apostrophes=apostrophes).find(text, inside)) == sorted(whole)


@given(forms=FORMS, text=st.text("ab x", max_size=40))
@example(forms=["a", "b a", "b"], text="xbxx xb axx")
def test_with_what_is_joined_to_words_all_is_found_that_it_stands_beside(forms: list[str], text: str) -> None:
    """An automaton finds more: what stands beside other letters of its word."""
    leads, tails = {"x", "bx"}, {"xx", "a"}
    inside = inside_words(text, apostrophes=False)

    def joins(start: int, end: int) -> bool:
        first, last = inside.rfind(0, 0, start + 1), inside.find(0, end)
        return (first == start or text[first:start] in leads) and (last == end or text[end:last] in tails)

    matches = ahocorasick_rs.AhoCorasick(forms).find_matches_as_indexes(text, overlapping=True)
    words = Words(forms, apostrophes=False, leads=leads, tails=tails)
    found = words.find(text, inside)
    assert len(found) == len(set(found))
    assert set(found) == {match for match in matches if joins(*match[1:])}


def test_a_phrase_is_found_together_with_the_words_that_it_begins_with() -> None:
    """Each beginning that is a form itself is a find."""
    text = "the dead and the wounded"
    words = Words(["the dead", "the", "the dead and wounded"], apostrophes=False)
    found = [text[start:end] for _, start, end in words.find(text, inside_words(text, apostrophes=False))]
    assert found == ["the", "the dead", "the"]
