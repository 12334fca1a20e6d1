"""Which places of the gazetteer a text names, and which of several of one name it means."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import regex

from streams import rosters
from streams.gazetteer import gazetteer, key
from streams.places.bearers import bearers
from streams.records import Place
from streams.text.names import is_common
from streams.text.sentences import LONGEST_NAME


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from streams.claims.names import Speaker
    from streams.gazetteer import Entry
    from streams.languages import Language
    from streams.records import Actor
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_AGED = regex.compile(r", [1-9]\d,")
"""An age behind a name, which is a person's."""


@lru_cache(8_192)
def _has_capital(word: str) -> bool:
    return not word.islower() and any(map(str.isupper, word))


class Toponym(NamedTuple):
    """A name in the text and the places that bear it, in code points, end exclusive."""

    start: int
    end: int
    rows: tuple[int, ...]


_MOST_WORDS = 5
_MOST_SIGNS = 8
"""Of a name in Chinese."""
_LEAST_LETTERS = 3
_SHORT = 4
"""A connector inside a name ("de", "ez") is no longer."""
_FAMOUS, _LARGE, _KNOWN = 1_000_000, 200_000, 100_000
"""Inhabitants of a town that is one without a word such as "in" before it: as the first word of a
sentence, of any, and of one in a country that the text names."""
_TOWN = 30_000
"""Inhabitants of one in a country that the text names, behind "in", where no capital shows a name."""
_MOST_TOPONYMS = 2_000
_BY_FAR = 10
"""How many times larger a town is than all of its name elsewhere, where it is meant by far."""
_ABROAD = 65_000
"""Inhabitants of a town in a country that the text does not name, where it names others."""
_HOME = 0.7
"""What a country counts more in whose news the language is written."""
_NEAR = 3
_COMMAS = (",", "(", "\u060c", "\uff0c", "")


