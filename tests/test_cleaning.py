"""The text that is read: a publisher's own characters, or all of an article in HTML and nothing else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams.cleaning import clean, from_html, plain
from streams.errors import ArticleError, ErrorType, Stage
from streams.records import RawArticle, to_json


NAVIGATION = (
    '<header><nav><ul><li><a href="/">Home</a></li><li><a href="/w">World</a></li></ul></nav></header>'
)
ASIDE = '<aside><h3>Read also</h3><ul><li><a href="/s">Storm leaves 500 homeless</a></li></ul></aside>'
FOOTER = "<footer><p>Copyright 2026 Desk. All rights reserved.</p></footer>"
SILENT = "<style>p{color:red}</style><script>var spy = 999;</script><!-- 888 hidden -->"


def page(body: str, head: str = "<title>Desk</title>") -> str:
    """Return a whole page around the HTML of an article."""
    return (
        f"<!DOCTYPE html><html><head>{head}{SILENT}</head>"
        f"<body>{NAVIGATION}{SILENT}{body}{ASIDE}{FOOTER}</body></html>"
    )


def lines(html: str) -> list[str]:
    """Return the lines of the text in HTML that hold something."""
    return [line for line in from_html(html).split("\n") if line]


@settings(max_examples=300, deadline=None)
@given(text=st.text(alphabet=st.characters(), max_size=60))
@example(text="a\x00b\ud800c\ufffed\ufdd0e\r\n\x85\x1b")
def test_plain_text_keeps_its_length_and_what_can_be_shown(text: str) -> None:
    """Each character is itself or, where no reader could show it, a space."""
    cleaned = plain(text)
    assert len(cleaned) == len(text)
    cleaned.encode()
    for before, after in zip(text, cleaned, strict=True):
        if before in "\t\n" or unicodedata.category(before) not in ("Cc", "Cs", "Cn"):
            assert after == before
        else:
            assert after in (before, " ")
            assert after == " " or unicodedata.category(before) == "Cn"
    assert plain(cleaned) == cleaned


@settings(max_examples=100, deadline=None)
@given(text=st.text(min_size=1, max_size=40).filter(lambda text: "<" not in text and plain(text).strip()))
def test_an_article_in_plain_text_is_read_as_it_stands(text: str) -> None:
    """Offsets into the enriched text are offsets into the publisher's."""
    assert clean(RawArticle(text=text)).text == plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "I <3 you, they wrote on the wall.",
        "Where a < b and b > c, 5 < 6.",
        "The tag <br is no tag, nor is <p.",
        "AT&amp;T &lt;b&gt; is kept as the publisher wrote it.",
        "x <- y, <<quoted>>, <https://example.com>, <Ann@example.com>",
        "  indented\n\n\n  and spaced\tout  ",
    ],
)
def test_text_that_only_mentions_signs_of_html_stays_as_it_is(text: str) -> None:
    """A sign "less than" makes no page."""
    assert clean(RawArticle(text=text)).text == text


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<p>One.</p><p>Two.</p>", ["One.", "Two."]),
        ("One.<br>Two.<br/>Three.", ["One.", "Two.", "Three."]),
        ("<b>One</b> <i>two</i> thr<em>ee</em>.", ["One two three."]),
        ("<div>One.<ul><li>Two</li><li>Three</li></ul></div>", ["One.", "Two", "Three"]),
        ("Judul berita\n<p>Isi &amp; lain.</p>", ["Judul berita", "Isi & lain."]),
    ],
)
def test_html_in_the_text_field_is_read_as_html(text: str, read: list[str]) -> None:
    """Many feeds put a fragment where text belongs."""
    assert [line for line in clean(RawArticle(text=text)).text.split("\n") if line] == read


def test_the_html_field_is_read_where_there_is_no_text() -> None:
    """Text comes first; blank text is none."""
    assert clean(RawArticle(text="Text.", html="<p>HTML.</p>")).text == "Text."
    assert clean(RawArticle(text=" \n", html="<p>HTML.</p>")).text == "HTML."


@pytest.mark.parametrize(
    ("title", "text", "read", "title_end"),
    [
        ("Judul", "Isi.", "Judul\n\nIsi.", 5),
        ("Judul", "Judul\nIsi.", "Judul\nIsi.", 5),
        ("Judul", "\n Judul: isi.", "\n Judul: isi.", 7),
        ("War", "Warsaw is quiet.", "War\n\nWarsaw is quiet.", 3),
        ("War", "War", "War", 3),
        ("  Judul \n", "Isi.", "Judul\n\nIsi.", 5),
        ("Judul", None, "Judul", 5),
        (None, "Isi.", "Isi.", 0),
        (" ", "Isi.", "Isi.", 0),
    ],
)
def test_the_title_stands_once_and_in_front(
    title: str | None, text: str | None, read: str, title_end: int
) -> None:
    """``title_end`` is where it ends, 0 where there is none; a longer word is not the title."""
    assert clean(RawArticle(title=title, text=text)) == (read, title_end)


