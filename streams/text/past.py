"""Which sentences speak of the past: of a year well before the article's own, or in words that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from streams.numbers.excluded import Exclusions
    from streams.numbers.years import Years
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_REACH, _REACH_OF_EVENT = 24, 80
"""Code points before a year in which a word such as "since" stands; where an event stands between."""

_WHEN = frozenset(["year", "date", "decade"])


def past_sentences(
    scan: Scan, layout: Layout, years: Years, year: int | None, exclusions: Exclusions
) -> frozenset[int]:
    """Return the indices of the sentences that speak of the past.

    ``years`` are those of the language, ``year`` is that of publication; None where it is not
    known, so that only words decide. A year is only what no figure is: "2000 soldiers" are none.
    """
    found = {layout.sentence_index(hit.start) for hit in scan.role("status") if hit.key == "historical"}
    if year is not None:
        for match in years.year.finditer(scan.folded):
            why = exclusions.covering(match.start(), match.end())
            old = years.gregorian(int(match.group())) < year - 1
            if old and not _begins(scan, *match.span()) and why and why.reason in _WHEN:
                found.add(layout.sentence_index(match.start()))
    return frozenset(found)


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
        before = before if event and not any(sign in gap for sign in ",;:.") else None
    return before is not None or until.first_within(end, end + _REACH) is not None
