"""The bytes of a record become an article, or an error that says what is wrong and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from streams import RawArticle, enrich
from streams.alerts import load_rules, raise_alerts
from streams.decoding import ALIASES, MAX_BYTES, MAX_DEPTH, decode
from streams.errors import ArticleError, ErrorType, Stage
from streams.records import Source, to_json


def decoded(record: object) -> RawArticle:
    """Return the article in a record that is given as a value of Python's."""
    return decode(json.dumps(record).encode())


def refused(value: bytes | None) -> ArticleError:
    """Return the error that a value gives."""
    with pytest.raises(ArticleError) as caught:
        decode(value)
    assert caught.value.stage is Stage.DECODE
    return caught.value


TEXT_FIELDS = [
    (field, alias)
    for field in ("id", "title", "text", "html", "url", "published_at", "language")
    for alias in ALIASES[field]
]


@pytest.mark.parametrize(("field", "alias"), TEXT_FIELDS)
def test_each_alias_is_read_as_its_field(field: str, alias: str) -> None:
    """Whatever a publisher calls it, it comes under one name."""
    article = decoded(
        {"title": "x", alias: "what it holds"} if field != "title" else {alias: "what it holds"}
    )
    assert getattr(article, field) == "what it holds"


@pytest.mark.parametrize("alias", ALIASES["source"])
def test_each_alias_of_the_source_may_be_a_name_or_an_object(alias: str) -> None:
    """A name, an object, or a list of them, of which the first counts."""
    desk = {"name": "Desk", "id": 7, "url": "https://example.com", "country": "ID"}
    whole = Source(name="Desk", id="7", url="https://example.com", country="ID")
    assert decoded({"text": "x", alias: "Desk"}).source == Source(name="Desk")
    assert decoded({"text": "x", alias: ["Desk", "Other"]}).source == Source(name="Desk")
    assert decoded({"text": "x", alias: desk}).source == whole
    assert decoded({"text": "x", alias: [desk, {"name": "Other"}]}).source == whole


@pytest.mark.parametrize("alias", ALIASES["authors"])
def test_each_alias_of_the_authors_may_be_one_or_many(alias: str) -> None:
    """Strings, objects with a name, one of them or a list; what names no one is passed over."""
    assert decoded({"text": "x", alias: "Ann"}).authors == ("Ann",)
    assert decoded({"text": "x", alias: {"name": "Ann"}}).authors == ("Ann",)
    assert decoded({"text": "x", alias: ["Ann", {"name": "Bob"}, {"age": 5}, 7]}).authors == ("Ann", "Bob")


def test_the_first_alias_that_holds_something_wins() -> None:
    """Null, empty and blank values give way to the next name in the table."""
    for nothing in (None, "", [], {}, "  \n", [""], {"value": ""}, {"role": "main"}):
        assert decoded({"text": nothing, "body": "read"}).text == "read", nothing
    assert decoded({"text": "first", "body": "second"}).text == "first"


def test_fields_that_hold_nothing_are_as_if_absent() -> None:
    """Null in every field but one."""
    every = {alias: None for names in ALIASES.values() for alias in names}
    assert decoded({**every, "title": "T"}) == RawArticle(title="T")


def test_unknown_fields_are_ignored() -> None:
    """They change nothing, not even the id."""
    assert decoded({"text": "x", "wordcount": 5, "nested": {"a": [1]}}) == decoded({"text": "x"})


def test_ninjs_1_is_read() -> None:
    """Flat fields, ``uri``, ``body_text`` and ``body_html``."""
    article = decoded(
        {
            "uri": "urn:example:1",
            "type": "text",
            "headline": "Judul",
            "body_text": "Isi.",
            "body_html": "<p>Isi.</p>",
            "versioncreated": "2026-10-01T00:00:00Z",
            "byline": "Ann",
            "language": "id",
            "source": "Desk",
        }
    )
    assert article == RawArticle(
        id="urn:example:1",
        title="Judul",
        text="Isi.",
        html="<p>Isi.</p>",
        published_at="2026-10-01T00:00:00Z",
        authors=("Ann",),
        language="id",
        source=Source(name="Desk"),
    )


