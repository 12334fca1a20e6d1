"""Step 5b: who says so: the speakers of a text, and which words are whose."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec
import regex

from streams.claims.names import Speaker
from streams.claims.openings import Openings
from streams.claims.speakers import Speakers
from streams.claims.subjects import Subjects
from streams.claims.uncased import Uncased
from streams.records import Claimant, Span, Stance
from streams.text.hits import Hit
from streams.text.sentences import LONGEST_NAME, Stretch


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.text.hits import Scan
    from streams.text.sentences import Layout


class Attribution(msgspec.Struct, frozen=True, gc=False):
    """A verb of saying with its speaker; ``speaker`` is None where the one before is meant."""

    verb: Hit
    position: str
    stance: Stance
    speaker: Speaker | None


_NEAREST = 12
"""Attributions looked at on each side of a figure: the work is linear in the text."""

_CLAUSE = 300
"""Code points behind a figure in which a semicolon tells that another clause's speaker is none of its own."""

_TIME_OF_ENTRY = regex.compile(
    r"[\s\[(\u3010]{0,9}+\d{1,2}[.:]\d{2}[\])\u3011]?(?:\s{0,9}+[-\u2013\u2014|\uff5c])?\s{0,9}+"
)
"""The time that an entry of a live report begins with: "14.20 \u2013", "[14:20]"."""
_VERB_BEHIND = regex.compile(r",? (?:[\u2013\u2014-] )?(\p{Ll}[\p{L}-]{2,24}+) ")
"""A word without a capital behind a quotation, and no sign behind it."""
_NEAR_VERB = 40
"""Code points behind such a word in which another verb of saying makes it none."""
_BARE_NUMBER = regex.compile(r"(?: (?:[\u2013\u2014-]|(\p{L}{1,4})))?(?: \p{L}{1,10})? \d")
"""What stands behind a source whose verb is left out: "die Veranstalter von rund 20.000"."""
_NAME = 40
"""Code points around a verb in which a name ends that the word belongs to."""
_TOLD_BEFORE = (",", '"', "\u201d", "\u00bb")
"""Signs behind what was said, before a verb that its speaker follows: "…, said a resident"."""
_MOST_ANNOUNCING = 8
"""Words between a speaker and the colon behind an announcement."""
_ANNOUNCED = 110
"""Code points from the start of a sentence to the colon behind an announcement."""

_OBJECT = 20
"""Code points behind a verb in which its object begins."""

_REACH_BESIDE = 240
"""Code points from a verb to a stretch that its speaker stands beside, at most: a name and a few words."""
_BESIDE = 3
"""Words between a number and the verb or source that is its own."""

_REACH = 6
"""Sentences over which a statement goes on without its speaker being named again."""


def _verb_start(attribution: Attribution) -> int:
    return attribution.verb.start


