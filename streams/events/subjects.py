"""Step 5a: the categories that an article is about, and those that it only mentions.

A keyword tells that a thing is spoken of. Articles speak of much that they are not about: how a war began,
the truce before this one, the strikes behind a delivery of arms, the soldiers who seal off a street. What is
mentioned stays among the keywords; the article's categories are without it, and ``--explain`` says why.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from streams import meanings
from streams.events.conflict import LEAD, weight
from streams.records import Category


if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streams.events.deeds import Deeds
    from streams.meanings import CategoryCodes
    from streams.records import Actor, Keyword, Span, Weapon


_HALF = 1.5
"""Evidence at which a score is one half: about one and a half plain mentions."""

_OVER = frozenset(["historical", "commemorative", "fictional"])
"""What is over, or was never so."""


_NONE: Mapping[int, str] = MappingProxyType({})


class Mentioned(NamedTuple):
    """A category that an article speaks of without being about it, and why."""

    category: str
    reason: str


class Subjects(NamedTuple):
    """The categories of an article by score, and those that are only mentioned, by name."""

    categories: tuple[Category, ...]
    mentioned: tuple[Mentioned, ...]


def find_subjects(
    keywords: list[Keyword], title_end: int, *, conflict: bool = True, idle: Mapping[int, str] = _NONE
) -> Subjects:
    """Return what an article is about by its keywords, and what it only mentions.

    ``conflict`` tells whether it is conflict news; ``idle`` are the starts of keywords that tell of no event,
    and why (:func:`idle_words`). A score is ``w / (w + 1.5)`` of the weighted hits ``w``: 0.4 for one
    plain mention, near 1 for many; the title and the lead weigh more.
    """
    hits: dict[str, list[Keyword]] = defaultdict(list)
    for keyword in keywords:
        hits[keyword.category].append(keyword)
    taxonomy = meanings.taxonomy()
    reasons = _Reasons(hits, title_end, taxonomy, conflict=conflict, idle=idle).found
    found = []
    for category, ones in hits.items():
        if category in reasons:
            continue
        weighed = sum(weight(one, title_end) for one in ones)
        found.append(
            Category(
                category=category,
                score=round(weighed / (weighed + _HALF), 4),
                hits=len(ones),
                codes=taxonomy[category].codes(),
            )
        )
    found.sort(key=lambda category: (-category.score, category.category))
    return Subjects(tuple(found), tuple(Mentioned(*reason) for reason in sorted(reasons.items())))


class _Reasons:
    """Why categories are only mentioned: one reason for each that is, in ``found``."""

    def __init__(
        self,
        hits: dict[str, list[Keyword]],
        title_end: int,
        taxonomy: dict[str, CategoryCodes],
        *,
        conflict: bool,
        idle: Mapping[int, str],
    ) -> None:
        self.hits, self.title_end, self.taxonomy = hits, title_end, taxonomy
        self.idle = idle
        self.found: dict[str, str] = {}
        self._over()
        self._told_of()
        if not conflict:
            self._of_conflict_alone()
        self._background()
        self._named()

    def _left(self) -> list[str]:
        return [category for category in self.hits if category not in self.found]

    def _titled(self, end: int) -> set[str]:
        """Return the categories that are left of which a word tells of an event before an offset."""
        return {
            category
            for category in self._left()
            if any(one.start < end and one.start not in self.idle for one in self.hits[category])
        }

    def _over(self) -> None:
        """Leave out what is over where anything else is told. A truce of last year may still hold."""
        over = [
            category
            for category, ones in self.hits.items()
            if not self.taxonomy[category].presumes and all(one.status in _OVER for one in ones)
        ]
        if len(over) < len(self.hits):
            self.found |= dict.fromkeys(over, "all of it is past")

    def _told_of(self) -> None:
        """Leave out those of which no word tells of an event."""
        for category in self._left():
            ones = self.hits[category]
            if all(one.start in self.idle for one in ones):
                self.found[category] = self.idle[ones[0].start]

    def _of_conflict_alone(self) -> None:
        """Leave out the dead of an accident, what it destroyed, and whatever else force does."""
        for category in self._left():
            if self.taxonomy[category].force:
                self.found[category] = "the article is no news of conflict"

    def _background(self) -> None:
        """Leave out an attack where the title tells what follows one, and of no force: it is why."""
        titled = self._titled(self.title_end)
        force = any(self.taxonomy[category].force for category in titled)
        follows = any(self.taxonomy[category].aftermath for category in titled)
        if force or not follows:
            return
        for category in self._left():
            if self.taxonomy[category].unsaid and category not in titled:
                self.found[category] = "it is why there is what the title tells"

    def _named(self) -> None:
        """Leave out what is but named, where the title does not name it and other things are told."""
        named = {category for category in self._left() if self.taxonomy[category].named}
        if len(named) == len(self._left()):
            return
        for category in named - self._titled(self.title_end or LEAD):
            self.found[category] = "named, and not in the title"


def idle_words(deeds: Deeds, weapons: list[Weapon], actors: list[Actor]) -> dict[int, str]:
    """Return the starts of the keywords that tell of no event, and why.

    A weapon is no strike in a sentence in which nothing is done: it is sold, sent, found or promised. What is
    done is told by events that are no weapons, verbs of attack, and the dead and hurt. A fighter is no
    attack: he may as well talk or flee; and an army that acts is
    no presence.
    """
    arms = _Spans(weapons)
    parties = _Spans([actor for actor in actors if actor.role])
    taxonomy, concepts = meanings.taxonomy(), meanings.concepts()
    named = deeds.scan.role("concept")
    found: dict[int, str] = {}
    verbs, doing = _sentences_of_deeds(deeds), set[int]()
    armed = []
    for one in deeds.keywords:
        category = taxonomy[one.category]
        if category.named and parties.cover(one):
            found[one.start] = "a party is named, and not where it is"
        if one.category not in _BY_WEAPONS:
            if category.force and one.status not in _OVER:
                doing.add(deeds.layout.sentence_index(one.start))
            continue
        if arms.cover(one):
            armed.append(one)
            continue
        fighter = named.at(one.start) if category.unsaid else None
        if (
            fighter
            and fighter.end == one.end
            and concepts[fighter.key].victim_role == "combatant"
            and deeds.layout.sentence_index(one.start) not in verbs
        ):
            found[one.start] = "fighters are named, and no attack"
        elif one.status not in _OVER:
            doing.add(deeds.layout.sentence_index(one.start))
    doing |= verbs
    for one in armed:
        if deeds.layout.sentence_index(one.start) not in doing:
            found[one.start] = "weapons are named, and nothing is done with them"
    return found


class _Spans:
    """Stretches of a text, in order, none overlapping."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._starts = [span.start for span in spans]

    def cover(self, one: Span) -> bool:
        """Tell whether something lies within one of them."""
        at = bisect_right(self._starts, one.start) - 1
        return at >= 0 and one.end <= self._spans[at].end


def _sentences_of_deeds(deeds: Deeds) -> set[int]:
    """Return the sentences that have a verb of attack, or of the dead and hurt."""
    scan, layout = deeds.scan, deeds.layout
    verbs = [hit for role in ("deed.attack", "deed.attacked") for hit in scan.role(role)]
    verbs += (hit for hit in scan.role("predicate") if hit.key.partition(":")[2] in _HURT)
    return {layout.sentence_index(hit.start) for hit in verbs}


_BY_WEAPONS = frozenset(
    [
        "air_strike",
        "drone_strike",
        "missile_artillery",
        "bomb_ied",
        "suicide_attack",
        "ground_clash",
        "attack",
        "explosion",
        "intercept",
    ]
)
"""Categories that weapons are listed under though they tell of what is done with them."""

_HURT = frozenset(["killed", "wounded", "casualties"])
