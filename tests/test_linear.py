"""The time for an article grows with its length and no faster, whatever it is made of.

Texts made of a language's own words, again and again, are read in two lengths, and no line of
Kabar may do more than in proportion (:mod:`tests.work` counts). Regular expressions, which
run no lines, are given texts made of what they look for.
"""

from __future__ import annotations

import random
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from streams import enrichment, languages
from streams.enrichment import examine
from streams.events import actors
from streams.records import Actor, Language, RawArticle
from streams.text.lexicon import lexicon
from tests.work import measure_texts, superlinear, work


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.text.hits import Scan

SIZE = 1_200
"""Code points of the shorter text; the longer one has four times as many."""

SLACK = 12 * SIZE
"""Work that is never too much: a line that has come into play in the longer text alone."""

SIGNS = [
    '" ',
    "“",
    "”",
    "( ",
    ") ",
    ". ",
    ".",
    ".\n",
    "\n\n",
    ", ",
    ",",
    "; ",
    ": ",
    "-",
    " – ",
    "'",
    " ",
    "\t",
]
NUMBERS = [
    "12 ",
    "1,5 ",
    "3 000 ",
    "7",
    "½ ",
    "2024 ",
    "12-15 ",
    "-5 ",
    "1/2 ",
    "20:15 ",
    "No. 4 ",
    "F-16 ",
    "(31) ",
]
NAMES = ["Anto ", "A. ", "Budi Santoso ", "KOTA ", "@ana ", "http://a.b/c "]


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count what is done with texts, and take each for what its article says that it is."""

    def detected(text: str, hint: str) -> Language:
        del text
        return Language(code=hint, confidence=1.0, reliable=True)

    monkeypatch.setattr(enrichment, "detect_language", detected)
    measure_texts(monkeypatch)


def too_much(code: str, piece: str, size: int = SIZE) -> dict[str, tuple[int, int]]:
    """Return the lines that do too much for a text of this piece, again and again."""
    counts = []
    for length in (size, 4 * size):
        raw = RawArticle(id="x", text=piece * (length // len(piece)), language=code)
        counts.append(work(partial(examine, raw)))
    return superlinear(counts[0], counts[1], SLACK)


def forms(code: str) -> dict[str, list[str]]:
    """Return the forms of a language, the same order each time, by what they are good for."""
    found = defaultdict(list)
    for form, entries in lexicon(code).entries.items():
        for entry in entries:
            found[entry.role].append(form)
    return {role: sorted(found[role], key=lambda form: (len(form), form)) for role in sorted(found)}


def role_pieces(code: str) -> Iterator[str]:
    """Yield for each role pieces with its shortest form, in the places it can have."""
    for known in forms(code).values():
        form = known[0]
        yield from (f"12 {form} Anto, ", f"{form} ", f"12 {form} ", f"Anto {form} ")


def soup(code: str, seed: int) -> str:
    """Return a piece of a few words, numbers, names and signs of a language."""
    dice = random.Random(f"{code} {seed}")  # noqa: S311 - it deals out words
    known = forms(code)
    words = [
        dice.choice(known[dice.choice(list(known))]) + dice.choice([" ", " ", ", "])
        for _ in range(dice.randint(1, 5))
    ]
    others = [dice.choice(dice.choice([SIGNS, NUMBERS, NUMBERS, NAMES])) for _ in range(dice.randint(1, 5))]
    pieces = words + others
    dice.shuffle(pieces)
    return "".join(pieces)


def test_what_grows_too_fast_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that looks through the rest of the text for each word of it is found, and by its line."""

    def slow(scan: Scan, *rest: Any) -> list[Actor]:  # noqa: ANN401 - what the step takes besides
        for hit in scan.role("concept"):
            scan.text.count("x", hit.start)
        return actors.find_actors(scan, *rest)

    monkeypatch.setattr(enrichment, "find_actors", slow)
    found = too_much("en", "12 soldiers ")
    assert len(found) == 1


def test_the_words_of_each_role_are_read_in_linear_time() -> None:
    """Two and two between numbers and names, in one sentence without an end."""
    first = [known[0] for known in forms("en").values()]
    pieces = [f"12 {one} Anto, 7 {other} " for one, other in zip(first[::2], first[1::2], strict=False)]
    found = {piece: lines for piece in pieces if (lines := too_much("en", piece))}
    assert found == {}


@pytest.mark.parametrize("code", languages.available())
def test_soups_of_words_and_signs_are_read_in_linear_time(code: str) -> None:
    """What one word does not set off, several may: sentences, paragraphs, quotations."""
    pieces = [soup(code, seed) for seed in range(12)]
    found = {piece: lines for piece in pieces if (lines := too_much(code, piece))}
    assert found == {}


@pytest.mark.soak
@pytest.mark.parametrize("code", languages.available())
def test_the_words_of_each_role_are_read_in_linear_time_in_each_language(code: str) -> None:
    """The same for every language, and for hundreds of soups of its words."""
    pieces = [*role_pieces(code), *(soup(code, seed) for seed in range(12, 300))]
    found = {piece: lines for piece in pieces if (lines := too_much(code, piece, 2 * SIZE))}
    assert found == {}
