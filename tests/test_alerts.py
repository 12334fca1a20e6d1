"""Alert rules: what may stand in a file of them, and what fires when."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from streams import RawArticle, enrich
from streams.alerts import load_rules, raise_alerts
from streams.alerts.rules import SHIPPED
from streams.alerts.watching import watched
from streams.enrichment import read
from streams.errors import ArticleError, DataError
from streams.languages.forms import fold, squeeze
from streams.records import (
    Actor,
    Alert,
    Claimant,
    Conflict,
    EnrichedArticle,
    Figure,
    Keyword,
    Period,
    Place,
    Source,
    Span,
    Target,
    to_json,
)
from tests.quality.archive import ARCHIVE


if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streams.alerts import Rules
    from streams.enrichment import Reading


RULE = """
[[rules]]
id = "toll"
title = "Toll"
headline = "Toll: {what}[[ in {place}]][[, according to {claimant}]]"
reason = "Because of {evidence}."
cancels = "A correction."
"""
FIGURES = """
[rules.figures]
kinds = ["killed"]
"""
LEVELS = """
[[rules.levels]]
at_least = 10
severity = "medium"
[[rules.levels]]
at_least = 50
severity = "critical"
"""
KEYWORDS = """
[rules.keywords]
categories = ["riot"]
"""
SEVERITY = 'severity = "high"\n'


@pytest.fixture
def rules(tmp_path: Path) -> Callable[[str], Rules]:
    """Give what loads a rules file of a given content."""
    path = tmp_path / "mine.toml"

    def load(content: str) -> Rules:
        path.write_text(content)
        return load_rules(path)

    return load


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            RULE,
            "has none of figures, keywords, places, actors, targets, words: it would fire on every article",
        ),
        (
            RULE + SEVERITY + "[rules.places]\n",
            "rule 'toll': places: has neither countries nor names nor capitals: the rule would never fire",
        ),
        (
            RULE + SEVERITY + "[rules.places]\ncountries = ['Syria']\n",
            "rule 'toll': places.countries: 'Syria' is no code of ISO 3166-1 alpha-2",
        ),
        (
            RULE + SEVERITY + "[rules.places]\nnames = ['Kiew']\n",
            "rule 'toll': places.names: the gazetteer has no place that it calls 'Kiew'",
        ),
        (
            RULE + SEVERITY + "[rules.actors]\nids = ['nobody']\n",
            "rule 'toll': actors.ids: no actor 'nobody'",
        ),
        (
            RULE + SEVERITY + "[rules.targets]\n",
            "rule 'toll': targets: has neither ids nor groups: the rule would never fire",
        ),
        (
            RULE + SEVERITY + '[rules.targets]\ngroups = ["toys"]\n',
            "rule 'toll': targets.groups: no group of targets 'toys'; there are civilian, cultural",
        ),
        (RULE + SEVERITY + "[rules.actors]\nids = []\n", "actors.ids: is empty: the rule would never fire"),
        (
            RULE + SEVERITY + "[rules.words]\nwords = ['*']\n",
            "rule 'toll': words.words: '*': is a word, or the beginning of words with a * behind it",
        ),
        (RULE + SEVERITY + FIGURES + "units = ['stone']\n", "rule 'toll': figures.units: no unit 'stone'"),
        (
            RULE + SEVERITY + FIGURES + "concepts = ['unicorn']\n",
            "rule 'toll': figures.concepts: no concept 'unicorn'",
        ),
        (
            RULE + 'languages = ["xx"]\n' + SEVERITY + FIGURES,
            "rule 'toll': languages: no language with data 'xx'; there are ar, de, en",
        ),
        (
            RULE + SEVERITY + KEYWORDS + "unless = ['x']\n",
            "rule 'toll': keywords.unless: no category 'x'; there are abduction, air_strike",
        ),
        (RULE + FIGURES, "rule 'toll': severity: is missing, and there are no levels"),
        (RULE + KEYWORDS, "rule 'toll': severity: is missing, and there are no levels"),
        (RULE + KEYWORDS + LEVELS, "rule 'toll': levels: need figures to be measured by"),
        (
            RULE + SEVERITY + FIGURES + LEVELS,
            "rule 'toll': severity: stands beside levels; one of the two decides",
        ),
        (
            RULE + FIGURES + LEVELS.replace("50", "10"),
            "rule 'toll': levels: at_least must rise from one to the next",
        ),
        (
            RULE + FIGURES + LEVELS.replace("50", "5"),
            "rule 'toll': levels: at_least must rise from one to the next",
        ),
        (
            RULE + FIGURES + LEVELS.replace("10", "0"),
            "rule 'toll': levels: at_least must be a number above 0",
        ),
        (
            RULE + FIGURES + LEVELS.replace("10", "-1"),
            "rule 'toll': levels: at_least must be a number above 0",
        ),
        (
            RULE + FIGURES + LEVELS.replace("50", "nan"),
            "rule 'toll': levels: at_least must be a number above 0",
        ),
        (
            RULE + FIGURES + LEVELS.replace("50", "inf"),
            "rule 'toll': levels: at_least must be a number above 0",
        ),
        (RULE + SEVERITY + KEYWORDS + "hits = 0\n", "rule 'toll': keywords.hits: must be 1 or more"),
        (
            RULE + SEVERITY + KEYWORDS.replace("riot", "gossip"),
            "rule 'toll': keywords.categories: no category 'gossip'; there are abduction, ",
        ),
        (
            RULE + SEVERITY + KEYWORDS.replace('["riot"]', "[]"),
            "rule 'toll': keywords.categories: is empty: the rule would never fire",
        ),
        (
            RULE + SEVERITY + KEYWORDS + "statuses = []\n",
            "rule 'toll': keywords.statuses: is empty: the rule would never fire",
        ),
        (
            RULE + SEVERITY + FIGURES.replace('["killed"]', "[]"),
            "rule 'toll': figures.kinds: is empty: the rule would never fire",
        ),
        (
            RULE + SEVERITY + FIGURES + "statuses = []\n",
            "rule 'toll': figures.statuses: is empty: the rule would never fire",
        ),
        (RULE + SEVERITY + FIGURES + RULE + SEVERITY + FIGURES, "rule 'toll': id: stands twice"),
        (RULE + SEVERITY + FIGURES.replace("killed", "eaten"), "Invalid enum value 'eaten' - at `$.rules[0]"),
        (RULE + SEVERITY + FIGURES + 'statuses = ["perhaps"]\n', "Invalid enum value 'perhaps'"),
        (RULE + SEVERITY.replace("high", "huge") + FIGURES, "Invalid enum value 'huge'"),
        (RULE + "colour = 'red'\n", "unknown field `colour` - at `$.rules[0]`"),
        (RULE.replace('cancels = "A correction."', ""), "missing required field `cancels`"),
        ("", "missing required field `rules`"),
        ("[[rules]", "mine.toml: "),
        ("rules = 5", "Expected `array`, got `int`"),
    ],
)
def test_a_mistake_in_a_rules_file_is_told_with_file_rule_and_key(
    rules: Callable[[str], Rules], content: str, said: str
) -> None:
    """Before the worker starts, and not when the first article would have fired it."""
    with pytest.raises(DataError) as caught:
        rules(content)
    assert "mine.toml: " in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("key", ["headline", "reason"])
@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Toll of {number}", "no field 'number'; there are claimant, evidence, place, what"),
        ("Toll of {}", "no field ''"),
        ("Toll of { what }", "no field ' what '"),
        ("Toll of 12: {what}", "holds a digit; numbers in an alert come from the article alone"),
        ("Toll of ١٢: {what}", "holds a digit"),
        ("Toll {what", "has a brace, [[ or ]] without the other of its pair"),
        ("Toll what}", "has a brace, [[ or ]] without the other of its pair"),
        ("Toll [[in {place}", "has a brace, [[ or ]] without the other of its pair"),
        ("Toll in {place}]]", "has a brace, [[ or ]] without the other of its pair"),
        ("Toll [[in {place}[[, {claimant}]]]]", "has a brace, [[ or ]] without the other of its pair"),
    ],
)
def test_a_mistake_in_a_headline_or_reason_is_told(
    rules: Callable[[str], Rules], key: str, template: str, said: str
) -> None:
    """An alert is read by a person: no field is left unfilled, and no number made up."""
    content = regex.sub(rf'{key} = ".*"', f'{key} = "{template}"', RULE) + SEVERITY + FIGURES
    with pytest.raises(DataError, match=rf"mine\.toml: rule 'toll': {key}: ") as caught:
        rules(content)
    assert said in str(caught.value)


def test_a_rules_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """One that is not there, a folder, bytes that are no text."""
    with pytest.raises(DataError, match=r"no\.toml: cannot be read: No such file"):
        load_rules(tmp_path / "no.toml")
    with pytest.raises(DataError, match=r"cannot be read: Is a directory"):
        load_rules(tmp_path)
    path = tmp_path / "bytes.toml"
    path.write_bytes(b"title = '\xff'")
    with pytest.raises(DataError, match=r"bytes\.toml: "):
        load_rules(path)


def test_the_digest_of_rules_is_that_of_their_bytes(rules: Callable[[str], Rules], tmp_path: Path) -> None:
    """It is in each alert, so that one can tell by which file it was raised."""
    loaded = rules(RULE + SEVERITY + FIGURES)
    assert loaded.digest == hashlib.sha256((tmp_path / "mine.toml").read_bytes()).hexdigest()[:16]
    assert rules(RULE + SEVERITY + FIGURES + "# more\n").digest != loaded.digest
    (alert,) = raise_alerts(article(figures=[figure(12)]), loaded)
    assert alert.ruleset.digest.endswith(f"-{loaded.digest}")


BASE = enrich(RawArticle(id="one", title="Judul", text="Serangan udara menewaskan 12 orang.", language="id"))


def figure(
    value: float | None,
    low: float | None = None,
    *,
    start: int = 7,
    surface: str | None = None,
    **changes: Any,  # noqa: ANN401 - any field of the record
) -> Figure:
    """Return a figure of people killed; its lower bound is its value unless given."""
    surface = surface or f"{value or low:g} orang"
    bounds = {"qualifier": "exact", "low": value if low is None else low, "high": value}
    return msgspec.structs.replace(
        BASE.figures[0],
        start=start,
        end=start + len(surface),
        surface=surface,
        value=value,
        place=None,
        claimant=None,
        **{**bounds, **changes},
    )


def keyword(category: str = "riot", *, start: int = 0, **changes: Any) -> Keyword:  # noqa: ANN401 - as above
    """Return a keyword of a category."""
    word = Keyword(
        start=start,
        end=start + 8,
        surface="kerusuhan"[:8],
        term="kerusuhan",
        category=category,
        status="asserted",
    )
    return msgspec.structs.replace(word, **changes)


def article(
    figures: list[Figure] | None = None,
    keywords: list[Keyword] | None = None,
    **changes: Any,  # noqa: ANN401 - as above
) -> EnrichedArticle:
    """Return an article of conflict news with the given evidence and no other."""
    changes = {"conflict": Conflict(value=True, score=0.9), "places": (), **changes}
    return msgspec.structs.replace(
        BASE, figures=tuple(figures or ()), keywords=tuple(keywords or ()), **changes
    )


@pytest.fixture
def toll(rules: Callable[[str], Rules]) -> Rules:
    """Return one rule with two levels."""
    return rules(RULE + FIGURES + LEVELS)


@pytest.mark.parametrize(
    ("one", "severity", "at_least"),
    [
        (figure(9), None, None),
        (figure(9.99), None, None),
        (figure(10), "medium", 10),
        (figure(49), "medium", 10),
        (figure(50), "critical", 50),
        (figure(10_000), "critical", 50),
        (figure(12, qualifier="at_least", high=None), "medium", 10),
        (figure(None, 100, qualifier="vague"), "critical", 50),
        (figure(None, 9, qualifier="range"), None, None),
    ],
)
def test_the_severity_is_that_of_the_highest_level_reached(
    toll: Rules, one: Figure, severity: str | None, at_least: float | None
) -> None:
    """By the lower bound: the least that the article says."""
    alerts = raise_alerts(article(figures=[one]), toll)
    assert [alert.severity for alert in alerts] == ([severity] if severity else [])
    assert [alert.threshold for alert in alerts] == (
        [{"measure": "lower bound", "at_least": at_least, "found": one.low}] if severity else []
    )


def test_up_to_so_many_is_no_lower_bound_and_about_so_many_is_taken_for_one(toll: Rules) -> None:
    """Up to 50 killed may be none."""
    at_most = msgspec.structs.replace(figure(50), low=None, qualifier="at_most")
    about = msgspec.structs.replace(figure(50), low=None, high=None, qualifier="about")
    assert raise_alerts(article(figures=[at_most]), toll) == ()
    assert [alert.severity for alert in raise_alerts(article(figures=[about]), toll)] == ["critical"]


@pytest.mark.parametrize("status", ["planned", "denied", "hypothetical", "historical"])
def test_only_figures_of_the_statuses_asked_for_count(toll: Rules, status: str) -> None:
    """What was denied, planned, supposed or long ago raises nothing unless a rule asks for it."""
    assert raise_alerts(article(figures=[figure(100, status=status)]), toll) == ()


def test_a_rule_may_ask_for_other_statuses(rules: Callable[[str], Rules]) -> None:
    """The user's own rules decide."""
    denied = rules(RULE + SEVERITY + FIGURES + 'statuses = ["denied"]\n')
    assert raise_alerts(article(figures=[figure(100)]), denied) == ()
    assert len(raise_alerts(article(figures=[figure(100, status="denied")]), denied)) == 1


