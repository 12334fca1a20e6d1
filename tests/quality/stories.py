"""Which alerts the articles of the story archive raise, each by itself.

``python -m tests.quality.stories`` prints the measures of the archive alone, and what was wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streams.alerts import load_rules
from streams.enrichment import read
from tests.quality import story_archive
from tests.quality.scores import Tally


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.records import Alert


def measure_story_articles(tally: Tally, language: str | None = None) -> None:
    """Count the alerts of the story archive's articles, by language and by rule; every rule is judged."""
    rules = load_rules(None)
    for label in story_archive.articles():
        if language in (None, label["language"]):
            _measure_article(tally, label, read(story_archive.raw(label), rules).alerts)


def _measure_article(tally: Tally, label: story_archive.Label, alerts: Iterable[Alert]) -> None:
    prefix = f"stories/{label['language']}/alerts"
    needed = set(label["alerts"])
    raised = {alert.rule for alert in alerts} - set(label.get("alerts_also", ()))
    tally.add(prefix, expected=len(needed), found=len(raised), right=len(needed & raised))
    for rule in needed | raised:
        is_needed, is_found = rule in needed, rule in raised
        tally.add(f"rules/{rule}/alerts", expected=is_needed, found=is_found, right=is_needed and is_found)
    if needed != raised:
        missing, more = sorted(needed - raised), sorted(raised - needed)
        tally.miss(prefix, f"{label['id']}: missing {missing}, too many {more}")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the story archive alone, and print what was wrong in it."""
    tally = Tally()
    measure_story_articles(tally)
    tally.sum_up("stories")
    for lines in tally.misses.values():
        click.echo("\n".join(lines))
    for name, score in tally.scores().items():
        click.echo(
            f"{name:45} {score.expected:4} {score.found:4} {score.right:4}"
            f"  {score.precision:.3f} {score.recall:.3f}"
        )


if __name__ == "__main__":
    main()
