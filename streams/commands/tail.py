"""``kabar tail``: print the records of a topic as they come."""

from __future__ import annotations

import base64
import contextlib
import sys
from typing import TYPE_CHECKING, Any

import click
import orjson

from streams import terminal
from streams.commands import run
from streams.commands.settings import settings_or_exit
from streams.kafka.reader import Start, read
from streams.summaries import headers, role_of, summary, topic_of


if TYPE_CHECKING:
    from collections.abc import Callable

    from aiokafka import ConsumerRecord

    from streams.settings import Settings


class _StartType(click.ParamType):
    """``beginning``, ``end`` or ``-N``."""

    name = "START"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Start:  # noqa: ANN401 - as click's own
        """Return where to start, or end the command."""
        if value in ("beginning", "end"):
            return "beginning" if value == "beginning" else "end"
        with contextlib.suppress(ValueError):
            if (number := int(value)) <= 0:
                return -number
        return self.fail(
            f"{value!r} is not accepted; it takes beginning, end or -N (the N newest)", param, ctx
        )


@click.command()
@click.argument("topic")
@click.option(
    "--from",
    "start",
    type=_StartType(),
    metavar="START",
    default="-10",
    show_default=True,
    help="beginning, end, or -N: the N newest.",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after N records.")
@click.option(
    "--follow/--no-follow", default=True, help="Go on as records come (the default), or stop at the last."
)
@click.option(
    "--json", "form", flag_value="json", help="Print the value of each record on a line of its own."
)
@click.option(
    "--envelope",
    "form",
    flag_value="envelope",
    help="Print JSON with key, headers, partition, offset, timestamp.",
)
def command(topic: str, start: Start, limit: int | None, form: str | None, *, follow: bool) -> None:
    """Print the records of TOPIC as they come, one line for each.

    TOPIC is raw, enriched, alert, dead-letter, or the name of any topic. Nothing is
    committed, and no group joined: it disturbs no worker. Ctrl-C ends it.
    """
    settings = settings_or_exit()
    name = topic_of(topic, settings)
    with contextlib.suppress(KeyboardInterrupt):
        run(_tail(settings, name, start, limit, _form(form, name, settings), follow=follow))


async def _tail(
    settings: Settings,
    topic: str,
    start: Start,
    limit: int | None,
    show: Callable[[ConsumerRecord], None],
    *,
    follow: bool,
) -> None:
    count = 0
    async with contextlib.aclosing(read(settings, [topic], start=start, follow=follow)) as records:
        async for record in records:
            show(record)
            count += 1
            if count == limit:
                break


def _form(form: str | None, topic: str, settings: Settings) -> Callable[[ConsumerRecord], None]:
    """Return what prints a record in the form that was asked for."""
    if form is None:
        people = terminal.console()
        role = role_of(topic, settings)
        # A line of the terminal for each; into a pipe all of it.
        cut: dict[str, Any] = {"no_wrap": True, "overflow": "ellipsis"} if people.is_terminal else {}
        return lambda record: people.print(summary(record, role), **cut)
    if form == "json":
        return lambda record: _write(one_line(record.value))
    return lambda record: _write(envelope(record))


def one_line(value: bytes | None) -> bytes:
    """Return the value of a record as one line; JSON stays the JSON that it is."""
    if value is None:
        return b"null"
    # In JSON a line end can only stand between tokens, where a space says the same.
    return value.replace(b"\r", b" ").replace(b"\n", b" ")


def envelope(record: ConsumerRecord) -> bytes:
    """Return a record with all that is around its value, as JSON; ``value_base64`` holds what is not JSON."""
    found: dict[str, object] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "key": None if record.key is None else record.key.decode("utf-8", "replace"),
        "headers": headers(record),
    }
    try:
        orjson.loads(record.value or b"null")
        found["value"] = orjson.Fragment(one_line(record.value))
    except orjson.JSONDecodeError:
        found["value_base64"] = base64.b64encode(record.value).decode()
    return orjson.dumps(found)


def _write(line: bytes) -> None:
    if sys.stdout.isatty():
        # JSON may hold C1 control characters as they are, and what is not JSON may hold anything.
        line = terminal.printable(line.decode("utf-8", "replace")).encode("utf-8", "replace")
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
