"""Which finds of the lexicon are words where words are not set apart by spaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.rosters import DEEDS
from streams.text import together
from streams.text.hits import Hits
from streams.text.segmentation import Segmentation, cost


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from streams.languages import Script
    from streams.text.entries import Entry
    from streams.text.hits import Hit

    Match = tuple[int, int, int]  # index of the form, start, end


PARTS = frozenset(
    [
        "keyword",
        "silencers",
        "domain",
        "weapon",
        "target",
        "state",
        "state.body",
        "occasion",
        *(f"deed.{deed}" for deed in DEEDS),
    ]
)
"""Roles of which a word may be a part of a longer one, or a phrase over several.

They say nothing of where words begin and end: "civilian deaths" is two words.
"""


def _is_part(role: str) -> bool:
    return role in PARTS or role.startswith(together.ROLES)


_NUMBERS = frozenset(["numeral.cardinals", "numeral.multipliers"])
_IDIOMS = frozenset(["not_figures.idioms", "script.words"])
_BESIDE_NUMBERS = frozenset(
    [
        "unit",
        "time.unit",
        "concept",
        "script.classifiers",
        "script.event_classifiers",
        "not_figures.named_before",
        "not_figures.named_after",
        "places.heads",
        "numeral.multipliers",
        "numeral.cardinals",
    ]
)
"""Roles of letters that mean what they do beside a number, and may else be one of a name."""
_MEANT = 2, 3
"""Letters of a name that are such as names are spelled with: so many of so many."""


def cues(found: Mapping[str, list[Hit]], text: str) -> list[Hit]:
    """Return the cues of status, without words that there only stand before an object.

    So one does before a thing, before a number of things, and where behind what follows it in its clause a
    verb says what became of that.
    """
    markers = {hit.start for hit in found.get("script.object_markers", ())}
    things = {hit.start for role in _OBJECTS for hit in found.get(role, ())}
    counted = things | {hit.start for hit in found.get("script.classifiers", ())}
    numbers = {hit.start: hit.end for role in _COUNTS for hit in found.get(role, ())}
    other = {hit.start for hit in found.get("noun_ends", ())}
    verbs = Hits(found.get("script.object_verbs"))

    def is_marker(hit: Hit) -> bool:
        start = end = hit.end + 1
        if start in things:
            return True
        while text[end : end + 1].isdigit() or end in numbers:
            end = numbers.get(end, end + 1)
            end += text[end : end + 1] == " "
        if end > start and end in counted:
            return True
        verb = verbs.first_within(start + 1, start + _REACH)
        return verb is not None and start not in other and _STOPS.isdisjoint(text[start : verb.start])

    return [hit for hit in found.get("status", ()) if hit.start not in markers or not is_marker(hit)]


_COUNTS = ("numeral.cardinals", "numeral.multipliers", "numeral.indefinite")
_REACH = 30
"""Code points behind such a word in which the verb of its object stands."""
_STOPS = frozenset(",;:.!?\u3001\u3002\uff0c\uff1b\uff1a")


_OBJECTS = ("concept", "places.names", "speakers.nationalities", "actor")


class Unspaced:
    """Tells words from other finds, in the texts of one language."""

    def __init__(
        self, entries: Mapping[str, tuple[Entry, ...]], patterns: Sequence[str], script: Script
    ) -> None:
        self.entries = entries
        self.patterns = patterns
        self._letters = frozenset(script.name_letters)
        self._roles = [frozenset(role for role, _ in entries[form]) for form in patterns]
        # What each form is good for as a part of a longer word.
        self.parts = [tuple(entry for entry in entries[form] if _is_part(entry.role)) for form in patterns]
        self._costs = [
            cost(len(form), phrase=all(map(_is_part, roles)))
            for form, roles in zip(patterns, self._roles, strict=True)
        ]
        self._numbers = frozenset(
            form
            for form, roles in zip(patterns, self._roles, strict=True)
            if len(form) == 1 and not roles.isdisjoint(_NUMBERS)
        )
        counting = (
            form
            for form, roles in zip(patterns, self._roles, strict=True)
            if any(role.startswith("numeral.") for role in roles)
        )
        self._counting = frozenset(letter for form in counting for letter in form)
        self._dependent = frozenset(
            index
            for index, form in enumerate(patterns)
            if len(form) == 1 and form in self._letters and self._roles[index] <= _BESIDE_NUMBERS
        )
        self._number_idioms = frozenset(
            index
            for index, form in enumerate(patterns)
            if not self._roles[index].isdisjoint(_IDIOMS) and self._numbers.issuperset(form)
        )
        openers = {
            form for form, roles in zip(patterns, self._roles, strict=True) if "qualifier.after" in roles
        }
        # Words that begin with one for "more than": behind a number it is that, "4800|more|times".
        self._more = frozenset(
            index
            for index, form in enumerate(patterns)
            if len(form) > 1 and form[0] in openers and not self._roles[index].isdisjoint(_IDIOMS)
        )

    def cut(self, text: str, folded: str, matches: Iterable[Match]) -> Segmentation:
        """Return a text cut into words; what may be one is given in the order of its end."""
        cut = Segmentation(text, folded, self._words(folded, matches))
        cut.close(self._is_name)
        return cut

    def _words(self, folded: str, matches: Iterable[Match]) -> Iterator[tuple[int, int, int]]:
        """Yield start, end and cost of the finds that may be words."""
        for index, start, end in matches:
            word = self._costs[index]
            if word is None or (index in self._number_idioms and not self._stands_alone(folded, start, end)):
                continue
            if index in self._more and self._counts(folded[max(0, start - 1) : start]):
                continue
            if index not in self._dependent or not self._in_name(folded, start, end):
                yield start, end, word

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
            if self._is_name(cut.text[start:end]):
                yield start, end

    def _is_name(self, word: str) -> bool:
        spelled = sum(letter in self._letters for letter in word) or (not self._letters and len(word))
        return len(word) > 1 and spelled * _MEANT[1] >= len(word) * _MEANT[0]

    def _in_name(self, folded: str, start: int, end: int) -> bool:
        """Tell whether a letter that means something beside a number stands in a name and not by one."""
        before, after = folded[max(0, start - 1) : start], folded[end : end + 1]
        if before.isdecimal() or before in self._counting:
            return False
        return before in self._letters or (after in self._letters and not before)

    def _counts(self, sign: str) -> bool:
        """Tell whether a letter is a digit, or one that numbers are written with."""
        return sign.isdecimal() or sign in self._counting

    def _stands_alone(self, folded: str, start: int, end: int) -> bool:
        """Tell whether no number stands beside an idiom made of numbers: it would be a part of it."""
        around = {folded[max(0, start - 1) : start], folded[end : end + 1]}
        return not any(sign in self._numbers or sign.isdecimal() for sign in around)
