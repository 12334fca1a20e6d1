"""What cancels an alert: another article that says what its rule asks for, such as that all are free.

Only the title and the first paragraph count, and what is asserted there. An article that denies is one
side's word: what it calls a drill or an accident is part of its denial, and cancels nothing. That a body
found no sign of it is no denial, and does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.alerts.evidence import first_paragraph_end


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.alerts.rules import CancelCondition, Rule, Rules
    from streams.records import Alert, EnrichedArticle, Finding, Keyword, Kind


_BY_ANYBODY = frozenset(["released", "unfounded", "holds"])
"""Kinds of findings that cancel also where the article denies something."""


HELD: tuple[Kind, ...] = ("abducted", "hostages")
"""Kinds of figures of people who are held: those who are free are counted against them."""


class Cancelling(NamedTuple):
    """What in an article cancels a rule's alerts.

    ``low`` is how many are free, None where all are, or where nobody is counted. ``found`` is what it rests
    on.
    """

    rule: str
    kind: str
    low: float | None
    found: Finding | Keyword


def find_cancelling(article: EnrichedArticle, alerts: Iterable[Alert], rules: Rules) -> list[Cancelling]:
    """Return what an article cancels, of each rule the first; ``alerts`` are those that it raises."""
    fired = {alert.rule: alert for alert in alerts}
    denying = any(rule.denies and rule.id in fired for rule in rules.rules)
    found = []
    for rule in rules.rules:
        one = next(
            (
                one
                for condition in rule.cancelled
                if (one := _met(article, rule, condition, fired, denying=denying))
            ),
            None,
        )
        if one is not None:
            found.append(one)
    return found


def is_undone(article: EnrichedArticle, rule: Rule) -> bool:
    """Tell whether an article itself says that what a rule would fire on is over, or was none."""
    for condition in rule.cancelled:
        one = _of_findings(article, rule, condition, denying=False)
        if one is not None and (one.low is None or one.low >= _held(article)):
            return True
    return False


def _held(article: EnrichedArticle) -> float:
    """Return how many an article says were held, at most; 0 where it counts nobody."""
    counted = (one.low for one in article.figures if one.kind in HELD and one.status == "happened")
    return max((low for low in counted if low is not None), default=0)


def _met(
    article: EnrichedArticle,
    rule: Rule,
    condition: CancelCondition,
    fired: dict[str, Alert],
    *,
    denying: bool,
) -> Cancelling | None:
    for name in condition.alerts:
        alert = fired.get(name)
        if alert is not None and alert.keywords:
            return Cancelling(rule.id, name, None, alert.keywords[0])
    return _of_findings(article, rule, condition, denying=denying)


def _of_findings(
    article: EnrichedArticle, rule: Rule, condition: CancelCondition, *, denying: bool
) -> Cancelling | None:
    if not article.findings or not condition.findings:
        return None
    limit = first_paragraph_end(article)
    for one in article.findings:
        if (
            one.kind in condition.findings
            and one.status == "asserted"
            and one.start < limit
            and not (denying and one.kind not in _BY_ANYBODY)
            and (not condition.of or set(condition.of) & set(one.events))
        ):
            return Cancelling(rule.id, one.kind, None if one.everyone else one.low, one)
    return None
