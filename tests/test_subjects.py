"""What an article is about, and what it only mentions: why, since when, with what, and of whom it tells."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from streams import RawArticle
from streams.enrichment import Examination, examine
from streams.explanation import explain


def examined(language: str, title: str, text: str) -> Examination:
    """Return what is read from an article."""
    return examine(
        RawArticle(id="a", language=language, title=title, text=text, published_at="2026-11-20T08:00:00Z")
    )


MENTIONED = [
    # What is over, where something else is told.
    (
        "en",
        "Israeli air strike kills four in south Lebanon",
        "An Israeli air strike killed four people near Tyre on Friday. Thousands fled in 2023.",
        {"air_strike", "killing"},
        {"displacement": "all of it is past"},
    ),
    (
        "id",
        "Densus 88 Tangkap Tiga Terduga Teroris di Poso",
        "Densus 88 menangkap tiga terduga teroris di Poso. Konflik pada 1998 menewaskan ratusan orang.",
        {"arrest_capture"},
        {"killing": "all of it is past"},
    ),
    # Weapons that are sold or found.
    (
        "zh-cn",
        "美国国务院批准对台军售",
        "美国国务院20日批准向台湾出售导弹和无人机，金额7亿美元。对台军售引发中国不满。",
        {"arms_support"},
        {"missile_artillery": "weapons are named, and nothing is done with them"},
    ),
    # Fighters who do something else.
    (
        "ru",
        "Киншаса и М23 договорились в Дохе о прекращении огня",
        "Делегации согласовали соглашение о прекращении огня. Повстанцы прибыли на переговоры в среду.",
        {"ceasefire"},
        {"attack": "fighters are named, and no attack"},
    ),
    # Why there are talks.
    (
        "en",
        "Egypt proposes truce in Gaza",
        "Egypt has proposed a ceasefire in Gaza. The talks began after attacks on aid convoys.",
        {"ceasefire"},
        {"attack": "it is why there is what the title tells"},
    ),
    # Whose aircraft they were.
    (
        "de",
        "Israelische Luftwaffe greift Orte im Süden Libanons an",
        "Die israelische Luftwaffe hat am Freitag Orte bombardiert, vier Menschen wurden getötet.",
        {"air_strike"},
        {"military_presence": "a party is named, and not where it is"},
    ),
    # The dead of an accident.
    (
        "en",
        "Six die after boat sinks off Lampedusa",
        "Six people died when a boat sank off Lampedusa; 40 were rescued.",
        set(),
        {"killing": "the article is no news of conflict"},
    ),
]


@pytest.mark.parametrize(("language", "title", "text", "about", "mentioned"), MENTIONED)
def test_an_article_is_about_less_than_it_mentions(
    language: str, title: str, text: str, about: set[str], mentioned: dict[str, str]
) -> None:
    """What it only mentions stays among its keywords and is told with the reason."""
    found = examined(language, title, text)
    categories = {one.category for one in found.article.categories}
    assert categories >= about
    reasons = dict(found.mentioned)
    assert reasons.items() >= mentioned.items()
    assert categories.isdisjoint(reasons)
    assert categories | reasons.keys() == {keyword.category for keyword in found.article.keywords}


def test_explain_says_what_is_only_mentioned() -> None:
    """By category, with why."""
    found = examined(*MENTIONED[0][:3])
    page = io.StringIO()
    Console(file=page, width=200).print(explain(found, ()))
    assert "mentioned  displacement: all of it is past" in page.getvalue()


@pytest.mark.parametrize(
    ("title", "conflict"),
    [
        ("Oil slips as investors await OPEC", False),
        ("Drones hit refinery in Tuapse", True),
        ("", True),
    ],
)
def test_a_title_that_tells_of_something_else_asks_for_more(title: str, conflict: bool) -> None:
    """One sentence of war in the middle of the market's news is no news of war; by itself it is."""
    text = "Drone strikes hit a refinery in Tuapse on Thursday."
    if not conflict:
        text = f"Brent crude fell by 1.2 per cent on Friday, its third loss in a row. {text}"
    assert examined("en", title, text).article.conflict.value == conflict


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Last year, the army shelled the town.", "historical"),
        ("The president, who came to office last year, sent 500 soldiers to the coast.", "asserted"),
    ],
)
def test_an_aside_about_the_past_says_nothing_of_its_sentence(text: str, status: str) -> None:
    """A clause between commas is of its own time."""
    keywords = examined("en", "", text).article.keywords
    assert {keyword.status for keyword in keywords if keyword.category != "military_presence"} == {status}
