"""Dashboard and alerting rules ask for what a worker gives, and for nothing that it does not.

Each query is parsed, and each series, label and value in it looked up on a page of metrics: one
made in process, and that of a real worker on Apache Kafka. ``promtool`` runs the cases of the
alerting rules where it is installed.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from importlib import resources
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import pytest
import yaml

from streams.alerts import load_rules
from streams.dashboard.answers import StatsAnswer
from streams.dashboard.items import TYPES
from streams.dashboard.metrics import DashboardMetrics
from streams.kafka.envelope import RECEIVED, Incoming
from streams.kafka.metrics import DeskMetrics, Metrics, Stopwatch
from streams.kafka.outputs import outputs
from streams.kafka.vitals import Facts, Vitals
from streams.schema import example
from streams.settings import Settings
from streams.stories.records import Story
from tests.kafka import dying_with_parent, free_port
from tests.promql import TARGET, Query
from tests.scrape import Page, scrape
from tests.workers import Worker, out, publish, until


if TYPE_CHECKING:
    from tests.kafka import Kafka

ROOT = Path(__file__).parents[1]
PROMETHEUS = ROOT / "deploy" / "prometheus"
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana" / "kabar.json").read_text("utf-8"))
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
MONITORING = (ROOT / "docs" / "monitoring.md").read_text("utf-8")


class Asked(NamedTuple):
    """A query of ours, and the labels that whoever shows its answer counts on."""

    where: str
    query: Query
    shown: set[str]


def _plain(expression: str) -> str:
    """Return a query with Grafana's variables as Grafana fills them."""
    for name, value in {"$__rate_interval": "1m", "$__range": "3h", "$job": "kabar"}.items():
        expression = expression.replace(name, value)
    return expression


def asked() -> list[Asked]:
    """Return all queries of the dashboard and of the rules."""
    found = []
    for panel in PANELS:
        for target in panel["targets"]:
            shown = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            found.append(Asked(panel["title"], Query(_plain(target["expr"])), shown))
    notes = DASHBOARD["annotations"]["list"]
    found += [Asked(note["name"], Query(_plain(note["expr"])), set()) for note in notes]
    for rule in RULES:
        shown = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        found.append(Asked(rule["alert"], Query(rule["expr"]), shown))
    return found


ASKED = asked()


_LIMITS = {"limit": 10, "limit_bytes": 1_000, "oldest": None, "newest": None}
_STATS = {
    **dict.fromkeys(("now", "started"), "2026-10-05T12:00:00Z"),
    "version": "1",
    "ready": True,
    "broker": {"connected": True, "detail": None, "since": "2026-10-05T12:00:00Z"},
    "kept": {type_: {"count": 2, "bytes": 300, **_LIMITS} for type_ in TYPES},
    "forgotten": dict.fromkeys(TYPES, 1),
    "read": dict.fromkeys((*TYPES, "unreadable"), 3),
    "rates": {},
    "lag": {
        "group": "kabar",
        "total": 4,
        "partitions": [{"partition": 0, "end": 9, "committed": 5, "lag": 4}],
        "at": None,
        "detail": None,
    },
    "dead_letters": [],
    "clients": {"now": 1, "limit": 100, "served": 2, "dropped": 1, "refused": 0},
}


def _in_process() -> Page:
    """Return the pages of a worker that has read the sample archive, of a desk and of a dashboard."""
    vitals = Vitals(300.0)
    vitals.see(Facts(member=True, partitions=(0,), lags={0: 3}), 0.0)
    settings, rules = Settings(), load_rules()
    metrics = Metrics(rules, vitals)
    for line in _sample():
        watch = Stopwatch()
        source = Incoming("raw", 0, 0, 1.0, None, line, ())
        found = outputs(settings, rules, source, watch)
        metrics.read(watch)
        metrics.settled(source, found.content, None if found.content else found.records[0], 0.01)
    desk = DeskMetrics(rules, vitals)
    desk.looked_at("no conflict")
    desk.told(msgspec.convert(example("story"), Story))
    dashboard = DashboardMetrics(lambda: msgspec.convert(_STATS, StatsAnswer))
    pages = (one.page("")[0].decode() for one in (metrics, desk, dashboard))
    return functools.reduce(add, map(Page, pages))


def _sample() -> list[bytes]:
    return resources.files("streams").joinpath("samples/sample.jsonl").read_bytes().splitlines()


@pytest.fixture(scope="module")
def made() -> Page:
    """Return a page of metrics without a broker."""
    return _in_process()


