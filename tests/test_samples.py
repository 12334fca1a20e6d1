"""The bundled sample archive holds what it promises, and the labels belong to it."""

from __future__ import annotations

import functools
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec
import pytest
import regex

from streams.cleaning import clean
from streams.decoding import decode
from streams.errors import ArticleError, ErrorType
from streams.records import (
    Kind,
    Number,
    Qualifier,
    RawArticle,
    Scope,
    Status,
    VictimRole,
)


ROOT = Path(__file__).parent.parent
ARCHIVE = ROOT / "streams" / "samples" / "sample.jsonl"
LABELS = ROOT / "tests" / "archives" / "labels.toml"
WITH_FIGURES = ("id", "en")


class FigureLabel(msgspec.Struct, forbid_unknown_fields=True):
    """One figure, as the head of labels.toml describes it."""

    surface: str
    qualifier: Qualifier
    kind: Kind
    unit: str
    occurrence: int | None = None
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    per: str | None = None
    period: str | None = None
    status: Status = "happened"
    scope: Scope = "unknown"
    event: bool = False
    victim_role: VictimRole = "unknown"
    claimant: str | None = None
    place: str | None = None
    kind_also: tuple[Kind, ...] = ()
    optional: bool = False


class ArticleLabel(msgspec.Struct, forbid_unknown_fields=True):
    """What a careful reader takes from one article."""

    id: str
    language: str
    conflict: bool
    alerts: tuple[Literal["mass_casualties", "weapons_of_mass_destruction", "ceasefire"], ...]
    figures: tuple[FigureLabel, ...] | None = None
    not_figures: tuple[str, ...] = ()
    country: str | None = None


class BrokenLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line that cannot be read, and the type of error it gives."""

    line: int
    error: ErrorType


class ArchiveLabel(msgspec.Struct, forbid_unknown_fields=True):
    """What is said of the archive as a whole."""

    lines: int
    duplicates: tuple[str, ...]
    broken: tuple[BrokenLine, ...]


class Labels(msgspec.Struct, forbid_unknown_fields=True):
    """All of labels.toml."""

    archive: ArchiveLabel
    articles: tuple[ArticleLabel, ...]


@functools.cache
def labels() -> Labels:
    """Return labels.toml, each key and value checked."""
    return msgspec.toml.decode(LABELS.read_bytes(), type=Labels)


@functools.cache
def lines() -> tuple[bytes, ...]:
    """Return the lines of the archive, without their line ends."""
    return tuple(ARCHIVE.read_bytes().removesuffix(b"\n").split(b"\n"))


@functools.cache
def archive() -> tuple[tuple[RawArticle, ...], tuple[tuple[int, ErrorType], ...]]:
    """Return the articles in order, and number and error of each line that holds none."""
    articles = []
    broken = []
    for number, line in enumerate(lines(), 1):
        try:
            articles.append(decode(line))
        except ArticleError as error:
            broken.append((number, error.type))
    return tuple(articles), tuple(broken)


@functools.cache
def texts() -> dict[str, str]:
    """Return the text that is read of each article, by id."""
    return {article.id: clean(article).text for article in archive()[0]}


def places_of(surface: str, text: str) -> list[tuple[int, int]]:
    """Return where ``surface`` is in ``text``, also where two places overlap."""
    return [(at, at + len(surface)) for at in range(len(text)) if text.startswith(surface, at)]


def span(figure: FigureLabel, text: str) -> tuple[int, int]:
    """Return the place of a figure's surface in ``text``."""
    return places_of(figure.surface, text)[(figure.occurrence or 1) - 1]


def labelled() -> list[ArticleLabel]:
    """Return the articles whose figures are labelled."""
    return [article for article in labels().articles if article.figures is not None]


EACH_LABELLED = pytest.mark.parametrize("article", labelled(), ids=lambda article: article.id)


def test_the_archive_is_large_and_speaks_many_languages() -> None:
    """At least 72 articles in 12 languages, of which Indonesian and English have most."""
    count = Counter(article.language for article in labels().articles)
    assert sum(count.values()) >= 72
    assert len(count.keys() - {"und"}) >= 12
    assert {code for code, _ in count.most_common(2)} == set(WITH_FIGURES)
    assert min(count[code] for code in WITH_FIGURES) >= 20


def test_ids_are_unique_but_for_the_exact_duplicate() -> None:
    """A line that comes twice comes with the same bytes; no other id comes twice."""
    twice = tuple(key for key, times in Counter(article.id for article in archive()[0]).items() if times > 1)
    assert twice == labels().archive.duplicates
    assert len(set(lines())) == len(lines()) - len(twice)


def test_exactly_the_lines_meant_to_be_broken_cannot_be_read() -> None:
    """Number and type of error of each broken line are those of the labels."""
    assert archive()[1] == tuple((each.line, each.error) for each in labels().archive.broken)
    assert len(lines()) == labels().archive.lines


