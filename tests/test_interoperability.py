"""docs/interoperability.md: every snippet is run, every input is read, every header is there.

A snippet is run as it stands, but for the address of the broker and the names of the topics. Where its
tool is missing it is skipped, and the reason says how to get it.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from streams.decoding import decode
from streams.enrichment import enrich
from streams.times import moment
from tests.kafka import dying_with_parent
from tests.verifier import stored
from tests.workers import PATIENCE, Worker, out, publish, until


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.settings import Settings
    from tests.kafka import Kafka

PAGE = (Path(__file__).parents[1] / "docs" / "interoperability.md").read_text("utf-8")
POM = Path(__file__).parent / "connect.pom.xml"


class Block(NamedTuple):
    """A marked block of the page: what is to be done with it, and its text."""

    mark: str
    text: str


BLOCKS = [
    Block(mark, text)
    for mark, text in re.findall(r"<!-- ([\w ]+: .+?) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
]
INPUTS = {block.mark.partition(": ")[2]: block.text for block in BLOCKS if block.mark.startswith("input: ")}

TEXT = (
    "At least 120 civilians were killed in an air strike on Kharkiv, the ministry said on Monday. "
    "🙏 5 homes burned."
)
ARTICLES = [
    (f"a-{number}".encode(), json.dumps({"id": f"a-{number}", "text": TEXT}).encode()) for number in range(3)
]


def snippet(mark: str) -> str:
    """Return the block with a mark."""
    [found] = [block.text for block in BLOCKS if block.mark == mark]
    return found


@pytest.fixture(scope="module")
def filled(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Give topics that a worker has filled: three articles with alerts, a dead letter."""
    settings = kafka.with_topics(partitions=2)
    publish(settings, [*ARTICLES, (b"bad", b"{")])
    with Worker(settings, tmp_path_factory.mktemp("worker")):
        assert out(settings).problems == []
    return settings


