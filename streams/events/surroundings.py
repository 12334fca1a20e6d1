"""What stands around a word of conflict: what silences it, and what gives it its status."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from streams import meanings
from streams.text.inflection import ending, moods


if TYPE_CHECKING:
    from streams.events.collocations import Collocated
    from streams.records import MentionStatus
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout, Stretch


_DOMAIN_ARTICLE = 3
"""Words of other domains from which on an article is theirs, if they far outnumber the strong words."""

_FAR, _ENTIRELY = 2, 3
"""How many times the words of other domains outnumber the strong ones where these are figures of speech:
those in sentences of such a domain, and all."""

_LEANING = "leaning:"

_STATUS_WINDOW = 6
"""Words before a keyword in which a cue gives it its status."""

_BEFORE_VERB = 3
"""Words between a keyword and such a cue where the verb, and the cue with it, comes last."""

_BEHIND, _BEHIND_LAST = ("planned", "hypothetical"), ("planned", "hypothetical", "negated")
"""Cues of status that count behind a keyword too, and those where the verb comes last."""

_MISSING, _MISSING_FROM = 6, 2
"""Words between an event and "there was none" behind it, and before the event in its clause."""

_CUTS = frozenset(",;:.()\u2013\u2014")

_COMMAS = ",\u060c"
_ASIDE = 3
"""Words between a comma and "last year" that make a clause of it, and not "last year" alone an aside."""
_MOST_ASIDES = 4
"""Cues of the past in a sentence that are looked at; with more of them it is of the past."""

_REACH = 90
"""Code points in which those words, or a silencer around a keyword, are looked for."""

_SAID = frozenset(["threat_force", "denial"])
"""Categories of what is said: a threat or a denial is made, though what it speaks of is not done."""

_REMEMBERED, _REMEMBERED_LAST = 8, 4
"""Words between "anniversary" and what it is of, and where it is named before it."""

_TOLD = 8
"""Words between "film" and what it is about."""

FICTION = frozenset(["film", "games"])
"""Domains in which any event is told and not reported."""


class Surroundings:
    """What else a text is about: the words of other domains and the strong words, by sentence."""

    def __init__(
        self,
        scan: Scan,
        layout: Layout,
        title_end: int,
        hits: list[Hit],
        ordinary: dict[int, Collocated],
    ) -> None:
        self.scan, self.layout = scan, layout
        self._asides: dict[int, list[tuple[int, int] | None]] = {}
        self.hits, self.ordinary = hits, ordinary
        self.silencers, self.cuts = scan.role("silencers"), scan.role("clause_ends")
        self.cues, self.occasions = scan.role("status"), bool(scan.role("occasion").hits)
        self.ends = scan.role("noun_ends")
        self.verb_last, self.moods = layout.script.verb_last, moods(layout.script)
        self.since, self.since_after = scan.role("time.since"), scan.role("time.since_after")
        domains = scan.role("domain")
        counts = Counter(domain.key for domain in domains)
        self.most = max(counts, key=lambda key: (counts[key], key), default=None)
        mentioned = any(
            hit.start not in ordinary
            and not self.silencers.covers(hit.start, hit.end)
            and not hit.key.startswith(_LEANING)
            for hit in scan.role("keyword").within(0, title_end)
        )
        self.titled = None if mentioned else domains.first_within(0, title_end)
        strong = [
            hit
            for hit in hits
            if hit.key.startswith("strong:")
            and hit.start not in ordinary
            and not self.silencers.covers(hit.start, hit.end)
        ]
        self.domains: dict[int, Hit] = {}
        self.fiction: dict[int, Hit] = {}
        for domain in domains:
            index = layout.sentence_index(domain.start)
            self.domains.setdefault(index, domain)
            if domain.key in FICTION:
                self.fiction.setdefault(index, domain)
        self.strong = {layout.sentence_index(hit.start) for hit in strong}
        self.told = not self.strong - self.fiction.keys()
        taxonomy = meanings.taxonomy()
        sure = [hit for hit in strong if not taxonomy[hit.key.partition(":")[2]].supporting]
        self.anchors = {hit.start for hit in sure}
        self.elsewhere = len(domains) > len(strong)
        self.far_elsewhere = len(domains) > max(1, _FAR * len(strong))
        self.entirely_elsewhere = len(domains) >= _DOMAIN_ARTICLE and len(domains) > _ENTIRELY * len(strong)

    def silence(self, hit: Hit, strength: str, index: int) -> str | None:
        """Return why a word does not count, None where it does."""
        if reason := self._phrase(hit):
            return reason
        if strength == "leaning" and index not in self.forced:
            return "nothing else in its sentence is done by force"
        return self._drowned(strength != "strong", index)

    def _drowned(self, weak: bool, index: int) -> str | None:
        """Return which words of other domains a word of a sentence does not count beside."""
        domain, fiction = self.domains.get(index), self.fiction.get(index)
        if weak and self.titled:
            return f"{self.titled.form!r} ({self.titled.key}) in the title"
        if weak and self.elsewhere:
            return "the article is about something else"
        if weak and domain and index not in self.strong:
            return f"{domain.form!r} ({domain.key}) in its sentence"
        if fiction and self.told:
            return f"{fiction.form!r} ({fiction.key}) in its sentence"
        if self.entirely_elsewhere:
            return "the article is about something else altogether"
        if domain and self.far_elsewhere:
            return f"{domain.form!r} ({domain.key}) in its sentence, and the article is about it"
        return None

    @cached_property
    def forced(self) -> frozenset[int]:
        """The sentences in which a word that leans on no other tells of something done by force."""
        taxonomy = meanings.taxonomy()
        found = set()
        for hit in self.hits:
            strength, _, category = hit.key.partition(":")
            index = self.layout.sentence_index(hit.start)
            if strength == "leaning" or index in found or not taxonomy[category].force:
                continue
            if self.silence(hit, strength, index) is None:
                found.add(index)
        return frozenset(found)

    def _phrase(self, hit: Hit) -> str | None:
        """Return the phrase that a word is a part of, or the word beside which it is ordinary."""
        near = self.silencers.covers(hit.start, hit.end)
        for silencer in self.silencers.within(max(0, hit.start - _REACH), hit.end + _REACH) if near else ():
            if silencer.start < hit.end and hit.start < silencer.end:
                return f"part of {silencer.form!r}"
        near_by = self.ordinary.get(hit.start)
        if near_by and near_by.hit.end >= hit.end:
            return f"beside {near_by.beside[0].form!r}"
        return None

    def domain_of(self, hit: Hit, index: int) -> str | None:
        """Return the domain of a word that is silenced: of its sentence, else of the title or the article."""
        if self.silencers.covers(hit.start, hit.end):
            return None
        found = self.fiction.get(index) or self.domains.get(index) or self.titled
        return found.key if found else self.most

    def is_told(self, hit: Hit, index: int) -> bool:
        """Tell whether an event is what a film or a game is about: it stands right before it."""
        cue = self.fiction.get(index)
        if cue is None or cue.end > hit.start:
            return False
        return self.layout.words_between(cue.end, hit.start) <= _TOLD and not self.cuts.first_within(
            cue.end, hit.start
        )

    def is_asked_for(self, hit: Hit, index: int) -> bool:
        """Tell whether somebody asks for what a word means: "called for a ceasefire", not "to keep" it."""
        asked = self.scan.role("asked").last_before(hit.start, self.layout.sentences[index].start)
        if asked is None or self.layout.words_between(asked.end, hit.start) > _STATUS_WINDOW:
            return False
        kept = self.scan.role("kept").first_within(asked.end, hit.start)
        return not (kept or self.cuts.first_within(asked.end, hit.start))

    def is_beside(self, hit: Hit, index: int) -> bool:
        """Tell whether all that says a sentence is of the past stands in asides, and a word in none of these.

        "The president, who declared a conflict with the gangs last year, sent soldiers."
        """
        if index not in self._asides:
            sentence = self.layout.sentences[index]
            cues = [one for one in self.cues.within(sentence.start, sentence.end) if one.key == "historical"]
            few = 0 < len(cues) <= _MOST_ASIDES
            self._asides[index] = [self._aside(one, sentence) for one in cues] if few else [None]
        asides = self._asides[index]
        return all(one is not None and not one[0] < hit.start < one[1] for one in asides)

    def _aside(self, cue: Hit, sentence: Stretch) -> tuple[int, int] | None:
        """Return the clause of some words between commas in which a cue stands, None where in none."""
        text = self.scan.text
        floor, limit = max(sentence.start, cue.start - _REACH), min(sentence.end, cue.end + _REACH)
        first = max(text.rfind(comma, floor, cue.start) for comma in _COMMAS)
        last = min((at for comma in _COMMAS if (at := text.find(comma, cue.end, limit)) >= 0), default=-1)
        if first < 0 or last < 0 or self.layout.words_between(first, cue.start) < _ASIDE:
            return None
        return first, last

    def status(self, hit: Hit, sentence: Stretch, *, past: bool) -> MentionStatus:
        """Return whether an event is asserted, planned, negated, hypothetical or past, by cues and verbs."""
        said = hit.key.partition(":")[2] in _SAID
        if not said and (mood := self.moods.get(ending(hit, self.scan.folded))):
            return mood
        keys = _BEHIND_LAST if self.verb_last else _BEHIND
        most = _BEFORE_VERB if self.verb_last else 1
        first, last = max(sentence.start, hit.start - _REACH), min(sentence.end, hit.end + 30 * most)
        if not self.cues.covers(first, last):
            return "historical" if past or self._is_when(hit) else "asserted"
        if before := self._status_before(hit, sentence, first):
            return before
        # "Attaquera", "atacarán": the verb's own form says when.
        own = self.cues.at(hit.start)
        if own and own.end == hit.end and not said:
            return own.key  # type: ignore[return-value]
        if past or self._is_when(hit):
            return "historical"
        # "The truce could hold": a modal right behind its noun. Where verbs come last it is farther
        # behind, and a negation stands there too: "saldırı düzenlenmedi".
        for cue in self.cues.within(hit.end, last):
            key = self.moods.get(ending(cue, self.scan.folded)) or cue.key
            if key not in keys or self.layout.words_between(hit.end, cue.start) > most:
                continue
            if key == "negated" and self.ends.ending(hit.end):
                # "[Of the reporter] who was kidnapped there is no news": a word with its own verb.
                continue
            cut_off = self.cuts.first_within(hit.end, cue.start) or _cut(self.scan.text[hit.end : cue.start])
            # "Saldırıda can kaybı yaşanmadı": what is not is said of the nearer one.
            roles = ("keyword", "predicate") if key == "negated" else ("keyword",)
            other = self.verb_last and any(
                found.start < cue.start
                for role in roles
                # "[Saldırıyı] üstlenen olmadı": the other word may hold the cue.
                if (found := self.scan.role(role).first_within(hit.end, cue.end))
            )
            if not cut_off and not other:
                return key  # type: ignore[return-value]
        return "asserted"

    def _status_before(self, hit: Hit, sentence: Stretch, first: int) -> MentionStatus | None:
        """Return what a cue before an event says of it, None where none stands near enough."""
        before = self.cues.within(first, hit.start)
        if not before:
            return None
        window = _BEFORE_VERB if self.verb_last else _STATUS_WINDOW
        cut = self.cuts.last_before(hit.start, sentence.start)
        for cue in reversed(before):
            if cut and cue.end <= cut.start:
                break  # "se teme que" holds the word that cuts a clause off, and reaches over it
            if cue.key == "historical":
                aside = self._aside(cue, sentence)
                if aside and not aside[0] < hit.start < aside[1]:
                    continue
                return "historical"
            if self.layout.words_between(cue.end, hit.start) <= window and not (
                self.verb_last and _cut(self.scan.text[cue.end : hit.start])
            ):
                return cue.key  # type: ignore[return-value]
        return None

    def is_missing(self, hit: Hit, sentence: Stretch) -> bool:
        """Tell whether "there was none" stands behind an event, and the event opens its clause."""
        missing = self.scan.role("missing").first_within(hit.end, min(sentence.end, hit.end + _REACH))
        if missing is None or self.layout.words_between(hit.end, missing.start) > _MISSING:
            return False
        if _cut(self.scan.text[hit.end : missing.start]) or any(
            self.scan.role(role).first_within(hit.end, missing.start)
            for role in ("keyword", "predicate", "clause_ends")
        ):
            return False
        first = max(sentence.start, hit.start - _REACH)
        opening = max(first, *(self.scan.text.rfind(sign, first, hit.start) + 1 for sign in _CUTS))
        if self.layout.words_between(opening, hit.start) > _MISSING_FROM:
            return False
        return not self.scan.role("noun_ends").first_within(opening, hit.start)

    def _is_when(self, hit: Hit) -> bool:
        """Tell whether a word only says since when: "since the ceasefire", "ateşkesten bu yana"."""
        since = self.since.ending(hit.start - 1)
        if since and self.scan.role("ranges.starts").at(since.start) is None:
            return True
        return self.since_after.at(hit.end + 1) is not None


def is_remembered(scan: Scan, layout: Layout, hit: Hit) -> bool:
    """Tell whether a word such as "anniversary" stands before an event in its clause, or right behind it."""
    occasions = scan.role("occasion")
    if not len(occasions):
        return False
    sentence = layout.sentences[layout.sentence_index(hit.start)]
    before = occasions.last_before(hit.start, sentence.start)
    if before and layout.words_between(before.end, hit.start) <= _REMEMBERED:
        return not scan.role("clause_ends").first_within(before.end, hit.start)
    behind = occasions.first_within(hit.end, sentence.end)
    most = _REMEMBERED_LAST if layout.script.verb_last or not layout.script.spaces else 1
    return behind is not None and layout.words_between(hit.end, behind.start) <= most


def _cut(gap: str) -> bool:
    return not _CUTS.isdisjoint(gap)
