"""An archive of short articles: sentences of the sample archive, dealt out by a seeded die."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from tests.workers import MALFORMED, came_out, publish


if TYPE_CHECKING:
    from streams.settings import Settings

Record = tuple[bytes | None, bytes | None]


def backlog(number: int, *, seed: int = 0, first: int = 0, malformed: int = 20) -> list[Record]:
    """Return keys and values of so many records; every ``malformed``-th cannot be read (none where it is 0).

    Articles have one to eight sentences of one language, and the ids ``article-0`` (or
    ``first``) and on. The same arguments give the same records.
    """
    dice = random.Random(f"{seed} {first}")  # noqa: S311 - it deals out sentences
    found: list[Record] = []
    for index in range(first, first + number):
        if is_malformed(index, malformed):
            found.append((b"bad-%d" % index, dice.choice(MALFORMED)))
        else:
            found.append(article(index, " ".join(_sentences(dice))))
    return found


class Feed:
    """Keeps a raw topic ahead of its workers, so that a fault always finds them at work."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._published = 0

    def keep_ahead(self, by: int = 300) -> None:
        """Publish so much that at least so many articles wait."""
        # Once and not until there are enough: workers may be as fast as we are.
        if self._published - came_out(self._settings) < by:
            publish(self._settings, backlog(by, first=self._published))
            self._published += by


def article(index: int, text: str) -> Record:
    """Return the record of the article of that number."""
    body = {"id": f"article-{index}", "title": f"Report {index}", "text": text}
    return (f"article-{index}".encode(), json.dumps(body).encode())


def is_malformed(index: int, malformed: int = 20) -> bool:
    """Tell whether the record of that number is one that cannot be read."""
    return bool(malformed) and index % malformed == malformed - 1


def _sentences(dice: random.Random) -> list[str]:
    pool = dice.choice(_pools())
    return [dice.choice(pool) for _ in range(dice.randint(1, 8))]


@cache
def _pools() -> list[list[str]]:
    """Return the sentences of each sample article that has some."""
    found = []
    for line in resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines():
        try:
            text = json.loads(line)["text"]
        except (ValueError, LookupError, TypeError):
            continue  # the archive has a few broken records, on purpose
        if isinstance(text, str) and (sentences := re.findall(r"\S[^.!?。؟]{20,}[.!?。؟]", text)):
            found.append(sentences)
    return found
