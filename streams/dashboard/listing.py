"""Lists: items as answers, a page at a time, the newest first."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from streams.dashboard.answers import AlertItem, AnyItem, ArticleItem, DeadLetterItem, Page, StoryItem
from streams.dashboard.items import instant
from streams.dashboard.parameters import SEVERITIES, cursor
from streams.dashboard.positions import Spot, written


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item, ItemType
    from streams.dashboard.store import Store


def page(
    store: Store, type_: ItemType, chosen: Filter, *, limit: int, below: tuple[int, Spot, int] | None
) -> Page:
    """Return the newest items of a type that are meant, ``below`` a cursor where one is given."""
    matching = (item for item in store.newest(type_, below) if chosen.takes(item, store))
    found = list(islice(matching, limit + 1))
    return Page(
        items=tuple(shown(item, store) for item in found[:limit]),
        next=cursor(found[limit - 1].key) if len(found) > limit else None,
        position=written(store.position()),
    )


def all_revisions(store: Store, type_: ItemType, id_: str) -> Page:
    """Return what is kept of an item, the newest revision first."""
    found = reversed(store.revisions(type_, id_))
    return Page(
        items=tuple(shown(item, store) for item in found), next=None, position=written(store.position())
    )


def shown(item: Item, store: Store, *, whole: bool = False) -> AnyItem:
    """Return an item as it is answered with; ``whole``: the whole record of an article."""
    where: dict[str, Any] = {
        "id": item.id,
        "topic": item.spot.topic,
        "partition": item.spot.partition,
        "offset": item.offset,
        "time": instant(item.time),
        "revision": item.revision,
    }
    body = msgspec.Raw(item.record() if whole and item.packed else item.shown())
    if item.type == "alert":
        return AlertItem(alert=body, **where)
    if item.type == "story":
        return StoryItem(story=body, **where)
    if item.type == "dead_letter":
        return DeadLetterItem(dead_letter=body, **where)
    alerts = store.of_article("alert", item.id)
    return ArticleItem(
        article=body,
        severity=highest(alert.facets.severity for alert in alerts),
        alerts=tuple(alert.id for alert in alerts),
        stories=tuple(story.id for story in store.of_article("story", item.id)),
        **where,
    )


def highest(severities: Iterable[str | None]) -> str | None:
    """Return the highest severity, None where there is none; one that is not known here is the lowest."""
    found = [severity for severity in severities if severity]
    return max(found, key=rank, default=None)


def rank(severity: str) -> int:
    """Return how high a severity is."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1