def test_figures_of_other_kinds_do_not_count(toll: Rules) -> None:
    """A hundred wounded are no toll of the dead."""
    assert raise_alerts(article(figures=[figure(100, kind="wounded")]), toll) == ()


def test_the_evidence_is_what_reached_the_level_the_greatest_first(toll: Rules) -> None:
    """Ten at most, those below the lowest level left out; the headline names the greatest."""
    some = [figure(value, start=value) for value in (5, 12, 80, 30, *range(100, 112))]
    (alert,) = raise_alerts(article(figures=some), toll)
    assert [one.value for one in alert.figures] == [111, 110, 109, 108, 107, 106, 105, 104, 103, 102]
    assert alert.headline == "Toll: 111 orang"
    assert alert.reason == "Because of " + "; ".join(f"“{n} orang”" for n in range(111, 101, -1)) + "."


def test_without_levels_any_figure_counts(rules: Callable[[str], Rules]) -> None:
    """The rule has its severity itself."""
    (alert,) = raise_alerts(article(figures=[figure(1)]), rules(RULE + SEVERITY + FIGURES))
    assert (alert.severity, alert.threshold) == ("high", {})
    assert raise_alerts(article(), rules(RULE + SEVERITY + FIGURES)) == ()


def test_articles_that_are_no_conflict_news_are_silent(rules: Callable[[str], Rules], toll: Rules) -> None:
    """Unless the rule says that it does not matter."""
    quiet = article(figures=[figure(100)], conflict=Conflict(value=False, score=0.1))
    assert raise_alerts(quiet, toll) == ()
    anywhere = rules(RULE + "conflict = false\n" + SEVERITY + FIGURES)
    assert len(raise_alerts(quiet, anywhere)) == 1


