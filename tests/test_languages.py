"""Language files: what may stand in them, and what is said of one that is wrong."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from streams import languages, meanings
from streams.checking import check_language, language_problems
from streams.errors import DataError
from streams.text.entries import lists
from streams.text.lexicon import Lexicon
from tests.embedded import kabar


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.languages import Language


SMALL = """
code = "xx"
name = "Example"
fillers = []
noun_ends = []
clause_ends = []
conjunctions = []
parts = []
links = []
part_of = []
possessives = []
silencers = []
attributions = []
[script]
[digits]
decimal = ","
thousands = ["."]
[numerals]
cardinals = {}
multipliers = {}
[qualifiers]
[ranges]
[not_figures]
[time]
months = []
[time.units]
[rates]
[units]
[concepts]
[predicates]
[scope]
[status]
[speakers]
[places]
[keywords]
[domains]
"""


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], Language]:
    """Give what reads a language file with a given content."""
    path = tmp_path / "xx.toml"

    def write(content: str | bytes) -> Language:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        languages.load_file.cache_clear()
        return languages.load_file(path)

    return write


def test_the_smallest_file_is_a_language(read: Callable[[str], Language]) -> None:
    """What has no words has none; nothing else is needed to read one, and much is missing from it."""
    language = read(SMALL)
    assert (language.code, language.name) == ("xx", "Example")
    assert Lexicon(language).scan("12 orang").role("unit").hits == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "Example"', 'nam = "Example"', "unknown field `nam`"),
        ('name = "Example"', "", "missing required field `name`"),
        ("fillers = []", 'fillers = "unit"', "Expected `array`, got `str` - at `$.fillers`"),
        ("fillers = []", "fillers = [5]", "Expected `str`, got `int` - at `$.fillers[0]`"),
        (
            "[script]",
            '[script]\nnoun_head = "middle"',
            "Invalid enum value 'middle' - at `$.script.noun_head`",
        ),
        ("[script]", "[script]\nspaces = 1", "Expected `bool`, got `int` - at `$.script.spaces`"),
        ("[numerals]", "[numerals]\ntwenty = []", "unknown field `twenty` - at `$.numerals`"),
        ("[qualifiers]", "[qualifiers.perhaps]", "Invalid enum value 'perhaps'"),
        ("[time.units]", '[time.units]\nfortnight = ["fortnight"]', "Invalid enum value 'fortnight'"),
        ("[scope]", '[scope]\nold = ["lama"]', "Invalid enum value 'old'"),
        ("[status]", '[status]\nmaybe = ["mungkin"]', "Invalid enum value 'maybe'"),
        ("[predicates]", "[predicates.killed]\nmiddle = []", "unknown field `middle`"),
        ("[keywords]", "[keywords.riot]\nweek = []", "unknown field `week`"),
        ("attributions = []", 'attributions = [{ speaker = "me" }]', "at `$.attributions[0]"),
        ('code = "xx"', 'code = "yy"', "code: is 'yy'; the file's name says 'xx'"),
        ('code = "xx"', "code = ", "Invalid value"),
        ('code = "xx"', 'code = "xx"\ncode = "xx"', "Cannot overwrite a value"),
    ],
)
def test_a_mistake_of_form_names_file_and_key(
    read: Callable[[str], Language], old: str, new: str, said: str
) -> None:
    """A key that is not known, one that is missing, another type, another word, no TOML."""
    assert old in SMALL
    with pytest.raises(DataError) as caught:
        read(SMALL.replace(old, new, 1))
    assert str(caught.value).startswith("xx.toml: ")
    assert said in str(caught.value)


def test_a_file_that_is_no_utf_8_names_itself(read: Callable[[bytes], Language]) -> None:
    """An editor's mistake, and not a traceback."""
    with pytest.raises(DataError, match=r"^xx\.toml: "):
        read(SMALL.replace("Example", "Espa\u00f1ol").encode("latin-1"))


def test_a_mistake_in_braces_names_file_key_and_form(read: Callable[[str], Language]) -> None:
    """As the worker would say it at its start."""
    language = read(SMALL.replace("[units]", '[units]\nkm = ["kilomet{er,re"]'))
    with pytest.raises(DataError, match=r"^xx\.toml: units\.km: 'kilomet\{er,re' has an opening brace"):
        Lexicon(language)


