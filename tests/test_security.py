"""The way to the broker: encrypted and logged in as it was asked for, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from streams.kafka.connection import administrator, tls
from streams.kafka.topics import existing
from streams.settings import Settings, SettingsError
from tests.certificates import Authority
from tests.kafka import PASSWORD, free_port
from tests.secured import CLIENT, EXPIRING_MS, REPORTER
from tests.workers import (
    PATIENCE,
    SlowWorker,
    Worker,
    articles,
    came_out,
    committed,
    environment,
    out,
    publish,
    until,
)


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.secured import Secured


WRONG = "another-secret"
"""A password that is not the right one."""


def _kabar(settings: Settings, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as users do; aiokafka leaves sockets open where it fails."""
    password = {"KABAR_SASL_PASSWORD": settings.sasl_password or ""}
    return subprocess.run(
        [sys.executable, "-m", "streams", *map(str, arguments)],
        env=environment(settings, password),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def _refusal(settings: Settings, command: str = "worker") -> str:
    """Return why a command cannot reach the broker: its one line but for those of the log, status 1."""
    done = _kabar(settings, command)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for secret in (settings.sasl_password, PASSWORD):
        assert secret is None or secret not in done.stderr
    *before, last = done.stderr.splitlines()
    assert all(" kabar.worker: starting " in line for line in before)
    beginning = f"Error: cannot reach a Kafka broker at {settings.broker_url[0]} (KABAR_BROKER_URL): "
    assert last.startswith(beginning)
    return last.removeprefix(beginning)


def _work(secured: Secured, settings: Settings, folder: Path, **more: str) -> Worker:
    """Let a worker with these settings do its job to the end; return it."""
    plain = replace(settings, broker_url=(secured.kafka.address,), tls=False, sasl_mechanism=None)
    publish(plain, articles(20))
    with Worker(
        settings, folder, more={"KABAR_SASL_PASSWORD": settings.sasl_password or "", **more}
    ) as worker:
        assert out(plain).problems == []
        assert worker.stop() == 0
    return worker


@pytest.mark.kafka
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_worker_works_encrypted_and_logged_in(secured: Secured, mechanism: str, tmp_path: Path) -> None:
    """Everything comes out, and the password, which is in a file, is in no line of the log."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    more = {"KABAR_SASL_PASSWORD": "", "KABAR_SASL_PASSWORD_FILE": str(password)}
    settings = secured.login(secured.topics(), sasl_mechanism=mechanism)
    worker = _work(secured, settings, tmp_path, **more)
    assert not worker.says(PASSWORD)


@pytest.mark.kafka
def test_a_worker_works_with_a_certificate_of_its_own(secured: Secured, tmp_path: Path) -> None:
    """Instead of a login: the broker knows who it is by the certificate."""
    _work(secured, secured.shown(secured.topics()), tmp_path)


@pytest.mark.kafka
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_not_even_the_most_talkative_log_holds_the_password(
    secured: Secured, mechanism: str, tmp_path: Path
) -> None:
    """Nor what is sent to log in, which for PLAIN is the password."""
    settings = secured.login(secured.topics(), sasl_mechanism=mechanism, log_level="DEBUG")
    worker = _work(secured, settings, tmp_path)
    assert worker.says(" DEBUG ")
    assert not worker.says(PASSWORD)
    assert not worker.says("SaslAuthenticateRequest")


@pytest.mark.kafka
def test_the_commands_work_encrypted_and_logged_in(secured: Secured, tmp_path: Path) -> None:
    """Topics are created, an archive is replayed, the worker reads it, and the results can be seen."""
    settings = secured.login(secured.kafka.settings())
    assert "created" in _kabar(settings, "topics", "create").stdout
    archive = tmp_path / "archive.jsonl"
    archive.write_text("".join(f'{{"id": "{number}", "text": "A quiet day."}}\n' for number in range(5)))
    assert _kabar(settings, "replay", archive).returncode == 0
    with Worker(settings, tmp_path, more={"KABAR_SASL_PASSWORD": PASSWORD}):
        until(lambda: came_out(settings) == 5, "the articles to come out")
    seen = _kabar(settings, "tail", "enriched", "--from", "beginning", "--no-follow", "--json")
    assert seen.returncode == 0
    assert {json.loads(line)["id"] for line in seen.stdout.splitlines()} == set("01234")


@pytest.mark.kafka
@pytest.mark.parametrize("command", ["worker", "topics"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
def test_a_wrong_password_is_said_and_not_repeated(secured: Secured, mechanism: str, command: str) -> None:
    """The message names the settings to look at."""
    settings = secured.login(secured.kafka.settings(), sasl_password=WRONG, sasl_mechanism=mechanism)
    assert _refusal(settings, command) == "it refuses the login (KABAR_SASL_USERNAME, KABAR_SASL_PASSWORD)"


@pytest.mark.kafka
def test_a_user_whom_nobody_knows_is_refused(secured: Secured) -> None:
    """As a wrong password is."""
    settings = secured.login(secured.kafka.settings(), sasl_username="nobody")
    assert _refusal(settings) == "it refuses the login (KABAR_SASL_USERNAME, KABAR_SASL_PASSWORD)"


@pytest.mark.kafka
def test_a_mechanism_that_the_broker_does_not_have_is_said(secured: Secured) -> None:
    """Nothing else is tried instead."""
    settings = secured.login(secured.kafka.settings(), "ONE", sasl_mechanism="PLAIN")
    assert _refusal(settings) == "it offers no login by PLAIN there (KABAR_SASL_MECHANISM)"


_TRUST = "its certificate is not to be trusted"
_NO_LOCALHOST = "Hostname mismatch, certificate is not valid for 'localhost'"


@pytest.mark.kafka
def test_a_certificate_that_nobody_vouches_for_is_refused(secured: Secured, tmp_path: Path) -> None:
    """By the system's list, where KABAR_TLS_CA is not set; and by the certificate of another authority."""
    settings = secured.login(secured.kafka.settings())
    another = Authority(tmp_path / "another", "Another authority").certificate
    for authority in (None, another):
        message = _refusal(replace(settings, tls_ca=authority))
        assert message.startswith(f"{_TRUST}: ")
        assert message.endswith("(KABAR_TLS_CA says who may sign it)")


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("port", "why"),
    [
        ("EXPIRED", f"{_TRUST}: certificate has expired"),
        ("MISNAMED", f"{_TRUST}: IP address mismatch, certificate is not valid for '127.0.0.1'"),
        ("MISADVERTISED", f"{_TRUST} where it says it is (advertised.listeners): {_NO_LOCALHOST}"),
    ],
)
def test_a_certificate_that_is_not_good_is_refused(secured: Secured, port: str, why: str) -> None:
    """Out of date, for another name, or for another name than the broker says it has."""
    assert _refusal(secured.login(secured.kafka.settings(), port)) == why


