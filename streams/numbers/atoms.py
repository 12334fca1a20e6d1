"""The smallest pieces of numbers, and those that stand in a row: "two nought two four", "two-three"."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from streams.figures.singles import is_single
from streams.numbers import digits
from streams.numbers.compounds import number_parts
from streams.numbers.exact import Exact, ratio


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.text.hits import Scan


class Atom(msgspec.Struct, frozen=True, gc=False):
    """The smallest piece of a number: a run of digits, or a number word."""

    start: int
    end: int
    role: str  # digits, cardinals, multipliers, teens, fractions, denominators, indefinite, glued, range …
    value: Exact
    high: Exact | None = None
    ambiguous: bool = False


_WORD_ROLES = (
    "cardinals",
    "multipliers",
    "teens",
    "denominators",
    "fractions",
    "indefinite",
    "glued",
    "tenths",
    "articles",
    "singular",
    "joiners",
    "point",
    "minus",
    "approximate_suffixes",
    "duals",
    "singles",
)
_ROLES = {rank: f"numeral.{rank}" for rank in _WORD_ROLES}
_ORDER = {rank: index for index, rank in enumerate(("digits", *_WORD_ROLES))}
_WITHOUT_VALUE = frozenset(
    ["joiners", "point", "minus", "articles", "singular", "teens", "approximate_suffixes"]
)
_SPACES = 3
"""Spaces that may stand between a number and its qualifier."""


def find_atoms(scan: Scan, language: Language) -> list[Atom]:
    """Return the atoms of a text by their start; of several at one place the longest, by role."""
    found: list[Atom] = [
        Atom(run.start, run.end, "digits", run.value, ambiguous=run.ambiguous)
        for run in digits.runs(scan.folded, language.digits)
    ]
    for rank, role in _ROLES.items():
        for hit in scan.role(role):
            if rank == "singles" and not is_single(hit, scan, language):
                continue
            if rank == "duals" and scan.role("parts").at(hit.start) and not is_single(hit, scan, language):
                continue  # "two others" behind a noun counts nothing more
            low, high = _value(hit.key) if rank not in _WITHOUT_VALUE else (1, None)
            low = _BASE if rank == "tenths" else low
            found.append(Atom(hit.start, hit.end, rank, low, high))
    for part in number_parts(scan.folded, language):
        low, high = _value(part.key)
        found.append(Atom(part.start, part.end, part.role, low, high))
    found.sort(key=lambda atom: (atom.start, -atom.end, _ORDER[atom.role]))
    if language.numerals.positional:
        found = rows_of_digits(found)
    return _without_rivals(_without_halves(found), scan)


def _without_halves(atoms: list[Atom]) -> list[Atom]:
    """Return the atoms without "and a half" where the half is one of what follows: "85 y medio millar"."""
    kept = []
    for index, atom in enumerate(atoms):
        behind = atoms[index + 1 : index + 9] if atom.role == "fractions" else []
        if any(
            other.role == "cardinals" and atom.start < other.start < atom.end < other.end for other in behind
        ):
            continue
        kept.append(atom)
    return kept


def _without_rivals(atoms: list[Atom], scan: Scan) -> list[Atom]:
    """Return the atoms without one of two readings of a word that is both a number and a vague one.

    "тысячи" is some thousands by itself, and one thousand behind a qualifier: "около тысячи".
    """
    spans = {
        role: {(atom.start, atom.end) for atom in atoms if atom.role == role}
        for role in ("cardinals", "indefinite")
    }
    rivals = spans["cardinals"] & spans["indefinite"]
    if not rivals:
        return atoms
    kept = []
    for atom in atoms:
        if (atom.start, atom.end) in rivals and atom.role in spans:
            before = scan.folded[max(0, atom.start - _SPACES) : atom.start]
            qualified = scan.role("qualifier.before").ending(
                atom.start - len(before) + len(before.rstrip(" "))
            )
            if (atom.role == "cardinals") != (qualified is not None):
                continue
        kept.append(atom)
    return kept


@cache
def _value(key: str) -> tuple[Exact, Exact | None]:
    """Return the value in a key of the language file: "20", "1/2", "20..99"."""
    low, dots, high = key.partition("..")
    try:
        return ratio(Fraction(low), 1), ratio(Fraction(high), 1) if dots else None
    except (ValueError, ZeroDivisionError):
        return 1, None


_ROW = 3
"""Digits in a row that are read as figures are; two are the ends of a range."""

_BASE = 10
_LONGEST = 18
_APART = (1, 2)
"""How far the ends of such a range may be apart: "three-four", "three-five"."""


def rows_of_digits(atoms: list[Atom]) -> list[Atom]:
    """Return the atoms with digits that stand in a row as words made one.

    Three or more are figures ("one nine four five"), two the ends of a range ("two-three
    hundred"). Those behind a spoken decimal sign stay as they are.
    """
    found: list[Atom] = []
    row: list[Atom] = []
    others: list[Atom] = []  # what else the words of the row can be
    for atom in atoms:
        if row and atom.start == row[-1].start:
            others.append(atom)
        elif _is_digit(atom) and (not row or atom.start - row[-1].end <= 1):
            row.append(atom)
        else:
            found += _row(row, others, found)
            row, others = ([atom], []) if _is_digit(atom) else ([], [])
            if not row:
                found.append(atom)
    return found + _row(row, others, found)


def _is_digit(atom: Atom) -> bool:
    return atom.role == "cardinals" and atom.value < _BASE


def _row(row: list[Atom], others: list[Atom], before: list[Atom]) -> list[Atom]:
    """Return the atoms that a row of digits is."""
    point = before[-1] if before and before[-1].role == "point" else None
    if len(row) > 1 and not (point and point.end + 1 >= row[0].start):
        first, last = row[0], row[-1]
        if _ROW <= len(row) <= _LONGEST:
            value: Exact = 0
            for atom in row:
                value = value * _BASE + atom.value
            return [Atom(first.start, last.end, "digits", value)]
        if len(row) < _ROW and first.value and last.value - first.value in _APART:
            return [Atom(first.start, last.end, "range", first.value, last.value)]
    # Of two readings of a word the digit comes first: the sort is stable.
    return sorted([*row, *others], key=lambda atom: atom.start)
