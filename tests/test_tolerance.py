"""A worker that reads nothing but dead letters stops before it has buried an archive."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka.deadletters import dead_letter
from streams.kafka.envelope import Incoming, Outgoing
from streams.kafka.tolerance import Tolerance
from streams.settings import Settings, load


SETTINGS = Settings(dead_letter_limit=0.5, dead_letter_window=10)


def letter(type_: ErrorType = ErrorType.NOT_JSON) -> Outgoing:
    """Return a dead letter of a type."""
    source = Incoming("raw", 0, 0, 0.0, None, b"{", ())
    return dead_letter(SETTINGS, source, ArticleError(Stage.DECODE, type_, "wrong"), limit=10_000)


@given(st.lists(st.booleans(), max_size=60), st.sampled_from([0.1, 0.5, 0.9, 1.0]))
def test_it_is_exceeded_where_the_last_articles_hold_too_many(buried: list[bool], limit: float) -> None:
    """Neither before there are as many articles as are looked at, nor for what lies further back."""
    tolerance = Tolerance(replace(SETTINGS, dead_letter_limit=limit))
    for at, dead in enumerate(buried):
        last = buried[max(0, at - 9) : at + 1]
        too_many = len(last) == 10 and sum(last) >= limit * 10
        assert bool(tolerance.exceeded(letter() if dead else None)) == too_many


def test_the_reason_counts_the_types_and_names_the_setting() -> None:
    """The one line that an operator finds in the log says what to look at and what to do."""
    tolerance = Tolerance(replace(SETTINGS, dead_letter_limit=0.7))
    kinds = [ErrorType.NOT_JSON, ErrorType.EMPTY, ErrorType.NOT_JSON]
    reasons = [tolerance.exceeded(letter(kinds[at]) if at < 3 else None) for at in range(10)]
    reasons += [tolerance.exceeded(letter(ErrorType.EMPTY)) for _ in range(7)]
    [reason] = filter(None, reasons)
    assert reason.startswith("7 of the last 10 articles became dead letters (decode/empty 7): ")
    assert "KABAR_DEAD_LETTER_LIMIT=0" in reason


def test_zero_switches_it_off() -> None:
    """However many there are."""
    tolerance = Tolerance(replace(SETTINGS, dead_letter_limit=0.0))
    assert Counter(tolerance.exceeded(letter()) for _ in range(100)) == {None: 100}


def test_by_default_one_good_article_is_enough() -> None:
    """A burst of bad records from one producer does not stop the news of the others."""
    tolerance = Tolerance(Settings())
    assert not any(tolerance.exceeded(letter()) for _ in range(4_999))
    assert tolerance.exceeded(None) is None
    assert not any(tolerance.exceeded(letter()) for _ in range(4_999))
    assert tolerance.exceeded(letter())


@pytest.mark.parametrize(("given_", "limit"), [("0", 0.0), ("1", 1.0), ("0.9", 0.9), (".5", 0.5)])
def test_the_limit_is_a_share(given_: str, limit: float) -> None:
    """From none at all to all."""
    assert load({"KABAR_DEAD_LETTER_LIMIT": given_}).dead_letter_limit == limit


@pytest.mark.parametrize("given_", ["1.1", "-0.1", "90%", "0.5.5", "all", "."])
def test_what_is_no_share_is_an_error(given_: str) -> None:
    """With what would be one."""
    with pytest.raises(ValueError, match=r"KABAR_DEAD_LETTER_LIMIT is .*; it takes a share from 0 to 1"):
        load({"KABAR_DEAD_LETTER_LIMIT": given_})
