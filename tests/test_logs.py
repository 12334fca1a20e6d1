"""The log: one line an event, whatever is in it, and no flood."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from streams import logs


if TYPE_CHECKING:
    import pytest


def _record(
    message: str, *, name: str = "kabar.worker", fields: dict[str, object] | None = None
) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.WARNING, "file.py", 1, message, (), None)
    record.created = 1_700_000_000.123
    if fields is not None:
        record.fields = fields
    return record


@given(st.text(), st.dictionaries(st.sampled_from(["topic", "reason"]), st.text() | st.integers()))
def test_a_record_is_one_line_in_either_form(message: str, fields: dict[str, object]) -> None:
    """Whatever text is in it: no line break, no escape sequence for the terminal that shows it."""
    for form in (logs.Text(), logs.Json()):
        line = form.format(_record(message, fields=fields))
        assert len(line.splitlines()) == 1
        assert "\x1b" not in line


def test_a_line_says_when_how_grave_who_what() -> None:
    """Text for people, JSON for machines."""
    record = _record("sending again", fields={"topic": "news.alert", "reason": "no receipt"})
    assert logs.Text().format(record) == (
        '2023-11-14T22:13:20.123Z WARNING kabar.worker: sending again topic=news.alert reason="no receipt"'
    )
    assert json.loads(logs.Json().format(record)) == {
        "time": "2023-11-14T22:13:20.123Z",
        "level": "WARNING",
        "logger": "kabar.worker",
        "message": "sending again",
        "topic": "news.alert",
        "reason": "no receipt",
    }


def test_an_exception_is_named_and_its_traceback_left_out() -> None:
    """A traceback has many lines, and may quote an article."""
    record = _record("failed")
    record.exc_info = (ValueError, ValueError("the article's text"), None)
    assert logs.Text().format(record).endswith("kabar.worker: failed (ValueError)")


def test_a_flood_of_a_library_is_held_back_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same message once in half a minute; other messages, and Kabar's own, always."""
    now = 100.0
    monkeypatch.setattr("streams.logs.time.monotonic", lambda: now)
    quiet = logs.Quiet()
    passed = [quiet.filter(_record("broker %s is gone", name="aiokafka")) for _ in range(1_000)]
    assert passed == [True] + [False] * 999
    assert quiet.filter(_record("another message", name="aiokafka"))
    assert all(quiet.filter(_record("refused")) for _ in range(10))
    now += logs.QUIET_SECONDS
    late = _record("broker %s is gone", name="aiokafka")
    assert quiet.filter(late)
    assert logs.Text().format(late).endswith("held_back=999")


def test_a_loss_that_aiokafka_mentions_in_passing_is_an_error() -> None:
    """Of one partition and of the next: neither is held back."""
    for number in range(2):
        record = _record(
            "Fetch offset %s is out of range for partition %s, resetting offset", name="aiokafka"
        )
        record.levelno, record.levelname = logging.INFO, "INFO"
        record.args = (50, TopicPartition("news", number))
        assert logs.Loss().filter(record)
        assert logs.Quiet().filter(record)
        assert logs.Text().format(record) == (
            "2023-11-14T22:13:20.123Z ERROR kabar.worker: records were deleted before they were read, "
            f"or the topic was made anew topic=news partition={number} offset=50"
        )


def test_a_loss_is_said_once_for_each_offset() -> None:
    """Two requests under way find the same one missing; a later one that is missing too is news."""

    def says(loss: logs.Loss, offset: int) -> bool:
        record = _record("Fetch offset %s is out of range for partition %s", name="aiokafka")
        record.args = (offset, TopicPartition("news", 0))
        return bool(loss.filter(record))

    loss = logs.Loss()
    assert [says(loss, offset) for offset in (50, 50, 90, 90, 50)] == [True, False, True, False, True]


def _written(caplog: pytest.LogCaptureFixture) -> list[tuple[str, object]]:
    """Return message and ``held_back`` of the lines so far, and forget them."""
    found = [
        (record.getMessage(), getattr(record, "fields", {}).get("held_back")) for record in caplog.records
    ]
    caplog.clear()
    return found


def test_lines_that_come_with_each_article_are_few(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first of a kind, then one in half a minute that counts the others; after a rest it begins anew."""
    now = 100.0
    monkeypatch.setattr("streams.logs.time.monotonic", lambda: now)
    monkeypatch.setattr(logs, "_kinds", {})

    def faults(number: int, message: str = "a fault") -> list[tuple[str, object]]:
        for offset in range(number):
            logs.log_few("worker", logging.ERROR, message, record=f"raw/0/{offset}")
        return _written(caplog)

    assert faults(1_000) == [("a fault", None)] * logs.FIRST_LINES
    assert faults(1, "another") == [("another", None)]
    now += logs.QUIET_SECONDS
    assert faults(1_000) == [("a fault", 1_000 - logs.FIRST_LINES)]
    now += logs.QUIET_SECONDS
    assert faults(1) == [("a fault", 999)]
    now += logs.QUIET_SECONDS
    assert faults(1_000) == [("a fault", None)] * logs.FIRST_LINES


def test_what_was_held_back_is_counted_before_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once: a worker that leaves says what it has not said."""
    monkeypatch.setattr(logs, "_kinds", {})
    for offset in range(100):
        logs.log_few("worker", logging.ERROR, "a fault", record=f"raw/0/{offset}")
    logs.log_few("worker", logging.ERROR, "another")
    caplog.clear()
    logs.log_held_back()
    logs.log_held_back()
    [record] = caplog.records
    assert record.getMessage() == "and more of the same"
    assert record.__dict__["fields"] == {"what": "a fault", "held_back": 100 - logs.FIRST_LINES}
