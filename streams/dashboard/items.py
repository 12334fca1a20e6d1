"""Items: one record of an output topic as the dashboard keeps it.

What is searched and counted by is taken out once (:class:`Facets`); the record itself is kept
compressed, and given out byte for byte as it stood on its topic (white space between its tokens aside).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal, get_args
from unicodedata import normalize

import msgspec
import zstandard

from streams.dashboard.answers import ArticleSummary, Letter, ShownFigure
from streams.dashboard.views import AlertView, ArticleView, FigureView, PlaceView, StoryView
from streams.records import PeopleKind


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from streams.dashboard.positions import Spot


ItemType = Literal["article", "alert", "story", "dead_letter"]
TYPES: Final[tuple[ItemType, ...]] = get_args(ItemType)

EXCERPT = 280
"""Code points of the text that a list shows."""

TOLLS = 8
"""Figures that a list shows of an article, at most."""

OVERHEAD = 3_600
"""Bytes of memory that an item takes beside its record and its text, about, with the gaps that those leave
which went before: measured by a test."""

_PEOPLE: Final = get_args(PeopleKind)
_SHOWN: Final = frozenset(_PEOPLE) | {
    "strikes",
    "munitions_count",
    "munitions_mass",
    "intercepted",
    "vehicles_destroyed",
    "facilities_destroyed",
    "buildings_destroyed",
    "money_damage",
    "money_aid",
    "money_cost",
    "area",
}
_LEVEL = 3
_LONGEST_KEY = 300


class ItemError(ValueError):
    """A record that is none of those the dashboard shows."""


@dataclass(slots=True, frozen=True, kw_only=True)
class Facets:
    """What an item is found and counted by. ``haystack`` is its text as :func:`folded` gives it, in UTF-8.

    ``category`` is the first of an article's categories. ``tolls`` holds, for each kind of people and the
    status ``happened``, the bounds of the largest figure that is no sum since some time. ``published`` is
    in milliseconds since 1970.
    """

    languages: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    sources: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    severity: str | None = None
    conflict: bool | None = None
    status: str | None = None
    stage: str | None = None
    error_type: str | None = None
    category: str | None = None
    place: PlaceView | None = None
    tolls: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    published: int | None = None
    haystack: bytes = b""


@dataclass(slots=True, eq=False, kw_only=True)
class Item:
    """A record in the store.

    ``time`` is Kafka's timestamp in milliseconds since 1970, never less than that of the record before it in
    its partition. ``summary`` is what lists show, in JSON; empty where they show the whole record. ``seq``
    counts the items as they came, ``latest`` tells that no newer revision of it is there.
    """

    type: ItemType
    id: str
    spot: Spot
    offset: int
    time: int
    facets: Facets
    digest: bytes
    summary: bytes
    packed: bytes
    size: int = 0
    revision: int = 1
    seq: int = 0
    latest: bool = True

    def __post_init__(self) -> None:
        self.size = OVERHEAD + sum(
            map(len, (self.summary, self.packed, self.facets.haystack, self.id.encode()))
        )

    @property
    def key(self) -> tuple[int, Spot, int]:
        """Return what items are ordered by: time, then where they lie. It outlives a restart."""
        return (self.time, self.spot, self.offset)

    def record(self) -> bytes:
        """Return the record as it stood on its topic."""
        return _unpacked(self.packed)

    def shown(self) -> bytes:
        """Return what lists and the stream show of the record, in JSON."""
        return self.summary or self.record()


def article(value: bytes, **where: Any) -> Item:  # noqa: ANN401 - where it lies, for Item
    """Return the item of an enriched article. Raises :class:`ItemError` where it is none."""
    view = _decoded(value, _ARTICLE)
    places = [*view.places, *([view.main_place] if view.main_place else [])]
    source = view.source.name if view.source else None
    facets = Facets(
        languages=_set([view.language.code]),
        categories=_set(category.category for category in view.categories),
        countries=_set(place.country for place in places),
        kinds=_set(figure.kind for figure in view.figures),
        sources=_names([source]),
        articles=frozenset([view.id]),
        places=_keys(places),
        conflict=view.conflict.value,
        category=sys.intern(view.categories[0].category) if view.categories else None,
        place=view.main_place,
        tolls=_tolls(view.figures),
        published=milliseconds(view.published_at),
        haystack=_haystack([view.text]),
    )
    return Item(
        type="article",
        id=view.id,
        facets=facets,
        digest=_digest(value),
        summary=_summary(view, facets),
        packed=_packed(value),
        **where,
    )


def alert(value: bytes, **where: Any) -> Item:  # noqa: ANN401 - as above
    """Return the item of an alert. Raises :class:`ItemError` where it is none."""
    view = _decoded(value, _ALERT)
    facets = Facets(
        languages=_set([view.language]),
        categories=_set(keyword.category for keyword in view.keywords),
        countries=_set([view.place.country if view.place else None]),
        kinds=_set(figure.kind for figure in view.figures),
        rules=_set([view.rule]),
        sources=_names([view.source.name if view.source else None]),
        articles=frozenset([view.article_id]),
        places=_keys([view.place] if view.place else []),
        severity=sys.intern(view.severity),
        conflict=True,
        place=view.place,
        published=milliseconds(view.published_at),
        haystack=_haystack(
            [
                view.headline,
                view.reason,
                view.article_title,
                view.place and view.place.name,
                *(figure.surface for figure in view.figures),
                *(keyword.surface for keyword in view.keywords),
            ]
        ),
    )
    return Item(
        type="alert",
        id=view.id,
        facets=facets,
        digest=_digest(value),
        summary=b"",
        packed=_packed(_on_one_line(value)),
        **where,
    )


def story(value: bytes, **where: Any) -> Item:  # noqa: ANN401 - as above
    """Return the item of a story. Raises :class:`ItemError` where it is none."""
    view = _decoded(value, _STORY)
    cited = [part.surface for claim in view.claims for part in (claim.cited, claim.claimant) if part]
    facets = Facets(
        languages=_set(view.languages),
        countries=_set([view.country, view.place.country if view.place else None]),
        kinds=_set([*(toll.kind for toll in view.tolls), *(claim.kind for claim in view.claims)]),
        rules=_set([view.rule, *(raised.rule for raised in view.rules)]),
        sources=_names(source.name for source in view.sources.listed),
        articles=frozenset(told.id for told in view.articles),
        places=_keys([view.place] if view.place else []),
        severity=sys.intern(view.severity),
        conflict=True,
        status=sys.intern(view.status),
        place=view.place,
        published=milliseconds(view.last_at),
        haystack=_haystack(
            [
                view.headline,
                view.reason,
                view.place and view.place.name,
                *cited,
                *(told.title for told in view.articles),
            ]
        ),
    )
    return Item(
        type="story",
        id=view.id,
        facets=facets,
        digest=_digest(value),
        summary=b"",
        packed=_packed(_on_one_line(value)),
        revision=view.revision,
        **where,
    )


def dead_letter(
    value: bytes | None, key: bytes | None, headers: Mapping[str, str], *, spot: Spot, offset: int, time: int
) -> Item:
    """Return the item of a dead letter: what its headers say, not its bytes."""
    stage, error_type = headers.get("error.stage", "?"), headers.get("error.type", "?")
    origin = ":".join(headers.get(f"error.{part}", "?") for part in ("topic", "partition", "offset"))
    shown = Letter(
        stage=stage,
        error_type=error_type,
        message=headers.get("error.message", ""),
        origin=origin,
        key=None if key is None else key[:_LONGEST_KEY].decode("utf-8", "replace"),
        size=len(value or b""),
    )
    body = msgspec.json.encode(shown)
    return Item(
        type="dead_letter",
        id=f"{spot.topic}:{spot.partition}:{offset}",
        spot=spot,
        offset=offset,
        time=time,
        facets=Facets(
            stage=sys.intern(stage),
            error_type=sys.intern(error_type),
            haystack=_haystack([shown.message, origin, shown.key]),
        ),
        digest=_digest(body),
        summary=body,
        packed=b"",
    )


def folded(text: str) -> str:
    """Return a text as it is searched: case and width of letters do not matter."""
    return normalize("NFKC", text).casefold()


def milliseconds(text: str | None) -> int | None:
    """Return a time as articles give it (ISO 8601, or as in mail), in milliseconds; None where it is none.

    A time without a zone is taken as UTC.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


