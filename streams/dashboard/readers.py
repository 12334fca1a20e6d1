"""Readers of the stream: server-sent events, each reader at its own pace.

Nobody waits for a reader. One that falls too far behind, or takes nothing for too long, is cut off and
counted; its browser comes back by itself, and goes on where it was.
"""

from __future__ import annotations

import asyncio
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
        opened: asyncio.Event,
        loaded: Callable[[], bool],
        stats: Callable[[], StatsAnswer],
    ) -> None:
        self._store = store
        self._counts = counts
        self._version = version
        self._behind = behind
        self._opened = opened
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
        self._opened.set()
        self._beat()

    async def answer(self, request: web.Request, values: Mapping[str, Any]) -> web.StreamResponse:
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

    async def _serve(self, reader: _Reader, request: web.Request, values: Mapping[str, Any]) -> None:
        await reader.send(f"retry: {_RETRY_MS}\n\n".encode())
        while not self._opened.is_set():
            # Before the first answer of a broker there is no position that could be an id.
            try:
                await asyncio.wait_for(self._opened.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                await reader.send(_event("heartbeat", encoded(Heartbeat(now=_now()))))
        types = values.get("events", EVENTS)
        position, lost = _asked(request, values)
        subscription = Subscription(
            self._store, chosen(values), [type_ for type_ in TYPES if type_ in types], position
        )
        reader.subscription = subscription
        hello = Hello(position=subscription.id, version=self._version, ready=self._loaded())
        if lost is None:
            await reader.send(_event("hello", encoded(hello), subscription.id))
        else:
            await reader.send(_event("hello", encoded(hello)))
            await self._reset(reader, subscription, lost)
        await self._follow(reader, subscription, stats="stats" in types)

    async def _follow(self, reader: _Reader, subscription: Subscription, *, stats: bool) -> None:
        spoken = time.monotonic()
        told = 0.0
        while not self._stopping:
            pulse = self._pulse
            hole = subscription.hole()
            if hole is not None:
                await self._reset(reader, subscription, hole)
            events = subscription.take(_AT_ONCE)
            frames = [_event(item.type, encoded(shown(item, self._store)), id_) for item, id_ in events]
            now = time.monotonic()
            if stats and now - told >= STATS_SECONDS:
                told = now
                frames.append(self._stats_event(now))
            if not frames and now - spoken >= HEARTBEAT_SECONDS:
                frames.append(_event("heartbeat", encoded(Heartbeat(now=_now())), subscription.id))
            if frames:
                spoken = now
                await reader.send(b"".join(frames))
            if subscription.behind:
                await asyncio.sleep(0)  # others have their turn
                continue
            reader.is_live = True
            due = spoken + HEARTBEAT_SECONDS
            if stats:
                due = min(due, told + STATS_SECONDS)
            try:
                await asyncio.wait_for(pulse.wait(), max(0.01, due - time.monotonic()))
            except TimeoutError:
                continue

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


def _asked(request: web.Request, values: Mapping[str, Any]) -> tuple[Position | None, Hole | None]:
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
