"""``kabar replay`` publishes an archive byte for byte, and waits for every delivery."""

from __future__ import annotations

import asyncio
import gzip
import socket
from typing import TYPE_CHECKING

import pytest

from streams.commands import replay
from streams.commands.replay import LONGEST_GAP
from streams.decoding import decode
from streams.times import moment
from tests.embedded import Embedded, kabar, process


if TYPE_CHECKING:
    from pathlib import Path


BROKEN = b'{"text":"one"}\n\nnot json\n{"id":"x","text":5}\n\xff\n[1]\n{"text":"two"}\n'


def values(embedded: Embedded, topic: str | None = None) -> list[bytes]:
    """Return the values on the raw topic, sorted: they are spread over partitions."""
    return sorted(record.value for record in embedded.records(topic or embedded.settings.topic_raw))


def test_lines_are_published_byte_for_byte_under_the_articles_id(embedded: Embedded, archive: Path) -> None:
    """Nothing is parsed and written anew; the key is the id, derived where the line has none."""
    ran = kabar("replay", archive, env=embedded.env)
    assert (ran.status, ran.err) == (0, "")
    lines = archive.read_bytes().splitlines()
    found = embedded.records(embedded.settings.topic_raw)
    assert sorted((record.key, record.value) for record in found) == sorted(
        (decode(line).id.encode(), line) for line in lines
    )
    size = sum(map(len, lines))
    assert ran.out.startswith(f"published 3 records ({size} bytes) to {embedded.settings.topic_raw} in ")


def test_lines_of_one_article_keep_their_order(embedded: Embedded, tmp_path: Path) -> None:
    """Versions of an article have one key, one partition, and the order of the archive."""
    path = tmp_path / "a.jsonl.gz"
    lines = [b'{"id":"same","text":"version %d"}' % number for number in range(500)]
    path.write_bytes(gzip.compress(b"\n".join(lines)))
    assert kabar("replay", path, env=embedded.env).status == 0
    assert [record.value for record in embedded.records(embedded.settings.topic_raw)] == lines


def test_what_is_not_json_is_said_and_left_out(embedded: Embedded, tmp_path: Path) -> None:
    """File, line and reason; what is JSON goes out, though it be no article: the worker judges that."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(BROKEN)
    ran = kabar("replay", path, env=embedded.env)
    assert ran.status == 1
    assert [line.split(": ")[:2] for line in ran.err.splitlines()] == [
        [f"{path}:3", "decode/not_json"],
        [f"{path}:5", "decode/not_utf8"],
    ]
    assert values(embedded) == sorted([b'{"text":"one"}', b'{"id":"x","text":5}', b"[1]", b'{"text":"two"}'])
    assert "; 2 could not be published" in ran.out


def test_raw_publishes_every_line_as_it_is(embedded: Embedded, tmp_path: Path) -> None:
    """Also what no one can read: that is what dead letters are for."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(BROKEN)
    assert kabar("replay", "--raw", path, env=embedded.env).status == 0
    assert values(embedded) == sorted(BROKEN.splitlines())


def test_what_the_broker_refuses_is_said_and_the_rest_goes_out(embedded: Embedded, tmp_path: Path) -> None:
    """One article that is too large stops no other."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"one"}\n{"text":"%s"}\n{"text":"two"}\n' % (b"x" * 20_000))
    ran = kabar("replay", path, env={**embedded.env, "KABAR_RECORD_BYTES": "10000"})
    assert ran.status == 1
    assert ran.err.startswith(f"{path}:2: publish/refused: ")
    assert values(embedded) == [b'{"text":"one"}', b'{"text":"two"}']


def test_limit_since_and_topic_choose_what_goes_where(embedded: Embedded, archive: Path) -> None:
    """The first two after one in the morning, to another topic."""
    other = f"{embedded.settings.topic_raw}.other"
    ran = kabar(
        "replay",
        archive,
        archive,
        "--since",
        "2026-10-01T09:00+08:00",
        "--limit",
        2,
        "--topic",
        other,
        env=embedded.env,
    )
    assert ran.status == 0
    assert "; 1 left out by --since" in ran.out
    assert values(embedded, other) == sorted(archive.read_bytes().splitlines()[1:])
    assert values(embedded) == []


def test_since_leaves_out_what_has_no_known_time(embedded: Embedded, tmp_path: Path) -> None:
    """Nobody can say that it is new."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text":"when?"}\n{"text":"yesterday","published_at":"yesterday"}\n')
    ran = kabar("replay", path, "--since", "2020-01-01", env=embedded.env)
    assert (ran.status, values(embedded)) == (0, [])
    assert "; 2 left out by --since" in ran.out


