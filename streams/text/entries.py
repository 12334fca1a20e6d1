"""What the data of a language says: its forms, and what each is good for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams import languages, meanings, rosters
from streams.languages.forms import expand_all
from streams.text import brackets, together


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language


class Entry(NamedTuple):
    """What a form is good for: a role, and a key within the role.

    ("unit", "t"), ("predicate.right", "killed"), ("keyword.strong", "air_strike") …
    """

    role: str
    key: str


def forms_of(language: Language) -> Iterator[tuple[list[str], Entry]]:
    """Yield forms of a language, spelt out, with one thing that they are good for.

    Raises :class:`streams.errors.DataError` for a mistake in its file.
    """
    file = f"{language.code}.toml"
    for where, role, key, forms in lists(language):
        entry = Entry(role, key)
        expanded = expand_all(forms, f"{file}: {where}")
        if any("\u2026" in form for form in forms):
            for form in expanded:
                if brackets.DOTS in form:
                    yield from (([one], part) for one, part in brackets.parted(form, entry))
                else:
                    yield [form], entry
        else:
            yield expanded, entry
    for form, role, key in rosters.forms(language):
        yield [form], Entry(role, key)


def lists(language: Language) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield (where in the file, role, key, forms) for each list of forms."""
    numerals = language.numerals
    for table in ("cardinals", "multipliers", "fractions", "denominators", "indefinite", "glued"):
        for key, forms in getattr(numerals, table).items():
            yield f"numerals.{table}.{key}", f"numeral.{table}", key, forms
    for table in (
        "teens",
        "joiners",
        "point",
        "minus",
        "articles",
        "singular",
        "further",
        "approximate",
        "inverted",
        "ordinals",
        "ordinal_before",
        "approximate_suffixes",
        "inside",
        "over",
        "tenths",
    ):
        yield f"numerals.{table}", f"numeral.{table}", table, getattr(numerals, table)
    for qualifier, sided in language.qualifiers.items():
        yield f"qualifiers.{qualifier}.before", "qualifier.before", qualifier, sided.before
        yield f"qualifiers.{qualifier}.after", "qualifier.after", qualifier, sided.after
    for group, names in (
        ("ranges", ("to", "between", "between_and", "corrections", "starts")),
        ("relatives", languages.Relatives.__struct_fields__),
        ("not_figures", languages.NotFigures.__struct_fields__),
        (
            "time",
            (
                "months",
                "weekdays",
                "period_before",
                "period_after",
                "ago",
                "ago_before",
                "lasting",
                "since",
                "since_after",
                "compared",
                "year_words",
                "day_marks",
                "year_marks",
            ),
        ),
        (
            "speakers",
            (
                "sources",
                "via",
                "not_names",
                "clause_openers",
                "articles",
                "connectors",
                "pronouns",
                "modifiers",
                "between",
                "asides",
                "when",
                "names",
                "nationalities",
                "quoted",
            ),
        ),
        ("places", ("before", "whence", "after", "names", "heads", "joiners", "not_places", "wider")),
        (
            "script",
            (
                "words",
                "classifiers",
                "event_classifiers",
                "attributive",
                "object_markers",
                "object_verbs",
                "proclitics",
                "loose_proclitics",
                "prefixes",
            ),
        ),
    ):
        table = getattr(language, group)
        for name in names:
            yield f"{group}.{name}", f"{group}.{name}", name, getattr(table, name)
    for name in (
        "fillers",
        "noun_ends",
        "clause_ends",
        "conjunctions",
        "parts",
        "links",
        "part_of",
        "possessives",
        "silencers",
        "missing",
    ):
        yield name, name, name, getattr(language, name)
    yield from _counted_nouns(language)
    for time_unit, forms in language.time.units.items():
        yield f"time.units.{time_unit}", "time.unit", time_unit, forms
    yield "rates.markers", "rate.marker", "markers", language.rates.markers
    for where, role, keyed in (
        ("time.windows", "time.window", dict(language.time.windows)),
        ("rates.adverbs", "rate.adverb", language.rates.adverbs),
        ("rates.before", "rate.before", language.rates.before),
        ("units", "unit", language.units),
        ("concepts", "concept", language.concepts),
        ("scope", "scope", dict(language.scope)),
        ("status", "status", dict(language.status)),
        ("places.nations", "places.nations", language.places.nations),
    ):
        for name, forms in keyed.items():
            yield f"{where}.{name}", role, name, forms
    for kind, predicate in language.predicates.items():
        for side in ("right", "left", "either"):
            yield f"predicates.{kind}.{side}", "predicate", f"{side}:{kind}", getattr(predicate, side)
    for index, attribution in enumerate(language.attributions):
        key = f"{attribution.speaker}:{attribution.stance}"
        yield f"attributions[{index}].forms", "attribution", key, attribution.forms
    for category, keywords in language.keywords.items():
        yield f"keywords.{category}.strong", "keyword", f"strong:{category}", keywords.strong
        yield f"keywords.{category}.weak", "keyword", f"weak:{category}", keywords.weak
        yield f"keywords.{category}.leaning", "keyword", f"leaning:{category}", keywords.leaning
        yield f"keywords.{category}.counted", "keyword.counted", category, keywords.counted
        yield f"keywords.{category}.general", "keyword.general", category, keywords.general
    yield from together.lists(language)
    for domain, forms in language.domains.items():
        yield f"domains.{domain}", "domain", domain, forms
    for group, forms in language.groups.items():
        yield f"groups.{group}", f"group.{group}", group, forms


def _counted_nouns(language: Language) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield the lists of nouns that are numbers by themselves; a dual is also what there are two of."""
    yield "singles", "numeral.singles", "1", language.singles
    for key, forms in language.duals.items():
        yield f"duals.{key}", "numeral.duals", "2", forms
        yield f"duals.{key}", _measure(key, language), key, forms


def _measure(key: str, language: Language) -> str:
    """Return the role of the forms of a thing, a length of time or a unit of measure."""
    if key in language.time.units:
        return "time.unit"
    return "concept" if key in meanings.concepts() else "unit"
