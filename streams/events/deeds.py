"""Who did something to whom, and what was hit: what the words around a party or a target show.

The words are in data/roles.toml; what is done is told by keywords of the categories that say so
(``force`` in data/taxonomy.toml), and by verbs whose subject attacks.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from streams import meanings, rosters
from streams.text.sentences import Stretch


if TYPE_CHECKING:
    from streams.languages import Language
    from streams.records import Keyword, MentionStatus
    from streams.text.hits import Hit, Hits, Scan
    from streams.text.sentences import Layout


class Deed(NamedTuple):
    """What is done to something: the category and status of the keyword that says so, where one does."""

    event: str | None
    status: MentionStatus


_NOUN_GAP = 3
"""Words between "strike" and what it was on, the word "on" among them."""
_OBJECT_GAP = 4
"""Words between a verb and its object: articles, numbers, adjectives."""
_SUBJECT_GAP = 3
_CLAUSE = 14
"""Words of a clause between a subject and its verb."""
_VERB_LAST_GAP = 8
_LIST_GAP = 3
_NEAR = 40
"""Code points behind a word in which the next one ends."""
_PARTY_GAP = 4
"""Words more between "attack" and "on" where it is said whose it was: "attack by Boko Haram on a base"."""
_SENTENCE = 400
"""Code points to each side within which the clause of a word lies."""
_SIGNS = frozenset(";:.!?\n")
_APART = frozenset(",;:.()")


class Deeds:
    """The attacks of a text, and what stands beside them."""

    def __init__(self, scan: Scan, layout: Layout, language: Language, keywords: list[Keyword]) -> None:
        self.scan = scan
        self.layout = layout
        self.language = language
        self.words = rosters.roles().get(language.code, rosters.Roles())
        self.toward = frozenset(language.places.toward)
        self.keywords = keywords
        force = meanings.taxonomy()
        self.events = [keyword for keyword in keywords if force[keyword.category].force]
        self._starts = [keyword.start for keyword in self.events]
        self._keyword_starts = [keyword.start for keyword in keywords]
        self._bounds: dict[tuple[int, int], Stretch] = {}
        self._roles: dict[str, Hits] = {}

    def _hits(self, deed: str) -> Hits:
        known = self._roles.get(deed)
        if known is None:
            known = self._roles[deed] = self.scan.role(f"deed.{deed}")
        return known

    def bounds(self, start: int, end: int) -> Stretch:
        """Return the sentence that holds a stretch, no longer than a clause can be."""
        if (known := self._bounds.get((start, end))) is not None:
            return known
        sentence = self.layout.sentences[self.layout.sentence_index(start)]
        first, last = max(sentence.start, start - _SENTENCE), min(sentence.end, end + _SENTENCE)
        self._bounds[start, end] = found = Stretch(first, last)
        return found

    def within(self, start: int, end: int) -> list[Keyword]:
        """Return the events between two offsets."""
        found = []
        for at in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            keyword = self.events[at]
            if keyword.end <= end:
                found.append(keyword)
        return found

    def nearest(self, start: int, end: int) -> Keyword | None:
        """Return the keyword nearest to a stretch in its sentence, of any category."""
        sentence = self.bounds(start, end)
        at = bisect_left(self._keyword_starts, start)
        near = [
            keyword
            for keyword in self.keywords[max(0, at - 3) : at + 3]
            if sentence.start <= keyword.start and keyword.end <= sentence.end
        ]
        if len(near) < 2:  # noqa: PLR2004 - nothing to choose from
            return near[0] if near else None
        return min(near, key=lambda one: (max(one.start - end, start - one.end, 0), one.start))

    def parted(self, start: int, end: int) -> bool:
        """Tell whether a clause ends between two offsets."""
        between = self.scan.text[start:end]
        return not _SIGNS.isdisjoint(between) or bool(self.scan.role("clause_ends").first_within(start, end))

    def is_verb(self, keyword: Keyword) -> bool:
        """Tell whether a keyword is a verb whose subject attacks, or one of what was attacked."""
        return any(
            (hit := self._hits(deed).at(keyword.start)) is not None and hit.end >= keyword.end
            for deed in ("attack", "attacked")
        )

    def marker(self, deed: str, start: int, floor: int, most: int = 1) -> Hit | None:
        """Return a word of a list that stands before an offset, with few words between."""
        hit = self._hits(deed).last_before(start, floor)
        if hit is None or self.layout.words_between(hit.end, start) > most:
            return None
        between = self.scan.text[hit.end : start]
        return hit if _APART.isdisjoint(between) else None

    def covering(self, start: int) -> Keyword | None:
        """Return the event whose words begin before an offset and go on behind it."""
        at = bisect_left(self._starts, start) - 1
        return self.events[at] if at >= 0 and self.events[at].end > start else None

    def event_before(self, end: int, floor: int, most: int) -> Keyword | None:
        """Return the event that ends before an offset, with at most so many words between."""
        found = self.within(max(floor, end - _SENTENCE), end)
        if not found or self.layout.words_between(found[-1].end, end) > most:
            return None
        return None if self.parted(found[-1].end, end) else found[-1]

    def event_behind(self, start: int, limit: int, most: int) -> Keyword | None:
        """Return the event that begins behind an offset, with at most so many words between."""
        found = self.within(start, min(limit, start + _SENTENCE))
        if not found or self.layout.words_between(start, found[0].start) > most:
            return None
        return None if self.parted(start, found[0].start) else found[0]

    def verb_before(self, start: int, floor: int, most: int) -> Hit | None:
        """Return the verb of attack that ends before an offset, with at most so many words between."""
        hit = self._hits("attack").last_before(start, floor)
        if hit is None or self.layout.words_between(hit.end, start) > most:
            return None
        return None if self.parted(hit.end, start) else hit

    def verb_behind(self, deed: str, end: int, limit: int, most: int) -> Hit | None:
        """Return the verb of a list that begins behind an offset, with at most so many words between."""
        hit = self._hits(deed).first_within(end, limit)
        if hit is None or self.layout.words_between(end, hit.start) > most:
            return None
        return None if self.parted(end, hit.start) else hit

    def done_to(self, start: int, end: int) -> Deed | None:
        """Return what the sentence says was done to what stands between two offsets, None where nothing."""
        sentence = self.bounds(start, end)
        if self._is_away(start, end, sentence.start):
            return None
        return (
            self._as_subject(start, end, sentence)
            or self._as_object(start, end, sentence)
            or self._of_noun(start, end, sentence)
        )

    def is_hit(self, start: int, end: int) -> bool:
        """Tell whether a verb says that something was done to whom the words between two offsets name."""
        sentence = self.bounds(start, end)
        if self._is_away(start, end, sentence.start) or self.marker("inside", start, sentence.start, 0):
            return False
        if (whole := self.covering(start)) and self._hits("against").first_within(whole.start, start):
            return True
        deed = self._as_subject(start, end, sentence) or self._as_object(start, end, sentence)
        return deed is not None

    def _is_away(self, start: int, end: int, floor: int) -> bool:
        """Tell whether a word says that something was brought to it, or happened only near it."""
        if self.language.script.verb_last and self.verb_behind("away", end, end + _NEAR, 0):
            return True
        away = self.marker("away", start, floor, 2)
        if away is None:
            return False
        against = self.marker("against", start, floor, 2)
        return against is None or (away.end, -away.start) >= (against.end, -against.start)

    def _as_subject(self, start: int, end: int, sentence: Stretch) -> Deed | None:
        """Return what is done to a verb's subject: "The hospital was hit", "пошкоджено школу"."""
        verb = self.verb_behind("attacked", end, sentence.end, _OBJECT_GAP) or self._over_clause(
            end, sentence.end
        )
        if verb is None and not self.language.script.verb_last:
            first = self._hits("attacked").last_before(start, sentence.start)
            near = first and self.layout.words_between(first.end, start) < _NOUN_GAP
            if first and near and "," not in self.scan.text[first.end : start]:
                verb = None if self.leads(first.end, start) else first
        return self._deed(verb.start, verb.end) if verb else None

    def _over_clause(self, end: int, limit: int) -> Hit | None:
        """Return what is done to a subject that a clause stands behind: "a hospital that they run was hit".

        Nothing else that could be the subject stands between: no other target, no second such clause.
        """
        relative = self._hits("relative").first_within(end, min(limit, end + _NEAR))
        if relative is None or self.layout.words_between(end, relative.start) > 1:
            return None
        verb = self._hits("attacked").first_within(relative.end, limit)
        if verb is None or self.layout.words_between(relative.end, verb.start) > _CLAUSE:
            return None
        between = (relative.end, verb.start)
        if not _SIGNS.isdisjoint(self.scan.text[slice(*between)]) or self._hits("relative").first_within(
            *between
        ):
            return None
        sorts = rosters.targets_of_concepts()
        others = self.scan.role("target").first_within(*between) or any(
            hit.key in sorts for hit in self.scan.role("concept").within(*between)
        )
        return None if others else verb

    def _as_object(self, start: int, end: int, sentence: Stretch) -> Deed | None:
        """Return what is done to a verb's object: "missiles hit the hospital", "hastaneyi vurdu"."""
        if self.language.script.verb_last:
            verb = self.verb_behind("attack", end, sentence.end, _OBJECT_GAP)
            marked = self._hits("object_after")
            if verb and marked and not self._joined_by(marked, end, verb.start):
                return None
            return self._deed(verb.start, verb.end) if verb else None
        far = self.words.verb_first or not self.language.script.spaces
        verb = self.verb_before(start, sentence.start, _OBJECT_GAP + (_PARTY_GAP if far else 0))
        if verb is None or self.leads(verb.end, start):
            return None  # "attacked him in the hospital": where, and not what
        if not self.words.verb_first and self._people_between(verb.end, start):
            return None
        return self._deed(verb.start, verb.end)

    def _joined_by(self, marked: Hits, end: int, limit: int) -> bool:
        hit = marked.first_within(end, limit)
        return hit is not None and self.layout.words_between(end, hit.start) <= 2  # noqa: PLR2004 - "the hospital of the town"

    def _people_between(self, start: int, end: int) -> bool:
        """Tell whether people are the object, and what follows is only where: "killed 12 at a market"."""
        concepts = meanings.concepts()
        return any(
            concepts[hit.key].class_ == "person" for hit in self.scan.role("concept").within(start, end)
        ) or (any(map(str.isdecimal, self.scan.text[start:end])) and self.leads(start, end))

    def _of_noun(self, start: int, end: int, sentence: Stretch) -> Deed | None:
        """Return what a noun says: "a strike on a hospital", "hastaneye saldırı", "对医院的袭击"."""
        whole = self.covering(start)
        if whole and self.leads(whole.start, start):
            return Deed(whole.category, whole.status)
        led = self.marker("against", start, sentence.start, 2) or self.marker("inside", start, sentence.start)
        gap = _NOUN_GAP + _PARTY_GAP if led else _NOUN_GAP
        if event := self.event_before(start, sentence.start, gap):
            behind = led.end if led else event.end
            if self.leads(event.start, start) and not self._people_between(behind, start):
                return Deed(event.category, event.status)
        if self.language.script.verb_last or not self.language.script.spaces:
            event = self.event_behind(end, sentence.end, _OBJECT_GAP)
            if event and (led or self.is_led_to(end, event.start)):
                return Deed(event.category, event.status)
        return None

    def leads(self, start: int, end: int) -> bool:
        """Tell whether a word such as "on" or "in" stands between two offsets."""
        return any(self._hits(deed).first_within(start, end) for deed in ("against", "inside"))

    def is_led_to(self, end: int, start: int) -> bool:
        """Tell whether what ends at an offset is what the event behind it is done to: "PKK'ya yönelik"."""
        behind = self._hits("against_after").first_within(end, start)
        return behind is not None or self._is_toward(end, start)

    def _is_toward(self, end: int, limit: int) -> bool:
        """Tell whether the ending of a name, or of the word itself, leads to what is done: "İsrail'e"."""
        apostrophe, _, rest = self.scan.folded[end:limit].partition(" ")
        if apostrophe[:1] == "'" and apostrophe[1:] in self.toward:
            return True
        tail = self.scan.folded[max(0, end - 2) : end]
        return bool(self.toward) and not apostrophe and not rest.strip() and tail[-1:] in self.toward

    def _deed(self, start: int, end: int) -> Deed:
        keyword = self.nearest(start, end)
        status: MentionStatus = keyword.status if keyword else "asserted"
        force = keyword is not None and meanings.taxonomy()[keyword.category].force
        return Deed(keyword.category if keyword and force else None, status)
