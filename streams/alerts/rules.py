"""Alert rules as data: what a rules file may say, checked on load."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from streams import toml
from streams.alerts.mistakes import mistake, mistake_over_time
from streams.alerts.overtime import Family, FirstMention, Rise, Surge
from streams.errors import DataError
from streams.records import ActorRole, FindingKind, Kind, MentionStatus, Scope, Severity, Status, VictimRole


SHIPPED = Path(__file__).parent / "rules.toml"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class FigureCondition(_Strict, frozen=True):
    """Which figures count: those that fit every list that is not empty.

    ``units`` are those of the records (``t``, ``USD`` …), ``concepts`` what is counted (``drone``,
    ``hospital`` …), ``parties`` names of the party a figure is of, as the record has them.

    ``event_tolls_below``: a cumulative figure below it counts whatever ``scopes`` says where it is the
    toll of one event, not of a war: without a period, and in title or lead or beside an act of force.
    """

    kinds: tuple[Kind, ...]
    statuses: tuple[Status, ...] = ("happened",)
    victim_roles: tuple[VictimRole, ...] = ()
    scopes: tuple[Scope, ...] = ()
    units: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    event_tolls_below: float | None = None


class KeywordCondition(_Strict, frozen=True):
    """Which keywords count: at least ``hits``, or one in the title or the lead.

    ``front``: one in title or lead is asked for, beside ``hits`` of them; ``titled``: in the title or the
    first paragraph. None counts in an article that asserts or denies one of the categories in ``unless``.
    """

    categories: tuple[str, ...]
    statuses: tuple[MentionStatus, ...] = ("asserted",)
    hits: int = 1
    front: bool = False
    titled: bool = False
    unless: tuple[str, ...] = ()


class PlaceCondition(_Strict, frozen=True):
    """Where: in a country (ISO 3166-1 alpha-2), or at a place of the gazetteer, by its English name.

    ``capitals``: in the seat of a country's government, which the article is about. It is asked of the
    places of the evidence; of the article's main place where the evidence has none.
    """

    countries: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    capitals: bool = False


class ActorCondition(_Strict, frozen=True):
    """Who: one of these actors is named, by its id in the records; in one of ``roles`` where given."""

    ids: tuple[str, ...]
    roles: tuple[ActorRole, ...] = ()


class TargetCondition(_Strict, frozen=True):
    """What was hit: something of these sorts (ids of ``data/targets.toml``) or groups of sorts."""

    ids: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    statuses: tuple[MentionStatus, ...] = ("asserted",)


class WordCondition(_Strict, frozen=True):
    """Words to look out for, in any language: whole ones in any case; ``word*`` is the beginning of some."""

    words: tuple[str, ...]


class CancelCondition(_Strict, frozen=True):
    """What another article says that cancels the alerts of a rule: one of these findings, or alerts.

    ``of``: the finding's sentence speaks of one of these categories, whatever its status.
    """

    findings: tuple[FindingKind, ...] = ()
    of: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


class Level(_Strict, frozen=True):
    """The severity from a lower bound on."""

    at_least: float
    severity: Severity


class Rule(_Strict, frozen=True):
    """One rule. See rules.toml for what each key means."""

    id: str
    title: str
    headline: str
    reason: str
    cancels: str
    severity: Severity | None = None
    levels: tuple[Level, ...] = ()
    figures: FigureCondition | None = None
    keywords: KeywordCondition | None = None
    places: PlaceCondition | None = None
    actors: ActorCondition | None = None
    targets: TargetCondition | None = None
    words: WordCondition | None = None
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    conflict: bool = True
    denies: bool = False
    cancelled: tuple[CancelCondition, ...] = ()
    within_hours: float = 72.0
    window_hours: float | None = None
    quiet_hours: float | None = None


class Rules(_Strict, frozen=True):
    """The rules of one file. ``digest`` is the SHA-256 of its bytes, cut to 16 digits.

    ``extends`` says that they come on top of the ones that Kabar brings; of two of one id the own one counts.
    The others are rules over time.
    """

    rules: tuple[Rule, ...]
    families: tuple[Family, ...] = ()
    rises: tuple[Rise, ...] = ()
    surges: tuple[Surge, ...] = ()
    first_mentions: tuple[FirstMention, ...] = ()
    extends: bool = False
    digest: str = ""


_TABLES = ("rules", "families", "rises", "surges", "first_mentions")


def load_rules(path: Path | None = None) -> Rules:
    """Return the rules in ``path``, or the ones that come with Kabar.

    Raises :class:`streams.errors.DataError`, naming file, rule and key.
    """
    path = path or SHIPPED
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        rules = toml.decode(content, Rules)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from None
    seen: set[str] = set()
    for rule in rules.rules:
        if rule.id in seen:
            raise DataError(f"{path}: rule {rule.id!r}: id: stands twice")
        seen.add(rule.id)
        if reason := mistake(rule):
            raise DataError(f"{path}: rule {rule.id!r}: {reason}")
    own = msgspec.structs.replace(rules, digest=hashlib.sha256(content).hexdigest()[:16])
    found = _on_top(own, load_rules()) if rules.extends else own
    if reason := mistake_over_time(found):
        raise DataError(f"{path}: {reason}")
    return found


def _on_top(own: Rules, shipped: Rules) -> Rules:
    """Return the shipped rules, those of the same id replaced, and the others behind them."""
    merged = {name: _merged(getattr(shipped, name), getattr(own, name)) for name in _TABLES}
    digest = hashlib.sha256(f"{shipped.digest}+{own.digest}".encode()).hexdigest()[:16]
    return msgspec.structs.replace(own, digest=digest, **merged)


def _merged(shipped: tuple[Any, ...], own: tuple[Any, ...]) -> tuple[Any, ...]:
    mine = {entry.id: entry for entry in own}
    kept = [mine.pop(entry.id, entry) for entry in shipped]
    return (*kept, *mine.values())
