"""Why stories are not kept in a Faust table: how long the main stream stands still while a table recovers.

``python -m tests.faust_tables`` starts Apache Kafka and, for tables of some sizes, an app with one agent on a
topic of articles. Once without a table, then with one that its changelog has to be read back into, as
after a restart or a rebalance. It prints the seconds from the start of the app to its first article.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import faust
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.kafka import classpath, running


SIZES = (None, 1_000, 10_000)
"""Entries of the table; None: an app without one."""

REPORT = json.dumps({"what": "about as much as is kept of an article " * 20})
PATIENCE = 300.0


def app(address: str, name: str, *, table: bool) -> None:
    """Run an app that prints the time of its first article, and ends."""
    made = faust.App(
        name,
        broker=f"kafka://{address}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_partitions=1,
        stream_wait_empty=False,
    )
    articles = made.topic(f"{name}.articles", value_serializer="raw")
    state = made.Table("state", partitions=1) if table else None

    @made.agent(articles)  # type: ignore[untyped-decorator]  # Faust is untyped here
    async def read(stream: Any) -> None:  # noqa: ANN401 - Faust's
        async for _ in stream:
            # Faust takes standard output for its log.
            held = len(state) if state is not None else 0
            os.write(1, f"first {time.time()} {held}\n".encode())
            os._exit(0)

    del read
    faust.Worker(made, loglevel="ERROR").execute_from_commandline()


async def prepare(address: str, name: str, entries: int) -> None:
    """Create the topics, put an article into one and the state into the other."""
    admin = AIOKafkaAdminClient(bootstrap_servers=address)
    await admin.start()
    changelog = f"{name}-state-changelog"
    config = {"cleanup.policy": "compact"}
    await admin.create_topics(
        [NewTopic(f"{name}.articles", 1, 1), NewTopic(changelog, 1, 1, topic_configs=config)]
    )
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=address, linger_ms=20) as producer:
        for number in range(entries):
            await producer.send(changelog, REPORT.encode(), key=json.dumps(f"article-{number}").encode())
        await producer.flush()
        await producer.send_and_wait(f"{name}.articles", b"an article")


async def measure(address: str, entries: int | None) -> float:
    """Return the seconds from the start of an app to its first article."""
    name = f"t{uuid.uuid4().hex[:8]}"
    await prepare(address, name, entries or 0)
    began = time.time()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faust_tables",
        address,
        name,
        "table" if entries is not None else "none",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            async for line in process.stdout:
                if line.startswith(b"first "):
                    _, when, held = line.split()
                    assert int(held) == (entries or 0)
                    return float(when) - began
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    raise AssertionError("the app ended without an article")


def main() -> None:
    """Print the table of seconds."""
    if len(sys.argv) > 1:
        address, name, table = sys.argv[1:]
        app(address, name, table=table == "table")
        return
    with tempfile.TemporaryDirectory(prefix="kabar-faust-", ignore_cleanup_errors=True) as folder:
        classes = classpath(Path(folder))
        assert classes is not None, "Java 17 and Maven are needed"
        with running(classes, Path(folder)) as kafka:
            for entries in SIZES:
                seconds = asyncio.run(measure(kafka.address, entries))
                what = "no table" if entries is None else f"a table of {entries:,}"
                print(f"{what:<20} {seconds:6.1f} s to the first article", flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
