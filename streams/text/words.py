"""Forms that are found where words begin and end: a look-up for each word, and for each step of a phrase.

An automaton finds forms inside of words as well, and goes through memory that grows with the forms;
where nothing may be joined to a word, most of its finds are thrown away.
"""

from __future__ import annotations

from itertools import compress, pairwise
from typing import TYPE_CHECKING

from streams.text.interiors import inside_words


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_GOES_ON = 1
"""The bit of what a longer form begins with; the bits above are the index of a form, plus one."""
_FLIPPED = bytes([1, *bytes(255)])
"""The table for :meth:`bytes.translate` that leaves ones where there were noughts."""


class Words:
    """The forms of a language, each by its pieces: a word, or a sign or digit by itself.

    ``apostrophes``: one between two letters is a letter of the word.
    """

    def __init__(self, forms: Iterable[str], *, apostrophes: bool) -> None:
        known: dict[str, int] = {}
        for index, form in enumerate(forms):
            known[form] = known.get(form, 0) & _GOES_ON | (index + 1) << 1
            if not form.isalpha():
                for stop in _stops(form, apostrophes=apostrophes):
                    beginning = form[:stop]
                    known[beginning] = known.get(beginning, 0) | _GOES_ON
        self._known = known

    def find(self, text: str, inside: bytearray) -> list[tuple[int, int, int]]:
        """Return index, start and end of each form in a folded text.

        ``inside`` tells for each offset whether it lies inside a word. The work is linear in the text.
        """
        cuts = list(compress(range(len(inside)), inside.translate(_FLIPPED)))
        pieces = [text[start:end] for start, end in pairwise(cuts)]
        look_up = self._known.get
        begun = list(map(look_up, pieces))
        last = len(pieces)
        found: list[tuple[int, int, int]] = []
        for at in compress(range(last), begun):
            state, start = begun[at], cuts[at]
            end = cuts[at + 1]
            while state:
                if state > _GOES_ON:
                    found.append(((state >> 1) - 1, start, end))
                if not state & _GOES_ON:
                    break
                at += 1  # noqa: PLW2901 - the next word's own turn comes anyway
                while at < last and pieces[at] == " ":
                    at += 1  # noqa: PLW2901
                if at >= last:
                    break
                end = cuts[at + 1]
                state = look_up(text[start:end])
        return found


def _stops(form: str, *, apostrophes: bool) -> Iterator[int]:
    """Yield where the pieces of a form end, but the last."""
    if form.replace(" ", "").isalpha():
        at = form.find(" ")
        while at > 0:
            if form[at - 1] != " ":
                yield at
            at = form.find(" ", at + 1)
        return
    inside = inside_words(form, apostrophes=apostrophes)
    for at in range(1, len(form)):
        if not inside[at] and form[at - 1] != " ":
            yield at
