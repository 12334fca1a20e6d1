"""How a setting's text is read: one function for each kind of value.

Each takes what a variable holds, stripped and not empty, and returns the value or raises
ValueError; what the exception says, where it says something, is shown to the user.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Callable


_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_TOPIC = re.compile(r"[a-zA-Z0-9._-]{1,249}")
_BROKER = re.compile(r"(?P<host>\[[0-9a-fA-F:.%]++\]|[A-Za-z0-9._-]++)(?::(?P<port>\d{1,5}))?")
_HOST = re.compile(r"[A-Za-z0-9._-]++|\[?[0-9a-fA-F:.%]++\]?")
_ORIGIN = re.compile(r"https?://(?:[a-z0-9._-]++|\[[0-9a-f:.]++\])(?::[0-9]{1,5})?")
_LAST_PORT = 65535


class Option(NamedTuple):
    """How one variable is read, what it accepts and what it is for, in words."""

    parse: Callable[[str], Any]
    accepts: str
    help: str
    secret: bool = False
    from_file: bool = False
    show: Callable[[Any], str] | None = None


def text(help_: str, *, secret: bool = False) -> Option:
    """Take any text, or the content of the file that ``NAME_FILE`` names."""
    return Option(str, "any text", help_, secret=secret, from_file=True)


def switch(help_: str) -> Option:
    """Take yes or no."""

    def parse(given: str) -> bool:
        if given.lower() in _TRUE | _FALSE:
            return given.lower() in _TRUE
        raise ValueError

    return Option(parse, "1 or 0 (true, yes, on; false, no, off)", help_)


def whole(low: int, high: int, unit: str, help_: str) -> Option:
    """Take a whole number between two bounds, both included."""

    def parse(given: str) -> int:
        if not re.fullmatch(r"[0-9][0-9_]*", given) or not low <= int(given) <= high:
            raise ValueError
        return int(given)

    return Option(parse, f"a whole number of {unit} from {low} to {high}", help_)


def seconds(low: float, high: float, help_: str) -> Option:
    """Take a time in seconds between two bounds, both included."""
    return _number(low, high, "seconds", help_)


def hours(low: float, high: float, help_: str) -> Option:
    """Take a time in hours between two bounds, both included."""
    return _number(low, high, "hours", help_)


def _number(low: float, high: float, unit: str, help_: str) -> Option:
    def parse(given: str) -> float:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", given) or not low <= float(given) <= high:
            raise ValueError
        return float(given)

    return Option(parse, f"{unit} from {low:g} to {high:g}", help_)


def share(help_: str) -> Option:
    """Take a part of a whole, from 0 to 1."""

    def parse(given: str) -> float:
        if not re.fullmatch(r"[0-9]*\.?[0-9]+", given) or not 0 <= float(given) <= 1:
            raise ValueError
        return float(given)

    return Option(parse, "a share from 0 to 1", help_)


def choice(*choices: str, help_: str) -> Option:
    """Take one of a few words, in any case of letters."""

    def parse(given: str) -> str:
        for known in choices:
            if given.lower() == known.lower():
                return known
        raise ValueError

    return Option(parse, f"{', '.join(choices[:-1])} or {choices[-1]}", help_)


def name(help_: str) -> Option:
    """Take the name of a topic or a group, as Kafka allows them."""

    def parse(given: str) -> str:
        if not _TOPIC.fullmatch(given) or given in {".", ".."}:
            raise ValueError
        return given

    return Option(parse, "at most 249 letters, digits, '.', '_' and '-'", help_)


def host(help_: str) -> Option:
    """Take the name or the address of a machine."""

    def parse(given: str) -> str:
        if not _HOST.fullmatch(given):
            raise ValueError
        return given.strip("[]")

    return Option(parse, "the name or the address of a machine", help_)


def file(help_: str) -> Option:
    """Take the path of a file that is there."""

    def parse(given: str) -> Path:
        if not Path(given).is_file():
            raise ValueError("there is no such file")
        return Path(given)

    return Option(parse, "the path of a file", help_)


def output(help_: str) -> Option:
    """Take the path of a file to write, in a folder that is there."""

    def parse(given: str) -> Path:
        path = Path(given)
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError("it is a folder" if path.is_dir() else "there is no such folder")
        return path

    return Option(parse, "the path of a file to write", help_)


def brokers(help_: str) -> Option:
    """Take ``kafka://host:port``, more after a semicolon; gives a tuple of ``host:port``."""
    accepts = "kafka://host:port, more of them after a ';'"
    return Option(_brokers, accepts, help_, show=lambda value: "kafka://" + ";".join(value))


def hosts(help_: str) -> Option:
    """Take names or addresses of machines, with commas between them; gives a tuple of them, in lower case."""

    def parse(given: str) -> tuple[str, ...]:
        found = tuple(part.strip().lower() for part in given.split(","))
        if not all(map(_HOST.fullmatch, found)):
            raise ValueError
        return found

    return Option(parse, "names or addresses of machines, with commas between them", help_, show=",".join)


def origins(help_: str) -> Option:
    """Take origins of web pages (``https://name[:port]``), with commas between; gives a tuple of them."""

    def parse(given: str) -> tuple[str, ...]:
        found = tuple(part.strip().lower() for part in given.split(","))
        if not all(map(_ORIGIN.fullmatch, found)):
            raise ValueError
        return found

    return Option(parse, "https://name or http://name:port, with commas between them", help_, show=",".join)


def _brokers(given: str) -> tuple[str, ...]:
    found = []
    for part in re.split("[;,]", given):
        scheme, separator, rest = part.strip().rpartition("://")
        if "@" in rest:
            raise ValueError("who logs in is set by KABAR_SASL_USERNAME and KABAR_SASL_PASSWORD_FILE")
        if separator and scheme != "kafka":
            encrypted = re.search("ssl|tls", scheme, re.IGNORECASE)
            raise ValueError("encryption is switched on by KABAR_TLS=1" if encrypted else "")
        match = _BROKER.fullmatch(rest.rstrip("/"))
        port = int(match["port"] or 9092) if match else 0
        if not match or not 0 < port <= _LAST_PORT:
            raise ValueError
        found.append(f"{match['host']}:{port}")
    return tuple(found)
