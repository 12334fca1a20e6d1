"""The embedded broker for tests, and ``kabar`` as its users run it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, NamedTuple

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer

from streams.__main__ import cli
from streams.kafka.broker import embedded_broker
from streams.kafka.reader import read
from streams.settings import Settings, load


if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from aiokafka import ConsumerRecord


class Ran(NamedTuple):
    """What a command did: its status, and what it printed."""

    status: int
    out: str
    err: str


def kabar(*arguments: object, env: Mapping[str, str | None] | None = None) -> Ran:
    """Run a command in this process, without a terminal, and with these variables alone of Kabar's."""
    known: dict[str, str | None] = dict.fromkeys(name for name in os.environ if name.startswith("KABAR_"))
    given = [str(argument) for argument in arguments]
    result = CliRunner().invoke(cli, given, env={**known, **(env or {})}, prog_name="kabar")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def process(*arguments: object, env: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a command as a process of its own; its standard streams are pipes."""
    # What a test environment may set to see output early would hide that a command does not flush.
    foreign = ("KABAR_", "PYTHONUNBUFFERED")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return subprocess.Popen(
        [sys.executable, "-m", "streams", *map(str, arguments)],
        env={**inherited, **(env or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def spawn_bytes(*arguments: object, env: Mapping[str, str] | None = None) -> bytes:
    """Run a command as a process of its own to its end, which must be a good one; return its output."""
    with process(*arguments, env=env) as running:
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    return out


def spawn(*arguments: object, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Ran:
    """Run a command as a process of its own to its end."""
    with process(*arguments, env=env) as running:
        out, err = running.communicate(stdin, timeout=60)
    return Ran(running.returncode, out.decode(), err.decode())


class Embedded(NamedTuple):
    """Topics of one test on the embedded broker."""

    settings: Settings

    @property
    def env(self) -> dict[str, str]:
        """Return the variables that lead there."""
        return {one.name: one.value for one in self.settings.effective() if one.origin != "default"}

    def records(self, topic: str) -> list[ConsumerRecord]:
        """Return all records of a topic, partition by partition."""

        async def stored() -> list[ConsumerRecord]:
            async with contextlib.aclosing(read(self.settings, [topic])) as records:
                return [record async for record in records]

        return sorted(asyncio.run(stored()), key=lambda record: (record.partition, record.offset))

    def publish(
        self,
        topic: str,
        *values: bytes | None,
        key: bytes | None = None,
        headers: Mapping[str, bytes] | None = None,
        partition: int = 0,
    ) -> None:
        """Publish values, one after the other."""
        producer = Producer({"bootstrap.servers": self.settings.broker_url[0]})
        for value in values:
            producer.produce(topic, value, key, headers=list((headers or {}).items()), partition=partition)
        assert producer.flush(30) == 0


@pytest.fixture(scope="session")
def embedded_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one embedded broker for all tests."""
    with embedded_broker(folder=tmp_path_factory.mktemp("broker")) as address:
        yield address


@pytest.fixture
def embedded(embedded_address: str) -> Embedded:
    """Give a test topics of its own on the embedded broker."""
    mark = uuid.uuid4().hex[:8]
    names = {
        f"KABAR_TOPIC_{role.upper()}": f"{role}.{mark}"
        for role in ("raw", "enriched", "alert", "story", "report")
    }
    names["KABAR_TOPIC_DEAD_LETTER"] = f"dead-letter.{mark}"
    settings = load({"KABAR_BROKER_URL": f"kafka://{embedded_address}", **names})
    topics = Producer({"bootstrap.servers": embedded_address})
    for name in names.values():
        topics.list_topics(name, timeout=30)  # asking for a topic creates it
    return Embedded(settings)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Write an archive of three articles, each in a JSON style of its own."""
    path = tmp_path / "day.jsonl"
    path.write_bytes(
        b'{"id":"a","text":"Dua orang tewas di Palu.","published_at":"2026-10-01T00:00:00Z"}\n'
        b'{ "id": "b", "title": "Quiet day", "text": "Nothing happened.", '
        b'"published_at": "2026-10-01T01:00:00Z" }\n'
        b'{"text":"no id here","published_at":"Thu, 01 Oct 2026 02:00:00 +0000"}\n'
    )
    return path
