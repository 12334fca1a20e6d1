"""A word for bombing and shelling alike is of the means that its text names."""

from __future__ import annotations

import pytest

from streams import RawArticle, enrich


SHELLED = "قتل 11 شخصا في قصف على السوق."
"""Eleven were killed as the market was bombed, or shelled."""


@pytest.mark.parametrize(
    ("rest", "category"),
    [
        ("", "air_strike"),
        (" وسقطت قذائف الهاون على السوق.", "missile_artillery"),
        (" وسقطت قذائف الهاون على السوق بعد غارة جوية.", "air_strike"),
        (" ولم تسقط قذائف الهاون على السوق.", "air_strike"),
        (" ونفذت الطائرات القصف بعدما سقطت قذائف الهاون.", "air_strike"),
    ],
    ids=["no means", "mortars", "mortars and a raid from the air", "mortars denied", "aircraft beside it"],
)
def test_a_bombing_is_of_the_means_that_the_text_names_alone(rest: str, category: str) -> None:
    """Where it names several, or none, the word means what it mostly means."""
    keywords = enrich(RawArticle(text=SHELLED + rest, language="ar")).keywords
    assert [one.category for one in keywords if one.surface == "قصف"] == [category]
