"""What is wrong with the names that languages share: actors, states, weapons, targets, words of roles.

Each mistake is ``file: key: reason``, as :mod:`streams.checking` has them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, get_args

import regex

from streams import languages, meanings, rosters
from streams.errors import DataError
from streams.gazetteer import gazetteer
from streams.languages.forms import expand, written
from streams.records import FindingKind
from streams.text.entries import lists


if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from streams.languages import Language


_ORDINARY = frozenset(
    [
        "concept",
        "unit",
        "predicate",
        "status",
        "fillers",
        "time.unit",
        "scope",
        "conjunctions",
        "qualifier.before",
    ]
)
"""Roles of ordinary words, which no name may be; so are keywords of events."""
_NAMES_OF = frozenset(
    [
        "terror_group_mention",
        "missile_artillery",
        "drone_strike",
        "military_presence",
        "humanitarian",
        "displacement",
    ]
)
"""Categories whose keywords are names of groups, weapons and agencies themselves."""
_FIGHTERS = frozenset(["militant", "fighter", "rebel", "terrorist", "soldier"])
"""Concepts that are names of those who fight."""
_ARMS = frozenset(["munition", "weapon", "vehicle", "aircraft", "ship", "explosives"])
"""Classes of concepts that weapons are."""
_ONE_NAME = ("actor", "weapon", "target", "state")
_WORD = regex.compile(r"\p{L}++")
_ALPHABETS = tuple(regex.compile(rf"\p{{{script}}}") for script in ("Latin", "Cyrillic", "Arabic"))
_HAN = regex.compile(r"\p{Han}")


def roster_problems() -> Iterator[str]:
    """Yield what is wrong with the names, whatever the language."""
    codes = languages.available()
    yield from rosters.check_codes(codes)
    yield from _countries()
    yield from _weapons()
    yield from _targets()
    yield from _states(codes)
    yield from _findings(codes)
    for actor_id, actor in rosters.actors().items():
        if not any(actor.forms.values()):
            yield f"actors.toml: {actor_id}: forms: is empty"


def _countries() -> Iterator[str]:
    known = gazetteer().countries
    for actor_id, actor in rosters.actors().items():
        if actor.country is not None and actor.country not in known:
            yield f"actors.toml: {actor_id}: country: {actor.country!r} is no country of the gazetteer"
    for code, table in rosters.states().adjectives.items():
        for country in table.keys() - known.keys():
            yield f"states.toml: adjectives.{code}.{country}: is no country of the gazetteer"


def _weapons() -> Iterator[str]:
    known = rosters.weapons()
    for name, model in known.models.items():
        if model.family not in known.families:
            yield f"weapons.toml: models.{name}: family: there is no family {model.family!r}"
        if name in known.families:
            yield f"weapons.toml: models.{name}: is the name of a family too"
        if not any(model.forms.values()):
            yield f"weapons.toml: models.{name}: forms: is empty"
    owners = {f"weapons.toml: families.{name}": one.concepts for name, one in known.families.items()}
    yield from _concepts(owners)
    for name, family in known.families.items():
        if not family.concepts and not any(family.forms.values()):
            yield f"weapons.toml: families.{name}: has neither concepts nor forms"


def _targets() -> Iterator[str]:
    yield from _concepts({f"targets.toml: {name}": one.concepts for name, one in rosters.targets().items()})
    for name, target in rosters.targets().items():
        if not target.concepts and not any(target.forms.values()):
            yield f"targets.toml: {name}: has neither concepts nor forms"


def _findings(codes: Container[str]) -> Iterator[str]:
    known = {*get_args(FindingKind), *rosters.FINDING_PARTS}
    for name, table in rosters.findings().items():
        if name not in known:
            yield f"findings.toml: {name}: is no kind of finding; there are {', '.join(sorted(known))}"
        for code in table:
            if code not in codes:
                yield f"findings.toml: {name}.{code}: is no language that there is a file for"


def _concepts(owners: dict[str, tuple[str, ...]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for where, concepts in owners.items():
        for concept in concepts:
            if concept not in meanings.concepts():
                yield f"{where}: concepts: there is no concept {concept!r} in concepts.toml"
            elif seen.setdefault(concept, where) != where:
                yield f"{where}: concepts: {concept!r} is one of {seen[concept].partition(': ')[2]} too"


def _states(codes: Container[str]) -> Iterator[str]:
    known = rosters.states()
    tables: dict[str, Iterable[str]] = {
        "named": known.named,
        "endings": known.endings,
        "adjectives": known.adjectives,
        "links": known.links,
        "bodies_of": known.bodies_of,
    }
    for table, named in tables.items():
        for code in named:
            if code not in codes:
                yield f"states.toml: {table}.{code}: is no language that there is a file for"
    for code, bodies in known.bodies_of.items():
        for body in bodies.keys() - known.bodies.keys():
            yield f"states.toml: bodies_of.{code}.{body}: there is no such body in bodies"
        for body in known.bodies.keys() - bodies.keys():
            yield f"states.toml: bodies_of.{code}.{body}: has no forms"
    for code, names in known.named.items():
        for name in names:
            country, _, body = name.partition(".")
            if country not in gazetteer().countries or body not in known.bodies:
                yield f'states.toml: named.{code}.{name}: must be a country and a body, as in "IL.navy"'
    for code in rosters.roles():
        if code not in codes:
            yield f"roles.toml: {code}: is no language that there is a file for"


def names_in(language: Language) -> Iterator[tuple[str, str]]:
    """Yield (where, reason) for what is wrong with the shared names in one language."""
    ordinary = _ordinary(language)
    seen: dict[str, dict[str, str]] = defaultdict(dict)
    signs = frozenset(language.script.inflections)
    for where, role, key, forms in rosters.lists(language):
        mine: set[str] = set()
        for form in forms:
            try:
                expanded = dict(written(form, where))
            except DataError as error:
                yield where, str(error).removeprefix(f"{where}: ")
                continue
            if reason := _unreachable(form, signs):
                yield where, f"{form!r} {reason}"
            for one, folded in expanded.items():
                if one in mine:
                    yield where, f"{one!r} stands there twice"
                mine.add(one)
                if role in _ONE_NAME and (first := seen[role].setdefault(folded, key)) != key:
                    yield where, f"{one!r} is a name of {first} too"
                # A capital tells a name where the language has them.
                told = language.script.capitals and any(map(str.isupper, one))
                word = None if told or _is_weak(key) else ordinary.get(role, {}).get(folded)
                if word:
                    yield where, f"{one!r} is an ordinary word too: {word}"


def _is_weak(key: str) -> bool:
    return key.startswith(rosters.WEAK + " ")


def _ordinary(language: Language) -> dict[str, dict[str, str]]:
    """Return the ordinary words of a language, with where they stand, for actors and for weapons."""
    found: dict[str, dict[str, str]] = {"actor": {}, "weapon": {}}
    for where, role, key, forms in lists(language):
        category = key.partition(":")[2]
        if role != "keyword" and role not in _ORDINARY:
            continue
        if (role == "keyword" and category in _NAMES_OF) or key in _FIGHTERS or key == "asserted":
            continue
        concept = meanings.concepts().get(key) if role == "concept" else None
        arms = role == "keyword" or (concept is not None and concept.class_ in _ARMS)
        for form in forms:
            try:
                expanded = expand(form, where)
            except DataError:
                continue  # told of where the forms of the language are checked
            for one in expanded:
                found["actor"].setdefault(one, where)
                if not arms:
                    found["weapon"].setdefault(one, where)
    return found


def _unreachable(form: str, signs: frozenset[str]) -> str | None:
    """Return why a form can never be found, None where it can."""
    if form[-1:] in "+*~^" and form[-1] not in signs:
        return f"ends in {form[-1]!r}, and the language has no such sign in script.inflections"
    if "  " in form:
        return "has two spaces in a row"
    for word in _WORD.findall(form):
        if sum(alphabet.search(word) is not None for alphabet in _ALPHABETS) > 1 and not _HAN.search(word):
            return f"has letters of two alphabets in {word!r}"
    return None
