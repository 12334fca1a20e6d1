"""Well, alive, ready, stalled: what the facts about a worker say of it, and what they must not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition

from streams.kafka.app import _Consumer
from streams.kafka.vitals import PATIENCE, SILENCE, Answer, Facts, Vitals


STALL = 300.0
IDLE = Facts(
    member=True,
    partitions=(0, 1),
    answers={0: 1, 1: 1},
    acknowledged=5,
    commits=1,
    heard=0.0,
    connected=True,
)
BUSY = IDLE._replace(waiting=3)


class Watched:
    """A worker whose facts are as told, looked at every second."""

    def __init__(self, facts: Facts = IDLE, stall: float = STALL) -> None:
        self.now = 1_000.0
        self.vitals = Vitals(stall)
        self.vitals.begin(self.now)
        self.marks = 0
        self.show(facts)

    def show(self, facts: Facts) -> None:
        """Let the facts be seen; the broker was heard just now, and has answered every fetch."""
        self.marks += 1
        answers = dict.fromkeys(facts.answers, self.marks)
        self.vitals.see(facts._replace(answers=answers, heard=self.now), self.now)

    def passes(
        self, seconds: float, facts: Facts, answer: Answer | None = None, *, silent: bool = False
    ) -> None:
        """Let time pass with these facts; ``silent``: no fetch is answered. The broker is asked as is due."""
        for _ in range(int(seconds)):
            self.now += 1
            if silent:
                self.vitals.see(facts, self.now)
            else:
                self.show(facts)
            if answer is not None and self.vitals.should_ask(self.now):
                self.vitals.hear(answer, self.now)

    @property
    def states(self) -> tuple[bool, str, bool, str]:
        """Return alive and its state, ready and its state."""
        alive, ready = self.vitals.alive(self.now), self.vitals.ready(self.now)
        return (alive.good, alive.state, ready.good, ready.state)

    def stalled(self) -> str | None:
        """Return why it has to end, where it has to."""
        return self.vitals.stalled(self.now)

    @property
    def still(self) -> float:
        """Return for how long nothing has moved."""
        return self.now - self.vitals.moved


LEFT = Answer(committed={0: 5}, starts={0: 0, 1: 0}, ends={0: 10, 1: 7})


def test_a_worker_that_waits_for_topics_is_alive_and_not_ready() -> None:
    """However long; it says for which."""
    vitals = Vitals(STALL)
    vitals.waiting_for = "for topics that are missing: news"
    assert vitals.alive(1e6) == (True, "waiting", "for topics that are missing: news")
    assert vitals.ready(1e6) == (False, "waiting", "for topics that are missing: news")


def test_a_worker_with_nothing_to_do_is_well_for_ever() -> None:
    """Fetches are answered, with nothing."""
    watched = Watched()
    watched.passes(10_000, IDLE, LEFT)
    assert watched.states == (True, "idle", True, "idle")
    assert watched.still <= 1
    assert watched.stalled() is None


def test_a_worker_that_finishes_articles_is_well() -> None:
    """One now and then is enough; how many wait does not matter."""
    watched = Watched()
    for done in range(100):
        watched.passes(20, BUSY._replace(acknowledged=done, commits=done, behind=1_000), LEFT)
        assert watched.states == (True, "working", True, "working")
        assert watched.still <= 20


def test_a_worker_without_partitions_is_well() -> None:
    """There are more workers than partitions; the group's heartbeats go on."""
    watched = Watched()
    watched.passes(10_000, IDLE._replace(partitions=(), answers={}))
    assert watched.states == (True, "idle", True, "idle")
    assert "the other workers" in watched.vitals.ready(watched.now).reason


def test_a_worker_without_partitions_that_hears_nothing_is_not_ready() -> None:
    """It would not even know that it should have some."""
    watched = Watched()
    watched.passes(PATIENCE + 5, IDLE._replace(partitions=(), answers={}, heard=watched.now), silent=True)
    assert watched.states == (True, "idle", False, "waiting")
    assert watched.still > PATIENCE


def test_an_article_that_hangs_makes_the_worker_stuck_and_then_stalled() -> None:
    """Though fetches are answered. After half a minute it is seen, after KABAR_STALL_TIMEOUT it ends."""
    watched = Watched()
    watched.passes(PATIENCE - 2, BUSY, LEFT)
    assert watched.states == (True, "working", True, "working")
    watched.passes(3, BUSY, LEFT)
    assert watched.states == (False, "stuck", False, "stuck")
    watched.passes(STALL - PATIENCE - 2, BUSY, LEFT)
    assert watched.stalled() is None
    watched.passes(1, BUSY, LEFT)
    assert watched.stalled() == (
        "no article was finished for 300 s, though the broker answers: "
        "3 articles read and not done, 12 records of its partitions not committed"
    )


