"""What was read from an article, and why, for people: the text of ``extract --explain``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from streams.terminal import SEVERITY_STYLES, printable


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.enrichment import Examination
    from streams.records import (
        Actor,
        Alert,
        Claimant,
        EnrichedArticle,
        Figure,
        Finding,
        Keyword,
        Number,
        Place,
        Span,
    )


_AROUND = 32
"""Characters of the text shown on each side of what was found."""

_LABEL = 11
_MOST_EVIDENCE = 8
"""Keywords shown beside the conflict score, the weightiest first."""

_QUALIFIERS = {
    "exact": "",
    "about": "about ",
    "at_least": "at least ",
    "more_than": "more than ",
    "at_most": "at most ",
    "less_than": "less than ",
    "range": "",
    "vague": "some ",
}


def explain(examination: Examination, alerts: Sequence[Alert]) -> Text:
    """Return what was read from one article: head, figures, keywords, alerts, and what was left out."""
    article = examination.article
    silenced = examination.mentions.silenced
    excluded = [
        each for each in examination.exclusions.found if _has_number(article.text[each.start : each.end])
    ]
    lines = [
        *_head(article),
        *(
            _field("mentioned", f"{category.category}: {category.reason}", "dim")
            for category in examination.mentioned
        ),
        *_title("figures", len(article.figures)),
        *(
            line
            for number, figure in enumerate(article.figures, 1)
            for line in _figure(article, number, figure)
        ),
        *_title("keywords", len(article.keywords)),
        *(_keyword(article, keyword) for keyword in article.keywords),
        *_title("actors", len(article.actors)),
        *(_mention(article, actor, f"{actor.type} {actor.id}", actor.role) for actor in article.actors),
        *_title("weapons", len(article.weapons)),
        *(
            _mention(article, weapon, f"{weapon.family} {weapon.name}", weapon.status)
            for weapon in article.weapons
        ),
        *_title("targets", len(article.targets)),
        *(
            _mention(article, target, f"{target.group} {target.id}", target.status if target.hit else None)
            for target in article.targets
        ),
        *_title("findings", len(article.findings)),
        *(
            _mention(article, finding, f"{finding.kind} {finding.status}", _who_is_free(finding))
            for finding in article.findings
        ),
        *_title("alerts", len(alerts)),
        *(line for alert in alerts for line in _alert(alert)),
        *_title("words silenced", len(silenced)),
        *(_left_out(article, word.start, word.end, f"{word.category}: {word.reason}") for word in silenced),
        *_title("numbers that are no figures", len(excluded)),
        *(_left_out(article, each.start, each.end, each.reason) for each in excluded),
    ]
    if article.notes:
        lines += _title("notes", len(article.notes))
        lines += [Text(f"  {printable(note)}") for note in article.notes]
    return Text("\n").join([*lines, Text("")])


def _who_is_free(finding: Finding) -> str | None:
    """Return how many are, where that is what was found: "at least 12", "all"."""
    if finding.everyone:
        return "all"
    return f"at least {number(finding.low)}" if finding.low is not None else None


def _has_number(text: str) -> bool:
    return any(character.isnumeric() for character in text)


def _left_out(article: EnrichedArticle, start: int, end: int, reason: str) -> Text:
    return Text.assemble("  ", (printable(reason), "magenta"), "\n", _context(article, start, end))


def number(value: Number | None) -> str:
    """Return a number as people write it: ``1,400``, ``1.5 million``'s digits in full, ``…`` for none."""
    if value is None:
        return "…"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def amount(figure: Figure) -> str:
    """Return the value of a figure with its bounds and unit: ``about 1,400 t``, ``some 100 to 999``."""
    words = _QUALIFIERS[figure.qualifier]
    if figure.value is None:
        words += f"{number(figure.low)} to {number(figure.high)}"
    else:
        words += number(figure.value)
    if figure.unit not in ("1", "person", figure.counted and figure.counted.concept):
        words += f" {figure.unit}"
    return f"{words} per {figure.per}" if figure.per else words


def _title(name: str, count: int) -> list[Text]:
    return [Text(""), Text(f"{name} ({count})", style="bold")]


def _field(label: str, value: str, style: str = "") -> Text:
    return Text.assemble(("  " + label.ljust(_LABEL), "dim"), (value, style))


def _head(article: EnrichedArticle) -> Iterator[Text]:
    title = article.title or article.text.lstrip().partition("\n")[0]
    yield Text(printable(title, 120), style="bold underline")
    yield _field("id", printable(article.id, 100))
    source = article.source.name if article.source else None
    for label, value in (("source", source), ("published", article.published_at), ("url", article.url)):
        if value:
            yield _field(label, printable(value, 200))
    language = article.language
    sure = "reliable" if language.reliable else "not reliable"
    reason = f": {language.reason}" if language.reason else ""
    yield _field("language", f"{language.code}, confidence {language.confidence:.2f}, {sure}{reason}")
    conflict = f"{'yes' if article.conflict.value else 'no'}, score {article.conflict.score:.2f}"
    yield _field("conflict", conflict, "bold red" if article.conflict.value else "")
    for piece in article.conflict.evidence[:_MOST_EVIDENCE]:
        yield _field("", f"{piece.weight:+.2f} {piece.category} “{printable(piece.surface)}”")
    silenced = Counter(silence.domain for silence in article.conflict.silenced if silence.domain)
    if silenced:
        words = ", ".join(f"{domain} ({count})" for domain, count in silenced.most_common())
        yield _field("silenced by", words)
    for category in article.categories:
        codes = category.codes
        known = [
            f"{scheme} {code}"
            for scheme, code in (
                ("PLOVER", codes.plover),
                ("CAMEO", "/".join(codes.cameo)),
                ("ACLED", codes.acled),
                ("GDELT", "/".join(codes.gdelt)),
            )
            if code
        ]
        hits = f"{category.hits} hit{'' if category.hits == 1 else 's'}"
        words = f"{category.category}, {hits}, score {category.score:.2f}"
        yield _field("category", words + (f" ({', '.join(known)})" if known else ""))
    if article.places:
        yield _field("places", ", ".join(dict.fromkeys(map(_place, article.places))))
    if article.main_place:
        yield _field("main place", _place(article.main_place))
    for label, names in (
        ("actors", map(_actor, article.actors)),
        ("weapons", (weapon.name for weapon in article.weapons)),
        ("was hit", (target.name for target in article.targets if target.hit)),
    ):
        if listed := ", ".join(dict.fromkeys(map(printable, names))):
            yield _field(label, listed)


