"""Figures side by side: who says how many, what has risen, what was corrected, where claimants differ.

One kind of figure of one story, report by report in the order of event time. A number that is lower than the
story's is one of four things: an older one, told late (the story has told it before); a part, or a bound that
the story's number fits ("at least ten"); a correction (whoever said more says less, or the article names the
number that no longer holds); or another claimant's. Nothing is ever averaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.stories.subjects import accepts, is_happening


if TYPE_CHECKING:
    from streams.records import Kind, Number
    from streams.stories.records import Change
    from streams.stories.reports import Report, Told
    from streams.stories.subjects import Subject


_WORD = 4
"""Letters from which on a word is no article."""

NOBODY = ""
"""The key of what media report without a claimant."""


class Standing(NamedTuple):
    """The latest of one claimant. ``overtaken``: a later, higher number of others has taken its place."""

    told: Told
    report: Report
    earlier: Number | None
    overtaken: bool

    @property
    def low(self) -> Number:
        """Return the lower bound."""
        assert self.told.low is not None
        return self.told.low


class Turn(NamedTuple):
    """What a report changed in the claims of one kind."""

    change: Change
    kind: Kind
    before: Number | None
    now: Number
    told: Told


class Ledger:
    """The claims of one kind of figure in one story."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.standing: dict[str, Standing] = {}
        self.first: Number | None = None
        self._history: set[Number] = set()
        self._struck: set[Number] = set()
        self._said: dict[str, Number] = {}

    @property
    def top(self) -> Number | None:
        """Return the highest of the latest claims; None where there is none."""
        return max((one.low for one in self.standing.values() if not one.overtaken), default=None)

    @property
    def lowest(self) -> Number | None:
        """Return the lowest of the latest claims; None where there is none."""
        return min((one.low for one in self.standing.values() if not one.overtaken), default=None)

    def highest(self) -> Standing | None:
        """Return the claim of the highest number, of several the latest, with a claimant."""
        top = self.top
        found = [one for one in self.standing.values() if one.low == top and not one.overtaken]
        return max(found, key=lambda one: (one.told.teller is not None, one.report.order), default=None)

    def add(
        self, subject: Subject, *, copied: bool, foreign: frozenset[tuple[Kind, Number]] = frozenset()
    ) -> list[Turn]:
        """Take in a report; return what it changed.

        ``copied``: its text is another source's. ``foreign`` are numbers in it that are another story's.
        """
        claims = self._claims(subject, foreign)
        turns = []
        values = [told.low for _, told in claims]
        for key, told in claims:
            turn = self._step(subject, key, told, values, copied=copied)
            if turn is not None:
                turns.append(turn)
        corrected = {one.now for one in turns if one.change == "corrected"}
        turns = [one for one in turns if one.change != "disputed" or one.now not in corrected]
        for _, told in claims:
            assert told.low is not None
            self._history.add(told.low)
            self._said[subject.report.source] = max(told.low, self._said.get(subject.report.source, 0))
            self.first = told.low if self.first is None else self.first
        return turns

    def _claims(self, subject: Subject, foreign: frozenset[tuple[Kind, Number]]) -> list[tuple[str, Told]]:
        """Return what each claimant says in a report, the highest first.

        Of several numbers that one claimant gives it is one of the title's, or else the greatest: parts are
        smaller than the whole.
        """
        figures = [
            one
            for one in subject.report.figures
            if one.kind == self.kind
            and is_happening(one)
            and accepts(one, self.top)
            and (one.kind, one.low) not in foreign
        ]
        main = subject.numbers.get(self.kind)
        if main is None or not figures:
            return []
        corrected = self._instead(figures)
        titled = [one for one in figures if one.title]
        names = _names(figures)
        found: dict[str, Told] = {}
        for one in figures:
            if corrected is not None and one.low != corrected.low:
                continue
            key = names[claimant(one)]
            known = found.get(key)
            if known is None or _weight(one, titled) > _weight(known, titled):
                found[key] = one
        named = [one for key, one in found.items() if key != NOBODY]
        if NOBODY in found and any(_within(one, found[NOBODY]) for one in named):
            del found[NOBODY]
        elif NOBODY in found and named and not found[NOBODY].title:
            # Beside claimants, a number of nobody's further down is a part, or another event's.
            del found[NOBODY]
        return sorted(found.items(), key=lambda item: (-(item[1].low or 0), item[0]))

    def _instead(self, figures: list[Told]) -> Told | None:
        """Return the number that a report sets in place of the story's: both stand in its title.

        They count the same, and the new one is no less than half of the old: less would be a part of it.
        """
        top = self.top
        titled = [one for one in figures if one.title]
        old = next((one for one in titled if one.low == top), None)
        if top is None or old is None:
            return None
        return next(
            (
                one
                for one in titled
                if one.low is not None
                and top / 2 <= one.low < top
                and one.low not in self._history
                and (one.concept, one.role) == (old.concept, old.role)
            ),
            None,
        )

    def _step(
        self, subject: Subject, key: str, told: Told, values: list[Number | None], *, copied: bool
    ) -> Turn | None:
        low, top, own = told.low, self.top, self.standing.get(key)
        assert low is not None
        earlier = own.low if own and own.low != low else own.earlier if own else None
        mine = Standing(told, subject.report, earlier, overtaken=False)
        if low in self._struck and low != top:
            # An article from before the correction, or that has not heard of it.
            return None
        if top is None:
            self.standing[key] = mine
            return None
        if low > top:
            beside = key != NOBODY and own is None and top in values
            if not beside:
                self._overtake(low, values)
            self.standing[key] = mine
            return Turn("toll_up", self.kind, top, low, told)
        if low == top:
            self.standing[key] = mine
            return None
        if own and not own.overtaken and own.low == low:
            self.standing[key] = mine._replace(earlier=own.earlier)
            return None
        return self._lower(subject, key, mine, values, copied=copied)

    def _lower(
        self, subject: Subject, key: str, mine: Standing, values: list[Number | None], *, copied: bool
    ) -> Turn | None:
        """Deal with a number lower than the story's that its claimant has not said all along."""
        low, top, own = mine.low, self.top, self.standing.get(key)
        assert top is not None
        told = mine.told
        cited = {number for kind, number in subject.cited if kind == self.kind and number > low}
        beside = top in values and key != NOBODY
        fits = told.high is None or told.high >= top
        late = low in self._history or copied
        exact = not fits or (told.title and told.high is not None)
        if own and not own.overtaken and own.low < low:
            # A claimant that was lower comes nearer.
            self.standing[key] = mine
            return Turn("toll_up", self.kind, own.low, low, told)
        revised = subject.report.revised and top in cited and low not in self._history
        may = exact and (revised or (not beside and not late))
        if may and self._corrects(subject, key, cited, top, told):
            before = own.low if own and not own.overtaken and own.low > low else top
            self._struck |= {one for one in self._history if one > low and (one in cited or one == top)}
            self._strike(mine, key, cited, apart=revised and beside)
            self.standing[key] = mine._replace(earlier=before)
            return Turn("corrected", self.kind, before, low, told)
        if key == NOBODY or (not beside and (late or fits)):
            if own is None and key != NOBODY:
                self.standing[key] = mine._replace(overtaken=True)
            return None
        if own and not own.overtaken and own.low > low and beside and low not in self._history:
            self.standing[key] = mine
            return Turn("corrected", self.kind, own.low, low, told)
        known = any(one.low == low and not one.overtaken for one in self.standing.values())
        self.standing[key] = mine
        return None if known else Turn("disputed", self.kind, top, low, told)

    def _corrects(self, subject: Subject, key: str, cited: set[Number], top: Number, told: Told) -> bool:
        """Tell whether a lower number takes back a higher one."""
        own = self.standing.get(key)
        if top in cited and (told.title or told.scope == "cumulative" or key in self.standing):
            return True
        if told.high is None:
            return False
        if self._said.get(subject.report.source, 0) >= top and (told.title or key != NOBODY):
            return True
        return key != NOBODY and own is not None and not own.overtaken and own.low > (told.low or 0)

    def _overtake(self, low: Number, values: list[Number | None]) -> None:
        """Mark what is lower than a new number, and is not told beside it, as older."""
        for key, one in list(self.standing.items()):
            if one.low < low and one.low not in values:
                self.standing[key] = one._replace(overtaken=True)

    def _strike(self, mine: Standing, key: str, cited: set[Number], *, apart: bool) -> None:
        """Take away what a correction takes back: its claimant's, nobody's, the source's, what it names.

        ``apart``: the article names another's number beside it, which that one has not taken back.
        """
        for other, one in list(self.standing.items()):
            named = one.low in cited and not (apart and other != NOBODY and not _share_a_word(other, key))
            mine_too = other in {key, NOBODY} or (one.report.source == mine.report.source and not apart)
            if one.low > mine.low and (named or mine_too):
                del self.standing[other]