@pytest.mark.parametrize(
    ("hits", "starts", "fires"),
    [
        (1, [0], True),
        (1, [5000], True),
        (2, [5000], False),
        (2, [5000, 6000], True),
        (2, [0], True),
        (2, [5 + 299], True),
        (2, [5 + 300], False),
        (3, [5000, 6000, 7000], True),
        (1, [], False),
    ],
)
def test_keywords_count_by_number_or_by_standing_in_front(
    rules: Callable[[str], Rules], hits: int, starts: list[int], fires: bool
) -> None:
    """So many of them, or one in the title or the 300 code points behind it."""
    riot = rules(f"{RULE}{SEVERITY}{KEYWORDS}hits = {hits}\n")
    alerts = raise_alerts(article(keywords=[keyword(start=start) for start in starts]), riot)
    assert len(alerts) == fires
    assert all(alert.threshold == {"hits": hits, "found_hits": len(starts)} for alert in alerts)


@pytest.mark.parametrize(
    ("hits", "starts", "fires"),
    [
        (1, [0], True),
        (1, [5000, 6000], False),
        (2, [0], False),
        (2, [0, 5000], True),
        (2, [5000, 6000], False),
    ],
)
def test_a_rule_may_insist_that_one_keyword_stands_in_front(
    rules: Callable[[str], Rules], hits: int, starts: list[int], fires: bool
) -> None:
    """What is only mentioned far behind title and lead is not what the article is about."""
    riot = rules(f"{RULE}{SEVERITY}{KEYWORDS}hits = {hits}\nfront = true\n")
    found = raise_alerts(article(keywords=[keyword(start=start) for start in starts]), riot)
    assert len(found) == fires


