"""The group of words that a number counts, and which of its nouns says what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams import meanings
from streams.text.hits import Hit
from streams.text.inflection import endings


if TYPE_CHECKING:
    from streams.languages import Script
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


class NounGroup(msgspec.Struct, frozen=True, gc=False):
    """What a number counts: the noun that says it, where that ends, where the group ends.

    ``part`` is set where the group only points back to a figure named before ("of them").
    ``classified``: a classifier stands there, whose noun may stand before the number.
    """

    noun: Hit | None
    noun_end: int
    end: int
    part: bool
    classified: bool = False


CLASSIFIERS = frozenset(["classifiers", "event_classifiers"])
PERSON = "person"
"""The concept of people as such."""

THING = "thing"
"""The concept of what no data names."""

_STOPS = ("noun_ends", "clause_ends", "predicate", "attribution", "time.since")
_PASSED_OVER = ("fillers", "qualifier.after")
_PASSED_OVER_FIRST = ("part_of", *_PASSED_OVER)
_LONGEST_ATTRIBUTE = 40
"""Code points in which the word looked for stands that ends what is said of a noun."""
_LONGEST_QUOTED = 24
_OPEN, _CLOSE = ("\u201c", "\u300c"), ("\u201d", "\u300d")
_SIGNS = frozenset(",;:.()\u3001\u201c\u201d")
_MOST_UNKNOWN = 3
"""Words that are in no list and may still stand between a number and its noun."""


def _grouped(found: Hit | None, noun_end: int, end: int, *, part: bool, classified: bool) -> NounGroup:
    """Return a group; without a noun it ends behind its classifier: "5 [pieces]"."""
    return NounGroup(found, noun_end if found or not classified else end, end, part, classified)


class NounGroups:
    """Reads the groups of nouns in one text."""

    def __init__(self, scan: Scan, layout: Layout, script: Script) -> None:
        self.scan = scan
        self.layout = layout
        self.head_first = script.noun_head == "first"
        self.participle_endings = tuple(script.participle_endings)
        # With a word between what is said of a noun and it, only that makes a verb an adjective.
        plain = not self.head_first and not script.attributive
        self.participles_first = script.participles_first or plain
        self.apart = endings(tuple(script.apart))
        self.stops = scan.any_of(_STOPS)
        self.passed_over = scan.any_of(_PASSED_OVER)
        self.passed_over_first = scan.any_of(_PASSED_OVER_FIRST)
        self.parts = scan.role("parts")
        self.predicates = scan.role("predicate")
        self.concepts = scan.role("concept")
        self.joined = scan.role("concept.joined")
        self.script = script
        self.classifiers = scan.role("script.classifiers")
        self.events = scan.role("script.event_classifiers")
        self.attributive = scan.role("script.attributive")

    def read(self, at: int, limit: int, *, measured: bool) -> NounGroup:
        """Return the group that begins at ``at``.

        It ends at ``limit``, at punctuation, at a verb that the data knows, or at a word that
        ends groups. Of several nouns the first or the last says what is meant, by language.
        ``measured``: a unit stands before it ("50 tonnes"), and not every word is its noun.
        """
        found: Hit | None = None
        noun_end = end = at
        part = False
        seen: set[str] = set()  # kinds of words between the number and its noun
        unknown: list[Stretch] = []
        while (at := self._skip(at)) < limit and not (found and self._is_apart(found, at)):
            fresh = found is None and not unknown
            concept = self._concept(at, fresh=fresh)
            if (found or not unknown) and (hit := self._part(at, found, concept)) is not None:
                part = True
                own = self._noun(hit.start) if fresh else None
                noun_end = max(noun_end, min(own.end, hit.end)) if own else noun_end
                at = end = hit.end
                continue
            if (over := self._adjective_end(at)) is not None:
                at = over
                continue
            if found is None and (between := self._between(at, limit, fresh=fresh)):
                seen.add(between.key)
                at, end = between.end, max(end, between.end if between.key in CLASSIFIERS else end)
                continue
            if found and seen & CLASSIFIERS == {"classifiers"} and self.scan.role("predicate").at(at):
                # "28 [pieces] drones attack": only of an event is the verb a noun.
                break
            stop = self._stop(at)
            if behind := self._who_they_are(at, found) or (self._behind_link(at) if stop and fresh else None):
                return NounGroup(behind, behind.end, behind.end, part)
            if concept and (stop is None or stop.end <= concept.end or (fresh and self._is_strike(concept))):
                if found and (self.head_first or (self.script.compounds and not measured)):
                    # Where two nouns are joined to one, a second one is another group's.
                    break
                found = concept
                at = end = noun_end = concept.end
            elif (hit := self._passed_over(at, first=fresh)) and (
                stop is None or (fresh and hit.end >= stop.end)
            ):
                at = end = hit.end
            elif stop is not None:
                break
            else:
                word = self.layout.word_at(at)
                if word is None or len(unknown) >= _MOST_UNKNOWN or (measured and found is None and unknown):
                    break
                if self._is_joined_and(word) if found is None else not self.head_first:
                    # "factories making weapons": the group is at its end.
                    break
                unknown.append(word)
                at = word.end
                end = at if found is not None and self.head_first else end
            if self.scan.folded[at : at + 1] not in ("", " ", "-") and self.scan.folded[at - 1] != "'":
                break
        if found is None and unknown and not measured and not part:
            noun = unknown[0] if self.head_first or self.apart else unknown[-1]
            found = Hit(noun.start, noun.end, THING, self.scan.folded[noun.start : noun.end])
            end = noun_end = noun.end
        return _grouped(found, noun_end, max(end, noun_end), part=part, classified=bool(seen & CLASSIFIERS))

    def _between(self, at: int, limit: int, *, fresh: bool) -> Hit | None:
        """Return what stands at an offset between a number and its noun, where there are classifiers.

        A classifier; a name in quotation marks ("28 “Shahed” drones"); all that is said of the noun.
        """
        if not self.script.classifiers:
            return None
        hit = self.classifiers.at(at) or self.events.at(at) or self.attributive.at(at)
        if hit:
            return hit
        if self.scan.folded[at : at + 1] in _OPEN:
            window = self.scan.folded[at : at + _LONGEST_QUOTED]
            close = max(window.find(mark) for mark in _CLOSE)
            noun = self._skip(at + close + 1)
            return Hit(at, noun, "quoted", "") if close > 0 and self.concepts.at(noun) else None
        described = self._behind_attribute(at, limit) if fresh else None
        return Hit(at, described, "attribute", "") if described else None

    def _who_they_are(self, at: int, found: Hit | None) -> Hit | None:
        """Return the noun behind "people are": "5 people are children", where that is a classifier."""
        bare = found is not None and found.key == "person" and self.script.classifiers
        noun = self._behind_link(at) if bare else None
        return noun if noun and meanings.concepts()[noun.key].class_ == "person" else None

    def _behind_attribute(self, at: int, limit: int) -> int | None:
        """Return where the noun begins behind all that is said of it: "12 [killed in the raid OF] civilians".

        Only in languages that have a word for this "of".
        """
        if not self.attributive or self.concepts.at(at):
            return None
        hit = self.attributive.first_within(at, min(limit, at + _LONGEST_ATTRIBUTE))
        if hit is None or any(sign in self.scan.folded[at : hit.start] for sign in _SIGNS):
            return None
        noun = self.concepts.at(self._skip(hit.end))
        return noun.start if noun else None

    def _concept(self, at: int, *, fresh: bool) -> Hit | None:
        """Return the noun at an offset; none where it is the first one and only begins a filler."""
        noun = self._noun(at)
        return None if noun and fresh and self._is_named_again(noun, at) else noun

    def _is_named_again(self, noun: Hit, at: int) -> bool:
        """Tell whether a noun begins a filler behind which one says more: "9 people of the civilians"."""
        filler = self._passed_over(at, first=True)
        other = self._noun(self._skip(filler.end)) if filler and filler.end >= noun.end else None
        concepts = meanings.concepts()
        return other is not None and concepts[other.key].class_ == concepts[noun.key].class_

    def _is_apart(self, noun: Hit, at: int) -> bool:
        """Tell whether what follows a noun is of another group, where endings say so.

        The ending of one of two nouns ("30 yaralı | hastaneye"), a verb's form, or a word for
        people, which describes no other ("iki milyon kişi | gıda yardımı").
        """
        if not self.apart:
            return False
        if noun.key == PERSON or self._adjective_end(at) is not None:
            return True
        return any(
            hit is not None and self.scan.folded[hit.start + len(hit.form) : hit.end] in self.apart
            for hit in (noun, self._noun(at))
        )

    def _skip(self, at: int) -> int:
        """Return the offset behind one space or hyphen."""
        return at + 1 if self.scan.folded[at : at + 1] in (" ", "-") else at

    def _is_strike(self, noun: Hit) -> bool:
        """Tell whether a noun is a strike: "22 strikes on" are, though "strikes on" says what happened."""
        return meanings.concepts()[noun.key].class_ == "strike"

    def _is_joined_and(self, word: Stretch) -> bool:
        """Tell whether a word is an "and" that is joined to the next one: "12 [and]wounded 30"."""
        conjunction = self.scan.role("conjunctions").at(word.start)
        joined = self.scan.folded[word.end : word.end + 1].isalpha()
        return joined and conjunction is not None and conjunction.end >= word.end

    def _part(self, at: int, found: Hit | None, concept: Hit | None) -> Hit | None:
        """Return words such as "of them", unless a noun there is longer."""
        hit = self.parts.at(at)
        longer = concept.end if concept else 0
        return hit if hit and (found is None or hit.end > longer) else None

    def _stop(self, at: int) -> Hit | None:
        return self.stops.at(at)

    def _passed_over(self, at: int, *, first: bool) -> Hit | None:
        """Return a word that says nothing of its own between a number and its noun."""
        if (self.passed_over_first if first else self.passed_over).at(at) is None:
            return None
        roles = _PASSED_OVER_FIRST if first else _PASSED_OVER
        hits = [hit for role in roles if (hit := self.scan.role(role).at(at))]
        return max(hits, key=lambda hit: hit.end, default=None)

    def _noun(self, at: int) -> Hit | None:
        """Return the noun at an offset; "home" of "home-made" is none, "kapal" of "kapal-kapal" is."""
        hit = self.concepts.at(at)
        if hit is None and not self.head_first:
            return self._last_part(at)
        if hit is None or self.scan.folded[hit.end : hit.end + 1] != "-":
            return hit
        word = self.layout.word_at(at)
        if word is None or word.end <= hit.end or self.scan.folded[hit.end + 1 : word.end] == hit.form:
            return hit
        return None

    def _last_part(self, at: int) -> Hit | None:
        """Return the noun at the end of a compound: "Raketen" of "Panzerabwehrraketen", "IS-Kämpfer"."""
        word = self.layout.word_at(at)
        if word is None:
            return None
        hit = self.joined.ending(word.end)
        if hit is None and (hit := self.concepts.ending(word.end)) and self.scan.folded[hit.start - 1] != "-":
            hit = None
        return hit if hit and hit.start > at else None

    def _adjective_end(self, at: int) -> int | None:
        """Return the end of a verb that only describes the noun behind it: "captured rifles"."""
        stop = self.predicates.at(at)
        if stop is None or self._stop(at) is not stop:
            return None
        word = self.layout.word_at(at)
        if word and word.end > stop.end and self.scan.folded[stop.end] == "-":
            return word.end
        if not self.participles_first or (self.head_first and self._is_finite(stop)):
            return None
        noun = self._skip(stop.end)
        nation = self.layout.word_at(noun)
        if nation and not self.head_first and self.scan.text[noun : noun + 1].isupper():
            noun = self._skip(nation.end)  # "12 dead Israeli soldiers"
        return stop.end if self.concepts.at(self._skip(stop.end)) or self.concepts.at(noun) else None

    def _is_finite(self, verb: Hit) -> bool:
        """Tell whether a verb is no participle, by its ending, or as it has its figure behind it only."""
        if self.participle_endings and not verb.form.endswith(self.participle_endings):
            return True
        same = self.scan.role("predicate").within(verb.start, verb.end)
        return all(hit.key.startswith("right:") for hit in same)

    def _behind_link(self, at: int) -> Hit | None:
        """Return the noun behind a linking verb: "five were children"."""
        link = self.scan.role("links").at(at)
        whither = self.scan.role("places.before").at(at)
        return self._noun(self._skip(link.end)) if link and whither is None else None
