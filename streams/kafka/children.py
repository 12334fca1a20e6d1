"""Child processes that end with the process that started them, however it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


GRACE = 5.0
"""Seconds a child has to end after it was asked to, before it is killed."""


class ChildError(Exception):
    """A child process that ended too early, or never said what was waited for."""


class Child:
    """A Python process (``python -m MODULE ARGUMENTS``) held on a leash.

    Its standard input is a pipe that this process holds open: when that closes, even
    because this process was killed, the child's :func:`hold_leash` ends it. It has a
    session of its own, so Ctrl-C reaches this process alone, which then ends its children
    in the right order. It works in the folder of ``log``, to which its standard error
    goes, and its standard output too unless ``spoken`` (then see :meth:`first_line`).
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str] = (),
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        spoken: bool = False,
    ) -> None:
        self.name = " ".join([module, *arguments])
        self.log = log
        environment = dict(os.environ if environment is None else environment)
        # The child works elsewhere, and must still find this very package where it is not installed.
        path = [str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, path))
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - Python itself, and a module of ours
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if spoken else errors,
                stderr=errors,
                env=environment,
                cwd=log.parent,
                start_new_session=True,
            )

    @property
    def status(self) -> int | None:
        """Return the exit status, negative where a signal ended the child; None while it runs."""
        return self._process.poll()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def first_line(self, seconds: float) -> str:
        """Return the first line that the child prints; raise :class:`ChildError` where none comes."""
        spoken = self._process.stdout
        assert spoken is not None
        line = b""
        deadline = time.monotonic() + seconds
        while not line.endswith(b"\n"):
            if not select.select([spoken], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise ChildError(f"{self.name} said nothing in {seconds:g} s\n{self.log_tail()}")
            byte = os.read(spoken.fileno(), 1)
            if not byte:
                raise ChildError(f"{self.name} ended with status {self._process.wait()}\n{self.log_tail()}")
            line += byte
        return line.decode().strip()

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the child logged."""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])

    def stop(self, grace: float = GRACE) -> int:
        """End the child: SIGTERM, and SIGKILL after ``grace`` seconds. Return its exit status."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(grace)
            except subprocess.TimeoutExpired:
                self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        return self._process.wait()

    def __enter__(self) -> Self:
        """Return the child."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.stop()


def hold_leash(grace: float = GRACE) -> None:
    """End this process when its standard input closes: SIGTERM first, SIGKILL after ``grace`` seconds."""

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="leash", daemon=True).start()


if __name__ == "__main__":
    # python -m streams.kafka.children COMMAND …: `kabar COMMAND …`, on a leash.
    from streams.__main__ import main

    hold_leash()
    main()
