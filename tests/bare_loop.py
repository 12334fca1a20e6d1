"""What the worker is measured against: a bare aiokafka loop that does the same work.

It reads a batch, gives each record to the same function, waits for all receipts and commits.
It handles no failure: a record that is refused, a rebalance or a slow broker ends it.
"""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from streams import settings as settings_module
from streams.alerts import load_rules
from streams.kafka.children import hold_leash
from streams.kafka.connection import connection
from streams.kafka.envelope import Incoming
from streams.kafka.outputs import outputs


BATCH = 200


async def loop() -> None:
    """Work until the process is ended."""
    settings = settings_module.load()
    rules = load_rules(settings.rules)
    consumer = AIOKafkaConsumer(
        settings.topic_raw,
        **connection(settings),
        group_id=settings.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(**connection(settings), acks="all", max_batch_size=64_000)
    async with consumer, producer:
        while True:
            receipts = []
            for records in (await consumer.getmany(timeout_ms=1_000, max_records=BATCH)).values():
                for record in records:
                    source = Incoming(
                        topic=record.topic,
                        partition=record.partition,
                        offset=record.offset,
                        timestamp=record.timestamp / 1_000,
                        key=record.key,
                        value=record.value,
                        headers=record.headers,
                    )
                    for output in outputs(settings, rules, source).records:
                        headers = list(output.headers)
                        receipts.append(
                            await producer.send(output.topic, output.value, key=output.key, headers=headers)
                        )
            if receipts:
                await asyncio.gather(*receipts)
                await consumer.commit()


if __name__ == "__main__":
    hold_leash()
    asyncio.run(loop())
