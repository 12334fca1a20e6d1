"""``kabar languages``: the languages there is data for, and how much."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, NamedTuple

import click
import orjson

from streams import detection
from streams.errors import DataError
from streams.languages import available, load
from streams.languages.forms import expand


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.languages import Language


class Coverage(NamedTuple):
    """How much is known of a language: counts of what its file lists, braces written out."""

    code: str
    name: str
    number_words: int
    units: int
    counted_things: int
    kinds: int
    verbs_of_saying: int
    categories: int
    keywords: int


_HEADS = ["code", "name", "numbers", "units", "things", "kinds", "verbs", "categories", "keywords"]


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    help="How to print them.",
)
def command(form: str) -> None:
    """List the languages that keywords and figures are read in, with what is known of each.

    In the table: number words, units, things that can be counted, kinds of figures, verbs
    of saying, categories of events, and their keywords. An article in another language is
    passed on with its language alone.
    """
    try:
        table = [coverage(load(code)) for code in available()]
    except DataError as error:
        raise click.ClickException(str(error)) from None
    if form == "json":
        click.echo(orjson.dumps([row._asdict() for row in table], option=orjson.OPT_INDENT_2))
        return
    click.echo(_table(table, markdown=form == "markdown"))
    if form == "text":
        words = f"detected, without data for more: {' '.join(set_apart(table))}"
        width = shutil.get_terminal_size().columns
        folded = textwrap.fill(words, width, break_on_hyphens=False)
        click.echo("\n" + (folded if sys.stdout.isatty() else words))


def coverage(language: Language) -> Coverage:
    """Return how much a language's file lists."""
    numerals = language.numerals
    words = [*numerals.cardinals.values(), *numerals.multipliers.values(), *numerals.indefinite.values()]
    return Coverage(
        code=language.code,
        name=language.name,
        number_words=_forms(words),
        units=len(language.units),
        counted_things=len(language.concepts),
        kinds=len(language.predicates),
        verbs_of_saying=_forms(attribution.forms for attribution in language.attributions),
        categories=len(language.keywords),
        keywords=_forms(
            forms
            for words in language.keywords.values()
            for forms in (words.strong, words.weak, words.leaning, *(group.words for group in words.together))
        ),
    )


def set_apart(table: list[Coverage]) -> list[str]:
    """Return the codes that are detected and not in the table."""
    return [code for code in detection.languages() if code not in {row.code for row in table}]


def _forms(lists: Iterable[list[str]]) -> int:
    return sum(len(expand(form, "")) for forms in lists for form in forms)


def _table(table: list[Coverage], *, markdown: bool) -> str:
    heads = [field.replace("_", " ") for field in Coverage._fields] if markdown else _HEADS
    rows = [heads, *([str(cell) for cell in row] for row in table)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    named = 2  # the columns of code and name stand to the left, the counts to the right
    lines = [
        [
            cell.ljust(width) if i < named else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
    if not markdown:
        return "\n".join("  ".join(line).rstrip() for line in lines)
    rule = ["-" * width if i < named else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])
