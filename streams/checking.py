"""What is wrong with the data: every mistake, each as ``file: key: reason``.

Loading a file ends at its first mistake of form; these are the mistakes of meaning, which
a worker could live with and a reader of its figures could not.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, get_args

from streams import languages, meanings
from streams.checking_forms import forms_in
from streams.checking_rosters import names_in, roster_problems
from streams.errors import DataError
from streams.gazetteer import gazetteer
from streams.records import MentionStatus


if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from streams.languages import Language


_QUALIFIERS = ("at_least", "more_than", "at_most", "less_than", "about")
_TIME_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")
_MONTHS = 12
_MOST_BETWEEN = 20
"""Words between two that mean something together: more are a clause."""
_TOLD_OTHERWISE = frozenset(["asserted", "commemorative", "fictional"])
"""Statuses that no cue of a language file gives."""
_DIGITS = range(2, 10)  # some languages have no "one" but their article


def check_language(code: str) -> None:
    """Raise :class:`DataError` with every mistake in the file of a language, a line for each."""
    found = list(language_problems(languages.load(code)))
    if found:
        raise DataError("\n".join(found))


def check_meanings() -> None:
    """Raise :class:`DataError` with every mistake in the data that all languages share."""
    found = list(meaning_problems())
    if found:
        raise DataError("\n".join(found))


def language_problems(language: Language) -> Iterator[str]:
    """Yield what is wrong with a language, in the order of its file's keys."""
    for check in (_unknown_names, _numbers, forms_in, _nominatives, _gaps):
        for key, reason in check(language):
            yield f"{language.code}.toml: {key}: {reason}"
    for where, reason in names_in(language):
        yield f"{where}: in {language.code}: {reason}"


