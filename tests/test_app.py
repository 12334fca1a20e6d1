"""The Faust app is set up as the delivery guarantee needs it, whatever the environment says."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from aiokafka import ConsumerRecord

import streams
from streams.alerts import load_rules
from streams.kafka.app import _Consumer, _Portion, _Thread, make_app
from streams.settings import Settings


if TYPE_CHECKING:
    from typing import NoReturn


def _leave(reason: str) -> NoReturn:
    raise AssertionError(reason)


def _app(**settings: Any) -> Any:  # noqa: ANN401 - Faust is untyped
    return make_app(Settings(**settings), load_rules(), _leave)


def test_faust_is_told_not_to_lose_articles() -> None:
    """Each of these, set otherwise, loses articles or opens what should be closed."""
    conf = _app().conf
    assert conf.stream_wait_empty is True
    assert conf.processing_guarantee.value == "at_least_once"
    assert conf.topic_disable_leader is True
    assert conf.topic_allow_declare is False
    assert conf.table_standby_replicas == 0
    assert str(conf.store) == "memory:"
    assert conf.web_enabled is False
    assert conf.producer_acks == -1
    assert conf.producer_request_timeout <= 30
    assert conf.consumer_auto_offset_reset == "earliest"
    assert conf.stream_buffer_maxsize <= 4
    assert conf.consumer_max_fetch_size <= 1_000_000


def test_there_is_one_agent_that_reads_raw_bytes_one_by_one() -> None:
    """Concurrency commits past articles under way; a decoder of Faust's acknowledges what it cannot read."""
    app = _app(topic_raw="the.raw.topic")
    [agent] = app.agents.values()
    assert agent.concurrency == 1
    assert not agent._sinks
    assert list(agent.channel.topics) == ["the.raw.topic"]
    assert (agent.channel.key_serializer, agent.channel.value_serializer) == ("raw", "raw")
    assert (agent.channel.key_type, agent.channel.value_type) == (bytes, bytes)


def test_variables_of_faust_do_not_interfere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their names are as general as BROKER_URL; whoever sets one means another program."""
    for name, value in {
        "BROKER_URL": "kafka://elsewhere:1",
        "STREAM_WAIT_EMPTY": "0",
        "WEB_ENABLED": "1",
        "PRODUCER_ACKS": "0",
        "CONSUMER_AUTO_OFFSET_RESET": "latest",
        "TOPIC_ALLOW_DECLARE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    conf = _app(broker_url=("here:2",)).conf
    assert [str(url) for url in conf.broker] == ["kafka://here:2"]
    assert conf.stream_wait_empty is True
    assert conf.web_enabled is False
    assert conf.producer_acks == -1
    assert conf.consumer_auto_offset_reset == "earliest"
    assert conf.topic_allow_declare is False


def test_a_login_is_handed_on_as_it_was_set() -> None:
    """SASL in the clear only where it was asked for, else with TLS, names checked."""
    login = {"sasl_mechanism": "SCRAM-SHA-512", "sasl_username": "ana", "sasl_password": "s3cret"}
    safe = _app(tls=True, **login).conf.broker_credentials
    assert safe.protocol.value == "SASL_SSL"
    assert safe.ssl_context.check_hostname
    assert (safe.username, safe.password, safe.mechanism.value) == ("ana", "s3cret", "SCRAM-SHA-512")
    assert _app(sasl_without_tls=True, **login).conf.broker_credentials.protocol.value == "SASL_PLAINTEXT"
    assert _app(tls=True).conf.broker_credentials.protocol.value == "SSL"
    assert _app().conf.broker_credentials is None


def test_faust_is_imported_in_one_place() -> None:
    """What Faust does to articles can be judged by reading one module."""
    package = Path(streams.__file__).parent
    importing = re.compile(r"^\s*(from|import) (faust|mode)\b", re.MULTILINE)
    found = [path.name for path in sorted(package.rglob("*.py")) if importing.search(path.read_text("utf-8"))]
    assert found == ["app.py"]


class Committing(_Consumer):
    """The consumer's book-keeping on its own, without a broker."""

    def __init__(self) -> None:
        self._acked: dict[int, list[int]] = {0: [], 1: []}
        self._unacked_messages: set[Any] = set()
        self._waiting_for_ack = None
        self._n_acked = 0

    def read(self, *offsets: int, partition: int = 0, begun: int | None = None) -> _Portion:
        """Begin with the first ones of a portion's records (all, where not said), and read no further."""
        records = [ConsumerRecord("raw", partition, o, 0, 0, None, b"", None, 0, 0, ()) for o in offsets]
        portion = _Portion(partition, records, generation=1)
        self._unacked_messages.add(portion)
        for _ in offsets[:begun]:
            self.begin(portion)
        self.finish(portion)
        return portion


