"""What came out of what went in: the count of a run, from the records on the topics alone."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from streams.summaries import headers, role_of


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    from streams.settings import Settings


Place = tuple[int, int]
"""Partition and offset of a record in the raw topic: one article's name, also where two have the same id."""


class Tally:
    """Counts the records of the four topics.

    An article is settled when an enriched article or a dead letter names its place; the
    same place may be named twice, for delivery is at least once.
    """

    def __init__(self, settings: Settings) -> None:
        self.raw: dict[Place, int] = {}
        self.enriched: set[Place] = set()
        self.dead: set[Place] = set()
        self.alerts: dict[str, dict[str, Any]] = {}
        self.stories: dict[str, dict[str, Any]] = {}
        self.dead_types: Counter[str] = Counter()
        self.languages: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.settled_bytes = 0
        self._settings = settings

    @property
    def settled(self) -> set[Place]:
        """Return the places of the raw articles that are out, as enriched ones or as dead letters."""
        return (self.enriched | self.dead) & self.raw.keys()

    @property
    def missing(self) -> list[Place]:
        """Return the places of the raw articles that are not out, in order."""
        return sorted(self.raw.keys() - self.enriched - self.dead)

    @property
    def severities(self) -> Counter[str]:
        """Return how many alerts there are of each severity."""
        return Counter(str(alert["severity"]) for alert in self.alerts.values())

    @property
    def running(self) -> Counter[str]:
        """Return how many stories there are of each severity; those that are none any more left out."""
        gone = ("superseded", "withdrawn")
        return Counter(str(one["severity"]) for one in self.stories.values() if one["status"] not in gone)

    def add(self, record: ConsumerRecord) -> dict[str, Any] | None:
        """Count a record; return the alert or story in it, if it is one that was not there before."""
        role = role_of(record.topic, self._settings)
        if role == "alert":
            return self._alert(orjson.loads(record.value))
        if role == "story":
            return self._story(orjson.loads(record.value))
        if role == "raw":
            place = (record.partition, record.offset)
            self.raw[place] = len(record.value or b"")
            if place in self.enriched or place in self.dead:
                self.settled_bytes += self.raw[place]
            return None
        known = headers(record)
        place = (int(known["source.partition"]), int(known["source.offset"]))
        if place not in self.enriched and place not in self.dead:
            self.settled_bytes += self.raw.get(place, 0)
        if role == "enriched" and place not in self.enriched:
            self.enriched.add(place)
            article = orjson.loads(record.value)
            self.languages[article["language"]["code"]] += 1
            self.kinds.update(figure["kind"] for figure in article["figures"])
        elif role == "dead-letter" and place not in self.dead:
            self.dead.add(place)
            self.dead_types[f"{known.get('error.stage')}/{known.get('error.type')}"] += 1
        return None

    def _story(self, story: dict[str, Any]) -> dict[str, Any] | None:
        known = self.stories.get(str(story["id"]))
        if known is not None and known["revision"] >= story["revision"]:
            return None
        self.stories[str(story["id"])] = story
        return story

    def _alert(self, alert: dict[str, Any]) -> dict[str, Any] | None:
        known = self.alerts.setdefault(str(alert["id"]), alert)
        return alert if known is alert else None
