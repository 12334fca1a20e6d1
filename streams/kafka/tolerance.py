"""How many articles in a row may be unreadable before that is no accident any more.

A record that cannot be read becomes a dead letter, and the worker goes on. But where the
raw topic holds another format, or a release has a fault, going on would drain a whole
archive into the dead letters. So the worker looks at the last articles, and stops where too
many of them were buried. Nothing is lost by that: what was not committed is read again.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from streams.kafka.envelope import header


if TYPE_CHECKING:
    from streams.kafka.envelope import Outgoing
    from streams.settings import Settings


class Tolerance:
    """Counts the dead letters among the last ``KABAR_DEAD_LETTER_WINDOW`` articles."""

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.dead_letter_limit
        self._window = settings.dead_letter_window
        self._recent: deque[str | None] = deque()
        self._types: Counter[str] = Counter()

    def exceeded(self, letter: Outgoing | None) -> str | None:
        """Count an article that became this dead letter, or none; return why to stop, if it is too much."""
        if not self._limit:
            return None
        kind = None if letter is None else _kind(letter)
        self._recent.append(kind)
        if kind is not None:
            self._types[kind] += 1
        if len(self._recent) > self._window:
            gone = self._recent.popleft()
            if gone is not None:
                self._types[gone] -= 1
        buried = self._types.total()
        if len(self._recent) < self._window or buried < self._limit * self._window:
            return None
        counts = ", ".join(f"{name} {count:,}" for name, count in self._types.most_common() if count)
        return (
            f"{buried:,} of the last {self._window:,} articles became dead letters ({counts}): "
            f"too many for single bad records. They are read again once the cause is mended; "
            f"KABAR_DEAD_LETTER_LIMIT=0 lets them all through"
        )


def _kind(letter: Outgoing) -> str:
    stage, type_ = (header(letter.headers, f"error.{part}") or b"?" for part in ("stage", "type"))
    return f"{stage.decode()}/{type_.decode()}"
