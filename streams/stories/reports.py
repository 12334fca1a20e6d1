"""What is kept of an article to tell stories: a small record, the same whoever makes it.

The state of all stories is the set of these. Writing one twice changes nothing, so no crash, redelivery or
second writer can. An article that was changed and published again is a report of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from streams import meanings, rosters
from streams.alerts.cancelling import Cancelling, find_cancelling
from streams.alerts.evidence import first_paragraph_end
from streams.records import (
    Alert,
    EnrichedArticle,
    Figure,
    Finding,
    Kind,
    Number,
    PeopleKind,
    Place,
    Qualifier,
    Record,
    Ruleset,
    Scope,
    Severity,
    Source,
    Span,
    Stance,
    Status,
    VictimRole,
)
from streams.stories.likeness import sketch
from streams.times import moment


if TYPE_CHECKING:
    from streams.alerts import Rules
    from streams.records import Actor, Claimant


FUTURE_SECONDS = 3_600.0
"""An article published so much later than it came in has a clock that is wrong."""

MOST_FIGURES = 16
"""Figures that a report keeps, those of the title and the greatest first."""

MOST_PLACES = 8
"""Places that a report keeps, each once."""

MOST_COUNTRIES = 8
"""Countries that a report keeps."""

MOST_SPANS = 6
"""Keywords and names that a report keeps of an alert."""

_PEOPLE = frozenset(get_args(PeopleKind)) - {"personnel", "crowd", "surrendered", "affected", "rescued"}
"""Kinds of figures that are a toll, beside those that a rule counts."""

Refusal = Literal["no conflict", "old", "from the future", "no time"]
"""Why an article is no report: it is no conflict news, it was published long before it came in, or after; or
nobody says when it was."""


class Teller(Span, frozen=True):
    """Who says a figure; see :class:`streams.stories.records.StoryClaimant`."""

    stance: Stance
    id: str | None = None


class Told(Record, frozen=True):
    """A figure as a report keeps it. ``title``: it stands in the title; ``alerted``: an alert rests on it."""

    kind: Kind
    low: Number | None
    high: Number | None
    value: Number | None
    qualifier: Qualifier
    unit: str
    status: Status
    scope: Scope
    role: VictimRole | None
    concept: str | None
    title: bool
    periodic: bool
    alerted: bool
    start: int
    end: int
    surface: str
    number: Span
    teller: Teller | None
    place: Place | None


class Raised(Record, frozen=True):
    """An alert as a report keeps it."""

    rule: str
    severity: Severity
    threshold: dict[str, Any]
    cancels: str
    place: Place | None
    spans: tuple[Span, ...]
    figures: tuple[Span, ...]


class Voided(Span, frozen=True):
    """What in an article cancels a rule's alerts; see :class:`streams.alerts.cancelling.Cancelling`.

    ``by_alert``: it is another rule's alert, whose family tells it.
    """

    rule: str
    low: Number | None = None
    by_alert: bool = False


class Report(Record, frozen=True):
    """What one article tells. ``at`` and ``received`` are seconds since 1970, ``at`` is the event time.

    ``id`` is the article's with a digest of its text behind it. ``named`` are the places in it, each once,
    ``unknown`` the names (:func:`name_of`) of those whose country is not known, ``countries`` those of its
    places and of the states in it. ``acts`` are the categories of what it says was done by force, ``denied``
    those of what it says was not, ``targets`` the sorts of things that it names as hit or near. ``voids`` is
    what it cancels; ``revised``: its title or first paragraph says that a number was counted anew.
    """

    id: str
    article_id: str
    at: int
    received: int
    source: str
    source_url: str | None
    source_country: str | None
    language: str
    url: str | None
    title: str | None
    categories: tuple[str, ...]
    place: Place | None
    named: tuple[Place, ...]
    raised: tuple[Raised, ...]
    figures: tuple[Told, ...]
    sketch: bytes
    ruleset: Ruleset
    acts: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    voids: tuple[Voided, ...] = ()
    revised: bool = False

    @property
    def order(self) -> tuple[int, str]:
        """Return what reports are sorted by."""
        return (self.at, self.id)


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Report)


def report_json(report: Report) -> bytes:
    """Return a report as JSON; the same report gives the same bytes."""
    return _ENCODER.encode(report)


def report_from(value: bytes) -> Report:
    """Return the report in a record; raises :class:`msgspec.DecodeError` where it holds none."""
    return _DECODER.decode(value)


def report_of(
    article: EnrichedArticle, alerts: tuple[Alert, ...], rules: Rules, received: float
) -> Report | Refusal:
    """Return what is kept of an article that came in at ``received``, or why nothing is.

    ``received`` is in seconds since 1970. ``alerts`` are those that the article raises by the ``rules``.
    One that does not say when it was published was published when it came in.
    """
    published = moment(article.published_at)
    at = received if published is None else published.timestamp()
    if at > received + FUTURE_SECONDS:
        return "from the future"
    hours = {rule.id: rule.within_hours for rule in rules.rules}
    age = (received - at) / 3_600
    fresh = tuple(alert for alert in alerts if age <= hours.get(alert.rule, 0.0))
    if age > max((*hours.values(), 0.0)) or (alerts and not fresh):
        return "old"
    voids = find_cancelling(article, fresh, rules)
    if not (article.conflict.value or fresh or voids):
        return "no conflict"
    counted = _PEOPLE | {kind for rule in rules.rules if rule.figures for kind in rule.figures.kinds}
    figures = [figure for figure in article.figures if figure.kind in counted]
    figures.sort(key=lambda one: (one.start >= article.title_end, -(one.low or one.value or 0), one.start))
    alerted = frozenset((one.start, one.end) for alert in fresh for one in alert.figures)
    return Report(
        id=f"{article.id}@{article.text_sha256[:12]}",
        article_id=article.id,
        at=int(at),
        received=int(received),
        source=_name(article.source, article.url),
        source_url=article.source.url if article.source else None,
        source_country=article.source.country if article.source else None,
        language=article.language.code,
        url=article.url,
        title=article.title,
        categories=tuple(one.category for one in article.categories) if article.conflict.value else (),
        place=article.main_place,
        named=_named(article),
        raised=tuple(_raised(alert) for alert in fresh),
        figures=tuple(_told(one, article, alerted) for one in figures[:MOST_FIGURES]),
        sketch=sketch(article.text, article.title_end),
        ruleset=fresh[0].ruleset if fresh else article.ruleset,
        acts=_acts(article),
        denied=tuple(sorted({one.category for one in article.keywords if one.status == "negated"})),
        targets=_targets(article),
        unknown=_unknown(article),
        countries=_countries(article),
        voids=tuple(_voided(one) for one in voids),
        revised=_is_revised(article),
    )


def report_when_published(
    article: EnrichedArticle, alerts: tuple[Alert, ...], rules: Rules
) -> Report | Refusal:
    """Return the report of an article that is taken to have come in when it was published, as in a replay."""
    published = moment(article.published_at)
    if published is None:
        return "no time"
    return report_of(article, alerts, rules, published.timestamp())


def _name(source: Source | None, url: str | None) -> str:
    """Return the name that a source goes by; its host where it has none, nothing where it has neither."""
    if source and (source.name or source.id):
        return source.name or source.id or ""
    for address in (source and source.url, url):
        try:
            host = urlsplit(address).hostname if address else None
        except ValueError:
            continue
        if host:
            return host.removeprefix("www.")
    return ""


def _named(article: EnrichedArticle) -> tuple[Place, ...]:
    """Return the places of an article that are known, each where it is named first."""
    first: dict[str | None, Place] = {}
    for one in article.places:
        if one.name:
            first.setdefault(str(one.geonames_id or one.name), one)
    return tuple(first.values())[:MOST_PLACES]


def name_of(surface: str) -> str:
    """Return what a place is called, whatever its case and the spaces in it."""
    return " ".join(surface.casefold().split())


def _unknown(article: EnrichedArticle) -> tuple[str, ...]:
    """Return the names of places that are not known; those of the title first."""
    names = (name_of(one.surface) for one in article.places if one.name is None)
    return tuple(dict.fromkeys(names))[:MOST_PLACES]


def _countries(article: EnrichedArticle) -> tuple[str, ...]:
    """Return the countries of an article's places and of the parties in it."""
    found = {one.country for one in article.places} | {one.country for one in article.actors}
    return tuple(sorted(one for one in found if one))[:MOST_COUNTRIES]


