"""The story archive: its stories are whole, and their labels are of their articles."""

from __future__ import annotations

import typing

import msgspec
import pytest

from streams import languages
from streams.alerts import load_rules
from streams.enrichment import read
from streams.stories.records import Change
from streams.stories.stories import tell_all
from tests.quality import story_archive
from tests.quality.scores import Tally
from tests.quality.stories import measure_stories


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
    """The first is that it is raised, by an article that raises its rule.

    What cancels it may be another story's: a truce that is broken.
    """
    updates = story["updates"]
    own = {label["id"] for label in _told(story)}
    order = {label["id"]: at for at, label in enumerate(ARTICLES)}
    assert updates[0]["change"] == "raised"
    assert story["rule"] in BY_ID[updates[0]["by"]]["alerts"]
    assert {one["by"] for one in updates if one["change"] != "cancelled"} <= own
    assert [order[one["by"]] for one in updates] == sorted(order[one["by"]] for one in updates)
    assert {one["change"] for one in updates} <= set(typing.get_args(Change))


def test_every_article_says_of_what_story_it_is_and_what_it_raises() -> None:
    """Its story is one that there is; an old article belongs to none."""
    known = {story["id"] for story in STORIES}
    for label in ARTICLES:
        assert label.get("story") in known | {None}
        assert not set(label["alerts"]) & set(label.get("alerts_also", ()))
        assert not (label.get("old") and "story" in label)


def test_a_story_told_twice_is_wrong_and_one_that_is_not_told_is_missed() -> None:
    """As the measure has it, by the articles of one story."""
    rules = load_rules(None)
    readings = [read(story_archive.raw(label), rules) for label in _told({"id": "kenscoff-massacre"})]
    told, refused = tell_all(((one.article, one.alerts, None) for one in readings), rules)
    assert refused == {}
    told = [story for story in told if story.statistics is None]
    once, twice, never = Tally(), Tally(), Tally()
    measure_stories(once, told)
    measure_stories(twice, [*told, *told])
    measure_stories(never, [])
    scores = [tally.scores()["telling/all/stories"] for tally in (once, twice, never)]
    assert [score.right for score in scores] == [1, 1, 0]
    assert [score.found for score in scores] == [len(told), 2 * len(told), 0]
    assert {score.expected for score in scores} == {len(STORIES)}


def test_a_number_of_sources_or_a_claim_that_is_not_the_labels_is_wrong() -> None:
    """A copy that is taken for an independent source, a claim of another number."""
    rules = load_rules(None)
    readings = [read(story_archive.raw(label), rules) for label in _told({"id": "sake-clash"})]
    told, _ = tell_all(((one.article, one.alerts, None) for one in readings), rules)
    [story] = [one for one in told if one.statistics is None and one.denies is None]
    counted = msgspec.structs.replace(story.sources, independent=story.sources.total)
    wrong = msgspec.structs.replace(story, sources=counted, claims=())
    tally = Tally()
    measure_stories(tally, [wrong])
    scores = tally.scores()
    assert scores["telling/all/sources"].right == 1
    assert scores["telling/all/independent"].right == 0
    assert scores["telling/all/claims"].right == 0
