"""Which key of a figure is wrong how often, over whole articles: where to look first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from tests.quality.scores import Tally


SETS = ("archive", "articles", "fresh")
"""Sets of whole articles, in which a figure has neighbours, a lead and a speaker far before it."""


def table(tally: Tally) -> str:
    """Return for each set the keys that were wrong, the most frequent first, as lines to read.

    A cell is how often a key was wrong of how often a label judged it; a column is a language,
    ``all`` the sum of them. A figure that is missing is wrong in no key and is counted by itself.
    """
    return "\n\n".join(block for name in SETS if (block := _of_set(tally, name)))


def _of_set(tally: Tally, name: str) -> str:
    measures = {
        measure.split("/")[1]: measure
        for measure in sorted(tally.judged)
        if measure.startswith(f"{name}/") and measure.endswith("/figures") and "/all/" not in measure
    }
    wrong = {language: tally.keys.get(measure, Counter()) for language, measure in measures.items()}
    judged = {language: tally.judged[measure] for language, measure in measures.items()}
    if not measures:
        return ""
    wrong["all"], judged["all"] = sum(wrong.values(), Counter()), sum(judged.values(), Counter())
    keys = sorted(
        (key for key in judged["all"] if wrong["all"][key]), key=lambda key: (-wrong["all"][key], key)
    )
    columns = ["all", *measures]
    head = f"{name:12}" + "".join(f"{column:>11}" for column in columns)
    lines = [
        f"{key:12}" + "".join(f"{_cell(wrong[one][key], judged[one][key]):>11}" for one in columns)
        for key in keys
    ]
    return "\n".join([head, *lines])


def _cell(wrong: int, judged: int) -> str:
    return f"{wrong} / {judged}" if judged else "-"
