"""Step 5e: whose men, arms or losses a figure is about."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from streams.records import Party


if TYPE_CHECKING:
    from streams.figures.circumstances import Context
    from streams.figures.quantities import Quantity
    from streams.records import Actor, Figure, Kind
    from streams.text.sentences import Stretch


_WITH_PARTY = frozenset(
    [
        "killed",
        "wounded",
        "casualties",
        "captured",
        "surrendered",
        "personnel",
        "platforms",
        "vehicles_destroyed",
        "intercepted",
        "detained",
        "missing",
        "facilities_destroyed",
        "buildings_destroyed",
    ]
)
"""Kinds whose party a nationality beside the noun names."""

_MOST_ACTORS = 5


class Parties:
    """The actors of one sentence, and which figure is about which of them."""

    def __init__(self, context: Context, sentence: Stretch) -> None:
        self.scan = context.scan
        self.layout = context.layout
        self.head_first = context.language.script.noun_head == "first"
        first = bisect_left(context.actors, sentence.start, key=lambda actor: actor.start)
        last = bisect_left(context.actors, sentence.end, key=lambda actor: actor.start)
        self.actors = context.actors[first:last]

    def of(self, quantity: Quantity, kind: Kind) -> Party | None:
        """Return whose men, arms or losses a figure is about, where the words say so."""
        first = bisect_left(self.actors, quantity.start, key=lambda actor: actor.start)
        for actor in self.actors[first : first + _MOST_ACTORS]:
            gap = self.scan.folded[quantity.noun_end : actor.start]
            words = self.layout.words_between(quantity.noun_end, actor.start)
            if quantity.start <= actor.start < quantity.noun_end:
                return _party(actor)
            if actor.start < quantity.noun_end or words > 8 or any(sign in gap for sign in ";:.()"):  # noqa: PLR2004
                continue
            possessive = self.scan.role("possessives").within(quantity.number.end, actor.start + 1)
            if words == 0 or (possessive and "," not in gap and kind in _WITH_PARTY):
                return _party(actor)
        if quantity.counted and kind in _WITH_PARTY and (named := self._named(quantity)):
            return named
        if kind == "money_damage":
            return _party(self.actors[first - 1]) if first else None
        return None

    def belongs(self, end: int, start: int) -> bool:
        """Tell whether only a word such as "of" stands between a noun and its party."""
        gap = self.scan.folded[end:start].strip()
        hits = [self.scan.role(role).first_within(end, start) for role in ("possessives", "part_of")]
        return end <= start and (not gap or any(hit and hit.form == gap for hit in hits))

    def _named(self, quantity: Quantity) -> Party | None:
        """Return the capitalised word beside the noun: "tentara Ukraina", "Russian soldiers"."""
        assert quantity.counted is not None
        layout, text = self.layout, self.scan.text
        if self.head_first and quantity.class_ != "person":
            return None  # "31 chars Abrams": what is named is the model
        if self.head_first:
            word = layout.word_at(quantity.counted.end + 1)
            if word and text[quantity.counted.end] != " ":
                return None
        else:
            if quantity.counted.start and text[quantity.counted.start - 1] == "-":
                return self._abbreviated(quantity.counted.start - 1)
            word = layout.word_ending(quantity.counted.start - 1)
            if word and word.start < quantity.number.end:
                return None
        if not (layout.script.capitals and layout.script.spaces) and word is not None:
            known = self.scan.role("speakers.nationalities").at(word.start)
            if known is None:
                return None
            surface = text[known.start : known.end]
            return Party(name=surface, start=known.start, end=known.end, surface=surface)
        if (
            word is None
            or not text[word.start].isupper()
            or any(map(str.isdecimal, text[word.start : word.end]))
            or self.scan.role("speakers.not_names").at(word.start)
            # "31 Abrams tanks": a model, and no one's.
            or (quantity.class_ not in ("person", "household") and not self._is_nation(word.start))
        ):
            return None
        surface = text[word.start : word.end]
        return Party(name=surface, start=word.start, end=word.end, surface=surface)

    def model_end(self, end: int) -> int:
        """Return where the model ends that is named behind what is counted: "delapan jet Su-30"."""
        word = self.layout.word_at(end + 1) if self.head_first else None
        if word is None or self.scan.text[end] != " " or not self.scan.text[word.start].isupper():
            return end
        return word.end if any(map(str.isdecimal, self.scan.text[word.start : word.end])) else end

    def nation_end(self, end: int) -> int:
        """Return where the adjective of a nation ends behind what is counted: "soldados [moçambicanos]"."""
        roles = ("places.nations", "speakers.nationalities", "speakers.modifiers")
        nation = self.scan.any_of(roles).at(end + 1) if self.head_first else None
        if nation is None or self.scan.text[end : end + 1] != " ":
            return end
        return nation.end if self.scan.text[nation.start].islower() else end

    def _is_nation(self, start: int) -> bool:
        """Tell whether a word names a state, a group, or a nation."""
        roles = ("actor", "speakers.nationalities", "speakers.modifiers")
        return any(self.scan.role(role).at(start) for role in roles)

    def _abbreviated(self, end: int) -> Party | None:
        """Return the capitals that a noun is joined to by a hyphen: "IS-Kämpfer", "US-Soldaten"."""
        start = end
        while start and self.scan.text[start - 1].isupper():
            start -= 1
        surface = self.scan.text[start:end]
        if len(surface) < 2 or self.scan.text[start - 1 : start].isalpha():  # noqa: PLR2004 - "U-Boote"
            return None
        return Party(name=surface, start=start, end=end, surface=surface)

    def shared(self, figures: list[Figure]) -> list[Figure]:
        """Give the figures of a list the party named behind the last: "5 tanks and 3 jets of the army"."""
        for index in range(len(figures) - 2, -1, -1):
            one, following = figures[index], figures[index + 1]
            if (
                one.party
                or not following.party
                or one.kind not in _WITH_PARTY
                or following.kind not in _WITH_PARTY
            ):
                continue
            gap = self.scan.folded[one.end : following.start].rstrip()
            joined = self.scan.role("conjunctions").ending(one.end + len(gap)) or gap.endswith(",")
            if (
                joined
                and following.party.start > following.end
                and not self.scan.role("predicate").within(one.end, following.start)
            ):
                figures[index] = msgspec.structs.replace(one, party=following.party)
        return figures


def _party(actor: Actor) -> Party:
    return Party(name=actor.name, start=actor.start, end=actor.end, surface=actor.surface)
