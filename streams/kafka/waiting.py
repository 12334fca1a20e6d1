"""What a process waits for before it begins: a broker, and the topics it reads and writes."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING

from streams.kafka.connection import administrator
from streams.kafka.topics import create, missing
from streams.logs import log


if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiokafka.admin import AIOKafkaAdminClient

    from streams.kafka.vitals import Vitals
    from streams.settings import Settings


POLL_SECONDS = 1.0
"""How often one looks whether the topics that are missing have appeared."""

REMIND_SECONDS = 30.0
"""How often one says that one is waiting for them."""


async def topics_are_there(
    settings: Settings,
    names: Sequence[str],
    vitals: Vitals,
    warm: Callable[[], object],
    *,
    who: str = "worker",
) -> bool:
    """Wait for topics, or create them; tell whether they are there (else a signal ended the wait).

    ``warm`` loads what is needed, once a broker was reached. Raises
    :class:`streams.kafka.connection.BrokerError` where no broker can be reached, or where topics cannot
    be created.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with administrator(settings) as admin:
        # Not before: that no broker can be reached is said at once, and not when everything is loaded.
        await asyncio.to_thread(warm)
        if settings.create_topics:
            for topic in await create(settings, admin):
                log(who, logging.INFO, "topic created", topic=topic.name, partitions=topic.partitions)
        return await _wait(settings, names, admin, vitals, stop, who)


async def _wait(  # noqa: PLR0917 - one thing in two functions
    settings: Settings,
    wanted: Sequence[str],
    admin: AIOKafkaAdminClient,
    vitals: Vitals,
    stop: asyncio.Event,
    who: str,
) -> bool:
    loop = asyncio.get_running_loop()
    reminded: float | None = None
    while names := ", ".join(topic.name for topic in await missing(settings, admin) if topic.name in wanted):
        vitals.waiting_for = f"for topics that are missing: {names}"
        if reminded is None or loop.time() - reminded >= REMIND_SECONDS:
            reminded = loop.time()
            how = "kabar topics create, or KABAR_CREATE_TOPICS=1"
            if settings.sasl_mechanism is not None or settings.tls_cert is not None:
                how += " (or they are there, and this user has no right to see them)"
            log(
                who,
                logging.WARNING,
                "waiting for topics that are missing",
                topics=names,
                create_them=how,
            )
        try:
            await asyncio.wait_for(stop.wait(), POLL_SECONDS)
        except TimeoutError:
            continue
        return False
    return not stop.is_set()
