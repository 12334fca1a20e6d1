"""One event, report by report: which rules are in force, what changed, who tells it, what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from streams.stories.claims import Ledger
from streams.stories.records import Citation, StoryStatus, StoryUpdate
from streams.stories.subjects import gravest
from streams.times import stamp


if TYPE_CHECKING:
    from collections.abc import Sequence

    from streams.alerts.overtime import Rise
    from streams.alerts.rules import Rule
    from streams.records import Kind, Number, Severity, Span
    from streams.stories.claims import Turn
    from streams.stories.clusters import Cluster
    from streams.stories.records import Change
    from streams.stories.reports import Raised, Report, Told
    from streams.stories.subjects import Scope, Subject


SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")

UNKNOWN = "unknown"
"""All sources that have neither a name nor an address: nobody can tell them apart, so they are one."""

_CORROBORATIONS = frozenset({2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000})
"""Numbers of independent sources that are told as an update."""


class Force(NamedTuple):
    """A rule in force. ``kind`` is the figure's that it goes by, ``raised`` the alert, where it is one's."""

    rule: str
    severity: Severity
    threshold: dict[str, Any]
    at: int
    report: Report
    cancels: str
    kind: Kind | None = None
    raised: Raised | None = None


class Teller(NamedTuple):
    """A source that tells the story: when first, in how many articles, whether in words of its own."""

    first: Report
    articles: int
    independent: bool


class History:
    """The history of one cluster. ``raised`` is the report that raised it, None where none has."""

    def __init__(self, scope: Scope, rises: Sequence[Rise], cluster: Cluster) -> None:
        self.scope = scope
        self.cluster = cluster
        self.raised: Subject | None = None
        self.status: StoryStatus = "open"
        self.denial: Subject | None = None
        self.updates: list[StoryUpdate] = []
        self.ledgers: dict[Kind, Ledger] = {}
        self.sources: dict[str, Teller] = {}
        self.copies = 0
        self.independent = 0
        self.last: Force | None = None
        self._rises = rises
        self._alerts: dict[str, Force] = {}
        self._since: dict[str, tuple[int, Report]] = {}
        self._before: dict[str, Force] = {}
        self._void: dict[str, Number] = {}
        told = zip(cluster.subjects, cluster.copies, cluster.foreign, cluster.voided, strict=True)
        for subject, original, foreign, voided in told:
            self._take(subject, foreign, voided, copied=original is not None)

    def in_force(self) -> list[Force]:
        """Return the rules in force, the gravest first, then those that are in force longest."""
        return sorted(self._before.values(), key=_gravity)

    def _take(
        self,
        subject: Subject,
        foreign: frozenset[tuple[Kind, Number]],
        voided: frozenset[str],
        *,
        copied: bool,
    ) -> None:
        report = subject.report
        turns: list[Turn] = []
        for kind in gravest(subject.numbers):
            ledger = self.ledgers.setdefault(kind, Ledger(kind))
            turns += ledger.add(subject, copied=copied, foreign=foreign)
        for raised in subject.raised:
            self._alert(raised, subject)
        for rule in voided:
            self._void.setdefault(rule, self._top(rule))
        now = self._rules(report)
        if self.raised is None and now:
            self._raise(subject, now)
        elif self.raised is not None:
            self._go_on(subject, turns, now)
            self._cancel(subject, voided, now)
        self._count(subject, copied=copied)
        if subject.denials and self.raised is not None and self.denial is None:
            alert = subject.denials[0]
            self._tell("denial", report, rule=alert.rule, spans=(*alert.spans, *alert.figures))
            self.denial = subject
            if self.status != "cancelled":
                self.status = "denied"
        self._before = now
        if now and self.status != "cancelled":
            self.last = self.in_force()[0]

    def _alert(self, raised: Raised, subject: Subject) -> None:
        """Take note of an alert whose rule goes by more than a number; the gravest of a rule counts."""
        if any(rule.id == raised.rule for rule in self.scope.graded):
            return
        known = self._alerts.get(raised.rule)
        if known is None or rank(raised.severity) > rank(known.severity):
            report = subject.report
            at = known.at if known else report.at
            self._alerts[raised.rule] = Force(
                raised.rule,
                raised.severity,
                raised.threshold,
                at,
                report,
                raised.cancels,
                kind=_kind(raised, report),
                raised=raised,
            )

    def _rules(self, report: Report) -> dict[str, Force]:
        """Return what is in force now: alerts, and rules that go by the latest numbers."""
        found = dict(self._alerts)
        for rule in self.scope.graded:
            force = self._graded(rule, report)
            if force is not None:
                found[rule.id] = force
        if found:
            for rise in self._rises:
                force = self._risen(rise, report)
                if force is not None:
                    found[rise.id] = force
        found = {name: one for name, one in found.items() if not self._is_void(one)}
        self._since = {name: self._since.get(name, (report.at, report)) for name in found}
        return {
            name: one._replace(at=self._since[name][0], report=self._since[name][1])
            for name, one in found.items()
        }

    def _top(self, rule: str) -> Number:
        """Return the highest number that a rule goes by; 0 where it goes by none."""
        ledgers = (self.ledgers.get(kind) for kind in self.scope.kinds_of(rule))
        return max((one.top for one in ledgers if one and one.top is not None), default=0)

    def _is_void(self, force: Force) -> bool:
        """Tell whether a rule was cancelled, and nothing greater was told since.

        A toll that rises is cancelled with the rules that go by that toll.
        """
        rules = [force.rule]
        if force.rule not in self.scope.rules:
            rules = [one.id for one in self.scope.graded if force.kind in self.scope.kinds_of(one.id)]
        return any(rule in self._void and self._top(rule) <= self._void[rule] for rule in rules)

    def _graded(self, rule: Rule, report: Report) -> Force | None:
        assert rule.figures is not None
        best: tuple[Number, Kind] | None = None
        for kind in rule.figures.kinds:
            ledger = self.ledgers.get(kind)
            if ledger and ledger.top is not None and (best is None or ledger.top > best[0]):
                best = (ledger.top, kind)
        reached = [level for level in rule.levels if best and best[0] >= level.at_least]
        if best is None or not reached:
            return None
        level = reached[-1]
        threshold = {"measure": "lower bound", "at_least": level.at_least, "found": best[0]}
        return Force(rule.id, level.severity, threshold, report.at, report, rule.cancels, kind=best[1])

    def _risen(self, rise: Rise, report: Report) -> Force | None:
        for kind in rise.kinds:
            ledger = self.ledgers.get(kind)
            if ledger is None or ledger.top is None or not ledger.first:
                continue
            bound = max(rise.at_least, rise.factor * ledger.first)
            if ledger.top >= bound:
                threshold = {
                    "measure": "lower bound",
                    "at_least": bound,
                    "found": ledger.top,
                    "first": ledger.first,
                    "factor": rise.factor,
                }
                return Force(rise.id, rise.severity, threshold, report.at, report, rise.cancels, kind=kind)
        return None

    def _raise(self, subject: Subject, now: dict[str, Force]) -> None:
        """Take note of the report that raises the story: what came before is told no more."""
        self.raised = subject
        for ledger in self.ledgers.values():
            ledger.first = ledger.top
        for force in sorted(
            now.values(), key=lambda one: (-rank(one.severity), one.kind not in self.ledgers, one.rule)
        ):
            change: Change = "raised" if not self.updates else "rule"
            self._tell_force(change, subject.report, force, now)

    def _go_on(self, subject: Subject, turns: list[Turn], now: dict[str, Force]) -> None:
        report = subject.report
        for turn in turns:
            told = turn.told
            self._tell(
                turn.change,
                report,
                now=now,
                kind=turn.kind,
                numbers=(turn.before, turn.now),
                claimant=told.teller.surface if told.teller else None,
                spans=(told,),
            )
            if turn.change == "corrected" and self.status != "cancelled":
                self.status = "corrected"
        before = _severity(self._before)
        for force in sorted(now.values(), key=lambda one: (-rank(one.severity), one.rule)):
            if force.rule not in self._before:
                self._tell_force("rule", report, force, now)
        if now and self._before and rank(_severity(now)) > rank(before):
            gravest_now = max(now.values(), key=lambda one: (rank(one.severity), -one.at, one.rule))
            self._tell_force("escalated", report, gravest_now, now)
        if self.status == "cancelled" and (
            now.keys() - self._before.keys() or any(turn.change == "toll_up" for turn in turns)
        ):
            self.status = "open"
        if self._before and not now and not any(one in self._void for one in self._before):
            self._tell("cancelled", report, severity=before)
            self.status = "cancelled"

    def _cancel(self, subject: Subject, voided: frozenset[str], now: dict[str, Force]) -> None:
        """Tell which rules a report cancels; the story is cancelled with the rule that it is told by."""
        over = [one for one in self.in_force() if one.rule in voided and one.rule not in now]
        if not over:
            return
        # Where nothing is left the rule that the story is told by says it for all.
        for force in over if now else over[:1]:
            span = next(one for one in subject.voids if one.rule == force.rule)
            self._tell("cancelled", subject.report, severity=force.severity, rule=force.rule, spans=(span,))
        if over[0] == self.in_force()[0] or not now:
            self.status = "cancelled"

    def _count(self, subject: Subject, *, copied: bool) -> None:
        """Count who tells the story."""
        report = subject.report
        self.copies += copied
        name = report.source or UNKNOWN
        known = self.sources.get(name)
        was = self.independent
        self.sources[name] = Teller(
            known.first if known else report,
            known.articles + 1 if known else 1,
            (known.independent if known else False) or not copied,
        )
        fresh = not copied and not (known and known.independent)
        self.independent += fresh
        if fresh and self.raised is not None and self.raised is not subject and was + 1 in _CORROBORATIONS:
            self._tell("corroborated", report, numbers=(was, was + 1))

    def _tell_force(self, change: Change, report: Report, force: Force, now: dict[str, Force]) -> None:
        standing = self.ledgers[force.kind].highest() if force.kind in self.ledgers else None
        told = standing.told if standing else None
        if standing is not None and told is not None:
            self._tell(
                change,
                report,
                now=now,
                rule=force.rule,
                kind=told.kind,
                numbers=(None, standing.low),
                claimant=told.teller.surface if told.teller else None,
                spans=(told,),
                cited_in=standing.report,
            )
            return
        spans: tuple[Span, ...] = (*force.raised.figures, *force.raised.spans) if force.raised else ()
        self._tell(change, report, now=now, rule=force.rule, spans=spans, cited_in=force.report)

    def _tell(
        self,
        change: Change,
        report: Report,
        *,
        now: dict[str, Force] | None = None,
        severity: Severity | None = None,
        rule: str | None = None,
        kind: Kind | None = None,
        numbers: tuple[Number | None, Number | None] = (None, None),
        claimant: str | None = None,
        spans: Sequence[Span | Told] = (),
        cited_in: Report | None = None,
    ) -> None:
        """Write a step of the history."""
        self.updates.append(
            StoryUpdate(
                change=change,
                at=stamp(report.at),
                article_id=report.article_id,
                severity=severity or _severity(now or self._before),
                source=report.source or None,
                rule=rule,
                kind=kind,
                before=numbers[0],
                now=numbers[1],
                claimant=claimant,
                cited=citation(spans[0], cited_in or report) if spans else None,
            )
        )


def _gravity(force: Force) -> tuple[int, bool, int, str]:
    """Return what rules in force are sorted by: of those as grave the ones that count come first."""
    return (-rank(force.severity), force.kind is None, force.at, force.rule)


def rank(severity: Severity) -> int:
    """Return how grave a severity is."""
    return SEVERITIES.index(severity)


def citation(span: Span | Told, report: Report) -> Citation:
    """Return a stretch of a report's article as a citation."""
    return Citation(start=span.start, end=span.end, surface=span.surface, article_id=report.article_id)


def _severity(force: dict[str, Force]) -> Severity:
    return max((one.severity for one in force.values()), key=rank, default="low")


def _kind(raised: Raised, report: Report) -> Kind | None:
    """Return the kind of the figure that an alert rests on."""
    spans = {(one.start, one.end) for one in raised.figures}
    return next((one.kind for one in report.figures if (one.start, one.end) in spans), None)
