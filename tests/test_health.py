"""Well, alive and ready on Apache Kafka: the truth in every fault, from the file and from the web port."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest

from streams.kafka import heartbeat
from streams.kafka.heartbeat import ill
from streams.kafka.vitals import Vitals
from streams.kafka.web import serve
from streams.settings import Settings, SettingsError
from tests.administration import create, delete
from tests.kafka import free_port, running
from tests.workers import PATIENCE, Worker, articles, came_out, out, publish, until, wait_for_results


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka


class Seen(NamedTuple):
    """What a worker says: the states of /healthz and /readyz, and whether `kabar health` is content."""

    alive: str
    ready: str
    well: bool


WORKING = (Seen("200 idle", "200 idle", True), Seen("200 working", "200 working", True))
"""What a worker says that is all right: an article more or less is under way."""


def _get(port: int, path: str, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Return status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


class Watched:
    """A worker that can be asked how it is. Nothing may move for PATIENCE seconds before it says so."""

    PATIENCE = 3.0

    def __init__(
        self, settings: Settings, folder: Path, number: int = 0, *, stop_timeout: float = 30.0
    ) -> None:
        self.settings = replace(
            settings,
            web_port=free_port(),
            heartbeat=folder / f"heartbeat-{number}",
            stop_timeout=stop_timeout,
        )
        self.port = self.settings.web_port or 0
        self.path = folder / f"heartbeat-{number}"

    @property
    def seen(self) -> Seen:
        """Return what it says now."""
        states = []
        for path in ("/healthz", "/readyz"):
            status, headers, body = _get(self.port, path)
            assert headers["Content-Type"] == "application/json; charset=utf-8"
            said = json.loads(body)
            assert said.keys() == {"ok", "state", "reason"}
            assert said["ok"] is (status == 200)
            assert said["reason"]
            states.append(f"{status} {said['state']}")
        return Seen(states[0], states[1], ill(self.path) is None)

    def until_it_says(self, *expected: Seen) -> None:
        """Wait until it says one of these."""
        said: list[Seen] = []

        def says() -> bool:
            with contextlib.suppress(ConnectionRefusedError):  # it starts
                said.append(self.seen)
            return said[-1:] != [] and said[-1] in expected

        try:
            until(says, f"one of {expected}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it said {said[-1:]}") from None

    def reason(self, path: str) -> str:
        """Return the reason it gives."""
        return str(json.loads(_get(self.port, path)[2])["reason"])


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "STALE_SECONDS", Watched.PATIENCE)


def _worker(watched: Watched, folder: Path, fault: str = "", *, patience: float = Watched.PATIENCE) -> Worker:
    more = {"FAULT": fault, "PATIENCE": str(patience), "KABAR_WEB_PORT": str(watched.port)}
    return Worker(watched.settings, folder, module="tests.stalling_worker", more=more)


@pytest.mark.kafka
def test_workers_without_topics_with_work_and_without_partitions(kafka: Kafka, tmp_path: Path) -> None:
    """Before the topics are there; then one works and one has no partition, and both are all right."""
    settings = kafka.settings(partitions=1)
    one, two = (Watched(settings, tmp_path, number) for number in (1, 2))
    with _worker(one, tmp_path) as first:
        first.wait_for("waiting for topics")
        one.until_it_says(Seen("200 waiting", "503 waiting", False))
        assert settings.topic_raw in one.reason("/readyz")
        create(settings)
        one.until_it_says(*WORKING)
        publish(settings, articles(50))
        assert out(settings).problems == []
        with _worker(two, tmp_path) as second:
            two.until_it_says(Seen("200 idle", "200 idle", True))
            one.until_it_says(Seen("200 idle", "200 idle", True))

            def shared() -> set[str]:
                return {watched.reason("/readyz") for watched in (one, two)}

            # Both are idle before the group has dealt out its partition, too.
            wanted = {"nothing to do", "the other workers of the group have all partitions"}
            until(lambda: shared() == wanted, f"{wanted}")
            publish(settings, articles(50))
            assert out(settings).problems == []
            assert [worker.stop() for worker in (first, second)] == [0, 0]
    assert [watched.path.exists() for watched in (one, two)] == [False, False]


@pytest.mark.kafka
@pytest.mark.parametrize("fault", ["article hangs", "agent waits", "commits fail"])
def test_a_worker_that_gets_nothing_done_is_not_alive(kafka: Kafka, fault: str, tmp_path: Path) -> None:
    """Whether it still fetches or not; before that it is, and the answer comes though an article hangs."""
    settings = kafka.with_topics(partitions=1)
    watched = Watched(settings, tmp_path)
    with _worker(watched, tmp_path, fault) as worker:
        if fault != "commits fail":
            watched.until_it_says(*WORKING)
        trouble = (b"trouble", json.dumps({"text": "Here is TROUBLE."}).encode())
        publish(settings, [trouble, *articles(20)])
        watched.until_it_says(Seen("503 stuck", "503 stuck", False))
        assert "though the broker answers" in watched.reason("/healthz")
        assert worker.status is None


@pytest.mark.kafka
def test_a_worker_that_cannot_deliver_is_not_alive(kafka: Kafka, tmp_path: Path) -> None:
    """The topic is gone: it says so while that lasts, and is well again when the topic is back."""
    settings = kafka.with_topics(partitions=1)
    watched = Watched(settings, tmp_path)
    with _worker(watched, tmp_path) as worker:
        watched.until_it_says(*WORKING)
        delete(settings, settings.topic_enriched)
        publish(settings, articles(20))
        watched.until_it_says(Seen("503 stuck", "503 stuck", False))
        assert "no article was finished" in watched.reason("/healthz")
        assert worker.status is None
        create(settings)
        watched.until_it_says(*WORKING)
        assert out(settings).problems == []


@pytest.mark.kafka
def test_a_worker_that_stops_takes_nothing_more(
    kafka: Kafka, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SIGTERM it is not ready at once, and alive until it has finished what is under way."""
    monkeypatch.setattr(heartbeat, "STALE_SECONDS", PATIENCE)
    settings = kafka.with_topics(partitions=1)
    watched = Watched(settings, tmp_path, stop_timeout=PATIENCE)
    with _worker(watched, tmp_path, "article takes a while", patience=PATIENCE) as worker:
        watched.until_it_says(*WORKING)
        publish(settings, [(b"trouble", json.dumps({"text": "Here is TROUBLE."}).encode())])
        worker.wait_for("it takes a while")
        worker._process.send_signal(signal.SIGTERM)
        watched.until_it_says(Seen("200 stopping", "503 stopping", True))
        (worker.log.parent / "done").touch()
        assert worker.ended() == 0
    assert out(settings).problems == []