@pytest.mark.parametrize(("created", "by"), [("versioncreated", "byline"), ("versionCreated", "by")])
def test_ninjs_2_and_3_are_read(created: str, by: str) -> None:
    """``headlines`` and ``bodies`` by role, the main one first; HTML where a body says it is HTML."""
    article = decoded(
        {
            "uri": "urn:example:2",
            "headlines": [{"role": "subtitle", "value": "Unter"}, {"role": "main", "value": "Titel"}],
            "bodies": [
                {"role": "caption", "contentType": "text/plain", "value": "Bild"},
                {"role": "main", "contentType": "application/xhtml+html", "value": "<p>Text</p>"},
            ],
            created: "2026-10-01T00:00:00Z",
            by: "Ann",
            "altids": [{"role": "internal", "value": "other"}],
            "infoSources": [{"name": "Desk"}, {"name": "Wire"}],
        }
    )
    assert (article.id, article.title, article.text, article.html) == (
        "urn:example:2",
        "Titel",
        "<p>Text</p>",
        "<p>Text</p>",
    )
    assert article.source == Source(name="Desk")
    assert article.published_at == "2026-10-01T00:00:00Z"
    assert article.authors == ("Ann",)


def test_schema_org_is_read() -> None:
    """NewsArticle with its objects: a person's name is not the address of the person."""
    article = decoded(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "@id": "https://example.com/a#article",
            "mainEntityOfPage": {"@type": "WebPage", "@id": "https://example.com/a"},
            "headline": "Title",
            "articleBody": "Body.",
            "datePublished": "2026-10-01",
            "inLanguage": "en-GB",
            "author": [{"@type": "Person", "@id": "https://example.com/#ann", "name": "Ann"}],
            "publisher": {"@type": "Organization", "name": "Desk", "url": "https://example.com"},
            "identifier": {"@type": "PropertyValue", "value": "17"},
        }
    )
    assert article == RawArticle(
        id="https://example.com/a#article",
        url="https://example.com/a",
        title="Title",
        text="Body.",
        published_at="2026-10-01",
        language="en-GB",
        authors=("Ann",),
        source=Source(name="Desk", url="https://example.com"),
    )


def test_a_text_in_parts_is_one_text() -> None:
    """A list of paragraphs is read whole; of other lists the first entry counts."""
    assert decoded({"text": ["One.", "Two."]}).text == "One.\n\nTwo."
    assert decoded({"content_html": ["<p>1</p>", "<p>2</p>"]}).html == "<p>1</p>\n\n<p>2</p>"
    assert decoded({"title": ["One", "Two"]}).title == "One"


def test_numbers_are_taken_for_ids_and_times() -> None:
    """Where an identifier or a time is a number, its digits are the text."""
    article = decoded({"text": "x", "id": 9_007_199_254_740_993, "published": 1_790_000_000})
    assert (article.id, article.published_at) == ("9007199254740993", "1790000000")


def test_an_id_that_json_cannot_hold_is_derived_from_the_content() -> None:
    """Two numbers that become one when read must not make two articles one."""
    one = decode(b'{"text": "one", "id": 100000000000000000000000000000000000000001}')
    two = decode(b'{"text": "two", "id": 100000000000000000000000000000000000000002}')
    assert one.id == RawArticle(text="one").id != two.id


