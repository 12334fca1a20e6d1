"""The ``kabar`` command: ``kabar COMMAND …``, also ``python -m streams COMMAND …``."""

from __future__ import annotations

import importlib
import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

import click


if TYPE_CHECKING:
    from collections.abc import Sequence


# Each command is the object `command` of a module of its name in streams.commands, imported
# when it is called: `kabar extract` needs no Kafka client, and `kabar --help` needs nothing.
COMMANDS = {
    "demo": "Run it all here: a broker, the worker, a sample archive.",
    "extract": "Enrich articles from files or standard input; no Kafka.",
    "worker": "Enrich the raw topic: enriched articles, alerts, dead letters.",
    "dashboard": "Show it all on a page: alerts, articles, map, stream.",
    "desk": "Fold the articles into stories, each told once and updated.",
    "replay": "Publish an archive to the raw topic.",
    "tail": "Print the records of a topic as they come.",
    "dead-letters": "List what could not be read, or publish it again.",
    "alerts": "Show the alert rules, and what they would raise.",
    "topics": "List the topics, or create them.",
    "languages": "List the languages that are read, and how far.",
    "schema": "Print the JSON Schema of a record, or write all of them.",
    "health": "Tell whether the worker here does its work.",
    "check": "Check settings, rules and language files.",
    "settings": "Print every setting with its value.",
}

_BROKEN_PIPE = 128 + 13
_INTERRUPTED = 128 + 2


class _Commands(click.Group):
    """The group of commands that are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name; None if there is none."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"streams.commands.{cmd_name.replace('-', '_')}").command
        assert isinstance(command, click.Command)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing one."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click's own
        """Run the command that was asked for; end quietly where the reader of our output has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _drop_output()
            ctx.exit(_BROKEN_PIPE)
        except OSError as error:  # a full disk, above all
            _drop_output()
            raise click.ClickException(str(error)) from None
        except KeyboardInterrupt:
            ctx.exit(_INTERRUPTED)


def _drop_output() -> None:
    """Send what is left of standard output nowhere: Python would try to write it once more, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="kabar", message="kabar %(version)s")
def cli() -> None:
    """Kabar reads conflict news: language, events and every figure in an article.

    Articles enter a Kafka topic; enriched records, alerts and dead letters leave on others.
    `kabar demo` shows all of it; `kabar extract FILE` needs no Kafka.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``kabar`` with the arguments of the process, or these; exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that is not UTF-8 shows \\u2026 rather than end the command.
            stream.reconfigure(errors="backslashreplace")
    cli.main(arguments, prog_name="kabar")


if __name__ == "__main__":
    main()
