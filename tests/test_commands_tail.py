"""``kabar tail`` and ``kabar dead-letters`` show what is on the topics, safe for any terminal."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import orjson
import pytest

from streams.alerts import load_rules
from streams.enrichment import read
from streams.records import to_json
from tests.embedded import Embedded, kabar, process


if TYPE_CHECKING:
    from collections.abc import Mapping


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


def letters(embedded: Embedded) -> None:
    """Publish four dead letters of three types, the last of them cut."""
    for stage, type_, value, more in (
        ("decode", "not_json", b"{", {"own": b"kept", "traceparent": b"00-1"}),
        ("clean", "no_text", b'{"html":"<p></p>"}', {}),
        ("enrich", "internal", None, {}),
        ("publish", "refused", b"{", {"error.value-bytes": b"9000000"}),
    ):
        reason: Mapping[str, bytes] = {
            "error.stage": stage.encode(),
            "error.type": type_.encode(),
            **ORIGIN,
            **more,
        }
        embedded.publish(embedded.settings.topic_dead_letter, value, key=b"key", headers=reason)


def test_dead_letters_are_listed_and_counted(embedded: Embedded) -> None:
    """Place, reason and origin of each; then how many there are of each type."""
    letters(embedded)
    ran = kabar("dead-letters", "list", env=embedded.env)
    assert ran.status == 0
    *lines, last = ran.out.splitlines()
    assert lines[0].startswith("0:0  decode/not_json")
    assert len(lines) == 4
    assert last == "4 dead letters: decode/not_json 1, clean/no_text 1, enrich/internal 1, publish/refused 1"


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ([], [b"{", b'{"html":"<p></p>"}', None]),
        (["--stage", "clean"], [b'{"html":"<p></p>"}']),
        (["--type", "internal"], [None]),
        (["--stage", "clean", "--type", "internal"], []),
        (["--limit", "2"], [b"{", b'{"html":"<p></p>"}']),
    ],
)
def test_dead_letters_go_back_as_they_first_came(
    embedded: Embedded, options: list[str], values: list[bytes | None]
) -> None:
    """Key, value and the headers they came with; one that was cut is no whole record, and is left out."""
    letters(embedded)
    dry = kabar("dead-letters", "replay", "--dry-run", *options, env=embedded.env)
    assert embedded.records(embedded.settings.topic_raw) == []
    ran = kabar("dead-letters", "replay", *options, env=embedded.env)
    assert ran.status == dry.status == (0 if options else 1)
    assert ran.out.replace("published", "would publish") == dry.out
    found = embedded.records(embedded.settings.topic_raw)
    assert [(record.key, record.value) for record in found] == [(b"key", value) for value in values]
    own = (("own", b"kept"), ("traceparent", b"00-1"))
    assert [record.headers for record in found] == [own if record.value == b"{" else () for record in found]
    assert ("came with 9000000 bytes" in ran.err) == (not options)


@pytest.mark.parametrize("options", [["--stage", "lunch"], ["--type", "odd"], ["--limit", "0"]])
@pytest.mark.parametrize("action", ["list", "replay"])
def test_a_filter_that_does_not_exist_ends_with_2(action: str, options: list[str]) -> None:
    """Stages and types are a known few."""
    ran = kabar("dead-letters", action, *options)
    assert ran.status == 2
    assert options[0] in ran.err
