"""Step 5: the figures of a text: what each number counts, what happened, and who says so."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from streams import meanings
from streams.figures.circumstances import Circumstances
from streams.figures.ellipsis import PEOPLE, Ellipses
from streams.figures.listings import (
    Listing,
    with_added,
    with_shared_classifiers,
    with_shared_nouns,
)
from streams.figures.nouns import THING
from streams.figures.parties import Parties
from streams.figures.periods import find_periods, find_since
from streams.figures.predicates import Predicate, Predicates, default_kind
from streams.figures.quantities import Quantity, Reader
from streams.records import Counted, Figure, Kind, Normalised, Party, Span, Status, VictimRole


if TYPE_CHECKING:
    from streams.figures.circumstances import Context
    from streams.numbers.numbers import NumberSpan
    from streams.records import Number, Scope
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Stretch


_MEASURES = frozenset(["area", "distance", "duration", "percent"])
"""Kinds that are no counts: they are neither new nor running totals."""

_NEVER_NEW = frozenset(["other_quantity", "crowd", "supplies"])
"""Kinds of which "another", "tambahan" says no more than that there were others."""

_THINGS = frozenset(["vehicle", "aircraft", "ship", "munition", "weapon", "building", "facility"])
_LISTED = "number.listed"
"""The rule of "one" that is a count although it is an article elsewhere."""
_WEIGHED = frozenset(["mass", "volume", "money", "area"])
"""What "one" counts: "una tonelada"; an hour and a kilometre are seldom counted."""
_SAID_BY_NOUN = frozenset(["killed", "wounded", "missing", "hostages", "displaced", "detained"])
_OVERRULED = frozenset(
    ["other_quantity", "casualties", "crowd", "personnel", "affected", "detained", "trapped"]
)
"""Kinds that a noun which says what happened ("refugees", "hostages") overrules: a crowd of
refugees is displaced first of all."""


def find_figures(context: Context, numbers: list[NumberSpan]) -> list[Figure]:
    """Return the figures of a text, in order."""
    figures: list[Figure] = []
    numbers = [number for number in numbers if not _is_rate(number, context.scan)]
    starts = [number.start for number in numbers]
    reader = Reader(context.scan, context.layout, context.language)
    listing = Listing(context.scan, context.layout)
    for sentence in context.layout.sentences:
        first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        if first == last:
            listing.open(sentence)
        else:
            before = figures[-1] if figures else None
            same = before and before.start >= context.layout.paragraph_start(sentence.start)
            read = _SentenceFigures(context, reader, sentence, numbers[first:last])
            figures += read.read(listing, before if same else None)
    return figures


class _SentenceFigures:
    """Reads the figures of one sentence."""

    def __init__(
        self, context: Context, reader: Reader, sentence: Stretch, numbers: list[NumberSpan]
    ) -> None:
        self.context = context
        self.scan = context.scan
        self.sentence = sentence
        said = context.claims.by_sentence[context.layout.sentence_index(sentence.start)]
        self.speakers = {one.speaker.start for one in said if one.speaker}
        self.spoken = {one.speaker.end for one in said if one.speaker}
        limits = [number.phrase_start for number in numbers[1:]] + [sentence.end]
        read = [reader.read(number, limit) for number, limit in zip(numbers, limits, strict=True)]
        read = [
            self._counted_one(read, index) if self._is_article(quantity) else quantity
            for index, quantity in enumerate(read)
        ]
        read = [quantity for quantity in read if not self._is_article(quantity)]
        periods = find_periods(self.scan, read, sentence, context.language.time.period_endings)
        framed = {quantity.number.start for period, quantity in periods if quantity and period.closed}
        others = [quantity for quantity in read if quantity.number.start not in framed]
        # A length of time that frames no other figure is a figure itself.
        read = with_shared_nouns(others or read, self.scan, tuple(context.language.script.participle_endings))
        read = with_shared_classifiers(read, self.scan)
        self.quantities = with_added(_with_parts(_with_wholes(read, self.scan), self.scan), self.scan)
        framing = [period for period, quantity in periods if others or quantity is None]
        since = find_since(self.scan, sentence, verb_second=context.language.script.verb_second)
        starts = [quantity.start for quantity in self.quantities]
        self.circumstances = Circumstances(context, sentence, framing, since, starts)
        self.parties = Parties(context, sentence)
        self.predicates = Predicates(self.scan, context.layout, sentence)
        self.ellipses = Ellipses(context, self.predicates)

    def read(self, listing: Listing, before: Figure | None) -> list[Figure]:
        """Return the figures; ``before`` is the last of the sentence before, in the same paragraph."""
        figures: list[Figure] = []
        for index in range(len(self.quantities)):
            quantity = self._with_list(index)
            said = quantity.whole or quantity.added or _says_kind(quantity)
            predicate = None if said else self.predicates.of(quantity, self.quantities, index)
            if said and quantity.counted and self._is_given_back(quantity, index):
                predicate = self.predicates.of(quantity, self.quantities, index)
            predicate = listing.shared(quantity, predicate)
            previous = figures[-1] if figures else before if quantity.part else None
            if self._is_pronoun(quantity, predicate) or self._is_told_again(quantity, predicate, previous):
                continue
            if previous and self.ellipses.is_of_things(quantity, predicate, figures or [previous]):
                # "1,200 trees were planted and 160 felled": the verb is said of things too.
                quantity = quantity._replace(part=True)
                predicate = predicate and self.predicates.of_such(quantity, predicate, previous)
            elif previous and predicate and self.ellipses.is_shot_down(quantity, predicate, previous):
                quantity = quantity._replace(part=True)
            elif previous and self.ellipses.is_elliptic(quantity, predicate, previous):
                quantity = quantity._replace(part=True)
                predicate = predicate if predicate and self.ellipses.fits(predicate, previous) else None
            elif figures and self.ellipses.counts_the_same(quantity, predicate, figures):
                quantity = quantity._replace(part=True)
            if _is_share(quantity):
                continue
            figure = self._figure(quantity, predicate, previous)
            if predicate is None and _goes_on_giving(figure, figures[-1] if figures else before):
                kind: Kind = "other_quantity"
                rule = (*figure.rule, f"kind.{kind}:returned:")
                figure = msgspec.structs.replace(figure, kind=kind, victim_role=None, rule=rule)
            figures.append(figure)
        return self.parties.shared(figures)

    def _is_given_back(self, quantity: Quantity, index: int) -> bool:
        """Tell whether the dead are bodies that were handed over: no one says when they died."""
        dead = quantity.counted and meanings.concepts()[quantity.counted.key].kind == "killed"
        own = self.predicates.of(quantity, self.quantities, index) if dead else None
        return own is not None and own.hit.key.endswith(":returned")

    def _word_end(self, end: int) -> int:
        """Return where a word ends that something is joined to: "11 prajuritnya"."""
        while self.scan.text[end : end + 1].isalpha() and self.scan.text[end - 1].isalpha():
            end += 1
        return end

    def _part_behind(self, quantity: Quantity) -> Hit | None:
        """Return the words right behind a number that make it a part: "of them", "of the wounded"."""
        if quantity.counted is not None and quantity.counted.start >= quantity.number.phrase_end:
            return None
        at = quantity.number.phrase_end
        return self.scan.role("parts").at(at + 1) if self.scan.folded[at : at + 1] == " " else None

    def _is_told_again(
        self, quantity: Quantity, predicate: Predicate | None, previous: Figure | None
    ) -> bool:
        """Tell whether an article is one of those before it, of whom it was said already.

        "Eight were injured, one of them is in danger": one of the injured, and none besides them.
        """
        if "number.singular" not in quantity.number.rule or predicate is None or previous is None:
            return False
        if self._part_behind(quantity) is None:
            return False
        return predicate.kind == previous.kind or not self.ellipses.fits(predicate, previous)

    def _with_list(self, index: int) -> Quantity:
        """Return a figure; in a list of parts each is a part: "including 9 women and 14 children"."""
        quantity = self.quantities[index]
        if index and self._is_listed(self.quantities[index - 1], quantity):
            self.quantities[index] = quantity._replace(part=True)
        elif index and not quantity.part and self.quantities[index - 1].part:
            before = self.quantities[index - 1]
            gap = self.scan.folded[before.noun_end : quantity.start].strip()
            hit = self.scan.role("conjunctions").first_within(before.noun_end, quantity.start)
            if hit and hit.form == gap:
                self.quantities[index] = quantity._replace(part=True)
        return self.quantities[index]

    def _is_listed(self, before: Quantity, quantity: Quantity) -> bool:
        """Tell whether people are told one by one: "four died: a policeman, two farmers and a nurse"."""
        if quantity.part or before.class_ != "person" or quantity.class_ != "person":
            return False
        gap = self.scan.folded[before.noun_end : quantity.start].strip()
        return gap == ":" or (gap == "," and before.part)

    def _is_article(self, quantity: Quantity) -> bool:
        """Tell whether "un" is an article: before a thing, or before the person who speaks.

        An apposition speaks too: "said Omar, a witness".
        """
        number = quantity.number
        if (
            number.value == 1
            and number.start in self.speakers
            and not self.scan.folded[number.start].isdigit()
        ):
            return True
        if (
            "number.singular" not in quantity.number.rule
            or quantity.counted is None
            or _LISTED in quantity.rules
        ):
            return False
        if quantity.dimension in _WEIGHED:
            return False
        speaks = {quantity.start, quantity.number.end + 1, quantity.counted.start} & self.speakers
        before = quantity.start - 2
        apposed = before in self.spoken and self.scan.folded[before : quantity.start] == ", "
        told = self.scan.role("attribution").ending(quantity.start - 1) is not None
        return quantity.class_ != "person" or bool(speaks) or apposed or told

    def _counted_one(self, read: list[Quantity], index: int) -> Quantity:
        """Return a thing with "un", marked where it is one of a list: "un tanque y dos camiones"."""
        quantity = read[index]
        if quantity.class_ not in _THINGS:
            return quantity
        for first, second in ((index - 1, index), (index, index + 1)):
            if first < 0 or second >= len(read):
                continue
            other = read[first if second == index else second]
            gap = self.scan.folded[read[first].noun_end : read[second].start].strip()
            joined = gap == "," or any(hit.form == gap for hit in self._joins(read[first], read[second]))
            if joined and other.class_ in (*_THINGS, "person") and "number.singular" not in other.number.rule:
                return quantity._replace(rules=(*quantity.rules, _LISTED))
        return quantity

    def _joins(self, first: Quantity, second: Quantity) -> list[Hit]:
        return self.scan.role("conjunctions").within(first.noun_end, second.start)

    def _is_pronoun(self, quantity: Quantity, predicate: Predicate | None) -> bool:
        """Tell whether "one" stands for a thing and counts nothing."""
        number = quantity.number
        if "number.singles" in number.rule:
            return predicate is None and not quantity.part and not _says_kind(quantity)
        if "number.singular" in number.rule:
            # "Three were wounded, among them a girl": she is counted too.
            of_people = quantity.part and quantity.class_ == "person"
            if of_people or _LISTED in quantity.rules or quantity.dimension in _WEIGHED:
                return False
            alone = quantity.counted is None and quantity.unit is None
            if quantity.class_ == "person" and _says_kind(quantity):
                return False  # "un mort et trois blessés"
            # "un muerto": the verb's form stands for the person; "ein weiterer [verletzt]".
            other = self.scan.role("fillers").at(number.end + 1)
            part = self._part_behind(quantity)
            begins = {one.end + 1 for one in (number, other, part) if one}
            near = predicate is not None and predicate.hit.start in begins and predicate.kind in PEOPLE
            return predicate is None or not (quantity.class_ == "person" or (alone and near))
        if number.value != 1 or any(character.isdigit() for character in number.surface):
            return False
        if self.context.language.numerals.weak_one and predicate is None and quantity.unit is None:
            return default_kind(quantity) in ("other_quantity", "strikes")
        if self.context.language.script.verb_last and predicate and quantity.class_ != "person":
            # "The bombing of one school": "one" is an article there.
            return predicate.hit.start < quantity.start and quantity.unit is None
        return quantity.counted is None and quantity.unit is None and predicate is None

    def _figure(self, quantity: Quantity, predicate: Predicate | None, previous: Figure | None) -> Figure:
        number = quantity.number
        counted = self._counted(quantity, previous)
        concept = meanings.concepts()[counted.concept] if counted else None
        kind: Kind = predicate.kind if predicate else default_kind(quantity)
        rules = [*number.rule, *quantity.rules]
        if quantity.added and previous:
            kind = previous.kind
            rules.append("kind.added_to_previous")
        elif predicate:
            rules.append(f"predicate.{predicate.hit.key}:{predicate.hit.form}")
        elif (
            quantity.part
            and previous
            and quantity.unit is None
            and not _says_kind(quantity)
            and self._of_one_kind(quantity, previous)
        ):
            kind = previous.kind
            rules.append("kind.part_of_previous")
        if concept and concept.kind in _SAID_BY_NOUN and kind in _OVERRULED:
            kind = concept.kind
        rules.append(f"kind.{kind}")
        value, low, high, ambiguous = self._resolved(number, quantity)
        unit = self._unit(quantity, counted, kind)
        claimant = self.context.claims.claimant(quantity.start, quantity.end)
        status = self.circumstances.status(quantity, predicate, claimant.stance if claimant else None)
        end = max(number.end, quantity.noun_end, quantity.unit.end if quantity.unit else 0)
        if quantity.unit and quantity.per:
            end = max(end, quantity.end)
        party = self.parties.of(quantity, kind)
        if (
            predicate
            and quantity.counted is None
            and quantity.unit is None
            and predicate.hit.start == end + 1
        ):
            end = predicate.hit.end
        if party and self.parties.belongs(end, party.start):
            end = max(end, party.end)
        elif quantity.counted and quantity.counted.end == end:
            end = self.parties.model_end(end)
        if quantity.part and (of_them := self._part_behind(quantity)):
            end = max(end, of_them.end)
        if self.context.language.script.spaces and self.context.language.script.enclitics:
            end = self._word_end(end)
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
            period=self.circumstances.period(quantity),
            scope=self._scope(quantity, predicate, kind, status),
            status=status,
            claimant=claimant,
            place=self.circumstances.place(quantity),
            ambiguous=ambiguous,
            rule=tuple(rules),
        )

    def _scope(self, quantity: Quantity, predicate: Predicate | None, kind: Kind, status: Status) -> Scope:
        if kind in _MEASURES:
            return "unknown"
        if quantity.added:
            return "new"
        scope = self.circumstances.scope(quantity, predicate)
        if scope == "cumulative" and status in ("planned", "hypothetical"):
            return "unknown"
        return "unknown" if scope == "new" and kind in _NEVER_NEW else scope

    def _of_one_kind(self, quantity: Quantity, previous: Figure) -> bool:
        """Tell whether a part can be of the kind of the figure before: people of people."""
        counted = quantity.counted
        if counted is None or (previous.counted and counted.key == previous.counted.concept):
            return True
        return quantity.class_ == "person" and previous.kind in PEOPLE

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
            return self._national(quantity.unit.key)
        if counted and (counted.concept != THING or kind not in PEOPLE):
            return meanings.concepts()[counted.concept].unit or counted.concept
        return "person" if kind in PEOPLE else "1"

    def _national(self, unit: str) -> str:
        """Return the code of a currency that several countries have: that of the country named most."""
        codes = meanings.units().national.get(unit)
        if codes is None:
            return unit
        named = Counter(place.country for place in self.context.places if place.country in codes)
        return codes[named.most_common(1)[0][0] or ""] if named else unit

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
        beside = not scan.folded[one.noun_end : whole.start].strip()
        if beside and _flies(one) and _ends_as_part(whole):
            found[index] = one._replace(whole=True)  # "of 120 drones 97 were shot down"
            continue
        if one.counted and whole.counted is None and whole.unit is None and _joins(one, whole, scan):
            if scan.segmentation:  # "of 31 drones 28": there the whole comes first
                found[index] = one._replace(whole=True)
                found[index + 1] = whole._replace(counted=one.counted, part=True)
                continue
            # "28 drones of 31"
            found[index + 1] = whole._replace(counted=one.counted, whole=True)
        if one.counted or one.unit or not whole.counted:
            continue
        if _joins(one._replace(noun_end=one.number.phrase_end), whole, scan):
            found[index] = one._replace(counted=whole.counted, rules=(*one.rules, "counted.of_the_whole"))
            found[index + 1] = whole._replace(whole=True)
    return found


def _flies(quantity: Quantity) -> bool:
    """Tell whether what is counted is fired or flies: of such a whole, a part's fate tells nothing."""
    return quantity.class_ in ("munition", "aircraft")


