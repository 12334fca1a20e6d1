"""No regular expression of Kabar takes more than linear time, whatever it is given.

No time is measured. What makes them slow is looked for instead: a repeat without bounds that
can give back what it took, and a stretch of text that is looked through from every place in it.
"""

from __future__ import annotations

import itertools

import pytest
import regex

from tests.patterns import Expression, made, written


_TOKEN = regex.compile(
    r"\\[pP]\{[^}]*+\}|\\.|\[(?:\\.|\[[^\]]*+\]|[^\]\\])*+\]|(?<open>\*|\+|\{\d*+,\})(?<kind>[+?]?+)"
    r"|(?<bounded>\{\d*+,?+\d*+\}[+?]?+)|\(\?!|.",
    regex.DOTALL,
)

SIGNS = [*"AÉae70 \n\t.,-'\"([<@/:+_", "x7", "7x", "\u0301", "\u00a0", "\u2013", "\u0663", "\u3002", "\u201c"]

LENGTH = 250
"""Times that a piece is repeated in the shorter text; the longer one has twice as many."""

_BOUNDED = 130
"""Places from which a stretch may be looked through: as far as bounded repeats reach."""


NO_ARTICLES = ("options.py", "settings.py", "kafka/connection.py")
"""Where only what an operator sets is read, or what a library says of it."""


@pytest.fixture(scope="module")
def expressions() -> list[Expression]:
    """Give all that an article may come to, each once."""
    known, _ = written()
    found = sorted({(one.pattern, one.flags): one for one in (*known, *made())}.values())
    return [one for one in found if not one.place.startswith(NO_ARTICLES)]


def gives_back(pattern: str) -> list[str]:
    """Return the repeats without bounds that are not possessive."""
    return [found.group() for found in _TOKEN.finditer(pattern) if found["open"] and found["kind"] != "+"]


def pieces(pattern: str) -> list[str]:
    """Return texts to repeat: the pattern's own characters and words, those of all, and pairs of the own."""
    plain = regex.sub(r"\\[pP]\{[^}]*+\}|\\[a-zA-Z0-9]|\(\?[<!=:P]*+", " ", pattern).replace("\\", "")
    own = sorted(set(plain) - set("()[]{}|?*^$"))[:24]
    words = sorted(set(regex.findall(r"\p{L}{2,12}+", plain)), key=len)[:8]
    pairs = ["".join(pair) for pair in itertools.product([*own[:8], "A", "a", "7"], repeat=2)]
    return [*dict.fromkeys([*SIGNS, *own, *words, *(f"{word} " for word in words), *pairs])]


def looked_through(pattern: regex.Pattern[str], text: str) -> int:
    """Return from how many places a pattern would look on behind the end of a text."""
    count = 0
    for start in range(len(text)):
        match = pattern.match(text, start, partial=True)
        count += match is not None and match.partial
    return count


def unending(one: Expression) -> Expression:
    """Return an expression that wants one more character wherever this one asks what does not follow."""
    wanted = {"$": "\\x00", "(?!": "(?=\\x00"}
    parts = [wanted.get(found.group(), found.group()) for found in _TOKEN.finditer(one.pattern)]
    return one._replace(pattern="".join(parts))


def slow_pieces(one: Expression) -> list[str]:
    """Return the pieces that, repeated, are looked through from ever more places."""
    found = []
    for pattern in {one.compiled(), unending(one).compiled()}:
        for piece in pieces(one.pattern):
            many = looked_through(pattern, piece * (2 * LENGTH // len(piece)))
            if many > _BOUNDED and many > 1.5 * looked_through(pattern, piece * (LENGTH // len(piece))):
                found.append(piece)
    return found


def test_all_that_are_made_at_run_time_are_seen() -> None:
    """Each place of the code that makes one has made one."""
    _, places = written()
    assert places
    assert places - {one.place for one in made()} == set()


@pytest.mark.parametrize(
    "pattern", ["(a|b)+c", "a*b", r"\w+?x", r"[\]+]+", r"\p{L}{3,}x", r"(?:a++)+", r"[[a]b]*"]
)
def test_a_repeat_that_gives_back_is_seen(pattern: str) -> None:
    """In every way it can be written."""
    assert gives_back(pattern)


@pytest.mark.parametrize(
    "pattern", ["(a|b)++c", "a*+b", r"[+*]", r"\+\*", r"a{1,64}+@", r"\p{L}{3,}+x", "a{3}"]
)
def test_a_repeat_that_does_not_is_let_through(pattern: str) -> None:
    """Possessive, bounded, or no repeat at all."""
    assert gives_back(pattern) == []


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{Lu}[\p{L}.'-]++, (\d{1,3})",
        r"\d++x",
        r"<b[^>]*+>",
        r"\s++$",
        r"\d++(?!x)",
        r"“[^”]*+”",
        r"[\w.]++@",
        r"a(?:ba)*+c",
    ],
)
def test_a_stretch_that_is_looked_through_again_and_again_is_seen(pattern: str) -> None:
    """Also where nothing is given back."""
    assert slow_pieces(Expression("x", "regex", pattern, 0))


@pytest.mark.parametrize(
    "pattern",
    [r"(?<!\d)\d++x", r"\d{1,9}x", r"(?<=\p{Lu}[\p{L}.'-]{1,40}), (\d{1,3})", r"(?<![\w.])[\w.]++@"],
)
def test_a_stretch_that_is_looked_through_once_is_let_through(pattern: str) -> None:
    """From its beginning, or no further than a bound."""
    assert slow_pieces(Expression("x", "regex", pattern, 0)) == []


def test_no_repeat_without_bounds_gives_back(expressions: list[Expression]) -> None:
    """Each is possessive: what it took it keeps, and nothing is tried twice."""
    assert {one: found for one in expressions if (found := gives_back(one.pattern))} == {}


def test_no_stretch_is_looked_through_from_every_place(expressions: list[Expression]) -> None:
    """Texts made of a pattern's own characters are looked through from a bounded number of places."""
    assert {one: found for one in expressions if (found := slow_pieces(one))} == {}