FAR = BASE.title_end + 5000


@pytest.mark.parametrize(
    ("one", "near", "fires"),
    [
        (figure(17, scope="cumulative"), [], True),
        (figure(1000, scope="cumulative"), [], False),
        (figure(17, scope="cumulative", period=Period(0, 5, "since", None)), [], False),
        (figure(17, scope="cumulative", start=FAR), [], False),
        (figure(17, scope="cumulative", start=FAR), [keyword("air_strike", start=FAR + 100)], True),
        (figure(17, scope="cumulative", start=FAR), [keyword("killing", start=FAR + 100)], False),
        (
            figure(17, scope="cumulative", start=FAR),
            [keyword("air_strike", start=FAR + 100, status="historical")],
            False,
        ),
        (figure(17, scope="new", start=FAR), [], True),
    ],
)
def test_the_toll_so_far_of_one_event_is_not_taken_for_the_sum_of_a_war(
    rules: Callable[[str], Rules], one: Figure, near: list[Keyword], fires: bool
) -> None:
    """A small one without a period, in front or beside an act of force; without the key no such figure."""
    asked = RULE + FIGURES + 'scopes = ["new", "unknown"]\n'
    told = article(figures=[one], keywords=near)
    assert len(raise_alerts(told, rules(asked + "event_tolls_below = 1000\n" + LEVELS))) == fires
    assert len(raise_alerts(told, rules(asked + LEVELS))) == (one.scope == "new")


