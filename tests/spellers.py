"""Integers in words, as the rules of the CLDR write them: an oracle that shares nothing with the reader.

The rules come with unicode-rbnf; each language has several sets of them, for genders and cases.
"""

from __future__ import annotations

import random
import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from unicode_rbnf import RbnfEngine

from streams import find_numbers


EXCEPTIONS = Path(__file__).parent / "cases" / "spelled" / "exceptions.toml"

SOFT_HYPHEN = "\u00ad"


class Misread(NamedTuple):
    """An integer whose words are read as something else. ``got``: the numbers that were read."""

    number: int
    ruleset: str
    words: str
    got: tuple[tuple[str, object], ...]


def spellings(code: str, number: int) -> dict[str, str]:
    """Return the ways to write an integer as a cardinal, by the name of the set of rules."""
    engine = _engine(code.partition("-")[0])
    written = engine.format_number(number).text_by_ruleset
    return {name: words.replace(SOFT_HYPHEN, "") for name, words in written.items() if "cardinal" in name}


def misread(code: str, numbers: list[int]) -> tuple[int, list[Misread]]:
    """Return how many spellings were tried, and those that are not read back as one number, all of it."""
    tried, found = 0, []
    for number in numbers:
        for ruleset, words in spellings(code, number).items():
            tried += 1
            got = find_numbers(words, code)
            if [(one.value, one.start, one.end) for one in got] != [(number, 0, len(words))]:
                found.append(Misread(number, ruleset, words, tuple((one.surface, one.value) for one in got)))
    return tried, found


def sample(dense: int, step: int, large: int) -> list[int]:
    """Return the integers up to ``dense``, each ``step``-th to 10,000, and ``large`` of each length above."""
    dice = random.Random(10**15)  # noqa: S311 - it deals out integers
    long = {dice.randrange(10**power, 10 ** (power + 1)) for power in range(4, 15) for _ in range(large)}
    return sorted({*range(dense + 1), *range(dense, 10_001, step), *long, *(10**n for n in range(16))})


@cache
def exceptions(code: str) -> dict[str, str]:
    """Return the spellings of a language that are read otherwise for a reason, with the reason."""
    listed: dict[str, list[dict[str, object]]] = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    return {
        str(words): str(block["why"])
        for block in listed.get(code, [])
        for words in block["words"]  # type: ignore[attr-defined]
    }


@cache
def _engine(code: str) -> RbnfEngine:
    return RbnfEngine.for_language(code)
