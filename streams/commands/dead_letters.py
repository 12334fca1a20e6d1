"""``kabar dead-letters``: the articles that could not be read: list, show, publish again."""

from __future__ import annotations

import contextlib
import re
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from streams import terminal
from streams.commands import run
from streams.commands.settings import settings_or_exit
from streams.errors import ErrorType, Stage
from streams.kafka.letters import Filter, Group, Letter, Place, letters
from streams.kafka.publisher import Publisher
from streams.kafka.reader import record_at
from streams.summaries import dead_letter


if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from streams.settings import Settings


MOST_SHOWN = 4_000
"""Bytes of a value that ``show`` prints, if not told to print all."""

_MESSAGES = 3
"""Different messages that ``list`` quotes for one group."""

_STAGES = click.Choice([each.value for each in Stage])
_TYPES = click.Choice([each.value for each in ErrorType])


class _OffsetsType(click.ParamType):
    """``14``, ``14-20`` or ``14-``."""

    name = "OFFSETS"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - as click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, int | None]:
        """Return the first and the last offset, or end the command."""
        match = re.fullmatch(r"([0-9]{1,19})(-)?([0-9]{1,19})?", value)
        if not match or (match[3] and not match[2]) or (match[3] and int(match[3]) < int(match[1])):
            self.fail(
                f"{value!r} is not accepted; it takes an offset, or a range like 14-20 or 14-", param, ctx
            )
        first = int(match[1])
        return first, int(match[3]) if match[3] else None if match[2] else first


class _PlaceType(click.ParamType):
    """``0:14``."""

    name = "PLACE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:  # noqa: ANN401 - as click's own
        """Return partition and offset, or end the command."""
        match = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,18})", value)
        if not match:
            self.fail(
                f"{value!r} is not a place; it takes PARTITION:OFFSET, as `list` prints them", param, ctx
            )
        return Place(int(match[1]), int(match[2]))


