"""Workers as processes of their own, and articles for them."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import time
from typing import TYPE_CHECKING

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from streams.kafka.children import Child
from streams.kafka.connection import connection
from tests.verifier import Verdict, count, verify


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from streams.settings import Settings
    from tests.verifier import Stored

PATIENCE = 120.0
"""Seconds that anything may take on a slow machine before a test gives up."""

_SETTLING_SECONDS = 5.0

_TEXTS = (
    "Pasukan menembakkan 5 rudal, menewaskan sedikitnya 12 orang dan melukai 30 lainnya, kata gubernur. ",
    "At least 12 people were killed and 30 wounded when five missiles hit the town, the governor said. ",
    "The city council met on Monday to talk about the new bus lines and the price of tickets. ",
)

MALFORMED: tuple[bytes | None, ...] = (
    b"\xff\xfe not utf-8",
    b"{",
    b"[1, 2]",
    b"",
    None,
    b'{"text": 5}',
    b'{"id": "no-text"}',
    b"[" * 3_000,
    b'{"schema": "kabar.enriched.v1", "text": "fed back"}',
)


def articles(number: int, *, malformed: int = 10) -> list[tuple[bytes | None, bytes | None]]:
    """Return keys and values of so many records, always the same; every ``malformed``-th cannot be read."""
    dice = random.Random(number)  # noqa: S311 - it deals out texts
    found: list[tuple[bytes | None, bytes | None]] = []
    for index in range(number):
        if malformed and index % malformed == malformed - 1:
            found.append((b"bad-%d" % index, MALFORMED[index // malformed % len(MALFORMED)]))
            continue
        text = dice.choice(_TEXTS) * dice.randint(1, 12)
        body = {"id": f"article-{index}", "title": f"Report {index}", "text": text}
        found.append((f"article-{index}".encode(), json.dumps(body).encode()))
    return found


def publish(
    settings: Settings,
    records: Iterable[tuple[bytes | None, bytes | None]],
    headers: Iterable[tuple[str, bytes]] = (),
    *,
    compression: str | None = None,
) -> None:
    """Publish records to the raw topic and wait for their receipts."""

    async def published() -> None:
        async with AIOKafkaProducer(
            **connection(settings), max_request_size=8_000_000, compression_type=compression
        ) as producer:
            receipts = [
                await producer.send(settings.topic_raw, value, key=key, headers=list(headers))
                for key, value in records
            ]
            await asyncio.gather(*receipts)

    asyncio.run(published())


def committed(settings: Settings) -> dict[int, int]:
    """Return the offset that the group has committed, by partition of the raw topic."""
    return committed_by(settings, settings.group, settings.topic_raw)


def committed_by(settings: Settings, group: str, topic: str) -> dict[int, int]:
    """Return the offset that a group has committed, by partition of a topic."""

    async def asked() -> dict[int, int]:
        admin = AIOKafkaAdminClient(**connection(settings))
        await admin.start()
        try:
            offsets: dict[TopicPartition, tuple[int, str]] = await admin.list_consumer_group_offsets(group)
        finally:
            await admin.close()
        return {tp.partition: offset for tp, (offset, _) in offsets.items() if tp.topic == topic}

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return asyncio.run(asked())
        except KafkaError as error:
            # Nobody looks after groups in the first moments of a broker.
            if not error.retriable or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def environment(settings: Settings, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with these settings, and no others of Kabar."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KABAR_")}
    set_here = {one.name: one.value for one in settings.effective() if one.value}
    return inherited | set_here | dict(more or {})


class Worker(Child):
    """A worker in a process of its own, ended with the test."""

    def __init__(
        self,
        settings: Settings,
        folder: Path,
        *,
        module: str = "streams.kafka.children",
        arguments: Sequence[str] = ("worker",),
        more: Mapping[str, str] | None = None,
    ) -> None:
        # A folder of its own, to see that it leaves nothing there.
        number = len(list(folder.glob("worker-*")))
        work = folder / f"worker-{number}"
        work.mkdir()
        super().__init__(module, arguments, log=work / "log", environment=environment(settings, more))

    def says(self, words: str) -> bool:
        """Tell whether the worker has logged these words."""
        return words in self.log.read_text("utf-8", "replace")

    def stop(self, grace: float = PATIENCE) -> int:
        """End the worker by SIGTERM; its own time to stop is KABAR_STOP_TIMEOUT. Return its exit status."""
        return super().stop(grace)

    def __exit__(self, *_: object) -> None:
        """End it, soon."""
        super().stop()

    def kill(self) -> None:
        """Kill the worker where it stands."""
        self._process.kill()
        assert self.stop() == -signal.SIGKILL

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Let the worker stand still, as one does whose machine is taken away, until the block is left."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def wait_for(self, words: str) -> None:
        """Wait until the worker has logged these words."""
        until(lambda: self.says(words) or self.status is not None, f"the worker to say {words!r}")
        assert self.says(words), f"the worker ended with {self.status}:\n{self.log_tail()}"

    def ended(self) -> int:
        """Wait until the process has ended by itself, and return its status."""
        until(lambda: self.status is not None, "the worker to end")
        return self.stop()


class SlowWorker(Worker):
    """A worker that takes at least ten milliseconds for an article: an archive then has a middle."""

    def __init__(self, settings: Settings, folder: Path, **more: str) -> None:
        super().__init__(settings, folder, module="tests.faulty_worker", more={"SLOWER": "0.01"} | more)


class DwellingWorker(Worker):
    """A worker that comes to one article and does not get past it."""

    def __init__(self, settings: Settings, folder: Path, article: str) -> None:
        super().__init__(settings, folder, module="tests.faulty_worker", more={"DWELL_ON": article})
        self._article = article

    def wait_until_it_dwells(self) -> None:
        """Wait until the worker is in the middle of that article."""
        self.wait_for(f"dwelling on {self._article}\n")


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE, pause: float = 0.1) -> None:
    """Wait until a condition holds; fail with ``what`` where it never does."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what}"
        time.sleep(pause)


