"""``docs/quality.md``: the floors of every language, as a page for readers; ``docs/alerts.md``: each rule.

``python -m tests.quality.page`` writes both anew from ``floors.json`` and the rules.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from streams import languages
from streams.alerts import load_rules
from streams.alerts.page import page as rules_page
from tests.quality.gate import load


if TYPE_CHECKING:
    from tests.quality.gate import Floors


PAGE = Path(__file__).parents[2] / "docs" / "quality.md"
ALERTS = PAGE.with_name("alerts.md")

_GENERATED = "<!-- from the rules and the floors: python -m tests.quality.page -->"
"""What stands below is not written by hand."""

HEAD = """# How well Kabar reads

Precision and recall by language, as `tests/quality/floors.json` pins them: what is measured is never
below, and a floor only rises. `.venv/bin/python -m tests.quality.gate` measures anew and prints every
measure, by kind of figure too; `.venv/bin/python -m tests.quality.page` writes this page.

A figure is right where value, bounds, qualifier, unit, kind and all that its label names beside them are
right; `core` is number, unit, kind and span alone. All texts were written for this project.
"""

TABLES = {
    "Sentences": (
        """Wordings that the language data was written with (`cases`), and wordings that were put aside before
and are only measured (`heldout`, `tests/cases/heldout/`). For most languages one hand wrote both, so that
even these flatter; real news is harder.""",
        [
            ("cases: figures", "cases/{}/figures"),
            ("heldout: figures", "heldout/{}/figures"),
            ("numbers", "heldout/{}/numbers"),
            ("events", "heldout/{}/keywords"),
            ("no figure", "heldout/{}/nothing"),
            ("no event", "heldout/{}/silent"),
        ],
    ),
    "Whole articles": (
        """Each figure of an article labelled: those of the sample archive in English and Indonesian, and the
articles of `tests/archives/`. The sample archive was labelled before there was a reader; those labelled first
(`tests/archives/fresh/`) before the reader had read them, and what they showed was mended since.""",
        [
            ("archive: figures", "archive/{}/figures"),
            ("archive: core", "archive/{}/core"),
            ("articles: figures", "articles/{}/figures"),
            ("articles: core", "articles/{}/core"),
            ("labelled first: figures", "fresh/{}/figures"),
            ("labelled first: core", "fresh/{}/core"),
        ],
    ),
    "What short articles are about": (
        """The short articles of `tests/archives/briefs/`, half of them ordinary news of all sections, and
those that were put aside (`tests/archives/heldout/`): whether they are conflict news, of which categories,
where (the country, and the place where one was labelled). The first were looked at while the data was
written; the second were not, and are the honest measure.""",
        [
            ("briefs: conflict", "briefs/{}/conflict"),
            ("categories", "briefs/{}/categories"),
            ("country", "briefs/{}/country"),
            ("place", "briefs/{}/place"),
            ("put aside: conflict", "heldout/{}/conflict"),
            ("categories", "heldout/{}/categories"),
            ("country", "heldout/{}/country"),
            ("place", "heldout/{}/place"),
        ],
    ),
    "What the sample archive is about": (
        """Whether an article is conflict news, in which country, and which alerts it raises.""",
        [
            ("conflict", "archive/{}/conflict"),
            ("country", "archive/{}/country"),
            ("alerts", "archive/{}/alerts"),
        ],
    ),
}


_TOLD = {
    "stories/all/alerts": "alerts of its articles, each by itself",
    "telling/all/stories": "stories, each raised once",
    "telling/all/rules": "rules that fire on a story",
    "telling/all/updates": "updates in their order",
    "telling/all/severity": "severity in the end",
    "telling/all/place": "place",
    "telling/all/claims": "what each claimant says in the end",
    "telling/all/sources": "number of sources",
    "telling/all/independent": "number of independent sources",
}
"""What is measured on the story archive, by the name of the measure."""


def page(floors: Floors) -> str:
    """Return the page: a table for each kind of text, precision / recall in each cell."""
    parts = [HEAD]
    for title, (told, columns) in TABLES.items():
        rows = [f"| language | {' | '.join(name for name, _ in columns)} |", "|---|" + "---|" * len(columns)]
        for code in (*languages.available(), "all"):
            cells = [_cell(floors.get(measure.format(code))) for _, measure in columns]
            if any(cell != "\u2013" for cell in cells):
                rows.append(f"| {code} | {' | '.join(cells)} |")
        parts.append("\n".join([f"## {title}", "", told, "", *rows, ""]))
    return "\n".join(parts)


def alerts(floors: Floors) -> str:
    """Return the page of alerts: its own words, and under them how each rule does and what it asks for."""
    own, mark, _ = ALERTS.read_text("utf-8").partition(_GENERATED)
    rows = ["| rule | severity | precision | recall | of |", "|---|---|--:|--:|--:|"]
    for rule in load_rules().rules:
        floor = floors.get(f"rules/{rule.id}/alerts", {})
        graded = f"{rule.levels[0].severity} to {rule.levels[-1].severity}" if rule.levels else rule.severity
        measured = " | ".join(str(floor.get(key, "\u2013")) for key in ("precision", "recall", "of"))
        link = f"[{rule.title}](#{rule.title.lower().replace(' ', '-').replace(',', '')})"
        rows.append(f"| {link} | {graded} | {measured} |")
    rows += ["", *_of_stories(floors)]
    return "\n".join([f"{own}{mark}", *rows, "", rules_page(load_rules())])


def _of_stories(floors: Floors) -> list[str]:
    """Return how the stories of the story archive are told, as a table."""
    rows = ["| of the story archive | precision | recall | of |", "|---|--:|--:|--:|"]
    for name, called in _TOLD.items():
        floor = floors.get(name, {})
        measured = " | ".join(str(floor.get(key, "\u2013")) for key in ("precision", "recall", "of"))
        rows.append(f"| {called} | {measured} |")
    return rows


def _cell(floor: dict[str, float] | None) -> str:
    return f"{floor['precision']:.3f} / {floor['recall']:.3f}" if floor else "\u2013"


def main() -> None:
    """Write the page."""
    for path, write in ((PAGE, page), (ALERTS, alerts)):
        path.write_text(write(load()), "utf-8")
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
