"""Step 4a: words that mean an event only beside others, or are ordinary beside others.

"Aircraft hit a compound" is an air strike, though neither "aircraft" nor "hit" says so; "shot 400 wild boar"
is hunting. A language lists both as ``collocations``, over ``groups`` of words. What one word beside another
means at any side of it is found with the words themselves (:mod:`streams.text.together`).
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from streams.text.hits import Hit, Hits
from streams.text.sentences import Stretch


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.languages import Collocation
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_STOPS = frozenset(";:\u061b\uff1b\uff1a\n")
"""Signs over which no two words belong together; so is the end of a sentence."""
_REACH = 160
"""Code points to each side in which the other words are looked for."""


class Collocated(NamedTuple):
    """A word that means an event beside others, or is ordinary there."""

    hit: Hit
    """Its key is that of a strong keyword, or empty."""
    beside: tuple[Hit, ...]


class Collocations(NamedTuple):
    """What was found of words that belong together."""

    events: dict[int, Collocated]
    """By offset: words that mean an event here."""
    ordinary: dict[int, Collocated]
    """By offset: words that are ordinary here."""


def find_collocations(scan: Scan, layout: Layout, rules: Iterable[Collocation]) -> Collocations:
    """Return the words of a text that mean an event beside others, and those that are ordinary there.

    Both stand in one sentence with no colon or semicolon between, and with at most ``within`` words. Of
    several rules for a word the first counts, of a longer word and one in it the longer, and a rule of an
    event before one that makes it ordinary.
    """
    events: dict[int, Collocated] = {}
    ordinary: dict[int, Collocated] = {}
    for rule in rules:
        found = ordinary if rule.category is None else events
        key = f"strong:{rule.category}" if rule.category else ""
        for hit in (hit for group in rule.words for hit in scan.role(f"group.{group}")):
            known = found.get(hit.start)
            if known is not None and known.hit.end >= hit.end:
                continue
            if (beside := _beside(scan, layout, hit, rule)) is not None:
                found[hit.start] = Collocated(Hit(hit.start, hit.end, key, hit.form), beside)
    for start in events:
        ordinary.pop(start, None)
    return Collocations(events, ordinary)


def merged(keywords: Iterable[Hit], events: dict[int, Collocated]) -> list[Hit]:
    """Return the keywords of a text in order; what words mean beside others counts more than alone.

    A phrase that is longer, and strong, keeps its meaning.
    """
    if not events:
        return list(keywords)
    found = Hits(sorted(one.hit for one in events.values()))
    kept: list[Hit] = []
    gone: set[int] = set()
    for hit in keywords:
        over = _overlapping(found, hit)
        longer = hit.key.startswith("strong:") and all(
            hit.end - hit.start > one.end - one.start for one in over
        )
        if over and not longer:
            continue
        gone.update(one.start for one in over)
        kept.append(hit)
    last = 0
    for hit in found:
        if hit.start not in gone and hit.start >= last:
            kept.append(hit)
            last = hit.end
    return sorted(kept)


def _overlapping(found: Hits, hit: Hit) -> list[Hit]:
    """Return the finds that share letters with one."""
    if not found.covers(hit.start, hit.end):
        return []
    first = bisect_left(found.ends, hit.start + 1)
    return [one for one in found.hits[first : bisect_left(found.starts, hit.end)] if one.end > hit.start]


def _beside(scan: Scan, layout: Layout, hit: Hit, rule: Collocation) -> tuple[Hit, ...] | None:
    """Return a word of each group that a rule asks for, ``None`` where one has none near."""
    beside: list[Hit] = []
    for group in rule.with_:
        if (near := _nearest(scan.role(f"group.{group}"), scan, layout, hit, rule)) is None:
            return None
        beside.append(near)
    return tuple(beside)


def _nearest(hits: Hits, scan: Scan, layout: Layout, hit: Hit, rule: Collocation) -> Hit | None:
    """Return a word of a group on the sides of a hit where it may stand, near enough; that behind first."""
    if not hits:
        return None
    sentence = layout.sentences[layout.sentence_index(hit.start)]
    if rule.side != "before":
        behind = hits.first_within(hit.end, min(sentence.end, hit.end + _REACH))
        if behind and _near(scan, layout, Stretch(hit.end, behind.start), rule.within):
            return behind
    if rule.side != "behind":
        before = hits.last_before(hit.start, max(sentence.start, hit.start - _REACH))
        if before and _near(scan, layout, Stretch(before.end, hit.start), rule.within):
            return before
    return None


def _near(scan: Scan, layout: Layout, gap: Stretch, within: int) -> bool:
    few = layout.words_between(gap.start, gap.end) <= within
    return few and _STOPS.isdisjoint(scan.text[gap.start : gap.end])
