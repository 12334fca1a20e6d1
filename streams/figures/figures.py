"""Step 5: the figures of a text: what each number counts, what happened, and who says so."""

from __future__ import annotations

from bisect import bisect_left
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
from streams.figures.ones import Ones, is_rate, is_share, says_kind
from streams.figures.parties import Parties
from streams.figures.periods import find_periods, find_since
from streams.figures.predicates import Predicate, Predicates, default_kind
from streams.figures.quantities import Quantity, Reader
from streams.figures.values import national, normalised, resolved
from streams.figures.wholes import with_parts, with_wholes
from streams.records import Counted, Figure, Kind, Party, Span, Status, VictimRole


if TYPE_CHECKING:
    from streams.figures.circumstances import Context
    from streams.numbers.numbers import NumberSpan
    from streams.records import Scope
    from streams.text.sentences import Stretch


_MEASURES = frozenset(["area", "distance", "duration", "percent"])
"""Kinds that are no counts: they are neither new nor running totals."""

_FEW = 3
"""Figures looked back at for one that is a count."""

_NEVER_NEW = frozenset(["other_quantity", "crowd", "supplies"])
"""Kinds of which "another", "tambahan" says no more than that there were others."""

_PRESENT = frozenset(["personnel", "platforms", "trapped", "missing", "money", "money_cost"])
"""Kinds of what there is: "since" tells how long it has been so, and sums nothing up."""

_SAID_BY_NOUN = frozenset(["killed", "wounded", "missing", "hostages", "displaced", "detained"])
_OVERRULED = frozenset(
    ["other_quantity", "casualties", "crowd", "personnel", "affected", "detained", "trapped"]
)
"""Kinds that a noun which says what happened ("refugees", "hostages") overrules: a crowd of
refugees is displaced first of all."""


