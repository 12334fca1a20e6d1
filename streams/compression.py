"""Zstandard as a stream that notices when it is cut off."""

from __future__ import annotations

import io
from typing import IO

import zstandard


_READ = 512
"""Compressed bytes taken at a time. A block of 4 bytes may stand for 128 kB, so this is what
bounds memory against an archive made to burst it: 16 MB."""


class ZstdStream(io.RawIOBase):
    """The decompressed bytes of a zstd file of one frame or many.

    zstandard's own reader takes the end of a truncated file for the end of its data; this
    one raises EOFError there, and for bytes that are not zstd, as gzip does.
    """

    def __init__(self, stored: IO[bytes]) -> None:
        super().__init__()
        self._stored = stored
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        """Return True: that is all this stream is for."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` with what comes next; return how many bytes, 0 at the end."""
        while not self._output:
            if not self._input:
                self._input = self._stored.read(_READ)
            if not self._input:
                if self._frame is not None:
                    raise EOFError("the last zstd frame has no end")
                return 0
            self._output = memoryview(self._decompress())
        count = min(len(buffer), len(self._output))
        buffer[:count] = self._output[:count]
        self._output = self._output[count:]
        return count

    def _decompress(self) -> bytes:
        """Return what the next stretch of input gives, which may be nothing yet."""
        if self._frame is None:
            self._frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            output = self._frame.decompress(self._input)
        except zstandard.ZstdError as error:
            raise EOFError(str(error)) from None
        # What lies behind the end of a frame is the start of the next one.
        self._input = self._frame.unused_data if self._frame.eof else b""
        if self._frame.eof:
            self._frame = None
        return output
