"""Portions: nothing of a fetch is lost, nothing changes places, and none is large."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.portions import PORTION_BYTES, PORTION_RECORDS, portions


if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, eq=False)
class Record:
    """A record, as far as portions look at it."""

    number: int = 0
    key: bytes | None = None
    value: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()


def _sizes(fetched: dict[int, list[Record]]) -> list[int]:
    return [len(records) for _, records in portions(fetched)]


@given(st.lists(st.integers(0, 400), max_size=6))
def test_every_record_comes_once_and_each_partition_keeps_its_order(counts: list[int]) -> None:
    """Whatever a fetch brought."""
    fetched = {partition: [Record(n) for n in range(count)] for partition, count in enumerate(counts)}
    found: dict[int, list[int]] = {partition: [] for partition in fetched}
    for partition, records in portions(fetched):
        assert 0 < len(records) <= PORTION_RECORDS
        found[partition] += [record.number for record in records]
    assert found == {partition: list(range(count)) for partition, count in enumerate(counts)}


def test_partitions_take_turns() -> None:
    """A partition with much to read does not make the others wait."""
    fetched = {"long": [Record()] * 3 * PORTION_RECORDS, "short": [Record()], "empty": []}
    assert [partition for partition, _ in portions(fetched)] == ["long", "short", "long", "long"]


def test_large_records_make_small_portions() -> None:
    """Value, key and headers count; a portion ends with the record by which it is full."""
    half = b"x" * (PORTION_BYTES // 2)
    assert _sizes({0: [Record(value=half)] * 5}) == [2, 2, 1]
    assert _sizes({0: [Record(key=half)] * 5}) == [2, 2, 1]
    assert _sizes({0: [Record(headers=[("name", half), ("none", None)])] * 5}) == [2, 2, 1]
    assert _sizes({0: [Record(value=half * 20)] * 3}) == [1, 1, 1]


def test_what_was_yielded_is_held_no_longer() -> None:
    """Memory is given back while the rest of the fetch waits."""
    fetched = {0: [Record(number, value=b"x" * PORTION_BYTES) for number in range(3)]}
    ends = [weakref.ref(record) for record in fetched[0]]
    dealt = portions(fetched)
    next(dealt)
    gc.collect()
    assert not fetched
    assert [end() is None for end in ends] == [True, False, False]