def test_a_dry_run_reads_all_and_needs_no_broker(archive: Path, tmp_path: Path) -> None:
    """It says what would be published and what could not be."""
    broken = tmp_path / "z.jsonl"
    broken.write_bytes(b"{\n")
    ran = kabar("replay", "--dry-run", archive, broken, env={"KABAR_BROKER_URL": "kafka://localhost:1"})
    assert ran.status == 1
    assert ran.out.startswith("would publish 3 records (")
    assert ran.err.startswith(f"{broken}:1: decode/not_json")


@pytest.mark.parametrize(
    ("speed", "gaps"), [("0", []), ("3600", [1.0, 1.0]), ("1", [LONGEST_GAP, LONGEST_GAP])]
)
def test_the_pace_is_that_of_publication_times_the_factor(
    embedded: Embedded, archive: Path, monkeypatch: pytest.MonkeyPatch, speed: str, gaps: list[float]
) -> None:
    """Gaps of an hour are a second at 3600, at most the longest gap at 1, and nothing at 0."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await real(0)

    real = asyncio.sleep
    monkeypatch.setattr(replay, "sleep", sleep)
    assert kabar("replay", "--speed", speed, archive, env=embedded.env).status == 0
    assert slept == gaps


def test_a_pipe_is_published_while_its_writer_still_writes(embedded: Embedded) -> None:
    """``… | kabar replay -`` hands on each line as it comes."""
    with process("replay", "-", env=embedded.env) as running:
        assert running.stdin is not None
        running.stdin.write(b'{"id":"a","text":"one"}\n')
        running.stdin.flush()
        while not values(embedded):
            assert running.poll() is None
        running.stdin.close()
        assert running.wait() == 0
    assert values(embedded) == [b'{"id":"a","text":"one"}']


def test_ctrl_c_ends_it_though_the_pipe_stays_open(embedded: Embedded) -> None:
    """What was delivered is said; the status is that of an interrupted command; no traceback."""
    with process("replay", "-", env=embedded.env) as running:
        assert running.stdin is not None
        assert running.stderr is not None
        assert running.stdout is not None
        running.stdin.write(b'{"id":"a","text":"one"}\n')
        running.stdin.flush()
        while not values(embedded):
            assert running.poll() is None
        running.send_signal(2)
        assert running.wait() == 130
        assert running.stdout.read().startswith(b"published ")
        assert running.stderr.read() == b""


def test_a_broker_that_is_not_there_is_one_clear_line(archive: Path) -> None:
    """Address, variable and reason; no traceback, and status 1."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ran = kabar("replay", archive, env={"KABAR_BROKER_URL": f"kafka://127.0.0.1:{port}"})
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert f"127.0.0.1:{port} (KABAR_BROKER_URL)" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument"),
        (["nowhere.jsonl"], "No such file"),
        (["{archive}", "--since", "noon"], "'noon' is not a time"),
        (["{archive}", "--limit", "0"], "--limit"),
        (["{archive}", "--speed", "-1"], "--speed"),
        (["{archive}", "--fast"], "No such option"),
    ],
)
def test_wrong_usage_ends_with_2(archive: Path, arguments: list[str], said: str) -> None:
    """Before the broker is asked for anything."""
    ran = kabar("replay", *(argument.replace("{archive}", str(archive)) for argument in arguments))
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_setting_that_is_wrong_ends_with_2(archive: Path) -> None:
    """It is named."""
    ran = kabar("replay", archive, env={"KABAR_BROKER": "x"})
    assert ran.status == 2
    assert "KABAR_BROKER is not a setting" in ran.err


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-10-01", "2026-10-01T00:00:00+00:00"),
        ("2026-10-01T12:00:00Z", "2026-10-01T12:00:00+00:00"),
        (" 2026-10-01 12:00:00+07:00 ", "2026-10-01T12:00:00+07:00"),
        ("Thu, 01 Oct 2026 12:00:00 GMT", "2026-10-01T12:00:00+00:00"),
        ("1790856000", "2026-10-01T12:00:00+00:00"),
        ("1790856000.5", "2026-10-01T12:00:00.500000+00:00"),
        ("", None),
        ("soon", None),
        ("1e400", None),
        ("99999999999999999", None),
        ("nan", None),
        (None, None),
    ],
)
def test_a_moment_is_read_in_the_forms_that_publishers_use(text: str | None, iso: str | None) -> None:
    """ISO 8601, the form of e-mail and RSS, and seconds since 1970; UTC where no zone is named."""
    found = moment(text)
    assert (found and found.isoformat()) == iso