@pytest.mark.kafka
@pytest.mark.parametrize("command", ["worker", "topics"])
def test_encryption_is_not_dropped_where_the_broker_has_none(secured: Secured, command: str) -> None:
    """TLS to a port that speaks without it: no connection, and a hint."""
    settings = secured.login(secured.kafka.settings(), "PLAINTEXT")
    assert _refusal(settings, command) == "it closes the connection; does it speak TLS there (KABAR_TLS)?"


@pytest.mark.kafka
def test_a_broker_that_wants_encryption_is_not_reached_without(secured: Secured) -> None:
    """With a login, and without one: no connection, and a hint."""
    there = replace(secured.kafka.settings(), broker_url=secured.login(secured.kafka.settings()).broker_url)
    login = replace(there, sasl_mechanism="SCRAM-SHA-512", sasl_username="ana", sasl_password=PASSWORD)
    for settings in (there, replace(login, sasl_without_tls=True)):
        assert _refusal(settings) == "it closes the connection; does it want TLS there (KABAR_TLS=1)?"


@pytest.mark.kafka
def test_a_login_is_not_dropped_where_the_broker_wants_none(secured: Secured) -> None:
    """A login to a port without logins: no connection."""
    settings = replace(
        secured.kafka.settings(),
        sasl_mechanism="PLAIN",
        sasl_username="ana",
        sasl_password=PASSWORD,
        sasl_without_tls=True,
    )
    assert _refusal(settings) == "it offers no login by PLAIN there (KABAR_SASL_MECHANISM)"


@pytest.mark.kafka
def test_a_broker_that_wants_to_know_who_we_are_is_not_reached_without(
    secured: Secured, tmp_path: Path
) -> None:
    """No login, no certificate, one of another authority, one that has expired: a hint for each."""
    settings = secured.kafka.settings()
    shown = secured.shown(settings)
    for nobody in (
        secured.login(settings, sasl_mechanism=None, sasl_username=None, sasl_password=None),
        replace(shown, tls_cert=None, tls_key=None),
    ):
        assert "does it want a login there (KABAR_SASL_MECHANISM), or a certificate" in _refusal(nobody)
    another = Authority(tmp_path / "another", "Another authority")
    for signer, days in ((another, 30), (secured.authority, -1)):
        bad = signer.sign(f"bad{days}", subject=CLIENT, names="DNS:kabar.example", days=days)
        settings = replace(shown, tls_cert=bad.certificate, tls_key=bad.key)
        assert "does it accept our certificate (KABAR_TLS_CERT)?" in _refusal(settings)


