"""Where sentences, words and quotations begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.text.lexicon import lexicon
from streams.text.sentences import MOST_QUOTED, Layout, Stretch


def layout(text: str, code: str = "en") -> Layout:
    """Return the layout of a text in a language."""
    words = lexicon(code)
    return Layout(words.scan(text), words.language)


def sentences(text: str, code: str = "en") -> list[str]:
    """Return the sentences of a text, each as it stands."""
    return [text[one.start : one.end] for one in layout(text, code).sentences]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("One… Two?! Three...", ["One…", "Two?!", "Three..."]),
        ("He said “go.” They went.", ["He said “go.”", "They went."]),
        ('He said "go!" They went.', ['He said "go!"', "They went."]),
        ("(It is so.) Yes.", ["(It is so.)", "Yes."]),
        ("It cost 1.5 million. In 2015. 12 died.", ["It cost 1.5 million.", "In 2015.", "12 died."]),
        ("See example.com now. It is v2.0.", ["See example.com now.", "It is v2.0."]),
        ("Is it. lower case goes on.", ["Is it. lower case goes on."]),
        ("Title\nBody one.\n\nBody two.", ["Title", "Body one.", "Body two."]),
        ("No end\n  indented", ["No end", "indented"]),
        ("战争。和平！结束", ["战争。", "和平！", "结束"]),
        ("«Так.» Потом.", ["«Так.»", "Потом."]),
        ("هل انتهت؟ نعم.", ["هل انتهت؟", "نعم."]),
        ("1. First point. 2. Second", ["1. First point.", "2.", "Second"]),
        ("10. Tenth\n11. Eleventh", ["10. Tenth", "11. Eleventh"]),
        ("J. K. Smith spoke. A. B. left.", ["J. K. Smith spoke.", "A. B. left."]),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, parts: list[str]) -> None:
    """At signs with a space behind them, and at line ends; not inside numbers, names and addresses."""
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Gen. Smith met Lt. Col. Brown."),
        ("en", "It began at 5 a.m. Monday in the U.S. Capitol."),
        ("id", "Letjen. Prabowo membayar Rp. 1.400 kepada Dr. Ahmad."),
        ("id", "Kantor di Jl. Merdeka No. 5 milik PT. Maju."),
    ],
)
def test_an_abbreviation_of_the_language_ends_no_sentence(code: str, text: str) -> None:
    """Its dot belongs to it, whatever follows."""
    assert sentences(text, code) == [text]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\t \n"])
def test_a_text_without_words_is_one_sentence(text: str) -> None:
    """So that each offset is in one."""
    assert layout(text).sentences == [Stretch(0, len(text))]
    assert layout(text).sentence_index(0) == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't stop", ["don't", "stop"]),
        ("F-16s and T\u201172", ["F-16s", "and", "T\u201172"]),
        ("1.400 orang", ["1", "400", "orang"]),
        ("e\u0301te\u0301 – fin", ["e\u0301te\u0301", "fin"]),
        ("a--b 'c'", ["a", "b", "c"]),
        ("Дейр-эз-Зор, 北京", ["Дейр-эз-Зор", "北京"]),
        ("...", []),
    ],
)
def test_a_text_is_cut_into_its_words(text: str, words: list[str]) -> None:
    """Letters and digits, with a hyphen or apostrophe inside; signs are no words."""
    found = layout(text)
    assert [text[start:end] for start, end in zip(found.word_starts, found.word_ends, strict=True)] == words


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("He said “go” and “stay”.", ["“go”", "“stay”"]),
        ('He said "go" and "stay".', ['"go"', '"stay"']),
        ("Он «так» сказал.", ["«так»"]),
        ("Er sagte „geh“ und „komm“.", ["„geh“", "„komm“"]),
        ("「和平」", ["「和平」"]),
        ("“never closed", []),
        ("closed” never opened", []),
        ("“one “two” three”", ["“two”"]),
    ],
)
def test_quotations_stand_between_their_marks(text: str, quoted: list[str]) -> None:
    """The marks belong to them; one that is open when another opens is forgotten."""
    assert [text[one.start : one.end] for one in layout(text).quotations] == quoted


def test_a_quotation_that_is_never_closed_takes_no_page_with_it() -> None:
    """A mark so far away belongs to another."""
    text = "“" + "a " * (MOST_QUOTED // 2) + "”"
    assert layout(text).quotations == []
    assert layout("“" + "a" * (MOST_QUOTED - 1) + "”").quotations == [Stretch(0, MOST_QUOTED + 1)]


PIECES = st.sampled_from(
    [
        "One",
        "two",
        "Mr",
        "U.S",
        "12",
        "1.5",
        ".",
        "!",
        "?",
        "…",
        "。",
        " ",
        " ",
        "\n",
        '"',
        "“",
        "”",
        ")",
        "(",
        "-",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, code=st.sampled_from(["en", "id"]))
def test_sentences_stand_in_order_and_leave_only_space_out(text: str, code: str) -> None:
    """Every character that is no space is in exactly one of them."""
    found = layout(text, code)
    covered = [0] * len(text)
    end = 0
    for index, sentence in enumerate(found.sentences):
        assert end <= sentence.start <= sentence.end <= len(text)
        end = sentence.end
        for at in range(sentence.start, sentence.end):
            covered[at] += 1
            assert found.sentence_index(at) == index
    assert all(times == 1 for times, character in zip(covered, text, strict=True) if not character.isspace())


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, start=st.integers(0, 60), length=st.integers(0, 40))
def test_words_and_quotations_are_looked_up_as_a_search_through_all_would(
    text: str, start: int, length: int
) -> None:
    """Each look-up against its meaning written out."""
    found = layout(text)
    words = [Stretch(*span) for span in zip(found.word_starts, found.word_ends, strict=True)]
    assert found.word_at(start) == next((word for word in words if word.start == start), None)
    assert found.word_ending(start) == next((word for word in words if word.end == start), None)
    between = [word for word in words if start <= word.start < start + length]
    assert found.words_between(start, start + length) == len(between)
    holding = [quotation for quotation in found.quotations if quotation.start <= start < quotation.end]
    assert found.quotation(start) == (holding[0] if holding else None)
    assert len(holding) <= 1


@pytest.mark.parametrize(
    "piece",
    [".", ".a", ". ", "...", "?!", "。", '"', "“", "”", "\n", " ", "a", "A.", "Mr. ", "1. ", "'a", "-"],
)
def test_a_hundred_kilobytes_of_one_piece_end(piece: str) -> None:
    """Work grows with the length alone: this would not end in time if it did not."""
    text = piece * (100_000 // len(piece)) + "x"
    found = layout(text)
    assert found.sentences[-1].end == len(text)
