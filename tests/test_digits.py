"""Digits become numbers, by the signs of each language."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streams import languages
from streams.languages import Digits
from streams.numbers import digits


ENGLISH = Digits(decimal=".", thousands=[",", " "])
INDONESIAN = Digits(decimal=",", thousands=[".", " "])
SWISS = Digits(decimal=".", thousands=["'"])
STYLES = {"en": ENGLISH, "id": INDONESIAN, "de-ch": SWISS}


def read(text: str, style: Digits) -> list[tuple[str, int | Fraction]]:
    """Return surface and value of each run of digits in a text."""
    return [(text[run.start : run.end], run.value) for run in digits.runs(text, style)]


@pytest.mark.parametrize("code", ["en", "id"])
def test_the_styles_of_these_tests_are_those_of_the_languages(code: str) -> None:
    """What is tested here is what the worker reads with."""
    assert languages.load(code).digits == STYLES[code]


@pytest.mark.parametrize(
    ("run", "style", "value", "ambiguous"),
    [
        ("7", ENGLISH, 7, False),
        ("1,400", ENGLISH, 1400, False),
        ("1.400", INDONESIAN, 1400, False),
        ("1.400", ENGLISH, Fraction("1.4"), True),
        ("1,400", INDONESIAN, Fraction("1.4"), True),
        ("1,400,000", INDONESIAN, 1_400_000, False),
        ("1.400.000", ENGLISH, 1_400_000, False),
        ("1,400.5", ENGLISH, Fraction("1400.5"), False),
        ("1,400.5", INDONESIAN, Fraction("1400.5"), False),
        ("1.400,5", ENGLISH, Fraction("1400.5"), False),
        ("1.400.000,75", INDONESIAN, Fraction("1400000.75"), False),
        ("1.4", INDONESIAN, Fraction("1.4"), False),
        ("1,40", ENGLISH, Fraction("1.4"), False),
        ("0.500", INDONESIAN, Fraction("0.5"), False),
        ("0,500", ENGLISH, Fraction("0.5"), False),
        ("1234.567", INDONESIAN, Fraction("1234.567"), False),
        ("3.14159", INDONESIAN, Fraction("3.14159"), False),
        ("1 400", ENGLISH, 1400, False),
        ("1 400 000", INDONESIAN, 1_400_000, False),
        ("1\u00a0400", SWISS, 1400, False),
        ("1\u202f400", SWISS, 1400, False),
        ("1\u2009400,5", INDONESIAN, Fraction("1400.5"), False),
        ("1'400'000", SWISS, 1_400_000, False),
        ("1\u2019400.50", ENGLISH, Fraction("1400.5"), False),
        ("12,34,567", ENGLISH, 1_234_567, False),
        ("1,00,000", ENGLISH, 100_000, False),
        ("12,34,567.50", ENGLISH, Fraction("1234567.5"), False),
        ("١٬٤٠٠", ENGLISH, 1400, False),
        ("١٬٤٠٠٫٥", INDONESIAN, Fraction("1400.5"), False),
        ("٣٫١٤١", ENGLISH, Fraction("3.141"), False),
        ("۱۲۳", ENGLISH, 123, False),
        ("１，４００", ENGLISH, 1400, False),
        ("１．５", ENGLISH, Fraction("1.5"), False),
        ("१२", ENGLISH, 12, False),
        ("½", ENGLISH, Fraction(1, 2), False),
        ("⅓", ENGLISH, Fraction(1, 3), False),
        ("1½", INDONESIAN, Fraction(3, 2), False),
        ("12¾", INDONESIAN, Fraction(51, 4), False),
        ("007", ENGLISH, 7, False),
    ],
)
def test_digits_and_signs_give_a_value(run: str, style: Digits, value: Fraction, ambiguous: bool) -> None:
    """Which sign is the decimal one follows from where it stands, else from the language."""
    assert digits.parse(run, style) == (value, ambiguous)
    assert read(run, style) == [(run, value)]


@pytest.mark.parametrize(
    "run",
    [
        "1.2.3",
        "1,2,3",
        "2.31.1",
        "1.234.56",
        "1,234.567,8",
        "1.234,567.8",
        "5'11",
        "5'40",
        "10,000,00",
        "1,2345,678",
    ],
)
@pytest.mark.parametrize("style", [ENGLISH, INDONESIAN])
def test_signs_that_make_no_number_make_none(run: str, style: Digits) -> None:
    """Versions, sections, lists and feet are not read as the number their digits would be."""
    assert digits.parse(run, style) is None
    assert read(f"a {run} b", style) == []


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("12 dan 30.", ["12", "30"]),
        ("2015 200 orang", ["2015", "200"]),
        ("12 345 67", ["12 345", "67"]),
        ("1 23", ["1", "23"]),
        ("5 5000", ["5", "5000"]),
        ("1,400, 5", ["1,400", "5"]),
        ("1.400. 5", ["1.400", "5"]),
        ("1,,4", ["1", "4"]),
        ("$5,x", ["5"]),
        ("1  400", ["1", "400"]),
        ("1\n400", ["1", "400"]),
        ("a1b2c", ["1", "2"]),
        ("", []),
        ("... , ,", []),
    ],
)
def test_a_text_is_cut_into_its_runs(text: str, runs: list[str]) -> None:
    """A space joins only what it groups in threes; signs at the end belong to the sentence."""
    assert [surface for surface, _ in read(text, ENGLISH)] == runs


def test_spaces_group_only_where_the_language_says_so_or_they_do_not_break() -> None:
    """A plain space between numbers is most often just that."""
    assert read("1 400", SWISS) == [("1", 1), ("400", 400)]
    assert read("1\u00a0400", SWISS) == [("1\u00a0400", 1400)]


def test_a_run_longer_than_any_quantity_is_a_serial_number() -> None:
    """It is left out; what stands beside it is not."""
    longest = "9" * digits.LONGEST
    assert read(longest, ENGLISH) == [(longest, int(longest))]
    assert read(f"7 x {longest}9 x 8", ENGLISH) == [("7", 7), ("8", 8)]


def grouped(number: int, sign: str) -> str:
    """Return a number with a sign between its thousands."""
    return f"{number:,}".replace(",", sign)


SETS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९"]


@settings(max_examples=300)
@given(
    number=st.integers(0, 10**15),
    style=st.sampled_from([ENGLISH, INDONESIAN, SWISS]),
    which=st.integers(0, 2),
    alphabet=st.sampled_from(SETS),
)
def test_what_a_language_writes_is_read_back(number: int, style: Digits, which: int, alphabet: str) -> None:
    """Grouped by any sign of the language or by none, in the digits of any script."""
    sign = ["", *style.thousands][which % (len(style.thousands) + 1)]
    written = grouped(number, sign).translate(str.maketrans(SETS[0], alphabet))
    assert digits.parse(written, style) == (Fraction(number), False)
    found = list(digits.runs(f"– {written}.", style))
    assert [(run.value, run.ambiguous) for run in found] == [(number, False)]


@settings(max_examples=300)
@given(
    whole=st.integers(0, 10**9),
    part=st.text("0123456789", min_size=1, max_size=6),
    style=st.sampled_from([ENGLISH, INDONESIAN]),
    together=st.booleans(),
)
def test_decimals_that_a_language_writes_are_read_back(
    whole: int, part: str, style: Digits, together: bool
) -> None:
    """A single group of three behind one sign is ambiguous, and nothing else is."""
    written = f"{whole if together else grouped(whole, style.thousands[0])}{style.decimal}{part}"
    assume(len(written) <= digits.LONGEST)
    value = Fraction(f"{whole}.{part}")
    ambiguous = len(part) == 3 and 1 <= whole < 1000
    assert digits.parse(written, style) == (value, ambiguous)


CHARACTERS = st.sampled_from(list("0123456789.,' \u00a0\u202f½⅓٫٬٣５，．a-\n"))


@settings(max_examples=300)
@given(text=st.text(alphabet=CHARACTERS, max_size=30), style=st.sampled_from([ENGLISH, INDONESIAN, SWISS]))
def test_runs_stand_in_order_and_begin_and_end_with_a_digit(text: str, style: Digits) -> None:
    """None overlap, none is negative, and none is longer than the longest."""
    end = 0
    for run in digits.runs(text, style):
        assert end <= run.start < run.end <= len(text)
        assert run.value >= 0
        assert run.end - run.start <= digits.LONGEST
        for character in (text[run.start], text[run.end - 1]):
            assert unicodedata.numeric(character, None) is not None
        end = run.end


@pytest.mark.parametrize("piece", ["1", "1.", "1,", "1 ", "1 000 ", "1'", "½", "1½", "1.000.000,00 ", "٬٣"])
def test_a_hundred_kilobytes_of_one_piece_end(piece: str) -> None:
    """Work grows with the length alone: this would not end in time if it did not."""
    text = piece * (100_000 // len(piece))
    assert all(text[run.start] in "1½٣" for run in digits.runs(text, ENGLISH))


STROKE = Digits(decimal=".", thousands=[","], decimals=["/"])


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1/5 million", [("1/5", Fraction("1.5"))]),
        ("12/75", [("12/75", Fraction("12.75"))]),
        ("1,400 and 2/3", [("1,400", 1400), ("2/3", Fraction("2.3"))]),
        ("1403/07/23", [("1403", 1403), ("07", 7), ("23", 23)]),
    ],
)
def test_a_stroke_is_a_decimal_sign_where_the_language_says_so(
    text: str, numbers: list[tuple[str, int | Fraction]]
) -> None:
    """One stroke alone; two are those of a date."""
    assert read(text, STROKE) == numbers
    assert ("1/5", Fraction("1.5")) not in read("1/5 million", ENGLISH)