_FORBIDDEN = {
    "read raw": "TopicAuthorizationFailedError('{0.topic_raw}')",
    "write enriched": "topic {0.topic_enriched}: TopicAuthorizationFailedError",
    "write alert": "topic {0.topic_alert}: TopicAuthorizationFailedError",
    "write dead-letter": "topic {0.topic_dead_letter}: TopicAuthorizationFailedError",
    "read group": "group {0.group}: GroupAuthorizationFailedError",
}
"""What the log says where a right is missing."""


@pytest.fixture(scope="module")
def without_a_right(
    secured: Secured, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, tuple[Settings, Worker]]]:
    """Run a worker for each right, without it, all at a time; give each with settings that need no right."""
    with contextlib.ExitStack() as stack:
        workers = {}
        for forbidden in _FORBIDDEN:
            plain = secured.topics(partitions=1)
            # The first article needs the right already, so that nothing can be committed before.
            hit = b'{"text": "At least 120 people were killed in an air strike, the ministry said."}'
            publish(plain, [(b"bad", b"{"), (b"hit", hit), *articles(20, malformed=0)])
            secured.allow(plain, but=forbidden)
            settings = secured.login(plain, sasl_username=REPORTER)
            worker = Worker(
                settings, tmp_path_factory.mktemp("worker"), more={"KABAR_SASL_PASSWORD": PASSWORD}
            )
            workers[forbidden] = (plain, stack.enter_context(worker))
        yield workers


@pytest.mark.kafka
@pytest.mark.parametrize("forbidden", _FORBIDDEN)
def test_a_right_that_is_missing_ends_the_worker(
    without_a_right: dict[str, tuple[Settings, Worker]], forbidden: str
) -> None:
    """With status 1; the log says which, and nothing is committed."""
    plain, worker = without_a_right[forbidden]
    assert worker.ended() == 1
    assert worker.says(_FORBIDDEN[forbidden].format(plain))
    assert committed(plain).get(0, 0) <= 1


@pytest.mark.kafka
def test_what_a_worker_without_a_right_had_not_finished_is_read_again(
    secured: Secured, without_a_right: dict[str, tuple[Settings, Worker]], tmp_path: Path
) -> None:
    """Once it has the right."""
    plain, worker = without_a_right["write dead-letter"]
    assert worker.ended() == 1
    secured.allow(plain)
    settings = secured.login(plain, sasl_username=REPORTER)
    with Worker(settings, tmp_path, more={"KABAR_SASL_PASSWORD": PASSWORD}) as worker:
        until(lambda: committed(plain) == {0: 22}, "everything to be committed")
        assert worker.stop() == 0
    assert out(plain).problems == []


@pytest.mark.kafka
def test_topics_that_a_user_may_not_see_or_make_are_said(secured: Secured, tmp_path: Path) -> None:
    """A broker does not tell that a topic is there to one who may not know; and refuses to make one."""
    settings = secured.login(secured.topics(), sasl_username=REPORTER)
    more = {"KABAR_SASL_PASSWORD": PASSWORD}
    with Worker(settings, tmp_path, more=more) as worker:
        worker.wait_for("this user has no right to see them")
        assert worker.stop() == 0
    with Worker(replace(settings, create_topics=True), tmp_path, more=more) as worker:
        assert worker.ended() == 1
        assert re.search(r"topic \S+ cannot be created: .*[Aa]uthoriz", worker.log_tail(1))


