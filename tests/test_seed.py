"""The seed article, and an English one about the same events, are read completely right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streams import RawArticle
from streams.alerts import load_rules, raise_alerts
from streams.enrichment import enrich
from streams.records import EnrichedArticle, Figure, to_json


SEED = Path(__file__).parents[2] / "shared" / "seed"
ENGLISH = Path(__file__).parent / "archives" / "air_campaign_en.txt"

# The identifiers of the project for the meanings in expected.json, in its order.
MEANINGS: list[dict[str, Any]] = [
    {"kind": "sorties", "unit": "sortie", "concept": "sortie", "period": "P4D", "scope": "unknown"},
    {"kind": "munitions_count", "unit": "missile", "concept": "cruise_missile", "scope": "cumulative"},
    {"kind": "munitions_mass", "unit": "t", "concept": "bomb", "si": 1_400_000},
    {"kind": "money_damage", "unit": "USD", "per": "day", "party": "isis"},
    {"kind": "supplies", "unit": "t", "concept": "oil"},
    {"kind": "vehicles_destroyed", "unit": "tank_truck", "concept": "tank_truck", "party": "isis"},
    {"kind": "facilities_destroyed", "unit": "storage", "concept": "storage", "party": "isis"},
    {"kind": "killed", "unit": "person", "concept": "member", "party": "isis", "role": "combatant"},
    {"kind": "facilities_destroyed", "unit": "base", "concept": "base"},
    {"kind": "facilities_destroyed", "unit": "factory", "concept": "factory"},
    {"kind": "facilities_destroyed", "unit": "depot", "concept": "depot"},
    {"kind": "munitions_count", "unit": "missile", "concept": "missile"},
    {"kind": "munitions_count", "unit": "bomb", "concept": "bomb"},
]

ENGLISH_SURFACES = [
    "522 sorties",
    "101 cruise missiles",
    "1,400 tonnes of bombs",
    "USD1.5 million a day",
    "60,000 tonnes of oil",
    "525 tank trucks",
    "15 storage sites",
    "600 members of ISIS",
    "Twenty-three training bases",
    "19 factories",
    "47 depots",
    "hundreds of missiles",
    "thousands of bombs",
]
SPEAKERS = ["Sergei Shoigo", "Sergei Shoigu", "Shoigo", "Shoigu"]


def seed_expected() -> dict[str, Any]:
    """Return the facts in the seed article, or skip where it is not there."""
    path = SEED / "expected.json"
    if not path.exists():
        pytest.skip("the seed article is not beside this checkout (../shared/seed)")
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def seed_article() -> EnrichedArticle:
    """Return the enriched seed article."""
    return enrich(RawArticle(text=(SEED / str(seed_expected()["article"])).read_text("utf-8")))


def english_article() -> EnrichedArticle:
    """Return the enriched English article."""
    return enrich(RawArticle(text=ENGLISH.read_text("utf-8")))


def assert_meaning(figure: Figure, meaning: dict[str, Any]) -> None:
    """Check kind, unit, concept and whatever else a meaning names."""
    assert figure.kind == meaning["kind"]
    assert figure.unit == meaning["unit"]
    assert figure.per == meaning.get("per")
    if "concept" in meaning:
        assert figure.counted is not None
        assert figure.counted.concept == meaning["concept"]
    if "si" in meaning:
        assert figure.normalised is not None
        assert (figure.normalised.value, figure.normalised.unit) == (meaning["si"], "kg")
    if "party" in meaning:
        assert figure.party is not None
        assert "ISIS" in figure.party.name
    if "role" in meaning:
        assert figure.victim_role == meaning["role"]
    if "period" in meaning:
        assert figure.period is not None
        assert figure.period.duration == meaning["period"]
    if "scope" in meaning:
        assert figure.scope == meaning["scope"]


def covering(article: EnrichedArticle, surface: str) -> Figure:
    """Return the one figure whose span covers these words of the article."""
    start = article.text.index(surface)
    found = [f for f in article.figures if f.start <= start and start + len(surface) <= f.end]
    assert len(found) == 1, f"{surface!r} lies in {len(found)} figures"
    return found[0]


def test_the_seed_article_has_all_its_figures_and_no_other() -> None:
    """Thirteen of thirteen: value, bounds, qualifier, unit, rate, kind, noun and claimant."""
    expected = seed_expected()["figures"]
    article = seed_article()
    assert len(article.figures) == len(expected) == len(MEANINGS)
    for fact, meaning in zip(expected, MEANINGS, strict=True):
        figure = covering(article, fact["surface"])
        assert_meaning(figure, meaning)
        assert figure.value == fact.get("value")
        assert figure.qualifier == fact["qualifier"]
        if "low" in fact:
            assert (figure.low, figure.high) == (fact["low"], fact["high"])
        if "claimant" in fact:
            assert figure.claimant is not None
            assert figure.claimant.surface == fact["claimant"]
        if "via" in fact:
            assert figure.claimant is not None
            assert figure.claimant.via is not None
            assert figure.claimant.via.surface == fact["via"]
        if "place" in fact:
            assert figure.place is not None
            assert figure.place.surface == fact["place"]


def test_what_is_no_figure_in_the_seed_article_is_none() -> None:
    """Ordinals and dates of the article lie in no figure."""
    article = seed_article()
    for words in seed_expected()["not_figures"]:
        start = article.text.index(words)
        assert not [f for f in article.figures if f.start < start + len(words) and start < f.end], words


def test_the_seed_article_has_its_keywords() -> None:
    """Each event and weapon that the article speaks of is found, in its category."""
    seed_expected()
    found = {(k.category, k.surface.lower()) for k in seed_article().keywords}
    for category, word in [
        ("air_strike", "operasi udara"),
        ("attack", "serangan"),
        ("terrorism", "teror"),
        ("terror_group_mention", "isis"),
        ("missile_artillery", "rudal jelajah"),
        ("explosion", "bom"),
        ("killing", "menewaskan"),
        ("destruction", "hancur"),
        ("military_presence", "jet"),
    ]:
        assert (category, word) in found


def test_the_seed_article_raises_an_alert_of_mass_casualties() -> None:
    """The alert names the 600, who claims them and where; the missiles are another one."""
    seed_expected()
    alerts = raise_alerts(seed_article(), load_rules())
    assert [alert.rule for alert in alerts] == ["mass_casualties", "large_munitions_use"]
    alert = alerts[0]
    assert "600" in alert.headline
    assert alert.place is not None
    assert "Deir ez-Zor" in alert.place.surface
    assert [claimant.surface for claimant in alert.claimants] == ["Shoigu"]


def test_the_english_article_gives_the_same_facts() -> None:
    """The same thirteen figures, with the same meanings, from English words."""
    article = english_article()
    assert len(article.figures) == len(MEANINGS)
    for surface, meaning in zip(ENGLISH_SURFACES, MEANINGS, strict=True):
        figure = covering(article, surface)
        assert_meaning(figure, meaning)
        assert figure.claimant is not None
        assert figure.claimant.surface in SPEAKERS


def test_both_articles_agree_on_values_and_bounds() -> None:
    """What differs between the languages is words, not numbers."""
    expected = seed_expected()["figures"]
    indonesian, english = seed_article(), english_article()
    for fact, surface in zip(expected, ENGLISH_SURFACES, strict=True):
        one, other = covering(indonesian, fact["surface"]), covering(english, surface)
        assert (one.value, one.low, one.high, one.qualifier, one.unit, one.kind) == (
            other.value,
            other.low,
            other.high,
            other.qualifier,
            other.unit,
            other.kind,
        )


def test_reading_twice_gives_the_same_bytes() -> None:
    """Nothing in a record depends on time, chance or the order of hashes."""
    assert to_json(english_article()) == to_json(english_article())