def test_keywords_of_other_categories_and_statuses_do_not_count(rules: Callable[[str], Rules]) -> None:
    """What is denied raises nothing, and neither does what is something else."""
    riot = rules(RULE + SEVERITY + KEYWORDS)
    assert raise_alerts(article(keywords=[keyword("protest")]), riot) == ()
    assert raise_alerts(article(keywords=[keyword(status="negated")]), riot) == ()
    asked = rules(RULE + SEVERITY + KEYWORDS + 'statuses = ["negated"]\n')
    assert len(raise_alerts(article(keywords=[keyword(status="negated")]), asked)) == 1


def test_a_rule_with_figures_and_keywords_needs_both(rules: Callable[[str], Rules]) -> None:
    """And cites both."""
    both = rules(RULE + FIGURES + KEYWORDS + LEVELS)
    assert raise_alerts(article(figures=[figure(20)]), both) == ()
    assert raise_alerts(article(keywords=[keyword()]), both) == ()
    (alert,) = raise_alerts(article(figures=[figure(20)], keywords=[keyword()]), both)
    assert (len(alert.figures), len(alert.keywords)) == (1, 1)
    assert alert.threshold == {
        "measure": "lower bound",
        "at_least": 10,
        "found": 20,
        "hits": 1,
        "found_hits": 1,
    }


PLACE = Place(start=30, end=35, surface="Idlib", relation="di")
CLAIMANT = Claimant(start=40, end=46, surface="polisi", verb="kata", stance="said")


@pytest.mark.parametrize(
    ("place", "claimant", "headline"),
    [
        (None, None, "Toll: 20 orang"),
        (PLACE, None, "Toll: 20 orang in Idlib"),
        (None, CLAIMANT, "Toll: 20 orang, according to polisi"),
        (PLACE, CLAIMANT, "Toll: 20 orang in Idlib, according to polisi"),
    ],
)
def test_a_part_whose_field_is_not_known_is_left_out(
    toll: Rules, place: Place | None, claimant: Claimant | None, headline: str
) -> None:
    """The headline reads well with and without it."""
    one = msgspec.structs.replace(figure(20), place=place, claimant=claimant)
    (alert,) = raise_alerts(article(figures=[one]), toll)
    assert (alert.headline, alert.place) == (headline, place)
    assert alert.claimants == ((claimant,) if claimant else ())


def test_words_of_the_article_are_no_template(toll: Rules) -> None:
    """Braces and brackets that an article holds stay as they are; line ends become spaces."""
    one = figure(20, surface="20 {place} [[x]]\n\norang")
    (alert,) = raise_alerts(article(figures=[one]), toll)
    assert alert.headline == "Toll: 20 {place} [[x]] orang"


def test_the_place_of_a_keyword_is_the_nearest_within_a_sentence(rules: Callable[[str], Rules]) -> None:
    """A place pages away is not where it happened."""
    riot = rules(RULE + SEVERITY + KEYWORDS)
    far = msgspec.structs.replace(PLACE, start=900, end=905, surface="Jauh")
    near = msgspec.structs.replace(PLACE, start=100, end=105, surface="Dekat")
    (alert,) = raise_alerts(article(keywords=[keyword()], places=(near, far)), riot)
    assert alert.place == near
    (alert,) = raise_alerts(article(keywords=[keyword()], places=(far,)), riot)
    assert alert.place is None


def test_claimants_stand_once_each_in_the_order_of_the_evidence(toll: Rules) -> None:
    """Two sides, two tolls: both are named."""
    other = msgspec.structs.replace(CLAIMANT, surface="militer")
    some = [
        msgspec.structs.replace(figure(value, start=value), claimant=claimant)
        for value, claimant in ((20, CLAIMANT), (30, other), (15, CLAIMANT))
    ]
    (alert,) = raise_alerts(article(figures=some), toll)
    assert [claimant.surface for claimant in alert.claimants] == ["militer", "polisi"]
    assert alert.headline.endswith(", according to militer")


def test_the_id_of_an_alert_is_of_its_rule_and_article(rules: Callable[[str], Rules], toll: Rules) -> None:
    """The same for the same two whatever else changes, so that a repeated article repeats no alert."""
    (alert,) = raise_alerts(article(figures=[figure(20)]), toll)
    (again,) = raise_alerts(article(figures=[figure(99)]), toll)
    (elsewhere,) = raise_alerts(article(figures=[figure(20)], id="two"), toll)
    (renamed,) = raise_alerts(
        article(figures=[figure(20)]), rules((RULE + FIGURES + LEVELS).replace('"toll"', '"other"'))
    )
    assert alert.id == again.id
    assert len({alert.id, elsewhere.id, renamed.id}) == 3
    assert regex.fullmatch(r"[0-9a-f]{32}", alert.id)


