"""Words that mean an event only beside another: "dropped … bombs", "planes … struck the port".

In the data such a group has ``words``, of which each stands for the event where one of ``beside`` stands
near it in its sentence, on either side. The word is then a keyword, in the place of what it means alone.
A group of ``silenced`` tells in the same way what is no event: "stole … a painting".
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import regex

from streams import meanings
from streams.text.hits import Hit, Hits


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language


_WORDS, _BESIDE = "together.", "beside."
ROLES = (_WORDS, _BESIDE)
"""What the roles of such words begin with in a lexicon; each group has two of its own."""

_SIGN = "|"
"""What parts the place of a group, the side and the distance of its words in the name of a role."""

_SILENCED = "silenced"
_REACH = 90
"""Code points between them."""
_SENTENCE_END = regex.compile(r"[.;!?\u2026\u3002\uff1b\uff01\uff1f]\s|[\u3002\uff1b\uff01\uff1f\n]")


def lists(language: Language) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (where in the file, role, key, forms) for the words of each group of a language."""
    groups = [
        (f"keywords.{category}.together[{index}]", f"{'weak' if group.weak else 'strong'}:{category}", group)
        for category, keywords in language.keywords.items()
        for index, group in enumerate(keywords.together)
    ]
    groups += [(f"silenced[{index}]", _SILENCED, group) for index, group in enumerate(language.silenced)]
    for where, key, group in groups:
        role = _SIGN.join((where, group.side, str(group.most)))
        yield f"{where}.words", f"{_WORDS}{role}", key, group.words
        yield f"{where}.beside", f"{_BESIDE}{role}", key, group.beside


def close(found: dict[str, list[Hit]], text: str) -> None:
    """Add to the finds of a text, by role, the words that stand beside what makes them an event, or none."""
    silencers = [
        Hit(hit.start, hit.end, hit.key, f"{hit.form} \u2026 {other.form}")
        for hit, _, other in _pairs(found, text)
        if hit.key == _SILENCED
    ]
    if silencers:
        known = found.get("silencers", [])
        whole = Hits(known)
        more = [hit for hit in _merged(silencers, []) if not whole.covers(hit.start, hit.end)]
        found["silencers"] = sorted([*known, *more])
    silenced = Hits(found.get("silencers", []))
    keywords: dict[int, tuple[bool, int, Hit]] = {}
    for hit, gap, other in _pairs(found, text):
        if hit.key == _SILENCED or silenced.covers(other.start, other.end):
            continue
        meant = hit.key.startswith("weak:"), gap, hit
        if hit.start not in keywords or meant < keywords[hit.start]:
            keywords[hit.start] = meant
    if keywords:
        found["keyword"] = _merged([hit for *_, hit in keywords.values()], found.get("keyword", []))


def _pairs(found: dict[str, list[Hit]], text: str) -> Iterator[tuple[Hit, int, Hit]]:
    """Yield each word that stands beside another one of its group, the code points between, and the other."""
    for role in [role for role in found if role.startswith(_WORDS)]:
        group = role.removeprefix(_WORDS)
        _, side, most = group.split(_SIGN)
        beside = Hits(found.get(_BESIDE + group))
        for hit in found[role] if beside else ():
            gap, other = _nearest(hit, beside, text, side, int(most))
            if other is not None:
                yield hit, gap, other


def _nearest(hit: Hit, beside: Hits, text: str, side: str, most: int) -> tuple[int, Hit | None]:
    """Return the nearest find of the sentence on a side, or either, and how many code points are between."""
    before = beside.last_before(hit.start, hit.start - _REACH) if side != "behind" else None
    behind = beside.first_within(hit.end, hit.end + _REACH) if side != "before" else None
    found = [
        (end - start, other)
        for start, end, other in (
            (before.end if before else 0, hit.start, before),
            (hit.end, behind.start if behind else 0, behind),
        )
        if other and text.count(" ", start, end) <= most + 1 and not _SENTENCE_END.search(text, start, end)
    ]
    return min(found, default=(0, None))


def _merged(hits: list[Hit], known: list[Hit]) -> list[Hit]:
    """Return finds in the place of known ones that they overlap, but of a longer one that says as much."""
    kept: list[Hit] = []
    starts = [one.start for one in known]
    end = 0
    for hit in sorted(hits):
        index = bisect_right(starts, hit.start) - 1
        if hit.start >= end and not (index >= 0 and _says_more(known[index], hit)):
            kept.append(hit)
            end = hit.end
    taken = Hits(kept)
    return sorted([*kept, *(one for one in known if not taken.covers(one.start, one.end))])


def _says_more(known: Hit, hit: Hit) -> bool:
    """Tell whether a find holds another and says as well by what means it is done, or the same."""
    strength, _, category = known.key.partition(":")
    if known.end < hit.end or strength != "strong":
        return False
    if category == hit.key.partition(":")[2]:
        return True
    longer = known.start < hit.start or known.end > hit.end
    return longer and ":" in (meanings.taxonomy()[category].plover or "")
