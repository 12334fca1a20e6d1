"""How many wordings stand for each main category: a floor that is raised as cases come in."""

from __future__ import annotations

from collections import Counter

import pytest

from tests import cases


MAIN = (
    "air_strike",
    "missile_artillery",
    "drone_strike",
    "ground_clash",
    "bomb_ied",
    "abduction",
    "ceasefire",
)
"""Categories that decide which alerts fire, and are met most in news of conflict."""

LEAST, TRAPS, SILENT = 19, 16, 100
"""Wordings of each main category in each language, texts that only resemble one, and ordinary news."""


@pytest.mark.parametrize("language", sorted({case.language for case in cases.development()}))
def test_each_main_category_has_wordings_and_traps(language: str) -> None:
    """Every language says each of them in several ways, and has words that look like one and are none."""
    own = [case for case in cases.development() if case.language == language]
    said = Counter(
        case.expect["category"]
        for case in own
        if case.section == "keywords" and case.expect["status"] == "asserted"
    )
    traps = Counter(case.expect.get("category") for case in own if case.section in ("absent", "silent"))
    silent = sum(case.section == "silent" for case in own)
    assert min(said[category] for category in MAIN) >= LEAST, said
    assert min(traps[category] for category in MAIN) >= TRAPS, traps
    assert silent >= SILENT
