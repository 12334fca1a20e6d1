"""The record of a story: what many articles tell of one event, with its history.

A story is a function of the reports that are known: whatever order they came in, the last record of a story
is the same. Every number in ``headline`` and ``reason`` is in a cited span of one of its articles: of the
enriched article ``article_id``, ``text[start:end] == surface`` holds, in code points. Fields are only ever
added.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from streams.records import Kind, Number, Place, Qualifier, Record, Ruleset, Severity, Span, Stance


StoryStatus = Literal["open", "corrected", "denied", "cancelled", "superseded", "withdrawn"]
"""What became of a story. ``open``: as it was told. ``corrected``: a toll was brought down. ``denied``:
someone denies it. ``cancelled``: what would cancel it came to be, such as a correction below the lowest
level. ``superseded``: earlier reports came in late, and it is told by the story ``superseded_by``.
``withdrawn``: no report raises it any more."""

Change = Literal[
    "raised",
    "rule",
    "escalated",
    "toll_up",
    "corrected",
    "disputed",
    "denial",
    "corroborated",
    "cancelled",
]
"""What an update tells. ``raised``: the first alert of the story. ``rule``: another rule fires on it.
``escalated``: its severity rose. ``toll_up``: a figure of its rules rose. ``corrected``: one was brought
down. ``disputed``: another claimant gives another number. ``denial``: someone denies it. ``corroborated``:
one more independent source. ``cancelled``: a correction that brings it below what would have raised it, or an
article that says that it is over or was none: ``rule`` is what it cancels, ``cited`` what says so."""


class Citation(Span, frozen=True):
    """A stretch of the text of one of the story's articles."""

    article_id: str


class StoryClaimant(Citation, frozen=True):
    """Who says a figure.

    ``id`` is an actor's, the same in all languages, null where it is none that is known.
    """

    id: str | None = None
    stance: Stance = "said"


class StoryClaim(Record, frozen=True):
    """The latest that one claimant says of one kind of figure.

    Without a ``claimant`` it is what ``source`` itself reports. ``low`` is the bound that the severity goes
    by. ``earlier`` is the lower bound that the same claimant gave before, null where it gave none or the
    same. ``overtaken``: a later,
    higher number of others has taken its place; it is listed, and no part of the toll.
    """

    kind: Kind
    low: Number | None
    high: Number | None
    value: Number | None
    qualifier: Qualifier
    unit: str
    cited: Citation
    number: Citation
    claimant: StoryClaimant | None
    source: str | None
    language: str
    at: str
    earlier: Number | None = None
    overtaken: bool = False


class Toll(Record, frozen=True):
    """What the latest claims of one kind say together: the lowest and the highest, never a mean.

    ``disputed`` is true where claimants differ. ``at_first`` is what the first article gave, null for a
    kind that came later.
    """

    kind: Kind
    unit: str
    lowest: Number
    highest: Number
    disputed: bool
    at_first: Number | None = None


class StoryRule(Record, frozen=True):
    """A rule that fires on the story.

    How grave by it, why (see ``threshold`` of an alert), since when, by which article.
    """

    rule: str
    severity: Severity
    threshold: dict[str, Any]
    at: str
    article_id: str


class StorySource(Record, frozen=True):
    """Who tells the story.

    ``independent``: with an article in words of its own, no copy of another source's.
    """

    name: str
    articles: int
    independent: bool
    first_at: str
    url: str | None = None
    country: str | None = None


class Sources(Record, frozen=True):
    """Who tells the story, and how many of them in words of their own.

    ``total`` counts sources, ``independent`` those of them with an article that is no copy of an earlier
    one of another source, ``articles`` all articles, ``copies`` those that are copies. ``listed`` has the
    first fifty.
    """

    total: int
    independent: int
    articles: int
    copies: int
    listed: tuple[StorySource, ...]


class StoryUpdate(Record, frozen=True):
    """One step in a story's history, in the order of event time.

    ``before`` and ``now`` are lower bounds of ``kind`` where a toll changes, numbers of independent sources
    for ``corroborated``. ``severity`` is the story's from then on. ``cited`` is what the step rests on.
    """

    change: Change
    at: str
    article_id: str
    severity: Severity
    source: str | None = None
    rule: str | None = None
    kind: Kind | None = None
    before: Number | None = None
    now: Number | None = None
    claimant: str | None = None
    cited: Citation | None = None


class Statistics(Record, frozen=True):
    """Why a rule over time fires.

    ``found`` articles, without copies and what one source wrote more than all others together, were
    ``expected`` to be so many by the ``baseline_days`` before, which held ``baseline`` articles.
    ``probability`` is that of so many or more by the ``model``.
    """

    model: str
    category: str | None
    found: int
    expected: float
    probability: float
    baseline: int
    baseline_days: int


class StoryArticle(Record, frozen=True):
    """An article of the story; ``copy_of`` is the article whose text it has, nearly or wholly."""

    id: str
    at: str
    language: str
    source: str | None
    url: str | None
    title: str | None
    copy_of: str | None = None


class Story(Record, frozen=True, tag_field="schema", tag="kabar.story.v1"):
    """What many articles tell of one event: raised once, updated, never repeated.

    ``id`` stays; ``revision`` rises with each record of the same id. ``rule`` says what happened,
    ``severity`` is that of the gravest of ``rules``, reached by the ``threshold``. ``family`` is what
    stories are kept apart by, beside place and time. ``place`` is the town that most articles are
    about, as one of them names it. ``first_at`` and ``last_at`` are event times (RFC 3339, UTC): when
    articles were published. Reports after ``window_ends`` are another story.

    ``tolls`` sums up ``claims``, which stand side by side. ``evidence`` is what headline and reason cite.
    ``updates`` is the history: the first ten and the newest ninety. ``articles`` lists at most a hundred.
    ``omitted`` counts what is not listed. ``denied_by`` and ``denies`` link a story and the story of its
    denial. ``statistics`` is there for rules over time.
    """

    id: str
    revision: int
    family: str
    rule: str
    status: StoryStatus
    severity: Severity
    headline: str
    reason: str
    threshold: dict[str, Any]
    cancels: str
    country: str | None
    place: Place | None
    place_article_id: str | None
    first_at: str
    last_at: str
    window_ends: str
    rules: tuple[StoryRule, ...]
    tolls: tuple[Toll, ...]
    claims: tuple[StoryClaim, ...]
    sources: Sources
    updates: tuple[StoryUpdate, ...]
    evidence: tuple[Citation, ...]
    articles: tuple[StoryArticle, ...]
    languages: tuple[str, ...]
    omitted: dict[str, int]
    ruleset: Ruleset
    denied_by: str | None = None
    denies: str | None = None
    superseded_by: str | None = None
    statistics: Statistics | None = None


_ENCODER = msgspec.json.Encoder()


def story_json(story: Story) -> bytes:
    """Return a story as one line of JSON, UTF-8, without a line end; the same story gives the same bytes."""
    return _ENCODER.encode(story)
