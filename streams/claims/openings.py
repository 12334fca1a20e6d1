"""Speakers that open a clause which their verb ends: "Bakanlık, 12 kişinin öldüğünü açıkladı"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.claims.names import Names, Speaker
from streams.text.names import is_common


if TYPE_CHECKING:
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_MOST_WORDS = 12
_MOST_OPENING = 40


class Openings(Names):
    """Finds the speaker at the start of a clause, in a language whose verbs come last."""

    def __init__(self, scan: Scan, layout: Layout, genitives: tuple[str, ...] = ()) -> None:
        super().__init__(scan, layout)
        self.genitives = frozenset(genitives)

    def opening(self, end: int, floor: int) -> Speaker | None:
        """Return the first words between two offsets that name a speaker, for a verb that ends its clause.

        "Sağlık Bakanlığı, saldırıda 12 kişinin öldüğünü açıkladı". A word with an ending is no
        subject: "Gazze'de", "yetkililerin"; a name may go on behind a genitive.
        """
        at = floor
        for _ in range(_MOST_OPENING):
            at = next((stop for stop in range(at, end) if self.scan.text[stop].isalnum()), end)
            word = self.layout.word_at(at)
            if at >= end:
                break
            if word is None:
                at += 1
                continue
            if self.layout.quotation(at) is None and (found := self._subject_at(at, end, floor)):
                return found
            at = word.end
        return None

    def _subject_at(self, start: int, limit: int, floor: int) -> Speaker | None:
        """Return the name in its bare form that begins at an offset, None where none does."""
        at, stop, dangling, words, known = start, start, False, 0, 0
        while (word := self.layout.word_at(at)) and word.end <= limit and words < _MOST_WORDS:
            source = self.sources.at(at)
            bare = source is not None and source.end - source.start == len(source.form)
            modifier = self.loose[1].at(at) or (self.connectors.at(at) if words else None)
            if bare and source:
                dangling, known, stop = False, source.end, source.end
            elif self._is_bare(word.start, word.end) and (words or not self._is_when(at, word.end)):
                dangling, stop = False, word.end
            elif self._is_genitive(word.start, word.end):
                dangling, stop = True, word.end
            elif modifier:
                dangling, stop = True, modifier.end
            else:
                break
            words += 1
            at = stop + 1
            if self.scan.text[stop : stop + 1] != " ":
                break
        if known < stop and known and self.scan.role("places.after").at(stop + 1):
            # "Rus ordusu Donetsk bölgesinde": the name is that of a place.
            stop = known
        if not words or (dangling and stop != known):
            return None
        alone = words == 1 and not known and start == floor and self.scan.text[stop : stop + 1] != ","
        if alone and is_common(self.scan, start, stop):
            return None
        return Speaker(start, stop) if self.speaks(start, stop) else None

    def _is_bare(self, start: int, end: int) -> bool:
        """Tell whether a word has a capital, is no common noun, and has no ending behind an apostrophe."""
        if not self.scan.text[start].isupper() or self.no_names.at(start):
            return False
        return "'" not in self.scan.folded[start:end]

    def _is_when(self, start: int, end: int) -> bool:
        """Tell whether a word is known as one of a clause and not of a name: "Saldırıda", "Pazartesi"."""
        roles = ("keyword", "predicate", "time.weekdays", "time.months", "time.unit", "qualifier.before")
        hits = (self.scan.role(role).at(start) for role in roles)
        return any(hit is not None and hit.end >= end > start + len(hit.form) for hit in hits)

    def _is_genitive(self, start: int, end: int) -> bool:
        """Tell whether a name goes on behind a word: "BM'nin Suriye temsilcisi"."""
        name, apostrophe, ending = self.scan.folded[start:end].rpartition("'")
        return bool(name and apostrophe) and self.scan.text[start].isupper() and ending in self.genitives
