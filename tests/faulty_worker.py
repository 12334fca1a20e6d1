"""A worker whose enrichment has a fault: it fails on articles that contain the name of an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import outputs
from streams.__main__ import main
from streams.children import hold_leash
from streams.enrichment import read


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.enrichment import Reading


def faulty(value: bytes | None, rules: Rules) -> Reading:
    """Read an article, or fail as it asks for."""
    for kind in (ZeroDivisionError, RecursionError, MemoryError):
        if kind.__name__.encode() in (value or b""):
            raise kind("a fault on purpose, quoting: SECRET")
    return read(value, rules)


if __name__ == "__main__":
    vars(outputs)["read"] = faulty
    hold_leash()
    main()
