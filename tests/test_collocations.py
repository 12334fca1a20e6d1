"""Words that mean an event only beside others, and those that are ordinary beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from streams import RawArticle, checking, enrich, languages


if TYPE_CHECKING:
    from streams.records import EnrichedArticle


def _read(text: str) -> EnrichedArticle:
    return enrich(RawArticle(text=text, language="en"))


def _told(text: str) -> dict[str, str]:
    return {one.surface: f"{one.category} {one.status}" for one in _read(text).keywords}


def test_a_word_means_an_event_beside_another() -> None:
    """Neither "fighter jets" nor "hit" says that anyone was bombed: both together do."""
    assert _told("Fighter jets hit the market.")["hit"] == "air_strike asserted"
    assert "hit" not in _told("The fighter jets took off. Prices hit a record.")


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Fighter jets could hit the camp.", "hypothetical"),
        ("Fighter jets will hit the camp, the minister said.", "planned"),
    ],
)
def test_what_is_said_of_one_word_is_said_of_both(text: str, status: str) -> None:
    """A cue may stand before the first of them, or between the two."""
    assert _told(text)["hit"] == f"air_strike {status}"


def test_a_sign_parts_words_that_would_belong_together() -> None:
    """What stands behind a semicolon is another clause."""
    assert "hit" not in _told("The fighter jets landed; hail hit the vines.")


def test_a_word_is_ordinary_beside_another_and_the_explanation_says_so() -> None:
    """Hunting is silent, and its word is listed with the reason."""
    found = _read("Hunters shot 40 deer.").conflict
    assert not found.value
    assert [(one.surface, one.reason) for one in found.silenced] == [("shot", "beside 'deer'")]


def test_a_longer_phrase_keeps_its_meaning() -> None:
    """A "bomb threat" is more than "bomb", and a plane beside it changes nothing."""
    assert _told("A bomb threat forced the plane to turn back.")["bomb threat"].startswith("bomb_ied")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (languages.Collocation(words=["nonesuch"], with_=["bomb"]), "no such group 'nonesuch'"),
        (
            languages.Collocation(words=["bomb"], with_=["bomb"], category="picnic"),
            "no such category 'picnic'",
        ),
        (languages.Collocation(words=["bomb"], with_=[]), "needs words, and words that they stand with"),
        (
            languages.Collocation(words=["bomb"], with_=["planes"], within=99),
            "within must be from 0 to 20 words",
        ),
    ],
)
def test_the_check_names_a_rule_that_cannot_be_met(rule: languages.Collocation, reason: str) -> None:
    """A mistake is told with the rule's number and what is wrong."""
    english = languages.load("en")
    wrong = msgspec.structs.replace(english, collocations=[*english.collocations, rule])
    where = f"en.toml: collocations[{len(english.collocations)}]: "
    assert any(line.startswith(where + reason) for line in checking.language_problems(wrong))


def test_the_check_names_a_group_that_no_rule_asks_for() -> None:
    """Words that nothing reads are a mistake too."""
    english = languages.load("en")
    wrong = msgspec.structs.replace(english, groups={**english.groups, "idle_words": ["banana"]})
    assert "en.toml: groups.idle_words: no rule asks for it" in checking.language_problems(wrong)