def claimant(told: Told) -> str:
    """Return what a claimant is known by: the actor's id, or else its name."""
    if told.teller is None:
        return NOBODY
    return told.teller.id or " ".join(told.teller.surface.casefold().split())


def _names(figures: list[Told]) -> dict[str, str]:
    """Return what each claimant of an article goes by: "ministry" is its "ministry of health"."""
    keys = sorted({claimant(one) for one in figures}, key=lambda key: (-len(key), key))
    found: dict[str, str] = {}
    for key in keys:
        whole = (other for other in found if key and f" {key} " in f" {other} ")
        found[key] = next(whole, key)
    return found


def _share_a_word(one: str, other: str) -> bool:
    """Tell whether two claimants' names have a word in common: "the ministry", "Yemen's health ministry"."""
    return any(len(word) >= _WORD for word in set(one.split()) & set(other.split()))


def _within(told: Told, other: Told) -> bool:
    """Tell whether a number is the other's, or lies within its bounds."""
    if told.low is None or other.low is None or told.low < other.low:
        return False
    return told.low == other.low or other.high is None or told.low <= other.high


def _weight(told: Told, titled: list[Told]) -> tuple[bool, bool, Number, int]:
    """Return how much a figure counts among those of its claimant: first what the title says, exactly."""
    fits = any(_within(told, one) for one in titled)
    return (fits, told.high is not None, told.low or 0, -told.start)
