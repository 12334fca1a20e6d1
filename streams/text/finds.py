"""Finds of the lexicon's forms in a text before they are sorted: which of them are words.

Whether a find stands on its own is told by the letters around it; what stands with an ending is
told from words that only look so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.text.entries import Entry


# Start, negative end, index of the pattern, and what it is good for there.
Found = tuple[int, int, int, "tuple[Entry, ...]"]

IN_ENDING = -1
"""Where a word ends that a find stands inside of, in the ending of a number."""

SHORTEST = 3
"""Letters that a part of a compound has more of: a shorter one may be a mere ending."""


def ends_word(inside: bytearray, start: int, end: int) -> bool:
    """Tell whether a find is the end of a longer word, with another of some length before it."""
    return not inside[end] and all(inside[max(0, start - back)] for back in range(SHORTEST + 1))


_MEASURED = frozenset(["unit", "time.unit", "concept"])
"""Roles of words in whose endings a number's qualifier may begin, too: "dolar[dan fazla]"."""


def told_apart(
    ended: list[tuple[int, Found]], whole: dict[int, int], patterns: Sequence[str]
) -> Iterator[Found]:
    """Yield finds with endings, but a number where the whole word is known to be another.

    What stands in the ending of a number goes with it ("yirmi[den fazla]"), and in that of what
    is counted or measured. ``patterns`` are the forms by their index; ``whole`` is where
    words end that are known as they are, by their start; words with endings are added to it.
    """
    for stop, (start, negative_end, *_) in ended:
        if stop == -negative_end:
            whole[start] = max(stop, whole.get(start, 0))
    numbers: set[int] = set()
    for stop, find in ended:
        if stop == -find[1]:
            if any(entry.role in _MEASURED for entry in find[3]):
                numbers.add(find[0] + len(patterns[find[2]]))
            yield find
        elif stop > 0 and whole.get(find[0], 0) < stop:
            numbers.add(-find[1])
            yield find
    yield from (find for stop, find in ended if stop == IN_ENDING and find[0] in numbers)
