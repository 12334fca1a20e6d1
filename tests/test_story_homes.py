"""Who tells a story though he counts nobody, names no country, or is another state, is a source of it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.telling import country, raised, report, told, town
from tests.test_stories import steps, stories


if TYPE_CHECKING:
    from streams.records import Place
    from streams.stories.reports import Report, Told


def bus(name: str, hours: float, *figures: Told, place: Place | None = None) -> Report:
    """Return a report of a missile that hit a bus."""
    acts = ("attack", "missile_artillery")
    return report(name, hours, place, *figures, acts=acts, targets=("bus",))


def test_an_article_that_counts_nobody_is_a_source_of_what_was_done_to_the_same() -> None:
    """Before the alert as well as behind it; the story is raised by the one that counts."""
    [story] = stories(
        bus("early", 0),
        bus("alert", 2, told(14)),
        bus("later", 4),
    )
    assert [one.id for one in story.articles] == ["early", "alert", "later"]
    assert (story.sources.total, story.sources.independent) == (3, 3)
    assert steps(story) == [("raised", 14)]
    assert story.updates[0].article_id == "alert"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(report("o", 4, None, acts=("attack",), targets=("depot",)), id="another target"),
        pytest.param(report("o", 4, None, acts=("riot",), targets=("bus",)), id="another deed"),
        pytest.param(bus("o", 4, place=town("Odesa")), id="another town"),
        pytest.param(bus("o", 15), id="another day"),
        pytest.param(bus("o", 4, place=country("UA", "Ukraine")), id="a country alone"),
    ],
)
def test_an_article_that_counts_nobody_is_none_where_anything_differs(other: Report) -> None:
    """Place, time, what was done, what to: all of it has to be the story's."""
    [story] = stories(bus("alert", 2, told(14)), other)
    assert [one.id for one in story.articles] == ["alert"]


def test_articles_that_count_nobody_are_no_story() -> None:
    """However many there are: nothing raises it."""
    assert stories(*(bus(f"r{hour}", hour) for hour in range(9))) == []


def test_a_count_of_another_event_is_not_put_to_those_who_counted_nobody() -> None:
    """A depot in the morning, a bus at noon: the depot's article is no source of the bus."""
    [story] = stories(
        report("depot", 0, None, acts=("drone_strike",), targets=("depot",)),
        bus("alert", 2, told(14)),
    )
    assert [one.id for one in story.articles] == ["alert"]


def test_a_place_without_its_country_is_the_one_of_the_story_that_runs_there() -> None:
    """By its name, as the story's articles write it."""
    [story] = stories(
        report("a", 0, None, told(11)),
        report("b", 3, None, told(23, scope="cumulative"), nowhere=True, unknown=("kharkiv",)),
    )
    assert steps(story) == [("raised", 11), ("toll_up", 23)]


def test_a_name_that_two_stories_have_is_neither_s_unless_it_tells_a_number_of_one() -> None:
    """Nobody can say which of the two it is."""
    other = msgspec.structs.replace(town("Goma"), surface="Kharkiv")
    both = [report("a", 0, None, told(11)), report("b", 1, other, told(40))]
    unsure = report("c", 3, None, told(23), nowhere=True, unknown=("kharkiv",))
    sure = report("c", 3, None, told(40), nowhere=True, unknown=("kharkiv",))
    assert sorted(one.sources.total for one in stories(*both, unsure)) == [1, 1, 1]
    assert sorted(one.sources.total for one in stories(*both, sure)) == [1, 2]


def test_a_denial_by_the_other_state_finds_the_story_by_what_was_hit() -> None:
    """It names its own country alone, and the plant."""
    struck = report(
        "a",
        0,
        alerts=[raised("attack_on_nuclear_site", "critical", "plant")],
        acts=("drone_strike",),
        targets=("nuclear",),
    )
    denial = report(
        "b",
        3,
        country("RU", "Russia"),
        alerts=[raised("denial", "low", "denies")],
        targets=("nuclear",),
        countries=("RU", "UA"),
    )
    told_of = stories(struck, denial)
    story = next(one for one in told_of if one.denies is None)
    assert (story.status, story.sources.total) == ("denied", 2)


def test_a_denial_of_a_breach_is_no_denial_of_the_truce() -> None:
    """A family that goes by words takes only what denies those."""
    articles = [
        report("a", 0, None, alerts=[raised("ceasefire", "medium", "truce")]),
        report("b", 30, None, alerts=[raised("ceasefire_broken", "high", "broken")]),
        report(
            "c",
            32,
            None,
            alerts=[raised("denial", "low", "denies")],
            denied=("ceasefire", "ceasefire_broken"),
        ),
    ]
    status = {one.rule: one.status for one in stories(*articles) if one.denies is None}
    assert status["ceasefire_broken"] == "denied"
    assert status["ceasefire"] != "denied"


def test_a_funeral_at_home_is_of_the_story_abroad_whose_two_numbers_it_tells() -> None:
    """Two dead and five wounded in the country that it names; one of the two may be chance."""
    army = report("a", 0, town("Goma"), told(2), told(5, kind="wounded"))
    rebels = report("r", 2, town("Goma"), told(12, by="rebels"), told(2, by="army"))
    home = report("b", 20, None, told(2), told(5, kind="wounded"), named=(country("CD", "Congo"),))
    chance = report("c", 20, None, told(2), told(7, kind="wounded"), named=(country("CD", "Congo"),))
    [story] = stories(army, rebels, home)
    assert story.sources.total == 3
    [story] = stories(army, rebels, chance)
    assert story.sources.total == 2