ADDED = {
    "[units]": '[units]\nstone = ["stone"]\nusd = ["dollar"]\nkm = ["mile", "{oops"]\nm = ["mile"]',
    "[concepts]": '[concepts]\nunicorn = ["unicorn"]\nbomb = ["bom"]\nrocket = ["Bom{,b}"]',
    "[predicates]": '[predicates.vanished]\nleft = ["gone"]',
    "[keywords]": '[keywords.gossip]\nstrong = ["gossip"]',
    "cardinals = {}": 'cardinals = { 2 = ["dua"], 3 = ["tiga", "dua"], four = ["empat"], -5 = ["x"] }',
    "multipliers = {}": 'multipliers = { "1e3" = ["ribu"] }\n'
    'fractions = { "0.5" = ["half"], "1/0" = [], "0/2" = [] }\n'
    'indefinite = { "5" = ["some"], "9..3" = ["few"] }\nglued = { "" = ["k"] }\ndenominators = { "a" = [] }',
    'decimal = ","': 'decimal = "."',
}
MISTAKES = {
    "concepts.unicorn": "no such concept in concepts.toml",
    "predicates.vanished": "no such predicate in kinds.toml",
    "keywords.gossip": "no such category in taxonomy.toml",
    "units.stone": "no such unit in units.toml, and no currency code of ISO 4217",
    "units.usd": "no such unit in units.toml, and no currency code of ISO 4217",
    "numerals.cardinals.four": "must be a whole number",
    "numerals.cardinals.-5": "must be a whole number",
    "numerals.multipliers.1e3": "must be a whole number",
    "numerals.glued.": "must be a whole number",
    "numerals.denominators.a": "must be a whole number",
    "numerals.fractions.0.5": 'must be a fraction, as in "1/2"',
    "numerals.fractions.1/0": 'must be a fraction, as in "1/2"',
    "numerals.fractions.0/2": 'must be a fraction, as in "1/2"',
    "numerals.indefinite.5": 'must be two bounds, as in "20..99"',
    "numerals.indefinite.9..3": 'must be two bounds, as in "20..99"',
    "numerals.cardinals.3": "'dua' stands in '2' too, and can mean only one of them",
    "units.km": "'{oops' has an opening brace that is not closed",
    "units.m": "'mile' stands in 'km' too, and can mean only one of them",
    "concepts.rocket": "'bom' stands in 'bomb' too, and can mean only one of them",
    "digits": "'.' is both the decimal sign and one of thousands",
    "qualifiers.at_least": "has no forms",
    "time.units.hour": "has no forms",
    "time.months": "has 0 forms where a year has 12 months",
    "status.planned": "has no forms",
    "scope.new": "has no forms",
    "predicates.killed": "has no forms",
    "keywords.riot": "has no forms",
    "numerals.cardinals.7": "has no forms",
    "attributions": "has no verb of saying",
}


def test_mistakes_of_meaning_are_all_told_at_once(read: Callable[[str], Language]) -> None:
    """Each a line with file, key and reason, so that one run mends them all."""
    content = SMALL
    for old, new in ADDED.items():
        assert old in content
        content = content.replace(old, new, 1)
    told = list(language_problems(read(content)))
    assert all(f"xx.toml: {key}: {reason}" in told for key, reason in MISTAKES.items()), told
    others = [line for line in told if line.split(": ", 2)[1] not in MISTAKES]
    assert all(line.endswith(": has no forms") for line in others), others
    assert len(told) == len(set(told))