@pytest.mark.parametrize(
    "raw",
    [
        RawArticle(text=" \n\t"),
        RawArticle(text="\x00\x01\ud800"),
        RawArticle(html="<html><head><title>Only a title</title></head><body></body></html>"),
        RawArticle(html="<script>all of it</script>"),
        RawArticle(html="<!-- nothing -->"),
        RawArticle(html="<img src='a.jpg'>"),
        RawArticle(text="<p> </p>"),
    ],
)
def test_what_leaves_nothing_to_read_is_an_error(raw: RawArticle) -> None:
    """It says at which step, and of which type."""
    with pytest.raises(ArticleError) as caught:
        clean(raw)
    assert (caught.value.stage, caught.value.type) == (Stage.CLEAN, ErrorType.NO_TEXT)


SHORT = ["Market attack kills 12", "Twelve people were killed.", "Thirty are wounded."]
LISTS = [
    "Situation report",
    "Figures of the week.",
    "North: 12 killed",
    "South: 30 wounded",
    "Province | Killed",
    "Idlib | 12 people",
    "The office said no more.",
]
REPEATED = [
    "Live",
    "10:01",
    "Three rockets hit the town.",
    "10:02",
    "Three rockets hit the town.",
    "Twelve died.",
]
ARTICLES = {
    "two short paragraphs": (
        f"<main><article><h1>{SHORT[0]}</h1><p>{SHORT[1]}</p><p>{SHORT[2]}</p></article></main>",
        SHORT,
    ),
    "no article element": (
        f'<div id="page"><h1>{SHORT[0]}</h1><div>{SHORT[1]}</div><div>{SHORT[2]}</div></div>',
        SHORT,
    ),
    "bare paragraphs": (f"<p>{SHORT[1]}</p><p>{SHORT[2]}</p>", SHORT[1:]),
    "line breaks alone": (f'<div id="content">{SHORT[1]}<br><br>{SHORT[2]}</div>', SHORT[1:]),
    "a lead outside of the body": (
        (
            f'<div class="top"><h1>{SHORT[0]}</h1><div class="lead">{SHORT[1]}</div></div>'
            f'<div class="article-body"><p>{SHORT[2]}</p></div>'
        ),
        SHORT,
    ),
    "lists and a table": (
        (
            f"<article><h1>{LISTS[0]}</h1><p>{LISTS[1]}</p><ul><li>{LISTS[2]}</li><li>{LISTS[3]}</li></ul>"
            "<table><tr><th>Province</th><th>Killed</th></tr><tr><td>Idlib</td>"
            "<td>12 people</td></tr></table>"
            f"<p>{LISTS[6]}</p></article>"
        ),
        LISTS,
    ),
    "the same paragraph again": (
        (
            "<article><h1>Live</h1><div><time>10:01</time><p>Three rockets hit the town.</p></div>"
            "<div><time>10:02</time><p>Three rockets hit the town.</p></div><p>Twelve died.</p></article>"
        ),
        REPEATED,
    ),
    "a caption, a quotation and bare text": (
        (
            "<article><figure><img src='a.jpg'><figcaption>Eight trucks burnt.</figcaption></figure>"
            "<blockquote>We saw 3 rockets.</blockquote><div>Five are missing.</div>No names.</article>"
        ),
        ["Eight trucks burnt.", "We saw 3 rockets.", "Five are missing.", "No names."],
    ),
    "links in a sentence": (
        '<article><a href="/x">Twelve people</a> were <b>kil</b>led in <a href="/y">Idlib</a>.</article>',
        ["Twelve people were killed in Idlib."],
    ),
    "itemprop": (
        f'<div itemprop="articleBody"><p>{SHORT[1]}</p>{SHORT[2]}</div><p>Our newsletter of 77 desks.</p>',
        SHORT[1:],
    ),
    "teasers beside it": (
        (
            f'<article><h1>{SHORT[0]}</h1><p>{SHORT[1]}</p></article><article class="card">'
            "<h2>Other story</h2><p>A longer text than the one this page is about, with 900.</p></article>"
        ),
        SHORT[:2],
    ),
    "comments and shares inside": (
        (
            f'<article><p>{SHORT[1]}</p><div class="share-bar"><a href="#">Share it 44 times</a></div>'
            f'<p>{SHORT[2]}</p><div id="comments" class="comments"><p>Reader says 666</p></div>'
            "<form><label>Your mail</label><button>Send</button></form><p hidden>Unseen 55</p></article>"
        ),
        SHORT[1:],
    ),
    "a page of posts": (
        f"<main><h1>{SHORT[0]}</h1><article><p>{SHORT[1]}</p></article><article><p>{SHORT[2]}</p></article></main>",
        SHORT,
    ),
}


