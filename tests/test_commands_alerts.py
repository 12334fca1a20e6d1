"""``kabar alerts`` shows the rules and what they would raise, before anything is deployed."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from streams.alerts import load_rules
from streams.enrichment import read
from streams.records import to_json
from tests.embedded import kabar, spawn


PAGE = (Path(__file__).parents[1] / "docs" / "alerts.md").read_text("utf-8")

DEADLY = {
    "id": "a1",
    "title": "Explosion in Goma",
    "text": "At least 23 people were killed when a car bomb exploded in Goma on Monday, police said.",
    "language": "en",
}
QUIET = {"id": "a2", "text": "The orchestra played for two hours in the park on Sunday.", "language": "en"}

MINE = """
extends = true
[[rules]]
id = "parks"
title = "Parks"
headline = "Park: {what}"
reason = "The article says {evidence}."
cancels = "Nothing."
severity = "low"
conflict = false
[rules.words]
words = ["park*"]
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Give an archive of two articles and a line that is none."""
    path = tmp_path / "archive.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (DEADLY, QUIET)) + "[1]\n")
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Give a rules file that comes on top of the shipped one."""
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    return path


def test_each_rule_is_listed_with_what_it_asks_for() -> None:
    """Its levels, its conditions, and what cancels it."""
    out = kabar("alerts", "list").out
    for rule in load_rules().rules:
        assert f"{rule.id}: {rule.title} (" in out
        assert rule.cancels in out
    assert "mass_casualties: Mass casualties (medium from 10, high from 50, critical from 200)" in out
    assert "with a figure of kind killed, status happened" in out


def test_rules_of_ones_own_are_listed_behind_the_shipped_ones(mine: Path) -> None:
    """As Markdown too, as docs/alerts.md has it."""
    out = kabar("alerts", "list", "--rules", mine, "--format", "markdown").out
    titles = re.findall("^## (.*)$", out, re.MULTILINE)
    assert titles == [*(rule.title for rule in load_rules().rules), "Parks"]
    assert "- with one of the words `park*`" in out
    assert "- of any kind, conflict news or not" in out


def test_an_archive_shows_what_would_fire_and_why(archive: Path, mine: Path) -> None:
    """Headline, reason, each span with its bounds and claimant, the bound reached, and a table in the end."""
    ran = kabar("alerts", "test", archive, "--rules", mine)
    assert ran.status == 1  # a line is no article
    assert f"{archive.name}:3" in ran.err
    for part in (
        "medium   Mass casualties: At least 23 people in Goma, according to police",
        "article a1",
        "killed 23 to ? person, says police",
        "medium: 23 is at least 10; high from 50; conflict score",
        "low      Park: park",
        "2 articles, 0 of them silent; 2 alerts; 1 could not be read",
    ):
        assert part in ran.out
    table = {
        line.split()[0]: line.split()[1:] for line in ran.out.splitlines() if line[:5] in ("mass_", "parks")
    }
    assert table == {
        "mass_casualties": ["1"],
        "mass_injuries": [],
        "mass_displacement": [],
        "parks": ["1"],
    }


def test_the_alerts_are_those_of_the_worker(archive: Path) -> None:
    """As JSONL they are the very records; the summary goes to standard error."""
    ran = spawn("alerts", "test", archive, "--json")
    assert ran.out.encode() == b"".join(
        to_json(alert) + b"\n" for alert in read(json.dumps(DEADLY).encode(), load_rules()).alerts
    )
    assert "2 articles, 1 of them silent; 1 alerts" in ran.err


def test_an_alert_is_shown_with_its_words_and_the_gravest_of_an_article_first(tmp_path: Path) -> None:
    """What is cited stands in brackets, in its sentence; why it is so grave, in numbers."""
    record = {
        "id": "b1",
        "published_at": "2026-11-18T10:00:00Z",
        "source": {"name": "Sahel Daily"},
        "text": "Shells hit a hospital in Nyala on Monday, killing 12 people, medics said.",
    }
    path = tmp_path / "hospital.jsonl"
    path.write_text(json.dumps(record) + "\n")
    out = " ".join(kabar("alerts", "test", path).out.split())
    assert out.index("high Protected in war and hit") < out.index("medium Mass casualties")
    assert "article b1, 2026-11-18T10:00:00Z, Sahel Daily, en" in out
    assert "hospital in Nyala on Monday, killing [12 people], medics said." in out
    assert "medium: 12 is at least 10; high from 50; conflict score" in out
    assert "high: the rule has one severity; 1 hit; conflict score" in out


def test_one_rule_can_be_tried_alone(archive: Path, mine: Path) -> None:
    """The others say nothing, and are not in the table."""
    out = kabar("alerts", "test", archive, "--rules", mine, "--rule", "parks").out
    assert "Park: park" in out
    assert "mass_casualties" not in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["test", "no-such-file.jsonl"], "no-such-file.jsonl"),
        (["test", ".", "--rule", "nope"], "No rule 'nope'; there are mass_casualties,"),
        (["test", "."], "rule 'parks': words.words: '**': is a word"),
        (["list"], "rule 'parks': words.words: '**': is a word"),
    ],
)
def test_wrong_input_is_named(arguments: list[str], said: str, tmp_path: Path) -> None:
    """With status 2, and nothing tried."""
    if "words" in said:
        path = tmp_path / "wrong.toml"
        path.write_text(MINE.replace("park*", "**"))
        arguments = [*arguments, "--rules", str(path)]
    ran = kabar("alerts", *arguments)
    assert ran.status == 2
    assert said in ran.err


