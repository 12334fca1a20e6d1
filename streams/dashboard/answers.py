"""What the API answers with: the types that are encoded, and that OpenAPI describes.

What stands in an item as ``Raw`` is JSON from a topic, or made once when the record came.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from streams.dashboard.views import CategoryView, ConflictView, PlaceView, SourceView
from streams.records import Number


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Part of an answer."""


class ShownFigure(Answer, frozen=True):
    """A figure as lists show it; see the enriched record's figures. ``claimant`` is the name in the text."""

    kind: str
    surface: str
    value: Number | None
    low: Number | None
    high: Number | None
    qualifier: str
    unit: str
    status: str
    claimant: str | None


class ArticleSummary(Answer, frozen=True):
    """What lists and the stream show of an article.

    ``tolls`` are at most eight of its figures, of people first, the largest first; ``figures`` says how many
    it has. ``excerpt`` is the beginning of the text behind the title.
    """

    url: str | None
    title: str | None
    published_at: str | None
    source: SourceView | None
    language: str
    language_reliable: bool
    conflict: ConflictView
    categories: tuple[CategoryView, ...]
    countries: tuple[str, ...]
    place: PlaceView | None
    kinds: tuple[str, ...]
    tolls: tuple[ShownFigure, ...]
    figures: int
    excerpt: str


class Letter(Answer, frozen=True):
    """A dead letter: what its headers say. ``size`` is that of the record's value, in bytes."""

    stage: str
    error_type: str
    message: str
    origin: str
    key: str | None
    size: int


class Where(Answer, frozen=True):
    """Where an item lies, and when it came: Kafka's timestamp, RFC 3339 in UTC.

    ``revision`` counts the different records of this id that were seen; a story has its own number.
    """

    id: str
    topic: str
    partition: int
    offset: int
    time: str
    revision: int


class ArticleItem(Where, frozen=True, tag_field="type", tag="article"):
    """An article, with the highest severity of its alerts that are known, and their ids."""

    severity: str | None
    alerts: tuple[str, ...]
    stories: tuple[str, ...]
    article: msgspec.Raw


class AlertItem(Where, frozen=True, tag_field="type", tag="alert"):
    """An alert, as it stands on its topic."""

    alert: msgspec.Raw


class StoryItem(Where, frozen=True, tag_field="type", tag="story"):
    """A story, as it stands on its topic."""

    story: msgspec.Raw


class DeadLetterItem(Where, frozen=True, tag_field="type", tag="dead_letter"):
    """A dead letter."""

    dead_letter: msgspec.Raw


AnyItem = ArticleItem | AlertItem | StoryItem | DeadLetterItem


class Page(Answer, frozen=True):
    """A part of a list, the newest first; ``next`` is the cursor of what follows, null where nothing does.

    ``position`` is how far the topics were read: a stream that goes on there misses nothing.
    """

    items: tuple[AnyItem, ...]
    next: str | None
    position: str


class Count(Answer, frozen=True):
    """A value, and how many have it."""

    value: str
    count: int


class FacetsAnswer(Answer, frozen=True):
    """The values there are, the most frequent first; each counted with all filters but its own."""

    of: Literal["article", "alert", "story"]
    total: int
    language: tuple[Count, ...]
    category: tuple[Count, ...]
    country: tuple[Count, ...]
    kind: tuple[Count, ...]
    severity: tuple[Count, ...]
    rule: tuple[Count, ...]
    source: tuple[Count, ...]


class TollSum(Answer, frozen=True):
    """The largest figure of each article, added up: as reported, not of different events."""

    low: float
    high: float
    articles: int


class CategoryPoint(Answer, frozen=True):
    """The articles whose first category it is, and their tolls by kind."""

    articles: int
    tolls: dict[str, TollSum]


class Point(Answer, frozen=True):
    """One step of a series."""

    start: str
    articles: int
    conflict: int
    alerts: int
    stories: int
    severities: dict[str, int]
    categories: dict[str, CategoryPoint]
    tolls: dict[str, TollSum]