def place_key(place: PlaceView) -> str | None:
    """Return what a place is known by: GeoNames' number, else country and name; None where neither is known.

    The Gaza Strip and some other places of the news have no number there.
    """
    if place.geonames_id is not None:
        return str(place.geonames_id)
    return f"{place.country or ''}:{place.name}" if place.name else None


def instant(time: int) -> str:
    """Return milliseconds since 1970 as RFC 3339 writes them, in UTC."""
    moment = datetime.fromtimestamp(time / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_ARTICLE = msgspec.json.Decoder(ArticleView)
_ALERT = msgspec.json.Decoder(AlertView)
_STORY = msgspec.json.Decoder(StoryView)


def _decoded(value: bytes, decoder: Any) -> Any:  # noqa: ANN401 - the view it decodes
    try:
        value.decode()  # fields that are passed over are given out too
        return decoder.decode(value)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError) as error:
        raise ItemError(str(error)) from None


def _summary(view: ArticleView, facets: Facets) -> bytes:
    body = view.text[view.title_end :].strip()
    cut = body[:EXCERPT]
    if len(body) > EXCERPT:
        cut = cut.rpartition(" ")[0] or cut
        cut += " …"
    return msgspec.json.encode(
        ArticleSummary(
            url=view.url,
            title=view.title,
            published_at=view.published_at,
            source=view.source,
            language=view.language.code,
            language_reliable=view.language.reliable,
            conflict=view.conflict,
            categories=view.categories,
            countries=tuple(sorted(facets.countries)),
            place=view.main_place,
            kinds=tuple(sorted(facets.kinds)),
            tolls=_shown(view.figures),
            figures=len(view.figures),
            excerpt=" ".join(cut.split()),
        )
    )