def test_the_rules_file_of_the_page_can_be_loaded(tmp_path: Path) -> None:
    """And fires on what it is made for."""
    path = tmp_path / "mine.toml"
    [content] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path.write_text(content)
    rules = load_rules(path)
    text = "Обстріл: ракета влучила неподалік ЗАЕС, повідомили в Енергоатомі."
    record = json.dumps({"text": text, "language": "uk"}).encode()
    assert "zaporizhzhia_plant" in [alert.rule for alert in read(record, rules).alerts]


@pytest.mark.parametrize("line", re.findall(r"^\.venv/bin/kabar (alerts .*)$", PAGE, re.MULTILINE))
def test_the_commands_of_the_page_run(line: str, mine: Path) -> None:
    """FILE is a rules file; the sample archive has broken lines, so its status is 1."""
    ran = kabar(*shlex.split(line.replace("FILE", str(mine))))
    assert ran.status == (1 if "sample.jsonl" in line else 0)
    assert ran.out


def test_the_stories_of_an_archive_are_told_with_their_history(tmp_path: Path) -> None:
    """Each once, its claims and the articles they stand in; as JSONL they are the desk's records."""
    path = tmp_path / "archive.jsonl"
    later = DEADLY | {
        "id": "a3",
        "text": "The death toll from the car bomb in Goma rose to 31, police said on Tuesday.",
        "published_at": "2026-10-02T09:00:00Z",
    }
    articles = [later, DEADLY | {"published_at": "2026-10-01T20:00:00Z"}, QUIET, DEADLY | {"id": "undated"}]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in articles))
    ran = kabar("alerts", "test", path, "--stories")
    assert ran.status == 0
    assert "medium   Mass casualties: 31 in Goma, according to police" in ran.out
    assert "2026-10-01T20:00:00Z raised mass_casualties killed 23 police (a1)" in ran.out
    assert "2026-10-02T09:00:00Z toll_up killed 23 to 31 police (a3)" in ran.out
    assert "1 stories of 2 articles; left out: 2 no time" in ran.out
    [line] = kabar("alerts", "test", path, "--stories", "--json").out.splitlines()
    assert json.loads(line)["schema"] == "kabar.story.v1"


def test_rules_over_time_are_listed_and_on_the_page() -> None:
    """Families, rises, surges and first mentions."""
    out = kabar("alerts", "list").out
    rules = load_rules()
    listed = [f"{one.id}: {one.title}" for one in rules.families]
    listed += [f"{one.id}: {one.title}" for one in rules.surges]
    listed += [f"{one.id}: {one.title}" for one in rules.first_mentions]
    assert all(one in out for one in listed)
    assert "### Surge of strikes" in PAGE
    assert "| Attack | `mass_casualties`" in PAGE


OVER_TIME = """
extends = true
rules = []
[[{table}]]
id = "mine"
title = "Mine"
{keys}
"""
SURGE = 'headline = "x"\nreason = "x"\ncancels = "x"\nbaseline_days = {days}\ncategories = [{category}]\n'
LEVELS = "levels = [{probability = 0.001, severity = 'low'}, {probability = 0.01, severity = 'high'}]"


@pytest.mark.parametrize(
    ("table", "keys", "said"),
    [
        ("families", 'rules = ["coup"]', "is in the family 'power' already"),
        ("families", "near_km = -1", "families 'mine': near_km: must be a number above 0"),
        ("rises", 'kinds=[]\nfactor=2\nat_least=5\nseverity="low"\ncancels="x"', "kinds: is empty"),
        (
            "rises",
            'kinds=["killed"]\nfactor=1\nat_least=5\nseverity="low"\ncancels="x"',
            "factor: must be above",
        ),
        ("surges", SURGE.format(days=14, category='"nope"') + "levels = []", "no category 'nope'"),
        ("surges", SURGE.format(days=1, category='"riot"') + "levels = []", "baseline_days: must be from 2"),
        ("surges", SURGE.format(days=9, category='"riot"') + LEVELS, "probability must fall"),
        (
            "first_mentions",
            'headline="{what}"\nreason="x"\ncancels="x"\ndays=5\nseverity="low"',
            "headline: no field 'what'; there are category, place",
        ),
        ("surges", "categories = 5", "surges"),
    ],
)
def test_a_mistake_in_a_rule_over_time_is_named(table: str, keys: str, said: str, tmp_path: Path) -> None:
    """By table, id and key."""
    path = tmp_path / "wrong.toml"
    path.write_text(OVER_TIME.format(table=table, keys=keys))
    ran = kabar("alerts", "list", "--rules", path)
    assert ran.status == 2
    assert said in ran.err
