"""Step 5: how much an article is conflict news."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from streams import meanings
from streams.records import Conflict, Evidence, Silence


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.events.keywords import Mentions
    from streams.records import Actor, Keyword, MentionStatus


# An event that is asserted counts whole; one that is planned, denied or past speaks of
# conflict less; a film's title page not at all.
_STATUS_WEIGHT: dict[MentionStatus, float] = {
    "asserted": 1.0,
    "planned": 0.5,
    "hypothetical": 0.4,
    "negated": 0.3,
    "historical": 0.25,
    "commemorative": 0.15,
    "fictional": 0.0,
}
_SOUGHT = frozenset(["planned", "hypothetical", "negated"])
_PAST = frozenset(["historical", "commemorative", "fictional"])
_TITLE_WEIGHT = 2.0
_LEAD_WEIGHT = 1.3
LEAD = 300
"""Code points behind the title that are the lead."""

_UNANCHORED = 0.6
"""What the words of an article count of which none means conflict by itself."""

_HISTORY = 0.3
"""The score that an article of history has at most."""
_MOSTLY, _FEW = 2, 8
"""How many times as many mentions of the past it has as others, and how many at most."""
_MOST_SUPPORTED = 2
"""How many times what means conflict by itself the rest may add to it."""
_EVEN, _STEEPNESS = 2.15, 1.9
"""The evidence at which an article is as likely news of conflict as not, and how fast that changes."""
_WITH_PARTIES = 0.7
"""What it is the fraction of where parties to a conflict are named."""
_EVEN_SENTENCE, _WHOLE = 1.0, 100
"""That of a single sentence, one plain mention of an air strike, and the words of a whole article."""
_ELSEWHERE = 2.2
"""How many times as much it is where the title has no keyword, and a word of another domain: of such articles
of ``tests/archives`` one in fifty is conflict news."""
_LEAST = 0.02
"""Evidence that none counts as, for a logarithm."""
CONFLICT_FROM = 0.5
"""The score from which an article is conflict news."""
_MOST_EVIDENCE, _MOST_SILENCED = 20, 50


def score(mentions: Mentions, title_end: int, actors: Iterable[Actor] = ()) -> Conflict:
    """Return whether an article is conflict news: its hits weighted by how much each says so.

    What accidents and floods have too (deaths, displaced people) counts at most twice what they have not,
    and where it is alone not at all; so do fewer where no word stands there that means conflict by itself.

    The score is ``w^s / (w^s + h^s)`` of the weighted hits ``w``: the logistic curve over their logarithm
    that is likeliest for the labelled articles of ``tests/archives``, fitted by
    ``tests/quality/calibrate.py`` (never to those put aside). At the evidence ``h`` a score is one half,
    and from there it is a yes; ``h`` is less in a text of few words and where parties are named, and more
    where the title tells of something else.
    """
    keywords = mentions.keywords
    weights = weigh(keywords, title_end, anchored=mentions.anchored, unascribed=mentions.unascribed)
    total = sum(weights)
    even = even_at(mentions.words, parties=has_parties(actors), elsewhere=mentions.elsewhere)
    score = round(likelihood(total, even), 4) if total else 0.0
    if _is_history(keywords, title_end):
        score = min(score, _HISTORY)
    heaviest = sorted(zip(weights, keywords, strict=True), key=lambda pair: (-pair[0], pair[1].start))
    evidence = tuple(
        Evidence(
            start=keyword.start,
            end=keyword.end,
            surface=keyword.surface,
            category=keyword.category,
            weight=round(weight, 4),
        )
        for weight, keyword in heaviest[:_MOST_EVIDENCE]
    )
    silenced = tuple(
        Silence(
            start=word.start,
            end=word.end,
            surface=word.surface,
            category=word.category,
            reason=word.reason,
            domain=word.domain,
            status=word.status,
        )
        for word in mentions.silenced[:_MOST_SILENCED]
    )
    return Conflict(value=score >= CONFLICT_FROM, score=score, evidence=evidence, silenced=silenced)


def likelihood(evidence: float, even: float, steepness: float = 0.0) -> float:
    """Return how likely an article with so much evidence is news of conflict, one half at ``even``."""
    odds: float = (max(evidence, _LEAST) / even) ** (steepness or _STEEPNESS)
    return odds / (1 + odds)


def even_at(words: int, whole: float = 0.0, *, parties: bool = False, elsewhere: bool = False) -> float:
    """Return the evidence at which a text of so many words is as likely news of conflict as not.

    One that tells an event in a sentence has but one word for it; a whole article has more. It takes less
    where ``parties`` to a conflict are named, and more where its title is of
    something ``elsewhere``.
    """
    even = _EVEN_SENTENCE + ((whole or _EVEN) - _EVEN_SENTENCE) * min(1.0, words / _WHOLE)
    return even * (_WITH_PARTIES if parties else 1) * (_ELSEWHERE if elsewhere else 1)


def has_parties(actors: Iterable[Actor]) -> bool:
    """Tell whether an armed group is named, or who did something to whom."""
    return any(actor.type == "armed_group" or actor.role for actor in actors)


def weigh(
    keywords: list[Keyword], title_end: int, *, anchored: bool, unascribed: frozenset[int] = frozenset()
) -> list[float]:
    """Return what each keyword adds to the evidence.

    ``unascribed``: those, by index, of a cyber attack that is nobody's; like deaths they make no
    conflict alone.
    """
    taxonomy = meanings.taxonomy()
    weights = [
        weight(keyword, title_end, presumes=taxonomy[keyword.category].presumes)
        * taxonomy[keyword.category].weight
        for keyword in keywords
    ]
    supporting = [
        taxonomy[keyword.category].supporting or index in unascribed for index, keyword in enumerate(keywords)
    ]
    lent = sum(compress(weights, supporting))
    sure = sum(weights) - lent
    share = min(1.0, _MOST_SUPPORTED * sure / lent) if lent > 0 else 1.0
    whole = 1.0 if anchored else _UNANCHORED
    return [
        weight * whole * (share if helps else 1.0) for weight, helps in zip(weights, supporting, strict=True)
    ]


def _is_history(keywords: list[Keyword], title_end: int) -> bool:
    """Tell whether what an article speaks of is over: a commemoration, a museum.

    All of it is, or all in the title and most of the rest, half where the title itself commemorates; and it
    is not much, as of a war told at length.
    """
    past = [keyword for keyword in keywords if keyword.status in _PAST]
    remembered = any(keyword.status == "commemorative" for keyword in past)
    if len(keywords) > _FEW * (2 if remembered else 1):
        return False
    title = [keyword for keyword in keywords if keyword.start < title_end]
    told = bool(title) and all(keyword.status in _PAST for keyword in title)
    most = 1 if any(keyword.status == "commemorative" for keyword in title) else _MOSTLY
    return len(past) == len(keywords) or (told and len(past) >= most * (len(keywords) - len(past)))


def weight(keyword: Keyword, title_end: int, *, presumes: bool = False) -> float:
    """Return what a keyword counts by where it stands and by its status.

    ``presumes``: its category tells of a conflict also where it is only sought.
    """
    place = (
        _TITLE_WEIGHT
        if keyword.start < title_end
        else _LEAD_WEIGHT
        if keyword.start < title_end + LEAD
        else 1.0
    )
    if presumes and keyword.status in _SOUGHT:
        return place
    return place * _STATUS_WEIGHT[keyword.status]
