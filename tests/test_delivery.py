"""Delivery: nothing is acknowledged before its results, and the results of all before it, are delivered."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from aiokafka.errors import (
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NotLeaderForPartitionError,
    TopicAuthorizationFailedError,
)
from hypothesis import given
from hypothesis import strategies as st

from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka import delivery as module
from streams.kafka.deadletters import dead_letter
from streams.kafka.delivery import Delivery
from streams.kafka.envelope import Incoming, Outgoing, header
from streams.settings import Settings


if TYPE_CHECKING:
    from typing import NoReturn


SETTINGS = Settings(in_flight_articles=4)


class Left(BaseException):
    """The process would have ended here."""


class Broker:
    """Takes records, and gives or refuses receipts when it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[Outgoing, asyncio.Future[object]]] = []
        self.reasons: list[str] = []
        self.acknowledged: list[int] = []
        self.letters: list[Outgoing | None] = []
        self.answers: list[Exception | None] = []

    async def send(self, record: Outgoing) -> asyncio.Future[object]:
        """Queue a record; its receipt comes at once where ``answers`` holds one."""
        receipt: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.sent.append((record, receipt))
        if self.answers:
            _answer(receipt, self.answers.pop(0))
        return receipt

    def leave(self, reason: str) -> NoReturn:
        """Note the reason, and end what called."""
        self.reasons.append(reason)
        raise Left

    async def put(self, delivery: Delivery, number: int, *values: bytes) -> None:
        """Put an article with results of these values."""

        def acknowledge(letter: Outgoing | None) -> None:
            self.acknowledged.append(number)
            self.letters.append(letter)

        records = [Outgoing("enriched", b"key", value, ()) for value in values]
        await delivery.put(_source(number), records, acknowledge)


def _source(number: int) -> Incoming:
    return Incoming("raw", 0, number, 0.0, b"key", b"the article", ())


def _answer(receipt: asyncio.Future[object], answer: Exception | None) -> None:
    if answer is None:
        receipt.set_result(None)
    else:
        receipt.set_exception(answer)


