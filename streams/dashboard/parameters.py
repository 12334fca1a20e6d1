"""The parameters of the API: one table, which reads requests and describes them (OpenAPI)."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from streams import meanings
from streams.dashboard import positions
from streams.dashboard.filters import Filter, words
from streams.dashboard.items import TYPES, folded
from streams.dashboard.positions import Spot
from streams.dashboard.problems import Problem
from streams.records import Kind, Severity
from streams.stories.records import StoryStatus


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from multidict import MultiMapping


KINDS: tuple[str, ...] = get_args(Kind)
SEVERITIES: tuple[str, ...] = get_args(Severity)
STATUSES: tuple[str, ...] = get_args(StoryStatus)
STEPS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
"""How long a point of a series is, in milliseconds."""

MOST_VALUES = 100
"""Values of one parameter, at most."""

LONGEST_TEXT = 200
MOST_WORDS = 20
MOST_ITEMS = 200
EVENTS = (*TYPES, "stats")

_LONGEST_ID = 1_000


@dataclass(frozen=True)
class Parameter:
    """One parameter: how its text is read, what it accepts in words, its JSON Schema.

    ``many`` tells that it may have several values, ``split`` that commas stand between them.
    """

    read: Callable[[str], Any]
    accepts: str
    schema: dict[str, Any]
    help: str
    many: bool = False
    split: bool = True


def read(query: MultiMapping[str], allowed: Iterable[str]) -> dict[str, Any]:
    """Return the values of a request's parameters: sets of those that may have several.

    An empty text is no value. Raises :class:`Problem` for a parameter that is not one of the ``allowed``,
    stands twice, or has a value that is not accepted.
    """
    names = list(allowed)
    found: dict[str, Any] = {}
    for name in dict.fromkeys(query.keys()):
        if name not in names:
            nearest = difflib.get_close_matches(name[:100], names, n=1, cutoff=0.0)
            hint = f"the nearest one is {nearest[0]}" if nearest else "it takes none"
            raise Problem(
                "unknown-parameter", f"{name[:100]} is no parameter here; {hint}", parameter=name[:100]
            )
        value = _value(name, query.getall(name))
        if value is not None:
            found[name] = value
    return found


def chosen(values: Mapping[str, Any]) -> Filter:
    """Return the filter among the values of a request's parameters."""
    fields = {name: values[name] for name in FILTERS if name in values and name != "q"}
    return Filter(**fields, words=values.get("q", ()))


def _value(name: str, texts: list[str]) -> Any:  # noqa: ANN401 - as the parameter has it
    parameter = PARAMETERS[name]
    if parameter.many:
        parts = [part for text in texts for part in (text.split(",") if parameter.split else [text])]
        parts = [part.strip() for part in parts if part.strip()]
        if len(parts) > MOST_VALUES:
            raise _not_accepted(name, f"{len(parts)} values", f"at most {MOST_VALUES}")
        return frozenset(_one(name, part) for part in parts) or None
    if len(texts) > 1:
        raise _not_accepted(name, f"there {len(texts)} times", "one value")
    return _one(name, texts[0].strip()) if texts[0].strip() else None


