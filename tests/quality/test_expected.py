"""Which alerts an article should raise follows from its labels, by the bounds that the rules have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.quality.alerts import LABELLED, expected, measure_alerts
from tests.quality.scores import Score, Tally


GRADED = {"mass_casualties", "mass_injuries", "hostage_taking", "mass_displacement", "large_munitions_use"}


def labelled(*figures: dict[str, Any], conflict: bool = True, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - label keys
    """Return the label of an article."""
    return {"id": "one", "conflict": conflict, "figures": list(figures), **more}


@pytest.mark.parametrize(
    ("figure", "needed"),
    [
        ({"kind": "killed", "value": 10}, {"mass_casualties"}),
        ({"kind": "killed", "value": 9}, set()),
        ({"kind": "killed", "value": 50, "qualifier": "at_most"}, set()),
        ({"kind": "killed", "low": 20, "high": 99, "qualifier": "vague"}, {"mass_casualties"}),
        ({"kind": "killed", "value": 500, "scope": "cumulative"}, set()),
        ({"kind": "killed", "value": 500, "status": "historical"}, set()),
        ({"kind": "hostages", "value": 1}, {"hostage_taking"}),
        ({"kind": "munitions_count", "value": 214}, {"large_munitions_use"}),
    ],
)
def test_a_labelled_figure_that_reaches_a_level_needs_the_alert(
    figure: dict[str, Any], needed: set[str]
) -> None:
    """By its lower bound, where it happened and is no sum of years."""
    assert expected(labelled(figure)).needed == needed


def test_what_a_reader_would_grant_as_well_is_neither_needed_nor_wrong() -> None:
    """Of figures that are optional, and of kinds that would do."""
    optional = {"kind": "killed", "value": 12, "optional": True}
    other = {"kind": "casualties", "kind_also": ["wounded"], "value": 60}
    should = expected(labelled(optional, other))
    assert not should.needed
    assert should.granted == {"mass_casualties", "mass_injuries"}


def test_no_figure_needs_an_alert_in_an_article_that_is_no_conflict_news() -> None:
    """A flood is none."""
    assert expected(labelled({"kind": "killed", "value": 90}, conflict=False)).needed == set()


def test_rules_without_grades_are_judged_by_the_alerts_of_a_label() -> None:
    """And all are where no figure is labelled; what a label says nothing of is not judged."""
    assert expected(labelled(alerts=["ceasefire", "mass_casualties"])).needed == {"ceasefire"}
    assert expected(labelled(alerts=[])).judged == GRADED | LABELLED
    assert expected(labelled()).judged == GRADED
    brief = {"id": "one", "conflict": True, "alerts": ["mass_casualties"]}
    assert expected(brief).needed == {"mass_casualties"}
    assert expected(brief).judged == LABELLED
    assert expected({"id": "one", "conflict": True}).judged == set()


def test_alerts_are_counted_together_and_by_rule() -> None:
    """A ceasefire broken counts as one of its family."""
    tally = Tally()
    raised = [SimpleNamespace(rule=rule) for rule in ("mass_injuries", "mass_casualties", "ceasefire_broken")]
    label = labelled(
        {"kind": "killed", "value": 12}, {"kind": "displaced", "value": 5000}, alerts=["ceasefire"]
    )
    measure_alerts(tally, "archive/en", label, raised)  # type: ignore[arg-type]
    scores = tally.scores()
    assert scores["archive/en/alerts"] == Score(expected=3, found=3, right=2)
    assert scores["rules/mass_casualties/alerts"] == Score(1, 1, 1)
    assert scores["rules/mass_injuries/alerts"] == Score(0, 1, 0)
    assert scores["rules/mass_displacement/alerts"] == Score(1, 0, 0)
    assert scores["rules/ceasefire/alerts"] == Score(1, 1, 1)
    assert tally.misses["archive/en/alerts"] == [
        "one: missing ['mass_displacement'], too many ['mass_injuries']"
    ]
