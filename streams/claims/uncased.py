"""Speakers and places where no capital shows a name: by the words around them, and by lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.text.names import is_common
from streams.text.sentences import Stretch


if TYPE_CHECKING:
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout


class Name(NamedTuple):
    """Words that name someone or a place, in code points; ``opens``: what is said follows them."""

    start: int
    end: int
    opens: bool = False


_MOST_WORDS = 12
_MOST_UNKNOWN = 6
"""Words of a speaker who is in no list: "the head of the observatory Rami Abdul Rahman"."""
_MOST_OF_PLACE = 2
_FAR = 300
"""Code points before a verb of saying within which its subject stands."""
_COLON = 90
"""Code points within which the colon behind a speaker at the start of a sentence stands."""
_ASIDE = 90
"""Code points of what stands in commas behind a speaker's name."""
_SIGNS = frozenset(',;:.()\u201c\u201d"\u00ab\u00bb\n\u2013\u2014!?\u061f')
_OF_TIME = frozenset(" :.-\u2013\u2014|")
"""Signs in and behind a time of day."""
_ENDS = (
    "clause_ends",
    "noun_ends",
    "predicate",
    "attribution",
    "time.weekdays",
    "time.months",
    "time.since",
    "speakers.not_names",
    "speakers.via",
    "status",
)


