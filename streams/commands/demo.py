"""``kabar demo``: the whole of it on this machine, from raw articles to alerts."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

import streams
from streams import terminal
from streams.archive import Archive, Fault
from streams.commands import run
from streams.commands.replay import identity, received
from streams.kafka.broker import RETAINED_BYTES, EmbeddedBroker
from streams.kafka.children import Child, ChildError
from streams.kafka.ending import ended
from streams.kafka.publisher import Publisher
from streams.kafka.reader import partitions_of, read
from streams.kafka.tally import Tally
from streams.kafka.watchdog import ask
from streams.settings import GROUP_OF_THE_DESK, PREFIX, Settings, load


if TYPE_CHECKING:
    from collections import Counter

    from rich.console import Console


SAMPLES = Path(streams.__file__).parent / "samples"

_STALLED_SECONDS = 60.0
"""So long without a result, and the demo gives up: the worker's start takes a few seconds."""

_AHEAD_BYTES = RETAINED_BYTES // 2
"""How much more may be published than is out: the embedded broker forgets what it cannot keep."""

_TICK_SECONDS = 0.05

_START_SECONDS = 30.0
"""How long the dashboard may take to open its port."""

_STOP_SECONDS = 10.0
"""How long the worker may take to stop, having delivered everything."""

_ABORT_SECONDS = 1.0
"""How long it may take where nobody waits for what it has under way."""

_COLUMN = " " * 22
_TERMINATED = 128 + signal.SIGTERM


class _DemoError(Exception):
    """The demo cannot go on; the message says why."""


@click.command()
def command() -> None:
    """Run it all here: embedded broker, worker, desk, dashboard, a sample archive.

    Stories are printed as they are told, then a summary. On a terminal it stays until
    Ctrl-C, for other commands to look into; else it ends once every article is out, with
    status 0. It needs no Kafka and leaves nothing behind; KABAR_* variables do not reach it.
    """
    with tempfile.TemporaryDirectory(prefix="kabar-demo-") as folder:
        demo = _Demo(Path(folder))
        try:
            run(demo.run())
        except KeyboardInterrupt:
            demo.say("")
            sys.exit(0 if demo.finished else 128 + signal.SIGINT)
        except asyncio.CancelledError:
            sys.exit(_TERMINATED)
        except (ChildError, _DemoError) as error:
            raise click.ClickException(str(error)) from None


