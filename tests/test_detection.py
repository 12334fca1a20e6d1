"""The language of a text, with the reason where it is not plain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import detect_language
from streams.detection import SAMPLE, languages
from streams.records import Language


SENTENCES = {
    "ar": "قالت الشرطة إن اثني عشر شخصا قتلوا وأصيب ثلاثون آخرون في غارة جوية على سوق في المدينة.",
    "de": "Bei einem Luftangriff auf einen Markt sind laut Polizei am Montag zwölf Menschen getötet worden.",
    "en": "Twelve people were killed and thirty wounded in an air strike on a market, the police said.",
    "es": "Doce personas murieron y treinta resultaron heridas en un ataque aéreo, informó la policía.",
    "fr": "Douze personnes ont été tuées et trente autres blessées lundi soir dans une frappe aérienne.",
    "id": "Sebanyak dua belas orang tewas dan tiga puluh terluka dalam serangan udara, kata polisi.",
    "ru": "Двенадцать человек погибли и тридцать получили ранения в результате авиаудара по рынку.",
    "tr": "Polisin açıklamasına göre pazar yerine düzenlenen hava saldırısında on iki kişi öldü.",
    "uk": "Дванадцять людей загинули і тридцять дістали поранення внаслідок авіаудару по ринку.",
    "zh-cn": "警方说，空袭造成十二人死亡，三十人受伤，救援人员仍在搜寻被困的居民。",
    "zh-tw": "警方說，空襲造成十二人死亡，三十人受傷，救援人員仍在搜尋被困的居民。",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_long_sentence_tells_its_language(code: str) -> None:
    """Reliably, so that no reason is needed and no hint can change it."""
    found = detect_language(SENTENCES[code])
    assert (found.code, found.reliable, found.reason) == (code, True, None)
    assert 0.9 <= found.confidence <= 1
    assert detect_language(SENTENCES[code], hint="id" if code != "id" else "en") == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "12 34.5 %",
        "!?… —",
        "😀🚀",
        "https://example.com/berita/serangan-udara",
        "redaksi@example.com",
        "@polisi #breaking",
        "\x00\ufffd",
        "½ ³ ①",
    ],
)
def test_text_without_letters_has_no_language(text: str) -> None:
    """Nor do addresses and tags; the hint does not help, for there is nothing to read."""
    none = Language(code="und", confidence=0.0, reliable=False, reason="no letters to tell a language by")
    assert detect_language(text) == none
    assert detect_language(text, hint="id") == none


def test_letters_that_no_known_language_uses_have_none() -> None:
    """Runes and Ethiopic are letters, and no language of them is known."""
    for text in ("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ", "ሰላም ለዓለም ሁሉ ይሁን"):
        found = detect_language(text)
        assert (found.code, found.reliable) == ("und", False)
        assert found.reason == "no language of these letters is known"


def test_a_hint_decides_where_the_text_is_too_short() -> None:
    """The record says that it did, and is not reliable."""
    found = detect_language("12 tewas", hint="id")
    assert (found.code, found.reliable) == ("id", False)
    assert found.reason == "taken from the hint: 5 letters is too little"


def test_a_hint_that_agrees_makes_a_short_text_reliable() -> None:
    """Two witnesses for one thing; the reason still says how little there was."""
    text = "Polisi menahan tiga orang"
    alone, hinted = detect_language(text), detect_language(text, hint="id")
    assert alone.code == hinted.code == "id"
    assert (alone.reliable, hinted.reliable) == (False, True)
    assert alone.reason == hinted.reason == f"only {len(text.replace(' ', ''))} letters"


def test_a_hint_outweighs_a_language_that_nothing_is_known_of_where_a_text_is_short() -> None:
    """Foreign names in a short English text make it Estonian; a page of Estonian stays what it is."""
    english = "Strike on Kharkiv. A missile strike killed 14 people in Kharkiv, Ukraine, police said."
    assert detect_language(english).code == "et"
    found = detect_language(english, hint="en-GB")
    assert (found.code, found.reliable) == ("en", False)
    assert found.reason == "taken from the hint: 67 letters is too little"
    estonian = "Politsei teatel sai rünnakus surma kaksteist inimest ja haavata kolmkümmend. " * 4
    assert detect_language(estonian, hint="en").code == "et"


def test_a_hint_of_another_script_is_ignored() -> None:
    """What is written in Cyrillic is not Indonesian, whatever its publisher says."""
    assert detect_language("погибли двенадцать", hint="id").code in ("ru", "uk", "bg", "mk")
    assert detect_language("tewas dua belas", hint="ru").code not in ("ru", "uk", "bg", "mk")
    assert detect_language("十二人死亡", hint="ko").code == "zh-cn"


@pytest.mark.parametrize(
    ("hint", "code"),
    [
        ("id", "id"),
        ("ID", "id"),
        (" id ", "id"),
        ("id-ID", "id"),
        ("id_ID", "id"),
        ("in", "id"),
        ("iw-IL", "he"),
        ("nb", "no"),
        ("pt-BR", "pt"),
        ("zh-Hant", "zh-tw"),
        ("zh_TW", "zh-tw"),
        ("zh-Hant-HK", "zh-tw"),
        ("zh-Hant-TW", "zh-tw"),
        ("zh", "zh-cn"),
        ("zh-Hans", "zh-cn"),
        ("zh-Hans-CN", "zh-cn"),
    ],
)
def test_hints_are_read_as_publishers_write_them(hint: str, code: str) -> None:
    """ISO 639 and BCP 47, in any case; old codes and macro-languages too."""
    text = {"he": "שלום", "zh-tw": "戰", "zh-cn": "战"}.get(code, "a")
    assert detect_language(text, hint=hint).code == code


@pytest.mark.parametrize("hint", ["", "xx", "english", "-", "??", "und", "0", "i" * 1000])
def test_a_hint_that_is_no_language_is_as_none(hint: str) -> None:
    """It is neither an error nor a language."""
    assert detect_language("12 tewas", hint=hint) == detect_language("12 tewas")


def test_every_language_of_the_detector_can_be_loaded() -> None:
    """All 55, among them both kinds of Chinese; each can be given as a hint."""
    codes = languages()
    assert len(codes) == 55
    assert list(codes) == sorted(set(codes))
    assert {"id", "en", "ar", "zh-cn", "zh-tw"} <= set(codes)


def test_only_a_bounded_sample_of_a_text_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its start, middle and end: a book costs as much as a page."""
    seen: list[str] = []

    def ranked(sample: str) -> dict[str, float]:
        seen.append(sample)
        return {"id": 1.0}

    monkeypatch.setattr("streams.detection._ranked", ranked)
    detect_language("a" * 9_000 + "b" * 9_000 + "c" * 9_000)
    detect_language("a" * 1_000_000)
    assert [len(sample) <= SAMPLE + 2 for sample in seen] == [True, True]
    assert set(seen[0]) == {"a", "b", "c", "\n"}


