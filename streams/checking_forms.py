"""What is wrong with the forms of a language: those that are never read, for another one is in their place.

Each mistake is (key, reason), as :mod:`streams.checking` has them. Of a form with braces some parts may
stand elsewhere too: it is a mistake where nothing of it is read.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from streams.errors import DataError
from streams.languages.forms import expand
from streams.text.brackets import DOTS, SEVERAL
from streams.text.entries import lists
from streams.text.lexicon import Lexicon


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language


# Roles in which a form means one thing: of two keys the second would never be read.
_ONE_MEANING = frozenset(
    [
        "unit",
        "time.unit",
        "concept",
        "qualifier.before",
        "qualifier.after",
        "numeral.cardinals",
        "numeral.multipliers",
        "numeral.fractions",
        "numeral.denominators",
        "numeral.indefinite",
        "numeral.glued",
    ]
)
_SEVERAL = SEVERAL | {"numeral.duals"}
"""Roles in which one form may stand in several lists and is read for each."""
_AT_ONCE = 1_000
"""Forms that are put into one text."""
_BETWEEN = "\n;\n"
"""What parts them there: no form goes on over it."""
_BEHIND = (" 0", "0")
"""What may have to stand behind a form for it to be found: where it ends no clause, or none of its own."""


class Unread(NamedTuple):
    """A form of a language file of which nothing is read, where it stands, and why."""

    where: str
    form: str
    reason: str


def forms_in(language: Language) -> Iterator[tuple[str, str]]:
    """Yield (key, reason) for forms that cannot be written out, shut each other out, or are never read."""
    broken = list(_unwritten(language))
    yield from broken
    yield from _with_two_meanings(language)
    for unread in unread_forms(language, look=not broken):
        yield unread.where, f"{unread.form!r} {unread.reason}"


def unread_forms(language: Language, *, look: bool = True) -> list[Unread]:
    """Return the forms of which nothing is read; with ``look`` also those that are not found in any text."""
    found = dict.fromkeys(_doubles(language))
    if look:
        found |= dict.fromkeys(_not_found(language, {(one.where, one.form) for one in found}))
    return list(found)


def _unwritten(language: Language) -> Iterator[tuple[str, str]]:
    """Yield forms whose braces cannot be written out."""
    for where, _, _, forms in lists(language):
        for form in forms:
            try:
                expand(form, where)
            except DataError as error:
                yield where, str(error).removeprefix(f"{where}: ")


def _written(language: Language) -> Iterator[tuple[str, str, str, str, list[str]]]:
    """Yield (where, role, key, form, what it stands for) for each form of a language."""
    for where, role, key, forms in lists(language):
        for form in forms:
            try:
                yield where, role, key, form, list(dict.fromkeys(expand(form, where)))
            except DataError:
                continue  # told already


def _with_two_meanings(language: Language) -> Iterator[tuple[str, str]]:
    """Yield forms that stand in two places that shut each other out."""
    seen: dict[tuple[str, str], str] = {}
    for where, role, key, _, expanded in _written(language):
        for one in expanded if role in _ONE_MEANING else ():
            first = seen.setdefault((role, one), key)
            if first != key:
                yield where, f"{one!r} stands in {first!r} too, and can mean only one of them"


def _doubles(language: Language) -> Iterator[Unread]:
    """Yield forms that stand twice in a list, or in two lists of a role, of which the first is read."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for where, role, key, form, expanded in _written(language):
        # A verb may mean several things, and so may a word in two parts; a dual is two of its own thing.
        apart = f"{role} {where}"
        groups = [apart if role in _SEVERAL or DOTS in one else role for one in expanded]
        firsts = [seen.get(place) for place in zip(groups, expanded, strict=True)]
        told = role in _ONE_MEANING and any(first[1] != key for first in firsts if first)
        if None not in firsts and not told:
            others = [
                place for place in dict.fromkeys(first[0] for first in firsts if first) if place != where
            ]
            yield Unread(where, form, _twice(others))
        for place in zip(groups, expanded, strict=True):
            seen.setdefault(place, (where, key))


def _twice(others: list[str]) -> str:
    """Return why a form is never read that stands in other lists too, or else in its own."""
    return f"stands in {' and '.join(others)} too, and is read only there" if others else "stands there twice"


def _not_found(language: Language, told: set[tuple[str, str]]) -> Iterator[Unread]:
    """Yield forms that are not found where they stand in a text: another one is, or none."""
    lexicon = Lexicon(language)
    forms = {
        (where, form): [(role, key, one) for one in expanded]
        for where, role, key, form, expanded in _written(language)
        if role not in _SEVERAL and (where, form) not in told and not any(DOTS in one for one in expanded)
    }
    first = {one: lexicon.inflection.shape(one) for wanted in forms.values() for *_, one in wanted}
    found = _found(lexicon, list(first.values()))
    for (where, form), wanted in forms.items():
        if any((role, key) in found[first[one]] for role, key, one in wanted):
            continue
        # With another ending, perhaps, or with something behind it.
        others = {one: lexicon.inflection.shapes(one) for *_, one in wanted}
        for behind in ("", *_BEHIND):
            found_so = _found(lexicon, [shape for shapes in others.values() for shape in shapes], behind)
            if any((role, key) in found_so[shape] for role, key, one in wanted for shape in others[one]):
                break
        else:
            yield Unread(where, form, "is never found in a text: there another form is in its place, or none")


def _found(lexicon: Lexicon, words: list[str], behind: str = "") -> dict[str, set[tuple[str, str]]]:
    """Return for each word what it is good for where it stands: roles and keys."""
    found: dict[str, set[tuple[str, str]]] = {}
    words = list(dict.fromkeys(words))
    for first in range(0, len(words), _AT_ONCE):
        text, spans = "", {}
        for word in words[first : first + _AT_ONCE]:
            capital = word[0].upper() if lexicon.language.script.capital_nouns else word[0]
            shown = (capital if len(capital) == 1 else word[0]) + word[1:]
            spans[word] = (len(text), len(text) + len(shown))
            text += shown + behind + _BETWEEN
        scan = lexicon.scan(text)
        good_for: dict[tuple[int, int], set[tuple[str, str]]] = defaultdict(set)
        for role, hits in scan.roles.items():
            for hit in hits:
                good_for[hit.start, hit.end].add((role, hit.key))
        for word, (start, end) in spans.items():
            inner = scan.segmentation.inner(start, end) if scan.segmentation else (start, end)
            found[word] = good_for[inner]
    return found
