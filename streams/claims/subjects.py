"""The subject that stands apart from its verb of saying, or that a sentence begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from streams.claims.names import Speaker
    from streams.claims.speakers import Speakers
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


_MOST_INSERTED = 160
"""Code points in commas that may part a speaker from his verb."""
_MOST_WORDS = 10
"""Words of when, where or in what it was said, without commas, that may do so."""
_MOST_PLACED = 60
"""Code points of where and when that may open a sentence before its subject."""
_MOST_OF_NAME = 5
"""Words of a name in commas, with the rank before it."""
_CLAUSES = 4
"""Words that open a clause looked at before a verb."""
_BREAKS = (";", ":", "\n", " - ", " \u2013 ", " \u2014 ")
"""Signs that no insertion holds; a dash ends a dateline."""
_CLOSING = ('"', "\u201d", "\u00bb")
_QUOTES = frozenset('"\u201c\u201d\u201e\u00ab\u00bb')


class Subjects:
    """Finds who a sentence or a clause is about, where the verb of saying is not beside the name."""

    def __init__(self, scan: Scan, layout: Layout, names: Speakers) -> None:
        self.scan = scan
        self.layout = layout
        self.names = names
        self._openings: dict[int, Speaker | None] = {}

    def across(self, end: int, sentence: Stretch) -> Speaker | None:
        """Return the subject before what is inserted between it and the verb that begins at ``end``.

        "The RSF, which controls the city, said", "OCHA dalam laporan terbarunya menyebut".
        """
        stop = self._back(end)
        openers = self.scan.role("clause_ends").within(max(sentence.start, stop - _MOST_INSERTED * 2), stop)
        starts = [hit.end for hit in reversed(openers[-_CLAUSES:])]
        if quotation := self._quotation_before(stop):
            starts.append(quotation)
        for start in (*starts, sentence.start):
            named = self._named_at(start, stop)
            if named and (person := self._named_between(named, stop)):
                return person
            if named and self._is_inserted(named.end, stop):
                return named
        return None

    def _named_between(self, office: Speaker, stop: int) -> Speaker | None:
        """Return the person in commas between his office and his verb: "the mayor, Ahmad Yani, said"."""
        first, last = office.end + 2, stop - 1
        if last - first > _MOST_INSERTED:
            return None
        inner = self.scan.text[first:last].split(" ")
        if self.scan.text[office.end : first] != ", " or self.scan.text[last:stop] != "," or len(inner) < 2:  # noqa: PLR2004
            return None
        if any(not word[:1].isupper() for word in inner[-2:]) or not self.names.sources.within(*office):
            return None
        name = self.names.walk_right(first, last)
        if name is None or name.end != last or self.layout.words_between(first, last) > _MOST_OF_NAME:
            return None
        own = last - len(inner[-1]) - len(inner[-2]) - 1
        return None if self.names.sources.within(own, last) else name

    def _quotation_before(self, stop: int) -> int | None:
        """Return where the quotation ends that stands shortly before a verb."""
        closing = max(
            self.scan.text.rfind(mark, max(0, stop - _MOST_INSERTED * 2), stop) for mark in _CLOSING
        )
        return closing + 1 if closing >= 0 else None

    def opening(self, index: int) -> Speaker | None:
        """Return who the sentence of this index begins with: a source, an actor, or a person's full name."""
        if index not in self._openings:
            sentence = self.layout.sentences[index]
            self._openings[index] = self._opening(sentence)
        return self._openings[index]

    def _opening(self, sentence: Stretch) -> Speaker | None:
        first = sentence.start
        comma = self.scan.text.find(", ", first, min(sentence.end, first + _MOST_PLACED))
        if comma > 0 and self.scan.role("places.before").at(first):
            first = comma + 2  # "At a school in Surin, Somsak, a farmer, …"
        named = self._named_at(first, sentence.end)
        if named is None or self.names.is_pronoun(named):
            return None
        if self.scan.role("places.heads").at(named.start) or self.scan.role("keyword").at(named.start):
            return None
        known = self.is_known(named)
        follows = self.scan.text[named.end : named.end + 1]
        return named if follows in (" ", ",", "'", "\u2019") and (known or self._is_person(named)) else None

    def is_known(self, named: Speaker) -> bool:
        """Tell whether the data knows a name or office that can speak."""
        actors = self.scan.role("actor").within(named.start, named.end)
        return bool(actors or self.names.sources.within(named.start, named.end))

    def _is_person(self, named: Speaker) -> bool:
        return self.names.is_full_name(named) and self.scan.text[: named.start].rstrip()[-1:] not in _QUOTES

    def _named_at(self, start: int, limit: int) -> Speaker | None:
        """Return the name that begins at an offset, behind an article at most."""
        while start < limit and self.scan.text[start] == " ":
            start += 1
        found = self.names.bare_right_of(start, limit)
        if found is None or self.layout.words_between(start, found.start) > 1:
            return None
        return None if self.names.is_pronoun(found) else found

    def _is_inserted(self, start: int, stop: int) -> bool:
        """Tell whether what parts a name from a verb is inserted: in commas, or a few words of when."""
        if stop - start > _MOST_INSERTED:
            return False
        gap = self.scan.text[start:stop]
        if any(sign in gap for sign in _BREAKS) or not _QUOTES.isdisjoint(gap):
            return False
        if gap.startswith(",") and gap.endswith(","):
            inner = self.scan.role("clause_ends").at(start + 2) or self._opens_phrase(start + 2)
            return bool(inner) or self._is_apposition(start + 2, stop - 1)
        if (
            not self._opens_phrase(start + 1)
            or "," in gap
            or self.layout.words_between(start, stop) > _MOST_WORDS
        ):
            return False
        barred = ("predicate", "clause_ends", "attribution")
        return not any(self.scan.role(role).within(start, stop) for role in barred)

    def _is_apposition(self, start: int, end: int) -> bool:
        """Tell whether words between two commas say what a name is: "controlado por Hamás"."""
        text = self.scan.text[start:end]
        if not text[:1].islower() or any(map(str.isdecimal, text)):
            return False
        if self.layout.words_between(start, end) > _MOST_WORDS:
            return False
        barred = ("clause_ends", "attribution")
        return not any(self.scan.role(role).within(start, end) for role in barred)

    def _opens_phrase(self, at: int) -> bool:
        return any(self.scan.role(role).at(at) for role in ("places.before", "time.period_before"))

    def _back(self, offset: int) -> int:
        while offset and self.scan.text[offset - 1] == " ":
            offset -= 1
        return offset
