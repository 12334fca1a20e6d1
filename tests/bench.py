"""How fast it is: ``enrich()`` in process, a bare aiokafka loop and the worker over Apache Kafka.

``make bench``, or ``python -m tests.bench --articles 1000 --rounds 5``. Machines differ, and others
use them; so they take turns on one core that nothing else of ours uses, and what counts are the
medians of the ratios within a round. CPU seconds are told beside: they depend less on who else is there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import math
import os
import statistics
import sys
import tempfile
import threading
import uuid
from collections import defaultdict
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams import enrichment
from streams.kafka.children import Child
from streams.kafka.connection import connection
from tests import costs, latency
from tests.kafka import HOW_TO_GET_IT, Kafka, classpath, free_port, running
from tests.scrape import scrape
from tests.verifier import count, stored
from tests.workers import environment, publish, until


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.settings import Settings
    from tests.costs import Record

PARTITIONS = 4

SCRAPE_SECONDS = 2.0
"""How often metrics are asked for; Prometheus asks every 15 or 30."""

FIRST = 0.1
"""The share of the results that is left out: a process that has just started is no measure."""


class Run(NamedTuple):
    """One measurement: articles a second, CPU milliseconds (user and system) an article, MB at most."""

    rate: float
    work: float
    memory: float = 0.0


class Cores(NamedTuple):
    """Where things run: the broker and whoever asks it on one core, what is measured alone on another."""

    broker: set[int]
    measured: set[int]

    @classmethod
    def dealt_out(cls) -> Cores:
        """Return the first and the last core that this process may use."""
        mine = sorted(os.sched_getaffinity(0))
        return cls({mine[0]}, {mine[-1]})

    def __str__(self) -> str:
        if self.broker == self.measured:
            return "one core for everything"
        return f"the broker on core {min(self.broker)}, what is measured on core {min(self.measured)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=1_000, help="articles in each measurement (%(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each kind (%(default)s)")
    parser.add_argument("--costs", action="store_true", help="only what needs no broker")
    chosen = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    records = archive(chosen.articles)
    size = sum(len(value or b"") for _, value in records) / len(records)
    cores = Cores.dealt_out()
    say(f"{len(records)} articles of {size:,.0f} bytes; {os.cpu_count()} cores, {cores}")
    enrichment.warm()
    if not chosen.costs:
        say(
            f"{chosen.rounds} rounds, in each all of them in turn; the first {FIRST:.0%} of a run is left out"
        )
        over_the_broker(records, chosen.rounds, cores)
    say("")
    os.sched_setaffinity(0, cores.measured)
    for line in costs.report(records):
        say(line)


def over_the_broker(records: list[Record], rounds: int, cores: Cores) -> None:
    """Measure them side by side, and print."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabar-bench-")))
        os.sched_setaffinity(0, cores.broker)
        kafka = broker(stack, folder)
        settings = kafka.with_topics(partitions=PARTITIONS)
        publish(settings, records)
        runs: dict[str, list[Run]] = defaultdict(list)
        for _ in range(rounds):
            os.sched_setaffinity(0, cores.measured)
            runs["in process"].append(Run(*costs.read_all(records)))
            for name, module, port in (
                ("bare aiokafka loop", "tests.bare_loop", None),
                ("worker", "streams.kafka.children", None),
                ("worker with metrics", "streams.kafka.children", free_port()),
            ):
                own = replace(settings, web_port=port)
                runs[name].append(over_kafka(own, folder, module, len(records), cores))
            runs["worker beside a desk"].append(
                over_kafka(settings, folder, "streams.kafka.children", len(records), cores, desk=True)
            )
        report(runs)
        report_latencies(
            settings, folder, records, statistics.median(run.rate for run in runs["worker"]), cores
        )


def archive(number: int) -> list[Record]:
    """Return so many articles of the sample archive, in its order, again and again with other ids."""
    lines = resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines()
    found: list[Record] = []
    while len(found) < number:
        for index, line in enumerate(lines[: number - len(found)]):
            with contextlib.suppress(ValueError):
                article = json.loads(line)
                if isinstance(article, dict):
                    article["id"] = f"article-{len(found)}"
                    found.append((f"article-{len(found)}".encode(), json.dumps(article).encode()))
                    continue
            found.append((f"broken-{index}".encode(), line))
    return found


def broker(stack: contextlib.ExitStack, folder: Path) -> Kafka:
    """Return the broker of ``KABAR_TEST_BROKER``, or one that runs as long as the stack."""
    if given := os.environ.get("KABAR_TEST_BROKER"):
        return Kafka(given.removeprefix("kafka://"))
    classes = classpath(folder)
    if classes is None:
        sys.exit(HOW_TO_GET_IT)
    return stack.enter_context(running(classes, folder))


