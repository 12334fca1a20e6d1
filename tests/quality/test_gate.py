"""The floors of precision and recall hold, and the gate keeps them."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

import pytest

from tests.quality import gate, page
from tests.quality.scores import Score, Tally


if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@functools.cache
def measured() -> Mapping[str, Score]:
    """Return the scores; they are counted once for all tests."""
    return gate.measure().scores()


@pytest.mark.parametrize("name", gate.load())
def test_the_floor_of_a_measure_holds(name: str) -> None:
    """Neither precision nor recall is below what it once was."""
    lines = gate.below(measured(), {name: gate.load()[name]})
    assert not lines, f"{lines}; see: python -m tests.quality.gate --misses {name}"


def test_every_measure_has_a_floor() -> None:
    """A new language, section or kind cannot go unwatched."""
    missing = gate.unpinned(measured(), gate.load())
    assert not missing, f"no floor for {missing}; run: python -m tests.quality.gate --update"


def test_a_score_is_the_usual_precision_recall_and_f1() -> None:
    """10 expected, 8 found, 6 right."""
    score = Score(expected=10, found=8, right=6)
    assert (score.precision, score.recall) == (0.75, 0.6)
    assert score.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


def test_a_floor_is_never_above_its_own_measure() -> None:
    """Rounding goes down, and a share of 0.29 stays 0.29."""
    for right in range(1, 1000):
        measure = {"x": Score(expected=1000, found=997, right=right)}
        assert gate.below(measure, gate.pinned(measure)) == []
    assert gate.pinned({"x": Score(expected=100, found=100, right=29)}) == {
        "x": {"precision": 0.29, "recall": 0.29, "of": 100}
    }


def test_silence_pins_no_precision() -> None:
    """Nothing came out, so nothing was wrong; the first figure that comes out may be."""
    pinned = gate.pinned({"x": Score(expected=4, found=0, right=0)})
    assert pinned == {"x": {"precision": 0.0, "recall": 0.0, "of": 4}}


def test_a_measure_below_its_floor_is_named_with_both_values() -> None:
    """One line for each side that fell."""
    floors = {"a": {"precision": 0.9, "recall": 0.5}}
    assert gate.below({"a": Score(expected=10, found=10, right=8)}, floors) == [
        "a: precision is 0.800, its floor 0.900",
    ]


def test_a_floor_without_a_measure_is_not_held() -> None:
    """Taking labels away does not open the gate."""
    assert gate.below({}, {"a": {"precision": 0.0, "recall": 0.0}}) == ["a has a floor and is not measured"]


def test_raising_refuses_to_lower_a_floor() -> None:
    """Neither a lower score nor a measure that is gone is written."""
    floors = {"a": {"precision": 0.9, "recall": 0.9}}
    with pytest.raises(ValueError, match=r"a: recall is 0\.800, its floor 0\.900"):
        gate.raised({"a": Score(expected=10, found=8, right=8)}, floors)
    with pytest.raises(ValueError, match="not measured"):
        gate.raised({}, floors)


def test_raising_pins_what_is_better_and_what_is_new() -> None:
    """Floors go up to the score; a measure without one gets one."""
    floors = gate.raised(
        {"a": Score(expected=4, found=4, right=4), "b": Score(expected=3, found=3, right=2)},
        {"a": {"precision": 0.5, "recall": 1.0}},
    )
    assert floors == {
        "a": {"precision": 1.0, "recall": 1.0, "of": 4},
        "b": {"precision": 0.666, "recall": 0.666, "of": 3},
    }


def test_update_writes_the_floors_and_a_lower_score_leaves_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command itself: raise, then refuse."""
    floors = tmp_path / "floors.json"
    floors.write_text("{}")
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.setattr(gate.load, "__defaults__", (floors,))
    for right, status in ((9, 0), (8, 1)):
        tally = Tally()
        tally.add("a", expected=10, found=10, right=right)
        monkeypatch.setattr(gate, "measure", lambda _language, tally=tally: tally)
        with pytest.raises(SystemExit) as end:
            gate.main(["--update"])
        assert end.value.code == status
        assert json.loads(floors.read_text()) == {"a": {"precision": 0.9, "recall": 0.9, "of": 10}}


def test_a_measure_over_more_texts_is_pinned_anew_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Harder texts may come in, and nothing else may hide behind them."""
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({name: {"precision": 0.9, "recall": 0.9, "of": 10} for name in "ab"}))
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.setattr(gate.load, "__defaults__", (floors,))
    for right, status in ((8, 1), (9, 0)):
        tally = Tally()
        tally.add("a", expected=20, found=20, right=10)
        tally.add("b", expected=10, found=10, right=right)
        monkeypatch.setattr(gate, "measure", lambda _language, tally=tally: tally)
        with pytest.raises(SystemExit) as end:
            gate.main(["--update", "--grown"])
        assert end.value.code == status
        assert json.loads(floors.read_text())["a"]["recall"] == (0.9 if status else 0.5)


def test_the_page_of_alerts_is_current() -> None:
    """What docs/alerts.md says is what is shipped and pinned: python -m tests.quality.page writes it."""
    assert page.ALERTS.read_text("utf-8") == page.alerts(gate.load())


def test_the_page_of_scores_is_current() -> None:
    """What docs/quality.md says is what is pinned: python -m tests.quality.page writes it."""
    assert page.PAGE.read_text("utf-8") == page.page(gate.load())
