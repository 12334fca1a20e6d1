"""How well Kabar reads: precision and recall over the wording cases and the labelled archive.

A measure is named ``set/language/section``. The sets are ``cases`` (seen while language data
is written), ``heldout`` (not seen) and ``archive`` (whole articles); ``kinds`` has one measure
for each kind of figure over all three, as a kind has few of them in each. A figure counts as
right in ``figures`` where all that is said of it is right, and in ``core`` and its kind where
its numbers, its kind and its unit are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from tests import cases


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.records import Figure


CORE = ("value", "low", "high", "qualifier", "kind", "unit", "surface")
"""What has to be right for a figure to be found at all."""


class Score(NamedTuple):
    """What was expected, what came out, and how many of both are right."""

    expected: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what came out that is right; 1 where nothing came out."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of what was expected that came out; 1 where nothing was expected."""
        return self.right / self.expected if self.expected else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.expected + self.found) if self.expected + self.found else 1.0


class Tally:
    """Scores by name, as they are counted, with a line on each miss."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self.misses: dict[str, list[str]] = {}
        self.keys: dict[str, Counter[str]] = {}
        self.judged: dict[str, Counter[str]] = {}

    def add(self, name: str, *, expected: int = 0, found: int = 0, right: int = 0) -> None:
        """Count into the measure called ``name``."""
        self._counts.setdefault(name, Counter()).update(expected=expected, found=found, right=right)

    def miss(self, name: str, line: str) -> None:
        """Keep a line on what is wrong, for whoever looks into a measure."""
        self.misses.setdefault(name, []).append(line)

    def wrong(self, name: str, lines: Sequence[str]) -> None:
        """Count the keys that the lines of :func:`cases.mismatches` begin with."""
        self.keys.setdefault(name, Counter()).update(line.split()[0] for line in lines)

    def judge(self, name: str, keys: Iterable[str]) -> None:
        """Count the keys that a label judges, each of which may be wrong."""
        self.judged.setdefault(name, Counter()).update(keys)

    def sum_up(self, *sets: str) -> None:
        """Count each measure of a set over all its languages too, as ``set/all/section``."""
        for name, counts in list(self._counts.items()):
            first, _, rest = name.partition("/")
            language, _, section = rest.partition("/")
            if first in sets and section and language != "all":
                self.add(f"{first}/all/{section}", **counts)

    def scores(self) -> dict[str, Score]:
        """Return the measures, by name, sorted."""
        return {
            name: Score(counts["expected"], counts["found"], counts["right"])
            for name, counts in sorted(self._counts.items())
        }


def measure_case(tally: Tally, prefix: str, case: cases.Case) -> None:
    """Count one wording case.

    The figures of ``nothing`` are wrong ones of ``figures``; the keywords of ``silent``,
    and those of its category of ``absent``, are wrong ones of ``keywords``.
    """
    if problems := cases.problems(case):
        tally.miss(f"{prefix}/{case.section}", cases.report(case, problems))
    if case.section == "numbers":
        found = cases.numbers(case)
        right = sum(
            one is not None and not cases.mismatches(expected, one)
            for expected, one in pairs(case.expect["expect"], found)
        )
        tally.add(f"{prefix}/numbers", expected=len(case.expect["expect"]), found=len(found), right=right)
        return
    article = cases.article(case)
    match case.section:
        case "figures":
            count_figures(tally, prefix, pairs(case.expect["expect"], article.figures), article.figures)
        case "nothing":
            count_figures(tally, prefix, [], article.figures)
            tally.add(f"{prefix}/nothing", expected=1, found=1, right=not article.figures)
        case "keywords":
            hit = cases.is_found(case, article)
            tally.add(f"{prefix}/keywords", expected=1, found=hit, right=hit)
        case "absent":
            tally.add(f"{prefix}/keywords", found=len(cases.asserted(case, article)))
        case "silent":
            tally.add(f"{prefix}/keywords", found=len(article.keywords))
            silent = not article.keywords and not article.conflict.value
            tally.add(f"{prefix}/silent", expected=1, found=1, right=silent)


def pairs(expected: Sequence[cases.Expected], found: Sequence[Any]) -> list[tuple[cases.Expected, Any]]:
    """Return each expected thing with the one that was found for it, or None, in order.

    The alignment keeps the order of the text and is the one with the fewest mismatches, so
    one figure too many or too few does not spoil those after it.
    """
    skip = 1_000
    rows = len(expected) + 1
    columns = len(found) + 1
    cost = [[0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            ways = []
            if i:
                ways.append(cost[i - 1][j] + skip)
            if j:
                ways.append(cost[i][j - 1] + skip)
            if i and j:
                ways.append(cost[i - 1][j - 1] + _distance(expected[i - 1], found[j - 1]))
            cost[i][j] = min(ways, default=0)
    aligned: list[tuple[cases.Expected, Any]] = []
    i, j = rows - 1, columns - 1
    while i:
        if j and cost[i][j] == cost[i - 1][j - 1] + _distance(expected[i - 1], found[j - 1]):
            i, j = i - 1, j - 1
            aligned.append((expected[i], found[j]))
        elif cost[i][j] == cost[i - 1][j] + skip:
            i -= 1
            aligned.append((expected[i], None))
        else:
            j -= 1
    return aligned[::-1]


def kind_of(prefix: str, kind: str) -> str:
    """Return the measure of a kind of figure: one for each language, over all sets together."""
    return f"kinds/{prefix.rpartition('/')[2]}/{kind}"


def count_figures(
    tally: Tally,
    prefix: str,
    wanted: Sequence[tuple[cases.Expected, Figure | None]],
    found: Sequence[Figure],
) -> None:
    """Count figures that were expected, each with what was found for it, and all that were found."""
    tally.add(f"{prefix}/figures", expected=len(wanted), found=len(found))
    tally.add(f"{prefix}/core", expected=len(wanted), found=len(found))
    for one in found:
        tally.add(kind_of(prefix, one.kind), found=1)
    name = f"{prefix}/figures"
    spare = len(found) - sum(figure is not None for _, figure in wanted)
    tally.judge(name, ["missing"] * len(wanted) + ["spare"] * len(found))
    tally.wrong(name, ["spare"] * spare)
    for expected, figure in wanted:
        core = {key: value for key, value in expected.items() if key in CORE}
        lines = ["missing"] if figure is None else cases.mismatches(expected, figure)
        tally.wrong(name, lines)
        if figure is not None:
            tally.judge(name, {*expected, *cases.bounds(expected, figure.qualifier)})
        right = figure is not None and not cases.mismatches(core, figure)
        kinds = expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]]
        # Where several kinds will do, the one that came out is the one that was asked for.
        kind = figure.kind if figure is not None and figure.kind in kinds else kinds[0]
        tally.add(f"{prefix}/figures", right=not lines)
        tally.add(f"{prefix}/core", right=right)
        tally.add(kind_of(prefix, kind), expected=1, right=right)


def _distance(expected: cases.Expected, found: Any) -> int:  # noqa: ANN401 - a number or a figure
    """Return how far apart two are: the number weighs most, for it says where in the text one is."""
    number = {
        key: value
        for key, value in expected.items()
        if key in ("value", "low", "high", "qualifier", "surface")
    }
    return 100 * len(cases.mismatches(number, found)) + len(cases.mismatches(expected, found))
