"""The steps of reading an article, by name, for whoever wants to know what each costs.

Reading is pure and looks at no clock. It only tells, after each piece of work, which step that
piece was of; whoever listens may look at a clock then.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Step(StrEnum):
    """A step, in the order in which each is first taken; some are taken in several pieces."""

    DECODE = "decode"  # the bytes of a record, to a raw article
    CLEAN = "clean"  # to its text
    DETECT = "detect"  # its language
    WORDS = "words"  # every known form in the text, its sentences
    NUMBERS = "numbers"  # with what is none: dates, ages, scores
    KEYWORDS = "keywords"  # conflict events
    CLAIMS = "claims"  # who says so
    PLACES = "places"
    ACTORS = "actors"  # who takes part, with what weapons, against what
    FIGURES = "figures"
    ASSEMBLE = "assemble"  # score, categories, main place, the record itself
    ALERTS = "alerts"
    ENCODE = "encode"  # records, to the bytes and headers that are published


Passed = Callable[[Step], object]
"""Is told that the work since it was last told something was of this step."""


def unheard(_: Step) -> None:
    """Listen to nothing."""
