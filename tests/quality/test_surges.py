"""The rules over time against articles whose days are known, and what docs/alerts.md says of it."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from tests.quality import surges


if TYPE_CHECKING:
    from tests.quality.scores import Tally

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"

LEAST = {"surge": (0.95, 0.75), "first_mention": (1.0, 1.0), "rise": (1.0, 1.0)}
"""Precision and recall that no change may fall below."""


@functools.cache
def _measured() -> Tally:
    return surges.measure(surges.labels())


def test_what_is_told_over_time_is_what_a_reader_would_tell() -> None:
    """As well as it was; what is wrong is printed by python -m tests.quality.surges."""
    scores = _measured().scores()
    for name, (precision, recall) in LEAST.items():
        assert scores[name].precision >= precision, _measured().misses
        assert scores[name].recall >= recall, _measured().misses


def test_the_page_says_what_is_measured() -> None:
    """The table in docs/alerts.md."""
    assert "\n".join(surges.table(_measured())) in PAGE.read_text("utf-8")


def test_the_set_is_drawn_the_same_each_time() -> None:
    """By its seed alone; another seed draws another."""
    data = surges.labels()
    assert surges.reports(data, 1) == surges.reports(data, 1)
    assert surges.reports(data, 1) != surges.reports(data, 2)


def test_the_set_has_what_is_no_surge() -> None:
    """Copies, a source that empties its archive, weekends, restless countries; and many days."""
    data = surges.labels()
    for trap in ("storms", "floods", "week", "size"):
        assert sum(trap in one for one in data["countries"]) >= 2, trap
    assert sum(len(one.get("surges", ())) for one in data["countries"]) >= 12
    assert len(surges.reports(data, 1)) >= 4_000
