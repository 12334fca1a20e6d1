"""A reader of the stream that is cut off anywhere gets each event exactly once."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.dashboard.filters import Filter
from streams.dashboard.positions import Spot, Step, parsed, written
from streams.dashboard.store import Limit, Store
from streams.dashboard.subscription import Subscription
from tests.dashboards import TOPICS, add, alert, article, item, store, story


if TYPE_CHECKING:
    from streams.dashboard.items import ItemType


PARTITIONS: dict[ItemType, int] = {"article": 2, "alert": 2, "story": 1}
SPOTS: dict[Spot, ItemType] = {
    Spot(TOPICS[type_], partition): type_
    for type_, partitions in PARTITIONS.items()
    for partition in range(partitions)
}
BY_SEVERITY = Filter(severity=frozenset({"high", "critical"}))


@dataclass
class Log:
    """What lies in each partition: the worker's output, whichever server reads it."""

    records: dict[Spot, list[dict[str, Any]]] = field(default_factory=lambda: {spot: [] for spot in SPOTS})

    def server(self) -> Store:
        """Return a server that has read nothing yet, and knows where the partitions end."""
        opened = store()
        for spot, type_ in SPOTS.items():
            opened.open(spot, type_, 0, len(self.records[spot]))
        return opened

    def read(self, server: Store, spot: Spot) -> None:
        """Let a server read the next record of a partition, where there is one."""
        offset = server.tracks[spot].next
        if offset < len(self.records[spot]):
            server.add(item(SPOTS[spot], self.records[spot][offset], spot, offset, offset))


@st.composite
def logs(draw: st.DrawFn) -> Log:
    """Articles, alerts of some of them, stories with revisions; the key decides about the partition."""
    log = Log()
    articles, alerts_ = Spot(TOPICS["article"], 0).topic, TOPICS["alert"]
    for number in range(draw(st.integers(1, 5))):
        id_ = f"a{number}"
        for revision in range(draw(st.integers(1, 2))):
            log.records[Spot(articles, number % 2)].append(article(id_, title=f"revision {revision}"))
        for raised in range(draw(st.integers(0, 3))):
            severity = draw(st.sampled_from(["low", "medium", "high", "critical"]))
            log.records[Spot(alerts_, number % 2)].append(alert(f"{id_}-{raised}", id_, severity=severity))
        for revision in range(draw(st.integers(0, 2))):
            log.records[Spot(TOPICS["story"], 0)].append(story(f"s{number}", revision + 1, (id_,)))
    return log


@settings(max_examples=250, deadline=None)
@given(st.data(), logs(), st.sampled_from([Filter(), BY_SEVERITY, Filter(language=frozenset({"fr"}))]))
def test_whatever_is_cut_and_whichever_server_answers_each_event_comes_once(
    data: st.DataObject, log: Log, chosen: Filter
) -> None:
    """A reader is cut off at any event, and goes on here or at a server that reads in another order."""
    types: list[ItemType] = data.draw(
        st.sampled_from([["article", "alert", "story"], ["article"], ["alert"], ["article", "story"]])
    )
    server = log.server()
    reader = Subscription(server, chosen, types, {})
    last = reader.id
    got: list[tuple[str, str, int]] = []
    spots = list(SPOTS)
    for _ in range(data.draw(st.integers(0, 4))):
        for spot in data.draw(st.lists(st.sampled_from(spots), max_size=16)):
            log.read(server, spot)
        events = reader.take(data.draw(st.integers(1, 20)))
        seen = events[: data.draw(st.integers(0, len(events)))]
        got += [(event.item.type, event.item.id, event.item.revision) for event in seen]
        whole = len(seen) == len(events)
        last = reader.id if whole else seen[-1].id if seen else last
        how = data.draw(st.sampled_from(["stays", "comes back", "finds a server that was started anew"]))
        if how == "finds a server that was started anew":
            server = log.server()
        if how != "stays" or not whole:
            reader = Subscription(server, chosen, types, parsed(last))
            assert reader.hole() is None
    for _ in range(20):
        for spot in spots:
            log.read(server, spot)
    reader = Subscription(server, chosen, types, parsed(last))
    got += [(event.item.type, event.item.id, event.item.revision) for event in reader.take(10**6)]
    assert max(Counter(got).values(), default=1) == 1
    latest = {
        (one.type, one.id, one.revision)
        for type_ in types
        for one in server.newest(type_)
        if chosen.takes(one, server)
    }
    assert latest <= set(got)
    assert {(type_, id_) for type_, id_, _ in got} == {(type_, id_) for type_, id_, _ in latest}


