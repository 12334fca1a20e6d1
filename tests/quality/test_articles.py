"""The whole articles of each language: their labels are of their text, and each is read."""

from __future__ import annotations

from collections import Counter

import pytest

from streams import meanings
from streams.alerts import load_rules
from streams.enrichment import read
from tests.quality import archive


LEAST = 5
ARTICLES = archive.own_articles()
FRESH = archive.fresh_articles()
EACH = pytest.mark.parametrize("label", ARTICLES + FRESH, ids=lambda label: label["id"])


def test_a_language_with_articles_has_several_and_one_that_is_no_conflict() -> None:
    """No id stands twice."""
    assert min(Counter(label["language"] for label in ARTICLES).values()) >= LEAST
    assert {label["language"] for label in ARTICLES if not label["conflict"]} == {
        label["language"] for label in ARTICLES
    }
    assert len({label["id"] for label in ARTICLES}) == len(ARTICLES)


@EACH
def test_each_label_is_of_words_of_its_article_in_their_order(label: archive.Label) -> None:
    """A surface stands there as often as its label says, and not_figures stand there at all."""
    text = read(archive.raw_record(label), load_rules(None)).article.text
    places = [
        list(archive.occurrences(text, one["surface"]))[one.get("occurrence", 1) - 1]
        for one in label["figures"]
    ]
    assert places == sorted(places)
    assert [words for words in label["not_figures"] if words not in text] == []


@EACH
def test_each_article_is_read_in_its_language(label: archive.Label) -> None:
    """Its language is detected without doubt, and its numbers that are no figures give none."""
    article = read(archive.raw_record(label), load_rules(None)).article
    assert article.language.code == label["language"]
    assert article.language.reliable


BRIEFS = archive.briefs() + archive.briefs("heldout")


def test_no_two_articles_have_the_same_id() -> None:
    """Also over briefs, those put aside and those with all figures."""
    assert len({label["id"] for label in BRIEFS + ARTICLES + FRESH}) == len(BRIEFS + ARTICLES + FRESH)


@pytest.mark.parametrize("label", BRIEFS, ids=lambda label: label["id"])
def test_each_brief_is_labelled_in_the_terms_of_the_taxonomy(label: archive.Label) -> None:
    """A misspelt category would never be found; one that is both needed and not needed says nothing."""
    needed, granted = set(label["categories"]), set(label.get("categories_also", ()))
    assert needed | granted <= meanings.taxonomy().keys()
    assert not needed & granted
    assert label["section"]
    assert read(archive.raw_record(label), load_rules(None)).article.language.code == label["language"]
