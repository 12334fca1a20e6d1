"""Runs of words that are a name with its office, or a source such as "officials"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from streams.claims.asides import speaker_ends
from streams.text.names import NAMES, is_named


if TYPE_CHECKING:
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


class Speaker(NamedTuple):
    """The words that name a speaker, in code points, end exclusive."""

    start: int
    end: int


_MOST_WORDS = 12
_MOST_QUOTED = 8
_BRACKET = 20
_QUOTES, _CLOSING = ("\u00ab", "\u201c", "\u201e", chr(34)), ("\u00bb", "\u201d", "\u201c", chr(34))
_APPOSITION = regex.compile(r"\p{Ll}{0,40}+(?: \p{L}[\p{L}\p{M}'\u2019-]{0,40}+){0,7}, ")
_MOST_INSERTED = 3
"""Stretches of when, how and to whom between a verb and its speaker."""
_DATED = regex.compile(r" \(\d{1,2}[./]?(?:\d{1,2})?\)")
_MOST_BETWEEN = 4
"""Words without a capital between two with one: "Cambodian defence ministry spokeswoman Maly"."""


class Names:
    """Finds the words that name someone on one side of a place in a text."""

    def __init__(self, scan: Scan, layout: Layout) -> None:
        self.scan = scan
        self.layout = layout
        self.sources = scan.role("speakers.sources")
        self.loose = (scan.role("speakers.articles"), scan.role("speakers.modifiers"))
        self.connectors = scan.role("speakers.connectors")
        self.no_names = scan.role("speakers.not_names")

    def left_of(self, end: int, limit: int) -> Speaker | None:
        """Return the name that ends right before ``end``; an apposition in commas is passed over.

        An abbreviation in brackets belongs to the name: "the refugee agency (UNHCR)".
        """
        at = self.back(end)
        if at > limit and self.scan.text[at - 1] == ")":
            bracket = self.scan.text.rfind("(", max(limit, at - _BRACKET), at)
            named = self.walk_left(bracket, limit) if bracket > limit else None
            if named:
                return Speaker(named.start, at)
        comma = at > limit and self.scan.text[at - 1] in ",)"
        found = self.walk_left(at - 1 if comma else at, limit)
        if found is None and not self.layout.script.spaces:
            ends = speaker_ends(self.scan, at, limit)
            found = next((one for stop in ends if (one := self.walk_left(stop, limit))), None)
        elif found and (told := self.scan.role("speakers.asides").ending(self.back(found.start))):
            # "The head of the hospital to Reuters said".
            stops = (told.start, *speaker_ends(self.scan, told.start, limit))
            found = next((one for stop in stops if (one := self.walk_left(stop, limit))), found)
        if comma and found:
            # "Ahmad Yani, the army's spokesman, said": the name stands before the apposition.
            before = self.back(found.start)
            if before > limit and self.scan.text[before - 1] == ",":
                name = self.walk_left(before - 1, limit)
                if name and self._is_name(name) and not self._is_name(found):
                    return name
        return found

    def right_of(self, start: int, limit: int) -> Speaker | None:
        """Return the name right behind ``start``: "the mayor, John Smith," is John Smith."""
        found = self.bare_right_of(start, limit)
        return self.apposed(found, limit) if found else None

    def apposed(self, found: Speaker, limit: int) -> Speaker:
        """Return the name that stands in commas behind an office, else the office."""
        comma = _APPOSITION.match(self.scan.text, found.end, limit)
        if comma is None:
            return found
        name = self.walk_right(comma.end(), limit)
        # In an apposition the name has two words or more and ends at a sign, too.
        if (
            name
            and self.is_full_name(name)
            and self.scan.text[name.end : name.end + 1] in ("", ",", ".", ";", "\n")
        ):
            return name
        return found

    def bare_right_of(self, start: int, limit: int) -> Speaker | None:
        """Return the name right behind ``start``, with an abbreviation in brackets and no apposition."""
        found = self.walk_right(self.over_inserted(start, limit), limit)
        if found and self.scan.text[found.end : found.end + 2] == " (":
            bracket = self.scan.text.find(")", found.end, found.end + _BRACKET)
            if 0 < bracket < limit and not any(map(str.isdecimal, self.scan.text[found.end : bracket])):
                return Speaker(found.start, bracket + 1)
        return found

    def over_inserted(self, start: int, limit: int) -> int:
        """Return where words for when, how and to whom end that stand behind a verb of saying.

        "Informó [este sábado] [en un comunicado] el gobernador": his name begins behind them.
        """
        between = self.scan.role("speakers.between")
        at = start
        for _ in range(_MOST_INSERTED):
            hit = between.at(at + (self.scan.text[at : at + 1] == " "))
            if hit is None or hit.end > limit:
                break
            dated = _DATED.match(self.scan.text, hit.end, limit)
            at = dated.end() if dated else hit.end
        return at

    def capitalised_from(self, start: int, limit: int) -> Speaker | None:
        """Return the run of capitalised words that begins within two words of ``start``."""
        at = start
        first = last = None
        for _ in range(6):
            while at < limit and self.scan.text[at] == " ":
                at += 1
            word = self.layout.word_at(at)
            if word is None or word.end > limit:
                break
            if is_named(self.scan, self.layout, word.start, word.end):
                first = word.start if first is None else first
                last = word.end
            elif first is not None or word.start > start + 24:
                break
            at = word.end
            if at < limit and self.scan.text[at] != " ":
                break
        return Speaker(first, last) if first is not None and last is not None else None

    def is_full_name(self, stretch: Speaker) -> bool:
        """Tell whether a stretch is two words or more, each with a capital."""
        words = self.scan.text[stretch.start : stretch.end].split()
        dated = self.scan.role("time.weekdays").within(stretch.start, stretch.end)
        return len(words) > 1 and not dated and all(any(map(str.isupper, word)) for word in words)

    def walk_left(self, end: int, limit: int) -> Speaker | None:
        """Return the run of words before ``end`` that names a speaker, None where none does."""
        at = self.back(end)
        start = None
        for _ in range(_MOST_WORDS):
            word = self.layout.word_ending(at)
            if word is None or word.start < limit:
                break
            source = self.sources.ending(at)
            loose = next((hit for hits in self.loose if (hit := hits.ending(at))), None)
            if source:
                start = at = source.start
            elif is_named(self.scan, self.layout, word.start, word.end) and not (
                word.start == limit and self.no_names.at(word.start)
            ):
                start = at = word.start
            elif loose:
                at = loose.start
            elif start is not None and self.connectors.ending(at):
                at = word.start
            else:
                break
            gap = self.back(at)
            if at - gap > 1 or (gap > limit and self.scan.text[gap - 1] in ',;:.()\u201c\u201d"\n'):
                break
            at = gap
        if start is None:
            return None
        stop = self.back(end)
        return Speaker(start, stop) if self.speaks(start, stop) else None

    def walk_right(self, start: int, limit: int) -> Speaker | None:
        """Return the run of words from ``start`` on that names a speaker, None where none does."""
        at = start
        first = last = begin = None
        pending = 0
        for _ in range(_MOST_WORDS):
            while at < limit and self.scan.text[at] == " ":
                at += 1
            if (close := self._quoted_name(at, limit)) and (pending or first is not None):
                first = at if first is None else first
                last = at = close
                pending = 0
                if self.scan.text[at : at + 1] != " ":
                    break
                continue
            word = self.layout.word_at(at)
            if word is None or word.end > limit:
                break
            source = self.sources.at(at)
            loose = next((hit for hits in self.loose if (hit := hits.at(at))), None)
            if source:
                # "Hamas-Behörde": the word goes on behind a hyphen.
                end = word.end if self.scan.text[source.end : source.end + 1] == "-" else source.end
                end = max(end, source.end)
            elif is_named(self.scan, self.layout, word.start, word.end):
                end = word.end
            elif first is not None and self._is_whence(last, word.start):
                break
            elif pending < _MOST_BETWEEN and (
                loose or self.connectors.at(at) or self.passes(at, first is not None)
            ):
                if first is None:
                    # "Ukrainian general staff": what it is like is part of who speaks.
                    begin = at if loose is self.loose[1].at(at) else None
                at = loose.end if loose else word.end
                pending += 1
                if self.scan.text[at : at + 1] != " ":
                    break
                continue
            else:
                break
            pending = 0
            first = (at if begin is None else begin) if first is None else first
            last = at = end
            if at < limit and self.scan.text[at] != " ":
                if self.scan.text[at : at + 2] != ". " or at - word.start > 4:  # noqa: PLR2004 - "Col. Smith"
                    break
                at += 1
        if first is None or last is None:
            return None
        return Speaker(first, last) if self.speaks(first, last) else None

    def _is_whence(self, end: int | None, start: int) -> bool:
        """Tell whether a word behind an abbreviation only says where: "laut UN [aus Al-Faschir]"."""
        word = self.layout.word_ending(end) if end is not None else None
        if word is None or self.scan.role("places.before").at(start) is None:
            return False
        name = self.scan.text[word.start : word.end]
        return len(name) > 1 and name.isupper()

    def _quoted_name(self, at: int, limit: int) -> int | None:
        """Return where a name in quotation marks ends that begins at an offset: "the company “Acme”"."""
        text = self.scan.text
        if text[at : at + 1] not in _QUOTES or not text[at + 1 : at + 2].isupper():
            return None
        ends = [stop for sign in _CLOSING if (stop := text.find(sign, at + 1, min(limit, at + _BRACKET))) > 0]
        close = min(ends, default=0)
        few = 0 < self.layout.words_between(at + 1, close) <= _MOST_QUOTED if close else False
        return close + 1 if few and not any(sign in text[at + 1 : close] for sign in ",.;:!?") else None

    def passes(self, at: int, begun: bool) -> bool:
        """Tell whether a word without a capital may stand inside a name with its office."""
        if not begun:
            return False
        roles = ("noun_ends", "clause_ends", "predicate", "attribution", "conjunctions", "places.before")
        return not any(self.scan.role(role).at(at) for role in roles)

    def back(self, offset: int) -> int:
        """Return where the spaces before an offset begin."""
        while offset and self.scan.text[offset - 1] == " ":
            offset -= 1
        return offset

    def capital(self, start: int, end: int) -> bool:
        """Tell whether a word has a capital; "ez-Zor" and "al-Assad" have one inside."""
        if any(map(str.isupper, self.scan.text[start:end])):
            return True
        if self.layout.script.spaces:
            return False
        return any(self.scan.role(role).within(start, end) for role in NAMES)

    def _is_name(self, stretch: Speaker) -> bool:
        return self.capital(stretch.start, stretch.end)

    def is_no_name(self, start: int, end: int) -> bool:
        """Tell whether a stretch is no more than a word that only begins sentences."""
        hit = self.no_names.at(start)
        return hit is not None and hit.end >= end

    def speaks(self, start: int, end: int) -> bool:
        """Tell whether words name a speaker: a source, or a capital that is no mere sentence start."""
        if self.sources.within(start, end):
            return True
        unit = self.scan.role("unit").at(start)
        if unit and self.scan.text[unit.end : unit.end + 1].isdecimal():
            return False  # "promised N20m"
        hit = self.no_names.at(start)
        return self._is_name(Speaker(start, end)) and not (hit and hit.end >= end)