def test_an_article_after_a_long_silence_has_its_own_time() -> None:
    """The time that nothing was to do does not count."""
    watched = Watched()
    watched.passes(10_000, IDLE, LEFT)
    watched.passes(PATIENCE - 2, BUSY, LEFT)
    assert watched.states == (True, "working", True, "working")


def test_a_partition_that_is_never_fetched_makes_the_worker_stuck() -> None:
    """The other one is, and that is not enough where the broker knows of more to do."""
    watched = Watched()
    facts = IDLE._replace(answers={0: 1})
    for _ in range(400):
        watched.now += 1
        watched.marks += 1
        watched.vitals.see(
            facts._replace(answers={0: watched.marks, 1: None}, heard=watched.now), watched.now
        )
        if watched.vitals.should_ask(watched.now):
            watched.vitals.hear(LEFT, watched.now)
    assert watched.states == (False, "stuck", False, "stuck")
    assert watched.stalled() is not None


def test_offsets_that_are_not_committed_make_the_worker_stuck() -> None:
    """Articles are finished, and would all be read again."""
    watched = Watched()
    for done in range(int(STALL) + 1):
        watched.passes(1, BUSY._replace(acknowledged=done, uncommitted=True), LEFT)
    assert watched.states == (False, "stuck", False, "stuck")
    assert (watched.stalled() or "").startswith("no offset was committed for")


def test_where_the_broker_says_that_nothing_is_left_nothing_is_stuck() -> None:
    """Whatever it looks like from here."""
    watched = Watched()
    watched.passes(10_000, BUSY, Answer(committed={0: 10, 1: 7}, starts={0: 0, 1: 7}, ends={0: 10, 1: 7}))
    assert watched.stalled() is None
    assert watched.states == (True, "working", True, "working")


def test_where_the_broker_sees_the_group_move_on_nothing_is_stuck() -> None:
    """What it has is what counts."""
    watched = Watched()
    for offset in range(100):
        watched.passes(PATIENCE, BUSY, Answer(committed={0: offset}, ends={0: 1_000}))
        assert watched.stalled() is None


@pytest.mark.parametrize("stall", [2.0, 4.0, 8.0, STALL])
def test_a_group_that_moved_once_does_not_move_for_ever(stall: float) -> None:
    """However short KABAR_STALL_TIMEOUT is: the commit counts when it is seen first, and no more."""
    watched = Watched(stall=stall)
    before, after = (Answer(committed={0: offset}, ends={0: 1_000}) for offset in (5, 9))
    watched.passes(watched.vitals.patience + 1, BUSY, before)
    watched.passes(watched.vitals.patience + 1, BUSY, after)
    assert watched.still < watched.vitals.patience + 2
    watched.passes(2 * stall + 4, BUSY, after)
    assert watched.stalled()


def test_a_broker_that_is_gone_leaves_the_worker_alive_and_not_ready() -> None:
    """For as long as it likes: no restart brings it back."""
    watched = Watched()
    gone = BUSY._replace(connected=False)
    watched.passes(3, gone, silent=True)
    assert watched.states == (True, "working", False, "waiting")
    watched.passes(10_000, gone, Answer(silent="connection refused"), silent=True)
    assert watched.states == (True, "waiting", False, "waiting")
    assert watched.vitals.alive(watched.now).reason == "for the broker since 10003 s: connection refused"
    assert watched.stalled() is None
    assert watched.still > 10_000


def test_a_broker_that_says_nothing_is_noticed_with_its_connections_open() -> None:
    """Frozen, or behind a network that drops everything."""
    watched = Watched()
    watched.passes(SILENCE + 1, BUSY._replace(heard=watched.now), silent=True)
    assert watched.states == (True, "working", False, "waiting")


def test_after_an_outage_there_is_time_to_recover() -> None:
    """Half of KABAR_STALL_TIMEOUT from when the broker answers again, however long it was away."""
    watched = Watched()
    watched.passes(10_000, BUSY, Answer(silent="connection refused"), silent=True)
    watched.passes(STALL / 2 - 1, BUSY, LEFT)
    assert watched.stalled() is None
    watched.passes(PATIENCE, BUSY, LEFT)
    assert watched.stalled() is not None


def test_a_process_that_was_frozen_has_time_to_recover() -> None:
    """It has missed everything, and that is not its own doing."""
    watched = Watched()
    watched.now += 10_000
    watched.passes(STALL / 2 - 1, BUSY, LEFT)
    assert watched.stalled() is None


def test_a_broker_that_refuses_is_worth_a_restart() -> None:
    """A password was changed: a worker that starts reads the new one."""
    watched = Watched()
    watched.passes(PATIENCE + 1, BUSY, Answer(refused="it refuses the login"))
    assert watched.states == (False, "stuck", False, "stuck")
    watched.passes(STALL, BUSY, Answer(refused="it refuses the login"))
    assert watched.stalled() == "the broker: it refuses the login"


