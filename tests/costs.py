"""What reading an article costs in process: by step, by language, to load, and in memory.

No broker is needed: ``python -m tests.bench --costs``.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING, Any

import zstandard

from streams import detect_language, enrichment, languages
from streams.alerts import load_rules
from streams.kafka import outputs
from streams.kafka.app import _BATCH_BYTES
from streams.kafka.envelope import Incoming
from streams.kafka.metrics import Metrics, Stopwatch
from streams.kafka.vitals import Vitals
from streams.places.nearest import Nearest
from streams.records import RawArticle
from streams.settings import Settings
from streams.text.lexicon import Lexicon


if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = tuple[bytes | None, bytes | None]

STEPS = (
    "decode",
    "clean",
    "detect_language",
    "scan",
    "Layout",
    "find_keywords",
    "find_exclusions",
    "read_numbers",
    "Claims",
    "Toponyms",
    "find_places",
    "resolve",
    "find_actors",
    "states",
    "bodies",
    "with_roles",
    "find_figures",
    "find_weapons",
    "find_targets",
    "placed",
    "idle_words",
    "find_subjects",
    "main_place",
    "raise_alerts",
    "to_json",
)
"""The functions that ``read()`` calls in turn; none of them calls another one."""

FIGURES = ("scan", "Layout", "find_exclusions", "read_numbers", "Claims", "find_figures")
"""The steps without which there would be no figures; the first two serve keywords and places too."""

EVENTS = (
    "find_keywords",
    "Toponyms",
    "find_places",
    "resolve",
    "find_actors",
    "states",
    "bodies",
    "with_roles",
    "find_weapons",
    "find_targets",
    "placed",
    "idle_words",
    "find_subjects",
    "main_place",
)
"""``placed`` is what :class:`streams.places.nearest.Nearest` takes."""

LENGTH = 2_000
"""Code points of the text of which a language's cost is told."""

MOST_FIGURES_MS, MOST_EVENTS_MS, MOST_LOAD_S, MOST_MEMORY_MB = 1.5, 0.5, 1.0, 300
"""The budgets that are printed beside what was measured."""

_REPEATS = 9

_LOADS = """
import time
from streams import enrichment
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1000
before, began = resident(), time.process_time()
enrichment.warm()
print(time.process_time() - began, before, resident())
"""


def read_all(records: list[Record]) -> tuple[float, float]:
    """Return articles a second and CPU milliseconds an article of ``outputs()``: records in, records out."""
    settings, rules = Settings(), load_rules()
    sources = [Incoming("raw", 0, offset, 0.0, key, value, ()) for offset, (key, value) in enumerate(records)]
    for source in sources[:50]:
        outputs.outputs(settings, rules, source)
    began, worked = time.perf_counter(), time.process_time()
    for source in sources:
        outputs.outputs(settings, rules, source)
    worked = time.process_time() - worked
    return len(sources) / (time.perf_counter() - began), worked / len(sources) * 1_000


def measuring(records: list[Record], rounds: int = 7) -> tuple[float, float]:
    """Return what an article costs more where it is measured and counted: as a ratio, and microseconds.

    Both ways take turns; the ratio is the median of the rounds' own.
    """
    settings, rules = Settings(), load_rules()
    sources = [Incoming("raw", 0, offset, 1.0, key, value, ()) for offset, (key, value) in enumerate(records)]
    metrics = Metrics(rules, Vitals(settings.stall_timeout))

    def plain(source: Incoming) -> None:
        outputs.outputs(settings, rules, source)

    def measured(source: Incoming) -> None:
        watch = Stopwatch()
        found = outputs.outputs(settings, rules, source, watch)
        metrics.read(watch)
        letter = None if found.content else found.records[0]
        metrics.settled(source, found.content, letter, 0.01)

    def seconds(way: Callable[[Incoming], None]) -> float:
        began = time.process_time()
        for source in sources:
            way(source)
        return time.process_time() - began

    seconds(plain)
    pairs = [(seconds(plain), seconds(measured)) for _ in range(rounds)]
    more = statistics.median(with_ - without for without, with_ in pairs) / len(sources) * 1e6
    return statistics.median(with_ / without for without, with_ in pairs), more


def sizes(records: list[Record]) -> dict[str, tuple[int, float, float]]:
    """Return, for each topic, how many records there are, their mean bytes, and the same by zstd.

    Bytes are those of key, value and headers; by zstd those of the values, packed in batches as a
    producer sends them, to those of the values as they are.
    """
    settings, rules = Settings(), load_rules()
    found: dict[str, list[int]] = defaultdict(list)
    values: dict[str, bytes] = defaultdict(bytes)
    for offset, (key, value) in enumerate(records):
        source = Incoming(settings.topic_raw, 0, offset, 1.0, key, value, ())
        found[settings.topic_raw].append(len(key or b"") + len(value or b""))
        for record in outputs.outputs(settings, rules, source).records:
            found[record.topic].append(record.size)
            values[record.topic] += record.value or b""
        values[settings.topic_raw] += value or b""
    packer = zstandard.ZstdCompressor()
    shares = {}
    for topic, held in values.items():
        batches = [held[at : at + _BATCH_BYTES] for at in range(0, len(held), _BATCH_BYTES)]
        shares[topic] = sum(len(packer.compress(batch)) for batch in batches) / len(held)
    return {
        topic: (len(bytes_), mean := statistics.mean(bytes_), mean * shares[topic])
        for topic, bytes_ in found.items()
    }


