"""What languages share and switch on in their data: elision, incises, shared noughts, short months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams import RawArticle, enrich, find_numbers


if TYPE_CHECKING:
    from streams.records import Figure


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """Return the figures of a text."""
    return enrich(RawArticle(text=text, language=language, published_at="2026-11-20T08:00:00Z")).figures


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("20 to 30,000", 20_000, 30_000),
        ("between 20 and 30,000", 20_000, 30_000),
        ("100 to 1,000", 100, 1_000),
        ("1 to 5,000", 1, 5_000),
        ("5 to 2,000", 5, 2_000),
        ("10 to 1,500", 10, 1_500),
    ],
)
def test_the_noughts_of_a_range_may_stand_at_its_end_only(text: str, low: int, high: int) -> None:
    """The first number shares them where it would be a little smaller than the second, and only then."""
    assert [(number.low, number.high) for number in find_numbers(text, "en")] == [(low, high)]


def test_a_rough_number_counts_thousands() -> None:
    """Some ten thousands are about ten thousand."""
    (number,) = find_numbers("une dizaine de milliers", "fr")
    assert (number.value, number.low, number.high, number.qualifier) == (10_000, None, None, "about")


def test_groups_of_noughts_are_no_telephone_number() -> None:
    """Three billion in digits is a number, and a number that begins with a nought is dialled."""
    assert [number.value for number in find_numbers("3 000 000 000", "fr")] == [3_000_000_000]
    assert find_numbers("0800 123 456", "fr") == []


def test_a_letter_before_a_currency_is_a_multiplier() -> None:
    """In "40 M€" millions are meant, in "40 m" metres."""
    assert [(one.value, one.unit) for one in figures("Le pont a coûté 40 M€.", "fr")] == [(40_000_000, "EUR")]


def test_a_word_joined_by_an_apostrophe_is_a_word_of_its_own() -> None:
    """The place is Alep and not d'Alep; the noun behind d' is found."""
    (figure,) = figures("Des dizaines d'immeubles ont été détruits près d'Alep.", "fr")
    assert figure.place is not None
    assert (figure.unit, figure.place.surface) == ("building", "Alep")


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("The raid killed 12 people in Idlib, said police.", "police"),
        ("The raid killed 12 people in Idlib, said police on Monday.", "police"),
        ("General Ahmad Yani, the army spokesman, said Israel had killed 12 people.", "Ahmad Yani"),
    ],
)
def test_a_verb_behind_a_comma_has_its_speaker_behind_it_where_nothing_else_follows(
    text: str, claimant: str
) -> None:
    """A name before the comma is then not the speaker; but an apposition stands in commas too."""
    (figure,) = figures(text, "en")
    assert figure.claimant is not None
    assert claimant in figure.claimant.surface


def test_a_witness_set_behind_a_name_is_counted_no_one() -> None:
    """In "said Omar, a witness" no second person is counted."""
    found = figures("« Il y a eu 21 blessés », a raconté Omar, un témoin.", "fr")
    assert [(one.kind, one.value) for one in found] == [("wounded", 21)]


def test_a_part_whose_noun_says_what_happened_is_of_its_own_kind() -> None:
    """The others are wounded though those named before were killed."""
    found = figures("Douze personnes ont été tuées et 30 autres blessées.", "fr")
    assert [(one.kind, one.value) for one in found] == [("killed", 12), ("wounded", 30)]


def test_a_whole_may_stand_behind_the_noun_of_its_part() -> None:
    """In "28 drones of 31" both numbers count drones, and only the first were shot down."""
    found = figures("Vingt-huit drones sur 31 ont été abattus.", "fr")
    assert [(one.kind, one.value, one.unit) for one in found] == [
        ("intercepted", 28, "drone"),
        ("munitions_count", 31, "drone"),
    ]


def test_a_short_month_is_a_month_where_months_have_no_capital() -> None:
    """In French "12 mai" is a date; in English "12 may" is not."""
    assert figures("Les pourparlers se tiendront le 12 mai.", "fr") == ()
    assert [number.value for number in find_numbers("Of these 12 may die.", "en")] == [12]


def test_years_alone_behind_a_name_are_its_age() -> None:
    """A name, a comma, some years, and the clause is over."""
    assert figures("La victime est Amina Yusuf, 34 ans.", "fr") == ()
