"""Inquits that no data knows: a word and a name behind a quotation, "«…», sighed the mayor"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from streams.claims.attributions import Attribution
from streams.text.hits import Hit


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.claims.speakers import Speakers
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


_VERB_BEHIND = regex.compile(r",? (?:[\u2013\u2014-] )?(\p{Ll}[\p{L}-]{2,24}+) ")
"""A word without a capital behind a quotation, and no sign behind it."""
_NEAR_VERB = 40
"""Code points behind such a word in which another verb of saying makes it none."""


def find_inquits(scan: Scan, layout: Layout, names: Speakers) -> Iterator[Attribution]:
    """Yield who is named behind a quotation and a verb that no data knows: "«…», sighed the mayor".

    What stands between a quotation and a name can only be a verb of saying.
    """
    if not (layout.script.capitals and layout.script.spaces) or layout.script.verb_last:
        return
    said = scan.role("attribution")
    for quotation in layout.quotations:
        behind = _VERB_BEHIND.match(scan.text, quotation.end)
        ended = behind and (behind.group()[0] == "," or behind.group(1)[0] != behind.group()[1])
        if behind is None or not (ended or scan.text[quotation.end - 2] in ",!?.\u2026"):
            continue  # "a \"special operation\" around Kyiv"
        start, end = behind.span(1)
        sentence = layout.sentences[layout.sentence_index(start)]
        if said.covers(start, min(sentence.end, end + _NEAR_VERB)) or _is_no_verb(scan, start):
            continue
        named = names.bare_right_of(end, sentence.end)
        inserted = names.over_inserted(end, sentence.end)
        if named and layout.words_between(inserted, named.start) <= 1:
            named = names.apposed(named, sentence.end)
        else:
            named = names.described(end, sentence.end)
            # "Sighed [the] teacher Nina Ryabova", where no article tells her.
            named = named or names.capitalised_from(inserted, sentence.end)
        if named:
            verb = Hit(start, end, "either:said", scan.folded[start:end])
            yield Attribution(verb, "after", "said", named)


def _is_no_verb(scan: Scan, start: int) -> bool:
    roles = (
        "clause_ends",
        "conjunctions",
        "places.before",
        "noun_ends",
        "speakers.not_names",
        "predicate",
    )
    return any(scan.role(role).at(start) for role in roles)
