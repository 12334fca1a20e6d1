"""Step 5a: what a number measures or counts: its unit, its rate and the thing counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from streams import meanings
from streams.lexicon import Hit


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.lexicon import Scan
    from streams.numbers import NumberSpan
    from streams.sentences import Layout, Stretch


class Quantity(NamedTuple):
    """A number with what is measured or counted, before it is known what happened to it.

    ``end`` is the end of the group of words the number stands in, ``noun_end`` that of its
    last noun. ``part`` is set for a part of a figure named before ("5 of them"), ``whole``
    for the whole that the figure before is a part of ("28 of 31").
    """

    number: NumberSpan
    start: int
    end: int
    noun_end: int
    unit: Hit | None
    per: str | None
    counted: Hit | None
    part: bool
    whole: bool
    rules: tuple[str, ...]

    @property
    def dimension(self) -> str | None:
        """Return the dimension of the unit, None where the number only counts."""
        return meanings.dimension(self.unit.key) if self.unit else None

    @property
    def class_(self) -> str:
        """Return the class of what is counted; ``none`` where nothing is named."""
        return meanings.concepts()[self.counted.key].class_ if self.counted else "none"


_STOPS = ("noun_ends", "clause_ends", "predicate", "attribution", "time.since")
THING = "thing"
"""The concept of what no data names."""

_MOST_UNKNOWN = 3
"""Words that are in no list and may still stand between a number and its noun."""


class Reader:
    """Reads the quantities of one text."""

    def __init__(self, scan: Scan, layout: Layout, language: Language) -> None:
        self.scan = scan
        self.layout = layout
        self.head_first = language.script.noun_head == "first"
        self.spaces = language.script.spaces
        self.concepts = scan.role("concept")
        self.units = scan.role("unit")
        self.time_units = scan.role("time.unit")

    def read(self, number: NumberSpan, limit: int) -> Quantity:
        """Return the quantity of a number. ``limit`` is where the next number or the sentence's end is."""
        rules: list[str] = []
        start = number.phrase_start
        unit, at = self._unit_after(number)
        if unit is None:
            unit = self._currency_before(number)
            if unit:
                start = min(start, unit.start)
        if unit:
            rules.append(f"unit.{unit.key}:{unit.form}")
        per, at = self._rate(at, limit)
        if per:
            rules.append(f"per.{per}")
        counted, noun_end, end, part = self._counted(at, limit, unit)
        if counted:
            rules.append(f"counted.{counted.key}:{counted.form}")
        if per is None:
            per, end = self._rate(end, limit)
            if per:
                rules.append(f"per.{per}")
        if unit is None and counted is None and not per and (before := self._counted_before(number)):
            counted = before
            rules.append(f"counted_before.{before.key}:{before.form}")
        if self.scan.role("parts").ending(_back(self.scan.folded, number.phrase_start)):
            part = True
        return Quantity(number, start, max(end, at), noun_end, unit, per, counted, part, False, tuple(rules))

    def _skip(self, at: int) -> int:
        text = self.scan.folded
        if at < len(text) and text[at] in " -":
            return at + 1
        return at

    def _unit_after(self, number: NumberSpan) -> tuple[Hit | None, int]:
        """Return the unit right behind the number, and where reading goes on."""
        fillers = self.scan.role("fillers")
        at = number.phrase_end
        for place in (number.end, number.phrase_end):
            for start in (place, self._skip(place)):
                hit = self.units.at(start) or self.time_units.at(start)
                if hit:
                    after = max(hit.end, number.phrase_end)
                    behind = self.scan.role("qualifier.after").at(self._skip(after))
                    return hit, behind.end if behind else after
        if hit := fillers.at(self._skip(at)):
            unit = self.units.at(self._skip(hit.end))
            if unit:
                return unit, unit.end
        return None, at

    def _currency_before(self, number: NumberSpan) -> Hit | None:
        """Return the currency right before the number: "USD1,5", "Rp 2"."""
        start = number.start
        while start and self.scan.folded[start - 1] == " ":
            start -= 1
        hit = self.units.ending(start)
        return hit if hit and meanings.dimension(hit.key) == "money" else None

    def _rate(self, at: int, limit: int) -> tuple[str | None, int]:
        """Return the unit of time of "per day" and where it ends."""
        start = self._skip(at)
        adverb = self.scan.role("rate.adverb").at(start)
        if adverb and adverb.end <= limit:
            return adverb.key, adverb.end
        marker = self.scan.role("rate.marker").at(start) or self.scan.role("rate.marker").at(at)
        if marker:
            unit = self.time_units.at(self._skip(marker.end)) or self.time_units.at(marker.end)
            if unit and unit.end <= limit:
                return unit.key, unit.end
        return None, at

    def _counted(self, at: int, limit: int, unit: Hit | None) -> tuple[Hit | None, int, int, bool]:
        """Return the noun that a number counts, its end, the end of its group, and whether it is a part.

        The group ends at punctuation, another number, a verb that the data knows, or a word
        that ends groups. Of several nouns the first or the last says what is meant.
        """
        folded = self.scan.folded
        found: Hit | None = None
        noun_end = end = at
        part = False
        unknown = 0
        nouns: list[Stretch] = []
        measured = unit is not None
        while True:
            at = self._skip(at) if folded[at : at + 1] in (" ", "-") else at
            if at >= limit:
                break
            concept = self._noun(at)
            hit = self.scan.role("parts").at(at)
            if hit and (found is None or hit.end > (concept.end if concept else 0)):
                part = True
                at = end = hit.end
                continue
            stop = self._stop(at)
            if stop and found is None and not nouns and (behind := self._behind_link(at)):
                found, noun_end, end = behind, behind.end, behind.end
                break
            if concept and (stop is None or stop.end <= concept.end):
                if found and self.head_first:
                    break
                found = concept
                at = end = noun_end = concept.end
                unknown = 0
            elif stop is not None:
                break
            elif hit := self._passed_over(at, first=found is None and not nouns):
                at = end = hit.end
            else:
                word = self.layout.word_at(at)
                if word is None or unknown >= _MOST_UNKNOWN or (measured and found is None and unknown):
                    break
                unknown += 1
                nouns.append(word)
                at = word.end
                if found is not None and self.head_first:
                    end = word.end
            if at < len(folded) and folded[at] not in " -":
                break
        if found is None and nouns and not measured and not part:
            noun = nouns[0] if self.head_first else nouns[-1]
            found = Hit(noun.start, noun.end, THING, folded[noun.start : noun.end])
            end = noun_end = noun.end
        return found, noun_end, max(end, noun_end), part

    def _passed_over(self, at: int, *, first: bool) -> Hit | None:
        """Return a word that says nothing of its own between a number and its noun."""
        of = self.scan.role("part_of").at(at) if first else None
        return of or self.scan.role("fillers").at(at) or self.scan.role("qualifier.after").at(at)

    def _noun(self, at: int) -> Hit | None:
        """Return the noun at an offset; "home" of "home-made" is none, "kapal" of "kapal-kapal" is."""
        hit = self.concepts.at(at)
        if hit is None or self.scan.folded[hit.end : hit.end + 1] != "-":
            return hit
        word = self.layout.word_at(at)
        if word is None or word.end <= hit.end or self.scan.folded[hit.end + 1 : word.end] == hit.form:
            return hit
        return None

    def _behind_link(self, at: int) -> Hit | None:
        """Return the noun behind a linking verb: "five were children"."""
        link = self.scan.role("links").at(at)
        return self._noun(self._skip(link.end)) if link else None

    def _stop(self, at: int) -> Hit | None:
        for role in _STOPS:
            if hit := self.scan.role(role).at(at):
                return hit
        return None

    def _counted_before(self, number: NumberSpan) -> Hit | None:
        """Return the noun before a number that has none behind it: "korban tewas mencapai 45"."""
        start = max(0, number.phrase_start - 60)
        hit = self.concepts.last_before(number.phrase_start, start)
        if hit is None or self.layout.words_between(hit.end, number.phrase_start) > 3:  # noqa: PLR2004 - "mencapai", "rose to"
            return None
        gap = self.scan.folded[hit.end : number.phrase_start]
        if any(sign in gap for sign in ",;:.()\n") or any(character.isdigit() for character in gap):
            return None
        return hit if self.scan.role("links").within(hit.end, number.phrase_start) else None


