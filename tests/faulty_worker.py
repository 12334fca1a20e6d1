"""A worker with faults on purpose.

Enrichment fails on articles that contain the name of an exception. What comes from an
article that contains the word WITHHELD is not sent, and its receipt never comes; of one with
the word DROPPED the receipt comes all the same; of one with the word BELATED it comes when a file
of the name in UNTIL is there. Each article takes as many seconds longer as
SLOWER says, so that tests find a worker at work; the article whose id is in DWELL_ON takes an
hour, and the worker says so when it begins.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faust.transport.drivers import aiokafka as driver

from streams.__main__ import main
from streams.enrichment import read
from streams.kafka import app, outputs
from streams.kafka.children import hold_leash


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.enrichment import Reading
    from streams.steps import Passed


def faulty(value: bytes | None, rules: Rules, passed: Passed) -> Reading:
    """Read an article, or fail as it asks for."""
    time.sleep(float(os.environ.get("SLOWER", "0")))
    article = os.environ.get("DWELL_ON")
    if article and f'"id": "{article}"'.encode() in (value or b""):
        print("dwelling on", article, file=sys.stderr, flush=True)  # noqa: T201 - tests wait for it
        time.sleep(3_600)
    for kind in (ZeroDivisionError, RecursionError, MemoryError):
        if kind.__name__.encode() in (value or b""):
            raise kind("a fault on purpose, quoting: SECRET")
    return read(value, rules, passed)


class Withholding(driver.Producer):  # type: ignore[misc]  # Faust is untyped here
    """A producer that loses some records without a word."""

    async def send(self, topic: str, key: bytes | None, value: bytes | None, *more: object) -> Any:  # noqa: ANN401 - Faust's
        """Send a record, or lose it."""
        if b"WITHHELD" in (value or b""):
            return asyncio.get_running_loop().create_future()
        if b"DROPPED" in (value or b""):
            receipt = asyncio.get_running_loop().create_future()
            receipt.set_result(None)
            return receipt
        if b"BELATED" in (value or b""):
            stored = await super().send(topic, key, value, *more)
            return asyncio.create_task(_when_it_is_time(stored))
        return await super().send(topic, key, value, *more)


async def _when_it_is_time(receipt: Any) -> Any:  # noqa: ANN401 - Faust's
    def wait() -> None:
        while not Path(os.environ["UNTIL"]).exists():
            time.sleep(0.05)

    await asyncio.to_thread(wait)
    return await receipt


if __name__ == "__main__":
    app._Transport.Producer = Withholding
    vars(outputs)["read"] = faulty
    hold_leash()
    main()
