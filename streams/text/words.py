"""Forms that are found where words begin and end: a look-up for each word, and for each step of a phrase.

An automaton finds forms inside of words as well, and goes through memory that grows with the forms;
where nothing may be joined to a word, most of its finds are thrown away.
"""

from __future__ import annotations

from itertools import compress, filterfalse
from typing import TYPE_CHECKING

from streams.text.interiors import inside_words


if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable


_GOES_ON = 1
"""The bit of what a longer form begins with; the bits above are the index of a form, plus one."""
_MOST_KNOWN = 20_000
"""Words that are kept with their parts."""


class _Parts(dict[str, tuple[tuple[int, ...], tuple[int, ...]]]):
    """Where in a word a form may begin, and where it may end, by what may be joined to it there."""

    def __init__(self, leads: Container[str], tails: Container[str], longest: int) -> None:
        super().__init__()
        self._leads, self._tails, self._longest = leads, tails, longest

    def __missing__(self, word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the offsets of a word that was not asked for before, the first and the last among them."""
        near = range(1, min(len(word), self._longest + 1))
        begins = (0, *(at for at in near if word[:at] in self._leads))
        ends = (len(word), *(len(word) - at for at in near if word[len(word) - at :] in self._tails))
        if len(self) < _MOST_KNOWN:
            self[word] = begins, ends
        return begins, ends


class Words:
    """The forms of a language, each by its pieces: a word, or a sign or digit by itself.

    ``apostrophes``: one between two letters is a letter of the word. ``leads`` and ``tails`` are what
    may be joined to a form in its word, before it and behind.
    """

    def __init__(
        self,
        forms: Iterable[str],
        *,
        apostrophes: bool,
        leads: Collection[str] = (),
        tails: Collection[str] = (),
    ) -> None:
        listed = list(forms)
        known = dict(zip(listed, range(2, 2 * len(listed) + 2, 2), strict=True))
        for beginning in _beginnings(listed, apostrophes=apostrophes):
            known[beginning] = known.get(beginning, 0) | _GOES_ON
        self._known = known
        longest = max(map(len, (*leads, *tails)), default=0)
        self._parts = _Parts(leads, tails, longest) if longest else None

    def find(self, text: str, inside: bytearray) -> list[tuple[int, int, int]]:
        """Return index, start and end of each form in a folded text.

        ``inside`` tells for each offset whether it lies inside a word. The work is linear in the text.
        """
        pieces, starts = _pieces(text, inside)
        if self._parts is not None:
            return self._find_joined(text, pieces, starts)
        look_up = self._known.get
        begun = list(map(look_up, pieces))
        last = len(pieces)
        found: list[tuple[int, int, int]] = []
        for at in compress(range(last), begun):
            state, start = begun[at], starts[at]
            end = start + len(pieces[at])
            while state:
                if state > _GOES_ON:
                    found.append(((state >> 1) - 1, start, end))
                at += 1  # noqa: PLW2901 - the next word's own turn comes anyway
                if not state & _GOES_ON or at == last:
                    break
                end = starts[at] + len(pieces[at])
                state = look_up(text[start:end])
        return found

    def _find_joined(self, text: str, pieces: list[str], starts: list[int]) -> list[tuple[int, int, int]]:
        """Return the same where forms may begin and end inside of words, beside what is joined to them."""
        assert self._parts is not None
        look_up = self._known.get
        parts = list(map(self._parts.__getitem__, pieces))
        last = len(pieces)
        found: list[tuple[int, int, int]] = []
        for first, (begins, _) in enumerate(parts):
            for begin in begins:
                start, at, goes_on = starts[first] + begin, first, _GOES_ON
                while goes_on and at < last:
                    base, ends = starts[at], parts[at][1]
                    goes_on = 0
                    for end in ends:
                        if base + end > start and (state := look_up(text[start : base + end])):
                            # The whole word is the first: only behind it may a phrase go on.
                            goes_on = goes_on or (end == ends[0] and state & _GOES_ON)
                            if state > _GOES_ON:
                                found.append(((state >> 1) - 1, start, base + end))
                    at += 1
        return found


def _pieces(text: str, inside: bytearray) -> tuple[list[str], list[int]]:
    """Return the pieces of a text that are no spaces, and where each begins."""
    pieces: list[str] = []
    starts: list[int] = []
    at = 0
    for token in text.split(" "):
        after = at + len(token)
        if token.isalpha():
            pieces.append(token)
            starts.append(at)
        else:
            while at < after:
                end = inside.find(0, at + 1)
                pieces.append(text[at:end])
                starts.append(at)
                at = end
        at = after + 1
    return pieces, starts


def _beginnings(forms: Iterable[str], *, apostrophes: bool) -> set[str]:
    """Return what is looked up on the way to a form: its first piece, its first two and so on."""
    found: set[str] = set()
    for form in filterfalse(str.isalpha, forms):
        if form.replace(" ", "").isalpha():
            begun = form.rpartition(" ")[0].rstrip(" ")
            while begun and begun not in found:
                found.add(begun)
                begun = begun.rpartition(" ")[0].rstrip(" ")
            continue
        inside = inside_words(form, apostrophes=apostrophes)
        found.update(form[:at] for at in range(1, len(form)) if not inside[at] and form[at - 1] != " ")
    return found
