"""Names that languages share: what is wrong with them is told with file and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams import languages, meanings, rosters
from streams.checking_rosters import names_in, roster_problems
from streams.errors import DataError


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LOADERS = ("actors", "weapons", "targets", "states", "roles", "families_of_concepts", "targets_of_concepts")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a copy of the data folder that Kabar takes for its own."""
    for path in meanings.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(meanings, "FOLDER", tmp_path)
    for name in LOADERS:
        getattr(rosters, name).cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for name in LOADERS:
        getattr(rosters, name).cache_clear()


ACTOR = "\n[other]\nname = 'Other'\ntype = 'armed_group'\n"
MODEL = "\n[models.other]\nname = 'Other'\nfamily = 'drone'\n"
TARGET = "\n[other]\nlabel = 'other'\nclass = 'civilian'\n"


def add(folder: Path, file: str, added: str) -> None:
    """Write more to the end of a data file."""
    with (folder / file).open("a", encoding="utf-8") as data:
        data.write(added)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("actors.toml", "[isis]\nname = 'IS'\ntype = 'club'\n", "Invalid enum value 'club'"),
        ("actors.toml", "isis", "Expected '='"),
        ("weapons.toml", "[families]\n", "missing required field `models`"),
        ("targets.toml", "[school]\nlabel = 'school'\n", "missing required field `class`"),
        ("states.toml", "[bodies]\nnavy = 1\n", "Expected `str`"),
        ("roles.toml", "[en]\nbeside = ['by']\n", "unknown field `beside`"),
    ],
)
def test_a_mistake_of_form_names_its_file(folder: Path, file: str, content: str, said: str) -> None:
    """And the key, where there is one."""
    (folder / file).write_text(content)
    with pytest.raises(DataError) as caught:
        getattr(rosters, file.removesuffix(".toml"))()
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("file", "added", "problem"),
    [
        ("actors.toml", ACTOR, "actors.toml: other: forms: is empty"),
        (
            "actors.toml",
            ACTOR + "country = 'ZZ'\nforms = { en = ['Otherers'] }\n",
            "actors.toml: other: country: 'ZZ' is no country of the gazetteer",
        ),
        (
            "actors.toml",
            ACTOR + "forms = { 'en xx' = ['Otherers'] }\n",
            "actors.toml: other: 'xx' is no language that there is a file for",
        ),
        ("weapons.toml", MODEL, "weapons.toml: models.other: forms: is empty"),
        (
            "weapons.toml",
            MODEL.replace("drone", "spoon") + "forms = { en = ['Otherer'] }\n",
            "weapons.toml: models.other: family: there is no family 'spoon'",
        ),
        ("targets.toml", TARGET, "targets.toml: other: has neither concepts nor forms"),
        (
            "targets.toml",
            TARGET + "concepts = ['castle']\n",
            "targets.toml: other: concepts: there is no concept 'castle' in concepts.toml",
        ),
        (
            "targets.toml",
            TARGET + "concepts = ['hospital']\n",
            "targets.toml: other: concepts: 'hospital' is one of hospital too",
        ),
        (
            "states.toml",
            "\n[adjectives.xx]\nIL = ['Israelish']\n",
            "states.toml: adjectives.xx: is no language that there is a file for",
        ),
        (
            "states.toml",
            "\n[named.es]\n'navy' = ['Armada']\n",
            'states.toml: named.es.navy: must be a country and a body, as in "IL.navy"',
        ),
        ("roles.toml", "\n[xx]\nby = ['by']\n", "roles.toml: xx: is no language that there is a file for"),
    ],
)
def test_a_mistake_of_meaning_is_told_with_file_and_key(
    folder: Path, file: str, added: str, problem: str
) -> None:
    """It alone: what is right beside it stays right."""
    add(folder, file, added)
    assert list(roster_problems()) == [problem]


@pytest.mark.parametrize(
    ("code", "file", "added", "problem"),
    [
        ("en", "actors.toml", ACTOR + "forms = { en = ['Hamas'] }\n", "'Hamas' is a name of hamas too"),
        ("en", "actors.toml", ACTOR + "forms = { en = ['Xyz', 'Xyz'] }\n", "'Xyz' stands there twice"),
        (
            "en",
            "actors.toml",
            ACTOR + "forms = { en = ['hospitals'] }\n",
            "'hospitals' is an ordinary word too",
        ),
        ("ar", "actors.toml", ACTOR + "forms = { ar = ['هجوم'] }\n", "'هجوم' is an ordinary word too"),
        ("zh-cn", "actors.toml", ACTOR + "forms = { zh-cn = ['医院'] }\n", "'医院' is an ordinary word too"),
        ("id", "weapons.toml", MODEL + "forms = { id = ['warga'] }\n", "'warga' is an ordinary word too"),
        ("en", "weapons.toml", MODEL + "forms = { en = ['Xyz+'] }\n", "ends in '+'"),
        ("ru", "weapons.toml", MODEL + "forms = { ru = ['Кaлибр'] }\n", "has letters of two alphabets"),
        ("en", "targets.toml", TARGET + "forms = { en = ['old  mill'] }\n", "has two spaces in a row"),
        ("en", "actors.toml", ACTOR + "forms = { en = ['{Xyz'] }\n", "an opening brace that is not closed"),
        ("en", "actors.toml", ACTOR + "forms = { en = [' '] }\n", "stands for an empty form"),
    ],
)
def test_a_name_that_does_not_do_in_a_language_is_told(
    folder: Path, code: str, file: str, added: str, problem: str
) -> None:
    """A form of two, an ordinary word, one that can never be found."""
    add(folder, file, added)
    found = list(names_in(languages.load(code)))
    assert len(found) == 1
    assert found[0][0].startswith(f"{file}: ")
    assert problem in found[0][1]


def test_a_capital_tells_a_name_from_a_word() -> None:
    """And of two capitals in one list the form with fewer holds."""
    assert rosters.parted("nato|0", "Nato") == ("nato", False)
    assert rosters.parted("nato|0", "nato") is None
    assert rosters.parted("weak hamas|", "حماس") == ("hamas", True)
    keys = {
        key for form, role, key in rosters.forms(languages.load("fr")) if (form, role) == ("otan", "actor")
    }
    assert keys == {"nato|0"}


def test_states_and_their_bodies_have_names() -> None:
    """For rules that watch actors, by id."""
    names = rosters.actor_names()
    assert names["hamas"] == "Hamas"
    assert names["RU"] == "Russia"
    assert names["IL.navy"] == "Israel, navy"
