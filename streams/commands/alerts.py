"""``kabar alerts``: the rules, and what they would raise, before they are deployed."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace
from rich.table import Table
from rich.text import Text

from streams import terminal
from streams.alerts import Rules, load_rules
from streams.alerts.overtime_page import lines_over_time
from streams.alerts.page import conditions, page
from streams.archive import STDIN, Archive, ArchiveError, Fault
from streams.enrichment import Reading, read
from streams.errors import ArticleError, DataError
from streams.records import Alert, EnrichedArticle, Span, to_json
from streams.stories.records import Story, story_json
from streams.stories.reports import Report, report_when_published
from streams.stories.stories import Stories


if TYPE_CHECKING:
    from rich.console import Console

    from streams.archive import Entry


_RULES = click.option(
    "--rules",
    envvar="KABAR_RULES",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The rules of this file, not the built-in ones.  [env: KABAR_RULES]",
)

_SEVERITIES = ("critical", "high", "medium", "low")

_AROUND = 40
"""Code points of the article that are shown around what an alert cites."""

_EXAMPLES = """\b
Examples:
  kabar alerts list --rules mine.toml
  kabar alerts test archive.jsonl.gz --rules mine.toml
  kabar alerts test archive.jsonl.gz --stories
"""


@click.group(epilog=_EXAMPLES)
def command() -> None:
    """Show the alert rules, and what they would raise."""


@command.command("list")
@_RULES
@click.option("--format", "form", type=click.Choice(["text", "markdown"]), default="text", show_default=True)
def list_(rules: Path | None, form: str) -> None:
    """Say of each rule when it fires, how grave it is, and what would cancel it."""
    loaded = _loaded(rules)
    if form == "markdown":
        click.echo(page(loaded), nl=False)
        return
    for rule in loaded.rules:
        levels = ", ".join(f"{level.severity} from {level.at_least:,.10g}" for level in rule.levels)
        click.echo(f"{rule.id}: {rule.title} ({levels or rule.severity})")
        for line in conditions(rule):
            click.echo(f"  {line.replace('`', '')}")
        click.echo(f"  cancelled by: {rule.cancels}")
    for name, lines in lines_over_time(loaded):
        click.echo(name)
        for line in lines:
            click.echo(f"  {line.replace('`', '')}")


@command.command("test")
@click.argument("files", nargs=-1, metavar="ARCHIVE…")
@_RULES
@click.option("--rule", "only", metavar="ID", help="This rule alone.")
@click.option("--stories", is_flag=True, help="Print the stories, each with its history, not the alerts.")
@click.option("--json", "as_json", is_flag=True, help="Print the alerts, or the stories, as JSONL.")
def test(
    files: tuple[str, ...], rules: Path | None, only: str | None, *, stories: bool, as_json: bool
) -> None:
    """Show which alerts the articles of an ARCHIVE would raise, and why; no Kafka needed.

    And which stories `kabar desk` would tell, all articles taken in the order they were published and
    received when they were. ARCHIVE is what `kabar extract` reads: files, folders, or - for standard input.
    Nothing is published.
    """
    if not files:
        if sys.stdin.isatty():
            raise click.UsageError(
                "No ARCHIVE. Give files or folders, or - to read what you type or pipe in."
            )
        files = (STDIN,)
    loaded = _loaded(rules)
    if only is not None:
        known = [rule.id for rule in loaded.rules]
        if only not in known:
            raise click.UsageError(f"No rule {only!r}; there are {', '.join(known)}.")
        chosen = tuple(rule for rule in loaded.rules if rule.id == only)
        loaded = replace(loaded, rules=chosen, surges=(), first_mentions=())
    try:
        archive = Archive(files)
    except ArchiveError as error:
        raise click.UsageError(str(error)) from None
    sys.exit(_test(archive, loaded, stories=stories, as_json=as_json))


def _loaded(path: Path | None) -> Rules:
    try:
        return load_rules(path)
    except DataError as error:
        raise click.UsageError(str(error)) from None


def _test(archive: Archive, rules: Rules, *, stories: bool, as_json: bool) -> int:
    """Print what each article raises, or the stories, and a table in the end; return the exit status."""
    people, errors = terminal.console(), terminal.console(sys.stderr)
    raised: Counter[tuple[str, str]] = Counter()
    articles, silent, faults = 0, 0, 0
    reports, refused = list[Report](), Counter[str]()
    with terminal.progress("reading", on=errors, hidden=sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=archive.size)
        for item in archive:
            found = item if isinstance(item, Fault) else _read(item, rules)
            if isinstance(found, Fault):
                errors.print(terminal.printable(str(found)))
                faults += 1
            else:
                articles += 1
                silent += not found.alerts
                raised.update((alert.rule, alert.severity) for alert in found.alerts)
                report = report_when_published(found.article, found.alerts, rules)
                if isinstance(report, str):
                    refused[report] += 1
                else:
                    reports.append(report)
                shown = found.alerts if as_json else sorted(found.alerts, key=_gravest_first)
                for alert in () if stories else shown:
                    if as_json:
                        sys.stdout.buffer.write(to_json(alert) + b"\n")
                    else:
                        terminal.write(people, _told(alert, found.article, rules))
            bar.update(task, completed=archive.position)
    told = Stories(rules)
    told.add(reports)
    for story in told.current() if stories else ():
        if as_json:
            sys.stdout.buffer.write(story_json(story) + b"\n")
        else:
            terminal.write(people, _story(story))
    sys.stdout.buffer.flush()
    _sum_up(errors if as_json else people, rules, raised)
    (errors if as_json else people).print(
        f"{articles} articles, {silent} of them silent; {sum(raised.values())} alerts"
        + (f"; {faults} could not be read" if faults else "")
    )
    left = ", ".join(f"{number} {reason}" for reason, number in sorted(refused.items()))
    (errors if as_json else people).print(
        f"{len(told.current())} stories of {len(reports)} articles" + (f"; left out: {left}" if left else "")
    )
    return 1 if faults else 0


def _read(entry: Entry, rules: Rules) -> Reading | Fault:
    try:
        return read(entry.value, rules)
    except ArticleError as error:
        return Fault(entry.file, entry.line, error.stage, error.type, error.message)


def _told(alert: Alert, article: EnrichedArticle, rules: Rules) -> Text:
    """Return an alert for people: what it says, why it fired so gravely, and the words that it rests on."""
    source = alert.source.name if alert.source else None
    known = (alert.article_id, alert.published_at, source, alert.language, alert.article_url)
    lines = [f"article {', '.join(filter(None, known))}", alert.article_title or "", alert.reason]
    for figure in alert.figures:
        low, high = ("?" if bound is None else f"{bound:,.10g}" for bound in (figure.low, figure.high))
        said = f", says {figure.claimant.surface}" if figure.claimant else ""
        told = f"{figure.kind} {low} to {high} {figure.unit}{said}"
        lines.append(f"{figure.start}..{figure.end}  {told}: {_around(article.text, figure)}")
    lines += [
        f"{one.start}..{one.end}  {one.category}: {_around(article.text, one)}" for one in alert.keywords
    ]
    lines += [f"{one.start}..{one.end}  {_around(article.text, one)}" for one in alert.mentions]
    lines += [_why(alert, rules), f"cancelled by: {alert.cancels}"]
    shown = Text(f"{alert.severity:8}", terminal.SEVERITY_STYLES[alert.severity])
    shown.append(" " + terminal.printable(alert.headline), "bold")
    for line in filter(None, lines):
        shown.append("\n         " + terminal.printable(line), "")
    return shown.append("\n")


def _gravest_first(alert: Alert) -> int:
    return _SEVERITIES.index(alert.severity)


def _why(alert: Alert, rules: Rules) -> str:
    """Return why an alert is as grave as it is, and how much its article is conflict news, in numbers."""
    levels = next(rule.levels for rule in rules.rules if rule.id == alert.rule)
    numbers = alert.threshold
    if "at_least" in numbers:
        found, reached = numbers["found"], numbers["at_least"]
        parts = [f"{found:,.10g} is at least {reached:,.10g}"]
        parts += [f"{one.severity} from {one.at_least:,.10g}" for one in levels if one.at_least > reached][:1]
    else:
        parts = ["the rule has one severity"]
    if "hits" in numbers:
        parts.append(f"{numbers['found_hits']} keywords, {numbers['hits']} asked for")
    if "found_targets" in numbers:
        parts.append(f"{numbers['found_targets']} hit")
    return f"{alert.severity}: {'; '.join(parts)}; conflict score {alert.score:g}"


def _around(text: str, span: Span) -> str:
    """Return the words of a span in brackets, with a few around them, on one line."""
    start, end = max(0, span.start - _AROUND), min(len(text), span.end + _AROUND)
    before, behind = text[start : span.start], text[span.end : end]
    words = f"{before}[{text[span.start : span.end]}]{behind}"
    return f"{'…' if start else ''}{' '.join(words.split())}{'…' if end < len(text) else ''}"


def _story(story: Story) -> Text:
    """Return a story for people: what it says, what became of it, its claims, who tells it, its history."""
    sources = story.sources
    who = f"{sources.total} sources, {sources.independent} independent"
    lines = [
        f"story {story.id}, {story.status}, {story.first_at} to {story.last_at}, revision {story.revision}",
        story.reason,
        f"told by {who}, in {', '.join(story.languages)}",
    ]
    for toll in story.tolls:
        many = f"{toll.lowest:,.10g}" + (f" to {toll.highest:,.10g}" if toll.disputed else "")
        lines.append(f"{toll.kind} {many} {toll.unit}" + (", claimants differ" if toll.disputed else ""))
    for claim in story.claims:
        by = claim.claimant.surface if claim.claimant else claim.source or "unknown"
        old = ", overtaken" if claim.overtaken else ""
        lines.append(f"  {claim.kind} {claim.low:,.10g} by {by} ({claim.cited.article_id}){old}")
    if story.statistics:
        found = story.statistics
        lines.append(f"found {found.found}, expected {found.expected:g}, probability {found.probability:g}")
    for step in story.updates:
        numbers = [f"{one:,.10g}" for one in (step.before, step.now) if one is not None]
        parts = [step.change, step.rule or "", step.kind or "", " to ".join(numbers), step.claimant or ""]
        lines.append(f"{step.at}  {' '.join(filter(None, parts))} ({step.article_id})")
    told = Text(f"{story.severity:8}", terminal.SEVERITY_STYLES[story.severity])
    told.append(" " + terminal.printable(story.headline), "bold")
    for line in lines:
        told.append("\n         " + terminal.printable(line), "")
    return told.append("\n")


def _sum_up(console: Console, rules: Rules, raised: Counter[tuple[str, str]]) -> None:
    """Print how often each rule fired, by severity; a rule that never did too."""
    table = Table(box=None, pad_edge=False)
    table.add_column("rule")
    for severity in _SEVERITIES:
        table.add_column(severity, justify="right")
    for rule in rules.rules:
        table.add_row(rule.id, *(str(raised[rule.id, severity] or "") for severity in _SEVERITIES))
    console.print(table)
