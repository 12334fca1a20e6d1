"""The dashboard on Apache Kafka: it shows what the worker writes, and its readers outlive restarts."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientError, ClientSession
from aiokafka import AIOKafkaProducer

from streams.commands.demo import SAMPLES
from streams.dashboard.server import Dashboard
from streams.kafka.children import Child
from streams.kafka.connection import administrator, connection
from streams.kafka.topics import create
from tests.dashboards import article, frames, sample
from tests.embedded import spawn
from tests.kafka import free_port, running
from tests.workers import PATIENCE, Worker, environment


if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
    from pathlib import Path

    from streams.settings import Settings
    from tests.kafka import Kafka

pytestmark = pytest.mark.kafka


class Served(Child):
    """A dashboard in a process of its own."""

    def __init__(self, settings: Settings, folder: Path, port: int = 0) -> None:
        more = {"KABAR_DASHBOARD_PORT": str(port)}
        log = folder / "dashboard.log"
        super().__init__(
            "streams.kafka.children",
            ["dashboard"],
            log=log,
            environment=environment(settings, more),
            spoken=True,
        )
        self.address = self.first_line(PATIENCE)


async def asked(address: str, path: str) -> tuple[int, Any]:
    """Return the status and the body of an answer."""
    async with ClientSession() as session, session.get(address + path) as response:
        return response.status, await response.json(content_type=None)


async def until(condition: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait for something to be so; fail with ``what`` where it never is."""
    deadline = time.monotonic() + PATIENCE
    while not await condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.1)


async def publish(settings: Settings, ids: Iterable[str], *, hours_ago: float = 0.0) -> None:
    """Publish enriched articles, as a worker does."""
    timestamp = int((time.time() - hours_ago * 3600) * 1000)
    async with AIOKafkaProducer(**connection(settings), enable_idempotence=True) as producer:
        for id_ in ids:
            value = json.dumps(article(id_)).encode()
            await producer.send(settings.topic_enriched, value, key=id_.encode(), timestamp_ms=timestamp)


@contextlib.asynccontextmanager
async def following(settings: Settings) -> AsyncIterator[Dashboard]:
    """Run a dashboard in this process; gives it when all is read that was there."""
    dashboard = Dashboard(settings)
    dashboard.follow()

    async def loaded() -> bool:
        assert dashboard.failed() is None
        return dashboard.feed.loaded.is_set()

    try:
        await until(loaded, "the dashboard to read what is there")
        yield dashboard
    finally:
        await dashboard.stop()


async def test_it_waits_for_topics_then_shows_and_streams_all_that_the_worker_writes(
    kafka: Kafka, tmp_path: Path
) -> None:
    """Started before there are topics; every article, alert and dead letter of the sample, once."""
    settings = kafka.settings()
    with Served(settings, tmp_path) as served:

        async def waits() -> bool:
            status, body = await asked(served.address, "/readyz")
            return (status, body["status"]) == (503, "waiting")

        await until(waits, "it to say that topics are missing")
        assert await asked(served.address, "/healthz") == (200, {"status": "ok", "detail": None})
        async with administrator(settings) as admin:
            await create(settings, admin)

        async def ready() -> bool:
            return (await asked(served.address, "/readyz"))[0] == 200

        await until(ready, "it to be ready")
        async with ClientSession() as session, session.get(f"{served.address}/api/v1/stream") as response:
            events = frames(response)
            assert (await anext(events)).event == "hello"
            with Worker(settings, tmp_path):
                env = environment(settings)
                raw = await asyncio.to_thread(spawn, "replay", "--raw", SAMPLES, env=env)
                assert raw.status == 0, raw.err

                async def all_is_out() -> bool:
                    lag = (await asked(served.address, "/api/v1/stats"))[1]["lag"]
                    return lag["total"] == 0 and any(one["end"] for one in lag["partitions"])

                await until(all_is_out, "the worker's lag to be nothing")
            stats = (await asked(served.address, "/api/v1/stats"))[1]
            seen: Counter[tuple[str, str]] = Counter()
            # An article that came in twice gives the same bytes twice, and one event.
            kept = {name: one["count"] for name, one in stats["kept"].items()}
            while seen.total() < sum(kept.values()):
                event = await asyncio.wait_for(anext(events), PATIENCE)
                if event.event not in {"stats", "heartbeat"}:
                    seen[event.event, event.data["id"]] += 1
            await events.aclose()
        assert stats["read"]["unreadable"] == 0
        assert set(seen.values()) == {1}
        assert kept["article"] == len(sample().articles)
        assert kept["alert"] == len(sample().alerts)
        assert kept["dead_letter"] == stats["read"]["dead_letter"] > 0
        assert served.stop(PATIENCE) == 0