def test_an_alert_carries_what_its_article_is(toll: Rules) -> None:
    """So that it can be read alone."""
    (alert,) = raise_alerts(
        article(figures=[figure(20)], url="https://example.com", published_at="2026"), toll
    )
    assert (alert.article_id, alert.article_title, alert.article_url) == (
        "one",
        "Judul",
        "https://example.com",
    )
    assert (alert.published_at, alert.language, alert.rule) == ("2026", "id", "toll")
    assert alert.cancels == "A correction."


def test_the_shipped_rules_are_those_that_are_used_by_default() -> None:
    """And all of them say what would make them void."""
    assert load_rules() == load_rules(SHIPPED)
    assert all(rule.cancels and rule.title for rule in load_rules().rules)
    assert len({rule.id for rule in load_rules().rules}) == len(load_rules().rules) >= 4


@functools.cache
def archive() -> tuple[Reading, ...]:
    """Return the articles of the sample archive that can be read, with their alerts."""
    found: list[Reading] = []
    for line in ARCHIVE.read_bytes().splitlines():
        with contextlib.suppress(ArticleError):
            found.append(read(line, load_rules()))
    return tuple(found)


def cited(alert: Alert) -> list[Span]:
    """Return every stretch of the article that an alert shows."""
    return [
        *alert.figures,
        *alert.keywords,
        *alert.mentions,
        *alert.claimants,
        *([alert.place] if alert.place else []),
    ]


def test_in_the_sample_archive_each_alert_says_only_what_its_article_says() -> None:
    """Every number in headline and reason stands in a cited span, and every span in the article."""
    seen = 0
    for enriched, alerts in archive():
        assert enriched.conflict.value or not alerts
        for alert in alerts:
            seen += 1
            spans = cited(alert)
            assert alert.figures or alert.keywords or alert.mentions
            assert all(enriched.text[span.start : span.end] == span.surface for span in spans)
            for text in (alert.headline, alert.reason):
                for number in regex.findall(r"\d+(?:[.,]\d+)*", text):
                    assert any(number in span.surface for span in spans), (alert.rule, number)
                assert "{" not in text
                assert "[[" not in text
            assert b"\n" not in to_json(alert)
    assert seen >= 15


def test_the_sample_archive_raises_each_shipped_rule_and_the_same_alerts_twice() -> None:
    """Byte for byte; and no id stands twice but for the article that comes twice."""
    first = [to_json(alert) for _, alerts in archive() for alert in alerts]
    second = [to_json(alert) for article, _ in archive() for alert in raise_alerts(article, load_rules())]
    assert first == second
    by_id = {alert.id: alert for _, alerts in archive() for alert in alerts}
    raised = {alert.rule for alert in by_id.values()}
    assert raised == {rule.id for rule in load_rules().rules} - {
        "attack_on_nuclear_site",
        "attack_on_capital",
        "coup",
    }
    assert len(by_id) == len({(alert.rule, alert.article_id) for alert in by_id.values()})


def test_a_nuclear_site_that_was_hit_is_critical_and_one_that_is_only_named_is_silent() -> None:
    """The sample archive has none that was hit."""
    texts = {
        "Russian drones struck the Zaporizhzhia nuclear power plant on Friday, the IAEA said.": True,
        "Engineers inspected the Zaporizhzhia nuclear power plant after shells hit a village nearby.": False,
    }
    for text, fires in texts.items():
        alerts = raise_alerts(enrich(RawArticle(text=text, language="en")), load_rules())
        assert ("attack_on_nuclear_site" in [alert.rule for alert in alerts]) == fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Soldiers seized power in Niger on Friday. The leaders of the coup closed the borders.", True),
        ("Des officiers ont renversé le président du Niger. Les putschistes ont fermé les frontières.", True),
        ("Niger'de ordu yönetime el koydu. Darbeciler sınırları kapattı.", True),
        ("尼日尔发生军事政变，军人接管政权并关闭了边境。", True),
        ("There was no coup in Niger on Friday, the army said, and nobody seized power.", False),
        ("In 1974 soldiers seized power in Niger. The coup of 1974 ended the first republic.", False),
        ("The film tells of a coup in an invented country, where soldiers seize power.", False),
    ],
)
def test_power_taken_by_force_is_critical_and_a_coup_denied_past_or_told_is_silent(
    text: str, fires: bool
) -> None:
    """The sample archive has none."""
    told = enrich(RawArticle(text=text, published_at="2026-11-20T08:00:00Z"))
    alerts = raise_alerts(told, load_rules())
    assert [alert.severity for alert in alerts if alert.rule == "coup"] == ["critical"] * fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Russia struck Kyiv with drones overnight. Drones and missiles hit three districts of Kyiv.", True),
        (
            "Kiev: drones rusos atacaron Kiev durante la noche; los drones dañaron tres edificios en Kiev.",
            True,
        ),
        ("Russia struck Kharkiv with drones overnight. Missiles hit three districts of Kharkiv.", False),
        ("KHARTOUM, Oct 15 - Missiles and drones hit El Fasher on Thursday, residents said.", False),
        ("Kyiv will hold an air defence exercise on Friday in which drones play the enemy.", False),
    ],
)
def test_an_attack_on_a_capital_is_one_on_the_town_and_not_on_its_country(text: str, fires: bool) -> None:
    """Nor is what was only written there."""
    alerts = raise_alerts(enrich(RawArticle(text=text)), load_rules())
    assert ("attack_on_capital" in [alert.rule for alert in alerts]) == fires


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("Shells hit a hospital in Nyala on Monday, killing four patients.", True),
        ("Four people wounded by shells in the market of Nyala on Monday died in hospital.", False),
        (
            "Bei einem Raketenangriff wurden 13 Menschen getötet, Verletzte werden in Kliniken behandelt.",
            False,
        ),
    ],
)
def test_who_dies_in_hospital_of_an_attack_elsewhere_makes_no_attack_on_it(text: str, fires: bool) -> None:
    """People are taken there."""
    alerts = raise_alerts(enrich(RawArticle(text=text)), load_rules())
    assert ("attack_on_protected" in [alert.rule for alert in alerts]) == fires


