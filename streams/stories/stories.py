"""All stories: the set of reports in, the stories that changed out.

What is told is a function of the set. Only the records that were told before decide what has to be told now,
and what became of stories that are none any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from streams.stories.clusters import Cluster, Clusters
from streams.stories.history import History, rank
from streams.stories.reports import report_of, report_when_published
from streams.stories.subjects import scopes
from streams.stories.surges import OverTime
from streams.stories.telling import tell, tell_denial
from streams.times import moment


if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from streams.alerts import Rules
    from streams.records import Alert, EnrichedArticle
    from streams.stories.records import Story
    from streams.stories.reports import Report


class Told(NamedTuple):
    """What was told of a story last."""

    revision: int
    story: Story


class Change(NamedTuple):
    """A record to be told, and whether it may wait: nothing in it but one more source, or the like."""

    story: Story
    may_wait: bool


class Stories:
    """The stories of a set of reports by some rules. ``most`` reports are kept; the oldest are forgotten."""

    def __init__(self, rules: Rules, *, most: int = 1_000_000) -> None:
        self.forgotten = 0
        self._rules = rules
        self._by_id = {rule.id: rule for rule in rules.rules}
        self._most = most
        self._reports: dict[str, Report] = {}
        self._families = [Clusters(scope) for scope in scopes(rules)]
        self._over_time = OverTime(rules)
        self._dirty: dict[Cluster, Clusters] = {}
        self._of: dict[Cluster, tuple[str, ...]] = {}
        self._now: dict[str, Story] = {}
        self._owner: dict[str, Cluster] = {}
        self._touched: set[str] = set()
        self._told: dict[str, Told] = {}
        self._told_in: dict[tuple[str, str], str] = {}
        self._articles: set[str] = set()

    def __len__(self) -> int:
        """Return how many reports are known."""
        return len(self._reports)

    def knows(self, report: Report) -> bool:
        """Tell whether the very same report is known."""
        return self._reports.get(report.id) == report

    def add(self, reports: Iterable[Report]) -> None:
        """Take in reports; ones that are known change nothing."""
        new = [one for one in reports if self._reports.get(one.id) != one]
        if not new:
            return
        replaced = [self._reports[one.id] for one in new if one.id in self._reports]
        self._reports.update((one.id, one) for one in new)
        self._articles.update(one.article_id for one in new)
        self._take(new, replaced)
        if len(self._reports) > self._most:
            self._forget()

    def was_told(self, story: Story) -> None:
        """Take note of a record that is on the topic: at the start, and when one was delivered."""
        known = self._told.get(story.id)
        # An older record behind a newer one is what readers see last: it has to be told anew, and higher.
        revision = max(story.revision, known.revision) if known else story.revision
        self._told[story.id] = Told(revision, story)
        self._told_in.update(((story.family, one.id), story.id) for one in story.articles)
        self._touched.add(story.id)

    def current(self) -> list[Story]:
        """Return all stories as they are now, the oldest first."""
        self._retell()
        return sorted(self._now.values(), key=lambda one: (one.first_at, one.id))

    def changes(self) -> list[Change]:
        """Return the records that have to be told; a record that was told is left out next time.

        Each is what is to be told now, with a revision above the last one. Call :meth:`was_told` with it
        when it is delivered.
        """
        self._retell()
        touched, self._touched = self._touched, set()
        found = []
        for id_ in sorted(touched):
            change = self._change(id_)
            if change is not None:
                found.append(change)
                self._touched.add(id_)
        return found

    def _change(self, id_: str) -> Change | None:
        now, told = self._now.get(id_), self._told.get(id_)
        if now is None:
            if told is None or told.story.status in {"superseded", "withdrawn"}:
                return None
            return self._gone(told.story)
        if told is None:
            return None if self._is_remnant(now) else Change(now, may_wait=False)
        if _same(now, told.story):
            return None
        revision = max(now.revision, told.revision + 1)
        fresh = msgspec.structs.replace(now, revision=revision)
        return Change(fresh, may_wait=not _is_material(told.story, now))

    def _gone(self, story: Story) -> Change | None:
        """Return the last record of a story that is none any more; None where its articles are forgotten."""
        raised = story.updates[0].article_id if story.updates else None
        if raised not in self._articles:
            return None
        heir = next(
            (
                one.id
                for one in self._now.values()
                if one.family == story.family and any(each.id == raised for each in one.articles)
            ),
            None,
        )
        ended = msgspec.structs.replace(
            story,
            status="superseded" if heir else "withdrawn",
            superseded_by=heir,
            revision=story.revision + 1,
        )
        return Change(ended, may_wait=False)

    def _is_remnant(self, story: Story) -> bool:
        """Tell whether a story is the rest of one that was told, and whose first reports are forgotten."""
        for article in story.articles:
            told = self._told.get(self._told_in.get((story.family, article.id), ""))
            if told and told.story.updates and told.story.updates[0].article_id not in self._articles:
                return True
        return False

    def _take(self, reports: Sequence[Report], gone: Sequence[Report]) -> None:
        for clusters in self._families:
            subjects = [one for one in map(clusters.scope.subject, reports) if one is not None]
            for cluster in clusters.add(subjects, gone=[one.order for one in gone]):
                self._dirty[cluster] = clusters
        self._over_time.remove(gone)
        self._over_time.add(reports)

    def _forget(self) -> None:
        """Forget the oldest tenth of the reports, with the stories that end there."""
        ordered = sorted(one.at for one in self._reports.values())
        before = ordered[len(ordered) - self._most + self._most // 10]
        self._families = [clusters.since(before) for clusters in self._families]
        alive = {subject.report.id for clusters in self._families for subject in clusters.subjects()}
        kept = {id_: one for id_, one in self._reports.items() if one.at >= before or id_ in alive}
        self.forgotten += len(self._reports) - len(kept)
        self._reports = kept
        self._articles = {one.article_id for one in kept.values()}
        self._over_time = OverTime(self._rules)
        self._over_time.add(sorted(kept.values(), key=lambda one: one.order))
        self._dirty, self._of, self._now, self._owner = {}, {}, {}, {}
        for clusters in self._families:
            for cluster in clusters.clusters():
                self._dirty[cluster] = clusters
        # What is told of stories that end here stays as it is.
        self._told = {id_: told for id_, told in self._told.items() if _seconds(told.story.last_at) >= before}

    def _retell(self) -> None:
        """Tell the clusters that changed anew."""
        dirty, self._dirty = self._dirty, {}
        for cluster in dirty:
            for id_ in self._of.pop(cluster, ()):
                if self._owner.get(id_) is cluster:
                    del self._owner[id_], self._now[id_]
                self._touched.add(id_)
        ordered = sorted(
            (one for one in dirty if one.subjects), key=lambda one: (one.first_at, one.subjects[0].order)
        )
        for cluster in ordered:
            found = self._tell(cluster, dirty[cluster])
            self._of[cluster] = tuple(one.id for one in found)
            for story in found:
                # Two stories of one id are one place and one hour: the earlier one is told.
                if self._owner.setdefault(story.id, cluster) is cluster:
                    self._now[story.id] = story
                self._touched.add(story.id)
        for id_, changed in self._over_time.retell():
            self._touched.add(id_)
            if changed is None:
                self._now.pop(id_, None)
            else:
                self._now[id_] = changed

    def _tell(self, cluster: Cluster, clusters: Clusters) -> list[Story]:
        if cluster.raised_at is None:
            return []
        rises = [
            one
            for one in self._rules.rises
            if any(kind in clusters.scope.kinds for kind in one.kinds) and clusters.scope.graded
        ]
        history = History(clusters.scope, rises, cluster)
        story = tell(history)
        if story is None:
            return []
        denial = tell_denial(history, story, self._by_id)
        return [story, denial] if denial else [story]


def tell_all(
    articles: Iterable[tuple[EnrichedArticle, tuple[Alert, ...], float | None]], rules: Rules
) -> tuple[list[Story], dict[str, int]]:
    """Return the stories that articles tell with their alerts, and how many articles are no reports.

    Each comes with the time it came in, in seconds since 1970; where that is None, it is taken to have come
    in when it was published, as in a replay. One without any time is left out.
    """
    stories, refused = Stories(rules), dict[str, int]()
    reports = []
    for article, alerts, came_in in articles:
        if came_in is None:
            found = report_when_published(article, alerts, rules)
        else:
            found = report_of(article, alerts, rules, came_in)
        if isinstance(found, str):
            refused[found] = refused.get(found, 0) + 1
        else:
            reports.append(found)
    stories.add(reports)
    return stories.current(), refused


def _same(one: Story, other: Story) -> bool:
    return msgspec.structs.replace(one, revision=0) == msgspec.structs.replace(other, revision=0)


def _is_material(before: Story, now: Story) -> bool:
    """Tell whether a change is told at once: of severity, status, rules, toll, or a step of the history."""
    steps = [one for one in now.updates if one.change != "corroborated"]
    told = [one for one in before.updates if one.change != "corroborated"]
    return (
        now.severity != before.severity
        or rank(now.severity) > rank(before.severity)
        or now.status != before.status
        or [one.rule for one in now.rules] != [one.rule for one in before.rules]
        or [(one.kind, one.lowest, one.highest) for one in now.tolls]
        != [(one.kind, one.lowest, one.highest) for one in before.tolls]
        or [(one.change, one.kind, one.now) for one in steps]
        != [(one.change, one.kind, one.now) for one in told]
        or now.denied_by != before.denied_by
    )


def _seconds(stamped: str) -> float:
    found = moment(stamped)
    assert found is not None
    return found.timestamp()