class Toponyms:
    """The names of a text that are in the gazetteer."""

    def __init__(self, scan: Scan, layout: Layout, language: Language) -> None:
        self.scan = scan
        self.layout = layout
        self.language = language
        self.table = gazetteer()
        self.home = rosters.states().home.get(language.code, ())
        script = language.script
        self.bearers = bearers(
            tuple(language.places.nominatives),
            tuple(language.places.sides),
            tuple(sorted({*script.proclitics, *script.loose_proclitics, *script.prefixes})),
        )
        self.found = list(self._find())[:_MOST_TOPONYMS]
        # "Jordan, 41, will retire", and "Jordan" elsewhere in the text.
        self.persons = {one.rows for one in self.found if _AGED.match(scan.text, one.end)}
        self.votes = self._votes()
        self._all_votes = max(1, self.votes.total())
        self.bound = self._countries_named()
        self._meant: dict[tuple[int, ...], Entry | None] = {}
        self._alone: dict[int, bool] = {}

    def _find(self) -> Iterator[Toponym]:
        """Yield the longest names, from left to right."""
        text, ends = self.scan.text, self.layout.word_ends
        capitals, spaces = self.language.script.capitals, self.language.script.spaces
        may_begin = _has_capital if capitals else self.bearers.leads
        named = self._capitalised if capitals else self._uncapitalised
        behind = 0
        for index, start in enumerate(self.layout.word_starts):
            if start < behind:
                continue
            # Most words begin no name, and that is known of the word by itself.
            found = named(index) if may_begin(text[start : ends[index]]) else None
            if found:
                yield found
                behind = found.end
            elif not spaces and ends[index] - start > 1:
                yield from self._inside(start, ends[index])

    def _capitalised(self, index: int) -> Toponym | None:
        """Return the name that begins with a word; it and the last have a capital."""
        text, starts, ends = self.scan.text, self.layout.word_starts, self.layout.word_ends
        start = starts[index]
        first = text[start : ends[index]]
        if self.scan.role("places.wider").covers(start, ends[index]):
            return None
        stops = [ends[index]]
        more = ends[index] - start < LONGEST_NAME and self.bearers.opens(first)
        for at in range(index + 1, min(index + _MOST_WORDS, len(starts)) if more else 0):
            if text[ends[at - 1] : starts[at]] != " ":
                break
            capital = any(map(str.isupper, text[starts[at] : ends[at]]))
            if capital:
                stops.append(ends[at])
            elif ends[at] - starts[at] > _SHORT and at > index + 1:
                break
            else:
                # The last word of some names has no capital: "сектор Газа", "Красное море".
                stops.append(ends[at])
        for stop in reversed(stops):
            if (rows := self.bearers.rows(text[start:stop])) and stop - start >= _LEAST_LETTERS:
                return Toponym(start, self._without_ending(start, stop), rows)
        if rows := self._country_in_short(text[start : stops[0]]):
            return Toponym(start, stops[0], rows)
        return None

    def _country_in_short(self, surface: str) -> tuple[int, ...]:
        """Return the country of an abbreviation in capitals: "US", "UK", "РФ"."""
        if len(surface) >= _LEAST_LETTERS or not surface.isupper():
            return ()
        return tuple(row for row in self.bearers.rows(surface) if self.table.entry(row).feature == "country")

    def _uncapitalised(self, index: int) -> Toponym | None:
        """Return the name that begins with a word of a script without capitals, behind its clitics."""
        text, starts, ends = self.scan.text, self.layout.word_starts, self.layout.word_ends
        start, word_end = starts[index], ends[index]
        for lead in self.bearers.leads(text[start:word_end]):
            last = index
            while (
                last + 1 < len(starts)
                and last - index < _MOST_WORDS - 1
                and text[ends[last] : starts[last + 1]] in (" ", "\u200c")
            ):
                last += 1
            for at in range(last, index - 1, -1):
                rows = self.bearers.rows(text[start + lead : ends[at]])
                if rows and not any(self._is_word(first, ends[at]) for first in {start, start + lead}):
                    return Toponym(start + lead, ends[at], rows)
        return None

    def _is_word(self, start: int, end: int) -> bool:
        """Tell whether what could be a name is a word that the data knows, and no name that it lists."""
        barred = self.scan.role("places.not_places").at(start)
        if barred is not None and barred.end > end:
            return True  # "the Rabat [ligament] of the knee", in Arabic
        if self.scan.role("places.names").at(start):
            return False
        return (barred is not None and barred.end >= end) or is_common(self.scan, start, end)

    def _inside(self, start: int, end: int) -> Iterator[Toponym]:
        """Yield the names inside a stretch without spaces."""
        text, at = self.scan.text, start
        while at < end - 1:
            found = None
            if key(text[at : at + 2]) in self.table.openers:
                for stop in range(min(end, at + _MOST_SIGNS), at + 1, -1):
                    if rows := self.bearers.rows(text[at:stop]):
                        found = Toponym(at, stop, rows)
                        break
            if found:
                yield found
            at = found.end if found else at + 1

    def _without_ending(self, start: int, stop: int) -> int:
        """Return where a name ends before an apostrophe and its suffix: "Halep'te"."""
        surface = self.scan.text[start:stop].replace("\u2019", "'")
        bare, sign, _ = surface.rpartition("'")
        if sign and not self.table.rows(key(surface)) and self.table.rows(key(bare)):
            return start + len(bare)
        return stop

    def _votes(self) -> Counter[str]:
        """Return how often the text names each country: by itself, or by a name that no other has."""
        votes: Counter[str] = Counter()
        for toponym in self.found:
            countries = {self.table.entry(row).country for row in toponym.rows}
            named = [one.country for row in toponym.rows if (one := self.table.entry(row)).feature != "town"]
            abroad = any(
                one.population >= _FAMOUS and one.country not in named
                for row in toponym.rows
                if (one := self.table.entry(row)).feature == "town"
            )
            surface = self.scan.text[toponym.start : toponym.end]
            if surface.isupper() and len(surface) > _LEAST_LETTERS:
                continue  # a dateline: where the reporter is
            if named and abroad:
                continue  # in Arabic, "Oman" is spelled as "Amman"
            if named:
                votes[named[0]] += 2
            elif country := self._by_far(toponym.rows, countries):
                votes[country] += 1
        votes.update(country for _, _, country in self._words_for_countries())
        return votes

    def _words_for_countries(self) -> list[tuple[int, int, str]]:
        """Return the words that tell a country without being its name: "Egyptian"."""
        nations = self.scan.role("places.nations")
        words = [(hit.start, hit.end, hit.key) for hit in nations]
        words += (
            (hit.start, hit.end, named[0])
            for hit in self.scan.role("state")
            if not nations.at(hit.start)
            and (named := rosters.parted(hit.key, self.scan.text[hit.start : hit.end]))
        )
        return words

    def _by_far(self, rows: tuple[int, ...], countries: set[str]) -> str | None:
        """Return the country of a name that no other has, or that only small towns have elsewhere."""
        largest = max(map(self.table.entry, rows), key=lambda entry: entry.population)
        others = [one.population for one in map(self.table.entry, rows) if one.country != largest.country]
        if len(countries) == 1:
            return largest.country if largest.population >= _KNOWN else None
        if largest.country not in self.home and not countries.isdisjoint(self.home):
            return None
        alone = largest.population >= max(_FAMOUS, _BY_FAR * max(others, default=0))
        return largest.country if alone else None

    def implied(self) -> list[Place]:
        """Return the words that tell a country without saying where ("Egyptian"), as places, in order.

        Where names of countries and large towns only speak or act in the text, these alone.
        """
        rows = []
        for toponym in self.found:
            entry = self.meant(toponym)
            capitals = self.scan.text[toponym.start : toponym.end].isupper()  # a dateline
            if entry and entry.population >= _KNOWN and not capitals and self.is_alone(toponym):
                rows.append((toponym.start, toponym.end, entry.row))
        if not rows:
            countries = (
                (start, end, self.table.countries.get(country))
                for start, end, country in self._words_for_countries()
            )
            rows = [(start, end, row) for start, end, row in countries if row is not None]
        found = []
        for start, end, row in sorted(rows)[:_MOST_TOPONYMS]:
            place = Place(start=start, end=end, surface=self.scan.text[start:end], relation="")
            found.append(_with(place, self.table.entry(row)))
        return found

    def _countries_named(self) -> dict[tuple[int, ...], set[str]]:
        """Return the countries of names that one stands behind: "Tripoli, Lebanon"."""
        bound: dict[tuple[int, ...], set[str]] = {}
        for one, following in pairwise(self.found):
            gap = self.scan.text[one.end : following.start]
            if len(gap) > _NEAR or gap.strip() not in _COMMAS or "\n" in gap:
                continue
            wider = [entry for row in following.rows if (entry := self.table.entry(row)).feature != "town"]
            if wider and all(self.table.entry(row).feature == "town" for row in one.rows):
                bound.setdefault(one.rows, {entry.country for entry in wider})
        return bound

    def meant(self, toponym: Toponym) -> Entry | None:
        """Return which of the places of one name is meant, None where it is none of them.

        The country that stands behind the name, here or elsewhere in the text, decides: "Tripoli,
        Lebanon". Else the countries that the text names count, and what is known best: a
        country, a region, the largest town.
        """
        if toponym.rows not in self._meant:
            self._meant[toponym.rows] = self._of_rows(toponym.rows)
        return self._meant[toponym.rows]

    def is_alone(self, toponym: Toponym) -> bool:
        """Tell whether a name is whole and no common word (:func:`_is_alone`)."""
        known = self._alone.get(toponym.start)
        if known is None:
            known = self._alone[toponym.start] = _is_alone(self, toponym)
        return known

    def _of_rows(self, rows: tuple[int, ...]) -> Entry | None:
        entries = [self.table.entry(row) for row in rows]
        if bound := self.bound.get(rows):
            entries = [entry for entry in entries if entry.country in bound]
        meant = max(entries, key=lambda entry: (self._score(entry), -entry.row), default=None)
        if meant is None or bound or meant.feature != "town":
            return meant
        # A small town abroad, of a country that the text does not name, is another of that name.
        near = self.votes[meant.country] or meant.country in self.home
        return meant if near or meant.population >= (_ABROAD if self.votes else _TOWN) else None

    def _score(self, entry: Entry) -> float:
        fame = {"country": 8.5, "region": 6.5}.get(entry.feature) or math.log10(entry.population + 1)
        share = self.votes[entry.country] / self._all_votes
        home = _HOME if entry.country in self.home else 0
        return fame + 4 * share + (1 if share else 0) + home


