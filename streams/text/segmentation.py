"""Texts without spaces between their words: the words are set apart, and offsets led back.

The steps that read numbers, nouns and speakers know words by the spaces between them. A text
of such a script is cut into the fewest words that the lexicon knows and read with a space
between them, and with the signs of its script as the ones they stand for: ``，`` as a comma
and a space. What was found there is led back to its place in the text as it came.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import regex


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


T = TypeVar("T")

# Letters that are written without spaces: ideographs, kana, Thai …; their noughts are numbers.
_JOINED = regex.compile(r"[\p{Lo}\p{M}\u3007\u30fc]")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]")

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
_MIDDLE_DOTS = "\u00b7\u2022\u2027\u30fb\uff65"
_SPACE_BEHIND = frozenset(",;:)%\u3001\u201d\u300d\u300b\u2019")
_SPACE_BEFORE = frozenset("(\u201c\u300c\u300a$\u2018")
_TIGHT = frozenset("\uff0c\uff1a")

_KNOWN, _KNOWN_LETTER, _UNKNOWN, _PHRASE_LETTER = 20, 30, 40, 17
"""What a word costs: one that is known, a known one of one letter, a letter of no known word, and
a letter of a phrase: known words that make it up cost no more."""
_LONGEST_PHRASE = 3
"""Letters of a phrase beyond which it says nothing of where its words begin and end."""


def plain(folded: str) -> str:
    """Return a text with its signs as those that the steps know, one for one."""
    return folded.translate(_PLAIN)


class Segmentation:
    """A text with spaces between its words, and the way back to the text without them."""

    def __init__(self, text: str, folded: str, spans: Iterable[tuple[int, int, bool]]) -> None:
        """Cut a text at the words of its folded form: start, end, and whether one may be a phrase."""
        self.original = text
        self._joined = bytes(bool(_JOINED.match(character)) for character in text)
        starts, ends = self._cut(folded, spans)
        self._bounds = starts | ends | {0, len(text)}
        self._order = sorted(self._bounds)
        self._inner: list[int] = []
        self._origins: list[int] = []
        pieces: list[str] = []
        size = 0
        for index, sign in enumerate(self._signs()):
            if index and self._apart(index, pieces[-1], sign):
                pieces.append(" ")
                self._origins.append(index)
                size += 1
            pieces.append(sign)
            self._inner.append(size)
            self._origins.append(index)
            size += 1
        self.text = "".join(pieces)
        self._inner.append(size)
        self._origins.append(len(text))
        self.unknown = [self.inner(start, end) for start, end in self._runs]

    def _signs(self) -> Iterable[str]:
        """Yield the characters of the text, signs of the script as those they stand for."""
        text = self.original
        for index, character in enumerate(text):
            if character in _MIDDLE_DOTS and 0 < index < len(text) - 1:
                digits = text[index - 1].isdecimal() and text[index + 1].isdecimal()
                letters = text[index - 1].isalpha() and text[index + 1].isalpha()
                # Between the parts of a name; between a month and a day.
                yield "/" if digits else "-" if letters else character
            else:
                yield _SIGNS.get(character, character)

    def _cut(self, folded: str, spans: Iterable[tuple[int, int, bool]]) -> tuple[set[int], set[int]]:
        """Return where words start and end: the fewest known words that make up the text."""
        size = len(folded)
        by_end: dict[int, list[tuple[int, int]]] = {}
        for start, end, phrase in spans:
            if self.may_part(folded, start) and self.may_part(folded, end):
                cost = _KNOWN if end - start > 1 else _KNOWN_LETTER
                if phrase and end - start > _LONGEST_PHRASE:
                    continue
                if phrase:
                    cost = max(cost, _PHRASE_LETTER * (end - start)) + 1
                by_end.setdefault(end, []).append((start, cost))
        costs = [0] * (size + 1)
        origins = [0] * (size + 1)
        for at in range(1, size + 1):
            least = costs[at - 1] + (_UNKNOWN if self._joined[at - 1] else 0)
            origin = -1
            for start, cost in sorted(by_end.get(at, ())):
                if costs[start] + cost < least:
                    least, origin = costs[start] + cost, start
            costs[at], origins[at] = least, origin
        starts: set[int] = set()
        ends: set[int] = set()
        self._runs: list[tuple[int, int]] = []
        self._within = bytearray(size + 1)
        at = size
        while at:
            if origins[at] >= 0:
                starts.add(origins[at])
                ends.add(at)
                self._within[origins[at] + 1 : at] = b"\1" * (at - origins[at] - 1)
                at = origins[at]
                continue
            end = at
            while at and origins[at] < 0 and self._joined[at - 1]:
                at -= 1
            if at < end:
                self._runs.append((at, end))
                self._within[at + 1 : end] = b"\2" * (end - at - 1)
                starts.add(at)
                ends.add(end)
            else:
                at -= 1
        self._runs.reverse()
        return starts, ends

    def may_part(self, folded: str, at: int) -> bool:
        """Tell whether a word may begin or end at an offset: not inside digits, or letters with spaces."""
        if not 0 < at < len(folded) or self._joined[at - 1] or self._joined[at]:
            return True
        before, after = folded[at - 1], folded[at]
        return not ((before.isdecimal() and after.isdecimal()) or (before.isalpha() and after.isalpha()))

    def _apart(self, index: int, before: str, sign: str) -> bool:
        """Tell whether a space belongs between two characters."""
        if before.isspace() or sign.isspace():
            return False
        if before == "," and self._groups_digits(index - 1):
            return False
        if before in _SPACE_BEHIND and (_WORD.match(sign) or sign in _SPACE_BEFORE):
            # "12,345" and "20:15" stay together, "死亡,其中" do not.
            return not (before in ",:" and sign.isdecimal() and self.original[index - 1] not in _TIGHT)
        if not _WORD.match(before):
            return False
        if sign in _SPACE_BEFORE:
            return True
        if not _WORD.match(sign) or not (self._joined[index - 1] or self._joined[index]):
            return False
        # Digits and letters of two scripts are two words, unless the lexicon has them as one.
        return index in self._bounds or not self._within[index]

    def _groups_digits(self, index: int) -> bool:
        """Tell whether a comma stands between wide digits, as theirs do."""
        around = self.original[max(0, index - 1) : index + 2]
        return len(around) == 3 and all("\uff10" <= side <= "\uff19" for side in (around[0], around[2]))  # noqa: PLR2004

    def is_word(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the original text begins and ends with words."""
        return self._is_bound(start) and self._is_bound(end)

    def _is_bound(self, at: int) -> bool:
        if at in self._bounds:
            return True
        apart = not (self._joined[at - 1] and self._joined[at])
        return apart and not self._within[at] and self.may_part(self.original, at)

    def close(self, whole: Callable[[str], bool]) -> None:
        """Let no phrase begin or end inside the unknown words that are whole, such as names."""
        for start, end in self._runs:
            if whole(self.original[start:end]):
                self._within[start + 1 : end] = b"\1" * (end - start - 1)

    def may_be_phrase(self, start: int, end: int) -> bool:
        """Tell whether a stretch of the original text parts no known word at its ends."""
        parts = (self._within[at] == 1 or not self.may_part(self.original, at) for at in (start, end))
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
        first = self._origins[start]
        if end <= start:
            return first, first
        last = end - 1
        while last > start and self.text[last] == " " and self._origins[last] == self._origins[last + 1]:
            last -= 1
        return first, self._origins[last] + 1

    def restored(self, found: list[T]) -> list[T]:
        """Return records with the offsets and words of the original text."""
        return [self._restored(one) for one in found]

    def _restored(self, found: Any) -> Any:  # noqa: ANN401 - any record, or named tuple
        if not isinstance(found, msgspec.Struct):
            return found._replace(**self._placed(found._asdict()))
        values = {name: getattr(found, name) for name in found.__struct_fields__}
        changed = {name: self._value(name, value) for name, value in values.items()}
        changed.update(self._placed(values))
        return msgspec.structs.replace(found, **changed)

    def _placed(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the offsets among some values, and the words there, as they are in the original."""
        placed: dict[str, Any] = {}
        for first, last in (("start", "end"), ("phrase_start", "phrase_end")):
            if first in values:
                placed[first], placed[last] = self.outer(values[first], values[last])
        if "surface" in values:
            placed["surface"] = self.original[placed["start"] : placed["end"]]
        return placed

    def _value(self, name: str, value: Any) -> Any:  # noqa: ANN401 - any field
        if isinstance(value, msgspec.Struct):
            return self._restored(value)
        if isinstance(value, str) and name in _WORDS:
            return _BETWEEN.sub("", value)
        return value


_WORDS = frozenset(["unit_surface", "verb", "name"])
"""Fields that hold words of the text without their offsets."""

_BETWEEN = regex.compile(r"(?<=[\p{Lo}\u3007]) (?=[\p{Lo}\p{N}])|(?<=\p{N}) (?=\p{Lo})")
