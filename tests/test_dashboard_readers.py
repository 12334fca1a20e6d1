"""Readers of the stream over real connections: each at its own pace, and none at another's expense."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

from streams.dashboard import readers
from tests.dashboards import Frame, add, alert, article, frames, serving


if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from streams.dashboard.server import Dashboard


@contextlib.asynccontextmanager
async def stream(dashboard: Dashboard, last: str | None = None, **query: str) -> AsyncIterator[Any]:
    """Open a stream; gives what returns its next event, of those aside that only tell the time."""
    headers = {} if last is None else {"Last-Event-ID": last}
    url = f"{dashboard.address}/api/v1/stream"
    async with ClientSession() as session, session.get(url, params=query, headers=headers) as response:
        assert response.status == 200, await response.text()
        events = frames(response)

        async def next_one() -> Frame:
            async for event in events:
                if event.event not in {"heartbeat", "stats"}:
                    return event
            raise EOFError

        try:
            yield next_one
        finally:
            await events.aclose()


async def listed(dashboard: Dashboard) -> Any:  # noqa: ANN401 - JSON
    """Return the list of articles."""
    url = f"{dashboard.address}/api/v1/articles"
    async with ClientSession() as session, session.get(url) as response:
        return await response.json()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to be so."""
    while not condition():  # noqa: ASYNC110 - counts have no event
        await asyncio.sleep(0.01)


def publish(dashboard: Dashboard, number: int) -> None:
    """Let an article come in."""
    add(dashboard.store, "article", article(f"a{number}"), number % 3)
    dashboard.readers.wake()


async def test_events_come_as_they_happen_with_what_lists_show() -> None:
    """Hello first; then each item as the lists have it."""
    async with serving() as dashboard, stream(dashboard) as next_one:
        hello = await next_one()
        assert (hello.event, hello.data["ready"]) == ("hello", True)
        publish(dashboard, 1)
        event = await next_one()
        async with (
            ClientSession() as session,
            session.get(f"{dashboard.address}/api/v1/articles") as response,
        ):
            [item] = (await response.json())["items"]
        assert (event.event, event.data) == ("article", item)


async def test_while_the_last_hours_are_read_there_are_no_events_and_one_reset_at_most() -> None:
    """What is read may be forgotten again at once; that the service is there is told all the same."""
    async with serving(dashboard_articles=10) as dashboard:
        dashboard.feed.loaded.clear()
        add(dashboard.store, "article", article("first"))
        async with stream(dashboard) as next_one:
            hello = await next_one()
            assert hello.data["ready"] is False
            for number in range(100):
                publish(dashboard, number)
                await asyncio.sleep(0)
            dashboard.feed.loaded.set()
            dashboard.readers.wake()
            assert (await next_one()).event == "reset"
            publish(dashboard, 100)
            assert (await next_one()).data["id"] == "a100"


async def test_a_position_of_a_list_leads_on_from_there() -> None:
    """What came between the list and the stream is in the stream."""
    async with serving() as dashboard:
        publish(dashboard, 0)
        async with (
            ClientSession() as session,
            session.get(f"{dashboard.address}/api/v1/articles") as response,
        ):
            position = (await response.json())["position"]
        publish(dashboard, 1)
        async with stream(dashboard, after=position) as next_one:
            await next_one()
            assert (await next_one()).data["id"] == "a1"


async def test_who_comes_back_goes_on_after_the_last_event() -> None:
    """Whatever the address says: browsers repeat it with the id of the last event."""
    async with serving() as dashboard:
        got = []
        last = None
        for number in range(9):
            publish(dashboard, number)
        for _ in range(3):
            async with stream(dashboard, last, after="-") as next_one:
                await next_one()
                for _ in range(3):
                    event = await next_one()
                    got.append(event.data["id"])
                    last = event.id
        assert sorted(got) == [f"a{number}" for number in range(9)]


