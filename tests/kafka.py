"""Apache Kafka for tests: one KRaft node from its Maven artifacts, on free ports, in a temporary folder.

``KABAR_TEST_BROKER=host:port`` takes one that already runs instead. Where there is neither,
the tests that ask for it are skipped, with a reason that says how to get it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
import random
import re
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
from aiokafka.errors import KafkaError

from streams.kafka.connection import BrokerError, administrator
from streams.kafka.topics import existing
from streams.settings import Settings
from tests.administration import coordinator, create
from tests.workers import until


if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

POM = Path(__file__).with_name("kafka.pom.xml")

HOW_TO_GET_IT = (
    "Apache Kafka needs Java 17 and Maven (on Debian: apt-get install openjdk-17-jre-headless maven), "
    "or a broker that already runs: KABAR_TEST_BROKER=host:port"
)

PASSWORD = "not-a-secret"  # noqa: S105 - it says so itself
"""Of every user, where there are users."""

_START_SECONDS = 120.0
_PORTS = range(20_000, 32_768)
"""Below those that systems give to clients (Linux from 32768 on, macOS and BSD from 49152 on)."""
_PROCESSES = 16

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
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.backoff.ms=1000
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
    """A broker for tests: its address, and the settings that lead to topics of one's own."""

    def __init__(self, address: str, process: subprocess.Popen[bytes] | None = None) -> None:
        self.address = address
        self._process = process

    @property
    def ended(self) -> bool:
        """Tell whether the broker has ended; it has to be ours."""
        assert self._process is not None
        return self._process.poll() is not None

    def shut_down(self) -> None:
        """Let the broker end in its own good order; it has to be ours."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(_START_SECONDS)

    def kill(self) -> None:
        """Kill the broker where it stands; it has to be ours."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def settings(self, *, partitions: int = 4, session_timeout: float = 6.0, **more: Any) -> Settings:  # noqa: ANN401 - as the settings have it
        """Return settings with topics and a group that no other test uses."""
        mark = uuid.uuid4().hex[:8]
        return Settings(
            broker_url=(self.address,),
            topic_raw=f"t{mark}.raw",
            topic_enriched=f"t{mark}.enriched",
            topic_alert=f"t{mark}.alert",
            topic_story=f"t{mark}.story",
            topic_report=f"t{mark}.report",
            topic_dead_letter=f"t{mark}.dead-letter",
            group=f"t{mark}",
            topic_partitions=partitions,
            session_timeout=session_timeout,
            **more,
        )

    def with_topics(self, **more: Any) -> Settings:  # noqa: ANN401 - as the settings have it
        """Return such settings, the topics created and known."""
        settings = self.settings(**more)
        create(settings)
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
    # One at a time: Maven fetches into a folder that all its processes share, and does not lock it.
    with (Path(tempfile.gettempdir()) / f"kabar-maven-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    return written.read_text().strip()


@contextlib.contextmanager
def running(
    classes: str, folder: Path, port: int | None = None, *, more: str = "", users: Iterable[str] = ()
) -> Iterator[Kafka]:
    """Run a broker whose data are in ``folder``; it is killed at the end, also where this process is.

    ``more`` are properties that come on top, or take the place of others; ``users`` can log in by
    SCRAM, with :data:`PASSWORD`.
    """
    port = port or free_port()
    properties = (_PROPERTIES + more).format(port=port, controller=free_port(), folder=folder)
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
            storage = ["format", "-t", str(uuid.uuid4()), "-c", "server.properties"]
            for user, size in itertools.product(users, (256, 512)):
                storage += ["--add-scram", f"SCRAM-SHA-{size}=[name={user},password={PASSWORD}]"]
            command = [*java, "kafka.tools.StorageTool", *storage]
            subprocess.run(command, cwd=folder, stdout=log, stderr=log, check=True)
        process = subprocess.Popen(
            dying_with_parent([*java, "kafka.Kafka", "server.properties"]),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for pytest, which ends us in its own order
        )
    kafka = Kafka(f"127.0.0.1:{port}", process)
    try:
        _wait_until_ready(kafka, process, folder / "broker.log")
        yield kafka
    finally:
        process.kill()
        process.wait()


def second_node(folder: Path, first: Path) -> str:
    """Prepare ``folder`` for a node that joins the one in ``first``; return ``more`` for :func:`running`."""
    (folder / "data").mkdir(exist_ok=True)
    cluster = (first / "data" / "meta.properties").read_text()
    kept = [line for line in cluster.splitlines() if line.startswith(("version=", "cluster.id="))]
    (folder / "data" / "meta.properties").write_text("\n".join([*kept, "node.id=2", ""]))
    properties = dict(
        line.split("=", 1) for line in (first / "server.properties").read_text().splitlines() if "=" in line
    )
    return f"""
process.roles=broker
node.id=2
listeners=PLAINTEXT://127.0.0.1:{{port}}
controller.quorum.voters={properties["controller.quorum.voters"]}
"""


def dying_with_parent(command: list[str]) -> list[str]:
    """Return the command as one that is killed when this process ends, however it ends."""
    return [sys.executable, "-c", _DIE_WITH_PARENT, *command]


def free_port() -> int:
    """Return a port of the loopback that is free, and not one that a client may be given.

    A client that looks for a broker while it is away would one day be given the broker's own port,
    and be connected to itself: the port is then taken when the broker comes back.
    """
    while True:
        port = _PORTS.start + next(_turns) % len(_PORTS)
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def _each_turn() -> Iterator[int]:
    """Count, so that no two processes that share the tests (``-n 2``) take the same port."""
    number = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
    begin = random.SystemRandom().randrange(len(_PORTS) // _PROCESSES) * _PROCESSES
    return itertools.count(begin + int(number) % _PROCESSES, _PROCESSES)


_turns = _each_turn()


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


def _wait_for_groups(kafka: Kafka) -> None:
    """Wait until the broker looks after groups: it begins when it is first asked who does."""

    def looks_after() -> bool:
        with contextlib.suppress(KafkaError):
            return coordinator(kafka.settings()) > 0
        return False

    until(looks_after, "the broker to look after groups")


@pytest.fixture(scope="session")
def kafka_classes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give what :func:`running` needs to run a broker of the test's own, to stop and start it."""
    classes = classpath(tmp_path_factory.mktemp("classpath"))
    if classes is None:
        pytest.skip(HOW_TO_GET_IT)
    return classes


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[Kafka]:
    """Give a broker that lives as long as the test session."""
    given = os.environ.get("KABAR_TEST_BROKER")
    if given:
        yield Kafka(given.removeprefix("kafka://"))
        return
    classes: str = request.getfixturevalue("kafka_classes")
    with (
        tempfile.TemporaryDirectory(prefix="kabar-kafka-", ignore_cleanup_errors=True) as name,
        running(classes, Path(name)) as broker,
    ):
        _wait_for_groups(broker)
        yield broker
