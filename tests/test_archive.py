"""Archives are read one record at a time, and what is broken in them is said and passed by."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from streams import archive
from streams.archive import Archive, ArchiveError, Entry, Fault
from streams.decoding import MAX_BYTES, decode


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}


def values(*paths: Path | str) -> list[bytes]:
    """Return the values of all records, which must all be readable."""
    return [entry.value for entry in entries(*paths)]


def entries(*paths: Path | str) -> list[Entry]:
    """Return all records, which must all be readable."""
    found = list(Archive(paths))
    assert not [item for item in found if isinstance(item, Fault)]
    return [item for item in found if isinstance(item, Entry)]


def write(path: Path, content: bytes) -> Path:
    """Write a file, packed as its name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(PACKERS.get(path.suffix, bytes)(content))
    return path


@pytest.mark.parametrize("packed", PACKERS)
@pytest.mark.parametrize("kind", [".jsonl", ".ndjson", ".JSONL"])
def test_lines_come_byte_for_byte_with_their_numbers(tmp_path: Path, kind: str, packed: str) -> None:
    """A record is the bytes between two line ends; blank lines count and are no records."""
    path = write(tmp_path / f"day{kind}{packed}", b'{"a" : 1}\n\n{"b":2}\r\n  \n not json \xff\n{"c":3}')
    assert entries(path) == [
        Entry(str(path), 1, b'{"a" : 1}'),
        Entry(str(path), 3, b'{"b":2}'),
        Entry(str(path), 5, b" not json \xff"),
        Entry(str(path), 6, b'{"c":3}'),
    ]


def test_blank_lines_are_handed_out_where_every_line_is_asked_for(tmp_path: Path) -> None:
    """``keep_blank`` makes a record of every line."""
    path = write(tmp_path / "a.jsonl", b"1\n\n2\n")
    assert [item.value for item in Archive([path], keep_blank=True) if isinstance(item, Entry)] == [
        b"1",
        b"",
        b"2",
    ]


@given(
    lines=st.lists(st.binary(min_size=1, max_size=50).filter(lambda line: line.strip() and b"\n" not in line))
)
@pytest.mark.parametrize("packed", PACKERS)
def test_what_was_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, packed: str, lines: list[bytes]
) -> None:
    """Any lines come back as they are, in order, from any compression."""
    path = tmp_path_factory.mktemp("archive") / f"a.jsonl{packed}"
    write(path, b"".join(line + b"\n" for line in lines))
    assert values(path) == [line.removesuffix(b"\r") for line in lines]


@pytest.mark.parametrize("packed", PACKERS)
def test_a_json_file_is_one_record_as_it_is(tmp_path: Path, packed: str) -> None:
    """Line ends inside a record stay."""
    content = b'{\n  "text": "one"\n}\n'
    assert values(write(tmp_path / f"a.json{packed}", content)) == [content]


@pytest.mark.parametrize(
    ("name", "field"), [("a.txt", "text"), ("a.html", "html"), ("a.htm", "html"), ("a.txt.gz", "text")]
)
def test_a_text_or_page_becomes_one_article_with_an_id_of_its_content(
    tmp_path: Path, name: str, field: str
) -> None:
    """The content is taken as it is; where the file lies is nowhere in the record."""
    content = "  Dua <b>orang</b>\r\n\ttewas.\n"
    here, there = (write(tmp_path / folder / name, content.encode()) for folder in ("x", "y"))
    (value,) = values(here)
    assert values(there) == [value]
    record = orjson.loads(value)
    assert record == {"id": decode(value).id, field: content}
    assert decode(orjson.dumps({field: content})).id == record["id"]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    """The mark that some editors write is not the first character of an article."""
    (value,) = values(write(tmp_path / "a.txt", b"\xef\xbb\xbfDua"))
    assert orjson.loads(value)["text"] == "Dua"


def test_text_that_is_not_utf8_is_a_fault_that_names_the_byte(tmp_path: Path) -> None:
    """The file, the offset and the byte are said; the next file is read."""
    bad, good = write(tmp_path / "a.txt", "café".encode("latin-1")), write(tmp_path / "b.txt", b"fine")
    fault, entry = Archive([bad, good])
    assert str(fault) == f"{bad}:1: archive/not_utf8: not UTF-8 at byte 3 (0xE9)"
    assert isinstance(entry, Entry)


def test_a_page_is_read_in_the_encoding_it_declares(tmp_path: Path) -> None:
    """Old pages are often in an 8-bit encoding, and say so."""
    page = '<html><head><meta charset="windows-1251"></head><body>Двое убиты</body></html>'
    (value,) = values(write(tmp_path / "a.html", page.encode("windows-1251")))
    assert orjson.loads(value)["html"] == page


@pytest.mark.parametrize("charset", ["no-such-charset", "utf-8", "ascii"])
def test_a_page_that_declares_what_it_is_not_is_a_fault(tmp_path: Path, charset: str) -> None:
    """A wrong or unknown encoding is said, never guessed at."""
    page = write(tmp_path / "a.html", f'<meta charset="{charset}">caf'.encode() + b"\xe9")
    (fault,) = Archive([page])
    assert isinstance(fault, Fault)
    assert fault.type == "not_utf8"


