"""What became of an event, or what it turned out to be, in twelve languages."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from streams import languages, rosters
from streams.enrichment import enrich
from streams.records import RawArticle


FILE = Path(__file__).parent / "cases" / "findings" / "all.toml"
CASES = [(code, case) for code, listed in tomllib.loads(FILE.read_text("utf-8")).items() for case in listed]


@pytest.mark.parametrize(("code", "case"), CASES, ids=lambda one: one if isinstance(one, str) else None)
def test_what_became_of_an_event_is_found(code: str, case: dict[str, Any]) -> None:
    """Each kind that a reader takes for a fact; what is demanded, planned or denied is none."""
    text = case["text"]
    article = enrich(RawArticle(text=text, language=code))
    found = [one for one in article.findings if one.status == "asserted"]
    assert {one.kind for one in found} == set(case.get("finds", ())), text
    for one in article.findings:
        assert article.text[one.start : one.end] == one.surface
    if "low" in case:
        assert [one.low for one in found] == [case["low"]], text
    if "everyone" in case:
        assert all(one.everyone for one in found), text


def test_every_language_has_words_for_everything() -> None:
    """And every one of them is in the cases."""
    for listed in rosters.findings().values():
        assert set(listed) == set(languages.available())
    assert {code for code, _ in CASES} == set(languages.available())