# --- scope and names --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "fires"),
    [
        ('languages = ["id", "en"]', True),
        ('languages = ["en"]', False),
        ('sources = ["antara"]', True),
        ('sources = ["Reuters", "antaranews.com"]', True),
        ('sources = ["news.com"]', False),
    ],
)
def test_a_rule_may_be_for_some_languages_and_sources(
    rules: Callable[[str], Rules], line: str, fires: bool
) -> None:
    """A source goes by its name, its id, or its host."""
    one = article(
        figures=[figure(12)], source=Source(name="Antara"), url="https://www.antaranews.com/berita/1"
    )
    assert bool(raise_alerts(one, rules(RULE + f"{line}\n" + SEVERITY + FIGURES))) == fires
    assert (
        raise_alerts(article(figures=[figure(12)]), rules(RULE + 'sources = ["x"]\n' + SEVERITY + FIGURES))
        == ()
    )


@pytest.mark.parametrize(
    ("line", "fires"),
    [
        ('concepts = ["person"]', True),
        ('concepts = ["drone"]', False),
        ('units = ["person"]', True),
        ('units = ["t"]', False),
        ('victim_roles = ["combatant"]', False),
        ('victim_roles = ["unknown", "civilian"]', True),
        ('scopes = ["new", "unknown"]', True),
        ('scopes = ["cumulative"]', False),
        ('parties = ["Nobody"]', False),
    ],
)
def test_a_rule_may_ask_what_a_figure_counts_and_whose_it_is(
    rules: Callable[[str], Rules], line: str, fires: bool
) -> None:
    """Each list that is given has to fit."""
    one = article(figures=[figure(12, victim_role="civilian", scope="unknown")])
    assert bool(raise_alerts(one, rules(RULE + SEVERITY + FIGURES + f"{line}\n"))) == fires


ALEPPO = msgspec.structs.replace(PLACE, name="Aleppo", country="SY")
KYIV = msgspec.structs.replace(PLACE, name="Kyiv", country="UA")


@pytest.mark.parametrize(
    ("at", "main", "fires"), [(ALEPPO, KYIV, True), (KYIV, ALEPPO, False), (None, ALEPPO, True)]
)
@pytest.mark.parametrize("line", ['countries = ["SY", "IQ"]', 'names = ["Aleppo"]'])
def test_the_place_asked_for_is_that_of_the_evidence_or_else_of_the_article(
    rules: Callable[[str], Rules], line: str, at: Place | None, main: Place, fires: bool
) -> None:
    """Dead in Kyiv are no news of Aleppo because the article names it too; the place is cited."""
    dead = msgspec.structs.replace(figure(12), place=at)
    one = article(figures=[dead], main_place=main)
    alerts = raise_alerts(one, rules(RULE + SEVERITY + FIGURES + f"[rules.places]\n{line}\n"))
    assert [alert.mentions for alert in alerts] == ([(at or main,)] if fires else [])


def test_a_place_without_any_evidence_of_one_is_not_met(rules: Callable[[str], Rules]) -> None:
    """Nor does the rule fire."""
    asked = rules(RULE + SEVERITY + FIGURES + '[rules.places]\ncountries = ["SY"]\n')
    assert raise_alerts(article(figures=[figure(12)], main_place=None), asked) == ()


