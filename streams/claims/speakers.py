"""Who is named beside a verb of saying: a person, an office, or a source such as "officials"."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

import regex

from streams.claims.asides import speaker_ends
from streams.text.names import NAMES, is_common, is_named


if TYPE_CHECKING:
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


class Speaker(NamedTuple):
    """The words that name a speaker, in code points, end exclusive."""

    start: int
    end: int


_MOST_WORDS = 12
_MOST_SUBJECT = 8
_MOST_OPENING = 40
_BRACKET = 20
_QUOTES, _CLOSING = ("\u00ab", "\u201c", "\u201e", chr(34)), ("\u00bb", "\u201d", "\u201c", chr(34))
_APPOSITION = regex.compile(r"\p{Ll}{0,40}+(?: \p{Ll}[\p{L}\p{M}-]{0,40}+){0,3}, ")
_SIGNS = frozenset(',;:.()\u201c\u201d"\n\u2013\u2014')
_CLAUSE = 300
"""Code points before a verb in which the clause that it ends begins."""
_MOST_BETWEEN = 4
"""Words without a capital between two with one: "Cambodian defence ministry spokeswoman Maly"."""
_OFFICE = 40
"""Code points behind such a verb in which the source that begins in it ends."""
_COLON = 90
"""Code points within which the colon behind a speaker at the start of a sentence stands."""


_OPENING_QUOTES = ('"', "\u201c", "\u201e", "\u00ab", "\u2018")


class Speakers:
    """Finds the words that name a speaker beside a verb: a name, or a source such as "officials"."""

    def __init__(self, scan: Scan, layout: Layout, genitives: tuple[str, ...] = ()) -> None:
        self.scan = scan
        self.layout = layout
        self.genitives = frozenset(genitives)
        self.sources = scan.role("speakers.sources")
        self.loose = (scan.role("speakers.articles"), scan.role("speakers.modifiers"))
        self.connectors = scan.role("speakers.connectors")
        self.no_names = scan.role("speakers.not_names")

    def before_colon(self, sentence: Stretch) -> Speaker | None:
        """Return the source that a sentence begins with, if a colon follows: "Health ministry: 12 dead".

        A time and a dash may stand before it, as in a live blog.
        """
        colon = self.scan.text.find(":", sentence.start, sentence.start + _COLON)
        while colon > 0 and self.scan.text[colon + 1 : colon + 2].isdecimal():
            colon = self.scan.text.find(":", colon + 1, sentence.start + _COLON)
        if colon < 0 or not self.scan.text[colon + 1 : sentence.end].strip():
            return None
        dash = max(self.scan.text.rfind(sign, sentence.start, colon) for sign in "\u2013\u2014-\u2022|")
        start = sentence.start if dash < 0 else dash + 1
        while start < colon and not self.scan.text[start].isalnum() and self.scan.text[start] not in _QUOTES:
            start += 1  # a bullet, a picture
        found = self.right_of(start, colon)
        if found is None or found.end != colon:
            return None
        known = self.sources.within(found.start, found.end) or self.scan.role("actor").within(
            found.start, found.end
        )
        quoted = self.scan.text[colon + 1 : colon + 3].strip()[:1] in _OPENING_QUOTES
        return found if known or quoted else None

    def behind_dash(self, sentence: Stretch) -> Speaker | None:
        """Return the source that a dash sets apart at the end of a sentence: "12 dead \u2014 ministry"."""
        end = sentence.end
        while end > sentence.start and (self.scan.text[end - 1].isspace() or self.scan.text[end - 1] == "."):
            end -= 1
        first = max(sentence.start, end - _COLON)
        dash = max(self.scan.text.rfind(sign, first, end) for sign in (" \u2013 ", " \u2014 "))
        found = self.right_of(dash + 3, end) if dash > 0 else None
        if found is None or found.end != end or found.start != dash + 3:
            return None
        known = self.sources.within(found.start, end) or self.scan.role("actor").within(found.start, end)
        return found if known else None

    def subject(self, end: int, sentence: Stretch) -> Speaker | None:
        """Return the words from the start of a sentence to a verb, where they are a short subject.

        "Medical volunteers said", "Milisi etnis di Negara Bagian Shan mengatakan".
        """
        stop = self._back(end)
        if not 0 < self.layout.words_between(sentence.start, stop) <= _MOST_SUBJECT:
            return None
        text = self.scan.text[sentence.start : stop]
        if self.scan.role("places.before").at(sentence.start) and (
            known := self._last_known(sentence.start, stop)
        ):
            stop = known
            text = self.scan.text[sentence.start : stop]
        capital = text[:1].isupper() or not self.layout.script.spaces
        if not capital or any(sign in text for sign in ',;:()\u201d"'):
            return None
        barred = ("predicate", "clause_ends", "status", "attribution")
        if any(map(str.isdecimal, text)) or any(
            self.scan.role(role).within(sentence.start, stop) for role in barred
        ):
            return None
        pronoun = self.scan.role("speakers.pronouns").at(sentence.start)
        if self._is_no_name(sentence.start, stop) or (pronoun and pronoun.end < stop):
            return None
        return Speaker(sentence.start, stop)

    def _last_known(self, start: int, stop: int) -> int:
        """Return where the last source or name ends: "In the ministry this was" is "In the ministry"."""
        ends = [hit.end for hit in self.sources.within(start, stop)]
        words = self.scan.text[start:stop].split(" ")
        at = start
        for index, word in enumerate(words):
            if index and word[:1].isupper():
                ends.append(at + len(word))
            at += len(word) + 1
        return max(ends, default=0)

    def phrase(self, start: int, limit: int) -> Speaker | None:
        """Return the words up to the next sign, where they are few: "according to the joint command:"."""
        at = start
        while at < limit and self.scan.text[at] == " ":
            at += 1
        following = bisect_left(self.layout.word_starts, at) + _MOST_SUBJECT
        if following < len(self.layout.word_starts):
            # From that word on they are too many.
            limit = min(limit, self.layout.word_starts[following] + 1)
        end = next((stop for stop in range(at, limit) if self.scan.text[stop] in _SIGNS), limit)
        words = self.layout.words_between(at, end)
        if not 0 < words <= _MOST_SUBJECT or any(map(str.isdecimal, self.scan.text[at:end])):
            return None
        stops = ("predicate", "clause_ends", "attribution")
        if any(self.scan.role(role).within(at, end) for role in stops) or self._is_no_name(at, end):
            return None
        return Speaker(at, end)

    def of_sentence(self, start: int, end: int, sentence: Stretch) -> Speaker | None:
        """Return the source of whom a sentence tells, for "by their own account": before it, or behind."""
        if found := self.left_of(start, sentence.start) or self.right_of(sentence.start, start):
            return found
        source = self.sources.first_within(end, min(sentence.end, end + _OFFICE))
        return self.right_of(source.start, sentence.end) if source else None

    def named_in(self, start: int, end: int, right: Speaker | None) -> Speaker | None:
        """Return the source that words such as "according to" end in: "de source [policière]"."""
        source = self.sources.last_before(end + 1, start + 1)
        source = source or self.sources.first_within(start + 1, end + _OFFICE)
        if source is None or not start < source.start < end:
            return None
        end = max(end, source.end)
        adjoins = right is not None and right.start <= end + 1 and not self.layout.script.capital_nouns
        described = self.loose[1].at(end + 1)
        stop = right.end if adjoins and right else described.end if described else end
        return Speaker(source.start, max(stop, end))

    def opening(self, end: int, floor: int) -> Speaker | None:
        """Return the first words between two offsets that name a speaker, for a verb that ends its clause.

        "Sağlık Bakanlığı, saldırıda 12 kişinin öldüğünü açıkladı". A word with an ending is no
        subject: "Gazze'de", "yetkililerin"; a name may go on behind a genitive.
        """
        at = floor
        for _ in range(_MOST_OPENING):
            at = next((stop for stop in range(at, end) if self.scan.text[stop].isalnum()), end)
            word = self.layout.word_at(at)
            if at >= end:
                break
            if word is None:
                at += 1
                continue
            if self.layout.quotation(at) is None and (found := self._subject_at(at, end, floor)):
                return found
            at = word.end
        return None

    def _subject_at(self, start: int, limit: int, floor: int) -> Speaker | None:
        """Return the name in its bare form that begins at an offset, None where none does."""
        at, stop, dangling, words, known = start, start, False, 0, 0
        while (word := self.layout.word_at(at)) and word.end <= limit and words < _MOST_WORDS:
            source = self.sources.at(at)
            bare = source is not None and source.end - source.start == len(source.form)
            modifier = self.loose[1].at(at) or (self.connectors.at(at) if words else None)
            if bare and source:
                dangling, known, stop = False, source.end, source.end
            elif self._is_bare(word.start, word.end) and (words or not self._is_when(at, word.end)):
                dangling, stop = False, word.end
            elif self._is_genitive(word.start, word.end):
                dangling, stop = True, word.end
            elif modifier:
                dangling, stop = True, modifier.end
            else:
                break
            words += 1
            at = stop + 1
            if self.scan.text[stop : stop + 1] != " ":
                break
        if known < stop and known and self.scan.role("places.after").at(stop + 1):
            # "Rus ordusu Donetsk bölgesinde": the name is that of a place.
            stop = known
        if not words or (dangling and stop != known):
            return None
        alone = words == 1 and not known and start == floor and self.scan.text[stop : stop + 1] != ","
        if alone and is_common(self.scan, start, stop):
            return None
        return Speaker(start, stop) if self._speaks(start, stop) else None

    def _is_bare(self, start: int, end: int) -> bool:
        """Tell whether a word has a capital, is no common noun, and has no ending behind an apostrophe."""
        if not self.scan.text[start].isupper() or self.no_names.at(start):
            return False
        return "'" not in self.scan.folded[start:end]

    def _is_when(self, start: int, end: int) -> bool:
        """Tell whether a word is known as one of a clause and not of a name: "Saldırıda", "Pazartesi"."""
        roles = ("keyword", "predicate", "time.weekdays", "time.months", "time.unit", "qualifier.before")
        hits = (self.scan.role(role).at(start) for role in roles)
        return any(hit is not None and hit.end >= end > start + len(hit.form) for hit in hits)

    def _is_genitive(self, start: int, end: int) -> bool:
        """Tell whether a name goes on behind a word: "BM'nin Suriye temsilcisi"."""
        name, apostrophe, ending = self.scan.folded[start:end].rpartition("'")
        return bool(name and apostrophe) and self.scan.text[start].isupper() and ending in self.genitives

    def is_pronoun(self, speaker: Speaker) -> bool:
        """Tell whether words only point back: "he", "mereka"."""
        hit = self.scan.role("speakers.pronouns").at(speaker.start)
        return hit is not None and hit.end == speaker.end

    def is_unnamed(self, end: int) -> bool:
        """Tell whether an article stands right behind a verb: "kata seorang anggota parlemen"."""
        return self.scan.text[end : end + 1] == " " and self.loose[0].at(end + 1) is not None

    def cut(self, start: int, limit: int) -> int:
        """Return where the words about a speaker end: before when, where and to whom it was said."""
        hits = (
            self.scan.role(role).first_within(start, limit)
            for role in ("speakers.via", "time.weekdays", "places.before")
        )
        return min((hit.start for hit in hits if hit), default=limit)

    def is_set_apart(self, start: int) -> bool:
        """Tell whether a comma stands before a verb, as behind "the governor, who was there,"."""
        before = self._back(start)
        return self.scan.text[before - 1 : before] == ","

    def is_noun(self, start: int) -> bool:
        """Tell whether a word of saying is a noun there: "comment on reports"."""
        before = self._back(start)
        return any(self.scan.role(role).ending(before) for role in ("places.before", "speakers.articles"))

    def is_inside(self, speaker: Speaker, sentence: Stretch) -> bool:
        """Tell whether a name is only the end of a subject: "Shan State" of "militias in Shan State"."""
        if speaker.start <= sentence.start:
            return False
        if self.scan.role("places.before").ending(self._back(speaker.start)):
            return True
        first = sentence.start
        if article := self.scan.role("speakers.articles").at(first):
            first = article.end + 1
        # "A doctor at the main hospital" is one; "Meanwhile the minister" is not.
        return not self._capital(speaker.start, speaker.end) and self.no_names.at(first) is None

    def _is_no_name(self, start: int, end: int) -> bool:
        hit = self.no_names.at(start)
        return hit is not None and hit.end >= end

    def left_of(self, end: int, limit: int) -> Speaker | None:
        """Return the name that ends right before ``end``; an apposition in commas is passed over.

        An abbreviation in brackets belongs to the name: "the refugee agency (UNHCR)".
        """
        at = self._back(end)
        if at > limit and self.scan.text[at - 1] == ")":
            bracket = self.scan.text.rfind("(", max(limit, at - _BRACKET), at)
            named = self._walk_left(bracket, limit) if bracket > limit else None
            if named:
                return Speaker(named.start, at)
        comma = at > limit and self.scan.text[at - 1] in ",)"
        found = self._walk_left(at - 1 if comma else at, limit)
        if found is None and not self.layout.script.spaces:
            ends = speaker_ends(self.scan, at, limit)
            found = next((one for stop in ends if (one := self._walk_left(stop, limit))), None)
        elif found and (told := self.scan.role("speakers.asides").ending(self._back(found.start))):
            # "The head of the hospital to Reuters said".
            stops = (told.start, *speaker_ends(self.scan, told.start, limit))
            found = next((one for stop in stops if (one := self._walk_left(stop, limit))), found)
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
            elif is_named(self.scan, self.layout, word.start, word.end) and not (
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

    def verb_second(self, start: int, end: int, sentence: Stretch) -> Speaker | None:
        """Return the speaker behind a verb that begins its clause, or that an adverb stands before.

        "…, sagte die Polizei", "Am Montag sagte die Polizei". Where the clause is one with its
        verb at the end, he stands behind the word that opens it: "wie die Polizei am Montag
        mitteilte". None where the subject comes first.
        """
        text = self.scan.text
        first = max(sentence.start, start - _CLAUSE)
        at = max((text.rfind(sign, first, start) for sign in _SIGNS), default=-1) + 1
        at = max(at, first)
        while at < start and text[at] in " -\u00bb":
            at += 1
        if opener := self.scan.role("speakers.clause_openers").at(at):
            return self._walk_right(opener.end, start)
        if self._is_subject(at, start):
            # "Der Sprecher sagte der Agentur dpa": it stands before the verb.
            return None
        adverb = any(self.scan.role(role).at(at) for role in ("places.before", "speakers.not_names"))
        return self.right_of(end, sentence.end) if at == start or adverb else None

    def _is_subject(self, start: int, end: int) -> bool:
        """Tell whether the words up to a verb are a source and its article."""
        found = self._walk_left(end, start) if start < end else None
        article = self.loose[0].at(start)
        if found is None or article is None or not self.sources.within(found.start, found.end):
            return False
        return not self.scan.folded[article.end : found.start].strip() or found.start <= article.end + 1

    def behind_comma(self, start: int, end: int, limit: int) -> Speaker | None:
        """Return the speaker behind a verb that a comma sets apart: "in Idlib, said police on Monday".

        Nothing may follow but the end of the clause, or when and where it was said; else the
        words are what is said: "Ahmad Yani, the spokesman, said Israel had attacked".
        """
        before = self._back(start)
        if self.scan.text[before - 1 : before] not in (",", "\u00bb", "\u201d", '"', "\u201c"):
            return None
        found = self._walk_right(end, limit)
        if found is None:
            return None
        at = found.end + (self.scan.text[found.end : found.end + 1] == " ")
        described = self.layout.word_at(at) if self.layout.script.noun_head == "first" else None
        if described and self._passes(at, begun=True):
            # "Informó el Ministerio de Sanidad gazatí, controlado por Hamás".
            at = described.end if self.scan.text[described.end : described.end + 1] in ",." else at
        ends = at >= limit or self.scan.text[at : at + 1] in ",.;:()\n!?"
        told = any(self.scan.role(role).at(at) for role in ("places.before", "time.weekdays", "speakers.via"))
        return self.right_of(end, limit) if ends or told else None

    def right_of(self, start: int, limit: int) -> Speaker | None:
        """Return the name right behind ``start``: "the mayor, John Smith," is John Smith."""
        found = self.bare_right_of(start, limit)
        comma = _APPOSITION.match(self.scan.text, found.end, limit) if found else None
        if found is None or comma is None:
            return found
        name = self._walk_right(comma.end(), limit)
        # In an apposition the name has two words or more and ends at a sign, too.
        if (
            name
            and self.is_full_name(name)
            and self.scan.text[name.end : name.end + 1] in ("", ",", ".", ";", "\n")
        ):
            return name
        return found

    def bare_right_of(self, start: int, limit: int) -> Speaker | None:
        """Return the name right behind ``start``, with an abbreviation in brackets and no apposition."""
        found = self._walk_right(start, limit)
        if found and self.scan.text[found.end : found.end + 2] == " (":
            bracket = self.scan.text.find(")", found.end, found.end + _BRACKET)
            if 0 < bracket < limit and not any(map(str.isdecimal, self.scan.text[found.end : bracket])):
                return Speaker(found.start, bracket + 1)
        return found

    def is_full_name(self, stretch: Speaker) -> bool:
        """Tell whether a stretch is two words or more, each with a capital."""
        words = self.scan.text[stretch.start : stretch.end].split()
        dated = self.scan.role("time.weekdays").within(stretch.start, stretch.end)
        return len(words) > 1 and not dated and all(any(map(str.isupper, word)) for word in words)

    def _walk_right(self, start: int, limit: int) -> Speaker | None:
        at = start
        first = last = begin = None
        pending = 0
        for _ in range(_MOST_WORDS):
            while at < limit and self.scan.text[at] == " ":
                at += 1
            if (close := self._quoted_name(at, limit)) and (pending or first is not None):
                first = at if first is None else first
                last = at = close
                pending = 0
                if self.scan.text[at : at + 1] != " ":
                    break
                continue
            word = self.layout.word_at(at)
            if word is None or word.end > limit:
                break
            source = self.sources.at(at)
            loose = next((hit for hits in self.loose if (hit := hits.at(at))), None)
            if source:
                # "Hamas-Behörde": the word goes on behind a hyphen.
                end = word.end if self.scan.text[source.end : source.end + 1] == "-" else source.end
                end = max(end, source.end)
            elif is_named(self.scan, self.layout, word.start, word.end):
                end = word.end
            elif pending < _MOST_BETWEEN and (
                loose or self.connectors.at(at) or self._passes(at, first is not None)
            ):
                if first is None:
                    # "Ukrainian general staff": what it is like is part of who speaks.
                    begin = at if loose is self.loose[1].at(at) else None
                at = loose.end if loose else word.end
                pending += 1
                if self.scan.text[at : at + 1] != " ":
                    break
                continue
            else:
                break
            pending = 0
            first = (at if begin is None else begin) if first is None else first
            last = at = end
            if at < limit and self.scan.text[at] != " ":
                if self.scan.text[at : at + 2] != ". " or at - word.start > 4:  # noqa: PLR2004 - "Col. Smith"
                    break
                at += 1
        if first is None or last is None:
            return None
        return Speaker(first, last) if self._speaks(first, last) else None

    def _quoted_name(self, at: int, limit: int) -> int | None:
        """Return where a name in quotation marks ends that begins at an offset: "the company “Acme”"."""
        text = self.scan.text
        if text[at : at + 1] not in _QUOTES or not text[at + 1 : at + 2].isupper():
            return None
        ends = [stop for sign in _CLOSING if (stop := text.find(sign, at + 1, min(limit, at + _BRACKET))) > 0]
        close = min(ends, default=0)
        few = 0 < self.layout.words_between(at + 1, close) <= _MOST_SUBJECT if close else False
        return close + 1 if few and not any(sign in text[at + 1 : close] for sign in ",.;:!?") else None

    def _passes(self, at: int, begun: bool) -> bool:
        """Tell whether a word without a capital may stand inside a name with its office."""
        if not begun:
            return False
        roles = ("noun_ends", "clause_ends", "predicate", "attribution", "conjunctions", "places.before")
        return not any(self.scan.role(role).at(at) for role in roles)

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
            if is_named(self.scan, self.layout, word.start, word.end):
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
        if any(map(str.isupper, self.scan.text[start:end])):
            return True
        if self.layout.script.spaces:
            return False
        return any(self.scan.role(role).within(start, end) for role in NAMES)

    def _is_name(self, stretch: Speaker) -> bool:
        return self._capital(stretch.start, stretch.end)

    def _speaks(self, start: int, end: int) -> bool:
        """Tell whether words name a speaker: a source, or a capital that is no mere sentence start."""
        if self.sources.within(start, end):
            return True
        unit = self.scan.role("unit").at(start)
        if unit and self.scan.text[unit.end : unit.end + 1].isdecimal():
            return False  # "promised N20m"
        hit = self.no_names.at(start)
        return self._is_name(Speaker(start, end)) and not (hit and hit.end >= end)