def _one(name: str, text: str) -> Any:  # noqa: ANN401 - as the parameter has it
    parameter = PARAMETERS[name]
    try:
        return parameter.read(text)
    except (ValueError, OverflowError) as error:
        why = f": {error}" if name in {"after", "cursor"} else ""
        shown = repr(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…")
        raise _not_accepted(name, shown + why, parameter.accepts) from None


def _not_accepted(name: str, given: str, accepts: str) -> Problem:
    return Problem("bad-parameter", f"{name} is {given}; it takes {accepts}", parameter=name)


def _of(*known: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in known:
            raise ValueError
        return text

    return parse


def _matching(pattern: str, change: Callable[[str], str] = str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError
        return change(text)

    return parse


def _text(text: str) -> str:
    if len(text) > _LONGEST_ID:
        raise ValueError
    return text


def _words(text: str) -> tuple[bytes, ...]:
    found = words(text)
    if len(text) > LONGEST_TEXT or len(found) > MOST_WORDS:
        raise ValueError
    return found


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return parse


def _moment(text: str) -> int:
    """Return a time in milliseconds; a day alone is its beginning in UTC."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = date.fromisoformat(text)
        return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return round(moment.timestamp() * 1000)


def _boolean(text: str) -> bool:
    return _of("true", "false")(text) == "true"


def _cursor(text: str) -> tuple[int, Spot, int]:
    match = re.fullmatch(r"([0-9]{1,15})\.([0-9]{1,9})\.([0-9]{1,18})\.([a-zA-Z0-9._-]{1,249})", text)
    if match is None:
        raise ValueError("it is no cursor of this service")
    return int(match[1]), Spot(match[4], int(match[2])), int(match[3])


def cursor(key: tuple[int, Spot, int]) -> str:
    """Return the cursor that goes on below an item with this key."""
    time, spot, offset = key
    return f"{time}.{spot.partition}.{offset}.{spot.topic}"


@cache
def _categories() -> tuple[str, ...]:
    return tuple(meanings.taxonomy())


def _choices(known: tuple[str, ...], help_: str) -> Parameter:
    return Parameter(_of(*known), f"one of {', '.join(known)}", {"enum": list(known)}, help_, many=True)


def _names(help_: str, *, split: bool = True) -> Parameter:
    accepts = f"at most {_LONGEST_ID} characters"
    return Parameter(
        _text, accepts, {"type": "string", "maxLength": _LONGEST_ID}, help_, many=True, split=split
    )


_TIME = "an ISO 8601 time with its zone, or a day (UTC)"

PARAMETERS: dict[str, Parameter] = {
    "language": Parameter(
        _matching("[a-z]{2,3}(-[a-z]{2,4})?"),
        "a language's code such as uk or zh-cn",
        {"type": "string", "pattern": "^[a-z]{2,3}(-[a-z]{2,4})?$"},
        "Languages of the text.",
        many=True,
    ),
    "category": _choices(_categories(), "Categories of events; a story's are those of its articles."),
    "country": Parameter(
        _matching("[A-Za-z]{2}", str.upper),
        "two letters (ISO 3166-1 alpha-2)",
        {"type": "string", "pattern": "^[A-Za-z]{2}$"},
        "Countries of its places.",
        many=True,
    ),
    "kind": _choices(KINDS, "Kinds of its figures."),
    "severity": _choices(SEVERITIES, "Severity; of an article, that of any of its alerts."),
    "rule": _names("Alert rules; of an article, those of its alerts."),
    "source": Parameter(
        lambda text: folded(_text(text)),
        f"at most {_LONGEST_ID} characters",
        {"type": "string", "maxLength": _LONGEST_ID},
        "Names of sources, whole; case does not matter. Repeat it for several.",
        many=True,
        split=False,
    ),
    "conflict": Parameter(
        _boolean,
        "true or false",
        {"type": "boolean"},
        "Whether it is news of conflict; alerts and stories are.",
    ),
    "article": _names(
        "Ids of articles: those, or the alerts and stories of those. Repeat it for several.", split=False
    ),
    "place": _names("Places, by their `key` on the map. Repeat it for several.", split=False),
    "status": _choices(STATUSES, "Status of a story; articles and alerts have none."),
    "q": Parameter(
        _words,
        f"at most {LONGEST_TEXT} characters, {MOST_WORDS} words",
        {"type": "string", "maxLength": LONGEST_TEXT},
        'Parts of the text; all must occur, those "in quotes" as they are. Case and width do not matter.',
    ),
    "since": Parameter(_moment, _TIME, {"type": "string"}, "The earliest record time (Kafka's timestamp)."),
    "until": Parameter(_moment, _TIME, {"type": "string"}, "The record time before which it must be."),
    "stage": _names("Stages at which an article failed (dead letters)."),
    "error_type": _names("Types of what was wrong (dead letters)."),
    "limit": Parameter(
        _whole(1, MOST_ITEMS),
        f"a whole number from 1 to {MOST_ITEMS}",
        {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": 50},
        "How many items.",
    ),
    "cursor": Parameter(
        _cursor, "`next` of an earlier answer", {"type": "string"}, "Where to go on: `next` of an answer."
    ),
    "of": Parameter(
        _of("article", "alert", "story"),
        "article, alert or story",
        {"enum": ["article", "alert", "story"], "default": "article"},
        "What is counted.",
    ),
    "step": Parameter(
        _of(*STEPS), "minute, hour or day", {"enum": list(STEPS), "default": "hour"}, "How long a point is."
    ),
    "by": Parameter(
        _of("seen", "published"),
        "seen or published",
        {"enum": ["seen", "published"], "default": "seen"},
        "By which time: the record's, or the article's own.",
    ),
    "events": Parameter(
        _of(*EVENTS),
        f"some of {', '.join(EVENTS)}",
        {"enum": list(EVENTS)},
        "Which events are sent; all where it is not there.",
        many=True,
    ),
    "after": Parameter(
        positions.parsed,
        "a `position` of an earlier answer",
        {"type": "string"},
        "Where the stream goes on: `position` of an answer. Last-Event-ID wins over it.",
    ),
}

FILTERS = (
    "language",
    "category",
    "country",
    "kind",
    "severity",
    "rule",
    "source",
    "conflict",
    "article",
    "place",
    "status",
    "q",
    "since",
    "until",
)
"""The parameters that choose among items, of dead letters aside."""

OF_DEAD_LETTERS = ("stage", "error_type", "q", "since", "until")
