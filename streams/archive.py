"""Archives: stored articles, read one at a time whatever their size.

An archive is a file of records (``.jsonl``), a web archive (``.warc``), a file that is one
article (``.json``, ``.txt``, ``.html``), each of them also compressed (``.gz``, ``.zst``), a folder of
such files, or standard input. What cannot be read is handed out as a :class:`Fault` in its place, and
reading goes on with the next line or file.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson

from streams import webarchive
from streams.compression import ZstdStream
from streams.decoding import MAX_BYTES
from streams.errors import ErrorType
from streams.records import RawArticle


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


STDIN = "-"
LINES = (".jsonl", ".ndjson")
WHOLE = (".json", ".txt", ".html", ".htm")
WEB = (webarchive.KIND,)
COMPRESSED = (".gz", ".zst")

_BOM = b"\xef\xbb\xbf"
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?([\w.:-]{1,40})""", re.IGNORECASE)
_BUFFER = 131_072


class ArchiveError(Exception):
    """An archive that cannot be opened at all: it is missing, of no known kind, or empty of archives."""


class Entry(NamedTuple):
    """One raw record: its bytes, and where they stand (lines, and records of a WARC, count from 1)."""

    file: str
    line: int
    value: bytes


class Fault(NamedTuple):
    """A place in an archive that cannot be read, with what is wrong there."""

    file: str
    line: int
    stage: str
    type: str
    message: str

    def __str__(self) -> str:
        """Return the fault as one line for a person."""
        return f"{self.file}:{self.line}: {self.stage}/{self.type}: {self.message}"


class Archive:
    """The records of files, folders and standard input, in the order given.

    A folder is read recursively, its files sorted by path. ``keep_blank`` hands out blank
    lines too, which JSONL otherwise takes for nothing. Raises :class:`ArchiveError` before
    anything is read where a path is missing or of no known kind.
    """

    def __init__(self, paths: Sequence[str | Path], *, keep_blank: bool = False) -> None:
        self.files = tuple(file for path in paths for file in _files(str(path)))
        if self.files.count(STDIN) > 1:
            raise ArchiveError("standard input (-) can be read once only")
        self._keep_blank = keep_blank
        self._stored: io.FileIO | None = None
        self._behind = 0

    @property
    def size(self) -> int | None:
        """Return the bytes of all files as they are stored; None where that cannot be known."""
        return sum(map(_size, self.files)) if all(Path(file).is_file() for file in self.files) else None

    @property
    def position(self) -> int:
        """Return how many of those bytes have been read so far."""
        stored = self._stored
        return self._behind + (stored.tell() if stored and not stored.closed and stored.seekable() else 0)

    def __iter__(self) -> Iterator[Entry | Fault]:
        """Yield each record, or the fault that stands in its place."""
        for file in self.files:
            name = "<stdin>" if file == STDIN else file
            line = 0
            try:
                with _open(file) as self._stored:
                    for item in self._records(self._stored, file, name):
                        line = item.line
                        yield item
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                yield Fault(
                    name, line + 1, "archive", "broken", f"compressed data is cut off or damaged ({error})"
                )
            except OSError as error:
                yield Fault(name, line + 1, "archive", "unreadable", error.strerror or str(error))
            self._behind, self._stored = self._behind + _size(file), None

    def _records(self, stored: io.FileIO, file: str, name: str) -> Iterator[Entry | Fault]:
        kind, compression = _kind(file)
        stream: io.BufferedReader = io.BufferedReader(stored, _BUFFER)
        with closing(stream):
            if not kind:
                compression = _compression(stream.peek())
            with closing(_decompressed(stream, compression)) as plain:
                kind = kind or _sniff(plain.peek())
                if kind in LINES:
                    yield from _lines(plain, name, keep_blank=self._keep_blank)
                elif kind in WEB:
                    yield from _pages(plain, name)
                else:
                    yield _article(plain, name, kind)


def _files(path: str) -> list[str]:
    """Return the files that a path stands for, or say why there are none."""
    if path == STDIN:
        return [STDIN]
    try:
        Path(path).stat()
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise ArchiveError(f"{path!r}: {error}") from None
    if Path(path).is_dir():
        found = [
            str(Path(folder, file))
            for folder, folders, files in os.walk(path)
            if not folders.sort() and not Path(folder).name.startswith(".")
            for file in files
            if not file.startswith(".") and _kind(file)[0]
        ]
        if not webarchive.available() and (web := [file for file in found if _kind(file)[0] in WEB]):
            raise ArchiveError(f"{web[0]}: {webarchive.MISSING}")
        if not found:
            raise ArchiveError(f"{path}: no archives in this folder ({_known()})")
        return sorted(found, key=lambda file: Path(file).parts)
    if Path(path).is_file():
        if not _kind(path)[0]:
            raise ArchiveError(f"{path}: not a kind of archive that is read ({_known()})")
        if _kind(path)[0] in WEB and not webarchive.available():
            raise ArchiveError(f"{path}: {webarchive.MISSING}")
        if not os.access(path, os.R_OK):
            raise ArchiveError(f"{path}: Permission denied")
    return [path]


