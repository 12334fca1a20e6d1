"""How well Kabar reads: precision and recall over the wording cases and the labelled archive.

A measure is named ``set/language/section``. The sets are ``cases`` (seen while language data
is written), ``heldout`` (not seen) and ``archive`` (whole articles). A figure counts as right
in ``figures`` where all that is said of it is right, and in ``core`` and its kind where its
numbers, its kind and its unit are.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.alerts import load_rules
from streams.enrichment import read
from streams.errors import ArticleError
from tests import cases


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.enrichment import Reading
    from streams.records import Figure


ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "streams" / "samples" / "sample.jsonl"
LABELS = ROOT / "tests" / "archives" / "labels.toml"

CORE = ("value", "low", "high", "qualifier", "kind", "unit", "surface")
"""What has to be right for a figure to be found at all."""

_LABEL_AS_IS = (
    "surface", "value", "low", "high", "qualifier", "unit", "claimant", "place", "period",
)  # fmt: skip

Label = dict[str, Any]


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

    def add(self, name: str, *, expected: int = 0, found: int = 0, right: int = 0) -> None:
        """Count into the measure called ``name``."""
        self._counts.setdefault(name, Counter()).update(expected=expected, found=found, right=right)

    def miss(self, name: str, line: str) -> None:
        """Keep a line on what is wrong, for whoever looks into a measure."""
        self.misses.setdefault(name, []).append(line)

    def scores(self) -> dict[str, Score]:
        """Return the measures, by name, sorted."""
        return {
            name: Score(counts["expected"], counts["found"], counts["right"])
            for name, counts in sorted(self._counts.items())
        }


def measure() -> Tally:
    """Return the scores of both sets of cases and of the archive."""
    tally = Tally()
    for name, texts in (("cases", cases.development()), ("heldout", cases.heldout())):
        for case in texts:
            if not case.todo:
                measure_case(tally, f"{name}/{case.language}", case)
    measure_archive(tally)
    return tally


def measure_case(tally: Tally, prefix: str, case: cases.Case) -> None:
    """Count one wording case.

    The figures of ``nothing`` are wrong ones of ``figures``; the keywords of ``silent`` are
    wrong ones of ``keywords``.
    """
    if problems := cases.problems(case):
        tally.miss(f"{prefix}/{case.section}", cases.report(case, problems))
    if case.section == "numbers":
        found = cases.numbers(case)
        right = sum(not cases.mismatches(e, f) for e, f in pairs(case.expect["expect"], found))
        tally.add(f"{prefix}/numbers", expected=len(case.expect["expect"]), found=len(found), right=right)
        return
    article = cases.article(case)
    match case.section:
        case "figures":
            _count_figures(tally, prefix, pairs(case.expect["expect"], article.figures), article.figures)
        case "nothing":
            _count_figures(tally, prefix, [], article.figures)
            tally.add(f"{prefix}/nothing", expected=1, found=1, right=not article.figures)
        case "keywords":
            hit = (case.expect["category"], case.expect["status"]) in {
                (k.category, k.status) for k in article.keywords
            }
            tally.add(f"{prefix}/keywords", expected=1, found=hit, right=hit)
        case "silent":
            tally.add(f"{prefix}/keywords", found=len(article.keywords))
            silent = not article.keywords and not article.conflict.value
            tally.add(f"{prefix}/silent", expected=1, found=1, right=silent)


def measure_archive(tally: Tally) -> None:
    """Count the sample archive against its labels, in the languages that have cases."""
    labels = {label["id"]: label for label in tomllib.loads(LABELS.read_text("utf-8"))["articles"]}
    languages = {case.language for case in cases.development()}
    rules = load_rules(None)
    seen = set()
    for line in ARCHIVE.read_bytes().splitlines():
        try:
            reading = read(line, rules)
        except ArticleError:
            continue
        label = labels.get(reading.article.id)
        if label is None or label["language"] not in languages or label["id"] in seen:
            continue
        seen.add(label["id"])
        measure_article(tally, f"archive/{label['language']}", label, reading)


def measure_article(tally: Tally, prefix: str, label: Label, reading: Reading) -> None:
    """Count one article: its figures, what is no figure in it, whether it is conflict, its alerts."""
    article = reading.article
    conflict = article.conflict.value
    tally.add(
        f"{prefix}/conflict", expected=label["conflict"], found=conflict, right=label["conflict"] and conflict
    )
    if label["conflict"] != conflict:
        tally.miss(
            f"{prefix}/conflict", f"{label['id']}: conflict should be {label['conflict']}, is {conflict}"
        )
    expected, raised = set(label["alerts"]), {alert.rule for alert in reading.alerts}
    tally.add(f"{prefix}/alerts", expected=len(expected), found=len(raised), right=len(expected & raised))
    if expected != raised:
        tally.miss(f"{prefix}/alerts", f"{label['id']}: should be {sorted(expected)}, are {sorted(raised)}")
    if "figures" not in label:
        return
    matched, spare = _match_labels(label["figures"], article.text, article.figures)
    wanted = [(_expected(one), figure) for one, figure in matched if not one.get("optional")]
    _count_figures(tally, prefix, wanted, [figure for _, figure in wanted if figure is not None] + spare)
    for one, got in wanted:
        if lines := cases.mismatches(one, got) if got else ["nothing came out"]:
            tally.miss(f"{prefix}/figures", f"{label['id']}: {one['surface']!r}: {'; '.join(lines)}")
    for extra in spare:
        tally.miss(f"{prefix}/figures", f"{label['id']}: not in the labels: {cases.brief(extra)}")
    for words in label["not_figures"]:
        spans = list(occurrences(article.text, words))
        hit = [
            f
            for f in article.figures
            if any(f.number.start < end and start < f.number.end for start, end in spans)
        ]
        # A number that is labelled elsewhere in the same words ("19" the age, "19" the dead) is no hit.
        hit = [f for f in hit if f in spare]
        tally.add(f"{prefix}/not_figures", expected=1, found=1, right=not hit)


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


def occurrences(text: str, words: str) -> Iterable[tuple[int, int]]:
    """Yield each place of ``words`` in ``text``, overlapping ones too."""
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + 1)


def _count_figures(
    tally: Tally,
    prefix: str,
    wanted: Sequence[tuple[cases.Expected, Figure | None]],
    found: Sequence[Figure],
) -> None:
    tally.add(f"{prefix}/figures", expected=len(wanted), found=len(found))
    tally.add(f"{prefix}/core", expected=len(wanted), found=len(found))
    for one in found:
        tally.add(f"{prefix}/kind/{one.kind}", found=1)
    for expected, figure in wanted:
        core = {key: value for key, value in expected.items() if key in CORE}
        whole = figure is not None and not cases.mismatches(expected, figure)
        right = figure is not None and not cases.mismatches(core, figure)
        kinds = expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]]
        # Where several kinds will do, the one that came out is the one that was asked for.
        kind = figure.kind if figure is not None and figure.kind in kinds else kinds[0]
        tally.add(f"{prefix}/figures", right=whole)
        tally.add(f"{prefix}/core", right=right)
        tally.add(f"{prefix}/kind/{kind}", expected=1, right=right)


def _match_labels(
    labels: Sequence[Label], text: str, figures: Sequence[Figure]
) -> tuple[list[tuple[Label, Figure | None]], list[Figure]]:
    """Return each label with its figure, and the figures that no label asks for.

    A figure belongs to a label where its span covers the label's words; of several, the one
    with the fewest mismatches is taken, and none is taken twice.
    """
    spare = list(figures)
    matched: list[tuple[Label, Figure | None]] = []
    for label in labels:
        start, end = list(occurrences(text, label["surface"]))[label.get("occurrence", 1) - 1]
        over = [figure for figure in spare if figure.start <= start and end <= figure.end]
        best = min(over, key=lambda figure: len(cases.mismatches(_expected(label), figure)), default=None)
        if best is not None:
            spare.remove(best)
        matched.append((label, best))
    return matched, spare


def _expected(label: Label) -> cases.Expected:
    """Return a label of the archive in the keys of a wording case."""
    expected: cases.Expected = {key: label[key] for key in _LABEL_AS_IS if key in label}
    expected["kind"] = [label["kind"], *label.get("kind_also", [])]
    expected["per"] = label.get("per", False)
    expected["status"] = label.get("status", "happened")
    expected["scope"] = label.get("scope", "unknown")
    expected["victim_role"] = label.get("victim_role", ["unknown", None])
    return expected


def _distance(expected: cases.Expected, found: Any) -> int:  # noqa: ANN401 - a number or a figure
    """Return how far apart two are: the number weighs most, for it says where in the text one is."""
    number = {
        key: value
        for key, value in expected.items()
        if key in ("value", "low", "high", "qualifier", "surface")
    }
    return 100 * len(cases.mismatches(number, found)) + len(cases.mismatches(expected, found))
