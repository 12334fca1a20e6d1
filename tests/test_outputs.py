"""What a raw record gives: enriched article and alerts, or a dead letter that fits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.alerts import load_rules
from streams.errors import ArticleError, ErrorType, Stage
from streams.kafka import outputs as module
from streams.kafka.deadletters import dead_letter
from streams.kafka.envelope import Incoming, Outgoing, header
from streams.kafka.outputs import outputs
from streams.settings import Settings


SETTINGS = Settings()
RULES = load_rules()
ERROR = ArticleError(Stage.DECODE, ErrorType.NOT_JSON, "not JSON at line 1 column 1")


def _source(value: bytes | None, key: bytes | None = b"key", **more: object) -> Incoming:
    return Incoming("raw", 3, 14, 1_700_000_000.123, key, value, ())._replace(**more)  # type: ignore[arg-type]


def _headers(record: Outgoing) -> dict[str, bytes]:
    assert len(dict(record.headers)) == len(record.headers), "no header twice"
    return dict(record.headers)


def test_an_article_gives_an_enriched_one_and_its_alerts() -> None:
    """In this order, each with its own id, all keyed by the article's."""
    text = "At least 120 civilians were killed in an air strike on the town, the ministry said on Monday."
    given_ = outputs(SETTINGS, RULES, _source(json.dumps({"id": "a-1", "text": text}).encode()))
    article, *alerts = given_.records
    assert given_.fault is None
    assert (article.topic, article.key) == (SETTINGS.topic_enriched, b"a-1")
    assert alerts
    assert {(alert.topic, alert.key) for alert in alerts} == {(SETTINGS.topic_alert, b"a-1")}
    for record in (article, *alerts):
        body = json.loads(record.value or b"")
        assert _headers(record)["ce_id"].decode() == body["id"]
        assert _headers(record)["ce_type"].decode() == body["schema"]
        assert _headers(record)["ce_time"] == b"2023-11-14T22:13:20.123Z"
        assert _headers(record)["source.offset"] == b"14"


def test_the_same_record_gives_the_same_bytes() -> None:
    """Value and headers: a duplicate can be told from a second fact."""
    source = _source(json.dumps({"text": "Twelve people were killed in Kherson."}).encode())
    assert outputs(SETTINGS, RULES, source) == outputs(SETTINGS, RULES, source)


@pytest.mark.parametrize("timestamp", [None, -0.001, -1.0, 2.0**62, float("inf"), float("nan")])
def test_a_record_without_a_time_has_none(timestamp: float | None) -> None:
    """Rather than one of our own making; a time beyond any calendar is none either."""
    [letter] = outputs(SETTINGS, RULES, _source(b"{", timestamp=timestamp)).records
    assert "ce_time" not in _headers(letter)


def test_the_trace_is_carried_on_where_it_is_one() -> None:
    """``traceparent`` and ``tracestate`` of sensible length; the first where there are two."""
    headers = (("traceparent", b"00-a-b-01"), ("traceparent", b"other"), ("tracestate", b"x" * 513))
    [record, *_] = outputs(SETTINGS, RULES, _source(b'{"text": "A quiet day."}', headers=headers)).records
    assert _headers(record)["traceparent"] == b"00-a-b-01"
    assert "tracestate" not in _headers(record)


def test_a_dead_letter_is_the_record_untouched_with_the_reason() -> None:
    """Bytes, key and headers as they came; what was wrong, and with which record."""
    source = _source(
        b"\xff\x00", key=None, headers=(("content-type", b"text/html"), ("mine", b"1"), ("ce_id", b"no"))
    )
    [letter] = outputs(SETTINGS, RULES, source).records
    assert (letter.topic, letter.key, letter.value) == (SETTINGS.topic_dead_letter, None, b"\xff\x00")
    headers = _headers(letter)
    assert headers["content-type"] == b"text/html"
    assert headers["mine"] == b"1"
    assert headers["ce_id"] == b"raw/3/14"
    assert headers["error.stage"] == b"decode"
    assert headers["error.type"] == b"not_utf8"
    assert (headers["error.topic"], headers["error.partition"], headers["error.offset"]) == (
        b"raw",
        b"3",
        b"14",
    )
    assert headers["error.app-version"]


@pytest.mark.parametrize("kind", [ZeroDivisionError, RecursionError, MemoryError, UnicodeEncodeError])
def test_a_fault_of_ours_becomes_a_dead_letter_that_does_not_quote_it(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    """The kind of exception is named; its text may hold the article, and is not."""

    def fail(*_: object) -> None:
        raise kind(*(("utf-8", "SECRET", 0, 1, "SECRET") if kind is UnicodeEncodeError else ("SECRET",)))

    monkeypatch.setattr(module, "read", fail)
    found = outputs(SETTINGS, RULES, _source(b"{}"))
    [letter] = found.records
    assert _headers(letter)["error.type"] == b"internal"
    assert kind.__name__.encode() in _headers(letter)["error.message"]
    assert found.fault is not None
    assert found.fault.startswith(f"{kind.__name__} at test_outputs.py:")
    assert "SECRET" not in found.fault + str(letter)


@given(
    key=st.none() | st.integers(0, 20_000).map(lambda length: b"k" * length),
    value=st.none() | st.integers(0, 50_000).map(lambda length: b"v" * length),
    headers=st.lists(
        st.tuples(st.sampled_from(["a", "b", "error.type"]), st.integers(0, 9_000).map(bytes)), max_size=3
    ),
    limit=st.integers(2_000, 40_000),
)
def test_a_dead_letter_fits_and_says_what_was_cut(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes]], limit: int
) -> None:
    """Never above the limit; untouched where there is room; else a header says how much there was."""
    letter = dead_letter(SETTINGS, _source(value, key, headers=tuple(headers)), ERROR, limit=limit)
    assert letter.size <= limit
    for part, whole, cut in (("key", key, letter.key), ("value", value, letter.value)):
        said = header(letter.headers, f"error.{part}-bytes")
        assert (cut is None) == (whole is None)
        assert (whole or b"").startswith(cut or b"")
        assert said == (None if cut == whole else str(len(whole or b"")).encode())
    carried = [pair for pair in letter.headers if pair[0] in {"a", "b"}]
    assert carried == [pair for pair in headers if pair[0] in {"a", "b"}] or (
        header(letter.headers, "error.headers-left-out") is not None
    )
    if Outgoing("", key, value, tuple(headers)).size + 2_000 <= limit:
        assert (letter.key, letter.value) == (key, value)


def test_another_group_is_another_source() -> None:
    """Two deployments on one cluster do not share identities."""
    source = _source(b'{"text": "A quiet day."}')
    [mine, *_] = outputs(SETTINGS, RULES, source).records
    [theirs, *_] = outputs(replace(SETTINGS, group="theirs"), RULES, source).records
    assert _headers(mine)["ce_source"] == b"/kabar/kabar"
    assert _headers(theirs)["ce_source"] == b"/kabar/theirs"
