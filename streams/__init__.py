"""Kabar reads conflict news: language, events, places and every figure in an article.

The Python face is small: :func:`enrich` turns a :class:`RawArticle` into an
:class:`EnrichedArticle`; :func:`find_numbers` and :func:`detect_language` are two of its
steps on their own. None of them touches a network, a clock or a broker.
"""

from streams.detection import detect_language
from streams.enrichment import enrich
from streams.numbers import find_numbers
from streams.records import EnrichedArticle, RawArticle


__version__ = "0.1.0"

__all__ = ["EnrichedArticle", "RawArticle", "__version__", "detect_language", "enrich", "find_numbers"]
