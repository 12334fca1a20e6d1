"""A worker answers on the port that was asked for, and on no other."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kafka import free_port
from tests.workers import Worker, articles, out, publish


if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kafka import Kafka

_LISTENS = "0A"
"""The state of a socket that takes connections, as /proc has it."""


@pytest.mark.kafka
def test_a_worker_listens_nowhere(kafka: Kafka, tmp_path: Path) -> None:
    """Neither before its work nor after it; Faust would open a port to the whole network."""
    settings = kafka.with_topics()
    with Worker(settings, tmp_path, more={"FAUST_WEB_ENABLED": "1", "FAUST_WEB_PORT": "6066"}) as worker:
        worker.wait_for("partitions assigned")
        assert _listening(worker.pid) == []
        publish(settings, articles(10))
        assert out(settings).problems == []
        assert _listening(worker.pid) == []


@pytest.mark.kafka
def test_a_worker_listens_where_it_was_asked_to_and_nowhere_else(kafka: Kafka, tmp_path: Path) -> None:
    """On the loopback, unless KABAR_WEB_HOST says otherwise."""
    port = free_port()
    with Worker(kafka.with_topics(), tmp_path, more={"KABAR_WEB_PORT": str(port)}) as worker:
        worker.wait_for("partitions assigned")
        assert _listening(worker.pid) == [f"0100007F:{port:04X}"]


def _listening(pid: int) -> list[str]:
    """Return where a process takes connections or datagrams: address and port, hexadecimal."""
    process = Path(f"/proc/{pid}")
    held = set()
    for file in (process / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            held.add(str(file.readlink()))
    return sorted(
        place
        for protocol in ("tcp", "tcp6", "udp", "udp6")
        for place, state, inode in _sockets(process / "net" / protocol)
        if f"socket:[{inode}]" in held and (state == _LISTENS or protocol.startswith("udp"))
    )


def _sockets(table: Path) -> Iterator[tuple[str, str, str]]:
    for line in table.read_text().splitlines()[1:]:
        columns = line.split()
        yield columns[1], columns[3], columns[9]
