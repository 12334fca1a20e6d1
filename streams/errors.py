"""The ways an article can fail, as a bounded set of names.

Headers, metrics and dashboards carry these names and never the text of an exception.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The step of an article's way at which it failed."""

    DECODE = "decode"
    CLEAN = "clean"
    DETECT = "detect"
    ENRICH = "enrich"
    ALERT = "alert"
    PUBLISH = "publish"


class ErrorType(StrEnum):
    """What was wrong with the article."""

    EMPTY = "empty"  # no value (a tombstone), or only white space
    TOO_LARGE = "too_large"  # more bytes than one article may have
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"  # JSON or HTML nested beyond what is read
    NOT_AN_OBJECT = "not_an_object"  # JSON, but an array, a string, a number …
    WRONG_TYPE = "wrong_type"  # a known field with a value of another type
    NO_TEXT = "no_text"  # nothing to read in any known field
    OWN_OUTPUT = "own_output"  # one of Kabar's own records fed back into the raw topic
    TOO_SLOW = "too_slow"  # more words to weigh than one article may have
    REFUSED = "refused"  # the broker would not take the result
    INTERNAL = "internal"  # a fault of Kabar's own


class ArticleError(Exception):
    """An article that cannot be enriched; it becomes a dead letter.

    ``message`` says what was wrong in words for a person; it may name a field and a
    position, and never quotes the article.
    """

    def __init__(self, stage: Stage, type_: ErrorType, message: str) -> None:
        super().__init__(message)
        self.stage = stage
        self.type = type_
        self.message = message


class DataError(ValueError):
    """A mistake in a data file: language, taxonomy, concepts, units or rules.

    The message names the file and, where there is one, the key.
    """
