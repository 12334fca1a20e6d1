"""Step 2: the text to read, from plain text or HTML.

Plain text keeps its length: what cannot be shown becomes a space, so that offsets are
those of the publisher's own text. HTML becomes a line for each block. Of a whole page the
article alone is read: what the page marks as it, else what trafilatura takes for it; what
trafilatura knows as advertising, comments and the like is left out of both.
"""

from __future__ import annotations

import contextlib
import copy
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, cast

import lxml.etree
import lxml.html
import regex
import trafilatura
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.settings import Extractor, use_config
from trafilatura.xpaths import OVERALL_DISCARD_XPATH, REMOVE_COMMENTS_XPATH, TEASER_DISCARD_XPATH

from streams.errors import ArticleError, ErrorType, Stage


if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from streams.records import RawArticle


class Document(NamedTuple):
    """The text that is read, and where its title ends in it (0: it has no title)."""

    text: str
    title_end: int


# Control characters, lone surrogates and noncharacters; tab and line feed stay.
_UNREADABLE = regex.compile(r"[\p{Cc}\p{Cs}\uFDD0-\uFDEF\uFFFE\uFFFF--[\t\n]]", regex.VERSION1)
_TAG = regex.compile(
    r"</(?:p|div|span|a|b|i|em|strong|ul|li|h[1-6]|article|body|html)\s*+>|<br\s*+/?>|<p[\s>]",
    regex.IGNORECASE,
)
_PAGE = regex.compile(r"<(?:html|body|head|!doctype)[\s>]", regex.IGNORECASE)
_SPACES = regex.compile(r" {2,}+")
_BLANK_LINES = regex.compile(r"\n{3,}+")
# Those of HTML, and those that trafilatura makes of them: head (a heading there), item, lb, quote …
_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption dd div dl dt figcaption figure footer h1 h2 h3
    h4 h5 h6 head header hr item lb li list main nav ol p pre quote row section table title tr ul
    """.split()  # noqa: SIM905 - fifty names read better in lines than in a column
)
_SILENT = frozenset(["script", "style", "template", "noscript", "svg", "iframe", "object"])
_CELLS = frozenset(["td", "th", "cell"])
_NO_ARTICLE = frozenset(["nav", "aside", "footer", "form", "button", "select", "dialog", "menu"])

MOST_ELEMENTS = 200_000
"""Elements beyond which a page is not read at all; the largest of news sites have 10,000."""

MOST_DEPTH = 2_000
"""Elements within one another beyond which a page is not read; the parser would stop at 2,048."""

MOST_ATTRIBUTES = 1_000
"""Attributes of one element beyond which a page is not read."""

_UNCOUNTED = 20_000
"""Bytes up to which nothing in a page needs to be counted."""

_MOST_SEARCHED = 30_000
"""Elements beyond which a page is not searched for its article, which would take seconds."""

_LEAST_SHARE = 0.5
"""The share of a page's text below which an article found in it is too little to be all."""


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
    if not title or _begins_with(stripped, title):
        start = len(body) - len(stripped)
        text, title_end = body, start + len(title) if title else 0
    else:
        text = f"{title}\n\n{body}" if stripped else title
        title_end = len(title)
    if not text.strip():
        raise ArticleError(Stage.CLEAN, ErrorType.NO_TEXT, "nothing is left to read once HTML is taken off")
    return Document(text, title_end)


def _begins_with(body: str, title: str) -> bool:
    """Tell whether a body begins with its title, and not only with a longer word that does."""
    return body.startswith(title) and not body[len(title) : len(title) + 1].isalnum()


def plain(text: str) -> str:
    """Return ``text`` with each character that cannot be shown replaced by a space; same length."""
    return _UNREADABLE.sub(" ", text)


def from_html(html: str) -> str:
    """Return the readable text of an HTML page or fragment, a line for each block.

    Of a whole page (one with ``<html>`` or ``<body>``) the article alone is taken. Raises
    :class:`ArticleError` (stage ``clean``) where it is nested too deeply (``too_deep``), or has too
    many elements or attributes (``too_large``).
    """
    html = plain(html)
    root = _parsed(html)
    if root is None:
        return ""
    article = _article(root) if _PAGE.search(html) else ""
    return article or _blocks(root)


def _parsed(html: str) -> HtmlElement | None:
    """Return the root element of HTML, None where there is nothing in it."""
    # As bytes of a known encoding, so that what the page says of its own does not matter.
    encoded = html.encode()
    if len(encoded) > _UNCOUNTED:
        _count(encoded)
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(encoded, parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError):
        return None
    if any(error.type == lxml.etree.ErrorTypes.ERR_RESOURCE_LIMIT for error in parser.error_log):
        # The parser stops there, and the rest would be lost without a word.
        raise _too_deep()
    for head in root.findall("head"):
        root.remove(head)
    return root


