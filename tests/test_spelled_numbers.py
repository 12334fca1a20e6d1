"""Numbers in words and digits are read with the value that was written, whatever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from streams import find_numbers, languages


if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.records import Qualifier


def words(some: str) -> list[str]:
    """Return words that are written in one line."""
    return some.split()


# Two spellers that share nothing with the reader: the school rules of each language.
ENGLISH_SMALL = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
ENGLISH_TENS = words("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
ENGLISH_SCALES = {10**12: "trillion", 10**9: "billion", 10**6: "million", 1000: "thousand", 100: "hundred"}
INDONESIAN_SMALL = words("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas")
INDONESIAN_SCALES = {10**12: "triliun", 10**9: "miliar", 10**6: "juta", 1000: "ribu", 100: "ratus"}


def english(number: int, hyphen: str = "-", joiner: str = " and ") -> str:
    """Return a number in English words; ``joiner`` stands before what is less than a hundred."""
    if number < 20:
        return ENGLISH_SMALL[number]
    if number < 100:
        tens, one = divmod(number, 10)
        return ENGLISH_TENS[tens] + (hyphen + ENGLISH_SMALL[one] if one else "")
    scale = next(scale for scale in ENGLISH_SCALES if number >= scale)
    count, rest = divmod(number, scale)
    head = f"{english(count, hyphen, joiner)} {ENGLISH_SCALES[scale]}"
    if not rest:
        return head
    return f"{head}{joiner if rest < 100 else ' '}{english(rest, hyphen, joiner)}"


def indonesian(number: int) -> str:
    """Return a number in Indonesian words: "seribu", "dua belas", "tiga puluh lima"."""
    if number < 12:
        return INDONESIAN_SMALL[number]
    if number < 20:
        return f"{INDONESIAN_SMALL[number - 10]} belas"
    if number < 100:
        tens, one = divmod(number, 10)
        return f"{INDONESIAN_SMALL[tens]} puluh" + (f" {INDONESIAN_SMALL[one]}" if one else "")
    scale = next(scale for scale in INDONESIAN_SCALES if number >= scale)
    count, rest = divmod(number, scale)
    one_word = count == 1 and scale <= 1000
    head = f"{'se' if one_word else indonesian(count) + ' '}{INDONESIAN_SCALES[scale]}"
    return f"{head} {indonesian(rest)}" if rest else head


SPELLERS: dict[str, list[Callable[[int], str]]] = {
    "en": [
        english,
        lambda number: english(number, joiner=" "),
        lambda number: english(number, hyphen=" "),
        lambda number: english(number).capitalize(),
        lambda number: english(number, hyphen="\u2011").upper(),
        lambda number: f"{number:,}",
        str,
    ],
    "id": [
        indonesian,
        lambda number: indonesian(number).upper(),
        lambda number: indonesian(number).replace(" puluh", "puluh"),
        lambda number: indonesian(number).replace(" ", "\u00a0"),
        lambda number: f"{number:,}".replace(",", "."),
        str,
    ],
}
# What is counted follows, so that four digits are no year.
FRAMES = {
    "en": ["{} people", "In all, {} people.", "“{} people”, she said", "({} people)"],
    "id": ["{} orang", "Sebanyak {} orang.", "“{} orang”, katanya", "({} orang)"],
}
CODES = st.sampled_from(["en", "id"])
# Numbers of every length alike, and round ones, where the words of scale stand alone.
INTEGERS = (
    st.integers(0, 15)
    .flatmap(
        lambda digits: st.integers(0, 10**digits) | st.integers(0, 999).map(lambda one: one * 10**digits)
    )
    .filter(lambda number: number <= 10**15)
)


def is_idiom(code: str, number: int) -> bool:
    """Tell whether the words of a number alone mean "very many": "seribu satu" is no 1001."""
    return (code, number) == ("id", 1001)


@settings(max_examples=500, deadline=None)
@given(number=INTEGERS, code=CODES, speller=st.integers(0, 20), frame=st.integers(0, 3))
@example(number=10**15, code="id", speller=0, frame=0)
@example(number=10**15, code="en", speller=0, frame=0)
@example(number=0, code="en", speller=0, frame=0)
@example(number=1_001_001_001, code="id", speller=0, frame=0)
@example(number=100_000_000_100, code="en", speller=0, frame=0)
@example(number=1_073_701_000, code="en", speller=0, frame=0)
def test_what_is_spelled_is_read_back(number: int, code: str, speller: int, frame: int) -> None:
    """Every whole number up to a thousand million million, in all words and all digits."""
    written = SPELLERS[code][speller % len(SPELLERS[code])](number)
    assume(not is_idiom(code, number))
    assume(not (written.isdigit() and len(written) > 12))  # thirteen digits in a row are a serial number
    text = FRAMES[code][frame].format(written)
    found = find_numbers(text, code)
    assert [(one.surface, one.value, one.low, one.high) for one in found] == [
        (written, number, number, number)
    ]
    assert [one.qualifier for one in found] == ["exact"]
    assert text[found[0].start : found[0].end] == written


@pytest.mark.parametrize("code", ["en", "id"])
def test_every_number_up_to_two_thousand_is_read_back(code: str) -> None:
    """The words that are put together most often, all of them."""
    spell = SPELLERS[code][0]
    wrong = [
        number
        for number in range(2001)
        if not is_idiom(code, number)
        and [one.value for one in find_numbers(FRAMES[code][0].format(spell(number)), code)] != [number]
    ]
    assert wrong == []


SCALES = {
    "en": {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12},
    "id": {"ribu": 10**3, "juta": 10**6, "miliar": 10**9, "triliun": 10**12},
}


@settings(max_examples=150, deadline=None)
@given(code=CODES, hundredths=st.integers(1, 99_999), scale=st.integers(0, 3))
def test_digits_before_a_word_of_scale_are_multiplied(code: str, hundredths: int, scale: int) -> None:
    """1.5 million, 2,75 miliar: exactly, without the noise of floating point."""
    word, factor = list(SCALES[code].items())[scale]
    written = f"{hundredths / 100:g}"
    if code == "id":
        written = written.replace(".", ",")
    (found,) = find_numbers(FRAMES[code][0].format(f"{written} {word}"), code)
    assert (found.surface, found.value) == (f"{written} {word}", hundredths * factor // 100)
    assert isinstance(found.value, int)


@settings(max_examples=100, deadline=None)
@given(code=CODES, whole=st.integers(0, 99), tenths=st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_a_spoken_point_is_a_decimal_sign(code: str, whole: int, tenths: list[int]) -> None:
    """Two point five, dua koma lima."""
    point, scale = {"en": ("point", "million"), "id": ("koma", "juta")}[code]
    spell = SPELLERS[code][0]
    (found,) = find_numbers(f"{spell(whole)} {point} {' '.join(map(spell, tenths))} {scale}", code)
    assert found.value == pytest.approx(float(f"{whole}.{''.join(map(str, tenths))}") * 10**6)


QUALIFIERS: dict[str, dict[str, Qualifier]] = {
    "en": {
        "at least {}": "at_least",
        "{} or more": "at_least",
        "more than {}": "more_than",
        "up to {}": "at_most",
        "no more than {}": "at_most",
        "fewer than {}": "less_than",
        "about {}": "about",
        "nearly {}": "about",
        "exactly {}": "exact",
    },
    "id": {
        "sedikitnya {}": "at_least",
        "setidaknya {}": "at_least",
        "{} atau lebih": "at_least",
        "lebih dari {}": "more_than",
        "paling banyak {}": "at_most",
        "kurang dari {}": "less_than",
        "sekitar {}": "about",
        "hampir {}": "about",
    },
}
COUNTS = st.integers(2, 999) | st.integers(2, 999_999)


@settings(max_examples=250, deadline=None)
@given(code=CODES, number=COUNTS, speller=st.integers(0, 20), which=st.integers(0, 20))
def test_a_qualifier_sets_the_bounds(code: str, number: int, speller: int, which: int) -> None:
    """The value is what was written; a bound that the words leave open is open."""
    assume(not is_idiom(code, number))
    written = SPELLERS[code][speller % len(SPELLERS[code])](number)
    phrase, qualifier = list(QUALIFIERS[code].items())[which % len(QUALIFIERS[code])]
    text = FRAMES[code][0].format(phrase.format(written))
    (found,) = find_numbers(text, code)
    low, high = {
        "exact": (number, number),
        "at_least": (number, None),
        "more_than": (number, None),
        "at_most": (None, number),
        "less_than": (None, number),
        "about": (None, None),
    }[qualifier]
    assert (found.qualifier, found.value, found.low, found.high) == (qualifier, number, low, high)
    assert text[found.phrase_start : found.phrase_end] == phrase.format(written)
    assert found.surface == written


RANGES = {
    "en": ["between {} and {}", "{} to {}", "{}\u2013{}", "from {} to {}"],
    "id": ["antara {} dan {}", "{} hingga {}", "{}\u2013{}", "{} sampai {}"],
}


@settings(max_examples=150, deadline=None)
@given(
    code=CODES,
    low=st.integers(21, 999_999),
    step=st.integers(1, 5000),
    spelled=st.booleans(),
    which=st.integers(0, 3),
)
def test_two_numbers_that_are_joined_are_a_range(
    code: str, low: int, step: int, spelled: bool, which: int
) -> None:
    """It has two ends and no value."""
    # In words without "and": "between a hundred and one and two hundred" can be read in two ways.
    spell = SPELLERS[code][(1 if code == "en" else 0) if spelled else -2]
    phrase = RANGES[code][which]
    high = low + step
    assume(not (spelled and "\u2013" in phrase))
    assume(not any(is_idiom(code, number) for number in (low, high)))
    (found,) = find_numbers(FRAMES[code][0].format(phrase.format(spell(low), spell(high))), code)
    assert (found.qualifier, found.value, found.low, found.high) == ("range", None, low, high)


@settings(max_examples=60, deadline=None)
@given(code=CODES, low=st.integers(2, 98), step=st.integers(1, 500), scale=st.integers(0, 3))
def test_a_word_of_scale_behind_a_range_is_of_both_ends(code: str, low: int, step: int, scale: int) -> None:
    """10 to 15 million: ten million is meant, not ten."""
    word, factor = list(SCALES[code].items())[scale]
    text = RANGES[code][1].format(low, f"{low + step} {word}")
    (found,) = find_numbers(FRAMES[code][0].format(text), code)
    assert (found.low, found.high) == (low * factor, (low + step) * factor)


@settings(max_examples=100, deadline=None)
@given(code=CODES, numbers=st.lists(st.tuples(COUNTS, st.integers(0, 20)), min_size=2, max_size=6))
def test_numbers_of_a_list_are_read_one_by_one(code: str, numbers: list[tuple[int, int]]) -> None:
    """A comma between things that are counted joins nothing."""
    assume(not any(is_idiom(code, number) for number, _ in numbers))
    noun = FRAMES[code][0].partition("{}")[2]
    written = [(SPELLERS[code][which % len(SPELLERS[code])](number), number) for number, which in numbers]
    text = f"{noun}, ".join(one for one, _ in written) + noun
    assert [(one.surface, one.value) for one in find_numbers(text, code)] == written


def test_a_number_longer_than_an_idiom_is_no_idiom() -> None:
    """One of the dead is no figure, and neither are a thousand and one things; longer numbers are."""
    assert find_numbers("one of the dead", "en") == []
    assert find_numbers("seribu satu alasan", "id") == []
    assert [one.value for one in find_numbers("twenty-one of the dead", "en")] == [21]
    assert [one.value for one in find_numbers("satu juta seribu satu orang", "id")] == [1_001_001]


def test_a_language_without_data_lists_those_that_have_some() -> None:
    """It is the caller's mistake, and the message is enough to mend it."""
    with pytest.raises(LookupError) as caught:
        find_numbers("…", "xx")
    assert "'xx'" in str(caught.value)
    assert all(code in str(caught.value) for code in languages.available())


