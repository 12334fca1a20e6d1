"""The schemas that are checked in are those of the record types, and the records keep to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import orjson
import pytest
from jsonschema import Draft202012Validator

import streams
from streams import schema
from streams.alerts import load_rules
from streams.archive import Archive, Entry
from streams.decoding import decode
from streams.enrichment import read
from streams.errors import ArticleError
from streams.records import to_json
from tests.embedded import kabar


if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKED_IN = Path(streams.__file__).parent / "schemas"
SAMPLES = Path(streams.__file__).parent / "samples"


def validator(name: str) -> Draft202012Validator:
    """Return a validator by the schema that is checked in."""
    return Draft202012Validator(orjson.loads((CHECKED_IN / schema.file_name(name)).read_bytes()))


def samples() -> Iterator[bytes]:
    """Return the sample articles that can be read."""
    for entry in Archive([SAMPLES]):
        assert isinstance(entry, Entry)
        try:
            decode(entry.value)
        except ArticleError:
            continue
        yield entry.value


@pytest.mark.parametrize("name", schema.RECORDS)
def test_the_schema_that_is_checked_in_is_current(name: str) -> None:
    """After a change of a record: make schemas."""
    assert (CHECKED_IN / schema.file_name(name)).read_bytes() == schema.schema_json(name)


def test_no_other_schema_is_checked_in() -> None:
    """A schema of a record that is gone would mislead."""
    assert {path.name for path in CHECKED_IN.iterdir()} == {schema.file_name(name) for name in schema.RECORDS}


@pytest.mark.parametrize("name", schema.RECORDS)
def test_the_schema_is_valid_and_speaks_plainly(name: str) -> None:
    """Draft 2020-12; descriptions without the marks of our documentation's source."""
    found = schema.schema(name)
    Draft202012Validator.check_schema(found)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    text = schema.schema_json(name).decode()
    assert "``" not in text
    assert ":attr:" not in text
    assert found["description"]


@pytest.mark.parametrize("name", schema.RECORDS)
def test_the_example_in_a_schema_is_a_record_by_it(name: str) -> None:
    """By an independent validator and by the type itself; all its spans are where they say."""
    [example] = orjson.loads((CHECKED_IN / schema.file_name(name)).read_bytes())["examples"]
    validator(name).validate(example)
    msgspec.convert(example, schema.RECORDS[name])


def test_the_examples_are_of_one_article_and_what_it_gives() -> None:
    """The enriched one and the alert are those of the raw one; spans are where they say."""
    raw, enriched, alert = (schema.example(name) for name in ("raw", "enriched", "alert"))
    reading = read(orjson.dumps(raw), load_rules())

    def told(record: dict[str, Any]) -> list[tuple[Any, ...]]:
        return [
            (figure["surface"], figure["kind"], figure["low"], figure["high"]) for figure in record["figures"]
        ]

    assert told(orjson.loads(to_json(reading.article))) == told(enriched)
    assert [(one.rule, one.severity, one.id) for one in reading.alerts] == [
        (alert["rule"], alert["severity"], alert["id"])
    ]

    def spans(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON is anything
        if isinstance(node, dict):
            if {"start", "end", "surface"} <= node.keys():
                yield node
            node = list(node.values())
        for held in node if isinstance(node, list) else []:
            yield from spans(held)

    for span in (*spans(enriched), *spans(alert)):
        assert enriched["text"][span["start"] : span["end"]] == span["surface"]


def test_every_record_of_the_sample_archive_keeps_to_its_schema() -> None:
    """Raw, enriched and alerts, by an independent validator."""
    enriched, alert, raw = validator("enriched"), validator("alert"), validator("raw")
    rules = load_rules()
    alerts = 0
    for value in samples():
        raw.validate(orjson.loads(to_json(decode(value))))
        reading = read(value, rules)
        enriched.validate(orjson.loads(to_json(reading.article)))
        for found in reading.alerts:
            alert.validate(orjson.loads(to_json(found)))
            alerts += 1
    assert alerts > 0


def wrong(record: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return a record with fields changed; a field changed to ``...`` is left out."""
    return {key: value for key, value in {**record, **change}.items() if value is not ...}


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "kabar.enriched.v2"},
        {"text": None},
        {"figures": ...},
        {"figures": [{"kind": "killed"}]},
        {"language": {"code": "id", "confidence": "1", "reliable": True}},
    ],
)
def test_a_record_that_breaks_the_schema_is_found_out(change: dict[str, Any]) -> None:
    """The validation above could fail."""
    record = orjson.loads(to_json(read(next(samples()), load_rules()).article))
    assert validator("enriched").is_valid(record)
    assert not validator("enriched").is_valid(wrong(record, change))


def test_a_field_that_is_new_breaks_no_reader() -> None:
    """Records gain fields; who reads them ignores what they do not know."""
    record = orjson.loads(to_json(read(next(samples()), load_rules()).article))
    assert validator("enriched").is_valid({**record, "new": 1})


def test_an_article_needs_some_text() -> None:
    """One of title, text and html."""
    assert validator("raw").is_valid({"html": "<p>x</p>"})
    assert not validator("raw").is_valid({"id": "x", "url": "https://example.org"})


@pytest.mark.parametrize("name", schema.RECORDS)
def test_the_command_prints_a_schema(name: str) -> None:
    """As it is checked in."""
    assert kabar("schema", name).out.encode() == schema.schema_json(name)


def test_the_command_writes_all_schemas_into_a_folder(tmp_path: Path) -> None:
    """And says which files it wrote."""
    ran = kabar("schema", "--write", tmp_path)
    assert ran.status == 0
    assert ran.out.splitlines() == [str(tmp_path / schema.file_name(name)) for name in schema.RECORDS]
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (CHECKED_IN / path.name).read_bytes()


@pytest.mark.parametrize("arguments", [[], ["letter"], ["--write", "/no/such/folder"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    """Which records there are is said."""
    assert kabar("schema", *arguments).status == 2
