"""The map: articles, alerts and stories by country and by place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streams.dashboard.answers import CountryCount, MapAnswer, PlaceCount
from streams.dashboard.items import place_key
from streams.dashboard.listing import highest
from streams.dashboard.positions import written


if TYPE_CHECKING:
    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item, ItemType
    from streams.dashboard.store import Store
    from streams.dashboard.views import PlaceView


MOST = 2_000
"""Places that are given, at most."""

NEWEST = 5
"""Ids of stories and alerts that are given of a place, at most."""

_TYPES: tuple[ItemType, ...] = ("story", "alert", "article")


@dataclass(slots=True)
class _Pin:
    counts: Counter[str] = field(default_factory=Counter)
    severity: str | None = None
    newest: list[str] = field(default_factory=list)

    def add(self, item: Item) -> None:
        self.counts[item.type] += 1
        self.severity = highest([self.severity, item.facets.severity])
        if item.type != "article" and len(self.newest) < NEWEST:
            self.newest.append(item.id)

    @property
    def weight(self) -> tuple[int, int]:
        return (-self.counts["story"] - self.counts["alert"], -self.counts["article"])


def world_map(store: Store, chosen: Filter) -> MapAnswer:
    """Return where the items are that are meant.

    Each counts once: an article at its main place, an alert or a story at its own, or, where that has no
    coordinates, at the main place of its article.
    """
    countries: dict[str, _Pin] = {}
    places: dict[str, tuple[PlaceView, _Pin]] = {}
    for type_ in _TYPES:
        for item in store.standing(type_, chosen):
            place = _place(item, store)
            if place is None:
                continue
            if place.country:
                countries.setdefault(place.country, _Pin()).add(item)
            key = place_key(place)
            if key is not None and _is_on_earth(place):
                places.setdefault(key, (place, _Pin()))[1].add(item)
    ordered = sorted(places.items(), key=lambda entry: (*entry[1][1].weight, entry[0]))
    return MapAnswer(
        truncated=len(ordered) > MOST,
        countries=tuple(
            CountryCount(country=country, severity=pin.severity, **_counts(pin))
            for country, pin in sorted(countries.items(), key=lambda entry: (*entry[1].weight, entry[0]))
        ),
        places=tuple(_placed(key, place, pin) for key, (place, pin) in ordered[:MOST]),
        position=written(store.position()),
    )


def _place(item: Item, store: Store) -> PlaceView | None:
    """Return where an item is: a place that the gazetteer has, where there is one."""
    own = item.facets.place
    if item.type == "article" or (own is not None and _is_on_earth(own)):
        return own
    for id_ in sorted(item.facets.articles):
        article = store.latest("article", id_)
        if article is not None and article.facets.place is not None:
            return article.facets.place
    return own


def _is_on_earth(place: PlaceView) -> bool:
    latitude, longitude = place.latitude, place.longitude
    return latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180  # noqa: PLR2004 - degrees


def _placed(key: str, place: PlaceView, pin: _Pin) -> PlaceCount:
    assert place.latitude is not None
    assert place.longitude is not None
    return PlaceCount(
        key=key,
        geonames_id=place.geonames_id,
        name=place.name,
        feature=place.feature,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        severity=pin.severity,
        newest=tuple(pin.newest),
        **_counts(pin),
    )


def _counts(pin: _Pin) -> dict[str, int]:
    return {"articles": pin.counts["article"], "alerts": pin.counts["alert"], "stories": pin.counts["story"]}