def _acts(article: EnrichedArticle) -> tuple[str, ...]:
    """Return the categories of what is said to be done by force, without those that accidents have too."""
    taxonomy = meanings.taxonomy()
    told = {one.category for one in article.keywords if one.status == "asserted"}
    return tuple(sorted(one for one in told if taxonomy[one].force and not taxonomy[one].supporting))


def _targets(article: EnrichedArticle) -> tuple[str, ...]:
    """Return the sorts of things that an article names; those that the hurt are taken to only where hit."""
    known = rosters.targets()
    named = {one.id for one in article.targets if one.hit or one.status or not known[one.id].taken_to}
    return tuple(sorted(named))


def _voided(one: Cancelling) -> Voided:
    found = one.found
    by_alert = not isinstance(found, Finding)
    return Voided(
        start=found.start,
        end=found.end,
        surface=found.surface,
        rule=one.rule,
        low=one.low,
        by_alert=by_alert,
    )


def _is_revised(article: EnrichedArticle) -> bool:
    """Tell whether the title or the first paragraph says that a number was counted anew."""
    if not article.findings:
        return False
    limit = first_paragraph_end(article)
    return any(
        one.kind == "revised" and one.status == "asserted" and one.start < limit for one in article.findings
    )


def _raised(alert: Alert) -> Raised:
    return Raised(
        rule=alert.rule,
        severity=alert.severity,
        threshold=alert.threshold,
        cancels=alert.cancels,
        place=alert.place,
        spans=tuple(_span(one) for one in (*alert.keywords, *alert.mentions)[:MOST_SPANS]),
        figures=tuple(_span(one) for one in alert.figures[:MOST_SPANS]),
    )


def _span(one: Span) -> Span:
    return Span(start=one.start, end=one.end, surface=one.surface)


def _told(figure: Figure, article: EnrichedArticle, alerted: frozenset[tuple[int, int]]) -> Told:
    return Told(
        kind=figure.kind,
        low=figure.low if figure.low is not None or figure.qualifier != "about" else figure.value,
        high=figure.high,
        value=figure.value,
        qualifier=figure.qualifier,
        unit=figure.unit,
        status=figure.status,
        scope=figure.scope,
        role=figure.victim_role,
        concept=figure.counted.concept if figure.counted else None,
        title=figure.start < article.title_end,
        periodic=figure.period is not None,
        alerted=(figure.start, figure.end) in alerted,
        start=figure.start,
        end=figure.end,
        surface=figure.surface,
        number=_span(figure.number),
        teller=_teller(figure.claimant, article.actors) if figure.claimant else None,
        place=figure.place,
    )


def _teller(claimant: Claimant, actors: tuple[Actor, ...]) -> Teller:
    """Return a claimant with the actor that it is: the one that its name holds, of several the last."""
    within = [one.id for one in actors if claimant.start <= one.start and one.end <= claimant.end]
    return Teller(
        start=claimant.start,
        end=claimant.end,
        surface=claimant.surface,
        stance=claimant.stance,
        id=within[-1] if within else None,
    )
