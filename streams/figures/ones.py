"""What is one: a count of its own, an article ("un tanque"), or a pronoun that counts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings
from streams.figures.ellipsis import PEOPLE
from streams.figures.nouns import THING
from streams.figures.predicates import default_kind
from streams.text.hits import Hit


if TYPE_CHECKING:
    from streams.figures.circumstances import Context
    from streams.figures.predicates import Predicate
    from streams.figures.quantities import Quantity
    from streams.numbers.numbers import NumberSpan
    from streams.text.hits import Scan
    from streams.text.sentences import Stretch


_THINGS = frozenset(["vehicle", "aircraft", "ship", "munition", "weapon", "building", "facility"])
_MOST_OF_VERB = 3
"""Words of a verb before the one that says what happened: "ein dritter [wurde lebensgefährlich] verletzt"."""
_AGE = 20
"""Code points behind "a" in which an age ends: "17-year-old"."""
_LISTED = "number.listed"
"""The rule of "one" that is a count although it is an article elsewhere."""
_WEIGHED = frozenset(["mass", "volume", "money", "area"])
"""What "one" counts: "una tonelada"; an hour and a kilometre are seldom counted."""


class Ones:
    """Tells in one sentence what a word for one is there."""

    def __init__(self, context: Context, sentence: Stretch) -> None:
        self.context = context
        self.scan = context.scan
        said = context.claims.by_sentence[context.layout.sentence_index(sentence.start)]
        self.speakers = {one.speaker.start for one in said if one.speaker}
        self.spoken = {one.speaker.end for one in said if one.speaker}

    def is_article(self, quantity: Quantity) -> bool:
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

    def person(self, quantity: Quantity) -> Quantity:
        """Return "one" with the person that an ordinal or an age stands for: "a 17-year-old", "ein dritter".

        "A 10-year-old treaty" is none.
        """
        number = quantity.number
        if "number.singular" not in number.rule or (quantity.counted and quantity.counted.key != THING):
            return quantity
        if further := self.scan.role("numeral.further").at(number.end + 1):
            return quantity._replace(counted=None, noun_end=further.end, end=further.end)
        age = self.scan.role("not_figures.age_after").first_within(number.end + 1, number.end + _AGE)
        if age is None or not self.scan.folded[number.end + 1 : age.start].strip("-").isdecimal():
            return quantity
        if quantity.counted and quantity.counted.start >= age.end:
            return quantity
        person = Hit(number.end + 1, age.end, "person", self.scan.folded[number.end + 1 : age.end])
        return quantity._replace(counted=person, noun_end=age.end, end=age.end)

    def counted(self, read: list[Quantity], index: int) -> Quantity:
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

    def is_pronoun(self, quantity: Quantity, predicate: Predicate | None) -> bool:
        """Tell whether "one" stands for a thing and counts nothing."""
        number = quantity.number
        if "number.singles" in number.rule:
            return predicate is None and not quantity.part and not says_kind(quantity)
        if "number.singular" in number.rule:
            # "Three were wounded, among them a girl": she is counted too.
            of_people = quantity.part and quantity.class_ == "person"
            if of_people or _LISTED in quantity.rules or quantity.dimension in _WEIGHED:
                return False
            alone = quantity.counted is None and quantity.unit is None
            if quantity.class_ == "person" and says_kind(quantity):
                return False  # "un mort et trois blessés"
            # "un muerto": the verb's form stands for the person; "ein weiterer [verletzt]".
            further = self.scan.role("numeral.further").at(number.end + 1)
            other = self.scan.role("fillers").at(number.end + 1)
            part = self.part_behind(quantity)
            begins = {one.end + 1 for one in (number, other, part) if one}
            near = predicate is not None and predicate.hit.start in begins and predicate.kind in PEOPLE
            if further and predicate and predicate.kind in PEOPLE:
                near = self.context.layout.words_between(further.end, predicate.hit.start) <= _MOST_OF_VERB
            return predicate is None or not (quantity.class_ == "person" or (alone and near))
        if number.value != 1 or any(character.isdigit() for character in number.surface):
            return False
        if self.context.language.numerals.weak_one and predicate is None and quantity.unit is None:
            return default_kind(quantity) in ("other_quantity", "strikes")
        if self.context.language.script.verb_last and predicate and quantity.class_ != "person":
            # "The bombing of one school": "one" is an article there.
            return predicate.hit.start < quantity.start and quantity.unit is None
        return quantity.counted is None and quantity.unit is None and predicate is None

    def part_behind(self, quantity: Quantity) -> Hit | None:
        """Return the words right behind a number that make it a part: "of them", "of the wounded"."""
        if quantity.counted is not None and quantity.counted.start >= quantity.number.phrase_end:
            return None
        at = quantity.number.phrase_end
        return self.scan.role("parts").at(at + 1) if self.scan.folded[at : at + 1] == " " else None


def is_rate(number: NumberSpan, scan: Scan) -> bool:
    """Tell whether an article is one and stands before a unit: "$2 billion a month"."""
    if "number.singular" not in number.rule or scan.role("rate.marker").at(number.start) is None:
        return False
    return any(scan.role(role).at(number.end + 1) for role in ("time.unit", "unit"))


def is_share(quantity: Quantity) -> bool:
    """Tell whether a number only says which part of something is meant: "a third of the population"."""
    number = quantity.number
    if quantity.unit and quantity.dimension != "money":
        return False  # "half a metre"; of money it is a share: "a fifth of the $600 million"
    if quantity.per or any(character.isdigit() for character in number.surface):
        return False
    ends = [one for one in (number.value, number.low, number.high) if one is not None]
    return all(0 < one < 1 for one in ends)


def says_kind(quantity: Quantity) -> bool:
    """Tell whether the noun itself says what happened: "12 deaths", "the death toll: 12"."""
    if quantity.counted is None:
        return False
    return meanings.concepts()[quantity.counted.key].kind in ("killed", "wounded", "missing")