@pytest.mark.parametrize("name", ARTICLES)
def test_of_a_page_the_whole_article_is_read_and_nothing_else(name: str) -> None:
    """Each block is a line of its own, in the order of the page."""
    html, expected = ARTICLES[name]
    assert lines(page(html)) == expected


def test_of_a_long_page_that_marks_nothing_the_article_is_found() -> None:
    """Where the page says not which part is the article, what links to other stories is none of it."""
    told = [
        f"In district {n} the police counted {n} people wounded in the night to Monday." for n in range(30)
    ]
    links = "".join(f'<li><a href="/{n}">Story number {n} of the day</a></li>' for n in range(40))
    html = page(f"<div><ul>{links}</ul></div><div>{''.join(f'<p>{one}</p>' for one in told)}</div>")
    assert lines(html) == told


def test_a_page_of_very_many_elements_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search for its article, which would take seconds; all of it is there."""
    monkeypatch.delattr("trafilatura.bare_extraction")
    html = page("<p>a 12 b</p>" * 40_000)
    assert from_html(html).count("a 12 b") == 40_000


def test_entities_are_decoded_once() -> None:
    """What an article says of markup is not taken for markup."""
    written = "AT&amp;amp;T, &amp;lt;b&amp;gt;, 5 &lt; 6, caf&eacute;, &#8220;so&#8221;, &#x1F600;"
    read = "AT&amp;T, &lt;b&gt;, 5 < 6, café, “so”, 😀"
    assert from_html(f"<p>{written}</p>") == read
    assert from_html(page(f"<article><p>{written}</p></article>")) == read
    assert from_html(page(f"<p>{written}</p>")) == read


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="iso-8859-1">',
        '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<title>Ünïcode</title>",
    ],
)
def test_an_encoding_that_the_page_names_changes_nothing(head: str) -> None:
    """The text was decoded when the record was read."""
    assert from_html(page("<article><p>Kyïv, Türkiye, 北京, مرحبا.</p></article>", head)) == (
        "Kyïv, Türkiye, 北京, مرحبا."
    )


@pytest.mark.parametrize(
    "html",
    [
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Isi.</p></body></html>',
        '<?xml version="1.0" encoding="utf-8"?><p>Isi.</p>',
        "<html><body><p>Isi.",
        "<p>Isi.</div></span></p></html>",
        "<p <b>Isi.</b>",
        '<p class="a" class="b" style=>Isi.</p>',
        "<article><p>Isi.</article>",
        "<body><p>Isi.</p></body></html><!-- after the end",
        "<p>Isi.</p><script>if (a < b) { document.write('<p>999</p>') }",
        "<p>Isi.</p><style>",
        "\ufeff<p>Isi.</p>",
    ],
)
def test_broken_html_is_read_as_far_as_it_goes(html: str) -> None:
    """As browsers do; and what is no text of it is left out."""
    assert from_html(html) == "Isi."


@pytest.mark.parametrize("tag", ["div", "span", "b", "ul><li", "table><tr><td", "blockquote", "font"])
@pytest.mark.parametrize("frame", ["{}", "<html><body>{}</body></html>"])
def test_html_nested_beyond_reading_is_an_error(tag: str, frame: str) -> None:
    """What the parser would cut off is not lost in silence; and no stack is ended by it."""
    html = frame.format(f"<{tag}>" * 100_000 + "Isi.")
    with pytest.raises(ArticleError) as caught:
        from_html(html)
    assert (caught.value.stage, caught.value.type) == (Stage.CLEAN, ErrorType.TOO_DEEP)
    assert lines(frame.format(f"<{tag}>" * 250 + "Isi.")) == ["Isi."]


@pytest.mark.parametrize(
    "piece",
    ["<", "<p", "</p>", "&", "&amp;", "<!--", "<a href='x'>", "<br>", "<b> </b>", "<![CDATA[", "<p>\n"],
)
def test_a_hundred_kilobytes_of_one_piece_end(piece: str) -> None:
    """Work grows with the length alone: this would not end in time if it did not."""
    for html in (piece * (100_000 // len(piece)), page(piece * (100_000 // len(piece)))):
        assert len(from_html(html)) <= len(html)


TAGS = "<p> </p> <div> </div> <b> <br> <script> </script> <!-- --> <html> <body> <article> </article> <td>"
PIECES = st.sampled_from([*TAGS.split(), "&amp;", "&#0;", "&#xD800;", "<", ">", '"', "\x00", "\ud800"])


@settings(max_examples=300, deadline=None)
@given(html=st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join))
def test_any_html_gives_text_that_can_be_sent_or_an_error_of_its_own(html: str) -> None:
    """Whatever a crawler caught, the worker does not stop at it."""
    cleaned = from_html(html)
    assert plain(cleaned) == cleaned
    to_json(RawArticle(text=cleaned))
