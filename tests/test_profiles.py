"""The profiles of languages say what langdetect says of them, and cost what they may."""

from __future__ import annotations

import json
import random
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langdetect import LangDetectException
from langdetect.detector_factory import PROFILES_DIRECTORY, DetectorFactory

from streams.profiles import _MOST_KNOWN, _ROWS_KEPT, _Letters, profiles
from streams.trials import GAUSS, SEED, Dice
from tests.test_detection import SENTENCES


if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def oracle() -> DetectorFactory:
    """Return langdetect itself."""
    factory = DetectorFactory()
    factory.set_seed(SEED)
    factory.load_profile(PROFILES_DIRECTORY)
    return factory


class Ranked(dict[str, float]):
    """Languages with their probabilities.

    Equal are those that are written the same in a record, and no more than a millionth apart.
    """

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Ranked)
            and self.keys() == other.keys()
            and next(iter(self), None) == next(iter(other), None)
            and all(round(self[code], 4) == round(other[code], 4) for code in self)
            and all(abs(self[code] - other[code]) < 1e-6 for code in self)
        )


def said(text: str, trials: int) -> Ranked:
    """Return what langdetect says of a text."""
    detector = oracle().create()
    detector.n_trial = trials
    detector.append(text)
    try:
        return Ranked((found.lang, found.prob) for found in detector.get_probabilities())
    except LangDetectException:
        return Ranked()


def found(text: str, trials: int) -> Ranked:
    """Return what the profiles say of it."""
    return Ranked(profiles().ranked(text, trials))


def articles() -> Iterator[str]:
    """Yield the beginnings of the sample archive's articles."""
    for line in resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines():
        try:
            article = json.loads(line)
        except ValueError:
            continue
        if isinstance(article, dict) and isinstance(article.get("text"), str):
            yield article["text"][:600]


def test_the_languages_are_those_of_langdetect() -> None:
    """All of them, sorted."""
    assert list(profiles().languages) == sorted(oracle().get_lang_list())


@pytest.mark.parametrize("trials", [3, 7])
def test_sentences_of_each_language_are_answered_as_langdetect_answers(trials: int) -> None:
    """With the same probabilities."""
    for text in SENTENCES.values():
        assert found(text, trials) == said(text, trials)


def test_articles_are_answered_as_langdetect_answers() -> None:
    """The whole sample archive, in whatever language."""
    texts = list(articles())
    assert len(texts) > 20
    assert [found(text, 3) for text in texts] == [said(text, 3) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "NATO said ABC def Ghi JKl mNO",
        "Путин NATO ПУТИН putin",
        "cu\u0300ng nu\u031bo\u031b\u0301c ế Ḁ",
        "こんにちは NATO カタカナ 漢字 한국어",
        "a\u00a0b\u3000c\u2014d  e\nf",
        "şţ ș ț ی ي ǅ ß ﬁ İ",
        "see https://example.com/a?b and desk@example.com now",
        "x",
        " ",
        "1 2 3",
    ],
)
def test_what_is_special_to_langdetect_is_kept(text: str) -> None:
    """Capitals, Latin words among others, addresses, letters that stand for a group."""
    assert found(text, 7) == said(text, 7)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("abAB  éßŞя Яб漢字あアー한글عرб\u0301\u0303\u0110ếḀ.1-\n"), max_size=60))
def test_any_text_is_answered_as_langdetect_answers(text: str) -> None:
    """Also where no text is like it."""
    assert found(text, 3) == said(text, 3)


@pytest.mark.parametrize(
    "text", ["hh", "zz zz", "qw", "kk vv", "ёё", "日", "的的", "ab ab ab ab", "ii", "mm nn oo"]
)
def test_texts_that_say_little_are_answered_as_langdetect_answers(text: str) -> None:
    """Where few runs come again and again, and a trial may end because enough were drawn."""
    assert found(text, 7) == said(text, 7)
    assert found(text * 20, 7) == said(text * 20, 7)


def test_beginnings_of_articles_are_answered_as_langdetect_answers() -> None:
    """The shorter the text, the more languages it might be."""
    texts = [text[:length] for text in list(articles())[::3] for length in (7, 15, 40)]
    assert [found(text, 7) for text in texts] == [said(text, 7) for text in texts]


@pytest.mark.parametrize("bits", [1, 5, 9, 11, 32])
def test_the_dice_are_those_of_the_standard_library(bits: int) -> None:
    """The same numbers from the same places, in whatever order they are asked for."""
    dice, theirs = Dice(), random.Random(SEED)  # noqa: S311 - the same chance each time
    drawn = [theirs.gauss(0.0, 1.0), theirs.gauss(0.0, 1.0)]
    numbers = [theirs.getrandbits(bits) for _ in range(3_000)]
    drawn += [theirs.gauss(0.0, 1.0), theirs.gauss(0.0, 1.0)]
    assert [*dice.gauss(0), *dice.gauss(GAUSS + 3_000)] == drawn
    assert dice.numbers(bits, GAUSS + 3_000)[GAUSS : GAUSS + 3_000] == numbers


def test_no_text_fills_the_memory() -> None:
    """Rows and letters that are kept are bounded, whatever comes."""
    dice = random.Random(5)  # noqa: S311 - it deals out letters
    runs = list(profiles()._bounds)
    for _ in range(200):
        profiles().ranked(" ".join(dice.sample(runs, 100)), 3)
    assert profiles()._row.cache_info().currsize <= _ROWS_KEPT  # type: ignore[attr-defined]
    letters = _Letters()
    "".join(map(chr, range(2 * _MOST_KNOWN))).translate(letters)
    assert len(letters) == _MOST_KNOWN
    assert "\u2014".translate(letters) == " "
