"""A worker that stops to get anything done, in the way that FAULT names.

The trouble begins with the first article that contains the word TROUBLE. PATIENCE is how many
seconds nothing may move before that is looked into. From when the fault first shows,
KABAR_STALL_TIMEOUT is STALL seconds: before that a machine may be as slow as it likes. An article
that takes a while does so until there is a file ``done`` in the worker's folder.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiokafka.consumer.fetcher import Fetcher
from aiokafka.consumer.group_coordinator import CoordinatorGroupRebalance
from aiokafka.errors import KafkaError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread

from streams.__main__ import main
from streams.enrichment import read
from streams.kafka import app, delivery, outputs, vitals, watchdog, worker
from streams.kafka.children import hold_leash


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.enrichment import Reading
    from streams.kafka.vitals import Answer
    from streams.settings import Settings
    from streams.steps import Passed

FAULT = os.environ["FAULT"]
LAST = 41
"""Where this offset is committed all is done, and a phantom may be waited for."""
_TROUBLE = threading.Event()
_EXPLODES = re.compile(r"(a+)+$")
_fetch = Fetcher._proc_fetch_request
_commit = AIOKafkaConsumerThread._commit
_join = CoordinatorGroupRebalance.perform_group_join
_ask = watchdog.ask
_KEPT: list[object] = []
_WATCHDOGS: list[Watchdog] = []


class Watchdog(watchdog.Watchdog):
    """Has all the time in the world until the fault shows."""

    def __init__(self, *parts: Any) -> None:  # noqa: ANN401 - as it is there
        super().__init__(*parts)
        _WATCHDOGS.append(self)

    def lose_patience(self, seconds: float) -> None:
        """Wait only so long from now on."""
        self._settings = replace(self._settings, stall_timeout=seconds)
        self._vitals.stall_timeout = seconds


def _shows() -> None:
    """Take note that the fault begins to show."""
    for one in _WATCHDOGS:
        one.lose_patience(float(os.environ.get("STALL", "300")))
    _WATCHDOGS.clear()


async def _for_ever() -> None:
    _shows()
    await asyncio.Event().wait()


def _read(value: bytes | None, rules: Rules, passed: Passed) -> Reading:
    """Read an article; never come back from the one with the trouble where that is the fault."""
    if b"TROUBLE" in (value or b""):
        _TROUBLE.set()
        if FAULT == "article hangs":
            _shows()
            while True:
                pass
        if FAULT == "article holds Python's lock":
            _shows()
            time.sleep(2 * watchdog.LOOK_SECONDS)  # it sets its timer when it looks
            _EXPLODES.match("a" * 60 + "!")
        if FAULT == "article takes a while":
            print("it takes a while", flush=True)  # noqa: T201 - to the test
            while not Path("done").exists():
                time.sleep(0.1)
    return read(value, rules, passed)


class Delivery(delivery.Delivery):
    """Takes articles, until one is in trouble."""

    async def put(self, source: Any, records: Any, acknowledge: Any) -> None:  # noqa: ANN401 - as it is there
        """Take an article, or never come back."""
        if _TROUBLE.is_set() and FAULT == "agent waits":
            await _for_ever()
        await super().put(source, records, acknowledge)


async def _fetching(self: Any, *more: object) -> object:  # noqa: ANN401 - aiokafka's
    if _TROUBLE.is_set() and FAULT == "fetches hang":
        print("nothing is fetched any more", flush=True)  # noqa: T201 - to the test
        await _for_ever()
    return await _fetch(self, *more)


async def _committing(self: Any, offsets: dict[object, int]) -> object:  # noqa: ANN401 - Faust's
    if FAULT == "commits hang":
        await _for_ever()
    if FAULT == "commits fail":
        _shows()
        return False
    if FAULT == "commits raise":
        raise KafkaError("a fault on purpose")
    done = await _commit(self, offsets)
    if FAULT == "a phantom is waited for" and not _KEPT and sum(offsets.values()) >= LAST:
        # Never acknowledged, and nowhere to be found.
        phantom = _Phantom()
        _KEPT.append(phantom)
        self.consumer._unacked_messages.add(phantom)
        _shows()
    return done


async def _joining(self: Any) -> object:  # noqa: ANN401 - aiokafka's
    if FAULT == "never joins":
        await _for_ever()
    return await _join(self)


class _Phantom:
    acked = False


def _asking(settings: Settings, partitions: Any) -> Answer:  # noqa: ANN401 - as it is there
    answer = _ask(settings, partitions)
    if _KEPT:
        _KEPT.append(answer)
        print(f"asked {len(_KEPT) - 1} times", flush=True)  # noqa: T201 - to the test
    return answer


if __name__ == "__main__":
    vars(outputs)["read"] = _read
    vars(app)["Delivery"] = Delivery
    vars(worker)["Watchdog"] = Watchdog
    vars(watchdog)["ask"] = _asking
    Fetcher._proc_fetch_request = _fetching
    AIOKafkaConsumerThread._commit = _committing
    CoordinatorGroupRebalance.perform_group_join = _joining
    vars(vitals)["PATIENCE"] = vars(vitals)["JOINING_PATIENCE"] = float(os.environ.get("PATIENCE", "30"))
    vars(watchdog)["ASK_SECONDS"] = 2.0
    hold_leash()
    main()