@pytest.mark.kafka
def test_a_worker_says_how_its_broker_is(kafka_classes: str, tmp_path: Path) -> None:
    """Frozen, back, killed, back again: alive all the time, ready and well only while it is there."""
    port = free_port()
    gone = Seen("200 waiting", "503 waiting", False)
    with contextlib.ExitStack() as stack:
        with running(kafka_classes, tmp_path, port) as broker:
            settings = broker.with_topics(partitions=1)
            watched = Watched(settings, tmp_path, stop_timeout=3.0)
            worker = stack.enter_context(_worker(watched, tmp_path))
            watched.until_it_says(*WORKING)
            assert broker._process is not None
            broker._process.send_signal(signal.SIGSTOP)
            watched.until_it_says(gone)
            assert "for the broker" in watched.reason("/healthz")
            broker._process.send_signal(signal.SIGCONT)
            watched.until_it_says(*WORKING)
            publish(settings, articles(50))
            assert out(settings).problems == []
        watched.until_it_says(gone)
        with running(kafka_classes, tmp_path, port):
            watched.until_it_says(*WORKING)
            publish(settings, articles(50))
            assert out(settings).problems == []
            watched.until_it_says(Seen("200 idle", "200 idle", True))
            # More than it can do while we count: what it has in hand cannot be delivered any more.
            before = came_out(settings)
            publish(settings, articles(3_000, malformed=0))
            wait_for_results(settings, before + 50)
        watched.until_it_says(gone)
        assert worker.status is None
        worker._process.send_signal(signal.SIGTERM)
        watched.until_it_says(Seen("200 stopping", "503 stopping", False))
        assert worker.ended() == 1
        assert worker.says("the stop took more than 3 s")


def test_the_web_port_has_two_pages_and_no_more() -> None:
    """No other path, no other method, no version of anything; and it can be asked often."""
    settings = Settings(web_port=free_port())
    vitals = Vitals(300.0)
    vitals.waiting_for = "for topics that are missing: news"
    serve(settings, vitals)
    port = settings.web_port or 0
    status, headers, body = _get(port, "/healthz")
    assert (status, json.loads(body)) == (
        200,
        {"ok": True, "state": "waiting", "reason": "for topics that are missing: news"},
    )
    assert headers["Server"] == "kabar"
    assert headers["Cache-Control"] == "no-store"
    for path in ("/", "/metrics", "/healthz/", "/readyz/../etc", "/table/", "/router/", "/stats"):
        assert _get(port, path)[0] == 404
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert _get(port, "/healthz", method)[0] == 405
    assert {_get(port, "/readyz")[0] for _ in range(200)} == {503}
    with pytest.raises(
        SettingsError, match=rf"KABAR_WEB_PORT: 127.0.0.1:{port} cannot be opened: Address already"
    ):
        serve(settings, vitals)


def test_no_port_is_opened_where_none_is_set() -> None:
    """The default."""
    assert Settings().web_port is None
    serve(Settings(), Vitals(300.0))


@pytest.mark.parametrize("host", ["256.0.0.1", "no.such.host.invalid"])
def test_an_address_that_is_not_ours_is_said(host: str) -> None:
    """With the name of the setting."""
    with pytest.raises(SettingsError, match=f"KABAR_WEB_PORT: {host}:.* cannot be opened"):
        serve(Settings(web_port=free_port(), web_host=host), Vitals(300.0))