@pytest.mark.parametrize(
    ("value", "type_", "message"),
    [
        (None, ErrorType.EMPTY, "no value (a tombstone)"),
        (b"", ErrorType.EMPTY, "an empty value"),
        (b" \r\n\t", ErrorType.EMPTY, "an empty value"),
        (b"\xef\xbb\xbf", ErrorType.EMPTY, "an empty value"),
        (b'  {"text": "\xff"}', ErrorType.NOT_UTF8, "not UTF-8 at byte 12"),
        (b'\xef\xbb\xbf{"text": "\xff"}', ErrorType.NOT_UTF8, "not UTF-8 at byte 13"),
        (b'{"text": "cut in the mid\xc3', ErrorType.NOT_UTF8, "not UTF-8 at byte 24"),
        (b'{"text": \xed\xa0\x80}', ErrorType.NOT_UTF8, "not UTF-8 at byte 9"),
        (b'{\n\n  "text": oops}', ErrorType.NOT_JSON, "not JSON at line 3 column 11"),
        (b'\n  {"text": 1,}', ErrorType.NOT_JSON, "not JSON at line 2 column 13"),
        ('{"é": "é" x'.encode(), ErrorType.NOT_JSON, "not JSON at line 1 column 11"),
        (b'{"text": "x", "score": NaN}', ErrorType.NOT_JSON, "not JSON at line 1 column 24"),
        (b'{"text": "x", "score": Infinity}', ErrorType.NOT_JSON, "not JSON at line 1 column 24"),
        (b'{"text": "\\ud800"}', ErrorType.NOT_JSON, "not JSON at line 1 column 11"),
        (b'{"text": "x"} {"text": "y"}', ErrorType.NOT_JSON, "not JSON at line 1 column 15"),
        (b"[]", ErrorType.NOT_AN_OBJECT, "JSON, but an array where an object is needed"),
        (b'"text"', ErrorType.NOT_AN_OBJECT, "JSON, but a string where an object is needed"),
        (b"12", ErrorType.NOT_AN_OBJECT, "JSON, but a number where an object is needed"),
        (b"1e3", ErrorType.NOT_AN_OBJECT, "JSON, but a number where an object is needed"),
        (b"true", ErrorType.NOT_AN_OBJECT, "JSON, but a boolean where an object is needed"),
        (b"null", ErrorType.NOT_AN_OBJECT, "JSON, but null where an object is needed"),
        (b'{"text": 5}', ErrorType.WRONG_TYPE, "field 'text' is a number where text is needed"),
        (b'{"headline": true}', ErrorType.WRONG_TYPE, "field 'headline' is a boolean where text is needed"),
        (b'{"text": "x", "url": 7}', ErrorType.WRONG_TYPE, "field 'url' is a number where text is needed"),
        (b'{"text": "x", "id": false}', ErrorType.WRONG_TYPE, "field 'id' is a boolean where text is needed"),
        (
            b'{"text": "x", "publisher": 5}',
            ErrorType.WRONG_TYPE,
            "field 'publisher' is a number where a name or an object is needed",
        ),
        (
            b'{"text": "x", "source": [["Desk"]]}',
            ErrorType.WRONG_TYPE,
            "field 'source' is an array where a name or an object is needed",
        ),
        (
            b'{"text": "x", "source": {"name": true}}',
            ErrorType.WRONG_TYPE,
            "field 'source' is a boolean where text is needed",
        ),
    ],
)
def test_what_cannot_be_read_says_what_and_where(value: bytes | None, type_: ErrorType, message: str) -> None:
    """Type and message of each error; positions count from the record's first byte."""
    error = refused(value)
    assert (error.type, error.message) == (type_, message)


def test_a_record_without_text_names_the_fields_that_are_read() -> None:
    """The first names of title, text and HTML."""
    error = refused(b'{"url": "https://example.com", "text": "  ", "html": null}')
    assert error.type is ErrorType.NO_TEXT
    assert all(name in error.message for name in ("title", "headline", "text", "body_text", "html"))


@pytest.mark.parametrize("schema", ["kabar.enriched.v1", "kabar.alert.v1", "kabar.enriched.v99"])
def test_own_output_is_refused_by_its_schema(schema: str) -> None:
    """A loop in the topics ends here, and the message says which record it was."""
    error = refused(json.dumps({"schema": schema, "text": "x"}).encode())
    assert error.type is ErrorType.OWN_OUTPUT
    assert schema in error.message


def test_real_output_fed_back_is_refused() -> None:
    """Not only its name: the bytes that the worker writes."""
    article = enrich(
        RawArticle(text="Serangan udara menewaskan 120 orang di Idlib, kata polisi.", language="id")
    )
    (alert,) = raise_alerts(article, load_rules())
    for record in (article, alert):
        assert refused(to_json(record)).type is ErrorType.OWN_OUTPUT


