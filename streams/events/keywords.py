"""Step 4a: the words that speak of conflict events, each with its status, and what silenced others.

A *strong* word means its category by itself. A *weak* one has other meanings too ("attack",
"war", "shoot"): it counts only where no word of another domain (sport, film, business …)
stands in its sentence, and where the article as a whole is not such an article: nor its title,
where that has no word of conflict. A *leaning* one ("drone", "mine") counts so only where its sentence tells
of something done by force in other words.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

from streams.events.collocations import find_collocations, merged
from streams.events.denials import denied
from streams.events.means import settled
from streams.events.surroundings import FICTION, Surroundings, is_remembered
from streams.records import Keyword, MentionStatus


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.languages import Collocation
    from streams.numbers.numbers import NumberSpan
    from streams.text.hits import Scan
    from streams.text.sentences import Layout


class Silenced(NamedTuple):
    """A word of the keyword lists that does not count here, and why."""

    start: int
    end: int
    surface: str
    category: str
    reason: str
    domain: str | None = None
    status: MentionStatus | None = None


class Mentions(NamedTuple):
    """The keywords of a text, and the words that were silenced."""

    keywords: list[Keyword]
    silenced: list[Silenced]
    anchored: bool = True
    """Whether a strong word speaks of conflict, not only of what accidents have too; or an attack killed."""
    words: int = 0
    """How many the text has."""
    elsewhere: bool = False
    """Whether its title has no keyword, and a word of another domain."""
    unascribed: frozenset[int] = frozenset()
    """Which keywords, by index, tell of a cyber attack that is nobody's (:mod:`.ascription`)."""


_BEFORE_NUMBER, _BEHIND_NUMBER = 2, 2
"""Words between a verb and the number of what it is done to, and behind the number."""

_REACH = 90
"""Code points behind that number in which what it counts is looked for."""

_ASKED_FOR = frozenset(["ceasefire", "retreat_surrender"])
"""Categories of what is agreed or conceded: who asks for it says that it is not there."""


def find_keywords(
    scan: Scan,
    layout: Layout,
    past: frozenset[int],
    title_end: int = 0,
    numbers: Sequence[NumberSpan] = (),
    *,
    rules: Sequence[Collocation] = (),
) -> Mentions:
    """Return the keywords of a text in order, and the words that were silenced.

    ``past`` are the sentences that speak of the past (:mod:`streams.text.past`), ``numbers`` those of the
    text, in order; ``rules`` say what words mean beside others in its language.
    """
    found = find_collocations(scan, layout, rules)
    context = Surroundings(
        scan, layout, title_end, merged(scan.role("keyword"), found.events), found.ordinary
    )
    keywords: list[Keyword] = []
    silenced: list[Silenced] = []
    for hit in context.hits:
        strength, _, category = hit.key.partition(":")
        surface = scan.text[hit.start : hit.end]
        index = layout.sentence_index(hit.start)
        reason = context.silence(hit, strength, index)
        if reason:
            domain = context.domain_of(hit, index)
            told: MentionStatus | None = "fictional" if domain in FICTION else None
            silenced.append(Silenced(hit.start, hit.end, surface, category, reason, domain, told))
            continue
        is_past = index in past and not context.is_beside(hit, index)
        status = context.status(hit, layout.sentences[index], past=is_past)
        beside = found.events.get(hit.start)
        for one in beside.beside if beside else ():
            # "Warplanes will hit its camps": what is said of one is said of both.
            if status != "asserted":
                break
            status = context.status(one, layout.sentences[index], past=is_past)
        if context.occasions and status in ("asserted", "historical") and is_remembered(scan, layout, hit):
            status = "commemorative"
        elif context.fiction and status == "asserted" and context.is_told(hit, index):
            status = "fictional"
        elif status == "asserted" and context.is_missing(hit, layout.sentences[index]):
            status = "negated"
        elif status == "asserted" and category in _ASKED_FOR and context.is_asked_for(hit, index):
            status = "planned"
        keyword = Keyword(
            start=hit.start, end=hit.end, surface=surface, term=hit.form, category=category, status=status
        )
        keywords.append(keyword)
    keywords += [
        keyword
        for keyword in _of_counted(scan, layout, numbers, past, context)
        if all(keyword.start >= other.end or other.start >= keyword.end for other in keywords)
    ]
    keywords.sort(key=lambda keyword: keyword.start)
    keywords = settled(scan, denied(scan, layout, keywords))
    anchored = any(keyword.start in context.anchors for keyword in keywords) or _deadly(keywords, layout)
    titled = bool(keywords) and keywords[0].start < title_end
    elsewhere = not titled and scan.role("domain").first_within(0, title_end) is not None
    return Mentions(keywords, silenced, anchored, len(layout.word_starts), elsewhere)


def _deadly(keywords: list[Keyword], layout: Layout) -> bool:
    """Tell whether a sentence has an attack and the dead: together the two words mean conflict."""
    told = [keyword for keyword in keywords if keyword.status == "asserted"]
    attacks, dead = (
        {layout.sentence_index(keyword.start) for keyword in told if keyword.category == category}
        for category in ("attack", "killing")
    )
    return bool(attacks & dead)


def _of_counted(
    scan: Scan, layout: Layout, numbers: Sequence[NumberSpan], past: frozenset[int], context: Surroundings
) -> Iterator[Keyword]:
    """Yield the verbs whose object is a number of soldiers or arms: "send 1,500 troops"."""
    verbs = scan.role("keyword.counted")
    starts = [number.phrase_start for number in numbers] if verbs.hits else []
    for hit in verbs:
        index = bisect_left(starts, hit.end)
        if index == len(numbers) or layout.words_between(hit.end, starts[index]) > _BEFORE_NUMBER:
            continue
        end = numbers[index].end
        sentence = layout.sentence_index(hit.start)
        counted = scan.role("keyword").within(end, min(end + _REACH, layout.sentences[sentence].end))
        first = next((one for one in counted if one.key.endswith(":military_presence")), None)
        if first is None or layout.words_between(end, first.start) > _BEHIND_NUMBER:
            continue
        if context.silence(hit, "weak", sentence):
            continue
        is_past = sentence in past and not context.is_beside(hit, sentence)
        status = context.status(hit, layout.sentences[sentence], past=is_past)
        surface = scan.text[hit.start : hit.end]
        yield Keyword(
            start=hit.start, end=hit.end, surface=surface, term=hit.form, category=hit.key, status=status
        )
