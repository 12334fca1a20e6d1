"""``kabar replay``: publish an archive to the raw topic."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import itertools
import sys
import threading
import time
from asyncio import sleep
from typing import TYPE_CHECKING, NamedTuple

import click

from streams import terminal
from streams.archive import Archive, ArchiveError, Entry, Fault
from streams.commands import run
from streams.commands.settings import settings_or_exit
from streams.decoding import decode
from streams.errors import ArticleError, ErrorType
from streams.kafka.envelope import RECEIVED
from streams.kafka.publisher import Publisher
from streams.times import moment, stamp


if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from rich.console import Console

    from streams.settings import Settings


LONGEST_GAP = 10.0
"""Seconds: quiet hours in an archive are not waited out longer than this."""

# What is wrong with a line that is no JSON at all, so that no reader could make anything of it.
_NO_JSON = frozenset(
    {ErrorType.EMPTY, ErrorType.TOO_LARGE, ErrorType.NOT_UTF8, ErrorType.NOT_JSON, ErrorType.TOO_DEEP}
)


class Plan(NamedTuple):
    """What is published, and how fast."""

    topic: str
    speed: float
    limit: int | None
    since: datetime | None
    raw: bool
    dry: bool


class _Moment(click.ParamType):
    """A point in time, ISO 8601; UTC where it names no zone."""

    name = "TIME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time, or end the command."""
        found = moment(value)
        if found is None:
            self.fail(
                f"{value!r} is not a time; it takes one like 2026-10-03 or 2026-10-03T19:10+08:00", param, ctx
            )
        return found


@click.command()
@click.argument("archives", nargs=-1, required=True)
@click.option(
    "--speed",
    type=click.FloatRange(min=0),
    metavar="FACTOR",
    default=0.0,
    help="0: as fast as the broker takes them (the default); 1: at the pace they were published; "
    f"60: an hour a minute. No gap is longer than {LONGEST_GAP:g} s.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after N records.")
@click.option("--since", type=_Moment(), help="Leave out what was published before, or at no known time.")
@click.option("--topic", help="Publish to this topic.  [default: KABAR_TOPIC_RAW]")
@click.option("--raw", is_flag=True, help="Publish every line as it is, also what is not JSON.")
@click.option("--dry-run", is_flag=True, help="Read everything, publish nothing.")
def command(
    archives: tuple[str, ...],
    speed: float,
    limit: int | None,
    since: datetime | None,
    topic: str | None,
    *,
    raw: bool,
    dry_run: bool,
) -> None:
    """Publish ARCHIVES to the raw topic.

    They are .jsonl, .json, .txt, .html or .warc (web archives, with the extra kabar[warc]), also
    with .gz or .zst, folders of them, or - for standard input.

    A line of JSON is published byte for byte, keyed by the article's id; one that is not
    JSON is said on standard error and left out. Every delivery is waited for. The status
    is 1 where something was left out that way, or refused by the broker.
    """
    settings = settings_or_exit()
    try:
        archive = Archive(archives, keep_blank=raw)
    except ArchiveError as error:
        raise click.UsageError(str(error)) from None
    plan = Plan(topic or settings.topic_raw, speed, limit, since, raw, dry_run)
    sys.exit(run(Replay(archive, settings, plan).run()))