def shares(records: list[Record]) -> dict[str, float]:
    """Return each step's share of the time of ``outputs()``."""
    with measured() as spent:
        began = time.thread_time()
        read_all(records)
        whole = time.thread_time() - began
    found = {step: spent[step] / whole for step in STEPS}
    found["the rest"] = 1 - sum(found.values())
    return found


@contextlib.contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Let the steps add the seconds they take to what is given."""
    spent: dict[str, float] = defaultdict(float)

    def timed(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*positional: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever the step takes and gives
            began = time.thread_time()
            try:
                return function(*positional, **named)
            finally:
                spent[step] += time.thread_time() - began

        return wrapped

    places: list[tuple[Any, str, Any]] = []
    for step in STEPS:
        owner: Any = {"scan": Lexicon, "placed": Nearest, "to_json": outputs}.get(step, enrichment)
        places.append((owner, step, getattr(owner, step)))
    try:
        for owner, step, function in places:
            setattr(owner, step, timed(step, function))
        yield spent
    finally:
        for owner, step, function in places:
            setattr(owner, step, function)


def texts() -> dict[str, str]:
    """Return for each language with data a text of :data:`LENGTH` code points, from the sample archive.

    Where the archive has less, it is said again and again.
    """
    found: dict[str, str] = defaultdict(str)
    for line in resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines():
        with contextlib.suppress(ValueError):
            article = json.loads(line)
            if isinstance(article, dict) and isinstance(article.get("text"), str):
                found[detect_language(article["text"], article.get("language")).code] += (
                    article["text"] + "\n\n"
                )
    known = {code: text for code, text in found.items() if code in languages.available()}
    return {code: (text * (LENGTH // len(text) + 1))[:LENGTH] for code, text in sorted(known.items())}


def by_language() -> dict[str, tuple[float, float, int]]:
    """Return for each language the milliseconds that figures and events take, and the number of figures.

    The milliseconds are the median of several readings.
    """
    found = {}
    for code, text in texts().items():
        raw = RawArticle(id="a", text=text, language=code)
        figures, events = [], []
        for _ in range(_REPEATS):
            with measured() as spent:
                article = enrichment.enrich(raw)
            figures.append(sum(spent[step] for step in FIGURES))
            events.append(sum(spent[step] for step in EVENTS))
        found[code] = (
            statistics.median(figures) * 1_000,
            statistics.median(events) * 1_000,
            len(article.figures),
        )
    return found


def loading() -> tuple[float, float, float]:
    """Return the CPU seconds it takes to load all languages, and resident MB before and after."""
    done = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, text=True, check=True)
    seconds, before, after = map(float, done.stdout.split())
    return seconds, before, after


def report(records: list[Record]) -> Iterator[str]:
    """Yield the lines that tell what reading costs."""
    for step, share in sorted(shares(records).items(), key=lambda part: -part[1]):
        yield f"{step:<20} {share:7.1%}"
    yield ""
    yield f"CPU milliseconds for {LENGTH:,} code points of the sample archive"
    yield f"          figures (most: {MOST_FIGURES_MS})     events, places, actors (most: {MOST_EVENTS_MS})"
    for code, (figures, events, number) in by_language().items():
        yield (
            f"{code:<6} {figures:6.2f}{_over(figures, MOST_FIGURES_MS)} for {number:3} figures"
            f" {events:14.2f}{_over(events, MOST_EVENTS_MS)}"
        )
    yield ""
    for topic, (number, mean, packed) in sizes(records[:200]).items():
        yield f"{topic:<25} {number:4} records of {mean:7,.0f} bytes on average; {packed:6,.0f} by zstd"
    ratio, more = measuring(records[:200])
    yield f"measured and counted (KABAR_WEB_PORT) ÷ not: {ratio:.3f} by CPU, {more:+.0f} µs an article"
    seconds, before, after = loading()
    yield (
        f"all {len(languages.available())} languages and the profiles load in {seconds:.2f} s of CPU "
        f"(at most {MOST_LOAD_S:g}){_over(seconds, MOST_LOAD_S)}"
    )
    yield f"resident memory {before:.0f} MB before, {after:.0f} MB after"


def _over(found: float, most: float) -> str:
    return " OVER" if found > most else "     "
