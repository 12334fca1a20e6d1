"""Lists in which each number follows its noun: "tanks – 11,310 (+4), guns – 34,200 (+25)".

A ministry's tally names the verb once, before the first of them, and in brackets what the
last day added to each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.figures.nouns import THING
from streams.figures.predicates import Predicate, kind_of


if TYPE_CHECKING:
    from streams.figures.quantities import Quantity
    from streams.numbers.numbers import NumberSpan
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout, Stretch


_APART = 3
"""Words that may stand between one entry and the noun of the next: its unit, adjectives."""


def is_added(scan: Scan, number: NumberSpan) -> bool:
    """Tell whether a number is what was added to the one before: the 850 of "1 150 320 (+850)"."""
    start, end = number.phrase_start, number.phrase_end
    return start > 1 and scan.folded[start - 2 : start] == "(+" and scan.folded[end : end + 1] == ")"


def with_added(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give a number and what was added to it the noun that stands before or behind both."""
    found = list(quantities)
    for index in range(1, len(found)):
        total, added = found[index - 1], found[index]
        if not added.added:
            continue
        if scan.folded[total.number.phrase_end : added.start].strip() != "(+":
            found[index] = added._replace(added=False)
            continue
        if total.counted is None and total.unit is None:
            total = found[index - 1] = total._replace(counted=added.counted)
        found[index] = added._replace(counted=total.counted, unit=total.unit)
    return found


def with_shared_nouns(quantities: list[Quantity], scan: Scan, endings: tuple[str, ...]) -> list[Quantity]:
    """Give a number that only an adjective follows the noun of the next: "3 ракетних та 62 авіаційних".

    ``endings`` tell adjectives; where a language names none, no noun is shared.
    """
    found = list(quantities)
    for index in range(len(found) - 2, -1, -1) if endings else ():
        one, behind = found[index], found[index + 1]
        if one.counted is None or one.counted.key != THING or one.unit or behind.unit:
            continue
        if behind.counted is None or behind.counted.key == THING or not one.counted.form.endswith(endings):
            continue
        gap = scan.folded[one.noun_end : behind.number.phrase_start].strip()
        joined = scan.role("conjunctions").first_within(one.noun_end, behind.number.phrase_start)
        if gap == "," or (joined and joined.form == gap):
            rules = (*one.rules, "counted.of_the_next")
            found[index] = one._replace(counted=behind.counted, rules=rules)
    return found


def with_shared_classifiers(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give a number that only a classifier follows the noun that was counted with it before.

    "300 [buildings] houses destroyed, 1200 [buildings] damaged".
    """
    classifiers = scan.role("script.classifiers")
    if not classifiers:
        return quantities
    found = list(quantities)
    nouns: dict[str, Hit] = {}
    for index, one in enumerate(found):
        hit = classifiers.at(one.number.end + 1) or classifiers.at(one.number.phrase_end + 1)
        if hit is None:
            continue
        if one.counted and one.counted.start >= hit.end and one.counted.key != THING:
            nouns[hit.form] = one.counted
        elif one.counted is None and one.unit is None and not one.part and hit.form in nouns:
            found[index] = one._replace(
                counted=nouns[hit.form], part=True, rules=(*one.rules, f"counted.by_classifier:{hit.form}")
            )
    return found


class Listing:
    """The verb that the entries of a list share, from its first one on."""

    def __init__(self, scan: Scan, layout: Layout) -> None:
        self.scan = scan
        self.layout = layout
        self.verb: Hit | None = None
        self.end = 0
        self.headed = False

    def open(self, heading: Stretch) -> None:
        """Take the verb of a sentence that ends in a colon, behind which a list begins."""
        end = heading.end
        while end > heading.start and self.scan.text[end - 1].isspace():
            end -= 1
        if self.scan.text[end - 1 : end] != ":":
            return
        near = self.scan.role("predicate").within(heading.start, end)
        if near:
            self.verb, self.end, self.headed = near[-1], end, True

    def shared(self, quantity: Quantity, predicate: Predicate | None) -> Predicate | None:
        """Return the verb of an entry: its own, else that of the entry before."""
        if quantity.added:
            self.end = max(self.end, quantity.end)
            return None
        listed = quantity.counted is not None and quantity.counted.end <= quantity.start
        own = predicate is not None and not (self.headed and predicate.kind == "personnel")
        if (
            (listed or self.headed)
            and not own
            and self.verb
            and quantity.counted
            and self._follows(quantity.counted.start if listed else quantity.start)
        ):
            predicate = self._again(self.verb, quantity)
        self.verb = predicate.hit if (listed or self.headed) and predicate else None
        self.headed = self.headed and self.verb is not None
        self.end = quantity.end
        return predicate

    def _follows(self, start: int) -> bool:
        """Tell whether an entry begins right behind the entry before."""
        return self.layout.words_between(self.end, start) <= _APART

    def _again(self, verb: Hit, quantity: Quantity) -> Predicate | None:
        """Return what a verb means for what an entry counts: "losses" of men and of tanks."""
        for hit in self.scan.role("predicate").within(verb.start, verb.end):
            kind = kind_of(hit.key.partition(":")[2], quantity)
            if kind is not None:
                return Predicate(hit, kind)
        return None
