"""The way of an article: raw in, enriched out.

Everything here is pure: no broker, no clock, no network, no randomness. The worker, the
``extract`` command, the tests and the benchmarks all call these functions.
"""

from __future__ import annotations

import gc
import hashlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import regex

import streams
from streams import languages, meanings
from streams.alerts import Rules, raise_alerts
from streams.claims.claims import Claims
from streams.cleaning import clean
from streams.decoding import decode
from streams.detection import detect_language
from streams.errors import ArticleError, ErrorType, Stage
from streams.events import conflict
from streams.events.actors import (
    PARTIES,
    agents,
    bodies,
    elsewhere,
    find_actors,
    states,
    with_roles,
    with_victims,
)
from streams.events.arms import find_targets, find_weapons
from streams.events.ascription import unascribed
from streams.events.deeds import Deeds
from streams.events.findings import find_findings
from streams.events.keywords import Mentions, find_keywords
from streams.events.subjects import Mentioned, find_subjects, idle_words
from streams.figures.circumstances import Context
from streams.figures.figures import find_figures
from streams.numbers.excluded import Exclusions
from streams.numbers.exclusions import find_exclusions
from streams.numbers.numbers import read_numbers
from streams.numbers.years import years_of
from streams.places.main import Weighing, main_place
from streams.places.nearest import Nearest
from streams.places.places import find_places
from streams.places.toponyms import Toponyms, resolve
from streams.profiles import profiles
from streams.records import Alert, EnrichedArticle, Figure, Finding, RawArticle, Ruleset
from streams.steps import Step, unheard
from streams.text.lexicon import lexicon
from streams.text.past import past_sentences
from streams.text.sentences import Layout


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streams.claims.names import Speaker
    from streams.numbers.numbers import NumberSpan
    from streams.records import Actor, Place, Target, Weapon
    from streams.steps import Passed
    from streams.text.hits import Scan
    from streams.text.segmentation import Segmentation


class Reading(NamedTuple):
    """What one raw record gives: the enriched article and the alerts it raises."""

    article: EnrichedArticle
    alerts: tuple[Alert, ...]


def read(value: bytes | None, rules: Rules, passed: Passed = unheard) -> Reading:
    """Return what the bytes of a raw record give; ``passed`` is told of each step (:mod:`streams.steps`).

    Raises :class:`streams.errors.ArticleError` where they cannot be read.
    """
    raw = decode(value)
    passed(Step.DECODE)
    article = examine(raw, passed).article
    alerts = raise_alerts(article, rules)
    passed(Step.ALERTS)
    return Reading(article, alerts)


def enrich(raw: RawArticle) -> EnrichedArticle:
    """Return the enriched article of a raw one. Same input and ruleset, same record.

    Raises :class:`streams.errors.ArticleError` where the article has no text.
    """
    return examine(raw).article


def warm() -> None:
    """Load all that reading needs: profiles, words of all languages, what they share.

    It is loaded on demand otherwise. Raises :class:`streams.errors.DataError` for a mistake in a file.
    """
    # All that is made stays: the collector would look through it again and again.
    collects = gc.isenabled()
    gc.disable()
    try:
        profiles()
        for code in languages.available():
            lexicon(code)
        meanings.digest()
    finally:
        if collects:
            gc.enable()


class Examination(NamedTuple):
    """An enriched article with what was seen on the way and left out: for ``--explain``."""

    article: EnrichedArticle
    mentions: Mentions
    exclusions: Exclusions
    mentioned: tuple[Mentioned, ...] = ()
    """The categories that it speaks of without being about them."""


MOST_TEXT = 500_000
"""Code points beyond which a text is no article; a novel has as many."""

MOST_NUMBERS = 20_000
"""Numbers that are looked at in a text, also to see that they are dates, names and the like."""

MOST_FIGURES = 500
"""Numbers that are read as figures; each takes a kilobyte of the record, which has to fit a broker."""

MOST_MENTIONS = 1_000
"""Keywords, places and actors that a record lists of each."""


