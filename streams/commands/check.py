"""``kabar check``: what is wrong with settings, rules and language files."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.alerts import load_rules
from streams.checking import check_language, check_meanings
from streams.errors import DataError
from streams.languages import available
from streams.settings import SettingsError
from streams.settings import load as load_settings


if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@click.option(
    "--rules", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Check this rules file."
)
def command(rules: Path | None) -> None:
    """Check settings, the rules file and all data files; connect to nothing.

    Each mistake is a line: file, key, reason. The status is 1 where there is one.
    """
    problems: list[str] = []
    try:
        configured = load_settings().rules
        rules = rules or configured
    except SettingsError as error:
        problems += [f"environment: {line}" for line in str(error).splitlines()]
    try:
        load_rules(rules)
    except DataError as error:
        problems += str(error).splitlines()
    checks: list[Callable[[], None]] = [check_meanings]
    checks += [partial(check_language, code) for code in available()]
    for check in checks:
        try:
            check()
        except DataError as error:
            problems += str(error).splitlines()
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo(f"settings, rules and {len(available())} languages ({', '.join(available())}) are fine")
    sys.exit(1 if problems else 0)
