"""From an enriched article and the rules to alerts. Pure: the same article raises the same alerts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import regex

from streams.alerts.rules import OPTIONAL
from streams.records import Alert, Ruleset


if TYPE_CHECKING:
    from typing import Any

    from streams.alerts.rules import FigureCondition, KeywordCondition, Rule, Rules
    from streams.records import Claimant, EnrichedArticle, Figure, Keyword, Number, Place, Severity


_LEAD = 300
"""Code points after the title that are the lead."""

_MOST_EVIDENCE = 10
"""Figures and keywords that one alert cites at most; the greatest and the first."""


class _Evidence(NamedTuple):
    severity: Severity
    figures: list[Figure]
    keywords: list[Keyword]
    threshold: dict[str, Any]


def raise_alerts(article: EnrichedArticle, rules: Rules) -> tuple[Alert, ...]:
    """Return the alerts that an article raises, in the order of the rules."""
    alerts = []
    for rule in rules.rules:
        if rule.conflict and not article.conflict.value:
            continue
        evidence = _evidence(article, rule)
        if evidence:
            alerts.append(_alert(article, rule, rules, evidence))
    return tuple(alerts)


def _evidence(article: EnrichedArticle, rule: Rule) -> _Evidence | None:
    """Return what makes a rule fire, None where it does not."""
    figures: list[Figure] = []
    keywords: list[Keyword] = []
    severity = rule.severity
    threshold: dict[str, Any] = {}
    if rule.figures:
        figures = _figures(article, rule.figures)
        reached = [level for level in rule.levels if figures and (_least(figures[0]) or 0) >= level.at_least]
        if rule.levels:
            if not reached:
                return None
            lowest = rule.levels[0].at_least
            figures = [figure for figure in figures if (_least(figure) or 0) >= lowest]
            severity = reached[-1].severity
            threshold = {"measure": "lower bound", "at_least": reached[-1].at_least}
        if not figures:
            return None
    if rule.keywords:
        keywords = _keywords(article, rule.keywords)
        if not keywords:
            return None
        threshold["hits"] = rule.keywords.hits
    return _Evidence(severity or "low", figures[:_MOST_EVIDENCE], keywords[:_MOST_EVIDENCE], threshold)


def _figures(article: EnrichedArticle, condition: FigureCondition) -> list[Figure]:
    """Return the figures that count, the greatest first."""
    found = [
        figure
        for figure in article.figures
        if figure.kind in condition.kinds
        and figure.status in condition.statuses
        and _least(figure) is not None
    ]
    return sorted(found, key=lambda figure: (-(_least(figure) or 0), figure.start))


def _least(figure: Figure) -> Number | None:
    """Return the least that a figure says: its lower bound, or the value of an "about"."""
    if figure.low is not None:
        return figure.low
    return figure.value if figure.qualifier == "about" else None


def _keywords(article: EnrichedArticle, condition: KeywordCondition) -> list[Keyword]:
    """Return the keywords that count, none where there are too few and none stands in front."""
    if any(
        keyword.category in condition.unless and keyword.status == "asserted" for keyword in article.keywords
    ):
        return []
    found = [
        keyword
        for keyword in article.keywords
        if keyword.category in condition.categories and keyword.status in condition.statuses
    ]
    in_front = any(keyword.start < article.title_end + _LEAD for keyword in found)
    return found if len(found) >= condition.hits or in_front else []


def _alert(article: EnrichedArticle, rule: Rule, rules: Rules, evidence: _Evidence) -> Alert:
    place = next((figure.place for figure in evidence.figures if figure.place), None)
    if place is None and evidence.keywords:
        place = _place_of(article, evidence.keywords[0])
    claimants: dict[str, Claimant] = {}
    for figure in evidence.figures:
        if figure.claimant:
            claimants.setdefault(figure.claimant.surface, figure.claimant)
    cited = [
        *(figure.surface for figure in evidence.figures),
        *(keyword.surface for keyword in evidence.keywords),
    ]
    cited = list(dict.fromkeys(" ".join(surface.split()) for surface in cited))
    fields = {
        "what": cited[0],
        "evidence": "; ".join(f"“{surface}”" for surface in cited),
        "place": place.surface if place else "",
        "claimant": next(iter(claimants), ""),
    }
    ruleset = Ruleset(version=article.ruleset.version, digest=f"{article.ruleset.digest}-{rules.digest}")
    return Alert(
        id=hashlib.sha256(f"{rule.id}\x1f{article.id}".encode()).hexdigest()[:32],
        rule=rule.id,
        severity=evidence.severity,
        headline=_filled(rule.headline, fields),
        reason=_filled(rule.reason, fields),
        threshold=evidence.threshold,
        cancels=rule.cancels,
        article_id=article.id,
        article_title=article.title,
        article_url=article.url,
        published_at=article.published_at,
        source=article.source,
        language=article.language.code,
        place=place,
        claimants=tuple(claimants.values()),
        figures=tuple(evidence.figures),
        keywords=tuple(evidence.keywords),
        ruleset=ruleset,
    )


def _place_of(article: EnrichedArticle, keyword: Keyword) -> Place | None:
    """Return the place nearest to a keyword, within a sentence's length of it."""
    near = [place for place in article.places if abs(place.start - keyword.end) < 150]  # noqa: PLR2004
    return min(near, key=lambda place: (abs(place.start - keyword.end), place.start), default=None)


def _filled(template: str, fields: dict[str, str]) -> str:
    """Return a template with its fields filled, without the optional parts that have none."""

    def fill(part: str) -> str:
        return regex.sub(r"\{(\w++)\}", lambda match: fields[match.group(1)], part)

    def optional(match: regex.Match[str]) -> str:
        named = regex.findall(r"\{(\w++)\}", match.group(1))
        return match.group(1) if all(fields[name] for name in named) else ""

    return fill(OPTIONAL.sub(optional, template))
