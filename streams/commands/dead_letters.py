"""``kabar dead-letters``: list the articles that could not be read, or publish them again."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from rich.text import Text

from streams import terminal
from streams.commands import run
from streams.commands.settings import settings_or_exit
from streams.errors import ErrorType, Stage
from streams.publisher import Publisher
from streams.reader import read
from streams.summaries import dead_letter, headers


if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from aiokafka import ConsumerRecord

    from streams.settings import Settings


# Headers that the dead letter was given; the others came with the record, and go back with it.
_ADDED = ("ce_", "error.", "source.", "content-type")

# What a letter says of itself where its key or value is not whole.
_CUT = ("error.value-bytes", "error.key-bytes")


_STAGES = click.Choice([each.value for each in Stage])
_TYPES = click.Choice([each.value for each in ErrorType])


class Filter(NamedTuple):
    """Which dead letters are meant: of one stage, of one type, so many of the oldest."""

    stage: str | None
    type: str | None
    limit: int | None


def _filtered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose among the dead letters."""
    for option in (
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The N oldest of them only."),
        click.option(
            "--type", "type_", metavar="TYPE", type=_TYPES, help=f"Only of TYPE: {', '.join(ErrorType)}."
        ),
        click.option("--stage", metavar="STAGE", type=_STAGES, help=f"Only of STAGE: {', '.join(Stage)}."),
    ):
        function = option(function)
    return function


@click.group()
def command() -> None:
    """List the articles that could not be read, or publish them again."""


@command.command("list")
@_filtered
def list_(stage: str | None, type_: str | None, limit: int | None) -> None:
    """List them: place, what was wrong, where each came from.

    For the letters themselves: kabar tail dead-letter --from beginning --no-follow --envelope
    """
    run(_list(settings_or_exit(), Filter(stage, type_, limit)))


@command.command("replay")
@_filtered
@click.option("--dry-run", is_flag=True, help="Say what would be published, publish nothing.")
def replay(stage: str | None, type_: str | None, limit: int | None, *, dry_run: bool) -> None:
    """Publish them to the raw topic again.

    Key, value and headers are those they first came with. Do this once the cause is mended:
    what cannot be read still becomes a new dead letter. The letters stay in their topic.
    One that was cut to fit is left out, and the status is 1.
    """
    sys.exit(run(_replay(settings_or_exit(), Filter(stage, type_, limit), dry=dry_run)))


async def _letters(
    settings: Settings, chosen: Filter
) -> AsyncGenerator[tuple[ConsumerRecord, dict[str, str]], None]:
    count = 0
    async with contextlib.aclosing(read(settings, [settings.topic_dead_letter])) as records:
        async for record in records:
            known = headers(record)
            stage, type_ = known.get("error.stage"), known.get("error.type")
            if chosen.stage in (None, stage) and chosen.type in (None, type_):
                yield record, known
                count += 1
                if count == chosen.limit:
                    break


async def _list(settings: Settings, chosen: Filter) -> None:
    people = terminal.console()
    types: Counter[str] = Counter()
    async with contextlib.aclosing(_letters(settings, chosen)) as letters:
        async for record, known in letters:
            types[f"{known.get('error.stage')}/{known.get('error.type')}"] += 1
            people.print(Text.assemble((f"{record.partition}:{record.offset}  ", "dim"), dead_letter(record)))
    counts = ", ".join(f"{terminal.printable(name)} {count}" for name, count in types.most_common())
    people.print(f"{_amount(types.total())}{': ' if counts else ''}{counts}")


async def _replay(settings: Settings, chosen: Filter, *, dry: bool) -> int:
    errors = terminal.console(sys.stderr)
    faults = 0
    whole = 0

    def left_out(place: object, reason: str) -> None:
        nonlocal faults
        faults += 1
        errors.print(f"{settings.topic_dead_letter}:{place}: {terminal.printable(reason)}")

    publisher = Publisher(settings, settings.topic_raw, left_out)
    async with contextlib.AsyncExitStack() as stack:
        if not dry:
            await stack.enter_async_context(publisher)
        letters = await stack.enter_async_context(contextlib.aclosing(_letters(settings, chosen)))
        async for record, known in letters:
            place = f"{record.partition}:{record.offset}"
            if any(name in known for name in _CUT):
                size = known.get("error.value-bytes", "unknown")
                left_out(place, f"cut to fit, and not the whole record: it came with {size} bytes")
                continue
            whole += 1
            if not dry:
                own = [(name, value) for name, value in record.headers if not name.startswith(_ADDED)]
                await publisher.send(record.value, record.key, own, tag=place)
    words = "would publish" if dry else "published"
    done = f"{words} {_amount(whole if dry else publisher.delivered)} to {settings.topic_raw}"
    click.echo(f"{done}; {faults} left out" if faults else done)
    return 1 if faults else 0


def _amount(count: int) -> str:
    return f"{count:,} dead letter{'' if count == 1 else 's'}"
