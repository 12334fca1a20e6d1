"""The floors of precision and recall hold, and the gate that keeps them counts right."""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests import cases
from tests.quality import gate, scores
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
        "x": {"precision": 0.29, "recall": 0.29}
    }


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
    assert floors == {"a": {"precision": 1.0, "recall": 1.0}, "b": {"precision": 0.666, "recall": 0.666}}


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
        monkeypatch.setattr(gate, "measure", lambda tally=tally: tally)
        with pytest.raises(SystemExit) as end:
            gate.main(["--update"])
        assert end.value.code == status
        assert json.loads(floors.read_text()) == {"a": {"precision": 0.9, "recall": 0.9}}


def found(value: float, kind: str = "killed", **more: Any) -> Any:  # noqa: ANN401 - a stand-in for a figure
    """Return a figure that says no more than it must."""
    plain = {
        "qualifier": "exact",
        "low": value,
        "high": value,
        "unit": "person",
        "per": None,
        "counted": None,
        "victim_role": None,
        "period": None,
        "scope": "unknown",
        "status": "happened",
        "claimant": None,
        "place": None,
        "party": None,
        "surface": str(value),
        "start": 0,
        "end": 1,
    }
    return SimpleNamespace(**plain | {"value": value, "kind": kind} | more)


@pytest.mark.parametrize(
    ("expected", "figures", "paired"),
    [
        pytest.param([12, 30], [12, 30], [(12, 12), (30, 30)], id="as many as expected"),
        pytest.param([12, 30], [12, 5, 30], [(12, 12), (30, 30)], id="one too many in between"),
        pytest.param([12, 5, 30], [12, 30], [(12, 12), (5, None), (30, 30)], id="one too few in between"),
        pytest.param([12], [], [(12, None)], id="nothing came out"),
        pytest.param([], [12], [], id="nothing was expected"),
        pytest.param([12, 30], [30], [(12, None), (30, 30)], id="the first is missing"),
    ],
)
def test_one_figure_too_many_or_too_few_does_not_spoil_the_others(
    expected: list[int], figures: list[int], paired: list[tuple[int, int | None]]
) -> None:
    """Expected and found are aligned in the order of the text."""
    pairs = scores.pairs(
        [{"kind": "killed", "value": value} for value in expected], [found(v) for v in figures]
    )
    assert [(want["value"], got and got.value) for want, got in pairs] == paired


@pytest.mark.parametrize(
    ("expected", "got", "wrong"),
    [
        ({"kind": "killed", "value": 12}, found(12), []),
        ({"kind": "killed", "value": 12}, found(12.0), []),
        ({"kind": "killed", "value": 12}, found(13), ["value", "low", "high"]),
        (
            {"kind": "killed", "value": 12, "qualifier": "at_least"},
            found(12, qualifier="at_least", high=None),
            [],
        ),
        ({"kind": "killed", "value": 12, "qualifier": "at_least"}, found(12, qualifier="at_least"), ["high"]),
        (
            {"kind": "killed", "value": 12},
            found(12, qualifier="about", low=None, high=None),
            ["low", "high", "qualifier"],
        ),
        (
            {"kind": "killed", "low": 11, "high": 19, "qualifier": "vague"},
            found(12, qualifier="vague"),
            ["value", "low", "high"],
        ),
        ({"kind": ["killed", "casualties"], "value": 12}, found(12, "casualties"), []),
        ({"kind": "killed", "value": 12}, found(12, "wounded"), ["kind"]),
        ({"kind": "killed", "value": 12, "unit": "t"}, found(12), ["unit"]),
        ({"kind": "killed", "value": 12, "place": "Idlib"}, found(12), ["place"]),
        (
            {"kind": "killed", "value": 12, "place": "Idlib"},
            found(12, place=SimpleNamespace(surface="Kota Idlib")),
            [],
        ),
        (
            {"kind": "killed", "value": 12, "place": False},
            found(12, place=SimpleNamespace(surface="Idlib")),
            ["place"],
        ),
        ({"kind": "killed", "value": 12, "place": False}, found(12), []),
        ({"kind": "killed", "value": 12, "per": "day"}, found(12), ["per"]),
        ({"kind": "killed", "value": 12, "surface": "12 orang"}, found(12), ["surface"]),
    ],
)
def test_a_mismatch_is_named_by_its_key(expected: dict[str, Any], got: Any, wrong: list[str]) -> None:  # noqa: ANN401
    """Every key that is given must match, with the bounds that its qualifier implies."""
    assert [line.split()[0] for line in cases.mismatches(expected, got)] == wrong


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ('[[figure]]\nexpect = []\ntexts = ["x"]', "unknown section"),
        ('[[numbers]]\nexpect = [{ valeu = 1 }]\ntexts = ["x"]', "valeu"),
        ('[[figures]]\nexpect = [{ value = 1 }]\ntexts = ["x"]', "no kind"),
        ('[[nothing]]\ntexts = ["x"]', "why"),
        ('[[silent]]\nwhy = "x"\ntext = ["x"]', "texts"),
    ],
)
def test_a_mistake_in_a_file_of_cases_is_an_error_that_names_it(
    tmp_path: Path, block: str, complaint: str
) -> None:
    """A misspelt key must not make a case that cannot fail."""
    file = tmp_path / "id.toml"
    file.write_text(block)
    with pytest.raises(ValueError, match=complaint) as error:
        list(cases.read(file))
    assert str(file) in str(error.value)
