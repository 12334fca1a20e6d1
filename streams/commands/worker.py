"""``kabar worker``: the raw topic in; enriched articles, alerts and dead letters out."""

from __future__ import annotations

import sys

import click

from streams import logs
from streams.alerts import load_rules
from streams.commands.settings import settings_or_exit
from streams.errors import DataError
from streams.kafka.connection import BrokerError
from streams.kafka.worker import run
from streams.settings import SettingsError


@click.command()
def command() -> None:
    """Enrich the articles of the raw topic, until SIGTERM or Ctrl-C.

    Every article comes out at least once, as an enriched article or as a dead letter.
    Workers of one group share the partitions. Everything is set by KABAR_* variables:
    see `kabar settings`.
    """
    settings = settings_or_exit()
    logs.set_up(settings.log_level, settings.log_format)
    try:
        status = run(settings, load_rules(settings.rules))
    except (BrokerError, DataError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
    sys.exit(status)
