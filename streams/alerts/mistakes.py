"""What may be wrong in a rule although every key has the right type."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import regex

from streams import gazetteer, languages, meanings, rosters


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.alerts.rules import Rule


FIELDS = frozenset(["what", "evidence", "place", "claimant"])
"""What a headline or reason may name in braces."""

OPTIONAL = regex.compile(r"\[\[([^\[\]]*+)\]\]")
"""A part of a headline or reason that is left out where what it names is not known."""

CONDITIONS = ("figures", "keywords", "places", "actors", "targets", "words")

_LISTS = {
    "figures": ("kinds", "statuses"),
    "keywords": ("categories", "statuses"),
    "actors": ("ids",),
    "words": ("words",),
}
"""Lists that no article could fit if they were empty."""

_COUNTRY = regex.compile("[A-Z]{2}")
_CURRENCY = regex.compile("[A-Z]{3}")

_MOST_LISTED = 200
"""So many names that a rule might have meant are listed beside the one that there is not."""


def mistake(rule: Rule) -> str | None:
    """Return the first mistake of a rule as ``key: reason``, None where there is none."""
    return next(_mistakes(rule), None)


def _mistakes(rule: Rule) -> Iterator[str]:
    if all(getattr(rule, condition) is None for condition in CONDITIONS):
        yield f"has none of {', '.join(CONDITIONS)}: it would fire on every article"
    for condition, lists in _LISTS.items():
        asked = getattr(rule, condition)
        for name in lists:
            if asked and not getattr(asked, name):
                yield f"{condition}.{name}: is empty: the rule would never fire"
    if rule.places and not (rule.places.countries or rule.places.names):
        yield "places: has neither countries nor names: the rule would never fire"
    if rule.targets and not (rule.targets.ids or rule.targets.groups):
        yield "targets: has neither ids nor groups: the rule would never fire"
    if rule.keywords and rule.keywords.hits < 1:
        yield "keywords.hits: must be 1 or more"
    yield from _unknown_names(rule)
    yield from _levels(rule)
    for key in ("headline", "reason"):
        yield from _template(getattr(rule, key), key)


def _unknown_names(rule: Rule) -> Iterator[str]:
    if rule.keywords:
        for key in ("categories", "unless"):
            yield from _unknown(
                getattr(rule.keywords, key), meanings.taxonomy(), f"keywords.{key}", "category"
            )
    if rule.figures:
        units = [unit for unit in rule.figures.units if not _CURRENCY.fullmatch(unit)]
        known = {"person", "1", *meanings.units().units, *meanings.concepts()}
        yield from _unknown(units, known, "figures.units", "unit")
        yield from _unknown(rule.figures.concepts, meanings.concepts(), "figures.concepts", "concept")
    if rule.actors:
        yield from _unknown(rule.actors.ids, rosters.actor_names(), "actors.ids", "actor")
    if rule.targets:
        yield from _unknown(rule.targets.ids, rosters.targets(), "targets.ids", "sort of target")
        groups = {one.class_ for one in rosters.targets().values()}
        yield from _unknown(rule.targets.groups, groups, "targets.groups", "group of targets")
    yield from _unknown(rule.languages, languages.available(), "languages", "language with data")
    if rule.places:
        for country in rule.places.countries:
            if not _COUNTRY.fullmatch(country):
                yield f"places.countries: {country!r} is no code of ISO 3166-1 alpha-2"
        for name in rule.places.names:
            if not _is_place(name):
                yield f"places.names: the gazetteer has no place that it calls {name!r}"
    for word in rule.words.words if rule.words else ():
        if not word.rstrip("*").strip() or "*" in word[:-1]:
            yield f"words.words: {word!r}: is a word, or the beginning of words with a * behind it"


def _unknown(names: Iterable[str], known: Iterable[str], key: str, what: str) -> Iterator[str]:
    known = frozenset(known)
    for name in names:
        if name not in known:
            some = f"; there are {', '.join(sorted(known))}" if len(known) < _MOST_LISTED else ""
            yield f"{key}: no {what} {name!r}{some}"


def _is_place(name: str) -> bool:
    table = gazetteer.gazetteer()
    return any(table.entry(row).name == name for row in table.rows(gazetteer.key(name)))


def _levels(rule: Rule) -> Iterator[str]:
    if rule.levels and rule.figures is None:
        yield "levels: need figures to be measured by"
    if not rule.levels and rule.severity is None:
        yield "severity: is missing, and there are no levels"
    if rule.severity and rule.levels:
        yield "severity: stands beside levels; one of the two decides"
    bounds = [level.at_least for level in rule.levels]
    if not all(0 < bound < math.inf for bound in bounds):
        yield "levels: at_least must be a number above 0"
    if bounds != sorted(set(bounds)):
        yield "levels: at_least must rise from one to the next"


def _template(template: str, key: str) -> Iterator[str]:
    for name in regex.findall(r"\{([^}]*+)\}", template):
        if name not in FIELDS:
            yield f"{key}: no field {name!r}; there are {', '.join(sorted(FIELDS))}"
    rest = regex.sub(r"\{\w++\}", "", OPTIONAL.sub(r"\1", template))
    if regex.search(r"[{}]|\[\[|\]\]", rest):
        yield f"{key}: has a brace, [[ or ]] without the other of its pair"
    if regex.search(r"\d", rest):
        yield f"{key}: holds a digit; numbers in an alert come from the article alone"
