"""Records as the worker writes them, small ones, and stores that hold them; for tests of the dashboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from streams.dashboard import items
from streams.dashboard.items import TYPES, Item, ItemType
from streams.dashboard.positions import Spot
from streams.dashboard.store import Limit, Store


if TYPE_CHECKING:
    from collections.abc import Mapping

TOPICS: dict[ItemType, str] = {
    "article": "news.article.enriched",
    "alert": "news.alert",
    "story": "news.story",
    "dead_letter": "news.article.dead-letter",
}

PLACE = {
    "start": 0,
    "end": 5,
    "surface": "Idlib",
    "relation": "in",
    "name": "Idlib",
    "feature": "town",
    "country": "SY",
    "latitude": 35.9306,
    "longitude": 36.6339,
    "geonames_id": 169389,
}


def figure(
    low: int | None = 12, *, kind: str = "killed", status: str = "happened", **more: object
) -> dict[str, Any]:
    """Return a figure of people."""
    return {
        "surface": f"{low} people",
        "value": low,
        "low": low,
        "high": low,
        "qualifier": "exact",
        "unit": "person",
        "kind": kind,
        "status": status,
        "claimant": None,
        **more,
    }


def article(id_: str = "a", **more: object) -> dict[str, Any]:
    """Return an enriched article, as far as the dashboard reads it."""
    return {
        "schema": "kabar.enriched.v1",
        "id": id_,
        "url": f"https://example.com/{id_}",
        "title": "Air strike hits Idlib",
        "text": "Air strike hits Idlib\n\nTwelve people were killed in Idlib, medics said.",
        "title_end": 21,
        "published_at": "2026-10-04T09:30:00Z",
        "source": {"name": "Example Daily"},
        "language": {"code": "en", "confidence": 1.0, "reliable": True},
        "conflict": {"value": True, "score": 0.9},
        "categories": [{"category": "air_strike", "score": 0.9}],
        "figures": [figure()],
        "places": [PLACE],
        "main_place": PLACE,
        **more,
    }


def alert(id_: str = "x", article_id: str = "a", **more: object) -> dict[str, Any]:
    """Return an alert, as far as the dashboard reads it."""
    return {
        "schema": "kabar.alert.v1",
        "id": id_,
        "rule": "mass_casualties",
        "severity": "medium",
        "headline": "Mass casualties: Twelve people in Idlib",
        "reason": "It says so.",
        "article_id": article_id,
        "language": "en",
        "place": PLACE,
        "figures": [figure()],
        "keywords": [{"surface": "Air strike", "category": "air_strike"}],
        **more,
    }


def story(
    id_: str = "s", revision: int = 1, articles: tuple[str, ...] = ("a",), **more: object
) -> dict[str, Any]:
    """Return a story, as far as the dashboard reads it."""
    return {
        "schema": "kabar.story.v1",
        "id": id_,
        "revision": revision,
        "rule": "mass_casualties",
        "status": "open",
        "severity": "medium",
        "headline": "Mass casualties: 12 in Idlib",
        "reason": "Articles say so.",
        "articles": [{"id": one, "title": None} for one in articles],
        "languages": ["en"],
        "country": "SY",
        "place": PLACE,
        **more,
    }


def store(**limits: Limit) -> Store:
    """Return a store with room for everything, but for the types that are given a limit."""
    room: Mapping[ItemType, Limit] = {type_: limits.get(type_, Limit(10**6, 10**9)) for type_ in TYPES}
    return Store(room)


def add(
    kept: Store, type_: ItemType, record: dict[str, Any], partition: int = 0, *, time: int | None = None
) -> Item | None:
    """Add a record as the next one of a partition, which is opened where it is new."""
    spot = Spot(TOPICS[type_], partition)
    if spot not in kept.tracks:
        kept.open(spot, type_, 0, 0)
    offset = kept.tracks[spot].next
    return kept.add(item(type_, record, spot, offset, offset if time is None else time))


def item(type_: ItemType, record: dict[str, Any], spot: Spot, offset: int, time: int) -> Item:
    """Return the item of a record."""
    make = {"article": items.article, "alert": items.alert, "story": items.story}[type_]
    return make(json.dumps(record).encode(), spot=spot, offset=offset, time=time)
