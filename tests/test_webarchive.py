"""Web archives: each page of a WARC is an article, and what is none is passed by."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from fastwarc.warc import WarcRecord, WarcRecordType

from streams import webarchive
from streams.archive import Archive, ArchiveError, Entry, Fault
from streams.decoding import MAX_BYTES, decode
from streams.enrichment import enrich
from tests.embedded import Embedded, kabar, process


if TYPE_CHECKING:
    from pathlib import Path

PAGE = """<!doctype html><html lang="uk"><head><meta charset="utf-8"><title>Удар по Харкову | Редакція</title>
<meta property="og:title" content="Удар по Харкову"><meta property="og:site_name" content="Редакція">
<meta property="article:published_time" content="2026-10-04T11:20:00+03:00">
<meta name="author" content="Ганна Коваль"></head>
<body><nav>Головна</nav><article><h1>Удар по Харкову</h1>
<p>Щонайменше 12 людей загинули внаслідок ракетного удару по Харкову,
повідомив губернатор у неділю вранці.</p>
</article></body></html>"""


def response(
    address: str,
    body: bytes,
    kind: str = "text/html; charset=utf-8",
    status: str = "200 OK",
    *more: str,
) -> WarcRecord:
    """Return a record of what a server answered."""
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers["WARC-Target-URI"] = address
    record.headers["Content-Type"] = "application/http; msgtype=response"
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *more])
    record.set_bytes_content(f"{head}\r\n\r\n".encode() + body)
    return record


def other(type_: WarcRecordType, body: bytes) -> WarcRecord:
    """Return a record that is no response."""
    record = WarcRecord()
    record.init_headers(type_)
    record.set_bytes_content(body)
    return record


def warc(*records: WarcRecord) -> bytes:
    """Return the bytes of a file of records."""
    written = io.BytesIO()
    for record in records:
        record.write(written)
    return written.getvalue()


def read(path: Path, data: bytes) -> list[Entry | Fault]:
    """Return what an archive of these bytes holds."""
    path.write_bytes(data)
    return list(Archive([path]))


def article(entry: Entry | Fault) -> dict[str, Any]:
    """Return the raw article of an entry."""
    assert isinstance(entry, Entry), entry
    found: dict[str, Any] = json.loads(entry.value)
    return found


def test_a_page_is_an_article_with_what_it_says_of_itself(tmp_path: Path) -> None:
    """Address, title, time, site, author and language; and it is read as any page is."""
    [entry] = read(tmp_path / "a.warc", warc(response("https://example.org/a", PAGE.encode())))
    found = article(entry)
    assert found.pop("html") == PAGE
    assert found == {
        "id": "https://example.org/a",
        "url": "https://example.org/a",
        "title": "Удар по Харкову",
        "published_at": "2026-10-04T11:20:00+0300",
        "source": "Редакція",
        "authors": ["Ганна Коваль"],
        "language": "uk",
    }
    assert isinstance(entry, Entry)
    [figure] = enrich(decode(entry.value)).figures
    assert (figure.low, figure.kind) == (12, "killed")


@pytest.mark.parametrize("name", ["news.warc.gz", "news.warc"])
def test_what_is_no_page_is_passed_by(tmp_path: Path, name: str) -> None:
    """Also where each record is compressed, as Common Crawl's are; places are numbers of records."""
    records = [
        other(WarcRecordType.warcinfo, b"software: a crawler\r\n"),
        other(WarcRecordType.request, b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"),
        response("https://example.org/a", PAGE.encode()),
        response("https://example.org/robots.txt", b"User-agent: *", "text/plain"),
        response("https://example.org/a.png", b"\x89PNG", "image/png"),
        response("https://example.org/gone", b"<p>gone</p>", "text/html", "404 Not Found"),
        response("https://example.org/empty", b" \n", "text/html"),
        response("https://example.org/b", PAGE.encode()),
    ]
    parts = [warc(record) for record in records]
    data = b"".join(map(gzip.compress, parts)) if name.endswith(".gz") else b"".join(parts)
    found = read(tmp_path / name, data)
    assert [article(entry)["url"] for entry in found] == ["https://example.org/a", "https://example.org/b"]
    assert [entry.line for entry in found] == [3, 8]


@pytest.mark.parametrize(
    ("body", "kind", "more"),
    [
        (PAGE.encode("windows-1251").replace(b"utf-8", b"x"), "text/html; charset=windows-1251", ()),
        (PAGE.replace("utf-8", "windows-1251").encode("windows-1251"), "text/html", ()),
        (gzip.compress(PAGE.encode()), "text/html; charset=utf-8", ("Content-Encoding: gzip",)),
        (PAGE.encode(), "text/html; charset=no-such-thing", ()),
    ],
    ids=["the server names it", "the page names it", "compressed", "an encoding that there is not"],
)
def test_the_encoding_of_a_page_is_found(
    tmp_path: Path, body: bytes, kind: str, more: tuple[str, ...]
) -> None:
    """By its server, by itself, else UTF-8."""
    [entry] = read(tmp_path / "a.warc", warc(response("https://example.org/a", body, kind, "200 OK", *more)))
    assert article(entry)["title"] == "Удар по Харкову"


def test_what_is_damaged_is_said_in_its_place(tmp_path: Path) -> None:
    """A page too large, a file cut off, what is no WARC: the place; the rest is read where it can be."""
    large = warc(response("https://example.org/large", b"<p>" + b"x" * MAX_BYTES))
    whole = warc(response("https://example.org/a", PAGE.encode()))
    first, second = read(tmp_path / "large.warc", large + whole)
    assert isinstance(first, Fault)
    assert (first.line, first.type) == (1, "too_large")
    assert article(second)["url"] == "https://example.org/a"
    for end in (whole.index(b"HTTP/1.1") + 20, whole.index("Щонайменше".encode())):
        [cut] = read(tmp_path / "cut.warc", whole[:end])
        assert isinstance(cut, Fault)
        assert (cut.type, "cut off" in cut.message) == ("broken", True)
    one, garbage = read(tmp_path / "garbage.warc", whole + b"no record at all\r\n" * 5)
    assert isinstance(one, Entry)
    assert isinstance(garbage, Fault)
    assert (garbage.line, garbage.type) == (2, "broken")
    [nothing] = read(tmp_path / "nothing.warc", b"")
    assert isinstance(nothing, Fault)
    packed = gzip.compress(whole)
    faults = [
        one for one in read(tmp_path / "half.warc.gz", packed[: len(packed) // 2]) if isinstance(one, Fault)
    ]
    assert len(faults) == 1


def test_without_the_library_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is read, also for a folder; other archives are read as ever."""
    (tmp_path / "a.warc").write_bytes(warc(response("https://example.org/a", PAGE.encode())))
    monkeypatch.setattr(webarchive, "find_spec", lambda _: None)
    for path in (tmp_path / "a.warc", tmp_path):
        with pytest.raises(ArchiveError, match=r"pip install 'kabar\[warc\]'"):
            Archive([path])
    refused = kabar("replay", "--dry-run", tmp_path / "a.warc")
    assert refused.status == 2
    assert "kabar[warc]" in refused.err


def test_a_web_archive_is_replayed(embedded: Embedded, tmp_path: Path) -> None:
    """Each page under its address, at what time it says it came out; from standard input too."""
    data = b"".join(
        gzip.compress(warc(response(f"https://example.org/{name}", PAGE.encode()))) for name in "ab"
    )
    path = tmp_path / "news.warc.gz"
    path.write_bytes(data)
    env = {
        "KABAR_BROKER_URL": f"kafka://{embedded.settings.broker_url[0]}",
        "KABAR_TOPIC_RAW": embedded.settings.topic_raw,
    }
    done = kabar("replay", path, "--since", "2026-10-04", env=env)
    assert (done.status, done.err) == (0, "")
    records = embedded.records(embedded.settings.topic_raw)
    assert sorted(record.key for record in records) == [b"https://example.org/a", b"https://example.org/b"]
    with process("replay", "--dry-run", "-") as piped:
        printed, _ = piped.communicate(data, timeout=120)
    assert piped.returncode == 0
    assert b"would publish 2 records" in printed
