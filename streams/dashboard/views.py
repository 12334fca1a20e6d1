"""What the dashboard needs of the records it reads, and no more.

Readers ignore fields and values that they do not know, so that an older dashboard shows what a
newer worker wrote; what is here must be there, and of its type, or the record is not shown.
"""

from __future__ import annotations

import msgspec

from streams.records import Number


class View(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Part of a record; other fields are passed over."""


class SourceView(View, frozen=True):
    """See :class:`streams.records.Source`."""

    name: str | None = None
    id: str | None = None
    url: str | None = None
    country: str | None = None


class PlaceView(View, frozen=True):
    """See :class:`streams.records.Place`."""

    surface: str
    name: str | None = None
    feature: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    geonames_id: int | None = None


class Named(View, frozen=True):
    """Anything with a surface: a claimant, a span."""

    surface: str


class FigureView(View, frozen=True):
    """See :class:`streams.records.Figure`."""

    surface: str
    value: Number | None
    low: Number | None
    high: Number | None
    qualifier: str
    unit: str
    kind: str
    status: str
    scope: str = "unknown"
    claimant: Named | None = None


class LanguageView(View, frozen=True):
    """See :class:`streams.records.Language`."""

    code: str
    reliable: bool


class ConflictView(View, frozen=True):
    """See :class:`streams.records.Conflict`."""

    value: bool
    score: float


class CategoryView(View, frozen=True):
    """See :class:`streams.records.Category`."""

    category: str
    score: float


class KeywordView(View, frozen=True):
    """See :class:`streams.records.Keyword`."""

    surface: str
    category: str


class ArticleView(View, frozen=True):
    """See :class:`streams.records.EnrichedArticle`."""

    id: str
    text: str
    title_end: int
    language: LanguageView
    conflict: ConflictView
    categories: tuple[CategoryView, ...]
    figures: tuple[FigureView, ...]
    places: tuple[PlaceView, ...]
    main_place: PlaceView | None
    url: str | None = None
    title: str | None = None
    published_at: str | None = None
    source: SourceView | None = None


class AlertView(View, frozen=True):
    """See :class:`streams.records.Alert`."""

    id: str
    rule: str
    severity: str
    headline: str
    reason: str
    article_id: str
    language: str
    figures: tuple[FigureView, ...]
    keywords: tuple[KeywordView, ...]
    article_title: str | None = None
    published_at: str | None = None
    source: SourceView | None = None
    place: PlaceView | None = None


class RaisedView(View, frozen=True):
    """See :class:`streams.stories.records.Story`, ``rules``."""

    rule: str


class TollView(View, frozen=True):
    """See :class:`streams.stories.records.Story`, ``tolls``."""

    kind: str
    unit: str
    lowest: Number | None = None
    highest: Number | None = None


class ClaimView(View, frozen=True):
    """See :class:`streams.stories.records.Story`, ``claims``."""

    kind: str
    cited: Named | None = None
    claimant: Named | None = None


class SourcesView(View, frozen=True):
    """See :class:`streams.stories.records.Story`, ``sources``."""

    listed: tuple[SourceView, ...] = ()


class ToldView(View, frozen=True):
    """See :class:`streams.stories.records.Story`, ``articles``."""

    id: str
    title: str | None = None


class StoryView(View, frozen=True):
    """See :class:`streams.stories.records.Story`."""

    id: str
    revision: int
    rule: str
    status: str
    severity: str
    headline: str
    reason: str
    articles: tuple[ToldView, ...]
    languages: tuple[str, ...]
    rules: tuple[RaisedView, ...] = ()
    tolls: tuple[TollView, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    sources: SourcesView = SourcesView()
    country: str | None = None
    place: PlaceView | None = None
    last_at: str | None = None
