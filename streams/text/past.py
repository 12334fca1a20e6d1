"""Which sentences speak of the past: of a year well before the article's own, or in words that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.text.sentences import Stretch


if TYPE_CHECKING:
    from streams.numbers.excluded import Exclusions
    from streams.numbers.years import Years
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_REACH, _REACH_OF_EVENT = 24, 80
"""Code points before a year in which a word such as "since" stands; where an event stands between."""

_REACH_OF_COMPARED = 40
"""Code points before words for a time in which one such as "compared with" stands."""
_CLAUSE, _WORDS, _SHORT = 120, 3, 4
"""Code points of a clause in commas on each side of its year, words before it, letters of a short one."""
_DATED = regex.compile(r",(?: \p{L}{1,4})? \d{1,2}\.? (?:\p{L}{1,3} )?\p{L}++(?: \p{L}{1,3})? ?$")
"""A day and its month behind a comma, before a year."""

_WHEN = frozenset(["year", "date", "decade"])


def past_sentences(
    scan: Scan, layout: Layout, years: Years, year: int | None, exclusions: Exclusions
) -> dict[int, tuple[Stretch, ...]]:
    """Return the indices of the sentences that speak of the past, each with its clauses that do.

    None are given where all of it does. "The war, [which broke out in 2023,] has killed 150,000": what
    the clause between commas says is past, and the sentence around it is not.

    ``years`` are those of the language, ``year`` is that of publication; None where it is not
    known, so that only words decide. A year is only what no figure is: "2000 soldiers" are none.
    """
    found: dict[int, tuple[Stretch, ...]] = {
        layout.sentence_index(hit.start): ()
        for hit in scan.role("status")
        if hit.key == "historical" and not _is_compared(scan, hit.start)
    }
    if year is not None:
        for match in years.year.finditer(scan.folded):
            why = exclusions.covering(match.start(), match.end())
            old = years.gregorian(int(match.group())) < year - 1
            if old and not _begins(scan, *match.span()) and why and why.reason in _WHEN:
                index = layout.sentence_index(match.start())
                clause = _set_apart(scan, layout, index, *match.span())
                known = found.get(index, (clause,))
                found[index] = (*known, clause) if clause and known else ()
    return found


def _is_compared(scan: Scan, start: int) -> bool:
    """Tell whether a figure is only held against the time named: "18% more than in the last year"."""
    return scan.role("time.compared").last_before(start, max(0, start - _REACH_OF_COMPARED)) is not None


def _set_apart(scan: Scan, layout: Layout, index: int, start: int, end: int) -> Stretch | None:
    """Return the clause in commas that a year stands in, None where it is the sentence's own.

    A clause opens with a word such as "which", or is several words without a number.
    """
    sentence = layout.sentences[index]
    comma = scan.text.rfind(", ", max(sentence.start, start - _CLAUSE), start)
    if comma < 0 or not layout.script.spaces:
        return None
    opening, first = scan.text[comma + 2 : start], comma + 2
    if not opening[:1].islower() or any(sign in opening for sign in ";:.\u2014"):
        return None
    opens = scan.role("clause_ends").at(first) is not None
    # Where the verb is second, an article behind a comma is a relative: "der 2012 ausbrach".
    opens = opens or (layout.script.verb_second and scan.role("speakers.articles").at(first) is not None)
    wordy = layout.words_between(first, start) >= _WORDS and not any(map(str.isdecimal, opening))
    if wordy and scan.role("time.months").within(first, start):
        # "Begun in October" is a clause, "in early October" only says when.
        named = (len(hit.form) for hit in scan.role("time.months").within(first, start))
        wordy = sum(len(word) > _SHORT for word in opening.split()) > sum(one > _SHORT for one in named)
    closing = scan.text.find(",", end, min(sentence.end, end + _CLAUSE))
    if closing > 0 and (opens or wordy):
        return Stretch(first, closing)
    return Stretch(first, sentence.end) if opens and sentence.end - end < _CLAUSE else None


def _begins(scan: Scan, start: int, end: int) -> bool:
    """Tell whether a year is the first of those that are counted: "since 2023", "from 2023 until now".

    Or one that a figure is held against: "36% more than in 2023".
    """
    if scan.role("time.compared").last_before(start, max(0, start - _REACH)):
        return True
    since, until = scan.role("time.since"), scan.role("time.since_after")
    before = since.last_before(start, max(0, start - _REACH_OF_EVENT))
    if before and before.start < start - _REACH:
        # "Since the beginning of the full-scale invasion in February 2022".
        gap = scan.folded[before.end : start]
        event = scan.role("keyword").first_within(before.end, start)
        if dated := _DATED.search(gap):
            gap = gap[: dated.start()]  # "since the ceasefire, the 27th of November 2024,"
        before = before if event and not any(sign in gap for sign in ",;:.") else None
    return before is not None or until.first_within(end, end + _REACH) is not None
