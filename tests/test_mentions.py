"""Actors with their roles, weapons, and targets that are hit or only mentioned: tests/cases/mentions."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from streams import RawArticle, enrich, languages, rosters


FOLDER = Path(__file__).parent / "cases" / "mentions"

CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}-{number}")
    for path in sorted(FOLDER.glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text("utf-8"))["texts"], 1)
]


def test_every_language_has_cases() -> None:
    """The files are those of the languages."""
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == list(languages.available())


@pytest.mark.parametrize(("code", "case"), CASES)
def test_mentions(code: str, case: dict[str, Any]) -> None:
    """Exactly these actors, weapons and targets are found, in order, and what they have to do with it."""
    article = enrich(RawArticle(text=case["text"], language=code))
    found = {
        "actors": [f"{one.id} {one.role}" if one.role else one.id for one in article.actors],
        "weapons": [one.id for one in article.weapons],
        "hit": [one.id for one in article.targets if one.hit],
        "mentioned": [one.id for one in article.targets if not one.hit],
    }
    assert found == {key: case[key] for key in found}
    for one in (*article.actors, *article.weapons, *article.targets):
        assert article.text[one.start : one.end] == one.surface
    # The number in a weapon's name counts nothing.
    named = [(weapon.start, weapon.end) for weapon in article.weapons]
    for figure in article.figures:
        assert not any(start <= figure.number.start and figure.number.end <= end for start, end in named)


@pytest.mark.parametrize("code", languages.available())
def test_names_are_in_every_language(code: str) -> None:
    """Most actors, families of weapons and sorts of targets have a name in each language."""
    language = languages.load(code)
    named = {role: set[str]() for role in ("actor", "weapon", "target")}
    for _, role, key, forms in rosters.lists(language):
        if role in named and forms:
            named[role].add(key.removeprefix(f"{rosters.WEAK} "))
    for name, concepts in (
        *((name, family.concepts) for name, family in rosters.weapons().families.items()),
        *((name, target.concepts) for name, target in rosters.targets().items()),
    ):
        if any(language.concepts.get(concept) for concept in concepts):
            named["weapon" if name in rosters.weapons().families else "target"].add(name)
    assert len(named["actor"]) > 100
    assert named["weapon"] >= rosters.weapons().families.keys()
    assert named["target"] >= rosters.targets().keys()
