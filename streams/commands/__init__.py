"""The commands of ``kabar``, a module each; :mod:`streams.__main__` lists them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar

import click


if TYPE_CHECKING:
    from collections.abc import Coroutine


T = TypeVar("T")


def run(work: Coroutine[None, None, T]) -> T:
    """Run a command's asynchronous part; a broker that fails it ends the command with one clear line."""
    from streams.kafka.connection import BrokerError  # noqa: PLC0415 - commands without Kafka import this package too
    from streams.settings import SettingsError  # noqa: PLC0415 - the same

    # What aiokafka has to say is in our own messages; unhandled, Python would print it too.
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())
    try:
        return asyncio.run(work)
    except (BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