def resolve(
    places: list[Place], toponyms: Toponyms, speakers: list[Speaker], actors: list[Actor]
) -> list[Place]:
    """Return the places of a text, in order, those of the gazetteer with country and coordinates.

    ``places`` are those that a word such as "in" shows; other names are places where they are a
    country, a region or a large town and no part of a longer name. Who speaks is no place.
    """
    found = toponyms.found
    starts = [toponym.start for toponym in found]
    resolved, taken = [], set[int]()
    for place in places:
        first, last = bisect_left(starts, place.start), bisect_left(starts, place.end)
        if first and found[first - 1].end >= place.end:
            first -= 1
            place = _widened(place, found[first], toponyms.scan)  # noqa: PLW2901 - the same place, all of it
        taken.update(range(first, last))
        entry = _of_place(toponyms, place, found[first]) if first < last else None
        if (
            entry
            and last - first > 1
            and entry.feature == "country"
            and found[first].end + 1 == found[last - 1].start
        ):
            # "Rusya Harkiv'i vurdu": who, and then where.
            place = _widened(place, found[last - 1], toponyms.scan)  # noqa: PLW2901
            entry = toponyms.meant(found[last - 1])
        if entry and last - first > 1 and not toponyms.layout.script.spaces:
            entry = _finer(entry, toponyms.meant(found[last - 1]))
        if entry or _is_name(toponyms, place):
            resolved.append(_with(place, entry) if entry else place)
    taken_by: tuple[Iterable[Speaker | Actor | Place], ...] = (speakers, actors, places)
    barred = sorted((one.start, one.end) for others in taken_by for one in others)
    for index, toponym in enumerate(found):
        if index in taken or _overlaps(barred, toponym) or not toponyms.is_alone(toponym):
            continue
        entry = toponyms.meant(toponym)
        following = found[index + 1] if index + 1 < len(found) else None
        if entry and _is_known(toponyms, toponym, entry, following):
            surface = toponyms.scan.text[toponym.start : toponym.end]
            word = toponyms.scan.role("places.before").ending(toponym.start - 1)
            relation = word.form if word else ""
            own = Place(start=toponym.start, end=toponym.end, surface=surface, relation=relation)
            resolved.append(_with(own, entry))
    return sorted(resolved, key=lambda place: (place.start, place.end))


