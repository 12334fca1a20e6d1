"""Portions: what one fetch brought, cut small, the partitions in turn.

Records pass through the worker by the portion: what has to be done for each message is then
done once for many, and what waits is bounded in bytes.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol, TypeVar


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PORTION_RECORDS = 64
PORTION_BYTES = 1_000_000
"""A portion ends with the record by which it has as many; one record may have more."""


class Record(Protocol):
    """What aiokafka gives for a record, as far as its size goes."""

    @property
    def key(self) -> bytes | None:
        """Its key."""

    @property
    def value(self) -> bytes | None:
        """Its value."""

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]:
        """Its headers."""


Partition = TypeVar("Partition")
SomeRecord = TypeVar("SomeRecord", bound=Record)


def portions(fetched: dict[Partition, list[SomeRecord]]) -> Iterator[tuple[Partition, list[SomeRecord]]]:
    """Yield the records of a fetch in portions, each partition's in their order.

    ``fetched`` is emptied, and what was yielded is held no longer: memory is given back as the
    work goes on.
    """
    waiting = deque((partition, deque(records)) for partition, records in fetched.items())
    fetched.clear()
    while waiting:
        partition, records = waiting.popleft()
        if records:
            yield partition, _cut(records)
        if records:
            waiting.append((partition, records))


def _cut(records: deque[SomeRecord]) -> list[SomeRecord]:
    """Take one portion off the front."""
    found: list[SomeRecord] = []
    size = 0
    while records and len(found) < PORTION_RECORDS and size < PORTION_BYTES:
        found.append(records.popleft())
        size += _size(found[-1])
    return found


def _size(record: Record) -> int:
    """Return how many bytes a record brought."""
    named = sum(len(name) + len(value or b"") for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + named