def test_a_worker_that_never_gets_into_its_group_is_ended() -> None:
    """It is given longer than one that is in: the others may take their time."""
    outside = Facts(heard=1.0, connected=True)
    watched = Watched(outside)
    watched.passes(PATIENCE + 1, outside, LEFT)
    assert watched.states == (True, "joining", False, "joining")
    watched.passes(STALL / 4, outside, LEFT)
    assert watched.states == (False, "stuck", False, "stuck")
    watched.passes(STALL, outside, LEFT)
    assert (watched.stalled() or "").startswith("not in its group for")


def test_a_worker_that_stops_is_alive_and_not_ready() -> None:
    """It is not for the watchdog to end it: a stop has its own time."""
    watched = Watched()
    watched.passes(STALL, BUSY, LEFT)
    watched.vitals.stopping = True
    assert watched.states == (True, "stopping", False, "stopping")
    assert watched.stalled() is None
    assert not watched.vitals.should_ask(watched.now)


def test_the_broker_is_asked_now_and_then() -> None:
    """Not while all is well, and not every second while it is not."""
    watched = Watched()
    watched.passes(100, IDLE)
    asked = 0
    for _ in range(120):
        watched.passes(1, BUSY)
        if watched.vitals.should_ask(watched.now):
            asked += 1
            watched.vitals.hear(LEFT, watched.now)
    assert asked == 7


def _consumer(states: dict[int, Any], **coordinator: Any) -> _Consumer:  # noqa: ANN401 - as aiokafka has it
    """Return a consumer that holds partitions in these states."""
    tps = {number: TopicPartition("raw", number) for number in states}
    assignment = SimpleNamespace(tps=tps.values(), state_value=lambda tp: states[tp.partition])
    consumer = object.__new__(_Consumer)
    client = SimpleNamespace(
        _coordinator=SimpleNamespace(
            **({"coordinator_id": 1, "generation": 3, "_pending_exception": None} | coordinator)
        ),
        _fetcher=None,
        _closed=True,
        _subscription=SimpleNamespace(
            subscription=SimpleNamespace(assignment=assignment if states else None)
        ),
        _client=SimpleNamespace(
            _conns={
                1: SimpleNamespace(_last_action=4.0, connected=lambda: False),
                2: SimpleNamespace(_last_action=7.0, connected=lambda: True),
            }
        ),
    )
    consumer._thread = SimpleNamespace(_consumer=client)
    consumer._committed_offset = {tps[0]: 2} if states else {}
    consumer._unacked_messages = [SimpleNamespace(tp=tps[number], first=1) for number in list(tps)[1:]]
    consumer._acked = {0: [], 1: [7]}
    consumer._commit_fut = None
    consumer._buffered_partitions = set()
    return consumer


def _state(timestamp: int | None, position: int | None, highwater: int | None) -> SimpleNamespace:
    return SimpleNamespace(timestamp=timestamp, _position=position, highwater=highwater)


def test_what_is_seen_of_a_consumer_is_what_it_holds() -> None:
    """Positions that are not known yet count nothing; what was read and not acknowledged is left to do."""
    states = {0: _state(11, 5, 9), 1: _state(12, 3, 3), 2: _state(None, None, None)}
    assert _consumer(states).facts() == Facts(
        member=True,
        partitions=(0, 1, 2),
        answers={0: 11, 1: 12, 2: None},
        behind=4,
        lags={0: 7, 1: 2},
        waiting=2,
        acknowledged=0,
        uncommitted=True,
        commits=0,
        heard=7.0,
        connected=True,
    )


@pytest.mark.parametrize("coordinator", [{"coordinator_id": None}, {"generation": -1}])
def test_who_is_not_in_the_group_is_no_member(coordinator: dict[str, Any]) -> None:
    """Nobody answers for the group, or the group does not know the worker."""
    facts = _consumer({}, **coordinator).facts()
    assert facts is not None
    assert (facts.member, facts.partitions) == (False, ())


def test_nothing_is_seen_before_the_start() -> None:
    """Faust makes the client late."""
    consumer = object.__new__(_Consumer)
    consumer._thread = SimpleNamespace(_consumer=None)
    assert consumer.facts() is None


def test_an_article_that_hangs_while_commits_are_late_is_what_is_named() -> None:
    """Where all is slow offsets are behind already; it is the article that keeps them from being stored."""
    watched = Watched()
    late = BUSY._replace(uncommitted=True)
    for done in range(int(STALL * 2 / 3)):
        watched.passes(1, late._replace(acknowledged=done), LEFT)
    watched.passes(STALL / 3 + 2, late._replace(acknowledged=int(STALL * 2 / 3) - 1), LEFT)
    assert (watched.stalled() or "").startswith("no article was finished for")
