"""Texts that are nearly the same: wire copy on many sites, small edits, another headline.

A text is the set of its triples of words (a Chinese character is a word), and MinHash, by the rensa library,
estimates what share of their triples two texts have in common. One sketch is of the whole body and one of its
beginning: who cuts the end off, or adds to it, copies too. Sketches are the same on every machine: rensa's
hashes are seeded, and no hash of Python's has a part in it.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict

import regex
from rensa import RMinHash


ALIKE = 0.5
"""The share of triples in common from which one text is a copy of the other. Two reports of one event in
words of their own have less than a tenth in common; copies with a sentence changed eight tenths."""

PERMUTATIONS = 64
_BYTES = 2
"""Of each hash that are kept: two that differ look the same once in 65,536 times."""

_ROWS = 4
"""Hashes in a band. With 16 bands a copy that has six tenths in common is found nine times in ten."""

_SEED = 20_260_101
_SHINGLE = 3
_FEWEST = 8
"""Triples below which a text is too short to be anyone's copy."""

_BEGINNING = 40
"""Words of the beginning: a first paragraph, or most of one."""

_MOST_WORDS = 5_000

_WORD = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{M}\p{N}]++")


def sketch(text: str, title_end: int = 0) -> bytes:
    """Return the sketches of a text's body and of its beginning, in one; empty for a short text.

    ``title_end`` is where the body begins; a body that is too short is taken with its title.
    """
    words = _words(text[title_end:]) if title_end else []
    if len(words) < _FEWEST + _SHINGLE - 1:
        words = _words(text)
    if len(words) < _FEWEST + _SHINGLE - 1:
        return b""
    return _sketch(words) + _sketch(words[:_BEGINNING])


def alike(one: bytes, other: bytes) -> bool:
    """Tell whether two sketches are of texts of which one is a copy of the other."""
    half = PERMUTATIONS * _BYTES
    if len(one) != 2 * half or len(other) != 2 * half:
        return False
    return any(_common(one[at : at + half], other[at : at + half]) >= ALIKE for at in (0, half))


def bands(sketch: bytes) -> tuple[bytes, ...]:
    """Return the bands of a sketch, each once, with its number: what stands elsewhere is another band."""
    size = _ROWS * _BYTES
    half = PERMUTATIONS * _BYTES
    # The two sketches share their numbers: the beginning of one text may be the whole of another.
    found = (bytes([at % half // size]) + sketch[at : at + size] for at in range(0, len(sketch), size))
    return tuple(dict.fromkeys(found))


class Copies:
    """Finds texts like one another: those that share a band. Entries are numbers of the caller's."""

    def __init__(self) -> None:
        self._bands: defaultdict[bytes, list[int]] = defaultdict(list)

    def add(self, entry: int, text: tuple[bytes, ...]) -> None:
        """Take in a text, by its :func:`bands`."""
        for band in text:
            self._bands[band].append(entry)

    def take_back(self, text: tuple[bytes, ...]) -> None:
        """Forget the text that was taken in last."""
        for band in text:
            entries = self._bands[band]
            entries.pop()
            if not entries:
                del self._bands[band]

    def near(self, text: tuple[bytes, ...]) -> list[int]:
        """Return the entries that may be like a text, of each band the oldest and the newest, in order."""
        found: set[int] = set()
        for band in text:
            entries = self._bands.get(band)
            if entries:
                # A text that ten thousand sites have is like the first of them and the last.
                found.update((entries[0], entries[-1]))
        return sorted(found)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    found = []
    for match in _WORD.finditer(folded):
        found.append(match.group())
        if len(found) == _MOST_WORDS:
            break
    return found


def _sketch(words: list[str]) -> bytes:
    maker = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    shingles = {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
    maker.update(sorted(shingles))
    return b"".join((number & 0xFFFF).to_bytes(_BYTES, "big") for number in maker.digest())


def _common(one: bytes, other: bytes) -> float:
    same = sum(one[at : at + _BYTES] == other[at : at + _BYTES] for at in range(0, len(one), _BYTES))
    return same / PERMUTATIONS