async def _settled() -> None:
    """Let every task run until it waits."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.0)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.0)


async def _ended(delivery: Delivery) -> None:
    """Wait for the end of the task that acknowledges, which only leaving ends."""
    assert delivery._settling is not None
    with contextlib.suppress(Left):
        await asyncio.wait_for(delivery._settling, 5)


async def test_an_article_is_acknowledged_when_all_it_gave_is_delivered() -> None:
    """Two receipts of three are not enough."""
    broker = Broker()
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"a", b"b", b"c")
    for _, receipt in broker.sent[1:]:
        _answer(receipt, None)
    await _settled()
    assert broker.acknowledged == []
    _answer(broker.sent[0][1], None)
    await _settled()
    assert broker.acknowledged == [1]


async def test_an_article_waits_for_those_before_it() -> None:
    """The second is delivered first, and still acknowledged second."""
    broker = Broker()
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"a")
    await broker.put(delivery, 2, b"b")
    _answer(broker.sent[1][1], None)
    await _settled()
    assert broker.acknowledged == []
    _answer(broker.sent[0][1], None)
    await _settled()
    assert broker.acknowledged == [1, 2]


async def test_an_article_that_gave_nothing_waits_in_line_too() -> None:
    """It needs no receipt, and must not overtake one that does."""
    broker = Broker()
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"a")
    await broker.put(delivery, 2)
    await _settled()
    assert broker.acknowledged == []
    _answer(broker.sent[0][1], None)
    await _settled()
    assert broker.acknowledged == [1, 2]


@given(st.permutations(range(4)))
def test_whatever_order_receipts_come_in_acknowledgements_are_in_order(order: list[int]) -> None:
    """At any time the articles acknowledged are the first ones, and only delivered ones."""

    async def run() -> None:
        broker = Broker()
        delivery = Delivery(replace(SETTINGS, in_flight_articles=10), broker.send, broker.leave)
        for number in range(4):
            await broker.put(delivery, number, b"x")
        delivered = set()
        for number in order:
            _answer(broker.sent[number][1], None)
            delivered.add(number)
            await _settled()
            first = next((n for n in range(4) if n not in delivered), 4)
            assert broker.acknowledged == list(range(first))

    asyncio.run(run())


async def test_only_so_many_articles_are_under_way() -> None:
    """The fourth put returns when the first article is acknowledged."""
    broker = Broker()
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    for number in range(3):
        await broker.put(delivery, number, b"x")
    fourth = asyncio.create_task(broker.put(delivery, 3, b"x"))
    await _settled()
    assert not fourth.done()
    assert len(delivery) == 4
    _answer(broker.sent[0][1], None)
    await fourth
    assert broker.acknowledged == [0]


async def test_only_so_many_bytes_are_under_way() -> None:
    """One large article fills the room of many."""
    broker = Broker()
    delivery = Delivery(replace(SETTINGS, in_flight_bytes=1_000_000), broker.send, broker.leave)
    large = asyncio.create_task(broker.put(delivery, 0, b"x" * 1_000_000))
    await _settled()
    assert not large.done()
    _answer(broker.sent[0][1], None)
    await large


@pytest.mark.parametrize("fault", [KafkaTimeoutError(), NotLeaderForPartitionError(), OSError("gone")])
async def test_what_fails_is_sent_again(fault: Exception) -> None:
    """A failure that may pass is tried again, and only then acknowledged."""
    broker = Broker()
    broker.answers = [fault, fault, fault]
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"a")
    await _settled()
    assert broker.acknowledged == []
    assert [record.value for record, _ in broker.sent] == [b"a"] * 4
    _answer(broker.sent[3][1], None)
    await _settled()
    assert broker.acknowledged == [1]


async def test_what_cannot_be_queued_is_sent_again() -> None:
    """Where queueing itself fails it is as a failed receipt."""
    broker = Broker()
    failures = [KafkaTimeoutError(), OSError()]

    async def send(record: Outgoing) -> asyncio.Future[object]:
        if failures:
            raise failures.pop()
        broker.answers = [None]
        return await broker.send(record)

    await broker.put(Delivery(SETTINGS, send, broker.leave), 1, b"a")
    await _settled()
    assert broker.acknowledged == [1]


async def test_a_refused_result_becomes_a_dead_letter() -> None:
    """Refused twice (once may be a neighbour's fault), it is buried, and then acknowledged."""
    broker = Broker()
    broker.answers = [MessageSizeTooLargeError(), MessageSizeTooLargeError(), None]
    await broker.put(Delivery(SETTINGS, broker.send, broker.leave), 1, b"large")
    await _settled()
    letter = broker.sent[2][0]
    assert letter.topic == SETTINGS.topic_dead_letter
    assert letter.value == b"the article"
    assert header(letter.headers, "error.type") == b"refused"
    assert broker.acknowledged == [1]


async def test_the_other_results_of_a_refused_one_are_delivered() -> None:
    """An alert goes out, also where its article is too large to."""
    broker = Broker()
    broker.answers = [MessageSizeTooLargeError(), None, MessageSizeTooLargeError(), None]
    await broker.put(Delivery(SETTINGS, broker.send, broker.leave), 1, b"large", b"alert")
    await _settled()
    assert [record.value for record, _ in broker.sent] == [b"large", b"alert", b"large", b"the article"]
    assert broker.acknowledged == [1]


async def test_a_dead_letter_is_cut_until_the_broker_takes_it() -> None:
    """Each refusal halves it."""
    broker = Broker()
    broker.answers = [MessageSizeTooLargeError()] * 6 + [None]
    delivery = Delivery(replace(SETTINGS, record_bytes=1_000_000), broker.send, broker.leave)
    source = _source(1)._replace(value=b"x" * 900_000)

    def acknowledge(_: Outgoing | None) -> None:
        broker.acknowledged.append(1)

    await delivery.put(source, [Outgoing("enriched", b"key", b"large", ())], acknowledge)
    await _settled()
    sizes = [record.size for record, _ in broker.sent[2:]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= 250_000
    assert broker.acknowledged == [1]


async def test_a_dead_letter_that_is_never_taken_ends_the_process() -> None:
    """An article is not acknowledged because nobody would have it."""
    broker = Broker()
    broker.answers = [MessageSizeTooLargeError()] * 100
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"large")
    await _ended(delivery)
    assert len(broker.reasons) == 1
    assert "no dead letter, however short" in broker.reasons[0]
    assert broker.acknowledged == []


async def test_what_is_forbidden_ends_the_process_at_once() -> None:
    """No right to write will not come by trying again; the articles behind it are not acknowledged either."""
    broker = Broker()
    broker.answers = [TopicAuthorizationFailedError("enriched"), None]
    delivery = Delivery(SETTINGS, broker.send, broker.leave)
    await broker.put(delivery, 1, b"a")
    await broker.put(delivery, 2, b"b")
    await _ended(delivery)
    assert "TopicAuthorizationFailedError" in broker.reasons[0]
    assert len(broker.sent) == 2
    assert broker.acknowledged == []


async def test_what_is_not_delivered_in_time_ends_the_process() -> None:
    """A receipt that never comes, and a failure that never ends."""
    for answers in ([], [KafkaTimeoutError()] * 1_000_000):
        broker = Broker()
        broker.answers = list(answers)
        delivery = Delivery(replace(SETTINGS, delivery_timeout=0.05), broker.send, broker.leave)
        await broker.put(delivery, 1, b"a")
        await _ended(delivery)
        assert "not delivered in 0.05 s" in broker.reasons[0]
        assert broker.acknowledged == []


async def test_what_cannot_be_queued_in_time_ends_the_process() -> None:
    """What was queued before it is no reason to acknowledge the article."""
    broker = Broker()
    queued: list[bytes | None] = []

    async def send(record: Outgoing) -> asyncio.Future[object]:
        queued.append(record.value)
        if record.value == b"b":
            await asyncio.Event().wait()
        broker.answers = [None]
        return await broker.send(record)

    delivery = Delivery(replace(SETTINGS, delivery_timeout=0.05), send, broker.leave)
    await broker.put(delivery, 1, b"a", b"b", b"c")
    await _ended(delivery)
    assert queued[:2] == [b"a", b"b"]
    assert "not delivered in 0.05 s: TimeoutError" in broker.reasons[0]
    assert broker.acknowledged == []


async def test_an_acknowledgement_that_fails_ends_the_process() -> None:
    """Else nothing would ever be acknowledged again, and nobody would notice."""
    broker = Broker()
    broker.answers = [None]
    delivery = Delivery(SETTINGS, broker.send, broker.leave)

    def acknowledge(_: Outgoing | None) -> None:
        raise RuntimeError("no consumer")

    await delivery.put(_source(1), [Outgoing("enriched", None, b"a", ())], acknowledge)
    await _ended(delivery)
    assert broker.reasons == ["acknowledging failed: RuntimeError: no consumer"]


async def test_too_many_dead_letters_end_the_process_before_they_are_acknowledged() -> None:
    """The article that was one too many has its letter, is not acknowledged, and will be read again."""
    broker = Broker()
    settings = replace(SETTINGS, dead_letter_limit=1.0, dead_letter_window=10)
    delivery = Delivery(settings, broker.send, broker.leave)
    broker.answers = [None] * 40

    async def bury(number: int) -> None:
        error = ArticleError(Stage.DECODE, ErrorType.NOT_JSON, "not JSON")
        letter = dead_letter(settings, _source(number), error, limit=10_000)

        def acknowledge(_: Outgoing | None) -> None:
            broker.acknowledged.append(number)

        await delivery.put(_source(number), [letter], acknowledge)

    for number in range(9):
        await bury(number)
    await broker.put(delivery, 9, b"read")
    for number in range(10, 20):
        await bury(number)
    await _ended(delivery)
    assert broker.acknowledged == list(range(19))
    [reason] = broker.reasons
    assert reason.startswith("10 of the last 10 articles became dead letters (decode/not_json 10)")


async def test_what_the_broker_refuses_counts_as_a_dead_letter_too() -> None:
    """A topic that takes nothing of a sensible size is no accident either."""
    broker = Broker()
    settings = replace(SETTINGS, dead_letter_limit=1.0, dead_letter_window=10)
    delivery = Delivery(settings, broker.send, broker.leave)
    broker.answers = [MessageSizeTooLargeError()]
    for number in range(10):
        broker.answers = [MessageSizeTooLargeError(), MessageSizeTooLargeError(), None]
        await broker.put(delivery, number, b"much too long")
        await _settled()
    await _ended(delivery)
    assert broker.acknowledged == list(range(9))
    assert "publish/refused 10" in broker.reasons[0]
