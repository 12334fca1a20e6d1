"""Which addresses of articles become links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest


if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.browser]


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://news.example.org/a", True),
        ("http://news.example.org/a", True),
        ("HTTPS://NEWS.EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("\x01javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//elsewhere.example", False),
        ("/path", False),
        ("https://a@elsewhere.example/", False),
        ("https://:b@elsewhere.example/", False),
        ("ftp://elsewhere.example/", False),
        ("https://news.example.org/" + "a" * 3_000, False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_only_web_addresses_become_links(
    script: Callable[..., object], address: object, followed: bool
) -> None:
    """Whatever a record says its address is."""
    found = script("links.js", "(links, address) => links.followable(address) !== null", address)
    assert found is followed
