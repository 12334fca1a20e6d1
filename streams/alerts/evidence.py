"""What in an article makes a rule fire: the figures, keywords and names that fit its conditions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from streams import meanings
from streams.alerts.watching import watched
from streams.gazetteer import gazetteer


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.alerts.rules import FigureCondition, KeywordCondition, PlaceCondition, Rule, TargetCondition
    from streams.records import (
        Actor,
        ActorRole,
        EnrichedArticle,
        Figure,
        Keyword,
        Number,
        Place,
        Severity,
        Span,
        Target,
    )


LEAD = 300
"""Code points after the title that are the lead."""

MOST = 10
"""Figures, keywords and names that one alert cites at most; the greatest and the first."""

_SAID_OR_DENIED = ("asserted", "negated")
"""Who denies to have broken a truce speaks of no truce made either."""

_NEAR = 150
"""Code points, about a sentence, within which a place may be a keyword's."""


class Evidence(NamedTuple):
    """Why a rule fires: what is cited, how grave it is, and which bounds were reached."""

    severity: Severity
    figures: Sequence[Figure]
    keywords: Sequence[Keyword]
    mentions: Sequence[Span]
    threshold: dict[str, Any]
    place: Place | None


def find_evidence(article: EnrichedArticle, rule: Rule) -> Evidence | None:
    """Return what makes a rule fire, None where one of its conditions is not met."""
    if not _in_scope(article, rule):
        return None
    figures: list[Figure] = []
    keywords: list[Keyword] = []
    mentions: list[Span] = []
    severity = rule.severity
    threshold: dict[str, Any] = {}
    if rule.figures:
        figures = _figures(article, rule.figures)
        if rule.levels and figures:
            most = least(figures[0]) or 0
            reached = [level for level in rule.levels if most >= level.at_least]
            figures = [one for one in figures if (least(one) or 0) >= rule.levels[0].at_least]
            if reached:
                severity = reached[-1].severity
                threshold = {"measure": "lower bound", "at_least": reached[-1].at_least, "found": most}
        if not figures:
            return None
    if rule.keywords:
        keywords = _keywords(article, rule.keywords)
        if not keywords:
            return None
        threshold |= {"hits": rule.keywords.hits, "found_hits": len(keywords)}
    targets = _targets(article, rule.targets) if rule.targets else []
    if rule.targets and not targets:
        return None
    if rule.targets:
        threshold["found_targets"] = len(targets)
    mentions += targets
    place = _place(article, figures, keywords, targets)
    if rule.places and rule.places.capitals:
        place = _capital(article, (*figures, *targets, *keywords))
        if place is None:
            return None
    for found in _named(article, rule, place):
        if not found:
            return None
        mentions += found
    return Evidence(severity or "low", figures[:MOST], keywords[:MOST], mentions[:MOST], threshold, place)


def least(figure: Figure) -> Number | None:
    """Return the least that a figure says: its lower bound, or the value of an "about"."""
    if figure.low is not None:
        return figure.low
    return figure.value if figure.qualifier == "about" else None


def _in_scope(article: EnrichedArticle, rule: Rule) -> bool:
    """Tell whether a rule is asked of an article at all."""
    if rule.conflict and not article.conflict.value:
        return False
    if rule.languages and article.language.code not in rule.languages:
        return False
    return not rule.sources or _is_from(article, rule.sources)


def _is_from(article: EnrichedArticle, names: Iterable[str]) -> bool:
    """Tell whether an article's source goes by one of the names, or has its address at one of the hosts."""
    source = article.source
    known = {article.url and _host(article.url)}
    if source:
        known |= {source.name, source.id, source.url and _host(source.url)}
    wanted = {name.casefold() for name in names}
    return any(name and name.casefold() in wanted for name in known)


def _host(url: str) -> str | None:
    """Return the host of an address without its ``www.``; None where there is none, or no proper one."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _figures(article: EnrichedArticle, condition: FigureCondition) -> list[Figure]:
    """Return the figures that count, the greatest first."""
    found = [
        one
        for one in article.figures
        if least(one) is not None
        and _fits(one, condition)
        and (not condition.scopes or one.scope in condition.scopes or _is_event_toll(article, one, condition))
    ]
    return sorted(found, key=lambda figure: (-(least(figure) or 0), figure.start))


def _fits(figure: Figure, condition: FigureCondition) -> bool:
    asked = (
        (condition.kinds, figure.kind),
        (condition.statuses, figure.status),
        (condition.victim_roles, figure.victim_role),
        (condition.units, figure.unit),
        (condition.concepts, figure.counted and figure.counted.concept),
        (condition.parties, figure.party and figure.party.name),
    )
    return all(not wanted or value in wanted for wanted, value in asked)


def _is_event_toll(article: EnrichedArticle, figure: Figure, condition: FigureCondition) -> bool:
    """Tell whether a cumulative figure is one event's toll that has risen, not the sum of a war or a year."""
    if condition.event_tolls_below is None or figure.scope != "cumulative" or figure.period:
        return False
    if (least(figure) or 0) >= condition.event_tolls_below:
        return False
    return figure.start < article.title_end + LEAD or any(
        keyword.status == "asserted"
        and keyword.category in _acts_of_force()
        and abs(keyword.start - figure.start) < _NEAR
        for keyword in article.keywords
    )


