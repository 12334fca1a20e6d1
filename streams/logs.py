"""The log: one line an event, nothing for an article, and no flood.

A line is ``time level logger: message key=value …``, or a JSON object with the same names.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

from streams.terminal import printable


QUIET_SECONDS = 30.0
"""The same warning of a library is let through once in so many seconds."""

FIRST_LINES = 5
"""So many lines of a kind that may come with each article are written, then one in :data:`QUIET_SECONDS`."""

_LONGEST = 2_000


class Text(logging.Formatter):
    """Writes a record as one line of text."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = f"{_time(record)} {record.levelname} {record.name}: {_message(record)}"
        return " ".join([line, *(f"{key}={_quoted(value)}" for key, value in _fields(record).items())])


class Json(logging.Formatter):
    """Writes a record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        head = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        fields = {
            key: value if isinstance(value, int | float) else printable(str(value), _LONGEST)
            for key, value in _fields(record).items()
        }
        return json.dumps(head | fields, ensure_ascii=False)


class Quiet(logging.Filter):
    """Lets the same message of a library through once in :data:`QUIET_SECONDS`, and counts the rest.

    A broker that is gone makes the libraries write some 5,000 lines a minute.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is let through."""
        if record.name.startswith("kabar"):
            return True
        key = (record.name, str(record.msg)[:100])
        now = time.monotonic()
        since, held_back = self._seen.get(key, (-QUIET_SECONDS, 0))
        if now - since < QUIET_SECONDS:
            self._seen[key] = (since, held_back + 1)
            return False
        if len(self._seen) > 1_000:  # noqa: PLR2004 - bounds a table whose keys are of the libraries' making
            self._seen.clear()
        self._seen[key] = (now, 0)
        if held_back:
            record.fields = {**_fields(record), "held_back": held_back}
        return True


class Loss(logging.Filter):
    """Says as an error what aiokafka mentions in passing: the next record to read is not there.

    Once for each offset: of two requests under way both find it missing.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[object, object], object] = {}  # the offset that was said last, by partition

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record through, the one about a loss in words of our own."""
        if "out of range" in str(record.msg) and isinstance(record.args, tuple) and len(record.args) > 1:
            offset, partition = record.args[:2]
            where = (getattr(partition, "topic", ""), getattr(partition, "partition", ""))
            if self._said.get(where) == offset:
                return False
            self._said[where] = offset
            record.name, record.levelno, record.levelname = "kabar.worker", logging.ERROR, "ERROR"
            record.msg = "records were deleted before they were read, or the topic was made anew"
            record.args = ()
            record.fields = {"topic": where[0], "partition": where[1], "offset": offset}
        return True


def set_up(level: str, form: str) -> None:
    """Send the log to standard error. ``level`` is the least of Kabar's own; libraries begin at WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else Text())
    handler.addFilter(Quiet())
    logging.basicConfig(handlers=[handler], level="DEBUG" if level == "DEBUG" else "WARNING", force=True)
    logging.getLogger("kabar").setLevel(level)
    fetcher = logging.getLogger("aiokafka.consumer.fetcher")
    fetcher.setLevel("DEBUG" if level == "DEBUG" else "INFO")
    fetcher.addFilter(Loss())
    # Its debug log holds every request as it is: articles, and passwords.
    logging.getLogger("aiokafka.conn").setLevel("INFO" if level == "DEBUG" else logging.NOTSET)
    logging.captureWarnings(capture=True)


def log(name: str, level: int, message: str, **fields: Any) -> None:  # noqa: ANN401 - anything that can be shown
    """Write one line to the log ``kabar.NAME``."""
    logging.getLogger(f"kabar.{name}").log(level, message, extra={"fields": fields})


class _Kind:
    """Lines that say the same of one article after the other."""

    written = 0
    held_back = 0
    last = -QUIET_SECONDS


_kinds: dict[tuple[str, str], _Kind] = {}


def log_few(name: str, level: int, message: str, **fields: Any) -> None:  # noqa: ANN401 - as above
    """Write a line that might come with each article: the first few, then now and then with a count.

    ``held_back`` is the number of lines with this message that were not written since the last one.
    """
    kind = _kinds.setdefault((name, message), _Kind())
    quiet = time.monotonic() - kind.last >= QUIET_SECONDS
    if kind.written >= FIRST_LINES and not quiet:
        kind.held_back += 1
        return
    if quiet and not kind.held_back:
        kind.written = 0
    if kind.held_back:
        fields["held_back"] = kind.held_back
    kind.written, kind.held_back, kind.last = kind.written + 1, 0, time.monotonic()
    log(name, level, message, **fields)


def log_held_back() -> None:
    """Write for each kind how many lines were held back since its last one: before the process ends."""
    for (name, message), kind in _kinds.items():
        if kind.held_back:
            log(name, logging.WARNING, "and more of the same", what=message, held_back=kind.held_back)
            kind.held_back = 0


def _time(record: logging.LogRecord) -> str:
    return (
        datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )


def _message(record: logging.LogRecord) -> str:
    """Return the message as one line; of an exception its kind: its traceback may quote an article."""
    message = record.getMessage()
    if record.exc_info and record.exc_info[0] is not None:
        message += f" ({record.exc_info[0].__name__})"
    return printable(message, _LONGEST)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    found = getattr(record, "fields", None)
    return found if isinstance(found, dict) else {}


def _quoted(value: object) -> str:
    text = printable(str(value), _LONGEST)
    return json.dumps(text, ensure_ascii=False) if " " in text or '"' in text or not text else text
