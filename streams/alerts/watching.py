"""The words of a watch list in a text: whole words, or the beginnings of words, in any language."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs
import regex

from streams.languages.forms import fold, squeeze
from streams.records import Span
from streams.text.interiors import inside_words


if TYPE_CHECKING:
    from collections.abc import Iterator


_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
"""Scripts that set no space between words: there a word is found wherever it stands."""

_MOST_LISTS = 256


class _Watch(NamedTuple):
    automaton: ahocorasick_rs.AhoCorasick
    open: tuple[bool, ...]
    """Of each word, whether it is only the beginning of one."""


def watched(text: str, words: tuple[str, ...]) -> Iterator[Span]:
    """Yield where one of the words stands in a text, in order; of those that overlap the longest first one.

    A word matches whatever its case, kind of apostrophe and vowel signs; ``word*`` is the beginning of some.
    """
    watch = _watch(words)
    squeezed, offsets = squeeze(fold(text))
    inside = inside_words(squeezed, apostrophes=False)
    found = [
        (start, -end)
        for index, start, end in watch.automaton.find_matches_as_indexes(squeezed, overlapping=True)
        if _parted(squeezed, inside, start) and (watch.open[index] or _parted(squeezed, inside, end))
    ]
    after = 0
    for start, end in sorted(found):
        if start >= after:
            after = -end
            first, last = (offsets[start], offsets[after - 1] + 1) if offsets else (start, after)
            yield Span(start=first, end=last, surface=text[first:last])


def _parted(squeezed: str, inside: bytearray, at: int) -> bool:
    """Tell whether a word may begin or end at an offset."""
    if not inside[at]:
        return True
    return bool(_UNSPACED.match(squeezed[at - 1]) or _UNSPACED.match(squeezed[at]))


@lru_cache(maxsize=_MOST_LISTS)
def _watch(words: tuple[str, ...]) -> _Watch:
    forms = [squeeze(fold(word.rstrip("*")))[0] for word in words]
    return _Watch(ahocorasick_rs.AhoCorasick(forms), tuple(word.endswith("*") for word in words))
