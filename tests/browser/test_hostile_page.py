"""Articles are hostile: whatever stands in their fields is text on the page, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.corpus import hostile


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

# What markup could have made: the page itself has none of these, or a fixed number of them.
_MADE = """
() => ({
  pwned: window.pwned ?? null,
  elements: document.querySelectorAll('img, iframe, object, embed, base, math, style').length,
  scripts: document.scripts.length,
  handlers: [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())
    .filter((name) => name.startsWith('on') || name === 'srcdoc').length,
  links: [...document.querySelectorAll('a[href]')]
    .map((one) => [one.protocol, one.host, one.rel, one.target]),
})
"""


def test_code_in_any_field_stays_text(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """In title, text, address, source, author and HTML; in lists, cards, the reader and explanations."""
    page = opened(f"{desk.address}?country=SY", viewport={"width": 1440, "height": 6_000})
    scripts = page.evaluate("document.scripts.length")
    here = page.evaluate("location.host")
    for article in hostile():
        record = desk.article(article["id"])
        page.evaluate(
            "(id) => { document.querySelector('#reader').replaceChildren();"
            " history.pushState(null, '', `?country=SY&read=${encodeURIComponent(id)}`);"
            " dispatchEvent(new PopStateEvent('popstate')); }",
            article["id"],
        )
        page.wait_for_selector("#reader .text p")
        shown = page.locator("#reader .text").inner_text() + page.locator("#reader-title").inner_text()
        text = record["text"]
        # All of it is there, letter for letter.
        assert "".join(sorted("".join(shown.split()))) == "".join(sorted("".join(text.split()))), article[
            "id"
        ]
        if "source" in article and isinstance(article["source"], dict):
            expect(page.locator(".reader-source")).to_have_text(article["source"]["name"])
            expect(page.locator(".reader-meta")).to_contain_text(article["authors"][0])
        for index in range(len(record["figures"])):
            page.locator(f'#reader mark[data-figure~="{index}"]').first.focus()
        made = page.evaluate(_MADE)
        assert made["pwned"] is None, article["id"]
        assert (made["elements"], made["handlers"], made["scripts"]) == (0, 0, scripts), article["id"]
        for protocol, host, rel, target in made["links"]:
            assert protocol in {"http:", "https:"}, article["id"]
            assert host == here or (rel, target) == ("noopener noreferrer", "_blank")
            assert host != "elsewhere.example"
    for summary in page.locator("#alerts-list summary").all():
        summary.click()
    for name in ("#help-open", ".counter-letters button"):
        page.locator(name).click()
        page.keyboard.press("Escape")
    assert page.evaluate(_MADE)["pwned"] is None


def test_a_hostile_search_is_words(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """From the address and from the box."""
    page = opened(desk.address + "?q=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&source=%3Cscript%3E")
    expect(page.locator("#filter-q")).to_have_value("<img src=x onerror=window.pwned=1>")
    expect(page.locator("#filter-source")).to_have_value("<script>")
    assert page.evaluate("window.pwned") is None
