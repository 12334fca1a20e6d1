"""Filters: which items are meant. The same for lists, counts, the map and the stream."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from streams.dashboard.items import folded


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.dashboard.items import Item
    from streams.dashboard.store import Store


_SETS = {
    "language": "languages",
    "category": "categories",
    "country": "countries",
    "kind": "kinds",
    "place": "places",
    "article": "articles",
}
"""The parameters that ask for one of the values of a facet, with that facet's name."""

_OF_ALERTS = ("severity", "rule")
_ONES = ("severity", "status", "stage", "error_type")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is asked for: any of the values of one field, in all fields. None asks for nothing.

    ``words`` are parts of the text, folded, in UTF-8; all must occur. Times are in milliseconds, the
    end excluded.
    """

    language: frozenset[str] | None = None
    category: frozenset[str] | None = None
    country: frozenset[str] | None = None
    kind: frozenset[str] | None = None
    place: frozenset[str] | None = None
    article: frozenset[str] | None = None
    severity: frozenset[str] | None = None
    rule: frozenset[str] | None = None
    source: frozenset[str] | None = None
    status: frozenset[str] | None = None
    stage: frozenset[str] | None = None
    error_type: frozenset[str] | None = None
    conflict: bool | None = None
    words: tuple[bytes, ...] = field(default=())
    since: int | None = None
    until: int | None = None

    @cached_property
    def _asks(self) -> bool:
        return self != Filter()

    @property
    def of_alerts(self) -> bool:
        """Tell whether an article's alerts decide about it."""
        return self.severity is not None or self.rule is not None

    def without(self, name: str) -> Filter:
        """Return the filter without one of its fields."""
        nothing: dict[str, Any] = {name: None}
        return replace(self, **nothing)

    def takes(self, item: Item, store: Store, alerts: Iterable[Item] | None = None) -> bool:
        """Tell whether an item is meant.

        Severity and rule are asked of an article's ``alerts``, where that is None of all that are kept; the
        category of a story is that of its articles.
        """
        if item.type != "article":
            return self.takes_itself(item, store, but=())
        if not self.takes_itself(item, store):
            return False
        if not self.of_alerts:
            return True
        return any(map(self.takes_alert, store.of_article("alert", item.id) if alerts is None else alerts))

    def takes_alert(self, alert: Item) -> bool:
        """Tell whether an alert is of the severity and the rule that are meant: its article is, then."""
        facets = alert.facets
        return (self.severity is None or facets.severity in self.severity) and (
            self.rule is None or not self.rule.isdisjoint(facets.rules)
        )

    def takes_itself(self, item: Item, store: Store, *, but: tuple[str, ...] = _OF_ALERTS) -> bool:
        """Tell whether an item is meant by all fields ``but`` those."""
        if not self._asks:
            return True
        facets = item.facets
        too_old = self.since is not None and item.time < self.since
        if too_old or (self.until is not None and item.time >= self.until):
            return False
        if self.conflict is not None and facets.conflict is not self.conflict:
            return False
        for name in _ONES:
            wanted = getattr(self, name)
            if wanted is not None and name not in but and getattr(facets, name) not in wanted:
                return False
        if self.rule is not None and "rule" not in but and self.rule.isdisjoint(facets.rules):
            return False
        for name, facet in _SETS.items():
            wanted = getattr(self, name)
            if wanted is not None and wanted.isdisjoint(_values(item, store, facet)):
                return False
        if self.source is not None and self.source.isdisjoint(map(folded, facets.sources)):
            return False
        return all(word in facets.haystack for word in self.words)


def words(text: str) -> tuple[bytes, ...]:
    """Return the parts of a free text that must occur: its words, and what stands "in quotes" together."""
    found = []
    for at, part in enumerate(folded(text).replace("“", '"').replace("”", '"').split('"')):
        found += [" ".join(part.split())] if at % 2 else part.split()
    return tuple(dict.fromkeys(word.encode("utf-8", "replace") for word in found if word))


def categories(item: Item, store: Store) -> Iterable[str]:
    """Return the categories of an item; a story's are those of its articles that are kept."""
    if item.type != "story":
        return item.facets.categories
    articles = (store.latest("article", article) for article in item.facets.articles)
    return {category for one in articles if one is not None for category in one.facets.categories}


def _values(item: Item, store: Store, facet: str) -> Iterable[object]:
    if facet == "categories":
        return categories(item, store)
    found: Iterable[object] = getattr(item.facets, facet)
    return found
