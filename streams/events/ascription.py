"""Whose a cyber attack is: a crime, unless a state or a party to a conflict is said to be behind it.

A hospital whose files are held to ransom is no news of conflict; a power grid that a state's hackers put
out is. Categories whose events are so are ``ascribed`` in data/taxonomy.toml. The words that ascribe
("attributed to", "blamed") and those that name a state's hand by themselves ("state-sponsored") are in
data/roles.toml.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from streams import meanings
from streams.events.actors import PARTIES, states


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.events.actors import State
    from streams.events.deeds import Deeds
    from streams.events.keywords import Mentions
    from streams.places.toponyms import Toponyms
    from streams.records import Actor, Keyword


_NEAR = 6
"""Words between one that ascribes and the state to which it does: "attributed to a group from Iran"."""
_FAR = 12
"""The same where the verb opens its clause, or ends it."""
_BORROWED = frozenset(["attack", "abduction", "destruction", "threat_force", "claim_responsibility"])
"""Categories whose words are said of such an attack as well: "ransom", "threatened to publish"."""
_ORDER = ("police", "security_forces", "border_guard", "coast_guard", "interior_ministry", "polri")
"""Bodies of states that look into crimes; one has a name of its own."""
_OF_STATES = frozenset(["state", "agency", "forces"])


def unascribed(
    deeds: Deeds, mentions: Mentions, toponyms: Toponyms, actors: list[Actor], title_end: int
) -> frozenset[int]:
    """Return which keywords, by index, tell of cyber attacks that no state or party is said to have made.

    It is enough that one attack is ascribed, or a party named: then the text is of a conflict. With the
    attacks go words that are said of them, in their sentences and the next, and in the whole text where
    its title tells of one.
    """
    taxonomy = meanings.taxonomy()
    keywords = mentions.keywords
    attacks = [index for index, keyword in enumerate(keywords) if taxonomy[keyword.category].ascribed]
    # A word that is silenced tells of one as well: "ransomware" beside "files".
    starts = [keywords[index].start for index in attacks]
    starts += [word.start for word in mentions.silenced if taxonomy[word.category].ascribed]
    if not starts:
        return frozenset()
    if any(is_party(actor) for actor in actors) or deeds.scan.role("deed.of_state"):
        return frozenset()
    words = states(deeds.scan, toponyms)
    if _is_ascribed(deeds, words, actors) or _is_own(deeds, words, [keywords[index] for index in attacks]):
        return frozenset()
    layout = deeds.layout
    told = {layout.sentence_index(start) for start in starts}
    told |= {index + 1 for index in told}
    titled = min(starts) < title_end
    borrowed = (
        index
        for index, keyword in enumerate(keywords)
        if keyword.category in _BORROWED and (titled or layout.sentence_index(keyword.start) in told)
    )
    return frozenset([*attacks, *borrowed])


def is_party(actor: Actor) -> bool:
    """Tell whether an actor wages war or spies: no gang, and none who look into crimes."""
    body = actor.id.rpartition(".")[2]
    if actor.type in PARTIES:
        return actor.type != "criminal_group" and body not in _ORDER
    return body == "intelligence"


def _is_ascribed(deeds: Deeds, words: Sequence[State], actors: Iterable[Actor]) -> bool:
    """Tell whether a state or one of its bodies stands beside a word such as "attributed to", "blamed"."""
    ascribing, layout = deeds.scan.role("deed.ascribed"), deeds.layout
    if not ascribing:
        return False
    # Where the verb opens or ends its clause, all else stands between: "متهم کرد".
    far = deeds.words.verb_first or deeds.language.script.verb_last
    most = _FAR if far else _NEAR
    spans = [(word.start, word.end) for word in words if not word.adjective]
    spans += [
        (actor.start, actor.end)
        for actor in actors
        if actor.type in _OF_STATES and actor.id.rpartition(".")[2] not in _ORDER
    ]
    for start, end in spans:
        sentence = layout.sentences[layout.sentence_index(start)]
        before = ascribing.last_before(start, sentence.start)
        if before and layout.words_between(before.end, start) <= most:
            return True
        behind = ascribing.first_within(end, sentence.end)
        if behind and layout.words_between(end, behind.start) <= most:
            return True
    return False


def _is_own(deeds: Deeds, words: Iterable[State], attacks: list[Keyword]) -> bool:
    """Tell whether a state's word stands in one for an attack, or its adjective where adjectives stand.

    "Russian hackers", "hackers russes": whose they are, and not what they hit.
    """
    first = deeds.words.adjective_first or deeds.language.script.noun_head == "last"
    starts = [attack.start for attack in attacks]
    beside = frozenset(starts if first else [attack.end for attack in attacks])
    for word in words:
        at = bisect_right(starts, word.start) - 1
        if at >= 0 and word.start < attacks[at].end:
            return True
        near = (word.end, word.end + 1) if first else (word.start, word.start - 1)
        if word.adjective and not beside.isdisjoint(near):
            return True
    return False
