"""Dead letters as they lie in their topic: what each says, which are meant, and what goes back.

:mod:`streams.kafka.deadletters` writes them.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from streams.kafka.reader import read
from streams.summaries import headers


if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiokafka import ConsumerRecord

    from streams.settings import Settings


REPLAYED_FROM = "replayed.from"
"""The header of a record that was published again: the place it first had in the raw topic."""

# Headers that the dead letter was given; the others came with the record, and go back with it.
_ADDED = ("ce_", "error.", "source.", "content-type", REPLAYED_FROM)

_CUT = {
    "error.value-bytes": "the value came with {} bytes",
    "error.key-bytes": "the key came with {} bytes",
    "error.headers-left-out": "{} headers came with it",
    "error.not-unpacked": "it came in a batch of more than {} bytes, and was not unpacked",
}
"""What a letter says of itself where it is not the whole record."""


class Place(NamedTuple):
    """Partition and offset in the topic of dead letters, written ``0:14``."""

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


class Letter(NamedTuple):
    """A dead letter, and its headers as text."""

    record: ConsumerRecord
    headers: dict[str, str]

    @classmethod
    def of(cls, record: ConsumerRecord) -> Letter:
        """Return the letter that a record of the topic is."""
        return cls(record, headers(record))

    @property
    def place(self) -> Place:
        """Return where the letter is."""
        return Place(self.record.partition, self.record.offset)

    @property
    def stage(self) -> str:
        """Return the step at which the article failed."""
        return self.headers.get("error.stage", "?")

    @property
    def type(self) -> str:
        """Return what was wrong with the article."""
        return self.headers.get("error.type", "?")

    @property
    def message(self) -> str:
        """Return what was wrong, in words."""
        return self.headers.get("error.message", "")

    @property
    def origin(self) -> str:
        """Return the place of the record in the raw topic, ``topic:partition:offset``."""
        return ":".join(self.headers.get(f"error.{part}", "?") for part in ("topic", "partition", "offset"))

    @property
    def article(self) -> str:
        """Return the place that the record first had: the same for all letters of one article.

        A record that came twice, or came again by a replay and failed again, has several.
        """
        known = self.headers.get(REPLAYED_FROM) or self.origin
        return f"letter {self.place}" if "?" in known.split(":") else known

    @property
    def cut(self) -> list[str]:
        """Return what is missing of the record, in words; nothing where it is whole."""
        return [words.format(self.headers[name]) for name, words in _CUT.items() if name in self.headers]

    @property
    def carried(self) -> list[tuple[str, bytes]]:
        """Return the headers that the record came with."""
        return [(name, value) for name, value in self.record.headers if not name.startswith(_ADDED)]

    def again(self) -> list[tuple[str, bytes]]:
        """Return the headers with which the record is published again."""
        return [*self.carried, (REPLAYED_FROM, self.article.encode())]


class Filter(NamedTuple):
    """Which dead letters are meant. None stands for all.

    ``offsets`` are the first and the last of them, both included, in each partition;
    ``limit`` is how many of the oldest.
    """

    stage: str | None = None
    type: str | None = None
    partition: int | None = None
    offsets: tuple[int, int | None] | None = None
    limit: int | None = None

    def takes(self, letter: Letter) -> bool:
        """Tell whether a letter is meant, ``limit`` aside."""
        first, last = self.offsets or (0, None)
        return (
            self.stage in (None, letter.stage)
            and self.type in (None, letter.type)
            and self.partition in (None, letter.place.partition)
            and first <= letter.place.offset
            and (last is None or letter.place.offset <= last)
        )


async def letters(settings: Settings, chosen: Filter) -> AsyncGenerator[Letter, None]:
    """Yield the dead letters that are meant, as they are now.

    Raises :class:`streams.kafka.connection.BrokerError` where the broker cannot be reached, or
    has no such topic.
    """
    count = 0
    async with contextlib.aclosing(read(settings, [settings.topic_dead_letter])) as records:
        async for record in records:
            letter = Letter.of(record)
            if chosen.takes(letter):
                yield letter
                count += 1
                if count == chosen.limit:
                    break


class Group:
    """The dead letters of one stage and one type: how many, the first, the last, what they say."""

    def __init__(self, letter: Letter) -> None:
        self.name = f"{letter.stage}/{letter.type}"
        self.first = self.last = letter
        self.messages: Counter[str] = Counter()

    def add(self, letter: Letter) -> None:
        """Count a letter."""
        self.messages[letter.message] += 1
        self.first = min(self.first, letter, key=_age)
        self.last = max(self.last, letter, key=_age)

    @property
    def count(self) -> int:
        """Return how many there are."""
        return self.messages.total()


def _age(letter: Letter) -> tuple[int, Place]:
    return letter.record.timestamp, letter.place
