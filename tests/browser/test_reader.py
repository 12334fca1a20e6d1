"""The reader marks what was read where it stands, and explains it to the eye, the hand and the ear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.corpus import WIDE


if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.service import Dashboard

pytestmark = [pytest.mark.kafka, pytest.mark.browser]

# For each mark of a layer: the text of its pieces, and what of the article's text stands before it, white
# space aside (paragraphs are elements of their own).
_PIECES = """
(layer) => {
  const roots = [document.querySelector('#reader-title'), document.querySelector('#reader .text')];
  const found = {};
  // The page's own words for a title that is none are not the article's.
  const own = (node) => !node.parentElement.closest('.unknown');
  let before = '';
  for (const root of roots) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) => own(node) ? 1 : 2);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const mark = node.parentElement.closest('mark.mark');
      for (const index of (mark?.dataset[layer] ?? '').split(' ').filter(Boolean)) {
        found[index] ??= { before, text: '' };
        found[index].text += node.data;
      }
      before += node.data.replace(/\\s+/g, '');
    }
  }
  return { found, all: before };
}
"""


def squeezed(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def read(page: Page, id_: str) -> None:
    """Go to an article's address, as a press on Back does, and wait until it is there."""
    page.evaluate(
        "(id) => { document.querySelector('#reader').replaceChildren();"
        " history.pushState(null, '', `?read=${encodeURIComponent(id)}`);"
        " dispatchEvent(new PopStateEvent('popstate')); }",
        id_,
    )
    page.wait_for_selector("#reader .text p")


def articles(desk: Dashboard) -> list[str]:
    """Return articles to look at: each of the corpus, and the one with most figures of each language."""
    densest: dict[str, tuple[int, str]] = {}
    for item in desk.all("articles"):
        summary = item["article"]
        if item["id"].startswith(("wide", "hostile")):
            continue
        language = summary["language"]
        densest[language] = max(densest.get(language, (-1, "")), (summary["figures"], item["id"]))
    assert len(densest) >= 12
    return [one["id"] for one in WIDE] + [id_ for _, id_ in densest.values()]


def test_every_figure_keyword_place_and_actor_is_marked_at_its_place(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """In all languages, with emoji, Arabic and letters of two UTF-16 units before it."""
    page = opened(desk.address)
    figures = 0
    for id_ in articles(desk):
        record = desk.article(id_)
        read(page, id_)
        for layer, spans in (
            ("figure", record["figures"]),
            ("keyword", record["keywords"]),
            ("place", record["places"]),
            ("actor", record["actors"]),
        ):
            shown = page.evaluate(_PIECES, layer)
            assert shown["all"] == squeezed(record["text"])
            assert sorted(map(int, shown["found"])) == list(range(len(spans))), (id_, layer)
            for index, span in enumerate(spans):
                pieces = shown["found"][str(index)]
                assert squeezed(pieces["text"]) == squeezed(span["surface"]), (id_, layer, span)
                assert pieces["before"] == squeezed(record["text"][: span["start"]]), (id_, layer, span)
        figures += len(record["figures"])
    assert figures > 150


def test_what_was_written_before_the_figures_is_wide() -> None:
    """The corpus does what it is for: offsets in UTF-16 units would be others."""
    for article in WIDE:
        assert any(ord(letter) > 0xFFFF for letter in article["title"] + article["text"][:40]), article["id"]


def explained(page: Page) -> dict[str, str]:
    """Return the terms of the first explanation that is shown, and what they say."""
    found: dict[str, str] = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('#explanation .explained:first-child dt')]"
        ".map((term) => [term.textContent, term.nextElementSibling.textContent.trim()]))"
    )
    return found


def figure(record: dict[str, Any], surface: str) -> int:
    """Return the place of the figure in the record's list that reads so."""
    return next(index for index, one in enumerate(record["figures"]) if one["surface"] == surface)


