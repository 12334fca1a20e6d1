"""Many articles tell one story: once, whatever order they come in, with its numbers side by side."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import hypothesis.strategies as st
import msgspec
from hypothesis import given, settings

from streams.stories.stories import Stories
from tests.telling import DAY, HOUR, MORNING, RULES, TOWNS, country, raised, report, told, town


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.stories.records import Story
    from streams.stories.reports import Report

WORDS = {copy: " ".join(f"{copy}{number}" for number in range(80)) for copy in "abc"}


def stories(*reports: Report) -> list[Story]:
    """Return the stories of reports."""
    found = Stories(RULES)
    found.add(reports)
    return found.current()


def steps(story: Story) -> list[tuple[str, object]]:
    """Return the history, without who corroborates."""
    return [(one.change, one.now) for one in story.updates if one.change != "corroborated"]


@st.composite
def sets_of_reports(draw: st.DrawFn) -> list[Report]:
    """Draw reports of a few days: of some towns, sources, numbers, texts and alerts."""
    found = []
    for number in range(draw(st.integers(1, 24))):
        figures = [
            told(draw(st.sampled_from([3, 9, 12, 17, 40, 60, 250])), by=by, title=by is None)
            for by in draw(st.lists(st.sampled_from([None, "police", "army"]), max_size=2, unique=True))
        ]
        alerts = [raised("attack_on_protected")] if draw(st.integers(0, 4)) == 0 else []
        place = draw(st.sampled_from([*map(town, sorted(TOWNS)), country("UA", "Ukraine")]))
        copy = draw(st.sampled_from([None, None, *WORDS]))
        found.append(
            report(
                f"r{number}",
                draw(st.integers(0, 150)),
                place,
                *figures,
                source=f"s{draw(st.integers(0, 5))}",
                alerts=alerts,
                text=WORDS[copy] if copy else None,
            )
        )
    return found


@given(sets_of_reports(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_no_order_of_arrival_and_no_redelivery_matters(reports: list[Report], dice: random.Random) -> None:
    """One at a time, in any order, some of them twice: the stories of the set."""
    expected = stories(*reports)
    arrived = [*reports, *dice.sample(reports, len(reports) // 2)]
    dice.shuffle(arrived)
    found = Stories(RULES)
    while arrived:
        taken = dice.randint(1, 4)
        found.add(arrived[:taken])
        if dice.random() < 0.5:
            found.current()
        arrived = arrived[taken:]
    assert found.current() == expected


@given(sets_of_reports(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_what_was_told_ends_as_the_stories_of_the_set(reports: list[Report], dice: random.Random) -> None:
    """A desk that is killed between any two steps: the last record of each story is right, revisions rise."""
    topic: list[Story] = []
    arrived = list(reports)
    dice.shuffle(arrived)
    known: list[Report] = []
    desk = Stories(RULES)
    while arrived:
        known += arrived[:3]
        desk.add(arrived[:3])
        arrived = arrived[3:]
        for change in desk.changes():
            topic.append(change.story)
            if dice.random() < 0.7:
                desk.was_told(change.story)
        if dice.random() < 0.3:
            desk = Stories(RULES)
            for story in {one.id: one for one in topic}.values():
                desk.was_told(story)
            desk.add(known)
    while changes := desk.changes():
        for change in changes:
            topic.append(change.story)
            desk.was_told(change.story)
    last = {one.id: one for one in topic}
    alive = [
        msgspec.structs.replace(one, revision=0)
        for one in last.values()
        if one.status not in ("superseded", "withdrawn")
    ]
    expected = [msgspec.structs.replace(one, revision=0) for one in stories(*reports)]
    assert sorted(alive, key=lambda one: one.id) == sorted(expected, key=lambda one: one.id)
    for story in last.values():
        if story.status == "superseded":
            assert story.superseded_by in last
        assert story.revision == max(one.revision for one in topic if one.id == story.id)


def test_a_toll_that_rises_updates_the_story() -> None:
    """What came before the first alert is of the story too, and told no more."""
    [story] = stories(
        report("a", 0, None, told(4)),
        report("b", 1, None, told(12, by="police")),
        report("c", 5, None, told(17, by="police", scope="cumulative", title=True)),
    )
    assert steps(story) == [("raised", 12), ("toll_up", 17)]
    assert (story.revision, story.severity, story.status) == (3, "medium", "open")
    assert [(one.low, one.earlier, one.overtaken) for one in story.claims] == [
        (17, 12, False),
        (4, None, True),
    ]
    assert story.headline == "Mass casualties: 17 people in Kharkiv, according to police"


def test_a_number_that_is_taken_back_corrects_the_story_and_an_old_one_told_late_does_not() -> None:
    """The correction names the old number; later articles that still have it change nothing."""
    [story] = stories(
        report("a", 0, None, told(12, by="police")),
        report("b", 1, None, told(31, by="police")),
        report("c", 2, None, told(12, by="police")),
        report("d", 3, None, told(28, by="police", title=True), told(31, by="police", title=True, at=90)),
        report("e", 4, None, told(31, by="police")),
    )
    assert steps(story) == [("raised", 12), ("toll_up", 31), ("corrected", 28)]
    assert story.status == "corrected"
    assert [(one.lowest, one.highest) for one in story.tolls] == [(28, 28)]


def test_a_correction_below_the_lowest_level_cancels_the_story() -> None:
    """It is not raised again by articles that have not heard of it."""
    [story] = stories(
        report("a", 0, None, told(12, by="police", title=True), source="agency"),
        report("b", 2, None, told(8, by="police", title=True), told(12, title=True, at=90), source="agency"),
        report("c", 3, None, told(12, by="police")),
    )
    assert steps(story) == [("raised", 12), ("corrected", 8), ("cancelled", None)]
    assert (story.status, story.rules) == ("cancelled", ())


def test_claims_that_differ_stand_side_by_side() -> None:
    """The army's five and the rebels' twenty: a range, never a mean, and the greater decides the severity."""
    [story] = stories(
        report("a", 0, None, told(20, by="the rebels"), told(5, by="the army", at=120)),
        report("b", 2, None, told(60, by="the rebels"), told(5, by="the army", at=120)),
    )
    assert [(one.lowest, one.highest, one.disputed) for one in story.tolls] == [(5, 60, True)]
    assert {(one.claimant and one.claimant.surface, one.low) for one in story.claims} == {
        ("the rebels", 60),
        ("the army", 5),
    }
    assert story.severity == "high"
    assert ("escalated", 60) in steps(story)


def test_a_lesser_alert_never_hides_a_greater_one() -> None:
    """The story keeps the severity of the gravest rule in force."""
    [story] = stories(
        report("a", 0, None, told(12), alerts=[raised("weapons_of_mass_destruction", "critical", "sarin")]),
        report("b", 1, None, told(29)),
    )
    assert story.severity == "critical"
    assert [one.rule for one in story.rules] == ["weapons_of_mass_destruction", "mass_casualties"]


def test_copies_are_not_independent() -> None:
    """Five sources, of which three have the text of the first; one of those wrote its own as well."""
    [story] = stories(
        report("a", 0, None, told(12), source="agency", text=WORDS["a"]),
        report("b", 1, None, told(12), source="daily", text=WORDS["a"] + " our reporter"),
        report("c", 2, None, told(12), source="tribune", text=WORDS["a"]),
        report("d", 3, None, told(12), source="herald"),
        report("e", 4, None, told(12), source="tribune"),
    )
    assert (story.sources.total, story.sources.independent, story.sources.copies) == (4, 3, 2)
    assert [one.copy_of for one in story.articles] == [None, "a", "a", None, None]


def test_two_attacks_on_one_town_on_two_days_are_two_stories() -> None:
    """After a quiet night another, lower number is another event's, also where the first is named."""
    first, second = stories(
        report("a", 0, None, told(12, by="police", title=True)),
        report("b", 9, None, told(17, by="police", title=True, scope="cumulative")),
        report("c", 26, None, told(10, by="prosecutors", title=True), told(17, at=150)),
        report("d", 28, None, told(13, by="prosecutors", title=True, scope="cumulative")),
        report("e", 29, None, told(17, by="police")),
    )
    assert [one.id for one in first.articles] == ["a", "b", "e"]
    assert [one.id for one in second.articles] == ["c", "d"]
    assert steps(second) == [("raised", 10), ("toll_up", 13)]


