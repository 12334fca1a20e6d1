"""Expected and found are matched and counted right, and a mistake in a file of cases is seen."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests import cases
from tests.quality import archive, keys, scores
from tests.quality.scores import Score, Tally


if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_number_that_did_not_come_out_is_a_miss_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of two numbers came out: recall falls, precision does not."""
    monkeypatch.setattr(cases, "numbers", lambda _: [found(30)])
    block = {"expect": [{"value": 12}, {"value": 30}], "texts": ["12, 30"]}
    tally = Tally()
    scores.measure_case(tally, "x", cases.Case("id.toml", "id", "numbers", "12, 30", block, None))
    assert tally.scores() == {"x/numbers": Score(expected=2, found=1, right=1)}
    assert "came out" in tally.misses["x/numbers"][0]


def test_the_wording_of_nothing_and_silent_counts_against_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """A figure where there is none is a wrong figure; so is a keyword."""
    keyword = SimpleNamespace(category="riot", status="asserted", surface="x", start=0, end=1)
    article = SimpleNamespace(
        main_place=None,
        figures=[found(3, start=0, end=1, surface="3")],
        keywords=[keyword],
        text="3",
        conflict=SimpleNamespace(value=True),
        language=SimpleNamespace(code="id"),
    )
    monkeypatch.setattr(cases, "article", lambda _: article)
    tally = Tally()
    for section in ("nothing", "silent"):
        block = {"why": "x", "texts": ["3"]}
        scores.measure_case(tally, "x", cases.Case("id.toml", "id", section, "3", block, None))
    assert tally.scores() == {
        "x/core": Score(expected=0, found=1, right=0),
        "x/figures": Score(expected=0, found=1, right=0),
        "x/keywords": Score(expected=0, found=1, right=0),
        "kinds/x/killed": Score(expected=0, found=1, right=0),
        "x/nothing": Score(expected=1, found=1, right=0),
        "x/silent": Score(expected=1, found=1, right=0),
    }


def test_a_label_gets_the_figure_that_covers_its_words() -> None:
    """The second "12" is the label's; an optional one counts neither way; a date is no figure."""
    text = "On May 12, 12 people died, 3 of them guards, near km 5."
    label = {
        "id": "a",
        "language": "en",
        "conflict": True,
        "alerts": ["mass_casualties"],
        "figures": [
            {
                "surface": "12",
                "occurrence": 2,
                "value": 12,
                "qualifier": "exact",
                "kind": "killed",
                "unit": "person",
            },
            {
                "surface": "3",
                "value": 3,
                "qualifier": "exact",
                "kind": "killed",
                "unit": "person",
                "optional": True,
            },
        ],
        "not_figures": ["May 12", "km 5"],
    }

    def at(start: int, value: int) -> Any:  # noqa: ANN401 - a stand-in for a figure
        end = start + len(str(value))
        span = SimpleNamespace(start=start, end=end)
        return found(value, start=start, end=end, surface=text[start:end], number=span)

    article = SimpleNamespace(
        main_place=None,
        text=text,
        conflict=SimpleNamespace(value=False),
        figures=[at(7, 12), at(11, 12), at(27, 3)],
    )
    tally = Tally()
    archive.measure_article(tally, "x", label, SimpleNamespace(article=article, alerts=[]))  # type: ignore[arg-type]
    assert {name: score for name, score in tally.scores().items() if not name.startswith("rules/")} == {
        "x/alerts": Score(expected=1, found=0, right=0),
        "x/conflict": Score(expected=1, found=0, right=0),
        "x/core": Score(expected=1, found=2, right=1),
        "x/figures": Score(expected=1, found=2, right=1),
        "kinds/x/killed": Score(expected=1, found=2, right=1),
        "x/not_figures": Score(expected=2, found=2, right=1),
    }


