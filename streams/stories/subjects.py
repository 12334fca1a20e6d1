"""What a family of rules sees in a report: where, how many, and whether it raises or denies something."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from streams import meanings
from streams.alerts.overtime import Family
from streams.stories.likeness import bands


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.alerts import Rules
    from streams.alerts.rules import Rule
    from streams.records import Kind, Number, Place
    from streams.stories.reports import Raised, Report, Told, Voided


REGION_KM = 110.0
"""So far from its middle a region may reach."""

MOST_TIMES = 10
"""A sum over a longer time ("cumulative") that is more often than this the story's number is another
thing's."""

_EXACT = 1.0
"""The weight of categories that say by what something was done."""

_EARTH_KM = 6371.0

_ORDER = {"killed": 0, "abducted": 1, "hostages": 2, "displaced": 3, "wounded": 4}


class Spot(NamedTuple):
    """A place on the map."""

    key: str
    latitude: float
    longitude: float
    region: bool


class Subject(NamedTuple):
    """A report as one family sees it.

    ``numbers`` has of each kind the figure that the report goes by. ``cited`` are all lower bounds that it
    names of a kind, also those that it denies or calls past, ``titled`` those of its title. ``acts`` are the
    categories of what it says was done, ``exact`` those of them that say by what, ``targets`` what to.
    ``voids`` is what of the family's rules it cancels: figures of those are none of ``numbers``.
    """

    report: Report
    country: str
    place: Place | None
    spot: Spot | None
    numbers: dict[Kind, Told]
    cited: frozenset[tuple[Kind, Number]]
    titled: frozenset[tuple[Kind, Number]]
    raised: tuple[Raised, ...]
    denials: tuple[Raised, ...]
    bands: tuple[bytes, ...]
    acts: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    voids: tuple[Voided, ...] = ()

    @property
    def tells(self) -> bool:
        """Tell whether a report raises something or counts somebody."""
        return bool(self.raised or self.numbers)

    @property
    def opens(self) -> bool:
        """Tell whether a report may be a story's first."""
        return self.tells or (self.spot is not None and not self.denials and not self.voids)

    @property
    def order(self) -> tuple[int, str]:
        """Return what subjects are sorted by."""
        return self.report.order


class Scope:
    """A family and its rules, and what in a report concerns it.

    ``categories`` are those of a family that goes by keywords alone, ``things`` the sorts of targets of one
    that goes by these alone; empty for others.
    """

    def __init__(self, family: Family, rules: Rules) -> None:
        self.family = family
        self.rules: dict[str, Rule] = {rule.id: rule for rule in rules.rules if rule.id in family.rules}
        self.denials = frozenset(rule.id for rule in rules.rules if rule.denies)
        self.kinds: frozenset[Kind] = frozenset(
            kind for rule in self.rules.values() if rule.figures for kind in rule.figures.kinds
        )
        rules_of_words = [rule.keywords for rule in self.rules.values()]
        self.categories: frozenset[str] = frozenset(
            category for one in rules_of_words if one and all(rules_of_words) for category in one.categories
        )
        # "Denies breaking the truce" denies both words, and means the one that no truce stands beside.
        self._others = frozenset(name for one in rules_of_words if one for name in one.unless)
        rules_of_things = [rule.targets for rule in self.rules.values()]
        self.things: frozenset[str] = frozenset(
            thing for one in rules_of_things if one and all(rules_of_things) for thing in one.ids
        )
        self.graded = tuple(rule for rule in self.rules.values() if goes_by_number_alone(rule))

    def subject(self, report: Report) -> Subject | None:
        """Return what a report is to the family; None where it is nothing to it."""
        raised = tuple(one for one in report.raised if one.rule in self.rules)
        denials = tuple(one for one in report.raised if one.rule in self.denials)
        figures = [one for one in report.figures if one.kind in self.kinds and one.low is not None]
        voids = tuple(one for one in report.voids if one.rule in self.rules)
        denied = self._denies(denials, report)
        if not (raised or denied or figures or voids or self._is_told_of(report)):
            return None
        place = _place(report, raised or denials, figures)
        over = {kind for one in voids for kind in self.kinds_of(one.rule)}
        here = [one for one in figures if not _elsewhere(one.place, place) and one.kind not in over]
        return Subject(
            report=report,
            country=(place.country or "") if place else "",
            place=place,
            spot=spot(place),
            numbers=_numbers(here),
            cited=frozenset((one.kind, one.low) for one in figures if one.low is not None),
            titled=frozenset((one.kind, one.low) for one in figures if one.title and one.low is not None),
            raised=raised,
            denials=denials if denied else (),
            bands=bands(report.sketch),
            acts=frozenset(report.acts),
            exact=frozenset(report.acts) & _exact(),
            targets=frozenset(report.targets),
            voids=voids,
        )

    def kinds_of(self, rule: str) -> tuple[Kind, ...]:
        """Return the kinds of figures that a rule of the family goes by."""
        figures = self.rules[rule].figures
        return figures.kinds if figures else ()

    def _denies(self, denials: tuple[Raised, ...], report: Report) -> bool:
        """Tell whether a denial may be of what the family is about: of its categories, if it goes by those.

        "Denies breaking the truce" is no denial of the truce.
        """
        if not denials or not self.categories or not report.denied:
            return bool(denials)
        denied = set(report.denied)
        return bool(self.categories & denied) and not self._others & denied

    def _is_told_of(self, report: Report) -> bool:
        """Tell whether a report that raises nothing and counts nobody may tell of the family's events."""
        if self.categories or not report.acts:
            return False
        return not self.things or bool(self.things & set(report.targets))

    def level(self, kind: Kind, number: Number) -> bool:
        """Tell whether so many are enough for a rule that goes by the number alone."""
        return any(
            number >= rule.levels[0].at_least
            for rule in self.graded
            if rule.figures and kind in rule.figures.kinds
        )