def test_a_raw_record_of_our_own_comes_back_as_it_was() -> None:
    """What ``kabar replay`` and the Python face write is read without loss."""
    raw = RawArticle(
        title="T", text="x", html="<p>y</p>", url="u", published_at="2026", language="id", authors=("A", "B")
    )
    assert decode(to_json(raw)) == raw
    assert decoded({"schema": "someone.else.v1", "text": "x"}).text == "x"


def test_a_byte_order_mark_is_no_part_of_the_record() -> None:
    """Exporters on Windows write one."""
    assert decode(b'\xef\xbb\xbf{"text": "x"}') == decode(b'{"text": "x"}')


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    """As in every JSON reader that publishers test with."""
    assert decode(b'{"text": "one", "text": "two"}').text == "two"


def test_a_record_may_have_as_many_bytes_as_are_read_and_no_more() -> None:
    """The limit is named in the message, with what the record had."""
    frame = len(b'{"text": ""}')
    assert len(decode(b'{"text": "%s"}' % (b"x" * (MAX_BYTES - frame))).text or "") == MAX_BYTES - frame
    error = refused(b'{"text": "%s"}' % (b"x" * (MAX_BYTES - frame + 1)))
    assert error.type is ErrorType.TOO_LARGE
    assert error.message == f"{MAX_BYTES + 1} bytes; at most {MAX_BYTES} are read"


@pytest.mark.parametrize(("opener", "closer"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_read_up_to_its_limit_and_no_further(opener: str, closer: str) -> None:
    """The record itself is the first level."""

    def nested(levels: int) -> bytes:
        inner = levels - 1
        return f'{{"text": "x", "deep": {opener * inner}1{closer * inner}}}'.encode()

    assert decode(nested(MAX_DEPTH)).text == "x"
    error = refused(nested(MAX_DEPTH + 1))
    assert error.type is ErrorType.TOO_DEEP
    assert str(MAX_DEPTH) in error.message
    assert refused(nested(500_000)).type is ErrorType.TOO_DEEP
    assert refused(b'{"text": "x", "deep": ' + opener.encode() * 500_000).type is ErrorType.TOO_DEEP


def test_brackets_in_strings_and_side_by_side_are_not_deep() -> None:
    """Only what lies in one another counts; an escaped quote ends no string."""
    assert decoded({"text": "[{" * 1000}).text == "[{" * 1000
    assert decoded({"text": '"[' * 1000 + "\\"}).text == '"[' * 1000 + "\\"
    assert decoded({"text": "x", "many": [[{}] for _ in range(1000)]}).text == "x"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = sorted({"schema", *(alias for names in ALIASES.values() for alias in names)})
KEYS = st.sampled_from(["value", "@value", "@id", "name", "role", "contentType", "id", "url", "country"])
FIELDS = JSON | st.dictionaries(KEYS, JSON, max_size=4) | st.lists(st.dictionaries(KEYS, JSON, max_size=4))


def read(value: bytes) -> RawArticle | ArticleError:
    """Return the article in a value, or the error that it gives."""
    try:
        return decode(value)
    except ArticleError as error:
        return error


def check(value: bytes) -> None:
    """Fail where a value gives neither an article with text nor an error of its own stage."""
    found = read(value)
    if isinstance(found, ArticleError):
        assert found.stage is Stage.DECODE
        assert found.message
    else:
        assert any(part and part.strip() for part in (found.title, found.text, found.html))
        assert found.id
        to_json(found)


@settings(max_examples=250, deadline=None)
@given(record=JSON | st.dictionaries(st.sampled_from(NAMES), FIELDS, max_size=6))
@example(record={"text": "x", "bodies": [{"contentType": "text/html"}]})
@example(record={"text": "x", "source": [{}]})
def test_any_json_gives_an_article_or_an_error_of_its_own(record: Any) -> None:  # noqa: ANN401 - any JSON value
    """No shape of a record gets past as another exception."""
    check(json.dumps(record).encode("utf-8", "surrogatepass"))


@settings(max_examples=250, deadline=None)
@given(value=st.binary(max_size=80) | st.binary(max_size=40).map(lambda some: b'{"text": "' + some + b'"}'))
def test_any_bytes_give_an_article_or_an_error_of_its_own(value: bytes) -> None:
    """Nor does anything that is no JSON."""
    check(value)
