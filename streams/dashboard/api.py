"""The JSON API: what each path answers, and which parameters it takes."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from aiohttp import web

import streams
from streams import languages, meanings
from streams.dashboard import listing
from streams.dashboard.answers import (
    FacetsAnswer,
    Health,
    LanguageName,
    MetaAnswer,
    NamedId,
    SeriesAnswer,
    StatsAnswer,
    encoded,
)
from streams.dashboard.counts import kept, letters
from streams.dashboard.endpoints import ENDPOINTS, LISTS, STREAM
from streams.dashboard.facets import facets
from streams.dashboard.feed import topics
from streams.dashboard.filters import Filter
from streams.dashboard.guard import COOKIE, SESSION_SECONDS
from streams.dashboard.items import instant
from streams.dashboard.openapi import document
from streams.dashboard.parameters import (
    KINDS,
    OF_DEAD_LETTERS,
    SEVERITIES,
    STATUSES,
    STEPS,
    chosen,
    read,
)
from streams.dashboard.problems import Problem
from streams.dashboard.series import series
from streams.dashboard.worldmap import world_map


if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from streams.dashboard.counts import Counts
    from streams.dashboard.feed import Feed
    from streams.dashboard.guard import Guard
    from streams.dashboard.items import ItemType
    from streams.dashboard.readers import Readers
    from streams.dashboard.store import Store
    from streams.dashboard.survey import Survey
    from streams.settings import Settings

    Values = Mapping[str, Any]
    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Asked = Callable[[web.Request, Values], Awaitable[web.StreamResponse]]


HOLD_SECONDS = 1.0
"""So long an answer that takes a look at every item is given again: many pages may ask at once."""

_MOST_HELD = 64
_ITEMS = 50
_SMALLEST_PACKED = 1_000
_LARGE = 32_000
"""Bytes from which on an answer is compressed in a thread, so that nobody waits for it."""

PARAMETERS_OF = {endpoint.path: endpoint.parameters for endpoint in ENDPOINTS}


@dataclass
class Api:
    """Answers from the store."""

    settings: Settings
    store: Store
    counts: Counts
    feed: Feed
    survey: Survey
    guard: Guard
    readers: Readers | None = None
    started: str = ""
    stopping: bool = False
    _answers: dict[object, tuple[float, bytes]] = field(default_factory=dict)

    def handlers(self) -> dict[str, Handler]:
        """Return what answers each path of :data:`streams.dashboard.endpoints.ENDPOINTS`."""
        found: dict[str, Asked] = {
            "/dead-letters": self._list("dead_letter"),
            "/facets": self._facets,
            "/series": self._series,
            "/map": self._map,
            "/stats": self._stats,
            "/meta": self._meta,
            STREAM: self._stream,
            "/login": self._login,
            "/logout": self._logout,
            "/openapi.json": self._openapi,
        }
        for name, type_ in LISTS.items():
            found[f"/{name}"] = self._list(type_)
            found[f"/{name}/{{id}}"] = self._one(type_)
            found[f"/{name}/{{id}}/revisions"] = self._revisions(type_)
        return {path: _checked(PARAMETERS_OF[path], handler) for path, handler in found.items()}

    def stats(self) -> StatsAnswer:
        """Return the counts as they are now."""
        counts = self.counts
        return StatsAnswer(
            now=instant(int(time.time() * 1000)),
            started=self.started,
            version=streams.__version__,
            ready=self.ready()[0],
            broker=self.survey.broker,
            kept=kept(self.store),
            forgotten={type_: shelf.forgotten for type_, shelf in self.store.shelves.items()},
            read={type_: counts.read[type_] for type_ in self.store.shelves}
            | {"unreadable": counts.unreadable},
            rates=counts.rates(),
            lag=self.survey.lag,
            dead_letters=letters(self.store),
            clients=counts.readers(),
        )

    def ready(self) -> tuple[bool, Health]:
        """Tell whether it shows what the topics hold, and if not, what it waits for."""
        if self.stopping:
            return False, Health(status="stopping")
        if not self.survey.broker.connected:
            return False, Health(status="no broker", detail=self.survey.broker.detail)
        needed = (self.settings.topic_enriched, self.settings.topic_alert)
        missing = [topic for topic in needed if topic not in self.survey.partitions]
        if missing:
            return False, Health(
                status="waiting", detail=f"for topics that are missing: {', '.join(missing)}"
            )
        if self.feed.error is not None:
            return False, Health(status="no broker", detail=self.feed.error)
        if not self.feed.loaded.is_set():
            return False, Health(status="loading", detail="what the last hours brought is being read")
        return True, Health(status="ok")

    async def healthz(self, _: web.Request) -> web.Response:
        """Answer that the service is alive."""
        return _json(encoded(Health(status="ok")))

    async def readyz(self, _: web.Request) -> web.Response:
        """Answer whether the service shows what the topics hold."""
        good, health = self.ready()
        return _json(encoded(health), status=200 if good else 503)

    def _list(self, type_: ItemType) -> Asked:
        async def answer(request: web.Request, values: Values) -> web.Response:
            found = listing.page(
                self.store,
                type_,
                chosen(values) if type_ != "dead_letter" else _of_letters(values),
                limit=values.get("limit", _ITEMS),
                below=values.get("cursor"),
            )
            return _packed(request, encoded(found))

        return answer

    def _one(self, type_: ItemType) -> Asked:
        async def answer(request: web.Request, _: Values) -> web.Response:
            item = self.store.latest(type_, request.match_info["id"])
            if item is None:
                raise _not_here(type_)
            return _packed(request, encoded(listing.shown(item, self.store, whole=True)))

        return answer

    def _revisions(self, type_: ItemType) -> Asked:
        async def answer(request: web.Request, _: Values) -> web.Response:
            found = listing.all_revisions(self.store, type_, request.match_info["id"])
            if not found.items:
                raise _not_here(type_)
            return _packed(request, encoded(found))

        return answer

    async def _facets(self, request: web.Request, values: Values) -> web.Response:
        def count() -> FacetsAnswer:
            return facets(self.store, chosen(values), values.get("of", "article"))

        return self._held(request, values, count)

    async def _series(self, request: web.Request, values: Values) -> web.Response:
        def count() -> SeriesAnswer:
            step, by = values.get("step", "hour"), values.get("by", "seen")
            return series(self.store, chosen(values), step=step, by=by)

        return self._held(request, values, count)

    async def _map(self, request: web.Request, values: Values) -> web.Response:
        return self._held(request, values, lambda: world_map(self.store, chosen(values)))

    def _held(self, request: web.Request, values: Values, count: Callable[[], object]) -> web.Response:
        """Answer what takes a look at every item; the same again where it was asked just before."""
        asked = (request.path, tuple(sorted(values.items(), key=lambda one: one[0])))
        now = time.monotonic()
        held = self._answers.get(asked)
        if held is None or now - held[0] > HOLD_SECONDS:
            held = (now, encoded(count()))
            self._answers.pop(asked, None)
            self._answers[asked] = held
            if len(self._answers) > _MOST_HELD:
                del self._answers[next(iter(self._answers))]
        return _packed(request, held[1])

    async def _stats(self, request: web.Request, _: Values) -> web.Response:
        return _packed(request, encoded(self.stats()))

    async def _meta(self, request: web.Request, _: Values) -> web.Response:
        settings = self.settings
        rules = {
            rule
            for type_ in ("alert", "story")
            for item in self.store.shelves[type_].items
            for rule in item.facets.rules
        }
        categories, names = _named()
        meta = MetaAnswer(
            version=streams.__version__,
            kinds=KINDS,
            severities=SEVERITIES,
            statuses=STATUSES,
            categories=categories,
            languages=names,
            rules=tuple(sorted(rules)),
            topics={type_: topic for topic, type_ in topics(settings).items()} | {"raw": settings.topic_raw},
            steps=tuple(STEPS),
            token=self.guard.wants_token,
            limits={
                "hours": int(settings.dashboard_hours),
                "articles": settings.dashboard_articles,
                "alerts": settings.dashboard_alerts,
                "clients": settings.dashboard_clients,
            },
        )
        return _packed(request, encoded(meta))

    async def _stream(self, request: web.Request, values: Values) -> web.StreamResponse:
        assert self.readers is not None
        return await self.readers.answer(request, values)

    async def _login(self, request: web.Request, _: Values) -> web.Response:
        if not self.guard.shows_token(request):
            raise Problem("unauthorized", "that is not the token")
        response = web.Response(status=204, headers={"Cache-Control": "no-store"})
        if self.guard.wants_token:
            response.set_cookie(
                COOKIE,
                self.guard.session(),
                max_age=SESSION_SECONDS,
                path="/",
                httponly=True,
                samesite="Strict",
                secure=request.secure,
            )
        return response

    async def _logout(self, _: web.Request, __: Values) -> web.Response:
        response = web.Response(status=204, headers={"Cache-Control": "no-store"})
        response.del_cookie(COOKIE, path="/")
        return response

    async def _openapi(self, request: web.Request, _: Values) -> web.Response:
        return _packed(request, document())


def _checked(parameters: tuple[str, ...], asked: Asked) -> Handler:
    """Return what answers a path, its parameters read before."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await asked(request, read(request.query, parameters))

    return answer


def _of_letters(values: Values) -> Filter:
    names = [name for name in OF_DEAD_LETTERS if name in values and name != "q"]
    return Filter(**{name: values[name] for name in names}, words=values.get("q", ()))


def _not_here(type_: ItemType) -> Problem:
    return Problem("not-found", f"no {type_} of that id is kept")


def _json(body: bytes, status: int = 200) -> web.Response:
    return web.Response(
        body=body,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
        zlib_executor_size=_LARGE,
    )


def _packed(request: web.Request, body: bytes) -> web.Response:
    """Return an answer, compressed where that is worth it and understood."""
    response = _json(body)
    if len(body) >= _SMALLEST_PACKED and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
        response.headers["Vary"] = "Accept-Encoding"
    return response


@cache
def _named() -> tuple[tuple[NamedId, ...], tuple[LanguageName, ...]]:
    categories = tuple(NamedId(id=id_, name=one.label) for id_, one in meanings.taxonomy().items())
    names = tuple(LanguageName(code=code, name=languages.load(code).name) for code in languages.available())
    return categories, names
