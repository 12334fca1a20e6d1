"""Step 5b: who says so: the speakers of a text, and which words are whose."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from streams.claims.announcements import Announcements
from streams.claims.attributions import Attribution, Attributions
from streams.claims.ellipses import find_ellipses
from streams.claims.inquits import find_inquits
from streams.claims.names import Speaker
from streams.claims.openings import Openings
from streams.claims.speakers import Speakers
from streams.claims.subjects import Subjects
from streams.claims.uncased import Uncased
from streams.records import Claimant, Span
from streams.text.hits import Hit
from streams.text.sentences import LONGEST_NAME


if TYPE_CHECKING:
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_NEAREST = 12
"""Attributions looked at on each side of a figure: the work is linear in the text."""

_CLAUSE = 300
"""Code points behind a figure in which a semicolon tells that another clause's speaker is none of its own."""

_OBJECT = 20
"""Code points behind a verb in which its object begins."""

_REACH_BESIDE = 240
"""Code points from a verb to a stretch that its speaker stands beside, at most: a name and a few words."""
_BESIDE = 3
"""Words between a number and the verb or source that is its own."""

_REACH = 6
"""Sentences over which a statement goes on without its speaker being named again."""


_OPENING = 60
"""Code points at the beginning of a sentence in which the words for its whole stand: "among the dead"."""
_VICTIMS = frozenset(["killed", "wounded", "missing", "casualties"])


def _is_of_victims(predicate: Hit) -> bool:
    return predicate.key.partition(":")[2] in _VICTIMS


def _verb_start(attribution: Attribution) -> int:
    return attribution.verb.start


