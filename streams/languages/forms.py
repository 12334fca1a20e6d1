"""Forms of words: braces written out, and text folded for comparison."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from streams.errors import DataError


if TYPE_CHECKING:
    from collections.abc import Iterator


MOST_FORMS = 2_000
"""A form with braces that stands for more than this is a mistake."""

JOINER = "\u200c"
"""The zero-width non-joiner of Persian: it parts the pieces of one word, as a space would."""

_COMMA = "\u060c"
"""The Arabic comma, which is folded into the one that parts what is in braces."""

# One character for one, so that offsets stay: kinds of space, hyphen and apostrophe, the
# sigma that stands at the end of words, the i without a dot (its capital is that of the other
# i in most languages), the digits of other scripts, and the letters and signs
# that Arabic and Persian keyboards write in two ways. Lone surrogates, which no automaton can
# take, are noise.
_SAME = str.maketrans(
    dict.fromkeys(f"\t\n\r\u00a0\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u3000{JOINER}", " ")
    | dict.fromkeys("\u2010\u2011", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | {"\u03c2": "\u03c3", "\u0131": "i"}
    | {chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0, 0xFF10) for digit in range(10)}
    | dict.fromkeys("\u064a\u0649", "\u06cc")  # yeh
    | {"\u0643": "\u06a9"}  # kaf
    | dict.fromkeys("\u0629\u06c0\u06c1\u06c2\u06be", "\u0647")  # heh
    | dict.fromkeys("\u0623\u0625\u0671", "\u0627")  # alef
    | {"\u0624": "\u0648"}  # waw
    | {"\u060c": ",", "\u061b": ";", "\u066a": "%", "\u066c": "'"}
    | dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd"),
)


_OTHERS = re.compile(f"[{''.join(re.escape(chr(code)) for code in _SAME)}]")
_MOST_SIGNS = 24
"""Kinds of signs up to which each is replaced by itself, in less time than all at once."""


def fold(text: str) -> str:
    """Return ``text`` in lower case, with one kind of space, hyphen and apostrophe.

    The result has as many code points as ``text``, so offsets into one hold in the other.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(low if len(low := character.lower()) == 1 else low[0] for character in text)
    # Most characters stay: what stands there of the others is looked up first.
    signs = set(_OTHERS.findall(lowered))
    if len(signs) > _MOST_SIGNS:
        return lowered.translate(_SAME)
    for sign in signs:
        lowered = lowered.replace(sign, _SAME[ord(sign)])
    return lowered


# The dot that lower case leaves behind an i, vowel signs of Arabic, the stroke that only
# lengthens a word, and marks of direction.
_UNSEEN = re.compile(
    "[\u0307\u064b-\u065f\u0670\u0640\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]++"
)


def squeeze(folded: str) -> tuple[str, list[int] | None]:
    """Return a folded text without signs that change no word, and where each of its offsets was.

    The offsets are None where there was no such sign, and all stay.
    """
    if not _UNSEEN.search(folded):
        return folded, None
    kept: list[str] = []
    offsets: list[int] = []
    end = 0
    for match in _UNSEEN.finditer(folded):
        kept.append(folded[end : match.start()])
        offsets += range(end, match.start())
        end = match.end()
    kept.append(folded[end:])
    offsets += range(end, len(folded) + 1)
    return "".join(kept), offsets


def expand(form: str, where: str) -> list[str]:
    """Return what ``form`` stands for: ``"luncur{kan,}"`` is "luncurkan" and "luncur".

    A zero-width non-joiner in it may be one, a space or nothing in a text.

    ``where`` names file and key for the :class:`DataError` that unpaired braces raise.
    Braces may follow one another and may not be nested.
    """
    # Once for all that it stands for, where folding leaves the braces and what parts them alone.
    if JOINER not in form and _COMMA not in form:
        return _expanded(squeeze(fold(form))[0], form, where)
    forms = _unbraced(form, form, where)
    for _ in range(max(known.count(JOINER) for known in forms)):
        forms = [one for known in forms for one in dict.fromkeys(_parted(known))]
    return _checked([squeeze(fold(known))[0] for known in forms], form, where)


def expand_all(forms: list[str], where: str) -> list[str]:
    """Return what each form stands for, in order, as :func:`expand` does; a list is folded as one text."""
    whole = _BETWEEN.join(forms)
    if JOINER in whole or _COMMA in whole:
        return [one for form in forms for one in expand(form, where)]
    folded = squeeze(fold(whole))[0].split(_BETWEEN) if forms else []
    found: list[str] = []
    for form, one in zip(forms, folded, strict=True):
        if one and one == one.strip() and "{" not in one and "}" not in one:
            found.append(one)
        else:
            found += _expanded(one, form, where)
    return found


_BETWEEN = "\0"
"""A sign that stays as it is when a text is folded, and that no form holds."""


def _expanded(folded: str, form: str, where: str) -> list[str]:
    """Return what a form that was folded stands for; ``form`` is what stands in the file."""
    return _checked(_unbraced(folded, form, where), form, where)


def _unbraced(rest: str, form: str, where: str) -> list[str]:
    """Return a form with each choice of what stands in its braces."""
    forms = [""]
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
    return forms


def _checked(forms: list[str], form: str, where: str) -> list[str]:
    """Return forms of which none is empty or has space around it."""
    if "" in forms or list(map(str.strip, forms)) != forms:
        raise DataError(f"{where}: {form!r} stands for an empty form or one with space around it")
    return forms


def written(form: str, where: str) -> Iterator[tuple[str, str]]:
    """Yield what ``form`` stands for, capitals and all, each with what :func:`expand` makes of it.

    Both are of one length, but for signs that change no word.
    """
    folded = expand(form, where)
    if len(folded) == 1:
        yield form.replace("{", "").replace("}", ""), folded[0]
        return
    plain = [""]
    for index, part in enumerate(form.replace("{", "}").split("}")):
        plain = [known + one for known in plain for one in (part.split(",") if index % 2 else [part])]
    if len(plain) != len(folded):
        # A joiner may be written in several ways; letters beside it have no capitals.
        plain = folded
    yield from zip(plain, folded, strict=True)


def _parted(form: str) -> tuple[str, str]:
    """Return a form with its first zero-width non-joiner as a space, and without it."""
    return form.replace(JOINER, " ", 1), form.replace(JOINER, "", 1)
