"""The wording cases: read from TOML, run against Kabar, compared, reported."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from streams import RawArticle, enrich, find_numbers
from streams.records import EnrichedArticle, Figure, Keyword


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


FOLDER = Path(__file__).parent

PUBLISHED = "2026-11-20T08:00:00Z"

SECTIONS = ("numbers", "figures", "nothing", "keywords", "absent", "silent")

Expected = dict[str, Any]

_BLOCK_KEYS = {
    "numbers": {"expect"},
    "figures": {"expect"},
    "nothing": {"why"},
    "keywords": {"category", "status"},
    "absent": {"category", "why"},
    "silent": {"why"},
}
_FREE_KEYS = {"silent": {"category"}}
"""Keys that a block of a section may have or not, beside ``todo``."""

_NUMBER_KEYS = {"value", "low", "high", "qualifier", "surface"}
_EQUAL = {
    "kind": "kind",
    "unit": "unit",
    "per": "per",
    "victim_role": "victim_role",
    "status": "status",
    "scope": "scope",
    "concept": "counted.concept",
    "stance": "claimant.stance",
    "duration": "period.duration",
}
_PART = {
    "claimant": "claimant.surface",
    "place": "place.surface",
    "party": "party.surface",
    "period": "period.surface",
}
_FIGURE_KEYS = _NUMBER_KEYS | _EQUAL.keys() | _PART.keys()


class Case(NamedTuple):
    """One text and what a reader takes from it. ``expect`` is the block it stands in."""

    file: str
    language: str
    section: str
    text: str
    expect: dict[str, Any]
    todo: str | None


def development() -> list[Case]:
    """Return the cases that are run as tests."""
    paths = [*sorted(FOLDER.glob("*.toml")), *sorted((FOLDER / "events").glob("*.toml"))]
    return [case for path in paths for case in read(path)]


def heldout() -> list[Case]:
    """Return the cases that are only measured."""
    return [case for path in sorted((FOLDER / "heldout").glob("*.toml")) for case in read(path)]


def read(path: Path) -> Iterator[Case]:
    """Yield the cases of one file; ``ValueError`` names file, block and key of a mistake."""
    data = tomllib.loads(path.read_text("utf-8"))
    if unknown := data.keys() - set(SECTIONS):
        raise ValueError(f"{path}: unknown section {sorted(unknown)}; there are {SECTIONS}")
    for section, blocks in data.items():
        for number, block in enumerate(blocks, 1):
            where = f"{path}: {section} {number}"
            free = block.keys() & ({"todo"} | _FREE_KEYS.get(section, set()))
            if wrong := block.keys() ^ (_BLOCK_KEYS[section] | {"texts"} | free):
                raise ValueError(f"{where}: missing or unknown {sorted(wrong)}")
            known = _NUMBER_KEYS if section == "numbers" else _FIGURE_KEYS
            for expected in block.get("expect", []):
                if unknown := expected.keys() - known:
                    raise ValueError(f"{where}: unknown key {sorted(unknown)}; there are {sorted(known)}")
                if section == "figures" and "kind" not in expected:
                    raise ValueError(f"{where}: a figure has no kind: {expected}")
            for text in block["texts"]:
                file = f"{path.parent.name}/{path.name}"
                yield Case(file, path.stem, section, text, block, block.get("todo"))


def article(case: Case) -> EnrichedArticle:
    """Return the enriched article of a case's text, its language given as a hint.

    All are published on one day, years after the years that their texts name.
    """
    return enrich(RawArticle(text=case.text, language=case.language, published_at=PUBLISHED))


def numbers(case: Case) -> Sequence[Any]:
    """Return the numbers of a case's text."""
    return find_numbers(case.text, case.language)


def problems(case: Case) -> list[str]:
    """Return what is wrong, in words; nothing where all is as expected."""
    if case.section == "numbers":
        return _all_match(case.expect["expect"], numbers(case))
    return _article_problems(case, article(case))


def is_found(case: Case, found: EnrichedArticle) -> bool:
    """Tell whether a keyword that a case asks for came out; what is commemorated is of the past too."""
    category, status = case.expect["category"], case.expect["status"]
    statuses = (status, "commemorative") if status == "historical" else (status,)
    return any(one.category == category and one.status in statuses for one in found.keywords)


def asserted(case: Case, found: EnrichedArticle) -> list[Keyword]:
    """Return the keywords that assert an event of a case's category."""
    category = case.expect["category"]
    return [one for one in found.keywords if one.category == category and one.status == "asserted"]


def report(case: Case, wrong: list[str]) -> str:
    """Return a page to read: the text, what was expected, what came out."""
    lines = [f"{case.file}, {case.section}", f"  text      {case.text}"]
    if "expect" in case.expect:
        lines += [f"  expected  {_flat(expected)}" for expected in case.expect["expect"] or [{}]]
    else:
        wanted = {key: value for key, value in case.expect.items() if key not in ("texts", "todo")}
        lines.append(f"  expected  {_flat(wanted)}")
    return "\n".join(["", *lines, *(f"  wrong     {line}" for line in wrong)])


