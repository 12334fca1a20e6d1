"""The dashboard gives nothing to those who should not have it, and nothing that a browser could run."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from streams.dashboard.files import FOLDER
from streams.dashboard.guard import Guard
from streams.dashboard.server import Dashboard
from streams.settings import Settings, SettingsError, load
from tests.dashboards import add, alert, article, serving
from tests.embedded import spawn


if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


TOKEN = "correct horse battery staple"  # noqa: S105 - of a test
ARTICLES = "/api/v1/articles"


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Give a client without cookies."""
    async with ClientSession() as found:
        yield found


@pytest.mark.parametrize("path", ["/", ARTICLES, "/api/v1/none", "/healthz", "/static/none.js", "/none"])
async def test_every_answer_carries_the_policy(session: ClientSession, path: str) -> None:
    """Also errors: nothing may run that this service did not serve itself."""
    async with serving() as dashboard, session.get(dashboard.address + path) as response:
        policy = dict(
            directive.split(" ", 1) for directive in response.headers["Content-Security-Policy"].split("; ")
        )
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert {policy[f"{kind}-src"] for kind in ("script", "style", "img", "connect", "font")} == {"'self'"}
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "aiohttp" not in response.headers["Server"].lower()


HOSTILE = "</script><script>alert(1)</script>\u2028<img src=x onerror=alert(1)>\r\ndata: x\n\nevent: alert"


async def test_hostile_text_stays_text(session: ClientSession) -> None:
    """It is a string in JSON, of a type that no browser renders, and makes no event of its own."""
    async with serving() as dashboard:
        add(dashboard.store, "article", article(title=HOSTILE, url="javascript:alert(1)"))
        add(dashboard.store, "alert", alert(headline=HOSTILE))
        async with session.get(f"{dashboard.address}{ARTICLES}?conflict=true") as response:
            assert response.content_type == "application/json"
            [item] = (await response.json())["items"]
            assert item["article"]["title"] == HOSTILE
        async with session.get(f"{dashboard.address}/api/v1/stream?after=-&events=alert") as response:
            assert response.content_type == "text/event-stream"
            lines = [await response.content.readline() for _ in range(9)]
        names = [line for line in lines if line.startswith(b"event:")]
        assert names == [b"event: hello\n", b"event: alert\n"]
        [data] = [line for line in lines if b"headline" in line]
        assert json.loads(data.removeprefix(b"data: "))["alert"]["headline"] == HOSTILE


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil:80", "[::2]", ""])
async def test_a_name_that_was_bound_to_the_loopback_is_refused(session: ClientSession, host: str) -> None:
    """DNS rebinding: a page of evil.example would read the API under its own name."""
    async with (
        serving() as dashboard,
        session.get(dashboard.address + ARTICLES, headers={"Host": host}) as response,
    ):
        assert response.status == 403
        assert (await response.json(content_type=None))["type"] == "urn:kabar:problem:forbidden-host"
        async with session.get(f"{dashboard.address}/healthz", headers={"Host": host}) as probed:
            assert probed.status == 200


async def test_prometheus_may_ask_by_address_and_with_the_token(session: ClientSession) -> None:
    """It finds the dashboard by an address; a page of evil.example comes by that name."""
    token = "sixteen-characters-or-more"  # noqa: S105 - of this test
    async with serving(dashboard_token=token) as dashboard:
        for headers, status in (
            ({"Host": "172.18.0.5:8480"}, 401),
            ({"Host": "172.18.0.5:8480", "Authorization": "Bearer another-one-that-is-wrong"}, 401),
            ({"Host": "172.18.0.5:8480", "Authorization": f"Bearer {token}"}, 200),
            ({"Host": "evil.example", "Authorization": f"Bearer {token}"}, 403),
            ({"Host": "[::2]:80", "Authorization": f"Bearer {token}", "Origin": "https://evil.example"}, 403),
        ):
            async with session.get(f"{dashboard.address}/metrics", headers=headers) as response:
                assert response.status == status, headers


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1234", "127.0.0.1:99", "[::1]:80", "news.example"])
async def test_the_names_it_goes_by_are_answered(session: ClientSession, host: str) -> None:
    """The loopback's, with any port, and those that are set."""
    async with (
        serving(dashboard_hosts=("news.example",)) as dashboard,
        session.get(dashboard.address + ARTICLES, headers={"Host": host}) as response,
    ):
        assert response.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_gets_nothing(session: ClientSession, headers: dict[str, str]) -> None:
    """Neither an answer it cannot read, nor a stream that takes a place."""
    async with serving() as dashboard:
        for path in (ARTICLES, "/api/v1/stream"):
            async with session.get(dashboard.address + path, headers=headers) as response:
                assert response.status == 403
                assert (await response.json(content_type=None))[
                    "type"
                ] == "urn:kabar:problem:forbidden-origin"


