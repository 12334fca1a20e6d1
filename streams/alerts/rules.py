"""Alert rules as data: what a rules file may say, checked on load."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import msgspec
import regex

from streams import meanings
from streams.errors import DataError
from streams.records import Kind, MentionStatus, Severity, Status


SHIPPED = Path(__file__).parent / "rules.toml"

FIELDS = frozenset(["what", "evidence", "place", "claimant"])
"""What a headline or reason may name in braces."""

OPTIONAL = regex.compile(r"\[\[([^\[\]]*+)\]\]")
"""A part of a headline or reason that is left out where what it names is not known."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class FigureCondition(_Strict, frozen=True):
    """Which figures count."""

    kinds: tuple[Kind, ...]
    statuses: tuple[Status, ...] = ("happened",)


class KeywordCondition(_Strict, frozen=True):
    """Which keywords count: at least ``hits``, or one in the title or the lead.

    None counts in an article that asserts one of the categories in ``unless``.
    """

    categories: tuple[str, ...]
    statuses: tuple[MentionStatus, ...] = ("asserted",)
    hits: int = 1
    unless: tuple[str, ...] = ()


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
    conflict: bool = True


class Rules(_Strict, frozen=True):
    """The rules of one file. ``digest`` is the SHA-256 of its bytes, cut to 16 digits."""

    rules: tuple[Rule, ...]
    digest: str = ""


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
        rules = msgspec.toml.decode(content, type=Rules)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from None
    seen: set[str] = set()
    for rule in rules.rules:
        if rule.id in seen:
            raise DataError(f"{path}: rule {rule.id!r}: id: stands twice")
        seen.add(rule.id)
        _check(rule, f"{path}: rule {rule.id!r}")
    return msgspec.structs.replace(rules, digest=hashlib.sha256(content).hexdigest()[:16])


def _check(rule: Rule, where: str) -> None:
    if rule.figures is None and rule.keywords is None:
        raise DataError(f"{where}: has neither figures nor keywords: it would fire on every article")
    for condition, lists in (("figures", ("kinds", "statuses")), ("keywords", ("categories", "statuses"))):
        asked = getattr(rule, condition)
        for name in lists:
            if asked and not getattr(asked, name):
                raise DataError(f"{where}: {condition}.{name}: is empty: the rule would never fire")
    if rule.keywords and rule.keywords.hits < 1:
        raise DataError(f"{where}: keywords.hits: must be 1 or more")
    for category in rule.keywords.categories if rule.keywords else ():
        if category not in meanings.taxonomy():
            known = ", ".join(sorted(meanings.taxonomy()))
            raise DataError(f"{where}: keywords.categories: no category {category!r}; there are {known}")
    _check_levels(rule, where)
    for key in ("headline", "reason"):
        _check_template(getattr(rule, key), f"{where}: {key}")


def _check_levels(rule: Rule, where: str) -> None:
    if rule.levels and rule.figures is None:
        raise DataError(f"{where}: levels: need figures to be measured by")
    if not rule.levels and rule.severity is None:
        raise DataError(f"{where}: severity: is missing, and there are no levels")
    if rule.severity and rule.levels:
        raise DataError(f"{where}: severity: stands beside levels; one of the two decides")
    bounds = [level.at_least for level in rule.levels]
    if not all(0 < bound < math.inf for bound in bounds):
        raise DataError(f"{where}: levels: at_least must be a number above 0")
    if bounds != sorted(set(bounds)):
        raise DataError(f"{where}: levels: at_least must rise from one to the next")


def _check_template(template: str, where: str) -> None:
    for name in regex.findall(r"\{([^}]*+)\}", template):
        if name not in FIELDS:
            raise DataError(f"{where}: no field {name!r}; there are {', '.join(sorted(FIELDS))}")
    rest = regex.sub(r"\{\w++\}", "", OPTIONAL.sub(r"\1", template))
    if regex.search(r"[{}]|\[\[|\]\]", rest):
        raise DataError(f"{where}: has a brace, [[ or ]] without the other of its pair")
    if regex.search(r"\d", rest):
        raise DataError(f"{where}: holds a digit; numbers in an alert come from the article alone")
