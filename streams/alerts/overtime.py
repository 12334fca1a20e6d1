"""Rules over time as data: which rules tell one story, for how long, and what many articles raise."""

from __future__ import annotations

import msgspec

from streams.records import PeopleKind, Severity


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Family(_Strict, frozen=True):
    """Rules whose alerts are about one event where they are near in place and time: one story.

    ``window_hours`` after its first alert a story takes no more reports. ``quiet_hours`` without a report,
    and the next one tells of something new, unless it says otherwise. ``near_km``: towns so near are one
    place. For ``cooldown_minutes`` (of event time) after a record of the story, what is no change of
    severity, toll or status waits for the next one.
    """

    id: str
    title: str
    rules: tuple[str, ...] = ()
    window_hours: float = 48.0
    quiet_hours: float = 10.0
    near_km: float = 40.0
    cooldown_minutes: float = 30.0


class Rise(_Strict, frozen=True):
    """A toll that rises: by ``factor`` since its story was raised, to ``at_least`` so many."""

    id: str
    title: str
    kinds: tuple[PeopleKind, ...]
    factor: float
    at_least: float
    severity: Severity
    cancels: str


class SurgeLevel(_Strict, frozen=True):
    """The severity where so many articles, or more, are as improbable as this."""

    probability: float
    severity: Severity


class Surge(_Strict, frozen=True):
    """More articles of some categories in a country, on one day (UTC), than the days before let expect.

    Copies are not counted. ``at_least`` so many articles have to be there, of ``sources`` sources, and the
    days before be covered by what is known. The model is stated in :mod:`streams.stories.baselines`.
    """

    id: str
    title: str
    headline: str
    reason: str
    cancels: str
    categories: tuple[str, ...]
    baseline_days: int
    levels: tuple[SurgeLevel, ...]
    at_least: int = 5
    sources: int = 2


class FirstMention(_Strict, frozen=True):
    """A town that conflict news names for the first time in ``days`` days, ``sources`` sources in a day."""

    id: str
    title: str
    headline: str
    reason: str
    cancels: str
    days: int
    severity: Severity
    sources: int = 2
    countries: tuple[str, ...] = ()
