"""What is kept of an article to tell stories, and which articles are no news."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from streams.alerts import load_rules, raise_alerts
from streams.enrichment import enrich
from streams.kafka.desk import received
from streams.kafka.envelope import RECEIVED
from streams.records import RawArticle
from streams.stories.baselines import tail
from streams.stories.likeness import alike, sketch
from streams.stories.records import story_json
from streams.stories.reports import Report, report_from, report_json, report_of
from streams.stories.stories import tell_all


BEGIN = 1_790_000_000


class _Record:
    """As much of a record as says when its article was received."""

    def __init__(self, timestamp: int, **headers: bytes) -> None:
        self.timestamp = timestamp
        self.headers: list[tuple[str, Any]] = list(headers.items())


def test_an_article_is_received_when_its_header_says_so_or_its_raw_record_came() -> None:
    """A header that cannot be read is none."""
    raw = {"ce_time": b"2026-10-01T00:00:00.000Z"}
    assert received(_Record(5_000)) == 5.0
    assert received(_Record(5_000, **raw)) == 1_790_812_800.0
    assert received(_Record(5_000, **raw, **{RECEIVED: b"2014-01-01T00:00:00Z"})) == 1_388_534_400.0
    assert received(_Record(5_000, **raw, **{RECEIVED: b"\xff"})) == 1_790_812_800.0


def test_what_was_published_long_before_it_came_in_is_no_news() -> None:
    """And what was published after it came in was not."""
    old = enrich(
        RawArticle(
            id="o",
            language="en",
            text="A missile strike killed at least 30 people in Kharkiv on Tuesday, police said.",
            published_at="2014-01-01T00:00:00Z",
        )
    )
    rules = load_rules()
    alerts = raise_alerts(old, rules)
    assert alerts
    assert tell_all([(old, alerts, BEGIN)], rules) == ([], {"old": 1})
    assert tell_all([(old, alerts, 1_000_000_000.0)], rules) == ([], {"from the future": 1})
    stories, refused = tell_all([(old, alerts, None)], rules)
    assert (len(stories), refused) == (1, {})
    assert json.loads(story_json(stories[0]))["first_at"] == "2014-01-01T00:00:00Z"


TEXT = (
    "KHARKIV, Ukraine - The death toll from a missile strike on an apartment block rose to 17 on Tuesday "
    "evening as rescuers pulled more bodies from the rubble, Ukraine's emergency service said. "
    "Thirty-three people were wounded."
)


@pytest.mark.parametrize(
    ("other", "copy"),
    [
        (TEXT, True),
        (TEXT.replace("KHARKIV, Ukraine - The", "The").replace("Thirty-three", "33"), True),
        (TEXT + " " + " ".join(f"More of it {number}." for number in range(60)), True),
        (
            "Rescuers dug through the rubble of a block of flats in Kharkiv where a missile killed 17.",
            False,
        ),
        ("", False),
    ],
)
def test_small_edits_and_what_is_added_leave_a_copy_a_copy(other: str, *, copy: bool) -> None:
    """Another report of the same event is none."""
    assert alike(sketch(TEXT), sketch(other)) is copy


def test_chinese_has_copies_too() -> None:
    """A character is a word."""
    text = "截至周二晚，哈尔科夫一栋公寓楼遭导弹袭击的死亡人数升至17人，救援人员找到更多遗体，紧急部门说。"
    assert alike(sketch(text), sketch(text.replace("周二晚", "周二晚间").replace("部门说", "部门表示")))
    assert not alike(
        sketch(text),
        sketch("联合国说，苏丹西部城市法希尔有数万人流离失所，许多人徒步逃往乍得。"),
    )


def test_sketches_are_the_same_on_every_machine() -> None:
    """Pinned: a library that hashed otherwise would take each copy for an original until all is read anew."""
    digest = hashlib.sha256(sketch(TEXT)).hexdigest()
    assert digest == "5d428915f272d2b955782b41a459815ecdb61732e6f524b746f51318227f02f1"


def test_a_report_comes_back_from_its_record() -> None:
    """And its figures are those of the text, by code points."""
    article = enrich(RawArticle(id="a", text=TEXT, published_at="2026-10-06T10:00:00Z"))
    rules = load_rules()
    report = report_of(article, raise_alerts(article, rules), rules, 1_791_300_000.0)
    assert isinstance(report, Report)
    assert report_from(report_json(report)) == report
    assert {one.kind for one in report.figures} == {"wounded"}
    for figure in report.figures:
        assert article.text[figure.start : figure.end] == figure.surface
        assert article.text[figure.number.start : figure.number.end] == figure.number.surface


@pytest.mark.parametrize(
    ("number", "mean", "size", "probability"),
    [(0, 2.0, 3.0, 1.0), (1, 2.0, 1.0, 2 / 3), (3, 1.0, 1.0, 1 / 8), (2, 0.5, 2.0, 1 - 0.64 - 0.256)],
)
def test_the_tail_of_the_negative_binomial(number: int, mean: float, size: float, probability: float) -> None:
    """Worked out by hand: with a size of one it is geometric."""
    assert tail(number, mean, size) == pytest.approx(probability)


def test_a_tail_beyond_what_a_number_can_hold_is_nought() -> None:
    """And one far out is small, not negative."""
    assert 0 < tail(60, 2.0, 28.5) < 1e-40
    assert tail(5_000, 0.1, 1.0) == 0.0
