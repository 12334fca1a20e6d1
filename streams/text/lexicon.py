"""All words of a language: one pass over a text finds them all.

Where nothing may be joined to a word they are looked up word by word (:mod:`streams.text.words`), else an
automaton finds them (Aho–Corasick, ahocorasick_rs); both are linear in the text. Whether a find stands
on its own, and not inside a longer word, is decided here, with the clitics of the language.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING

import ahocorasick_rs

from streams import languages
from streams.errors import ArticleError, ErrorType, Stage
from streams.languages.forms import fold, squeeze
from streams.text import brackets, together
from streams.text.affixes import Affixes
from streams.text.entries import forms_of
from streams.text.finds import IN_ENDING, SHORTEST, ends_word, told_apart
from streams.text.hits import Hit, Hits, Scan, by_role
from streams.text.inflection import NUMBER_WORDS, Inflection
from streams.text.interiors import inside_words
from streams.text.segmentation import plain
from streams.text.unspaced import Unspaced, cues
from streams.text.words import Words


if TYPE_CHECKING:
    from collections.abc import Iterable

    from streams.languages import Language
    from streams.text.affixes import Lead
    from streams.text.entries import Entry
    from streams.text.finds import Found


MOST_HITS = 500_000
"""Finds beyond which a text is given up: ten letters of prose have four, of one made to be slow thirty."""


class Lexicon:
    """The forms of one language and what each is good for."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.inflection = Inflection(language)
        self._affixes = Affixes(language.script)
        inflected: dict[str, dict[str, tuple[Entry, ...]]] = {}
        self.entries = self._good_for(language, inflected)
        # The longest first: of forms that end in the same place that one is taken.
        self._patterns = sorted(self.entries, key=len, reverse=True)
        self._entries = [self.entries[form] for form in self._patterns]
        self._inflected = [inflected.get(form) for form in self._patterns]
        self._behind_numbers = frozenset(
            index
            for index, form in enumerate(self._patterns if self.inflection.numbers else ())
            if any(role == "qualifier.after" for role, _ in self.entries[form])
        )
        self._unspaced = Unspaced(
            self.entries, () if language.script.spaces else self._patterns, language.script
        )
        self._index = {
            form: index for index, form in enumerate(self._patterns if self._affixes.leads else ())
        }
        self._last_parts = {
            index: key
            for index, form in enumerate(self._patterns if language.script.compounds else ())
            for role, key in self.entries[form]
            if role == "concept" and len(form) > SHORTEST and form.isalpha()
        }
        leads, tails = self._affixes.leads, self._affixes.tails
        self._affixed = bool(leads or tails)
        inner = bool(inflected or self._behind_numbers or (self._affixed and self._last_parts))
        self._words: Words | None = None
        if language.script.spaces and not inner:
            self._words = Words(
                self._patterns, apostrophes=language.script.apostrophe_joins, leads=leads, tails=tails
            )
        # What is looked for everywhere inside of words.
        self._inner = list(self._last_parts if self._words else range(len(self._patterns)))
        self._automaton = ahocorasick_rs.AhoCorasick(
            [self._patterns[index] for index in self._inner], matchkind=ahocorasick_rs.MatchKind.Standard
        )

    def _good_for(
        self, language: Language, inflected: dict[str, dict[str, tuple[Entry, ...]]]
    ) -> dict[str, tuple[Entry, ...]]:
        """Return what each form is good for; with endings, by their sign, it is put into ``inflected``."""
        found: dict[str, tuple[Entry, ...]] = {}
        # Forms that are good for the same share one tuple: there are many of them.
        shared: dict[tuple[Entry, ...], tuple[Entry, ...]] = {}
        parts, numbers = self.inflection.parted, bool(self.inflection.numbers)
        signs = numbers or self.inflection.signs
        for forms, entry in Affixes.with_articles(forms_of(language), language.script):
            single = shared.setdefault((entry,), (entry,))
            for written in forms:
                form, sign = parts(written) if signs else (written, "")
                known = found.get(form)
                if not sign or self.inflection.is_whole(sign):
                    if not known:
                        known = single
                    elif entry not in known:
                        both = (*known, entry)
                        known = shared.setdefault(both, both)
                found[form] = known or ()
                if sign or (numbers and entry.role in NUMBER_WORDS):
                    by_sign = inflected.setdefault(form, {})
                    by_sign[sign] = (*by_sign.get(sign, ()), entry)
        return found

    def scan(self, text: str) -> Scan:
        """Return every form in ``text``, by role; linear in the text.

        Of finds in one role that overlap the earliest counts, and of those the longest. Raises
        :class:`ArticleError` (stage ``enrich``, type ``too_slow``) above ``MOST_HITS``.
        """
        folded = fold(text)
        if not self.language.script.spaces:
            return self._segmented(text, folded)
        squeezed, offsets = squeeze(folded)
        inside = inside_words(squeezed, apostrophes=self.language.script.apostrophe_joins)
        joined: list[tuple[int, int, int]] = []
        if self._words:
            matches = self._words.find(squeezed, inside)
        else:
            matches = self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
        if self._affixed or not self._words:
            kept = self._joined(matches, squeezed, inside, joined)
        else:
            entries = self._entries
            kept = [(start, -end, index, entries[index]) for index, start, end in matches]
            if self._last_parts:
                joined = self._ends_of_compounds(squeezed, inside)
        if offsets:
            # A sign behind the last letter is the word's too.
            kept = [(offsets[start], -offsets[-end], index, entries) for start, end, index, entries in kept]
            joined = [(offsets[start], offsets[end], index) for start, end, index in joined]
        found = self._by_role(kept, text)
        together.close(found, text)
        if joined:
            found["concept.joined"] = _longest(
                Hit(start, end, self._last_parts[index], self._patterns[index])
                for start, end, index in joined
            )
        return Scan(text, folded, by_role(found))

    def _ends_of_compounds(self, squeezed: str, inside: bytearray) -> list[tuple[int, int, int]]:
        """Return the nouns at the ends of longer words."""
        return [
            (start, end, self._inner[number])
            for number, start, end in self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
            if inside[start] and ends_word(inside, start, end)
        ]

    def _joined(
        self,
        matches: list[tuple[int, int, int]],
        squeezed: str,
        inside: bytearray,
        last_parts: list[tuple[int, int, int]],
    ) -> list[Found]:
        """Return the finds that are words, with what may be joined to them.

        Those at the end of a compound are put into ``last_parts``.
        """
        kept: list[Found] = []
        clitic: list[tuple[Lead, Found]] = []
        ended: list[tuple[int, Found]] = []
        whole: dict[int, int] = {}
        for index, start, end in matches:
            if self._inflected[index] or index in self._behind_numbers:
                ended += self._with_endings(index, start, end, squeezed, inside)
            lead: Lead | None = None
            first, last = start, end
            if inside[start]:
                lead = self._affixes.lead(squeezed, inside, start, end - start)
                if lead is None:
                    if index in self._last_parts and ends_word(inside, start, end):
                        last_parts.append((start, end, index))
                    continue
                first = start - lead.own
            if inside[end]:
                tail = self._affixes.tail(squeezed, inside, end, end - start)
                if tail is None:
                    continue
                last = tail
            find = (first, -last, index, self._entries[index])
            if lead and lead.clitics:
                clitic.append((lead, find))
                continue
            whole[first] = max(last, whole.get(first, 0))
            kept.append(find)
        kept += told_apart(ended, whole, self._patterns)
        kept += self._behind_clitics(clitic, whole)
        return kept

    def _with_endings(
        self, index: int, start: int, end: int, squeezed: str, inside: bytearray
    ) -> list[tuple[int, Found]]:
        """Return finds with the endings allowed behind them, or inside them, and where their words end."""
        if inside[start]:
            behind = (start, -end, index, self._entries[index])
            return [(IN_ENDING, behind)] if index in self._behind_numbers and not inside[end] else []
        found: list[tuple[int, Found]] = []
        for sign, entries in (self._inflected[index] or {}).items():
            stop = self.inflection.stop(sign, squeezed, inside, end)
            if stop > end:
                found.append((stop, (start, -stop if sign else -end, index, entries)))
        return found

    def _segmented(self, text: str, folded: str) -> Scan:
        """Return what is found in a text without spaces: words of the cut with the fewest words.

        Events, and what silences them, may also be parts of a longer word, unless that is only
        known to be another ("peace" holds the word "and" in Chinese).
        """
        folded = plain(folded)
        matches = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        if len(matches) > MOST_HITS:
            raise _too_slow(text)
        cut = self._unspaced.cut(text, folded, matches)
        kept: list[Found] = []
        parts: list[Found] = []
        bounds = cut.bounds
        for index, start, end in matches:
            if bounds[start] and bounds[end]:
                first, last = cut.inner(start, end)
                kept.append((first, -last, index, self._entries[index]))
            elif (entries := self._unspaced.parts[index]) and self._unspaced.is_part(cut, folded, start, end):
                first, last = cut.inner(start, end)
                parts.append((first, -last, index, entries))
        found = self._by_role(kept, text)
        for role, hits in self._by_role(parts, text).items():
            known = Hits(found.get(role))
            more = [hit for hit in hits if not known.covers(hit.start, hit.end)]
            found[role] = sorted([*known, *more])
        together.close(found, cut.text)
        found["name"] = [
            Hit(start, end, "unknown", cut.text[start:end]) for start, end in self._unspaced.names(cut)
        ]
        found["status"] = cues(found, cut.text)
        return Scan(cut.text, cut.folded, by_role(found), cut)

    def _by_role(self, kept: list[Found], text: str) -> dict[str, list[Hit]]:
        """Return finds by role, of those that overlap the first, and of several there the longest."""
        # Of a form and one with an ending that look alike the form itself counts: it is longer.
        kept.sort(key=_PLACE)
        found: dict[str, list[Hit]] = {}
        ends: dict[str, int] = {}
        patterns, several = self._patterns, brackets.SEVERAL
        if sum(len(find[3]) for find in kept) > MOST_HITS:
            raise _too_slow(text)
        for start, negative_end, index, entries in kept:
            form, end = patterns[index], -negative_end
            for role, key in entries:
                last = ends.get(role)
                if last is None:
                    found[role] = [Hit(start, end, key, form)]
                    ends[role] = end
                # One verb may mean two things ("lost 12 men", "lost $2m"): what it is said of decides.
                elif start >= last or (role in several and start == found[role][-1].start and end == last):
                    found[role].append(Hit(start, end, key, form))
                    ends[role] = end
        if self.language.script.capital_nouns:
            nouns = found.get("concept", ())
            found["concept"] = [hit for hit in nouns if not text[hit.start : hit.end].islower()]
        brackets.close(found, text)
        return found

    def _behind_clitics(self, found: list[tuple[Lead, Found]], whole: dict[int, int]) -> set[Found]:
        """Return finds behind clitics, and the clitics, where the word is not known as a whole."""
        kept = set()
        for lead, find in found:
            if whole.get(lead.start, 0) >= -find[1]:
                continue
            kept.add(find)
            at = lead.start
            for clitic in lead.clitics:
                if (index := self._index.get(clitic)) is not None:
                    kept.add((at, -at - len(clitic), index, self.entries[clitic]))
                at += len(clitic)
        return kept


_PLACE = itemgetter(0, 1, 2)
"""By what finds are sorted: where they begin, the longer first, and the longer form first."""


def _too_slow(text: str) -> ArticleError:
    message = f"more than {MOST_HITS} words to weigh in {len(text)} code points of text"
    return ArticleError(Stage.ENRICH, ErrorType.TOO_SLOW, message)


def _longest(joined: Iterable[Hit]) -> list[Hit]:
    """Return of the finds that end at one place the longest, in order."""
    longest: dict[int, Hit] = {}
    for hit in sorted(joined):
        longest.setdefault(hit.end, hit)
    return list(longest.values())


@cache
def lexicon(code: str) -> Lexicon:
    """Return the lexicon of a language, built once.

    Raises :class:`LookupError` for a language without data, and
    :class:`streams.errors.DataError` for a mistake in its file.
    """
    return Lexicon(languages.load(code))
