"""Which offsets of a text lie inside a word: what begins or ends there is only a part of one.

What is to be known of each character of a text is kept as a row of bytes, one for each, and rows
are joined as whole numbers, all bytes at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex


if TYPE_CHECKING:
    from collections.abc import Callable


_LETTER = regex.compile(r"[\p{L}\p{M}]")
_LETTERS_AND_APOSTROPHES = regex.compile(r"[\p{L}\p{M}]++(?:'[\p{L}\p{M}]++)*+")

_MOST_KNOWN = 20_000
"""Characters of which is kept what they are; a text of all of Unicode does not fill the memory."""


class Characters(dict[int, str]):
    """What each character is, in bits of one byte, by its code point: for :meth:`str.translate`."""

    def __init__(self, kind: Callable[[str], int]) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, code: int) -> str:
        """Return what a character is that was not asked for before."""
        found = chr(self._kind(chr(code)))
        if len(self) < _MOST_KNOWN:
            self[code] = found
        return found

    def of(self, text: str) -> bytes:
        """Return what the characters of a text are."""
        return text.translate(self).encode("latin-1")


_LETTERS = Characters(lambda character: bool(_LETTER.match(character)))


def row(kinds: bytes | bytearray) -> int:
    """Return a row of bytes as one number."""
    return int.from_bytes(kinds, "big")


def unrow(number: int, length: int) -> bytes:
    """Return a number as a row of so many bytes."""
    return (number & ((1 << 8 * length) - 1)).to_bytes(length, "big")


def beside(kinds: bytes) -> tuple[bytes, bytes]:
    """Return for each offset the bits of the characters on both sides of it: those of both, those of any."""
    before, behind = row(b"\0" + kinds), row(kinds + b"\0")
    return unrow(before & behind, len(kinds) + 1), unrow(before | behind, len(kinds) + 1)


def inside_words(squeezed: str, *, apostrophes: bool) -> bytearray:
    """Return for each offset of a folded text whether the letters on both its sides are one word's.

    Digits end a word; ``apostrophes`` between letters do not, where a language joins parts by them.
    """
    if apostrophes:
        inside = bytearray(len(squeezed) + 1)
        for match in _LETTERS_AND_APOSTROPHES.finditer(squeezed):
            start, end = match.span()
            inside[start + 1 : end] = b"\1" * (end - start - 1)
        return inside
    return bytearray(beside(_LETTERS.of(squeezed))[0])
