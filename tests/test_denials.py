"""What someone denies is no fact; what it is a denial of a part in still is."""

from __future__ import annotations

import pytest

from streams import RawArticle, enrich
from streams.alerts import load_rules, raise_alerts


def _statuses(text: str) -> dict[str, str]:
    return {one.category: one.status for one in enrich(RawArticle(text=text)).keywords}


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("The ministry on Tuesday denied that its forces had used chemical weapons in Hasakah.", "chem_wmd"),
        ("The rebels denied on Thursday that they had violated the ceasefire.", "ceasefire_broken"),
        ("Die Armee bestritt, dass sie ein Krankenhaus bombardiert habe.", "air_strike"),
        ("L'armée a démenti avoir bombardé un hôpital à Idleb.", "air_strike"),
        ("El Ejército negó haber bombardeado un hospital en Idlib.", "air_strike"),
        ("A Presidência desmente a existência de um golpe de Estado na Guiné-Bissau.", "coup"),
        ("Şam yönetimi kimyasal silah kullandığı iddiasını reddetti.", "chem_wmd"),
        ("Украина отрицает, что нанесла удар по станции.", "attack"),
        ("Polisi membantah kabar bahwa 12 pengunjung mal di Surabaya disandera.", "abduction"),
        ("نفى المتحدث باسم قوات التحالف أن تكون طائراته قد قصفت سوقا شعبيا في محافظة مأرب.", "air_strike"),
        ("ارتش حمله به بیمارستان را تکذیب کرد.", "attack"),
    ],
)
def test_an_event_that_is_denied_did_not_happen(text: str, category: str) -> None:
    """Behind the verb to the end of its clause; before it where verbs come last."""
    statuses = _statuses(text)
    assert statuses["denial"] == "asserted"
    assert statuses[category] == "negated"


@pytest.mark.parametrize(
    "text",
    [
        "Russia denied involvement in the air strike on the market in Nyala on Monday.",
        "Russia denied the claim, and the air strikes on the market in Nyala went on.",
        "The army denied the report; the air strike on the market in Nyala was its own.",
        "L'armée dément toute implication dans le bombardement du marché de Nyala.",
    ],
)
def test_who_denies_a_part_in_it_or_something_else_leaves_the_event_standing(text: str) -> None:
    """Involvement, responsibility; and what stands in another clause."""
    assert _statuses(text)["air_strike"] == "asserted"


def test_a_hospital_that_somebody_denies_to_have_hit_raises_a_denial_alone() -> None:
    """Not an attack on what is protected."""
    text = (
        "Military source denies hospital was targeted in Idlib\n\nA military source denied on Wednesday that "
        "a hospital in Idlib had been bombed, saying that the air force struck a command post."
    )
    alerts = raise_alerts(enrich(RawArticle(text=text)), load_rules())
    assert [alert.rule for alert in alerts] == ["denial"]


def test_a_denial_far_behind_the_title_is_no_alert_of_its_own() -> None:
    """An article that tells of the strike, and in the end that the coalition denies it."""
    text = (
        "Air strike kills 31 in Marib\n\nAn air strike on a market in Marib killed thirty-one people.\n\n"
        "The coalition has denied that its aircraft bombed the market."
    )
    alerts = raise_alerts(enrich(RawArticle(text=text)), load_rules())
    assert "denial" not in [alert.rule for alert in alerts]