def _filtered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose among the dead letters; they come as ``chosen``."""

    def filtered(
        stage: str | None,
        type_: str | None,
        partition: int | None,
        offsets: tuple[int, int | None] | None,
        limit: int | None,
        **more: Any,  # noqa: ANN401 - the other options
    ) -> None:
        function(Filter(stage, type_, partition, offsets, limit), **more)

    filtered.__doc__ = function.__doc__
    filtered.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    wrapped: Callable[..., Any] = filtered
    for option in (
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The N oldest of them only."),
        click.option(
            "--offset",
            "offsets",
            type=_OffsetsType(),
            metavar="N|N-M|N-",
            help="Only of these offsets in the topic of dead letters.",
        ),
        click.option(
            "--partition", type=click.IntRange(min=0), metavar="N", help="Only of this partition of it."
        ),
        click.option(
            "--type", "type_", metavar="TYPE", type=_TYPES, help=f"Only of TYPE: {', '.join(ErrorType)}."
        ),
        click.option("--stage", metavar="STAGE", type=_STAGES, help=f"Only of STAGE: {', '.join(Stage)}."),
    ):
        wrapped = option(wrapped)
    return wrapped


@click.group()
def command() -> None:
    """List, show or publish again the articles that could not be read."""


@command.command("list")
@click.option("--each", is_flag=True, help="A line for each letter.")
@_filtered
def list_(chosen: Filter, *, each: bool) -> None:
    """List them by stage and type: how many, the first and the last, what was wrong.

    A letter's place (PARTITION:OFFSET) is what `show` takes.
    """
    run(_list(settings_or_exit(), chosen, each=each))


@command.command("show")
@click.argument("place", type=_PlaceType())
@click.option("--all", "whole", is_flag=True, help=f"Print the whole value, not {MOST_SHOWN:,} bytes of it.")
@click.option("--raw", is_flag=True, help="Write the bytes of the value as they are, and nothing else.")
def show(place: Place, *, whole: bool, raw: bool) -> None:
    r"""Show the letter at PLACE (PARTITION:OFFSET): why it is one, its headers, its bytes.

    Bytes that are not UTF-8, or that a terminal would obey, are printed as \x1b.
    """
    sys.exit(run(_show(settings_or_exit(), place, whole=whole, raw=raw)))


@command.command("replay")
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be published, publish nothing.")
@_filtered
def replay(chosen: Filter, *, dry: bool) -> None:
    """Publish them to the raw topic again.

    Key, value and headers are those they first came with, so an article keeps its id. Do
    this once the cause is mended: what cannot be read still becomes a new dead letter. The
    letters stay in their topic; several of one article are published once.
    One that was cut to fit is left out, and the status is 1.
    """
    sys.exit(run(_replay(settings_or_exit(), chosen, dry=dry)))


async def _list(settings: Settings, chosen: Filter, *, each: bool) -> None:
    people = terminal.console()
    groups: dict[str, Group] = {}
    async with contextlib.aclosing(letters(settings, chosen)) as found:
        async for letter in found:
            name = f"{letter.stage}/{letter.type}"
            groups.setdefault(name, Group(letter)).add(letter)
            if each:
                place = (f"{letter.place}  ", "dim")
                people.print(Text.assemble(place, dead_letter(letter.record)))
    ordered = sorted(groups.values(), key=lambda group: (-group.count, group.name))
    total = _amount(sum(group.count for group in ordered))
    if each:
        counts = ", ".join(f"{terminal.printable(group.name)} {group.count}" for group in ordered)
        people.print(f"{total}: {counts}" if counts else total)
        return
    for group in ordered:
        _print_group(people, group)
    people.print(total)


def _print_group(people: Console, group: Group) -> None:
    first, last = group.first, group.last
    span = f"{first.place} ({_time(first)})"
    if last.place != first.place:
        span += f" to {last.place} ({_time(last)})"
    people.print(
        Text.assemble(
            f"{group.count:>9,}  ", (terminal.printable(group.name), "bold red"), (f"  {span}", "dim")
        )
    )
    for message, count in group.messages.most_common(_MESSAGES):
        people.print(f"{count:>13,} × {terminal.printable(message)}")
    if (more := len(group.messages) - _MESSAGES) > 0:
        people.print(f"{'':>16}and {more:,} other message{'' if more == 1 else 's'}")


def _time(letter: Letter) -> str:
    stamp = letter.record.timestamp
    try:
        return datetime.fromtimestamp(stamp / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):  # a broker keeps whatever a producer claims
        return f"timestamp {stamp}"


async def _show(settings: Settings, place: Place, *, whole: bool, raw: bool) -> int:
    topic = settings.topic_dead_letter
    record = await record_at(settings, topic, place.partition, place.offset)
    if record is None:
        terminal.console(sys.stderr).print(f"there is no dead letter at {place} of {topic}")
        return 1
    letter = Letter.of(record)
    if raw:
        sys.stdout.buffer.write(record.value or b"")
        sys.stdout.buffer.flush()
        return 0
    people = terminal.console()

    def line(label: str, text: str, style: str = "") -> None:
        terminal.write(people, Text.assemble((f"{label:<9}", "dim"), (terminal.printable(text), style)))

    line("letter", f"{place} of {topic}, {_time(letter)}")
    line("reason", f"{letter.stage}/{letter.type}", "bold red")
    line("message", letter.message)
    line("from", letter.origin)
    if letter.article != letter.origin:
        line("first", letter.article)
    line("by", f"kabar {letter.headers.get('error.app-version', '?')}")
    line("key", "none" if record.key is None else terminal.escaped(record.key[:MOST_SHOWN]))
    for name, value in letter.carried:
        line("header", f"{name}: {terminal.escaped(value[:MOST_SHOWN])}")
    for words in letter.cut:
        line("cut", words, "yellow")
    if record.value is None:
        line("value", "none (a tombstone)")
        return 0
    shown = record.value if whole else record.value[:MOST_SHOWN]
    rest = len(record.value) - len(shown)
    size = f"{len(record.value):,} byte{'' if len(record.value) == 1 else 's'}"
    line("value", f"{size}, {rest:,} of them not shown" if rest else size)
    people.print(Text(terminal.escaped(shown)), soft_wrap=True)
    return 0


async def _replay(settings: Settings, chosen: Filter, *, dry: bool) -> int:
    errors = terminal.console(sys.stderr)
    faults = letter_count = 0
    published: set[str] = set()
    cut: dict[str, Letter] = {}

    def left_out(place: object, reason: str) -> None:
        nonlocal faults
        faults += 1
        errors.print(f"{settings.topic_dead_letter}:{place}: {terminal.printable(reason)}")

    publisher = Publisher(settings, settings.topic_raw, left_out)
    async with contextlib.AsyncExitStack() as stack:
        if not dry:
            await stack.enter_async_context(publisher)
        found = await stack.enter_async_context(contextlib.aclosing(letters(settings, chosen)))
        async for letter in found:
            letter_count += 1
            if letter.cut:
                cut.setdefault(letter.article, letter)
            elif letter.article not in published:
                published.add(letter.article)
                if not dry:
                    record = letter.record
                    await publisher.send(record.value, record.key, letter.again(), tag=letter.place)
    # One that was cut may have come whole another time.
    for letter in (cut[article] for article in cut if article not in published):
        missing = "; ".join(letter.cut)
        left_out(
            letter.place, f"cut to fit: {missing}. The whole record is at {letter.origin}, if still kept"
        )
    articles = len(published | cut.keys())
    of = f" of {_amount(letter_count)}" if letter_count > articles else ""
    count = len(published) if dry else publisher.delivered
    line = f"{'would publish' if dry else 'published'} {count:,} article{'' if count == 1 else 's'}{of}"
    click.echo(f"{line} to {settings.topic_raw}" + (f"; {faults:,} left out" if faults else ""))
    return 1 if faults else 0


def _amount(count: int) -> str:
    return f"{count:,} dead letter{'' if count == 1 else 's'}"