class _Demo:
    """One run: the child processes, what is fed to them and what comes out."""

    def __init__(self, folder: Path) -> None:
        self.finished = False
        self._folder = folder
        self._out: Console = terminal.console()
        self._stays = sys.stdout.isatty()
        self._fed = 0
        self._fed_bytes = 0
        self._done_feeding = False
        self._reading = True
        self._page = ""
        self._tally: Tally | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._children: dict[str, Child] = {}

    def say(self, words: str | Text) -> None:
        """Print a line."""
        self._out.print(words)

    async def run(self) -> None:
        """Start everything, print what comes out, end everything."""
        task = asyncio.current_task()
        assert task is not None
        # So that the children are ended in order; killed outright, they end by themselves.
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        names = load({})
        started = time.monotonic()
        topics = (names.topic_raw, *names.outputs(), names.topic_report, names.topic_story)
        with EmbeddedBroker(topics, folder=self._folder) as broker:
            environment[f"{PREFIX}BROKER_URL"] = f"kafka://{broker.address}"
            settings = load(environment)
            self._tally = Tally(settings)
            self.say(f"embedded broker at {broker.address}, one worker, one desk, {_articles()}")
            environment[f"{PREFIX}DASHBOARD_PORT"] = "0"  # any that is free
            with (
                self._child("worker", environment) as worker,
                self._child("desk", environment) as desk,
                self._child("dashboard", environment, spoken=True) as dashboard,
            ):
                self._children = {
                    "embedded broker": broker,
                    "worker": worker,
                    "desk": desk,
                    "dashboard": dashboard,
                }
                try:
                    self._page = await asyncio.to_thread(dashboard.first_line, _START_SECONDS)
                except ChildError:
                    raise _DemoError(_ended("dashboard", dashboard)) from None
                self.say(f"dashboard at {self._page}\n")
                await self._watch(settings, worker, desk, started)

    def _child(self, command: str, environment: dict[str, str], *, spoken: bool = False) -> Child:
        log = self._folder / f"{command}.log"
        return Child("streams.kafka.children", [command], log=log, environment=environment, spoken=spoken)

    async def _watch(self, settings: Settings, worker: Child, desk: Child, started: float) -> None:
        """See all articles through; then stay, or end worker and desk and count what is left."""
        assert self._tally is not None
        self._tasks = [asyncio.create_task(self._read(settings)), asyncio.create_task(self._feed(settings))]
        try:
            await self._until_out(worker)
            seconds = time.monotonic() - started
            if not self._stays:
                # A stopped worker has delivered everything: what is on the topics now is all there is.
                await self._end("worker", worker)
                await self._until_told(settings)
                await self._end("desk", desk)
                self._reading = False
                await asyncio.gather(*self._tasks)
            self._summary(seconds)
            if self._stays:
                self._next(settings)
                self.finished = True
                while True:
                    await self._tick()
        finally:
            await ended(self._tasks)
            worker.stop(_ABORT_SECONDS)

    async def _read(self, settings: Settings) -> None:
        """Count every record on the topics, and print the stories."""
        assert self._tally is not None
        topics = (settings.topic_raw, *settings.outputs(), settings.topic_story)
        async with contextlib.aclosing(read(settings, topics, follow=lambda: self._reading)) as records:
            async for record in records:
                found = self._tally.add(record)
                if found is not None and found["schema"] == "kabar.story.v1":
                    self._story(found)

    async def _feed(self, settings: Settings) -> None:
        """Publish the sample archive, never far ahead of what is out."""
        assert self._tally is not None

        def refused(_: object, reason: str) -> None:
            raise _DemoError(f"the embedded broker refused an article: {reason}")

        async with Publisher(settings, settings.topic_raw, refused) as publisher:
            for entry in Archive([SAMPLES], keep_blank=True):
                if isinstance(entry, Fault):
                    raise _DemoError(str(entry))
                while self._fed_bytes - self._tally.settled_bytes > _AHEAD_BYTES:
                    await publisher.flush()
                    await asyncio.sleep(_TICK_SECONDS)
                await publisher.send(entry.value, identity(entry.value).key, received(entry.value))
                self._fed += 1
                self._fed_bytes += len(entry.value)
        self._done_feeding = True

    async def _until_out(self, worker: Child) -> None:
        """Wait until every article that was published is out; fail where that does not come to be."""
        assert self._tally is not None
        last, since = -1, time.monotonic()
        bar = terminal.progress("enriching", unit="articles", on=self._out if self._stays else None)
        with bar:
            task = bar.add_task("", total=None)
            while not (self._done_feeding and len(self._tally.settled) >= self._fed):
                await self._tick()
                settled = len(self._tally.settled)
                bar.update(task, completed=settled, total=self._fed if self._done_feeding else None)
                if settled != last:
                    last, since = settled, time.monotonic()
                elif time.monotonic() - since > _STALLED_SECONDS:
                    self._summary(0)
                    raise _DemoError(f"nothing came out for {_STALLED_SECONDS:g} s\n{_log(worker)}")

    async def _until_told(self, settings: Settings) -> None:
        """Wait until the desk has read all that the worker gave."""
        own = replace(
            settings, topic_raw=settings.topic_enriched, group=f"{settings.group}{GROUP_OF_THE_DESK}"
        )
        count = len(await partitions_of(settings, settings.topic_enriched))
        since = time.monotonic()
        while (answer := await asyncio.to_thread(ask, own, range(count))).silent or answer.left:
            await self._tick()
            if time.monotonic() - since > _STALLED_SECONDS:
                desk = self._children["desk"]
                raise _DemoError(f"the desk has {answer.left} articles left\n{_log(desk)}")

    async def _end(self, name: str, child: Child) -> None:
        """Stop a child that has nothing left to do."""
        del self._children[name]
        status = await asyncio.to_thread(child.stop, _STOP_SECONDS)
        if status != 0:
            raise _DemoError(f"the {name} did not stop cleanly, its status was {status}\n{_log(child)}")

    async def _tick(self) -> None:
        """Wait a moment; fail where broker, worker, reading or feeding has."""
        await asyncio.sleep(_TICK_SECONDS)
        for name, child in self._children.items():
            if child.status is not None:
                raise _DemoError(_ended(name, child))
        for task in self._tasks:
            if task.done():
                task.result()

    def _story(self, story: dict[str, Any]) -> None:
        """Print a story as it is told first, and what becomes of it."""
        show, severity = terminal.printable, str(story["severity"])
        indent = " " * 10
        sources = story["sources"]
        last = story["updates"][-1] if story["updates"] else {}
        parts = [
            f"revision {story['revision']}, {story['status']}",
            f"{sources['total']} sources, {sources['independent']} independent",
            f"last: {last.get('change')}" if len(story["updates"]) > 1 else "",
        ]
        for line in (
            Text.assemble(
                (f"{severity.upper():<8}", terminal.SEVERITY_STYLES.get(severity, "")),
                f"  {show(story['headline'])}",
            ),
            Text(f"{indent}{show(story['reason'])}"),
            Text(indent + " · ".join(filter(None, parts)) + "\n", "dim"),
        ):
            self.say(line)

    def _summary(self, seconds: float) -> None:
        tally = self._tally
        assert tally is not None
        rows = [
            ("raw", len(tally.raw), ""),
            ("enriched", len(tally.enriched), ""),
            ("dead letters", len(tally.dead), _counts(tally.dead_types)),
            ("alerts", len(tally.alerts), _counts(tally.severities)),
            ("stories", tally.running.total(), _counts(tally.running)),
            ("languages", len(tally.languages), _counts(tally.languages)),
            ("figures", tally.kinds.total(), _counts(tally.kinds)),
        ]
        for name, count, more in rows:
            details = (f"   {self._folded(more)}" if more else "", "dim")
            self.say(Text.assemble((f"{name:<14}", "bold"), f"{count:>5}", details))
        self.say(Text.assemble((f"{'seconds':<14}", "bold"), f"{seconds:>5.1f}\n"))
        counted = f"{len(tally.raw)} raw = {len(tally.enriched)} enriched + {len(tally.dead)} dead letters"
        lost = [*tally.missing, *sorted(tally.enriched & tally.dead)]
        if lost or len(tally.raw) != self._fed:
            places = ", ".join(f"{partition}:{offset}" for partition, offset in lost[:10])
            raise _DemoError(
                f"{self._fed} published, and not: {counted}; look at {places or 'the raw topic'}"
            )
        self.say(Text(f"{counted}: every article is out", "bold green"))

    def _folded(self, words: str) -> str:
        """Return words as a column of the terminal; as they are where there is none."""
        room = self._out.width - len(_COLUMN)
        return f"\n{_COLUMN}".join(textwrap.wrap(words, max(room, 20))) if self._stays else words

    def _next(self, settings: Settings) -> None:
        kabar = _invocation()
        address = f"{PREFIX}BROKER_URL=kafka://{settings.broker_url[0]}"
        self.say(f"\nIt all stays until Ctrl-C. The dashboard is at {self._page}")
        self.say("\nTo look into it, in another terminal:\n")
        samples = _shortest(SAMPLES)
        for arguments in (
            "tail enriched",
            "tail story",
            "tail alert --json",
            "dead-letters list",
            f"replay {samples} --speed 86400",
        ):
            self._out.print(f"  {address} {kabar} {arguments}", soft_wrap=True)
        self._out.print(
            f"\nAnd without Kafka:\n\n  {kabar} extract --explain {samples} | less\n", soft_wrap=True
        )


def _articles() -> str:
    count = sum(1 for _ in Archive([SAMPLES], keep_blank=True))
    return f"{count} sample articles"


def _ended(name: str, child: Child) -> str:
    return f"the {name} ended with status {child.status}\n{_log(child)}"


def _log(child: Child) -> str:
    return f"the last of its log:\n{child.log_tail()}"


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def _invocation() -> str:
    """Return how this command was called, for commands to try next."""
    path = Path(sys.argv[0])
    if path.name != "kabar":
        return f"{_shortest(Path(sys.executable))} -m streams"
    return "kabar" if shutil.which("kabar") == str(path) else _shortest(path)


def _shortest(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    with contextlib.suppress(ValueError):
        return str(path.absolute().relative_to(Path.cwd()))
    return str(path)