class Claims:
    """The attributions of a text, and for any place in it who speaks there."""

    def __init__(self, scan: Scan, layout: Layout, lead: int = 0, genitives: tuple[str, ...] = ()) -> None:
        self.scan = scan
        self.layout = layout
        self.lead = lead  # where the text begins behind its title
        self.names = Speakers(scan, layout)
        openings = Openings(scan, layout, genitives)
        self.subjects = Subjects(scan, layout, self.names)
        self.uncased = Uncased(scan, layout)
        attributions = Attributions(scan, layout, openings, self.subjects, self.uncased)
        self.by_sentence = attributions.by_sentence()
        self._add_verbless()
        # By the start of a verb: who is named before it in its own sentence.
        self._earlier: dict[int, Speaker | None] = {}
        self._media: dict[int, list[Speaker]] = {}
        self._ordered: dict[int, list[Attribution]] = {}
        self.speakers = self._resolve()

    def _add_verbless(self) -> None:
        """Add the attributions that a sign, a place or another's verb makes, and no verb that data knows."""
        announcements = Announcements(self.scan, self.layout, self.subjects, self.uncased)
        for index, sentence in enumerate(self.layout.sentences):
            found = self.by_sentence[index]
            if colon := announcements.announcing(index):
                verb = Hit(colon.end, colon.end + 1, "before:said", ":")
                found.insert(0, Attribution(verb, "before", "said", colon))
            elif self.layout.script.capitals and (behind := self.names.behind_dash(sentence)):
                verb = Hit(behind.start - 2, behind.start - 1, "after:said", "-")
                found.append(Attribution(verb, "after", "said", behind))
            found += find_ellipses(self.scan, self.layout, self.names, sentence, found)
        for told in find_inquits(self.scan, self.layout, self.names):
            self.by_sentence[self.layout.sentence_index(told.verb.start)].append(told)

    def _resolve(self) -> list[Speaker | None]:
        """Return for each sentence the speaker who was named last, up to its end."""
        resolved: list[Speaker | None] = []
        last: Speaker | None = None
        for attributions in self.by_sentence:
            own: Speaker | None = None
            for attribution in sorted(attributions, key=lambda one: one.verb.start):
                self._earlier[attribution.verb.start] = own
                own = attribution.speaker or own
            for attribution in attributions:
                if attribution.speaker and self.layout.quotation(attribution.verb.start) is None:
                    last = attribution.speaker
            resolved.append(last)
        return resolved

    def named(self) -> list[Speaker]:
        """Return the words that name a speaker, in the order of their verbs."""
        found = (attribution.speaker for attributions in self.by_sentence for attribution in attributions)
        return [speaker for speaker in found if speaker]

    def claimant(self, start: int, end: int) -> Claimant | None:
        """Return who says what stands between two offsets, None where no one is named."""
        index = self.layout.sentence_index(start)
        own = self._nearest(self._governing(index, start), start, end)
        if own:
            return self._claimant(own, index, start, inherited=False)
        around = self._around(index)
        if around:
            return self._claimant(around[0], around[1], start, inherited=True)
        return self._quoted(index) if self.layout.quotation(start) else None

    def beside(self, start: int, end: int) -> Speaker | None:
        """Return the speaker whose verb stands right before a stretch, or whose source right behind it."""
        near: Speaker | None = None
        ordered = self._by_verb(self.layout.sentence_index(start))
        begin = bisect_left(ordered, start - _REACH_BESIDE, key=_verb_start)
        for one in ordered[begin : bisect_left(ordered, end + _REACH_BESIDE, key=_verb_start)]:
            if one.speaker is None:
                continue
            first, last = min(one.verb.start, one.speaker.start), max(one.verb.end, one.speaker.end)
            if one.verb.key.startswith("source") and self._is_beside(end, first):
                return one.speaker
            # The verb may be the number's qualifier as well: "police estimated 8,000".
            within = one.verb.start <= start <= one.verb.end and one.speaker.end <= start
            if within or self._is_beside(last, start):
                near = one.speaker
        return near

    def _by_verb(self, index: int) -> list[Attribution]:
        """Return the attributions of a sentence in the order of their verbs."""
        found = self._ordered.get(index)
        if found is None:
            found = self._ordered[index] = sorted(self.by_sentence[index], key=_verb_start)
        return found

    def _is_beside(self, end: int, start: int) -> bool:
        """Tell whether no more than a few words, and no end of a clause, stand between two places."""
        gap = self.scan.folded[end:start]
        return (
            end <= start
            and self.layout.words_between(end, start) <= _BESIDE
            and not any(sign in gap for sign in ";.()\n")
        )

    def _quoted(self, index: int) -> Claimant | None:
        """Return whose a quotation is that names no one, as in an interview: the last's, or the lead's."""
        speaker = self.speakers[index - 1] if index else None
        if speaker is None:
            at = next(
                (at for at, sentence in enumerate(self.layout.sentences) if sentence.start >= self.lead), 0
            )
            speaker = self.names.right_of(self.layout.sentences[at].start, self.layout.sentences[at].end)
        if speaker is None:
            return None
        surface = self.scan.text[speaker.start : speaker.end]
        return Claimant(
            start=speaker.start, end=speaker.end, surface=surface, verb="", stance="said", inherited=True
        )

    def _governing(self, index: int, start: int) -> list[Attribution]:
        """Return the attributions of a sentence, and of the end of the quotation it stands in."""
        found = list(self.by_sentence[index])
        quotation = self.layout.quotation(start)
        if quotation and not found:
            last = self.layout.sentence_index(quotation.end)
            found = [item for item in self.by_sentence[last] if item.verb.start >= quotation.end - 1]
            if not found:
                first = self.layout.sentence_index(quotation.start)
                found = [item for item in self.by_sentence[first] if item.verb.end <= quotation.start + 1]
        return found

    def _nearest(self, attributions: list[Attribution], start: int, end: int) -> Attribution | None:
        """Return the attribution that governs a stretch: the nearest on the side it speaks to."""
        best: Attribution | None = None
        least = 10_000
        at = bisect_left(attributions, start, key=lambda attribution: attribution.verb.start)
        for attribution in attributions[max(0, at - _NEAREST) : at + _NEAREST]:
            verb, speaker = attribution.verb, attribution.speaker
            left = min(verb.start, speaker.start if speaker else verb.start)
            right = max(verb.end, speaker.end if speaker else verb.end)
            if right <= start:
                cost = self.layout.words_between(right, start)
                ended = self.scan.folded[right : right + 1] in (".", ";")
                if (attribution.position == "after" and ended) or attribution.position == "clause":
                    cost += 40
                if verb.key.startswith("source") and self.scan.folded[right : right + 1] == ",":
                    # "3,500 according to police, 12,000 according to the organisers".
                    opens = self.scan.folded[max(0, left - 2) : left].strip(' \n\u00bb"') in ("", ".", ":")
                    cost += 0 if opens else 2
            elif left >= end:
                if self.layout.script.verb_last and ";" in self.scan.folded[end : min(left, end + _CLAUSE)]:
                    continue
                cost = self.layout.words_between(end, left)
                if self.layout.script.spaces and ";" in self.scan.folded[end : min(left, end + _CLAUSE)]:
                    cost += 40
                # A verb before what is said governs what follows it, unless nothing follows.
                tail = self.scan.folded[right : right + 2].strip()
                if attribution.position == "before" and tail and tail[0] not in '.,\u201d"':
                    cost += 40
                    if self.scan.folded[right : right + _OBJECT].lstrip()[:1].isdigit():
                        continue  # "20,000 marched, the police spoke of 8,000"
                # "…, according to the opposition \u2014 at least 60".
                if verb.key.startswith("source") and tail and tail[0] in "-\u2013\u2014":
                    cost += 40
            elif attribution.position == "clause" or (speaker and speaker.end <= start <= verb.start):
                cost = 0  # also "police [estimated 8,000]"
            elif speaker and speaker.end <= start and end <= verb.start:
                # "The army the death of 12 soldiers denied".
                cost = self.layout.words_between(end, verb.start)
            else:
                continue
            # Of two as near the one behind: "20,000 according to the organisers, 8,000 according to police".
            tie = cost == least and left >= end and verb.key.startswith("source")
            if cost < least or tie:
                best, least = attribution, cost
        return self._cited(best, attributions) if best else None

    def _cited(self, attribution: Attribution, others: list[Attribution]) -> Attribution:
        """Return the source that a medium names behind its own name: "Reuters said, citing the army"."""
        end = max(attribution.verb.end, attribution.speaker.end if attribution.speaker else 0)
        at = bisect_left(others, end, key=lambda other: other.verb.start)
        if attribution.verb.key.startswith("source") or at == len(others):
            return attribution
        other = others[at]
        adjacent = not self.scan.folded[end : other.verb.start].strip(" ,")
        return other if adjacent and other.verb.key.startswith("source") else attribution

    def _around(self, index: int) -> tuple[Attribution, int] | None:
        """Return the attribution of the words around a sentence that has none of its own.

        The sentence is the speaker's who is named before it where the paragraph is the same,
        where the attribution ends in a colon, or where the next attribution goes back to the
        same one: it then stands between two of that speaker's statements.
        """
        reach = range(index - 1, max(-1, index - _REACH), -1)
        before = next((at for at in reach if self._outer(at)), None)
        if before is None or self.speakers[before] is None or self._is_of_another_toll(before, index):
            return None
        last = self._outer(before)[-1]
        sentence = self.layout.sentences[before]
        between = self.scan.text[sentence.start : self.layout.sentences[index].start]
        if "\n" not in between or self.scan.text[sentence.start : sentence.end].rstrip().endswith(":"):
            return last, before
        for at in range(index + 1, min(len(self.by_sentence), index + _REACH)):
            for attribution in self.by_sentence[at]:
                same = attribution.speaker is None or self._same(attribution.speaker, self.speakers[before])
                return (last, before) if same else None
        return None

    def _is_of_another_toll(self, before: int, index: int) -> bool:
        """Tell whether a sentence takes up victims of whom its speaker told nothing.

        "The mayor said the city would not give in. Among the dead were three children."
        """
        sentence = self.layout.sentences[index]
        parts = self.scan.role("parts").within(sentence.start, sentence.start + _OPENING)
        if not parts or parts[0].start > sentence.start + 1:
            return False
        named = self.scan.role("predicate").within(parts[0].start, sentence.start + _OPENING)
        if not any(_is_of_victims(hit) for hit in named):
            return False
        told = self.scan.role("predicate").within(self.layout.sentences[before].start, sentence.start)
        return not any(_is_of_victims(hit) for hit in told)

    def _same(self, one: Speaker, other: Speaker | None) -> bool:
        if other is None:
            return False
        first = self.scan.folded[one.start : one.end].split()
        second = self.scan.folded[other.start : other.end].split()
        return first[-1] == second[-1]

    def _claimant(
        self, attribution: Attribution, index: int, start: int, *, inherited: bool
    ) -> Claimant | None:
        # What a speaker goes on to say behind a denial is no part of it: "denied the report: "We have 12 …"".
        goes_on = inherited or ": " in self.scan.text[attribution.verb.end : start]
        speaker = attribution.speaker
        if speaker is None:
            # The one named last before this verb.
            at = self.layout.sentence_index(attribution.verb.start)
            own = self._earlier.get(attribution.verb.start) if at == index else None
            speaker = own or self._named_before(at)
        if speaker is None or speaker.end - speaker.start > LONGEST_NAME:
            return None
        return Claimant(
            start=speaker.start,
            end=speaker.end,
            surface=self.scan.text[speaker.start : speaker.end],
            verb=self.scan.text[attribution.verb.start : attribution.verb.end],
            stance=attribution.stance if attribution.stance != "denied" or not goes_on else "said",
            inherited=inherited or attribution.speaker is None,
            via=self._via(attribution),
        )

    def _named_before(self, index: int) -> Speaker | None:
        """Return who is meant by "he said": the last who spoke, or whom a sentence since began with."""
        for at in range(index - 1, max(-1, index - _REACH), -1):
            if any(one.speaker for one in self._outer(at)):
                return self.speakers[at]
            if self.layout.script.capitals and (named := self.subjects.opening(at)):
                return named
        if index and (last := self.speakers[index - 1]):
            return last
        # No one has spoken yet: the name that the sentence before begins with.
        before = self.layout.sentences[index - 1] if index else None
        return self.names.right_of(before.start, before.end) if before else None

    def _outer(self, index: int) -> list[Attribution]:
        """Return the attributions of a sentence that stand in no quotation: those in one are only quoted."""
        return [one for one in self.by_sentence[index] if self.layout.quotation(one.verb.start) is None]

    def _via(self, attribution: Attribution) -> Span | None:
        """Return the medium named behind the statement: "seperti dikutip dari laman Sputniknews"."""
        index = self.layout.sentence_index(attribution.verb.start)
        if index not in self._media:
            sentence = self.layout.sentences[index]
            hits = self.scan.role("speakers.via").within(sentence.start, sentence.end)
            names = (self._medium(hit.end, sentence.end) for hit in hits)
            self._media[index] = [name for name in names if name]
        for name in self._media[index]:
            if not (attribution.speaker and name.start <= attribution.speaker.start < name.end):
                return Span(start=name.start, end=name.end, surface=self.scan.text[name.start : name.end])
        return None

    def _medium(self, start: int, limit: int) -> Speaker | None:
        if self.layout.script.capitals:
            return self.names.capitalised_from(start, limit)
        named = self.uncased.speaker_after(start, limit, cited=True)
        return Speaker(named.start, named.end) if named else None
