"""Reports made by hand, for tests of stories: what an article would give, without reading one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.alerts import load_rules
from streams.records import Place, Ruleset, Span
from streams.stories.likeness import sketch
from streams.stories.reports import Raised, Report, Teller, Told, Voided


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.records import Kind, Scope, Severity

RULES = load_rules()

MORNING = 1_790_000_000
"""Some morning in September 2026, seconds since 1970."""

HOUR = 3_600
DAY = 24 * HOUR

TOWNS = {
    "Kharkiv": (49.98, 36.25, "UA", 706483),
    "Izium": (49.21, 37.26, "UA", 707753),
    "Odesa": (46.48, 30.73, "UA", 698740),
    "Goma": (-1.67, 29.23, "CD", 216281),
}


def town(name: str) -> Place:
    """Return a town as an article names it."""
    latitude, longitude, country, number = TOWNS[name]
    return Place(
        start=0,
        end=len(name),
        surface=name,
        relation="in",
        name=name,
        feature="town",
        country=country,
        latitude=latitude,
        longitude=longitude,
        geonames_id=number,
    )


def country(code: str, name: str) -> Place:
    """Return a country as an article names it."""
    return Place(
        start=0, end=len(name), surface=name, relation="in", name=name, feature="country", country=code
    )


def told(
    number: int,
    *,
    kind: Kind = "killed",
    by: str | None = None,
    title: bool = False,
    scope: Scope = "unknown",
    at: int = 20,
    at_least: bool = False,
) -> Told:
    """Return a figure of so many."""
    surface = f"{number} people"
    return Told(
        kind=kind,
        low=number,
        high=None if at_least else number,
        value=number,
        qualifier="at_least" if at_least else "exact",
        unit="person",
        status="happened",
        scope=scope,
        role="unknown",
        concept="person",
        title=title,
        periodic=False,
        alerted=False,
        start=at,
        end=at + len(surface),
        surface=surface,
        number=Span(start=at, end=at + len(str(number)), surface=str(number)),
        teller=Teller(start=at + 40, end=at + 40 + len(by), surface=by, stance="said") if by else None,
        place=None,
    )


def raised(rule: str, severity: Severity = "high", word: str = "hospital") -> Raised:
    """Return an alert that goes by a word."""
    return Raised(
        rule=rule,
        severity=severity,
        threshold={},
        cancels="Word that it was not so.",
        place=None,
        spans=(Span(start=5, end=5 + len(word), surface=word),),
        figures=(),
    )


def voided(rule: str, low: int | None = None, *, by_alert: bool = False) -> Voided:
    """Return what cancels a rule: how many are free, where that is what does."""
    return Voided(start=0, end=5, surface="freed", rule=rule, low=low, by_alert=by_alert)


def report(
    name: str,
    hours: float,
    place: Place | None = None,
    *figures: Told,
    source: str | None = None,
    alerts: Sequence[Raised] = (),
    text: str | None = None,
    categories: Sequence[str] = ("air_strike",),
    named: Sequence[Place] = (),
    acts: Sequence[str] = (),
    targets: Sequence[str] = (),
    unknown: Sequence[str] = (),
    countries: Sequence[str] = (),
    denied: Sequence[str] = (),
    nowhere: bool = False,
    voids: Sequence[Voided] = (),
    revised: bool = False,
) -> Report:
    """Return a report of an article that came out so many hours after :data:`MORNING`.

    ``nowhere``: no place is known; else it is Kharkiv where none is given.
    """
    place = None if nowhere else place or town("Kharkiv")
    at = MORNING + int(hours * HOUR)
    words = text if text is not None else " ".join(f"{name}-{number}" for number in range(60))
    return Report(
        id=f"{name}@0",
        article_id=name,
        at=at,
        received=at,
        source=source if source is not None else f"source of {name}",
        source_url=None,
        source_country=None,
        language="en",
        url=None,
        title=name,
        categories=tuple(categories),
        place=place,
        named=(*((place,) if place else ()), *named),
        raised=tuple(alerts),
        figures=figures,
        sketch=sketch(words),
        ruleset=Ruleset(version="1", digest="0"),
        acts=tuple(acts),
        targets=tuple(targets),
        unknown=tuple(unknown),
        countries=tuple(countries),
        denied=tuple(denied),
        voids=tuple(voids),
        revised=revised,
    )
