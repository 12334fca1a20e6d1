"""Names that languages share: actors, states, weapons and targets, each with its forms by language.

Read once from ``streams/data``, checked on load. A form is written as in the language files, with braces and
the signs of ``script.inflections``, and goes into the automaton of its language with all others.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from streams import meanings
from streams.gazetteer import gazetteer
from streams.languages.forms import expand_all, written
from streams.records import ActorType


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language


ByLanguage = dict[str, tuple[str, ...]]
"""Forms by the codes of the languages they are of, parted by spaces; ``all`` is every one."""

ALL = "all"
WEAK = "weak"

_SIGN = "|"


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class ActorNames(_Strict, frozen=True):
    """One actor of data/actors.toml; a ``weak`` form is an ordinary word as well."""

    name: str
    type: ActorType
    country: str | None = None
    forms: ByLanguage = {}
    weak: ByLanguage = {}


class Model(_Strict, frozen=True):
    """One weapon with a name of its own."""

    name: str
    family: str
    forms: ByLanguage = {}
    weak: ByLanguage = {}


class Family(_Strict, frozen=True):
    """Weapons of one sort, which the language files have as ``concepts``."""

    label: str
    concepts: tuple[str, ...] = ()
    forms: ByLanguage = {}


class Weapons(_Strict, frozen=True):
    """data/weapons.toml."""

    families: dict[str, Family]
    models: dict[str, Model]


class TargetType(_Strict, frozen=True, rename={"class_": "class"}):
    """One sort of places or things that are attacked.

    ``taken_to``: who was hurt elsewhere is taken there; that somebody dies there says not that it was hit.
    """

    label: str
    class_: str
    taken_to: bool = False
    concepts: tuple[str, ...] = ()
    forms: ByLanguage = {}


class States(_Strict, frozen=True):
    """data/states.toml."""

    bodies: dict[str, str]
    named: dict[str, ByLanguage]
    endings: dict[str, dict[str, str]]
    links: ByLanguage
    adjectives: dict[str, ByLanguage]
    bodies_of: dict[str, ByLanguage]
    home: dict[str, tuple[str, ...]] = {}


class Roles(_Strict, frozen=True):
    """The words of one language that tell who did something to whom. See data/roles.toml.

    ``verb_first``: a verb's subject follows it ("قصف الجيش"). ``adjective_first``: an adjective
    stands before its noun, though another noun would stand behind it ("российские хакеры").
    """

    attack: tuple[str, ...] = ()
    attacked: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    by_after: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    against_after: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    object_after: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()
    ascribed: tuple[str, ...] = ()
    of_state: tuple[str, ...] = ()
    launch: tuple[str, ...] = ()
    mediating: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    verb_first: bool = False
    adjective_first: bool = False


FINDING_PARTS = ("everyone", "asked", "remain", "turned")
"""Tables of data/findings.toml that are no kinds of findings, but words beside them."""

DEEDS = (
    "attack",
    "attacked",
    "by",
    "by_after",
    "against",
    "inside",
    "against_after",
    "away",
    "object_after",
    "passive",
    "linked",
    "ascribed",
    "of_state",
    "launch",
    "mediating",
    "origin",
    "relative",
)
"""The lists of words of :class:`Roles`; the finds of each have a role of its own, ``deed.attack`` …."""


@cache
def actors() -> dict[str, ActorNames]:
    """Return the actors that have a name of their own, by id."""
    return meanings.load("actors.toml", dict[str, ActorNames])


def country_name(country: str) -> str:
    """Return the English name of a country, its code where the gazetteer has none."""
    table = gazetteer()
    row = table.countries.get(country)
    return table.entry(row).name if row is not None else country


@cache
def actor_names() -> dict[str, str]:
    """Return the names of all actors there can be in a record, by id: states and their bodies too."""
    names = {actor_id: actor.name for actor_id, actor in actors().items()}
    for country in gazetteer().countries:
        names[country] = country_name(country)
        names |= {f"{country}.{body}": body_name(country, body) for body in states().bodies}
    return names


def body_name(country: str, body: str) -> str:
    """Return what an army, a police or a ministry is called in records."""
    return f"{country_name(country)}, {states().bodies[body]}"


@cache
def weapons() -> Weapons:
    """Return the weapons."""
    return meanings.load("weapons.toml", Weapons)


@cache
def targets() -> dict[str, TargetType]:
    """Return the sorts of targets, by id."""
    return meanings.load("targets.toml", dict[str, TargetType])


@cache
def states() -> States:
    """Return the bodies of states, and what they are called."""
    return meanings.load("states.toml", States)


@cache
def roles() -> dict[str, Roles]:
    """Return the words that tell who did something to whom, by language."""
    return meanings.load("roles.toml", dict[str, Roles])


@cache
def occasions() -> ByLanguage:
    """Return the words that show an event to be remembered and not reported, by language."""
    return meanings.load("statuses.toml", dict[str, ByLanguage])["commemorative"]


@cache
def parts_denied() -> ByLanguage:
    """Return the words of who denies a part of its own in something, and not the thing, by language."""
    return meanings.load("statuses.toml", dict[str, ByLanguage])["part"]


def asked_for() -> dict[str, ByLanguage]:
    """Return the words that ask for what stands behind, and those that say it is there, by language."""
    tables = meanings.load("statuses.toml", dict[str, ByLanguage])
    return {name: tables[name] for name in ("asked", "kept")}


@cache
def findings() -> dict[str, ByLanguage]:
    """Return the words that tell what became of an event, or what it turned out to be, by kind."""
    return meanings.load("findings.toml", dict[str, ByLanguage])


@cache
def families_of_concepts() -> dict[str, str]:
    """Return which family of weapons a concept is, by its id."""
    return {concept: name for name, family in weapons().families.items() for concept in family.concepts}


@cache
def targets_of_concepts() -> dict[str, str]:
    """Return which sort of target a concept is, by its id."""
    return {concept: name for name, target in targets().items() for concept in target.concepts}


def of(forms: ByLanguage, code: str) -> Iterator[str]:
    """Yield the forms of a language."""
    for codes, listed in forms.items():
        if codes == ALL or code in codes.split():
            yield from listed


def lists(language: Language) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (where in the data, role, key, forms) for each list of forms of a language."""
    code = language.code
    for actor_id, actor in actors().items():
        yield f"actors.toml: {actor_id}: forms", "actor", actor_id, list(of(actor.forms, code))
        yield f"actors.toml: {actor_id}: weak", "actor", f"{WEAK} {actor_id}", list(of(actor.weak, code))
    for name, model in weapons().models.items():
        where = f"weapons.toml: models.{name}"
        yield f"{where}.forms", "weapon", name, list(of(model.forms, code))
        yield f"{where}.weak", "weapon", f"{WEAK} {name}", list(of(model.weak, code))
    for name, family in weapons().families.items():
        yield f"weapons.toml: families.{name}.forms", "weapon", name, list(of(family.forms, code))
    for name, target in targets().items():
        yield f"targets.toml: {name}.forms", "target", name, list(of(target.forms, code))
    yield from _lists_of_states(code)
    yield f"statuses.toml: commemorative.{code}", "occasion", "commemorative", list(of(occasions(), code))
    yield f"statuses.toml: part.{code}", "denial.part", "part", list(of(parts_denied(), code))
    for name, table in asked_for().items():
        yield f"statuses.toml: {name}.{code}", name, name, list(of(table, code))
    for name, listed in findings().items():
        role = f"finding.{name}" if name in FINDING_PARTS else "finding"
        yield f"findings.toml: {name}.{code}", role, name, list(of(listed, code))
    words = roles().get(code, Roles())
    for deed in DEEDS:
        yield f"roles.toml: {code}.{deed}", f"deed.{deed}", deed, list(getattr(words, deed))


