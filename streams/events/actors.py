"""Step 4b: the parties that a text names, and what they have to do with its events.

Some have a name of their own (data/actors.toml). A state's army, police or ministry is named by two words,
"Israeli army", "tentara Sudan" (data/states.toml); a state alone is an actor where the sentence shows that
it did something, or that something was done to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams import rosters
from streams.records import Actor


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.events.deeds import Deeds
    from streams.places.toponyms import Toponyms
    from streams.records import ActorRole, Figure, Keyword, Place
    from streams.text.hits import Scan


class State(NamedTuple):
    """A word for a state, its name or its adjective, in code points, end exclusive."""

    start: int
    end: int
    country: str
    adjective: bool


PARTIES = frozenset(["forces", "armed_group", "criminal_group", "coalition"])
"""Types of actors whose men and losses are counted; others count them."""

_SUBJECT_GAP = 3
_VERB_LAST_GAP = 8
_OBJECT = 6
_BETWEEN = 4
"""Words between "attack" and "on": by whom, when."""
_ADJACENT = 2
"""Words between an event and who did it: "attack [of the] rebels"."""
_LAUNCHED, _LISTED = 6, 2
"""Words between "launched" and "from", and between the places of a list."""
_MEDIATES = 2
"""Words between a country and "mediates"."""
_FIRST_LETTER = 2
"""Letters that an elision before a name has: "d'Israël"."""


def find_actors(scan: Scan, keywords: Iterable[Keyword] = ()) -> list[Actor]:
    """Return the actors with a name of their own, in order.

    A name counts only with its own capitals, where it has any; one that is an ordinary word as well only
    where a keyword elsewhere in the text speaks of conflict.
    """
    found: list[Actor] = []
    others = [(one.start, one.end) for one in keywords if one.category != "terror_group_mention"]
    for hit in scan.role("actor"):
        surface = scan.text[hit.start : hit.end]
        named = rosters.parted(hit.key, surface)
        if named is None:
            continue
        name, weak = named
        if weak and all(start < hit.end and hit.start < end for start, end in others):
            continue
        known = rosters.actors().get(name)
        if known:
            actor = Actor(
                start=hit.start,
                end=hit.end,
                surface=surface,
                id=name,
                name=known.name,
                type=known.type,
                country=known.country,
            )
        else:
            actor = _of_state(hit.start, hit.end, surface, *name.split("."))
        found.append(actor)
    return found


def _of_state(start: int, end: int, surface: str, country: str, body: str | None = None) -> Actor:
    """Return a state, or one of its bodies, as an actor."""
    if body is None:
        return Actor(
            start=start,
            end=end,
            surface=surface,
            id=country,
            name=rosters.country_name(country),
            type="state",
            country=country,
        )
    return Actor(
        start=start,
        end=end,
        surface=surface,
        id=f"{country}.{body}",
        name=rosters.body_name(country, body),
        type="forces" if body in _FORCES else "agency",
        country=country,
    )


_FORCES = frozenset(
    [
        "armed_forces",
        "air_force",
        "navy",
        "general_staff",
        "border_guard",
        "coast_guard",
        "police",
        "security_forces",
    ]
)


def states(scan: Scan, toponyms: Toponyms) -> list[State]:
    """Return the words for states, in order: their adjectives, and their names from the gazetteer."""
    found = []
    for hit in scan.role("state"):
        named = rosters.parted(hit.key, scan.text[hit.start : hit.end])
        if named:
            found.append(State(hit.start, hit.end, named[0], adjective=True))
    known = {state.start for state in found}
    for toponym in toponyms.found:
        entry = toponyms.table.entry(toponym.rows[0])
        if entry.feature == "country" and entry.country and toponym.start not in known:
            found.append(State(toponym.start, toponym.end, entry.country, adjective=False))
    return sorted(found)


def bodies(scan: Scan, words: list[State], named: list[Actor]) -> list[Actor]:
    """Return the bodies of states: a word for one beside a word for the other."""
    found: list[Actor] = []
    starts = {state.start: state for state in words}
    ends = {state.end: state for state in words}
    barred = {actor.start for actor in named} | {actor.end for actor in named}
    for hit in scan.role("state.body"):
        before = _before(scan, hit.start, ends)
        behind = _behind(scan, hit.end, starts)
        state = behind if behind and (before is None or behind.adjective) else before
        if state is None or hit.start in barred or hit.end in barred:
            continue
        start, end = min(state.start, hit.start), max(state.end, hit.end)
        found.append(_of_state(start, end, scan.text[start:end], state.country, hit.key))
    return found


def _before(scan: Scan, start: int, ends: Mapping[int, State]) -> State | None:
    """Return the state whose word ends before an offset: "Israeli", "Israel's", "İsrail'in"."""
    links = scan.role("state.link")
    for at in (start, start - 1):
        if state := ends.get(at):
            return state
    # "'s" and a genitive's ending are joined to the name.
    apostrophe = scan.folded.rfind("'", max(0, start - 6), start)
    if apostrophe > 0 and scan.folded[apostrophe + 1 : start - 1].isalpha():
        return ends.get(apostrophe)
    link = links.ending(start - 1)
    return ends.get(link.start - 1) if link and not scan.role("state.body").ending(link.start - 1) else None


def _behind(scan: Scan, end: int, starts: Mapping[int, State]) -> State | None:
    """Return the state whose word begins behind an offset: "armée israélienne", "army of Sudan"."""
    for at in (end, end + 1):
        if state := starts.get(at):
            return state
    link = scan.role("state.link").at(end + 1)
    if link is None:
        return None
    return starts.get(link.end + 1) or starts.get(link.end)


def with_roles(
    scan: Scan, deeds: Deeds, actors: list[Actor], words: list[State], spoken: frozenset[int]
) -> list[Actor]:
    """Return the actors with what they have to do with events; a state alone only where it has a role.

    ``spoken`` are offsets at which a speaker begins.
    """
    told = []
    for actor in actors:
        role = _role(scan, deeds, actor, spoken, adjective=False)
        told.append(msgspec.structs.replace(actor, role=role) if role else actor)
    taken = sorted((actor.start, actor.end) for actor in actors)
    index = 0
    for state in words:
        while index < len(taken) and taken[index][1] <= state.start:
            index += 1
        if index < len(taken) and taken[index][0] < state.end:
            continue
        actor = _of_state(state.start, state.end, scan.text[state.start : state.end], state.country)
        role = _role(scan, deeds, actor, spoken, adjective=state.adjective)
        if role and not (role == "against" and state.adjective):
            told.append(msgspec.structs.replace(actor, role=role))
    return sorted(told, key=lambda actor: (actor.start, actor.end))


def _role(
    scan: Scan, deeds: Deeds, actor: Actor, spoken: frozenset[int] = frozenset(), *, adjective: bool
) -> ActorRole | None:
    """Return what an actor has to do with an event of its sentence, None where nothing shows it."""
    start, end = actor.start, actor.end
    sentence = deeds.bounds(start, end)
    # "The ministry, controlled by Hamas": something is told of others, who are tied to him.
    if deeds.marker("linked", start, sentence.start) or not deeds.within(sentence.start, sentence.end):
        return None
    if deeds.marker("by", start, sentence.start) and deeds.within(sentence.start, start):
        return "by"
    if (after := deeds.verb_behind("by_after", end, sentence.end, 1)) and after:
        return "by"
    linked = scan.role("state.link").ending(start - 1) is not None
    if not linked and not adjective and start not in spoken and _is_against(deeds, actor):
        return "against"
    if not deeds.language.script.spaces and deeds.marker("against", start, sentence.start, 0):
        return "against"  # "向以色列发射"
    if _acts(scan, deeds, actor, adjective=adjective):
        return "by"
    if adjective or start in spoken:
        return None
    return "against" if deeds.is_hit(start, end) else None


def _is_against(deeds: Deeds, actor: Actor) -> bool:
    """Tell whether a noun such as "strike" and a word such as "on" stand before an actor."""
    sentence = deeds.bounds(actor.start, actor.end)
    event = deeds.event_behind(actor.end, sentence.end, _BETWEEN) if deeds.toward else None
    if event and deeds.is_led_to(actor.end, event.start):
        return True
    marker = deeds.marker("against", actor.start, sentence.start, 0 if actor.type == "state" else 1)
    if marker is None or deeds.marker("away", actor.start, sentence.start, 0):
        return False
    event = deeds.event_before(marker.start, sentence.start, _BETWEEN)
    return event is not None and (event.end <= marker.start)


def _acts(scan: Scan, deeds: Deeds, actor: Actor, *, adjective: bool) -> bool:
    """Tell whether an attack is said to be an actor's own, or the actor attacks."""
    start, end = actor.start, actor.end
    sentence = deeds.bounds(start, end)
    head_first = deeds.language.script.noun_head == "first"
    if head_first or adjective:
        event = deeds.event_before(start, sentence.start, _ADJACENT)
        if event and not deeds.is_verb(event) and _of(deeds, event.end, start):
            # "Bombed an arms depot of the rebels" says whom.
            return adjective or not deeds.verb_before(event.start, sentence.start, _SUBJECT_GAP)
    if not head_first or adjective:
        event = deeds.event_behind(end, sentence.end, 1)
        if event and deeds.scan.text[end : end + 1] != "'" and not _suffers(deeds, actor, event):
            return True
    if adjective:
        # "Ataque ruso" may be a keyword as a whole.
        return deeds.covering(start) is not None
    return _is_subject(scan, deeds, actor)