def _actor(actor: Actor) -> str:
    """Return an actor with what it has to do with an event: "Hezbollah (by)"."""
    return f"{actor.name} ({actor.role})" if actor.role else actor.name


def _place(place: Place) -> str:
    """Return a place with what it is: "Alep (Aleppo, SY)", "Syria (SY)", "Wexley (?)"."""
    surface = printable(place.surface)
    known = [place.name] if place.name and place.name != place.surface else []
    known += [place.country] if place.country else [] if place.name else ["?"]
    return f"{surface} ({', '.join(known)})" if known else surface


def _figure(article: EnrichedArticle, index: int, figure: Figure) -> Iterator[Text]:
    counted = f" {figure.counted.concept}" if figure.counted and figure.counted.concept != "person" else ""
    yield Text.assemble(
        f"{index:>3}  ",
        (f"{figure.kind}: {amount(figure)}{counted}", "bold green"),
        (f"  {figure.status}" if figure.status != "happened" else "", "yellow"),
        ("  ambiguous" if figure.ambiguous else "", "yellow"),
    )
    yield _context(article, figure.start, figure.end)
    yield _fields(
        ("value", number(figure.value)),
        ("low", number(figure.low)),
        ("high", number(figure.high)),
        ("qualifier", figure.qualifier),
        ("unit", figure.unit + (f" “{printable(figure.unit_surface)}”" if figure.unit_surface else "")),
        ("per", figure.per),
    )
    if figure.normalised:
        si = figure.normalised
        bounds = f" [{number(si.low)} … {number(si.high)}]" if {si.low, si.high} - {si.value, None} else ""
        yield _fields(("in SI", f"{number(si.value)}{bounds} {si.unit}"))
    yield _fields(
        ("kind", figure.kind),
        (
            "counted",
            f"{figure.counted.concept} “{printable(figure.counted.surface)}”" if figure.counted else None,
        ),
        ("party", printable(figure.party.name) if figure.party else None),
        ("victims", figure.victim_role),
        ("scope", figure.scope if figure.scope != "unknown" else None),
    )
    if figure.period:
        yield _fields(("period", _quoted(figure.period.surface, figure.period.duration)))
    if figure.claimant:
        yield _fields(("claimant", claim(figure.claimant)))
    if figure.place:
        yield _fields(("place", _quoted(figure.place.surface, figure.place.relation)))
    yield _fields(("rules", " › ".join(figure.rule)))


def claim(claimant: Claimant) -> str:
    """Return who says so, by which word, and through whom."""
    where = f"[{claimant.start}:{claimant.end}]"
    words = f"{printable(claimant.surface)} {where} {claimant.stance} “{printable(claimant.verb)}”"
    if claimant.inherited:
        words += ", carried over from an earlier sentence"
    return words + (f", via {printable(claimant.via.surface)}" if claimant.via else "")


def _quoted(surface: str, more: str | None) -> str:
    return f"“{printable(surface)}”" + (f" {more}" if more else "")


def _fields(*pairs: tuple[str, str | None]) -> Text:
    known = [Text.assemble((f"{label} ", "dim"), value) for label, value in pairs if value]
    return Text.assemble(" " * 5, Text("  ").join(known))


def _context(article: EnrichedArticle, start: int, end: int) -> Text:
    """Return a stretch as it stands in the text, with the words around it."""
    before = printable(article.text[max(0, start - _AROUND) : start] + "|")[:-1]
    after = printable("|" + article.text[end : end + _AROUND])[1:]
    return Text.assemble(
        " " * 5,
        (f"[{start}:{end}] ", "dim"),
        ("…" if start > _AROUND else "") + before,
        (printable(article.text[start:end]), "bold reverse"),
        after + ("…" if end + _AROUND < len(article.text) else ""),
    )


def _keyword(article: EnrichedArticle, keyword: Keyword) -> Text:
    return Text.assemble(
        "  ",
        (f"{keyword.category}", "bold magenta"),
        f" {keyword.status}, term “{printable(keyword.term)}”\n",
        _context(article, keyword.start, keyword.end),
    )


def _mention(article: EnrichedArticle, named: Span, words: str, more: str | None) -> Text:
    """Return an actor, a weapon or a target: what it is, what was done, and where it stands."""
    return Text.assemble(
        "  ",
        (printable(words), "bold cyan"),
        f" {more}\n" if more else "\n",
        _context(article, named.start, named.end),
    )


def _alert(alert: Alert) -> Iterator[Text]:
    yield Text.assemble(
        "  ", (f" {alert.severity} ", SEVERITY_STYLES[alert.severity]), f" {printable(alert.headline)}"
    )
    yield _fields(("reason", printable(alert.reason)))
    yield _fields(("rule", alert.rule), ("cancelled by", printable(alert.cancels)))
