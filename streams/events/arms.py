"""Step 4c: the weapons that a text names, and the places and things of the sorts that are attacked.

Models and sorts have names of their own in data/weapons.toml and data/targets.toml; what languages count as
concepts anyway (missiles, tanks, hospitals, bridges) is taken from there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from streams import rosters
from streams.events.denials import Denied
from streams.records import Target, Weapon


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.events.deeds import Deed, Deeds
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout


class Named(NamedTuple):
    """A weapon or a target in the text, in code points, end exclusive; ``own``: it has a name of its own."""

    start: int
    end: int
    id: str
    own: bool


_LIST_ENDS = frozenset(";:.()\n")
_LIST_GAP = 3
"""Words between two things of a list: "a hospital and two nearby schools"."""


def find_weapons(deeds: Deeds) -> list[Weapon]:
    """Return the weapons of a text, in order; a model and the word for its sort beside it are one."""
    scan, layout = deeds.scan, deeds.layout
    known = rosters.weapons()
    found = []
    for one in _without_sorts(_merged(_weapons(scan, deeds), _concepts(scan, layout, "weapon"))):
        keyword = deeds.nearest(one.start, one.end)
        model = known.models.get(one.id)
        family = model.family if model else one.id
        found.append(
            Weapon(
                start=one.start,
                end=one.end,
                surface=scan.text[one.start : one.end],
                id=one.id,
                name=model.name if model else known.families[one.id].label,
                family=family,
                event=keyword.category if keyword else None,
                status=keyword.status if keyword else None,
            )
        )
    return found


def find_targets(deeds: Deeds) -> list[Target]:
    """Return the targets of a text, in order, and whether something is said to be done to them."""
    scan, layout = deeds.scan, deeds.layout
    known = rosters.targets()
    found: list[Target] = []
    last: tuple[int, Deed | None] = (0, None)
    own = [Named(hit.start, hit.end, hit.key, own=True) for hit in scan.role("target")]
    denied = Denied(scan, layout, deeds.keywords)
    for one in _merged(own, _concepts(scan, layout, "target")):
        deed = deeds.done_to(one.start, one.end)
        if deed is None and last[1] and _goes_on(scan, layout, last[0], one.start):
            deed = last[1]
        if deed and deed.event == "killing" and known[one.id].taken_to:
            # "Died in hospital": of what was done to them elsewhere.
            deed = None
        last = (one.end, deed)
        is_denied = denied.covers(one.start, one.end)
        found.append(
            Target(
                start=one.start,
                end=one.end,
                surface=scan.text[one.start : one.end],
                id=one.id,
                name=known[one.id].label,
                group=known[one.id].class_,
                hit=deed is not None and deed.status != "negated" and not is_denied,
                event=deed.event if deed else None,
                status="negated" if deed and is_denied else deed.status if deed else None,
            )
        )
    return found


def _goes_on(scan: Scan, layout: Layout, end: int, start: int) -> bool:
    """Tell whether a list goes on from one thing to the next: over "and" or a comma, and no verb."""
    between = scan.folded[end:start]
    if layout.words_between(end, start) > _LIST_GAP or not _LIST_ENDS.isdisjoint(between):
        return False
    if any(scan.role(role).first_within(end, start) for role in ("deed.away", "predicate", "clause_ends")):
        return False
    return between.lstrip()[:1] in (",", "\u3001") or scan.role("conjunctions").at(end + 1) is not None


def _weapons(scan: Scan, deeds: Deeds) -> list[Named]:
    found = []
    for hit in scan.role("weapon"):
        named = rosters.parted(hit.key, scan.text[hit.start : hit.end])
        if named and (not named[1] or deeds.keywords):
            found.append(Named(hit.start, hit.end, named[0], own=True))
    return found


def _concepts(scan: Scan, layout: Layout, role: str) -> Iterator[Named]:
    """Yield the concepts of a language that are weapons, or targets; of a compound the whole word."""
    table = rosters.families_of_concepts() if role == "weapon" else rosters.targets_of_concepts()
    for hit in scan.role("concept"):
        if name := table.get(hit.key):
            yield Named(hit.start, hit.end, name, own=False)
    for hit in scan.role("concept.joined"):
        if name := table.get(hit.key):
            yield Named(_word_start(layout, hit), hit.end, name, own=False)


def _word_start(layout: Layout, hit: Hit) -> int:
    word = layout.word_ending(hit.end)
    return word.start if word else hit.start


def _merged(own: list[Named], concepts: Iterator[Named]) -> list[Named]:
    """Return both in order; of those that overlap a model, else the longer, or one with a name of its own."""
    found = [*own, *concepts]
    ordered = sorted(found)
    if all(one.end <= other.start for one, other in pairwise(ordered)):
        return ordered
    models = rosters.weapons().models
    found.sort(key=lambda one: (one.id not in models, one.start - one.end, not one.own, one.start))
    taken: list[Named] = []
    covered: set[int] = set()
    for one in found:
        if covered.isdisjoint(range(one.start, one.end)):
            covered.update(range(one.start, one.end))
            taken.append(one)
    return sorted(taken)


def _without_sorts(found: list[Named]) -> Iterator[Named]:
    """Yield the weapons, without the sort that a model stands beside: "Iskander missiles" is one."""
    models = rosters.weapons().models
    if not any(one.id in models for one in found):
        yield from found
        return
    for index, one in enumerate(found):
        near = (found[index - 1] if index else None, found[index + 1] if index + 1 < len(found) else None)
        if one.id not in models and any(
            other is not None
            and other.id in models
            and min(abs(other.start - one.end), abs(one.start - other.end)) <= 2  # noqa: PLR2004 - a space, a quote
            for other in near
        ):
            continue
        yield one
