"""Forms of words: braces written out, and text folded for comparison."""

from __future__ import annotations

from streams.errors import DataError


MOST_FORMS = 2_000
"""A form with braces that stands for more than this is a mistake."""

# One character for one, so that offsets stay: kinds of space, hyphen and apostrophe, and the
# sigma that stands at the end of words. Lone surrogates, which no automaton can take, are noise.
_SAME = str.maketrans(
    dict.fromkeys("\t\n\r\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000", " ")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | {"\u03c2": "\u03c3"}
    | dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd"),
)


def fold(text: str) -> str:
    """Return ``text`` in lower case, with one kind of space, hyphen and apostrophe.

    The result has as many code points as ``text``, so offsets into one hold in the other.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := character.lower()) == 1 else low[0] for character in text)
    return lowered.translate(_SAME)


def expand(form: str, where: str) -> list[str]:
    """Return what ``form`` stands for: ``"luncur{kan,}"`` is "luncurkan" and "luncur".

    ``where`` names file and key for the :class:`DataError` that unpaired braces raise.
    Braces may follow one another and may not be nested.
    """
    forms = [""]
    rest = form
    while rest:
        literal, brace, rest = rest.partition("{")
        if "}" in literal:
            raise DataError(f"{where}: {form!r} has a closing brace without an opening one")
        forms = [known + literal for known in forms]
        if not brace:
            break
        inside, brace, rest = rest.partition("}")
        if not brace or "{" in inside:
            raise DataError(f"{where}: {form!r} has an opening brace that is not closed")
        forms = [known + part for known in forms for part in inside.split(",")]
        if len(forms) > MOST_FORMS:
            raise DataError(f"{where}: {form!r} stands for more than {MOST_FORMS} forms")
    cleaned = [fold(known) for known in forms]
    if any(not known.strip() or known != known.strip() for known in cleaned):
        raise DataError(f"{where}: {form!r} stands for an empty form or one with space around it")
    return cleaned
