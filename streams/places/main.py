"""The place that an article is about: of all that it names, the one where it happened."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from streams.records import Figure, Keyword, Place


_LEAD, _DATELINE = 300, 4
"""Code points behind the title."""
_TITLE, _FIRST, _LATER = 4.0, 2.0, 1.0
_SHOWN, _OWNED = 2.0, 1.2
"""What a word before a place adds: "in Lebanon" says where; "of Lebanon" and "from Lebanon" whose."""
_MOST_EVENTS = 2
_EVENT = 0.5
"""What each event adds that is said of the place, up to so many; a figure adds one."""
_VOTE, _MOST_VOTES = 0.25, 8
"""What each time adds that a country is named, or what is in it alone, in whatever part of a sentence."""
_REGION = 0.5
"""What a region counts where a town in the same country is named too: the town says more."""


class Weighing(NamedTuple):
    """What tells a place that an article is about from others it names.

    ``loose``: words before a place that do not say where something happened ("from", "of"). ``implied``
    gives the places that other words tell, or that only speak or act in the text; it is asked where
    no other is named.
    ``votes``: how often the text names each country, or a place that is in it alone. ``agents``:
    the code points of states that did something or only back who did, of their armies, and of places
    whence something was launched.
    """

    title_end: int
    figures: Iterable[Figure] = ()
    events: Iterable[Keyword] = ()
    loose: frozenset[str] = frozenset()
    implied: Callable[[], Iterable[Place]] = tuple
    votes: Mapping[str, int] = {}
    agents: frozenset[int] = frozenset()


def main_place(places: list[Place], weighing: Weighing) -> Place | None:
    """Return the place that an article is about, where it is first named; None where none is known.

    First the country that weighs most: the title counts four times, the lead twice, a place that a word
    such as "in" shows twice as much, one of figures and events more; a dateline is where the reporter is.
    Then the place in it that weighs most and is no country; a town says more than a region.
    """
    places = [place for place in places if place.start not in weighing.agents]
    if not any(place.country and not _is_dateline(place, weighing.title_end) for place in places):
        # Where the reporter is says least.
        implied = [one for one in weighing.implied() if not _is_dateline(one, weighing.title_end)]
        places = implied or places
    weights: Counter[str] = Counter()
    names: Counter[tuple[str, str]] = Counter()
    regions = set()
    of_figures = Counter(figure.place.start for figure in weighing.figures if figure.place)
    of_events = Counter(event.place.start for event in weighing.events if event.place)
    for place in places:
        if place.country is None or place.name is None:
            continue
        weight = _weight(place, weighing)
        weight += min(_MOST_EVENTS, of_figures[place.start])
        weight += _EVENT * min(_MOST_EVENTS, of_events[place.start])
        weights[place.country] += weight  # type: ignore[assignment]  # a Counter of parts
        if place.feature == "region":
            regions.add((place.country, place.name))
        if place.feature != "country":
            names[place.country, place.name] += weight  # type: ignore[assignment]
    if not weights:
        return None
    for code in weights:
        weights[code] += _VOTE * min(_MOST_VOTES, weighing.votes.get(code, 0))  # type: ignore[assignment]
    country = max(weights, key=lambda code: weights[code])
    within = {
        name: weight * (_REGION if (code, name) in regions else 1)
        for (code, name), weight in names.items()
        if code == country
    }
    best = max(within, key=lambda name: within[name]) if within else None
    return next(
        place
        for place in places
        if place.country == country and (place.name == best if best else place.feature == "country")
    )


def _weight(place: Place, weighing: Weighing) -> float:
    """Return what a place weighs by where it stands, and by the word before it."""
    title_end = weighing.title_end
    if _is_dateline(place, title_end):
        return _LATER
    weight = _TITLE if place.start < title_end else _FIRST if place.start < title_end + _LEAD else _LATER
    if not place.relation:
        return weight
    return weight * (_OWNED if place.relation in weighing.loose else _SHOWN)


def _is_dateline(place: Place, title_end: int) -> bool:
    """Tell whether a place in capitals begins an article: "GOMA (Meridian)"."""
    return place.surface.isupper() and title_end <= place.start <= title_end + _DATELINE