@pytest.mark.parametrize("last", ["nonsense", "news.article.enriched:0=99", "other:0=1"])
async def test_an_id_that_says_nothing_here_gives_a_reset(last: str) -> None:
    """An error would end a browser's stream for good."""
    async with serving() as dashboard:
        publish(dashboard, 0)
        async with stream(dashboard, last) as next_one:
            assert (await next_one()).event == "hello"
            reset = await next_one()
            assert (reset.event, reset.data["reason"]) == ("reset", "unknown")
            assert reset.id == reset.data["position"]
            publish(dashboard, 1)
            assert (await next_one()).data["id"] == "a1"


async def test_filters_hold_on_the_server() -> None:
    """Only what is asked for is sent; the ids go on all the same."""
    async with serving() as dashboard, stream(dashboard, events="alert", severity="critical") as next_one:
        await next_one()
        publish(dashboard, 0)
        add(dashboard.store, "alert", alert("low", severity="low"))
        add(dashboard.store, "alert", alert("high", severity="critical"))
        dashboard.readers.wake()
        event = await next_one()
        assert event.data["id"] == "high"
        assert event.id == "news.alert:0=2"


async def test_silence_is_broken_by_heartbeats_and_counts_come_by_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that both ends, and whatever lies between them, know that the connection stands."""
    monkeypatch.setattr(readers, "HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr(readers, "STATS_SECONDS", 0.05)
    async with serving() as dashboard, ClientSession() as session:
        add(dashboard.store, "article", article())
        for events, name in (("article", "heartbeat"), ("stats", "stats")):
            url = f"{dashboard.address}/api/v1/stream?events={events}"
            async with session.get(url) as response:
                seen = [event async for event, _ in zip_async(frames(response), 3)]
            assert [event.event for event in seen] == ["hello", name, name]
        assert seen[-1].data["kept"]["article"]["count"] == 1


async def zip_async(events: AsyncIterator[Frame], count: int) -> AsyncIterator[tuple[Frame, int]]:
    """Yield the first events, numbered."""
    for number in range(count):
        yield await anext(events), number


async def test_no_more_streams_are_given_than_are_set() -> None:
    """The next one is told when to ask again, and gets one when another has gone."""
    async with serving(dashboard_clients=1) as dashboard, ClientSession() as session:
        url = f"{dashboard.address}/api/v1/stream"
        async with stream(dashboard) as next_one:
            await next_one()
            async with session.get(url) as response:
                assert response.status == 503
                assert response.headers["Retry-After"]
                problem = await response.json(content_type=None)
                assert problem["type"] == "urn:kabar:problem:too-many-clients"
        await until(lambda: dashboard.counts.clients == 0)
        async with stream(dashboard) as next_one:
            await next_one()
        assert (dashboard.counts.served, dashboard.counts.refused) == (2, 1)


async def test_a_reader_that_takes_nothing_is_cut_off_and_others_get_everything() -> None:
    """It is counted, its memory is bounded by what its connection holds, and it can come back."""
    async with serving(dashboard_behind=50) as dashboard:
        host, port = dashboard.address.removeprefix("http://").split(":")
        slow = socket.socket()
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(slow, (host, int(port)))
        ask = f"GET /api/v1/stream?after=- HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        await asyncio.get_running_loop().sock_sendall(slow, ask)
        await until(lambda: dashboard.counts.clients == 1)
        async with stream(dashboard) as next_one:
            await next_one()
            number = 0
            while not dashboard.counts.dropped:
                publish(dashboard, number)
                assert (await next_one()).data["id"] == f"a{number}"
                number += 1
                assert number < 20_000
            for more in range(number, number + 100):
                publish(dashboard, more)
                assert (await next_one()).data["id"] == f"a{more}"
            await until(lambda: dashboard.counts.clients == 1)
        assert dashboard.counts.dropped == 1
        slow.close()


async def test_streams_end_when_the_service_does() -> None:
    """At once, and in good order."""
    async with serving() as dashboard, stream(dashboard) as next_one:
        await next_one()
        stopped = asyncio.create_task(dashboard.stop())
        with pytest.raises(EOFError):
            await next_one()
        await stopped
