"""Fit the conflict score: ``python -m tests.quality.calibrate``.

The likeliest logistic curve over the logarithm of the evidence, for the short articles of
``tests/archives/briefs`` and the whole ones beside them; those put aside (``heldout``) are never looked at.
Prints the evidence at which an article is as likely conflict as not and the steepness (``_EVEN`` and
``_STEEPNESS`` in ``streams/events/conflict.py``), then what comes true of the scores, in five steps.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import click

from streams.decoding import decode
from streams.enrichment import examine
from streams.events.conflict import even_at, has_parties, likelihood, weigh
from tests.quality.archive import briefs, own_articles, raw_record


_STEPS = 5
_PRIOR = 0.02
"""What each article counts of a steepness beyond one: they are not quite what comes tomorrow."""


class Sample(NamedTuple):
    """The evidence of a labelled article, its words, its parties and title, and its label."""

    evidence: float
    words: int
    parties: bool
    elsewhere: bool
    conflict: bool

    def chance(self, even: float, steepness: float) -> float:
        """Return what the score would be."""
        half = even_at(self.words, even, parties=self.parties, elsewhere=self.elsewhere)
        return likelihood(self.evidence, half, steepness)


def samples() -> list[Sample]:
    """Return the labelled articles."""
    found = []
    for label in (*briefs(), *own_articles()):
        examination = examine(decode(raw_record(label)))
        mentions, title_end = examination.mentions, examination.article.title_end
        total = sum(
            weigh(mentions.keywords, title_end, anchored=mentions.anchored, unascribed=mentions.unascribed)
        )
        parties = has_parties(examination.article.actors)
        found.append(Sample(total, mentions.words, parties, mentions.elsewhere, label["conflict"]))
    return found


def fit(found: list[Sample]) -> tuple[float, float]:
    """Return the evidence at one half, and the steepness, that make the labels likeliest."""
    grid = ((even / 10, steepness / 10) for even in range(8, 40) for steepness in range(8, 40))
    return min(grid, key=lambda pair: _PRIOR * len(found) * pair[1] - _likelihood(found, *pair))


def _likelihood(found: list[Sample], even: float, steepness: float) -> float:
    chances = ((one.chance(even, steepness), one.conflict) for one in found)
    return sum(math.log(max(1e-9, chance if conflict else 1 - chance)) for chance, conflict in chances)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Fit the conflict score to the labelled articles and print its constants."""
    found = samples()
    even, steepness = fit(found)
    click.echo(f"{len(found)} articles, {sum(one.conflict for one in found)} of conflict")
    click.echo(f"_EVEN, _STEEPNESS = {even}, {steepness}")
    chances = [(one.chance(even, steepness), one.conflict) for one in found]
    for step in range(_STEPS):
        inside = [conflict for chance, conflict in chances if step <= chance * _STEPS < step + 1]
        share = sum(inside) / len(inside) if inside else math.nan
        click.echo(f"score {step / _STEPS:.1f}: {len(inside):4} articles, {share:.2f} of them conflict")
    right = sum((chance >= 0.5) == conflict for chance, conflict in chances)
    click.echo(f"{right} of {len(found)} are told right")


if __name__ == "__main__":
    main()
