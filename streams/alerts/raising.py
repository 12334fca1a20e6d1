"""From an enriched article and the rules to alerts. Pure: the same article raises the same alerts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import regex

from streams.alerts.cancelling import is_undone
from streams.alerts.evidence import find_evidence
from streams.alerts.mistakes import OPTIONAL
from streams.records import Alert, Ruleset


if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.alerts.evidence import Evidence
    from streams.alerts.rules import Rule, Rules
    from streams.records import Claimant, EnrichedArticle, Kind


_FIELD = regex.compile(r"\{(\w++)\}")


def raise_alerts(article: EnrichedArticle, rules: Rules) -> tuple[Alert, ...]:
    """Return the alerts that an article raises, in the order of the rules.

    None that the article itself cancels: that all hostages are free is no news of an abduction.
    """
    kinds = {figure.kind for figure in article.figures}
    categories = {keyword.category for keyword in article.keywords}
    asked = [rule for rule in rules.rules if _may_fire(rule, kinds, categories)]
    found = ((rule, find_evidence(article, rule)) for rule in asked)
    return tuple(
        _alert(article, rule, rules, evidence)
        for rule, evidence in found
        if evidence and not is_undone(article, rule)
    )


def _may_fire(rule: Rule, kinds: set[Kind], categories: set[str]) -> bool:
    """Tell whether an article has a figure of the kinds and a keyword of the categories that a rule asks for.

    Most articles have them for few rules, and the others need not be looked into.
    """
    if rule.figures and rule.figures.kinds and kinds.isdisjoint(rule.figures.kinds):
        return False
    return not (rule.keywords and categories.isdisjoint(rule.keywords.categories))


def _alert(article: EnrichedArticle, rule: Rule, rules: Rules, evidence: Evidence) -> Alert:
    claimants: dict[str, Claimant] = {}
    for figure in evidence.figures:
        if figure.claimant:
            claimants.setdefault(figure.claimant.surface, figure.claimant)
    cited = [one.surface for one in (*evidence.figures, *evidence.keywords, *evidence.mentions)]
    cited = list(dict.fromkeys(" ".join(surface.split()) for surface in cited))
    fields = {
        "what": cited[0],
        "evidence": "; ".join(f"“{surface}”" for surface in cited),
        "place": evidence.place.surface if evidence.place else "",
        "claimant": next(iter(claimants), ""),
    }
    ruleset = Ruleset(version=article.ruleset.version, digest=f"{article.ruleset.digest}-{rules.digest}")
    return Alert(
        id=hashlib.sha256(f"{rule.id}\x1f{article.id}".encode()).hexdigest()[:32],
        rule=rule.id,
        severity=evidence.severity,
        score=article.conflict.score,
        headline=filled(rule.headline, fields),
        reason=filled(rule.reason, fields),
        threshold=evidence.threshold,
        cancels=rule.cancels,
        article_id=article.id,
        article_title=article.title,
        article_url=article.url,
        published_at=article.published_at,
        source=article.source,
        language=article.language.code,
        place=evidence.place,
        claimants=tuple(claimants.values()),
        figures=tuple(evidence.figures),
        keywords=tuple(evidence.keywords),
        mentions=tuple(evidence.mentions),
        ruleset=ruleset,
    )


def filled(template: str, fields: Mapping[str, str]) -> str:
    """Return a template with its fields filled, without the optional parts that have none."""

    def fill(part: str) -> str:
        return _FIELD.sub(lambda match: fields[match.group(1)], part)

    def optional(match: regex.Match[str]) -> str:
        named = _FIELD.findall(match.group(1))
        return match.group(1) if all(fields[name] for name in named) else ""

    return fill(OPTIONAL.sub(optional, template))
