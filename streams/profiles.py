"""How often each run of one to three letters comes in each language, and what a text's runs say.

The profiles and the method are langdetect's: runs of letters are drawn at random, with a fixed
seed, until one language is certain (:mod:`streams.trials`). It says what langdetect says (a test compares
them), at a fraction of the cost and in half the memory: numbers are kept for each language that has
the run, not for all 55.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from functools import cache, lru_cache
from itertools import accumulate, chain, compress, pairwise
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import regex
from langdetect.detector import Detector
from langdetect.detector_factory import PROFILES_DIRECTORY
from langdetect.utils.ngram import NGram

from streams.trials import Dice, Lanes, Row, Trials


if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable


_COUNT_BITS = 48
"""A count is kept with the number of its language in front."""

_LATIN = regex.compile(r"[A-z]")
_OTHERS = regex.compile(r"[^\x00-\u02ff]")
_SPACES = regex.compile(r" {2,}+")

_MOST_KNOWN = 20_000
"""Letters, and threes of them, that are kept; a text of all of Unicode does not fill the memory."""

_ROWS_KEPT = 8_192
"""Runs whose row over all languages is kept: the common ones of all languages."""


class Profiles:
    """The runs of letters of all languages.

    ``languages`` are their codes, sorted; all rows are in this order.
    """

    def __init__(self) -> None:
        files = sorted(path for path in Path(PROFILES_DIRECTORY).iterdir() if not path.name.startswith("."))
        self.languages = tuple(file.name for file in files)
        self._totals: list[list[int]] = []
        found: defaultdict[str, list[int]] = defaultdict(list)
        for number, file in enumerate(files):
            profile = orjson.loads(file.read_bytes())
            self._totals.append(profile["n_words"])
            language = number << _COUNT_BITS
            for run, count in profile["freq"].items():
                found[run].append(language | count)
        found.pop(" ", None)
        # All counts in one row, and for each run where its own begin, and how many they are.
        lengths = list(map(len, found.values()))
        begins = accumulate(lengths, initial=0)
        self._bounds = {
            run: start << 8 | length for run, start, length in zip(found, begins, lengths, strict=False)
        }
        self._counts = array("Q", chain.from_iterable(found.values()))
        self._ending = _Endings(self._bounds)
        self._lanes = Lanes(len(self.languages))
        self._dice = Dice()
        self._row: Callable[[str], Row] = lru_cache(_ROWS_KEPT)(self._spread)

    def _spread(self, run: str) -> Row:
        """Return how often a run comes, for each language."""
        shares = [0.0] * len(self.languages)
        start, length = self._bounds[run] >> 8, self._bounds[run] & 0xFF
        for held in self._counts[start : start + length]:
            number = held >> _COUNT_BITS
            shares[number] = (held & (1 << _COUNT_BITS) - 1) / self._totals[number][len(run) - 1]
        return self._lanes.row(shares)

    def runs(self, text: str) -> list[str]:
        """Return the known runs of a text, in order: those that end with each letter, the shortest first.

        No run ends with a capital behind a capital: words written in capitals are names.
        """
        plain = "  " + _plain(text)
        threes: Iterable[str] = map(add, map(add, plain, plain[1:]), plain[2:])
        if not plain.islower():
            capital = list(map(str.isupper, plain))
            threes = compress(threes, [not (last and one) for last, one in pairwise(capital[1:])])
        return list(chain.from_iterable(map(self._ending.__getitem__, threes)))

    def ranked(self, text: str, trials: int) -> list[tuple[str, float]]:
        """Return the languages of a text with their probabilities, the likeliest first.

        Those of 0.1 and less are left out; there is none where no run of the text is known.
        """
        runs = self.runs(text)
        if not runs:
            return []
        whole = Trials(self._lanes, self._dice, runs, self._row).shares(trials)
        likely = [
            (code, one)
            for code, one in zip(self.languages, whole, strict=True)
            if one > Detector.PROB_THRESHOLD
        ]
        return sorted(likely, key=lambda pair: -pair[1])


@cache
def profiles() -> Profiles:
    """Return the profiles, read once."""
    return Profiles()


class _Endings(dict[str, tuple[str, ...]]):
    """The known runs that end with the last of three letters, the shortest first, by the three."""

    def __init__(self, known: Container[str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, three: str) -> tuple[str, ...]:
        """Return the known runs of three letters that were not asked for before."""
        runs = tuple(run for run in (three[2], three[1:], three) if run in self._known)
        if len(self) < _MOST_KNOWN:
            self[three] = runs
        return runs


class _Letters(dict[int, str]):
    """What a letter is taken for, by its code point: for :meth:`str.translate`."""

    def __missing__(self, code: int) -> str:
        """Return what langdetect takes a letter for."""
        plain: str = NGram.normalize(chr(code))
        if len(self) < _MOST_KNOWN:
            self[code] = plain
        return plain


_LETTERS = _Letters()


def _plain(text: str) -> str:
    """Return a text as the profiles have it: without addresses, nor Latin words among other letters."""
    if "://" in text:
        text = Detector.URL_RE.sub(" ", text)
    if "@" in text:
        text = Detector.MAIL_RE.sub(" ", text)
    if not text.isascii():
        text = _SPACES.sub(" ", NGram.normalize_vi(text))
        if (others := len(_OTHERS.findall(text))) and 2 * len(_LATIN.findall(text)) < others:
            text = _LATIN.sub("", text)
    return _SPACES.sub(" ", text.translate(_LETTERS)).lstrip(" ")
