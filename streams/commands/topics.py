"""``kabar topics``: list the topics, plan them, or create them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import click

from streams.commands.settings import settings_or_exit
from streams.kafka.connection import BrokerError, administrator
from streams.kafka.topics import (
    MOST_BYTES,
    REPLICAS,
    Difference,
    Topic,
    create,
    differences,
    existing,
    topics,
)
from streams.settings import SettingsError


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings


@click.group(invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the topics (as `kabar topics list`), plan or create them (`kabar topics plan`, `create`)."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@command.command("list")
def list_() -> None:
    """Print each topic: partitions on the broker, how long records stay, its key, what it holds.

    What is not as planned is said on standard error. The status is 1 where a topic is missing.
    """
    settings = settings_or_exit()
    there, found = asyncio.run(_existing(settings))
    table = topics(settings)
    width = max(len(topic.name) for topic in table)
    for topic in table:
        partitions = f"{there[topic.name]} partitions" if topic.name in there else "missing"
        click.echo(f"{topic.name:<{width}}  {partitions:<13}  {topic.holds}; key: {topic.key}")
    _tell(found)
    if any(topic.name not in there for topic in table):
        raise click.ClickException("create what is missing: kabar topics create")


@command.command("plan")
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
def plan(form: str) -> None:
    """Print how each topic would be created, with the reasons; no broker is asked.

    KABAR_TOPIC_PARTITIONS, KABAR_TOPIC_REPLICATION and KABAR_RECORD_BYTES change it.
    """
    table = topics(settings_or_exit())
    for line in _markdown(table) if form == "markdown" else _text(table):
        click.echo(line)


@command.command("create")
def create_() -> None:
    """Create the topics that are missing; leave the others as they are, and say what is not as planned.

    `kabar topics plan` shows how, and why.
    """
    settings = settings_or_exit()
    created, found = asyncio.run(_create(settings))
    for topic in created:
        replicas = f"{topic.replicas} replica{'' if topic.replicas == 1 else 's'}"
        click.echo(f"created {topic.name}: {topic.partitions} partitions, {replicas}, {_kept(topic)}")
    if not created:
        click.echo("all topics are there already")
    _tell(found)


def _tell(found: list[Difference]) -> None:
    for one in found:
        click.echo(f"not as planned: {one}", err=True)


class _Point(NamedTuple):
    what: str
    how: str
    why: str


def _points(topic: Topic) -> Iterator[_Point]:
    """Yield what is decided of a topic, and why."""
    config = topic.config()
    yield _Point("partitions", str(topic.partitions), topic.why.partitions)
    replicas = str(topic.replicas)
    if least := config.get("min.insync.replicas"):
        replicas += f", min.insync.replicas={least}"
    yield _Point("replicas", replicas, REPLICAS)
    yield _Point("retention", f"{_kept(topic)}, retention.ms={config['retention.ms']}", topic.why.retention)
    yield _Point("cleanup", f"cleanup.policy={topic.cleanup}", topic.why.cleanup)
    yield _Point("key", topic.key, topic.why.key)
    if most := config.get("max.message.bytes"):
        yield _Point("size", f"max.message.bytes={most}", MOST_BYTES)


def _kept(topic: Topic) -> str:
    return "for ever" if topic.retention_days is None else f"{topic.retention_days} days"


def _text(table: tuple[Topic, ...]) -> Iterator[str]:
    for topic in table:
        yield f"{topic.name}  {topic.holds}; written by: {topic.writer}"
        for what, how, why in _points(topic):
            yield f"  {what:<10}  {how}"
            yield f"  {'':<10}    {why}"


def _markdown(table: tuple[Topic, ...]) -> Iterator[str]:
    for topic in table:
        yield f"### {topic.name}"
        yield ""
        yield f"Holds {topic.holds}. Written by: {topic.writer}."
        yield ""
        yield "| | | why |"
        yield "|---|---|---|"
        for what, how, why in _points(topic):
            yield f"| {what} | {how} | {why} |"
        yield ""


async def _existing(settings: Settings) -> tuple[dict[str, int], list[Difference]]:
    try:
        async with administrator(settings) as admin:
            return await existing(admin), await differences(settings, admin)
    except (BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from None


async def _create(settings: Settings) -> tuple[list[Topic], list[Difference]]:
    try:
        async with administrator(settings) as admin:
            # Asked for before: a node may not know yet what it has just created.
            found = await differences(settings, admin)
            return await create(settings, admin), found
    except (BrokerError, SettingsError) as error:
        raise click.ClickException(str(error)) from None