async def test_a_reader_misses_nothing_and_gets_nothing_twice_when_broker_and_server_restart(
    kafka_classes: str, tmp_path: Path
) -> None:
    """The broker is killed and comes back, the server stops and starts anew, articles go on coming."""
    port, own_port = free_port(), free_port()
    got: Counter[str] = Counter()
    wanted: list[str] = []

    async def more(settings: Settings) -> None:
        new = [f"a{len(wanted) + number}" for number in range(40)]
        wanted.extend(new)
        await publish(settings, new)

    async def came() -> bool:
        return len(got) == len(wanted)

    def broker(stack: contextlib.ExitStack) -> Awaitable[Kafka]:
        return asyncio.to_thread(stack.enter_context, running(kafka_classes, tmp_path, port))

    with contextlib.ExitStack() as stack:
        with contextlib.ExitStack() as first:
            one = await broker(first)
            settings = await asyncio.to_thread(one.with_topics)
            served = await asyncio.to_thread(Served, settings, tmp_path, own_port)
            stack.callback(served.stop, 0)
            reader = asyncio.create_task(_read(served.address, got))
            stack.callback(reader.cancel)
            await more(settings)
            await until(came, "the first articles")
            await more(settings)
            one.kill()
        await broker(stack)
        await more(settings)
        await until(came, "what came after the broker was back")
        assert await asyncio.to_thread(served.stop, PATIENCE) == 0
        await more(settings)
        served = await asyncio.to_thread(Served, settings, tmp_path, own_port)
        stack.callback(served.stop, 0)
        await more(settings)
        await until(came, "what came while the server was away")
        assert await asyncio.to_thread(served.stop, PATIENCE) == 0
    assert set(got) == set(wanted)
    assert set(got.values()) == {1}


async def _read(address: str, got: Counter[str]) -> None:
    """Read the stream as a browser does: whenever it ends, come back with the id of the last event."""
    last: str | None = None
    while True:
        headers = {} if last is None else {"Last-Event-ID": last}
        with contextlib.suppress(ClientError, OSError):
            async with (
                ClientSession() as session,
                session.get(f"{address}/api/v1/stream?after=-&events=article", headers=headers) as response,
            ):
                async for event in frames(response):
                    assert event.event != "reset", event
                    last = event.id or last
                    if event.event == "article":
                        got[event.data["id"]] += 1
        await asyncio.sleep(0.2)


async def test_reading_begins_so_many_hours_back(kafka: Kafka) -> None:
    """By the times of the records; at the end where nothing is to be read of what was there."""
    settings = await asyncio.to_thread(kafka.with_topics, dashboard_hours=2.0)
    await publish(settings, ["yesterday"], hours_ago=30)
    await publish(settings, ["an hour ago"], hours_ago=1)
    async with following(settings) as dashboard:
        assert [item.id for item in dashboard.store.newest("article")] == ["an hour ago"]
    async with following(replace(settings, dashboard_hours=0.0)) as dashboard:
        assert list(dashboard.store.newest("article")) == []
        await publish(settings, ["now"])

        async def came() -> bool:
            return [item.id for item in dashboard.store.newest("article")] == ["now"]

        await until(came, "what comes live")


async def test_no_more_is_read_than_is_kept(kafka: Kafka) -> None:
    """Of a long backlog only the end: the newest by time, of all partitions."""
    settings = await asyncio.to_thread(kafka.with_topics, dashboard_articles=10)
    await publish(settings, [f"old{number}" for number in range(100)], hours_ago=1)
    await publish(settings, [f"new{number}" for number in range(10)])
    async with following(settings) as dashboard:
        assert {item.id for item in dashboard.store.newest("article")} == {f"new{n}" for n in range(10)}
        assert dashboard.counts.read["article"] <= 4 * 10


async def test_what_is_no_record_is_counted_and_passed_over(kafka: Kafka) -> None:
    """On the topics of results, whoever wrote it."""
    settings = await asyncio.to_thread(kafka.with_topics)
    async with AIOKafkaProducer(**connection(settings)) as producer:
        for topic in (settings.topic_enriched, settings.topic_alert):
            for value in (b"{", None, b'{"id": "x"}', b"\xff"):
                await producer.send_and_wait(topic, value, key=b"k", headers=[("error.stage", b"\xff")])
    await publish(settings, ["good"])
    async with following(settings) as dashboard:
        assert [item.id for item in dashboard.store.newest("article")] == ["good"]
        assert dashboard.counts.unreadable == 8