def test_a_war_is_not_one_story() -> None:
    """The window is anchored at the first alert: articles that never stop are a new story after it."""
    found = stories(*(report(f"r{hour}", hour, None, told(12)) for hour in range(0, 24 * 8, 6)))
    assert [len(one.articles) for one in found] == [13, 13, 6]


def test_towns_far_apart_are_two_stories_and_an_article_about_the_country_finds_its_number() -> None:
    """Fifteen killed in Ukraine are those of Odesa."""
    first, second = stories(
        report("a", 0, town("Kharkiv"), told(12)),
        report("b", 1, town("Odesa"), told(15)),
        report("c", 2, country("UA", "Ukraine"), told(15)),
    )
    assert [one.id for one in first.articles] == ["a"]
    assert [one.id for one in second.articles] == ["b", "c"]


def test_a_late_report_of_what_was_before_the_first_alert_keeps_the_id() -> None:
    """What was told stays the same story, one revision on."""
    reports = [report("a", 1, None, told(12)), report("b", 2, None, told(14))]
    [before] = stories(*reports)
    [after] = stories(*reports, report("c", 0.5, None, told(11)))
    assert after.id == before.id
    assert after.revision == before.revision + 1
    assert after.updates[0].article_id == "c"


def test_an_article_that_was_read_anew_takes_its_own_place() -> None:
    """With other rules or language data the same text may tell something else; or nothing."""
    found = Stories(RULES)
    found.add([report("a", 0, None, told(12)), report("b", 1, None, told(12))])
    found.add([report("b", 1, None, told(60))])
    assert found.current() == stories(report("a", 0, None, told(12)), report("b", 1, None, told(60)))
    found.add([report("a", 0, None), report("b", 1, None)])
    assert found.current() == []


