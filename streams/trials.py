"""Which language the runs of a text speak for: langdetect's trials, reckoned in whole numbers.

In a trial runs are drawn at random, and each language's weight is multiplied by how often it has
the run, until one language has all but a hundred thousandth of the weight of all. All that has to be
known for that is whether a language is so far ahead, after every fifth draw. Logarithms that are
not quite exact nearly always tell. Where they cannot, and for the answer, the weights of the
languages that come near the first are reckoned exactly.

The logarithms of all languages stand side by side in one whole number, so that a draw costs one
addition. A run of frequency p weighs ``log(alpha + q)``, q being 10,000 p, where alpha is another in
each trial. By how much that is more than for a run that never comes, ``log(1 + q/alpha)``, is kept
as a function of ``log(alpha)``: its value at alpha = 0.5, and its slope there, ``-q/(q + 0.5)``. Its second
derivative is at most 1/4: for an alpha whose logarithm is d away, value and slope together are
at most d²/8 too low.
"""

from __future__ import annotations

import random
import struct
from math import cos, exp, expm1, inf, log, log1p, prod, sin, sqrt, tau
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from langdetect.detector import Detector


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


SEED = 0

_STEP = 5
"""Draws after which it is looked whether a language is certain."""

_MOST_DRAWS = Detector.ITERATION_LIMIT + 1

_LANE = 64
"""Bits of a language. The slope is in the lowest 30, the value above it; the sums of a trial stay below the
highest, which tells a difference's sign."""

_SLOPE = 30
_LANE_VALUE = (1 << _LANE - _SLOPE) - 1
_VALUE_UNIT = 1 << 14
_SLOPE_UNIT = 1 << 20
_DISTANCE_UNIT = 1 << 24
_UNIT = _VALUE_UNIT << _SLOPE
"""What stands for one: in values, slopes, distances of log(alpha), and in what comes of the three."""

_ROUNDED = 1 / _VALUE_UNIT + 1 / _SLOPE_UNIT + 1 / _DISTANCE_UNIT
"""The most that rounding changes the weight of a run by."""

_OTHERS: float = 1 / Detector.CONV_THRESHOLD - 1
"""A language is certain where all others together have less than so many times its weight."""

_AHEAD = -log(_OTHERS)

_CLOSE = 12.5
_NEAR = 20.0
_NOTHING = 25.0
"""By how much less than the largest the logarithm of a weight is that is not reckoned exactly where it is
close whether a language is certain; nor where shares are asked for; and that is taken for nothing."""

_ALL_NOTHING = 1e-9
"""More than all weights have together that are taken for nothing, by the largest."""

_LOOKED_AT = 96
"""Numbers of the dice that are looked at together; few trials take more."""

_FIRST_REACH = 61
"""Draws that few trials exceed. What may be lost is reckoned for so many, then for twice as many."""

_MULTIPLIED = 50
"""Weights that are multiplied before the logarithm is taken: the product of as many fits a float."""


class Row(NamedTuple):
    """A run in all languages: what it weighs in each, side by side, and how often it comes in each."""

    weights: int
    shares: tuple[float, ...]


class Dice:
    """The numbers that :class:`random.Random` gives for :data:`SEED`, by their places.

    Each text begins at the first. They are made when they are first asked for.
    """

    def __init__(self) -> None:
        self._random = random.Random(SEED)  # noqa: S311 - chance that is the same each time
        self._words: list[int] = []
        self._cut: dict[int, list[int]] = {}
        self._lock = Lock()

    def numbers(self, bits: int, end: int) -> list[int]:
        """Return what ``getrandbits(bits)`` gives at each place, at least up to ``end``; it takes one."""
        found = self._cut.get(bits)
        if found is None or len(found) < end:
            found = self._cut[bits] = [word >> _WORD - bits for word in self._drawn(end)]
        return found

    def gauss(self, place: int) -> tuple[float, float]:
        """Return what two calls of ``gauss(0, 1)`` give from a place on; they take :data:`GAUSS` of them."""
        a, b, c, d = self._drawn(place + GAUSS)[place : place + GAUSS]
        angle = _fraction(a, b) * tau
        radius = sqrt(-2.0 * log(1.0 - _fraction(c, d)))
        return cos(angle) * radius, sin(angle) * radius

    def _drawn(self, end: int) -> list[int]:
        if len(self._words) >= end:
            return self._words
        with self._lock:
            while len(self._words) < end:
                self._words += [self._random.getrandbits(_WORD) for _ in range(_AT_ONCE)]
        return self._words


