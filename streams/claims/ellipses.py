"""Ellipses: sources that share another one's verb: "police counted 8,000, the organisers 25,000"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.claims.attributions import Attribution
from streams.claims.names import Speaker
from streams.text.hits import Hit


if TYPE_CHECKING:
    from streams.claims.speakers import Speakers
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


_BARE_NUMBER = regex.compile(r"(?: (?:[\u2013\u2014-]|(\p{L}{1,4})))?(?: \p{L}{1,10})? \d")
"""What stands behind a source whose verb is left out: "die Veranstalter von rund 20.000"."""


def find_ellipses(
    scan: Scan, layout: Layout, names: Speakers, sentence: Stretch, said: list[Attribution]
) -> list[Attribution]:
    """Return the sources of a sentence that share the verb of the first that was ``said`` in it.

    Each stands behind a comma or a semicolon, and a bare number behind it.
    """
    if not said or said[0].speaker is None or not layout.script.spaces:
        return []
    found = []
    for source in names.sources.within(said[0].verb.end, sentence.end):
        start = source.start
        if article := names.loose[0].ending(start - 1):
            start = article.start
        number = _BARE_NUMBER.match(scan.folded, source.end)
        if number is None or scan.folded[start - 2 : start] not in (", ", "; "):
            continue
        word = source.end + 1
        of = scan.role("part_of").at(word)
        if number.group(1) and (of is None or of.end != number.end(1)):
            continue
        verb = Hit(source.end, source.end + 1, f"before:{said[0].stance}", ",")
        found.append(Attribution(verb, "before", said[0].stance, Speaker(source.start, source.end)))
    return found