def test_a_megabyte_of_one_character_is_answered() -> None:
    """Letters, digits, signs, spaces, ideographs: the work does not grow with the text."""
    for character in "a1. \n@中ا\u0301é":
        assert detect_language(character * 1_000_000) == detect_language(character * 1_000_000)


@settings(max_examples=120, deadline=None)
@given(text=st.text(max_size=80), hint=st.none() | st.text(max_size=6) | st.sampled_from(["id", "en", "ru"]))
def test_any_text_has_a_language_or_a_reason_why_not(text: str, hint: str | None) -> None:
    """One of the known codes, or ``und``; what is not plain says why; never an error."""
    found = detect_language(text, hint)
    assert found.code in (*languages(), "und")
    assert 0 <= found.confidence <= 1
    assert found.reliable or found.reason
    if found.code == "und":
        assert (found.confidence, found.reliable) == (0.0, False)
    assert detect_language(text, hint) == found


def test_the_language_does_not_depend_on_what_was_asked_before() -> None:
    """Nor on the seed of hashes: other interpreters, in another order, say the same."""
    texts = [*SENTENCES.values(), "12 tewas", "Gol!", "Perang dunia", "war"]
    program = (
        "import json, sys; from streams import detect_language;"
        "texts = json.load(sys.stdin);"
        "print(json.dumps([[f.code, f.confidence] for f in map(detect_language, texts)]))"
    )
    answers = []
    for seed, order in (("1", 1), ("2", -1)):
        ran = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(texts[::order]),
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        answers.append(json.loads(ran.stdout)[::order])
    assert answers[0] == answers[1] == [[f.code, f.confidence] for f in map(detect_language, texts)]
