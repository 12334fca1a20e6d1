"""Words in two parts, with what they are said of between them: "nahm 14 Demonstranten fest".

In the data such a form has three dots: "nahm … fest". Its first part stands for it where the
second one ends the clause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.lexicon import Entry, Hit, Hits


DOTS = " \u2026 "
"""What stands between the two parts of a form."""

OPENS, CLOSES = "bracket", "bracket.end"
"""The roles of both parts in a lexicon."""

_SIGN = "|"
_REACH = 200
"""Code points behind its first part in which a word's second one is looked for."""
_CLAUSE_END = regex.compile(r"[.;:!?](?:\s|$)|,\s|\n")
_ENDED = frozenset('.,;:!?)"\u201c\u201d\u00bb\u2013\u2014\n')


def parted(form: str, entry: Entry) -> Iterator[tuple[str, str, str]]:
    """Yield form, role and key of each part of a form."""
    first, _, second = form.partition(DOTS)
    yield first, OPENS, _SIGN.join((entry.role, entry.key, second))
    yield second, CLOSES, second


def closed(opening: list[Hit], closing: Hits, conjunctions: Hits, folded: str) -> Iterator[tuple[str, Hit]]:
    """Yield role and find of each first part whose second one ends its clause."""
    for hit in opening:
        role, key, second = hit.key.split(_SIGN)
        limit = min(len(folded), hit.end + _REACH)
        stop = _CLAUSE_END.search(folded, hit.end, limit)
        for end in closing.within(hit.end, stop.start() if stop else limit):
            if end.key == second and _ends(end.end, conjunctions, folded):
                yield role, hit._replace(key=key)
                break


def _ends(at: int, conjunctions: Hits, folded: str) -> bool:
    """Tell whether nothing more of a clause stands behind an offset."""
    behind = folded[at : at + 2].lstrip(" ")[:1]
    return not behind or behind in _ENDED or conjunctions.at(at + 1) is not None
