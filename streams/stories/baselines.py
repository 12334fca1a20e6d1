"""Baselines: how many articles the days before let expect on one day, and how improbable more are.

A surge is judged by the negative binomial distribution. The days before have a mean and a spread; where
articles come as they do by chance (Poisson) the number to expect has the uncertainty of the mean alone (the
posterior of a Gamma with Jeffreys' prior, half an article more); where days differ more than that, the
spread that they have. The probability is that of so many articles or more on one day.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Sequence


MODEL = "negative binomial"


class Baseline(NamedTuple):
    """What the days before have: articles in all, the mean of a day, and the size of the distribution."""

    total: int
    mean: float
    size: float

    def least(self, probability: float, most: int) -> int:
        """Return the least number that is so improbable; more than ``most`` where that one is not."""
        low, high = 0, most + 1
        while low < high:
            middle = (low + high) // 2
            if tail(middle, self.mean, self.size) <= probability:
                high = middle
            else:
                low = middle + 1
        return low


def baseline_of(counts: Sequence[int]) -> Baseline:
    """Return the mean of the days before, and the size of the distribution that it gives."""
    days, total = len(counts), sum(counts)
    mean = (total + 0.5) / days
    size = total + 0.5
    variance = math.fsum((count - total / days) ** 2 for count in counts) / (days - 1)
    if variance > mean:
        size = min(size, mean * mean / (variance - mean))
    return Baseline(total, mean, size)


def tail(number: int, mean: float, size: float) -> float:
    """Return the probability of so many or more, by the negative binomial of a mean and a size (its spread).

    The variance is ``mean + mean**2 / size``.
    """
    share = mean / (mean + size)
    log_share, log_rest = math.log(share), math.log1p(-share)
    begin = math.lgamma(size)

    def term(count: int) -> float:
        ways = math.lgamma(count + size) - begin - math.lgamma(count + 1)
        return math.exp(ways + size * log_rest + count * log_share)

    if number <= mean:
        return max(0.0, 1.0 - math.fsum(term(count) for count in range(number)))
    # The terms fall from here on: so the tail is summed itself, down to what no longer counts.
    total, count = 0.0, number
    while (last := term(count)) > total * 1e-12 and count < number + 100_000:
        total += last
        count += 1
    return min(1.0, total)