@lru_cache(maxsize=1)
def _acts_of_force() -> frozenset[str]:
    """Return the categories of what is done by force, without those that accidents have too."""
    return frozenset(id_ for id_, one in meanings.taxonomy().items() if one.force and not one.supporting)


def _keywords(article: EnrichedArticle, condition: KeywordCondition) -> list[Keyword]:
    """Return the keywords that count, none where there are too few and none stands in front."""
    if any(
        keyword.category in condition.unless and keyword.status in _SAID_OR_DENIED
        for keyword in article.keywords
    ):
        return []
    found = [
        keyword
        for keyword in article.keywords
        if keyword.category in condition.categories and keyword.status in condition.statuses
    ]
    first = min((keyword.start for keyword in found), default=None)
    in_front = first is not None and first < article.title_end + LEAD
    if condition.titled and (first is None or first >= first_paragraph_end(article)):
        return []
    enough = len(found) >= condition.hits
    return found if (enough and in_front if condition.front else enough or in_front) else []


def first_paragraph_end(article: EnrichedArticle) -> int:
    """Return where the first paragraph under the title ends, at most where the lead does."""
    text, limit = article.text, article.title_end + LEAD
    start = article.title_end
    while start < min(len(text), limit) and text[start].isspace():
        start += 1
    end = text.find("\n", start, limit)
    return limit if end < 0 else end


def _named(article: EnrichedArticle, rule: Rule, place: Place | None) -> Iterable[Sequence[Span]]:
    """Yield what was found for each condition on names; nothing where one is not met."""
    if rule.places:
        yield _places(article, rule.places, place)
    if rule.actors:
        yield [one for one in article.actors if one.id in rule.actors.ids and _plays(one, rule.actors.roles)]
    if rule.words:
        yield list(watched(article.text, rule.words.words))


def _plays(actor: Actor, roles: Sequence[ActorRole]) -> bool:
    return not roles or actor.role in roles


def _targets(article: EnrichedArticle, condition: TargetCondition) -> list[Target]:
    """Return what was hit, of the sorts that are asked for."""
    return [
        one
        for one in article.targets
        if one.hit
        and one.status in condition.statuses
        and (one.id in condition.ids or one.group in condition.groups)
    ]


def _places(article: EnrichedArticle, condition: PlaceCondition, place: Place | None) -> Sequence[Place]:
    """Return the place that is asked about, where it is one of those that are looked for."""
    asked = place or article.main_place
    if asked is None:
        return ()
    fits = condition.capitals or asked.country in condition.countries or asked.name in condition.names
    return (asked,) if fits else ()


def _place(
    article: EnrichedArticle,
    figures: Sequence[Figure],
    keywords: Sequence[Keyword],
    targets: Sequence[Target],
) -> Place | None:
    """Return the place of the first piece of evidence that has one, else one near it."""
    found: Sequence[Figure | Keyword | Target] = (*figures, *targets, *keywords)
    for one in found:
        if one.place:
            return one.place
    named = (*targets, *keywords)
    return _near(article, named[0]) if named else None


def _capital(article: EnrichedArticle, found: Iterable[Figure | Keyword | Target]) -> Place | None:
    """Return the place of a piece of evidence that is a capital, where the article is about that town."""
    main = article.main_place
    if main is None or not _is_capital(main):
        return None
    places = (one.place for one in found if one.place)
    # "KHARTOUM, Oct 15 -" is where it was written.
    return next((one for one in places if one.name == main.name and not one.surface.isupper()), None)


def _is_capital(place: Place) -> bool:
    """Tell whether a place is the seat of a government: there the gazetteer has the country's point."""
    if place.feature != "town" or place.country is None:
        return False
    table = gazetteer()
    row = table.countries.get(place.country)
    if row is None:
        return False
    country = table.entry(row)
    return (country.latitude, country.longitude) == (place.latitude, place.longitude)


def _near(article: EnrichedArticle, span: Span) -> Place | None:
    """Return the place nearest to a stretch, within a sentence's length of it."""
    near = [place for place in article.places if abs(place.start - span.end) < _NEAR]
    return min(near, key=lambda place: (abs(place.start - span.end), place.start), default=None)
