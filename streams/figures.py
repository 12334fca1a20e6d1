"""Step 5: the figures of a text: what each number counts, what happened, and who says so."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams import meanings
from streams.nouns import THING
from streams.predicates import Predicate, Predicates, default_kind
from streams.quantities import Period, Quantity, Reader, find_periods, find_since
from streams.records import Counted, Figure, Kind, Normalised, Party, Scope, Span, Status, VictimRole
from streams.records import Period as PeriodRecord


if TYPE_CHECKING:
    from streams.claims import Claims
    from streams.languages import Language
    from streams.lexicon import Scan
    from streams.numbers import NumberSpan
    from streams.records import Actor, Number, Place
    from streams.sentences import Layout, Stretch


_WITH_PARTY = frozenset(
    [
        "killed",
        "wounded",
        "casualties",
        "captured",
        "surrendered",
        "personnel",
        "platforms",
        "vehicles_destroyed",
        "intercepted",
        "detained",
        "missing",
        "facilities_destroyed",
        "buildings_destroyed",
    ]
)
"""Kinds whose party a nationality beside the noun names."""

PEOPLE = frozenset(
    [
        "killed",
        "wounded",
        "casualties",
        "missing",
        "trapped",
        "rescued",
        "displaced",
        "affected",
        "detained",
        "captured",
        "abducted",
        "hostages",
        "surrendered",
        "personnel",
        "crowd",
    ]
)
"""Kinds that are counts of people."""


_SAID_BY_NOUN = frozenset(["killed", "wounded", "missing", "hostages", "displaced", "detained"])
_OVERRULED = frozenset(
    ["other_quantity", "casualties", "crowd", "personnel", "affected", "detained", "trapped"]
)
"""Kinds that a noun which says what happened ("refugees", "hostages") overrules: a crowd of
refugees is displaced first of all."""


_MOST_ACTORS = 5
_REACH = 300
"""Code points before a figure in which its clause is looked for."""

_NEAR = 14
"""Code points between a negation and its verb."""


class Context(NamedTuple):
    """What was read from the text before its figures."""

    scan: Scan
    layout: Layout
    language: Language
    claims: Claims
    places: list[Place]
    actors: list[Actor]
    past: frozenset[int]  # sentences that speak of the past


def find_figures(context: Context, numbers: list[NumberSpan]) -> list[Figure]:
    """Return the figures of a text, in order."""
    figures: list[Figure] = []
    starts = [number.start for number in numbers]
    reader = Reader(context.scan, context.layout, context.language)
    for sentence in context.layout.sentences:
        first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        if first < last:
            figures += _SentenceFigures(context, reader, sentence, numbers[first:last]).read()
    return figures


class _SentenceFigures:
    """Reads the figures of one sentence."""

    def __init__(
        self, context: Context, reader: Reader, sentence: Stretch, numbers: list[NumberSpan]
    ) -> None:
        self.context = context
        self.scan = context.scan
        self.sentence = sentence
        limits = [number.phrase_start for number in numbers[1:]] + [sentence.end]
        read = [reader.read(number, limit) for number, limit in zip(numbers, limits, strict=True)]
        periods = find_periods(self.scan, read, sentence)
        framed = {quantity.number.start for _, quantity in periods if quantity}
        others = [quantity for quantity in read if quantity.number.start not in framed]
        # A length of time that frames no other figure is a figure itself.
        self.quantities = _with_wholes(others or read, self.scan)
        self.periods = [period for period, quantity in periods if others or quantity is None]
        self.past = context.layout.sentence_index(sentence.start) in context.past
        self.since = find_since(self.scan, sentence)
        self.predicates = Predicates(self.scan, context.layout, sentence)
        self.places = [place for place in context.places if sentence.start <= place.start < sentence.end]
        self.actors = [actor for actor in context.actors if sentence.start <= actor.start < sentence.end]

    def read(self) -> list[Figure]:
        figures: list[Figure] = []
        for index in range(len(self.quantities)):
            quantity = self._with_list(index)
            said = quantity.whole or _says_kind(quantity)
            predicate = None if said else self.predicates.of(quantity, self.quantities, index)
            if self._is_pronoun(quantity, predicate):
                continue
            previous = figures[-1] if figures else None
            figures.append(self._figure(quantity, predicate, previous))
        return self._shared_parties(figures)

    def _shared_parties(self, figures: list[Figure]) -> list[Figure]:
        """Give the figures of a list the party named behind the last: "5 tanks and 3 jets of the army"."""
        for index in range(len(figures) - 2, -1, -1):
            one, following = figures[index], figures[index + 1]
            if (
                one.party
                or not following.party
                or one.kind not in _WITH_PARTY
                or following.kind not in _WITH_PARTY
            ):
                continue
            gap = self.scan.folded[one.end : following.start].rstrip()
            joined = self.scan.role("conjunctions").ending(one.end + len(gap)) or gap.endswith(",")
            if (
                joined
                and following.party.start > following.end
                and not self.scan.role("predicate").within(one.end, following.start)
            ):
                figures[index] = msgspec.structs.replace(one, party=following.party)
        return figures

    def _with_list(self, index: int) -> Quantity:
        """Return a figure; in a list of parts each is a part: "including 9 women and 14 children"."""
        quantity = self.quantities[index]
        if index and not quantity.part and self.quantities[index - 1].part:
            before = self.quantities[index - 1]
            gap = self.scan.folded[before.noun_end : quantity.start].strip()
            hit = self.scan.role("conjunctions").first_within(before.noun_end, quantity.start)
            if hit and hit.form == gap:
                self.quantities[index] = quantity._replace(part=True)
        return self.quantities[index]

    def _is_pronoun(self, quantity: Quantity, predicate: Predicate | None) -> bool:
        """Tell whether "one" stands for a thing and counts nothing."""
        number = quantity.number
        if "number.singular" in number.rule:
            return predicate is None or quantity.class_ != "person"
        if number.value != 1 or any(character.isdigit() for character in number.surface):
            return False
        return quantity.counted is None and quantity.unit is None and predicate is None

    def _figure(self, quantity: Quantity, predicate: Predicate | None, previous: Figure | None) -> Figure:
        number = quantity.number
        counted = self._counted(quantity, previous)
        concept = meanings.concepts()[counted.concept] if counted else None
        kind: Kind = predicate.kind if predicate else default_kind(quantity)
        rules = [*number.rule, *quantity.rules]
        if predicate:
            rules.append(f"predicate.{predicate.hit.key}:{predicate.hit.form}")
        elif quantity.part and previous and quantity.unit is None and self._of_one_kind(quantity, previous):
            kind = previous.kind
            rules.append("kind.part_of_previous")
        if concept and concept.kind in _SAID_BY_NOUN and kind in _OVERRULED:
            kind = concept.kind
        rules.append(f"kind.{kind}")
        value, low, high, ambiguous = self._resolved(number, quantity)
        unit = self._unit(quantity, counted, kind)
        claimant = self.context.claims.claimant(quantity.start, quantity.end)
        status = self._status(quantity, predicate, claimant.stance if claimant else None)
        end = max(number.end, quantity.noun_end, quantity.unit.end if quantity.unit else 0)
        if quantity.unit and quantity.per:
            end = max(end, quantity.end)
        party = self._party(quantity, kind)
        if (
            predicate
            and quantity.counted is None
            and quantity.unit is None
            and predicate.hit.start == end + 1
        ):
            end = predicate.hit.end
        if party and self._belongs(end, party.start):
            end = max(end, party.end)
        return Figure(
            start=quantity.start,
            end=end,
            surface=self.scan.text[quantity.start : end],
            number=Span(start=number.start, end=number.end, surface=number.surface),
            value=value,
            low=low,
            high=high,
            qualifier=number.qualifier,
            unit=unit,
            unit_surface=self.scan.text[quantity.unit.start : quantity.unit.end] if quantity.unit else None,
            normalised=_normalised(unit, value, low, high),
            per=quantity.per,
            counted=counted,
            kind=kind,
            party=party,
            victim_role=self._role(counted, kind, party),
            period=self._period(quantity),
            scope="cumulative"
            if self._framing(quantity) is self.since is not None
            else self._scope(quantity, predicate),
            status=status,
            claimant=claimant,
            place=self._place(quantity),
            ambiguous=ambiguous,
            rule=tuple(rules),
        )

    def _of_one_kind(self, quantity: Quantity, previous: Figure) -> bool:
        """Tell whether a part can be of the kind of the figure before: people of people."""
        return quantity.counted is None or (quantity.class_ == "person" and previous.kind in PEOPLE)

    def _counted(self, quantity: Quantity, previous: Figure | None) -> Counted | None:
        hit = quantity.counted
        if hit is None:
            if quantity.part and previous and quantity.unit is None:
                return previous.counted
            return None
        return Counted(
            concept=hit.key, surface=self.scan.text[hit.start : hit.end], start=hit.start, end=hit.end
        )

    def _unit(self, quantity: Quantity, counted: Counted | None, kind: Kind) -> str:
        """Return the unit of measure, or for a count what one of the things counted is called."""
        if quantity.unit:
            return quantity.unit.key
        if counted and (counted.concept != THING or kind not in PEOPLE):
            return meanings.concepts()[counted.concept].unit or counted.concept
        return "person" if kind in PEOPLE else "1"

    def _resolved(
        self, number: NumberSpan, quantity: Quantity
    ) -> tuple[Number | None, Number | None, Number | None, bool]:
        """Return value and bounds; an ambiguous "1.400" of things that come whole is 1400."""
        values = (number.value, number.low, number.high)
        if (
            number.ambiguous
            and quantity.unit is None
            and quantity.counted
            and isinstance(number.value, float)
        ):
            whole = [round(value * 1000) if value is not None else None for value in values]
            return whole[0], whole[1], whole[2], False
        return (*values, number.ambiguous)

    def _clause(self, quantity: Quantity, predicate: Predicate | None) -> tuple[int, int]:
        """Return the clause a figure stands in, with its verb."""
        start, end = quantity.start, quantity.end
        if predicate:
            start, end = min(start, predicate.hit.start), max(end, predicate.hit.end)
        cut = self.scan.role("clause_ends").last_before(start, self.sentence.start)
        semicolon = max(self.scan.text.rfind(";", self.sentence.start, start), self.sentence.start)
        return max(cut.start if cut else self.sentence.start, semicolon, start - _REACH), end

    def _status(self, quantity: Quantity, predicate: Predicate | None, stance: str | None) -> Status:
        if stance == "denied":
            return "denied"
        start, end = self._clause(quantity, predicate)
        cues = self.scan.role("status")
        for hit in cues.within(start, end):
            if hit.start >= quantity.number.phrase_start and hit.end <= quantity.number.phrase_end:
                continue
            if hit.key in ("planned", "hypothetical"):
                return "planned" if hit.key == "planned" else "hypothetical"
            if (
                hit.key == "negated"
                and predicate
                and hit.end <= predicate.hit.start
                and predicate.hit.start - hit.end < _NEAR
            ):
                return "denied"
        return "historical" if self.past else "happened"

    def _scope(self, quantity: Quantity, predicate: Predicate | None) -> Scope:
        start, end = self._clause(quantity, predicate)
        start = max(start, quantity.start - 60)
        hits = self.scan.role("scope").within(start, min(self.sentence.end, end + 20))
        keys = {hit.key for hit in hits}
        if "cumulative" in keys:
            return "cumulative"
        return "new" if "new" in keys else "unknown"

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

    def _period(self, quantity: Quantity) -> PeriodRecord | None:
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
        """Return how far a period is from a figure, in code points; a clause's end between counts for 60."""
        start, end = min(period.end, quantity.end), max(period.start, quantity.start)
        return max(0, end - start) + 60 * len(self.scan.role("clause_ends").within(start, end))

    def _place(self, quantity: Quantity) -> Place | None:
        """Return the nearest place of the sentence; one behind the figure is nearer."""
        if not self.places:
            return self._place_before()
        best: Place | None = None
        least = 10_000
        at = bisect_left(self.places, quantity.start, key=lambda place: place.start)
        for place in self.places[max(0, at - 2) : at + 2]:
            distance = (
                place.start - quantity.end if place.start >= quantity.end else quantity.start - place.end + 40
            )
            if 0 <= distance < least:
                best, least = place, distance
        return best

    def _place_before(self) -> Place | None:
        """Return the last place named before, in the same paragraph."""
        paragraph = self.scan.text.rfind("\n", 0, self.sentence.start) + 1
        at = bisect_left(self.context.places, self.sentence.start, key=lambda place: place.start) - 1
        if at >= 0 and self.context.places[at].start >= paragraph:
            return self.context.places[at]
        return None

    def _party(self, quantity: Quantity, kind: Kind) -> Party | None:
        """Return whose men, arms or losses a figure is about, where the words say so."""
        first = bisect_left(self.actors, quantity.start, key=lambda actor: actor.start)
        for actor in self.actors[first : first + _MOST_ACTORS]:
            gap = self.scan.folded[quantity.noun_end : actor.start]
            words = self.context.layout.words_between(quantity.noun_end, actor.start)
            if quantity.start <= actor.start < quantity.noun_end:
                return _party(actor)
            if actor.start < quantity.noun_end or words > 8 or any(sign in gap for sign in ";:.()"):  # noqa: PLR2004
                continue
            possessive = self.scan.role("possessives").within(quantity.number.end, actor.start + 1)
            if words == 0 or (possessive and "," not in gap and kind in _WITH_PARTY):
                return _party(actor)
        if quantity.counted and kind in _WITH_PARTY and (named := self._named(quantity)):
            return named
        if kind == "money_damage":
            return _party(self.actors[first - 1]) if first else None
        return None

    def _belongs(self, end: int, start: int) -> bool:
        """Tell whether only a word such as "of" stands between a noun and its party."""
        gap = self.scan.folded[end:start].strip()
        hits = [self.scan.role(role).first_within(end, start) for role in ("possessives", "part_of")]
        return end <= start and (not gap or any(hit and hit.form == gap for hit in hits))

    def _named(self, quantity: Quantity) -> Party | None:
        """Return the capitalised word beside the noun: "tentara Ukraina", "Russian soldiers"."""
        assert quantity.counted is not None
        layout, text = self.context.layout, self.scan.text
        if self.context.language.script.noun_head == "first":
            word = layout.word_at(quantity.counted.end + 1)
            if word and text[quantity.counted.end] != " ":
                return None
        else:
            word = layout.word_ending(quantity.counted.start - 1)
            if word and word.start < quantity.number.end:
                return None
        if (
            word is None
            or not text[word.start].isupper()
            or self.scan.role("speakers.not_names").at(word.start)
        ):
            return None
        surface = text[word.start : word.end]
        return Party(name=surface, start=word.start, end=word.end, surface=surface)

    def _role(self, counted: Counted | None, kind: Kind, party: Party | None) -> VictimRole | None:
        if kind not in PEOPLE:
            return None
        concept = meanings.concepts()[counted.concept] if counted else None
        if concept and concept.victim_role:
            return concept.victim_role
        if (
            party
            and counted
            and counted.concept == "member"
            and kind in ("killed", "wounded", "casualties", "captured")
        ):
            return "combatant"
        return "unknown"


