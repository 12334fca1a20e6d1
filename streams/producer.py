"""aiokafka's producer, for records that have neither a key nor a value.

Kafka takes such records, and other producers send them: nothing but headers. aiokafka
refuses to send one, so a dead letter of one could not be delivered, and the record would
end each worker that reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaProducer


if TYPE_CHECKING:
    import asyncio


_NOTHING = object()


class Producer(AIOKafkaProducer):  # type: ignore[misc]  # aiokafka is untyped here
    """Sends what it is given."""

    async def send(
        self,
        topic: str,
        value: Any = None,  # noqa: ANN401 - aiokafka's, as all here
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
