"""Which finds of the lexicon are words where words are not set apart by spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.segmentation import Segmentation


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from streams.languages import Script
    from streams.lexicon import Entry

    Match = tuple[int, int, int]  # index of the form, start, end


PARTS = frozenset(["keyword", "silencers", "domain"])
"""Roles of which a word may be a part of a longer one, or a phrase over several.

They say nothing of where words begin and end: "civilian deaths" is two words.
"""

_NUMBERS = frozenset(["numeral.cardinals", "numeral.multipliers"])
_IDIOMS = frozenset(["not_figures.idioms", "script.words"])
_MEANT = 2, 3
"""Letters of a name that are such as names are spelled with: so many of so many."""


class Unspaced:
    """Tells words from other finds, in the texts of one language."""

    def __init__(
        self, entries: Mapping[str, tuple[Entry, ...]], patterns: Sequence[str], script: Script
    ) -> None:
        self.entries = entries
        self.patterns = patterns
        self._letters = frozenset(script.name_letters)
        self._roles = [frozenset(role for role, _ in entries[form]) for form in patterns]
        self._phrases = frozenset(index for index, roles in enumerate(self._roles) if roles <= PARTS)
        self._numbers = frozenset(
            form
            for form, roles in zip(patterns, self._roles, strict=True)
            if len(form) == 1 and not roles.isdisjoint(_NUMBERS)
        )
        self._number_idioms = frozenset(
            index
            for index, form in enumerate(patterns)
            if not self._roles[index].isdisjoint(_IDIOMS) and self._numbers.issuperset(form)
        )

    def cut(self, text: str, folded: str, matches: Iterable[Match]) -> Segmentation:
        """Return a text cut into words."""
        spans = (
            (start, end, index in self._phrases)
            for index, start, end in matches
            if index not in self._number_idioms or self._stands_alone(folded, start, end)
        )
        return Segmentation(text, folded, spans)

    def is_part(self, cut: Segmentation, folded: str, start: int, end: int) -> bool:
        """Tell whether a find that is no word may be a phrase, or a part of a word that means something."""
        if cut.may_be_phrase(start, end):
            return True
        if not cut.is_inside(start, end):
            return False
        around = self.entries.get(folded[slice(*cut.word_around(start))], ())
        return any(entry.role != "script.words" for entry in around)

    def names(self, cut: Segmentation) -> Iterator[tuple[int, int]]:
        """Yield where words stand that are not known and spelled as foreign names are."""
        for start, end in cut.unknown:
            word = cut.text[start:end]
            spelled = sum(letter in self._letters for letter in word) or (not self._letters and len(word))
            if len(word) > 1 and spelled * _MEANT[1] >= len(word) * _MEANT[0]:
                yield start, end

    def _stands_alone(self, folded: str, start: int, end: int) -> bool:
        """Tell whether no number stands beside an idiom made of numbers: it would be a part of it."""
        around = {folded[max(0, start - 1) : start], folded[end : end + 1]}
        return not any(sign in self._numbers or sign.isdecimal() for sign in around)
