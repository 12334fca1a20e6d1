"""Step 2: the text to read, from plain text or HTML.

Plain text keeps its length: what cannot be shown becomes a space, so that offsets are
those of the publisher's own text. HTML is read by trafilatura, which drops navigation,
advertising and comments; what it finds nothing in is read whole by lxml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import lxml.etree
import lxml.html
import regex
import trafilatura

from streams.errors import ArticleError, ErrorType, Stage


if TYPE_CHECKING:
    from streams.records import RawArticle


class Document(NamedTuple):
    """The text that is read, and where its title ends in it (0: it has no title)."""

    text: str
    title_end: int


# Control characters, lone surrogates and noncharacters; tab and line feed stay.
_UNREADABLE = regex.compile(r"[\p{Cc}\p{Cs}\uFDD0-\uFDEF\uFFFE\uFFFF--[\t\n]]", regex.VERSION1)
_TAG = regex.compile(
    r"</(?:p|div|span|a|b|i|em|strong|ul|li|h[1-6]|article|body|html)\s*>|<br\s*/?>|<p[\s>]", regex.IGNORECASE
)
_PAGE = regex.compile(r"<(?:html|body|head|!doctype)[\s>]", regex.IGNORECASE)
_BLANK_LINES = regex.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption dd div dl dt figcaption figure footer h1 h2 h3 h4
    h5 h6 header hr li main nav ol p pre section table td th title tr ul
    """.split()  # noqa: SIM905 - forty names read better in lines than in a column
)
_SILENT = frozenset(["script", "style", "template", "noscript", "head", "svg", "iframe", "object"])


def clean(raw: RawArticle) -> Document:
    """Return the text of an article, title first, then a blank line, then the body.

    A title that the body already begins with is not repeated. Raises
    :class:`ArticleError` (stage ``clean``, type ``no_text``) where nothing is left.
    """
    title = plain(raw.title or "").strip()
    if raw.text and raw.text.strip():
        body = from_html(raw.text) if _TAG.search(raw.text) else plain(raw.text)
    else:
        body = from_html(raw.html or "")
    stripped = body.lstrip()
    if not title or stripped.startswith(title):
        start = len(body) - len(stripped)
        text, title_end = body, start + len(title) if title else 0
    else:
        text = f"{title}\n\n{body}" if stripped else title
        title_end = len(title)
    if not text.strip():
        raise ArticleError(Stage.CLEAN, ErrorType.NO_TEXT, "nothing is left to read once HTML is taken off")
    return Document(text, title_end)


def plain(text: str) -> str:
    """Return ``text`` with each character that cannot be shown replaced by a space; same length."""
    return _UNREADABLE.sub(" ", text)


def from_html(html: str) -> str:
    """Return the readable text of an HTML page or fragment, a line for each block.

    Of a whole page (one with ``<html>`` or ``<body>``) the article alone is taken.
    """
    if not html.strip():
        return ""
    html = plain(html)
    whole = _blocks(html)
    if _PAGE.search(html):
        # fast: no second and third opinion by other extractors, which cost seconds on large pages.
        main = trafilatura.extract(
            html, fast=True, include_comments=False, include_tables=True, favor_recall=True
        )
        if main and main.strip():
            return plain(main).strip()
    return whole


def _blocks(html: str) -> str:
    """Return all text of ``html`` in document order, with line ends between blocks."""
    parser = lxml.html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(html, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return ""
    parts: list[str] = []
    silent: object | None = None
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        block = element.tag in _BLOCKS
        if event == "start":
            if silent is None and element.tag in _SILENT:
                silent = element
            if block:
                parts.append("\n")
            if silent is None and element.text:
                parts.append(_one_line(element.text))
        else:
            if block:
                parts.append("\n")
            if silent is element:
                silent = None
            if silent is None and element.tail:
                parts.append(_one_line(element.tail))
    return _BLANK_LINES.sub("\n\n", "".join(parts)).strip()


_WHITE_SPACE = regex.compile(r"[ \t\n]+")


def _one_line(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text)
