"""``kabar dead-letters``: what could not be read is counted, shown without harm, and published again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from streams.alerts import load_rules
from streams.decoding import MOST_UNPACKED, Unread
from streams.kafka.envelope import Incoming
from streams.kafka.letters import REPLAYED_FROM, Letter
from streams.kafka.outputs import outputs
from tests.embedded import Embedded, kabar, spawn_bytes


if TYPE_CHECKING:
    from aiokafka import ConsumerRecord


RULES = load_rules()
BROKEN = b'{"title": "Dua \x1b]0;owned\x07 orang", "text": \xff\xe2\x80\xae\xc2\x9b31m}\n\r\n[Kabar]\xff'
OWN = (("own", b"kept"), ("traceparent", b"00-1"), ("ce_type", b"of another system"))
TIME = re.compile(r" \(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\)")


def bury(
    embedded: Embedded,
    offset: int,
    value: bytes | None,
    *,
    partition: int = 0,
    key: bytes | None = b"key",
    headers: tuple[tuple[str, bytes], ...] = (),
) -> None:
    """Publish what the worker makes of a raw record that it cannot read."""
    source = Incoming(embedded.settings.topic_raw, 3, offset, 1_700_000_000.0, key, value, headers)
    [letter] = outputs(embedded.settings, RULES, source).records
    assert letter.topic == embedded.settings.topic_dead_letter
    embedded.publish(letter.topic, letter.value, key=key, headers=dict(letter.headers), partition=partition)


def letters(embedded: Embedded) -> None:
    """Publish six dead letters: four types, one of them twice the same article, one cut."""
    bury(embedded, 1, b"{", headers=OWN)
    bury(embedded, 2, b'{"html":"<p></p>"}')
    bury(embedded, 1, b"{", headers=OWN)
    bury(embedded, 3, None, key=None)
    bury(embedded, 4, b"\n [", partition=1)
    bury(embedded, 5, b"{" * 2_000_000)


def lines(embedded: Embedded, *arguments: object, status: int = 0) -> list[str]:
    """Return what ``kabar dead-letters`` prints, without the times."""
    ran = kabar("dead-letters", *arguments, env=embedded.env)
    assert ran.status == status, ran.err
    return [TIME.sub("", line) for line in ran.out.splitlines()]


def raw(embedded: Embedded) -> list[ConsumerRecord]:
    """Return what is in the raw topic."""
    return embedded.records(embedded.settings.topic_raw)


def test_they_are_listed_by_what_was_wrong(embedded: Embedded) -> None:
    """How many of each stage and type, the first and the last, and what was wrong in words."""
    letters(embedded)
    assert lines(embedded, "list") == [
        "        3  decode/not_json  0:0 to 1:0",
        "            2 × not JSON at line 1 column 2",
        "            1 × not JSON at line 2 column 3",
        "        1  clean/no_text  0:1",
        "            1 × nothing is left to read once HTML is taken off",
        "        1  decode/empty  0:3",
        "            1 × no value (a tombstone)",
        "        1  decode/too_deep  0:4",
        "            1 × nested more than 64 levels deep",
        "6 dead letters",
    ]


def test_many_messages_of_one_type_are_not_all_quoted(embedded: Embedded) -> None:
    """Three, and how many others there are: where each record is broken elsewhere, that is a page."""
    for offset in range(5):
        bury(embedded, offset, b" " * offset + b"{")
    assert lines(embedded, "list")[-2:] == [" " * 16 + "and 2 other messages", "5 dead letters"]


def test_each_of_them_can_be_listed(embedded: Embedded) -> None:
    """A line a letter: its place, what was wrong, where it came from; then the counts."""
    letters(embedded)
    *found, last = lines(embedded, "list", "--each")
    assert len(found) == 6
    origin = f"(from {embedded.settings.topic_raw}:3:1, 1 bytes)"
    assert f"0:0  decode/not_json  not JSON at line 1 column 2  {origin}" in found
    counts = "decode/not_json 3, clean/no_text 1, decode/empty 1, decode/too_deep 1"
    assert last == f"6 dead letters: {counts}"


def test_an_empty_topic_is_said(embedded: Embedded) -> None:
    """No letters are good news."""
    assert lines(embedded, "list") == ["0 dead letters"]
    assert lines(embedded, "replay") == [f"published 0 articles to {embedded.settings.topic_raw}"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--stage", "clean"], 1),
        (["--type", "not_json"], 3),
        (["--stage", "clean", "--type", "not_json"], 0),
        (["--partition", "1"], 1),
        (["--offset", "0"], 2),
        (["--offset", "0", "--partition", "0"], 1),
        (["--offset", "1-3"], 3),
        (["--offset", "3-"], 2),
        (["--limit", "4"], 4),
    ],
)
def test_they_are_chosen_by_what_is_known_of_them(embedded: Embedded, options: list[str], count: int) -> None:
    """Stage, type, partition, offsets, how many."""
    letters(embedded)
    assert lines(embedded, "list", *options)[-1] == f"{count} dead letter{'' if count == 1 else 's'}"


def test_a_letter_is_shown_with_all_that_is_known(embedded: Embedded) -> None:
    """Where it is, why, where from, key and headers as they came, and the value."""
    letters(embedded)
    found = lines(embedded, "show", "0:0")
    settings = embedded.settings
    assert found[0].startswith(f"letter   0:0 of {settings.topic_dead_letter}, 20")
    assert found[1:4] == [
        "reason   decode/not_json",
        "message  not JSON at line 1 column 2",
        f"from     {settings.topic_raw}:3:1",
    ]
    assert found[4].startswith("by       kabar ")
    assert found[5:] == [
        "key      key",
        "header   traceparent: 00-1",
        "header   own: kept",
        "value    1 byte",
        "{",
    ]
    assert lines(embedded, "show", "0:3")[-2:] == ["key      none", "value    none (a tombstone)"]


def test_what_was_cut_is_said(embedded: Embedded) -> None:
    """By the letter, and by the command where it does not print all; ``--all`` prints all there is."""
    letters(embedded)
    kept = len(embedded.records(embedded.settings.topic_dead_letter)[4].value)
    found = lines(embedded, "show", "0:4")
    assert found[-3:] == [
        "cut      the value came with 2000000 bytes",
        f"value    {kept:,} bytes, {kept - 4_000:,} of them not shown",
        "{" * 4_000,
    ]
    assert lines(embedded, "show", "0:4", "--all")[-2:] == [f"value    {kept:,} bytes", "{" * kept]


def test_what_was_not_unpacked_is_said_and_not_published(embedded: Embedded) -> None:
    """A record of a batch made to burst memory: nothing is known of it but its place."""
    bury(embedded, 6, Unread())
    words = f"it came in a batch of more than {MOST_UNPACKED} bytes, and was not unpacked"
    found = lines(embedded, "show", "0:0")
    assert "reason   decode/too_large" in found
    assert found[-3:-1] == [f"cut      {words}", "value    0 bytes"]
    ran = kabar("dead-letters", "replay", env=embedded.env)
    assert (ran.status, raw(embedded)) == (1, [])
    assert f"0:0: cut to fit: {words}. The whole record is at {embedded.settings.topic_raw}:3:6" in ran.err


def test_bytes_are_shown_without_harm(embedded: Embedded) -> None:
    """Escape sequences, marks of direction and what is no text are written out, in all that is shown."""
    bury(embedded, 7, BROKEN, key=b"\x1b[2J\xff", headers=(("\x1b[1m", b"\x07"),))
    ran = kabar("dead-letters", "show", "0:0", env=embedded.env)
    assert not set(ran.out) & set("\x1b\x07\u202e\x9b\r")
    assert ran.out.endswith(
        r'{"title": "Dua \x1b]0;owned\x07 orang", "text": \xff\u202e\x9b31m}' + "\n\n" + r"[Kabar]\xff" + "\n"
    )
    assert r"key      \x1b[2J\xff" in ran.out
    assert r"header   [1m: \x07" in ran.out


def test_the_bytes_can_be_had_as_they_are(embedded: Embedded) -> None:
    """For an editor, or for another program: nothing but the value."""
    bury(embedded, 7, BROKEN)
    assert spawn_bytes("dead-letters", "show", "0:0", "--raw", env=embedded.env) == BROKEN


@pytest.mark.parametrize("place", ["0:1", "0:99", "9:0"])
def test_a_letter_that_is_not_there_is_said(embedded: Embedded, place: str) -> None:
    """Instead of waiting for it."""
    bury(embedded, 1, b"{")
    ran = kabar("dead-letters", "show", place, env=embedded.env)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"there is no dead letter at {place} of {embedded.settings.topic_dead_letter}\n"


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ([], [b"{", b'{"html":"<p></p>"}', None, b"\n ["]),
        (["--stage", "clean"], [b'{"html":"<p></p>"}']),
        (["--type", "empty"], [None]),
        (["--stage", "clean", "--type", "empty"], []),
        (["--partition", "1"], [b"\n ["]),
        (["--partition", "0", "--offset", "1-2"], [b"{", b'{"html":"<p></p>"}']),
    ],
)
def test_they_go_back_as_they_first_came(
    embedded: Embedded, options: list[str], values: list[bytes | None]
) -> None:
    """Key, value and the headers they came with, each article once; one that was cut is left out."""
    letters(embedded)
    dry = kabar("dead-letters", "replay", "--dry-run", *options, env=embedded.env)
    assert raw(embedded) == []
    ran = kabar("dead-letters", "replay", *options, env=embedded.env)
    assert ran.status == dry.status == (0 if options else 1)
    assert ran.out.replace("published", "would publish") == dry.out
    count = f"{len(values)} article{'' if len(values) == 1 else 's'}"
    assert ran.out.startswith(f"published {count}")
    assert ran.out.endswith(f" to {embedded.settings.topic_raw}{'' if options else '; 1 left out'}\n")
    found = raw(embedded)
    assert {record.value for record in found} == set(values)
    assert len(found) == len(values)
    for record in found:
        assert record.key == (None if record.value is None else b"key")
        carried = dict(record.headers)
        assert carried.pop(REPLAYED_FROM).decode().startswith(f"{embedded.settings.topic_raw}:3:")
        assert carried == ({"own": b"kept", "traceparent": b"00-1"} if record.value == b"{" else {})
    whole = f"The whole record is at {embedded.settings.topic_raw}:3:5, if still kept"
    assert (f"0:4: cut to fit: the value came with 2000000 bytes. {whole}" in ran.err) == (not options)


def test_what_fails_again_does_not_multiply(embedded: Embedded) -> None:
    """An article that was published again and failed again has two letters, and goes back once."""
    bury(embedded, 1, b"{", headers=OWN)
    for round_ in range(3):
        ran = kabar("dead-letters", "replay", env=embedded.env)
        of = f" of {round_ + 1} dead letters" if round_ else ""
        assert ran.out == f"published 1 article{of} to {embedded.settings.topic_raw}\n"
        again = raw(embedded)[-1]
        bury(embedded, 100 + round_, again.value, headers=again.headers)
    assert len(raw(embedded)) == 3
    assert len({record.headers for record in raw(embedded)}) == 1
    newest = Letter.of(embedded.records(embedded.settings.topic_dead_letter)[-1])
    assert newest.origin == f"{embedded.settings.topic_raw}:3:102"
    assert newest.article == f"{embedded.settings.topic_raw}:3:1"
    assert f"first    {embedded.settings.topic_raw}:3:1" in lines(embedded, "show", "0:3")


def test_a_letter_that_came_whole_another_time_goes_back(embedded: Embedded) -> None:
    """A cut copy of an article is no reason to leave the whole one out."""
    embedded.publish(
        embedded.settings.topic_dead_letter,
        b"cut",
        headers={
            "error.value-bytes": b"9",
            "error.topic": embedded.settings.topic_raw.encode(),
            "error.partition": b"3",
            "error.offset": b"1",
        },
    )
    bury(embedded, 1, b"cut short")
    assert lines(embedded, "replay") == [
        f"published 1 article of 2 dead letters to {embedded.settings.topic_raw}"
    ]
    assert [record.value for record in raw(embedded)] == [b"cut short"]


def test_letters_of_others_are_not_taken_for_one_another(embedded: Embedded) -> None:
    """Records without Kabar's headers are listed, and each is published."""
    embedded.publish(embedded.settings.topic_dead_letter, b"one", b"two", headers={"error.offset": b"x"})
    assert lines(embedded, "list")[0] == "        2  ?/?  0:0 to 0:1"
    assert lines(embedded, "replay") == [f"published 2 articles to {embedded.settings.topic_raw}"]


@pytest.mark.parametrize(
    "options",
    [
        ["--stage", "lunch"],
        ["--type", "odd"],
        ["--limit", "0"],
        ["--partition", "-1"],
        ["--offset", "x"],
        ["--offset", "5-4"],
        ["--offset", "-4"],
    ],
)
@pytest.mark.parametrize("action", ["list", "replay"])
def test_a_filter_that_does_not_exist_ends_with_2(action: str, options: list[str]) -> None:
    """Stages and types are a known few, offsets are numbers."""
    ran = kabar("dead-letters", action, *options)
    assert ran.status == 2
    assert options[0] in ran.err


@pytest.mark.parametrize("place", ["", "3", "a:b", "0:-1", "0:1:2"])
def test_what_is_no_place_ends_with_2(place: str) -> None:
    """With what would be one."""
    ran = kabar("dead-letters", "show", place)
    assert ran.status == 2
    assert "it takes PARTITION:OFFSET" in ran.err