class Period(NamedTuple):
    """A stretch of time that frames the figures of a sentence, with its ISO 8601 duration."""

    start: int
    end: int
    duration: str | None


_ISO = {
    "second": "PT{}S",
    "minute": "PT{}M",
    "hour": "PT{}H",
    "day": "P{}D",
    "week": "P{}W",
    "month": "P{}M",
    "year": "P{}Y",
    "decade": "P{}0Y",
}


def iso_duration(value: float | None, unit: str) -> str | None:
    """Return a length of time as an ISO 8601 duration, None where it is not a whole number."""
    if value is None or unit not in _ISO or value != int(value):
        return None
    return _ISO[unit].format(int(value))


def find_periods(
    scan: Scan, quantities: list[Quantity], sentence: Stretch
) -> list[tuple[Period, Quantity | None]]:
    """Return the periods of a sentence, each with the quantity it is made of, if it has a number."""
    before, after = scan.role("time.period_before"), scan.role("time.period_after")
    found: list[tuple[Period, Quantity | None]] = []
    for quantity in quantities:
        if quantity.unit is None or quantity.dimension != "time" or quantity.per:
            continue
        start = quantity.number.phrase_start
        opener = before.ending(_back(scan.folded, start))
        follower = after.at(_over(scan.folded, quantity.unit.end))
        if opener or follower:
            period = Period(
                opener.start if opener else start,
                follower.end if follower else quantity.unit.end,
                iso_duration(quantity.number.value, quantity.unit.key),
            )
            found.append((period, quantity))
    taken = {quantity.unit.start for _, quantity in found if quantity and quantity.unit}
    for unit in (
        *scan.role("time.unit").within(sentence.start, sentence.end),
        *scan.role("rate.adverb").within(sentence.start, sentence.end),
    ):
        if unit.start in taken:
            continue
        opener = before.ending(_back(scan.folded, unit.start))
        follower = after.at(_over(scan.folded, unit.end))
        if opener and (follower or opener.form.count(" ")):
            end = follower.end if follower else unit.end
            found.append((Period(opener.start, end, iso_duration(1, unit.key)), None))
    return sorted(found, key=lambda pair: pair[0].start)