class Uncased:
    """Finds the words that name a speaker or a place in one text."""

    def __init__(self, scan: Scan, layout: Layout) -> None:
        self.scan = scan
        self.layout = layout
        self.sources = scan.role("speakers.sources")
        self.actors = scan.role("actor")
        self.names = scan.role("speakers.names")
        self.pronouns = scan.role("speakers.pronouns")
        self.prefixes = tuple(layout.script.prefixes)

    def speaker_after(self, start: int, limit: int, *, cited: bool = False) -> Name | None:
        """Return who is named behind a verb of saying, or with ``cited`` behind "according to".

        One who is in no list counts where what is said follows ("X said that"), or where cited.
        """
        at = self._over_space(start, limit)
        first: int | None = None
        end = at
        known = False
        words = 0
        while at < limit and words < _MOST_WORDS:
            hit = self.sources.at(at) or self.actors.at(at) or self.names.at(at)
            word = self.layout.word_at(at)
            if word is None or word.end > limit or self._digits(at, word.end):
                break
            connector = self.scan.role("speakers.connectors").at(at)
            if hit is None and connector is None and (self._ends(at) or self._counts(at)):
                break
            if first is not None and end == at - 1 and self._is_other(hit, first, end):
                break  # "accused the army the movement of": the one accused
            first = at if first is None else first
            known = known or hit is not None
            at = max(word.end, hit.end if hit else 0, connector.end if connector else 0)
            end = at if connector is None or hit is not None else end
            words += 1
            if self.scan.text[at : at + 1] != " ":
                if self.layout.word_at(at) is None:
                    break
                continue
            at += 1
        if first is None or end <= first:
            return None
        name = Name(first, end, opens=self.opens(end))
        if (hit := self.pronouns.at(first)) and hit.end >= end:
            return None
        few = words <= _MOST_UNKNOWN
        return name if known or (few and (cited or name.opens)) else None

    def _is_other(self, hit: Hit | None, first: int, end: int) -> bool:
        """Tell whether a source is another one: a noun with an article can be of none that follows it."""
        if hit is None or self.names.at(hit.start) or self.scan.role("speakers.connectors").ending(end):
            return False
        return bool(self.prefixes) and self.scan.folded.startswith(self.prefixes, first)

    def quoted(self, end: int, limit: int) -> Name | None:
        """Return the source that a medium quotes: "Reuters [from] a security source"."""
        hit = self.scan.role("speakers.quoted").at(self._over_space(end, limit))
        return self.speaker_after(hit.end, limit, cited=True) if hit else None

    def speaker_before(self, end: int, sentence: Stretch, *, cited: bool = False) -> Name | None:
        """Return the speaker who is the subject before a verb: "the army announces".

        With ``cited`` the one quoted by a medium: "[from] a security source, who said".
        """
        stop = end
        if self.layout.script.spaces:
            # A conjunction that is written as one with the verb ("and-said") is nobody.
            while stop > sentence.start and self.scan.text[stop - 1].isalpha():
                stop -= 1
        while stop > sentence.start and self.scan.text[stop - 1] == " ":
            stop -= 1
        start = next(
            (at + 1 for at in range(stop - 1, sentence.start - 1, -1) if self.scan.text[at] in _SIGNS),
            sentence.start,
        )
        ends = ("clause_ends", "speakers.quoted") if cited else ("clause_ends",)
        for role in ends:
            if cut := self.scan.role(role).last_before(stop, start):
                start = cut.end
        start = self._over_space(start, stop)
        words = self.layout.words_between(start, stop)
        if not 0 < words <= _MOST_WORDS or self._digits(start, stop):
            return None
        barred = ("predicate", "attribution")
        if any(self.scan.role(role).within(start, stop) for role in barred):
            return None
        named = [hit for hits in (self.sources, self.actors) if (hit := hits.first_within(start, stop))]
        if named:
            first = min(hit.start for hit in named)
            return Name(first, stop) if self.layout.words_between(start, first) <= 1 else None
        at_start = start == sentence.start and words <= _MOST_OF_PLACE
        return Name(start, stop) if at_start and not self._ends(start) else None

    def subject(self, end: int, sentence: Stretch) -> Name | None:
        """Return who is named at the start of the clause that a verb of saying ends.

        What is said may stand between them: "the army the death of 12 soldiers denied". One in
        no list counts at the start of the sentence.
        """
        floor = max(sentence.start, end - _FAR)
        opened = max(self.scan.folded.rfind(sign, floor, end) for sign in ";:") + 1
        if opened:
            floor = opened
            sentence = Stretch(opened, sentence.end)
        named = [*self.sources.within(floor, end), *self.actors.within(floor, end)]
        for hit in sorted(named, reverse=True)[:_MOST_WORDS]:
            if self._begins_clause(hit.start, sentence.start):
                found = self.speaker_after(hit.start, end, cited=True)
                return (self.quoted(found.end, end) or found) if found else None
        start = self._over_space(self._over_time(sentence), end)
        first = min(named, default=None)
        if first and self.layout.words_between(start, first.start) <= _MOST_OF_PLACE and self._names(start):
            found = self.speaker_after(first.start, end, cited=True)
            return (self.quoted(found.end, end) or found._replace(start=start)) if found else None
        words = self.layout.words_between(start, end)
        short = words <= _MOST_UNKNOWN and not self.scan.role("predicate").within(start, end)
        if words > _MOST_WORDS or self._ends(start) or (self._is_known(start) and not short):
            return None
        return self.speaker_after(start, end, cited=True)

    def _names(self, at: int) -> bool:
        """Tell whether a word may begin a name: "the office of the police"."""
        return not self._ends(at) and self.scan.role("places.before").at(at) is None

    def _is_known(self, at: int) -> bool:
        word = self.layout.word_at(at)
        return word is None or is_common(self.scan, at, word.end)

    def _begins_clause(self, at: int, limit: int) -> bool:
        """Tell whether a clause, or what follows when and how it was said, begins at an offset."""
        before = at
        while before > limit and self.scan.text[before - 1] == " ":
            before -= 1
        if before <= limit or self.scan.folded[before - 1] in _SIGNS:
            return True
        if self.scan.role("places.before").ending(before):
            return False
        roles = ("clause_ends", "conjunctions", "time.weekdays", "speakers.not_names")
        return any(self.scan.role(role).ending(before) for role in roles)

    def before_colon(self, sentence: Stretch) -> Name | None:
        """Return the source that a sentence begins with, if a colon follows: "Health ministry: 12 dead"."""
        start = self._over_time(sentence)
        colon = self.scan.text.find(":", start, min(sentence.end, start + _COLON))
        if colon < 0 or not self.scan.text[colon + 1 : sentence.end].strip():
            return None
        dash = max(self.scan.text.rfind(sign, start, colon) for sign in "\u2013\u2014-\u2022|")
        found = self.speaker_after(start if dash < 0 else dash + 1, colon)
        if found and self._is_place(found):
            return None  # "Gaza: 24 dead" says where, and not who says so
        return found if found and self.scan.text[found.end : colon].strip() == "" else None

    def _is_place(self, name: Name) -> bool:
        """Tell whether a name is a place's that is no source by itself, as a capital is of its government."""
        place = self.scan.role("places.names").at(name.start)
        source = self.sources.at(name.start) or self.actors.at(name.start)
        return place is not None and source is None and place.end >= name.end

    def _over_time(self, sentence: Stretch) -> int:
        """Return where a sentence begins behind the time and the dash that a live report opens with."""
        at = sentence.start
        while at < sentence.end and (self.scan.text[at].isdecimal() or self.scan.text[at] in _OF_TIME):
            at += 1
        return at if self.scan.text[sentence.start : sentence.start + 1].isdecimal() else sentence.start

    def place(self, start: int, limit: int) -> Name | None:
        """Return the place named behind a word such as "in".

        It is in the list, or its kind stands before it ("the town of X").
        """
        heads, names = self.scan.role("places.heads"), self.scan.role("places.names")
        at = self._over_space(start, limit)
        first = at
        head: Hit | None = None
        for _ in range(_MOST_OF_PLACE + 1):
            if names.at(at) or (hit := heads.at(at)) is None or hit.end > limit:
                break
            head = hit
            at = self._over_space(hit.end, limit)
        if name := names.at(at):
            end = name.end
            if (barred := self.scan.role("places.not_places").at(at)) and barred.end > end:
                return None
            behind = heads.at(end + 1)
            # "rural Aleppo the[western]": with an article it belongs to the name before it.
            if behind and behind.end <= limit and self.scan.folded.startswith(self.prefixes, behind.start):
                end = behind.end
            return Name(first, end)
        unknown = self._unknown(at, limit) if head else None
        return Name(first, unknown) if unknown else None

    def _unknown(self, at: int, limit: int) -> int | None:
        """Return the end of one or two words that no list knows; None where a known one stands there."""
        end: int | None = None
        for _ in range(_MOST_OF_PLACE):
            word = self.layout.word_at(at)
            if word is None or word.end > limit or self._digits(at, word.end) or self._ends(at):
                break
            if is_common(self.scan, at, word.end) or any(
                self.scan.role(role).at(at)
                for role in ("places.before", "conjunctions", "places.not_places", "places.nations")
            ):
                break
            end = word.end
            if self.scan.text[end : end + 1] != " ":
                break
            at = end + 1
        return end

    def opens(self, end: int) -> bool:
        """Tell whether what is said follows: "that", or a colon."""
        end = self._behind_aside(end)
        at = end + 1 if self.scan.text[end : end + 1] == " " else end
        return self.scan.text[end : end + 1] == ":" or self.scan.role("clause_ends").at(at) is not None

    def _behind_aside(self, end: int) -> int:
        """Return the end of what stands in commas behind a name and says who that is: "X, head of it,"."""
        if self.scan.folded[end : end + 1] != ",":
            return end
        start = self._over_space(end + 1, len(self.scan.text))
        close = self.scan.folded.find(",", start, start + _ASIDE)
        cut = close < 0 or not _SIGNS.isdisjoint(self.scan.folded[start:close])
        return end if cut or self.sources.at(start) is None else close + 1

    def _ends(self, at: int) -> bool:
        return any(self.scan.role(role).at(at) for role in _ENDS)

    def _counts(self, at: int) -> bool:
        """Tell whether what is said begins with a number, or what qualifies one: "at least twelve"."""
        roles = ("qualifier.before", "numeral.cardinals", "numeral.indefinite")
        return self.layout.script.verb_last and any(self.scan.role(role).at(at) for role in roles)

    def _digits(self, start: int, end: int) -> bool:
        return any(map(str.isdecimal, self.scan.text[start:end]))

    def _over_space(self, at: int, limit: int) -> int:
        while at < limit and self.scan.text[at] == " ":
            at += 1
        return at
