"""``kabar desk``: enriched articles in, stories out."""

from __future__ import annotations

import sys

import click

from streams import logs
from streams.alerts import load_rules
from streams.commands.settings import settings_or_exit
from streams.errors import DataError
from streams.kafka.connection import BrokerError
from streams.kafka.desk import run
from streams.settings import SettingsError


@click.command()
def command() -> None:
    """Fold the articles of the enriched topic into stories, until SIGTERM or Ctrl-C.

    Each story is told once, and its record updated as further articles tell of it. One desk of
    a group works, others stand by to take its place; its group is KABAR_GROUP with ".desk"
    behind it. It needs no worker to run beside it, and holds none up.
    """
    settings = settings_or_exit()
    logs.set_up(settings.log_level, settings.log_format)
    try:
        status = run(settings, load_rules(settings.rules))
    except (BrokerError, DataError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(status)