GAUSS = 4
"""Places that two numbers of a normal distribution take."""

_WORD = 32
_AT_ONCE = 1_024


def _fraction(high: int, low: int) -> float:
    """Return what ``random()`` makes of two words."""
    return ((high >> 5) * 2.0**26 + (low >> 6)) / 2.0**53


class Lanes:
    """Whole numbers that hold a number for each language, side by side."""

    def __init__(self, languages: int) -> None:
        self.languages = languages
        self._form = struct.Struct(f"<{languages}Q")
        self.ones = sum(1 << _LANE * language for language in range(languages))
        self.signs = self.ones << _LANE - 1
        self.units = self.ones << _SLOPE
        self.slopes = self.ones * ((1 << _SLOPE) - 1)
        self.values = self.ones * ((1 << _LANE) - (1 << _SLOPE))

    def row(self, shares: Sequence[float]) -> Row:
        """Return the row of a run that comes so often in each language."""
        weights = [0] * self.languages
        for language, share in enumerate(shares):
            if share:
                times = share * Detector.BASE_FREQ / Detector.ALPHA_DEFAULT
                # The value is rounded up, the slope down: what comes of them is never less than nothing.
                value, slope = int(log1p(times) * _VALUE_UNIT) + 1, int(times / (times + 1) * _SLOPE_UNIT)
                weights[language] = value << _SLOPE | slope
        return Row(int.from_bytes(self._form.pack(*weights), "little"), tuple(shares))

    def numbers(self, row: int) -> tuple[int, ...]:
        """Return the numbers that stand side by side in a row."""
        return self._form.unpack(row.to_bytes(self._form.size, "little"))


class Trials:
    """The trials of one text. ``row`` gives the row of one of its ``runs``; there is at least one."""

    def __init__(self, lanes: Lanes, dice: Dice, runs: Sequence[str], row: Callable[[str], Row]) -> None:
        self._lanes = lanes
        self._dice = dice
        self._runs = runs
        self._row = row
        self._place = 0
        self._first = 0

    def shares(self, trials: int) -> list[float]:
        """Return the share that each language has in the weight of all, the mean of so many trials.

        Where all trials end with the same one certain, its share may be a millionth off, and the others
        have none; else shares are as exact as floats are, as far as they have a say.
        """
        normal: list[float] = []
        ended = []
        for _ in range(trials):
            if not normal:
                normal += reversed(self._dice.gauss(self._place))
                self._place += GAUSS
            ended.append(self._trial(Detector.ALPHA_DEFAULT + normal.pop() * Detector.ALPHA_WIDTH))
        agreed = all(trial.certain and trial.first == ended[0].first for trial in ended)
        whole = [0.0] * self._lanes.languages
        for trial in ended:
            shares = {trial.first: 1 / (1 + trial.others)} if agreed else trial.shares()
            for language, share in shares.items():
                whole[language] += share / trials
        return whole

    def _trial(self, alpha: float) -> _Trial:
        """Draw runs until a language is certain, and return how the languages stand then."""
        lanes, first = self._lanes, self._first
        ones, signs, units, values, slopes = lanes.ones, lanes.signs, lanes.units, lanes.values, lanes.slopes
        distance = log(alpha / Detector.ALPHA_DEFAULT)
        shift = round(distance * _DISTANCE_UNIT)
        loss = distance * distance / 8 + 2 * _ROUNDED
        trial = _Trial(alpha / Detector.BASE_FREQ)
        drawn = trial.drawn
        places: list[int] = []
        sums = draws = reach = rivals = beaten = 0
        # However often it comes, a single run makes no language certain.
        goal = 1 + _STEP
        while True:
            while goal > len(drawn):
                self._draw(drawn, places)
            if goal > reach:
                reach = max(_FIRST_REACH, 2 * reach)
                ahead = ones * int((_AHEAD - reach * loss - _ROUNDED) * _UNIT)
                rivals, beaten = signs + ahead, signs - ahead
            for row in drawn[draws:goal]:
                sums += row[0]
            draws = goal
            goal += _STEP
            weights = (sums & values) - shift * (sums & slopes)
            over = weights - (weights >> _LANE * first + _SLOPE & _LANE_VALUE) * units
            if (over + beaten) & signs:
                # Another one is ahead now, or might be.
                numbers = lanes.numbers(weights)
                first = numbers.index(max(numbers))
            elif (over + rivals) & signs != 1 << _LANE * first + _LANE - 1 and draws < _MOST_DRAWS:
                # Another one is too near.
                continue
            trial.stands(lanes.numbers(weights), draws, draws * loss)
            if trial.certain or draws >= _MOST_DRAWS:
                self._place, self._first = places[draws - 1] + 1, first
                return trial

    def _draw(self, drawn: list[Row], places: list[int]) -> None:
        """Draw more runs, and note by which numbers of the dice they were drawn."""
        runs, row, most = self._runs, self._row, len(self._runs)
        start = places[-1] + 1 if places else self._place
        numbers = self._dice.numbers(most.bit_length(), start + _LOOKED_AT)
        found = [place for place in range(start, start + _LOOKED_AT) if numbers[place] < most]
        drawn += [row(runs[numbers[place]]) for place in found]
        places += found


