"""How the pieces of a number are put together: "two hundred|and|five|thousand", "1,5|juta".

Atoms are runs of digits and number words. One rule holds in all languages: a smaller part
behind a larger one is added, and a multiplier multiplies the parts below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.numbers.atoms import find_atoms
from streams.numbers.exact import Exact, ratio
from streams.numbers.unfinished import Unfinished


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.numbers.atoms import Atom
    from streams.text.hits import Scan


LARGEST = 10**18
"""Numbers beyond this are serial numbers or noise; JSON readers lose their digits."""


class Numeral(msgspec.Struct, frozen=True, gc=False):
    """A number before its qualifiers are read. ``high`` is set where only bounds are known."""

    start: int
    end: int
    value: Exact
    high: Exact | None
    scale: int  # the last multiplier of a thousand or more, else 1
    coefficient: Exact  # the number without that multiplier
    ambiguous: bool
    rule: tuple[str, ...]
    factor: int = 1  # the multiplier that is its last word, where words are not digits by place


_TEN = 10
_SCALES = frozenset(["multipliers", "glued"])
_NOUNS = frozenset(["duals", "singles"])  # nouns that are a number by themselves
_MULTIPLY = frozenset(["multipliers", "glued", "tenths"])
_OPENERS = frozenset(
    ["digits", "cardinals", "singular", "fractions", "indefinite", "range", "articles", "minus", *_NOUNS]
)
"""Roles of what a number can begin with."""
_HUNDRED = 100
_THOUSAND = 1000


def compose(scan: Scan, language: Language, most: int | None = None) -> list[Numeral]:
    """Return the numerals of a text, or the first ``most``, in order, each as long as it can be."""
    atoms = find_atoms(scan, language)
    numbers: list[Numeral] = []
    at = 0
    end = -1
    while at < len(atoms) and (most is None or len(numbers) < most):
        if atoms[at].start < end or atoms[at].role not in _OPENERS:
            at += 1
            continue
        # "6 policemen": what they are called says again that they are several.
        again = atoms[at].role in _NOUNS and 0 < end <= atoms[at].start <= end + 1
        if again or (numbers and atoms[at].start <= end + 1 and _says_more(atoms[at], scan)):
            at += 1
            continue
        composed = _Composer(atoms, at, scan, language.numerals).compose()
        if composed is None:
            at += 1
            continue
        numbers.append(composed)
        end = composed.end
    return numbers


def _says_more(atom: Atom, scan: Scan) -> bool:
    """Tell whether a word right behind a number only says that it is more: "several" in "30-several"."""
    return atom.role == "indefinite" and scan.role("qualifier.after").at(atom.start) is not None


class _Composer(Unfinished):
    """Puts the atoms from one place on together to the longest number."""

    def compose(self) -> Numeral | None:
        """Return the number that begins at the first atom, None where none does."""
        start = self.atoms[self.at].start
        negative = self._sign()
        if negative:
            start = self._sign_start()
        if not self._first():
            return None
        while any(self._goes_on(atom) for atom in self._next()):
            pass
        value = sum(self.addends)
        if value > LARGEST:
            return None
        coefficient = ratio(value, self.scale) if self.scale > 1 else value
        return Numeral(
            start,
            self.end,
            -value if negative else value,
            self.high,
            self.scale,
            coefficient,
            self.ambiguous,
            tuple(dict.fromkeys(f"number.{role}" for role in self.roles)),
            1 if self.style.positional or self.roles[-1] not in _SCALES else self.factor,
        )

    def _sign(self) -> bool:
        """Tell whether a minus stands before the number: "-5", "−5", "minus 5"."""
        first = self.atoms[self.at]
        if first.role == "minus":
            follower = self.after(first.end, ("digits", "cardinals"))
            # "al menos 20" is at least 20.
            if follower is None or self.scan.role("qualifier.before").covers(first.start, first.end):
                return False
            self.at = follower
            return True
        text = self.scan.folded
        return (
            first.role == "digits"
            and first.start > 0
            and text[first.start - 1] in "-\u2212"
            and (first.start == 1 or text[first.start - 2] in ' (\u201c"')
        )

    def _sign_start(self) -> int:
        first = self.atoms[self.at]
        hit = self.scan.role("numeral.minus").last_before(first.start)
        if hit and self.scan.folded[hit.end : first.start].strip() == "":
            return hit.start
        return first.start - 1

    def _first(self) -> bool:
        """Take the first atom, or say that no number begins here."""
        atom = self.atoms[self.at]
        if atom.role == "articles":
            follower = self.after(atom.end, ("multipliers",))
            if follower is None:
                return False
            self._push(self.atoms[follower], 1)
            self._multiply(self.atoms[follower])
            self._advance(follower)
            return True
        if atom.role == "indefinite":
            self.addends = [atom.value]
            self.high = atom.high
        elif atom.role == "range":
            self.addends, self.high = [atom.value], atom.high
        elif atom.role in ("digits", "cardinals", "singular", "fractions", *_NOUNS):
            self.addends = [atom.value]
        else:
            return False
        self.ambiguous = atom.ambiguous
        self.roles.append(atom.role)
        self._advance(self.at)
        return True

    def _take(self, atom: Atom) -> bool:  # noqa: PLR0911 - one exit for each way a number goes on or ends
        """Add an atom to the number; False where it does not belong to it."""
        if self.high is not None:
            if atom.role not in _MULTIPLY or self.high > LARGEST:
                return False
            self.addends = [self.addends[0] * atom.value]
            least = 0 if "range" in self.roles else 1
            self.high = (self.high + least) * atom.value - least
            self._mark(atom)
            return True
        match atom.role:
            case "multipliers" | "glued" | "tenths":
                return self._multiply(atom)
            case "cardinals" | "singular":
                if not self._adds(atom):
                    return False
                self.addends.append(atom.value)
            case "teens":
                if not 1 <= self.addends[-1] <= 9:  # noqa: PLR2004 - "dua belas": a digit before it
                    return False
                self.addends[-1] += 10
            case "fractions":
                if self.addends[-1].denominator != 1 or (self.scale > 1 and self.before_scale(atom)):
                    return False
                # "two million and a half": half of a million more.
                self.addends[-1] += atom.value * self.scale
            case "denominators":
                if self.addends[-1].denominator != 1:
                    return False
                self.addends[-1] = ratio(self.addends[-1], atom.value)
            case "digits":
                return self._digits_after_scale(atom)
            case "approximate_suffixes":
                pass
            case "range":
                return self._take_range(atom)
            case _:
                return False
        self._mark(atom)
        return True

    def _adds(self, atom: Atom) -> bool:
        """Tell whether a number word adds to those before it: smaller than what they count in."""
        last = self.addends[-1]
        if atom.role == "singular" and (self.style.singular_alone or last < _HUNDRED):
            return False
        if last.denominator != 1 or atom.value < 1 or last == 0 or self.roles[-1] == "digits":
            return False
        size = 10 ** len(str(int(atom.value)))
        if atom.value >= 100 and atom.value % 100 == 0:  # noqa: PLR2004 - "seratus", "seribu" as one word
            size = int(atom.value) * 10 if str(int(atom.value))[0] == "1" else size
        return bool(int(last) % size == 0)

    def _take_range(self, atom: Atom) -> bool:
        """Take the ends of a last digit, or of the tens: "fifteen-six", "three hundred fifty-sixty"."""
        last: Exact = self.addends[-1]
        unit: Exact = 1
        following = self.after(atom.end, ("multipliers",))
        behind = self.atoms[following] if following is not None else None
        if behind and behind.value < last:
            unit = behind.value
        if last < unit * _TEN or last % (unit * _TEN) or atom.high is None:
            return False
        whole = sum(self.addends)
        self.addends, self.high = [whole + atom.value * unit], whole + atom.high * unit
        self._mark(atom)
        if behind and unit > 1:
            self._mark(behind)
        return True

    def _goes_on(self, atom: Atom) -> bool:
        """Add an atom to the number; a noun that is a number itself may only be told again."""
        if self.roles[0] in _NOUNS:
            if atom.role != "cardinals" or atom.value != self.addends[0] or len(self.roles) > 1:
                return False
            self._mark(atom)
            return True
        if self.are_tens_behind_units(atom):
            self.addends[-1] += atom.value
            self._mark(atom)
            return True
        return self._take(atom)

    def _multiply(self, atom: Atom) -> bool:
        """Multiply the parts below a multiplier: "two hundred|thousand"."""
        below: Exact = 0
        kept = list(self.addends)
        while kept and (kept[-1] < atom.value or self._in_digits(kept)):
            below += kept.pop()
        product = below * atom.value
        if not below or (kept and kept[-1] <= product):
            return False
        self.addends = [*kept, product]
        self.factor = 1 if kept else int(atom.value)
        if atom.value >= _THOUSAND:
            self.scale = int(atom.value) if not kept else 1
        self._mark(atom)
        return True

    def _in_digits(self, kept: list[Exact]) -> bool:
        """Tell whether a number is in digits alone, that may be larger than its multiplier."""
        return self.style.positional and len(kept) == 1 and self.roles == ["digits"]

    def _digits_after_scale(self, atom: Atom) -> bool:
        """Take "300" of "2 million 300 thousand": digits between two multipliers, or "500" of "2 bin 500".

        Where noughts are not said, they may also stand before a larger one: "2 [10000s] 3000 [10^8s]".
        """
        if self.style.digits_follow and self._is_last_part(atom):
            self.addends.append(atom.value)
            self._mark(atom)
            return True
        inside = self.style.positional and self.scale > 1 and atom.value < self.scale
        if inside and atom.value < self.addends[-1] and atom.value.denominator == 1:
            self.addends.append(atom.value)
            self._mark(atom)
            return True
        if not self.counts_in_thousands() or atom.value >= self.addends[-1] or not self.below_scale(atom):
            return False
        self.addends.append(atom.value)
        self._mark(atom)
        return True

    def _is_last_part(self, atom: Atom) -> bool:
        """Tell whether digits are the last part of a number in thousands: "500" of "2 bin 500"."""
        last = self.addends[-1]
        whole = last.denominator == atom.value.denominator == 1 and last >= _THOUSAND
        return (
            whole
            and last % _THOUSAND == 0
            and 0 < atom.value < _THOUSAND
            and self.roles[-1] in ("multipliers", "cardinals")
            and self.after(atom.end, ("multipliers", "glued")) is None
        )

    def _push(self, atom: Atom, value: Exact) -> None:
        self.addends = [value]
        self.roles.append(atom.role)

    def _mark(self, atom: Atom) -> None:
        self.roles.append(atom.role)
        self.end = atom.end

    def _advance(self, index: int) -> None:
        self.at = index
        self.end = self.atoms[index].end

    def _next(self) -> list[Atom]:
        """Return the readings of the word right behind the number so far, over a joiner where one stands."""
        index = self.after(self.end, None)
        if more := self._inside():
            return more
        if index is None:
            return self._behind_comma()
        atom = self.atoms[index]
        if atom.role == "cardinals" and atom.value == 0:
            # A nought that only fills a place: "three thousand nought fifty".
            atom = next((one for one in self.readings(index) if one.role == "joiners"), atom)
        if atom.role == "joiners":
            allowed = (
                ("multipliers",)
                if self.high is not None
                else ("cardinals", "singular", "fractions", "multipliers", "digits")
            )
            behind = self.after(atom.end, allowed)
            if behind is None or not self.joins(self.atoms[behind]):
                return []
            index = behind
        elif atom.role == "point":
            return self._decimals(atom)
        elif atom.role == "articles":
            # "cent un": an article where nothing precedes that it can be added to.
            return [one for one in self.readings(index) if one.role == "singular"]
        self.at = index
        return self.readings(index)

    def _inside(self) -> list[Atom]:
        """Return the multiplier behind a word for "more": the ten thousand of "120 and more ten thousand"."""
        words = self.scan.role("numeral.inside")
        hit = words.at(self.end + 1) or words.at(self.end)
        index = self.after(hit.end, ("multipliers",)) if hit else None
        if index is None:
            return []
        self.roles.append("inside")
        return [self.atoms[index]]

    def _behind_comma(self) -> list[Atom]:
        """Return "four" of "one thousand, four hundred": words that a multiplier follows."""
        if (
            self.scale < _THOUSAND
            or self.scan.folded[self.end : self.end + 2] != ", "
            or self.roles[-1] != "multipliers"
        ):
            return []
        index = self.after(self.end + 1, ("cardinals",))
        if index is None:
            return []
        following = self.after(self.atoms[index].end, ("multipliers",))
        if following is None or self.atoms[index].value * self.atoms[following].value >= self.addends[-1]:
            return []
        self.at = index
        return [self.atoms[index]]

    def _decimals(self, point: Atom) -> list[Atom]:
        """Read "koma tiga" of "dua koma tiga": single digits as words behind a spoken point."""
        if self.addends[-1].denominator != 1 or self.scale > 1:
            return []
        index = self.after(point.end, ("cardinals",))
        power = 10
        value: Exact = 0
        last = None
        while index is not None and self.atoms[index].value < 10 and power <= LARGEST:  # noqa: PLR2004 - single digits
            last = self.atoms[index]
            value += ratio(last.value, power)
            power *= 10
            index = self.after(last.end, ("cardinals",))
        if last is None:
            return []
        self.addends[-1] += value
        self._mark(last)
        following = self.after(self.end, ("multipliers", "glued"))
        return [self.atoms[following]] if following is not None else []
