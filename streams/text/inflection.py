"""Endings that words take on: "asker+" of a language file is "askerlerin" too.

A stem is found by the lexicon; whether the rest of its word is one of the endings that its
sign allows is one look-up here, whatever the number of forms.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from streams.errors import DataError
from streams.languages.forms import expand


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.languages import Language, Script
    from streams.records import MentionStatus
    from streams.text.hits import Hit


NUMBER_WORDS = frozenset(
    ["numeral.cardinals", "numeral.multipliers", "numeral.fractions", "numeral.indefinite"]
)
"""Roles of number words, which take the endings of ``numerals.endings``."""

_LONGEST = 30
"""Letters that endings have at most."""


_BEHIND = regex.compile(rf"'?\p{{L}}{{1,{_LONGEST}}}+(?!\p{{L}})")


class NumberEnding(NamedTuple):
    """What a number ends in, with its apostrophe, and its key."""

    form: str
    key: str


class Inflection:
    """The endings of a language, by the sign that forms in its file end in.

    ``numbers`` are those of numbers, each with its key (``part``, ``case``).
    """

    def __init__(self, language: Language) -> None:
        file = f"{language.code}.toml"
        self.numbers: dict[str, str] = {
            ending: key
            for key, listed in language.numerals.endings.items()
            for written in listed
            for ending in expand(written, f"{file}: numerals.endings.{key}")
        }
        self._by_sign: dict[str, frozenset[str]] = {"": frozenset(self.numbers)}
        for sign, listed in language.script.inflections.items():
            where = f"{file}: script.inflections.{sign}"
            if len(sign) != 1 or sign.isalnum() or sign in "{,} '":
                raise DataError(f"{where}: must be one sign that no word ends in")
            self._by_sign[sign] = frozenset(_written_out(listed, where))

    @property
    def signs(self) -> bool:
        """Tell whether a form may end in a sign for its endings."""
        return len(self._by_sign) > 1

    def parted(self, form: str) -> tuple[str, str]:
        """Return a form without its sign, and the sign; an empty one where it has none."""
        if len(form) > 1 and form[-1] in self._by_sign:
            return form[:-1], form[-1]
        return form, ""

    def shapes(self, form: str) -> list[str]:
        """Return what a form stands for: itself, or its stem with each of its endings."""
        stem, sign = self.parted(form)
        return [stem + ending for ending in sorted(self._by_sign[sign])] if sign else [form]

    def shape(self, form: str) -> str:
        """Return one of those."""
        stem, sign = self.parted(form)
        return stem if self.is_whole(sign) else stem + min(self._by_sign[sign])

    def is_whole(self, sign: str) -> bool:
        """Tell whether a form with this sign is a word without any ending, too."""
        return not sign or "" in self._by_sign[sign]

    def stop(self, sign: str, folded: str, inside: bytearray, end: int) -> int:
        """Return where a word ends whose stem ends at ``end``; ``end`` where no ending is allowed there.

        ``inside`` tells for each offset whether it lies inside a word. An apostrophe may stand
        before the ending.
        """
        start = end if inside[end] else end + 1
        if start > end and folded[end:start] != "'":
            return end
        # One letter has no offset inside it.
        stop = inside.find(b"\0", start + (start > end), start + _LONGEST)
        allowed = stop > start and folded[start:stop] in self._by_sign[sign]
        return stop if allowed and folded[start:stop].isalpha() else end

    def number_ending(self, folded: str, end: int) -> NumberEnding | None:
        """Return the ending behind a number, None where there is none."""
        match = _BEHIND.match(folded, end) if self.numbers else None
        key = self.numbers.get(match.group().removeprefix("'")) if match else None
        return NumberEnding(match.group(), key) if match and key else None


@cache
def _endings_of(signs: tuple[tuple[MentionStatus, tuple[str, ...]], ...]) -> dict[str, MentionStatus]:
    return {ending: status for status, listed in signs for ending in endings(listed)}


def moods(script: Script) -> dict[str, MentionStatus]:
    """Return the endings of verbs that tell a status, each with it."""
    if not script.moods:
        return {}
    return _endings_of(
        tuple((status, tuple(script.inflections[sign])) for status, sign in script.moods.items())
    )


def ending(hit: Hit, folded: str) -> str:
    """Return what stands behind the form that was found, in its word; nothing where it is found otherwise."""
    if hit.end - hit.start <= len(hit.form) or not folded.startswith(hit.form, hit.start):
        return ""
    return folded[hit.start + len(hit.form) : hit.end]


@cache
def endings(listed: tuple[str, ...]) -> frozenset[str]:
    """Return the endings that a list of them with braces stands for."""
    return frozenset(_written_out(listed, "endings"))


def _written_out(listed: Sequence[str], where: str) -> list[str]:
    """Return the endings that a list stands for; an empty one where the word may have none."""
    found: list[str] = []
    for written in listed:
        # A letter before it, for an ending may be empty and a form may not.
        found += (form[1:] for form in expand(f"x{written}", where))
    return found
