"""A desk that asks for articles for some seconds at a time: it is appointed in the middle of that."""

from __future__ import annotations

from streams.__main__ import main
from streams.kafka import desk
from streams.kafka.children import hold_leash


if __name__ == "__main__":
    desk.POLL_MS = 3_000
    hold_leash()
    main()
