"""The ledger of faults: one line for each, printed at the end of a run of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest


if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.verifier import Verdict

DIGESTS = ("records", "digest")

DELAYS = ("records", "bytes", "codec", "seconds")

COLUMNS = ("runs", "articles", "enriched", "dead letters", "lost", "duplicates", "overtaken")


class Line(NamedTuple):
    """What came of one kind of fault, over so many runs of it."""

    fault: str
    runs: int
    verdict: Verdict

    def cells(self) -> tuple[str, ...]:
        """Return what is printed in :data:`COLUMNS`."""
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
        """Return what is printed in :data:`DELAYS`."""
        return (f"{self.records:,}", f"{self.bytes:,}", self.codec, f"{self.seconds:.2f}")


class Ledger:
    """The lines of one run of tests, in the order they were entered."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.delays: list[Delay] = []
        self.digests: list[tuple[str, ...]] = []

    def delay(self, line: Delay) -> None:
        """Enter how long a good article had to wait."""
        self.delays.append(line)

    def enter(self, fault: str, runs: int, verdict: Verdict) -> None:
        """Enter what came of a fault; do so before anything is asserted, so that a loss is printed too."""
        self.lines.append(Line(fault, runs, verdict))

    def digest(self, replay: str, records: int, digest: str) -> None:
        """Enter the digest of what came of a replay."""
        self.digests.append((replay, f"{records:,}", digest))


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


def table(lines: Iterable[Line]) -> list[str]:
    """Return the lines as a table, numbers to the right."""
    return _aligned([("fault", *COLUMNS), *((line.fault, *line.cells()) for line in lines)])


def delays(lines: Iterable[Delay]) -> list[str]:
    """Return as a table how long good articles waited behind which burst."""
    return _aligned([("a good article behind", *DELAYS), *((line.burst, *line.cells()) for line in lines)])


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the tables, where there is anything in them."""
    ledger = config.stash[_KEY]
    for title, rows in (
        ("faults", table(ledger.lines) if ledger.lines else []),
        ("hostile input", delays(ledger.delays) if ledger.delays else []),
        ("replays", _aligned([("replay", *DIGESTS), *ledger.digests]) if ledger.digests else []),
    ):
        if rows:
            terminalreporter.section(title)
        for row in rows:
            terminalreporter.write_line(row)
