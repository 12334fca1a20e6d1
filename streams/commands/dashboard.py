"""``kabar dashboard``: what comes out of the worker, on a page, as JSON and as a stream of events."""

from __future__ import annotations

import sys

import click

from streams import logs
from streams.commands import run
from streams.commands.settings import settings_or_exit


@click.command()
def command() -> None:
    """Serve the dashboard, until SIGTERM or Ctrl-C.

    It reads the output topics from some hours back (KABAR_DASHBOARD_HOURS) and follows them, with a
    consumer of its own that joins no group. It listens at the loopback unless it is told
    otherwise (KABAR_DASHBOARD_HOST, KABAR_DASHBOARD_PORT), and then asks for KABAR_DASHBOARD_TOKEN.
    The first line it prints is its address.
    """
    from streams.dashboard.server import serve  # noqa: PLC0415 - the help of all commands imports none of it

    settings = settings_or_exit()
    logs.set_up(settings.log_level, settings.log_format)
    sys.exit(run(serve(settings, click.echo)))
