"""``kabar health``: whether the worker or desk of this machine does its work."""

from __future__ import annotations

import click

from streams.commands.settings import settings_or_exit
from streams.kafka.heartbeat import ill


@click.command()
def command() -> None:
    """Tell whether the worker or desk that writes KABAR_HEARTBEAT does its work; for health checks.

    The status is 0 where it is a member of its group and has, in the last half
    minute, read from the broker or finished an article; otherwise 1, and the reason is on
    standard error. No broker is asked.
    """
    path = settings_or_exit().heartbeat
    if path is None:
        raise click.UsageError("KABAR_HEARTBEAT is not set: nothing writes a heartbeat that could be read")
    if reason := ill(path):
        raise click.ClickException(reason)
    click.echo("well: it does its work, or has none to do")
