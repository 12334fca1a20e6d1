"""Kabar reads conflict news: language, events, places and every figure in an article.

The Python face is small: :func:`enrich` turns a :class:`RawArticle` into an
:class:`EnrichedArticle`; :func:`find_numbers` and :func:`detect_language` are two of its
steps on their own. None of them touches a network, a clock or a broker.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from streams.detection import detect_language
    from streams.enrichment import enrich
    from streams.numbers.numbers import find_numbers
    from streams.records import EnrichedArticle, RawArticle


__version__ = "0.1.0"

__all__ = ["EnrichedArticle", "RawArticle", "__version__", "detect_language", "enrich", "find_numbers"]

# Loaded when first asked for: a health check or a help text needs no language data.
_HOMES = {
    "EnrichedArticle": "streams.records",
    "RawArticle": "streams.records",
    "detect_language": "streams.detection",
    "enrich": "streams.enrichment",
    "find_numbers": "streams.numbers.numbers",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Return a name of the Python face from the module that defines it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the names of the Python face."""
    return sorted(__all__)
