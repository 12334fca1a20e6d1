"""The conflict score, what it rests on, and what is remembered or told and not reported."""

from __future__ import annotations

import pytest

from streams import RawArticle, enrich
from streams.events.conflict import even_at, likelihood


def statuses(text: str, language: str) -> set[str]:
    """Return the statuses of the keywords of a text."""
    return {keyword.status for keyword in enrich(RawArticle(text=text, language=language)).keywords}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thousands marked the anniversary of the massacre."),
        ("id", "Warga memperingati pembantaian itu dengan doa bersama."),
        ("es", "Cientos de personas acudieron al aniversario de la masacre."),
        ("fr", "La ville a commémoré le massacre."),
        ("pt", "A cidade lembrou o aniversário do massacre."),
        ("de", "Die Stadt beging den Jahrestag des Massakers."),
        ("tr", "Katliamın yıl dönümünde binlerce kişi toplandı."),
        ("ru", "В городе прошла годовщина теракта."),
        ("uk", "У місті відзначили роковини різанини."),
        ("ar", "أحيت المدينة ذكرى المجزرة."),
        ("fa", "مردم شهر در سالگرد قتل عام گرد هم آمدند."),
        ("zh-cn", "当地举行大屠杀纪念活动。"),
    ],
)
def test_what_is_commemorated_is_not_reported(language: str, text: str) -> None:
    """Anniversaries and memorials, in every language."""
    assert "asserted" not in statuses(text, language)
    assert "commemorative" in statuses(text, language)
    assert not enrich(RawArticle(text=text, language=language)).conflict.value


def test_a_score_has_its_evidence() -> None:
    """The weightiest first; it is where it says it is."""
    text = "Air strikes hit Aleppo\n\nAir strikes hit the market of Aleppo, killing twelve people."
    article = enrich(RawArticle(title=text.partition("\n")[0], text=text.partition("\n\n")[2], language="en"))
    conflict = article.conflict
    assert conflict.value
    assert conflict.score > 0.5
    weights = [piece.weight for piece in conflict.evidence]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == len(article.keywords)
    for piece in conflict.evidence:
        assert article.text[piece.start : piece.end] == piece.surface


def test_what_is_silenced_says_by_which_domain() -> None:
    """A film's battle is told and not reported."""
    article = enrich(
        RawArticle(
            text="The film about the battle opens in cinemas; the director praised the actors.", language="en"
        )
    )
    assert not article.conflict.value
    assert {silence.domain for silence in article.conflict.silenced} == {"film"}
    assert {silence.status for silence in article.conflict.silenced} == {"fictional"}


def test_what_is_but_named_is_no_category() -> None:
    """Soldiers who seal off a street are not what an article is about; those in its title are."""

    def found(title: str, text: str) -> set[str]:
        article = RawArticle(id="a", language="en", title=title, text=text)
        return {category.category for category in enrich(article).categories}

    told = "A suicide bomber killed 14 people in Kabul. Soldiers sealed off the street."
    assert "military_presence" not in found("Suicide bomber kills 14 in Kabul", told)
    assert "military_presence" in found("Soldiers in Kabul after a suicide bombing", told)
    assert found("Warships in the strait", "Three warships were seen on Monday.") == {"military_presence"}


def test_the_curve_is_one_half_where_it_says() -> None:
    """And a sentence needs less evidence than an article, as do parties that are named."""
    assert likelihood(2.0, 2.0) == pytest.approx(0.5)
    assert likelihood(0.5, 2.0) < 0.1
    assert likelihood(9.0, 2.0) > 0.9
    assert even_at(8) < even_at(80) == pytest.approx(even_at(80, parties=True) / 0.7)


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "Air strikes hit Aleppo on Monday, officials in Damascus said.", "Aleppo"),
        ("id", "Serangan udara menghantam Aleppo, kata pejabat di Damaskus.", "Aleppo"),
        ("ru", "При обстреле Харькова погибли пять человек.", "Kharkiv"),
        ("es", "Un bombardeo en Alepo mató a doce personas.", "Aleppo"),
    ],
)
def test_an_event_has_the_nearest_place(language: str, text: str, place: str) -> None:
    """As figures have."""
    first = enrich(RawArticle(text=text, language=language)).keywords[0]
    assert first.place is not None
    assert first.place.name == place


@pytest.mark.parametrize(
    ("language", "title", "text", "country"),
    [
        ("en", "Moscow says Kharkiv hit", "Russian missiles hit Kharkiv on Monday, killing five.", "UA"),
        ("en", "Jordan said to retire", "The Washington Post reported that Jordan, 41, will retire.", None),
        (
            "fr",
            "Raid israélien à Rafah",
            "Washington a appelé au calme. Le raid à Rafah a tué neuf personnes.",
            "PS",
        ),
        ("es", "Incendio en Zamora", "El fuego avanza en Zamora.", "ES"),
        ("tr", "Rusya Harkiv'i vurdu", "Rusya, Harkiv'e füzelerle saldırdı, beş kişi öldü.", "UA"),
    ],
)
def test_the_main_place_is_where_it_happened(
    language: str, title: str, text: str, country: str | None
) -> None:
    """Not who speaks, nor who did it, nor where the paper is."""
    found = enrich(RawArticle(title=title, text=text, language=language)).main_place
    assert (found and found.country) == country


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("At least 12 people were killed in an attack on a village in Mali on Sunday.", True),
        ("At least 12 people were killed in a fire. The minister fended off an attack in parliament.", False),
    ],
)
def test_an_attack_and_its_dead_in_one_sentence_mean_conflict(text: str, conflict: bool) -> None:
    """Neither of the two words does so by itself."""
    assert enrich(RawArticle(title="Report", text=text, language="en")).conflict.value == conflict
