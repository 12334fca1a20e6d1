"""Step 5a: what a number measures or counts: its unit, its rate and the thing counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import regex

from streams import meanings
from streams.figures.listings import is_added
from streams.figures.nouns import THING, NounGroup, NounGroups
from streams.languages.forms import expand, fold
from streams.numbers.numbers import NumberSpan
from streams.text.hits import Hit
from streams.text.inflection import endings


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.text.hits import Hits, Scan
    from streams.text.sentences import Layout


_NOUNS = frozenset(["number.duals", "number.singles"])
"""Rules of numbers that are nouns by themselves."""


_NEXT_VERB, _GOODS = 60, 120
"""Code points behind a word for people in which its verb stands; before one in which goods do."""
_PART = 40
"""Code points before a number in which the noun stands that it is a part of."""
_WEIGHT = regex.compile(r" ?\d{1,15}+ ")
_MEASURED = frozenset(["supply", "munition"])
"""Classes of what is weighed."""


class Quantity(msgspec.Struct, frozen=True, gc=False):
    """A number with what is measured or counted, before it is known what happened to it.

    ``end`` is the end of the group of words the number stands in, ``noun_end`` that of its
    last noun. ``part`` is set for a part of a figure named before ("5 of them"), ``whole``
    for the whole that the figure before is a part of ("28 of 31"), ``added`` for what the
    last day added to the figure before ("1,280 (+40)").
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
    added: bool = False

    def _replace(self, **changes: Any) -> Quantity:  # noqa: ANN401 - any of its fields
        """Return it with some of its fields changed."""
        return msgspec.structs.replace(self, **changes)

    @property
    def dimension(self) -> str | None:
        """Return the dimension of the unit, None where the number only counts."""
        return meanings.dimension(self.unit.key) if self.unit else None

    @property
    def class_(self) -> str:
        """Return the class of what is counted; ``none`` where nothing is named."""
        return meanings.concepts()[self.counted.key].class_ if self.counted else "none"


def _dual_endings(language: Language) -> tuple[str, ...]:
    """Return what the duals of a language end in, two letters of each."""
    forms = (one for key, forms in language.duals.items() for form in forms for one in expand(form, key))
    return tuple(sorted({fold(form)[-2:] for form in forms}))


_ENDING = 8
"""Code points that an ending of a number has less of; with a qualifier it has more."""


def _is_inflected(number: NumberSpan) -> bool:
    """Tell whether a number has an ending, and no qualifier in it."""
    short = number.phrase_end - number.end < _ENDING
    return short and any(rule.startswith("number.ending.") for rule in number.rule)