async def test_an_origin_that_is_allowed_may_read(session: ClientSession) -> None:
    """That one alone, and a browser's question before is answered."""
    other = {"Origin": "https://desk.example"}
    async with serving(dashboard_origins=("https://desk.example",), dashboard_token=TOKEN) as dashboard:
        url = dashboard.address + ARTICLES
        async with session.get(url, headers=other | {"Authorization": f"Bearer {TOKEN}"}) as response:
            assert response.status == 200
            assert response.headers["Access-Control-Allow-Origin"] == "https://desk.example"
            assert "Access-Control-Allow-Credentials" not in response.headers
        asked = other | {"Access-Control-Request-Method": "GET"}
        async with session.options(url, headers=asked) as response:
            assert response.status == 204
            assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
        async with session.options(url, headers={"Origin": "https://evil.example"}) as response:
            assert response.status >= 400
            assert "Access-Control-Allow-Origin" not in response.headers


async def test_its_own_page_is_of_its_own_origin(session: ClientSession) -> None:
    """Also behind a proxy that ends TLS."""
    async with serving(dashboard_hosts=("news.example",)) as dashboard:
        headers = {"Origin": "https://news.example", "Host": "news.example"}
        async with session.get(dashboard.address + ARTICLES, headers=headers) as response:
            assert response.status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_only_get_and_head_are_answered(session: ClientSession, method: str) -> None:
    """Nothing here can be changed."""
    async with serving() as dashboard:
        async with session.request(method, dashboard.address + ARTICLES) as response:
            assert response.status == 405
            assert response.headers["Allow"] == "GET, HEAD"
        async with session.head(dashboard.address + ARTICLES) as response:
            assert (response.status, await response.read()) == (200, b"")


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {TOKEN}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN.upper()}",
        "Bearer é\udcff",
    ],
)
async def test_without_the_token_there_is_no_answer(session: ClientSession, given: str | None) -> None:
    """The page itself has nothing to hide, and asks for it."""
    headers = (
        {} if given is None else {"Authorization": given.encode("utf-8", "surrogateescape").decode("latin-1")}
    )
    async with serving(dashboard_token=TOKEN) as dashboard:
        for path in (ARTICLES, "/api/v1/stream", "/api/v1/openapi.json", "/api/v1/login"):
            async with session.get(dashboard.address + path, headers=headers) as response:
                assert response.status == 401, path
                assert TOKEN not in await response.text()
        for path in ("/healthz", "/api/v1/logout"):
            async with session.get(dashboard.address + path, headers=headers) as response:
                assert response.status < 300


async def test_a_session_is_given_for_the_token_and_taken_back() -> None:
    """By a cookie that no script sees and no other site sends, and that does not hold the token."""
    async with serving(dashboard_token=TOKEN) as dashboard, ClientSession() as session:
        url = f"{dashboard.address}/api/v1"
        async with session.get(f"{url}/login", headers={"Authorization": f"bearer {TOKEN}"}) as response:
            assert response.status == 204
            cookie = response.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
        assert TOKEN not in cookie
        value = cookie.partition("=")[2].partition(";")[0]
        shown = {"Cookie": f"kabar_session={value}"}
        async with session.get(f"{url}/articles", headers=shown) as response:
            assert response.status == 200
        async with session.get(f"{url}/articles", headers={"Cookie": f"kabar_session={value}0"}) as response:
            assert response.status == 401
        async with session.get(f"{url}/logout", headers=shown) as response:
            assert 'kabar_session=""' in response.headers["Set-Cookie"]
    async with (
        serving(dashboard_token=TOKEN + "2") as dashboard,
        ClientSession() as session,
        session.get(dashboard.address + ARTICLES, headers=shown) as response,
    ):
        assert response.status == 401  # another token ends all sessions


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "news.example"])  # noqa: S104 - refused
def test_it_does_not_listen_for_others_without_a_token(host: str) -> None:
    """Unless it is told to."""
    with pytest.raises(SettingsError, match="KABAR_DASHBOARD_TOKEN is not set"):
        Guard(Settings(dashboard_host=host))
    Guard(Settings(dashboard_host=host, dashboard_token=TOKEN))
    Guard(Settings(dashboard_host=host, dashboard_without_token=True))
    with pytest.raises(SettingsError, match="shorter than 16 characters"):
        Guard(Settings(dashboard_host=host, dashboard_token="a" * 15))
    for own in ("127.0.0.1", "::1", "localhost", "127.0.0.2"):
        Guard(Settings(dashboard_host=own))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../guard.py",
        "/static/%2e%2e/guard.py",
        "/static/..%2fguard.py",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/",
        "/static/vendor",
        "/static/index.html%00.js",
        "/static/" + "a" * 600,
    ],
)
async def test_no_other_file_is_served(path: str) -> None:
    """Whatever the path says; a folder is not listed."""
    async with serving() as dashboard:
        host, port = dashboard.address.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
    assert b" 404 " in answer.split(b"\r\n")[0]
    assert b"root:" not in answer
    assert b"Guard" not in answer


