"""Step 3: the language of a text.

The profiles are langdetect's (:mod:`streams.profiles`); a bounded sample of the text is enough.
Short or script-less text is where it guesses, so there the script of the letters and the
publisher's hint have a say.
"""

from __future__ import annotations

from functools import cache

import regex

from streams.languages import available
from streams.profiles import profiles
from streams.records import Language


SAMPLE = 600
"""How many code points of a text are looked at: three windows, at the start, middle and end."""

_TRIALS = 7
_FULL_SAMPLE_TRIALS = 3
"""A full sample leaves no doubt that more trials could settle; they cost half of the time."""

RELIABLE_LETTERS = 60
"""Letters below which a detection is not built on: a short sentence."""

PARAGRAPH_LETTERS = 200
"""Letters below which a language that nothing is known of does not outweigh a hint at one that is read.

langdetect is sure that some English sentences with foreign names are Estonian, and such an article would be
read for nothing.
"""

RELIABLE_CONFIDENCE = 0.9

# Ideographs stand for more than a letter does.
_IDEOGRAPH_WORTH = 3

_DIGITS = regex.compile(r"\d++")
_MARKS_OF_NOISE = ("://", "www.", "@", "#")
"""Without one of them digits are the only noise, which is cheaper to find."""
_NOISE = regex.compile(r"(?:https?://|www\.)\S++|(?<![\w.+-])[\w.+-]{1,64}+@\S++|[@#]\w++|\d++")
_LETTER = regex.compile(r"\p{L}")

# The script of each language that is not written in Latin letters. A language whose script
# the text lacks is not its language: langdetect takes traditional Chinese for Korean at full
# confidence, and a publisher's hint may be wrong.
_SCRIPTS = {
    "ar": "Arabic", "fa": "Arabic", "ur": "Arabic",
    "bg": "Cyrillic", "mk": "Cyrillic", "ru": "Cyrillic", "uk": "Cyrillic",
    "bn": "Bengali", "el": "Greek", "gu": "Gujarati", "he": "Hebrew",
    "hi": "Devanagari", "mr": "Devanagari", "ne": "Devanagari",
    "ja": "[Hiragana][Katakana]", "kn": "Kannada", "ko": "Hangul", "ml": "Malayalam", "pa": "Gurmukhi",
    "ta": "Tamil", "te": "Telugu", "th": "Thai", "zh-cn": "Han", "zh-tw": "Han",
}  # fmt: skip


def languages() -> tuple[str, ...]:
    """Return the codes that can be detected, sorted."""
    return profiles().languages


def detect_language(text: str, hint: str | None = None) -> Language:
    """Return the language of ``text``; ``und`` with a reason where there is none to detect.

    ``hint`` is what the publisher says (``id``, ``pt-BR``, ``zh-Hans``); it is used where
    the text alone is too short or too mixed to tell, and where a short one seems to be in a language
    without data, and the publisher says that it is in one with.
    """
    head = text[: 50 * SAMPLE]
    noise = _NOISE if any(mark in head for mark in _MARKS_OF_NOISE) else _DIGITS
    sample = _sample(noise.sub(" ", head))
    letters = len(_LETTER.findall(sample))
    hinted = known_code(hint)
    if not letters:
        return Language(code="und", confidence=0.0, reliable=False, reason="no letters to tell a language by")
    if hinted and not _written_in(sample, hinted):
        hinted = None
    ranked = _ranked(sample)
    if not ranked:
        if hinted:
            return Language(
                code=hinted, confidence=0.0, reliable=False, reason="taken from the hint: nothing detected"
            )
        return Language(
            code="und", confidence=0.0, reliable=False, reason="no language of these letters is known"
        )
    code, confidence = next(iter(ranked.items()))
    if code.startswith("zh"):
        letters *= _IDEOGRAPH_WORTH
    unread = hinted in available() and code not in available() and letters < PARAGRAPH_LETTERS
    if confidence >= RELIABLE_CONFIDENCE and letters >= RELIABLE_LETTERS and not unread:
        return Language(code=code, confidence=confidence, reliable=True)
    few = letters < RELIABLE_LETTERS or confidence >= RELIABLE_CONFIDENCE
    little = f"{letters} letters" if few else f"confidence {confidence}"
    if hinted and hinted != code:
        reason = f"taken from the hint: {little} is too little"
        return Language(code=hinted, confidence=ranked.get(hinted, 0.0), reliable=False, reason=reason)
    return Language(code=code, confidence=confidence, reliable=hinted == code, reason=f"only {little}")


def _ranked(sample: str) -> dict[str, float]:
    """Return the languages whose script the text has with their probabilities, the likeliest first."""
    trials = _TRIALS if len(sample) < SAMPLE else _FULL_SAMPLE_TRIALS
    fitting = {
        code: round(min(confidence, 1.0), 4)
        for code, confidence in profiles().ranked(sample, trials)
        if _written_in(sample, code)
    }
    if not fitting and _written_in(sample, "zh-cn"):
        return {_chinese(sample): RELIABLE_CONFIDENCE}
    return fitting


def _written_in(sample: str, code: str) -> bool:
    """Tell whether a text has letters of a language's script."""
    return _script(_SCRIPTS.get(code, "Latin")).search(sample) is not None


@cache
def _script(name: str) -> regex.Pattern[str]:
    names = name.strip("[]").split("][")
    return regex.compile("[" + "".join(rf"\p{{{one}}}" for one in names) + "]")


def _chinese(sample: str) -> str:
    """Tell simplified from traditional Chinese by which of the two national sets holds more of it."""
    return "zh-tw" if _held(sample, "big5") > _held(sample, "gb2312") else "zh-cn"


def _held(sample: str, charset: str) -> int:
    return len(sample.encode(charset, "ignore"))


def _sample(text: str) -> str:
    """Return three windows of ``text``, cut between words, of ``SAMPLE`` code points in all."""
    if len(text) <= SAMPLE:
        return text
    window = SAMPLE // 3
    starts = (0, (len(text) - window) // 2, len(text) - window)
    return "\n".join(text[start : start + window] for start in starts)


def known_code(hint: str | None) -> str | None:
    """Return a publisher's language code ("pt-BR", "zh-Hans") as one of :func:`languages`, or None."""
    if not hint:
        return None
    code = hint.strip().lower().replace("_", "-")
    known = languages()
    if code.startswith("zh"):
        return "zh-tw" if code.startswith(("zh-tw", "zh-hk", "zh-mo", "zh-hant")) else "zh-cn"
    code = {"in": "id", "iw": "he", "nb": "no", "nn": "no"}.get(code.split("-")[0], code.split("-")[0])
    return code if code in known else None
