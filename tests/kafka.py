"""Apache Kafka for tests: one KRaft node from its Maven artifacts, on free ports, in a temporary folder.

``KABAR_TEST_BROKER=host:port`` takes one that already runs instead. Where there is neither,
the tests that ask for it are skipped, with a reason that says how to get it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streams.connection import BrokerError, administrator
from streams.settings import Settings
from streams.topics import create, existing


if TYPE_CHECKING:
    from collections.abc import Iterator

POM = Path(__file__).with_name("kafka.pom.xml")

HOW_TO_GET_IT = (
    "Apache Kafka needs Java 17 and Maven (on Debian: apt-get install openjdk-17-jre-headless maven), "
    "or a broker that already runs: KABAR_TEST_BROKER=host:port"
)

USER, PASSWORD = "ana", "not-a-secret"

_START_SECONDS = 60.0
# What runs a command that is killed as soon as the process that started it is gone, however that ended
# (1 is Linux's PR_SET_PDEATHSIG; elsewhere it does nothing).
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
try:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (OSError, AttributeError):
    pass
os.execvp(sys.argv[1], sys.argv[1:])
"""

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SECURE://127.0.0.1:{secure}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SECURE://127.0.0.1:{secure}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
listener.name.secure.ssl.keystore.type=PKCS12
listener.name.secure.ssl.keystore.location={folder}/keys.p12
listener.name.secure.ssl.keystore.password={password}
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=\
  org.apache.kafka.common.security.plain.PlainLoginModule required user_{user}="{password}";
listener.name.secure.scram-sha-512.sasl.jaas.config=\
  org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
"""

_LOG4J = """
status = ERROR
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %m (%c)%n%ex
"""


class Kafka:
    """A broker for tests: its addresses, and the settings that lead to topics of one's own.

    Behind ``secure`` it speaks TLS, with a certificate signed by ``authority``, and expects a login.
    Both are None where the broker is not ours.
    """

    def __init__(self, address: str, secure: str | None = None, authority: Path | None = None) -> None:
        self.address = address
        self.secure = secure
        self.authority = authority

    def settings(self, *, partitions: int = 4, session_timeout: float = 6.0, **more: Any) -> Settings:  # noqa: ANN401 - as the settings have it
        """Return settings with topics and a group that no other test uses."""
        mark = uuid.uuid4().hex[:8]
        return Settings(
            broker_url=(self.address,),
            topic_raw=f"t{mark}.raw",
            topic_enriched=f"t{mark}.enriched",
            topic_alert=f"t{mark}.alert",
            topic_dead_letter=f"t{mark}.dead-letter",
            group=f"t{mark}",
            topic_partitions=partitions,
            session_timeout=session_timeout,
            **more,
        )

    def with_topics(self, **more: Any) -> Settings:  # noqa: ANN401 - as the settings have it
        """Return such settings, the topics created."""
        settings = self.settings(**more)

        async def created() -> None:
            async with administrator(settings) as admin:
                await create(settings, admin)

        asyncio.run(created())
        return settings


def classpath(folder: Path) -> str | None:
    """Return the class path of the broker; None where Java or Maven is missing, or has no artifacts."""
    if not (shutil.which("java") and shutil.which("mvn")):
        return None
    written = folder / "classpath"
    command = [
        "mvn",
        "-q",
        "-B",
        "-f",
        str(POM),
        "dependency:build-classpath",
        f"-Dmdep.outputFile={written}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    return written.read_text().strip()


@contextlib.contextmanager
def running(classes: str, folder: Path, port: int | None = None) -> Iterator[Kafka]:
    """Run a broker whose data are in ``folder``; it is killed at the end, also where this process is."""
    port, controller, secure = port or free_port(), free_port(), free_port()
    places = {"port": port, "controller": controller, "secure": secure, "folder": folder}
    properties = _PROPERTIES.format(**places, user=USER, password=PASSWORD)
    (folder / "server.properties").write_text(properties)
    (folder / "log4j2.properties").write_text(_LOG4J)
    java = [
        "java",
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}",
        "-cp",
        classes,
    ]
    with (folder / "broker.log").open("ab") as log:
        if not (folder / "data" / "meta.properties").exists():
            user = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
            storage = ["format", "-t", str(uuid.uuid4()), "-c", "server.properties", "--add-scram", user]
            for command in (
                *_certificate(),
                [*java, "kafka.tools.StorageTool", *storage],
            ):
                subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=True)
        process = subprocess.Popen(
            dying_with_parent([*java, "kafka.Kafka", "server.properties"]),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest, which ends us in its own order
        )
    kafka = Kafka(f"127.0.0.1:{port}", f"127.0.0.1:{secure}", folder / "authority.pem")
    try:
        _wait_until_ready(kafka, process, folder / "broker.log")
        yield kafka
    finally:
        process.kill()
        process.wait()


def dying_with_parent(command: list[str]) -> list[str]:
    """Return the command as one that is killed when this process ends, however it ends."""
    return [sys.executable, "-c", _DIE_WITH_PARENT, *command]


def _certificate() -> tuple[list[str], list[str]]:
    """Return the commands that make a key, and a certificate that it signs itself."""
    store = ["-alias", "kafka", "-storetype", "PKCS12", "-keystore", "keys.p12", "-storepass", PASSWORD]
    names = ["-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-ext", "BC:critical=ca:true"]
    key = [
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-validity",
        "30",
        "-ext",
        "KU=digitalSignature,keyCertSign",
    ]
    return (
        ["keytool", "-genkeypair", *store, *names, *key],
        ["keytool", "-exportcert", "-rfc", *store, "-file", "authority.pem"],
    )


def free_port() -> int:
    """Return a port of the loopback that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(kafka: Kafka, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the broker answers an admin request."""

    async def asked() -> None:
        async with administrator(kafka.settings(), patience=2.0) as admin:
            await existing(admin)

    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            return asyncio.run(asked())
        except BrokerError:
            if process.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-4000:]
                raise AssertionError(f"Apache Kafka did not start:\n{tail}") from None
            time.sleep(0.2)


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """Give a broker that lives as long as the test session."""
    given = os.environ.get("KABAR_TEST_BROKER")
    if given:
        yield Kafka(given.removeprefix("kafka://"))
        return
    with tempfile.TemporaryDirectory(prefix="kabar-kafka-", ignore_cleanup_errors=True) as name:
        classes = classpath(Path(name))
        if classes is None:
            pytest.skip(HOW_TO_GET_IT)
        with running(classes, Path(name)) as broker:
            yield broker
