"""Facets: which values there are to filter by, and how many have each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from streams.dashboard import filters
from streams.dashboard.answers import Count, FacetsAnswer
from streams.dashboard.items import folded


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.dashboard.filters import Filter
    from streams.dashboard.items import Item
    from streams.dashboard.store import Store


MOST = 200
"""Values of one facet that are given, at most."""

_NAMES = ("language", "category", "country", "kind", "severity", "rule", "source")


def facets(store: Store, chosen: Filter, of: Literal["article", "alert", "story"]) -> FacetsAnswer:
    """Return the values of each facet among the items that are meant.

    A facet that is filtered by is counted without its own filter: its other values can still be chosen.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in _NAMES}
    asked = [name for name in _NAMES if getattr(chosen, name) is not None]
    others = {name: chosen.without(name) for name in asked}
    total = 0
    for item in store.newest(of):
        if chosen.takes(item, store):
            total += 1
            for name in _NAMES:
                if name not in others:
                    counts[name].update(_values(name, item, store))
        for name, other in others.items():
            if other.takes(item, store):
                counts[name].update(_values(name, item, store))
    return FacetsAnswer(of=of, total=total, **{name: _most(counts[name]) for name in _NAMES})


def _values(name: str, item: Item, store: Store) -> Iterable[str]:
    facets_ = item.facets
    if name == "category":
        return filters.categories(item, store)
    if name in {"severity", "rule"}:
        carriers = store.of_article("alert", item.id) if item.type == "article" else [item]
        if name == "rule":
            return {rule for carrier in carriers for rule in carrier.facets.rules}
        return {carrier.facets.severity for carrier in carriers if carrier.facets.severity}
    if name == "source":
        return {folded(source): source for source in facets_.sources}.values()
    found: Iterable[str] = getattr(
        facets_, {"language": "languages", "country": "countries", "kind": "kinds"}[name]
    )
    return found


def _most(counts: Counter[str]) -> tuple[Count, ...]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(value=value, count=count) for value, count in ordered[:MOST])
