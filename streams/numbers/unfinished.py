"""A number as far as it is put together, and whether the words behind it go on with it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from streams import meanings


if TYPE_CHECKING:
    from streams.languages import Numerals
    from streams.numbers.atoms import Atom
    from streams.numbers.exact import Exact
    from streams.text.hits import Scan


_HUNDRED, _THOUSAND = 100, 1000
_TENS = range(20, 100, 10)
_STEPS = 6
"""Words looked at behind a joiner."""


class Unfinished:
    """The parts of a number that were read, from one atom on; nothing here adds to them.

    ``addends`` are summed up in the end; ``scale`` is the last multiplier of a thousand or more;
    ``at`` is the index of the atom read last, and ``end`` where it ends.
    """

    def __init__(self, atoms: list[Atom], at: int, scan: Scan, style: Numerals) -> None:
        self.style = style
        self.atoms = atoms
        self.at = at
        self.scan = scan
        self.end = self.start = atoms[at].start
        self.addends: list[Exact] = []
        self.high: Exact | None = None
        self.scale = self.factor = 1
        self.ambiguous = False
        self.roles: list[str] = []

    def after(self, end: int, roles: tuple[str, ...] | None) -> int | None:
        """Return the index of the longest atom that begins at ``end``, over one space or hyphen."""
        text = self.scan.folded
        start = end
        if start < len(text) and text[start] in " -" and end > 0:
            if self.scan.segmentation and self.scan.text[start] == "\n":
                return None  # where words are not set apart a line ends a paragraph
            start += 1
        index = self.at
        while index < len(self.atoms) and self.atoms[index].start < start:
            index += 1
        joined = start == end
        while index < len(self.atoms) and self.atoms[index].start == start:
            atom = self.atoms[index]
            hyphen = not joined and text[start - 1] == "-"
            fits = roles is None or atom.role in roles
            if atom.role == "digits":
                behind = self.scan.role("numeral.joiners").ending(start)
                fits = fits and (not joined or behind is not None) and not hyphen
            elif atom.role == "glued":
                # "40 M€" is millions and "Rp 2,5 M" billions, "40 m" are metres.
                money = unicodedata.category(text[atom.end : atom.end + 1] or " ") == "Sc" or self._is_money()
                fits = fits and (joined or money or len(text[start : atom.end]) > 1)
            elif atom.role == "approximate_suffixes":
                fits = fits and (hyphen or joined)
            if fits:
                return index
            index += 1
        return None

    def readings(self, index: int) -> list[Atom]:
        """Return the atom at an index and what else its word can be: "тысячи" is 1000, and times 1000."""
        atom = self.atoms[index]
        end = index + 1
        while end < len(self.atoms) and _are_one(self.atoms[end], atom):
            end += 1
        return self.atoms[index:end]

    def before_scale(self, atom: Atom) -> bool:
        """Tell whether a multiplier follows: "ciento un mil", "dos mil y medio millón"."""
        return self.after(atom.end, ("multipliers",)) is not None

    def _follower(self, atom: Atom) -> Exact:
        """Return the number that begins at an atom, as far as it is made of words; behind a joiner.

        It goes on with the number before where it is smaller than that one's smallest unit:
        "mil e duzentos" does, the two of "between one thousand and two thousand" does not. A
        larger multiplier is that of both: "a hundred and five thousand".
        """
        value, end = atom.value, atom.end
        below = self.addends[-1]
        for _ in range(_STEPS):
            index = self.after(end, ("cardinals", "multipliers", "joiners"))
            if index is None:
                break
            follower = self.atoms[index]
            end = follower.end
            if follower.role == "joiners":
                continue
            if any(one.role == "multipliers" and one.value > below for one in self.readings(index)):
                break
            larger = follower.value >= _HUNDRED and follower.value > value
            value = value * follower.value if larger else value + follower.value
        return value

    def smallest_unit(self) -> int:
        """Return the unit that the number so far counts in: thousands of "two thousand"."""
        if self.scale > 1:
            # "A thousand billion and 452 billion"
            thousands = self.scale * _THOUSAND
            return thousands if self.style.joined_parts and self.addends[-1] % thousands == 0 else self.scale
        last = int(self.addends[-1])
        unit = 1
        while last and last % (unit * 10) == 0:
            unit *= 10
        return unit

    def counts_in_thousands(self) -> bool:
        """Tell whether digits may follow: behind a multiplier; behind "thousand" where they may be joined."""
        return self.scale > 1 or (
            self.style.joined_parts and self.roles[-1] != "digits" and self.addends[-1] % _THOUSAND == 0
        )

    def below_scale(self, atom: Atom) -> bool:
        """Tell whether digits, with a multiplier behind them, are less than what the number counts in."""
        following = self.after(atom.end, ("multipliers",))
        if self.style.joined_parts and (following is None or self.atoms[following].value > self.addends[-1]):
            # "3 thousand and 500 million"
            return atom.value.denominator == 1 and atom.value < self.smallest_unit()
        return following is not None and atom.value * self.atoms[following].value < self.addends[-1]

    def are_tens_behind_units(self, atom: Atom) -> bool:
        """Tell whether the twenty of "three and twenty" stands there, in a language that counts so."""
        if not self.style.units_first or not 1 <= self.addends[-1] <= 9:  # noqa: PLR2004 - a digit before it
            return False
        joined = self.scan.folded[self.end : atom.start].strip() != ""
        return joined and atom.role == self.roles[-1] == "cardinals" and atom.value in _TENS

    def joins(self, atom: Atom) -> bool:
        """Tell whether a joiner ("and", "of") goes on with the number: only to smaller parts."""
        if atom.role == "fractions":
            return True
        if atom.role == "multipliers":
            # "une dizaine de milliers"
            rough = self.scan.role("numeral.approximate").ending(self.end)
            return self.high is not None or self.roles[-1] == "fractions" or rough is not None
        if atom.role == "digits":
            if self.style.digits_follow and self.scan.folded[atom.start - 1] != " ":
                return atom.value < self.scale  # "44 thousand and211"
            return self.below_scale(atom) if self.counts_in_thousands() else False
        if self.are_tens_behind_units(atom):
            return True
        least = _TENS.start if self.style.joined_parts else _HUNDRED
        return self.addends[-1] >= least and self._follower(atom) < self.smallest_unit()

    def _is_money(self) -> bool:
        """Tell whether a currency stands right before the number."""
        start = self.start - (self.scan.folded[self.start - 1 : self.start] == " ")
        unit = self.scan.role("unit").ending(start)
        return unit is not None and meanings.dimension(unit.key) == "money"


def _are_one(atom: Atom, other: Atom) -> bool:
    """Tell whether two atoms are readings of one word."""
    return atom.start == other.start and atom.end == other.end
