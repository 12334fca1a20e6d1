"""Batches as hostile producers make them: names that are no text, and bombs."""

from __future__ import annotations

import gzip
import itertools
import tracemalloc
from typing import TYPE_CHECKING, Any

import cramjam
import pytest
import zstandard
from aiokafka import codec as codecs
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.structs import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from streams.decoding import Unread
from streams.kafka import batches
from streams.kafka.unpacking import Unpacked, unpack


if TYPE_CHECKING:
    from collections.abc import Callable


def _in_parts(pack: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(pack(data[at : at + 50]) for at in range(0, max(1, len(data)), 50))


CODECS: dict[str, tuple[int, Callable[[bytes], bytes]]] = {
    "gzip": (1, codecs.gzip_encode),
    "snappy": (2, codecs.snappy_encode),
    "lz4": (3, codecs.lz4_encode),
    "zstd": (4, codecs.zstd_encode),
    "gzip, many members": (1, _in_parts(gzip.compress)),
    "snappy, one block": (2, lambda data: bytes(cramjam.snappy.compress_raw(data))),
    "zstd, many frames": (4, _in_parts(zstandard.compress)),
    "zstd, no size": (4, lambda data: zstandard.ZstdCompressor(write_content_size=False).compress(data)),
}
each_codec = pytest.mark.parametrize("name", CODECS)

Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]


def batch(codec: int, records: list[Record], first: int = 0) -> bytes:
    """Return a batch of such records, with the offset of the first."""
    builder = DefaultRecordBatchBuilder(2, codec, 0, -1, -1, 0, 1 << 31)
    for offset, (key, value, headers) in enumerate(records):
        assert builder.append(offset, 1_000 + offset, key, value, headers)
    return first.to_bytes(8, "big") + bytes(builder.build())[8:]


def fetched(*stored: bytes, offset: int = 0) -> Any:  # noqa: ANN401 - aiokafka's
    """Return what aiokafka has of batches once it has fetched them."""
    batches.install()
    partition = TopicPartition("raw", 0)
    records = fetcher.PartitionRecords(
        partition, fetcher.MemoryRecords(b"".join(stored)), [], offset, None, None, True, 0
    )
    return fetcher.FetchResult(
        partition, assignment=_Assignment(offset), partition_records=records, backoff=0
    )


class _Assignment:
    """A partition that is ours, and where we are in it."""

    active = True
    paused = False

    def __init__(self, position: int) -> None:
        self.position = position

    def state_value(self, _: object) -> _Assignment:
        return self

    def consumed_to(self, position: int) -> None:
        self.position = position


@each_codec
@given(data=st.binary(max_size=2_000))
def test_what_was_packed_is_unpacked(name: str, data: bytes) -> None:
    """Whole, where there is just room for it."""
    codec, pack = CODECS[name]
    assert unpack(codec, pack(data), len(data)) == Unpacked(bytearray(data), whole=True)


@each_codec
@given(data=st.binary(min_size=1, max_size=2_000), share=st.floats(0, 0.999))
def test_no_more_is_unpacked_than_there_is_room_for(name: str, data: bytes, share: float) -> None:
    """And it is said that this is not all."""
    codec, pack = CODECS[name]
    most = int(share * len(data))
    found = unpack(codec, pack(data), most)
    assert not found.whole
    assert data.startswith(found.data)
    assert len(found.data) == most or (codec == 2 and len(found.data) < most)