def _check(page: Page) -> None:
    """Check every query against a page; of what is wrong all is said."""
    wrong: list[str] = []
    names = {name for name, _, _ in page}
    labels = {name: page.labels(name) for name in names}
    for where, query, shown in ASKED:
        for name, matchers in query.selectors:
            if name not in names:
                wrong.append(f"{where}: there is no {name}")
                continue
            for label, operator, value in matchers:
                if label not in labels[name] | TARGET:
                    wrong.append(f"{where}: {name} has no label {label}")
                elif (
                    label not in TARGET
                    and operator.endswith("Equal")
                    and value not in page.values(name, label)
                ):
                    wrong.append(f"{where}: {name} has no {label}={value!r}")
        for grouped, below in query.grouped:
            wrong += [
                f"{where}: {name} has no label {label} to group by"
                for label in grouped
                for name, _ in below
                if name in names and label not in labels[name] | TARGET
            ]
        if all(name in names for name, _ in query.selectors):
            wrong += [f"{where}: its answer has no {label}" for label in shown - query.answers(labels)]
    assert wrong == []


def test_every_query_asks_for_what_there_is(made: Page) -> None:
    """Names, labels, values, what is grouped by, and what legends and messages name."""
    assert len(ASKED) > 40
    _check(made)


def test_a_query_for_what_is_not_there_is_found(made: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the mistakes that the check is for."""
    for text, shown, said in (
        ("sum(rate(kabar_article_total[5m]))", set(), "there is no kabar_article_total"),
        ('kabar_articles_total{lang="en"}', set(), "has no label lang"),
        ('kabar_articles_total{outcome="dead"}', set(), "has no outcome='dead'"),
        ("sum by (topic) (rate(kabar_alerts_total[5m]))", set(), "no label topic to group by"),
        ("sum by (rule) (kabar_alerts_total)", {"severity"}, "its answer has no severity"),
    ):
        monkeypatch.setattr("tests.test_monitoring.ASKED", [Asked("here", Query(text), shown)])
        with pytest.raises(AssertionError, match=re.escape(said)):
            _check(made)
    with pytest.raises(ValueError, match="expected type"):
        Query("sum(rate(kabar_articles_total))")


@pytest.mark.kafka
def test_every_query_asks_for_what_a_worker_gives(kafka: Kafka, tmp_path: Path, made: Page) -> None:
    """The pages of a real worker that has read the sample archive, of a real desk and a real dashboard."""
    settings = kafka.with_topics(partitions=2)
    port, other, third = free_port(), free_port(), free_port()
    # Taken for news: a desk tells no story of what is old when it comes in.
    publish(settings, [(None, line) for line in _sample()], [(RECEIVED, b"2026-10-05T12:00:00Z")])
    with (
        Worker(settings, tmp_path, more={"KABAR_WEB_PORT": str(port)}) as worker,
        Worker(settings, tmp_path, arguments=("desk",), more={"KABAR_WEB_PORT": str(other)}) as desk,
        Worker(settings, tmp_path, arguments=("dashboard",), more={"KABAR_DASHBOARD_PORT": str(third)}),
    ):
        worker.wait_for("partitions assigned")
        desk.wait_for("active")
        verdict = out(settings)
        assert verdict.problems == []
        until(lambda: scrape(port).value("kabar_articles_total") == len(_sample()), "all to be counted")
        until(lambda: "kabar_consumer_lag_records" in {name for name, _, _ in scrape(port)}, "a lag")
        read, told = "kabar_desk_articles_total", "kabar_desk_stories_total"
        until(lambda: scrape(other).value(read) == verdict.enriched, "the desk to have read all")
        until(lambda: scrape(other).value(told) > 0, "the desk to have told a story")
        until(lambda: scrape(other).value("kabar_consumer_lag_records") == 0, "the desk's lag to be nought")
        lag, shown = "kabar_dashboard_group_lag_records", "kabar_dashboard_records_total"
        until(lambda: lag in {name for name, _, _ in scrape(third)}, "the dashboard to know the lag")
        until(lambda: scrape(third).value(shown, type="article") == verdict.enriched, "all to be shown")
        page = scrape(port) + scrape(other) + scrape(third)
    _check(page)
    assert {name for name, _, _ in page} == {name for name, _, _ in made}


def test_the_dashboard_shows_every_metric_that_there_is(made: Page) -> None:
    """What nobody looks at need not be counted."""
    seen = {re.sub(r"_(bucket|sum|count)$", "", name) for one in ASKED for name, _ in one.query.selectors}
    there = {re.sub(r"_(bucket|sum|count)$", "", name) for name, _, _ in made if name.startswith("kabar_")}
    assert there - seen == set()


def test_the_dashboard_is_one_that_can_be_provisioned() -> None:
    """No id of another Grafana, a source of data that can be chosen, panels that do not overlap."""
    assert "id" not in DASHBOARD
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "job"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    places: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not own & places, panel["title"]
        places |= own
    for panel in PANELS:
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["title"]
        assert panel["description"].endswith(".")


def test_every_rule_says_how_urgent_it_is_and_what_to_do() -> None:
    """A severity, a sentence for the pager, a sentence for whoever got up; and the page tells of each."""
    assert len({rule["alert"] for rule in RULES}) == len(RULES) >= 10
    for rule in RULES:
        assert rule["labels"] in ({"severity": "page"}, {"severity": "ticket"})
        assert rule["annotations"].keys() == {"summary", "description"}
        assert f"`{rule['alert']}`" in MONITORING
    cases = yaml.safe_load((PROMETHEUS / "alerts.test.yaml").read_text("utf-8"))["tests"]
    fired = {
        test["alertname"] for case in cases for test in case.get("alert_rule_test", []) if test["exp_alerts"]
    }
    assert fired == {rule["alert"] for rule in RULES}


def test_every_metric_is_described(made: Page) -> None:
    """The page has a row for each, and none for what is not there."""
    rows = set(re.findall(r"(?m)^\| `(kabar_\w+)", MONITORING))
    assert rows == {
        re.sub(r"_(bucket|sum|count)$", "", name) for name, _, _ in made if name.startswith("kabar_")
    }


@pytest.mark.parametrize(
    "arguments", [["check", "rules", "alerts.yaml"], ["test", "rules", "alerts.test.yaml"]]
)
def test_prometheus_itself_takes_the_rules_and_fires_them(arguments: list[str]) -> None:
    """By series made for it: which alerts fire, when, and what they say."""
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed; it comes with Prometheus")
    done = subprocess.run(
        ["promtool", *arguments], cwd=PROMETHEUS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.kafka
def test_prometheus_itself_answers_every_query(kafka: Kafka, tmp_path: Path) -> None:
    """It asks a worker at its work, and has an answer to what every panel shows; no alert fires."""
    if not shutil.which("prometheus"):
        pytest.skip("prometheus is not installed")
    settings = kafka.with_topics(partitions=2)
    port, own = free_port(), free_port()
    shutil.copy(PROMETHEUS / "alerts.yaml", tmp_path)
    (tmp_path / "prometheus.yaml").write_text(_ASKS_ONE.format(port=port))
    arguments = ["--config.file=prometheus.yaml", "--storage.tsdb.path=data"]
    command = dying_with_parent(["prometheus", *arguments, f"--web.listen-address=127.0.0.1:{own}"])
    with Worker(settings, tmp_path, more={"KABAR_WEB_PORT": str(port)}) as worker:
        worker.wait_for("partitions assigned")
        with (tmp_path / "log").open("wb") as log:
            server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=log)
        try:
            until(lambda: _ask(own, "kabar_ready == 1") != [], "Prometheus to see the worker")
            publish(settings, [(None, line) for line in _sample()])
            assert out(settings).problems == []
            until(lambda: _ask(own, "sum(rate(kabar_commits_total[1m])) > 0") != [], "it to see the work")
            until(lambda: _ask(own, "sum(kabar_articles_total) == 96") != [], "it to see all of the work")
            answers = [(asked, _ask(own, asked.query.text)) for asked in ASKED]
            firing = _ask(own, 'ALERTS{alertstate="firing"}')
        finally:
            server.kill()
            server.wait()
    panels = {panel["title"] for panel in PANELS if "kabar_desk_" not in json.dumps(panel)}
    assert [asked.query.text for asked, answer in answers if asked.where in panels and not answer] == []
    for asked, answer in answers:
        for series in answer if asked.where in panels else []:
            assert asked.shown <= series["metric"].keys(), asked.query.text
    assert firing == []


_ASKS_ONE = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [alerts.yaml]
scrape_configs:
  - job_name: kabar
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""


def _ask(port: int, query: str) -> list[dict[str, Any]]:
    """Return what Prometheus answers; nothing where it is not there yet."""
    where = f"http://127.0.0.1:{port}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(where, timeout=30) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return found
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.SERVICE_UNAVAILABLE:  # it starts
            return []
        raise AssertionError(f"{query}: {error.read().decode()}") from None
    except OSError:
        return []


def test_prometheus_looks_at_every_worker_of_compose() -> None:
    """By their name in compose's network, at the port that they answer on."""
    config = yaml.safe_load((PROMETHEUS / "prometheus.yaml").read_text("utf-8"))
    assert config["rule_files"] == ["alerts.yaml"]
    found = {job["job_name"]: job["dns_sd_configs"] for job in config["scrape_configs"]}
    jobs = {"kabar": "worker", "kabar-desk": "desk", "kabar-dashboard": "dashboard"}
    assert found.keys() == jobs.keys()
    for job, name in jobs.items():
        [names] = found[job]
        assert names["names"] == [name]