def over_kafka(
    settings: Settings, folder: Path, module: str, number: int, cores: Cores, *, desk: bool = False
) -> Run:
    """Measure a process from the raw topic to its own ones; with ``desk``, beside one on the broker's core.

    The time is the broker's, from a result's arrival to the last one's.
    """
    mark = uuid.uuid4().hex[:8]
    own = replace(
        settings,
        topic_enriched=f"b{mark}.enriched",
        topic_alert=f"b{mark}.alert",
        topic_story=f"b{mark}.story",
        topic_report=f"b{mark}.report",
        topic_dead_letter=f"b{mark}.dead-letter",
        group=f"b{mark}",
    )
    os.sched_setaffinity(0, cores.broker)
    asyncio.run(_create(own))
    arguments = ["worker"] if module == "streams.kafka.children" else []
    os.sched_setaffinity(0, cores.measured)  # it is inherited
    process = Child(module, arguments, log=folder / f"{mark}.log", environment=environment(own))
    os.sched_setaffinity(0, cores.broker)
    with contextlib.ExitStack() as beside:
        if desk:
            log = folder / f"{mark}-desk.log"
            beside.enter_context(
                Child("streams.kafka.children", ["desk"], log=log, environment=environment(own))
            )
        beside.enter_context(process)
        beside.enter_context(scraped(own.web_port))
        results = (own.topic_enriched, own.topic_dead_letter)
        seen: list[tuple[int, float]] = []

        def done() -> bool:
            seen.append((sum(asyncio.run(count(own, results)).values()), _worked(process.pid)))
            return process.status is not None or seen[-1][0] >= number

        until(done, "all results", patience=600, pause=0.5)
        assert process.status is None, process.log_tail()
        memory = _peak_memory(process.pid)
    arrivals = sorted(record.timestamp for topic in results for record in asyncio.run(stored(own, topic)))
    arrivals = arrivals[int(FIRST * len(arrivals)) :]
    rate = (len(arrivals) - 1) / (arrivals[-1] - arrivals[0]) * 1_000
    (some, before), (all_, after) = next(one for one in seen if one[0] >= FIRST * number), seen[-1]
    return Run(rate, (after - before) / (all_ - some) if all_ > some else math.nan, memory)


@contextlib.contextmanager
def scraped(port: int | None) -> Iterator[None]:
    """Ask for a worker's metrics every few seconds, as Prometheus does, where there is a port."""
    ended = threading.Event()

    def ask() -> None:
        while not ended.wait(SCRAPE_SECONDS):
            with contextlib.suppress(OSError):  # it starts
                scrape(port or 0)

    thread = threading.Thread(target=ask, daemon=True)
    if port is not None:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if port is not None:
            thread.join()


def _worked(pid: int) -> float:
    """Return the CPU milliseconds that a process has used, user and system, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1_000


async def _create(settings: Settings, *more: str) -> None:
    """Create the topics for results, which note when records arrive, and ``more`` that do not."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        config = {"message.timestamp.type": "LogAppendTime"}
        await admin.create_topics(
            [
                *(NewTopic(topic, PARTITIONS, 1, topic_configs=config) for topic in settings.outputs()),
                NewTopic(settings.topic_story, 1, 1, topic_configs=config),
                NewTopic(settings.topic_report, 1, 1),
                *(NewTopic(topic, PARTITIONS, 1) for topic in more),
            ]
        )
    finally:
        await admin.close()


def _peak_memory(pid: int) -> float:
    """Return the largest resident size that a process has had, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1_000
    return 0.0


def report(runs: dict[str, list[Run]]) -> None:
    """Print medians, ranges and ratios; a ratio is the median of the rounds' own ratios."""
    say("")
    for name, found in runs.items():
        rates, work = [run.rate for run in found], [run.work for run in found]
        say(
            f"{name:<20} {statistics.median(rates):7.1f} articles/s ({min(rates):.1f} to {max(rates):.1f})   "
            f"{statistics.median(work):6.2f} ms of CPU an article ({min(work):.2f} to {max(work):.2f})"
        )
    say("")
    for which, other in (
        ("worker", "in process"),
        ("worker", "bare aiokafka loop"),
        ("worker with metrics", "worker"),
        ("worker beside a desk", "worker"),
    ):
        pairs = list(zip(runs[which], runs[other], strict=True))
        speed = statistics.median(worker.rate / one.rate for worker, one in pairs)
        effort = statistics.median(one.work / worker.work for worker, one in pairs)
        say(f"{which} ÷ {other:<20} {speed:.3f} by articles a second, {effort:.3f} by CPU")
    say(f"the worker's resident memory  {max(run.memory for run in runs['worker']):.0f} MB at most")


def report_latencies(
    settings: Settings, folder: Path, records: list[Record], rate: float, cores: Cores
) -> None:
    """Measure how long an article takes at half load, and print."""
    own = latency.of_its_own(settings, uuid.uuid4().hex[:8])
    os.sched_setaffinity(0, cores.broker)
    asyncio.run(_create(own, own.topic_raw))
    say("")
    load = latency.LOAD * rate
    for one in latency.latencies(own, folder, records, load, cores):
        say(
            f"raw record to {one.result:<17} p50 {one.p50:5.0f} ms, p99 {one.p99:5.0f} ms"
            f"   ({one.number} at {load:.0f} articles/s, {latency.LOAD:.0%} of what the worker did)"
        )


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