def test_a_story_that_none_tells_any_more_is_withdrawn() -> None:
    """Its last record says so."""
    found = Stories(RULES)
    found.add([report("a", 0, None, told(12))])
    [change] = found.changes()
    found.was_told(change.story)
    found.add([report("a", 0, None)])
    [change] = found.changes()
    assert (change.story.status, change.story.revision) == ("withdrawn", 2)
    found.was_told(change.story)
    assert found.changes() == []


def test_an_older_record_that_another_desk_wrote_last_is_told_over() -> None:
    """A desk that does not know yet that it is none any more: what readers see last has to be right."""
    found = Stories(RULES)
    found.add([report("a", 0, None, told(12))])
    [first] = found.changes()
    found.was_told(first.story)
    found.add([report("b", 1, None, told(60))])
    [second] = found.changes()
    found.was_told(second.story)
    found.was_told(first.story)
    [third] = found.changes()
    assert third.story.revision == second.story.revision + 1
    assert msgspec.structs.replace(third.story, revision=0) == msgspec.structs.replace(
        second.story, revision=0
    )


def test_one_more_source_may_wait_and_a_toll_may_not() -> None:
    """What is told at once, and what with the next record."""
    found = Stories(RULES)
    for name, number, may_wait in (("a", 12, False), ("b", 12, True), ("c", 14, False), ("d", 14, True)):
        found.add([report(name, ord(name) - 97, None, told(number))])
        [change] = found.changes()
        assert change.may_wait is may_wait, name
        found.was_told(change.story)


def test_ten_thousand_articles_in_a_minute_are_one_story_and_few_steps() -> None:
    """Not quite in their order: each is taken a bounded number of times."""
    dice = random.Random(6)  # noqa: S311 - it deals out articles
    reports = [
        report(
            f"r{number}", number / 10_000, None, told(dice.choice([12, 13, 14])), source=f"s{number % 700}"
        )
        for number in range(10_000)
    ]
    reports = [one for at in range(0, 10_000, 1_000) for one in dice.sample(reports[at : at + 1_000], 1_000)]
    found = Stories(RULES)
    told_records = 0
    for begin in range(0, len(reports), 500):
        found.add(reports[begin : begin + 500])
        for change in found.changes():
            told_records += 1
            found.was_told(change.story)
    [story] = found.current()
    assert story.revision == 10_000
    assert story.sources.total == 700
    assert told_records <= 20
    assert len(story.articles) == 100
    assert story.omitted["articles"] == 9_900
    assert sum(clusters.steps_taken for clusters in found._families) <= 2 * 10_000


def test_the_oldest_reports_are_forgotten_with_their_stories_and_nothing_is_told_of_that() -> None:
    """A story that ended stays on its topic as it is."""
    found = Stories(RULES, most=1_000)
    reports = [report(f"r{day}", 24 * day, None, told(12)) for day in range(0, 1_200, 4)]
    others = [report(f"q{number}", number * 4, None, categories=()) for number in range(1_000)]
    found.add(reports)
    for change in found.changes():
        found.was_told(change.story)
    found.add(others)
    assert found.forgotten > 0
    assert len(found) <= 1_000
    assert found.changes() == []