class Claims:
    """The attributions of a text, and for any place in it who speaks there."""

    def __init__(self, scan: Scan, layout: Layout, lead: int = 0, genitives: tuple[str, ...] = ()) -> None:
        self.scan = scan
        self.layout = layout
        self.lead = lead  # where the text begins behind its title
        self.names = Speakers(scan, layout)
        self.openings = Openings(scan, layout, genitives)
        self.subjects = Subjects(scan, layout, self.names)
        self.uncased = Uncased(scan, layout)
        self.by_sentence: list[list[Attribution]] = [[] for _ in layout.sentences]
        said = 0  # the end of the verb before
        for verb in scan.role("attribution"):
            index = layout.sentence_index(verb.start)
            attribution = self._attribution(verb, layout.sentences[index], said)
            if attribution:
                said = verb.end if attribution.speaker else said
                self.by_sentence[index].append(attribution)
        for index, sentence in enumerate(layout.sentences):
            if colon := self._before_colon(sentence) or self._announcing(index):
                verb = Hit(colon.end, colon.end + 1, "before:said", ":")
                self.by_sentence[index].insert(0, Attribution(verb, "before", "said", colon))
            elif layout.script.capitals and (behind := self.names.behind_dash(sentence)):
                verb = Hit(behind.start - 2, behind.start - 1, "after:said", "-")
                self.by_sentence[index].append(Attribution(verb, "after", "said", behind))
            self.by_sentence[index] += self._elliptic(sentence, self.by_sentence[index])
        for told in self._behind_quotations():
            self.by_sentence[layout.sentence_index(told.verb.start)].append(told)
        # By the start of a verb: who is named before it in its own sentence.
        self._earlier: dict[int, Speaker | None] = {}
        self._media: dict[int, list[Speaker]] = {}
        self._ordered: dict[int, list[Attribution]] = {}
        self.speakers = self._resolve()

    def _attribution(self, verb: Hit, sentence: Stretch, said: int) -> Attribution | None:
        position, _, stance = verb.key.partition(":")
        if any(
            one.start < verb.start and one.end >= verb.end
            for one in self.names.sources.within(verb.start - _NAME, verb.end + _NAME)
        ):
            return None  # "the United States"
        if not self.layout.script.capitals:
            return self._uncased(verb, position, stance, sentence)
        speaker: Speaker | None = None
        if position == "clause":
            speaker = self.openings.opening(verb.start, max(said, self._quoted_from(verb.start, sentence)))
            return Attribution(verb, position if speaker else "previous", stance, speaker)  # type: ignore[arg-type]
        if position == "subject":
            speaker = self.names.of_sentence(verb.start, verb.end, sentence)
            return Attribution(verb, "after" if speaker else "previous", stance, speaker)  # type: ignore[arg-type]
        if position in ("before", "either") and self.names.is_noun(verb.start):
            return None
        if self.layout.script.verb_second and position in ("before", "either"):
            speaker = self.names.verb_second(verb.start, verb.end, sentence)
        elif position == "either":
            speaker = self.names.behind_comma(verb.start, verb.end, sentence.end)
        if speaker is None and position in ("before", "either"):
            speaker = self._before_verb(verb.start, sentence)
            if speaker and self.names.is_pronoun(speaker):
                return Attribution(verb, "previous", stance, None)  # type: ignore[arg-type]
        if speaker is None and position == "either" and self.scan.text[verb.start - 2 : verb.start] == ", ":
            # "Kiev (Reuters) - Russia launched 458 drones, said the air force on Sunday".
            speaker = self.names.right_of(verb.end, sentence.end)
        if speaker is None and position in ("before", "either"):
            speaker = self.subjects.across(verb.start, sentence)
        that = self.scan.role("clause_ends").ending(verb.end)
        if speaker is None and position in ("after", "either") and not (that and that.start > verb.start):
            speaker = self.names.right_of(verb.end, sentence.end)
            told = position == "after" or self.scan.text[verb.start - 2 : verb.start - 1] in _TOLD_BEFORE
            if speaker is None and told:
                speaker = self.names.described(verb.end, sentence.end)
        if position == "source":
            position = "after"
            right = self.names.right_of(verb.end, sentence.end)
            speaker = self.names.named_in(verb.start, verb.end, right)
            speaker = speaker or right or self.names.adjoining(verb.end, sentence.end)
            speaker = speaker or self.names.phrase(verb.end, sentence.end)
        if speaker is None and position != "previous":
            if not self._goes_on(verb.start, max(said, sentence.start)):
                return None
            position = "previous"
        return Attribution(verb, position, stance, speaker)  # type: ignore[arg-type]

    def _before_verb(self, start: int, sentence: Stretch) -> Speaker | None:
        """Return the subject before a verb; what stands in commas between them is passed over."""
        apart = self.names.is_set_apart(start)
        speaker = self.subjects.across(start, sentence) if apart else None
        if speaker is None:
            speaker = self.names.left_of(start, sentence.start)
            if apart and speaker and self._is_only_told(speaker, sentence):
                return None
        if speaker and (whole := self.names.whole_subject(speaker, start, sentence)):
            return whole
        if speaker is None or self.names.is_inside(speaker, sentence):
            speaker = self.names.subject(start, sentence) or speaker
        return speaker

    def _is_only_told(self, speaker: Speaker, sentence: Stretch) -> bool:
        """Tell whether a name before a comma ends what is said: "12 died in Gaza, said …".

        A speaker in commas has one before him too: "Ahmad Yani, the spokesman, said".
        """
        before = self.names.back(speaker.start)
        placed = self.scan.role("places.before").ending(before) or self.scan.role("places.heads").ending(
            before
        )
        return placed is not None or "," not in self.scan.text[sentence.start : speaker.start]

    def _goes_on(self, start: int, said: int) -> bool:
        """Tell whether a verb has the speaker of the one before: "denied this and said"."""
        conjunction = self.scan.role("conjunctions").ending(start - 1)
        return conjunction is not None and any(
            one.verb.end == said for one in self.by_sentence[self.layout.sentence_index(start)][-1:]
        )

    def _uncased(self, verb: Hit, position: str, stance: str, sentence: Stretch) -> Attribution | None:
        """Return an attribution of a language without capitals, None where no speaker is named.

        A verb that what is said follows at once is one of the speaker before: "and added that".
        """
        source = position == "source"
        if self.layout.script.verb_last and not source and position != "previous":
            named = self.uncased.subject(verb.start, sentence)
            if named is None:
                return None
            return Attribution(verb, "before", stance, Speaker(named.start, named.end))  # type: ignore[arg-type]
        named = self.uncased.speaker_after(verb.end, sentence.end, cited=source)
        if named and not source:
            named = self.uncased.quoted(named.end, sentence.end) or named
        if position == "before":
            named = self.uncased.speaker_before(verb.start, sentence, cited=True)
        elif source:
            position = "after"
        elif named:
            position = "before"
        elif self.uncased.opens(verb.end):
            position = "previous"
        elif position == "either":
            position = "before"
            named = self.uncased.speaker_before(verb.start, sentence)
        speaker = Speaker(named.start, named.end) if named else None
        if speaker is None and position != "previous":
            return None
        return Attribution(verb, position, stance, speaker)  # type: ignore[arg-type]

    def _before_colon(self, sentence: Stretch) -> Speaker | None:
        if time := _TIME_OF_ENTRY.match(self.scan.text, sentence.start, sentence.end):
            sentence = Stretch(time.end(), sentence.end)
        if self.layout.script.capitals:
            return self.names.before_colon(sentence)
        named = self.uncased.before_colon(sentence)
        return Speaker(named.start, named.end) if named else None

    def _announcing(self, index: int) -> Speaker | None:
        """Return whom a sentence begins with that a colon follows: "The ministry has new figures: 12"."""
        sentence = self.layout.sentences[index]
        colon = self.scan.text.find(": ", sentence.start, sentence.start + _ANNOUNCED)
        if colon < 0 or not self.layout.script.capitals:
            return None
        named = self.subjects.opening(index)
        if named is None or not named.end <= colon < sentence.end or not self.subjects.is_known(named):
            return None
        gap = self.scan.text[named.end : colon]
        if any(map(str.isdecimal, gap)) or any(sign in gap for sign in ',;"\u201c\u00ab'):
            return None
        return named if self.layout.words_between(named.end, colon) <= _MOST_ANNOUNCING else None

    def _behind_quotations(self) -> Iterator[Attribution]:
        """Yield who is named behind a quotation and a verb that no data knows: "«…», sighed the mayor".

        What stands between a quotation and a name can only be a verb of saying.
        """
        if not (self.layout.script.capitals and self.layout.script.spaces) or self.layout.script.verb_last:
            return
        said = self.scan.role("attribution")
        for quotation in self.layout.quotations:
            behind = _VERB_BEHIND.match(self.scan.text, quotation.end)
            ended = behind and (behind.group()[0] == "," or behind.group(1)[0] != behind.group()[1])
            if behind is None or not (ended or self.scan.text[quotation.end - 2] in ",!?.\u2026"):
                continue  # "a \"special operation\" around Kyiv"
            start, end = behind.span(1)
            sentence = self.layout.sentences[self.layout.sentence_index(start)]
            if said.covers(start, min(sentence.end, end + _NEAR_VERB)) or self._is_no_verb(start):
                continue
            named = self.names.bare_right_of(end, sentence.end)
            inserted = self.names.over_inserted(end, sentence.end)
            if named and self.layout.words_between(inserted, named.start) <= 1:
                named = self.names.apposed(named, sentence.end)
            else:
                named = self.names.described(end, sentence.end)
                # "Sighed [the] teacher Nina Ryabova", where no article tells her.
                named = named or self.names.capitalised_from(inserted, sentence.end)
            if named:
                verb = Hit(start, end, "either:said", self.scan.folded[start:end])
                yield Attribution(verb, "after", "said", named)

    def _is_no_verb(self, start: int) -> bool:
        roles = (
            "clause_ends",
            "conjunctions",
            "places.before",
            "noun_ends",
            "speakers.not_names",
            "predicate",
        )
        return any(self.scan.role(role).at(start) for role in roles)

    def _elliptic(self, sentence: Stretch, said: list[Attribution]) -> list[Attribution]:
        """Return the sources that share another's verb: "police counted 8,000, the organisers 25,000"."""
        if not said or said[0].speaker is None or not self.layout.script.spaces:
            return []
        found = []
        for source in self.names.sources.within(said[0].verb.end, sentence.end):
            start = source.start
            if article := self.names.loose[0].ending(start - 1):
                start = article.start
            number = _BARE_NUMBER.match(self.scan.folded, source.end)
            if number is None or self.scan.folded[start - 2 : start] not in (", ", "; "):
                continue
            word = source.end + 1
            of = self.scan.role("part_of").at(word)
            if number.group(1) and (of is None or of.end != number.end(1)):
                continue
            verb = Hit(source.end, source.end + 1, f"before:{said[0].stance}", ",")
            found.append(Attribution(verb, "before", said[0].stance, Speaker(source.start, source.end)))
        return found

    def _quoted_from(self, start: int, sentence: Stretch) -> int:
        """Return where the sentence begins in which a quotation opened that ends right before a verb."""
        quotation = self.layout.quotation(start - 2) if start > 1 else None
        if quotation is None or quotation.start > sentence.start:
            return sentence.start
        return self.layout.sentences[self.layout.sentence_index(quotation.start)].start

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
        if before is None or self.speakers[before] is None:
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