def examine(raw: RawArticle, passed: Passed = unheard) -> Examination:  # noqa: PLR0915 - a step, and that it is done
    """Return the enriched article together with what was silenced and excluded, and why."""
    document = clean(raw)
    if len(document.text) > MOST_TEXT:
        message = f"{len(document.text)} code points of text; at most {MOST_TEXT} are read"
        raise ArticleError(Stage.CLEAN, ErrorType.TOO_LARGE, message)
    passed(Step.CLEAN)
    language = detect_language(document.text, hint=raw.language)
    passed(Step.DETECT)
    notes: tuple[str, ...] = ()
    mentions, exclusions = Mentions([], []), Exclusions([])
    figures: list[Figure] = []
    context: Context | None = None
    implied: Callable[[], Iterable[Place]] = tuple
    weighing = Weighing(document.title_end)
    weapons: list[Weapon] = []
    targets: list[Target] = []
    findings: list[Finding] = []
    idle: dict[int, str] = {}
    backing = frozenset[int]()
    if language.code in languages.available():
        words = lexicon(language.code)
        scan = words.scan(document.text)
        layout = Layout(scan, words.language)
        passed(Step.WORDS)
        exclusions = find_exclusions(scan, words.language)
        past = past_sentences(
            scan, layout, years_of(words.language.time), _year(raw.published_at), exclusions
        )
        lead = scan.segmentation.at(document.title_end) if scan.segmentation else document.title_end
        numbers = read_numbers(scan, words, exclusions, MOST_NUMBERS)
        passed(Step.NUMBERS)
        mentions = find_keywords(
            scan, layout, frozenset(past), lead, numbers[:MOST_FIGURES], rules=words.language.collocations
        )
        passed(Step.KEYWORDS)
        claims = Claims(scan, layout, lead, tuple(words.language.speakers.genitives))
        speakers = claims.named()
        passed(Step.CLAIMS)
        toponyms = Toponyms(scan, layout, words.language)
        passed(Step.PLACES)
        deeds = Deeds(scan, layout, words.language, mentions.keywords)
        named = find_actors(scan, deeds.keywords)
        actors = _actors(scan, deeds, toponyms, speakers, named)
        passed(Step.ACTORS)
        implied = toponyms.implied
        context = Context(
            scan=scan,
            layout=layout,
            language=words.language,
            claims=claims,
            places=resolve(
                find_places(scan, layout, speakers, words.language.places),
                toponyms,
                speakers,
                named,
            ),
            actors=[actor for actor in named if actor.type in PARTIES],
            past=past,
        )
        passed(Step.PLACES)
        figures = find_figures(context, numbers[:MOST_FIGURES])
        passed(Step.FIGURES)
        mentions = mentions._replace(unascribed=unascribed(deeds, mentions, toponyms, actors, lead))
        mentions, weapons, targets = _around(deeds, context.places, mentions)
        findings = find_findings(context, lead, figures, mentions.keywords)
        idle = idle_words(deeds, weapons, actors)
        backing = elsewhere(deeds, context.places)
        weighing = weighing._replace(votes=toponyms.votes, loose=_loose(scan))
        context = context._replace(actors=with_victims(actors, figures))
        passed(Step.ACTORS)
        if scan.segmentation:
            back = scan.segmentation.restored
            idle = {scan.segmentation.outer(start, start)[0]: why for start, why in idle.items()}
            backing = frozenset(scan.segmentation.outer(start, start)[0] for start in backing)
            figures, numbers = back(figures), back(numbers)
            mentions = mentions._replace(keywords=back(mentions.keywords), silenced=back(mentions.silenced))
            weapons, targets, findings = back(weapons), back(targets), back(findings)
            exclusions = Exclusions(back(exclusions.found))
            implied = partial(_led_back, scan.segmentation, toponyms.implied)
            context = context._replace(places=back(context.places), actors=back(context.actors))
        notes = _left_out(numbers, mentions, context)
    elif language.code != "und":
        notes = (f"language {language.code} has no data yet: no keywords and figures were read",)
    else:
        notes = (f"no language: {language.reason}",)
    weighing = weighing._replace(
        figures=figures,
        events=mentions.keywords,
        implied=implied,
        agents=agents(context.actors if context else ()) | backing,
    )
    score = conflict.score(mentions, document.title_end, context.actors if context else ())
    subjects = find_subjects(mentions.keywords, document.title_end, conflict=score.value, idle=idle)
    article = EnrichedArticle(
        id=raw.id,
        url=raw.url,
        title=raw.title,
        published_at=raw.published_at,
        source=raw.source,
        authors=raw.authors,
        text=document.text,
        title_end=document.title_end,
        text_sha256=hashlib.sha256(document.text.encode()).hexdigest(),
        language=language,
        conflict=score,
        categories=subjects.categories,
        keywords=tuple(mentions.keywords[:MOST_MENTIONS]),
        figures=tuple(figures),
        places=tuple(context.places[:MOST_MENTIONS] if context else ()),
        main_place=main_place(context.places if context else [], weighing),
        actors=tuple(context.actors[:MOST_MENTIONS] if context else ()),
        notes=notes,
        weapons=tuple(weapons[:MOST_MENTIONS]),
        targets=tuple(targets[:MOST_MENTIONS]),
        findings=tuple(findings[:MOST_MENTIONS]),
        ruleset=Ruleset(version=streams.__version__, digest=meanings.digest()),
    )
    passed(Step.ASSEMBLE)
    return Examination(article, mentions, exclusions, subjects.mentioned)


