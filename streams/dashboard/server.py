"""The server: everything put together, from the first question to the broker to SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import time
from typing import TYPE_CHECKING, Final

from aiohttp import web

import streams
from streams.dashboard import guard
from streams.dashboard.api import Api
from streams.dashboard.counts import Counts
from streams.dashboard.endpoints import PREFIX
from streams.dashboard.feed import Feed
from streams.dashboard.files import Files
from streams.dashboard.guard import Guard
from streams.dashboard.items import instant
from streams.dashboard.metrics import DashboardMetrics
from streams.dashboard.problems import Problem
from streams.dashboard.readers import Readers
from streams.dashboard.store import Limit, Store
from streams.dashboard.survey import Survey
from streams.kafka.connection import tls
from streams.kafka.ending import ended
from streams.logs import log, log_few
from streams.settings import SettingsError


if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.dashboard.items import ItemType
    from streams.settings import Settings

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


_SHARES: Final[dict[ItemType, float]] = {"article": 0.7, "alert": 0.15, "story": 0.12, "dead_letter": 0.03}
"""How the memory is divided."""

_DEAD_LETTERS: Final = 1_000
_BACKLOG: Final = 128
_KEEP_ALIVE_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 2.0
_LONGEST_HEADER: Final = 65_536
_PREFLIGHT_SECONDS: Final = "600"


class Dashboard:
    """One dashboard: :meth:`listen` opens its port, :meth:`follow` begins to read, :meth:`stop` ends both."""

    def __init__(self, settings: Settings) -> None:
        self.guard = Guard(settings)
        self.store = Store(limits(settings))
        self.counts = Counts(settings.dashboard_clients)
        self.feed = Feed(settings, self.store, self.counts, self._wake)
        self.survey = Survey(settings, self.feed)
        self.api = Api(settings, self.store, self.counts, self.feed, self.survey, self.guard)
        self.api.started = instant(int(time.time() * 1000))
        self.readers = Readers(
            self.store,
            self.counts,
            version=streams.__version__,
            behind=settings.dashboard_behind,
            loaded=self.feed.loaded,
            stats=self.api.stats,
        )
        self.api.readers = self.readers
        self._metrics = DashboardMetrics(self.api.stats)
        self.address = ""
        self._settings = settings
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None

    async def listen(self) -> None:
        """Open the port. Raises :class:`SettingsError` where it cannot be opened."""
        opened = _open(self._settings)
        host, port = opened.getsockname()[:2]
        self.address = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._runner = web.AppRunner(
            self.app(),
            access_log=None,
            handler_cancellation=True,
            keepalive_timeout=_KEEP_ALIVE_SECONDS,
            max_field_size=_LONGEST_HEADER,
            max_line_size=_LONGEST_HEADER,
            shutdown_timeout=_STOP_SECONDS,
        )
        await self._runner.setup()
        await web.SockSite(self._runner, opened).start()

    def follow(self) -> None:
        """Begin to read the topics."""
        self._tasks = [asyncio.create_task(self.survey.run()), asyncio.create_task(self.feed.run())]
        for task in self._tasks:
            task.add_done_callback(_failed)

    async def stop(self) -> None:
        """End the streams, answer what is under way, and leave the broker."""
        self.api.stopping = True
        self.readers.stop()
        await ended(self._tasks)
        if self._runner is not None:
            await self._runner.cleanup()

    def failed(self) -> BaseException | None:
        """Return why it cannot go on: a mistake of its own; None where it can."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and task.exception() is not None:
                return task.exception()
        return None

    def _wake(self) -> None:
        self.readers.wake()

    def app(self) -> web.Application:
        """Return what answers requests."""
        app = web.Application(middlewares=[self._answer])
        files = Files()
        app.router.add_get("/", files.index)
        app.router.add_get("/favicon.ico", files.icon)
        app.router.add_get("/static/{path:.+}", files.file)
        app.router.add_get("/healthz", self.api.healthz)
        app.router.add_get("/readyz", self.api.readyz)
        app.router.add_get(guard.METRICS, self._measured)
        for path, handler in self.api.handlers().items():
            app.router.add_get(PREFIX + path, handler)
        app.on_response_prepare.append(self._finish)
        return app

    async def _measured(self, request: web.Request) -> web.Response:
        page, content_type = self._metrics.page(request.headers.get("Accept", ""))
        return web.Response(body=page, headers={"Content-Type": content_type})

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, or say why not."""
        try:
            self.guard.check(request)
            if self.guard.is_preflight(request):
                return web.Response(status=204)
            if request.method not in {"GET", "HEAD"}:
                raise Problem(  # noqa: TRY301 - one place answers all problems
                    "method-not-allowed",
                    f"{request.method[:20]} changes nothing here",
                    headers={"Allow": "GET, HEAD"},
                )
            return await handler(request)
        except Problem as problem:
            return problem.response()
        except web.HTTPNotFound:
            return Problem("not-found", "there is no such path").response()
        except web.HTTPException as error:
            return Problem("not-found", error.reason).response()
        except Exception as error:  # noqa: BLE001 - whatever it is, it ends one request and not the service
            log_few("dashboard", logging.ERROR, "a request was not answered", error=type(error).__name__)
            return Problem("internal", "it is in the log").response()

    async def _finish(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add what every answer carries."""
        response.headers.update(guard.HEADERS)
        origin = self.guard.allowed_origin(request)
        if origin is None:
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
            return
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers.add("Vary", "Origin")
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
            response.headers["Access-Control-Allow-Headers"] = "Authorization, Last-Event-ID"
            response.headers["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS


def limits(settings: Settings) -> dict[ItemType, Limit]:
    """Return how much of each type is kept."""
    most: dict[ItemType, int] = {
        "article": settings.dashboard_articles,
        "alert": settings.dashboard_alerts,
        "story": settings.dashboard_alerts,
        "dead_letter": _DEAD_LETTERS,
    }
    return {
        type_: Limit(count, int(settings.dashboard_memory * _SHARES[type_])) for type_, count in most.items()
    }


async def serve(settings: Settings, ready: Callable[[str], None]) -> int:
    """Be a dashboard until SIGINT or SIGTERM; return the exit status. ``ready`` is told the address.

    Raises :class:`SettingsError` where it may not or cannot listen where it is told to, or where a
    certificate cannot be read.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tls(settings)  # certificates that cannot be read are an error now, not in a loop
    dashboard = Dashboard(settings)
    await dashboard.listen()
    dashboard.follow()
    log("dashboard", logging.INFO, "listening", address=dashboard.address)
    ready(dashboard.address)
    error = None
    while not stop.is_set() and error is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1.0)
        error = dashboard.failed()
    await dashboard.stop()
    if error is not None:
        log("dashboard", logging.CRITICAL, "stopped by a mistake of its own", error=repr(error))
        return 1
    log("dashboard", logging.INFO, "stopped")
    return 0


def _open(settings: Settings) -> socket.socket:
    host, port = settings.dashboard_host, settings.dashboard_port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(f"KABAR_DASHBOARD_PORT: {host}:{port} cannot be opened: {why}") from None


def _failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log("dashboard", logging.ERROR, "a part of it failed", error=repr(task.exception()))
