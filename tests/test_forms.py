"""Braces are written out, and text is folded without moving a character."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.errors import DataError
from streams.languages.forms import MOST_FORMS, expand, fold, squeeze


@pytest.mark.parametrize(
    ("form", "forms"),
    [
        ("rudal", ["rudal"]),
        ("luncur{kan,}", ["luncurkan", "luncur"]),
        ("{di,me}luncur{kan,}", ["diluncurkan", "diluncur", "meluncurkan", "meluncur"]),
        ("missile{s,}", ["missiles", "missile"]),
        ("type{s,} of", ["types of", "type of"]),
        ("{one}", ["one"]),
        ("a{b,b}", ["ab", "ab"]),
        ("Negara{ Islam,}", ["negara islam", "negara"]),
        ("ISIS\u2019s", ["isis's"]),
        ("می\u200cشود", ["می شود", "میشود"]),
        ("كتاب{\u200cها,}", ["کتاب ها", "کتابها", "کتاب"]),
        ("آلافٍ", ["آلاف"]),
    ],
)
def test_braces_stand_for_each_of_their_parts(form: str, forms: list[str]) -> None:
    """In the order of the file, the first brace turning slowest; folded."""
    assert expand(form, "xx.toml: key") == forms


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ("luncur{kan", "has an opening brace that is not closed"),
        ("luncur{k{a}n}", "has an opening brace that is not closed"),
        ("luncurkan}", "has a closing brace without an opening one"),
        ("{a}b}", "has a closing brace without an opening one"),
        ("}{", "has a closing brace without an opening one"),
        ("", "stands for an empty form"),
        ("{a,}", "stands for an empty form"),
        ("  ", "stands for an empty form"),
        (" rudal", "stands for an empty form or one with space around it"),
        ("rudal{ jelajah, }", "stands for an empty form or one with space around it"),
        ("{a,b}" * 11, f"stands for more than {MOST_FORMS} forms"),
    ],
)
def test_a_mistake_in_braces_names_file_key_and_form(form: str, why: str) -> None:
    """The message is enough to find and mend it."""
    with pytest.raises(DataError) as caught:
        expand(form, "xx.toml: units.km")
    assert str(caught.value).startswith(f"xx.toml: units.km: {form!r} {why}")


def test_very_many_braces_are_refused_before_they_fill_the_memory() -> None:
    """2**60 forms are not tried."""
    with pytest.raises(DataError):
        expand("{a,b}" * 60, "xx.toml: key")


PARTS = st.text(alphabet="abc", min_size=1, max_size=3)


@given(st.lists(st.lists(PARTS, min_size=1, max_size=3), min_size=1, max_size=4))
def test_a_form_stands_for_all_its_combinations(groups: list[list[str]]) -> None:
    """As many as the parts multiply to, each made of one part of each brace."""
    wanted = [""]
    for parts in groups:
        wanted = [known + part for known in wanted for part in parts]
    assert expand("".join("{" + ",".join(parts) + "}" for parts in groups), "key") == wanted


def test_folding_keeps_the_place_of_every_character_there_is() -> None:
    """All of Unicode, alone and between others, keeps its length."""
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    alone = [fold(character) for character in every]
    assert {len(character) for character in alone} == {1}
    assert fold("".join(every)) == "".join(alone)


@settings(max_examples=300)
@given(st.text(alphabet=st.characters()))
def test_folding_is_of_one_length_and_final(text: str) -> None:
    """Offsets into the folded text are offsets into the text; what is folded stays so."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@given(text=st.text(alphabet=st.characters()), at=st.integers(0, 30))
@example(text="ΣΥΡΊΑΣ", at=1)
def test_what_is_folded_in_parts_is_folded_alike(text: str, at: int) -> None:
    """A form is folded alone and found in a text: no character depends on those around it."""
    assert fold(text[:at]) + fold(text[at:]) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("RUDAL", "rudal"),
        ("İSTANBUL", "istanbul"),
        ("a\u00a0b\u2009c\u202fd\u3000e\tf\ng\rh", "a b c d e f g h"),
        ("T\u201172 F\u201016", "t-72 f-16"),
        ("2015\u20132016", "2015\u20132016"),
        ("\u2018a\u2019 b\u02bc c\u00b4 d`", "'a' b' c' d'"),
        ("СИРИЯ ΣΥΡΊΑΣ", "сирия συρίασ"),
        ("straße ẞ", "straße ß"),
    ],
)
def test_folding_makes_case_space_hyphen_and_apostrophe_one(text: str, folded: str) -> None:
    """A dash stays a dash: it makes ranges."""
    assert fold(text) == folded


@given(st.text(alphabet="ab \u0640\u064b\u200f", max_size=30))
def test_signs_that_change_no_word_are_left_out_and_each_other_keeps_its_place(text: str) -> None:
    """What is left stands at its offset in the text, and the last offset is the text's end."""
    squeezed, offsets = squeeze(text)
    assert squeezed == "".join(character for character in text if character in "ab ")
    if offsets is None:
        assert squeezed == text
    else:
        assert "".join(text[offset] for offset in offsets[:-1]) == squeezed
        assert offsets[-1] == len(text)
