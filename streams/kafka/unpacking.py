"""Compressed batches, unpacked up to a limit.

A megabyte of zstd may stand for thirty gigabytes, and aiokafka unpacks a batch whole: one
batch made for it would end every worker that reads it, again and again. So no more than
:data:`streams.decoding.MOST_UNPACKED` bytes of a batch are unpacked, whatever it says of itself.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

import cramjam
import zstandard
from aiokafka.errors import CorruptRecordException

from streams.decoding import MOST_UNPACKED


if TYPE_CHECKING:
    from collections.abc import Callable


_CHUNK = 1 << 16
_LZ4_RATIO = 255
"""A byte of lz4 stands for no more bytes than that."""

_XERIAL = b"\x82SNAPPY\x00"
"""How snappy in blocks begins, which is how Java writes it; version and compatibility come behind."""

_XERIAL_HEADER = 16


class Unpacked(NamedTuple):
    """What was unpacked: all of it, or only the beginning."""

    data: bytearray
    whole: bool


def unpack(codec: int, packed: bytes, most: int = MOST_UNPACKED) -> Unpacked:
    """Return the records of a batch, as much of them as has room in ``most`` bytes.

    ``codec`` is a number as Kafka has it, 1 to 4. Raises aiokafka's CorruptRecordException
    where ``packed`` is not of that codec.
    """
    if codec not in _CODECS:
        raise CorruptRecordException(f"unknown compression codec {codec}")
    try:
        return _CODECS[codec](packed, most)
    except (zlib.error, zstandard.ZstdError, cramjam.DecompressionError, struct.error) as error:
        raise CorruptRecordException(f"a batch that does not unpack: {error}") from None


def _gzip(packed: bytes, most: int) -> Unpacked:
    found = bytearray()
    while packed and len(found) <= most:
        member = zlib.decompressobj(wbits=31)
        # One byte too many tells that there is more.
        found += member.decompress(packed, most + 1 - len(found))
        packed = member.unused_data if member.eof else b""
    return _first(found, most)


def _snappy(packed: bytes, most: int) -> Unpacked:
    found = bytearray()
    for block in _snappy_blocks(packed):
        # What it says may be a lie, but so much memory is taken for it.
        if len(found) + cramjam.snappy.decompress_raw_len(block) > most:
            return Unpacked(found, whole=False)
        found += memoryview(cramjam.snappy.decompress_raw(block))
    return Unpacked(found, whole=True)


def _snappy_blocks(packed: bytes) -> list[bytes]:
    if not packed.startswith(_XERIAL):
        return [packed]
    blocks, at = [], _XERIAL_HEADER
    while at < len(packed):
        (size,) = struct.unpack_from("!I", packed, at)
        blocks.append(packed[at + 4 : at + 4 + size])
        at += 4 + size
    return blocks


def _lz4(packed: bytes, most: int) -> Unpacked:
    found = bytearray(min(most + 1, _LZ4_RATIO * len(packed) + _CHUNK))
    try:
        del found[cramjam.lz4.decompress_into(packed, found) :]
    except cramjam.DecompressionError:
        if len(found) <= most:
            raise
    return _first(found, most)


def _zstd(packed: bytes, most: int) -> Unpacked:
    found = bytearray()
    reader = zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True)
    while chunk := reader.read(min(_CHUNK, most + 1 - len(found))):
        found += chunk
    return _first(found, most)


def _first(found: bytearray, most: int) -> Unpacked:
    whole = len(found) <= most
    del found[most:]
    return Unpacked(found, whole)


_CODECS: dict[int, Callable[[bytes, int], Unpacked]] = {1: _gzip, 2: _snappy, 3: _lz4, 4: _zstd}