def find_figures(context: Context, numbers: list[NumberSpan]) -> list[Figure]:
    """Return the figures of a text, in order."""
    figures: list[Figure] = []
    numbers = [number for number in numbers if not is_rate(number, context.scan)]
    starts = [number.start for number in numbers]
    reader = Reader(context.scan, context.layout, context.language)
    listing = Listing(context.scan, context.layout)
    for sentence in context.layout.sentences:
        first, last = bisect_left(starts, sentence.start), bisect_left(starts, sentence.end)
        if first == last:
            listing.open(sentence)
        else:
            before = _counted_last(figures)
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
        self.ones = Ones(context, sentence)
        limits = [number.phrase_start for number in numbers[1:]] + [sentence.end]
        read = [reader.read(number, limit) for number, limit in zip(numbers, limits, strict=True)]
        read = [self.ones.person(quantity) for quantity in read]
        read = [
            self.ones.counted(read, index) if self.ones.is_article(quantity) else quantity
            for index, quantity in enumerate(read)
        ]
        read = [quantity for quantity in read if not self.ones.is_article(quantity)]
        periods = find_periods(
            self.scan,
            read,
            sentence,
            context.language.time.period_endings,
            capitals=context.language.time.capital_months,
        )
        framed = {quantity.number.start for period, quantity in periods if quantity and period.closed}
        others = [quantity for quantity in read if quantity.number.start not in framed]
        # A length of time that frames no other figure is a figure itself.
        read = with_shared_nouns(others or read, self.scan, tuple(context.language.script.participle_endings))
        read = with_shared_classifiers(read, self.scan)
        self.quantities = with_added(with_parts(with_wholes(read, self.scan), self.scan), self.scan)
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
            said = quantity.whole or quantity.added or says_kind(quantity)
            predicate = None if said else self.predicates.of(quantity, self.quantities, index)
            if said and quantity.counted and self._is_given_back(quantity, index):
                predicate = self.predicates.of(quantity, self.quantities, index)
            if predicate and self._is_said_next(quantity, predicate):
                predicate = None
            predicate = listing.shared(quantity, predicate)
            previous = _counted_last(figures) if figures else before if quantity.part else None
            if figures and not quantity.part:
                previous = previous or figures[-1]
            if self._is_agent(quantity, predicate, index) or self.ones.is_pronoun(quantity, predicate):
                continue
            if self._is_told_again(quantity, predicate, previous):
                continue
            if previous and self.ellipses.is_of_things(quantity, predicate, figures or [previous]):
                # "1,200 trees were planted and 160 felled": the verb is said of things too.
                quantity = quantity._replace(part=True)
                predicate = predicate and self.predicates.of_such(quantity, predicate, previous)
            elif previous and predicate and self.ellipses.is_part_of_things(quantity, predicate, previous):
                # "Forty drones came, of which 35 were shot down": so it is of a part of them. "They dropped
                # two bombs. Twenty others were wounded": bombs are not, so that people are meant.
                of_things = self.predicates.of_such(quantity, predicate, previous)
                quantity = quantity if of_things else quantity._replace(part=False)
                predicate = of_things or predicate
            elif previous and predicate and self.ellipses.is_shot_down(quantity, predicate, previous):
                quantity = quantity._replace(part=True)
            elif previous and self.ellipses.is_elliptic(quantity, predicate, previous):
                quantity = quantity._replace(part=True)
                predicate = predicate if predicate and self.ellipses.fits(predicate, previous) else None
            elif figures and self.ellipses.counts_the_same(quantity, predicate, figures):
                quantity = quantity._replace(part=True)
            if is_share(quantity):
                continue
            if figures and self.ellipses.is_money(quantity, predicate, figures[-1]):
                quantity = self.ellipses.of_money(quantity, figures[-1])
                predicate = None
            figure = self._figure(quantity, predicate, previous)
            if predicate is None and _goes_on_giving(figure, figures[-1] if figures else before):
                kind: Kind = "other_quantity"
                rule = (*figure.rule, f"kind.{kind}:returned:")
                figure = msgspec.structs.replace(figure, kind=kind, victim_role=None, rule=rule)
            figures.append(figure)
        return self.parties.shared(figures)

    def _is_said_next(self, quantity: Quantity, predicate: Predicate) -> bool:
        """Tell whether a verb of money stands in what is said next: "gets £3 a ton and says costs rose"."""
        if quantity.dimension != "money" or predicate.hit.start < quantity.end:
            return False
        return bool(self.scan.role("attribution").within(quantity.end, predicate.hit.start))

    def _is_agent(self, quantity: Quantity, predicate: Predicate | None, index: int) -> bool:
        """Tell whether one person is who did it: "a suicide bomber [wounded] 12 people" counts the 12.

        The verb stands right behind him, and what it was done to right behind the verb.
        """
        if "number.singular" not in quantity.number.rule or predicate is None:
            return False
        verb = predicate.hit
        following = self.quantities[index + 1] if index + 1 < len(self.quantities) else None
        if following is None or verb.start != quantity.noun_end + 1:
            return False
        gap = self.scan.folded[verb.end : following.start]
        return gap == " " or (
            len(gap.split()) == 1 and gap.strip().isalpha() and not self._joins(gap, verb.end)
        )

    def _joins(self, gap: str, start: int) -> bool:
        hit = self.scan.role("conjunctions").at(start + 1)
        return hit is not None and hit.form == gap.strip()

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

    def _is_told_again(
        self, quantity: Quantity, predicate: Predicate | None, previous: Figure | None
    ) -> bool:
        """Tell whether an article is one of those before it, of whom it was said already.

        "Eight were injured, one of them is in danger": one of the injured, and none besides them.
        """
        if "number.singular" not in quantity.number.rule or predicate is None or previous is None:
            return False
        if self.ones.part_behind(quantity) is None:
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
            and not says_kind(quantity)
            and not self._are_more(quantity, previous)
            and self._of_one_kind(quantity, previous)
        ):
            kind = previous.kind
            rules.append("kind.part_of_previous")
        if concept and concept.kind in _SAID_BY_NOUN and kind in _OVERRULED:
            kind = concept.kind
        rules.append(f"kind.{kind}")
        value, low, high, ambiguous = resolved(number, quantity)
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
            and (predicate.hit.start == end + 1 or self._is_of_verb(end, predicate.hit.start))
        ):
            end = predicate.hit.end
        if party and self.parties.belongs(end, party.start):
            end = max(end, party.end)
        elif quantity.counted and quantity.counted.end == end:
            end = self.parties.nation_end(self.parties.model_end(end))
        if quantity.part and (of_them := self.ones.part_behind(quantity)):
            end = max(end, of_them.end)
        if self.context.language.script.spaces and self.context.language.script.enclitics:
            end = self._word_end(end)
        start = self._with_others(quantity)
        return Figure(
            start=start,
            end=end,
            surface=self.scan.text[start:end],
            number=Span(start=number.start, end=number.end, surface=number.surface),
            value=value,
            low=low,
            high=high,
            qualifier=number.qualifier,
            unit=unit,
            unit_surface=(quantity.unit and self.scan.text[quantity.unit.start : quantity.unit.end]) or None,
            normalised=normalised(unit, value, low, high),
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

    def _is_of_verb(self, end: int, start: int) -> bool:
        """Tell whether only "of" stands between a number and those it counts: "un centenar [de] muertos"."""
        of = self.scan.role("part_of").at(end + 1)
        return of is not None and of.end + 1 == start

    def _with_others(self, quantity: Quantity) -> int:
        """Return where a figure begins whose "other" or "more" stands before it: "otros 35", "mais 1.500"."""
        if not self.parties.head_first:
            return quantity.start
        others = self.scan.role("parts").ending(quantity.start - 1)
        short = others is not None and " " not in others.form and self.sentence.start <= others.start
        roles = ("scope", "speakers.not_names")
        known = short and others and any(self.scan.role(role).at(others.start) for role in roles)
        return others.start if known and others else quantity.start

    def _scope(self, quantity: Quantity, predicate: Predicate | None, kind: Kind, status: Status) -> Scope:
        if kind in _MEASURES:
            return "unknown"
        if quantity.added:
            return "new"
        scope = self.circumstances.scope(quantity, predicate, summed=kind not in _PRESENT)
        if scope == "cumulative" and status in ("planned", "hypothetical"):
            return "unknown"
        return "unknown" if scope == "new" and kind in _NEVER_NEW else scope

    def _are_more(self, quantity: Quantity, previous: Figure) -> bool:
        """Tell whether others are told of in a new clause: "3 were killed; they want 1,500 more men"."""
        if ";" not in self.scan.text[previous.end : quantity.start] or quantity.counted is None:
            return False
        return bool(self.scan.role("scope").within(quantity.start, quantity.noun_end))

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
                return None if self._is_of_named(quantity, previous) else previous.counted
            return None
        return Counted(
            concept=hit.key, surface=self.scan.text[hit.start : hit.end], start=hit.start, end=hit.end
        )

    def _is_of_named(self, quantity: Quantity, previous: Figure) -> bool:
        """Tell whether a part says itself of whom it is: "two of the dead", and not "two of them"."""
        part = self.ones.part_behind(quantity)
        if part is None or previous.kind not in PEOPLE:
            return False
        named = self.scan.role("concept").within(part.start, part.end)
        told = self.scan.role("predicate").covers(part.start, part.end)
        return told or any(hit.key != "person" for hit in named)

    def _unit(self, quantity: Quantity, counted: Counted | None, kind: Kind) -> str:
        """Return the unit of measure, or for a count what one of the things counted is called."""
        if quantity.unit:
            return national(quantity.unit.key, self.context.places)
        if counted and (counted.concept != THING or kind not in PEOPLE):
            return meanings.concepts()[counted.concept].unit or counted.concept
        return "person" if kind in PEOPLE else "1"

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


def _counted_last(figures: list[Figure]) -> Figure | None:
    """Return the last figure that is no measure, of the last few: there are no other kilometres."""
    near = reversed(figures[-_FEW:])
    return next((figure for figure in near if figure.unit_surface is None), None)


def _goes_on_giving(figure: Figure, before: Figure | None) -> bool:
    """Tell whether bodies are named behind others that were handed over: "gave 1,000 bodies and got 26"."""
    handed = before is not None and any(":returned:" in rule for rule in before.rule)
    return handed and figure.kind == "killed" and figure.counted is not None
