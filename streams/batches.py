"""Batches of records whose headers have names that are not UTF-8.

Kafka takes any bytes as the name of a header, and Java reads them leniently. aiokafka
raises, at every attempt: one such record would stop a worker and each one after it for
good. So a batch that aiokafka cannot decode is read again here, leniently.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


if TYPE_CHECKING:
    from collections.abc import Iterator


class _LenientBytes(bytearray):
    """Bytes, cut from a batch, that decode whatever they are."""

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - an index or a slice
        found = super().__getitem__(index)
        return _LenientBytes(found) if isinstance(found, bytearray) else found

    def decode(self, *_: str) -> str:
        return super().decode("utf-8", "backslashreplace")


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka is untyped here
    """A batch read by aiokafka's own code for machines without its C extension, leniently."""

    _buffer: Any

    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer = _LenientBytes(self._buffer)


class _Batch:
    """A batch as aiokafka has it, but for the way its records are read."""

    def __init__(self, batch: Any, raw: memoryview) -> None:  # noqa: ANN401 - aiokafka's
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the batch has
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._batch))
        except UnicodeDecodeError:
            return iter(_LenientBatch(self._raw))


class LenientRecords(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is untyped here
    """The batches of one answer of the broker."""

    def next_batch(self) -> _Batch | None:
        """Return the next batch, None behind the last one."""
        raw = self._next_slice
        batch = super().next_batch()
        return None if batch is None or raw is None else _Batch(batch, raw)


def install() -> None:
    """Let every consumer of this process read leniently; once or more often is the same."""
    fetcher.MemoryRecords = LenientRecords
