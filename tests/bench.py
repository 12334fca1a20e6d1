"""How fast it is: ``enrich()`` in process, the worker and a bare aiokafka loop over Apache Kafka.

``make bench``, or ``python -m tests.bench --articles 1000 --rounds 5``. Machines differ; so
the three take turns, the medians are compared, and what counts are the two ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams import enrichment, outputs
from streams.alerts import load_rules
from streams.children import Child
from streams.connection import connection
from streams.envelope import Incoming
from streams.lexicon import Lexicon
from streams.settings import Settings
from tests.kafka import HOW_TO_GET_IT, Kafka, classpath, running
from tests.verifier import count, stored
from tests.workers import environment, publish, until


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = tuple[bytes | None, bytes | None]

PARTITIONS = 4

STEPS = (
    "decode",
    "clean",
    "detect_language",
    "scan",
    "find_keywords",
    "find_exclusions",
    "read_numbers",
    "Claims",
    "find_places",
    "find_actors",
    "find_figures",
    "raise_alerts",
    "to_json",
)
"""The functions that ``read()`` calls in turn; none of them calls another one."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--articles", type=int, default=1_000, help="articles in each measurement (%(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each kind (%(default)s)")
    chosen = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    records = archive(chosen.articles)
    size = sum(len(value or b"") for _, value in records) / len(records)
    say(f"{len(records)} articles of {size:,.0f} bytes, {chosen.rounds} rounds, {os.cpu_count()} cores")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kabar-bench-")))
        kafka = broker(stack, folder)
        settings = kafka.with_topics(partitions=PARTITIONS)
        publish(settings, records)
        rates: dict[str, list[float]] = defaultdict(list)
        memory = 0.0
        for _ in range(chosen.rounds):
            rates["in process"].append(in_process(records))
            rates["bare aiokafka loop"].append(
                over_kafka(settings, folder, "tests.bare_loop", len(records))[0]
            )
            rate, peak = over_kafka(settings, folder, "streams.children", len(records))
            rates["worker"].append(rate)
            memory = max(memory, peak)
    report(rates, shares(records), memory)


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


def in_process(records: list[Record]) -> float:
    """Return articles a second of the function that worker and loop call, records in and records out."""
    settings, rules = Settings(), load_rules()
    sources = [Incoming("raw", 0, offset, 0.0, key, value, ()) for offset, (key, value) in enumerate(records)]
    for source in sources[:50]:
        outputs.outputs(settings, rules, source)
    began = time.perf_counter()
    for source in sources:
        outputs.outputs(settings, rules, source)
    return len(sources) / (time.perf_counter() - began)


def over_kafka(settings: Settings, folder: Path, module: str, number: int) -> tuple[float, float]:
    """Return articles a second of a process from the raw topic to its own ones, and its memory in MB.

    The time is the broker's, from the first result's arrival to the last one's: starting up
    is not in it.
    """
    mark = uuid.uuid4().hex[:8]
    own = replace(
        settings,
        topic_enriched=f"b{mark}.enriched",
        topic_alert=f"b{mark}.alert",
        topic_dead_letter=f"b{mark}.dead-letter",
        group=f"b{mark}",
    )
    asyncio.run(_create(own))
    arguments = ["worker"] if module == "streams.children" else []
    process = Child(module, arguments, log=folder / f"{mark}.log", environment=environment(own))
    with process:
        results = (own.topic_enriched, own.topic_dead_letter)

        def done() -> bool:
            return process.status is not None or sum(asyncio.run(count(own, results)).values()) >= number

        until(done, "all results", patience=600, pause=1.0)
        assert process.status is None, process.log_tail()
        memory = _peak_memory(process.pid)
    arrivals = [record.timestamp for topic in results for record in asyncio.run(stored(own, topic))]
    return (len(arrivals) - 1) / (max(arrivals) - min(arrivals)) * 1_000, memory


async def _create(settings: Settings) -> None:
    """Create the topics for results; they note when records arrive."""
    admin = AIOKafkaAdminClient(**connection(settings))
    await admin.start()
    try:
        config = {"message.timestamp.type": "LogAppendTime"}
        await admin.create_topics(
            [NewTopic(topic, PARTITIONS, 1, topic_configs=config) for topic in settings.outputs()]
        )
    finally:
        await admin.close()


def _peak_memory(pid: int) -> float:
    """Return the largest resident size that a process has had, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1_000
    return 0.0


def shares(records: list[Record]) -> dict[str, float]:
    """Return each step's share of the time of ``outputs()``."""
    spent: dict[str, float] = defaultdict(float)
    with _measured(spent):
        began = time.perf_counter()
        in_process(records)
        whole = time.perf_counter() - began
    found = {step: spent[step] / whole for step in STEPS}
    found["the rest"] = 1 - sum(found.values())
    return found


@contextlib.contextmanager
def _measured(spent: dict[str, float]) -> Iterator[None]:
    """Let the steps add the time they take to ``spent``."""

    def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*positional: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step takes and gives
            began = time.perf_counter()
            try:
                return function(*positional, **named)
            finally:
                spent[step] += time.perf_counter() - began

        return wrapped

    places: list[tuple[Any, str, Any]] = []
    for step in STEPS:
        owner: Any = {"scan": Lexicon, "to_json": outputs}.get(step, enrichment)
        places.append((owner, step, getattr(owner, step)))
    try:
        for owner, step, function in places:
            setattr(owner, step, timed(step, function))
        yield
    finally:
        for owner, step, function in places:
            setattr(owner, step, function)


def report(rates: dict[str, list[float]], parts: dict[str, float], memory: float) -> None:
    """Print medians, ranges, ratios and shares."""
    say("")
    middle = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in rates.items():
        say(f"{name:<20} {middle[name]:8.1f} articles/s   ({min(found):.1f} to {max(found):.1f})")
    say("")
    say(f"worker ÷ in process          {middle['worker'] / middle['in process']:.2f}")
    say(f"worker ÷ bare aiokafka loop  {middle['worker'] / middle['bare aiokafka loop']:.2f}")
    say(f"the worker's resident memory {memory:.0f} MB at most")
    say("")
    for step, share in sorted(parts.items(), key=lambda part: -part[1]):
        say(f"{step:<20} {share:7.1%}")


def say(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
