"""Texts made to be slow: a hundred kilobytes of one thing are read like any other.

No time is measured. Where the work grew with the square of the text these would not end
in the time that a test run has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams import RawArticle, enrich
from streams.alerts import load_rules, raise_alerts
from streams.enrichment import MOST_FIGURES
from streams.records import Language, to_json


if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 100_000
ENGLISH = (
    "Ab|1 000 |10-|one hundred and |10 police said |10 he said |according to |10 said quoted by |Police: |"
    "in Aleppo |10 killed |5 of 10 people |5 of them |10 who |in the last 5 days |5 per day |5 unknownthing |"
    "bomb attack killed 10 people in Aleppo |win 3-1 |25-year-old |“10 dead. 5 dead.” he said |10 dead. |"
    "10 dead\n|ISIS |.|("
)
INDONESIAN = (
    "ratusan ribu |menurut |10 menurut |10 kata polisi |5 hari lalu |di Aleppo |5 di antaranya |"
    "serangan bom menewaskan 10 orang di Aleppo "
)


@pytest.fixture
def in_language(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give what makes every text one of a language: nonsense is detected as anything."""

    def choose(code: str) -> None:
        known = Language(code=code, confidence=1.0, reliable=True)
        monkeypatch.setattr("streams.enrichment.detect_language", lambda *_, **__: known)

    return choose


CASES = [
    *(("en", piece) for piece in ENGLISH.split("|")),
    *(("id", piece) for piece in INDONESIAN.split("|")),
]


@pytest.mark.parametrize(("code", "piece"), CASES, ids=[f"{code} {piece.strip()}" for code, piece in CASES])
def test_a_hundred_kilobytes_of_one_piece_are_read(
    in_language: Callable[[str], None], code: str, piece: str
) -> None:
    """With all its spans right, in order, and small enough to be sent."""
    in_language(code)
    article = enrich(RawArticle(text=piece * (SIZE // len(piece))))
    for span in (*article.figures, *article.keywords, *article.places, *article.actors):
        assert article.text[span.start : span.end] == span.surface
    starts = [figure.start for figure in article.figures]
    assert starts == sorted(starts)
    assert all(alert.figures or alert.keywords for alert in raise_alerts(article, load_rules()))
    assert len(to_json(article)) < 100 * SIZE


@pytest.mark.parametrize("join", [" ", ", ", ". ", "\n"])
def test_pieces_of_all_kinds_in_one_long_text_are_read(in_language: Callable[[str], None], join: str) -> None:
    """What one of them alone does not start, two might."""
    in_language("en")
    text = join.join(piece.strip() for piece in ENGLISH.split("|"))
    article = enrich(RawArticle(text=join.join([text] * (SIZE // len(text)))))
    assert MOST_FIGURES * 0.8 < len(article.figures) <= MOST_FIGURES
    assert any("numbers behind" in note for note in article.notes)
    assert all(article.text[figure.start : figure.end] == figure.surface for figure in article.figures)
