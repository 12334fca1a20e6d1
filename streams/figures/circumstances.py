"""Step 5d: when and where, and whether it happened: what a sentence says around its figures."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from streams.records import Period as PeriodRecord


if TYPE_CHECKING:
    from streams.claims.claims import Claims
    from streams.figures.periods import Period
    from streams.figures.predicates import Predicate
    from streams.figures.quantities import Quantity
    from streams.languages import Language
    from streams.records import Actor, Place, Scope, Status
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout, Stretch


class Context(NamedTuple):
    """What was read from the text before its figures."""

    scan: Scan
    layout: Layout
    language: Language
    claims: Claims
    places: list[Place]
    actors: list[Actor]
    past: dict[int, tuple[Stretch, ...]]  # sentences that speak of the past, or clauses of them


_FAR = 500
"""Code points beyond which a period is far from a figure, whatever stands between."""

_PLACE_APART = 40
"""Code points that a place on the less likely side of a figure counts as farther."""

_FLYING = frozenset(["munition", "aircraft"])
"""Classes of what is launched from one place and counted in another."""

_IN_REGION = 30
"""Code points between a town and the region that it is said to be in."""

_PLACES = 8
"""Places of a paragraph that are looked at, from its end."""

_PARAGRAPH = 2_000
"""Code points back to which a paragraph is looked at."""

_REACH = 300
"""Code points before a figure in which its clause is looked for."""

_LAST_VERBS = 2
"""Words behind a verb that may belong to it where verbs come last: "göndermeyi planlıyor"."""

_NEAR = 14
_ADJECTIVES = 1
"""Words between what is counted and one that says that it is more than before."""
_SCOPE = 65
"""Code points before a figure in which a word such as "toll" says that it is a total."""
_FAR_SCOPE, _LISTED = 90, 20
"""The same of the first figures of a sentence, and how far from each other those are."""
"""Code points between a negation and its verb."""


class Circumstances:
    """The periods, places and cues of one sentence."""

    def __init__(
        self,
        context: Context,
        sentence: Stretch,
        periods: list[Period],
        since: Period | None,
        starts: list[int],
    ) -> None:
        self.context = context
        self.scan = context.scan
        self.sentence = sentence
        self.periods = periods
        self.since = since
        self.starts = starts  # where the figures of the sentence begin
        self.cues, self.scopes = context.scan.role("status"), context.scan.role("scope")
        self.past = context.past.get(context.layout.sentence_index(sentence.start))
        first = bisect_left(context.places, sentence.start, key=lambda place: place.start)
        last = bisect_left(context.places, sentence.end, key=lambda place: place.start)
        self.places = _shown(context.places[first:last])
        self.whence = context.scan.role("places.whence")

    def _clause(self, quantity: Quantity, predicate: Predicate | None) -> tuple[int, int]:
        """Return the clause a figure stands in, with its verb."""
        start, end = quantity.start, quantity.end
        if predicate:
            start, end = min(start, predicate.hit.start), max(end, predicate.hit.end)
        first = max(self.sentence.start, start - _REACH)
        cut = self.scan.role("clause_ends").last_before(start, first)
        if cut and (feared := self.scan.role("status").ending(cut.start - 1)):
            # "It is feared that 200 died": what is feared, or denied, is the clause.
            cut = feared
        if self.context.language.script.verb_last:
            end = self._verb_end(end) if predicate else self._clause_end(end)
        elif behind := self._cue_behind(quantity):
            end = max(end, behind.end)
        return max(cut.start if cut else first, self.scan.text.rfind(";", first, start)), end

    def _cue_behind(self, quantity: Quantity) -> Hit | None:
        """Return what right behind a noun tells that it is yet to be: "700 jobs [will be] cut"."""
        last = max(quantity.noun_end, quantity.number.phrase_end)
        cue = self.cues.at(last + 1) if self.scan.folded[last : last + 1] == " " else None
        return cue if cue and cue.key in ("planned", "hypothetical") else None

    def _clause_end(self, end: int) -> int:
        """Return where the clause ends, with the verb that is its last word."""
        limit = min(self.sentence.end, end + _REACH)
        signs = [at for sign in ",;" if (at := self.scan.text.find(sign, end, limit)) >= 0]
        return min(signs, default=limit)

    def _verb_end(self, end: int) -> int:
        """Return where the last of a clause's verbs ends, two words behind its first at most."""
        for _ in range(_LAST_VERBS):
            word = self.context.layout.word_at(end + 1)
            if self.scan.folded[end : end + 1] != " " or word is None or word.end > self.sentence.end:
                break
            if self.scan.role("conjunctions").at(word.start) or self.scan.role("clause_ends").at(word.start):
                break
            end = word.end
        return end

    def status(self, quantity: Quantity, predicate: Predicate | None, stance: str | None) -> Status:
        """Return whether what a figure tells happened, is planned, denied, hypothetical or past."""
        if stance == "denied":
            return "denied"
        if not self._has_cue(quantity, predicate):
            return "historical" if self._is_past(quantity) else "happened"
        start, end = self._clause(quantity, predicate)
        for hit in self.cues.within(start, end):
            if hit.start >= quantity.number.phrase_start and hit.end <= quantity.number.phrase_end:
                continue
            if predicate and hit.key == "negated" and _is_of(hit, predicate):
                continue
            if hit.key in ("planned", "hypothetical"):
                return "planned" if hit.key == "planned" else "hypothetical"
            if hit.key == "negated" and self._denies(hit, quantity):
                return "denied"
            if (
                hit.key == "negated"
                and predicate
                and self.context.language.script.verb_last
                and hit.end >= predicate.hit.end
            ):
                return "denied"
            if (
                hit.key == "negated"
                and predicate
                and hit.end <= predicate.hit.start
                and predicate.hit.start - hit.end < _NEAR
                and not self.scan.role("keyword").within(hit.end, predicate.hit.start - 1)
            ):
                # "An end of the war was demanded by 12,000": the war's end.
                return "denied"
        return "historical" if self._is_past(quantity) else "happened"

    def _is_past(self, quantity: Quantity) -> bool:
        """Tell whether a figure stands in what speaks of the past: all of its sentence, or a clause of it."""
        if self.past is None:
            return False
        return not self.past or any(clause.start <= quantity.start < clause.end for clause in self.past)

    def _has_cue(self, quantity: Quantity, predicate: Predicate | None) -> bool:
        """Tell whether a cue of status stands in, or right before, the widest that a clause may be."""
        start, end = quantity.start, quantity.end
        if predicate:
            start, end = min(start, predicate.hit.start), max(end, predicate.hit.end)
        if self.context.language.script.verb_last:
            end = max(end, self.sentence.end)
        return self.cues.covers(max(self.sentence.start, start - _REACH) - 2, end + 2)

    def _denies(self, hit: Hit, quantity: Quantity) -> bool:
        """Tell whether a negation stands right before a figure: "it is not true that nine soldiers"."""
        start = quantity.start
        return hit.end <= start and self.context.layout.words_between(hit.end, start) <= 1

    def scope(self, quantity: Quantity, predicate: Predicate | None, *, summed: bool = True) -> Scope:
        """Return whether a figure is new or a running total.

        ``summed``: what began at a time may be summed up since then.
        A word such as "another" is that of the figure it stands before, and of no other.
        """
        if self.since is not None and self._framing(quantity) is self.since:
            # "since Wednesday" tells when it began, "since October" what is summed up.
            days = self.scan.role("time.weekdays").within(self.since.start, self.since.end)
            return "unknown" if days or not summed else "cumulative"
        if not self.scopes.covers(quantity.start - _FAR_SCOPE, self.sentence.end):
            return "unknown"
        start, end = self._clause(quantity, predicate)
        start = max(start, quantity.start - (_FAR_SCOPE if self._is_first(quantity) else _SCOPE))
        if self.context.language.script.verb_last:
            # What stands before a comma is another verb's.
            start = max(start, self.scan.text.rfind(", ", start, quantity.start))
        limit = min(self.sentence.end, end + 20)
        if self.context.language.script.verb_last:
            limit = min(limit, self._clause_end(end))
        # "Nine dead were found, bringing the toll to 40": behind a comma is another figure's.
        signs = [at for sign in (";", ", ", "\u060c ") if (at := self.scan.text.find(sign, end, limit)) >= 0]
        limit = min(signs, default=limit)
        at = bisect_left(self.starts, quantity.start)
        before = self.starts[at - 1] if at else self.sentence.start
        following = bisect_left(self.starts, quantity.end)
        other = self.starts[following] if following < len(self.starts) else self.sentence.end
        hits = self.scopes.within(start, limit)
        if any(hit.key == "cumulative" and not self._links_another(hit, quantity) for hit in hits):
            return "cumulative"
        # "One soldier was killed and another three": three are new, the one is not.
        own = (
            hit.key == "new"
            and before <= hit.start
            and (hit.end <= end or hit.end + 1 < other)
            and self._is_of(hit, quantity)
            for hit in hits
        )
        return "new" if any(own) else "unknown"

    def _is_first(self, quantity: Quantity) -> bool:
        """Tell whether no figure stands far before one in its sentence: "346 dead, 962 hurt"."""
        at = bisect_left(self.starts, quantity.start)
        return at == 0 or (at == 1 and quantity.start - self.starts[0] < _LISTED)

    def _links_another(self, hit: Hit, quantity: Quantity) -> bool:
        """Tell whether a cue belongs to another figure on the way: "the toll rose to 26, and 93 are hurt"."""
        if self.scan.role("links").at(hit.start) is None:
            return False
        if hit.start >= quantity.end:
            return self.scan.folded[hit.end + 1 : hit.end + 2].isdecimal()
        return any(map(str.isdecimal, self.scan.folded[hit.end : quantity.start]))

    def _is_of(self, hit: Hit, quantity: Quantity) -> bool:
        """Tell whether "new" is said of a figure, and of nothing behind it: "killed 4 in new raids"."""
        last = max(quantity.noun_end, quantity.number.end)
        return hit.start < last or self.context.layout.words_between(last, hit.start) <= _ADJECTIVES

    def _framing(self, quantity: Quantity) -> Period | None:
        """Return the period nearest to a figure, None where it is the figure itself."""
        found: Period | None = None
        at = bisect_left(self.periods, quantity.start, key=lambda period: period.start)
        near = self.periods[max(0, at - 2) : at + 2]
        for period in (*near, *([self.since] if self.since else ())):
            if found is None or self._apart(period, quantity) < self._apart(found, quantity):
                found = period
        if found is None or (found.start < quantity.end and quantity.start < found.end):
            return None
        return found

    def period(self, quantity: Quantity) -> PeriodRecord | None:
        """Return the time that a figure covers, where the sentence names one."""
        found = self._framing(quantity)
        if found is None:
            return None
        return PeriodRecord(
            start=found.start,
            end=found.end,
            surface=self.scan.text[found.start : found.end],
            duration=found.duration,
        )

    def _apart(self, period: Period, quantity: Quantity) -> int:
        """Return how far a period is from a figure, in code points; a clause's end between counts for 60.

        Where they are far apart no clauses are counted: there may be any number.
        """
        start, end = min(period.end, quantity.end), max(period.start, quantity.start)
        apart = max(0, end - start)
        if apart > _FAR:
            return apart + 60
        return apart + 60 * len(self.scan.role("clause_ends").within(start, end))

    def place(self, quantity: Quantity) -> Place | None:
        """Return the nearest place of the sentence; one behind the figure is nearer."""
        if not self.places:
            return self._place_before
        best: Place | None = None
        least = 10_000
        at = bisect_left(self.places, quantity.start, key=lambda place: place.start)
        for place in self.places[max(0, at - 2) : at + 2]:
            if quantity.class_ in _FLYING and self._is_whence(place):
                continue  # "45 drones launched from the Crimea"
            distance = self._from_place(place, quantity)
            other = place.start >= quantity.end and self._is_of_the_next(quantity.end, place.start)
            distance += 60 if other else 0
            if 0 <= distance < least:
                best, least = place, distance
        return self._within(best) if best else None

    def _is_whence(self, place: Place) -> bool:
        """Tell whether a place is where something came from: "from" stands before it, or "launched of"."""
        if self.whence.ending(place.start - 1) is not None:
            return True
        relation = self.scan.role("places.before").ending(place.start - 1)
        of = self.scan.role("part_of").at(relation.start) if relation else None
        verb = self.scan.role("predicate").ending(of.start - 1) if of else None
        return verb is not None and verb.key.endswith(":launched")

    def _within(self, region: Place) -> Place:
        """Return the town that a region only tells where to find: "[Kadugli], the capital of Kordofan"."""
        if region.feature == "town":
            return region
        at = bisect_left(self.context.places, region.start, key=lambda place: place.start)
        town = self.context.places[at - 1] if at else None
        if town is None or town.feature != "town" or town.country != region.country:
            return region
        near = region.start - town.end <= _IN_REGION
        between = (town.end, region.start)
        barred = ("predicate", "conjunctions", "clause_ends", "keyword")
        parted = any(self.scan.role(role).within(*between) for role in barred)
        return (
            town
            if near and not parted and not any(map(str.isdecimal, self.scan.text[slice(*between)]))
            else region
        )

    def _is_of_the_next(self, end: int, start: int) -> bool:
        """Tell whether a place behind a comma is that of the next figure: "2 died in Sumy, in Kharkiv 4"."""
        following = bisect_left(self.starts, end)
        near = following < len(self.starts) and self.starts[following] - start < _REACH
        return near and "," in self.scan.text[end:start]

    def _from_place(self, place: Place, quantity: Quantity) -> int:
        """Return how far a place is from a figure; one behind it is nearer.

        Not where an ending tells a place, or no space a word; there a comma sets places apart:
        "Halep'te 5, İdlib'de 7 kişi öldü".
        """
        behind = place.start >= quantity.end
        start, end = (quantity.end, place.start) if behind else (place.end, quantity.start)
        language = self.context.language
        if language.places.endings or not language.script.spaces:
            signs = self.scan.folded[start:end] if end - start < _FAR else ","
            apart = behind and any(sign in signs for sign in (",", "\u3001"))
            return end - start + (_PLACE_APART if apart else 0)
        return end - start + (0 if behind else _PLACE_APART)

    @cached_property
    def _place_before(self) -> Place | None:
        """Return the last place named before, in the same paragraph."""
        start = self.sentence.start
        paragraph = max(self.context.layout.paragraph_start(start), start - _PARAGRAPH)
        first = bisect_left(self.context.places, paragraph, key=lambda place: place.start)
        last = bisect_left(self.context.places, start, key=lambda place: place.start)
        before = _shown(self.context.places[first:last][-_PLACES:])
        return self._within(before[-1]) if before else None


def _is_of(cue: Hit, predicate: Predicate) -> bool:
    """Tell whether a cue is a part of the verb as it stands in the data: "haber alınamıyor" is missing."""
    verb = predicate.hit
    return verb.start < cue.start and cue.end <= verb.start + len(verb.form)


def _shown(places: list[Place]) -> list[Place]:
    """Return the places that a word such as "in" shows; where there is none, towns and regions."""
    return [place for place in places if place.relation] or [
        place for place in places if place.feature in ("town", "region")
    ]
