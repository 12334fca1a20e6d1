"""What was found in a text: forms of a lexicon, each where it stands and what it is good for there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from streams.text.segmentation import Segmentation


if TYPE_CHECKING:
    from collections.abc import Iterator


class Hit(msgspec.Struct, frozen=True, order=True, gc=False):
    """A form found in a text, in code points, end exclusive."""

    start: int
    end: int
    key: str
    form: str


class Hits:
    """The finds of one role, in order, none overlapping: of two the longer, else the earlier."""

    __slots__ = ("at", "ending", "ends", "hits", "starts")

    at: Callable[[int], Hit | None]
    """Return the hit that starts at an offset."""

    ending: Callable[[int], Hit | None]
    """Return the hit that ends at an offset."""

    starts: list[int]
    ends: list[int]

    def __init__(self, hits: list[Hit] | None = None) -> None:
        self.hits = hits or []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - one of the tables below
        """Make a table the first time that it is asked for: most roles need one of the four, or none."""
        if name == "at":
            self.at = {hit.start: hit for hit in reversed(self.hits)}.get
        elif name == "ending":
            self.ending = {hit.end: hit for hit in reversed(self.hits)}.get
        elif name == "starts":
            self.starts = [hit.start for hit in self.hits]
        elif name == "ends":
            self.ends = [hit.end for hit in self.hits]
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __len__(self) -> int:
        return len(self.hits)

    def within(self, start: int, end: int) -> list[Hit]:
        """Return the hits that lie wholly between two offsets."""
        if not self.hits:
            return []
        first = bisect_left(self.starts, start)
        last = bisect_left(self.starts, end, first)
        return [hit for hit in self.hits[first:last] if hit.end <= end] if first < last else []

    def first_within(self, start: int, end: int) -> Hit | None:
        """Return the first hit that lies wholly between two offsets."""
        index = bisect_left(self.starts, start)
        if index < len(self.hits) and self.hits[index].end <= end:
            return self.hits[index]
        return None

    def last_before(self, end: int, start: int = 0) -> Hit | None:
        """Return the last hit that ends at or before ``end`` and begins at or after ``start``."""
        index = bisect_left(self.ends, end + 1) - 1 if self.hits else -1
        if index >= 0 and self.hits[index].start >= start:
            return self.hits[index]
        return None

    def covers(self, start: int, end: int) -> bool:
        """Tell whether a hit overlaps the stretch between two offsets."""
        index = bisect_left(self.ends, start + 1)
        return index < len(self.hits) and self.hits[index].start < end


NO_HITS = Hits()


class Several:
    """The finds of several roles; of those at one place that of the role named first."""

    __slots__ = ("at", "ending", "roles")

    at: Callable[[int], Hit | None]
    ending: Callable[[int], Hit | None]

    def __init__(self, roles: list[Hits]) -> None:
        self.roles = roles

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - one of the tables below
        """Make a table the first time that it is asked for."""
        finds = [hit for hits in reversed(self.roles) for hit in reversed(hits.hits)]
        if name == "at":
            self.at = {hit.start: hit for hit in finds}.get
        elif name == "ending":
            self.ending = {hit.end: hit for hit in finds}.get
        else:
            raise AttributeError(name)
        return getattr(self, name)


class _Roles(dict[str, Hits]):
    """The finds by role; none of a role that no word of the text has."""

    def __missing__(self, name: str) -> Hits:
        """Return no finds, and from now on without asking here."""
        self[name] = NO_HITS
        return NO_HITS


class Scan(msgspec.Struct):
    """A text with everything the lexicon found in it, by role.

    ``segmentation`` is set where the text was written without spaces: ``text`` has them, and
    what is found in it is led back by :meth:`streams.text.segmentation.Segmentation.restored`.
    """

    text: str
    folded: str
    role: Callable[[str], Hits]
    """Return the finds of a role. Asked thousands of times in an article: the table itself answers."""
    segmentation: Segmentation | None = None
    _several: dict[tuple[str, ...], Several] = {}

    @property
    def roles(self) -> dict[str, Hits]:
        """Return the finds by role, of all roles that were found or asked for."""
        found: dict[str, Hits] = self.role.__self__  # type: ignore[attr-defined]
        return found

    def any_of(self, names: tuple[str, ...]) -> Several:
        """Return the finds of several roles, for the one that stands at a place."""
        known = self._several.get(names)
        if known is None:
            known = self._several[names] = Several([self.role(name) for name in names])
        return known

    def any_at(self, names: tuple[str, ...], offset: int) -> bool:
        """Tell whether a find of one of several roles starts at an offset."""
        role = self.role
        for name in names:  # noqa: SIM110 - any() of a generator takes three times as long
            if role(name).at(offset) is not None:
                return True
        return False


def by_role(finds: dict[str, list[Hit]]) -> Callable[[str], Hits]:
    """Return what gives the finds of a role."""
    return _Roles({role: Hits(hits) for role, hits in finds.items()}).__getitem__