def mismatches(expected: Expected, found: Any) -> list[str]:  # noqa: ANN401 - a number or a figure
    """Return each key of ``expected`` that ``found`` does not meet, with both values."""
    wrong = []
    for key, want in bounds(expected, found.qualifier).items():
        got = getattr(found, key)
        if not _same(want, got):
            wrong.append(f"{key} should be {want!r}, is {got!r}")
    if "surface" in expected and expected["surface"] not in found.surface:
        wrong.append(f"surface should cover {expected['surface']!r}, is {found.surface!r}")
    for key, path in _EQUAL.items():
        if key in expected and not _any(expected[key], _get(found, path), part=False):
            wrong.append(f"{key} should be {expected[key]!r}, is {_get(found, path)!r}")
    for key, path in _PART.items():
        if key in expected and not _any(expected[key], _get(found, path), part=True):
            wrong.append(f"{key} should be {expected[key]!r}, is {_get(found, path)!r}")
    return wrong


def bounds(expected: Expected, found_qualifier: str) -> Expected:
    """Return value, low, high and qualifier in full, as the qualifier implies them.

    Where more than one qualifier is allowed, the one that was found decides.
    """
    if not expected.keys() & {"value", "low", "high", "qualifier"}:
        return {}
    allowed = expected.get("qualifier", "exact" if "value" in expected else "vague")
    if isinstance(allowed, list):
        allowed = found_qualifier if found_qualifier in allowed else allowed[0]
    value = expected.get("value")
    low, high = {
        "exact": (value, value),
        "at_least": (value, None),
        "more_than": (value, None),
        "at_most": (None, value),
        "less_than": (None, value),
    }.get(allowed, (expected.get("low"), expected.get("high")))
    return {"value": value, "low": low, "high": high, "qualifier": allowed}


def brief(found: Any) -> str:  # noqa: ANN401 - a number or a figure
    """Return a number or a figure in one line, without what it does not have."""
    parts = [
        f"{found.surface!r}",
        f"value={found.value}",
        f"low={found.low}",
        f"high={found.high}",
        found.qualifier,
    ]
    if isinstance(found, Figure):
        fields = [*_EQUAL.items(), *_PART.items()]
        parts += [f"{key}={_get(found, path)}" for key, path in fields if _get(found, path) is not None]
    return " ".join(parts)


def _article_problems(case: Case, found: EnrichedArticle) -> list[str]:
    wrong = [
        f"the span {span.start}:{span.end} is not {span.surface!r}"
        for span in (*found.figures, *found.keywords)
        if found.text[span.start : span.end] != span.surface
    ]
    if found.language.code != case.language:
        wrong.append(f"the language came out as {found.language}")
    match case.section:
        case "figures":
            wrong += _all_match(case.expect["expect"], found.figures)
        case "nothing":
            wrong += [f"a figure came out: {brief(figure)}" for figure in found.figures]
        case "keywords":
            if not is_found(case, found):
                hits = [f"{k.category} {k.status} {k.surface!r}" for k in found.keywords]
                wrong.append(f"keywords that came out: {', '.join(hits) or 'none'}")
        case "absent":
            wrong += [f"it came out: {k.category} {k.surface!r}" for k in asserted(case, found)]
        case "silent":
            wrong += [f"a keyword came out: {k.category} {k.surface!r}" for k in found.keywords]
            if found.conflict.value:
                wrong.append(f"it was taken for conflict news: {found.conflict}")
    return wrong


def _all_match(expected: list[Expected], found: Any) -> list[str]:  # noqa: ANN401 - numbers or figures
    came_out = [f"came out: {brief(one)}" for one in found] or ["came out: nothing"]
    if len(expected) != len(found):
        return [f"{len(expected)} expected, {len(found)} came out", *came_out]
    wrong = [
        f"number {place}: {line}"
        for place, (want, got) in enumerate(zip(expected, found, strict=True), 1)
        for line in mismatches(want, got)
    ]
    return [*wrong, *came_out] if wrong else []


def _same(want: object, got: object) -> bool:
    if isinstance(want, int | float) and isinstance(got, int | float):
        return math.isclose(want, got, rel_tol=1e-6)
    return want == got


def _any(want: object, got: object, *, part: bool) -> bool:
    if want is False:
        return got is None
    choices: list[object] = want if isinstance(want, list) else [want]
    if got is None and any(choice is False for choice in choices):
        return True
    if part:
        # Either may be the longer one: "polisi" is named by "polisi setempat", and the other way round.
        words = str(got or "").casefold()
        return any(
            bool(words) and (part in words or words in part) for part in (str(c).casefold() for c in choices)
        )
    return got in choices


def _get(found: object, path: str) -> object:
    for name in path.split("."):
        if found is None:
            return None
        found = getattr(found, name)
    return found


def _flat(expected: Expected) -> str:
    return " ".join(f"{key}={value}" for key, value in expected.items()) or "nothing"
