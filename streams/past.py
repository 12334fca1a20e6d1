"""Which sentences speak of the past: of a year well before the article's own, or in words that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex


if TYPE_CHECKING:
    from streams.exclusions import Exclusions
    from streams.lexicon import Scan
    from streams.sentences import Layout


_YEAR = regex.compile(r"(?<![\d.,-])(?:1[89]\d\d|20\d\d|2100)(?!\d|[.,]\d)")


_WHEN = frozenset(["year", "date", "decade"])


def past_sentences(scan: Scan, layout: Layout, year: int | None, exclusions: Exclusions) -> frozenset[int]:
    """Return the indices of the sentences that speak of the past.

    ``year`` is that of publication; None where it is not known, so that only words decide. A
    year is only what no figure is: "2000 soldiers" are none.
    """
    found = {layout.sentence_index(hit.start) for hit in scan.role("status") if hit.key == "historical"}
    if year is not None:
        for match in _YEAR.finditer(scan.folded):
            why = exclusions.covering(match.start(), match.end())
            if int(match.group()) < year - 1 and why and why.reason in _WHEN:
                found.add(layout.sentence_index(match.start()))
    return frozenset(found)
