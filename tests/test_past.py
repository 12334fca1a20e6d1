"""Which sentences speak of the past: by a year well before the article's own, or by words."""

from __future__ import annotations

import pytest

from streams import RawArticle, enrich


def statuses(text: str, published_at: str | None, language: str = "en") -> list[str]:
    """Return the status of each figure of a text that was published at a time."""
    return [
        figure.status
        for figure in enrich(RawArticle(text=text, published_at=published_at, language=language)).figures
    ]


OLD = "In 2015 an air strike killed 12 people in the market of the city, the police said on Monday."


@pytest.mark.parametrize(
    ("published_at", "status"),
    [
        ("2026-10-05T12:00:00Z", "historical"),
        ("2026-10-05", "historical"),
        ("2026", "historical"),
        ("20261005T120000Z", "historical"),
        ("20261005", "historical"),
        ("2017-01-01", "historical"),
        ("2016-12-31", "happened"),
        ("2015-05-01", "happened"),
        ("2014-05-01", "happened"),
    ],
)
def test_a_year_well_before_the_articles_own_is_the_past(published_at: str, status: str) -> None:
    """The year before may still be news: December's toll is told in January."""
    assert statuses(OLD, published_at) == [status]


@pytest.mark.parametrize(
    "published_at",
    [None, "", "yesterday", "Mon, 05 Oct 2026 12:00:00 GMT", "1790000000", "2140000000", "٢٠٢٦-10-05"],
)
def test_where_the_articles_year_is_not_known_no_year_is_the_past(published_at: str | None) -> None:
    """Seconds since 1970 are no date of the year 2140."""
    assert statuses(OLD, published_at) == ["happened"]


def test_only_the_sentence_that_names_the_year_is_of_it() -> None:
    """What happened this week is told beside what happened then."""
    text = f"Shelling killed 7 people in the city on Monday, the police said. {OLD}"
    assert statuses(text, "2026-10-05") == ["happened", "historical"]
