"""A cyber attack is a crime like others, unless a state or a party to a conflict is said to be behind it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from streams import RawArticle, enrich, languages


FOLDER = Path(__file__).parent / "cases" / "cyber"

CASES = [
    (path.stem, block)
    for path in sorted(FOLDER.glob("*.toml"))
    for block in tomllib.loads(path.read_text("utf-8"))["articles"]
]


@pytest.mark.parametrize(("code", "block"), CASES, ids=[f"{code} {block['title']}" for code, block in CASES])
def test_whose_a_cyber_attack_is_decides_whether_it_is_conflict(code: str, block: dict[str, Any]) -> None:
    """Extortion and theft of data are none; an attack ascribed to a state is."""
    article = enrich(RawArticle(id="1", title=block["title"], text=block["text"], language=code))
    assert article.conflict.value == block["conflict"]
    assert {piece.category for piece in article.conflict.evidence} >= {"cyber"}


def test_every_language_has_both_kinds() -> None:
    """A language without words that ascribe would lose the attacks of states unseen."""
    found = {(code, block["conflict"]) for code, block in CASES}
    assert found == {(code, conflict) for code in languages.available() for conflict in (True, False)}


def test_a_war_told_beside_a_crime_is_still_news_of_conflict() -> None:
    """What means conflict by itself counts as ever, and the crime adds to it but little."""
    text = (
        "An air strike killed 14 people in the town of Sumy on Monday, the governor said. "
        "A ransomware attack halted the computers of a bank the same day."
    )
    article = enrich(RawArticle(id="1", title="Air strike kills 14 in Sumy", text=text, language="en"))
    assert article.conflict.value
