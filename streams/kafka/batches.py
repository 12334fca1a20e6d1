"""Batches of records as hostile producers make them.

Kafka takes any bytes as the name of a header, and Java reads them leniently. aiokafka
raises, at every attempt: one such record would stop a worker and each one after it for
good. So records that aiokafka cannot decode are read again here, leniently. And aiokafka
unpacks batches whole, and all that were fetched: here they are unpacked one after the
other, as far as there is room (:mod:`streams.kafka.unpacking`), while records are asked for.
"""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING, Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import _MemoryRecordsPy

from streams.decoding import Unread
from streams.kafka.unpacking import unpack


if TYPE_CHECKING:
    from collections.abc import Iterator


MOST_AT_ONCE = 2_000_000
"""Bytes of one partition that are taken at once; a single record may be larger."""

_MOST_RECORDS = 10_000
"""Records that are taken at once: the smallest ones are a kilobyte each, once they are objects."""

_MAGIC_AT, _ATTRIBUTES_AT, _RECORDS_AT = 16, 21, 61
_CODEC = 0x07
_NEWEST_FORMAT = 2


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

    def _read_msg(self, *more: Any) -> Any:  # noqa: ANN401 - aiokafka's
        record = super()._read_msg(*more)
        if self._pos > len(self._buffer):
            raise CorruptRecordException("a record that is cut off")
        return record


class _Batch:
    """A batch as aiokafka has it, but for the way its records are read."""

    def __init__(self, batch: Any, raw: memoryview) -> None:  # noqa: ANN401 - aiokafka's
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the batch has
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        if self._raw[_MAGIC_AT] != _NEWEST_FORMAT:
            return iter(self._batch)
        (attributes,) = struct.unpack_from(">h", self._raw, _ATTRIBUTES_AT)
        if not attributes & _CODEC:
            return _records(self._batch, self._raw)
        return self._unpacked(attributes)

    def _unpacked(self, attributes: int) -> Iterator[Any]:
        """Yield the records that there is room for, and a stand-in for each of the others."""
        found = unpack(attributes & _CODEC, bytes(self._raw[_RECORDS_AT:]))
        plain = bytearray(self._raw[:_RECORDS_AT])
        struct.pack_into(">h", plain, _ATTRIBUTES_AT, attributes & ~_CODEC)
        plain += found.data
        whole, offset = found.whole, self._batch.base_offset
        del found
        try:
            for record in _records(DefaultRecordBatch(plain), plain):
                offset = record.offset + 1
                yield record
        except CorruptRecordException:
            if whole:
                raise
        for unread in range(offset, self._batch.next_offset):
            yield _DefaultRecordPy(
                unread, self._batch.max_timestamp, self._batch.timestamp_type, None, Unread(), []
            )


def _records(batch: Any, raw: bytearray | memoryview) -> Iterator[Any]:  # noqa: ANN401 - aiokafka's
    """Yield the records of a batch that is not compressed, leniently from the first that needs it."""
    count = 0
    try:
        for record in batch:
            yield record
            count += 1
    except UnicodeDecodeError:
        yield from itertools.islice(_LenientBatch(raw), count, None)


class LenientRecords(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka is untyped here
    """The batches of one answer of the broker."""

    def next_batch(self) -> _Batch | None:
        """Return the next batch, None behind the last one."""
        raw = self._next_slice
        batch = super().next_batch()
        return None if batch is None or raw is None else _Batch(batch, raw)


class MeasuredResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka is untyped here
    """What was fetched of a partition, given out in parts that memory has room for."""

    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[Any]:
        """Return the next records, by number or by size; what is left comes with the next call."""
        if not self.has_more() or not self.check_assignment(self._topic_partition):
            return []
        found: list[Any] = []
        size = 0
        for record in self._partition_records:
            found.append(record)
            size += len(record.key or b"") + len(record.value or b"")
            size += sum(len(name) + len(value or b"") for name, value in record.headers)
            if size >= MOST_AT_ONCE or len(found) >= min(max_records or _MOST_RECORDS, _MOST_RECORDS):
                self._update_position()
                return found
        self._update_position()
        self._partition_records = None
        return found


def install() -> None:
    """Let every consumer of this process read leniently; once or more often is the same."""
    fetcher.MemoryRecords = LenientRecords
    fetcher.FetchResult = MeasuredResult
