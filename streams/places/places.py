"""Places as the text names them: a word such as "in", and the capitalised name behind it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import regex

from streams import meanings
from streams.claims.uncased import Uncased
from streams.records import Place
from streams.text.names import is_common, is_named
from streams.text.sentences import LONGEST_NAME


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.claims.names import Speaker
    from streams.languages import Places
    from streams.text.hits import Scan
    from streams.text.sentences import Layout, Stretch


_MOST_WORDS = 6
_MOST_NAMES = 4
_HEADLINE = 20


def find_places(
    scan: Scan, layout: Layout, speakers: list[Speaker], style: Places | None = None
) -> list[Place]:
    """Return the places of a text, in order, each once for each time it is named.

    ``surface`` is the whole name, "Provinsi Deir ez-Zor, Suriah"; ``relation`` is the word
    before it. What names a speaker is no place: "according to Shoigu".
    """
    spoken = sorted(speakers)
    found: list[Place] = []
    headlines: dict[Stretch, bool] = {}
    end = 0
    uncased = Uncased(scan, layout)
    for hit in scan.role("places.before"):
        if hit.start < end:
            continue
        sentence = layout.sentences[layout.sentence_index(hit.start)]
        if layout.script.capitals:
            span = _name(scan, layout, hit.end, sentence.end)
        else:
            named = uncased.place(hit.end, sentence.end)
            span = named[:2] if named else None
        if span is None:
            continue
        start, end = span
        if end - start > LONGEST_NAME:
            continue
        end -= 2 if scan.folded[start:end].endswith("'s") else 0
        if sentence not in headlines:
            headlines[sentence] = _in_capitals(scan, layout, sentence)
        if headlines[sentence]:
            continue
        at = bisect_left(spoken, (end, 0))
        if at and spoken[at - 1].end > start:
            continue
        found.append(Place(start=start, end=end, surface=scan.text[start:end], relation=hit.form))
    if style and (style.endings or style.after):
        found += _inflected(scan, layout, spoken, style)
    if not layout.script.spaces:
        found = _with_bare(scan, layout, spoken, found)
    return found


_NO_PLACE_BEFORE = ("speakers.sources", "name", "attribution", "speakers.modifiers")
"""Words behind the name of a place that make it whose they are, and not where it was."""
_THERE_IS = ("qualifier.before", "fillers", "places.heads")
_OWNED = frozenset(["person", "ship", "aircraft", "vehicle", "munition", "weapon"])


def _of_people(scan: Scan, at: int) -> bool:
    """Tell whether people stand at an offset, or arms: "Ukraine soldiers" are whose, not where."""
    noun = scan.role("concept").at(at)
    return noun is not None and meanings.concepts()[noun.key].class_ in _OWNED


def _with_bare(scan: Scan, layout: Layout, spoken: list[Speaker], found: list[Place]) -> list[Place]:
    """Add the places of the list that no word of place stands before: "Aleppo was shelled", in Chinese.

    One that only says whose a thing is ("Ukraine soldiers") is none.
    """
    taken = {place.start for place in found}
    nations = scan.role("speakers.nationalities")
    end = 0
    for hit in scan.role("places.names"):
        if hit.start in taken or hit.start < end or scan.role("speakers.sources").ending(hit.start - 1):
            continue  # "Xinhua Islamabad, 14 November": whence the agency writes
        sentence = layout.sentences[layout.sentence_index(hit.start)]
        named = _name(scan, layout, hit.start, sentence.end)
        start, end = named or (hit.start, hit.end)
        at = bisect_left(spoken, (end, 0))
        whose = any(scan.role(role).at(end + 1) for role in _NO_PLACE_BEFORE) or _of_people(scan, end + 1)
        if nations.at(hit.start) and end == hit.end:
            # "Yemen has 17 million …": a country alone is a place where what there is follows.
            whose = whose or not any(scan.role(role).at(end + 1) for role in _THERE_IS)
        inside = any(place.start < end and start < place.end for place in found[-1:])
        if not whose and not inside and not (at and spoken[at - 1].end > start):
            found.append(Place(start=start, end=end, surface=scan.text[start:end], relation=""))
    return sorted(found, key=lambda place: place.start)


def _in_capitals(scan: Scan, layout: Layout, sentence: Stretch) -> bool:
    """Tell whether a sentence is a headline with a capital to each word: no name ends there."""
    words = scan.text[sentence.start : sentence.end].split(maxsplit=_HEADLINE)[:_HEADLINE]
    capitals = sum(word[:1].isupper() for word in words)
    return (
        layout.words_between(sentence.start, sentence.end) > _MOST_NAMES and capitals * 10 >= len(words) * 7
    )


def _name(scan: Scan, layout: Layout, start: int, limit: int) -> tuple[int, int] | None:
    """Return the span of the name behind a word of place, None where none stands there."""
    heads, no_places = scan.role("places.heads"), scan.role("places.not_places")
    at = start
    first: int | None = None
    last: int | None = None
    names = 0
    for _ in range(_MOST_WORDS):
        if at < limit and scan.text[at] == " ":
            at += 1
        word = layout.word_at(at)
        if word is None or word.end > limit or no_places.at(at):
            break
        letters = scan.text[word.start : word.end]
        capital = is_named(scan, layout, word.start, word.end) and not any(map(str.isdecimal, letters))
        head = heads.at(at)
        if layout.script.capital_nouns and not head and is_common(scan, at, word.end):
            break
        if capital and not (head and head.end > word.end and not scan.text[head.start].isupper()):
            first = at if first is None else first
            last = at = word.end
            names += 1
        elif head and not names:
            first = at if first is None else first
            at = head.end
            continue
        elif head and not layout.script.spaces:
            # Where no capital shows a name, what it is the name of stands behind it.
            last = at = head.end
        else:
            break
        if scan.text[at : at + 2] == ", " and scan.text[at + 2 : at + 3].isupper() and names < 4:  # noqa: PLR2004
            follower = layout.word_at(at + 2)
            # "Idlib, Suriah" goes on; "Idlib, Sergei Shoigu said" does not: one word, then an end.
            if (
                follower
                and scan.text[follower.end : follower.end + 1] in ".,)\n"
                and not no_places.at(at + 2)
            ):
                return first if first is not None else at, follower.end
            break
        if scan.text[at : at + 1] != " ":
            break
    if not names or first is None or last is None:
        return None
    return first, last


_ENDING = regex.compile(r"(?<=\p{L})'(\p{Ll}{1,8}+)(?!\p{L})")
_LEFT = 4


def _inflected(scan: Scan, layout: Layout, spoken: list[Speaker], style: Places) -> list[Place]:
    """Return the places that an ending or a word behind them tells: "Halep'te", "Halep kentinde"."""
    found: dict[int, Place] = {}
    for end, relation in sorted(_ends(scan, layout, style)):
        start = _walk_left(scan, layout, end)
        if start is None:
            continue
        at = bisect_left(spoken, (end, 0))
        if not (at and spoken[at - 1].end > start):
            found[start] = Place(start=start, end=end, surface=scan.text[start:end], relation=relation)
    return [found[start] for start in sorted(found)]


def _ends(scan: Scan, layout: Layout, style: Places) -> Iterator[tuple[int, str]]:
    """Yield where names of places end, each with the ending or word that tells it."""
    endings, toward = frozenset(style.endings), frozenset(style.toward)
    for match in _ENDING.finditer(scan.folded):
        ending = match.group(1)
        if ending in endings or (ending in toward and _met(scan, layout, match.end())):
            yield match.start(), ending
    for hit in scan.role("places.after"):
        end = hit.start - 1
        # "Halep'in doğusunda": the name ends at the apostrophe.
        apostrophe = scan.folded.rfind("'", max(0, end - _GENITIVE), end)
        is_name = apostrophe > 0 and scan.folded[apostrophe + 1 : end].isalpha()
        yield (apostrophe if is_name else end), hit.form


def _met(scan: Scan, layout: Layout, end: int) -> bool:
    """Tell whether a word of events follows within three words: "Tel Aviv'e 40 roket"."""
    for _ in range(_MET):
        word = layout.word_at(end + 1)
        if word is None:
            return False
        if any(scan.role(role).at(word.start) for role in ("keyword", "predicate")):
            return True
        end = word.end
    return False


_MET = 3
_GENITIVE = 5
"""Code points of an apostrophe and the ending behind it, at most."""


def _walk_left(scan: Scan, layout: Layout, end: int) -> int | None:
    """Return where the capitalised words begin that end at ``end``; None where none do."""
    no_places = scan.role("places.not_places")
    first: int | None = None
    at = end
    for _ in range(_LEFT):
        start = at
        while start > max(0, at - LONGEST_NAME) and (
            scan.text[start - 1].isalpha() or scan.text[start - 1] == "-"
        ):
            start -= 1
        word = scan.text[start:at]
        if not any(map(str.isupper, word)) or no_places.at(start):
            break
        if first is None and scan.role("keyword").covers(start, at):
            break
        sentence = layout.sentences[layout.sentence_index(start)]
        if first is not None and (start == sentence.start and is_common(scan, start, at)):
            break
        first = start
        at = start - 1
        if at <= sentence.start or scan.text[at] != " ":
            break
    return first