ELSE_TOLD = ("has no forms", "a year has 12 months", "has no verb of saying")
"""What the smallest file lacks anyway."""
UNREAD = "is never found in a text: there another form is in its place, or none"
ENDINGS = '[script]\ninflections = { "+" = ["{s,}"], "-" = ["ed", "ing"], "!" = ["ing"] }'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[keywords]",
            '[keywords.riot]\nstrong = ["riot"]\n[keywords.attack]\nweak = ["fight", "Riot"]',
            "keywords.attack.weak: 'Riot' stands in keywords.riot.strong too, and is read only there",
        ),
        (
            "[keywords]",
            '[keywords.riot]\nstrong = ["riot{s,}"]\nweak = ["unrest", "riots"]',
            "keywords.riot.weak: 'riots' stands in keywords.riot.strong too, and is read only there",
        ),
        (
            "[keywords]",
            '[keywords.riot]\nstrong = ["riot", "mob"]\n[keywords.attack]\nstrong = ["{riot,mob}"]',
            "keywords.attack.strong: '{riot,mob}' stands in keywords.riot.strong too, and is read only there",
        ),
        (
            "silencers = []",
            'silencers = ["price war", "Price war"]',
            "silencers: 'Price war' stands there twice",
        ),
        (
            "[domains]",
            '[domains]\nfilm = ["film"]\nsport = ["match", "film"]',
            "domains.sport: 'film' stands in domains.film too, and is read only there",
        ),
        (
            "[predicates]",
            '[predicates.killed]\nleft = ["died", "died"]',
            "predicates.killed.left: 'died' stands there twice",
        ),
        ("[script]\n", "[script]\nspaces = false\n", f"not_figures.idioms: '\uff1aab' {UNREAD}"),
        (
            "[script]",
            f'{ENDINGS}\n[keywords.riot]\nstrong = ["riot-"]\n[keywords.attack]\nweak = ["riot-"]',
            "keywords.attack.weak: 'riot-' stands in keywords.riot.strong too, and is read only there",
        ),
        (
            "[script]",
            f'{ENDINGS}\n[keywords.riot]\nstrong = ["riot-"]\n[keywords.attack]\nweak = ["riot!"]',
            f"keywords.attack.weak: 'riot!' {UNREAD}",
        ),
    ],
)
def test_a_form_of_which_nothing_is_read_is_named(
    read: Callable[[str], Language], old: str, new: str, told: str
) -> None:
    """It stands twice in a list, behind one of another category, or is written as no text is."""
    content = SMALL.replace("[not_figures]", '[not_figures]\nidioms = ["\uff1aab"]')
    content = content.replace("[keywords]\n", "") if "[keywords." in new and old != "[keywords]" else content
    found = list(language_problems(read(content.replace(old, new, 1))))
    assert [line for line in found if not line.endswith(ELSE_TOLD)] == [f"xx.toml: {told}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[keywords]", '[keywords.riot]\nstrong = ["riot"]\nweak = ["riot{s,}"]'),
        ("silencers = []", 'silencers = ["price war", "{price,trade} war"]'),
        ("[predicates]", '[predicates.killed]\nleft = ["lost"]\n[predicates.wounded]\nleft = ["lost"]'),
        ("[domains]", '[domains]\nfilm = ["film"]\n[duals]\nchild = ["twins"]\nman = ["brothers"]'),
        ("silencers = []", 'silencers = ["took \u2026 down", "took down"]'),
        ("[script]", '[script]\ncapital_nouns = true\n[concepts]\nchild = ["kind"]'),
    ],
)
def test_a_form_may_say_in_part_what_another_one_says(
    read: Callable[[str], Language], old: str, new: str
) -> None:
    """Of braces some parts may stand elsewhere; a verb may mean two things, and which is decided later."""
    content = SMALL.replace("[concepts]\n", "") if "[concepts]" in new else SMALL
    found = list(language_problems(read(content.replace(old, new, 1))))
    assert [line for line in found if not line.endswith(ELSE_TOLD)] == []


@pytest.mark.parametrize("rule", ["e", ">a", "e>e", "e>a>b"])
def test_a_rule_for_the_cases_of_place_names_leads_from_one_ending_to_another(
    read: Callable[[str], Language], rule: str
) -> None:
    """Else it is named."""
    content = SMALL.replace("[places]", f'[places]\nnominatives = ["{rule}"]', 1)
    told = list(language_problems(read(content)))
    reason = "is no rule: an ending, '>', and what stands in its stead"
    assert f"xx.toml: places.nominatives: {rule!r} {reason}" in told


def test_a_language_must_have_words_for_all_that_is_read(read: Callable[[str], Language]) -> None:
    """Every category, every predicate, every status: what has no words is named."""
    told = "\n".join(language_problems(read(SMALL)))
    for table, names in (
        ("keywords", meanings.taxonomy()),
        ("predicates", meanings.kinds().predicates.keys() - meanings.kinds().optional),
        ("status", ("planned", "negated", "hypothetical", "historical")),
        ("qualifiers", ("at_least", "more_than", "at_most", "less_than", "about")),
    ):
        assert all(f"xx.toml: {table}.{name}: has no forms" in told for name in names)


