"""Step 5g: what a number without a noun takes from the figure before: "12 soldiers died and 3 were hurt"."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from streams import meanings
from streams.figures.predicates import kind_of
from streams.records import PeopleKind
from streams.text.hits import Hit


if TYPE_CHECKING:
    from streams.figures.circumstances import Context
    from streams.figures.predicates import Predicate, Predicates
    from streams.figures.quantities import Quantity
    from streams.records import Figure


PEOPLE = frozenset(get_args(PeopleKind))
"""Kinds that are counts of people."""

_ELLIPSIS = 6
"""Words between two counts of people of which the second leaves out who they are."""

_LARGE = 1_000
"""The least that a number with no currency is money: a smaller one may be of anything."""

_RIVAL = 150
"""Code points behind a figure in which another speaker's number for the same stands."""


class Ellipses:
    """Tells whether the numbers of a sentence count what the figure before them does."""

    def __init__(self, context: Context, predicates: Predicates) -> None:
        self.context = context
        self.scan = context.scan
        self.predicates = predicates

    def is_shot_down(self, quantity: Quantity, predicate: Predicate, previous: Figure) -> bool:
        """Tell whether a number with no noun is of what flew: "fired 87 drones, 71 were shot down"."""
        if quantity.counted or quantity.unit or quantity.part or not previous.counted:
            return False
        flies = meanings.concepts()[previous.counted.concept].class_ in ("munition", "aircraft")
        return flies and predicate.kind == "intercepted"

    def is_elliptic(self, quantity: Quantity, predicate: Predicate | None, previous: Figure) -> bool:
        """Tell whether a number takes its noun from the figure before: "12 drones over Kyiv, 3 over Sumy".

        A dash or a word of place stands behind it, and no verb of its own beside it.
        """
        if quantity.counted or quantity.unit or quantity.part or quantity.per or not previous.counted:
            return False
        if previous.unit_surface:
            return False  # "100 km from the port": no one counts ports
        if predicate:
            verb = predicate.hit
            start, end = min(verb.end, quantity.end), max(verb.start, quantity.start)
            if self.context.layout.words_between(start, end) <= 1:
                return False
        at = quantity.number.phrase_end + 1
        place = self.scan.role("places.before").at(at)
        return place is not None or self.scan.folded[at : at + 1] in ("-", "\u2013", "\u2014")

    def is_of_things(self, quantity: Quantity, predicate: Predicate | None, figures: list[Figure]) -> bool:
        """Tell whether a bare number takes its noun from the thing counted before it.

        A verb that is said of people and of things stands beside it: "45 drones came, 40 were
        downed", where "downed" people are shot. Of two kinds of things before it, it is open which.
        """
        previous = figures[-1]
        if quantity.counted or quantity.unit or quantity.part or predicate is None:
            return False
        if predicate.kind == "intercepted" and previous.counted:
            before = figures[-2].counted if len(figures) > 1 else None
            if before and before.concept != previous.counted.concept and figures[-2].kind == previous.kind:
                return False
            return meanings.concepts()[previous.counted.concept].class_ in ("munition", "aircraft")
        thing = previous.counted and not self.fits(predicate, previous)
        return bool(thing) and self.predicates.is_ambiguous(predicate)

    def is_part_of_things(self, quantity: Quantity, predicate: Predicate, previous: Figure) -> bool:
        """Tell whether a part of things has a verb that is said of people: "dont 35 ont été abattus"."""
        if not quantity.part or quantity.counted or quantity.unit:
            return False
        return not self.fits(predicate, previous)

    def counts_the_same(self, quantity: Quantity, predicate: Predicate | None, figures: list[Figure]) -> bool:
        """Tell whether a bare number takes its noun from the figure before, by its verb or its speaker."""
        if predicate:
            return self._goes_on(quantity, predicate, figures)
        return self._is_rival(quantity, figures[-1])

    def _goes_on(self, quantity: Quantity, predicate: Predicate, figures: list[Figure]) -> bool:
        """Tell whether a number counts the people of the figure before: "12 soldiers died and 3 were hurt".

        Where two kinds of people stand before it, it is open which.
        """
        if quantity.counted or quantity.unit or quantity.part or quantity.per:
            return False
        previous = figures[-1]
        if predicate.kind not in PEOPLE or previous.kind not in PEOPLE or previous.counted is None:
            return False
        before = figures[-2] if len(figures) > 1 else None
        if before and before.kind == previous.kind and before.victim_role != previous.victim_role:
            return False
        gap = self.scan.folded[previous.end : quantity.start]
        words = self.context.layout.words_between(previous.end, quantity.start)
        if words > _ELLIPSIS or any(sign in gap for sign in ";:.()"):
            return False
        if self.scan.role("clause_ends").within(previous.end, quantity.start):
            return False
        tail = previous.end + len(gap.rstrip())
        return gap.rstrip().endswith(",") or bool(
            self.scan.role("conjunctions").within(previous.end, quantity.start)
            or self.scan.role("conjunctions").ending(tail)
        )

    def _is_rival(self, quantity: Quantity, previous: Figure) -> bool:
        """Tell whether another speaker counts the same: "20,000 marched, they said; police spoke of 8,000".

        His verb stands right before the number, or his name right behind it ("8,000 according to police"),
        and not before the figure that he disputes.
        """
        if quantity.counted or quantity.unit or quantity.part or quantity.per:
            return False
        if previous.kind not in PEOPLE and previous.counted is None:
            return False
        other = self.context.claims.beside(quantity.start, quantity.end)
        if other is None or other.end <= previous.end or quantity.start - previous.end > _RIVAL:
            return False
        return previous.claimant is None or other.start != previous.claimant.start

    def is_money(self, quantity: Quantity, predicate: Predicate | None, previous: Figure) -> bool:
        """Tell whether a large number with no noun is money, as the one before: "cost $28,000, now 190,000".

        No verb is said of it, or one that is said of money too.
        """
        number = quantity.number
        sizes = [one for one in (number.value, number.low, number.high) if one is not None]
        if quantity.counted or quantity.unit or quantity.part or quantity.per or not sizes:
            return False
        if not previous.kind.startswith("money") or min(sizes) < _LARGE:
            return False
        gap = self.scan.folded[previous.end : quantity.start]
        if len(gap) > _RIVAL or any(sign in gap for sign in ";:."):
            return False
        return predicate is None or self._of_sum(quantity, predicate, previous) is not None

    def _of_sum(self, quantity: Quantity, predicate: Predicate, previous: Figure) -> str | None:
        return kind_of(predicate.hit.key.partition(":")[2], self.of_money(quantity, previous))

    def of_money(self, quantity: Quantity, previous: Figure) -> Quantity:
        """Return a number with the currency of the figure before."""
        unit = Hit(previous.start, previous.start, previous.unit, "")
        return quantity._replace(unit=unit, rules=(*quantity.rules, f"unit.{previous.unit}:elliptic"))

    def fits(self, predicate: Predicate, previous: Figure) -> bool:
        """Tell whether a verb can be said of what the figure before counts: drones are not killed."""
        if previous.counted is None or predicate.kind not in PEOPLE:
            return True
        return meanings.concepts()[previous.counted.concept].class_ in ("person", "household", "thing")