def _finer(entry: Entry, other: Entry | None) -> Entry:
    """Return the last of a chain of names where it lies in the first: "Bangladesh's capital Dhaka"."""
    inside = other and other.country == entry.country and entry.feature != "town"
    return other if other and inside else entry


def _is_name(toponyms: Toponyms, place: Place) -> bool:
    """Tell whether a place that the gazetteer lacks is one, where each noun has a capital.

    "Im Dorf Kautikari", "in Kautikari"; "an Cholera" and "auf der Flucht" are none.
    """
    language, scan = toponyms.language, toponyms.scan
    if not language.script.capital_nouns:
        return True
    heads, at = scan.role("places.heads"), place.start
    while (head := heads.at(at)) and head.end < place.end:
        if scan.text[head.start].isupper():
            return True
        at = head.end + 1
    return at == place.start and place.relation in language.places.sure


def _widened(place: Place, toponym: Toponym, scan: Scan) -> Place:
    """Return a place with all of its name: "Democratic Republic of Congo", not the word behind "of"."""
    start, end = toponym.start, toponym.end
    return msgspec.structs.replace(place, start=start, end=end, surface=scan.text[start:end])


def _of_place(toponyms: Toponyms, place: Place, toponym: Toponym) -> Entry | None:
    """Return what a place is in the gazetteer: its name begins with one, and is no other, longer name.

    "Provinsi Deir ez-Zor, Suriah" is; "Laut Natuna Utara" is no town of the name Laut.
    """
    scan, layout = toponyms.scan, toponyms.layout
    heads, at = scan.role("places.heads"), place.start
    while at < toponym.start and (head := heads.at(at)):
        at = head.end + 1
    entry = toponyms.meant(toponym)
    if entry and scan.text[toponym.start - 2 : toponym.start] == ", " and toponym.end == place.end:
        return entry  # "Benteng Vredeburg, Yogyakarta" is in Yogyakarta
    if entry is None or at < toponym.start:
        return None
    after = toponym.end + 1
    rest = scan.text[toponym.end : place.end]
    whole = not rest or not rest.startswith(" ") or heads.at(after) is not None
    known = entry.feature != "town" or entry.population >= _LARGE
    return entry if whole or known or layout.words_between(toponym.end, place.end) == 0 else None


