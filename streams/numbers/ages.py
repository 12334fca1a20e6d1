"""Ages of people: "aged 5", "berusia 25 tahun", "Amina Yusuf, 34"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams import meanings
from streams.numbers.excluded import Exclusion
from streams.text.phrases import phrase_end, phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language
    from streams.text.hits import Scan


AGE_IN_COMMAS = regex.compile(r"(?<=\p{Lu}[\p{L}.'-]{1,40}), (\d{1,3})(?=,\s\p{Ll}|,\s\p{Lu}|\.\s*+$)")
_LINKED_AGE = regex.compile(r" (\d{1,3})(?=[,;)]|\.?$|\.\s)")
_COMMA_AGE = regex.compile(r", (\d{1,3})(?=,(?!\d))")
_NAME_BEFORE = regex.compile(r"\p{Lu}[\p{L}\p{M}'.-]{0,40}+$")
_ONE_OF_SEVERAL = regex.compile(r"(?<![\d.,])\d{1,2}$")
_LAST_WORD = regex.compile(r" \p{L}++$")

_ONE_NOUN = regex.compile(r"(?<!\p{L})\p{L}{2,5}+ \p{L}[\p{L}-]{2,28}+(?: \p{L}{3,20}+)?$")
"""An article and a noun, maybe with an adjective."""
_NOUN = 56
"""Code points before a link in which they stand."""
_TOLD = 32
"""Code points behind an age in which the verb of a person stands."""
_SIGNS = frozenset(",;:.")
_HARMED = frozenset(["killed", "wounded", "missing", "abducted", "detained", "rescued", "trapped"])


def ages(scan: Scan, language: Language) -> Iterator[Exclusion]:
    """Aged 5, berusia 25 tahun, 25-year-old: the number beside a word of age, or of a person and years."""
    for unit in scan.role("time.unit"):
        if unit.key != "year" or not language.time.ages_in_years:
            continue
        start = phrase_start(scan, unit.start)
        if start < unit.start:
            start = _first_of_several(scan, start)
        if start < unit.start and (
            _is_age(scan, start)
            or _is_apposed(scan, start, unit.end)
            or _is_of_someone(scan, start, unit.end)
        ):
            yield Exclusion(start, unit.end, "age")
    for aged in _COMMA_AGE.finditer(scan.folded):
        person = scan.role("concept").ending(aged.start())
        if person and meanings.concepts()[person.key].class_ == "person":
            yield Exclusion(aged.start(1), aged.end(1), "age")
    for link in scan.role("not_figures.age_links"):
        # "Junto a su padre, de 40."
        if scan.folded[link.start - 2 : link.start] == ", " and (
            linked := _LINKED_AGE.match(scan.folded, link.end)
        ):
            yield Exclusion(linked.start(1), linked.end(1), "age")
    for hit in scan.role("not_figures.age_before"):
        yield Exclusion(hit.start, phrase_end(scan, hit.end), "age")
    for hit in scan.role("not_figures.age_after"):
        yield Exclusion(phrase_start(scan, hit.start), hit.end, "age")


def _is_age(scan: Scan, start: int) -> bool:
    """Tell whether years are those of a person named right before them.

    "anak 12 tahun"; over a link "un niño palestino de 12 años", "Ana Ruiz, de 34 años".
    """
    link = scan.role("not_figures.age_links").ending(start - 1)
    at = link.start - 1 if link else start - 1
    if link and scan.folded[at - 1 : at] == ",":
        return True
    persons = scan.role("concept")
    word = _LAST_WORD.search(scan.folded, max(0, at - 24), at) if link else None
    return any(
        person is not None and meanings.concepts()[person.key].class_ == "person"
        for person in (persons.ending(at), persons.ending(word.start()) if word else None)
    )


def _is_of_someone(scan: Scan, start: int, end: int) -> bool:
    """Tell whether years are those of one in no list, harmed or held: "un herrero de 61 años murió"."""
    links = scan.role("not_figures.age_links")
    link = links.ending(start - 1) or links.at(start)
    noun = _ONE_NOUN.search(scan.folded, max(0, link.start - _NOUN), link.start - 1) if link else None
    if noun is None or scan.role("numeral.singular").at(noun.start()) is None:
        return False
    if scan.role("not_figures.aged_things").ending(noun.end()):
        return False
    behind = scan.role("predicate").first_within(end, end + _TOLD)
    before = scan.role("predicate").ending(noun.start() - 1)
    return any(
        verb is not None
        and not _SIGNS.intersection(scan.folded[end : verb.start])
        and meanings.kinds().predicates[verb.key.partition(":")[2]].get("person") in _HARMED
        for verb in (behind, before)
    )


def _first_of_several(scan: Scan, start: int) -> int:
    """Return where the first of several ages begins: "meninas de 6, 7 e 9 anos"."""
    while True:
        joined = scan.role("conjunctions").ending(start - 1)
        at = joined.start - 1 if joined else start - 2
        if joined is None and scan.folded[start - 2 : start] != ", ":
            return start
        before = _ONE_OF_SEVERAL.search(scan.folded, max(0, at - 3), at)
        if before is None:
            return start
        start = before.start()


def _is_apposed(scan: Scan, start: int, end: int) -> bool:
    """Tell whether years stand alone in brackets, or behind a name and a comma: "Amina Yusuf, 34 ans"."""
    if scan.folded[start - 1 : start] == "(":
        return scan.folded[end : end + 1] == ")"
    if scan.folded[start - 2 : start] != ", " or scan.folded[end : end + 1] not in ("", ",", ".", ")"):
        return False
    return _NAME_BEFORE.search(scan.text, max(0, start - 32), start - 2) is not None