class Reader:
    """Reads the quantities of one text."""

    def __init__(self, scan: Scan, layout: Layout, language: Language) -> None:
        self.scan = scan
        self.layout = layout
        self.nouns = NounGroups(scan, layout, language.script)
        self.concepts = scan.role("concept")
        self.units = scan.role("unit")
        self.time_units = scan.role("time.unit")
        self.rates, self.rate_adverbs = scan.role("rate.marker"), scan.role("rate.adverb")
        self.windows = scan.role("time.window")
        self.fillers, self.qualifiers = scan.role("fillers"), scan.role("qualifier.after")
        self.classifiers = bool(language.script.classifiers)
        self.prefixes = tuple(language.script.prefixes)
        self.partitives = endings(tuple(language.script.partitives))
        self.duals = _dual_endings(language)

    def read(self, number: NumberSpan, limit: int) -> Quantity:
        """Return the quantity of a number. ``limit`` is where the next number or the sentence's end is."""
        if not _NOUNS.isdisjoint(number.rule):
            return self._noun(number, limit)
        rules: list[str] = []
        start = number.phrase_start
        unit, at = self._unit_after(number)
        added = is_added(self.scan, number)
        if added:
            # The noun of both stands behind the bracket: "1 280 (+40) осіб".
            at = number.phrase_end + 1
        if unit is None:
            unit = self._unit_before(number) or self._definite_before(number, self.time_units)
            if unit:
                start = min(start, unit.start)
        if unit:
            rules.append(f"unit.{unit.key}:{unit.form}")
        per, at = self._rate(at, limit)
        if per:
            rules.append(f"per.{per}")
        group, start = self._group(number, unit, start, at, limit)
        counted, noun_end, end, part = group.noun, group.noun_end, group.end, group.part
        if counted:
            rules.append(f"counted.{counted.key}:{counted.form}")
        if per is None and unit and meanings.dimension(unit.key) == "money":
            per, at = self._price(at, limit)
            end = max(end, at)
        if per is None:
            per, end = self._rate(end, limit)
            per = per or self._rate_before(start)
            if per:
                rules.append(f"per.{per}")
        if unit is None and per is None and (before := self._definite_before(number, self.concepts)):
            # What is told behind it is no noun of its own: "the soldiers the5 missing".
            counted, noun_end, start = before, at, min(start, before.start)
            rules.append(f"counted_before.{before.key}:{before.form}")
        elif unit is None and (listed := self._listed(number, group)):
            counted = listed
            rules.append(f"counted_before.{listed.key}:{listed.form}")
        elif unit and counted is None and (weighed := self._weighed_before(number, unit)):
            counted = weighed
            rules.append(f"counted_before.{weighed.key}:{weighed.form}")
        elif (
            unit is None
            and counted is None
            and not per
            and (before := self._counted_before(number) or self._part_of(number))
        ):
            counted = before
            rules.append(f"counted_before.{before.key}:{before.form}")
        part = part or self._is_part(number)
        if added:
            noun_end = number.end
        end = max(end, at)
        return Quantity(number, start, end, noun_end, unit, per, counted, part, False, tuple(rules), added)

    def _group(
        self, number: NumberSpan, unit: Hit | None, start: int, at: int, limit: int
    ) -> tuple[NounGroup, int]:
        """Return the nouns behind a number and its unit, from ``at`` on, and where the figure begins."""
        group = self.nouns.read(at, limit, measured=unit is not None)
        group, start = self._paired(number, group, unit, start)
        if group.noun and group.noun.key == THING and _is_inflected(number):
            # "45'e fırladı": what no data names is the verb.
            group = NounGroup(None, at, at, group.part)
        if unit and group.noun and meanings.dimension(unit.key) == "time":
            # "an 18-month siege": the time is the figure, and nothing is counted.
            group = NounGroup(None, at, at, part=False)
        return group, start

    def _definite_before(self, number: NumberSpan, nouns: Hits) -> Hit | None:
        """Return the noun before a number that has an article joined to it: "the hours the24"."""
        at = number.start
        if "number.inverted" in number.rule:
            return nouns.at(number.phrase_start)
        if joined := self.scan.role("script.prefixes").ending(at):
            at = joined.start
        elif not self.prefixes or not self.scan.text.startswith(self.prefixes, at):
            return None
        return nouns.ending(at - 1) if self.scan.folded[at - 1 : at] == " " else None

    def _noun(self, number: NumberSpan, limit: int) -> Quantity:
        """Return the quantity of a noun that is a number by itself: "[two soldiers]", "[two hours]"."""
        unit = self.units.at(number.start) or self.time_units.at(number.start)
        counted = None if unit else self.concepts.at(number.start)
        at = max(number.phrase_end, counted.end if counted else 0)
        per, at = self._rate(at, limit)
        rules = [f"unit.{unit.key}:{unit.form}"] if unit else []
        rules += [f"counted.{counted.key}:{counted.form}"] if counted else []
        part = self._is_part(number)
        return Quantity(number, number.phrase_start, at, at, unit, per, counted, part, False, tuple(rules))

    def _skip(self, at: int) -> int:
        text = self.scan.folded
        if at < len(text) and text[at] in " -":
            return at + 1
        return at

    def _unit_after(self, number: NumberSpan) -> tuple[Hit | None, int]:
        """Return the unit right behind the number, and where reading goes on."""
        at = number.phrase_end
        if "number.tenths" in number.rule:
            return self.units.last_before(number.end, number.start), at
        ends = (number.end,) if at == number.end else (number.end, at)
        for place in ends:
            behind_space = self._skip(place)
            for start in (place,) if behind_space == place else (place, behind_space):
                hit = self.units.at(start) or self.time_units.at(start)
                if hit is None:
                    continue
                if (longer := self.concepts.at(start)) and longer.end > hit.end:
                    continue  # "14 barrel bombs" are no barrels
                if not self._are_people(hit, number):
                    after = max(hit.end, number.phrase_end)
                    behind = self.qualifiers.at(self._skip(after))
                    return hit, behind.end if behind else after
        if hit := self.fillers.at(self._skip(at)):
            unit = self.units.at(self._skip(hit.end)) or self.time_units.at(self._skip(hit.end))
            if unit:
                return unit, unit.end
        return None, at

    def _are_people(self, unit: Hit, number: NumberSpan) -> bool:
        """Tell whether a unit's word, which can also mean people, does: where no goods follow it.

        "12 tan of wheat" are tonnes, "12 tan were killed" are people; of these there is no half.
        """
        person = self.concepts.at(unit.start)
        if person is None or person.end != unit.end or meanings.concepts()[person.key].class_ != "person":
            return False
        if any(isinstance(one, float) for one in (number.value, number.low, number.high)):
            return False
        joined = self.scan.role("conjunctions").at(self._skip(unit.end))
        if joined and (more := _WEIGHT.match(self.scan.folded, joined.end)):
            behind = self.units.at(more.end())
            if behind and meanings.dimension(behind.key) == "mass":
                return False  # "2 tan and 300 kilograms of drugs"
        goods = self.concepts.at(self._skip(unit.end))
        if goods is None and not self._told_of_people(unit.end):
            goods = self._goods_before(number.phrase_start)
        return goods is None or meanings.concepts()[goods.key].class_ not in _MEASURED

    def _told_of_people(self, at: int) -> bool:
        """Tell whether the next verb speaks of people."""
        verb = self.scan.role("predicate").first_within(at, at + _NEXT_VERB)
        return verb is not None and "person" in meanings.kinds().predicates[verb.key.partition(":")[2]]

    def _goods_before(self, end: int) -> Hit | None:
        """Return the goods named before a number in its sentence, and no people since: "wheat: 5 tan"."""
        start = max(self.layout.sentences[self.layout.sentence_index(end)].start, end - _GOODS)
        classes = meanings.concepts()
        before = self.concepts.within(start, end)
        near = (hit for hit in reversed(before) if classes[hit.key].class_ in {"person", *_MEASURED})
        return next(near, None)

    def _is_part(self, number: NumberSpan) -> bool:
        """Tell whether a word such as "including" stands just before a number, or an ending says so."""
        if "number.ending.part" in number.rule:
            return True
        hit = self.scan.role("parts").last_before(number.phrase_start, max(0, number.phrase_start - 30))
        if hit is None:
            return False
        gap = self.scan.folded[hit.end : number.phrase_start]
        if self.scan.role("links").within(hit.end, number.phrase_start):
            return False  # "the number of those [of the] dead rose to 26"
        return len(gap.split()) < 3 and not any(sign in gap for sign in ",;:.()")  # noqa: PLR2004 - "including those of"

    def _unit_before(self, number: NumberSpan) -> Hit | None:
        """Return the unit right before the number: "USD1,5", "Rp 2", "yüzde 30", "magnitude 6.1"."""
        if "number.inverted" in number.rule:
            return self.units.at(number.phrase_start) or self.time_units.at(number.phrase_start)
        start = back(self.scan.folded, number.start)
        line = "\n" if self.scan.segmentation else "\n\n"
        hit = None if line in self.scan.text[start : number.start] else self.units.ending(start)
        if hit is None or meanings.dimension(hit.key) not in ("money", "ratio", "magnitude"):
            return None
        # The unit of another number is none of this one's.
        own = (
            meanings.dimension(hit.key) == "money"
            or not self.scan.folded[max(0, hit.start - 2) : hit.start].strip()[-1:].isdigit()
        )
        return hit if own else None

    def _rate(self, at: int, limit: int) -> tuple[str | None, int]:
        """Return the unit of time of "per day" and where it ends."""
        start = self._skip(at)
        adverb = self.rate_adverbs.at(start)
        if adverb and (window := self.windows.at(start)) and window.end > adverb.end:
            adverb = None  # "in the year" is a rate in Arabic, "in the year past" says when
        if adverb and adverb.end <= limit:
            return adverb.key, adverb.end
        marker = self.rates.at(start) or self.rates.at(at)
        if marker:
            unit = self.time_units.at(self._skip(marker.end)) or self.time_units.at(marker.end)
            if unit and unit.end <= limit:
                return unit.key, unit.end
        return None, at

    def _price(self, at: int, limit: int) -> tuple[str | None, int]:
        """Return what a sum of money buys one of, and where it ends: "$91 a barrel"."""
        start = self._skip(at)
        marker = self.rates.at(start) or self.rates.at(at)
        unit = self.units.at(self._skip(marker.end)) if marker else None
        if unit is None or unit.end > limit or meanings.dimension(unit.key) not in ("mass", "volume", "area"):
            return None, at
        return unit.key, unit.end

    def _rate_before(self, start: int) -> str | None:
        """Return the unit of time of a rate named before the number: "günde 5 kişi"."""
        hit = self.scan.role("rate.before").ending(back(self.scan.folded, start))
        if hit is None:
            return None if self.layout.script.verb_last else self._rate_of_verb(start)
        before = back(self.scan.folded, hit.start)
        numbers = ("numeral.cardinals", "numeral.indefinite", "numeral.singular", "time.period_before")
        counted = self.scan.folded[max(0, before - 1) : before].isdigit()
        return None if counted or any(self.scan.role(role).ending(before) for role in numbers) else hit.key

    def _rate_of_verb(self, start: int) -> str | None:
        """Return the unit of time of a rate named before the verb: "every day fires 300 shells"."""
        hit = self.scan.role("rate.before").last_before(start, max(0, start - _RATE_REACH))
        if hit is None:
            return None
        gap = self.scan.folded[hit.end : start]
        if gap == ", ":
            return hit.key  # "Each day, 300 lorries"
        if any(sign in gap for sign in ",;:.()\u3001\u3002\n") or any(map(str.isdecimal, gap)):
            return None
        return hit.key if self.classifiers or self.layout.words_between(hit.end, start) <= 1 else None

    def _counted_before(self, number: NumberSpan) -> Hit | None:
        """Return the noun before a number that has none behind it: "korban tewas mencapai 45"."""
        start = max(0, number.phrase_start - 60)
        hit = self.concepts.last_before(number.phrase_start, start)
        if hit is None:
            return None
        rises = self.scan.role("ranges.corrections").first_within(hit.end, number.phrase_start)
        # "The number of dead rose by their account to 70,846".
        most = 8 if rises and meanings.concepts()[hit.key].kind == "killed" else 3
        if self.layout.words_between(hit.end, number.phrase_start) > most:
            return None
        gap = self.scan.folded[hit.end : number.phrase_start]
        told = self.scan.role("predicate").at(number.phrase_end + 1)
        if gap.strip() == ":" and "\n" not in gap and told is None:
            return hit  # "Killed: 12, wounded: 30"
        if any(sign in gap for sign in ",;:.()\n") or any(character.isdigit() for character in gap):
            return None
        if self.layout.script.verb_last and self.scan.role("predicate").within(hit.end, number.phrase_start):
            return None
        linked = self.scan.role("links").within(hit.end, number.phrase_start)
        if not linked or self._speaks(hit, number.phrase_start) or self._tolls(hit):
            return None
        tolled = told is not None and told.key.startswith("left:") and self._is_thing(hit)
        # "O ataque eleva para 40 mil o total de deslocados"
        return None if tolled or self._tells_toll(number.phrase_end) else self._head(hit)

    @staticmethod
    def _is_thing(noun: Hit) -> bool:
        return meanings.concepts()[noun.key].class_ not in ("person", "household")

    def _tells_toll(self, end: int) -> bool:
        """Tell whether what a number counts is said behind it: "elevou para 34 o número de mortos"."""
        filler = self.scan.role("fillers").at(end + 1)
        return filler is not None and self.scan.role("predicate").at(filler.end + 1) is not None

    def _speaks(self, noun: Hit, end: int) -> bool:
        """Tell whether a noun before a number names who gives it: "la policía habló de 8.000"."""
        source = self.scan.role("speakers.sources").within(noun.start, noun.end)
        return bool(source and self.scan.role("attribution").within(noun.end, end))

    def _tolls(self, noun: Hit) -> bool:
        """Tell whether a noun is what cost lives and is not counted: "the toll of the bombing rose to 45"."""
        if meanings.concepts()[noun.key].class_ == "person":
            return False
        toll = self.scan.role("predicate").last_before(noun.start, max(0, noun.start - _TOLL))
        if toll is None or self.layout.words_between(toll.end, noun.start) > _TOLL_WORDS:
            return False
        side, _, name = toll.key.partition(":")
        gap = self.scan.folded[toll.end : noun.start]
        parted = any(sign in gap for sign in ",;:.()\n") or any(map(str.isdigit, gap))
        return side != "left" and not parted and name in _TOLLS

    def _paired(
        self, number: NumberSpan, group: NounGroup, unit: Hit | None, start: int
    ) -> tuple[NounGroup, int]:
        """Return the group and where it begins: "gunmen two", where a language has duals.

        There the noun, a dual too, stands right before it, and what follows is none.
        """
        if not self.duals or unit or number.value != 2 or self.scan.folded[number.start].isdigit():  # noqa: PLR2004
            return group, start
        if group.noun is not None and group.noun.key != THING:
            return group, start
        noun = self.concepts.ending(number.phrase_start - 1)
        if noun is None or not noun.form.endswith(self.duals):
            return group, start
        end = number.phrase_end
        return NounGroup(noun, end, end, group.part), min(start, noun.start)

    def _listed(self, number: NumberSpan, group: NounGroup) -> Hit | None:
        """Return the noun right before a number that only a classifier follows: "rifles 15 [pieces]".

        "People" is no more than a classifier behind who they are: "civilians 12 people".
        """
        bare = group.noun is not None and group.noun.key == "person"
        if not self.classifiers or not (bare or (group.classified and group.noun is None)):
            return None
        noun = self.concepts.ending(back(self.scan.folded, number.phrase_start))
        noun = noun or self._counted_before(number)
        person = noun is not None and meanings.concepts()[noun.key].class_ == "person"
        return noun if person or not bare else None

    def _weighed_before(self, number: NumberSpan, unit: Hit) -> Hit | None:
        """Return the goods right before a mass or volume where classifiers are: "drugs 2.3 tonnes"."""
        if not self.classifiers or meanings.dimension(unit.key) not in ("mass", "volume"):
            return None
        goods = self.concepts.ending(back(self.scan.folded, number.phrase_start))
        return goods if goods and meanings.concepts()[goods.key].class_ in _MEASURED else None

    def _part_of(self, number: NumberSpan) -> Hit | None:
        """Return the noun that a number is a part of, by its ending and the number's: "gemilerden 3'ü"."""
        if not self.partitives or "number.ending.part" not in number.rule:
            return None
        hit = self.concepts.last_before(number.phrase_start, max(0, number.phrase_start - _PART))
        if hit is None or self.scan.folded[hit.start + len(hit.form) : hit.end] not in self.partitives:
            return None
        apart = self.layout.words_between(hit.end, number.phrase_start)
        gap = self.scan.folded[hit.end : number.phrase_start]
        return hit if apart <= 1 and not any(sign in gap for sign in ",;:.()\n") else None

    def _head(self, noun: Hit) -> Hit | None:
        """Return the noun that another belongs to: the dead of "el balance de muertos del ataque".

        None where no noun that is known stands there, and a verb's form says it all. "The number
        of" is no noun. Only where heads come first.
        """
        while self.prefixes and self.nouns.head_first and (head := self.concepts.ending(noun.start - 1)):
            noun = head  # "the dead [of the] earthquake": where nothing stands between
        of = self.scan.role("possessives").ending(noun.start - 1) if self.nouns.head_first else None
        number_of = self.scan.role("fillers").ending(noun.start - 1)
        if of is None or (number_of and number_of.start < of.start):
            return noun
        return self.concepts.ending(of.start - 1)


_TOLL, _TOLL_WORDS = 60, 4
"""Code points and words before what cost lives in which the word for the toll stands."""

_TOLLS = frozenset(["killed", "wounded", "casualties", "missing"])

_RATE_REACH = 28
"""Code points before a number in which its rate stands, over a verb."""


def back(text: str, offset: int) -> int:
    """Return where the spaces before an offset begin."""
    while offset and text[offset - 1] == " ":
        offset -= 1
    return offset


def over(text: str, offset: int) -> int:
    """Return where a space at an offset ends."""
    return offset + 1 if text[offset : offset + 1] == " " else offset