def test_a_folder_is_read_recursively_in_order(tmp_path: Path) -> None:
    """Files are sorted by path; hidden ones and other kinds are none of ours."""
    for name in (
        "b.jsonl",
        "a/z.txt",
        "a/b/c.jsonl.gz",
        "a.jsonl",
        ".hidden.jsonl",
        ".git/x.txt",
        "notes.md",
        "x.tar.gz",
    ):
        write(tmp_path / name, b"1")
    found = [str(entry.file).removeprefix(f"{tmp_path}/") for entry in entries(tmp_path)]
    assert found == ["a/b/c.jsonl.gz", "a/z.txt", "a.jsonl", "b.jsonl"]


@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_an_archive_that_is_cut_off_gives_what_is_whole_and_then_a_fault(tmp_path: Path, packed: str) -> None:
    """The lines before the cut are read, the cut is said with file and line, the next file follows."""
    lines = b"".join(b'{"n":%d,"x":"%s"}\n' % (n, str(hash((n, "x"))).encode()) for n in range(50_000))
    path = write(tmp_path / f"a.jsonl{packed}", lines)
    path.write_bytes(path.read_bytes()[:-20_000])
    after = write(tmp_path / "b.jsonl", b"{}")
    *whole, fault, last = Archive([path, after])
    assert len(whole) > 1_000
    assert [item.value for item in whole if isinstance(item, Entry)] == lines.splitlines()[: len(whole)]
    assert isinstance(fault, Fault)
    assert (fault.file, fault.line, fault.type) == (str(path), len(whole) + 1, "broken")
    assert last == Entry(str(after), 1, b"{}")


@pytest.mark.parametrize("packed", [".gz", ".zst"])
@pytest.mark.parametrize("content", [b"this is not compressed at all", b"\x00" * 4096])
def test_bytes_that_are_not_compressed_are_a_fault(tmp_path: Path, packed: str, content: bytes) -> None:
    """A name promises what the bytes do not hold."""
    path = tmp_path / f"a.jsonl{packed}"
    path.write_bytes(content)
    (fault,) = Archive([path])
    assert isinstance(fault, Fault)
    assert fault.type == "broken"


@pytest.mark.parametrize("packed", [".gz", ".zst"])
def test_an_archive_of_several_compressed_parts_is_read_to_its_end(tmp_path: Path, packed: str) -> None:
    """Daily files are often joined by ``cat``."""
    path = tmp_path / f"a.jsonl{packed}"
    path.write_bytes(PACKERS[packed](b"1\n2\n") + PACKERS[packed](b"3\n"))
    assert values(path) == [b"1", b"2", b"3"]


def test_a_line_over_the_limit_is_a_fault_and_the_next_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is that of one article; a line of exactly so much is read."""
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    path = write(
        tmp_path / "a.jsonl", b"a" * 100 + b"\n" + b"b" * 101 + b"\n" + b"c" * 1000 + b"\nd\n" + b"e" * 500
    )
    found = list(Archive([path]))
    assert [(item.line, isinstance(item, Entry)) for item in found] == [
        (1, True),
        (2, False),
        (3, False),
        (4, True),
        (5, False),
    ]
    assert {item.type for item in found if isinstance(item, Fault)} == {"too_large"}


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.html"])
def test_a_file_over_the_limit_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One article has a size that is sane."""
    monkeypatch.setattr(archive, "MAX_BYTES", 100)
    (fault,) = Archive([write(tmp_path / name, b"a" * 101)])
    assert isinstance(fault, Fault)
    assert fault.type == "too_large"


@pytest.mark.parametrize("packed", PACKERS)
def test_memory_stays_bounded_however_large_the_archive(tmp_path: Path, packed: str) -> None:
    """Two hundred megabytes of zeros in one line, and a good line behind them."""
    path = write(tmp_path / f"a.jsonl{packed}", bytes(200_000_000) + b"\n{}\n")
    tracemalloc.start()
    found = list(Archive([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(item) for item in found] == [Fault, Entry]
    assert peak < 8 * MAX_BYTES


def test_the_position_runs_from_nothing_to_the_size_of_all_files(tmp_path: Path) -> None:
    """Progress is measured in bytes as they are stored."""
    paths = [write(tmp_path / name, b"{}\n" * 100_000) for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl.zst")]
    reading = Archive(paths)
    assert reading.position == 0
    seen = [reading.position for _ in reading]
    assert seen == sorted(seen)
    assert reading.position == reading.size == sum(path.stat().st_size for path in paths)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.jsonl", "No such file"),
        ("empty", "no archives in this folder"),
        ("notes.md", "not a kind of archive"),
        ("a\0b", "null"),
    ],
)
def test_a_path_that_is_no_archive_is_an_error_before_anything_is_read(
    tmp_path: Path, name: str, said: str
) -> None:
    """The error names the path and what is wrong with it."""
    (tmp_path / "empty").mkdir()
    write(tmp_path / "notes.md", b"x")
    with pytest.raises(ArchiveError, match=said):
        Archive([write(tmp_path / "fine.jsonl", b"{}"), str(tmp_path / name)])


def test_standard_input_can_be_named_once_only() -> None:
    """There is one standard input."""
    with pytest.raises(ArchiveError, match="once only"):
        Archive(["-", "-"])