def _unknown_names(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the names that the shared data does not know."""
    tables: tuple[tuple[str, Container[str], str], ...] = (
        ("concepts", meanings.concepts(), "no such concept in concepts.toml"),
        ("predicates", meanings.kinds().predicates, "no such predicate in kinds.toml"),
        ("keywords", meanings.taxonomy(), "no such category in taxonomy.toml"),
    )
    for table, known, reason in tables:
        yield from ((f"{table}.{name}", reason) for name in getattr(language, table) if name not in known)
    for country in language.places.nations:
        if country not in gazetteer().countries:
            yield f"places.nations.{country}", "no such country in the gazetteer"
    yield from _unknown_groups(language)
    for unit in language.units:
        if meanings.dimension(unit) is None:
            yield f"units.{unit}", "no such unit in units.toml, and no currency code of ISO 4217"


def _unknown_groups(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the rules for words together that cannot be met, and the groups that no rule asks for."""
    used: set[str] = set()
    for index, rule in enumerate(language.collocations):
        names = [*rule.words, *rule.with_]
        used.update(names)
        where = f"collocations[{index}]"
        yield from ((where, f"no such group {name!r}") for name in names if name not in language.groups)
        if rule.category is not None and rule.category not in meanings.taxonomy():
            yield where, f"no such category {rule.category!r} in taxonomy.toml"
        if not rule.words or not rule.with_:
            yield where, "needs words, and words that they stand with"
        if not 0 <= rule.within <= _MOST_BETWEEN:
            yield where, f"within must be from 0 to {_MOST_BETWEEN} words"
    yield from ((f"groups.{name}", "no rule asks for it") for name in language.groups if name not in used)


def _numbers(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the keys of number words that are no numbers."""
    tables: dict[str, Callable[[str], bool]] = {
        "cardinals": _is_whole,
        "multipliers": _is_whole,
        "glued": _is_whole,
        "denominators": _is_whole,
        "fractions": _is_fraction,
        "indefinite": _is_between,
    }
    reasons = {
        "fractions": 'must be a fraction, as in "1/2"',
        "indefinite": 'must be two bounds, as in "20..99"',
    }
    for table, fits in tables.items():
        for key in getattr(language.numerals, table):
            if not fits(key):
                yield f"numerals.{table}.{key}", reasons.get(table, "must be a whole number")


def _is_whole(key: str) -> bool:
    return key.isascii() and key.isdecimal()


def _is_fraction(key: str) -> bool:
    parts = key.split("/")
    return len(parts) == 2 and all(map(_is_whole, parts)) and min(map(int, parts)) > 0  # noqa: PLR2004 - "1/2", "3/2"


def _is_between(key: str) -> bool:
    low, _, high = key.partition("..")
    return _is_whole(low) and _is_whole(high) and Fraction(low) < Fraction(high)


def _nominatives(language: Language) -> Iterator[tuple[str, str]]:
    """Yield rules for the cases of place names that are none."""
    for rule in language.places.nominatives:
        ending, arrow, instead = rule.partition(">")
        if not arrow or not ending or ending == instead or ">" in instead:
            yield "places.nominatives", f"{rule!r} is no rule: an ending, '>', and what stands in its stead"


def _gaps(language: Language) -> Iterator[tuple[str, str]]:
    """Yield what a language must have words for and has none."""
    needed: dict[str, tuple[Iterable[str], Mapping[Any, object]]] = {
        "numerals.cardinals": (map(str, _DIGITS), language.numerals.cardinals),
        "qualifiers": (
            _QUALIFIERS,
            {name: [*sided.before, *sided.after] for name, sided in language.qualifiers.items()},
        ),
        "time.units": (_TIME_UNITS, language.time.units),
        "scope": (("new", "cumulative"), language.scope),
        "status": (
            (name for name in get_args(MentionStatus) if name not in _TOLD_OTHERWISE),
            language.status,
        ),
        "predicates": (
            meanings.kinds().predicates,
            {name: [*one.left, *one.right, *one.either] for name, one in language.predicates.items()},
        ),
        "keywords": (
            meanings.taxonomy(),
            {name: [*one.strong, *one.weak, *one.leaning] for name, one in language.keywords.items()},
        ),
    }
    for table, (names, have) in needed.items():
        optional = meanings.kinds().optional if table == "predicates" else ()
        yield from (
            (f"{table}.{name}", "has no forms")
            for name in names
            if not have.get(name) and name not in optional
        )
    if len(language.time.months) < _MONTHS:
        yield "time.months", f"has {len(language.time.months)} forms where a year has {_MONTHS} months"
    if language.digits.decimal in language.digits.thousands:
        yield "digits", f"{language.digits.decimal!r} is both the decimal sign and one of thousands"
    if not any(attribution.forms for attribution in language.attributions):
        yield "attributions", "has no verb of saying"


def meaning_problems() -> Iterator[str]:
    """Yield what is wrong with the data that all languages share."""
    concepts = {concept.class_ for concept in meanings.concepts().values()} | {"none"}
    known = concepts | {unit.dimension for unit in meanings.units().units.values()} | {"money", "combatant"}
    kinds = meanings.kinds()
    tables = {f"predicates.{name}": classes for name, classes in kinds.predicates.items()}
    for table, classes in {**tables, "classes": kinds.classes}.items():
        for name in classes.keys() - known:
            yield f"kinds.toml: {table}.{name}: no concept is of this class, and no unit of this dimension"
    for name in sorted(concepts - kinds.classes.keys() - {"none"}):
        yield f"kinds.toml: classes.{name}: is missing, and concepts.toml has concepts of it"
    for name, unit in meanings.units().units.items():
        if unit.factor is not None and unit.dimension not in meanings.units().si:
            yield f"units.toml: units.{name}: has a factor, and its dimension {unit.dimension!r} no SI unit"
        if unit.factor is not None and unit.factor <= 0:
            yield f"units.toml: units.{name}: its factor must be more than 0"
    for name, category in meanings.taxonomy().items():
        if not 0 <= category.weight <= 1:
            yield f"taxonomy.toml: {name}: weight: must be from 0 to 1"
    yield from roster_problems()
