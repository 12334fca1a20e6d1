"""What docs/dashboard.md says is so: its commands are answered, its settings are the settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from aiohttp import ClientSession

from streams.dashboard.endpoints import ENDPOINTS
from streams.dashboard.server import limits
from streams.settings import load
from tests.dashboards import serving


PAGE = (Path(__file__).parents[1] / "docs" / "dashboard.md").read_text("utf-8")
CURLS = re.findall(r"^curl .*$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", CURLS)
async def test_a_request_of_the_page_is_answered(line: str) -> None:
    """As curl would send it, to a dashboard that holds nothing."""
    *_, url = shlex.split(line)
    own = "http://127.0.0.1:8480"
    assert url.startswith(f"{own}/api/v1/")
    async with (
        serving() as dashboard,
        ClientSession() as session,
        session.get(dashboard.address + url.removeprefix(own)) as response,
    ):
        assert response.status == 200
        assert await response.content.readany()


def test_the_page_has_every_setting_with_its_default() -> None:
    """And the shares of the memory."""
    rows: list[tuple[str, str]] = re.findall(
        r"^\| `(KABAR_DASHBOARD_\w+)` \| ?`?([^`|]*?)`? ?\|", PAGE, re.MULTILINE
    )
    known = {one.name: one.value for one in load({}).effective() if one.name.startswith("KABAR_DASHBOARD_")}
    assert {name: value.strip() for name, value in rows} == known
    settings = load({})
    names = {"article": "articles", "alert": "alerts", "story": "stories", "dead_letter": "dead letters"}
    for type_, limit in limits(settings).items():
        share = round(100 * limit.size / settings.dashboard_memory)
        assert re.search(rf"{share} % (for )?{names[type_]}", PAGE), type_


def test_the_page_knows_the_endpoints_and_the_events() -> None:
    """Those that a reader begins with."""
    for endpoint in ENDPOINTS:
        if "{id}" not in endpoint.path and endpoint.path not in {"/login", "/logout", "/meta", "/articles"}:
            assert f"/api/v1{endpoint.path}" in PAGE, endpoint.path
    assert len(CURLS) >= 9
