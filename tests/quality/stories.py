"""The story archive: which alerts its articles raise, each by itself, and which stories they tell together.

``python -m tests.quality.stories`` prints the measures of the archive alone, and what was wrong.
"""

from __future__ import annotations

import functools
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from streams.alerts import load_rules
from streams.enrichment import read
from streams.stories.stories import tell_all
from tests.quality import story_archive
from tests.quality.scores import Tally


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from streams.records import Alert
    from streams.stories.records import Story, StoryClaim
    from tests.quality.story_archive import Label


_JUDGED = frozenset(["raised", "toll_up", "corrected", "denial", "cancelled"])
"""Changes that a label names wherever they are; the others are not wrong where it does not."""

_TOLLS = frozenset(["toll_up", "corrected"])
"""Changes of a figure: a label names those of the kind that its rule counts."""


def measure_story_archive(tally: Tally, language: str | None = None) -> None:
    """Count the alerts of the archive's articles by language and rule, and over all languages its stories."""
    rules = load_rules(None)
    readings = [
        (label, read(story_archive.raw(label), rules))
        for label in story_archive.articles()
        if language in (None, label["language"])
    ]
    for label, reading in readings:
        _measure_article(tally, label, reading.alerts)
    if language is None:
        told, _ = tell_all(
            ((reading.article, reading.alerts, _came_in(label)) for label, reading in readings), rules
        )
        measure_stories(tally, told)


def measure_stories(tally: Tally, told: Sequence[Story]) -> None:
    """Count stories against the labels: each raised once, with its rules, place, updates and sources.

    Of what was told, stories of rules over time are not judged, nor those of denials, which their own
    story links to.
    """
    of = {label["id"]: label.get("story") for label in story_archive.articles()}
    judged = [story for story in told if story.statistics is None and story.denies is None]
    found: dict[str | None, list[Story]] = {}
    for story in judged:
        found.setdefault(_most_of(story, of), []).append(story)
    for story in found.pop(None, []):
        tally.add("telling/all/stories", found=1)
        tally.miss("telling/all/stories", f"of no labelled story: {_brief(story)}")
    for label in story_archive.stories():
        stories = found.get(label["id"], [])
        tally.add("telling/all/stories", expected=1, found=len(stories), right=bool(stories))
        for story in stories[1:]:
            tally.miss("telling/all/stories", f"{label['id']}: told once more: {_brief(story)}")
        if stories:
            _measure_story(tally, label, stories[0])
        else:
            tally.miss("telling/all/stories", f"{label['id']}: not told")


def _measure_story(tally: Tally, label: Label, story: Story) -> None:
    needed = set(label.get("rules", [label["rule"]]))
    fired = {one.rule for one in story.rules} | {
        one.rule for one in story.updates if one.change == "cancelled"
    }
    rules = fired & {one.id for one in load_rules().rules}
    rules -= set(label.get("rules_also", ())) - needed
    _count(tally, "rules", label, needed, rules)
    if "place" in label:
        _count(tally, "place", label, {label["place"]}, {story.place.name if story.place else None})
    _count(tally, "severity", label, {label["severity"]}, {story.severity})
    _count(tally, "sources", label, {label["sources"]}, {story.sources.total})
    _count(tally, "independent", label, {label["independent"]}, {story.sources.independent})
    _measure_updates(tally, label, story)
    for claim in label.get("claims", ()):
        right = any(_is_claim(one, claim) for one in story.claims)
        tally.add("telling/all/claims", expected=1, found=1, right=right)
        if not right:
            claims = [
                f"{one.claimant and one.claimant.surface}: {one.kind} {one.low}" for one in story.claims
            ]
            tally.miss("telling/all/claims", f"{label['id']}: {claim} is not among {claims}")


def _measure_updates(tally: Tally, label: Label, story: Story) -> None:
    """Count the steps that a label names as far as they are told in their order, and those that are more."""
    wanted = [(one["change"], one["by"], one.get("value")) for one in label["updates"]]
    named = _JUDGED | {one["change"] for one in label["updates"]}
    kind = _counted(label)
    told = [
        (one.change, one.article_id, one.now)
        for one in story.updates
        if one.change in named
        and (one.change not in _TOLLS or one.kind == kind)
        and not _denied_again(label, one.change, one.article_id)
    ]
    right, at = 0, 0
    for change, by, value in wanted:
        for index in range(at, len(told)):
            if told[index][:2] == (change, by) and value in (None, told[index][2]):
                right, at = right + 1, index + 1
                break
    tally.add("telling/all/updates", expected=len(wanted), found=len(told), right=right)
    if (len(wanted), len(told)) != (right, right):
        tally.miss("telling/all/updates", f"{label['id']}: should be {wanted}, are {told}")


def _denied_again(label: Label, change: str, article: str) -> bool:
    """Tell whether an update is one more denial by an article, where the first of them is labelled."""
    first = {one["by"] for one in label["updates"] if one["change"] == "denial"}
    return change == "denial" and bool(first) and article not in first and article in _denying()


@functools.cache
def _denying() -> frozenset[str]:
    return frozenset(label["id"] for label in story_archive.articles() if label.get("denies"))


def _counted(label: Label) -> str:
    """Return the kind of figure that a labelled story is told by: its rule's, else people killed."""
    rules = {rule.id: rule for rule in load_rules().rules}
    rule = rules.get(label["rule"])
    return rule.figures.kinds[0] if rule and rule.figures else "killed"


def _is_claim(told: StoryClaim, claim: Label) -> bool:
    said = told.claimant.surface.casefold() if told.claimant else ""
    return (
        told.kind == claim["kind"]
        and told.low == claim["value"]
        and any(word.casefold() in said for word in claim["claimant"])
    )


def _count(
    tally: Tally, section: str, label: Label, needed: AbstractSet[object], found: AbstractSet[object]
) -> None:
    found = found - {None}
    tally.add(f"telling/all/{section}", expected=len(needed), found=len(found), right=len(needed & found))
    if needed != found:
        tally.miss(f"telling/all/{section}", f"{label['id']}: should be {needed}, is {found}")


def _most_of(story: Story, of: Mapping[str, str | None]) -> str | None:
    """Return the labelled story that most of a story's articles are of."""
    counts = Counter(of[one.id] for one in story.articles)
    return max(counts, key=lambda id_: (counts[id_], id_ is not None, id_ or ""))


def _brief(story: Story) -> str:
    return f"{story.family}, {story.headline!r} by {[one.id for one in story.articles]}"


def _came_in(label: Label) -> float | None:
    return datetime.fromisoformat(label["arrives"]).timestamp() if "arrives" in label else None


def _measure_article(tally: Tally, label: Label, alerts: Iterable[Alert]) -> None:
    prefix = f"stories/{label['language']}/alerts"
    needed = set(label["alerts"]) | ({"denial"} if label.get("denies") else set())
    raised = {alert.rule for alert in alerts} - (set(label.get("alerts_also", ())) - needed)
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
    measure_story_archive(tally)
    tally.sum_up("stories")
    for name, lines in tally.misses.items():
        click.echo("\n  ".join([name, *lines]))
    for name, score in tally.scores().items():
        click.echo(
            f"{name:45} {score.expected:4} {score.found:4} {score.right:4}"
            f"  {score.precision:.3f} {score.recall:.3f}"
        )


if __name__ == "__main__":
    main()
