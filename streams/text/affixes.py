"""What may be joined to a word: clitics, which are words of their own, and what only inflects it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.languages.forms import fold


if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from streams.languages import Script
    from streams.text.entries import Entry
    from streams.text.hits import Scan


class Lead(NamedTuple):
    """What stands before a form in its word: clitics, and letters that are the word's own."""

    start: int
    clitics: tuple[str, ...]
    own: int


_SHORTEST = 3
"""Letters that a form has at least which something is joined to: shorter ones are found by chance."""


class Affixes:
    """The letters that a language joins to words.

    A proclitic ("and", "in") is a word of its own and no part of what follows; a prefix (the
    article) and an ending (a case) are parts of the word. Of an enclitic only is known that it
    may stand there.
    """

    def __init__(self, script: Script) -> None:
        proclitics = [fold(form) for form in script.proclitics]
        prefixes = [fold(form) for form in script.prefixes]
        self._loose = frozenset(fold(form) for form in script.loose_proclitics)
        self._leads: dict[str, tuple[tuple[str, ...], int]] = {}
        for prefix in ("", *prefixes):
            for chain in _chains(sorted(self._loose), proclitics):
                self._leads.setdefault("".join(chain) + prefix, (chain, len(prefix)))
        self._leads.pop("", None)
        self._enclitics = frozenset(fold(form) for form in script.enclitics)
        self._endings = frozenset(fold(form) for form in script.endings)
        self._longest_lead = max(map(len, self._leads), default=0)
        self._longest_tail = max(map(len, self._enclitics | self._endings), default=0)

    @property
    def leads(self) -> Collection[str]:
        """Return what may stand before a word and be joined to it."""
        return self._leads.keys()

    @property
    def tails(self) -> Collection[str]:
        """Return what may stand behind a word and be joined to it."""
        # What begins with an apostrophe is no longer the same word.
        return frozenset(form for form in self._enclitics | self._endings if form[:1].isalpha())

    def lead(self, text: str, inside: bytearray, start: int, length: int) -> Lead | None:
        """Return what stands in its word before a form at ``start``; None where that may not stand there."""
        at = inside.rfind(0, max(0, start - self._longest_lead), start)
        known = self._leads.get(text[at:start]) if at >= 0 else None
        if known is None:
            return None
        clitics, own = known
        bare = not own and self._loose.isdisjoint(clitics)
        return None if bare and length < _SHORTEST else Lead(at, clitics, own)

    def tail(self, text: str, inside: bytearray, end: int, length: int) -> int | None:
        """Return where a form ends that goes on in its word behind ``end``; None where it may not.

        A longer ending (a pronoun) asks for a longer form: prepositions take one and mean no more.
        """
        stop = inside.find(0, end + 1, min(len(text), end + self._longest_tail) + 1)
        rest = text[end : max(end, stop)]
        if rest in self._endings and length >= max(_SHORTEST, len(rest) + 2):
            return stop
        return end if rest in self._enclitics else None

    @staticmethod
    def with_articles(
        listed: Iterable[tuple[list[str], Entry]], script: Script
    ) -> Iterator[tuple[list[str], Entry]]:
        """Yield forms, and those that begin with an article with its other forms too.

        Behind a clitic Arabic has "lil-" for "to the": "al-" and "lil-" stand for one another.
        """
        article, *others = script.prefixes or [""]
        if not others:
            yield from listed
            return
        for forms, entry in listed:
            found: list[str] = []
            for form in forms:
                found.append(form)
                if form.startswith(article):
                    found += (other + form.removeprefix(article) for other in others)
            yield found, entry


def _chains(loose: list[str], proclitics: list[str]) -> list[tuple[str, ...]]:
    """Return no clitic, each one, and a loose one before each other."""
    found: list[tuple[str, ...]] = [(), *((one,) for one in (*loose, *proclitics))]
    return found + [(one, two) for one in loose for two in proclitics]


_CLITICS = ("script.proclitics", "script.loose_proclitics")


def are_joined(scan: Scan, start: int, end: int) -> bool:
    """Tell whether letters before digits are no name but what is joined to a number: "and12", "the12"."""
    hits = (scan.role(role).at(start) for role in (*_CLITICS, "script.prefixes"))
    return any(hit is not None and hit.end == end for hit in hits)


def is_joined(scan: Scan, start: int) -> bool:
    """Tell whether no letter stands before digits but those of a word that is joined to them."""
    return not scan.folded[start - 1 : start].isalpha() or any(
        scan.role(role).ending(start) for role in _CLITICS
    )
