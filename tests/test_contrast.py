"""The page's colours, in light and dark: text has at least 4.5:1 on its ground, what bounds or marks 3:1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import streams


THEME = (Path(streams.__file__).parent / "dashboard" / "static" / "css" / "theme.css").read_text()

GROUNDS = ("ground", "surface", "raised")
TEXT = (
    *((ink, ground) for ink in ("text", "muted", "link", "good", "bad", "warn") for ground in GROUNDS),
    *((f"on-{severity}", severity) for severity in ("critical", "high", "medium", "low")),
    *(("text", mark) for mark in ("people", "force", "damage", "measure", "part")),
    ("on-brand", "brand"),
)
MARKS = (
    *((mark, "surface") for mark in ("critical", "high", "medium-mark", "low-mark")),
    *(
        (f"{mark}-edge", "surface")
        for mark in ("people", "force", "damage", "measure", "keyword", "place", "actor")
    ),
    *((f"series-{number}", "surface") for number in range(5)),
    ("edge", "surface"),
    ("edge", "ground"),
    ("focus", "surface"),
    ("focus", "ground"),
)


def themes() -> dict[str, dict[str, str]]:
    """Return the colours of light, of dark by the system's wish, and of dark by choice."""
    blocks = re.findall(r"(:root[^{]*)\{([^{}]*--ground[^{}]*)\}", THEME)
    names = ("light", "dark by the system", "dark by choice")
    assert len(blocks) == len(names)
    return {
        name: dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b", block))
        for name, (_, block) in zip(names, blocks, strict=True)
    }


def luminance(colour: str) -> float:
    """Return a colour's relative luminance, by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return how many to one two colours differ, by WCAG 2.2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    """And a colour on itself is one to one."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#1f5fbf", "#1f5fbf") == 1


@pytest.mark.parametrize("name", themes())
def test_text_and_marks_stand_out_from_their_ground(name: str) -> None:
    """WCAG 2.2 AA: 1.4.3 for text, 1.4.11 for what is no text."""
    colours = themes()["light"] | themes()[name]
    dim = {
        (one, other): round(contrast(colours[one], colours[other]), 2)
        for pairs, least in ((TEXT, 4.5), (MARKS, 3.0))
        for one, other in pairs
        if contrast(colours[one], colours[other]) < least
    }
    assert dim == {}


def test_both_darks_are_one() -> None:
    """CSS cannot say a set of colours once for two conditions; nobody may change one alone."""
    found = themes()
    assert found["dark by the system"] == found["dark by choice"]
    assert set(found["dark by choice"]) <= set(found["light"])
