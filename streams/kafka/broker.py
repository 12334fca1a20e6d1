"""The embedded broker: the mock cluster inside librdkafka, in a process of its own.

It speaks Kafka's wire protocol with groups, commits and idempotent producers, and needs
nothing installed. It is for demonstrations and tests: everything is in memory, a partition
keeps its newest 5 MB or so, and what it held is gone when it ends.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from streams.kafka.children import Child, hold_leash


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PARTITIONS = 4
"""How many partitions each topic has: librdkafka's own number, which cannot be set from here."""

RETAINED_BYTES = 5_000_000
"""About how much of a partition is kept; who feeds the broker must not run further ahead than this."""

_START_SECONDS = 30.0


class EmbeddedBroker(Child):
    """A broker with these topics; ``address`` is ``host:port`` on the loopback.

    Further topics appear when they are first asked for. Its log goes to ``folder``. Raises
    :class:`streams.kafka.children.ChildError` where it does not start.
    """

    def __init__(self, topics: Sequence[str], *, folder: Path) -> None:
        super().__init__("streams.kafka.broker", topics, log=folder / "broker.log", spoken=True)
        try:
            self.address = self.first_line(_START_SECONDS)
        except BaseException:
            self.stop(0)
            raise


@contextlib.contextmanager
def embedded_broker(topics: Sequence[str] = (), *, folder: Path | None = None) -> Iterator[str]:
    """Run a broker; yield its address.

    It ends with the ``with`` block, and with this process even if that is killed. Without
    ``folder`` its log goes to a temporary one.
    """
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabar-broker-")))
        yield stack.enter_context(EmbeddedBroker(topics, folder=folder)).address


def serve(topics: Sequence[str]) -> None:
    """Be the broker: print its address as one line, then wait for SIGTERM."""
    from confluent_kafka import Producer  # noqa: PLC0415 - only the child process needs the C library

    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    hold_leash()
    cluster = Producer({"bootstrap.servers": "unused", "test.mock.num.brokers": 1})
    for topic in topics:
        cluster.list_topics(topic, timeout=_START_SECONDS)  # asking for a topic creates it
    brokers = cluster.list_topics(timeout=_START_SECONDS).brokers.values()
    print(",".join(f"{broker.host}:{broker.port}" for broker in brokers), flush=True)  # noqa: T201 - its answer
    ended.wait()


if __name__ == "__main__":
    serve(sys.argv[1:])
