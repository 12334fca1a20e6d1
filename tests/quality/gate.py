"""The quality gate: measured precision and recall against the floors in ``floors.json``.

``python -m tests.quality.gate`` prints every measure with its floor, and ends with status 1
where one is below. ``--update`` raises the floors to what is measured and refuses to lower
one: a floor that must go down is edited by hand, so that the change is seen. A measure over more
texts than its floor was pinned with is another measure: ``--update --grown`` pins those anew, also lower,
and those alone; each floor says how many things it was ``of``. ``--misses
cases/id`` also prints what was wrong in the measures whose name begins so, ``--by-key`` which key of a
figure is wrong how often in whole articles, ``--language id`` measures that language alone; nobody who
writes language data looks at the misses of ``heldout``.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tests import cases
from tests.quality import keys
from tests.quality.archive import measure_archive, measure_own_articles
from tests.quality.scores import Tally, measure_case
from tests.quality.stories import measure_story_archive


if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.quality.scores import Score


FLOORS = Path(__file__).with_name("floors.json")

Floors = dict[str, dict[str, float]]
"""By the name of a measure: ``precision``, ``recall``, and the number of things expected, ``of``."""


def measure(language: str | None = None) -> Tally:
    """Return the scores of both sets of cases and of all labelled articles, of one language or of all."""
    tally = Tally()
    for name, texts in (("cases", cases.development()), ("heldout", cases.heldout())):
        for case in texts:
            if not case.todo and language in (None, case.language):
                measure_case(tally, f"{name}/{case.language}", case)
    measure_archive(tally, language)
    measure_own_articles(tally, language)
    measure_story_archive(tally, language)
    if language is None:
        tally.sum_up("articles", "briefs", "fresh", "heldout", "stories")
    return tally


def load(path: Path = FLOORS) -> Floors:
    """Return the floors by the name of their measure."""
    floors: Floors = json.loads(path.read_text("utf-8"))
    return floors


def pinned(scores: Mapping[str, Score]) -> Floors:
    """Return the floors that the scores would give: rounded down to three digits.

    Where nothing came out, precision is no merit to pin: its floor is 0.
    """
    return {
        name: {
            "precision": _down(score.precision) if score.found else 0.0,
            "recall": _down(score.recall) if score.expected else 0.0,
            "of": score.expected,
        }
        for name, score in sorted(scores.items())
    }


def below(scores: Mapping[str, Score], floors: Floors) -> list[str]:
    """Return a line for each floor that is not held, or that nothing is measured for any more."""
    lines = []
    for name, floor in floors.items():
        score = scores.get(name)
        if score is None:
            lines.append(f"{name} has a floor and is not measured")
            continue
        for side, value in (("precision", score.precision), ("recall", score.recall)):
            if value < floor[side]:
                lines.append(f"{name}: {side} is {value:.3f}, its floor {floor[side]:.3f}")
    return lines


def unpinned(scores: Mapping[str, Score], floors: Floors) -> list[str]:
    """Return the names of the measures that have no floor."""
    return [name for name in scores if name not in floors]


def grown(scores: Mapping[str, Score], floors: Floors) -> set[str]:
    """Return the names of the measures that are over more now than when they were pinned."""
    return {name for name, floor in floors.items() if name in scores and scores[name].expected > floor["of"]}


def raised(scores: Mapping[str, Score], floors: Floors) -> Floors:
    """Return the floors raised to the scores; ``ValueError`` lists those that would go down."""
    if lines := below(scores, floors):
        raise ValueError(
            "a floor is never lowered here; edit floors.json by hand to do so:\n" + "\n".join(lines)
        )
    return pinned(scores)


def table(scores: Mapping[str, Score], floors: Floors) -> str:
    """Return the measures as lines to read."""
    width = max(map(len, scores), default=0)
    head = f"{'measure':{width}}  expected  found  right  precision  floor  recall  floor     F1"
    lines = [head]
    for name, score in scores.items():
        floor = floors.get(name, {})
        lines.append(
            f"{name:{width}}  {score.expected:8}  {score.found:5}  {score.right:5}"
            f"  {score.precision:9.3f}  {_shown(floor.get('precision'))}"
            f"  {score.recall:6.3f}  {_shown(floor.get('recall'))}  {score.f1:5.3f}"
        )
    return "\n".join(lines)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--update", is_flag=True, help="Raise the floors to what is measured.")
@click.option("--grown", "also_grown", is_flag=True, help="With --update: pin measures over more texts anew.")
@click.option("--language", metavar="CODE", help="Measure one language alone.")
@click.option("--misses", metavar="NAME", help="Print what was wrong in the measures whose name begins so.")
@click.option("--by-key", is_flag=True, help="Print which key of a figure is wrong how often.")
def main(*, update: bool, also_grown: bool, language: str | None, misses: str | None, by_key: bool) -> None:
    """Measure precision and recall, and hold them against the floors."""
    if update and language:
        raise click.UsageError(
            "floors are raised for all languages together: --update goes without --language"
        )
    tally = measure(language)
    scores = tally.scores()
    floors = load()
    if language:
        floors = {name: floor for name, floor in floors.items() if f"/{language}/" in name}
    if misses:
        for name, lines in tally.misses.items():
            if name.startswith(misses):
                wrong = tally.keys.get(name, Counter())
                often = ", ".join(f"{key} {count}" for key, count in wrong.most_common())
                click.echo("\n".join([f"== {name}", *lines, often and f"keys that were wrong: {often}", ""]))
    if by_key:
        click.echo(keys.table(tally) + "\n")
    click.echo(table(scores, floors))
    if update:
        if also_grown:
            floors = {name: floor for name, floor in floors.items() if name not in grown(scores, floors)}
        try:
            floors = raised(scores, floors)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", "utf-8")
    if lines := below(scores, floors):
        raise click.ClickException("below the floor\n" + "\n".join(lines))


def _down(value: float) -> float:
    return math.floor(value * 1000) / 1000


def _shown(floor: float | None) -> str:
    return f"{floor:5.3f}" if floor is not None else "    -"


if __name__ == "__main__":
    main()