def _lists_of_states(code: str) -> Iterator[tuple[str, str, str, list[str]]]:
    known = states()
    for name, forms in known.named.get(code, {}).items():
        yield f"states.toml: named.{code}.{name}", "actor", name, list(forms)
    for country, forms in known.adjectives.get(code, {}).items():
        endings = known.endings.get(code, {})
        full = [_with_endings(form, endings) for form in forms]
        yield f"states.toml: adjectives.{code}.{country}", "state", country, full
    for body, forms in known.bodies_of.get(code, {}).items():
        yield f"states.toml: bodies_of.{code}.{body}", "state.body", body, list(forms)
    yield f"states.toml: links.{code}", "state.link", "link", list(known.links.get(code, ()))


def _with_endings(form: str, endings: dict[str, str]) -> str:
    for sign, ending in endings.items():
        form = form.replace(sign, ending)
    return form


WITH_CAPITALS = frozenset(["actor", "weapon", "state"])
"""Roles of names whose own capitals must be in the text."""


def forms(language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield (form, role, key) for all forms of a language; a key of a name has the places of its capitals.

    Of "NATO" and "Nato" in one list the one with fewer capitals holds for both.
    """
    asked: dict[tuple[str, str, str], set[int]] = {}
    for where, role, key, listed in lists(language):
        if role not in WITH_CAPITALS:
            for folded in expand_all(listed, where):
                asked.setdefault((folded, role, key), set())
            continue
        for form in listed:
            for one, folded in written(form, where):
                places = set() if one.islower() else {at for at, letter in enumerate(one) if letter.isupper()}
                asked.setdefault((folded, role, key), places).intersection_update(places)
    for (folded, role, key), places in asked.items():
        named = _SIGN.join((key, " ".join(map(str, sorted(places))))) if role in WITH_CAPITALS else key
        yield folded, role, named


def parted(key: str, surface: str) -> tuple[str, bool] | None:
    """Return the id of a name that was found and whether it is weak; None without its capitals."""
    name, _, places = key.partition(_SIGN)
    if any(int(at) >= len(surface) or not surface[int(at)].isupper() for at in places.split()):
        return None
    weak = name.startswith(WEAK + " ")
    return (name.removeprefix(WEAK + " "), weak)


def check_codes(known: tuple[str, ...]) -> Iterator[str]:
    """Yield the languages named in the shared data that there are no files for."""
    tables = {
        **{f"actors.toml: {name}": (one.forms, one.weak) for name, one in actors().items()},
        **{f"weapons.toml: models.{name}": (one.forms, one.weak) for name, one in weapons().models.items()},
        **{f"weapons.toml: families.{name}": (one.forms,) for name, one in weapons().families.items()},
        **{f"targets.toml: {name}": (one.forms,) for name, one in targets().items()},
    }
    for where, listed in tables.items():
        for codes in (code for table in listed for key in table for code in key.split()):
            if codes not in (*known, ALL):
                yield f"{where}: {codes!r} is no language that there is a file for"
