"""Every wording in ``tests/cases`` gives what a reader takes from it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest

from streams.records import Kind
from tests import cases


DATA = Path(__file__).parent.parent / "streams" / "data"
LANGUAGES = sorted({case.language for case in cases.development()})


def sentence(case: cases.Case) -> str:
    """Return an id that reads like a sentence: language, section, what is expected, the text."""
    words = re.sub(r"[\[\]:]+", " ", case.text)
    return f"{case.language} {case.section}: {' '.join(words.split())}"


def parameters(section: str) -> list[Any]:
    """Return the texts of one section in all languages; those with a ``todo`` must fail."""
    return [
        pytest.param(
            case,
            id=sentence(case),
            marks=[pytest.mark.xfail(reason=case.todo, strict=True)] if case.todo else [],
        )
        for case in cases.development()
        if case.section == section
    ]


def check(case: cases.Case) -> None:
    """Fail with what was expected and what came out."""
    if problems := cases.problems(case):
        pytest.fail(cases.report(case, problems), pytrace=False)


@pytest.mark.parametrize("case", parameters("numbers"))
def test_the_numbers_of_a_text_are_exactly_these(case: cases.Case) -> None:
    """find_numbers() gives each number with its bounds, and no other."""
    check(case)


@pytest.mark.parametrize("case", parameters("figures"))
def test_the_figures_of_a_text_are_exactly_these(case: cases.Case) -> None:
    """enrich() gives each figure with all that is said of it, and no other."""
    check(case)


@pytest.mark.parametrize("case", parameters("nothing"))
def test_what_is_not_a_figure_gives_none(case: cases.Case) -> None:
    """Dates, ages, scores, names with digits and the like give no figure."""
    check(case)


@pytest.mark.parametrize("case", parameters("keywords"))
def test_a_text_speaks_of_its_event_with_its_status(case: cases.Case) -> None:
    """enrich() gives a keyword of the category, with the status the text gives it."""
    check(case)


@pytest.mark.parametrize("case", parameters("absent"))
def test_a_text_does_not_speak_of_an_event_that_it_only_resembles(case: cases.Case) -> None:
    """enrich() asserts no keyword of the category: it is denied, planned, past, or something else."""
    check(case)


@pytest.mark.parametrize("case", parameters("silent"))
def test_ordinary_news_is_silent(case: cases.Case) -> None:
    """Sports, business, film and weather give no keyword and are not conflict news."""
    check(case)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_category_has_wordings(language: str) -> None:
    """A kind of figure or an event category without a single wording cannot be trusted."""
    taken = [case for case in cases.development() if case.language == language]
    kinds: set[str] = set()
    for expected in (one for case in taken if case.section == "figures" for one in case.expect["expect"]):
        kinds.update(expected["kind"] if isinstance(expected["kind"], list) else [expected["kind"]])
    categories = {case.expect["category"] for case in taken if case.section == "keywords"}
    assert set(get_args(Kind)) - kinds == set()
    assert set(tomllib.loads((DATA / "taxonomy.toml").read_text("utf-8"))) - categories == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_must_stay_silent(language: str) -> None:
    """Wordings that must not be read are half of the job."""
    sections = [case.section for case in cases.development() if case.language == language]
    assert sections.count("nothing") >= 20
    assert sections.count("silent") >= 20


def test_no_wording_is_both_seen_and_held_out() -> None:
    """A sentence that was looked at measures nothing."""
    sentences = [
        {case.text for case in some if case.section != "numbers"}
        for some in (cases.development(), cases.heldout())
    ]
    assert sentences[0] & sentences[1] == set()