class Replay:
    """The publishing of one archive, and the count of what became of it."""

    def __init__(self, archive: Archive, settings: Settings, plan: Plan) -> None:
        self.left_out = 0
        self.faults = 0
        self._archive = archive
        self._settings = settings
        self._plan = plan
        self._errors: Console = terminal.console(sys.stderr)
        self._last: datetime | None = None

    async def run(self) -> int:
        """Publish everything; print a summary; return the exit status."""
        if self._plan.dry:
            records = size = 0
            async for entry, _ in self._chosen():
                records, size = records + 1, size + len(entry.value)
            self._summary(f"would publish {_amount(records, size)} to {self._plan.topic}")
        else:
            started = time.monotonic()
            publisher = Publisher(self._settings, self._plan.topic, self._refused)
            try:
                async with publisher:
                    async for entry, key in self._chosen():
                        await publisher.send(entry.value, key, received(entry.value), tag=entry)
            finally:
                # Also where it was broken off: what was delivered by then stays published.
                if publisher.connected:
                    amount = _amount(publisher.delivered, publisher.delivered_bytes)
                    seconds = time.monotonic() - started
                    self._summary(f"published {amount} to {self._plan.topic} in {seconds:.1f} s")
        return 1 if self.faults else 0

    async def _chosen(self) -> AsyncIterator[tuple[Entry, bytes | None]]:
        """Yield what the plan is to publish, with its key, when its time has come."""
        count = 0
        with terminal.progress("replaying" if not self._plan.dry else "reading", on=self._errors) as bar:
            task = bar.add_task("", total=self._archive.size)
            async for item in self._items():
                bar.update(task, completed=self._archive.position)
                if isinstance(item, Fault):
                    self._fault(item)
                elif (chosen := await self._choose(item)) is not None:
                    yield chosen
                    count += 1
                    if count == self._plan.limit:
                        break

    async def _items(self) -> AsyncIterator[Entry | Fault]:
        """Yield what the archive holds.

        A pipe is read in a thread: it may block for as long as its writer likes, and
        deliveries go on meanwhile. The thread never keeps the process from ending.
        """
        if self._archive.size is not None:
            for item in self._archive:
                yield item
            return
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Entry | Fault | None] = asyncio.Queue(100)

        def read() -> None:
            # RuntimeError: the loop has ended, and nobody waits for more.
            with contextlib.suppress(RuntimeError, concurrent.futures.CancelledError):
                for item in itertools.chain(self._archive, [None]):
                    asyncio.run_coroutine_threadsafe(queue.put(item), loop).result()

        threading.Thread(target=read, name="archive", daemon=True).start()
        while (found := await queue.get()) is not None:
            yield found

    async def _choose(self, entry: Entry) -> tuple[Entry, bytes | None] | None:
        """Return an entry with its key once its time has come; None where it is left out."""
        key, published, error = identity(entry.value)
        if error is not None and error.type in _NO_JSON and not self._plan.raw:
            self._fault(Fault(entry.file, entry.line, error.stage, error.type, error.message))
            return None
        if self._plan.since is not None and (published is None or published < self._plan.since):
            self.left_out += 1
            return None
        if self._plan.speed and not self._plan.dry and published is not None:
            if self._last is not None and published > self._last:
                gap = (published - self._last).total_seconds() / self._plan.speed
                await sleep(min(gap, LONGEST_GAP))
            self._last = published
        return entry, key

    def _refused(self, tag: object, reason: str) -> None:
        assert isinstance(tag, Entry)
        self._fault(Fault(tag.file, tag.line, "publish", ErrorType.REFUSED, reason))

    def _fault(self, fault: Fault) -> None:
        self.faults += 1
        self._errors.print(terminal.printable(str(fault)))

    def _summary(self, words: str) -> None:
        if self.left_out:
            words += f"; {self.left_out:,} left out by --since"
        if self.faults:
            words += f"; {self.faults:,} could not be published"
        click.echo(words)


def received(value: bytes) -> list[tuple[str, bytes]]:
    """Return the header that has an article taken as received when it came out: then it was news."""
    published = identity(value).published
    if published is None:
        return []
    try:
        return [(RECEIVED, stamp(published.timestamp()).encode())]
    except (OverflowError, ValueError, OSError):  # the first and the last years there are
        return []


class Identity(NamedTuple):
    """The key that a record is published under, when its article came out, or why neither can be read."""

    key: bytes | None
    published: datetime | None
    error: ArticleError | None


def identity(value: bytes) -> Identity:
    """Return key and time of a raw record."""
    try:
        article = decode(value)
    except ArticleError as error:
        return Identity(None, None, error)
    return Identity(article.id.encode("utf-8", "replace"), moment(article.published_at), None)


def _amount(records: int, size: int) -> str:
    return f"{records:,} record{'' if records == 1 else 's'} ({size:,} bytes)"