def _suffers(deeds: Deeds, actor: Actor, event: Keyword) -> bool:
    """Tell whether what follows an actor is none of his doing: "killed [the] party's missile commander".

    Nor is where words are not set apart the death of his people, or what was taken from him.
    """
    floor = deeds.bounds(actor.start, actor.end).start
    if deeds.verb_before(actor.start, floor, 0):
        return True
    told = deeds.scan.role("predicate").at(event.start) if event.category == "killing" else None
    if told and told.key in _DIE:
        return True
    if deeds.language.script.spaces:
        return False
    dies = event.category == "killing" and not deeds.is_verb(event)
    return dies or deeds.marker("away", actor.start, floor, 0) is not None


_DIE = frozenset(["left:killed", "either:killed", "left:wounded", "either:wounded"])
"""Verbs that may be said of who dies or is hurt: "34 Palestinians died"."""


def _is_subject(scan: Scan, deeds: Deeds, actor: Actor) -> bool:
    """Tell whether an actor is the subject of a verb of attack."""
    start, end = actor.start, actor.end
    sentence = deeds.bounds(start, end)
    if actor.type == "state" and scan.role("places.before").ending(start - 1):
        return False  # "in Russia"
    event = deeds.event_before(start, sentence.start, _OBJECT)
    if event and deeds.leads(event.start, start):
        return False  # "the attack on a convoy of the UN killed five"
    if deeds.words.verb_first:
        verb = deeds.verb_before(start, sentence.start, _ADJACENT)
        if verb and not deeds.marker("against", start, verb.end, 0):
            return True
    if deeds.language.script.verb_last:
        verb = deeds.verb_behind("attack", end, sentence.end, _VERB_LAST_GAP)
        marked = deeds.scan.text[end : end + 1] == "'" or deeds.verb_behind(
            "object_after", end, sentence.end, 0
        )
        return verb is not None and not marked
    if deeds.language.script.verb_second:
        # "Truppen haben ein Krankenhaus beschossen": the verb's second part ends its clause.
        verb = deeds.verb_behind("attack", end, sentence.end, _VERB_LAST_GAP)
        return verb is not None and not scan.role("deed.passive").first_within(end, verb.start)
    return deeds.verb_behind("attack", end, sentence.end, _SUBJECT_GAP) is not None