def _around(
    deeds: Deeds, places: list[Place], mentions: Mentions
) -> tuple[Mentions, list[Weapon], list[Target]]:
    """Return the keywords with their places, the weapons, and the targets with theirs."""
    nearest = Nearest(places, deeds.layout)
    weapons, targets = find_weapons(deeds), nearest.placed(find_targets(deeds))
    return mentions._replace(keywords=nearest.placed(mentions.keywords)), weapons, targets


def _led_back(segmentation: Segmentation, implied: Callable[[], list[Place]]) -> list[Place]:
    return segmentation.restored(implied())


def _loose(scan: Scan) -> frozenset[str]:
    """Return the words before a place that do not say where something happened: "from", "of"."""
    return frozenset(hit.form for role in ("deed.away", "state.link") for hit in scan.role(role))


def _actors(
    scan: Scan, deeds: Deeds, toponyms: Toponyms, speakers: list[Speaker], named: list[Actor]
) -> list[Actor]:
    """Return the parties that a text names, with what they have to do with its events."""
    words = states(scan, toponyms)
    whole = sorted([*named, *bodies(scan, words, named)], key=lambda actor: (actor.start, -actor.end))
    spoken = frozenset(speaker.start for speaker in speakers)
    return with_roles(scan, deeds, _apart(whole), words, spoken)


def _apart(actors: list[Actor]) -> list[Actor]:
    """Return actors in order, of those that overlap the first."""
    found: list[Actor] = []
    for actor in actors:
        if not found or actor.start >= found[-1].end:
            found.append(actor)
    return found


def _left_out(numbers: list[NumberSpan], mentions: Mentions, context: Context) -> tuple[str, ...]:
    """Return what a record does not hold because there is too much of it, in words."""
    notes = []
    if len(numbers) > MOST_FIGURES:
        left, end = len(numbers) - MOST_FIGURES, numbers[MOST_FIGURES - 1].end
        notes.append(
            f"at least {left} numbers behind code point {end} were left out: "
            f"the first {MOST_FIGURES} are read as figures"
        )
    counts = {
        "keywords": len(mentions.keywords),
        "places": len(context.places),
        "actors": len(context.actors),
    }
    notes += [
        f"{count - MOST_MENTIONS} {name} were left out: the first {MOST_MENTIONS} are listed"
        for name, count in counts.items()
        if count > MOST_MENTIONS
    ]
    return tuple(notes)


# Extended or basic, and no other number: seconds since 1970 begin with no year.
_ISO_DATE = regex.compile(r"([0-9]{4})(?:-|$|[0-9]{4}(?:[Tt ]|$))")


def _year(published_at: str | None) -> int | None:
    """Return the year of an ISO 8601 date, None where there is none."""
    match = _ISO_DATE.match(published_at or "")
    return int(match.group(1)) if match else None
