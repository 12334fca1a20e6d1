"""Which alerts a labelled article should raise, and which ones it may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streams.alerts import load_rules


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.alerts.rules import Rule
    from streams.records import Alert
    from tests.quality.scores import Tally


LABELLED = frozenset(["mass_casualties", "weapons_of_mass_destruction", "ceasefire"])
"""The rules that the ``alerts`` of a label are about."""

# The labels name families: a ceasefire made and one broken are one.
_FAMILY = {"ceasefire_broken": "ceasefire"}

_NO_LOWER_BOUND = ("at_most", "less_than")

Label = dict[str, Any]


class Expected(NamedTuple):
    """Alerts that should be raised, those that a reader would grant, and the rules that are judged."""

    needed: frozenset[str]
    granted: frozenset[str]
    judged: frozenset[str]


def expected(label: Label) -> Expected:
    """Return what an article should raise.

    Rules that grade figures are judged by the labelled figures, where there are some: they hold what the rule
    asks for, or they do not. The others, and all where no figure is labelled, by the label's ``alerts``.
    """
    graded = {rule.id: rule for rule in load_rules().rules if rule.levels}
    said = frozenset(label.get("alerts", ()))
    judged = LABELLED if "alerts" in label else frozenset()
    if "figures" not in label:
        return Expected(said, frozenset(), judged)
    needed, granted = set(said - graded.keys()), set()
    for name, rule in graded.items():
        reached = [one for one in label["figures"] if label["conflict"] and _reaches(one, rule)]
        if any(_is_asked_for(one, rule) for one in reached):
            needed.add(name)
        elif reached:
            granted.add(name)
    return Expected(frozenset(needed), frozenset(granted), judged | graded.keys())


def measure_alerts(tally: Tally, prefix: str, label: Label, alerts: Iterable[Alert]) -> None:
    """Count the alerts of an article, together and by rule."""
    should = expected(label)
    raised = {_FAMILY.get(alert.rule, alert.rule) for alert in alerts} & should.judged - should.granted
    if not should.judged:
        return
    tally.add(
        f"{prefix}/alerts",
        expected=len(should.needed),
        found=len(raised),
        right=len(should.needed & raised),
    )
    for rule in should.judged:
        needed, found = rule in should.needed, rule in raised
        tally.add(f"rules/{rule}/alerts", expected=needed, found=found, right=needed and found)
    if should.needed != raised:
        missing, more = sorted(should.needed - raised), sorted(raised - should.needed)
        tally.miss(f"{prefix}/alerts", f"{label['id']}: missing {missing}, too many {more}")


def _is_asked_for(figure: Label, rule: Rule) -> bool:
    """Tell whether a figure is of a kind that a rule asks for by every reading that its label grants."""
    asked = rule.figures
    assert asked is not None
    certain = _readings(figure, "status", "happened") <= set(asked.statuses) and (
        figure.get("event") or not asked.scopes or _readings(figure, "scope", "unknown") <= set(asked.scopes)
    )
    return figure["kind"] in asked.kinds and certain and not figure.get("optional")


def _readings(figure: Label, key: str, otherwise: str) -> set[str]:
    """Return what a label grants for a key: one reading, or several where a reader may doubt."""
    said = figure.get(key, otherwise)
    return set(said) if isinstance(said, list) else {said}


def _reaches(figure: Label, rule: Rule) -> bool:
    """Tell whether a labelled figure may be one that a rule asks for, and reaches its lowest level."""
    asked = rule.figures
    assert asked is not None
    kinds = {figure["kind"], *figure.get("kind_also", ())}
    if figure.get("qualifier") in _NO_LOWER_BOUND:
        return False
    bound = figure.get("low", figure.get("value")) or 0
    return bool(
        kinds & set(asked.kinds)
        and _readings(figure, "status", "happened") & set(asked.statuses)
        and (
            figure.get("event")
            or not asked.scopes
            or _readings(figure, "scope", "unknown") & set(asked.scopes)
        )
        and bound >= rule.levels[0].at_least
    )