class SeriesAnswer(Answer, frozen=True):
    """The points that hold something, the oldest first; ``truncated`` where older ones are left out."""

    step: str
    by: str
    truncated: bool
    points: tuple[Point, ...]
    position: str


class CountryCount(Answer, frozen=True):
    """What there is of a country."""

    country: str
    articles: int
    alerts: int
    stories: int
    severity: str | None


class PlaceCount(Answer, frozen=True):
    """What there is of a place; ``newest`` are the ids of its newest stories and alerts.

    ``key`` is what it is known by: GeoNames' number, or country and name where it has none.
    """

    key: str
    geonames_id: int | None
    name: str | None
    feature: str | None
    country: str | None
    latitude: float
    longitude: float
    articles: int
    alerts: int
    stories: int
    severity: str | None
    newest: tuple[str, ...]


class MapAnswer(Answer, frozen=True):
    """Countries and places, those with the most alerts first."""

    truncated: bool
    countries: tuple[CountryCount, ...]
    places: tuple[PlaceCount, ...]
    position: str


class Kept(Answer, frozen=True):
    """What is kept of a type."""

    count: int
    bytes: int
    limit: int
    limit_bytes: int
    oldest: str | None
    newest: str | None


class Rate(Answer, frozen=True):
    """Records a minute, of the last minute and of the last five."""

    minute: float
    five_minutes: float


class PartitionLag(Answer, frozen=True):
    """How far the worker's group is in a partition of the raw topic."""

    partition: int
    end: int
    committed: int | None
    lag: int


class Lag(Answer, frozen=True):
    """How far the worker's group is behind; where ``total`` is null, ``detail`` says why it is not known."""

    group: str
    total: int | None
    partitions: tuple[PartitionLag, ...]
    at: str | None
    detail: str | None


class LetterCount(Answer, frozen=True):
    """How many dead letters of a stage and a type are kept."""

    stage: str
    error_type: str
    count: int


class Clients(Answer, frozen=True):
    """The readers of the stream: now, at most, ever, cut off because they were too slow, turned away."""

    now: int
    limit: int
    served: int
    dropped: int
    refused: int


class Broker(Answer, frozen=True):
    """Whether the broker answers, since when that is so, and if not, why."""

    connected: bool
    detail: str | None
    since: str


class StatsAnswer(Answer, frozen=True):
    """Counts of the dashboard, and of the stream."""

    now: str
    started: str
    version: str
    ready: bool
    broker: Broker
    kept: dict[str, Kept]
    forgotten: dict[str, int]
    read: dict[str, int]
    rates: dict[str, Rate]
    lag: Lag
    dead_letters: tuple[LetterCount, ...]
    clients: Clients


class NamedId(Answer, frozen=True):
    """A category: its id, and what it is."""

    id: str
    name: str


class LanguageName(Answer, frozen=True):
    """A language that figures are read in."""

    code: str
    name: str


class MetaAnswer(Answer, frozen=True):
    """What there is to ask for."""

    version: str
    kinds: tuple[str, ...]
    severities: tuple[str, ...]
    statuses: tuple[str, ...]
    categories: tuple[NamedId, ...]
    languages: tuple[LanguageName, ...]
    rules: tuple[str, ...]
    topics: dict[str, str]
    steps: tuple[str, ...]
    token: bool
    limits: dict[str, int]


class Hello(Answer, frozen=True):
    """The first event of a connection: where it begins."""

    position: str
    version: str
    ready: bool


class Heartbeat(Answer, frozen=True):
    """Nothing has happened."""

    now: str


class Reset(Answer, frozen=True):
    """Something was missed for good; the lists are to be read anew. ``reason``: too-old, or unknown."""

    reason: Literal["too-old", "unknown"]
    detail: str
    position: str


class Health(Answer, frozen=True):
    """Whether it is well."""

    status: str
    detail: str | None = None


def encoded(answer: Any) -> bytes:  # noqa: ANN401 - any of the above
    """Return an answer as JSON."""
    return msgspec.json.encode(answer)