@pytest.mark.parametrize("name", list(CODECS)[:4])
def test_a_bomb_takes_no_memory(name: str) -> None:
    """A hundred megabytes of nothing, of which one is asked for."""
    codec, pack = CODECS[name]
    packed = pack(bytes(100_000_000))
    tracemalloc.start()
    try:
        found = unpack(codec, packed, 1_000_000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not found.whole
    assert len(found.data) <= 1_000_000
    assert peak < 4_000_000 + 2 * len(packed)


@each_codec
def test_what_is_broken_is_said_to_be(name: str) -> None:
    """As aiokafka says it, whatever library has unpacked."""
    codec, pack = CODECS[name]
    with pytest.raises(CorruptRecordException, match="does not unpack"):
        unpack(codec, b"\xff" + pack(b"x" * 1_000)[1:])


def test_a_codec_that_is_none_is_said() -> None:
    """Kafka has five, and room for three more."""
    with pytest.raises(CorruptRecordException, match="unknown compression codec 7"):
        unpack(7, b"")


@pytest.mark.parametrize("codec", range(5))
def test_records_are_those_that_went_in(codec: int) -> None:
    """Keys, values and headers, offsets and times; with none, and from the middle of a batch."""
    records: list[Record] = [
        (b"key", b"value", [("name", b"held"), ("none", None)]),
        (None, None, []),
        (b"", b"", [("", b"")]),
    ]
    found = fetched(batch(codec, records, first=7), batch(codec, records, first=10), offset=8).getall()
    assert [record.offset for record in found] == [8, 9, 10, 11, 12]
    assert [(record.key, record.value, list(record.headers)) for record in found] == [*records[1:], *records]
    assert [record.timestamp for record in found] == [1_001, 1_002, 1_000, 1_001, 1_002]


@pytest.mark.parametrize("codec", range(5))
def test_header_names_that_are_no_text_are_written_out(codec: int) -> None:
    """The record they are in and those behind it are read, each once."""
    odd: Record = (b"a", b"b", [("x\xff", b"c")])
    records: list[Record] = [odd, (b"a", b"b", [("name", b"c")]), odd]
    stored = batch(0, records).replace("\u00ff".encode(), b"\xff\xfe")
    if codec:
        # The records as they are, packed anew; the sum is that of the whole.
        stored = _packed(codec, stored)
    batches.install()
    found = list(batches.LenientRecords(stored).next_batch() or ())
    assert [record.headers for record in found] == [
        [("x\\xff\\xfe", b"c")],
        [("name", b"c")],
        [("x\\xff\\xfe", b"c")],
    ]


def _packed(codec: int, stored: bytes) -> bytes:
    """Return a batch with its records packed; its sum is wrong then, which nobody looks at here."""
    pack = next(pack for number, pack in CODECS.values() if number == codec)
    body = pack(stored[61:])
    head = bytearray(stored[:61])
    head[8:12] = (49 + len(body)).to_bytes(4, "big")
    head[22] = codec
    return bytes(head) + body


@pytest.mark.parametrize("codec", range(1, 5))
def test_of_a_bomb_the_records_that_fit_are_read(monkeypatch: pytest.MonkeyPatch, codec: int) -> None:
    """Each of the others is still a record, of which it is known that it was not read."""
    monkeypatch.setattr(batches, "unpack", lambda codec, packed: unpack(codec, packed, 70_000))
    records: list[Record] = [
        (b"first", b"good" * 10_000, []),
        (b"second", bytes(1_000_000), []),
        (b"third", b"good", []),
    ]
    found = fetched(batch(codec, records, first=5), batch(codec, records[:1], first=8), offset=5).getall()
    assert [(record.offset, record.key, record.value) for record in found] == [
        (5, b"first", b"good" * 10_000),
        (6, None, b""),
        (7, None, b""),
        (8, b"first", b"good" * 10_000),
    ]
    assert [isinstance(record.value, Unread) for record in found] == [False, True, True, False]


def test_records_are_taken_in_parts_that_memory_has_room_for() -> None:
    """By bytes or by their number, none twice, none left out; the position is behind what was given."""
    large: list[Record] = [(None, bytes(900_000), []) for _ in range(10)]
    small: list[Record] = [(None, None, []) for _ in range(12_000)]
    result = fetched(batch(4, large), batch(4, small, first=10))
    parts = list(itertools.takewhile(bool, iter(result.getall, None)))
    assert [len(part) for part in parts] == [3, 3, 3, 10_000, 2_001]
    assert [record.offset for part in parts for record in part] == list(range(12_010))
    assert result._assignment.position == 12_010
    assert not result.has_more()


def test_as_many_records_are_taken_as_are_asked_for() -> None:
    """Where that is less."""
    result = fetched(batch(0, [(None, b"x", [])] * 5))
    assert [len(result.getall(2)) for _ in range(4)] == [2, 2, 1, 0]


def test_nothing_is_unpacked_that_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many batches one at a time."""
    unpacked: list[int] = []

    def counted(codec: int, packed: bytes) -> Unpacked:
        unpacked.append(codec)
        return unpack(codec, packed)

    monkeypatch.setattr(batches, "unpack", counted)
    result = fetched(*(batch(1, [(None, b"x", [])], first=first) for first in range(5)))
    assert len(result.getall(2)) == len(unpacked) == 2
