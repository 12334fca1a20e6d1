"""The heartbeat: a file whose time of change says when the worker last did its work.

It is there while the worker is a member of its group, and ages where the broker does not
answer, nothing moves, or an article holds the worker up. Whoever looks after processes
(`kabar health` in a container's health check) needs no port for that, and no broker.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from typing import TYPE_CHECKING

from streams.kafka.vitals import PATIENCE
from streams.logs import log
from streams.settings import SettingsError


if TYPE_CHECKING:
    from pathlib import Path

STALE_SECONDS = PATIENCE
"""A heartbeat older than this is none."""


class Heartbeat:
    """The worker's side. Where ``path`` is None nothing is written.

    Raises :class:`SettingsError` where the file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._failed = False
        if path is not None:
            try:
                path.touch()
                # Not yet: another worker may have left it, and this one has done nothing so far.
                path.unlink()
            except OSError as error:
                raise SettingsError(f"KABAR_HEARTBEAT: {path} cannot be written: {error.strerror}") from None

    def beat(self, seen: float) -> None:
        """Say that the worker did its work at ``seen``, in seconds since 1970."""
        if self._path is None:
            return
        try:
            self._path.touch()
            os.utime(self._path, (seen, seen))
        except OSError as error:
            # Whoever looks at the file sees it grow old; articles need not wait for that.
            if not self._failed:
                log("worker", logging.ERROR, "no heartbeat", file=self._path, reason=error.strerror)
            self._failed = True

    def end(self) -> None:
        """Take the file away: the worker has stopped."""
        if self._path is not None:
            # Where that fails, it grows old.
            with contextlib.suppress(OSError):
                self._path.unlink()


def ill(path: Path) -> str | None:
    """Return what is wrong with the worker whose heartbeat is in ``path``; None where it is well."""
    try:
        # Of either sign: after a clock was set back, an old heartbeat is one of the future.
        age = abs(time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return "the worker is not in its group: it starts, waits for topics, or has stopped"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if age > STALE_SECONDS:
        return f"nothing has moved for {age:.0f} s: the broker does not answer, or an article takes too long"
    return None
