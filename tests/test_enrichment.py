"""What holds of every enriched article, whatever its text."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import RawArticle, enrich
from streams.errors import ArticleError, ErrorType
from streams.records import to_json


PIECES = st.sampled_from(
    [
        "Serangan udara menewaskan 12 orang di Idlib, kata polisi.",
        "At least 1,400 people were killed, officials said.",
        "Sebanyak 1.400 ton bom dijatuhkan",
        "dua puluh tiga",
        "between 10 and 15 million dollars",
        "😀",
        "\u202eمرحبا",
        "12/5/2024",
        "F-16",
        "“",
        "”",
        '"',
        "\n\n",
        "…",
        "½",
        "١٬٤٠٠",
        "ẞ İ ǰ",
        "ISIS",
        "ratusan ribu",
        "per hari",
        "menurut",
        "said",
        "-",
        "\u00a0",
        "1 000 000",
    ],
)
TEXTS = st.lists(PIECES | st.text(max_size=12), max_size=25).map(" ".join)


def spans(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    """Return every object of a record that has a span, however deep it lies."""
    found = []
    if isinstance(value, dict):
        if {"start", "end", "surface"} <= value.keys():
            found.append(value)
        for inner in value.values():
            found += spans(inner)
    elif isinstance(value, list):
        for inner in value:
            found += spans(inner)
    return found


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, language=st.sampled_from(["id", "en", None]))
def test_each_span_holds_its_surface(text: str, language: str | None) -> None:
    """``text[start:end] == surface``, in code points, for whatever the text is."""
    # Text of spaces alone is an error of its own, tested below.
    article = enrich(RawArticle(text=f"{text} x", language=language))
    for span in spans(json.loads(to_json(article))):
        assert article.text[span["start"] : span["end"]] == span["surface"]
    assert [f.start for f in article.figures] == sorted(f.start for f in article.figures)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, title=st.none() | st.text(max_size=30))
def test_the_same_article_gives_the_same_bytes(text: str, title: str | None) -> None:
    """Two readings of one raw article do not differ in a byte."""
    raw = RawArticle(text=f"{text} x", title=title)
    assert to_json(enrich(raw)) == to_json(enrich(raw))


def test_the_bytes_do_not_depend_on_the_order_of_hashes() -> None:
    """Two interpreters with other hash seeds give the same record."""
    program = (
        "import sys; from streams import RawArticle, enrich; from streams.records import to_json;"
        "text = 'Serangan udara menewaskan 12 orang dan melukai 30 di Idlib, kata polisi.';"
        "sys.stdout.buffer.write(to_json(enrich(RawArticle(text=text, language='id'))))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert b'"killed"' in outputs.pop()


def test_an_article_without_an_id_gets_one_from_its_content() -> None:
    """The id is the content's: another title, another id; the same content, the same id."""
    one, same, other = RawArticle(text="a"), RawArticle(text="a"), RawArticle(text="a", title="b")
    assert one.id == same.id != other.id
    assert len(one.id) == 32


def test_the_text_is_the_title_and_the_body() -> None:
    """Title, blank line, body; ``title_end`` parts them, and a title is not said twice."""
    article = enrich(RawArticle(title="Judul", text="Isi berita."))
    assert article.text == "Judul\n\nIsi berita."
    assert article.text[: article.title_end] == "Judul"
    again = enrich(RawArticle(title="Judul", text="Judul\nIsi berita."))
    assert again.text == "Judul\nIsi berita."
    assert again.title_end == 5


def test_a_language_without_data_says_so() -> None:
    """The record tells that nothing was looked for, and does not pretend that nothing was there."""
    article = enrich(
        RawArticle(text="Deset lidí zahynulo při útoku na město, uvedla policie v pondělí ráno. " * 3)
    )
    assert article.language.code == "cs"
    assert article.figures == ()
    assert article.notes == ("language cs has no data yet: no keywords and figures were read",)


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\x00\x01"])
def test_an_article_without_text_is_an_error_of_its_own_type(text: str) -> None:
    """What has nothing to read is not enriched, and the error says why."""
    with pytest.raises(ArticleError) as caught:
        enrich(RawArticle(text=text))
    assert caught.value.type is ErrorType.NO_TEXT


def test_the_ruleset_names_version_and_data() -> None:
    """A record tells which rules read it."""
    ruleset = enrich(RawArticle(text="Isi.")).ruleset
    assert msgspec.to_builtins(ruleset).keys() == {"version", "digest"}
    assert len(ruleset.digest) == 16
