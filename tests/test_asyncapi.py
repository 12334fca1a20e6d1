"""The AsyncAPI document is current, is one by the official schema, and says what is so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from streams import asyncapi, schema
from streams.alerts import load_rules
from streams.kafka.envelope import Incoming
from streams.kafka.outputs import outputs
from streams.kafka.topics import topics
from streams.settings import Settings
from tests.embedded import kabar


ROOT = Path(__file__).parents[1]
WRITTEN = (ROOT / "deploy" / "asyncapi.yaml").read_text("utf-8")
DOCUMENT: dict[str, Any] = yaml.safe_load(WRITTEN)
OFFICIAL = Path(__file__).parent / "vendor" / "asyncapi-specs-6.11.1" / "3.0.0.json"


def _official() -> Draft7Validator:
    return Draft7Validator(json.loads(OFFICIAL.read_text("utf-8")))


def test_the_document_that_is_checked_in_is_current() -> None:
    """After a change of a record or a topic: make schemas."""
    printed = kabar("schema", "--asyncapi")
    assert (printed.status, printed.out) == (0, WRITTEN)


def test_it_is_yaml_that_says_what_was_meant() -> None:
    """Read by a parser of YAML it is the document again, character for character."""
    assert json.loads(json.dumps(asyncapi.document())) == DOCUMENT


def test_it_is_a_document_by_the_official_schema() -> None:
    """And the schema is one that finds mistakes."""
    validator = _official()
    assert [error.message for error in validator.iter_errors(DOCUMENT)] == []
    for right, wrong in (
        ('"asyncapi": "3.0.0"', '"asyncapi": "2.6.0"'),
        ('"action": "send"', '"action": "publish"'),
        ('"partitions": 6', '"partitions": "many"'),
        ('"title": "Kabar", ', ""),
    ):
        text = json.dumps(DOCUMENT)
        assert right in text
        assert not validator.is_valid(json.loads(text.replace(right, wrong)))


def test_every_reference_leads_somewhere() -> None:
    """Within the document; nothing is left to be fetched."""

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [one for held in node.values() for one in references(held)]
        return [one for held in node for one in references(held)] if isinstance(node, list) else []

    found = references(DOCUMENT)
    assert len(found) > 20
    for reference in found:
        node: Any = DOCUMENT
        assert reference.startswith("#/")
        for part in reference[2:].split("/"):
            node = node[part]


def test_it_has_every_topic_as_it_is_created() -> None:
    """Name, partitions, replicas, retention and cleanup; who writes it; not the desk's state."""
    channels = {channel["address"]: channel for channel in DOCUMENT["channels"].values()}
    table = [topic for topic in topics(Settings()) if topic.name != Settings().topic_report]
    assert channels.keys() == {topic.name for topic in table}
    for topic in table:
        kafka = channels[topic.name]["bindings"]["kafka"]
        assert (kafka["partitions"], kafka["replicas"]) == (topic.partitions, topic.replicas)
        config = {
            name: ",".join(value) if isinstance(value, list) else str(value)
            for name, value in kafka["topicConfiguration"].items()
        }
        assert config == topic.config()
    actions = {
        operation["channel"]["$ref"]: operation["action"] for operation in DOCUMENT["operations"].values()
    }
    assert actions["#/channels/raw"] == "receive"
    assert {action for channel, action in actions.items() if channel != "#/channels/raw"} == {"send"}


@pytest.mark.parametrize(
    ("value", "channel"),
    [
        (
            b'{"id": "a", "text": "At least 120 civilians were killed in an air strike on Kharkiv."}',
            "enriched",
        ),
        (b"{", "deadLetter"),
    ],
)
def test_what_a_worker_sends_is_what_the_document_says(value: bytes, channel: str) -> None:
    """Headers and value of each record, by the schemas in it."""
    trace = (("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
    sent = outputs(Settings(), load_rules(), Incoming("raw", 0, 1, 1.0, b"k", value, trace)).records
    channels = {channel["address"]: name for name, channel in DOCUMENT["channels"].items()}
    assert channel in {channels[record.topic] for record in sent}
    for record in sent:
        message = DOCUMENT["components"]["messages"][channels[record.topic]]
        headers = {name: held.decode() for name, held in record.headers}
        described = _schema(message["headers"])
        assert headers.keys() <= described["properties"].keys()
        Draft7Validator(described).validate(headers)
        assert headers["ce_type"] == message["name"]
        if "$ref" in message["payload"]:
            Draft7Validator(_schema(message["payload"])).validate(json.loads(record.value or b""))


def _schema(reference: dict[str, str]) -> dict[str, Any]:
    """Return a schema of the document, able to find the others."""
    name = reference["$ref"].rpartition("/")[2]
    components: dict[str, Any] = DOCUMENT["components"]
    return {**components["schemas"][name], "components": components}


def test_the_command_prints_all_or_nothing() -> None:
    """With a record or a folder it would promise what it does not do."""
    assert "--asyncapi is of all records" in kabar("schema", "raw", "--asyncapi").err
    assert {record.__name__ for record in schema.RECORDS.values()} <= DOCUMENT["components"]["schemas"].keys()