def scopes(rules: Rules) -> tuple[Scope, ...]:
    """Return the families: those of the rules file, and one for each rule in none; denials have none."""
    placed = {name for family in rules.families for name in family.rules}
    alone = [
        Family(id=rule.id, title=rule.title, rules=(rule.id,))
        for rule in rules.rules
        if rule.id not in placed and not rule.denies
    ]
    found = (Scope(family, rules) for family in (*rules.families, *alone))
    return tuple(scope for scope in found if scope.rules)


def goes_by_number_alone(rule: Rule) -> bool:
    """Tell whether a rule asks for nothing but figures of a kind, and is graded by their number."""
    others = (rule.keywords, rule.places, rule.actors, rule.targets, rule.words, rule.languages, rule.sources)
    asked = rule.figures
    if not rule.levels or asked is None or any(others):
        return False
    return not (asked.victim_roles or asked.units or asked.concepts or asked.parties)


@cache
def _exact() -> frozenset[str]:
    """Return the categories that say by what something was done: an air strike, no "attack"."""
    return frozenset(id_ for id_, one in meanings.taxonomy().items() if one.weight >= _EXACT)


def is_happening(told: Told) -> bool:
    """Tell whether a figure is of what has happened now."""
    return told.status == "happened" and told.low is not None


def accepts(told: Told, top: Number | None) -> bool:
    """Tell whether a figure may be of a story that has told of ``top``: a sum over time may be a war's."""
    if told.scope != "cumulative" or told.alerted:
        return True
    return not told.periodic and top is not None and (told.low or 0) <= MOST_TIMES * top


def spot(place: Place | None) -> Spot | None:
    """Return a town or region as a place on the map; None for a country, or one that is not known."""
    if place is None or place.feature not in {"town", "region"}:
        return None
    if place.latitude is None or place.longitude is None:
        return None
    key = str(place.geonames_id or f"{place.name}@{place.latitude:.2f},{place.longitude:.2f}")
    return Spot(key, place.latitude, place.longitude, place.feature == "region")


def near(one: Spot, other: Spot, kilometres: float) -> bool:
    """Tell whether two places are one, where towns within so many kilometres are."""
    if one.key == other.key:
        return True
    if one.region and other.region:
        return False
    reach = kilometres + (REGION_KM if one.region or other.region else 0.0)
    return distance(one, other) <= reach


def distance(one: Spot, other: Spot) -> float:
    """Return how far two places are from each other, in kilometres along the sphere."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(one.longitude - other.longitude) / 2
    along = (north - south) / 2
    half = math.sin(along) ** 2 + math.cos(north) * math.cos(south) * math.sin(across) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def gravest(kinds: Iterable[Kind]) -> list[Kind]:
    """Return kinds of figures, those first that tell one event from another best."""
    return sorted(kinds, key=lambda kind: (_ORDER.get(kind, len(_ORDER)), kind))


def _place(report: Report, alerts: tuple[Raised, ...], figures: list[Told]) -> Place | None:
    """Return the place that a report is about: the exactest of its alert's, first figure's and own."""
    told = [one.place for one in figures if is_happening(one) and one.place]
    every = (*(one.place for one in alerts), *told[:1], report.place)
    asked = [one for one in every if one is not None and one.country is not None]
    if not asked:
        return None
    countries = {one.country for one in asked}
    exact = [one for one in asked if one.feature in {"town", "region"}]
    if len(countries) == 1 and exact:
        # "Ukraine" beside its own "Kharkiv" is Kharkiv.
        return min(exact, key=lambda one: one.feature != "town")
    return asked[0]


def _elsewhere(place: Place | None, here: Place | None) -> bool:
    """Tell whether a figure is of another country, or of another town far from the report's."""
    if place is None or here is None or place.country is None or here.country is None:
        return False
    if place.country != here.country:
        return True
    there, mine = spot(place), spot(here)
    return there is not None and mine is not None and not near(there, mine, REGION_KM)


def _numbers(figures: list[Told]) -> dict[Kind, Told]:
    """Return of each kind the figure of the title, or else the greatest."""
    found: dict[Kind, Told] = {}
    for one in figures:
        if not is_happening(one):
            continue
        known = found.get(one.kind)
        if known is None or (one.title, one.low or 0) > (known.title, known.low or 0):
            found[one.kind] = one
    return found
