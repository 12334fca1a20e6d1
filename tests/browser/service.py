"""A dashboard with what feeds it, as processes of their own, for tests in a browser."""

from __future__ import annotations

import asyncio
import json
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from aiokafka import AIOKafkaProducer

from streams.kafka.children import Child
from streams.kafka.connection import connection
from tests.kafka import Kafka, free_port
from tests.workers import PATIENCE, environment, until


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from streams.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

# Playwright keeps an event loop running in the tests' own thread: what has one of its own runs here. The
# thread stays, since a broker ends with the thread that started it.
_APART = ThreadPoolExecutor(1, "apart")


def apart(does: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """Call something that runs an event loop, in a thread that has none."""
    return _APART.submit(does, *arguments, **named).result(PATIENCE)


class Dashboard:
    """A dashboard at one port, that can be stopped and started again."""

    def __init__(self, settings: Settings, folder: Path, **more: str) -> None:
        self.settings = settings
        self._folder = folder
        self._environment = environment(
            self.settings, {"KABAR_DASHBOARD_PORT": str(free_port()), "KABAR_DASHBOARD_HOURS": "2"} | more
        )
        self.address = f"http://127.0.0.1:{self._environment['KABAR_DASHBOARD_PORT']}/"
        self._child: Child | None = None

    def start(self) -> Dashboard:
        """Start it, and wait until it says where it listens."""
        log = self._folder / "dashboard.log"
        self._child = Child(
            "streams.kafka.children", ["dashboard"], log=log, environment=self._environment, spoken=True
        )
        self._child.first_line(PATIENCE)
        return self

    def stop(self) -> None:
        """End it as a deployment would."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def get(self, path: str, **parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Return what the API answers."""
        query = urllib.parse.urlencode(parameters)
        address = f"{self.address}api/v1/{path}?{query}"
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - our own, over HTTP
            return json.load(answer)

    def all(self, path: str, **parameters: object) -> list[dict[str, Any]]:
        """Return all items of a list, page after page."""
        items: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(path, limit=200, **parameters, **cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    def article(self, id_: str) -> dict[str, Any]:
        """Return a whole enriched article."""
        record: dict[str, Any] = self.get(f"articles/{urllib.parse.quote(id_, safe='')}")["article"]
        return record

    def wait_for(self, records: int) -> None:
        """Wait until it has read so many articles and dead letters: what as many raw records give."""

        def there() -> bool:
            read = self.get("stats")["read"]
            return bool(read["article"] + read["dead_letter"] >= records)

        until(there, f"the dashboard to have read {records} records")

    def send(self, topic: str, records: Iterable[tuple[str, bytes]]) -> None:
        """Publish records of a key and a value, and wait for their receipts."""

        async def sent() -> None:
            async with AIOKafkaProducer(
                **connection(self.settings), linger_ms=5, max_request_size=8_000_000
            ) as producer:
                receipts = [await producer.send(topic, value, key=key.encode()) for key, value in records]
                await asyncio.gather(*receipts)

        apart(asyncio.run, sent())

    def publish(self, *articles: dict[str, Any]) -> None:
        """Publish raw articles, for the worker to read."""
        self.send(
            self.settings.topic_raw,
            [(one["id"], json.dumps(one, ensure_ascii=False).encode()) for one in articles],
        )


def topics_of(kafka: Kafka) -> Settings:
    """Return settings with topics of one's own, created."""
    return apart(kafka.with_topics, partitions=2)
