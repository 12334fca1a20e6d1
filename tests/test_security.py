"""The way to the broker: encrypted and logged in as it was asked for, or not at all."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from streams.settings import Settings
from tests.kafka import PASSWORD, USER, free_port
from tests.workers import PATIENCE, Worker, articles, environment, out, publish


if TYPE_CHECKING:
    from pathlib import Path

    from tests.kafka import Kafka


@pytest.fixture
def secure(kafka: Kafka) -> Settings:
    """Return settings for the listener that wants TLS and a login, its topics created."""
    if kafka.secure is None:
        pytest.skip("the broker is not ours: it may have no listener with TLS and a login")
    return replace(
        kafka.with_topics(),
        broker_url=(kafka.secure,),
        tls=True,
        tls_ca=kafka.authority,
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username=USER,
        sasl_password=PASSWORD,
    )


def _refusal(settings: Settings) -> str:
    """Return what a command says that cannot reach the broker."""
    # A process of its own, as users see it; aiokafka also leaves sockets open where it fails.
    command = [sys.executable, "-m", "streams", "topics"]
    password = {"KABAR_SASL_PASSWORD": settings.sasl_password or ""}
    done = subprocess.run(
        command,
        env=environment(settings, password),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(
        f"Error: cannot reach a Kafka broker at {settings.broker_url[0]} (KABAR_BROKER_URL): "
    )
    assert settings.sasl_password is None or settings.sasl_password not in done.stderr
    return done.stderr


@pytest.mark.kafka
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_a_worker_works_encrypted_and_logged_in(
    kafka: Kafka, secure: Settings, mechanism: str, tmp_path: Path
) -> None:
    """Everything comes out, and the password is in no line of the log."""
    settings = replace(secure, sasl_mechanism=mechanism)
    plain = replace(
        Settings(), **{**vars(settings), "broker_url": (kafka.address,), "tls": False, "sasl_mechanism": None}
    )
    publish(plain, articles(20))
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    more = {"KABAR_SASL_PASSWORD": "", "KABAR_SASL_PASSWORD_FILE": str(password)}
    with Worker(settings, tmp_path, more=more) as worker:
        assert out(plain).problems == []
        assert worker.stop() == 0
        assert not worker.says(PASSWORD)


@pytest.mark.kafka
def test_a_wrong_password_is_said_and_not_repeated(secure: Settings) -> None:
    """The message names the settings to look at."""
    for mechanism in ("PLAIN", "SCRAM-SHA-512"):
        wrong = replace(secure, sasl_password="another-password", sasl_mechanism=mechanism)  # noqa: S106 - none
        assert "refuses the login (KABAR_SASL_USERNAME, KABAR_SASL_PASSWORD)" in _refusal(wrong)


@pytest.mark.kafka
def test_a_mechanism_that_the_broker_does_not_have_is_said(secure: Settings) -> None:
    """Nothing else is tried instead."""
    assert "no login by SCRAM-SHA-256" in _refusal(replace(secure, sasl_mechanism="SCRAM-SHA-256"))


@pytest.mark.kafka
def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Settings) -> None:
    """Without KABAR_TLS_CA the system's list counts, and it does not know the test's authority."""
    assert "CERTIFICATE_VERIFY_FAILED" in _refusal(replace(secure, tls_ca=None))


@pytest.mark.kafka
def test_a_certificate_of_another_name_is_refused(secure: Settings) -> None:
    """The certificate is for 127.0.0.1, and localhost is another name."""
    port = secure.broker_url[0].rpartition(":")[2]
    message = _refusal(replace(secure, broker_url=(f"localhost:{port}",)))
    assert "CERTIFICATE_VERIFY_FAILED" in message


@pytest.mark.kafka
def test_encryption_is_not_dropped_where_the_broker_has_none(kafka: Kafka) -> None:
    """KABAR_TLS=1 to a port that speaks without it: no connection, and a hint."""
    assert "(KABAR_TLS)" in _refusal(replace(kafka.settings(), tls=True))


@pytest.mark.kafka
def test_a_login_is_not_dropped_where_the_broker_wants_none(kafka: Kafka) -> None:
    """A login to a port without logins: no connection."""
    login = replace(kafka.settings(), sasl_mechanism="PLAIN", sasl_username=USER, sasl_password=PASSWORD)
    assert "no login by PLAIN" in _refusal(replace(login, sasl_without_tls=True))


def test_a_worker_whose_broker_cannot_be_reached_says_so_and_ends(tmp_path: Path) -> None:
    """Status 1 and one line with the address and the reason; the restart is for the platform to do."""
    address = f"127.0.0.1:{free_port()}"
    with Worker(Settings(broker_url=(address,)), tmp_path) as worker:
        assert worker.ended() == 1
    last = worker.log_tail(1)
    assert last.startswith(f"Error: cannot reach a Kafka broker at {address} (KABAR_BROKER_URL): [Errno 111]")