@pytest.mark.parametrize("code", ["en", "id"])
@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "…", "-", "–", "½", "🚀"])
def test_a_text_that_holds_nothing_is_no_error(code: str, text: str) -> None:
    """Whatever it is made of."""
    assert [one.surface for one in find_numbers(text, code)] == (["½"] if text == "½" else [])


PIECES = st.sampled_from(
    [
        *words(
            "one two twenty hundred thousand million half a point minus dozen hundreds several to of or and"
        ),
        *words("satu dua belas puluh ratus ribu juta setengah koma beberapa ratusan hingga antara dan"),
        *words("5 12 1,400 1.400 2015 007 ½ % - – . , ( ) $ Rp km k m bn per at least sekitar lebih"),
        *words("5k 20-an 1.5 ٣ pada tahun in 2015 three-quarters third ke-2"),
        "\n",
    ]
)


@settings(max_examples=250, deadline=None)
@given(pieces=st.lists(PIECES, max_size=14), glue=st.sampled_from([" ", "", "-"]), code=CODES)
def test_whatever_stands_together_gives_sane_numbers(pieces: list[str], glue: str, code: str) -> None:
    """In order, within their phrases, low not above high, a value within its bounds."""
    text = glue.join(pieces)
    end = 0
    for one in find_numbers(text, code):
        assert end <= one.start < one.end <= len(text)
        assert one.phrase_start <= one.start
        assert one.end <= one.phrase_end
        assert text[one.start : one.end] == one.surface
        assert one.rule
        assert one.low is None or one.high is None or one.low <= one.high
        assert one.value is None or abs(one.value) <= 10**18
        if one.qualifier in ("range", "vague"):
            assert one.value is None
            assert one.low is not None
        else:
            assert one.value is not None
        end = one.end


SPEECHES = [
    ("en", "one point " + "one " * 25_000),
    ("en", "hundreds " * 12_000),
    ("en", "hundreds of " * 9_000),
    ("en", "hundred " * 12_000),
    ("en", "one thousand and " * 6_000),
    ("en", "half a " * 14_000),
    ("en", "between 5 and " * 7_000),
    ("en", "at least " * 11_000),
    ("en", "minus " * 16_000),
    ("en", "1 to " * 20_000),
    ("id", "satu koma " + "satu " * 20_000),
    ("id", "ratusan " + "ribu " * 20_000),
    ("id", "satu " + "perdua " * 14_000),
    ("id", "dua belas " * 10_000),
    ("id", "20" + "-an" * 33_000),
    ("id", "antara 1 " * 11_000),
]


@pytest.mark.parametrize(("code", "text"), SPEECHES, ids=[f"{code} {text[:22]}" for code, text in SPEECHES])
def test_a_hundred_kilobytes_of_number_words_end(code: str, text: str) -> None:
    """Work grows with the length alone: this would not end in time if it did not."""
    found = find_numbers(text, code)
    assert all(one.value is None or abs(one.value) <= 10**18 for one in found)
    assert [one.start for one in found] == sorted(one.start for one in found)
