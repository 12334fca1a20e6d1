"""The rules as a page for readers, so that the documented rule is the one that is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings, rosters
from streams.alerts.overtime_page import page_over_time


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.alerts.rules import CancelCondition, Rule, Rules


_OF_A_FIGURE = {
    "victim_roles": "victim role",
    "scopes": "scope",
    "units": "unit",
    "concepts": "counted thing",
    "parties": "party",
}


def page(rules: Rules) -> str:
    """Return a section of Markdown for each rule: when it fires, how grave it is, what would cancel it.

    Behind them are the rules over time.
    """
    return "\n".join(line for rule in rules.rules for line in _section(rule)) + "\n" + page_over_time(rules)


def conditions(rule: Rule) -> list[str]:
    """Return what a rule asks for, a line each, for people."""
    return [*_scope(rule), *_evidence(rule), *_names(rule)]


def _section(rule: Rule) -> Iterator[str]:
    yield from (f"## {rule.title}", "", f"`{rule.id}` fires on an article", "")
    yield from (f"- {line}" for line in conditions(rule))
    yield ""
    if rule.levels:
        yield "| greatest lower bound, from | severity |"
        yield "|--:|---|"
        yield from (f"| {level.at_least:,.10g} | {level.severity} |" for level in rule.levels)
    else:
        yield f"Severity: {rule.severity}."
    yield from ("", f"Cancelled by: {rule.cancels}", "")
    if rule.cancelled:
        yield from ("Of that, an article does it over time:", "")
        yield from (f"- {_cancelled(one)}" for one in rule.cancelled)
        yield ""


def _cancelled(condition: CancelCondition) -> str:
    """Return what cancels alerts over time, for people."""
    if condition.alerts:
        return f"that raises {_any(condition.alerts)}"
    of = f", in a sentence of {_any(condition.of)}" if condition.of else ""
    return f"whose title or first paragraph has the finding {_any(condition.findings)}{of}"


def _scope(rule: Rule) -> Iterator[str]:
    yield "that is conflict news" if rule.conflict else "of any kind, conflict news or not"
    if rule.languages:
        yield f"in {_any(rule.languages)}"
    if rule.sources:
        yield f"from {_any(rule.sources)}"


def _evidence(rule: Rule) -> Iterator[str]:
    if rule.figures:
        asked = rule.figures
        yield f"with a figure of kind {_any(asked.kinds)}, status {_any(asked.statuses)}"
        for name, called in _OF_A_FIGURE.items():
            if wanted := getattr(asked, name):
                tolls = asked.event_tolls_below if name == "scopes" else None
                risen = f", or that is the toll so far of one event, below {tolls:,.10g}" if tolls else ""
                yield f"whose {called} is {_any(wanted)}{risen}"
    if rule.keywords:
        asked_for = rule.keywords
        labels = [f"{meanings.taxonomy()[one].label} (`{one}`)" for one in asked_for.categories]
        hits = asked_for.hits
        many = "a keyword" if hits == 1 else f"{hits} keywords"
        if asked_for.titled:
            many += (
                ", one of them in the title or the first paragraph,"
                if hits > 1
                else " in the title or the first paragraph"
            )
        elif asked_for.front:
            many += " (one of them in title or lead)" if hits > 1 else " in title or lead"
        elif hits > 1:
            many += " (or one in title or lead)"
        yield f"with {many} of {' or '.join(labels)}, status {_any(rule.keywords.statuses)}"
        if rule.keywords.unless:
            yield f"that neither asserts nor denies {_any(rule.keywords.unless)}"


def _names(rule: Rule) -> Iterator[str]:
    if rule.places and rule.places.capitals:
        yield "that happened in the capital of a country, which the article is about"
    elif rule.places:
        yield f"that happened in {_any((*rule.places.countries, *rule.places.names))}"
    if rule.actors:
        yield f"that names {_any(rosters.actor_names()[one] for one in rule.actors.ids)}"
    if rule.targets:
        asked = rule.targets
        sorts = _any((*asked.groups, *asked.ids))
        yield f"that says of something of the sort {sorts} that it was hit, status {_any(asked.statuses)}"
    if rule.words:
        yield f"with one of the words {_any(rule.words.words)}"


def _any(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