@pytest.mark.kafka
def test_a_broker_that_hangs_up_now_and_then_costs_nothing(secured: Secured, tmp_path: Path) -> None:
    """Some end each session after a time, to have the login renewed: everything still comes out."""
    plain = secured.topics(session_timeout=10.0)
    publish(plain, articles(2 * EXPIRING_MS // 10))
    settings = secured.login(plain, "EXPIRING")
    with SlowWorker(settings, tmp_path, KABAR_SASL_PASSWORD=PASSWORD) as worker:
        assert out(plain).problems == []
        assert worker.status is None
        assert worker.stop() == 0


@pytest.mark.kafka
async def test_a_client_that_was_hung_up_on_asks_again(secured: Secured) -> None:
    """A worker that starts slowly, or waits for its topics for days, is not ended by it."""
    settings = secured.login(secured.kafka.settings(), "EXPIRING")
    async with administrator(settings) as admin:
        for _ in range(2):
            await asyncio.sleep(1.5 * EXPIRING_MS / 1_000)
            assert settings.topic_raw not in await existing(admin)


class Listener:
    """A port that keeps what is sent to it, answers with ``answer``, and hangs up."""

    def __init__(self, answer: bytes = b"") -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65_536))
                connection.sendall(self._answer)

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Give a port that hangs up."""
    opened = Listener()
    yield opened
    opened.close()


_SAFE: dict[str, Any] = {
    "tls": True,
    "sasl_mechanism": "PLAIN",
    "sasl_username": "ana",
    "sasl_password": PASSWORD,
}


@pytest.mark.parametrize("command", ["worker", "topics"])
def test_nothing_is_said_in_the_clear_where_tls_is_asked_for(listener: Listener, command: str) -> None:
    """Whatever the other side does, every first word is a TLS handshake, and no password leaves."""
    _refusal(Settings(broker_url=(listener.address,), **_SAFE), command)
    assert listener.heard
    for words in listener.heard:
        assert words[:2] == b"\x16\x03"
        assert PASSWORD.encode() not in words


class _Page(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def _web_server() -> Iterator[int]:
    """Run a web server, and give its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def test_what_is_no_broker_is_left_after_some_seconds() -> None:
    """A port that takes connections and says nothing, and a web server: a reason, no traceback."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        _web_server() as page,
        ThreadPoolExecutor() as pool,
    ):
        mute = f"127.0.0.1:{silent.getsockname()[1]}"
        there = Settings(broker_url=(mute,)), Settings(broker_url=(mute,), **_SAFE)
        web = (
            Settings(broker_url=(f"127.0.0.1:{page}",)),
            Settings(broker_url=(f"127.0.0.1:{page}",), **_SAFE),
        )
        assert all(pool.map(_refusal, (*there, *web)))


def test_a_worker_whose_broker_cannot_be_reached_says_so_and_ends() -> None:
    """Status 1 and one line with the address and the reason; the restart is for the platform to do."""
    assert _refusal(Settings(broker_url=(f"127.0.0.1:{free_port()}",))).startswith("[Errno 111]")


def test_old_versions_of_tls_are_not_spoken() -> None:
    """Nor are names and signatures left unchecked."""
    context = tls(Settings(tls=True))
    assert context is not None
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_files_that_hold_something_else_are_named(tmp_path: Path) -> None:
    """The authority, the certificate, its key, a key of another, a key with a password."""
    authority = Authority(tmp_path / "authority", "An authority")
    one, two = (authority.sign(name, subject=name, names="DNS:kabar.example") for name in ("one", "two"))
    locked = authority.lock(one, PASSWORD)
    nothing = tmp_path / "nothing"
    nothing.write_text("nothing")
    with pytest.raises(SettingsError, match=r"KABAR_TLS_CA: \S+/nothing holds no certificate"):
        tls(Settings(tls=True, tls_ca=nothing))
    for certificate, key in (
        (nothing, one.key),
        (one.certificate, nothing),
        (one.certificate, two.key),
        (one.certificate, locked),
    ):
        with pytest.raises(SettingsError, match="KABAR_TLS_CERT and KABAR_TLS_KEY are not a certificate"):
            tls(Settings(tls=True, tls_cert=certificate, tls_key=key))
    assert tls(Settings(tls=True, tls_ca=authority.certificate, tls_cert=one.certificate, tls_key=one.key))


def test_a_secret_whose_file_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A folder, bytes that are no text, and a file that one may not read: a line each, and no worker."""
    login = {
        "KABAR_TLS": "1",
        "KABAR_SASL_MECHANISM": "PLAIN",
        "KABAR_SASL_USERNAME": "ana",
        "KABAR_SASL_PASSWORD": "",
    }
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    closed = tmp_path / "closed"
    closed.write_text(PASSWORD)
    closed.chmod(0)
    reasons = {tmp_path: "Is a directory", binary: "not UTF-8"}
    if not os.access(closed, os.R_OK):  # root may read everything
        reasons[closed] = "Permission denied"
    for path, why in reasons.items():
        done = subprocess.run(
            [sys.executable, "-m", "streams", "worker"],
            env=environment(Settings(), {**login, "KABAR_SASL_PASSWORD_FILE": str(path)}),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 2
        assert f"KABAR_SASL_PASSWORD_FILE: '{path}' cannot be read: {why}" in done.stderr
        assert "Traceback" not in done.stderr