def test_every_way_a_line_can_be_broken_is_there() -> None:
    """The dead letters of a replay show each type of error that a line of an archive can give."""
    assert {error for _, error in archive()[1]} == {
        ErrorType.NOT_JSON,
        ErrorType.NOT_AN_OBJECT,
        ErrorType.NO_TEXT,
        ErrorType.WRONG_TYPE,
        ErrorType.NOT_UTF8,
    }


def test_articles_stand_in_the_order_they_were_published_in() -> None:
    """Each article has a time with a zone in October 2026, and none comes before an earlier one."""
    times = [datetime.fromisoformat(article.published_at or "") for article in archive()[0]]
    assert all(time.tzinfo for time in times)
    assert {(time.year, time.month) for time in times} == {(2026, 10)}
    assert times == sorted(times)


def test_no_address_leads_to_a_real_outlet() -> None:
    """Each address, also inside HTML and broken lines, is under a domain reserved for examples."""
    addresses = regex.findall(
        r"https?://[^\s\"'<>\\]+", ARCHIVE.read_text(encoding="utf-8", errors="replace")
    )
    hosts = {urlsplit(address).hostname or "" for address in addresses} - {"schema.org"}
    assert len(hosts) > 20
    assert all(regex.search(r"(^|\.)example\.(com|org|net)$", host) for host in hosts), hosts


def test_every_article_has_a_label_and_every_label_an_article() -> None:
    """Labels stand in the order of the archive, one for each id."""
    assert [article.id for article in labels().articles] == list(texts())


def test_articles_in_indonesian_and_english_have_their_figures_labelled() -> None:
    """An article without figures says so with an empty list."""
    for article in labels().articles:
        assert (article.figures is not None) or article.language not in WITH_FIGURES, article.id


def test_ordinary_news_is_there_and_raises_no_alert() -> None:
    """At least 18 articles speak of no conflict; none of them has an alert."""
    ordinary = [
        article for article in labels().articles if not article.conflict and article.language != "und"
    ]
    assert len(ordinary) >= 18
    assert not any(article.alerts for article in ordinary)


def test_each_alert_is_raised_by_several_articles() -> None:
    """No alert's family rests on one article alone."""
    count = Counter(alert for article in labels().articles for alert in article.alerts)
    assert len(count) == 3
    assert min(count.values()) >= 4


@EACH_LABELLED
def test_labelled_surfaces_are_in_the_text_in_order(article: ArticleLabel) -> None:
    """Each surface is where its label says; one that comes more than once says which it is."""
    text = texts()[article.id]
    last = 0
    for figure in article.figures or ():
        assert (len(places_of(figure.surface, text)) > 1) == (figure.occurrence is not None), figure.surface
        start, end = span(figure, text)
        assert start >= last, f"{figure.surface} overlaps the figure before it or is out of order"
        last = end
        for words in (figure.claimant, figure.place, figure.period):
            assert words is None or words in text, words


@EACH_LABELLED
def test_values_and_bounds_agree_with_the_qualifier(article: ArticleLabel) -> None:
    """Ranges and vague words have two ends and no value; all others a value and no ends."""
    for figure in article.figures or ():
        if figure.qualifier in ("range", "vague"):
            assert figure.value is None
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low < figure.high, figure.surface
        else:
            assert figure.value is not None, figure.surface
            assert figure.low is figure.high is None, figure.surface


@EACH_LABELLED
def test_what_is_no_figure_lies_in_no_figure(article: ArticleLabel) -> None:
    """Each such string is in the text, and nowhere does a labelled figure overlap it."""
    text = texts()[article.id]
    spans = [span(figure, text) for figure in article.figures or ()]
    for surface in article.not_figures:
        found = places_of(surface, text)
        assert found, surface
        assert not any(start < b and a < end for start, end in found for a, b in spans), surface


@EACH_LABELLED
def test_no_digit_is_left_unlabelled(article: ArticleLabel) -> None:
    """Every digit lies in a figure or in a string that is said to be none."""
    text = texts()[article.id]
    covered = {at for figure in article.figures or () for at in range(*span(figure, text))}
    for surface in article.not_figures:
        covered.update(at for found in places_of(surface, text) for at in range(*found))
    bare = [at for at, letter in enumerate(text) if letter.isnumeric() and at not in covered]
    assert not bare, text[max(0, bare[0] - 30) : bare[0] + 30]


@EACH_LABELLED
def test_mass_casualties_are_labelled_where_a_figure_says_so(article: ArticleLabel) -> None:
    """Ten or more killed, not denied, planned, supposed or long past: that raises it, nothing else."""
    reached = any(
        figure.kind == "killed" and figure.status == "happened" and (figure.value or figure.low or 0) >= 10
        for figure in article.figures or ()
    )
    assert reached == ("mass_casualties" in article.alerts)
