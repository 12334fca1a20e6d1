"""The verbs of saying of a text that data knows, each with its speaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from streams.claims.names import Speaker
from streams.records import Stance
from streams.text.hits import Hit


if TYPE_CHECKING:
    from streams.claims.openings import Openings
    from streams.claims.subjects import Subjects
    from streams.claims.uncased import Uncased
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


class Attribution(msgspec.Struct, frozen=True, gc=False):
    """A verb of saying with its speaker; ``speaker`` is None where the one before is meant."""

    verb: Hit
    position: str
    stance: Stance
    speaker: Speaker | None


_NAME = 40
"""Code points around a verb in which a name ends that the word belongs to."""
_TOLD_BEFORE = (",", '"', "\u201d", "\u00bb")
"""Signs behind what was said, before a verb that its speaker follows: "…, said a resident"."""


class Attributions:
    """Finds who the speaker of a verb of saying, or of the name of a source, is."""

    def __init__(
        self, scan: Scan, layout: Layout, openings: Openings, subjects: Subjects, uncased: Uncased
    ) -> None:
        self.scan = scan
        self.layout = layout
        self.names = subjects.names
        self.openings = openings
        self.subjects = subjects
        self.uncased = uncased

    def by_sentence(self) -> list[list[Attribution]]:
        """Return for each sentence of the text its attributions, in the order of their verbs."""
        found: list[list[Attribution]] = [[] for _ in self.layout.sentences]
        said = 0  # the end of the verb before
        for verb in self.scan.role("attribution"):
            index = self.layout.sentence_index(verb.start)
            attribution = self._attribution(verb, self.layout.sentences[index], said, found[index][-1:])
            if attribution:
                said = verb.end if attribution.speaker else said
                found[index].append(attribution)
        return found

    def _attribution(
        self, verb: Hit, sentence: Stretch, said: int, last: list[Attribution]
    ) -> Attribution | None:
        """Return the attribution of a verb, None where no one speaks.

        ``said`` is where the verb before it ends that has a speaker, ``last`` the sentence's attribution
        before it, if any.
        """
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
            if not self._goes_on(verb.start, max(said, sentence.start), last):
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

    def _goes_on(self, start: int, said: int, last: list[Attribution]) -> bool:
        """Tell whether a verb has the speaker of the one before: "denied this and said"."""
        conjunction = self.scan.role("conjunctions").ending(start - 1)
        return conjunction is not None and any(one.verb.end == said for one in last)

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

    def _quoted_from(self, start: int, sentence: Stretch) -> int:
        """Return where the sentence begins in which a quotation opened that ends right before a verb."""
        quotation = self.layout.quotation(start - 2) if start > 1 else None
        if quotation is None or quotation.start > sentence.start:
            return sentence.start
        return self.layout.sentences[self.layout.sentence_index(quotation.start)].start
