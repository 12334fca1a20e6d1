"""``kabar topics``: list the topics, or create them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from streams.commands.settings import settings_or_exit
from streams.kafka.connection import BrokerError, administrator
from streams.kafka.topics import Topic, create, existing, topics
from streams.settings import SettingsError


if TYPE_CHECKING:
    from streams.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the topics (as `kabar topics list`), or create them (`kabar topics create`)."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@command.command("list")
def list_() -> None:
    """Print each topic: partitions on the broker, how long records stay, its key, what it holds.

    The status is 1 where one is missing.
    """
    settings = settings_or_exit()
    there = asyncio.run(_existing(settings))
    table = topics(settings)
    width = max(len(topic.name) for topic in table)
    for topic in table:
        partitions = f"{there[topic.name]} partitions" if topic.name in there else "missing"
        click.echo(f"{topic.name:<{width}}  {partitions:<13}  {topic.holds}; key: {topic.key}")
    if any(topic.name not in there for topic in table):
        raise click.ClickException("create what is missing: kabar topics create")


@command.command("create")
def create_() -> None:
    """Create the topics that are missing; leave the others as they are.

    KABAR_TOPIC_PARTITIONS and KABAR_TOPIC_REPLICATION say how.
    """
    settings = settings_or_exit()
    created = asyncio.run(_create(settings))
    for topic in created:
        click.echo(f"created {topic.name}: {topic.partitions} partitions, {topic.retention_days} days")
    if not created:
        click.echo("all topics are there already")


async def _existing(settings: Settings) -> dict[str, int]:
    try:
        async with administrator(settings) as admin:
            return await existing(admin)
    except (BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from None


async def _create(settings: Settings) -> list[Topic]:
    try:
        async with administrator(settings) as admin:
            return await create(settings, admin)
    except (BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