def test_what_is_committed_is_behind_the_newest_acknowledged() -> None:
    """Once; by partition; and holes in the offsets (deleted records) are no obstacle."""
    consumer = Committing()
    assert consumer._new_offset(0) is None
    portion = consumer.read(5, 6, 50_000_000)
    for offset in (5, 6, 50_000_000):
        consumer.acknowledge(portion, offset)
    consumer.acknowledge(consumer.read(3, partition=1), 3)
    assert consumer._new_offset(0) == 50_000_001
    assert consumer._new_offset(0) is None
    assert consumer._new_offset(1) == 4


def test_what_was_read_again_does_not_move_the_commit_back() -> None:
    """After a seek back an old record may be acknowledged behind a newer one."""
    consumer = Committing()
    consumer.acknowledge(consumer.read(9), 9)
    consumer.acknowledge(consumer.read(4), 4)
    assert consumer._new_offset(0) == 10


def test_within_a_portion_only_what_was_acknowledged_is_committed() -> None:
    """What was not begun, and what is under way, is read again."""
    consumer = Committing()
    portion = consumer.read(7, 8, 9)
    consumer.acknowledge(portion, 7)
    assert consumer._new_offset(0) == 8


def test_a_portion_is_waited_for_until_all_that_was_begun_of_it_is_done() -> None:
    """A worker that stops, or hands over partitions, waits for what it began, and for nothing else."""
    consumer = Committing()
    portion = consumer.read(7, 8)
    consumer.acknowledge(portion, 7)
    assert consumer._unacked_messages == {portion}
    consumer.acknowledge(portion, 8)
    assert not consumer._unacked_messages
    assert portion.acked
    consumer.read(9, begun=0)
    assert not consumer._unacked_messages


def test_what_faust_acknowledges_is_not_committed() -> None:
    """That it skips a message, or is done with it, says nothing of the articles in it."""
    consumer = Committing()
    portion = consumer.read(7)
    assert not consumer.ack(portion)
    assert consumer._new_offset(0) is None
    assert consumer._unacked_messages == {portion}


class Ending(_Thread):
    """The consumer's thread on its own, at its end, with a consumer that ends as it is told."""

    def __init__(self, stop: Any) -> None:  # noqa: ANN401 - a coroutine function
        self.closed = self.quiet = self.left = False
        self._method_queue = None
        client, coordinator = SimpleNamespace(close=self._close), self
        self._consumer = SimpleNamespace(stop=stop, _client=client, _coordinator=coordinator)

    async def _close(self) -> None:
        self.closed = True

    async def _stop_heartbeat_task(self) -> None:
        self.quiet = True

    async def _maybe_leave_group(self) -> None:
        self.left = self.quiet and not self.closed


async def test_a_fetch_that_was_between_two_tries_does_not_end_the_thread_before_its_time() -> None:
    """The client waits for what it cancelled and passes that on; Faust would wait for ever."""

    async def stop() -> None:
        fetch = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        fetch.cancel()
        await fetch

    thread = Ending(stop)
    await thread.on_thread_stop()
    assert thread.left
    assert thread.closed


async def test_a_thread_whose_own_end_is_cancelled_says_so() -> None:
    """That is nobody else's end."""
    thread = Ending(asyncio.Event().wait)
    ending = asyncio.create_task(thread.on_thread_stop())
    await asyncio.sleep(0)
    ending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ending
    assert not thread.closed
