"""``kabar demo`` runs it all, counts what came out, and leaves no process behind."""

from __future__ import annotations

import contextlib
import http.client
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import orjson
import pytest

import streams
from streams.archive import Archive
from streams.kafka.tally import Tally
from streams.settings import load
from tests.dashboards import sample
from tests.embedded import process
from tests.test_broker import children, gone


if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(streams.__file__).parent / "samples"
ARTICLES = sum(1 for _ in Archive([SAMPLES], keep_blank=True))
VERDICT = re.compile(r"(\d+) raw = (\d+) enriched \+ (\d+) dead letters: every article is out")


def test_without_a_terminal_it_ends_by_itself_with_every_article_out() -> None:
    """As in `make demo < /dev/null | cat`; the user's own KABAR_* variables do not reach it."""
    with process("demo", env={"KABAR_BROKER_URL": "kafka://nowhere:1", "KABAR_NONSENSE": "1"}) as running:
        out, err = (stream.decode() for stream in running.communicate(timeout=120))
    assert (running.returncode, err) == (0, "")
    raw, enriched, dead = map(int, VERDICT.search(out).groups())  # type: ignore[union-attr]
    assert raw == ARTICLES == enriched + dead
    assert dead > 0
    assert re.search(r"^dashboard at http://127\.0\.0\.1:\d+$", out, re.MULTILINE)
    assert re.search(r"^(CRITICAL|HIGH|MEDIUM|LOW) +\S.*\n {10}\S", out, re.MULTILINE)
    for row in ("raw", "enriched", "dead letters", "alerts", "stories", "languages", "figures", "seconds"):
        assert re.search(rf"^{row} +\d", out, re.MULTILINE), row
    assert "\x1b" not in out