def _with(place: Place, entry: Entry) -> Place:
    return msgspec.structs.replace(
        place,
        name=entry.name,
        feature=entry.feature,
        country=entry.country or None,
        latitude=entry.latitude,
        longitude=entry.longitude,
        geonames_id=entry.geonames_id or None,
    )


def _overlaps(barred: list[tuple[int, int]], toponym: Toponym) -> bool:
    at = bisect_left(barred, (toponym.end, 0))
    return any(end > toponym.start for _, end in barred[max(0, at - 3) : at])


def _is_alone(toponyms: Toponyms, toponym: Toponym) -> bool:
    """Tell whether a name is whole: no part of a longer one, as "Washington Post", and no common word."""
    scan, layout = toponyms.scan, toponyms.layout
    barred = scan.role("places.not_places").at(toponym.start)
    whole = _names_a_place(toponyms, toponym)
    if (barred and barred.end >= toponym.end) or is_common(scan, *toponym[:2], compounds=not whole):
        return False
    text, (start, end) = scan.text, toponym[:2]
    if not layout.script.spaces and scan.role("speakers.sources").ending(start - 1):
        # "Xinhua Islamabad, 14 November": whence the agency writes
        return not text[end : end + 2].strip()[:1].isdecimal()
    if not toponyms.language.script.capitals:
        return True
    if toponym.rows in toponyms.persons:
        return False
    following = layout.word_at(end + 1) if text[end : end + 1] == " " else None
    heads = scan.role("places.heads")
    if following and text[following.start].isupper() and not heads.at(following.start):
        return False
    if "-" in (text[start - 1 : start], text[end : end + 1]):
        return False
    before = layout.word_ending(start - 1) if text[start - 1 : start] == " " else None
    if before is None or not text[before.start].isupper():
        return True
    sentence = layout.sentences[layout.sentence_index(start)]
    opens = scan.role("speakers.not_names").at(before.start) is not None
    return (before.start == sentence.start and opens) or heads.at(before.start) is not None


def _names_a_place(toponyms: Toponyms, toponym: Toponym) -> bool:
    """Tell whether a name may end in a common noun: "Düsseldorf" is no village, "Kapstadt" is large."""
    entries = map(toponyms.table.entry, toponym.rows)
    return any(
        entry.feature != "town" or entry.country in toponyms.home or entry.population >= _LARGE
        for entry in entries
    )


def _is_known(toponyms: Toponyms, toponym: Toponym, entry: Entry, following: Toponym | None) -> bool:
    """Tell whether a name is a place with no word before it that says so."""
    if toponyms.scan.role("numeral.cardinals").at(toponym.start):
        return False  # "Lima orang tewas": five people
    if entry.feature != "town" or toponyms.scan.role("places.heads").ending(toponym.start - 1):
        return True  # "kota Kherson"
    capitals = toponyms.language.script.capitals
    if toponyms.scan.role("places.before").ending(toponym.start - 1):
        # In a headline with a capital to each word. Without capitals it may be any word.
        return capitals or entry.population >= (_TOWN if toponyms.votes[entry.country] else _KNOWN)
    gap = toponyms.scan.text[toponym.end : following.start] if following else "."
    if following and len(gap) <= _NEAR and gap.strip() in _COMMAS[:-1] and toponym.rows in toponyms.bound:
        return True
    if toponyms.scan.text[toponym.start - 1 : toponym.start] == "(":
        return False  # "GOMA (Meridian)": who reports
    if not capitals and toponym.end - toponym.start < _LEAST_LETTERS:
        return False
    sentence = toponyms.layout.sentences[toponyms.layout.sentence_index(toponym.start)]
    if toponym.start == sentence.start:
        # Each sentence begins with a capital: "Reading", "Mobile".
        dateline = toponyms.scan.text[toponym.start : toponym.end].isupper()
        known = dateline or toponyms.votes[entry.country] > 1
        return entry.population >= (_LARGE if known else _FAMOUS)
    return entry.population >= (_KNOWN if toponyms.votes[entry.country] else _LARGE)
