"""Texts without spaces between their words: the words are set apart, and offsets led back.

The steps that read numbers, nouns and speakers know words by the spaces between them. A text
of such a script is cut into the fewest words that the lexicon knows and read with a space
between them, and with the signs of its script as the ones they stand for: ``，`` as a comma
and a space. What was found there is led back to its place in the text as it came.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, compress, pairwise
from operator import add
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import regex

from streams.text.interiors import Characters, beside, row, unrow


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


T = TypeVar("T")

# Letters that are written without spaces: ideographs, kana, Thai …; their noughts are numbers.
_JOINED = regex.compile(r"[\p{Lo}\p{M}\u3007\u30fc]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]")

_IS_JOINED, _IS_WORD, _IS_DIGIT, _IS_LETTER = 1, 2, 4, 8
"""What a character is: one of those, one of a word, and of all others a digit or a letter."""


def _kind(character: str) -> int:
    joined = bool(_JOINED.match(character))
    return (
        _IS_JOINED * joined
        + _IS_WORD * bool(_WORD.match(character))
        + _IS_DIGIT * (not joined and character.isdecimal())
        + _IS_LETTER * (not joined and character.isalpha())
    )


_KINDS = Characters(_kind)


def _flags(wanted: int) -> bytes:
    """Return the table for :meth:`bytes.translate` that leaves ones where a kind is one of those wanted."""
    return bytes(bool(kind & wanted) for kind in range(256))


_ANY, _TO_JOINED, _TO_WORD, _TO_SOLID = map(_flags, (0xFF, _IS_JOINED, _IS_WORD, _IS_DIGIT | _IS_LETTER))

# Signs of the script as those that the steps know, and where a space belongs beside them.
_SIGNS = {
    "\uff0c": ",",
    "\uff1b": ";",
    "\uff1a": ":",
    "\uff08": "(",
    "\uff09": ")",
    "\uff05": "%",
    "\uff04": "$",
    "\uff0d": "-",
    "\uff5e": "~",
    "\u301c": "~",
    "\uff0e": ".",
    "\uff0f": "/",
    **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    **{chr(0xFF21 + letter): chr(0x41 + letter) for letter in range(26)},
    **{chr(0xFF41 + letter): chr(0x61 + letter) for letter in range(26)},
}
_PLAIN = str.maketrans(_SIGNS)
_MIDDLE_DOTS = regex.compile("[\u00b7\u2022\u2027\u30fb\uff65]")
_SPACE_BEHIND = frozenset(",;:)%\u3001\u201d\u300d\u300b\u2019")
_SPACE_BEFORE = frozenset("(\u201c\u300c\u300a$\u2018")
_SPACED = regex.compile("[" + "".join(map(regex.escape, sorted(_SPACE_BEHIND | _SPACE_BEFORE))) + "]")
_TIGHT = frozenset("\uff0c\uff1a")

_KNOWN, _KNOWN_LETTER, _UNKNOWN, _PHRASE_LETTER = 20, 30, 40, 17
"""What a word costs: one that is known, a known one of one letter, a letter of no known word, and
a letter of a phrase: known words that make it up cost no more."""
_LONGEST_PHRASE = 3
"""Letters of a phrase beyond which it says nothing of where its words begin and end."""


def cost(letters: int, *, phrase: bool) -> int | None:
    """Return what a form of so many letters costs as a word; None where it is not taken for one."""
    known = _KNOWN if letters > 1 else _KNOWN_LETTER
    if not phrase:
        return known
    return max(known, _PHRASE_LETTER * letters) + 1 if letters <= _LONGEST_PHRASE else None


def plain(folded: str) -> str:
    """Return a text with its signs as those that the steps know, one for one."""
    return folded.translate(_PLAIN)


class Segmentation:
    """A text with spaces between its words, and the way back to the text without them."""

    def __init__(self, text: str, folded: str, spans: Iterable[tuple[int, int, int]]) -> None:
        """Cut a text at the words of its plain, folded form.

        ``spans`` are start, end and cost of what may be a word, in the order of their ends.
        """
        self.original = text
        kinds = _KINDS.of(text)
        # What the characters on both sides of each offset are, and what one of them is.
        pairs, sides = beside(kinds)
        self._solid = pairs.translate(_TO_SOLID)
        self._joined = kinds.translate(_TO_JOINED)
        self._order = self._cut(spans)
        self.bounds = self._with_signs(pairs)
        spaces = self._between_words(pairs, sides)
        signs = self._signs(text.translate(_PLAIN))
        self._beside_signs(spaces, signs, kinds)
        cuts = list(compress(range(len(text)), spaces))
        self.text = _spaced(signs, cuts)
        self.folded = _spaced(self._signs(folded), cuts)
        self._inner: list[int] = list(map(add, range(len(text) + 1), accumulate(spaces)))
        self._spaces = list(map(add, cuts, range(len(cuts))))
        self.unknown = [self.inner(start, end) for start, end in self._runs]

    def _cut(self, spans: Iterable[tuple[int, int, int]]) -> list[int]:
        """Return where words begin and end: the fewest known words that make up the text."""
        joined, solid = self._joined, self._solid
        letters = list(accumulate(joined, initial=0))
        # How much less than unknown letters the words up to each offset cost, and the last of those words.
        saved = [0]
        origins: dict[int, int] = {}
        for start, end, word in spans:
            if solid[start] or solid[end]:
                continue
            if end >= len(saved):
                saved += saved[-1:] * (end + 1 - len(saved))
            saving = saved[start] + (letters[end] - letters[start]) * _UNKNOWN - word
            if saving > saved[end]:
                saved[end] = saving
                origins[end] = start
        order = [len(joined)]
        self._runs: list[tuple[int, int]] = []
        self._within = bytearray(len(joined) + 1)
        at = len(joined)
        while at:
            end = at
            if end in origins:
                at = origins[end]
                inside = b"\1"
            else:
                while at and joined[at - 1] and at not in origins:
                    at -= 1
                if at == end:
                    at -= 1
                    continue
                self._runs.append((at, end))
                inside = b"\2"
            if end - at > 1:
                self._within[at + 1 : end] = inside * (end - at - 1)
            if order[-1] != end:
                order.append(end)
            order.append(at)
        if order[-1]:
            order.append(0)
        self._runs.reverse()
        order.reverse()
        return order

    def _with_signs(self, pairs: bytes) -> bytearray:
        """Return for each offset whether a word begins or ends there, or a sign stands there."""
        inside = row(pairs.translate(_TO_JOINED)) | row(self._within.translate(_ANY)) | row(self._solid)
        found = bytearray(unrow(~inside, len(pairs)).translate(_TO_JOINED))
        for at in self._order:
            found[at] = 1
        return found

    def _between_words(self, pairs: bytes, sides: bytes) -> bytearray:
        """Return for each offset whether a space belongs there because it parts two words.

        Digits and letters of two scripts are two words, unless the lexicon has them as one.
        """
        words, joined = row(pairs.translate(_TO_WORD)), row(sides.translate(_TO_JOINED))
        return bytearray(unrow(words & joined & ~row(self._within.translate(_ANY)), len(pairs)))

    def _signs(self, plain_text: str) -> str:
        """Return a text with middle dots as what they stand for."""
        if not _MIDDLE_DOTS.search(self.original):
            return plain_text
        signs = list(plain_text)
        for match in _MIDDLE_DOTS.finditer(self.original, 1, max(1, len(signs) - 1)):
            at = match.start()
            before, after = self.original[at - 1], self.original[at + 1]
            # Between the parts of a name; between a month and a day.
            if before.isdecimal() and after.isdecimal():
                signs[at] = "/"
            elif before.isalpha() and after.isalpha():
                signs[at] = "-"
        return "".join(signs)

    def _beside_signs(self, spaces: bytearray, signs: str, kinds: bytes) -> None:
        """Set a space beside each sign that has one: "死亡,其中"; "12,345" and "20:15" stay together."""
        for match in _SPACED.finditer(signs):
            at, sign = match.start(), match.group()
            if sign in _SPACE_BEFORE:
                if at and kinds[at - 1] & _IS_WORD:
                    spaces[at] = 1
                continue
            after = signs[at + 1 : at + 2]
            if not after or not (kinds[at + 1] & _IS_WORD or after in _SPACE_BEFORE):
                continue
            if sign in ",:" and after.isdecimal() and self.original[at] not in _TIGHT:
                continue
            if sign != "," or not self._groups_digits(at):
                spaces[at + 1] = 1

    def _groups_digits(self, index: int) -> bool:
        """Tell whether a comma stands between wide digits, as theirs do."""
        around = self.original[max(0, index - 1) : index + 2]
        return len(around) == 3 and all("\uff10" <= side <= "\uff19" for side in (around[0], around[2]))  # noqa: PLR2004

    def is_word(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the original text begins and ends with words."""
        return bool(self.bounds[start] and self.bounds[end])

    def close(self, whole: Callable[[str], bool]) -> None:
        """Let no phrase begin or end inside the unknown words that are whole, such as names."""
        for start, end in self._runs:
            if whole(self.original[start:end]):
                self._within[start + 1 : end] = b"\1" * (end - start - 1)

    def may_be_phrase(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the original text parts no known word at its ends."""
        parts = (self._within[at] == 1 or self._solid[at] for at in (start, end))
        return not any(parts)

    def is_inside(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the original text lies within one word."""
        at = bisect_left(self._order, start + 1)
        return at < len(self._order) and self._order[at] >= end

    def word_around(self, start: int) -> tuple[int, int]:
        """Return the word of the original text that holds an offset."""
        at = bisect_left(self._order, start + 1)
        return self._order[at - 1], self._order[at]

    def inner(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the original text is in the one with spaces."""
        return self._inner[start], self._inner[end - 1] + 1 if end > start else self._inner[end]

    def at(self, offset: int) -> int:
        """Return where an offset into the original text is in the one with spaces."""
        return self._inner[offset]

    def outer(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the text with spaces is in the original one."""
        first = start - bisect_left(self._spaces, start)
        if end <= start:
            return first, first
        last = end - 1
        before = bisect_left(self._spaces, last)
        if last > start and before < len(self._spaces) and self._spaces[before] == last:
            last -= 1
        return first, last - before + 1

    def restored(self, found: list[T]) -> list[T]:
        """Return records with the offsets and words of the original text."""
        return [self._restored(one) for one in found]

    def _restored(self, found: Any) -> Any:  # noqa: ANN401 - any record, or named tuple
        if not isinstance(found, msgspec.Struct):
            return found._replace(**self._placed(found, found._fields))
        changed = self._placed(found, found.__struct_fields__)
        for name in found.__struct_fields__:
            value = getattr(found, name)
            if isinstance(value, msgspec.Struct):
                changed[name] = self._restored(value)
            elif name in _WORDS and value:
                changed[name] = _BETWEEN.sub("", value)
        return msgspec.structs.replace(found, **changed)

    def _placed(self, found: Any, names: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - the same
        """Return the offsets of a find, and the words there, as they are in the original text."""
        placed: dict[str, Any] = {}
        for first, last in (("start", "end"), ("phrase_start", "phrase_end")):
            if first in names:
                placed[first], placed[last] = self.outer(getattr(found, first), getattr(found, last))
        if "surface" in names:
            placed["surface"] = self.original[placed["start"] : placed["end"]]
        return placed


def _spaced(text: str, cuts: list[int]) -> str:
    """Return a text with spaces before some of its characters."""
    return " ".join([text[start:end] for start, end in pairwise([0, *cuts, len(text)])])


_WORDS = frozenset(["unit_surface", "verb", "name"])
"""Fields that hold words of the text without their offsets."""

_BETWEEN = regex.compile(r"(?<=[\p{Lo}\u3007]) (?=[\p{Lo}\p{N}])|(?<=\p{N}) (?=\p{Lo})")