def placed(text: str, settings: Settings) -> str:
    """Return a snippet for this broker and these topics; whoever reads by a group has one of its own."""
    for old, new in (
        ("localhost:9092", settings.broker_url[0]),
        ("news.article.raw", settings.topic_raw),
        ("news.article.enriched", settings.topic_enriched),
        ("news.article.dead-letter", settings.topic_dead_letter),
        ("news.alert", settings.topic_alert),
        ("my-", f"{settings.group}-my-"),
    ):
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, **environment: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a command that goes on for ever; give it, and the file that it prints to."""
    printed = folder / "printed"
    with printed.open("wb") as output, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            dying_with_parent(list(command)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=os.environ | environment,
        )
    try:
        yield process, printed
    finally:
        process.kill()
        process.wait()


def until_printed(process: subprocess.Popen[bytes], printed: Path, lines: int) -> list[str]:
    """Wait for so many lines, and return them."""
    until(
        lambda: process.poll() is not None or len(printed.read_text("utf-8").splitlines()) >= lines,
        f"{lines} lines",
    )
    found = printed.read_text("utf-8").splitlines()
    assert len(found) >= lines, (printed.parent / "errors").read_text("utf-8", "replace")
    return found


def test_every_block_of_the_page_has_a_test() -> None:
    """One that nobody runs is one that nobody knows to be right."""
    assert len(re.findall(r"```(?:python|js|sh|json|properties)\n", PAGE)) == len(BLOCKS)
    runs = {block.mark for block in BLOCKS if not block.mark.startswith("input: ")}
    tests = Path(__file__).read_text("utf-8")
    assert [mark for mark in runs if f'snippet("{mark}")' not in tests] == []


@pytest.mark.kafka
def test_alerts_are_read_from_python(filled: Settings, tmp_path: Path) -> None:
    """By aiokafka: severity, article, headline."""
    command = [sys.executable, "-c", placed(snippet("run: python"), filled)]
    with running(command, tmp_path) as (process, printed):
        lines = until_printed(process, printed, 3)
    assert {line.split()[1] for line in lines} == {"a-0", "a-1", "a-2"}
    assert all("120 civilians" in line for line in lines)


@pytest.mark.kafka
def test_an_article_is_published_from_python(kafka: Kafka, tmp_path: Path) -> None:
    """And comes out."""
    settings = kafka.with_topics(partitions=1)
    command = [sys.executable, "-c", placed(snippet("run: python publish"), settings)]
    subprocess.run(command, check=True, timeout=PATIENCE)
    with Worker(settings, tmp_path):
        assert out(settings).enriched == 1


@pytest.mark.kafka
def test_figures_are_read_from_node(filled: Settings, tmp_path: Path) -> None:
    """By kafkajs, at the places that they have, an emoji before one of them."""
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    asked = subprocess.run(
        ["node", "-e", "require('kafkajs')"], cwd=tmp_path, capture_output=True, check=False
    )
    if asked.returncode:
        pytest.skip("kafkajs is not installed: npm install kafkajs, and NODE_PATH leads to its folder")
    (tmp_path / "read.js").write_text(placed(snippet("run: node"), filled), "utf-8")
    raw = json.loads(ARTICLES[0][1])
    figures = enrich(decode(json.dumps(raw).encode())).figures
    assert len(figures) > 1
    with running(["node", "read.js"], tmp_path, KAFKAJS_NO_PARTITIONER_WARNING="1") as (process, printed):
        lines = until_printed(process, printed, 3 * len(figures))
    for figure in figures:
        assert sum(line.endswith(f" {figure.surface}") and f" {figure.kind} " in line for line in lines) == 3


@pytest.mark.kafka
def test_alerts_and_dead_letters_are_read_by_kcat(filled: Settings, tmp_path: Path) -> None:
    """Values as they are; headers where they are asked for."""
    if not shutil.which("kcat"):
        pytest.skip("kcat is not installed (on Debian: apt-get install kcat)")
    alerts, letters = placed(snippet("run: kcat"), filled).splitlines()
    for number, (line, lines) in enumerate(((alerts, 3), (letters, 1))):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running(["bash", "-c", f"exec {line}"], folder) as (process, printed):
            found = until_printed(process, printed, lines)
        if line is alerts:
            assert {json.loads(alert)["article_id"] for alert in found} == {"a-0", "a-1", "a-2"}
        else:
            assert "error.stage=decode,error.type=not_json" in found[0]


@pytest.mark.kafka
def test_alerts_are_written_to_a_file_by_kafka_connect(filled: Settings, tmp_path: Path) -> None:
    """By its own file sink, on a standalone worker: one line of JSON an alert."""
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("Kafka Connect needs Java 17 and Maven")
    written = tmp_path / "classpath"
    maven = ["mvn", "-q", "-B", "-f", str(POM), "dependency:build-classpath", f"-Dmdep.outputFile={written}"]
    if subprocess.run(maven, capture_output=True, check=False).returncode:
        pytest.skip("Maven has no Kafka Connect: it needs the network once")
    worker = placed(snippet("file: worker.properties"), filled) + "listeners=http://127.0.0.1:0\n"
    (tmp_path / "worker.properties").write_text(worker)
    (tmp_path / "alerts.properties").write_text(placed(snippet("file: alerts.properties"), filled))
    main = "org.apache.kafka.connect.cli.ConnectStandalone"
    java = ["java", "-Xmx256m", "-cp", written.read_text().strip(), main]
    alerts = tmp_path / "alerts.jsonl"
    with running([*java, "worker.properties", "alerts.properties"], tmp_path) as (process, printed):
        until(
            lambda: process.poll() is not None or (alerts.exists() and alerts.read_text().count("\n") >= 3),
            "the alerts in the file",
        )
        assert process.poll() is None, printed.read_text("utf-8", "replace")[-2_000:]
    assert {json.loads(line)["article_id"] for line in alerts.read_text("utf-8").splitlines()} == {
        "a-0",
        "a-1",
        "a-2",
    }


@pytest.mark.kafka
async def test_headers_are_those_of_the_page(filled: Settings) -> None:
    """The table has each header of an enriched article, and CloudEvents' rules are kept."""
    named = set(
        re.findall(
            r"`([a-z][\w.-]+)`", "".join(re.findall(r"(?m)^\| (`ce_.*?|`content.*?|`source.*?) \|", PAGE))
        )
    )
    for topic in (filled.topic_enriched, filled.topic_alert, filled.topic_dead_letter):
        for record in await stored(filled, topic):
            headers = {name: value.decode() for name, value in record.headers}
            assert {name for name in headers if not name.startswith("error.")} == named
            assert headers["ce_specversion"] == "1.0"
            assert headers["ce_id"]
            assert headers["ce_source"].startswith("/")
            assert moment(headers["ce_time"]) is not None
            assert headers["ce_type"] in PAGE
            if topic != filled.topic_dead_letter:
                assert headers["content-type"] == "application/json"
                assert json.loads(record.value or b"")["id"] == headers["ce_id"]


@pytest.mark.parametrize("name", INPUTS)
def test_each_format_gives_the_same_article(name: str) -> None:
    """Its id, title, language, source, author, time, and what is read in its text."""
    article = decode(INPUTS[name].encode())
    assert (article.id, article.title) == ("urn:newsml:desk.example:20261004:1", "Strike on Kharkiv")
    assert (article.language, article.authors) == ("en", ("Ann Lee",))
    assert article.source is not None
    assert article.source.name == "Desk"
    published = moment(article.published_at)
    assert published is not None
    assert published.isoformat() == "2026-10-04T08:20:00+00:00"
    enriched = enrich(article)
    body = "At least 12 people were killed in a missile strike on Kharkiv, the governor said."
    assert enriched.text == f"Strike on Kharkiv\n\n{body}"
    [figure] = enriched.figures
    assert (figure.surface, figure.low, figure.kind) == ("At least 12 people", 12, "killed")


def test_an_item_with_a_summary_alone_is_read_by_it() -> None:
    """As most feeds have no more; where there is a text, what is said in short is no part of it."""
    item = {"title": "Strike", "description": "Twelve people were killed in Kharkiv."}
    assert decode(json.dumps(item).encode()).text == item["description"]
    assert decode(json.dumps(item | {"summary": "Other."}).encode()).text == item["description"]
    assert decode(json.dumps(item | {"content": "The text."}).encode()).text == "The text."
    assert decode(json.dumps(item | {"content_html": "<p>The text.</p>"}).encode()).text is None
