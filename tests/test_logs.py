"""The log: one line an event, whatever is in it, and no flood."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

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
