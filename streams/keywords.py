"""Step 4a: the words that speak of conflict events, each with its status, and what silenced others.

A *strong* word means its category by itself. A *weak* one has other meanings too ("attack",
"war", "shoot"): it counts only where no word of another domain (sport, film, business …)
stands in its sentence, and where the article as a whole is not such an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams import meanings
from streams.records import Category, Conflict, Keyword, MentionStatus


if TYPE_CHECKING:
    from streams.lexicon import Hit, Scan
    from streams.sentences import Layout, Stretch


class Silenced(NamedTuple):
    """A word of the keyword lists that does not count here, and why."""

    start: int
    end: int
    surface: str
    category: str
    reason: str


class Mentions(NamedTuple):
    """The keywords of a text, and the words that were silenced."""

    keywords: list[Keyword]
    silenced: list[Silenced]


_DOMAIN_ARTICLE = 3
"""Words of other domains from which on an article is theirs, if they outnumber the strong words."""

_STATUS_WINDOW = 6
"""Words before a keyword in which a cue gives it its status."""


def find_keywords(scan: Scan, layout: Layout, year: int | None) -> Mentions:
    """Return the keywords of a text in order, and the words that were silenced.

    ``year`` is the year of publication, where it is known: sentences about years well
    before it are history.
    """
    silencers = scan.role("silencers")
    domains = scan.role("domain")
    strong = [
        hit
        for hit in scan.role("keyword")
        if hit.key.startswith("strong:") and not silencers.covers(hit.start, hit.end)
    ]
    elsewhere = len(domains) >= _DOMAIN_ARTICLE and len(domains) > 2 * len(strong)
    keywords: list[Keyword] = []
    silenced: list[Silenced] = []
    for hit in scan.role("keyword"):
        strength, _, category = hit.key.partition(":")
        surface = scan.text[hit.start : hit.end]
        sentence = layout.sentences[layout.sentence_index(hit.start)]
        reason = _silence(scan, layout, hit, strength, sentence, elsewhere=elsewhere)
        if reason:
            silenced.append(Silenced(hit.start, hit.end, surface, category, reason))
            continue
        status = _status(scan, layout, hit, sentence, year)
        keywords.append(
            Keyword(
                start=hit.start, end=hit.end, surface=surface, term=hit.form, category=category, status=status
            )
        )
    return Mentions(keywords, silenced)


_FICTION = frozenset(["film", "games"])
"""Domains in which any event is told and not reported."""


def _outside(scan: Scan, layout: Layout) -> bool:
    """Tell whether a strong word stands in a sentence without a word of fiction."""
    told = {layout.sentence_index(domain.start) for domain in scan.role("domain") if domain.key in _FICTION}
    return any(
        hit.key.startswith("strong:")
        and layout.sentence_index(hit.start) not in told
        and not scan.role("silencers").covers(hit.start, hit.end)
        for hit in scan.role("keyword")
    )


def _silence(
    scan: Scan, layout: Layout, hit: Hit, strength: str, sentence: Stretch, *, elsewhere: bool
) -> str | None:
    """Return why a word does not count, None where it does."""
    for silencer in scan.role("silencers").within(max(0, hit.start - 60), min(len(scan.text), hit.end + 60)):
        if silencer.start < hit.end and hit.start < silencer.end:
            return f"part of {silencer.form!r}"
    domains = scan.role("domain").within(sentence.start, sentence.end)
    if strength == "weak" and elsewhere:
        return "the article is about something else"
    if strength == "weak" and domains and not _strong_near(scan, sentence):
        return f"{domains[0].form!r} ({domains[0].key}) in its sentence"
    fiction = [domain for domain in domains if domain.key in _FICTION]
    if fiction and not _outside(scan, layout):
        return f"{fiction[0].form!r} ({fiction[0].key}) in its sentence"
    if (
        strength == "strong"
        and elsewhere
        and len(domains) > 1
        and len(scan.role("domain")) > 4 * _strong_count(scan)
    ):
        return f"{domains[0].form!r} ({domains[0].key}) in its sentence, and the article is about it"
    return None


def _strong_near(scan: Scan, sentence: Stretch) -> bool:
    return any(
        hit.key.startswith("strong:") and not scan.role("silencers").covers(hit.start, hit.end)
        for hit in scan.role("keyword").within(sentence.start, sentence.end)
    )


def _strong_count(scan: Scan) -> int:
    return sum(hit.key.startswith("strong:") for hit in scan.role("keyword"))


def _status(scan: Scan, layout: Layout, hit: Hit, sentence: Stretch, year: int | None) -> MentionStatus:
    """Return whether an event is asserted, planned, negated, hypothetical or history."""
    cues = scan.role("status")
    cut = scan.role("clause_ends").last_before(hit.start, sentence.start)
    start = cut.start if cut else sentence.start
    for cue in reversed(cues.within(start, hit.start)):
        if cue.key == "historical":
            return "historical"
        if layout.words_between(cue.end, hit.start) <= _STATUS_WINDOW:
            return cue.key  # type: ignore[return-value]
    if any(cue.key == "historical" for cue in cues.within(sentence.start, sentence.end)):
        return "historical"
    # "The truce could hold": a modal right behind its noun.
    for cue in cues.within(hit.end, min(sentence.end, hit.end + 30)):
        near = layout.words_between(hit.end, cue.start) <= 1
        cut_off = scan.role("clause_ends").within(hit.end, cue.start) or _cut(scan.text[hit.end : cue.start])
        if near and cue.key in ("planned", "hypothetical") and not cut_off:
            return cue.key  # type: ignore[return-value]
    if year is not None and any(
        found < year - 1 for found in years(scan.folded[sentence.start : sentence.end])
    ):
        return "historical"
    return "asserted"


def _cut(gap: str) -> bool:
    return any(sign in gap for sign in ",;:.()\u2013\u2014")


def years(text: str) -> list[int]:
    """Return the years (1800 to 2100) that stand alone in a text as four digits."""
    found = []
    at = 0
    while at < len(text):
        if not text[at].isdecimal():
            at += 1
            continue
        end = at
        while end < len(text) and text[end].isdecimal():
            end += 1
        before, after = text[at - 1 : at], text[end : end + 2]
        joined = before in (".", ",", "-") or (after[:1] in (".", ",") and after[1:].isdecimal())
        if end - at == 4 and not joined and text[at:end].isascii() and 1800 <= int(text[at:end]) <= 2100:  # noqa: PLR2004
            found.append(int(text[at:end]))
        at = end
    return found


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


def conflict(keywords: list[Keyword], title_end: int) -> Conflict:
    """Return whether an article is conflict news: its hits weighted by how much each says so."""
    total = sum(
        _weight(keyword, title_end) * meanings.taxonomy()[keyword.category].weight for keyword in keywords
    )
    score = round(total / (total + _HALF), 4)
    return Conflict(value=score >= CONFLICT_FROM, score=score)


def _weight(keyword: Keyword, title_end: int) -> float:
    place = (
        _TITLE_WEIGHT
        if keyword.start < title_end
        else _LEAD_WEIGHT
        if keyword.start < title_end + _LEAD
        else 1.0
    )
    return place * _STATUS_WEIGHT[keyword.status]
