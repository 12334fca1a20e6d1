"""Numbers written as one word: "zweihundertfünfzig" is two, hundred, fifty."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from streams.languages import load
from streams.languages.forms import expand


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.languages import Language


class Part(NamedTuple):
    """A number word inside a longer one; ``key`` is its value in the language file."""

    start: int
    end: int
    role: str  # cardinals, multipliers, joiners
    key: str


_MOST_PARTS = 12


def number_parts(folded: str, language: Language) -> Iterator[Part]:
    """Yield the parts of each word of a text that is made of number words and nothing else.

    A word that the language file has as a whole is left to it. Nothing, where the language
    does not write numbers as one word.
    """
    if not (language.script.compounds or language.numerals.one_word):
        return
    vocabulary, pattern = _vocabulary(language.code)
    for match in pattern.finditer(folded):
        if match.group() in vocabulary:
            continue
        for start, end in match.spans(1):
            for role, key in vocabulary[folded[start:end]]:
                yield Part(start, end, role, key)


@cache
def _vocabulary(code: str) -> tuple[dict[str, tuple[tuple[str, str], ...]], regex.Pattern[str]]:
    """Return the number words of a language by form, and the pattern of a word made of them."""
    numerals = load(code).numerals
    forms: dict[str, tuple[tuple[str, str], ...]] = {}
    tables = (
        ("cardinals", numerals.cardinals),
        ("cardinals", {"1": [*numerals.singular, *numerals.articles]}),
        ("multipliers", numerals.multipliers),
        ("joiners", {"joiners": numerals.joiners}),
    )
    for role, table in tables:
        for key, listed in table.items():
            for form in listed:
                for expanded in expand(form, f"{code}.toml: numerals.{role}.{key}"):
                    if expanded.isalpha() and (role, key) not in forms.get(expanded, ()):
                        forms[expanded] = (*forms.get(expanded, ()), (role, key))
    words = "|".join(regex.escape(form) for form in sorted(forms, key=len, reverse=True))
    # Behind the last word of a number its ending may stand: "yüzyirmiüçü".
    written = (ending for listed in numerals.endings.values() for ending in listed)
    endings = {one for form in written for one in expand(form, f"{code}.toml: numerals.endings")}
    ending = "|".join(regex.escape(one) for one in sorted(endings, key=len, reverse=True)) or "(?!)"
    return forms, regex.compile(rf"(?<!\p{{L}})({words}){{2,{_MOST_PARTS}}}(?:{ending})?(?!\p{{L}})")