_CLAUSE = regex.compile(r"(?: \p{L}[\p{L}'-]*+){0,3}")


def find_since(scan: Scan, sentence: Stretch) -> Period | None:
    """Return "since October", "sejak akhir September lalu" as a period without a length."""
    for hit in scan.role("time.since").within(sentence.start, sentence.end):
        window = hit.end + 32
        inner = [
            found
            for role in ("time.months", "time.weekdays", "time.year_words", "time.unit")
            if (found := scan.role(role).first_within(hit.end, min(sentence.end, window)))
        ]
        year = next(
            (at for at in range(hit.end, min(sentence.end, hit.end + 6)) if scan.folded[at].isdigit()), None
        )
        if inner:
            end = max(found.end for found in inner)
        elif year is not None:
            end = year + 4
        elif event := scan.role("keyword").first_within(hit.end, min(sentence.end, hit.end + 20)):
            # "since the invasion began": to the end of the clause, three words at most.
            follows = _CLAUSE.match(scan.folded, event.end)
            end = follows.end() if follows else event.end
        else:
            continue
        while end < sentence.end and scan.folded[end].isdigit():
            end += 1
        if scan.folded[end : end + 5].strip().isdigit() and scan.folded[end] == " ":
            end += 5
        return Period(hit.start, min(end, sentence.end), None)
    return None


def _back(text: str, offset: int) -> int:
    while offset and text[offset - 1] == " ":
        offset -= 1
    return offset


def _over(text: str, offset: int) -> int:
    return offset + 1 if text[offset : offset + 1] == " " else offset
