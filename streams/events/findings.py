"""Step 9b: what became of an event, or what it turned out to be: who was held is free, it was a drill.

A word alone says little: what something *was* needs a word that says so right beside it, who is free must be
counted, or be all, and no others be held. What rules make of it is theirs to say
(:mod:`streams.alerts.cancelling`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.events.surroundings import Surroundings
from streams.records import Finding, FindingKind


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.figures.circumstances import Context
    from streams.records import Figure, Keyword, MentionStatus, Number
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Layout, Stretch


_INSTEAD: frozenset[FindingKind] = frozenset(["exercise", "accident"])
"""Kinds that say what an event was instead."""

_OWN_CUES = _INSTEAD | {"unfounded"}
"""Kinds whose words are cues of status too."""

_BESIDE = 3
"""Words between a word such as "was" and what something was."""

_REACH = 60
"""Code points within which that word is looked for."""

_HELD = frozenset(["abducted", "hostages", "detained", "captured", "rescued", "missing"])
"""Kinds of figures of people who may come free."""


def find_findings(
    context: Context, title_end: int, figures: Sequence[Figure], keywords: Sequence[Keyword]
) -> list[Finding]:
    """Return what a text says became of events, in order; ``figures`` and ``keywords`` are the text's."""
    scan, layout, past = context.scan, context.layout, context.past
    hits = scan.role("finding").within(0, len(scan.text))
    if not hits:
        return []
    surroundings = Surroundings(scan, layout, title_end, list(scan.role("keyword")), {})
    remain = bool(scan.role("finding.remain").hits)
    events, held = _events(layout, keywords), _held(layout, figures)
    found = []
    for hit in hits:
        kind: FindingKind = hit.key  # type: ignore[assignment]  # the tables of findings.toml are its values
        index = layout.sentence_index(hit.start)
        sentence = layout.sentences[index]
        if kind in _INSTEAD and not _is_what_it_was(scan, layout, hit, sentence):
            continue
        low, everyone = None, False
        if kind == "released":
            if _is_asked(scan, layout, hit, sentence):
                continue
            if remain:
                continue
            low = held.get(index)
            everyone = scan.role("finding.everyone").first_within(sentence.start, sentence.end) is not None
            if low is None and not everyone:
                continue
        found.append(
            Finding(
                start=hit.start,
                end=hit.end,
                surface=scan.text[hit.start : hit.end],
                kind=kind,
                status=_status(scan, surroundings.status(hit, sentence, past=index in past), hit),
                low=low,
                everyone=everyone,
                events=events.get(index, ()),
            )
        )
    return found


def _status(scan: Scan, status: MentionStatus, hit: Hit) -> MentionStatus:
    """Return the status of a finding; "simulation" is a cue by itself, and means nothing beside itself."""
    own = scan.role("status").at(hit.start)
    cued = own is not None and own.end >= hit.end and own.key == status
    return "asserted" if cued and hit.key in _OWN_CUES else status


def _is_what_it_was(scan: Scan, layout: Layout, hit: Hit, sentence: Stretch) -> bool:
    """Tell whether a word such as "was" or "turned out" stands right before a word, or right behind it."""
    turned = scan.role("finding.turned")
    before = turned.last_before(hit.start, max(sentence.start, hit.start - _REACH))
    if before and layout.words_between(before.end, hit.start) <= _BESIDE:
        return True
    behind = turned.first_within(hit.end, min(sentence.end, hit.end + _REACH))
    return (
        layout.script.verb_last
        and behind is not None
        and layout.words_between(hit.end, behind.start) <= _BESIDE
    )


def _is_asked(scan: Scan, layout: Layout, hit: Hit, sentence: Stretch) -> bool:
    """Tell whether someone only asks for it: before it in its sentence; behind it where verbs come last."""
    start, end = (hit.end, sentence.end) if layout.script.verb_last else (sentence.start, hit.start)
    return scan.role("finding.asked").first_within(start, end) is not None


def _events(layout: Layout, keywords: Sequence[Keyword]) -> dict[int, tuple[str, ...]]:
    """Return the categories that each sentence tells of, by its number."""
    found: dict[int, set[str]] = {}
    for one in keywords:
        found.setdefault(layout.sentence_index(one.start), set()).add(one.category)
    return {index: tuple(sorted(categories)) for index, categories in found.items()}


def _held(layout: Layout, figures: Sequence[Figure]) -> dict[int, Number]:
    """Return the least number of people who were held of each sentence: "12 of the 88" are twelve."""
    found: dict[int, Number] = {}
    for one in figures:
        if one.kind in _HELD and one.low is not None:
            index = layout.sentence_index(one.start)
            found[index] = min(one.low, found.get(index, one.low))
    return found
