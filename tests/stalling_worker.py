"""A worker that stops to get anything done, in the way that FAULT names.

The trouble begins with the first article that contains the word TROUBLE. PATIENCE is how many
seconds nothing may move before that is looked into.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.group_coordinator import CoordinatorGroupRebalance
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams import app, delivery, outputs, vitals, watchdog
from streams.__main__ import main
from streams.children import hold_leash
from streams.enrichment import read


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.enrichment import Reading

FAULT = os.environ["FAULT"]
_TROUBLE = threading.Event()
_EXPLODES = re.compile(r"(a+)+$")
_fetch = Fetcher._proc_fetch_request
_commit = AIOKafkaConsumerThread._commit
_join = CoordinatorGroupRebalance.perform_group_join
_KEPT: list[object] = []


async def _for_ever() -> None:
    await asyncio.Event().wait()


def _read(value: bytes | None, rules: Rules) -> Reading:
    """Read an article; never come back from the one with the trouble where that is the fault."""
    if b"TROUBLE" in (value or b""):
        _TROUBLE.set()
        if FAULT == "article hangs":
            while True:
                pass
        if FAULT == "article holds Python's lock":
            _EXPLODES.match("a" * 60 + "!")
        if FAULT == "article takes a while":
            print("it takes a while", flush=True)  # noqa: T201 - to the test
            time.sleep(4)
    return read(value, rules)


class Delivery(delivery.Delivery):
    """Takes articles, until one is in trouble."""

    async def put(self, source: Any, records: Any, acknowledge: Any) -> None:  # noqa: ANN401 - as it is there
        """Take an article, or never come back."""
        if _TROUBLE.is_set() and FAULT == "agent waits":
            await _for_ever()
        await super().put(source, records, acknowledge)


async def _fetching(self: Any, *more: object) -> object:  # noqa: ANN401 - aiokafka's
    if _TROUBLE.is_set() and FAULT == "fetches hang":
        await _for_ever()
    return await _fetch(self, *more)


async def _committing(self: Any, offsets: object) -> object:  # noqa: ANN401 - Faust's
    if FAULT == "commits hang":
        await _for_ever()
    if FAULT == "commits fail":
        return False
    if FAULT == "commits raise":
        raise KafkaError("a fault on purpose")
    return await _commit(self, offsets)


async def _joining(self: Any) -> object:  # noqa: ANN401 - aiokafka's
    if FAULT == "never joins":
        await _for_ever()
    return await _join(self)


class _Consumer(app._Consumer):
    def track_message(self, message: Any) -> None:  # noqa: ANN401 - Faust's
        super().track_message(message)
        if FAULT == "a phantom is waited for" and not _KEPT:
            # Never acknowledged, and nowhere to be found.
            phantom = _Phantom()
            _KEPT.append(phantom)
            self._unacked_messages.add(phantom)


class _Phantom:
    acked = False


if __name__ == "__main__":
    vars(outputs)["read"] = _read
    vars(app)["Delivery"] = Delivery
    app._Transport.Consumer = _Consumer
    Fetcher._proc_fetch_request = _fetching
    AIOKafkaConsumerThread._commit = _committing
    CoordinatorGroupRebalance.perform_group_join = _joining
    vars(vitals)["PATIENCE"] = vars(vitals)["JOINING_PATIENCE"] = float(os.environ.get("PATIENCE", "30"))
    vars(watchdog)["ASK_SECONDS"] = 2.0
    hold_leash()
    main()
