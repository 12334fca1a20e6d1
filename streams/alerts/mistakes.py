"""What may be wrong in a rule although every key has the right type."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import regex

from streams import gazetteer, languages, meanings, rosters


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.alerts.overtime import FirstMention, Surge
    from streams.alerts.rules import Rule, Rules


FIELDS = frozenset(["what", "evidence", "place", "claimant"])
"""What a headline or reason may name in braces."""

FIELDS_OVER_TIME = frozenset(["place", "category"])
"""The same for rules over time: a place in an article's words, a category in ours."""

MOST_DAYS = 60
"""A rule over time looks back no further: what is known of older articles is not kept
(KABAR_STORY_REPORTS)."""

_FEWEST_DAYS = 2
"""A baseline of one day has no spread."""

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
    if rule.places and not (rule.places.countries or rule.places.names or rule.places.capitals):
        yield "places: has neither countries nor names nor capitals: the rule would never fire"
    if rule.targets and not (rule.targets.ids or rule.targets.groups):
        yield "targets: has neither ids nor groups: the rule would never fire"
    if rule.keywords and rule.keywords.hits < 1:
        yield "keywords.hits: must be 1 or more"
    for key in ("within_hours", "window_hours", "quiet_hours"):
        hours = getattr(rule, key)
        if hours is not None and not 0 < hours < math.inf:
            yield f"{key}: must be a number above 0"
    yield from _unknown_names(rule)
    yield from _cancelling(rule)
    yield from _levels(rule)
    for key in ("headline", "reason"):
        yield from _template(getattr(rule, key), key)


def mistake_over_time(rules: Rules) -> str | None:
    """Return the first mistake of the rules over time as ``table 'id': key: reason``; None for none."""
    for table in ("families", "rises", "surges", "first_mentions"):
        seen: set[str] = set()
        for entry in getattr(rules, table):
            where = f"{table} {entry.id!r}"
            if entry.id in seen:
                return f"{where}: id: stands twice"
            seen.add(entry.id)
    return next(_mistakes_over_time(rules), None)


def _mistakes_over_time(rules: Rules) -> Iterator[str]:
    known = {rule.id for rule in rules.rules}
    for rule in rules.rules:
        for name in (name for one in rule.cancelled for name in one.alerts if name not in known):
            yield f"rules {rule.id!r}: cancelled.alerts: there is no rule {name!r}"
    owner: dict[str, str] = {}
    for family in rules.families:
        where = f"families {family.id!r}"
        for key in ("window_hours", "quiet_hours", "near_km"):
            if not 0 < getattr(family, key) < math.inf:
                yield f"{where}: {key}: must be a number above 0"
        if not 0 <= family.cooldown_minutes < math.inf:
            yield f"{where}: cooldown_minutes: must be 0 or more"
        for name in family.rules:
            # Rules of one's own may take the place of all that Kabar brings: its families name more than
            # there are.
            if name in owner:
                yield f"{where}: rules: {name!r} is in the family {owner[name]!r} already"
            owner[name] = family.id
        if family.id in known and family.id not in family.rules:
            yield f"{where}: id: is the id of a rule that is not in it"
    for rise in rules.rises:
        where = f"rises {rise.id!r}"
        if not 1 < rise.factor < math.inf:
            yield f"{where}: factor: must be above 1"
        if not 0 < rise.at_least < math.inf:
            yield f"{where}: at_least: must be a number above 0"
        if not rise.kinds:
            yield f"{where}: kinds: is empty: the rule would never fire"
    for surge in rules.surges:
        yield from (f"surges {surge.id!r}: {reason}" for reason in _of_a_surge(surge))
    for first in rules.first_mentions:
        yield from (f"first_mentions {first.id!r}: {reason}" for reason in _of_a_first_mention(first))


def _of_a_surge(surge: Surge) -> Iterator[str]:
    yield from _unknown(surge.categories, meanings.taxonomy(), "categories", "category")
    if not surge.categories:
        yield "categories: is empty: the rule would never fire"
    if not _FEWEST_DAYS <= surge.baseline_days <= MOST_DAYS:
        yield f"baseline_days: must be from {_FEWEST_DAYS} to {MOST_DAYS}"
    if surge.at_least < 1 or surge.sources < 1:
        yield "at_least, sources: must be 1 or more"
    bounds = [level.probability for level in surge.levels]
    if not bounds or not all(0 < bound < 1 for bound in bounds):
        yield "levels: each needs a probability between 0 and 1"
    if bounds != sorted(set(bounds), reverse=True):
        yield "levels: probability must fall from one to the next"
    yield from _templates_without_evidence(surge)


def _of_a_first_mention(first: FirstMention) -> Iterator[str]:
    if not 1 <= first.days <= MOST_DAYS:
        yield f"days: must be from 1 to {MOST_DAYS}"
    if first.sources < 1:
        yield "sources: must be 1 or more"
    for country in first.countries:
        if not _COUNTRY.fullmatch(country):
            yield f"countries: {country!r} is no code of ISO 3166-1 alpha-2"
    yield from _templates_without_evidence(first)


def _templates_without_evidence(rule: Surge | FirstMention) -> Iterator[str]:
    for key in ("headline", "reason"):
        yield from _template(getattr(rule, key), key, FIELDS_OVER_TIME)


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


def _cancelling(rule: Rule) -> Iterator[str]:
    for one in rule.cancelled:
        if not (one.findings or one.alerts):
            yield "cancelled: has neither findings nor alerts: nothing would meet it"
        if one.of and not one.findings:
            yield "cancelled.of: needs findings whose sentence it is asked of"
        yield from _unknown(one.of, meanings.taxonomy(), "cancelled.of", "category")


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


def _template(template: str, key: str, fields: frozenset[str] = FIELDS) -> Iterator[str]:
    for name in regex.findall(r"\{([^}]*+)\}", template):
        if name not in fields:
            yield f"{key}: no field {name!r}; there are {', '.join(sorted(fields))}"
    rest = regex.sub(r"\{\w++\}", "", OPTIONAL.sub(r"\1", template))
    if regex.search(r"[{}]|\[\[|\]\]", rest):
        yield f"{key}: has a brace, [[ or ]] without the other of its pair"
    if regex.search(r"\d", rest):
        yield f"{key}: holds a digit; numbers in an alert come from the article alone"
