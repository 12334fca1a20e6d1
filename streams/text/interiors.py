"""Which offsets of a text lie inside a word: what begins or ends there is only a part of one."""

from __future__ import annotations

import regex


_LETTER = regex.compile(r"[\p{L}\p{M}]")
_LETTERS_AND_APOSTROPHES = regex.compile(r"[\p{L}\p{M}]++(?:'[\p{L}\p{M}]++)*+")

_MOST_KNOWN = 20_000
"""Characters of which is kept whether they are letters; a text of all of Unicode does not fill the memory."""


class _IsLetter(dict[int, str]):
    """Whether a character is part of a word, as one byte, by its code point: for :meth:`str.translate`."""

    def __missing__(self, code: int) -> str:
        """Return one for letters and the marks on them, else nought."""
        found = "\1" if _LETTER.match(chr(code)) else "\0"
        if len(self) < _MOST_KNOWN:
            self[code] = found
        return found


_IS_LETTER = _IsLetter()


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
    letters = squeezed.translate(_IS_LETTER).encode("latin-1")
    # Each byte and the one before it, all at once.
    before, behind = (int.from_bytes(row, "big") for row in (b"\0" + letters, letters + b"\0"))
    return bytearray((before & behind).to_bytes(len(letters) + 1, "big"))
