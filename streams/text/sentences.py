"""Where sentences, clauses and quotations begin and end, and how far words are apart."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

import msgspec
import regex

from streams.numbers.ordinals import dotted_ordinals


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Scan


class Stretch(msgspec.Struct, frozen=True, order=True, gc=False):
    """A sentence or a quotation, in code points, end exclusive."""

    start: int
    end: int


_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]++(?:['\u2019\u2010\u2011\u200c-][\p{L}\p{M}\p{N}]++)*+")
_END = regex.compile(
    r"(?<![.!?\u2026\u3002\uFF01\uFF1F\u061F\u06D4])[.!?\u2026\u3002\uFF01\uFF1F\u061F\u06D4]++[\"'\u201d\u2019\u00bb\u00ab)\]]*+(?=\s|$)|[\u3002\uFF01\uFF1F]++[\u201d\u2019\u300d]*+|\n++"
)
_OPEN, _CLOSE = "\u201c\u00ab\u201e\u300c", "\u201d\u00bb\u300d"
_MARK = re.compile(f'[{_OPEN}{_CLOSE}"]')
LONGEST_WORD = 100
"""Code points beyond which letters are noise and no word: no name is made of them."""
LONGEST_NAME = 300
"""Code points beyond which words are no name: every figure would carry it along."""
_NEW_LINE = regex.compile("\n")

MOST_QUOTED = 3_000
"""A quotation longer than this, in code points, was never closed."""


class Layout:
    """The sentences, words and quotations of a text; all found in one pass each."""

    def __init__(self, scan: Scan, language: Language) -> None:
        self.text = scan.text
        self.script = language.script
        words = _words(scan, tuple(language.script.elisions))
        if language.script.spaces:
            words = [(start, end) for start, end in words if end - start <= LONGEST_WORD]
        self.word_starts = [start for start, _ in words]
        self.word_ends = [end for _, end in words]
        dots = frozenset(ordinal.end for ordinal in dotted_ordinals(scan, language))
        self.sentences = _sentences(scan.text, frozenset(language.script.abbreviations), dots)
        self._sentence_starts = [sentence.start for sentence in self.sentences]
        self._paragraph_starts = [0, *(match.end() for match in _NEW_LINE.finditer(scan.text))]
        self.quotations = _quotations(scan.text)
        self._quotation_starts = [quotation.start for quotation in self.quotations]

    def sentence_index(self, offset: int) -> int:
        """Return the index of the sentence that holds an offset."""
        index = bisect_right(self._sentence_starts, offset) - 1
        return max(0, index)

    def paragraph_start(self, offset: int) -> int:
        """Return where the line begins that holds an offset."""
        return self._paragraph_starts[bisect_right(self._paragraph_starts, offset) - 1]

    def quotation(self, offset: int) -> Stretch | None:
        """Return the quotation that holds an offset."""
        index = bisect_right(self._quotation_starts, offset) - 1
        if index >= 0 and self.quotations[index].end > offset:
            return self.quotations[index]
        return None

    def words_between(self, start: int, end: int) -> int:
        """Return how many words begin between two offsets."""
        return bisect_left(self.word_starts, end) - bisect_left(self.word_starts, start)

    def word_at(self, offset: int) -> Stretch | None:
        """Return the word that begins at an offset."""
        index = bisect_left(self.word_starts, offset)
        if index < len(self.word_starts) and self.word_starts[index] == offset:
            return Stretch(offset, self.word_ends[index])
        return None

    def word_ending(self, offset: int) -> Stretch | None:
        """Return the word that ends at an offset."""
        index = bisect_left(self.word_ends, offset)
        if index < len(self.word_ends) and self.word_ends[index] == offset:
            return Stretch(self.word_starts[index], offset)
        return None


def _words(scan: Scan, elisions: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the span of each word; "l'armée" is two where the language elides, and so is "and[the]army"."""
    words = [match.span() for match in _WORD.finditer(scan.text)]
    if elisions:
        words = list(_elided(words, scan.folded, elisions))
    clitics = (hit for role in ("loose_proclitics", "proclitics") for hit in scan.role(f"script.{role}"))
    cuts = {hit.end for hit in clitics}
    return list(_cut(words, sorted(cuts))) if cuts else words


