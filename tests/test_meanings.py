"""The data that all languages share, and the digest by which a record names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest

from streams import RawArticle, enrich, languages, meanings, rosters
from streams.checking import check_meanings, meaning_problems
from streams.errors import DataError
from streams.records import Kind


if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LOADERS = ("concepts", "units", "kinds", "taxonomy", "digest")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a copy of the data folder that Kabar takes for its own."""
    for path in meanings.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(meanings, "FOLDER", tmp_path)
    for name in LOADERS:
        getattr(meanings, name).cache_clear()
    yield tmp_path
    monkeypatch.undo()
    for name in LOADERS:
        getattr(meanings, name).cache_clear()


def test_the_shipped_data_has_no_mistake() -> None:
    """Classes, dimensions, factors, weights and names of actors fit one another."""
    check_meanings()


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("concepts.toml", "[person]\nunit = 'person'\n", "missing required field `class`"),
        ("concepts.toml", "[person]\nclass = 'person'\nkind = 'eaten'\n", "Invalid enum value 'eaten'"),
        ("concepts.toml", "[person]\nclass = 'person'\ncolour = 'red'\n", "unknown field `colour`"),
        ("units.toml", "[si]\nmass = 'kg'\n", "missing required field `units`"),
        ("units.toml", "[si]\n[units.t]\ndimension = 'mass'\nfactor = 'many'\n", "Expected `float"),
        ("kinds.toml", "[classes]\n[predicates.killed]\nperson = 'dead'\n", "Invalid enum value 'dead'"),
        ("taxonomy.toml", "[riot]\nlabel = 'riot'\n", "missing required field `weight`"),
    ],
)
def test_a_mistake_of_form_names_its_file(folder: Path, file: str, content: str, said: str) -> None:
    """And the key, where there is one."""
    (folder / file).write_text(content)
    with pytest.raises(DataError) as caught:
        getattr(meanings, file.removesuffix(".toml"))()
    assert str(caught.value).startswith(f"{file}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("file", "added", "problem"),
    [
        (
            "kinds.toml",
            "[predicates.eaten]\ncake = 'seized'",
            "kinds.toml: predicates.eaten.cake: no concept is of this class, and no unit of this dimension",
        ),
        (
            "concepts.toml",
            "[cake]\nclass = 'pastry'",
            "kinds.toml: classes.pastry: is missing, and concepts.toml has concepts of it",
        ),
        (
            "units.toml",
            "[units.parsec]\ndimension = 'depth'\nfactor = 3",
            "units.toml: units.parsec: has a factor, and its dimension 'depth' no SI unit",
        ),
        (
            "units.toml",
            "[units.nothing]\ndimension = 'mass'\nfactor = 0",
            "units.toml: units.nothing: its factor must be more than 0",
        ),
        (
            "taxonomy.toml",
            "[gossip]\nlabel = 'x'\nweight = 1.5",
            "taxonomy.toml: gossip: weight: must be from 0 to 1",
        ),
    ],
)
def test_a_mistake_of_meaning_is_told_with_file_and_key(
    folder: Path, file: str, added: str, problem: str
) -> None:
    """It alone: what is right beside it stays right."""
    with (folder / file).open("a", encoding="utf-8") as data:
        data.write(f"\n{added}\n")
    assert list(meaning_problems()) == [problem]
    with pytest.raises(DataError, match=r"toml: "):
        check_meanings()


def test_every_kind_of_figure_can_come_out() -> None:
    """By a predicate, by what is counted, or by a concept; none is only a name."""
    kinds = meanings.kinds()
    reached = {kind for classes in kinds.predicates.values() for kind in classes.values()}
    reached |= set(kinds.classes.values())
    reached |= {concept.kind for concept in meanings.concepts().values() if concept.kind}
    assert set(get_args(Kind)) - reached == set()


@pytest.mark.parametrize(
    ("unit", "dimension"),
    [
        ("t", "mass"),
        ("km2", "area"),
        ("percent", "ratio"),
        ("day", "time"),
        ("USD", "money"),
        ("IDR", "money"),
        ("person", None),
        ("usd", None),
        ("US", None),
        ("DOLLAR", None),
        ("", None),
    ],
)
def test_a_unit_has_its_dimension(unit: str, dimension: str | None) -> None:
    """Three capitals are a currency; what is counted is no unit."""
    assert meanings.dimension(unit) == dimension


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5 tonnes of rice", 5000, "kg"),
        ("2 kilotonnes of rice", 2_000_000, "kg"),
        ("3 km away", 3000, "m"),
        ("10 miles away", 16093.44, "m"),
        ("2 hectares of land", 20_000, "m2"),
        ("100 barrels of oil", 15.8987294928, "m3"),
        ("4 hours of shelling", 14_400, "s"),
    ],
)
def test_factors_give_the_value_in_the_si_unit(text: str, value: float, unit: str) -> None:
    """Exactly: the noise of floating point is rounded off."""
    article = enrich(RawArticle(text=f"The ministry said on Monday that {text} were counted.", language="en"))
    normalised = [figure.normalised for figure in article.figures if figure.normalised]
    assert [(one.value, one.unit) for one in normalised] == [(value, unit)]


def test_categories_carry_their_codes_of_the_field() -> None:
    """As the record has them: what a scheme does not code is null or empty."""
    codes = meanings.taxonomy()["air_strike"].codes()
    assert codes.cameo == ("195",)
    assert codes.plover == "ASSAULT:aerial"
    assert meanings.taxonomy()["terror_group_mention"].codes().plover is None


def test_the_digest_is_of_names_and_contents(folder: Path) -> None:
    """Another byte in any data file gives another digest; the same bytes give the same."""

    def digest() -> str:
        meanings.digest.cache_clear()
        return meanings.digest()

    before = digest()
    assert digest() == before
    assert len(before) == 16
    actors = folder / "actors.toml"
    actors.write_bytes(actors.read_bytes() + b"\n")
    after = digest()
    assert after != before
    actors.rename(folder / "actors2.toml")
    assert digest() not in (before, after)


def test_the_digest_covers_the_language_files(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A word added to a language changes what records say they were read with."""
    assert folder.exists()
    copied = tmp_path_factory.mktemp("languages")
    for path in languages.FOLDER.glob("*.toml"):
        (copied / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(meanings, "LANGUAGES", copied)
    before = meanings.digest()
    (copied / "id.toml").write_bytes((copied / "id.toml").read_bytes() + b"# more\n")
    meanings.digest.cache_clear()
    assert meanings.digest() != before


def test_shared_data_cannot_be_changed_by_a_reader() -> None:
    """Its records are frozen."""
    some: list[Any] = [
        next(iter(meanings.concepts().values())),
        meanings.units(),
        meanings.kinds(),
        next(iter(meanings.taxonomy().values())),
        next(iter(rosters.actors().values())),
    ]
    for one in some:
        field = msgspec.structs.fields(one)[0].name
        with pytest.raises(AttributeError):
            setattr(one, field, None)
