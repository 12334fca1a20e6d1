"""What stands between a speaker and his verb, where the verb comes last: when, where, to whom.

"The ministry [on the 20th] [in a statement] said": where such words go before the verb.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.text.phrases import phrase_start


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.text.hits import Scan


_WHEN = ("time.weekdays", "time.months", "time.day_marks", "time.year_marks", "speakers.when")
_NUMBERED = frozenset(["time.day_marks", "time.year_marks"])
_MOST = 4
"""Words for the time, or asides, that one verb has."""
_REACH = 40
_SIGNS = frozenset(",;:()\u3001\u3002\n")


def speaker_ends(scan: Scan, end: int, limit: int) -> Iterator[int]:
    """Yield where a speaker may end whose verb begins at ``end``, the nearest first.

    Over words for the time, and over an aside that one of ``speakers.asides`` opens.
    """
    at = _over_time(scan, end)
    if at < end:
        yield at
    asides = scan.role("speakers.asides")
    opener = at
    for _ in range(_MOST):
        hit = asides.last_before(opener, max(limit, end - _REACH))
        if hit is None or any(sign in _SIGNS for sign in scan.text[hit.end : end]):
            break
        opener = hit.start
        if opener > limit:
            yield _over_time(scan, opener)


def _over_time(scan: Scan, end: int) -> int:
    """Return where the words for a time begin that stand right before an offset."""
    at = end
    for _ in range(_MOST):
        back = at
        while back and scan.folded[back - 1] == " ":
            back -= 1
        found = next(
            ((role, hit) for role in _WHEN if (hit := scan.role(role).ending(back))),
            None,
        )
        if found is None:
            break
        role, hit = found
        at = phrase_start(scan, hit.start) if role in _NUMBERED else hit.start
    return at