def test_a_figure_that_covers_less_than_its_label_is_one_error_and_not_two() -> None:
    """What was read is "17", and "17 points" was asked for: nothing is missing, nothing is too much."""
    label = {
        "id": "a",
        "language": "en",
        "conflict": False,
        "alerts": [],
        "figures": [
            {"surface": "17 points", "value": 17, "qualifier": "exact", "kind": "killed", "unit": "person"},
        ],
        "not_figures": [],
    }
    short = found(17, start=4, end=6, surface="17", number=SimpleNamespace(start=4, end=6))
    article = SimpleNamespace(
        main_place=None, text="The 17 points", conflict=SimpleNamespace(value=False), figures=[short]
    )
    tally = Tally()
    archive.measure_article(tally, "x", label, SimpleNamespace(article=article, alerts=[]))  # type: ignore[arg-type]
    assert tally.scores()["x/core"] == Score(expected=1, found=1, right=0)
    assert tally.keys["x/figures"] == {"surface": 1}
    assert tally.judged["x/figures"]["surface"] == tally.judged["x/figures"]["low"] == 1


def test_the_keys_that_were_wrong_are_told_of_how_often_each_was_judged() -> None:
    """Two of three claimants were wrong, and one figure of four did not come out; the worst stands first."""
    tally = Tally()
    tally.judge("archive/en/figures", ["claimant"] * 3 + ["missing"] * 4 + ["kind"])
    tally.wrong("archive/en/figures", ["missing", "claimant should be 'police'", "claimant should be 'UN'"])
    tally.judge("archive/id/figures", ["kind", "kind"])
    tally.wrong("archive/id/figures", ["kind should be 'killed'"])
    lines = [line.split() for line in keys.table(tally).splitlines()]
    assert lines[0] == ["archive", "all", "en", "id"]
    assert lines[1] == ["claimant", "2", "/", "3", "2", "/", "3", "-"]
    assert [line[0] for line in lines[1:]] == ["claimant", "kind", "missing"]
    assert lines[2] == ["kind", "1", "/", "3", "0", "/", "1", "1", "/", "2"]


def test_a_labelled_number_is_no_hit_where_its_digits_are_also_no_figure() -> None:
    """The day and the dead are both "12": only the dead came out, so nothing is wrong."""
    text = "On May 12, 12 people died."
    label = {
        "id": "a",
        "language": "en",
        "conflict": True,
        "alerts": [],
        "figures": [
            {
                "surface": "12",
                "occurrence": 2,
                "value": 12,
                "qualifier": "exact",
                "kind": "killed",
                "unit": "person",
            }
        ],
        "not_figures": ["12"],
    }
    dead = found(12, start=11, end=13, surface="12", number=SimpleNamespace(start=11, end=13))
    article = SimpleNamespace(
        main_place=None, text=text, conflict=SimpleNamespace(value=True), figures=[dead]
    )
    tally = Tally()
    archive.measure_article(tally, "x", label, SimpleNamespace(article=article, alerts=[]))  # type: ignore[arg-type]
    assert tally.scores()["x/not_figures"] == Score(expected=1, found=1, right=1)


def test_the_number_decides_which_figure_was_meant() -> None:
    """12 with all else wrong is nearer to an expected 12 than a 30 with all else right."""
    wanted = {"kind": "killed", "value": 12, "unit": "t", "per": "day", "status": "planned"}
    twelve = found(12, "wounded")
    thirty = found(30, unit="t", per="day", status="planned")
    assert scores.pairs([wanted], [twelve, thirty]) == [(wanted, twelve)]


def test_a_thing_without_a_concept_is_counted_in_ones() -> None:
    """A unit of the labels that the project does not know may be ``1`` in a record."""
    assert archive.units("latrine") == ["latrine", "1"]
    assert archive.units("h") == ["hour"]
    assert archive.units("IDR") == ["IDR"]


def test_measures_of_a_set_are_summed_up_over_its_languages() -> None:
    """Others are left alone, and nothing is counted twice."""
    tally = Tally()
    tally.add("briefs/en/conflict", expected=3, found=4, right=3)
    tally.add("briefs/ar/conflict", expected=2, found=2, right=1)
    tally.add("cases/en/figures", expected=1, found=1, right=1)
    tally.sum_up("briefs")
    tally.sum_up("articles")
    assert tally.scores()["briefs/all/conflict"] == Score(5, 6, 4)
    assert "cases/all/figures" not in tally.scores()
