"""How a process ends that has something under way: at once, and with a reason in the log."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from streams.logs import log, log_held_back


if TYPE_CHECKING:
    from typing import NoReturn


def leave(reason: str, *, who: str = "worker") -> NoReturn:
    """End the process at once: no offset is committed any more, so nothing under way is lost."""
    log_held_back()
    log(who, logging.CRITICAL, "leaving at once", reason=reason)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(1)


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