def test_a_watch_on_an_actor_cites_where_it_is_named(rules: Callable[[str], Rules]) -> None:
    """By its id, whatever the language calls it."""
    asked = rules(RULE + "conflict = false\n" + SEVERITY + '[rules.actors]\nids = ["hamas"]\n')
    (alert,) = raise_alerts(
        enrich(RawArticle(text="حركة حماس تعلن موقفها من المفاوضات", language="ar")), asked
    )
    assert [one.surface for one in alert.mentions] == ["حركة حماس"]
    assert alert.headline == "Toll: حركة حماس"
    assert raise_alerts(article(), asked) == ()


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["Zaporizhzhia"], "The ZAPORIZHZHIA plant; zaporizhzhia’s roofs", ["ZAPORIZHZHIA", "zaporizhzhia"]),
        (["plant"], "Plants and implants, a plant.", ["plant"]),
        (["plant*"], "Plants and implants, a plant.", ["Plant", "plant"]),
        (["атак*"], "Новая атака и контратака", ["атак"]),
        (["核电站"], "扎波罗热核电站附近", ["核电站"]),
        (["مفاعل"], "قرب مُفاعل نووي", ["مُفاعل"]),
        (["gas", "gas mask"], "A gas mask, gas.", ["gas mask", "gas"]),
        (["n't"], "Don't", []),
    ],
)
def test_a_watch_list_finds_whole_words_in_any_language(
    rules: Callable[[str], Rules], words: list[str], text: str, found: list[str]
) -> None:
    """Whatever their case; spans are of the text as it is."""
    asked = rules(RULE + "conflict = false\n" + SEVERITY + f"[rules.words]\nwords = {words!r}\n")
    one = article(text=text)
    mentions = [mention for alert in raise_alerts(one, asked) for mention in alert.mentions]
    assert [mention.surface for mention in mentions] == found
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)


@given(
    text=st.text(alphabet="ab'\u0301 \u064b\u4e2dA-", max_size=30),
    words=st.lists(st.text("ab中", min_size=1, max_size=3), min_size=1),
)
def test_whatever_a_watch_list_finds_is_its_word_and_nothing_overlaps(text: str, words: list[str]) -> None:
    """Spans are in order, and hold the letters of one of the words."""
    found = list(watched(text, tuple(words)))
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(squeeze(fold(one.surface))[0] in words for one in found)


# --- files that extend the shipped rules ------------------------------------------------------


def test_a_file_may_come_on_top_of_the_shipped_rules(rules: Callable[[str], Rules]) -> None:
    """A rule of the same id takes the place of the shipped one; the digest is of both."""
    shipped = load_rules()
    mine = RULE.replace('"toll"', f'"{shipped.rules[0].id}"') + SEVERITY + FIGURES
    both = rules("extends = true\n" + mine + RULE + SEVERITY + FIGURES)
    assert [rule.id for rule in both.rules] == [*(rule.id for rule in shipped.rules), "toll"]
    assert both.rules[0].title == "Toll"
    assert both.rules[1:-1] == shipped.rules[1:]
    assert both.digest not in (shipped.digest, rules(RULE + SEVERITY + FIGURES).digest)


HOSPITAL = Target(
    start=7,
    end=16,
    surface="rumah sak",
    id="hospital",
    name="hospital",
    group="medical",
    hit=True,
    status="asserted",
)


@pytest.mark.parametrize(
    ("line", "changes", "fires"),
    [
        ('groups = ["medical"]', {}, True),
        ('ids = ["hospital"]', {}, True),
        ('ids = ["school"]', {}, False),
        ('groups = ["medical"]', {"hit": False}, False),
        ('groups = ["medical"]', {"status": "planned"}, False),
        ('groups = ["medical"]\nstatuses = ["planned"]', {"status": "planned"}, True),
    ],
)
def test_a_rule_may_ask_what_was_hit(
    rules: Callable[[str], Rules], line: str, changes: dict[str, Any], fires: bool
) -> None:
    """A hospital that treats the wounded is none; what was hit is cited, with its place."""
    asked = rules(RULE + SEVERITY + f"[rules.targets]\n{line}\n")
    target = msgspec.structs.replace(HOSPITAL, place=PLACE, **changes)
    alerts = raise_alerts(article(targets=(target,)), asked)
    assert [alert.mentions for alert in alerts] == ([(target,)] if fires else [])
    assert [alert.headline for alert in alerts] == (["Toll: rumah sak in Idlib"] if fires else [])


@pytest.mark.parametrize(("roles", "fires"), [("by", True), ("victim", False)])
def test_a_watch_on_an_actor_may_ask_for_its_role(
    rules: Callable[[str], Rules], roles: str, fires: bool
) -> None:
    """What it did, or what was done to it."""
    asked = rules(RULE + SEVERITY + f'[rules.actors]\nids = ["hamas"]\nroles = ["{roles}"]\n')
    actor = Actor(start=0, end=5, surface="Hamas", id="hamas", name="Hamas", role="by")
    assert bool(raise_alerts(article(actors=(actor,)), asked)) == fires
