"""Words that mean an event only beside another one of their sentence, and words that mean none there."""

from __future__ import annotations

import msgspec
import pytest

from streams import languages
from streams.languages import Keywords, Together
from streams.text.lexicon import Lexicon


KEYWORDS = {
    "attack": Keywords(weak=["struck", "struck the port"]),
    "air_strike": Keywords(
        together=[
            Together(words=["struck"], beside=["jets", "warplanes"]),
            Together(words=["raid"], beside=["jets"], weak=True),
        ]
    ),
    "drone_strike": Keywords(
        strong=["drones struck the town"], together=[Together(words=["struck"], beside=["a drone"])]
    ),
}
WORDS = Lexicon(
    msgspec.structs.replace(
        languages.load("en"),
        keywords=KEYWORDS,
        silencers=[],
        silenced=[Together(words=["struck"], beside=["a deal"])],
    )
)


def found(text: str, role: str = "keyword") -> list[tuple[str, str]]:
    """Return key and surface of each word of a role."""
    scan = WORDS.scan(text)
    return [(hit.key, text[hit.start : hit.end]) for hit in scan.role(role)]


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("Jets struck.", [("strong:air_strike", "struck")]),
        ("The town was struck twice overnight by jets.", [("strong:air_strike", "struck")]),
        ("Jets flew a raid.", [("weak:air_strike", "raid")]),
        ("A raid.", []),
        ("The town was struck.", [("weak:attack", "struck")]),
    ],
)
def test_a_word_means_the_event_where_the_other_stands_near(
    text: str, keywords: list[tuple[str, str]]
) -> None:
    """On either side of it; alone it means what it means elsewhere, or nothing."""
    assert found(text) == keywords


@pytest.mark.parametrize(
    "text",
    [
        "The jets left. Troops struck.",
        "Jets!\nThey struck.",
        "Jets of one and two and three and four and five struck.",
    ],
)
def test_the_other_word_is_of_the_same_sentence_and_at_most_seven_words_away(text: str) -> None:
    """What stands in another sentence, or far away, has nothing to do with it."""
    assert ("strong:air_strike", "struck") not in found(text)


def test_of_two_events_the_nearer_word_decides() -> None:
    """One word means one event."""
    assert found("Jets flew while a drone struck.") == [("strong:drone_strike", "struck")]


def test_a_longer_phrase_yields_only_where_it_leaves_the_means_unsaid() -> None:
    """To have "struck the port" says less than "jets … struck"; "drones struck the town" says more."""
    assert found("Jets struck the port.") == [("strong:air_strike", "struck")]
    assert found("Jets watched, drones struck the town.") == [
        ("strong:drone_strike", "drones struck the town")
    ]


def test_words_that_mean_nothing_together_are_silencers() -> None:
    """To have "struck … a deal" is no event; the silencer names both words."""
    scan = WORDS.scan("They struck at last a deal.")
    assert [hit.form for hit in scan.role("silencers")] == ["struck \u2026 a deal"]
    assert found("They struck at last.", "silencers") == []


SIDED = Lexicon(
    msgspec.structs.replace(
        languages.load("en"),
        keywords={
            "air_strike": Keywords(
                together=[
                    Together(words=["hit"], beside=["jets"], side="before", most=2),
                    Together(words=["hit by"], beside=["jets"], side="behind"),
                ]
            )
        },
        silencers=["toy jets"],
        silenced=[],
    )
)


@pytest.mark.parametrize(
    ("text", "surfaces"),
    [
        ("Jets hit the port.", ["hit"]),
        ("The port was hit by jets.", ["hit by"]),
        ("They hit the jets.", []),
        ("Jets of the old force hit it.", []),
        ("Toy jets hit the floor.", []),
    ],
)
def test_a_group_may_ask_for_a_side_and_a_distance(text: str, surfaces: list[str]) -> None:
    """Jets that are hit make no air strike; and what is silenced makes none either."""
    scan = SIDED.scan(text)
    assert [text[hit.start : hit.end] for hit in scan.role("keyword")] == surfaces