def test_an_article_is_due_when_the_first_alert_that_matches_comes_second() -> None:
    """Under a filter by severity it waits for such an alert, and comes once however many there are."""
    kept = store()
    add(kept, "article", article())
    reader = Subscription(kept, BY_SEVERITY, ["article"], {})
    assert reader.take(10) == []
    add(kept, "alert", alert("x", severity="low"))
    assert reader.take(10) == []
    add(kept, "alert", alert("y", severity="high"))
    add(kept, "alert", alert("z", severity="critical"))
    [event] = reader.take(10)
    assert (event.item.type, event.item.id) == ("article", "a")


def test_a_cut_between_the_two_events_of_a_record_loses_none() -> None:
    """An alert and the article it brings in have positions of their own."""
    kept = store()
    add(kept, "article", article())
    add(kept, "alert", alert(severity="high"))
    first, second = Subscription(kept, BY_SEVERITY, ["article", "alert"], {}).take(10)
    assert (first.item.type, second.item.type) == ("alert", "article")
    again = Subscription(kept, BY_SEVERITY, ["article", "alert"], parsed(first.id)).take(10)
    assert [event.item.type for event in again] == ["article"]
    assert Subscription(kept, BY_SEVERITY, ["article", "alert"], parsed(second.id)).take(10) == []


def test_a_reader_without_a_position_begins_with_what_comes() -> None:
    """What was there before is for the lists."""
    kept = store()
    add(kept, "article", article("old"))
    reader = Subscription(kept, Filter(), ["article"], None)
    add(kept, "article", article("new"))
    assert [event.item.id for event in reader.take(10)] == ["new"]


def test_what_is_no_longer_kept_is_said_to_be_missing() -> None:
    """The reader is told, and goes on with what comes."""
    kept = store(article=Limit(2, 10**9))
    reader = Subscription(kept, Filter(), ["article"], {})
    for number in range(3):
        add(kept, "article", article(f"a{number}"))
    reader = Subscription(kept, Filter(), ["article"], {Spot(TOPICS["article"], 0): Step(0)})
    hole = reader.hole()
    assert hole is not None
    assert (hole.reason, "news.article.enriched:0=0" in hole.detail) == ("too-old", True)
    reader.restart()
    assert reader.hole() is None
    add(kept, "article", article("a3"))
    assert [event.item.id for event in reader.take(10)] == ["a3"]


def test_a_forgotten_article_is_no_hole_for_a_reader_of_alerts() -> None:
    """Only partitions that matter to a reader are looked at."""
    kept = store(article=Limit(1, 10**9))
    for number in range(3):
        add(kept, "article", article(f"a{number}"))
    add(kept, "alert", alert())
    reader = Subscription(
        kept, Filter(), ["alert"], {Spot(TOPICS["article"], 0): Step(0), Spot(TOPICS["alert"], 0): Step(0)}
    )
    assert reader.hole() is None
    assert len(reader.take(10)) == 1


@pytest.mark.parametrize(
    "position",
    ["news.alert:0=7", "other.topic:0=0"],
    ids=["behind the end", "of another topic"],
)
def test_a_position_that_is_not_of_these_topics_is_unknown(position: str) -> None:
    """A topic that was made anew begins again at 0; other settings lead to other topics."""
    kept = store()
    add(kept, "alert", alert())
    hole = Subscription(kept, Filter(), ["alert"], parsed(position)).hole()
    assert hole is not None
    assert hole.reason == "unknown"


@given(
    st.dictionaries(
        st.builds(Spot, st.sampled_from([*TOPICS.values(), "t_1.x-y"]), st.integers(0, 10**6)),
        st.builds(Step, st.integers(0, 10**17), st.integers(0, 999)),
        max_size=20,
    )
)
def test_a_position_is_read_as_it_was_written(position: dict[Spot, Step]) -> None:
    """Its text is one word without a line end, and never empty: it is the id of an event."""
    text = written(position)
    assert text
    assert not set(text) & set(" \r\n\0")
    assert parsed(text) == position


@pytest.mark.parametrize(
    "text", ["", "x", "a:0", "a:0=", "a:0=1;", "a:0=1,0=2", "a:b=1", "a:0=1+", "a:0=" + "9" * 30, "é:0=1"]
)
def test_what_is_no_position_is_refused(text: str) -> None:
    """The text comes from outside."""
    with pytest.raises(ValueError, match="is "):
        parsed(text)


@given(st.text(max_size=200))
def test_any_text_is_a_position_or_refused(text: str) -> None:
    """Nothing else is raised."""
    with contextlib.suppress(ValueError):
        assert written(parsed(text))
