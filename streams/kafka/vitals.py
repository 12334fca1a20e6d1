"""What the worker has done and has left to do, seen from outside; and what that says of it.

Three questions that are not the same: is it **well** (it does its work, or has none), would a
restart help it (it is not **alive**), and does it take work now (it is **ready**). Pure: facts
and times go in, answers come out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Mapping


PATIENCE = 30.0
"""Seconds without a move after which a worker is looked at closely: no article takes as long, and no
answer of a broker that is well."""

JOINING_PATIENCE = 120.0
"""The same for a worker that joins its group: others are given a minute to come along."""

SILENCE = 15.0
"""Seconds without a word from the broker after which it is silent; there is a heartbeat every few seconds."""


class Facts(NamedTuple):
    """What can be seen of a worker without asking the broker. Times are those of ``time.monotonic``.

    ``answers`` holds, for each partition that is fetched from, a mark that is another one after
    each answer to a fetch. ``behind`` counts records that have not been read, as far as the broker has
    told, and ``lags``, by partition, those that are not committed; ``waiting`` those that were read
    and are not acknowledged. ``delivering`` counts articles whose results are on their way, and
    ``delivering_bytes`` what they hold. ``acknowledged``, ``commits`` and ``rebalances`` only ever
    grow. ``heard`` is when the broker last answered anything; ``failed`` says what has failed for good.
    """

    member: bool = False
    partitions: tuple[int, ...] = ()
    answers: Mapping[int, object] = {}
    behind: int = 0
    lags: Mapping[int, int] = {}
    waiting: int = 0
    delivering: int = 0
    delivering_bytes: int = 0
    rebalances: int = 0
    acknowledged: int = 0
    uncommitted: bool = False
    commits: int = 0
    heard: float | None = None
    connected: bool = False
    failed: str | None = None


class Answer(NamedTuple):
    """What the broker itself says, asked by a connection of its own.

    ``silent`` is why it gave no answer, ``refused`` why it wants nothing to do with us (a password
    that was changed). ``committed`` holds the group's offsets and ``ends`` the end of each
    partition asked for, ``starts`` its beginning.
    """

    silent: str | None = None
    refused: str | None = None
    committed: Mapping[int, int] = {}
    starts: Mapping[int, int] = {}
    ends: Mapping[int, int] = {}

    @property
    def left(self) -> int:
        """Return how many records are not committed."""
        done = {one: self.committed.get(one, self.starts.get(one, 0)) for one in self.ends}
        return sum(max(0, end - done[one]) for one, end in self.ends.items())


class Verdict(NamedTuple):
    """An answer to one of the questions, and why: one word, and words for a person."""

    good: bool
    state: str
    reason: str


@dataclass
class Vitals:
    """Follows one worker. ``now`` is always the time of ``time.monotonic``.

    ``waiting_for`` names what a worker waits for before it begins; ``stopping`` is set when it ends.
    """

    stall_timeout: float
    waiting_for: str | None = "for the broker and its topics"
    stopping: bool = False

    _facts: Facts = field(default_factory=Facts)
    _answered: dict[int, tuple[object, float]] = field(default_factory=dict)
    _worked: float = 0.0
    _saved: float = 0.0
    _asked: float | None = None
    _answer: Answer | None = None
    _reachable: float | None = None
    _at_first: Mapping[int, int] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        """Return the facts seen last."""
        return self._facts

    @property
    def moved(self) -> float:
        """Return when the worker last was well: an article done or none to do, and offsets committed."""
        return min(self._worked, self._saved)

    @property
    def patience(self) -> float:
        """Return how long nothing may move before the broker is asked."""
        usual = PATIENCE if self._facts.member else JOINING_PATIENCE
        return min(usual, self.stall_timeout / 4)

    def begin(self, now: float) -> None:
        """Begin to follow the worker: what it waited for is there."""
        self.waiting_for = None
        self._worked = self._saved = now

    def see(self, facts: Facts, now: float) -> None:
        """Take in what can be seen of the worker now."""
        before, self._facts = self._facts, facts
        self._answered = {
            one: self._answered[one] if self._answered.get(one, ("",))[0] == mark else (mark, now)
            for one, mark in facts.answers.items()
        }
        if not facts.member:
            return
        if facts.acknowledged != before.acknowledged:
            self._worked = now
        elif not facts.partitions:
            # The others have them all. Whether the broker still says so is told by its heartbeats.
            self._worked = max(self._worked, facts.heard or 0.0)
        elif not facts.waiting and not facts.behind and len(self._answered) == len(facts.partitions):
            self._worked = max(self._worked, min(seen for _, seen in self._answered.values()))
        if facts.commits != before.commits or not facts.uncommitted:
            self._saved = now
        if now - self.moved < self.patience:
            self._asked = self._answer = self._reachable = None

    def should_ask(self, now: float) -> bool:
        """Tell whether it is time to ask the broker what is going on."""
        if self.stopping or now - self.moved < self.patience:
            return False
        return self._asked is None or now - self._asked >= self.patience / 2

    def hear(self, answer: Answer, now: float) -> None:
        """Take in what the broker said."""
        self._asked, self._answer = now, answer
        if answer.silent is not None:
            self._reachable = None
            return
        if self._reachable is None:
            self._reachable, self._at_first = now, dict(answer.committed)
        if answer.refused is None and self._facts.member and self._moves_on(answer):
            # Contrary to what it looks like from here.
            self._worked = self._saved = now
            self._at_first = dict(answer.committed)

    def _moves_on(self, answer: Answer) -> bool:
        mine = self._facts.partitions
        moved = any(answer.committed.get(one) != self._at_first.get(one) for one in mine)
        return moved or answer.left == 0

    def stalled(self, now: float) -> str | None:
        """Return why the worker has to end itself: it has work, could do it, and does not; else None."""
        if self.stopping or self._reachable is None or now - self.moved < self.stall_timeout:
            return None
        # After a silence of the broker, and of this process, there is time to recover.
        if now - self._reachable < self.stall_timeout / 2:
            return None
        return self._stuck(now)

    def _stuck(self, now: float) -> str:
        """Return what does not move, for a person."""
        facts = self._facts
        if self._answer is not None and self._answer.refused is not None:
            return f"the broker: {self._answer.refused}"
        if not facts.member:
            return f"not in its group for {now - self._worked:.0f} s, though the broker answers"
        left = f"{facts.waiting} articles read and not done"
        if self._answer is not None:
            left += f", {self._answer.left} records of its partitions not committed"
        # An article that hangs holds up commits too, and where all is slow they were late before; commits
        # that fail hold up no article: then some were finished of late, or there are none to do.
        if now - self._worked >= (now - self.moved) / 4:
            return (
                f"no article was finished for {now - self._worked:.0f} s, though the broker answers: {left}"
            )
        return f"no offset was committed for {now - self._saved:.0f} s, though the broker answers: {left}"

    def alive(self, now: float) -> Verdict:
        """Tell whether the worker makes progress, has nothing to do, or waits for what no restart brings."""
        facts, still = self._facts, now - self.moved
        if self.stopping:
            return Verdict(True, "stopping", "finishing what is under way")
        if self.waiting_for is not None:
            return Verdict(True, "waiting", self.waiting_for)
        if still < self.patience or self._answer is None:
            if not facts.member:
                return Verdict(True, "joining", "not in its group yet")
            if not facts.partitions:
                return Verdict(True, "idle", "the other workers of the group have all partitions")
            if facts.waiting or facts.behind:
                return Verdict(True, "working", f"{facts.waiting} articles under way")
            return Verdict(True, "idle", "nothing to do")
        if self._answer.silent is not None:
            # No restart brings a broker back, and it is work enough for one that returns as it is.
            return Verdict(True, "waiting", f"for the broker since {still:.0f} s: {self._answer.silent}")
        return Verdict(False, "stuck", self._stuck(now))

    def ready(self, now: float) -> Verdict:
        """Tell whether the worker is in its group, hears from the broker, and takes articles."""
        facts, alive = self._facts, self.alive(now)
        silent = now - facts.heard if facts.heard is not None else None
        if alive.state in {"stopping", "waiting", "joining", "stuck"}:
            return Verdict(False, alive.state, alive.reason)
        if not facts.connected:
            return Verdict(False, "waiting", "no connection to a broker")
        if silent is None or silent > SILENCE:
            since = "yet" if silent is None else f"for {silent:.0f} s"
            return Verdict(False, "waiting", f"nothing was heard from the broker {since}")
        return alive