def _with_wholes(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give a part the noun of its whole: "28 of 31 drones" is 28 drones of 31."""
    found = list(quantities)
    for index in range(len(found) - 1):
        one, whole = found[index], found[index + 1]
        if one.counted or one.unit or not whole.counted:
            continue
        gap = scan.folded[one.number.phrase_end : whole.number.phrase_start].strip()
        hit = scan.role("part_of").first_within(one.number.phrase_end, whole.number.phrase_start)
        if hit and hit.form == gap:
            found[index] = one._replace(counted=whole.counted, rules=(*one.rules, "counted.of_the_whole"))
            found[index + 1] = whole._replace(whole=True)
    return found


def _says_kind(quantity: Quantity) -> bool:
    """Tell whether the noun itself says what happened: "12 deaths", "the death toll: 12"."""
    if quantity.counted is None:
        return False
    return meanings.concepts()[quantity.counted.key].kind in ("killed", "wounded", "missing")


def _party(actor: Actor) -> Party:
    return Party(name=actor.name, start=actor.start, end=actor.end, surface=actor.surface)


def _normalised(
    unit: str, value: Number | None, low: Number | None, high: Number | None
) -> Normalised | None:
    """Return value and bounds in the SI unit of the dimension, None where there is none."""
    known = meanings.units().units.get(unit)
    if known is None or known.factor is None or known.dimension not in meanings.units().si:
        return None
    return Normalised(
        value=_scaled(value, known.factor),
        low=_scaled(low, known.factor),
        high=_scaled(high, known.factor),
        unit=meanings.units().si[known.dimension],
    )


def _scaled(value: Number | None, factor: float) -> Number | None:
    if value is None:
        return None
    product = value * factor
    return int(product) if float(product).is_integer() and abs(product) < 2**53 else float(f"{product:.12g}")