class _Trial:
    """The weights of languages by the runs that are ``drawn``, where one that never comes weighs ``least``.

    ``first`` is the language with the largest, ``others`` what all others have together, by that.
    """

    def __init__(self, least: float) -> None:
        self.drawn: list[Row] = []
        self.first = 0
        self.others = inf
        self._least = least
        self._draws = 0
        self._numbers: Sequence[int] = ()
        self._largest = self._nothing = 0
        self._known: dict[int, tuple[int, float]] = {}

    @property
    def certain(self) -> bool:
        """Tell whether the first is certain."""
        return self.others < _OTHERS

    def stands(self, numbers: Sequence[int], draws: int, error: float) -> None:
        """Reckon how languages stand after so many draws.

        The logarithms of two weights differ by as much as ``numbers`` do, give or take ``error``. That tells
        whether the first is certain, unless it is close.
        """
        self._draws, self._numbers, self._largest = draws, numbers, max(numbers)
        self.first = numbers.index(self._largest)
        self._nothing = self._largest - int((_NOTHING + error) * _UNIT)
        self.others = doubt = self._rest(self._largest + 1) - 1
        for distance in (_CLOSE, _NOTHING):
            if abs(self.others - _OTHERS) > doubt * expm1(error) + _ALL_NOTHING:
                break
            weights, doubt = self._weights(distance + error)
            self.others = (sum(weights.values()) + doubt) / max(weights.values()) - 1

    def shares(self) -> dict[int, float]:
        """Return the shares of languages in the weight of all, of those that have one to speak of."""
        weights, rest = self._weights(_NEAR)
        whole = sum(weights.values()) + rest
        return {language: weight / whole for language, weight in weights.items()}

    def _weights(self, distance: float) -> tuple[dict[int, float], float]:
        """Return the weights of those no further behind by the first one's, and about what the rest have."""
        least = self._largest - int(distance * _UNIT)
        near = [language for language, number in enumerate(self._numbers) if number >= least]
        first = self._logarithm(self.first)
        return {language: exp(self._logarithm(language) - first) for language in near}, self._rest(least)

    def _rest(self, least: int) -> float:
        """Return about what the languages with less have together, by the first one's weight."""
        largest, nothing = self._largest, self._nothing
        return sum([exp((number - largest) / _UNIT) for number in self._numbers if nothing < number < least])

    def _logarithm(self, language: int) -> float:
        """Return the logarithm of a weight, exactly."""
        count, found = self._known.get(language, (0, 0.0))
        least = self._least
        while count < self._draws:
            more = self.drawn[count : min(self._draws, count + _MULTIPLIED)]
            found += log(prod([least + row[1][language] for row in more]))
            count += len(more)
        self._known[language] = (count, found)
        return found
