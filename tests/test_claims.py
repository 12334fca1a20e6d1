"""Who says so: which speaker a figure is given to, by the order of words, whatever the words are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.claims.claims import Claims
from streams.text.lexicon import lexicon
from streams.text.sentences import Layout


if TYPE_CHECKING:
    from streams.records import Claimant


def claims(text: str, code: str = "en") -> Claims:
    """Return the claims of a text in a language."""
    words = lexicon(code)
    scan = words.scan(text)
    return Claims(scan, Layout(scan, words.language))


def claimant(text: str, figure: str, code: str = "en") -> Claimant | None:
    """Return who says the words ``figure`` of a text, and check that each span holds its surface."""
    start = text.index(figure)
    found = claims(text, code).claimant(start, start + len(figure))
    if found:
        assert text[found.start : found.end] == found.surface
        assert found.verb in text
        assert found.via is None or text[found.via.start : found.via.end] == found.via.surface
    return found


def who(text: str, figure: str, code: str = "en") -> str | None:
    """Return the name of who says the words ``figure`` of a text."""
    found = claimant(text, figure, code)
    return found.surface if found else None


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Ann Smith said 12 people died.", "en", "Ann Smith"),
        ("12 people died, Ann Smith said.", "en", "Ann Smith"),
        ("12 people died, said Ann Smith.", "en", "Ann Smith"),
        ("According to Ann Smith, 12 people died.", "en", "Ann Smith"),
        ("12 people died, according to Ann Smith.", "en", "Ann Smith"),
        ("“12 people died,” Ann Smith said.", "en", "Ann Smith"),
        ("Officials said 12 people died.", "en", "Officials"),
        ("12 people died.", "en", None),
        ("Ahmad Yani mengatakan 12 orang tewas.", "id", "Ahmad Yani"),
        ("12 orang tewas, kata Ahmad Yani.", "id", "Ahmad Yani"),
        ("Menurut Ahmad Yani, 12 orang tewas.", "id", "Ahmad Yani"),
        ("“12 orang tewas,” ujar Ahmad Yani.", "id", "Ahmad Yani"),
        ("12 orang tewas.", "id", None),
    ],
)
def test_the_speaker_stands_on_the_side_that_the_verb_says(text: str, code: str, name: str | None) -> None:
    """Before or behind its verb, and the statement on the other side."""
    assert who(text, "12", code) == name


def test_of_two_speakers_in_a_sentence_each_has_the_figure_beside_it() -> None:
    """Two sides, two tolls."""
    text = "Ann Smith said 12 people died, while Bob Brown said 30 people died."
    assert (who(text, "12"), who(text, "30")) == ("Ann Smith", "Bob Brown")


def test_a_denial_is_known_as_one() -> None:
    """The stance is the verb's."""
    found = claimant("Ann Smith denied that 12 people died.", "12")
    assert found is not None
    assert (found.surface, found.stance) == ("Ann Smith", "denied")


def test_a_statement_goes_on_into_the_next_sentence_of_its_paragraph_and_no_further() -> None:
    """What is inherited says so; a new paragraph is the reporter's again."""
    near = claimant("Ann Smith said 12 people died. 30 people were hurt.", "30")
    assert near is not None
    assert (near.surface, near.inherited) == ("Ann Smith", True)
    own = claimant("Ann Smith said 12 people died. 30 people were hurt.", "12")
    assert own is not None
    assert own.inherited is False
    assert who("Ann Smith said 12 people died.\n\n30 people were hurt.", "30") is None


def test_nobody_has_said_what_stands_before_the_first_speaker() -> None:
    """A name is no claimant of what was written before it was named."""
    assert who("12 people died. Ann Smith said 30 people were hurt.", "12") is None


def test_a_pronoun_is_the_one_named_before() -> None:
    """She said, tuturnya: the name is that of the sentence before, with its own place."""
    english = claimant("Ann Smith spoke to the press. She said 12 people died.", "12")
    indonesian = claimant("Ahmad Yani mengatakan ada serangan. Tuturnya, 12 orang tewas.", "12", "id")
    for found, name in ((english, "Ann Smith"), (indonesian, "Ahmad Yani")):
        assert found is not None
        assert (found.surface, found.start, found.inherited) == (name, 0, True)


def test_one_who_is_named_in_a_bracket_or_apposition_is_still_the_speaker() -> None:
    """The name before the office, the office before the name, an abbreviation behind it."""
    assert who("The mayor, Ann Smith, said 12 people died.", "12") is not None
    assert who("12 people died, said the mayor, Ann Smith.", "12") == "Ann Smith"
    assert who("The Refugee Agency (UNHCR) said 12 people died.", "12") == "Refugee Agency (UNHCR)"


def test_a_source_before_a_colon_speaks() -> None:
    """As in a headline."""
    found = claimant("Police: 12 people died in the city.", "12")
    assert found is not None
    assert (found.surface, found.verb) == ("Police", ":")


def test_the_medium_that_passed_words_on_is_no_speaker() -> None:
    """It is named beside the one who spoke."""
    found = claimant("12 orang tewas, kata Ahmad Yani seperti dikutip dari Antara.", "12", "id")
    assert found is not None
    assert found.surface == "Ahmad Yani"
    assert found.via is not None
    assert found.via.surface == "Antara"


WORDS = (
    "Ann Smith|said|She said|the police|according to|denied|12 people died|,|.|:|\n\n|“|”|(UN)|the mayor|"
    "in Idlib|quoted by|Antara|who|and|30|Mr."
)
PIECES = st.sampled_from(WORDS.split("|"))


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(PIECES, max_size=16), code=st.sampled_from(["en", "id"]))
def test_whoever_is_named_stands_in_the_text(pieces: list[str], code: str) -> None:
    """Whatever the order of words, a claimant's spans hold their surfaces, and no error comes."""
    text = " ".join(pieces)
    found = claims(text, code)
    for start in range(0, len(text), 5):
        one = found.claimant(start, start + 2)
        assert one is None or text[one.start : one.end] == one.surface != ""
        assert one is None or one.via is None or text[one.via.start : one.via.end] == one.via.surface
    for speaker in found.named():
        assert 0 <= speaker.start < speaker.end <= len(text)


def test_a_conjunction_that_is_written_as_one_with_a_verb_says_nothing() -> None:
    """Where the team's head "and-said" that there are so many, it is not "and" who says it."""
    text = "وقال المهندس نزار الجبوري، مدير فريق التنقيب، إن الفريق المؤلف من 18 خبيرا يعمل."
    assert who(text, "18 خبيرا", "ar") in {None, "المهندس نزار الجبوري"}
