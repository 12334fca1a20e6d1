"""Web archives (WARC), as Common Crawl publishes news: each page that is one becomes an article.

Of a WARC file the responses count that a server gave with status 200 and as HTML; requests, robots.txt,
images and redirects are passed by. A page's address is the article's id, so that its versions stay in order;
title, author, site and time of publication are what the page itself says of them, and the time at which it
was fetched is not taken for one. The library that reads WARC is an extra: ``kabar[warc]``.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from streams.decoding import MAX_BYTES
from streams.errors import ErrorType


if TYPE_CHECKING:
    import io
    from collections.abc import Iterator

    from fastwarc.warc import WarcRecord


KIND = ".warc"

MISSING = "web archives (WARC) need a library that is not installed: pip install 'kabar[warc]'"

_HTML = ("text/html", "application/xhtml+xml")
_OK = 200
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*+=\s*+["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LANGUAGE = re.compile(r"""<html[^>]{0,500}?\slang\s*+=\s*+["']?([\w-]{1,20})""", re.IGNORECASE)
_HEAD = 4_096
"""Bytes or characters at a page's start in which its encoding and language are looked for."""

_DATES = {"extensive_search": False, "original_date": True, "outputformat": "%Y-%m-%dT%H:%M:%S%z"}


class Page(NamedTuple):
    """One page: the number of its record in the file, from 1, and the raw article that it is, as JSON."""

    number: int
    value: bytes


class Damage(NamedTuple):
    """A record that cannot be read: its number, the kind of error, and words for a person."""

    number: int
    type: str
    message: str


def available() -> bool:
    """Tell whether the library that reads WARC is installed."""
    return find_spec("fastwarc") is not None


def pages(stream: io.BufferedReader) -> Iterator[Page | Damage]:
    """Yield each page of an uncompressed WARC, and in their places the records that cannot be read.

    What is behind a record that is no WARC at all is not read any more.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType  # noqa: PLC0415 - an extra

    records = iter(
        ArchiveIterator(
            stream,
            record_types=WarcRecordType.any_type,
            parse_http=True,
            auto_decode="all",
            stream_detect=False,
        )
    )
    number = 0
    while True:
        number += 1
        try:
            record = next(records)
            found = _page(number, record) if record.record_type == WarcRecordType.response else None
        except StopIteration:
            if number == 1:
                yield Damage(number, ErrorType.EMPTY, "a WARC without a record")
            return
        except EOFError:
            raise
        except (OSError, ValueError) as error:
            yield Damage(number, "broken", f"no WARC record that can be read ({error})")
            return
        if found is not None:
            yield found


def _page(number: int, record: WarcRecord) -> Page | Damage | None:
    """Return the page in a response; None where it is none."""
    if not record.is_http:
        return None
    if not record.is_http_parsed or record.http_headers.status_code is None:
        return Damage(number, "broken", "an HTTP response that is cut off or damaged")
    kind = (record.http_content_type or "").lower()
    if record.http_headers.status_code != _OK or (kind and kind not in _HTML):
        return None
    body = record.reader.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return Damage(number, ErrorType.TOO_LARGE, f"a page of over {MAX_BYTES} bytes")
    encoded = any(name in record.http_headers for name in ("Content-Encoding", "Transfer-Encoding"))
    if len(body) < record.content_length and not encoded:
        return Damage(number, "broken", f"a page that is cut off behind byte {len(body)}")
    if not kind:
        return None
    html = _text(body, record.http_charset)
    if not html.strip():
        return None
    return Page(number, orjson.dumps(_article(html, record.headers.get("WARC-Target-URI"))))


def _text(body: bytes, charset: str | None) -> str:
    """Return a page's bytes as text: by what its server says, by what it says itself, else as UTF-8."""
    named = _META.search(body[:_HEAD])
    for encoding in (charset, named and named[1].decode()):
        if encoding:
            try:
                return body.decode(encoding)
            except (LookupError, UnicodeDecodeError):
                continue
    return body.decode("utf-8", "replace")


def _article(html: str, address: str | None) -> dict[str, Any]:
    """Return the raw article of a page: the page, and what it says of itself."""
    from trafilatura import extract_metadata  # noqa: PLC0415 - it takes a while, and is of web archives alone

    address = address and address.strip("<>")
    told = extract_metadata(html, default_url=address, date_config=_DATES)
    language = _LANGUAGE.search(html[:_HEAD])
    found: dict[str, Any] = {
        "id": address,
        "url": address,
        "title": told.title if told else None,
        "published_at": told.date if told else None,
        "source": (told.sitename or told.hostname) if told else None,
        "authors": [name.strip() for name in (told.author or "").split(";") if name.strip()]
        if told
        else None,
        "language": language and language[1],
        "html": html,
    }
    return {name: value for name, value in found.items() if value}