def _count(html: bytes) -> None:
    """Raise :class:`ArticleError` where a page is made of too much to be read."""
    census = lxml.etree.HTMLParser(encoding="utf-8", huge_tree=True, target=_Census())  # type: ignore[arg-type]  # it takes any methods
    # What is wrong with it otherwise is told when its tree is made.
    with contextlib.suppress(lxml.etree.XMLSyntaxError):
        lxml.etree.fromstring(html, census)


class _Census:
    """Counts what a page is made of, before a tree is made of it.

    A tree takes a hundred times the memory of its tags, and the time of the square of an
    element's attributes.
    """

    def __init__(self) -> None:
        self._elements = self._depth = 0

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise _too_deep()
        if self._elements > MOST_ELEMENTS:
            raise ArticleError(
                Stage.CLEAN, ErrorType.TOO_LARGE, f"HTML of more than {MOST_ELEMENTS} elements"
            )
        if len(attributes) > MOST_ATTRIBUTES:
            message = f"an HTML element of more than {MOST_ATTRIBUTES} attributes"
            raise ArticleError(Stage.CLEAN, ErrorType.TOO_LARGE, message)

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Need not do anything."""


def _too_deep() -> ArticleError:
    return ArticleError(Stage.CLEAN, ErrorType.TOO_DEEP, "HTML nested too deeply to be read")


def _article(root: HtmlElement) -> str:
    """Return the text of a page's article, "" where none is found."""
    marked = _marked(root)
    if marked is not None:
        return _blocks(_pruned(marked), _NO_ARTICLE)
    if sum(1 for _ in root.iter()) > _MOST_SEARCHED:
        return ""
    found = trafilatura.bare_extraction(root, options=_options())
    main = "" if found is None or isinstance(found, dict) else _blocks(found.body)
    rest = _blocks(_pruned(root), _NO_ARTICLE)
    return main if len(main) >= _LEAST_SHARE * len(rest) else rest


def _marked(root: HtmlElement) -> HtmlElement | None:
    """Return the element that a page marks as its article, None where it marks none or several."""
    for path in _MARKS:
        found = cast("list[HtmlElement]", path(root))
        if len(found) == 1:
            return found[0]
    return None


_MARKS = tuple(
    map(
        lxml.etree.XPath,
        (
            "//article[not(ancestor::article)]",
            "//article[not(ancestor::article) and .//h1]",
            "//*[@itemprop='articleBody']",
            "//main | //*[@role='main']",
        ),
    )
)
"""What a page may mark as its article, the surest first."""


def _pruned(element: HtmlElement) -> HtmlElement:
    """Return a copy of an element without what trafilatura knows as advertising, comments, menus …."""
    element = copy.deepcopy(element)
    patterns = [*OVERALL_DISCARD_XPATH, *TEASER_DISCARD_XPATH, *REMOVE_COMMENTS_XPATH]
    return prune_unwanted_nodes(element, patterns, with_backup=True)


@cache
def _options() -> Extractor:
    """Return trafilatura's options, for short articles too: else it takes the whole page, as one line."""
    settings = copy.deepcopy(use_config())
    settings.set("DEFAULT", "MIN_EXTRACTED_SIZE", "0")
    # fast: no second and third opinion by other extractors, which cost seconds on large pages.
    return Extractor(config=settings, output_format="python", fast=True, comments=False)


def _blocks(root: HtmlElement, without: frozenset[str] = frozenset()) -> str:
    """Return all text under ``root`` in document order, with line ends between blocks.

    ``without`` are tags whose text is left out, besides those that are never shown.
    """
    parts: list[str] = []
    silent: object | None = None
    for event, element in lxml.etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            parts.append("\n")
        if event == "start":
            if silent is None and (
                element.tag in _SILENT or element.tag in without or "hidden" in element.attrib
            ):
                silent = element
            if silent is None and element.text:
                parts.append(_one_line(element.text))
        else:
            if element.tag in _CELLS and element.getnext() is not None:
                parts.append(" | ")
            if silent is element:
                silent = None
            if silent is None and element.tail and element is not root:
                parts.append(_one_line(element.tail))
    text = _SPACES.sub(" ", "".join(parts)).replace(" \n", "\n").replace("\n ", "\n")
    return _BLANK_LINES.sub("\n\n", text).strip()


_WHITE_SPACE = regex.compile(r"[ \t\n]++")


def _one_line(text: str) -> str:
    return _WHITE_SPACE.sub(" ", text)
