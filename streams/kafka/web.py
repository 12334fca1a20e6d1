"""The web port: whether the worker is alive and ready, and its metrics, for those who look after processes.

Off where KABAR_WEB_PORT is not set. It answers from a thread of its own, so an article that
takes its time holds no answer up; what it says it was told by the watchdog. Nothing of an
article, of a setting or of the log is to be had here.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from streams.settings import SettingsError


if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from streams.kafka.metrics import Process
    from streams.kafka.vitals import Verdict, Vitals
    from streams.settings import Settings


_BACKLOG = 16
_KEEP_ALIVE_SECONDS = 5.0


def serve(settings: Settings, vitals: Vitals, metrics: Process | None = None) -> None:
    """Open the web port, where one is set, and answer there for as long as the process lives.

    ``/metrics`` is there where there are any.

    Raises :class:`SettingsError` where the port cannot be opened.
    """
    if settings.web_port is None:
        return
    where = f"{settings.web_host}:{settings.web_port}"
    try:
        family = socket.AF_INET6 if ":" in settings.web_host else socket.AF_INET
        opened = socket.create_server((settings.web_host, settings.web_port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(f"KABAR_WEB_PORT: {where} cannot be opened: {why}") from None
    answer = _answer(opened, vitals, metrics)
    threading.Thread(target=lambda: asyncio.run(answer), name="web", daemon=True).start()


async def _answer(opened: socket.socket, vitals: Vitals, metrics: Process | None) -> None:
    app = web.Application()
    app.router.add_get("/healthz", _page(vitals.alive))
    app.router.add_get("/readyz", _page(vitals.ready))
    if metrics is not None:
        app.router.add_get("/metrics", _measured(metrics))
    app.on_response_prepare.append(_no_more_than_asked)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=_KEEP_ALIVE_SECONDS)
    await runner.setup()
    await web.SockSite(runner, opened).start()
    await asyncio.Event().wait()


def _page(question: Callable[[float], Verdict]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return what answers a question: 200 or 503, and why, as JSON."""

    async def page(_: web.Request) -> web.Response:
        verdict = question(time.monotonic())
        status = HTTPStatus.OK if verdict.good else HTTPStatus.SERVICE_UNAVAILABLE
        body = {"ok": verdict.good, "state": verdict.state, "reason": verdict.reason}
        return web.Response(
            text=json.dumps(body, ensure_ascii=False) + "\n", status=status, content_type="application/json"
        )

    return page


def _measured(metrics: Process) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return what answers with the metrics."""

    async def page(request: web.Request) -> web.Response:
        body, content_type = metrics.page(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type})

    return page


async def _no_more_than_asked(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "kabar"  # no versions
    response.headers["Cache-Control"] = "no-store"
