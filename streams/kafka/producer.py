"""aiokafka's producer, mended for a worker that has to deliver everything.

* It sends records that have neither a key nor a value: nothing but headers. Kafka takes them,
  and other producers send them; aiokafka refuses, and the record would end each worker that reads it.
* Where it is idempotent it goes on after a failure. The broker counts what it gets, and a batch
  that it refused leaves a hole in aiokafka's count: it would refuse everything behind it.
* A batch that is refused for its size is sent again in its place, record by record, so that
  only the record that is too large is refused.
"""
# ruff: noqa: SLF001 - aiokafka has no open way to any of this

from __future__ import annotations

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError, RecordListTooLargeError, for_code
from aiokafka.producer.message_accumulator import MessageAccumulator, MessageBatch
from aiokafka.producer.sender import Sender, SendProduceReqHandler
from aiokafka.producer.transaction_manager import NO_PRODUCER_EPOCH, NO_PRODUCER_ID, PidAndEpoch
from aiokafka.record.memory_records import MemoryRecords


_NOTHING = object()

_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


class Producer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka is untyped here
    """Sends what it is given."""

    _sender: Any

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - aiokafka's, as all here
        super().__init__(**settings)
        self._sender = _Sender(
            self.client,
            acks=self._sender._acks,
            txn_manager=self._txn_manager,
            message_accumulator=self._message_accumulator,
            retry_backoff_ms=self._sender._retry_backoff * 1_000,
            request_timeout_ms=self._request_timeout_ms,
        )

    async def send(
        self,
        topic: str,
        value: Any = None,  # noqa: ANN401
        key: Any = None,  # noqa: ANN401
        *arguments: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> asyncio.Future[object]:
        """Send a record as aiokafka does."""
        value = _NOTHING if value is None else value
        receipt: asyncio.Future[object] = await super().send(topic, value, key, *arguments, **named)
        return receipt

    def _serialize(self, key: Any, value: Any, headers: Any) -> Any:  # noqa: ANN401
        return super()._serialize(key, None if value is _NOTHING else value, headers)


class _Sender(Sender):  # type: ignore[misc]  # aiokafka is untyped here
    """Sends batches, one at a time to each partition."""

    async def _send_produce_req(self, node_id: int, batches: dict[TopicPartition, MessageBatch]) -> None:
        handler = _Handler(self, dict(batches))
        await handler.do(node_id)
        if handler.left_a_hole():
            self._count_anew()
        self._in_flight.remove(node_id)
        for partition in batches:
            self._muted_partitions.remove(partition)

    def _count_anew(self) -> None:
        """Ask the broker for a new id, under which it counts from nought; before the next batch is sent.

        A batch that is under way, or waits to be tried again, keeps the id and the numbers it has.
        """
        manager = self._txn_manager
        if manager is not None and manager.transactional_id is None and manager.has_pid():
            manager._pid_and_epoch = PidAndEpoch(NO_PRODUCER_ID, NO_PRODUCER_EPOCH)
            manager._pid_waiter = asyncio.get_running_loop().create_future()
            manager._sequence_numbers.clear()


class _Handler(SendProduceReqHandler):  # type: ignore[misc]  # aiokafka is untyped here
    """One request with batches, and what becomes of them."""

    _split = False

    def left_a_hole(self) -> bool:
        """Tell whether a batch was numbered, and will never be on the broker as it is."""
        failed = (batch.future for batch in self._batches.values() if batch.future.done())
        return self._split or any(future.exception() is not None for future in failed)

    def handle_response(self, response: Any) -> None:  # noqa: ANN401
        for topic, partitions in response.topics:
            for partition, code, *_ in partitions:
                batch = self._batches.get(TopicPartition(topic, partition))
                if batch is not None and batch.record_count > 1 and for_code(code) in _TOO_LARGE:
                    del self._batches[batch.tp]
                    _split(self._sender._message_accumulator, batch)
                    self._split = True
        super().handle_response(response)


def _split(accumulator: MessageAccumulator, batch: MessageBatch) -> None:
    """Put each record of a batch where the batch was, as a batch of its own."""
    records = MemoryRecords(bytes(batch.get_data_buffer())).next_batch()
    singles = []
    for record, (receipt, _) in zip(records, batch._msg_futures, strict=True):
        builder = accumulator.create_builder()
        written = builder.append(
            timestamp=record.timestamp, key=record.key, value=record.value, headers=record.headers
        )
        builder.close()
        single = MessageBatch(batch.tp, builder, accumulator._batch_ttl, 0)
        single._msg_futures.append((receipt, written))
        singles.append(single)
    accumulator._batches[batch.tp].extendleft(reversed(singles))
    batch.future.set_result(None)
