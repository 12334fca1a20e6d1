"""``kabar tail`` shows what is on the topics, safe for any terminal."""

from __future__ import annotations

import base64

import orjson
import pytest

from streams.alerts import load_rules
from streams.enrichment import read
from streams.records import to_json
from tests.embedded import Embedded, kabar, process


HOSTILE = "Dua \x1b]0;owned\x07 orang \x9b31m tewas \u202e di Palu"
ARTICLE = {
    "id": "a\x1b[2J",
    "title": HOSTILE,
    "text": "Serangan udara menewaskan 70 orang di Palu.",
    "source": HOSTILE,
}
LETTER = {
    "error.stage": b"decode",
    "error.type": b"not_json",
    "error.message": b"not JSON at line 1 column 2",
}
ORIGIN = {
    "error.topic": b"raw",
    "error.partition": b"3",
    "error.offset": b"14",
    "source.offset": b"14",
    "ce_id": b"x",
}


def fill(embedded: Embedded) -> None:
    """Publish a raw article, the enriched one, its alerts, and a dead letter."""
    settings = embedded.settings
    raw = orjson.dumps(ARTICLE)
    article, alerts = read(raw, load_rules())
    assert len(alerts) == 1
    embedded.publish(settings.topic_raw, raw, b"\x1b[2J\xff not JSON", b"", None)
    embedded.publish(settings.topic_enriched, to_json(article))
    embedded.publish(settings.topic_alert, *map(to_json, alerts))
    embedded.publish(settings.topic_dead_letter, b"\x1b[2J{", headers=LETTER | ORIGIN)


def tail(embedded: Embedded, topic: str, *options: object) -> list[str]:
    """Return the lines that ``tail`` prints of what is there."""
    ran = kabar("tail", topic, "--no-follow", *options, env=embedded.env)
    assert (ran.status, ran.err) == (0, "")
    return ran.out.splitlines()


def test_each_record_is_one_line_for_people(embedded: Embedded) -> None:
    """Severity and headline; id, language, score, counts and title; stage, type and message."""
    fill(embedded)
    (alert,) = tail(embedded, "alert")
    assert alert.startswith(("CRITICAL  ", "HIGH      ", "MEDIUM    "))
    assert "Mass casualties" in alert
    (enriched,) = tail(embedded, "enriched")
    assert enriched.split()[:2] == ["a", "[2J"]
    assert " figures " in enriched
    assert " id " in enriched
    (letter,) = tail(embedded, "dead-letter")
    assert letter.startswith("decode/not_json  not JSON at line 1 column 2  (from raw:3:14, 5 bytes)")
    raw = tail(embedded, "raw")
    assert [line.split()[0] for line in raw] == ["a", "decode/not_utf8", "decode/empty", "decode/empty"]


@pytest.mark.parametrize("topic", ["raw", "enriched", "alert", "dead-letter"])
def test_nothing_in_a_record_reaches_the_terminal_as_a_command(embedded: Embedded, topic: str) -> None:
    """Escape sequences, control characters and marks of direction are shown as spaces."""
    fill(embedded)
    shown = "\n".join(tail(embedded, topic))
    assert shown
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x00"} & set(shown)


def test_json_prints_the_value_as_it_is(embedded: Embedded) -> None:
    """One line for each record: a line end within JSON becomes a space, which says the same."""
    embedded.publish(embedded.settings.topic_raw, b'{ "a":\n1}', b'{"b":"\xc3\xa9"}', None)
    assert tail(embedded, "raw", "--json") == ['{ "a": 1}', '{"b":"é"}', "null"]


def test_the_envelope_has_all_that_is_around_a_value(embedded: Embedded) -> None:
    """Key, headers, partition, offset and timestamp; what is not JSON comes as base64."""
    topic = embedded.settings.topic_raw
    embedded.publish(topic, b'{"a":\n1}', b"\xff{", None, key=b"k", headers={"h": b"\xff"}, partition=2)
    found = [orjson.loads(line) for line in tail(embedded, topic, "--envelope")]
    assert all(record.pop("timestamp") > 0 for record in found)
    common = {"topic": topic, "partition": 2, "key": "k", "headers": {"h": "\ufffd"}}
    assert found == [
        {**common, "offset": 0, "value": {"a": 1}},
        {**common, "offset": 1, "value_base64": base64.b64encode(b"\xff{").decode()},
        {**common, "offset": 2, "value": None},
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--from", "beginning"], list(range(12))),
        (["--from", "end"], []),
        (["--from", "-3"], [9, 10, 11]),
        (["--from", "-0"], []),
        (["--from", "-999"], list(range(12))),
        ([], list(range(2, 12))),
        (["--from", "beginning", "--limit", "2"], [0, 1]),
    ],
)
def test_from_and_limit_choose_the_records(
    embedded: Embedded, options: list[str], expected: list[int]
) -> None:
    """Without either, the ten newest."""
    embedded.publish(embedded.settings.topic_raw, *(b"%d" % number for number in range(12)))
    assert [int(line) for line in tail(embedded, "raw", "--json", *options)] == expected


def test_the_newest_are_found_over_all_partitions(embedded: Embedded) -> None:
    """By the time of their publication."""
    topic = embedded.settings.topic_raw
    for number in range(8):
        embedded.publish(topic, b"%d" % number, partition=number % 4)
    assert [int(line) for line in tail(embedded, "raw", "--json", "--from", "-5")] == [3, 4, 5, 6, 7]


def test_following_prints_what_comes_and_ctrl_c_ends_it(embedded: Embedded) -> None:
    """With status 0 and no traceback: that is how one stops to follow."""
    topic = embedded.settings.topic_raw
    embedded.publish(topic, b"1")
    with process("tail", topic, "--json", env=embedded.env) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"1\n"
        embedded.publish(topic, b"2")
        assert running.stdout.readline() == b"2\n"
        running.send_signal(2)
        assert running.wait() == 0
        assert running.stderr.read() == b""


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["nowhere"], 1, "topic nowhere is not on the broker; there are: "),
        ([], 2, "Missing argument"),
        (["raw", "--from", "noon"], 2, "it takes beginning, end or -N"),
        (["raw", "--from", "5"], 2, "it takes beginning, end or -N"),
        (["raw", "--limit", "0"], 2, "--limit"),
    ],
)
def test_what_cannot_be_tailed_is_said(
    embedded: Embedded, arguments: list[str], status: int, said: str
) -> None:
    """Instead of waiting in silence for a topic that a slip of the pen made up."""
    ran = kabar("tail", *arguments, env=embedded.env)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
