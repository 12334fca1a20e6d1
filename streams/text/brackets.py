"""Words in two parts, with what they are said of between them: "nahm 14 Demonstranten fest".

In the data such a form has three dots: "nahm … fest". Its first part stands for it where the
second one ends the clause.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import regex

from streams.text.hits import Hit


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.text.entries import Entry


DOTS = " \u2026 "
"""What stands between the two parts of a form."""

OPENS, CLOSES = "bracket", "bracket.end"
"""The roles of both parts in a lexicon."""

SEVERAL = frozenset(["predicate", OPENS])
"""Roles in which a word may mean several things, and what it is said of decides."""
_SIGN = "|"
_REACH = 200
"""Code points behind its first part in which a word's second one is looked for."""
_CLAUSE_END = regex.compile(r"[.;:!?](?:\s|$)|,\s|\n")
_ENDED = frozenset('.,;:!?)"\u201c\u201d\u00bb\u2013\u2014\n')


def parted(form: str, entry: Entry) -> Iterator[tuple[str, Entry]]:
    """Yield each part of a form in two parts, with what it is good for."""
    first, _, second = form.partition(DOTS)
    yield first, entry._replace(role=OPENS, key=_SIGN.join((entry.role, entry.key, second)))
    yield second, entry._replace(role=CLOSES, key=second)


def close(found: dict[str, list[Hit]], text: str) -> None:
    """Add the words in two parts to the finds, in the place of what their first part may mean alone."""
    if OPENS not in found:
        return
    opening, closing = found.pop(OPENS, []), found.pop(CLOSES, [])
    conjunctions = {hit.start for hit in found.get("conjunctions", ())}
    whole: dict[str, list[Hit]] = {}
    for role, hit in _closed(opening, closing, conjunctions, text):
        whole.setdefault(role, []).append(hit)
    for role, hits in whole.items():
        taken = {hit.start for hit in hits}
        alone = [hit for hit in found.get(role, ()) if hit.start not in taken]
        found[role] = sorted([*alone, *hits])


def _closed(
    opening: list[Hit], closing: list[Hit], conjunctions: set[int], text: str
) -> Iterator[tuple[str, Hit]]:
    """Yield role and find of each first part whose second one ends its clause."""
    starts = [hit.start for hit in closing]
    for hit in opening:
        role, key, second = hit.key.split(_SIGN)
        limit = min(len(text), hit.end + _REACH)
        stop = _CLAUSE_END.search(text, hit.end, limit)
        last = stop.start() if stop else limit
        for end in closing[bisect_left(starts, hit.end) : bisect_left(starts, last)]:
            if end.key == second and end.end <= last and _ends(end.end, conjunctions, text):
                yield role, Hit(hit.start, hit.end, key, hit.form)
                break


def _ends(at: int, conjunctions: set[int], text: str) -> bool:
    """Tell whether nothing more of a clause stands behind an offset."""
    behind = text[at : at + 2].lstrip(" ")[:1]
    return not behind or behind in _ENDED or at + 1 in conjunctions