async def test_the_pages_files_are_served_with_their_types_and_cached(session: ClientSession) -> None:
    """A browser asks whether the page has changed, and it is not sent again where it has not."""
    async with serving() as dashboard:
        async with session.get(dashboard.address) as response:
            assert response.content_type == "text/html"
            assert response.headers["Cache-Control"] == "no-cache"
            etag = response.headers["ETag"]
        async with session.get(dashboard.address, headers={"If-None-Match": etag}) as response:
            assert (response.status, await response.read()) == (304, b"")
        [script, *_] = sorted(FOLDER.glob("vendor/**/*.js"))
        path = script.relative_to(FOLDER).as_posix()
        async with session.get(f"{dashboard.address}/static/{path}") as response:
            assert response.content_type == "text/javascript"
            assert "immutable" in response.headers["Cache-Control"]
            assert await response.read() == script.read_bytes()


def test_the_settings_take_names_and_origins_and_show_no_token() -> None:
    """A wrong one is named."""
    found = load({"KABAR_DASHBOARD_HOSTS": "News.Example, desk", "KABAR_DASHBOARD_TOKEN": TOKEN})
    assert found.dashboard_hosts == ("news.example", "desk")
    shown = {one.name: one.value for one in found.effective()}
    assert shown["KABAR_DASHBOARD_HOSTS"] == "news.example,desk"
    assert TOKEN not in str(found.effective())
    for wrong in ("https://a/b", "a.example", "*", "file:///x", "https://a b"):
        with pytest.raises(SettingsError, match="KABAR_DASHBOARD_ORIGINS is"):
            load({"KABAR_DASHBOARD_ORIGINS": wrong})


async def test_a_port_that_is_taken_is_named() -> None:
    """With what is in the way."""
    async with serving() as dashboard:
        port = int(dashboard.address.rpartition(":")[2])
        with pytest.raises(
            SettingsError, match=rf"KABAR_DASHBOARD_PORT: 127\.0\.0\.1:{port} cannot be opened"
        ):
            await Dashboard(Settings(dashboard_port=port)).listen()


def test_what_is_wrong_with_the_settings_ends_the_command_with_one_line(tmp_path: Path) -> None:
    """A certificate that is none, an address that others can reach: status 1 and no traceback."""
    wrong = tmp_path / "ca.pem"
    wrong.write_text("no certificate")
    port = {"KABAR_DASHBOARD_PORT": "0"}
    for env, words in (
        ({"KABAR_TLS": "1", "KABAR_TLS_CA": str(wrong)}, "KABAR_TLS_CA: .* holds no certificate"),
        ({"KABAR_DASHBOARD_HOST": "0.0.0.0"}, "KABAR_DASHBOARD_HOST is 0.0.0.0"),  # noqa: S104 - refused
        ({"KABAR_DASHBOARD_TOKEN": "short"}, "KABAR_DASHBOARD_TOKEN is shorter"),
    ):
        ran = spawn("dashboard", env=port | env)
        assert (ran.status, ran.out) == (1, "")
        assert re.search(f"^Error: {words}", ran.err), ran.err
        assert "Traceback" not in ran.err
