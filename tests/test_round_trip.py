"""Integers that were written in words by rules of others are read back, in every language."""

from __future__ import annotations

import pytest

from streams import languages
from tests import spellers
from tests.ledger import lengths


LEAST = 0.99


@pytest.mark.parametrize("code", languages.available())
@lengths("dense, step, large", short=(1_200, 37, 30), long=(10_000, 1, 200))
def test_integers_in_words_are_read_back(code: str, dense: int, step: int, large: int) -> None:
    """Each one, in each gender and case, but for those that are listed with a reason."""
    tried, misread = spellers.misread(code, spellers.sample(dense, step, large))
    listed = spellers.exceptions(code)
    unexplained = [one for one in misread if one.words not in listed]
    assert unexplained == []
    assert 1 - len(misread) / tried >= LEAST


@pytest.mark.parametrize("code", languages.available())
def test_exceptions_are_none_that_are_read_well(code: str) -> None:
    """A list of excuses is kept short."""
    sample = spellers.sample(1_200, 37, 30)
    tried = {words: number for number in sample for words in spellers.spellings(code, number).values()}
    listed = [words for words in spellers.exceptions(code) if words in tried]
    assert [words for words in listed if not spellers.misread(code, [tried[words]])[1]] == []
