"""Records as the worker writes them, small ones, and stores that hold them; for tests of the dashboard."""

from __future__ import annotations

import contextlib
import functools
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from streams.alerts import load_rules
from streams.archive import Archive, Fault
from streams.commands.demo import SAMPLES
from streams.dashboard import items
from streams.dashboard.items import TYPES, Item, ItemType
from streams.dashboard.positions import Spot
from streams.dashboard.server import Dashboard
from streams.dashboard.store import Limit, Store
from streams.enrichment import Reading, read
from streams.errors import ArticleError
from streams.records import RawArticle, Source, to_json
from streams.settings import Settings


if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from aiohttp import ClientResponse

TOPICS: dict[ItemType, str] = {
    "article": "news.article.enriched",
    "alert": "news.alert",
    "story": "news.story",
    "dead_letter": "news.article.dead-letter",
}

_TEXT = "At least twelve civilians were killed in Idlib, Syria, in an air strike on a market, medics said."


@functools.cache
def _read() -> Reading:
    raw = RawArticle(
        id="a",
        title="Air strike hits Idlib",
        text=_TEXT,
        url="https://example.com/a",
        published_at="2026-10-04T09:30:00Z",
        source=Source(name="Example Daily"),
    )
    return read(to_json(raw), load_rules())


def article(id_: str = "a", **more: object) -> dict[str, Any]:
    """Return an enriched article: twelve killed in Idlib, in English."""
    found: dict[str, Any] = json.loads(to_json(_read().article))
    return found | {"id": id_} | more


def alert(id_: str = "x", article_id: str = "a", **more: object) -> dict[str, Any]:
    """Return an alert of such an article, by the rule for mass casualties."""
    [found] = [one for one in _read().alerts if one.rule == "mass_casualties"]
    record: dict[str, Any] = json.loads(to_json(found))
    return record | {"id": id_, "article_id": article_id} | more


def story(
    id_: str = "s", revision: int = 1, articles: tuple[str, ...] = ("a",), **more: object
) -> dict[str, Any]:
    """Return a story that such articles tell."""
    time = "2026-10-04T09:30:00Z"
    told = {
        "at": time,
        "language": "en",
        "source": "Example Daily",
        "url": None,
        "title": None,
        "copy_of": None,
    }
    one = alert()
    return {
        "schema": "kabar.story.v1",
        "id": id_,
        "revision": revision,
        "family": "attack",
        "status": "open",
        **{name: one[name] for name in ("rule", "severity", "headline", "reason", "threshold", "cancels")},
        "country": "SY",
        "place": one["place"],
        "place_article_id": articles[0],
        **dict.fromkeys(("first_at", "last_at", "window_ends"), time),
        **{name: [] for name in ("rules", "tolls", "claims", "updates", "evidence")},
        "sources": {"total": 1, "independent": 1, "articles": 1, "copies": 0, "listed": []},
        "articles": [{"id": id_, **told} for id_ in articles],
        "languages": ["en"],
        "omitted": {},
        "ruleset": one["ruleset"],
        **dict.fromkeys(("denied_by", "denies", "superseded_by", "statistics")),
    } | more


def store(**limits: Limit) -> Store:
    """Return a store with room for everything, but for the types that are given a limit."""
    room: Mapping[ItemType, Limit] = {type_: limits.get(type_, Limit(10**6, 10**9)) for type_ in TYPES}
    return Store(room)


def add(
    kept: Store, type_: ItemType, record: dict[str, Any], partition: int = 0, *, time: int | None = None
) -> Item | None:
    """Add a record as the next one of a partition, which is opened where it is new."""
    spot = Spot(TOPICS[type_], partition)
    if spot not in kept.tracks:
        kept.open(spot, type_, 0, 0)
    offset = kept.tracks[spot].next
    return kept.add(item(type_, record, spot, offset, offset if time is None else time))


def item(type_: ItemType, record: dict[str, Any], spot: Spot, offset: int, time: int) -> Item:
    """Return the item of a record."""
    make = {"article": items.article, "alert": items.alert, "story": items.story}[type_]
    return make(json.dumps(record).encode(), spot=spot, offset=offset, time=time)


class Sample(NamedTuple):
    """What the worker makes of the sample archive: records as they are published, with their ids."""

    articles: dict[str, bytes]
    alerts: dict[str, bytes]


@functools.cache
def sample() -> Sample:
    """Return what comes out of the sample archive, without Kafka."""
    found = Sample({}, {})
    rules = load_rules()
    for entry in Archive([SAMPLES]):
        if isinstance(entry, Fault):
            continue
        with contextlib.suppress(ArticleError):
            reading = read(entry.value, rules)
            found.articles[reading.article.id] = to_json(reading.article)
            found.alerts.update({one.id: to_json(one) for one in reading.alerts})
    return found


def fill(kept: Store, *, partitions: int = 3) -> Sample:
    """Add the sample to a store, over some partitions; a record each second from 2026-11-30T12:00:00Z on."""
    records = sample()
    time = 1_796_040_000_000
    values_of: dict[ItemType, dict[str, bytes]] = {"article": records.articles, "alert": records.alerts}
    for type_, values in values_of.items():
        for number, value in enumerate(values.values()):
            add(kept, type_, json.loads(value), number % partitions, time=time + 1000 * number)
    return records


@contextlib.asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Dashboard]:  # noqa: ANN401 - as the settings have it
    """Run a dashboard that reads no broker."""
    dashboard = Dashboard(Settings(dashboard_port=0, **settings))
    dashboard.feed.loaded.set()
    await dashboard.listen()
    try:
        yield dashboard
    finally:
        await dashboard.stop()


class Frame(NamedTuple):
    """A server-sent event."""

    event: str
    id: str | None
    data: Any


async def frames(response: ClientResponse) -> AsyncGenerator[Frame, None]:
    """Yield the events of a stream, as the HTML standard reads them."""
    name, id_ = "message", None
    data: list[str] = []
    async for raw in response.content:
        line = raw.decode().removesuffix("\n").removesuffix("\r")
        if not line:
            if data:
                yield Frame(name, id_, json.loads("\n".join(data)))
            name, id_, data = "message", None, []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "id":
            id_ = value
        elif field == "data":
            data.append(value)