def _known() -> str:
    return f"{' '.join(LINES + WEB + WHOLE)}, each also with {' or '.join(COMPRESSED)}"


def _kind(file: str) -> tuple[str, str]:
    """Return the kind of a file and its compression, by its name; '' where the name does not say."""
    suffixes = [suffix.lower() for suffix in Path(file).suffixes]
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSED else ""
    kind = suffixes[-1] if suffixes and suffixes[-1] in LINES + WEB + WHOLE else ""
    return kind, compression


def _size(file: str) -> int:
    return Path(file).stat().st_size if Path(file).is_file() else 0


def _open(file: str) -> io.FileIO:
    # Not buffered here: the position of what is stored is then what progress is measured by.
    return io.FileIO(0, closefd=False) if file == STDIN else io.FileIO(file)


def _compression(start: bytes) -> str:
    if start.startswith(b"\x1f\x8b"):
        return ".gz"
    return ".zst" if start.startswith(b"\x28\xb5\x2f\xfd") else ""


def _sniff(start: bytes) -> str:
    """Return what standard input holds, by the first byte that is not blank."""
    start = start.removeprefix(_BOM).lstrip()
    if not start or start.startswith(b"{"):
        return ".jsonl"
    if start.startswith(b"WARC/"):
        return webarchive.KIND
    return ".html" if start.startswith(b"<") else ".txt"


def _decompressed(stream: io.BufferedReader, compression: str) -> io.BufferedReader:
    if compression == ".gz":
        return io.BufferedReader(gzip.GzipFile(fileobj=stream), _BUFFER)
    if compression == ".zst":
        return io.BufferedReader(ZstdStream(stream), _BUFFER)
    return stream


def _lines(stream: io.BufferedReader, name: str, *, keep_blank: bool) -> Iterator[Entry | Fault]:
    """Yield the lines of a stream; one over the limit is passed by without being held in memory."""
    number = 0
    while line := stream.readline(MAX_BYTES + len(b"\r\n")):
        number += 1
        ended = line.endswith(b"\n")
        line = line.removesuffix(b"\n").removesuffix(b"\r")
        if len(line) > MAX_BYTES:
            del line
            while not ended and (rest := stream.readline(_BUFFER)):
                ended = rest.endswith(b"\n")
            yield Fault(name, number, "archive", ErrorType.TOO_LARGE, f"a line of over {MAX_BYTES} bytes")
        elif keep_blank or line.strip():
            yield Entry(name, number, line)


def _pages(stream: io.BufferedReader, name: str) -> Iterator[Entry | Fault]:
    """Yield the pages of a web archive."""
    if not webarchive.available():
        yield Fault(name, 1, "archive", "unreadable", webarchive.MISSING)
        return
    for found in webarchive.pages(stream):
        if isinstance(found, webarchive.Page):
            yield Entry(name, found.number, found.value)
        else:
            yield Fault(name, found.number, "archive", found.type, found.message)


def _article(stream: io.BufferedReader, name: str, kind: str) -> Entry | Fault:
    """Return the one article that a file is."""
    value = stream.read(MAX_BYTES + 1)
    if len(value) > MAX_BYTES:
        return Fault(name, 1, "archive", ErrorType.TOO_LARGE, f"over {MAX_BYTES} bytes, for one article")
    if kind == ".json":
        return Entry(name, 1, value)
    field = "text" if kind == ".txt" else "html"
    try:
        text = _text(value, declared=field == "html")
    except UnicodeDecodeError as error:
        message = f"not {error.encoding.upper()} at byte {error.start} (0x{value[error.start]:02X})"
        return Fault(name, 1, "archive", ErrorType.NOT_UTF8, message)
    # The id stands in the record, so that whoever reads the raw topic sees it too.
    article = RawArticle(text=text) if field == "text" else RawArticle(html=text)
    return Entry(name, 1, orjson.dumps({"id": article.id, field: text}))


def _text(value: bytes, *, declared: bool) -> str:
    """Return bytes as text: UTF-8, or for a page (``declared``) the encoding that it names."""
    try:
        return value.decode("utf-8-sig")
    except UnicodeDecodeError:
        named = _CHARSET.search(value[:4096]) if declared else None
        if named is None:
            raise
        try:
            return value.decode(named[1].decode())
        except LookupError:
            pass
        raise