def _ends_as_part(quantity: Quantity) -> bool:
    """Tell whether a bare number has the ending of a part: "97'si" of what stands before it."""
    return not quantity.counted and not quantity.unit and "number.ending.part" in quantity.number.rule


def _with_parts(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give the parts behind their whole its noun: "of 120 drones 98 were shot down, 15 were lost"."""
    found = list(quantities)
    whole: Hit | None = None
    for index, one in enumerate(found):
        of = scan.role("part_of").ending(one.start - 1)
        bare = one.unit is None and (one.counted is None or one.counted.key == THING)
        if of and one.counted and not bare and one.class_ != "settlement" and index + 1 < len(found):
            whole = one.counted
            following = found[index + 1]
            if following.unit or (following.counted and following.counted.key != THING):
                whole = None
            else:
                found[index] = one._replace(whole=True)
        elif whole and bare:
            noun_end = one.number.phrase_end if one.counted else one.noun_end
            found[index] = one._replace(
                counted=whole, noun_end=noun_end, rules=(*one.rules, "counted.of_the_whole")
            )
        else:
            whole = None
    return found


def _is_rate(number: NumberSpan, scan: Scan) -> bool:
    """Tell whether an article is one and stands before a unit: "$2 billion a month"."""
    if "number.singular" not in number.rule or scan.role("rate.marker").at(number.start) is None:
        return False
    return any(scan.role(role).at(number.end + 1) for role in ("time.unit", "unit"))


def _is_share(quantity: Quantity) -> bool:
    """Tell whether a number only says which part of something is meant: "a third of the population"."""
    number = quantity.number
    if quantity.unit or quantity.per or any(character.isdigit() for character in number.surface):
        return False
    ends = [one for one in (number.value, number.low, number.high) if one is not None]
    return all(0 < one < 1 for one in ends)


def _joins(one: Quantity, whole: Quantity, scan: Scan) -> bool:
    """Tell whether a word such as "of" is all that stands between two quantities."""
    gap = scan.folded[one.noun_end : whole.number.phrase_start].strip()
    hit = scan.role("part_of").first_within(one.noun_end, whole.number.phrase_start)
    return hit is not None and hit.form == gap


def _goes_on_giving(figure: Figure, before: Figure | None) -> bool:
    """Tell whether bodies are named behind others that were handed over: "gave 1,000 bodies and got 26"."""
    handed = before is not None and any(":returned:" in rule for rule in before.rule)
    return handed and figure.kind == "killed" and figure.counted is not None


def _says_kind(quantity: Quantity) -> bool:
    """Tell whether the noun itself says what happened: "12 deaths", "the death toll: 12"."""
    if quantity.counted is None:
        return False
    return meanings.concepts()[quantity.counted.key].kind in ("killed", "wounded", "missing")


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
