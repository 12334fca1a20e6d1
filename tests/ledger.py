"""The ledger of faults: one line for each, printed at the end of a run of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.verifier import Verdict

TABLES = {
    "faults": ("fault", "runs", "articles", "enriched", "dead letters", "lost", "duplicates", "overtaken"),
    "hostile input": ("a good article behind", "records", "bytes", "codec", "seconds"),
    "replays": ("replay", "records", "digest"),
}
"""The heads of what is printed, by title."""


class Line(NamedTuple):
    """What came of one kind of fault, over so many runs of it."""

    fault: str
    runs: int
    verdict: Verdict

    def cells(self) -> tuple[str, ...]:
        """Return what is printed in the table of faults."""
        found = self.verdict
        lost = len(found.missing)
        numbers = (self.runs, found.raw, found.enriched, found.dead_letters, lost, found.duplicates)
        return tuple(f"{number:,}" for number in (*numbers, found.overtaken))


class Delay(NamedTuple):
    """How long a good article took that was behind a burst of others, by the broker's clock."""

    burst: str
    records: int
    bytes: int
    codec: str
    seconds: float

    def cells(self) -> tuple[str, ...]:
        """Return what is printed in the table of hostile input."""
        return (f"{self.records:,}", f"{self.bytes:,}", self.codec, f"{self.seconds:.2f}")


class Ledger:
    """The rows of one run of tests, in the order they were entered, by the table they belong to."""

    def __init__(self) -> None:
        self.rows: dict[str, list[tuple[str, ...]]] = {title: [] for title in TABLES}

    def delay(self, line: Delay) -> None:
        """Enter how long a good article had to wait."""
        self.rows["hostile input"].append((line.burst, *line.cells()))

    def enter(self, fault: str, runs: int, verdict: Verdict) -> None:
        """Enter what came of a fault; do so before anything is asserted, so that a loss is printed too."""
        self.rows["faults"].append((fault, *Line(fault, runs, verdict).cells()))

    def digest(self, replay: str, records: int, digest: str) -> None:
        """Enter the digest of what came of a replay."""
        self.rows["replays"].append((replay, f"{records:,}", digest))

    def add(self, rows: Mapping[str, Iterable[Iterable[str]]]) -> None:
        """Enter the rows of another process, as :attr:`rows` has them."""
        for title, more in rows.items():
            self.rows[title] += map(tuple, more)


def lengths(name: str, *, short: object, long: object) -> pytest.MarkDecorator:
    """Let a test run twice: in short with ``make test``, at length with ``make soak``.

    ``name`` is the argument that is given ``short`` or ``long``; names and tuples as pytest's own.
    """
    forms = [("short", short, ()), ("long", long, (pytest.mark.soak,))]
    params = [
        pytest.param(*(form if isinstance(form, tuple) else (form,)), id=id_, marks=marks)
        for id_, form, marks in forms
    ]
    return pytest.mark.parametrize(name, params)


def table(title: str, rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the rows of a table below its head, numbers to the right; nothing where there are none."""
    return _aligned([TABLES[title], *rows]) if rows else []


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]


_KEY = pytest.StashKey[Ledger]()


def pytest_configure(config: pytest.Config) -> None:
    """Open the ledger."""
    config.stash[_KEY] = Ledger()


@pytest.fixture
def ledger(pytestconfig: pytest.Config) -> Ledger:
    """Give the ledger that is printed at the end."""
    return pytestconfig.stash[_KEY]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the ledger on, where several processes share the tests (``-n 2``)."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["ledger"] = session.config.stash[_KEY].rows


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - pytest-xdist is untyped here
    """Take over the ledger of a process that has ended."""
    node.config.stash[_KEY].add(getattr(node, "workeroutput", {}).get("ledger", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the tables, where there is anything in them."""
    for title, rows in config.stash[_KEY].rows.items():
        for number, line in enumerate(table(title, rows)):
            if number == 0:
                terminalreporter.section(title)
            terminalreporter.write_line(line)
