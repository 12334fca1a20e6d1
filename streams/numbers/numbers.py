"""Step 4: every number of a text, in digits or words, with its bounds.

Numerals are composed of digits and words (:mod:`streams.numbers.numerals`); ranges ("10 to 15
million") and qualifiers ("at least") give their bounds.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from streams import meanings
from streams.numbers import numerals
from streams.numbers.exact import ratio
from streams.numbers.exclusions import find_exclusions
from streams.numbers.numerals import Numeral
from streams.records import Number, Qualifier, Span
from streams.text.lexicon import Lexicon, lexicon


if TYPE_CHECKING:
    from streams.numbers.exact import Exact
    from streams.numbers.excluded import Exclusions
    from streams.text.hits import Hit, Hits, Scan
    from streams.text.inflection import Inflection


_HUNDRED, _THOUSAND = 100, 1000
_LEAST_SHARING, _MOST_APART = 2, 10
"""A number below the first, or more times its size, shares no noughts with it: "1 to 5,000"."""


class NumberSpan(Span, frozen=True):
    """A number in a text.

    ``value`` is None where only bounds are known; an open bound is None. ``phrase_start``
    and ``phrase_end`` also cover its qualifiers. ``ambiguous``: the separators can be read
    in two ways. ``rule``: how it was read.
    """

    value: Number | None
    low: Number | None
    high: Number | None
    qualifier: Qualifier
    phrase_start: int
    phrase_end: int
    ambiguous: bool
    rule: tuple[str, ...]


def find_numbers(text: str, language: str) -> list[NumberSpan]:
    """Return every number in ``text``, in order, without dates, times, ages, names and scores.

    ``language`` is a code of :func:`streams.languages.available`; another raises
    :class:`LookupError` that lists them.
    """
    words = lexicon(language)
    scan = words.scan(text)
    articles = scan.role("numeral.articles")
    found = read_numbers(scan, words, find_exclusions(scan, words.language))
    # An article that can be "one" of a victim ("un soldado murió") is no number by itself.
    found = [
        number for number in found if number.rule != ("number.singular",) or not articles.at(number.start)
    ]
    return scan.segmentation.restored(found) if scan.segmentation else found


def read_numbers(
    scan: Scan, words: Lexicon, exclusions: Exclusions, most: int | None = None
) -> list[NumberSpan]:
    """Return the numbers of a text that was scanned already; at most so many are looked at."""
    plain = [
        number
        for number in _divided(numerals.compose(scan, words.language, most), scan)
        if not _is_excluded(number, exclusions)
    ]
    plain = _without_repeats(plain, scan)
    ranges = _ranges(_with_fractions(plain, scan), scan, side_by_side=words.language.ranges.side_by_side)
    bounded = [_bounded(number, scan, words.inflection) for number in ranges]
    # "Twenty and some": what only qualifies a number is none of its own.
    inside = {index for index, (one, other) in enumerate(pairwise(bounded), 1) if other.end <= one.phrase_end}
    return [number for index, number in enumerate(bounded) if index not in inside]


def _is_excluded(number: Numeral, exclusions: Exclusions) -> bool:
    """Tell whether a number is no figure; one that goes on beyond an idiom is none of it."""
    found = exclusions.covering(number.start, number.end)
    if found is None or found.reason != "idiom":
        return found is not None
    return found.start <= number.start and number.end <= found.end


def _without_repeats(numbers: list[Numeral], scan: Scan) -> list[Numeral]:
    """Leave out a number that is told again in brackets: "3 (three) people"."""
    found: list[Numeral] = []
    for number in numbers:
        before = found[-1] if found else None
        again = before and before.value == number.value and before.high == number.high
        signs = scan.folded[number.start - 2 : number.start] + scan.folded[number.end : number.end + 1]
        if before and again and signs == " ()" and before.end == number.start - 2:
            found[-1] = msgspec.structs.replace(before, end=number.end + 1)
        else:
            found.append(number)
    return found


def _divided(numbers: list[Numeral], scan: Scan) -> list[Numeral]:
    """Join a denominator and what it divides: "of three parts two"."""
    over = scan.role("numeral.over")
    if not over:
        return numbers
    found: list[Numeral] = []
    for number in numbers:
        before = found[-1] if found else None
        hit = over.ending(number.start - 1) if before else None
        if before and hit and before.end == hit.start - 1 and before.value and number.high is None:
            found[-1] = msgspec.structs.replace(
                number,
                start=before.start,
                value=ratio(number.value, before.value),
                rule=("number.fractions",),
            )
        else:
            found.append(number)
    return found


def _with_fractions(numbers: list[Numeral], scan: Scan) -> list[Numeral]:
    """Add the fraction that stands behind a unit: "dos años y medio", "une tonne et demie"."""
    units, times = scan.role("unit"), scan.role("time.unit")
    found: list[Numeral] = []
    for number in numbers:
        before = found[-1] if found else None
        if before and number.rule == ("number.fractions",):
            unit = units.at(before.end + 1) or times.at(before.end + 1)
            if unit and unit.end + 1 == number.start and before.high is None:
                value = before.value + number.value * before.scale
                rule = (*(one for one in before.rule if one != "number.singular"), *number.rule)
                found[-1] = msgspec.structs.replace(before, value=value, rule=rule)
                continue
        found.append(number)
    return found


def _ranges(numbers: list[Numeral], scan: Scan, *, side_by_side: bool) -> list[Numeral]:
    """Join two numbers that are the ends of a range: "10–15", "between 10 and 15 million"."""
    joined: list[Numeral] = []
    index = 0
    while index < len(numbers):
        first = numbers[index]
        second = numbers[index + 1] if index + 1 < len(numbers) else None
        made = second and _range(first, second, scan)
        if second and not made and side_by_side and _is_pair(first, second, scan):
            made = _joined(first, second, first.value, second.value)
        if made:
            joined.append(made)
            index += 2
        else:
            joined.append(first)
            index += 1
    return joined


def _range(first: Numeral, second: Numeral, scan: Scan) -> Numeral | None:
    if (first.high is None) != (second.high is None):
        return None
    start, end = first.end, second.start
    if end - start > 40:  # noqa: PLR2004 - a unit and a word at most stand between
        return None
    gap_start, gap_end = start, end
    # A unit may stand behind the first number too: "5 km to 10 km", "10% to 15%", "$5m to $7m".
    units = scan.role("unit")
    behind: Hit | None = None
    for skip in (0, 1):
        if (unit := units.at(gap_start + skip)) and unit.end < end:
            behind, gap_start = unit, unit.end
            break
    if behind is None and (noun := _over_classifier(first, scan)) and noun.end < end:
        gap_start = noun.end
    measured = {meanings.dimension(behind.key)} if behind else set()
    if (unit := _unit_before(units, end, scan.folded)) and unit.start > gap_start:
        gap_end = unit.start
        measured.add(meanings.dimension(unit.key))
    if behind and (unit := units.at(second.end) or units.at(second.end + 1)):
        measured.add(meanings.dimension(unit.key))
    if behind and len(measured) > 1:
        return None  # "rose 2% to $64", "fell 3% to 82 dollars"
    gap = scan.folded[gap_start:gap_end].strip()
    dash = gap in ("-", "\u2013", "\u2014")
    opener = scan.role("ranges.between").ending(_back(scan.folded, first.start))
    if opener is None and (unit := _unit_before(units, first.start, scan.folded)):
        opener = scan.role("ranges.between").ending(_back(scan.folded, unit.start))
    hit = next(
        (
            hit
            for role in ("ranges.to", "ranges.between_and")
            if (hit := scan.role(role).first_within(gap_start, gap_end))
            and scan.folded[hit.start : hit.end] == gap
        ),
        None,
    )
    if not dash and hit is None:
        return None
    if hit is not None and not dash:
        to = scan.role("ranges.to").at(hit.start)
        if to is None and opener is None:
            return None
        if to is not None and _is_change(scan, first.start):
            return None
    low = first.value * _shared_scale(first, second, hyphen=dash and gap_end - gap_start == 1)
    if low >= second.value:
        return None
    # "dozens to hundreds": from the least of the one to the most of the other.
    return _joined(first, second, low, second.value if second.high is None else second.high)


def _shared_scale(first: Numeral, second: Numeral, *, hyphen: bool) -> int:
    """Return the multiplier of the second number that is the first's too: "10 to 15 million".

    Of tens only those that a hyphen joins: "two-three tens".
    """
    if first.scale == 1 and second.scale > 1 and first.value < second.coefficient:
        return second.scale
    if first.factor == 1 < second.factor and first.value * second.factor < second.value:
        return second.factor if second.factor >= _HUNDRED or hyphen else 1
    return _THOUSAND if _shares_thousands(first, second) else 1


def _is_pair(first: Numeral, second: Numeral, scan: Scan) -> bool:
    """Tell whether two number words side by side are the ends of a range: "beş altı", "otuz kırk"."""
    words = ("number.cardinals",)
    if scan.folded[first.end : second.start] != " " or not first.rule == second.rule == words:
        return False
    step = 10 if first.value >= 10 else 1  # noqa: PLR2004 - tens go with tens
    fives = step == 10 and not first.value % 5 and second.value - first.value == 5  # noqa: PLR2004 - "on on beş"
    return (fives or second.value - first.value == step) and second.value < step * 11


def _joined(first: Numeral, second: Numeral, low: Exact, high: Exact) -> Numeral:
    """Return the range from one number to another."""
    return Numeral(
        first.start,
        second.end,
        low,
        high,
        second.scale,
        second.coefficient,
        first.ambiguous or second.ambiguous,
        (*first.rule, *(rule for rule in second.rule if rule not in first.rule), "number.range"),
    )


def _shares_thousands(first: Numeral, second: Numeral) -> bool:
    """Tell whether the noughts of the second number are those of the first too: "20 to 30,000"."""
    thousands = ratio(second.value, _THOUSAND)
    return (
        first.rule == second.rule == ("number.digits",)
        and thousands.denominator == 1
        and _LEAST_SHARING <= first.value < thousands <= first.value * _MOST_APART
    )


def _is_change(scan: Scan, start: int) -> bool:
    """Tell whether "from 38 to 45" is a rise or fall and no range: a word of change stands before."""
    opener = scan.role("ranges.starts").ending(_back(scan.folded, start))
    if opener is None:
        return False
    return scan.role("ranges.corrections").last_before(opener.start, max(0, opener.start - 40)) is not None


def _back(text: str, offset: int) -> int:
    while offset and text[offset - 1] == " ":
        offset -= 1
    return offset


def _unit_before(units: Hits, start: int, text: str) -> Hit | None:
    return units.ending(_back(text, start))


def _bounded(number: Numeral, scan: Scan, inflection: Inflection) -> NumberSpan:
    """Give a number its qualifier and bounds from the words beside it, and pass over its ending."""
    qualifier: Qualifier = "exact"
    start, end = number.start, number.end
    rules = number.rule
    if "number.range" in rules and (opener := scan.role("ranges.between").ending(_back(scan.folded, start))):
        start = opener.start
    if ending := inflection.number_ending(scan.folded, end):
        end += len(ending.form)
        rules = (*rules, f"number.ending.{ending.key}")
    for hit in _qualifiers(number, scan, inflected=bool(inflection.numbers)):
        # A noun may stand before the qualifier: it is not part of the number's words.
        start, end = min(start, hit.start), max(end, hit.end) if hit.start <= end + 1 else end
        if qualifier in ("exact", "about"):
            qualifier = hit.key  # type: ignore[assignment]
        rules = (*rules, f"qualifier.{hit.key}:{hit.form}")
    value = _number(number.value)
    low: Number | None = value
    high: Number | None = value
    exact: Number | None = value
    if "number.range" in rules:
        qualifier, exact, high = "range", None, _number(number.high or number.value)
    elif number.high is not None:
        qualifier, exact, high = "vague", None, _number(number.high)
    elif "number.inside" in rules and qualifier in ("exact", "about"):
        qualifier = "more_than"
    elif qualifier == "exact" and _is_approximate(number, scan):
        qualifier = "about"
    if noun := _inverted(number, scan):
        start, rules = min(start, noun.start), (*rules, "number.inverted")
        qualifier = "about" if qualifier == "exact" else qualifier
    if qualifier == "about":
        low = high = None
    elif qualifier in ("at_least", "more_than"):
        high = None
    elif qualifier in ("at_most", "less_than"):
        low = None
    return NumberSpan(
        start=number.start,
        end=number.end,
        surface=scan.text[number.start : number.end],
        value=exact,
        low=low,
        high=high,
        qualifier=qualifier,
        phrase_start=start,
        phrase_end=end,
        ambiguous=number.ambiguous,
        rule=rules,
    )


def _is_approximate(number: Numeral, scan: Scan) -> bool:
    """Tell whether a number is meant only roughly by its own words: "20-an", "une centaine"."""
    words = scan.role("numeral.approximate").within(number.start, number.end)
    return bool(words) or "number.approximate_suffixes" in number.rule


def _inverted(number: Numeral, scan: Scan) -> Hit | None:
    """Return the noun that stands right before a number meant only roughly: "[people] twenty"."""
    noun = scan.role("numeral.inverted").ending(number.start - 1)
    if noun is None or scan.folded[noun.end : number.start] != " ":
        return None
    before = noun.start - 1
    words = ("numeral.cardinals", "numeral.multipliers", "numeral.indefinite")
    counted = any(scan.role(role).ending(before) for role in words)
    return None if counted or scan.folded[max(0, before - 1) : before].isdecimal() else noun


def _qualifiers(number: Numeral, scan: Scan, *, inflected: bool) -> list[Hit]:
    """Return the qualifiers right before and behind a number, the nearest first.

    A currency, a word that opens a range and a filler may stand between.
    """
    found: list[Hit] = []
    before, between = scan.role("qualifier.before"), scan.role("ranges.between")
    fillers, units = scan.role("fillers"), scan.role("unit")
    at = number.start
    for _ in range(4):
        at = _back(scan.folded, at)
        if hit := before.ending(at):
            if _is_outcome(hit, scan):
                break
            found.append(hit)
        else:
            hit = between.ending(at) or units.ending(at) or fillers.ending(at)
        if hit is None:
            break
        at = hit.start
    after, at = scan.role("qualifier.after"), number.end
    if over := _over_classifier(number, scan):
        found += [over] if (over := after.at(over.end + 1)) else []
    if scan.folded[at : at + 1] in (" ", "'"):
        at += 1
    counted = _behind_counted(at, scan) if inflected else _behind_noun(scan, at)
    if hit := after.at(at) or after.at(number.end) or counted:
        found.append(hit)
    return found


def _over_classifier(number: Numeral, scan: Scan) -> Hit | None:
    """Return the classifier, or the noun, right behind a number, where there are classifiers."""
    classifiers = scan.role("script.classifiers")
    at = number.end + 1
    if not classifiers and not scan.segmentation:
        return None
    return classifiers.at(at) or scan.role("concept").at(at)


def _behind_counted(at: int, scan: Scan) -> Hit | None:
    """Return the qualifier in the ending of what a number counts, or behind it.

    "10 milyon dolar|dan fazla", "20 kişi|ye yakın", "5 kilometre kadar".
    """
    after = scan.role("qualifier.after")
    for role in ("unit", "time.unit", "concept"):
        if counted := scan.role(role).at(at):
            behind = after.at(counted.end + 1)
            about = behind if behind and behind.key == "about" else None
            return after.at(counted.start + len(counted.form)) or about
    return None


def _behind_noun(scan: Scan, at: int) -> Hit | None:
    """Return a qualifier behind what is counted: "20 people at least"; none where it is that of a number."""
    if scan.segmentation:
        return None
    noun = scan.role("concept").at(at) or scan.role("unit").at(at)
    hit = scan.role("qualifier.after").at(noun.end + 1) if noun else None
    if hit is None or scan.folded[hit.start - 1] != " ":
        return None
    following = scan.folded[hit.end : hit.end + 2].strip()
    if following.isdecimal() or scan.role("numeral.cardinals").at(hit.end + 1):
        return None
    return hit


def _is_outcome(qualifier: Hit, scan: Scan) -> bool:
    """Tell whether "up to" is only "to": "выросло до 45", "выросло с 38 до 45" behind a word of change."""
    if scan.role("ranges.to").at(qualifier.start) is None:
        return False
    change = scan.role("ranges.corrections").last_before(qualifier.start, max(0, qualifier.start - 60))
    return change is not None and not any(
        sign in scan.folded[change.end : qualifier.start] for sign in ".;\n"
    )


def _number(value: Exact) -> Number:
    return int(value) if value.denominator == 1 else float(value)