def came_out(settings: Settings) -> int:
    """Return how many enriched articles and dead letters there are, those that came twice counted twice."""
    results = (settings.topic_enriched, settings.topic_dead_letter)
    return sum(asyncio.run(count(settings, results)).values())


def wait_for_results(settings: Settings, number: int) -> None:
    """Wait until so many results are there.

    For a fault in the middle of an archive: the judge of :func:`out` would take his time, and the
    worker would come to the end meanwhile.
    """
    until(lambda: came_out(settings) >= number, f"{number} results")


def out(
    settings: Settings,
    at_least: int | None = None,
    *,
    gone: Sequence[Stored] = (),
    patience: float = PATIENCE,
) -> Verdict:
    """Wait until everything, or so many articles, came out; return the verdict.

    Patience is lost where nothing at all comes out for so long. ``gone`` are results that
    were there once, in a topic that was deleted.
    """
    verdict = Verdict()
    whole: list[float] = []
    before = -1

    def enough() -> bool:
        # Counting is cheap and counts duplicates; so the judge has the last word.
        nonlocal verdict, before
        before = came_out(settings)
        wanted = asyncio.run(count(settings, [settings.topic_raw]))[settings.topic_raw]
        wanted = wanted if at_least is None else at_least
        if before + len(gone) < wanted:
            return False
        verdict = verify(settings, gone)
        if verdict.results < wanted:
            return False
        # An alert comes behind its article. What is wrong for longer is wrong.
        whole.append(time.monotonic())
        return at_least is not None or not verdict.problems or whole[-1] - whole[0] > _SETTLING_SECONDS

    while True:
        start = before
        try:
            until(enough, "articles to come out", patience)
        except AssertionError:
            if before == start:
                raise
        else:
            return verdict
