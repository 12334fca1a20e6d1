"""Who is named beside a verb of saying: a person, an office, or a source such as "officials"."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from streams.claims.names import Names, Speaker


if TYPE_CHECKING:
    from streams.text.sentences import Stretch


_MOST_SUBJECT = 8
_QUOTES = ("\u00ab", "\u201c", "\u201e", chr(34))
_SIGNS = frozenset(',;:.()\u201c\u201d"\n\u2013\u2014')
_CLAUSE = 300
"""Code points before a verb in which the clause that it ends begins."""
_OFFICE = 40
"""Code points behind such a verb in which the source that begins in it ends."""
_ENTRY = 16
"""Code points from the start of an entry to the colon behind its time."""
_COLON = 90
"""Code points within which the colon behind a speaker at the start of a sentence stands."""


_MOST_DESCRIBING = 2
"""Words of what a source is like, before it."""
_FAR_NAME = 12
"""Code points behind a verb, beyond which a name is no longer the first of what stands there."""

_OPENING_QUOTES = ('"', "\u201c", "\u201e", "\u00ab", "\u2018")


class Speakers(Names):
    """Finds the words that name a speaker beside a verb: a name, or a source such as "officials"."""

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
        stop = self.back(end)
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
        if self.is_no_name(sentence.start, stop) or (pronoun and pronoun.end < stop):
            return None
        return Speaker(sentence.start, stop)

    def whole_subject(self, speaker: Speaker, end: int, sentence: Stretch) -> Speaker | None:
        """Return the subject that a name ends: "a spokesman for the group [Gran Grif] said".

        It begins the sentence with an article, and has a source in it.
        """
        article = self.loose[0].at(sentence.start)
        if speaker.start <= sentence.start or article is None or speaker.start <= article.end + 1:
            return None
        if not self.sources.within(sentence.start, speaker.start):
            return None
        return self.subject(end, sentence)

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
        if any(self.scan.role(role).within(at, end) for role in stops) or self.is_no_name(at, end):
            return None
        return Speaker(at, end)

    def of_sentence(self, start: int, end: int, sentence: Stretch) -> Speaker | None:
        """Return the source of whom a sentence tells, for "by their own account": before it, or behind."""
        first = sentence.start
        if (colon := self.scan.text.find(": ", first, first + _ENTRY)) > 0:
            first = colon + 2  # the time of an entry
        if found := self.left_of(start, first) or self.right_of(first, start):
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
            for role in ("speakers.via", "time.weekdays", "speakers.between")
        )
        ends = [hit.start for hit in hits if hit]
        # "The head of the office" goes on behind "of", which is a word before places too.
        places = self.scan.role("places.before").within(start, min(limit, start + _CLAUSE))
        ends += [hit.start for hit in places if self.connectors.at(hit.start) is None][:1]
        return min(ends, default=limit)

    def is_set_apart(self, start: int) -> bool:
        """Tell whether a comma stands before a verb, as behind "the governor, who was there,"."""
        before = self.back(start)
        return self.scan.text[before - 1 : before] == ","

    def is_noun(self, start: int) -> bool:
        """Tell whether a word of saying is a noun there: "comment on reports"."""
        before = self.back(start)
        return any(self.scan.role(role).ending(before) for role in ("places.before", "speakers.articles"))

    def is_inside(self, speaker: Speaker, sentence: Stretch) -> bool:
        """Tell whether a name is only the end of a subject: "Shan State" of "militias in Shan State"."""
        if speaker.start <= sentence.start:
            return False
        if self.scan.role("places.before").ending(self.back(speaker.start)):
            return True
        first = sentence.start
        if article := self.scan.role("speakers.articles").at(first):
            first = article.end + 1
        # "A doctor at the main hospital" is one; "Meanwhile the minister" is not.
        return not self.capital(speaker.start, speaker.end) and self.no_names.at(first) is None

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
            return self.walk_right(opener.end, start)
        if self._is_subject(at, start):
            # "Der Sprecher sagte der Agentur dpa": it stands before the verb.
            return None
        adverb = any(self.scan.role(role).at(at) for role in ("places.before", "speakers.not_names"))
        return self.right_of(end, sentence.end) if at == start or adverb else None

    def _is_subject(self, start: int, end: int) -> bool:
        """Tell whether the words up to a verb are a source and its article."""
        found = self.walk_left(end, start) if start < end else None
        article = self.loose[0].at(start)
        if found is None or article is None or not self.sources.within(found.start, found.end):
            return False
        return not self.scan.folded[article.end : found.start].strip() or found.start <= article.end + 1

    def described(self, start: int, limit: int) -> Speaker | None:
        """Return who is told of by an article and a noun behind a verb: "said the head of the clinic".

        A name in commas behind them is the speaker's.
        """
        at = self.over_inserted(start, limit)
        if not self.is_unnamed(at):
            return None
        found = self.phrase(at, self.cut(at, limit))
        if found is None:
            return None
        return self.apposed(Speaker(found.start, self.back(found.end)), limit)

    def adjoining(self, start: int, limit: int) -> Speaker | None:
        """Return a source with what it is like: "according to [Western] intelligence services"."""
        at = first = start + (self.scan.text[start : start + 1] == " ")
        if self.layout.script.capital_nouns:
            return self._noun_phrase(first, limit)
        for _ in range(_MOST_DESCRIBING):
            word = self.layout.word_at(at)
            if (
                word is None
                or not self.passes(at, begun=True)
                or self.scan.text[word.end : word.end + 1] != " "
            ):
                return None
            at = word.end + 1
            if self.sources.at(at) and self.scan.text[first].islower():
                found = self.bare_right_of(at, limit)
                return Speaker(first, found.end) if found and found.start == at else None
        return None

    def _noun_phrase(self, start: int, limit: int) -> Speaker | None:
        """Return an article, adjectives, and the noun that ends them: "des Deutschen Wetterdienstes"."""
        at, noun = start, 0
        for _ in range(_MOST_DESCRIBING + 2):
            word = self.layout.word_at(at)
            if (
                word is None
                or word.end > limit
                or any(map(str.isdecimal, self.scan.text[word.start : word.end]))
            ):
                break
            adjective = self.loose[0].at(at) or self.loose[1].at(at) or self.scan.text[at].islower()
            if noun and not (self.scan.text[at].isupper()):
                break
            if not adjective:
                noun = word.end
            at = word.end + 1
            if self.scan.text[word.end : at] != " ":
                break
        return Speaker(start, noun) if noun else None

    def behind_comma(self, start: int, end: int, limit: int) -> Speaker | None:
        """Return the speaker behind a verb that a comma sets apart: "in Idlib, said police on Monday".

        Nothing may follow but the end of the clause, or when and where it was said; else the
        words are what is said: "Ahmad Yani, the spokesman, said Israel had attacked".
        """
        before = self.back(start)
        if self.scan.text[before - 1 : before] not in (",", "\u00bb", "\u00ab", "\u201d", '"', "\u201c"):
            return None
        found = self.bare_right_of(end, limit)
        if found is None or self._is_told(end, found):
            found = self.described(end, limit) or found
        if found is None:
            return None
        if self.scan.text[found.end - 1] == ")" and (more := self.walk_right(found.end, limit)):
            # "The committee of defence (CD) [of] Tajikistan", where a case says whose it is.
            found = Speaker(found.start, more.end) if more.start == found.end + 1 else found
        at = found.end + (self.scan.text[found.end : found.end + 1] == " ")
        described = self.layout.word_at(at) if self.layout.script.noun_head == "first" else None
        if described and self.passes(at, begun=True):
            # "Informó el Ministerio de Sanidad gazatí, controlado por Hamás".
            at = described.end if self.scan.text[described.end : described.end + 1] in ",." else at
        ends = at >= limit or self.scan.text[at : at + 1] in ",.;:()\n!?"
        roles = ("places.before", "time.weekdays", "speakers.via", "speakers.between")
        told = any(self.scan.role(role).at(at) for role in roles)
        return self.apposed(found, limit) if ends or told else None

    def _is_told(self, end: int, found: Speaker) -> bool:
        """Tell whether a name stands in what an article opens: "el jefe de la policía de [Tibú]"."""
        return found.start > self.over_inserted(end, found.start) + _FAR_NAME
