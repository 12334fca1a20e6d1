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

_SILENCED = "silenced"
_MOST_WORDS = 7
"""Words between the two."""
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
        yield f"{where}.words", f"{_WORDS}{where}", key, group.words
        yield f"{where}.beside", f"{_BESIDE}{where}", key, group.beside


def close(found: dict[str, list[Hit]], text: str) -> None:
    """Add to the finds of a text, by role, the words that stand beside what makes them an event, or none."""
    keywords: dict[int, tuple[bool, int, Hit]] = {}
    silencers: list[Hit] = []
    for role in [role for role in found if role.startswith(_WORDS)]:
        beside = Hits(found.get(_BESIDE + role.removeprefix(_WORDS)))
        for hit in found[role] if beside else ():
            gap, other = _nearest(hit, beside, text)
            if other is None:
                continue
            if hit.key == _SILENCED:
                silencers.append(Hit(hit.start, hit.end, hit.key, f"{hit.form} \u2026 {other.form}"))
                continue
            meant = hit.key.startswith("weak:"), gap, hit
            if hit.start not in keywords or meant < keywords[hit.start]:
                keywords[hit.start] = meant
    if keywords:
        found["keyword"] = _merged([hit for *_, hit in keywords.values()], found.get("keyword", []))
    if silencers:
        found["silencers"] = _merged(silencers, found.get("silencers", []))


def _nearest(hit: Hit, beside: Hits, text: str) -> tuple[int, Hit | None]:
    """Return the nearest find of the sentence on either side, and how many code points are between."""
    before = beside.last_before(hit.start, hit.start - _REACH)
    behind = beside.first_within(hit.end, hit.end + _REACH)
    found = [
        (end - start, other)
        for start, end, other in (
            (before.end if before else 0, hit.start, before),
            (hit.end, behind.start if behind else 0, behind),
        )
        if other
        and text.count(" ", start, end) <= _MOST_WORDS + 1
        and not _SENTENCE_END.search(text, start, end)
    ]
    return min(found, default=(0, None))


def _is_near(text: str, start: int, end: int) -> bool:
    return text.count(" ", start, end) <= _MOST_WORDS + 1 and not _SENTENCE_END.search(text, start, end)


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
