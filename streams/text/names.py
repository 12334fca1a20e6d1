"""Whether a word with a capital names someone or something; in German every noun has one."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_COMMON = (
    "concept",
    "keyword",
    "domain",
    "predicate",
    "unit",
    "time.unit",
    "time.weekdays",
    "time.months",
    "places.heads",
    "speakers.not_names",
    "fillers",
    "status",
)
"""Roles of words that are no names, though they have a capital where every noun has one."""


NAMES = ("name", "places.names", "speakers.names", "actor")
"""Roles of names where no capital shows one."""


def is_named(scan: Scan, layout: Layout, start: int, end: int) -> bool:
    """Tell whether the word between two offsets has a capital, and not only as a noun that is known.

    "ez-Zor" and "al-Assad" have one inside. Where words are not set apart there are no capitals:
    a name is listed, or spelled with the letters that names are.
    """
    if not layout.script.spaces and any(scan.role(role).at(start) for role in NAMES):
        return True
    word = scan.text[start:end]
    if word.islower() or not any(map(str.isupper, word)):
        return False
    return not (layout.script.capital_nouns and is_common(scan, start, end))


def is_common(scan: Scan, start: int, end: int, *, compounds: bool = True) -> bool:
    """Tell whether the data knows a word, or by ``compounds`` its end, as a noun that names no one."""
    if scan.role("actor").at(start):
        return False
    if compounds and scan.role("concept.joined").ending(end):
        return True
    if scan.any_of(_COMMON).at(start) is None:
        return False
    hits = (scan.role(role).at(start) for role in _COMMON)
    return any(hit is not None and hit.end >= end for hit in hits)