def _elided(
    words: list[tuple[int, int]], folded: str, elisions: tuple[str, ...]
) -> Iterator[tuple[int, int]]:
    """Yield the spans of words, and of what is joined to them by an apostrophe."""
    for start, end in words:
        first = start
        if folded.startswith(elisions, start):
            length = next(len(form) for form in elisions if folded.startswith(form, start))
            if length < end - start:
                yield start, start + length - 1
                first = start + length
        yield first, end


def _cut(words: list[tuple[int, int]], cuts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of words, parted where one of the cuts is."""
    at = 0
    for start, end in words:
        first = start
        while at < len(cuts) and cuts[at] < end:
            if cuts[at] > first:
                yield first, cuts[at]
                first = cuts[at]
            at += 1
        yield first, end


def _sentences(text: str, abbreviations: frozenset[str], dots: frozenset[int]) -> list[Stretch]:
    """Return the sentences of a text; together they cover all of it but the space between.

    ``dots`` are the ends of those that belong to ordinals.
    """
    found: list[Stretch] = []
    start = 0
    for match in _END.finditer(text):
        first, last = match.span()
        if text[first] == "\n":
            end = first
        elif (last in dots and match.group() == ".") or not _ends_sentence(text, first, last, abbreviations):
            continue
        else:
            end = last
        sentence = _trimmed(text, start, end)
        if sentence.start < end:
            found.append(sentence)
        start = last
    sentence = _trimmed(text, start, len(text))
    if sentence.start < len(text):
        found.append(sentence)
    return found or [Stretch(0, len(text))]


def _trimmed(text: str, start: int, end: int) -> Stretch:
    while start < end and text[start].isspace():
        start += 1
    return Stretch(start, end)


_BEFORE = 24


def _ends_sentence(text: str, start: int, end: int, abbreviations: frozenset[str]) -> bool:
    """Tell whether the signs between two offsets end a sentence and not an abbreviation."""
    after = end
    while after < len(text) and text[after] == " ":
        after += 1
    if after < len(text) and text[after].islower():
        return False
    if text[start:end] != ".":
        return True
    before = text[max(0, start - _BEFORE) : start]
    at = len(before)
    while at and (before[at - 1].isalnum() or before[at - 1] == "."):
        at -= 1
    last = before[at:].lower()
    if last in abbreviations or (len(last) == 1 and last.isalpha()):
        return False
    # A list number at the start of a line.
    return not (
        last.isdecimal()
        and before[: -len(last)].rstrip(" ").endswith(("\n", ""))
        and _line_start(text, start, last)
    )


def _line_start(text: str, dot: int, number: str) -> bool:
    head = text[max(0, dot - len(number) - 3) : dot - len(number)]
    return len(number) <= 2 and (dot == len(number) or head.rstrip(" ").endswith("\n"))  # noqa: PLR2004


def _quotations(text: str) -> list[Stretch]:
    """Return quotations between curly or angled marks; straight ones open and close in turn."""
    found: list[Stretch] = []
    start = -1
    for match in _MARK.finditer(text):
        mark = match.group()
        at = match.start()
        straight = mark == '"'
        if start < 0 and mark == "\u00bb" and text[at + 1 : at + 2].isalnum():
            # As German books and papers quote: they open with what closes elsewhere.
            start = at
            continue
        if start >= 0 and text[start] == "\u00bb" and mark == "\u00ab":
            if at - start <= MOST_QUOTED:
                found.append(Stretch(start, at + 1))
            start = -1
            continue
        if straight and start < 0 and text[at + 1 : at + 2].isspace():
            continue  # it closes one that was never opened
        if straight and start >= 0 and text[at - 1].isspace() and not text[at + 1 : at + 2].isspace():
            start = at  # it opens one, and the one before was never closed
            continue
        # „So“ in German and Russian: the mark that closes there opens elsewhere.
        low = start >= 0 and mark == "\u201c" and text[start] == "\u201e"
        if start >= 0 and (low or mark in _CLOSE or straight):
            if at - start <= MOST_QUOTED:
                found.append(Stretch(start, at + 1))
            start = -1
        elif mark in _OPEN or straight:
            start = at
    return found
