"""The story archive: its stories are whole, and their labels are of their articles."""

from __future__ import annotations

import typing

import pytest

from streams import languages
from streams.stories.records import Change
from tests.quality import story_archive


STORIES = story_archive.stories()
ARTICLES = story_archive.articles()
BY_ID = {label["id"]: label for label in ARTICLES}
LEAST_STORIES, LEAST_ARTICLES = 14, 120
MOST_LANGUAGES, MOST_ARTICLES = 5, 15


def _told(story: story_archive.Label) -> list[story_archive.Label]:
    return [label for label in ARTICLES if label.get("story") == story["id"]]


def test_the_archive_tells_many_stories_in_all_languages() -> None:
    """Twelve languages, with ordinary articles between the stories that must raise nothing."""
    assert len(STORIES) >= LEAST_STORIES
    assert len([one for one in ARTICLES if "story" in one]) >= LEAST_ARTICLES
    assert {one["language"] for one in ARTICLES} == set(languages.available())
    for code in languages.available():
        assert [one for one in ARTICLES if one["language"] == code and "story" not in one]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_a_story_is_told_by_several_sources_in_several_languages(story: story_archive.Label) -> None:
    """Its numbers of sources are those of its articles: who only copies is not independent."""
    told = _told(story)
    assert 5 <= len(told) <= MOST_ARTICLES
    assert 2 <= len({label["language"] for label in told}) <= MOST_LANGUAGES
    assert story["sources"] == len({label["source"] for label in told})
    assert story["independent"] == len({label["source"] for label in told if "copy_of" not in label})


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
def test_the_updates_of_a_story_are_by_its_articles_in_their_order(story: story_archive.Label) -> None:
    """The first is that it is raised, by an article that raises its rule."""
    updates = story["updates"]
    told = {label["id"]: at for at, label in enumerate(_told(story))}
    assert updates[0]["change"] == "raised"
    assert story["rule"] in BY_ID[updates[0]["by"]]["alerts"]
    assert [told[one["by"]] for one in updates] == sorted(told[one["by"]] for one in updates)
    assert {one["change"] for one in updates} <= set(typing.get_args(Change))


def test_every_article_says_of_what_story_it_is_and_what_it_raises() -> None:
    """Its story is one that there is; an old article belongs to none."""
    known = {story["id"] for story in STORIES}
    for label in ARTICLES:
        assert label.get("story") in known | {None}
        assert not set(label["alerts"]) & set(label.get("alerts_also", ()))
        assert not (label.get("old") and "story" in label)
