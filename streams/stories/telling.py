"""From the history of an event to the record of its story. Every number in its words is a cited span's."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from streams.alerts.raising import filled
from streams.records import Ruleset
from streams.stories.history import citation
from streams.stories.records import (
    Citation,
    Sources,
    Story,
    StoryArticle,
    StoryClaim,
    StoryClaimant,
    StoryRule,
    StorySource,
    Toll,
)
from streams.stories.subjects import gravest
from streams.times import stamp


if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from streams.alerts.rules import Rule
    from streams.records import Kind, Place
    from streams.stories.claims import Standing
    from streams.stories.history import Force, History
    from streams.stories.reports import Report
    from streams.stories.subjects import Scope, Subject


MOST_LISTED = 50
"""Sources and claims that a story lists."""

MOST_ARTICLES = 100
"""Articles that a story lists: the first half of them, and the newest."""

FIRST_UPDATES = 10
NEWEST_UPDATES = 90
MOST_CITED = 10

_HOUR = 3_600


def tell(history: History) -> Story | None:
    """Return the story that a history tells; None where no rule was ever in force."""
    first, force = history.raised, history.in_force()
    lead = force[0] if force and history.status != "cancelled" else history.last
    if first is None or lead is None:
        return None
    cluster, scope = history.cluster, history.scope
    subjects = cluster.subjects
    place, where = _place(subjects, first)
    cited, fields = _words(history, lead, place)
    template = _template(scope, lead)
    if place and where:
        cited = [*cited, citation(place, where)]
    standing = _standing(history)
    return Story(
        id=identity(scope, first),
        revision=len(subjects),
        family=scope.family.id,
        rule=template.id,
        status=history.status,
        severity=lead.severity,
        headline=filled(template.headline, fields),
        reason=filled(template.reason, fields),
        threshold=lead.threshold,
        cancels=lead.cancels,
        country=(place and place.country) or cluster.country or None,
        place=place,
        place_article_id=where.article_id if where else None,
        first_at=stamp(subjects[0].report.at),
        last_at=stamp(subjects[-1].report.at),
        window_ends=stamp(first.report.at + int(scope.family.window_hours * _HOUR)),
        rules=tuple(_rule(one) for one in force),
        tolls=_tolls(history),
        claims=tuple(_claim(one) for one in standing[:MOST_LISTED]),
        sources=_sources(history),
        updates=(*history.updates[:FIRST_UPDATES], *history.updates[FIRST_UPDATES:][-NEWEST_UPDATES:]),
        evidence=tuple(cited),
        articles=_articles(subjects, cluster.copies),
        languages=tuple(sorted({one.report.language for one in subjects})),
        omitted=_omitted(history, len(standing)),
        ruleset=Ruleset(version=first.report.ruleset.version, digest=first.report.ruleset.digest),
        denied_by=denial_id(identity(scope, first)) if history.denial else None,
    )


def tell_denial(history: History, story: Story, rules: Mapping[str, Rule]) -> Story | None:
    """Return the story of the denial of a story; None where nobody denies it. ``rules`` are all, by id."""
    if history.denial is None:
        return None
    alert, report = history.denial.denials[0], history.denial.report
    denials = [one for one in history.cluster.subjects if one.denials]
    cited = [citation(one, report) for one in (*alert.spans, *alert.figures)][:MOST_CITED]
    fields = _fields([one.surface for one in cited], alert.place.surface if alert.place else "", "")
    if alert.place:
        cited.append(citation(alert.place, report))
    updates = [one for one in history.updates if one.change == "denial"]
    sources = dict.fromkeys(one.report.source for one in denials)
    return Story(
        id=denial_id(story.id),
        revision=len(denials),
        family="denial",
        rule=alert.rule,
        status="open",
        severity=alert.severity,
        headline=filled(rules[alert.rule].headline, fields),
        reason=filled(rules[alert.rule].reason, fields),
        threshold=alert.threshold,
        cancels=alert.cancels,
        country=story.country,
        place=alert.place,
        place_article_id=report.article_id if alert.place else None,
        first_at=stamp(report.at),
        last_at=stamp(denials[-1].report.at),
        window_ends=story.window_ends,
        rules=(
            StoryRule(
                rule=alert.rule,
                severity=alert.severity,
                threshold=alert.threshold,
                at=stamp(report.at),
                article_id=report.article_id,
            ),
        ),
        tolls=(),
        claims=(),
        sources=Sources(
            total=len(sources),
            independent=len(sources),
            articles=len(denials),
            copies=0,
            listed=(),
        ),
        updates=tuple(updates[:NEWEST_UPDATES]),
        evidence=tuple(cited),
        articles=_articles(denials, [None] * len(denials)),
        languages=tuple(sorted({one.report.language for one in denials})),
        omitted={},
        ruleset=report.ruleset,
        denies=story.id,
    )


def identity(scope: Scope, first: Subject) -> str:
    """Return the id of a story: of its family, its first alert's place, and when that was.

    Two stories of one place are a quiet time apart, so the clock is read in steps of that: an alert that
    comes in late, and is a little earlier than the first one, leaves the id as it is.
    """
    step = int(scope.family.quiet_hours * _HOUR)
    where = first.spot.key if first.spot else ""
    named = (scope.family.id, first.country, where, str(first.report.at // step))
    return hashlib.sha256("\x1f".join(("story", *named)).encode()).hexdigest()[:32]


def denial_id(story: str) -> str:
    """Return the id of the denial of a story."""
    return hashlib.sha256(f"denial\x1f{story}".encode()).hexdigest()[:32]


def _template(scope: Scope, lead: Force) -> Rule:
    """Return the rule whose words are used: of a toll that rises the one that goes by that toll."""
    own = scope.rules.get(lead.rule)
    if own is not None:
        return own
    return next(one for one in scope.rules.values() if one.figures and lead.kind in one.figures.kinds)


def _words(history: History, lead: Force, place: Place | None) -> tuple[list[Citation], dict[str, str]]:
    """Return what headline and reason cite, and the fields of their templates."""
    where = place.surface if place else ""
    ledger = history.ledgers.get(lead.kind) if lead.kind else None
    if ledger is not None and (top := ledger.highest()):
        others = sorted(
            (one for one in ledger.standing.values() if not one.overtaken and one.low != top.low),
            key=lambda one: (-one.low, one.report.order),
        )
        told = [top, *others][:MOST_CITED]
        cited = [citation(one.told, one.report) for one in told]
        speaker = top.told.teller
        if speaker is not None:
            cited.append(citation(speaker, top.report))
        fields = _fields([one.told.surface for one in told], where, speaker.surface if speaker else "")
        return cited, fields
    raised = lead.raised
    spans = (*raised.figures, *raised.spans)[:MOST_CITED] if raised else ()
    report = _raising(history, lead)
    return [citation(one, report) for one in spans], _fields([one.surface for one in spans], where, "")


def _raising(history: History, lead: Force) -> Report:
    """Return the report whose alert a rule in force goes by."""
    for subject in history.cluster.subjects:
        if lead.raised in subject.raised:
            return subject.report
    return lead.report


def _fields(cited: Sequence[str], place: str, claimant: str) -> dict[str, str]:
    surfaces = list(dict.fromkeys(" ".join(one.split()) for one in cited))
    return {
        "what": surfaces[0] if surfaces else "",
        "evidence": "; ".join(f"“{one}”" for one in surfaces),
        "place": " ".join(place.split()),
        "claimant": " ".join(claimant.split()),
    }


def _place(subjects: Sequence[Subject], first: Subject) -> tuple[Place | None, Report | None]:
    """Return the town that most reports are about, as the first of them from the alert on names it.

    Where none is about a town, any place there is.
    """
    begin = subjects.index(first)
    ordered = [*subjects[begin:], *subjects[:begin]]
    towns = Counter(subject.spot.key for subject in ordered if subject.spot and subject.place)
    for key, _ in towns.most_common(1):
        for subject in ordered:
            if subject.spot and subject.spot.key == key and subject.place:
                return subject.place, subject.report
    for subject in ordered:
        if subject.place:
            return subject.place, subject.report
    return None, None


def _rule(force: Force) -> StoryRule:
    return StoryRule(
        rule=force.rule,
        severity=force.severity,
        threshold=force.threshold,
        at=stamp(force.at),
        article_id=force.report.article_id,
    )


def _tolls(history: History) -> tuple[Toll, ...]:
    found = []
    for kind in gravest(history.ledgers):
        ledger = history.ledgers[kind]
        best = ledger.highest()
        if best is None or ledger.top is None or ledger.lowest is None:
            continue
        found.append(
            Toll(
                kind=kind,
                unit=best.told.unit,
                lowest=ledger.lowest,
                highest=ledger.top,
                disputed=ledger.lowest != ledger.top,
                at_first=ledger.first,
            )
        )
    return tuple(found)


def _standing(history: History) -> list[tuple[Kind, str, Standing]]:
    """Return the latest claims, by kind, those in force first, the highest first."""
    return [
        (kind, key, one)
        for kind in gravest(history.ledgers)
        for key, one in sorted(
            history.ledgers[kind].standing.items(),
            key=lambda item: (item[1].overtaken, -item[1].low, item[0]),
        )
    ]


def _claim(standing: tuple[Kind, str, Standing]) -> StoryClaim:
    kind, _, one = standing
    told, report, speaker = one.told, one.report, one.told.teller
    return StoryClaim(
        kind=kind,
        low=told.low,
        high=told.high,
        value=told.value,
        qualifier=told.qualifier,
        unit=told.unit,
        cited=citation(told, report),
        number=citation(told.number, report),
        claimant=StoryClaimant(
            start=speaker.start,
            end=speaker.end,
            surface=speaker.surface,
            article_id=report.article_id,
            id=speaker.id,
            stance=speaker.stance,
        )
        if speaker
        else None,
        source=report.source or None,
        language=report.language,
        at=stamp(report.at),
        earlier=one.earlier,
        overtaken=one.overtaken,
    )


def _sources(history: History) -> Sources:
    tellers = history.sources
    return Sources(
        total=len(tellers),
        independent=sum(one.independent for one in tellers.values()),
        articles=len(history.cluster.subjects),
        copies=history.copies,
        listed=tuple(
            StorySource(
                name=name,
                articles=one.articles,
                independent=one.independent,
                first_at=stamp(one.first.at),
                url=one.first.source_url,
                country=one.first.source_country,
            )
            for name, one in list(tellers.items())[:MOST_LISTED]
        ),
    )


def _articles(subjects: Sequence[Subject], copies: Iterable[Subject | None]) -> tuple[StoryArticle, ...]:
    pairs = list(zip(subjects, copies, strict=True))
    if len(pairs) > MOST_ARTICLES:
        half = MOST_ARTICLES // 2
        pairs = [*pairs[:half], *pairs[-half:]]
    return tuple(
        StoryArticle(
            id=subject.report.article_id,
            at=stamp(subject.report.at),
            language=subject.report.language,
            source=subject.report.source or None,
            url=subject.report.url,
            title=subject.report.title,
            copy_of=original.report.article_id if original else None,
        )
        for subject, original in pairs
    )


def _omitted(history: History, claims: int) -> dict[str, int]:
    found = {
        "articles": len(history.cluster.subjects) - MOST_ARTICLES,
        "updates": len(history.updates) - FIRST_UPDATES - NEWEST_UPDATES,
        "sources": len(history.sources) - MOST_LISTED,
        "claims": claims - MOST_LISTED,
    }
    return {name: number for name, number in found.items() if number > 0}