def _day(day: int, articles: int, *, category: str = "air_strike", copies: int = 0) -> Iterable[Report]:
    for number in range(articles):
        yield report(
            f"d{day}-{number}",
            day * 24 + number / 60,
            None,
            source=f"s{number % 9}",
            categories=(category,),
            text=WORDS["a"] if number >= articles - copies else None,
        )


def test_a_surge_is_told_with_its_statistics() -> None:
    """Two articles a day for two weeks, and then twenty."""
    begin = MORNING // DAY * DAY
    assert begin <= MORNING
    quiet = [one for day in range(14) for one in _day(day, 2)]
    assert stories(*quiet, *_day(14, 4)) == []
    [story] = stories(*quiet, *_day(14, 20))
    assert (story.family, story.rule, story.severity) == ("surge", "surge_of_strikes", "high")
    statistics = story.statistics
    assert statistics is not None
    assert (statistics.found, statistics.baseline, statistics.baseline_days) == (20, 28, 14)
    assert 2.0 <= statistics.expected <= 2.1
    assert statistics.probability < 1e-8
    assert not any(letter.isdigit() for letter in story.headline + story.reason)
    assert [one.change for one in story.updates] == ["raised", "escalated"]


def test_copies_make_no_surge_and_nothing_is_judged_by_days_that_are_not_known() -> None:
    """Twenty copies are one article; and two days tell nothing of two weeks."""
    quiet = [one for day in range(14) for one in _day(day, 2)]
    assert stories(*quiet, *_day(14, 20, copies=19)) == []
    assert stories(*_day(0, 2), *_day(1, 2), *_day(2, 20)) == []


def test_a_source_that_empties_its_archive_makes_no_surge() -> None:
    """Twenty articles of one source beside one each of two others count as few."""
    quiet = [one for day in range(14) for one in _day(day, 2)]
    flood = [report(f"f{n}", 14 * 24 + n / 60, None, source="one") for n in range(20)]
    others = [report(f"x{n}", 14 * 24 + n / 60, None, source=f"other {n}") for n in range(2)]
    assert stories(*quiet, *flood, *others) == []
    more = [report(f"y{n}", 14 * 24 + n / 60, None, source=f"other {n % 7}") for n in range(14)]
    [story] = stories(*quiet, *flood, *others, *more)
    assert story.statistics is not None
    assert story.statistics.found == 32


def test_a_restless_place_needs_more_for_a_surge() -> None:
    """Days that differ much among themselves make a busy one less improbable."""
    steady = [one for day in range(14) for one in _day(day, 6)]
    restless = [one for day in range(14) for one in _day(day, 12 if day % 2 else 0)]
    [story] = stories(*steady, *_day(14, 30))
    assert story.severity == "high"
    assert stories(*restless, *_day(14, 30)) == []


def test_a_place_that_was_quiet_is_told_once_three_sources_name_it() -> None:
    """And not where the state does not reach back so far, or another story tells of it."""
    before = [report(f"k{day}", 24 * day, town("Kharkiv"), categories=()) for day in range(20)]
    quiet = [report(f"o{n}", 24 * 19 + n, town("Odesa"), categories=(), source=f"s{n}") for n in range(3)]
    [story] = stories(*before, *quiet)
    assert (story.family, story.country, story.updates[0].article_id) == ("first_mention", "UA", "o2")
    assert stories(*before[10:], *quiet) == []
    assert stories(*before, *quiet[:2]) == []
    coup = report("x", 24 * 19 + 2, town("Odesa"), alerts=[raised("attack_on_protected")])
    assert [one.family for one in stories(*before, *quiet, coup)] == ["attack"]


def test_a_toll_that_trebles_is_graver() -> None:
    """The rise is a rule of its own, with the numbers that it goes by."""
    [story] = stories(
        report("a", 0, None, told(11)),
        report("b", 3, None, told(34, scope="cumulative", title=True)),
    )
    rise = next(one for one in story.rules if one.rule == "toll_rises")
    assert rise.threshold["first"] == 11
    assert (story.severity, story.rule) == ("high", "mass_casualties")


def test_hours_are_hours() -> None:
    """The helpers of these tests say when things happen."""
    assert report("a", 2).at - report("b", 1).at == HOUR