def test_checking_raises_every_mistake_as_one_error(
    read: Callable[[str], Language], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The command splits it into lines."""
    read(SMALL)
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    monkeypatch.setattr(languages, "available", lambda: ("xx",))
    with pytest.raises(DataError) as caught:
        check_language("xx")
    assert str(caught.value).splitlines() == list(language_problems(read(SMALL)))
    assert len(str(caught.value).splitlines()) > 50


@pytest.mark.parametrize("code", languages.available())
def test_a_shipped_language_has_no_mistake(code: str) -> None:
    """Names that the shared data knows, one meaning for each form, words for everything."""
    check_language(code)


@pytest.mark.parametrize("code", languages.available())
def test_each_list_of_a_language_is_read_somewhere(code: str) -> None:
    """A list that no step looks up would be words without effect: each key of the file is a role or known."""
    read_elsewhere = {
        "script.proclitics",
        "script.enclitics",
        "script.endings",
        "script.elisions",
        "script.apart",
        *(f"script.inflections.{sign}" for sign in languages.load(code).script.inflections),
        "numerals.endings.part",
        "numerals.endings.case",
        "time.period_endings",
        "speakers.genitives",
        "places.endings",
        "places.toward",
        "script.participle_endings",
        "script.abbreviations",
        "numerals.ordinal_prefixes",
        "numerals.ordinal_suffixes",
        "numerals.decade_suffixes",
        "digits.thousands",
        "digits.decimals",
        "time.day_links",
        "places.nominatives",
        "places.sure",
        "places.sides",
        "script.partitives",
        "collocations",
    }
    file = tomllib.loads((languages.FOLDER / f"{code}.toml").read_text("utf-8"))
    known = {where.split("[")[0] for where, *_ in lists(languages.load(code))} | read_elsewhere

    def paths(value: Any, path: str) -> list[str]:  # noqa: ANN401 - any TOML value
        if isinstance(value, dict):
            return [one for key, inner in value.items() for one in paths(inner, f"{path}.{key}".lstrip("."))]
        return [path] if isinstance(value, list) else []

    assert set(paths(file, "")) - known - {"attributions"} == set()


def test_an_unknown_language_lists_those_that_have_data() -> None:
    """And no path can be asked for in its place."""
    for code in ("xx", "", "EN", "../id", "id.toml", "__init__"):
        with pytest.raises(LookupError) as caught:
            languages.load(code)
        assert str(caught.value).endswith(f"there is data for: {', '.join(languages.available())}")


def test_a_language_is_loaded_once_and_cannot_be_changed() -> None:
    """It is shared by all articles."""
    assert languages.load("id") is languages.load("id")
    with pytest.raises(AttributeError):
        languages.load("id").name = "other"  # type: ignore[misc]


def test_files_that_begin_with_an_underscore_are_no_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft may lie beside the others."""
    for name in ("_draft.toml", "bb.toml", "aa.toml", "readme.md"):
        (tmp_path / name).touch()
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.available.cache_clear()
    assert languages.available() == ("aa", "bb")
    monkeypatch.undo()
    languages.available.cache_clear()


def test_the_command_tells_every_mistake(
    tmp_path: Path, read: Callable[[str], Language], monkeypatch: pytest.MonkeyPatch
) -> None:
    """``kabar check`` of a file with mistakes of meaning: each is a line on stderr, and the status 1.

    Names that are given for languages which have no file here are mistakes too.
    """
    expected = list(language_problems(read(SMALL)))
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.available.cache_clear()
    ran = kabar("check")
    languages.available.cache_clear()
    told = ran.err.splitlines()
    assert ran.status == 1
    assert [line for line in told if "is no language that there is a file for" not in line] == expected


def test_defaults_of_a_language_are_not_shared() -> None:
    """Words of one language never turn up in another through a list they share."""
    one, other = (msgspec.convert({"decimal": ",", "thousands": ["."]}, languages.Digits) for _ in range(2))
    assert one == other
    assert one.thousands is not other.thousands
    assert languages.Ranges().to is not languages.Ranges().to
