"""Positions: how far a reader of the stream has come, in each partition of each topic.

A stream is put together from many partitions, so one offset does not say where it was cut. A position
holds for every partition the offset of the next record; within a partition records are sent in
the order of their offsets, so the position says exactly which ones were. Its text is the id of an event:
``news.alert:0=18,1=5;news.article.enriched:0=34`` (no name of a topic holds any of ``:;,=+``).
A record may give two events; ``0=17+1`` is a cut between them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


LONGEST = 60_000
"""Characters of a position that are read: a few thousand partitions."""

EMPTY = "-"
"""The position of a reader of topics that have no partitions yet; an empty id would mean none at all."""

_TOPIC = re.compile(r"([a-zA-Z0-9._-]{1,249}):([0-9=,+]++)")
_PARTITION = re.compile(r"([0-9]{1,9})=([0-9]{1,18})(?:\+([0-9]{1,3}))?")


class Spot(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


class Step(NamedTuple):
    """The ``offset`` of the next record of a partition, and how many of its events are ``done``."""

    offset: int
    done: int = 0


Position = dict[Spot, Step]


def written(position: Mapping[Spot, Step]) -> str:
    """Return a position as text: the same position gives the same text."""
    topics: dict[str, list[str]] = {}
    for spot, step in sorted(position.items()):
        done = f"+{step.done}" if step.done else ""
        topics.setdefault(spot.topic, []).append(f"{spot.partition}={step.offset}{done}")
    return ";".join(f"{topic}:{','.join(parts)}" for topic, parts in topics.items()) or EMPTY


def parsed(text: str) -> Position:
    """Return the position that a text stands for; raise :class:`ValueError` where it stands for none."""
    if text == EMPTY:
        return {}
    if len(text) > LONGEST:
        raise ValueError("it is too long")
    found: Position = {}
    for topic, partitions in _topics(text):
        for part in partitions.split(","):
            match = _PARTITION.fullmatch(part)
            if match is None:
                raise ValueError(f"{part[:40]!r} is no partition and offset")
            spot = Spot(topic, int(match[1]))
            if spot in found:
                raise ValueError(f"partition {spot.partition} of {topic} is there twice")
            found[spot] = Step(int(match[2]), int(match[3] or 0))
    return found


def _topics(text: str) -> Iterable[tuple[str, str]]:
    for part in text.split(";"):
        match = _TOPIC.fullmatch(part)
        if match is None:
            raise ValueError(f"{part[:60]!r} is no topic with its partitions")
        yield match[1], match[2]
