"""The embedded broker serves Kafka's protocol, and no child process outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer

from streams.kafka.broker import PARTITIONS, embedded_broker
from streams.kafka.children import Child, ChildError


PATIENCE = 30.0


def gone(pid: int) -> bool:
    """Tell whether a process has ended, within the patience of a slow machine."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # ended, and nobody has asked how
            return True
        time.sleep(0.05)
    return False


def children(pid: int) -> list[int]:
    """Return the child processes of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def test_it_serves_the_topics_that_were_asked_for(tmp_path: Path) -> None:
    """Each with its partitions; what is published to one is read from it."""
    with embedded_broker(["a.b", "c"], folder=tmp_path) as address:
        producer = Producer({"bootstrap.servers": address})
        topics = producer.list_topics(timeout=PATIENCE).topics
        assert {name: len(topic.partitions) for name, topic in topics.items()} == {
            "a.b": PARTITIONS,
            "c": PARTITIONS,
        }
        producer.produce("c", b"value", b"key")
        assert producer.flush(PATIENCE) == 0
        consumer = Consumer({"bootstrap.servers": address, "group.id": "g", "auto.offset.reset": "earliest"})
        consumer.subscribe(["c"])
        message = consumer.poll(PATIENCE)
        consumer.close()
        assert message is not None
        assert (message.key(), message.value()) == (b"key", b"value")


def test_it_ends_with_the_block() -> None:
    """However the block is left."""
    before = set(children(os.getpid()))

    def block() -> None:
        with embedded_broker():
            broker.extend(set(children(os.getpid())) - before)
            raise KeyboardInterrupt

    broker: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        block()
    assert len(broker) == 1
    assert gone(broker[0])


def test_it_ends_with_a_parent_that_is_killed() -> None:
    """Nothing can be done any more by a process that is killed; its children end all the same."""
    program = (
        "import time\nfrom streams.kafka.broker import embedded_broker\n"
        "with embedded_broker() as address:\n    print(address, flush=True)\n    time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert b":" in parent.stdout.readline()
        (broker,) = children(parent.pid)
        parent.kill()
    assert gone(broker)


def test_a_child_that_ignores_the_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its time of grace."""
    (tmp_path / "stubborn.py").write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\ntime.sleep(600)"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Child("stubborn", log=tmp_path / "log", spoken=True) as child:
        assert child.first_line(PATIENCE) == "ready"
        assert child.stop(grace=0.1) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys\nsys.exit('out of order')", "ended with status 1\nout of order"),
        (
            "import time, sys\nprint('thinking', file=sys.stderr)\ntime.sleep(600)",
            "said nothing in 3 s\nthinking",
        ),
    ],
)
def test_a_child_that_never_speaks_is_an_error_with_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    """Whether it ended or hangs."""
    (tmp_path / "silent.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Child("silent", log=tmp_path / "log", spoken=True) as child, pytest.raises(ChildError) as caught:
        child.first_line(3)
    assert str(caught.value) == f"silent {said}"
