"""``kabar settings``: every setting with its value."""

from __future__ import annotations

import click
import orjson

from streams.settings import Effective, Settings, SettingsError, load


def settings_or_exit() -> Settings:
    """Return the settings of this process; end the command with what is wrong, where something is."""
    try:
        return load()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print them."
)
def command(form: str) -> None:
    """Print every setting: its variable, the value in force, where that came from, what it is for.

    Settings are environment variables. A secret may be in a file that NAME_FILE names; it
    is never printed.
    """
    found = settings_or_exit().effective()
    if form == "json":
        table = {one.name: {"value": one.value, "origin": one.origin, "help": one.help} for one in found}
        click.echo(orjson.dumps(table, option=orjson.OPT_INDENT_2))
    else:
        click.echo(_as_text(found))


def _as_text(found: list[Effective]) -> str:
    """Return lines that a shell could read: the assignment, then a comment."""
    lines = []
    for one in found:
        assignment = f"{one.name}={one.value}"
        origin = "" if one.origin == "default" else f" [{one.origin}]"
        lines.append(f"{assignment:<48}  # {one.help}{origin}")
    return "\n".join(lines)
