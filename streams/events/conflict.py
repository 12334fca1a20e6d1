"""Step 5: how much an article is conflict news, and of which categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings
from streams.records import Category, Conflict


if TYPE_CHECKING:
    from streams.records import Keyword, MentionStatus


# An event that is asserted counts whole; one that is planned, denied or past speaks of
# conflict less; a film's title page not at all.
_STATUS_WEIGHT: dict[MentionStatus, float] = {
    "asserted": 1.0,
    "planned": 0.5,
    "hypothetical": 0.4,
    "negated": 0.3,
    "historical": 0.25,
}
_TITLE_WEIGHT = 2.0
_LEAD_WEIGHT = 1.3
_LEAD = 300
_HALF = 1.5
"""Evidence at which a score is one half: about one and a half plain mentions."""

_UNANCHORED = 0.6
"""What the words of an article count of which none means conflict by itself."""

_HISTORY = 0.3
"""The score that an article of history has at most."""
_MOSTLY, _FEW = 2, 8
"""How many times as many mentions of the past it has as others, and how many at most."""
CONFLICT_FROM = 0.4
"""The score from which an article is conflict news: one plain mention of an air strike."""


def categories(keywords: list[Keyword], title_end: int) -> tuple[Category, ...]:
    """Return the categories of an article by score; the title and the lead weigh more.

    A score is ``w / (w + 1.5)`` of the weighted hits ``w``: 0.4 for one plain mention, near
    1 for many.
    """
    weights: dict[str, float] = {}
    hits: dict[str, int] = {}
    for keyword in keywords:
        weights[keyword.category] = weights.get(keyword.category, 0.0) + _weight(keyword, title_end)
        hits[keyword.category] = hits.get(keyword.category, 0) + 1
    found = [
        Category(
            category=category,
            score=round(weight / (weight + _HALF), 4),
            hits=hits[category],
            codes=meanings.taxonomy()[category].codes(),
        )
        for category, weight in weights.items()
    ]
    return tuple(sorted(found, key=lambda category: (-category.score, category.category)))


def score(keywords: list[Keyword], title_end: int, *, anchored: bool = True) -> Conflict:
    """Return whether an article is conflict news: its hits weighted by how much each says so.

    What accidents and floods have too (deaths, displaced people) counts at most twice what they have not,
    and where it is alone not at all. ``anchored``: a word stands there that means conflict by itself.
    """
    sure = supporting = 0.0
    for keyword in keywords:
        category = meanings.taxonomy()[keyword.category]
        weight = _weight(keyword, title_end) * category.weight
        if category.supporting:
            supporting += weight
        else:
            sure += weight
    total = (sure + min(2 * sure, supporting)) * (1 if anchored else _UNANCHORED)
    score = round(total / (total + _HALF), 4)
    if _is_history(keywords, title_end):
        score = min(score, _HISTORY)
    return Conflict(value=score >= CONFLICT_FROM, score=score)


def _is_history(keywords: list[Keyword], title_end: int) -> bool:
    """Tell whether what an article speaks of is over: a commemoration, a museum.

    All of it is, or all in the title and most of the rest; and it is not much, as of a war told at length.
    """
    if len(keywords) > _FEW:
        return False
    past = [keyword for keyword in keywords if keyword.status == "historical"]
    title = [keyword for keyword in keywords if keyword.start < title_end]
    told = bool(title) and all(keyword.status == "historical" for keyword in title)
    return len(past) == len(keywords) or (told and len(past) >= _MOSTLY * (len(keywords) - len(past)))


def _weight(keyword: Keyword, title_end: int) -> float:
    place = (
        _TITLE_WEIGHT
        if keyword.start < title_end
        else _LEAD_WEIGHT
        if keyword.start < title_end + _LEAD
        else 1.0
    )
    return place * _STATUS_WEIGHT[keyword.status]
