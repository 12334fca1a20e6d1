"""The store keeps the newest, within its bounds, whatever comes in whatever order."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.dashboard import items
from streams.dashboard.items import ItemError
from streams.dashboard.positions import Spot, Step
from streams.dashboard.store import Limit
from tests.dashboards import TOPICS, add, alert, article, item, store, story


if TYPE_CHECKING:
    from collections.abc import Callable

    from streams.dashboard.items import ItemType


RECORDS: dict[ItemType, Callable[..., dict[str, Any]]] = {"article": article, "alert": alert, "story": story}


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 50), st.integers(0, 30)), max_size=60),
    st.integers(1, 12),
)
def test_the_newest_are_kept_and_a_floor_says_from_where_on_all_are(
    records: list[tuple[int, int, int]], most: int
) -> None:
    """For records of any partition, time and id; the indexes agree."""
    kept = store(article=Limit(most, 10**9))
    added = [
        one
        for partition, time, id_ in records
        if (one := add(kept, "article", article(f"a{id_}", title=str(len(records))), partition, time=time))
    ]
    shelf = kept.shelves["article"]
    assert len(shelf.items) == min(most, len(added))
    assert shelf.items == sorted(added, key=lambda one: one.key)[-len(shelf.items) :] if shelf.items else True
    assert shelf.size == sum(one.size for one in shelf.items)
    assert shelf.forgotten == len(added) - len(shelf.items)
    for spot, track in kept.tracks.items():
        assert [one for one in added if one.spot == spot and one.offset >= track.floor] == list(track.items)
    latest = list(kept.newest("article"))
    assert len({one.id for one in latest}) == len(latest) == len({one.id for one in shelf.items})
    assert [one.key for one in latest] == sorted((one.key for one in latest), reverse=True)


@pytest.mark.parametrize("type_", ["article", "alert", "story"])
def test_bytes_are_bounded_as_well_as_numbers(type_: ItemType) -> None:
    """Large records push out more of the older ones, of their own type alone."""
    kept = store(**{type_: Limit(10**6, 60_000)})
    for other, make in RECORDS.items():
        add(kept, other, make("other"))
    for number in range(60):
        add(kept, type_, RECORDS[type_](f"x{number}", title="".join(map(chr, range(300, 900)))))
    shelf = kept.shelves[type_]
    assert shelf.size <= 60_000
    assert 0 < len(shelf.items) < 60
    assert shelf.items[-1].id == "x59"
    assert all(
        len(kept.shelves[other].items) == 1 for other in kept.shelves if other not in {type_, "dead_letter"}
    )


def test_a_flood_of_one_id_is_forgotten_like_any_other() -> None:
    """Revisions count as items; the newest stays."""
    kept = store(story=Limit(5, 10**9))
    for revision in range(1, 100):
        add(kept, "story", story("s", revision))
    assert [one.revision for one in kept.revisions("story", "s")] == [95, 96, 97, 98, 99]
    assert [one.revision for one in kept.newest("story")] == [99]
    assert [one.revision for one in kept.of_article("story", "a")] == [99]


def test_times_only_grow_in_a_partition_and_nonsense_is_no_time() -> None:
    """A producer may claim any time: the order of a partition stands."""
    kept = store()
    times = [100, 50, -1, 2**62, 120]
    added = [add(kept, "article", article(f"a{time}"), time=time) for time in times]
    assert [one.time for one in added if one] == [100, 100, 100, 100, 120]


def test_a_topic_that_was_made_anew_leaves_nothing_of_the_old_one() -> None:
    """And what was deleted before it was read is a hole."""
    kept = store()
    spot = Spot(TOPICS["article"], 0)
    for number in range(3):
        add(kept, "article", article(f"a{number}"))
    kept.leap(spot, 10)
    assert (kept.tracks[spot].floor, kept.position()[spot]) == (10, Step(10))
    kept.open(spot, "article", 0, 2)
    assert not list(kept.newest("article"))
    assert kept.position() == {spot: Step(0)}


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"id": 1}',
        b"\xff",
        b"[" * 100_000,
        b'{"id": "\\ud800"}',
        article().__repr__().encode(),
    ],
)
def test_what_is_no_record_is_refused(value: bytes) -> None:
    """Whatever the bytes; nothing else is raised."""
    for make in (items.article, items.alert, items.story):
        with pytest.raises(ItemError):
            make(value, spot=Spot("t", 0), offset=0, time=0)


def test_fields_and_values_that_are_not_known_are_passed_over_and_given_out() -> None:
    """A newer worker's records are shown by an older dashboard."""
    record = article(invented={"x": 1}, figures=[article()["figures"][0] | {"kind": "evacuated", "new": []}])
    found = item("article", record, Spot("t", 0), 0, 0)
    assert b'"invented"' in found.record()
    assert found.facets.kinds == {"evacuated"}


def test_ten_thousand_articles_take_no_more_memory_than_is_counted() -> None:
    """Measured from outside, in a process of its own: what is counted is about what is taken."""
    done = subprocess.run([sys.executable, "-c", _TEN_THOUSAND], check=True, capture_output=True, text=True)
    taken, counted, count = map(int, done.stdout.split())
    assert count == 10_000
    assert taken < 1.15 * counted
    assert counted < 112_000_000  # what the settings give to articles


_TEN_THOUSAND = """
import gc, json, os
from streams.dashboard.server import limits
from streams.dashboard.store import Store
from streams.settings import Settings
from tests.dashboards import TOPICS, add, article

def resident():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

text = " ".join(f"In town {n} at least {n} people were killed, officials said." for n in range(48))
figures = article()["figures"] * 12
places = article()["places"] * 6
kept = Store(limits(Settings()))
add(kept, "article", article("first", text=text, figures=figures, places=places))
before = resident()
for number in range(12_000):
    more = f"{number} {hash(str(number))} " + text
    add(kept, "article", article(f"a{number}", text=more, figures=figures, places=places), number % 6)
shelf = kept.shelves["article"]
print(resident() - before, shelf.size, len(shelf.items))
"""
