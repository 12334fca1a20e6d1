"""How a process ends that has something under way: at once, with a reason in the log; and how tasks end."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from streams.logs import log, log_held_back


if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn

_AGAIN_SECONDS = 5.0
"""So long a task may take to end before it is told again."""


def leave(reason: str, *, who: str = "worker") -> NoReturn:
    """End the process at once: no offset is committed any more, so nothing under way is lost."""
    log_held_back()
    log(who, logging.CRITICAL, "leaving at once", reason=reason)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1)


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, and wait until they are done, however they end.

    Said again where it was not heard: one that comes in the moment of an answer is lost in aiokafka at times,
    and a task that reads on and on goes on.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=_AGAIN_SECONDS)


class Deadline:
    """Ends the process where a stop takes too long, as it does where the broker has gone."""

    def __init__(self, seconds: float, *, who: str = "worker") -> None:
        why = f"the stop took more than {seconds:g} s"
        self._timer = threading.Timer(seconds, leave, [why], {"who": who})
        self._timer.daemon = True
        self._started = False

    def start(self) -> None:
        """Let the time run."""
        if not self._started:
            self._started = True
            self._timer.start()
