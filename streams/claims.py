"""Step 5b: who says so: the speakers of a text, and which words are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from streams.records import Claimant, Span, Stance


if TYPE_CHECKING:
    from streams.lexicon import Hit, Scan
    from streams.sentences import Layout, Stretch


class Attribution(NamedTuple):
    """A verb of saying with its speaker; ``speaker`` is None where the one before is meant."""

    verb: Hit
    position: str
    stance: Stance
    speaker: Speaker | None


class Speaker(NamedTuple):
    """The words that name a speaker."""

    start: int
    end: int


_MOST_WORDS = 12


class Claims:
    """The attributions of a text, and for any place in it who speaks there."""

    def __init__(self, scan: Scan, layout: Layout) -> None:
        self.scan = scan
        self.layout = layout
        self.names = _Names(scan, layout)
        self.by_sentence: list[list[Attribution]] = [[] for _ in layout.sentences]
        for verb in scan.role("attribution"):
            index = layout.sentence_index(verb.start)
            attribution = self._attribution(verb, layout.sentences[index])
            if attribution:
                self.by_sentence[index].append(attribution)
        self.speakers = self._resolve()

    def _attribution(self, verb: Hit, sentence: Stretch) -> Attribution | None:
        position, _, stance = verb.key.partition(":")
        speaker: Speaker | None = None
        if position in ("after", "either"):
            speaker = self.names.right_of(verb.end, sentence.end)
        if speaker is None and position in ("before", "either"):
            speaker = self.names.left_of(verb.start, sentence.start)
        if speaker is None and position != "previous":
            return None
        return Attribution(verb, position, stance, speaker)  # type: ignore[arg-type]

    def _resolve(self) -> list[Speaker | None]:
        """Return for each sentence the speaker who was named last, up to its end."""
        resolved: list[Speaker | None] = []
        last: Speaker | None = None
        for attributions in self.by_sentence:
            for attribution in attributions:
                if attribution.speaker:
                    last = attribution.speaker
            resolved.append(last)
        return resolved

    def claimant(self, start: int, end: int) -> Claimant | None:
        """Return who says what stands between two offsets, None where no one is named."""
        index = self.layout.sentence_index(start)
        own = self._nearest(self._governing(index, start), start, end)
        if own:
            return self._claimant(own, index, inherited=False)
        around = self._around(index)
        return self._claimant(around[0], around[1], inherited=True) if around else None

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
        for attribution in attributions:
            verb, speaker = attribution.verb, attribution.speaker
            left = min(verb.start, speaker.start if speaker else verb.start)
            right = max(verb.end, speaker.end if speaker else verb.end)
            if right <= start:
                cost = self.layout.words_between(right, start)
                if attribution.position == "after" and self.scan.folded[right : right + 1] == ".":
                    cost += 40
            elif left >= end:
                cost = self.layout.words_between(end, left)
                # A verb before what is said governs what follows it, unless nothing follows.
                tail = self.scan.folded[right : right + 2].strip()
                if attribution.position == "before" and tail and tail[0] not in '.,\u201d"':
                    cost += 40
            else:
                continue
            if cost < least:
                best, least = attribution, cost
        return best

    def _around(self, index: int) -> tuple[Attribution, int] | None:
        """Return the attribution of the words around a sentence that has none of its own.

        The sentence is a speaker's where one is named before it and the next attribution
        goes back to the same one: it stands between two of that speaker's statements.
        """
        before = next((at for at in range(index - 1, max(-1, index - 6), -1) if self.by_sentence[at]), None)
        if before is None:
            return None
        speaker = self.speakers[before]
        for at in range(index + 1, min(len(self.by_sentence), index + 6)):
            for attribution in self.by_sentence[at]:
                same = attribution.speaker is None or self._same(attribution.speaker, speaker)
                return (self.by_sentence[before][-1], before) if same and speaker else None
        return None

    def _same(self, one: Speaker, other: Speaker | None) -> bool:
        if other is None:
            return False
        first = self.scan.folded[one.start : one.end].split()
        second = self.scan.folded[other.start : other.end].split()
        return first[-1] == second[-1]

    def _claimant(self, attribution: Attribution, index: int, *, inherited: bool) -> Claimant | None:
        speaker = attribution.speaker
        if speaker is None:
            # The one named last before this verb.
            earlier = [
                item.speaker
                for item in self.by_sentence[index]
                if item.speaker and item.verb.start < attribution.verb.start
            ]
            at = self.layout.sentence_index(attribution.verb.start)
            speaker = earlier[-1] if earlier else (self.speakers[at - 1] if at else None)
            if speaker is None and at:
                # No one has spoken yet: the name that the sentence before begins with.
                before = self.layout.sentences[at - 1]
                speaker = self.names.right_of(before.start, before.end)
        if speaker is None:
            return None
        return Claimant(
            start=speaker.start,
            end=speaker.end,
            surface=self.scan.text[speaker.start : speaker.end],
            verb=self.scan.text[attribution.verb.start : attribution.verb.end],
            stance=attribution.stance,
            inherited=inherited or attribution.speaker is None,
            via=self._via(attribution),
        )

    def _via(self, attribution: Attribution) -> Span | None:
        """Return the medium named behind the statement: "seperti dikutip dari laman Sputniknews"."""
        sentence = self.layout.sentences[self.layout.sentence_index(attribution.verb.start)]
        for hit in self.scan.role("speakers.via").within(sentence.start, sentence.end):
            name = self.names.capitalised_from(hit.end, sentence.end)
            if name and not (attribution.speaker and name.start <= attribution.speaker.start < name.end):
                return Span(start=name.start, end=name.end, surface=self.scan.text[name.start : name.end])
        return None


class _Names:
    """Finds the words that name a speaker beside a verb: a name, or a source such as "officials"."""

    def __init__(self, scan: Scan, layout: Layout) -> None:
        self.scan = scan
        self.layout = layout
        self.sources = scan.role("speakers.sources")
        self.loose = (scan.role("speakers.articles"), scan.role("speakers.modifiers"))
        self.connectors = scan.role("speakers.connectors")
        self.no_names = scan.role("speakers.not_names")

    def left_of(self, end: int, limit: int) -> Speaker | None:
        """Return the name that ends right before ``end``; an apposition in commas is passed over."""
        at = self._back(end)
        comma = at > limit and self.scan.text[at - 1] in ",)"
        found = self._walk_left(at - 1 if comma else at, limit)
        if comma and found:
            # "Ahmad Yani, the army's spokesman, said": the name stands before the apposition.
            before = self._back(found.start)
            if before > limit and self.scan.text[before - 1] == ",":
                name = self._walk_left(before - 1, limit)
                if name and self._is_name(name) and not self._is_name(found):
                    return name
        return found

    def _walk_left(self, end: int, limit: int) -> Speaker | None:
        at = self._back(end)
        start = None
        for _ in range(_MOST_WORDS):
            word = self.layout.word_ending(at)
            if word is None or word.start < limit:
                break
            source = self.sources.ending(at)
            loose = next((hit for hits in self.loose if (hit := hits.ending(at))), None)
            if source:
                start = at = source.start
            elif self._capital(word.start, word.end) and not (
                word.start == limit and self.no_names.at(word.start)
            ):
                start = at = word.start
            elif loose:
                at = loose.start
            elif start is not None and self.connectors.ending(at):
                at = word.start
            else:
                break
            gap = self._back(at)
            if at - gap > 1 or (gap > limit and self.scan.text[gap - 1] in ',;:.()\u201c\u201d"\n'):
                break
            at = gap
        if start is None:
            return None
        stop = self._back(end)
        return Speaker(start, stop) if self._speaks(start, stop) else None

    def right_of(self, start: int, limit: int) -> Speaker | None:
        """Return the name that begins right behind ``start``, over articles and titles."""
        at = start
        first = last = None
        pending = 0
        for _ in range(_MOST_WORDS):
            while at < limit and self.scan.text[at] == " ":
                at += 1
            word = self.layout.word_at(at)
            if word is None or word.end > limit:
                break
            source = self.sources.at(at)
            loose = next((hit for hits in self.loose if (hit := hits.at(at))), None)
            if source:
                end = source.end
            elif self._capital(word.start, word.end):
                end = word.end
            elif loose or self.connectors.at(at):
                at = loose.end if loose else word.end
                pending += 1
                continue
            else:
                break
            first = at if first is None else first
            last = at = end
            if at < limit and self.scan.text[at] != " ":
                if self.scan.text[at : at + 2] != ". " or at - word.start > 4:  # noqa: PLR2004 - "Col. Smith"
                    break
                at += 1
        if first is None or last is None:
            return None
        return Speaker(first, last) if self._speaks(first, last) else None

    def capitalised_from(self, start: int, limit: int) -> Speaker | None:
        """Return the run of capitalised words that begins within two words of ``start``."""
        at = start
        first = last = None
        for _ in range(6):
            while at < limit and self.scan.text[at] == " ":
                at += 1
            word = self.layout.word_at(at)
            if word is None or word.end > limit:
                break
            if self._capital(word.start, word.end):
                first = word.start if first is None else first
                last = word.end
            elif first is not None or word.start > start + 24:
                break
            at = word.end
            if at < limit and self.scan.text[at] != " ":
                break
        return Speaker(first, last) if first is not None and last is not None else None

    def _back(self, offset: int) -> int:
        while offset and self.scan.text[offset - 1] == " ":
            offset -= 1
        return offset

    def _capital(self, start: int, end: int) -> bool:
        """Tell whether a word has a capital; "ez-Zor" and "al-Assad" have one inside."""
        return any(character.isupper() for character in self.scan.text[start:end])

    def _is_name(self, stretch: Speaker) -> bool:
        return self._capital(stretch.start, stretch.end)

    def _speaks(self, start: int, end: int) -> bool:
        """Tell whether words name a speaker: a source, or a capital that is no mere sentence start."""
        if self.sources.within(start, end):
            return True
        hit = self.no_names.at(start)
        return self._is_name(Speaker(start, end)) and not (hit and hit.end >= end)
