"""Step 5c: what happened to the things a figure counts, by the verb nearest to it.

A verb speaks of some classes of things only (kinds.toml), and of figures on one side of it
or on either. Of those that fit, the nearest wins; commas, clause ends and other figures on
the way make a verb farther, unless the figures are coordinated ("525 trucks and 15 depots").
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from streams import meanings
from streams.figures.relatives import Relatives
from streams.records import Kind
from streams.text.hits import Hit
from streams.text.inflection import endings


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.figures.quantities import Quantity
    from streams.records import Figure
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


class Predicate(msgspec.Struct, frozen=True, gc=False):
    """A verb or noun that says what happened, and the kind it gives."""

    hit: Hit
    kind: Kind


_NEAREST = 4
"""Verbs looked at on each side of a figure: the work is linear in the text."""

_MOST_COST = 24
_MOST_COST_OF_NAMED = 8
_MOST_COST_OF_SINGLE = 12
"""The cost up to which a verb counts for a noun that says by itself what happened ("refugees")."""
_FARTHEST = 500
"""Code points beyond which no verb is looked for."""
_LISTED, _NEXT, _DESCRIBED = 2, 6, 3
_LISTED_GAP = 30
"""Code points behind an entry of a list, digits among them: "214 rounds of 5.56 mm, 12 rifles"."""
_COMMA_OF_CLAUSES = 5
"""What a comma costs where those of a list are another sign, and it sets clauses apart."""
_COMMA, _SEMICOLON, _CLAUSE, _FIGURE, _OTHER_VERB, _WRONG_SIDE, _AND = 2, 10, 8, 7, 3, 14, 2


_COMMAS = (",", "\u060c", "\u3001")
"""Commas of a list; where words are not set apart, one of them is no other."""
_SUBJECT = 3
"""Words of a subject that stands between its verb and a figure, where verbs come first."""


_OVERRULED = frozenset(["killed", "money_aid", "money_cost"])
"""Kinds of a verb that another beside the figure overrules: "they ask for 500,000 as ransom" is no aid."""

_HELD = frozenset(["abducted", "hostages", "captured", "detained"])
"""Kinds of people who can be freed."""

_MOST_PARTS = 6
"""Parts of a whole that stand in commas between it and its verb."""
_BESIDE = 2
"""Words between the verb that frees people and their number."""

_PREPOSITION = 3
"""Letters of a preposition that says what happened, at most: "[mit] 96 Drohnen"."""

_NAMED = frozenset(["displaced", "hostages", "detained", "crowd"])


class Predicates:
    """The verbs of one sentence, and which of them a figure belongs to."""

    def __init__(self, scan: Scan, layout: Layout, sentence: Stretch) -> None:
        self.scan = scan
        self.layout = layout
        self.sentence = sentence
        self.hits = scan.role("predicate").within(sentence.start, sentence.end)
        self.starts = [hit.start for hit in self.hits]
        self.clause_ends = scan.role("clause_ends")
        self.apart = endings(tuple(layout.script.apart))
        self.relatives = Relatives(scan, layout, sentence, self.hits)

    def of(self, quantity: Quantity, quantities: list[Quantity], index: int) -> Predicate | None:
        """Return the verb that says what happened to a quantity, None where none does."""
        if self._is_where(quantity) or _is_broken(quantity):
            return None
        at = bisect_left(self.starts, quantity.number.start)
        best: Predicate | None = None
        overruling: Predicate | None = None
        own = meanings.concepts()[quantity.counted.key].kind if quantity.counted else None
        named = own in _NAMED
        # The noun of a sum of money may say what it is for: "10 milyon dolarlık yardım".
        counted = None if quantity.dimension == "money" else quantity.counted
        # "[A] gunman opened fire, killing 12": of one person the verb is told right beside him.
        single = "number.singular" in quantity.number.rule
        least = (_MOST_COST_OF_NAMED if named else _MOST_COST_OF_SINGLE if single else _MOST_COST) + 1
        following = quantities[index + 1] if index + 1 < len(quantities) else None
        for position in range(max(0, at - _NEAREST), min(len(self.hits), at + _NEAREST)):
            hit = self.hits[position]
            if counted and hit.start < counted.end and hit.end > counted.start:
                continue
            if named and _is_noun_of_another(hit, quantities, index):
                # "12 dead and 300 displaced": the dead are no verb of the displaced.
                continue
            if quantity.part and _is_noun_of(hit, quantities[index + 1 : index + 2]):
                # "Six dead, among them a girl, and 12 wounded": the girl is one of the dead.
                continue
            if following and following.part and self.relatives.is_of_part(hit, quantity, following):
                continue
            side, _, name = hit.key.partition(":")
            kind = kind_of(name, quantity)
            if kind is None or (name == "launched" and _describes_whole(hit, quantities, index)):
                continue
            cost = self._cost(hit, side, quantity, quantities, index)
            if name in meanings.kinds().overruling and cost <= _MOST_COST_OF_NAMED:
                overruling = Predicate(hit, kind)
            # Of two meanings of a verb that for which the noun is usually counted: "deslocou 2.000 soldados".
            usual = best is not None and best.hit.start == hit.start and cost == least and kind == own
            if cost < least or usual:
                best, least = Predicate(hit, kind), cost
        if overruling and best and best.kind in _OVERRULED:
            return overruling
        if best and best.hit.start >= quantity.noun_end:
            best = self._main(best, quantity, following.start if following else self.sentence.end)
        if best and not 0 <= quantity.start - best.hit.end <= 1:
            best = self._over_parts(quantity, quantities, index) or best
        return self._outcome(best, quantity, quantities, index) if best else None

    def _main(self, best: Predicate, quantity: Quantity, limit: int) -> Predicate:
        """Return the main verb where another is that of a relative clause: "people who fled were shot"."""
        for hit in self.relatives.main_verbs(quantity, best.hit, limit):
            kind = kind_of(hit.key.partition(":")[2], quantity)
            if kind and kind != "other_quantity":
                return Predicate(hit, kind)
        return best

    def _over_parts(self, quantity: Quantity, quantities: list[Quantity], index: int) -> Predicate | None:
        """Return the verb behind parts in commas: "five others, including two officers, were injured"."""
        last, most = index, min(len(quantities), index + 1 + _MOST_PARTS)
        while last + 1 < most and quantities[last + 1].part:
            last += 1
        if last == index:
            return None
        text, behind = self.scan.folded, quantities[last].noun_end
        opening = text[quantity.number.phrase_end : quantities[index + 1].number.start]
        if opening.count(",") != 1 or text[behind : behind + 2] != ", ":
            return None
        at = bisect_left(self.starts, behind)
        hit = next((one for one in self.hits[at : at + 1] if not one.key.startswith("right")), None)
        if hit is None or self.scan.role("conjunctions").at(behind + 2):
            return None
        follows = quantities[last + 1].start if last + 1 < len(quantities) else self.sentence.end + _BESIDE
        far = self.layout.words_between(behind, hit.start) > _BESIDE
        if far or follows - hit.end <= 1 or "," in text[behind + 1 : hit.start]:
            return None
        kind = kind_of(hit.key.partition(":")[2], quantity)
        return Predicate(hit, kind) if kind else None

    def _outcome(
        self, best: Predicate, quantity: Quantity, quantities: list[Quantity], index: int
    ) -> Predicate:
        """Return what became of what was launched: "two rockets fired from the north were intercepted".

        The verb may stand before it too: "intercepted two rockets fired from the north".
        """
        if best.kind in _HELD and (freed := self._before(quantity, quantities, index, "rescued")):
            # "Freed 12 kidnapped students"
            near = self.layout.words_between(freed.hit.end, quantity.start) <= _BESIDE
            return freed if near else best
        if best.kind != "munitions_count" or not 0 <= best.hit.start - quantity.noun_end <= 1:
            return best
        if before := self._before(quantity, quantities, index, "intercepted"):
            return before
        limit = quantities[index + 1].start if index + 1 < len(quantities) else self.sentence.end
        at = bisect_left(self.starts, best.hit.end)
        for hit in self.hits[at : at + _NEAREST]:
            side, _, name = hit.key.partition(":")
            gap = self.scan.folded[best.hit.end : hit.start]
            if (
                hit.end > limit
                or "," in gap
                or ";" in gap
                or self.clause_ends.within(best.hit.end, hit.start)
            ):
                break
            if name == "intercepted" and side != "right" and (kind := kind_of(name, quantity)):
                return Predicate(hit, kind)
        return best

    def _before(
        self, quantity: Quantity, quantities: list[Quantity], index: int, what: str
    ) -> Predicate | None:
        """Return a verb of that meaning that is the nearest before a quantity in its clause."""
        at = bisect_left(self.starts, quantity.start)
        hit = self.hits[at - 1] if at else None
        if hit is None or hit.end > quantity.start or (index and hit.start < quantities[index - 1].end):
            return None
        side, _, name = hit.key.partition(":")
        gap = self.scan.folded[hit.end : quantity.start]
        cut = any(sign in gap for sign in ",;:\u060c") or self.clause_ends.within(hit.end, quantity.start)
        kind = kind_of(name, quantity) if name == what and side != "left" and not cut else None
        return Predicate(hit, kind) if kind else None

    def is_ambiguous(self, predicate: Predicate) -> bool:
        """Tell whether a verb gives more than one kind: "abattus" are shot or downed."""
        start = predicate.hit.start
        return any(hit.start == start and hit.key != predicate.hit.key for hit in self.hits)

    def of_such(self, quantity: Quantity, predicate: Predicate, previous: Figure) -> Predicate | None:
        """Return what a verb means where it is said of what the figure before counts."""
        if previous.counted is None:
            return None
        start = predicate.hit.start
        concept = previous.counted.concept
        such = quantity._replace(counted=Hit(quantity.start, quantity.end, concept, concept))
        for hit in self.hits:
            if hit.start == start and (kind := kind_of(hit.key.partition(":")[2], such)):
                return Predicate(hit, kind)
        return None

    def _is_where(self, quantity: Quantity) -> bool:
        """Tell whether an ending says that it was done in what is counted: "11 ilde"."""
        noun = quantity.counted
        if noun is None or quantity.class_ != "settlement":
            return False
        return self.scan.folded[noun.start + len(noun.form) : noun.end] in self.apart

    def _cost(self, hit: Hit, side: str, quantity: Quantity, quantities: list[Quantity], index: int) -> int:
        if hit.end <= quantity.start:
            start, end, wrong = hit.end, quantity.start, side == "left"
            between = _between(quantities, index, -1, start)
        else:
            behind = quantity.end if quantity.part else quantity.noun_end
            start, end, wrong = behind, hit.start, side == "right"
            between = _between(quantities, index, 1, end)
        start = min(start, end)
        if end - start > _FARTHEST:
            return _MOST_COST + 1
        gap = self.scan.folded[start:end]
        commas = gap.count(",") + gap.count("\u060c") + gap.count("\uff0c")
        cost = self.layout.words_between(start, end)
        coordinated = all(self._coordinated(one) for one in between)
        if between and coordinated:
            commas = max(0, commas - len(between) - 1)
            # A verb beside the other figure is that one's first of all.
            cost = cost * 2 // 3 + _LISTED * len(between)
        else:
            cost += _FIGURE * len(between) + _AND * len(self.scan.role("conjunctions").within(start, end))
            if between and commas and not self.layout.script.spaces:
                # "93 are wounded, 18 of them children, 22 missing"
                cost += _WRONG_SIDE
        cost += (_COMMA if self.layout.script.spaces else _COMMA_OF_CLAUSES) * commas
        cost += _SEMICOLON * (gap.count(";") + gap.count(" \u2014 ") + gap.count(":"))
        cost += _CLAUSE * len(self.clause_ends.within(start, end))
        others = self._verbs_between(start, end, hit.key)
        cost += _OTHER_VERB * others
        verbs_first = bool(self.layout.script.loose_proclitics)
        behind = hit.start >= quantity.noun_end and (side != "left" or verbs_first)
        if behind and (commas or self._begins(hit)) and self._opens(hit, quantities, index):
            cost += _NEXT
        if hit.end <= quantity.start and index and self._describes(hit, quantities[index - 1]):
            # "Of 45 drones launched, 40 were downed": the first verb describes what stands before it.
            cost += _DESCRIBED
        if (
            hit.end <= quantity.start
            and self._is_preposition(hit)
            and self.layout.words_between(start, end) > 1
        ):
            # "Teilte [mit], sie habe 78 abgefangen": one stands right before what it is said of.
            cost += _WRONG_SIDE
        if side == "right" and self.apart and hit.end <= quantity.start and self._is_bare(quantity):
            # "Yaralanan 2 asker şehit oldu": what the verb says of a subject counts for more.
            cost += _DESCRIBED
        return cost + (_WRONG_SIDE if wrong else 0)

    def _is_preposition(self, hit: Hit) -> bool:
        word = self.scan.role("noun_ends").at(hit.start)
        return word is not None and word.end == hit.end and len(hit.form) <= _PREPOSITION

    def _describes(self, hit: Hit, whole: Quantity) -> bool:
        """Tell whether a verb stands right behind a whole whose part is told of next."""
        return whole.whole and whole.noun_end == hit.start - 1

    def _is_bare(self, quantity: Quantity) -> bool:
        """Tell whether what is counted has no ending."""
        noun = quantity.counted
        return noun is not None and noun.end - noun.start == len(noun.form)

    def _opens(self, hit: Hit, quantities: list[Quantity], index: int) -> bool:
        """Tell whether a verb behind a comma opens the clause of a later figure: "48 rockets, downing 41".

        Where verbs come first its subject may stand between: "48 rockets, downed the-defence 41".
        """
        later = (other for other in quantities[index + 1 : index + 4] if other.start >= hit.end)
        following = next(later, None)
        if following is None:
            return False
        if following.start - hit.end <= 1:
            return True
        first = bool(self.layout.script.loose_proclitics)
        return first and self.layout.words_between(hit.end, following.start) <= _SUBJECT

    def _begins(self, hit: Hit) -> bool:
        """Tell whether a verb has "and" joined to it, where verbs come first: "and[wounded] 40"."""
        return self.scan.role("script.loose_proclitics").ending(hit.start) is not None

    def _verbs_between(self, start: int, end: int, key: str) -> int:
        """Return how many other verbs stand on the way, at most as many as make it too far."""
        first = bisect_left(self.starts, start)
        near = self.hits[first : first + _NEAREST * 2]
        return sum(other.start >= start and other.end <= end and other.key != key for other in near)

    def _coordinated(self, pair: tuple[Quantity, Quantity]) -> bool:
        """Tell whether the second of two figures goes on with the list of the first."""
        first, second = pair
        gap = self.scan.folded[first.noun_end : second.start]
        if ";" in gap or "." in gap:
            return False
        if self._verbs_between(first.noun_end, second.start, ""):
            return False
        if any(map(str.isdecimal, gap)) and (len(gap) > _LISTED_GAP or not gap.rstrip().endswith(",")):
            return False
        if self.scan.role("ranges.corrections").within(first.noun_end, second.start):
            # "The toll rose to 45 and 12 are missing": where that verb comes last.
            return False
        tail = gap.strip()
        of = self.scan.role("part_of").first_within(first.noun_end, second.start)
        if second.whole or second.part or (of and of.form == tail):
            return True
        tail = gap.rstrip()
        conjunction = self.scan.role("conjunctions").ending(first.noun_end + len(tail))
        if conjunction is None and len(words := gap.split()) == 2:  # noqa: PLR2004 - "hirió a tres y a un"
            joined = self.scan.role("conjunctions").at(first.noun_end + 1)
            again = self.scan.role("noun_ends").ending(first.noun_end + len(tail))
            conjunction = joined if joined and again and joined.form == words[0] else None
        return conjunction is not None or tail.endswith(_COMMAS if self.layout.script.spaces else "\u3001")


def _is_broken(quantity: Quantity) -> bool:
    """Tell whether a number that counts nothing named is no count: of people there is no "6.1"."""
    value = quantity.number.value
    return (
        quantity.counted is None
        and quantity.unit is None
        and isinstance(value, float)
        and value > 1
        and value != int(value)
    )


def _is_noun_of_another(hit: Hit, quantities: list[Quantity], index: int) -> bool:
    """Tell whether a word that says what happened is what the figure before or behind counts."""
    return _is_noun_of(hit, (*quantities[max(0, index - 2) : index], *quantities[index + 1 : index + 2]))


def _is_noun_of(hit: Hit, others: Sequence[Quantity]) -> bool:
    """Tell whether a word is what one of some figures counts, or stands right behind its bare number."""
    return any(
        other.counted.start == hit.start
        if other.counted
        else other.unit is None and 0 <= hit.start - other.number.phrase_end <= 1
        for other in others
    )


def _describes_whole(hit: Hit, quantities: list[Quantity], index: int) -> bool:
    """Tell whether a verb stands right behind the whole that a figure is a part of: "41 of 48 [fired]"."""
    whole = next(iter(quantities[index + 1 : index + 2]), None)
    part = "counted.of_the_whole" in quantities[index].rules
    return whole is not None and part and whole.whole and 0 <= hit.start - whole.noun_end <= 1


def _between(
    quantities: list[Quantity], index: int, step: int, limit: int
) -> list[tuple[Quantity, Quantity]]:
    """Return the pairs of neighbouring figures on the way from one to a verb."""
    pairs: list[tuple[Quantity, Quantity]] = []
    at = index
    while 0 <= at + step < len(quantities) and len(pairs) < 8:  # noqa: PLR2004 - farther ones cost too much anyway
        other = quantities[at + step]
        if (step < 0 and other.start < limit) or (step > 0 and other.start >= limit):
            break
        pairs.append((other, quantities[at]) if step < 0 else (quantities[at], other))
        at += step
    return pairs


def kind_of(predicate: str, quantity: Quantity) -> Kind | None:
    """Return the kind that a predicate gives to a quantity; None where it does not speak of such."""
    classes = meanings.kinds().predicates.get(predicate, {})
    measured = quantity.dimension
    if measured == "mass" and quantity.class_ in ("munition", "none"):
        return classes.get("mass") if quantity.class_ == "munition" else None
    if measured:
        return classes.get(measured)
    kind = classes.get(quantity.class_)
    concept = meanings.concepts()[quantity.counted.key] if quantity.counted else None
    if concept and "combatant" in classes:
        kind = classes["combatant"] if concept.victim_role == "combatant" else kind
    return None if concept and kind in concept.never else kind


def default_kind(quantity: Quantity) -> Kind:
    """Return the kind of a quantity that no verb speaks of."""
    classes = meanings.kinds().classes
    if quantity.dimension == "mass" and quantity.class_ == "munition":
        return "munitions_mass"
    if quantity.dimension:
        return classes.get(quantity.dimension, "other_quantity")
    if quantity.counted:
        concept = meanings.concepts()[quantity.counted.key]
        return concept.kind or classes.get(concept.class_, "other_quantity")
    return "other_quantity"
