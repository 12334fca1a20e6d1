"""What cancels an alert over time: all are free, it was a drill, a truce is broken; the story says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from streams.alerts import load_rules, raise_alerts
from streams.alerts.cancelling import find_cancelling
from streams.enrichment import enrich
from streams.records import RawArticle
from streams.stories.stories import Stories
from tests.telling import RULES, country, raised, report, told, town, voided
from tests.test_stories import steps, stories


if TYPE_CHECKING:
    from streams.stories.reports import Report


def test_a_story_of_hostages_is_cancelled_when_as_many_are_free_as_were_told_last() -> None:
    """It keeps its words, its rule and its numbers; the update names the rule and cites what says so."""
    held = report("a", 0, None, told(73, kind="abducted"))
    corrected = report("b", 4, None, told(60, kind="abducted", title=True), told(73, kind="abducted"))
    free = report("c", 60, None, told(60, kind="abducted"), voids=[voided("hostage_taking", 60)])
    [story] = stories(held, corrected, free)
    assert (story.status, story.rule, story.rules) == ("cancelled", "hostage_taking", ())
    last = next(one for one in reversed(story.updates) if one.change != "corroborated")
    assert (last.change, last.rule, last.article_id) == ("cancelled", "hostage_taking", "c")
    assert last.cited is not None
    assert last.cited.surface == "freed"
    assert story.sources.total == 3


def test_a_story_is_not_cancelled_while_some_are_held() -> None:
    """Twelve of the 73 are free: the others are not."""
    [story] = stories(
        report("a", 0, None, told(73, kind="abducted")),
        report("b", 40, None, voids=[voided("hostage_taking", 12)]),
    )
    assert story.status == "open"
    assert [one.rule for one in story.rules] == ["hostage_taking"]


def test_a_cancelled_story_is_told_once_more_and_not_dropped() -> None:
    """A desk that told it tells it again, at once, with a higher revision."""
    found = Stories(RULES)
    found.add([report("a", 0, None, told(73, kind="abducted"))])
    [first] = found.changes()
    found.was_told(first.story)
    found.add([report("b", 40, None, voids=[voided("hostage_taking")])])
    [second] = found.changes()
    assert (second.story.id, second.story.status, second.may_wait) == (first.story.id, "cancelled", False)
    assert second.story.revision > first.story.revision


def test_an_article_that_has_not_heard_does_not_raise_it_again() -> None:
    """The number is the one that was cancelled; a greater one is other news."""
    held, free = (
        report("a", 0, None, told(40, kind="hostages")),
        report("b", 40, None, voids=[voided("hostage_taking")]),
    )
    [story] = stories(held, free, report("c", 44, None, told(40, kind="hostages")))
    assert story.status == "cancelled"
    [story] = stories(held, free, report("c", 44, None, told(55, kind="hostages")))
    assert story.status == "open"


def test_an_attack_long_after_what_was_cancelled_is_a_story_of_its_own() -> None:
    """A chemical attack in the town where inspectors found no sign of one last week."""
    attack = [raised("weapons_of_mass_destruction", "critical", "gas")]
    [none, again] = stories(
        report("a", 0, None, alerts=attack),
        report("b", 100, None, voids=[voided("weapons_of_mass_destruction")]),
        report("c", 130, None, alerts=attack),
    )
    assert (none.status, again.status) == ("cancelled", "open")
    assert none.id != again.id


def test_what_is_still_in_force_stays() -> None:
    """Twenty are dead whatever the gas was: the story goes on, without the rule that was cancelled."""
    [story] = stories(
        report("a", 0, None, told(20), alerts=[raised("weapons_of_mass_destruction", "critical", "gas")]),
        report("b", 30, None, voids=[voided("weapons_of_mass_destruction")]),
    )
    assert [one.rule for one in story.rules] == ["mass_casualties"]
    assert ("cancelled", None) in steps(story)


def test_a_truce_that_is_broken_is_cancelled_once_and_the_breach_is_a_story() -> None:
    """The second article about the breach is of its own story alone."""
    broken = [raised("ceasefire_broken", "high", "broken")]
    void = [voided("ceasefire", by_alert=True)]
    found = stories(
        report("a", 0, None, alerts=[raised("ceasefire", "medium", "truce")]),
        report("b", 30, None, voids=void, alerts=broken),
        report("c", 31, None, voids=void, alerts=broken),
    )
    of = {one.rule: (one.status, [each.id for each in one.articles]) for one in found}
    assert of == {"ceasefire": ("cancelled", ["a", "b"]), "ceasefire_broken": ("open", ["b", "c"])}


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(report("b", 40, town("Goma"), voids=[voided("hostage_taking")]), id="another country"),
        pytest.param(report("b", 40, None, voids=[voided("coup")]), id="another rule"),
        pytest.param(report("b", 400, None, voids=[voided("hostage_taking")]), id="weeks later"),
    ],
)
def test_what_is_elsewhere_cancels_nothing(other: Report) -> None:
    """Neither hostages of another country, nor another rule, nor what comes when the story is over."""
    [story] = stories(report("a", 0, None, told(40, kind="hostages")), other)
    assert story.status == "open"


def test_of_two_stories_in_a_country_the_number_tells_which_is_over() -> None:
    """The article names the country alone; where it names no number of theirs, neither is cancelled."""
    both = [
        report("a", 0, None, told(40, kind="hostages")),
        report("b", 1, town("Odesa"), told(25, kind="hostages")),
    ]
    ukraine = country("UA", "Ukraine")
    free = voided("hostage_taking", 25)
    found = stories(*both, report("c", 30, ukraine, told(25, kind="hostages"), voids=[free]))
    assert sorted(one.status for one in found) == ["cancelled", "open"]
    found = stories(*both, report("c", 30, ukraine, voids=[voided("hostage_taking")]))
    assert [one.status for one in found] == ["open", "open"]


def test_an_article_that_says_that_all_are_free_raises_no_alert() -> None:
    """It cancels, whatever the number; one about some of them says how many are."""
    rules = load_rules()
    everyone = "All 42 hostages held at the bank in Kharkiv have been freed, police said."
    some = "Gunmen took 42 people hostage at a bank in Kharkiv; 12 hostages were released later, police said."
    free, held = (enrich(RawArticle(text=text, language="en")) for text in (everyone, some))
    assert not [one for one in raise_alerts(free, rules) if one.rule == "hostage_taking"]
    assert [one for one in raise_alerts(held, rules) if one.rule == "hostage_taking"]
    numbers = [
        one.low
        for article in (free, held)
        for one in find_cancelling(article, raise_alerts(article, rules), rules)
        if one.rule == "hostage_taking"
    ]
    assert numbers == [None, 12]


def test_what_a_denial_calls_a_drill_cancels_nothing() -> None:
    """It is one side's word; the paper that reports so on its own account cancels."""
    rules = load_rules()
    denial = "Police deny hostage taking\n\nPolice denied a hostage taking at a mall and said it was a drill."
    report_ = "Hostage taking was a drill\n\nThe hostage taking at a mall was a police drill."
    for text, cancels in ((denial, False), (report_, True)):
        title, _, body = text.partition("\n\n")
        article = enrich(RawArticle(title=title, text=body, language="en"))
        found = find_cancelling(article, raise_alerts(article, rules), rules)
        assert ("hostage_taking" in {one.rule for one in found}) is cancels