def test_a_figure_is_explained_under_the_pointer_with_its_claimant_shown(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """Value, bounds, qualifier, unit, counted, kind, claimant, status, place; it stays under the pointer."""
    page = opened(desk.address)
    read(page, "kharkiv-market-glide-bombs")
    record = desk.article("kharkiv-market-glide-bombs")
    index = figure(record, "at least 19 people")
    mark = page.locator(f'#reader mark[data-figure~="{index}"]').first
    mark.hover()
    card = page.locator("#explanation")
    expect(card).to_be_visible()
    says = explained(page)
    assert (says["Value"], says["Bounds"], says["Qualifier"]) == ("19", "at least 19", "At least")
    assert (says["Kind"], says["Status"], says["Unit"]) == ("Killed", "Happened", "People")
    assert "people" in says["Counted"]
    assert says["Claimant"].startswith("officials")
    assert says["Place"].startswith("Kharkiv, Ukraine")
    claimants = page.locator("#reader .part-claimant.part-on").all_inner_texts()
    assert "".join(claimants) == record["figures"][index]["claimant"]["surface"]
    card.hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.locator(".reader-meta").hover()
    expect(card).to_be_hidden()
    expect(page.locator("#reader .part-on")).to_have_count(0)


def test_the_same_by_keyboard_alone(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """Tab goes from figure to figure, arrows from mark to mark; Enter keeps the explanation, Esc ends it."""
    page = opened(desk.address)
    read(page, "kharkiv-market-glide-bombs")
    page.locator("#reader .text mark[data-figure]").first.focus()
    card = page.locator("#explanation")
    expect(card).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "explanation"
    first = explained(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.figure") is not None
    assert explained(page) != first
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.matches('mark[role=button]')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.locator(".reader-meta").hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator("#reader")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()


def test_a_keyword_says_its_category_and_status(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """A strike that happened, and soldiers of whom it is denied."""
    page = opened(desk.address)
    read(page, "kharkiv-market-glide-bombs")
    record = desk.article("kharkiv-market-glide-bombs")
    for index, keyword in enumerate(record["keywords"]):
        mark = page.locator(f'#reader mark[data-keyword~="{index}"]').first
        mark.focus()
        words = page.locator("#explanation").inner_text()
        assert keyword["surface"] in words
        assert "Category" in words
        assert "Status" in words


def test_right_to_left_text_runs_right_to_left(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """With its language named, in the list, the alert and the reader."""
    page = opened(desk.address)
    for id_, tag, direction in (
        ("wide-ar", "ar", "rtl"),
        ("wide-fa", "fa", "rtl"),
        ("wide-zh", "zh-Hans", "ltr"),
    ):
        read(page, id_)
        text = page.locator("#reader .text")
        assert text.get_attribute("lang") == tag
        assert text.evaluate("(one) => getComputedStyle(one).direction") == direction
        assert page.locator("#reader-title").evaluate("(one) => getComputedStyle(one).direction") == direction
    page = opened(desk.address + "?source=وكالة النيل&q=عاجل")
    row = page.locator('#articles-list [data-id="wide-ar"] a')
    assert (row.get_attribute("lang"), row.evaluate("(one) => getComputedStyle(one).direction")) == (
        "ar",
        "rtl",
    )


def test_the_original_is_linked_without_handle_or_referrer(
    desk: Dashboard, opened: Callable[..., Page]
) -> None:
    """It opens beside the page."""
    page = opened(desk.address)
    read(page, "kharkiv-market-glide-bombs")
    link = page.locator("#reader a.original")
    assert link.get_attribute("href") == "https://meridianwire.example.com/europe/kharkiv-market-glide-bombs"
    assert link.get_attribute("rel") == "noopener noreferrer"
    assert link.get_attribute("target") == "_blank"


def test_an_article_that_is_gone_is_said_to_be(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """No empty panel, no error of the page."""
    page = opened(desk.address + "?read=no-such-article", expected=("404",))
    expect(page.locator("#reader .state")).to_contain_text("no longer kept")


def test_the_table_of_figures_leads_to_their_places(desk: Dashboard, opened: Callable[..., Page]) -> None:
    """A press on one brings its mark into sight, explained."""
    page = opened(desk.address)
    read(page, "kharkiv-market-glide-bombs")
    record = desk.article("kharkiv-market-glide-bombs")
    rows = page.locator("#reader .figures tbody tr")
    expect(rows).to_have_count(len(record["figures"]))
    last = len(record["figures"]) - 1
    page.locator(f'#reader button[data-go="{last}"]').click()
    expect(page.locator(f'#reader mark[data-figure~="{last}"]').first).to_be_in_viewport()
    assert explained(page)["Kind"]