class Terminal(NamedTuple):
    """A demo on a terminal of its own."""

    running: subprocess.Popen[bytes]
    screen: int

    def until(self, words: str) -> str:
        """Return what is shown up to these words."""
        shown = b""
        while words.encode() not in shown:
            shown += os.read(self.screen, 65_536)
        return shown.decode()

    def rest(self) -> str:
        """Return what is shown from here to the end."""
        shown = b""
        try:
            while part := os.read(self.screen, 65_536):
                shown += part
        except OSError:  # the other end has closed
            pass
        return shown.decode()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """Start the demo on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "streams", "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "70"},
    ) as running:
        os.close(theirs)
        yield Terminal(running, ours)
        running.kill()
    os.close(ours)


def test_on_a_terminal_it_stays_until_ctrl_c_and_says_what_to_try(terminal: Terminal) -> None:
    """The commands it names work against the broker it runs; then nothing is left."""
    shown = terminal.until("less")
    assert "enriching" in shown
    assert "\x1b[" in shown
    address = re.search(r"KABAR_BROKER_URL=(kafka://127\.0\.0\.1:\d+) (.*) tail enriched", shown)
    assert address is not None
    with process(
        "tail", "enriched", "--no-follow", "--from", "-1", env={"KABAR_BROKER_URL": address[1]}
    ) as looking:
        assert looking.communicate(timeout=60)[0]
    page = re.search(r"dashboard is at (http://127\.0\.0\.1:\d+)", shown)
    assert page is not None
    verdict = VERDICT.search(shown)
    assert verdict is not None
    while shows(page[1]) != (len(sample().articles), int(verdict[3])):
        assert terminal.running.poll() is None
    started = children(terminal.running.pid)
    assert len(started) == 4
    terminal.running.send_signal(signal.SIGINT)
    assert "Traceback" not in terminal.rest()
    assert terminal.running.wait() == 0
    assert all(gone(pid) for pid in started)


def shows(page: str) -> tuple[int, int]:
    """Return how many articles and dead letters the dashboard shows."""
    connection = http.client.HTTPConnection(page.removeprefix("http://"), timeout=30)
    with contextlib.closing(connection):
        connection.request("GET", "/api/v1/stats")
        kept = orjson.loads(connection.getresponse().read())["kept"]
    return kept["article"]["count"], kept["dead_letter"]["count"]


def test_ctrl_c_before_the_end_leaves_nothing_behind(terminal: Terminal) -> None:
    """No process, no traceback, and the status of an interrupted command."""
    terminal.until("enriching")
    started = children(terminal.running.pid)
    terminal.running.send_signal(signal.SIGINT)
    assert "Traceback" not in terminal.rest()
    assert terminal.running.wait() == 130
    assert all(gone(pid) for pid in started)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_demo_that_is_ended_takes_its_children_with_it(number: signal.Signals) -> None:
    """Asked to end or killed outright."""
    with process("demo") as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith(b"embedded broker at ")
        while len(started := children(running.pid)) < 4:
            assert running.poll() is None
        running.send_signal(number)
        running.wait()
        assert running.returncode == (143 if number == signal.SIGTERM else -9)
        assert running.stderr is not None
        assert running.stderr.read() == b""
    assert all(gone(pid) for pid in started)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("streams.kafka.children worker", "worker"),
        ("streams.kafka.children desk", "desk"),
        ("streams.kafka.children dashboard", "dashboard"),
        ("streams.kafka.broker", "embedded broker"),
    ],
)
def test_a_child_that_dies_ends_it_with_the_childs_log(module: str, name: str) -> None:
    """Not zero, and the reason on standard error."""
    with process("demo") as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith(b"embedded broker at ")
        started: dict[int, bytes] = {}
        while sum(b"streams." in command for command in started.values()) < 4:
            assert running.poll() is None
            started = commands(running.pid)
        os.kill(next(pid for pid, command in started.items() if module.encode() in command), signal.SIGKILL)
        _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert err.decode().startswith(f"Error: the {name} ended with status -9\nthe last of its log:")
    assert all(gone(pid) for pid in started)


def commands(pid: int) -> dict[int, bytes]:
    """Return the command lines of the child processes of a process."""
    return {
        child: Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ") for child in children(pid)
    }


class Record(NamedTuple):
    """A record as the tally reads it."""

    topic: str
    partition: int
    offset: int
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


SETTINGS = load({})
ARTICLE = orjson.dumps({"language": {"code": "id"}, "figures": [{"kind": "killed"}, {"kind": "killed"}]})


def raw(offset: int) -> Record:
    """Return a raw record."""
    return Record(SETTINGS.topic_raw, 0, offset, b"12345", ())


def result(topic: str, source: int, value: bytes | None = ARTICLE) -> Record:
    """Return what came of a raw record."""
    return Record(topic, 1, 7, value, (("source.partition", b"0"), ("source.offset", str(source).encode())))


def test_the_tally_names_what_is_missing() -> None:
    """By its place in the raw topic, whatever the order in which the topics are read."""
    tally = Tally(SETTINGS)
    tally.add(result(SETTINGS.topic_enriched, 1))
    for offset in range(4):
        tally.add(raw(offset))
    tally.add(result(SETTINGS.topic_dead_letter, 2, b"{"))
    assert tally.missing == [(0, 0), (0, 3)]
    assert tally.settled == {(0, 1), (0, 2)}
    assert tally.settled_bytes == 10


def test_what_comes_twice_is_counted_once() -> None:
    """Delivery is at least once."""
    tally = Tally(SETTINGS)
    tally.add(raw(1))
    alert = orjson.dumps({"id": "a", "severity": "high"})
    for _ in range(2):
        tally.add(result(SETTINGS.topic_enriched, 1))
    found = [tally.add(Record(SETTINGS.topic_alert, 0, offset, alert, ())) for offset in range(2)]
    assert [each is not None for each in found] == [True, False]
    assert (tally.settled_bytes, tally.kinds["killed"], tally.languages["id"]) == (5, 2, 1)
    assert (len(tally.enriched), tally.severities["high"]) == (1, 1)


def test_an_article_that_came_out_as_both_is_counted_as_both() -> None:
    """So that raw = enriched + dead letters does not hold, and the demo says so."""
    tally = Tally(SETTINGS)
    tally.add(raw(1))
    tally.add(result(SETTINGS.topic_enriched, 1))
    tally.add(result(SETTINGS.topic_dead_letter, 1))
    assert (len(tally.raw), len(tally.enriched), len(tally.dead)) == (1, 1, 1)
