"""``kabar extract``: enrich articles without Kafka."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from streams import detection, terminal
from streams.alerts import Rules, load_rules, raise_alerts
from streams.archive import STDIN, Archive, ArchiveError, Entry, Fault
from streams.decoding import decode
from streams.enrichment import Examination, examine
from streams.errors import ArticleError, DataError, ErrorType, Stage
from streams.explanation import explain
from streams.records import Alert, to_json


class _Found(NamedTuple):
    """What one entry gives."""

    examination: Examination
    alerts: tuple[Alert, ...]


class _Form(NamedTuple):
    """How what was read is printed."""

    alerts: bool
    explain: bool
    pretty: bool


_EXAMPLES = """\b
Examples:
  echo 'Two soldiers were killed near Kherson.' | kabar extract --explain
  kabar extract archive.jsonl.gz | jq '.figures[] | [.kind, .value]'
"""


@click.command(epilog=_EXAMPLES)
@click.argument("files", nargs=-1)
@click.option("--alerts", is_flag=True, help="Add to each record the key `alerts`: the alerts it raises.")
@click.option(
    "--rules",
    envvar="KABAR_RULES",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Raise alerts by this rules file, not the built-in one.  [env: KABAR_RULES]",
)
@click.option(
    "--language", metavar="CODE", help="The language of articles that name none, where it cannot be told."
)
@click.option("--explain", is_flag=True, help="Print for people, with the rules that made each figure.")
@click.option("--pretty", is_flag=True, help="Indent the JSON.")
def command(
    files: tuple[str, ...],
    rules: Path | None,
    language: str | None,
    *,
    alerts: bool,
    explain: bool,
    pretty: bool,
) -> None:
    """Enrich articles from FILES, or standard input (-); no Kafka needed.

    FILES are .jsonl, .json, .txt or .html, also with .gz or .zst, or folders of them.
    Standard input is JSONL, or one text or HTML page. The enriched records are printed as
    JSONL, in the order of the articles. What cannot be read is said on standard error, and
    the status is then 1.
    """
    if pretty and explain:
        raise click.UsageError("--pretty indents JSON, and --explain prints none: give one of them.")
    if not files:
        if sys.stdin.isatty():
            raise click.UsageError("No FILES. Give files or folders, or - to read what you type or pipe in.")
        files = (STDIN,)
    if language and not detection.known_code(language):
        raise click.UsageError(
            f"Language {language!r} cannot be detected; one of: {' '.join(detection.languages())}"
        )
    try:
        archive, loaded = Archive(files), load_rules(rules)
    except (ArchiveError, DataError) as error:
        raise click.UsageError(str(error)) from None
    sys.exit(_run(archive, loaded, language, _Form(alerts=alerts, explain=explain, pretty=pretty)))


def _run(archive: Archive, rules: Rules, language: str | None, form: _Form) -> int:
    """Print what each article gives; return the exit status."""
    errors = terminal.console(sys.stderr)
    people = terminal.console()
    status = 0
    with terminal.progress("reading", on=errors, hidden=sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=archive.size)
        for item in archive:
            found = item if isinstance(item, Fault) else _read(item, rules, language)
            if isinstance(found, Fault):
                errors.print(terminal.printable(str(found)))
                status = 1
            elif form.explain:
                terminal.write(people, explain(found.examination, found.alerts))
            else:
                _print(found, form)
            bar.update(task, completed=archive.position)
    return status


def _read(entry: Entry, rules: Rules, language: str | None) -> _Found | Fault:
    """Return what an entry gives, or the fault that it is."""
    try:
        raw = decode(entry.value)
        if language and raw.language is None:
            raw = msgspec.structs.replace(raw, language=language)
        examination = examine(raw)
        return _Found(examination, raise_alerts(examination.article, rules))
    except ArticleError as error:
        return Fault(entry.file, entry.line, error.stage, error.type, error.message)
    except Exception as error:  # noqa: BLE001 - one article never ends the reading of the others
        message = f"a fault of Kabar's own: {type(error).__name__}; please report it with the article"
        return Fault(entry.file, entry.line, Stage.ENRICH, ErrorType.INTERNAL, message)


def _print(found: _Found, form: _Form) -> None:
    """Write one record to standard output, at once: someone may be waiting for it."""
    line = to_json(found.examination.article)
    if form.alerts:
        # The record is an object: its closing brace moves behind the new key.
        line = b'%b,"alerts":[%b]}' % (line[:-1], b",".join(map(to_json, found.alerts)))
    if form.pretty:
        line = msgspec.json.format(line, indent=2)
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
