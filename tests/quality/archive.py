"""The labelled archive: which figure of an article belongs to which label, and how right it is."""

from __future__ import annotations

import functools
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.alerts import load_rules
from streams.enrichment import read
from streams.errors import ArticleError
from tests import cases
from tests.quality.alerts import measure_alerts
from tests.quality.scores import count_figures


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from streams.enrichment import Reading
    from streams.records import EnrichedArticle, Figure
    from tests.quality.scores import Tally


ROOT = Path(__file__).parents[2]
ARCHIVE = ROOT / "streams" / "samples" / "sample.jsonl"
DATA = ROOT / "streams" / "data"
LABELS = ROOT / "tests" / "archives" / "labels.toml"
RAW_KEYS = ("id", "language", "published_at", "title", "text")

_LABEL_AS_IS = ("surface", "value", "low", "high", "qualifier", "claimant", "place", "period")

_TIMES = ("second", "minute", "hour", "day", "week", "month", "year")

_CURRENCY = re.compile("[A-Z]{3}")

_SAME_UNIT = {
    # The labels use the plain word for it, the records the id of data/units.toml or data/concepts.toml.
    "h": "hour",
    "min": "minute",
    "degC": "degree",
    "artillery_shell": "shell",
    "mortar_shell": "shell",
    "munition": "ammunition",
    "warship": "ship",
    "family": "household",
    "health_centre": "clinic",
    "air_strike": "strike",
    "artillery": "artillery_piece",
}

Label = dict[str, Any]


def measure_archive(tally: Tally, language: str | None = None) -> None:
    """Count the sample archive against its labels, in one language or in all that have cases."""
    labels = {label["id"]: label for label in tomllib.loads(LABELS.read_text("utf-8"))["articles"]}
    languages = {language} if language else {case.language for case in cases.development()}
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


def own_articles() -> list[Label]:
    """Return the articles with all figures labelled: ``tests/archives/<language>.toml``."""
    return _labelled(path for path in LABELS.parent.glob("*.toml") if path != LABELS)


def fresh_articles() -> list[Label]:
    """Return the articles whose figures were labelled before they were read: ``tests/archives/fresh/``."""
    return _labelled((LABELS.parent / "fresh").glob("*.toml"))


def briefs(folder: str = "briefs") -> list[Label]:
    """Return the short articles labelled by what they are about: ``tests/archives/briefs/<language>.toml``.

    Those of ``heldout`` are measured and not looked at by whoever writes language data.
    """
    return _labelled((LABELS.parent / folder).glob("*.toml"))


def _labelled(paths: Iterable[Path]) -> list[Label]:
    return [label for path in sorted(paths) for label in tomllib.loads(path.read_text("utf-8"))["articles"]]


def raw_record(label: Label) -> bytes:
    """Return the record of an article that stands beside its labels, as it would lie in the raw topic."""
    return json.dumps({key: label[key] for key in RAW_KEYS if key in label}).encode()


def measure_own_articles(tally: Tally, language: str | None = None) -> None:
    """Count the articles that stand beside their labels, of one language or of all."""
    rules = load_rules(None)
    sets = {
        "articles": own_articles(),
        "fresh": fresh_articles(),
        "briefs": briefs(),
        "heldout": briefs("heldout"),
    }
    for name, labels in sets.items():
        for label in labels:
            if language in (None, label["language"]):
                measure_article(tally, f"{name}/{label['language']}", label, read(raw_record(label), rules))


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
    main = article.main_place
    for key, is_ in (("country", main and main.country), ("place", main and main.name)):
        if should_be := label.get(key):
            tally.add(f"{prefix}/{key}", expected=1, found=1 if is_ else 0, right=is_ == should_be)
            if is_ != should_be:
                tally.miss(f"{prefix}/{key}", f"{label['id']}: should be {should_be}, is {is_}")
    if "categories" in label:
        _measure_categories(tally, prefix, label, {one.category for one in article.categories})
    measure_alerts(tally, prefix, label, reading.alerts)
    if "figures" in label:
        _measure_figures(tally, prefix, label, article)


def _measure_categories(tally: Tally, prefix: str, label: Label, found: set[str]) -> None:
    """Count the categories: what a reader would grant as well is neither needed nor wrong."""
    expected = set(label["categories"])
    found -= set(label.get("categories_also", ()))
    tally.add(f"{prefix}/categories", expected=len(expected), found=len(found), right=len(expected & found))
    if expected != found:
        missing, more = sorted(expected - found), sorted(found - expected)
        tally.miss(f"{prefix}/categories", f"{label['id']}: missing {missing}, too many {more}")


def _measure_figures(tally: Tally, prefix: str, label: Label, article: EnrichedArticle) -> None:
    matched, spare = _match_labels(label["figures"], article.text, article.figures)
    wanted = [(_expected(one), figure) for one, figure in matched if not one.get("optional")]
    count_figures(tally, prefix, wanted, [figure for _, figure in wanted if figure is not None] + spare)
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


def units(word: str | list[str]) -> list[str]:
    """Return what a labelled unit, or each of several, may be called in a record.

    What the project has no unit or concept for is counted in ones, ``1``.
    """
    if isinstance(word, list):
        return [name for one in word for name in units(one)]
    word = _SAME_UNIT.get(word, word)
    return [word] if word in _known_units() or _CURRENCY.fullmatch(word) else [word, "1"]


def occurrences(text: str, words: str) -> Iterator[tuple[int, int]]:
    """Yield each place of ``words`` in ``text``, overlapping ones too."""
    start = text.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = text.find(words, start + 1)


@functools.cache
def _known_units() -> frozenset[str]:
    concepts = tomllib.loads((DATA / "concepts.toml").read_text("utf-8"))
    measures = tomllib.loads((DATA / "units.toml").read_text("utf-8"))["units"]
    return frozenset(concepts) | frozenset(measures)


def _match_labels(
    labels: Sequence[Label], text: str, figures: Sequence[Figure]
) -> tuple[list[tuple[Label, Figure | None]], list[Figure]]:
    """Return each label with its figure, and the figures that no label asks for.

    A figure belongs to a label where its span covers the label's words; of several, the one
    with the fewest mismatches is taken, and none is taken twice. Where none covers them, one
    whose number lies in them is taken: it is wrong by its span, and not two errors.
    """
    spare = list(figures)
    matched: list[tuple[Label, Figure | None]] = []
    for label in labels:
        start, end = list(occurrences(text, label["surface"]))[label.get("occurrence", 1) - 1]
        over = [figure for figure in spare if figure.start <= start and end <= figure.end]
        if not over:
            over = [figure for figure in spare if start <= figure.number.start and figure.number.end <= end]
        best = min(over, key=lambda figure: len(cases.mismatches(_expected(label), figure)), default=None)
        if best is not None:
            spare.remove(best)
        matched.append((label, best))
    return matched, spare


def _expected(label: Label) -> cases.Expected:
    """Return a label of the archive in the keys of a wording case."""
    expected: cases.Expected = {key: label[key] for key in _LABEL_AS_IS if key in label}
    words = label["unit"] if isinstance(label["unit"], list) else [label["unit"]]
    expected["unit"] = [unit for word in words for unit in units(word)]
    expected["kind"] = [label["kind"], *label.get("kind_also", [])]
    if label.get("per") in (None, *_TIMES):
        expected["per"] = label.get("per", False)
    expected["status"] = label.get("status", "happened")
    expected["scope"] = label.get("scope", "unknown")
    expected["victim_role"] = label.get("victim_role", ["unknown", None])
    return expected
