"""The heartbeat tells a worker that does its work from one that only runs."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from streams.__main__ import cli
from streams.kafka.heartbeat import STALE_SECONDS, Heartbeat, ill
from streams.settings import SettingsError
from tests.administration import create
from tests.workers import Worker, articles, out, publish, until


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka


def _health(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> tuple[int, str]:
    monkeypatch.setenv("KABAR_HEARTBEAT", str(path))
    ran = CliRunner().invoke(cli, ["health"])
    return ran.exit_code, ran.output.strip()


def test_a_fresh_heartbeat_is_health(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first beat to the end."""
    path = tmp_path / "heartbeat"
    heartbeat = Heartbeat(path)
    assert not path.exists()
    heartbeat.beat(time.time())
    assert _health(monkeypatch, path) == (0, "well: it does its work, or has none to do")
    heartbeat.end()
    code, said = _health(monkeypatch, path)
    assert code == 1
    assert "not in its group" in said


@pytest.mark.parametrize("sign", [1, -1])
def test_an_old_heartbeat_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: int) -> None:
    """Also one of the future, which a clock that was set back leaves behind."""
    path = tmp_path / "heartbeat"
    Heartbeat(path).beat(time.time() - sign * (STALE_SECONDS + 100))
    code, said = _health(monkeypatch, path)
    assert code == 1
    assert "nothing has moved for 1" in said


def test_a_heartbeat_that_another_worker_left_is_taken_away(tmp_path: Path) -> None:
    """A worker that was killed leaves its own; the next one has done nothing so far."""
    path = tmp_path / "heartbeat"
    Heartbeat(path).beat(time.time())
    Heartbeat(path)
    assert ill(path) is not None


def test_a_heartbeat_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    """A worker that nobody could see being well would be restarted for ever."""
    with pytest.raises(SettingsError, match=r"KABAR_HEARTBEAT: .* cannot be written"):
        Heartbeat(tmp_path / "no" / "heartbeat")


def test_a_heartbeat_that_fails_later_stops_no_article(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once; whoever looks sees the heartbeat grow old."""
    folder = tmp_path / "folder"
    folder.mkdir()
    heartbeat = Heartbeat(folder / "heartbeat")
    folder.rmdir()
    for _ in range(3):
        heartbeat.beat(time.time())
    assert [record.message for record in caplog.records] == ["no heartbeat"]
    heartbeat.end()


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing can be asked."""
    monkeypatch.chdir(tmp_path)
    heartbeat = Heartbeat(None)
    heartbeat.beat(time.time())
    heartbeat.end()
    assert os.listdir() == []  # noqa: PTH208 - the folder this process is in
    code, said = _health(monkeypatch, "")
    assert code == 2
    assert "KABAR_HEARTBEAT is not set" in said


@pytest.mark.parametrize(
    ("path", "why"), [("/", "it is a folder"), ("/no/such/heartbeat", "there is no such folder")]
)
def test_a_path_that_cannot_be_a_heartbeat_is_refused(
    path: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the name of the setting."""
    code, said = _health(monkeypatch, path)
    assert code == 2
    assert f"KABAR_HEARTBEAT is '{path}': {why}" in said


@pytest.mark.kafka
def test_workers_on_apache_kafka_are_seen_while_they_run(kafka: Kafka, tmp_path: Path) -> None:
    """The one that works, and the one that gets no partition; not before the group has them, nor after."""
    settings = kafka.settings(partitions=1)
    paths = [tmp_path / "first", tmp_path / "second"]
    workers = [Worker(settings, tmp_path, more={"KABAR_HEARTBEAT": str(path)}) for path in paths]
    with workers[0], workers[1]:
        for worker in workers:
            worker.wait_for("waiting for topics")
        assert [path.exists() for path in paths] == [False, False]
        create(settings)
        publish(settings, articles(10))
        until(lambda: [ill(path) for path in paths] == [None, None], "both workers to be well")
        assert out(settings).problems == []
        assert [worker.stop() for worker in workers] == [0, 0]
    assert [path.exists() for path in paths] == [False, False]
