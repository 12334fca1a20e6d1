"""How much work a piece of Kabar does: numbers that are the same on each machine and at each time.

Counted are how often each line of Kabar's own code is run, and the code points that it takes
out of a text or looks through in it. Seconds would say less, and not the same twice.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex, cast

import msgspec

import streams
from streams.text.lexicon import Lexicon


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    import pytest

    from streams.text.hits import Scan

_FOLDER = str(Path(streams.__file__).parent) + "/"

CHEAP = 8
"""Code points that are looked at in the time that a line takes; it is more of them, in truth."""


class Text(str):
    """A text that notes how much of it was looked at."""

    __slots__ = ()
    looked_at = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        """Return a part of it."""
        found = super().__getitem__(key)
        Text.looked_at += len(found)
        return found

    def _search(self, name: str, sub: str, *bounds: SupportsIndex | None) -> int:
        found: int = getattr(super(), name)(sub, *bounds)
        start, end, _ = slice(*bounds, *([None] * (2 - len(bounds)))).indices(len(self))
        backwards = name.startswith("r")
        Text.looked_at += max(0, end - start if found < 0 else end - found if backwards else found - start)
        return found

    def find(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Search as str does."""
        return self._search("find", sub, *bounds)

    def rfind(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Search as str does."""
        return self._search("rfind", sub, *bounds)

    def index(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Search as str does."""
        return self._search("index", sub, *bounds)

    def rindex(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Search as str does."""
        return self._search("rindex", sub, *bounds)

    def count(self, sub: str, *bounds: SupportsIndex | None) -> int:
        """Count as str does."""
        start, end, _ = slice(*bounds, *([None] * (2 - len(bounds)))).indices(len(self))
        Text.looked_at += max(0, end - start)
        return super().count(sub, *bounds)

    def __contains__(self, sub: object) -> bool:
        """Search as str does."""
        Text.looked_at += len(self)
        return super().__contains__(cast("str", sub))

    def __iter__(self) -> Iterator[str]:
        """Go through all of it."""
        Text.looked_at += len(self)
        return super().__iter__()


def measure_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is found in a text go with a text that notes how much of it is looked at."""
    scan = Lexicon.scan

    def measured(self: Lexicon, text: str) -> Scan:
        found = scan(self, text)
        return msgspec.structs.replace(found, text=Text(found.text), folded=Text(found.folded))

    monkeypatch.setattr(Lexicon, "scan", measured)


def work(function: Callable[[], object]) -> Counter[str]:
    """Return how much work a function does, by ``file.py:line`` of Kabar's own code."""
    found: Counter[str] = Counter()
    place, before = "", Text.looked_at

    def count(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:  # noqa: ANN401 - Python's
        nonlocal place, before
        if event == "line":
            if Text.looked_at != before:
                found[place] += (Text.looked_at - before) // CHEAP
                before = Text.looked_at
            place = f"{frame.f_code.co_filename[len(_FOLDER) :]}:{frame.f_lineno}"
            found[place] += 1
        return count

    def enter(frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:  # noqa: ANN401 - Python's
        return count if frame.f_code.co_filename.startswith(_FOLDER) else None

    others = sys.gettrace()
    sys.settrace(enter)
    try:
        function()
    finally:
        sys.settrace(others)
    return found


def superlinear(small: Counter[str], large: Counter[str], slack: int) -> dict[str, tuple[int, int]]:
    """Return the lines that did more than six times the work for a text four times as long.

    ``slack`` is work that is never too much: a line may come into play in the longer text only.
    """
    return {
        place: (small[place], count) for place, count in large.items() if count > 6 * small[place] + slack
    }
