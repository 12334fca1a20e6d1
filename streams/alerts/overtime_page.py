"""The rules over time for readers: which alerts are one story, and what many articles raise together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.alerts.overtime import Family, FirstMention, Rise, Surge
    from streams.alerts.rules import Rules


def page_over_time(rules: Rules) -> str:
    """Return a section of Markdown for each family, and for each rule over time."""
    return "\n".join(_lines(rules))


def lines_over_time(rules: Rules) -> Iterator[tuple[str, list[str]]]:
    """Yield each family and rule over time: its id and title, and what it says, a line each, for people."""
    for family in rules.families:
        yield f"{family.id}: {family.title} (one story)", list(_of_family(family))
    for rise in rules.rises:
        yield f"{rise.id}: {rise.title} ({rise.severity})", list(_of_rise(rise))
    for surge in rules.surges:
        yield f"{surge.id}: {surge.title}", list(_of_surge(surge))
    for first in rules.first_mentions:
        yield f"{first.id}: {first.title} ({first.severity})", list(_of_first(first))


def _lines(rules: Rules) -> Iterator[str]:
    yield from ("### One story", "")
    yield "Alerts of these rules are one story where they are near in place and time; others are told alone."
    yield ""
    yield "| family | rules | one place, km | window | quiet | cooldown |"
    yield "|---|---|--:|--:|--:|--:|"
    for family in rules.families:
        names = ", ".join(f"`{name}`" for name in family.rules)
        hours = f"{family.window_hours:g} h | {family.quiet_hours:g} h | {family.cooldown_minutes:g} min"
        yield f"| {family.title} | {names} | {family.near_km:g} | {hours} |"
    slow = [rule for rule in rules.rules if rule.window_hours or rule.quiet_hours]
    if slow:
        told = (
            f"`{rule.id}` ({rule.window_hours or 0:g} h, quiet {rule.quiet_hours or 0:g} h)" for rule in slow
        )
        yield from ("", f"Stories of some rules take longer: {', '.join(told)}.")
    yield ""
    for rise in rules.rises:
        yield from _section(rise.id, rise.title, _of_rise(rise), rise.cancels)
    for surge in rules.surges:
        yield from _section(surge.id, surge.title, _of_surge(surge), surge.cancels)
    for first in rules.first_mentions:
        yield from _section(first.id, first.title, _of_first(first), first.cancels)


def _section(id_: str, title: str, lines: Iterator[str], cancels: str) -> Iterator[str]:
    yield from (f"### {title}", "", f"`{id_}` fires", "")
    yield from (f"- {line}" for line in lines)
    yield from ("", f"Cancelled by: {cancels}", "")


def _of_family(family: Family) -> Iterator[str]:
    yield f"rules {', '.join(family.rules)}"
    yield f"towns within {family.near_km:g} km are one place"
    yield f"for {family.window_hours:g} hours after the first alert"
    yield f"after {family.quiet_hours:g} quiet hours another number is another event's"
    yield f"{family.cooldown_minutes:g} minutes between records that tell nothing grave"


def _of_rise(rise: Rise) -> Iterator[str]:
    kinds = " or ".join(f"`{kind}`" for kind in rise.kinds)
    yield f"on a story whose number of {kinds} is {rise.factor:g} times what it was raised with, or more"
    yield f"and at least {rise.at_least:g}"
    yield f"severity {rise.severity}"


def _of_surge(surge: Surge) -> Iterator[str]:
    names = ", ".join(f"{meanings.taxonomy()[one].label} (`{one}`)" for one in surge.categories)
    yield f"on articles of one day (UTC) in one country that speak of one of {names}"
    yield f"at least {surge.at_least} of them, copies not counted, of {surge.sources} sources or more"
    yield f"where so many are improbable by the {surge.baseline_days} days before (negative binomial)"
    for level in surge.levels:
        yield f"{level.severity} from a probability of {level.probability:g} down"


def _of_first(first: FirstMention) -> Iterator[str]:
    yield f"on a town that no article of conflict was about for {first.days} days"
    yield f"once {first.sources} sources are, on one day (UTC), and no other rule fires on any of them"
    if first.countries:
        yield f"in {', '.join(first.countries)}"
    yield f"severity {first.severity}"
