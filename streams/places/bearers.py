"""The places of the gazetteer that bear a name, as it stands in a text: with the ending of a case too.

A part of a country or a region, written as one word with it, is that one: "Südlibanon", "Ostukraine".

Names are the same for days: what was looked up is remembered.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from streams.gazetteer import gazetteer, key


if TYPE_CHECKING:
    from collections.abc import Iterator


_LEAST_LETTERS, _LEAST_STEM = 3, 2
_LEAST_WHOLE = 4
"""Letters of the name of which a part is told."""
_WIDE = frozenset(["country", "region"])
_REMEMBERED = 2_048


class Bearers:
    """Looks names up, in a language with these ``places.nominatives`` (endings of cases) and ``sides``.

    ``clitics`` are what may be joined before a name, where no capital shows it.
    """

    def __init__(
        self, nominatives: tuple[str, ...], sides: tuple[str, ...] = (), clitics: tuple[str, ...] = ()
    ) -> None:
        self._clitics = clitics
        self._sides = tuple(map(key, sides))
        parts = (one.partition(">") for one in nominatives)
        self._endings = [(key(ending), key(instead)) for ending, _, instead in parts]
        self._table = gazetteer()
        self.rows = lru_cache(_REMEMBERED)(self._rows)
        self.opens = lru_cache(_REMEMBERED)(self._opens)
        self.leads = lru_cache(4 * _REMEMBERED)(self._leads)

    def _rows(self, surface: str) -> tuple[int, ...]:
        """Return the places that a name stands for, as it is or without the ending of a case."""
        folded = key(surface)
        found = self._table.rows(folded)
        if not found:
            bare = surface.replace("\u2019", "'").partition("'")[0]
            if len(bare) >= _LEAST_LETTERS and len(bare) < len(surface):
                found = self._table.rows(key(bare))
        if not found:
            found = next((rows for one in self._nominatives(folded) if (rows := self._table.rows(one))), [])
        return tuple(found) or self._whole_of(folded)

    def _whole_of(self, folded: str) -> tuple[int, ...]:
        """Return the country or region of which a name tells a side: "nordirak"."""
        for side in self._sides:
            whole = folded.removeprefix(side)
            if len(whole) < _LEAST_WHOLE or whole == folded:
                continue
            rows = [row for row in self._table.rows(whole) if self._table.entry(row).feature in _WIDE]
            if rows:
                return tuple(rows)
        return ()

    def _opens(self, word: str) -> bool:
        """Tell whether a name of several words can begin with one, in any case of it."""
        folded = key(word).partition(" ")[0]
        openers = self._table.openers
        return folded in openers or any(one in openers for one in self._nominatives(folded))

    def _leads(self, word: str) -> tuple[int, ...]:
        """Return behind how many letters of a word a name may begin: none, or those of a clitic."""
        clitics = (
            len(clitic)
            for clitic in self._clitics
            if word.startswith(clitic) and len(word) - len(clitic) >= _LEAST_LETTERS
        )
        return tuple(lead for lead in (0, *clitics) if key(word[lead:]) in self._table.openers)

    def _nominatives(self, folded: str) -> Iterator[str]:
        """Yield what a name may be without its ending: "харькове" is "харьков", "одессы" "одесса"."""
        for ending, instead in self._endings:
            stem = len(folded) - len(ending)
            if stem >= _LEAST_STEM and stem + len(instead) >= _LEAST_LETTERS and folded.endswith(ending):
                yield folded[:stem] + instead


@cache
def bearers(
    nominatives: tuple[str, ...], sides: tuple[str, ...] = (), clitics: tuple[str, ...] = ()
) -> Bearers:
    """Return what looks up the names of a language."""
    return Bearers(nominatives, sides, clitics)
