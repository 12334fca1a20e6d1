"""Readers of the stream: server-sent events, each reader at its own pace.

Nobody waits for a reader. One that falls too far behind, or takes nothing for too long, is cut off and
counted; its browser comes back by itself, and goes on where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from typing import TYPE_CHECKING

from aiohttp import web

from streams.dashboard import positions
from streams.dashboard.answers import Heartbeat, Hello, Reset, encoded
from streams.dashboard.items import TYPES, instant
from streams.dashboard.listing import shown
from streams.dashboard.parameters import EVENTS, chosen
from streams.dashboard.problems import Problem
from streams.dashboard.subscription import Hole, Subscription


if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Values = Mapping[str, Any]

    from streams.dashboard.answers import StatsAnswer
    from streams.dashboard.counts import Counts
    from streams.dashboard.positions import Position
    from streams.dashboard.store import Store


HEARTBEAT_SECONDS = 15.0
"""Of silence, after which a heartbeat is sent."""

STATS_SECONDS = 5.0
"""Between two events ``stats``."""

STALL_SECONDS = 30.0
"""In which a reader has to take what was sent."""

_AT_ONCE = 100
_RETRY_MS = 2_000
_AGAIN_SECONDS = "5"

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # proxies are not to hold events back
}


class Readers:
    """All who read the stream now."""

    def __init__(
        self,
        store: Store,
        counts: Counts,
        *,
        version: str,
        behind: int,
        loaded: asyncio.Event,
        stats: Callable[[], StatsAnswer],
    ) -> None:
        self._store = store
        self._counts = counts
        self._version = version
        self._behind = behind
        self._loaded = loaded
        self._stats = stats
        self._pulse = asyncio.Event()
        self._stopping = False
        self._readers: set[_Reader] = set()
        self._sent: tuple[float, bytes] = (0.0, b"")

    def wake(self) -> None:
        """Tell every reader that there is something new; cut off those that cannot keep up."""
        for reader in [reader for reader in self._readers if reader.lags(self._behind)]:
            reader.cut_off()
        self._beat()

    def stop(self) -> None:
        """Let every stream end."""
        self._stopping = True
        self._beat()

    async def answer(self, request: web.Request, values: Values) -> web.StreamResponse:
        """Send events until the reader goes, or the service does."""
        if self._counts.clients >= self._counts.most_clients:
            self._counts.refused += 1
            raise Problem(
                "too-many-clients",
                f"{self._counts.most_clients} are read already (KABAR_DASHBOARD_CLIENTS)",
                headers={"Retry-After": _AGAIN_SECONDS},
            )
        response = web.StreamResponse(headers=HEADERS)
        self._counts.clients += 1
        self._counts.served += 1
        try:
            await response.prepare(request)
            reader = _Reader(request, response, self._counts)
            self._readers.add(reader)
            try:
                await self._serve(reader, request, values)
            finally:
                self._readers.discard(reader)
        except (ConnectionError, TimeoutError):
            pass  # it has gone
        finally:
            self._counts.clients -= 1
        return response

    async def _serve(self, reader: _Reader, request: web.Request, values: Values) -> None:
        await reader.send(f"retry: {_RETRY_MS}\n\n".encode())
        types = values.get("events", EVENTS)
        clock = _Clock(stats="stats" in types)
        position, lost = _asked(request, values)
        if position is None:
            position = self._store.position()
        hello = Hello(
            position=positions.written(position), version=self._version, ready=self._loaded.is_set()
        )
        # A position that says nothing yet is no id: who came back with it would get everything anew.
        known = hello.position if position and lost is None else None
        await reader.send(_event("hello", encoded(hello), known))
        while not self._loaded.is_set() and not self._stopping:
            # What is being read may be forgotten again at once: events begin when that is over.
            pulse = self._pulse
            await self._send(reader, [], clock, None)
            await clock.wait(pulse)
        chosen_types = [type_ for type_ in TYPES if type_ in types]
        subscription = Subscription(self._store, chosen(values), chosen_types, position)
        reader.subscription = subscription
        if lost is not None:
            await self._reset(reader, subscription, lost)
        while not self._stopping:
            pulse = self._pulse
            hole = subscription.hole()
            if hole is not None:
                await self._reset(reader, subscription, hole)
            frames = [
                _event(item.type, encoded(shown(item, self._store)), id_)
                for item, id_ in subscription.take(_AT_ONCE)
            ]
            await self._send(reader, frames, clock, subscription.id)
            if subscription.behind:
                await asyncio.sleep(0)  # others have their turn
                continue
            reader.is_live = True
            await clock.wait(pulse)

    async def _send(self, reader: _Reader, frames: list[bytes], clock: _Clock, id_: str | None) -> None:
        """Send events, and with them what the time asks for."""
        if clock.stats_are_due():
            frames.append(self._stats_event(time.monotonic()))
        if clock.heartbeat_is_due() and not frames:
            frames.append(_event("heartbeat", encoded(Heartbeat(now=_now())), id_))
        if frames:
            clock.spoken = time.monotonic()
            await reader.send(b"".join(frames))

    async def _reset(self, reader: _Reader, subscription: Subscription, hole: Hole) -> None:
        subscription.restart()
        reset = Reset(reason=hole.reason, detail=hole.detail, position=subscription.id)
        await reader.send(_event("reset", encoded(reset), subscription.id))

    def _stats_event(self, now: float) -> bytes:
        """Return the event, which is the same for all who want it now."""
        if now - self._sent[0] >= 1:
            self._sent = (now, _event("stats", encoded(self._stats())))
        return self._sent[1]

    def _beat(self) -> None:
        pulse, self._pulse = self._pulse, asyncio.Event()
        pulse.set()


class _Clock:
    """What is due to a reader by time alone."""

    def __init__(self, *, stats: bool) -> None:
        self.spoken = time.monotonic()
        self._told = 0.0 if stats else math.inf

    def stats_are_due(self) -> bool:
        """Tell whether it is time for the counts again; once for each time."""
        now = time.monotonic()
        due = now - self._told >= STATS_SECONDS
        if due:
            self._told = now
        return due

    def heartbeat_is_due(self) -> bool:
        """Tell whether there was silence for long enough."""
        return time.monotonic() - self.spoken >= HEARTBEAT_SECONDS

    async def wait(self, pulse: asyncio.Event) -> None:
        """Wait until there is something new, or something is due."""
        due = min(self.spoken + HEARTBEAT_SECONDS, self._told + STATS_SECONDS)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pulse.wait(), max(0.01, due - time.monotonic()))


class _Reader:
    """One connection. It is ``is_live`` once it has had all there was."""

    def __init__(self, request: web.Request, response: web.StreamResponse, counts: Counts) -> None:
        self.subscription: Subscription | None = None
        self.is_live = False
        self._request = request
        self._response = response
        self._counts = counts
        self._waiting = False
        self._gone = False

    def lags(self, most: int) -> bool:
        """Tell whether it does not take what it is sent, and is more than ``most`` records behind."""
        return (
            self._waiting
            and self.is_live
            and self.subscription is not None
            and self.subscription.behind > most
        )

    def cut_off(self) -> None:
        """End the connection without waiting for the reader."""
        if not self._gone:
            self._gone = True
            self._counts.dropped += 1
            if self._request.transport is not None:
                self._request.transport.abort()

    async def send(self, frames: bytes) -> None:
        """Send, and wait until the reader has room for more."""
        self._waiting = True
        try:
            await asyncio.wait_for(self._response.write(frames), STALL_SECONDS)
        except TimeoutError:
            self.cut_off()
            raise
        finally:
            self._waiting = False


def _asked(request: web.Request, values: Values) -> tuple[Position | None, Hole | None]:
    """Return where a reader wants to go on; and why it cannot, where its last id says nothing."""
    last = request.headers.get("Last-Event-ID")
    if last:
        try:
            return positions.parsed(last), None
        except ValueError as error:
            # An error would end an EventSource for good.
            return None, Hole("unknown", f"Last-Event-ID is no position: {error}")
    return values.get("after"), None


def _event(name: str, data: bytes, id_: str | None = None) -> bytes:
    lines = [b"event: " + name.encode()]
    if id_ is not None:
        lines.append(b"id: " + id_.encode())
    return b"\n".join([*lines, b"data: " + data, b"", b""])


def _now() -> str:
    return instant(int(time.time() * 1000))