def _of(deeds: Deeds, end: int, start: int) -> bool:
    """Tell whether only a word such as "of" stands between an event and who did it."""
    between = deeds.scan.folded[end:start].strip()
    if not between:
        return True
    links = deeds.scan.role("state.link").within(end, start)
    return any(between.startswith(deeds.scan.folded[link.start : link.end]) for link in links)


def with_victims(actors: list[Actor], figures: list[Figure]) -> list[Actor]:
    """Return the actors, those whose people are the killed and wounded of a figure as its victims."""
    harmed = {figure.party.start for figure in figures if figure.party and figure.kind in _HARM}
    return [
        msgspec.structs.replace(actor, role="victim")
        if actor.start in harmed and actor.role != "by"
        else actor
        for actor in actors
    ]


_HARM = frozenset(
    [
        "killed",
        "wounded",
        "casualties",
        "missing",
        "captured",
        "detained",
        "abducted",
        "hostages",
        "surrendered",
    ]
)


def agents(actors: Iterable[Actor]) -> frozenset[int]:
    """Return the code points of names that say who did something, or whose army it is, and not where."""
    spans = (actor for actor in actors if "." in actor.id or (actor.type == "state" and actor.role == "by"))
    return frozenset(at for actor in spans for at in range(actor.start, actor.end))


def elsewhere(deeds: Deeds, places: Sequence[Place]) -> frozenset[int]:
    """Return where places begin where nothing happened: of who backs a party, and whence was launched.

    So are those of who mediates. "The M23, backed by Rwanda, attacked Uvira"; "drones were launched from
    Kursk and Bryansk".
    """
    found = _of_mediators(deeds, places)
    last: Place | None = None
    for place in places:
        floor = deeds.bounds(place.start, place.end).start
        listed = last is not None and last.country == place.country and last.end > floor
        if listed and last and deeds.layout.words_between(last.end, place.start) <= _LISTED:
            away = True
        else:
            away = _is_whence(deeds, place, floor)
        last = place if away else None
        if away or deeds.marker("linked", place.start, floor) is not None:
            found.add(place.start)
    return frozenset(found)


def _is_whence(deeds: Deeds, place: Place, floor: int) -> bool:
    """Tell whether a verb such as "launched" and a word such as "from" stand before a place."""
    origin = deeds.marker("origin", place.start, floor, 0)
    return origin is not None and deeds.marker("launch", origin.start, floor, _LAUNCHED) is not None


def _of_mediators(deeds: Deeds, places: Sequence[Place]) -> set[int]:
    """Return where places begin beside "mediates", and others of the country where nothing is done."""
    mediating = deeds.scan.role("deed.mediating")
    if not mediating:
        return set()
    found, countries = set(), set()
    for place in places:
        sentence = deeds.bounds(place.start, place.end)
        before = mediating.last_before(place.start, sentence.start)
        behind = mediating.first_within(place.end, sentence.end)
        near = before is not None and deeds.layout.words_between(before.end, place.start) <= _MEDIATES
        if near or (behind and deeds.layout.words_between(place.end, behind.start) <= _MEDIATES):
            found.add(place.start)
            countries.add(place.country)
    for place in places:
        sentence = deeds.bounds(place.start, place.end)
        if place.country in countries and not deeds.within(sentence.start, sentence.end):
            found.add(place.start)
    return found