def _shown(figures: Iterable[FigureView]) -> tuple[ShownFigure, ...]:
    """Return the figures that a list shows: of people first, and the largest first."""
    chosen = sorted(
        (figure for figure in figures if figure.kind in _SHOWN),
        key=lambda figure: (figure.kind not in _PEOPLE, -_low(figure)),
    )
    return tuple(
        ShownFigure(
            kind=figure.kind,
            surface=figure.surface,
            value=figure.value,
            low=figure.low,
            high=figure.high,
            qualifier=figure.qualifier,
            unit=figure.unit,
            status=figure.status,
            claimant=figure.claimant.surface if figure.claimant else None,
        )
        for figure in chosen[:TOLLS]
    )


def _tolls(figures: Iterable[FigureView]) -> dict[str, tuple[float, float]]:
    """Return the bounds of the largest figure of each kind of people that did happen.

    What a war has cost so far says nothing of the day it is written on: it is left out.
    """
    found: dict[str, tuple[float, float]] = {}
    for figure in figures:
        if figure.scope == "cumulative":
            continue
        if figure.kind in _PEOPLE and figure.status == "happened" and figure.unit == "person":
            low = _low(figure)
            bounds = (low, max(low, float(figure.high if figure.high is not None else low)))
            kind = sys.intern(figure.kind)
            found[kind] = max(found.get(kind, bounds), bounds)
    return found


def _low(figure: FigureView) -> float:
    """Return the lower bound; a figure that has none says "at most", and may be nothing."""
    if figure.low is not None:
        return float(figure.low)
    return float(figure.value or 0) if figure.high is None else 0.0


def _set(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(sys.intern(value) for value in values if value)


def _names(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sys.intern(value) for value in values if value))


def _keys(places: Iterable[PlaceView]) -> frozenset[str]:
    return frozenset(sys.intern(key) for place in places if (key := place_key(place)) is not None)


def _haystack(texts: Iterable[str | None]) -> bytes:
    return folded("\n".join(text for text in texts if text)).encode("utf-8", "replace")


def _digest(value: bytes) -> bytes:
    return blake2b(value, digest_size=12).digest()


_COMPRESSOR = zstandard.ZstdCompressor(level=_LEVEL)
_DECOMPRESSOR = zstandard.ZstdDecompressor()


def _packed(value: bytes) -> bytes:
    # A copy: what the library gives back goes on taking the room that it could have needed.
    return memoryview(_COMPRESSOR.compress(value)).tobytes()


# The stream gives the newest ones to each of its readers.
@lru_cache(maxsize=64)
def _unpacked(packed: bytes) -> bytes:
    return _DECOMPRESSOR.decompress(packed)


def _on_one_line(value: bytes) -> bytes:
    """Return JSON without white space between its tokens: an event is a line."""
    return msgspec.json.format(value, indent=-1) if b"\n" in value or b"\r" in value else value
