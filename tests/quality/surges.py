"""The rules over time against articles whose days are known: surges, first mentions, tolls that rise.

``surges.toml`` states what the articles of each day are drawn from; :func:`reports` draws them, always the
same. ``python -m tests.quality.surges`` prints how many of what is told a reader would tell too (precision),
how many of what he would tell is told (recall), and what is wrong.
"""

from __future__ import annotations

import hashlib
import math
import random
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from streams.alerts import load_rules
from streams.records import Place
from streams.stories.stories import Stories
from streams.times import moment
from tests.quality.scores import Tally
from tests.telling import DAY, HOUR, MORNING, raised, report, told


if TYPE_CHECKING:
    from collections.abc import Iterator

    from streams.stories.records import Story
    from streams.stories.reports import Report

    Label = dict[str, Any]

FILE = Path(__file__).with_suffix(".toml")
MIDNIGHT = MORNING // DAY * DAY
_BEGIN_HOURS = (MIDNIGHT - MORNING) / HOUR
_SATURDAY = 5
_SOURCES = 12
_FIRST_ID = 900_000
_ALERTED = 10
"""So many dead raise an alert of an article by itself."""

NAMES = {
    "surge": "surges of a day, in a country",
    "first_mention": "first news of a town in a fortnight",
    "rise": "tolls that rise threefold",
}
"""What is measured, by the name of the measure."""


def labels() -> Label:
    """Return what the set is drawn from, and what a reader would tell of it."""
    return tomllib.loads(FILE.read_text("utf-8"))


def reports(data: Label, seed: int) -> list[Report]:
    """Return the reports of all days, as a seed draws them; the same seed gives the same."""
    found: list[Report] = []
    for series in data["countries"]:
        dice = random.Random(f"{seed} {series['code']} {series['category']}")  # noqa: S311 - it deals out days
        found += _of_country(series, data["days"], dice)
    for number, town in enumerate(data["towns"]):
        found += _of_town(town, number)
    for number, toll in enumerate(data["tolls"]):
        found += _of_toll(toll, number)
    return found


def measure(data: Label) -> Tally:
    """Return the measures of the stories that the set tells: surges by each seed, the rest once."""
    tally = Tally()
    surges = {
        (one["code"], one["category"], surge["day"])
        for one in data["countries"]
        for surge in one.get("surges", ())
    }
    current: list[Story] = []
    for seed in data["seeds"]:
        stories = Stories(load_rules())
        stories.add(reports(data, seed))
        current = stories.current()
        surged = {_surge(one) for one in current if one.family == "surge"}
        _count(tally, "surge", surges, {one for one in surged if one[2] >= data["judged"]}, f"seed {seed}, ")
    firsts = {
        (one["name"], each["day"]) for one in data["towns"] for each in one["days"] if each.get("first")
    }
    named = {
        (one.place.name, _day(one.first_at)) for one in current if one.family == "first_mention" and one.place
    }
    _count(tally, "first_mention", firsts, named)
    rises = {one["name"] for one in data["tolls"] if one.get("rises")}
    risen = {
        one.place.name
        for one in current
        if one.place and any(rule.rule == "toll_rises" for rule in one.rules)
    }
    _count(tally, "rise", rises, risen)
    return tally


def table(tally: Tally) -> list[str]:
    """Return the measures as the rows of a table."""
    rows = ["| over time | told rightly | of those told | of those that are |", "|---|--:|--:|--:|"]
    scores = tally.scores()
    for name, called in NAMES.items():
        one = scores[name]
        rows.append(
            f"| {called} | {one.right} | {one.right}/{one.found} ({one.precision:.3f}) "
            f"| {one.right}/{one.expected} ({one.recall:.3f}) |"
        )
    return rows


def _of_country(series: Label, days: int, dice: random.Random) -> Iterator[Report]:
    """Yield the articles of a country on its category, day by day, over all of them and all sources."""
    factors = {one["day"]: one["factor"] for one in series.get("surges", ())}
    copies = {one["day"]: one["copies"] for one in series.get("storms", ())}
    floods = {one["day"]: one["articles"] for one in series.get("floods", ())}
    code, category = series["code"], series["category"]
    place = Place(start=0, end=2, surface=code, relation="in", name=code, feature="country", country=code)
    for day in range(days):
        mean = series["mean"] * factors.get(day, 1.0)
        if "week" in series and (MIDNIGHT // DAY + day + 3) % 7 >= _SATURDAY:
            mean *= series["week"]
        if "size" in series:
            # A negative binomial is a Poisson whose mean is drawn from a Gamma.
            mean *= dice.gammavariate(series["size"], 1 / series["size"])
        for number in range(_poisson(mean, dice)):
            name = f"{code}-{category}-{day}-{number}"
            yield _article(name, day, dice, place, category, source=f"s{dice.randrange(_SOURCES)}")
        storm = " ".join(f"{code}{word}" for word in range(60))
        for number in range(copies.get(day, 0)):
            name = f"{code}-{category}-{day}-copy{number}"
            yield _article(name, day, dice, place, category, source=f"c{number}", text=storm)
        for number in range(floods.get(day, 0)):
            name = f"{code}-{category}-{day}-flood{number}"
            yield _article(name, day, dice, place, category, source="s0")


def _article(
    name: str,
    day: int,
    dice: random.Random,
    place: Place,
    category: str,
    *,
    source: str,
    text: str | None = None,
) -> Report:
    hours = _BEGIN_HOURS + 24 * day + 23.5 * dice.random()
    return report(name, hours, place, source=source, categories=(category,), text=text)


def _of_town(town: Label, number: int) -> Iterator[Report]:
    place = _town(town, _FIRST_ID + number)
    for each in town["days"]:
        text = " ".join(f"{town['name']}{word}" for word in range(60)) if each.get("copies") else None
        for source in range(each["sources"]):
            name = f"{town['name']}-{each['day']}-{source}"
            hours = _BEGIN_HOURS + 24 * each["day"] + 6 + source
            yield report(name, hours, place, source=f"t{source}", categories=("attack",), text=text)


def _of_toll(toll: Label, number: int) -> Iterator[Report]:
    place = _town(toll, _FIRST_ID + 500 + number)
    by = toll.get("by", [None] * len(toll["numbers"]))
    for step, (dead, who) in enumerate(zip(toll["numbers"], by, strict=True)):
        hours = _BEGIN_HOURS + 24 * (20 + 3 * number) + 2 * step
        figure = told(dead, by=who, title=True)
        alerts = [raised("mass_casualties", "medium")] if dead >= _ALERTED else []
        name = f"{toll['name']}-{step}"
        yield report(name, hours, place, figure, source=f"r{step}", categories=(), alerts=alerts)


def _town(label: Label, number: int) -> Place:
    """Return a town that is far from all others."""
    spread = int(hashlib.sha256(label["name"].encode()).hexdigest()[:8], 16)
    return Place(
        start=0,
        end=len(label["name"]),
        surface=label["name"],
        relation="in",
        name=label["name"],
        feature="town",
        country=label["code"],
        latitude=spread % 140 - 70.0,
        longitude=spread // 140 % 340 - 170.0,
        geonames_id=number,
    )


def _poisson(mean: float, dice: random.Random) -> int:
    """Return a number drawn from the Poisson distribution (Knuth's way)."""
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


def _surge(story: Story) -> tuple[str | None, str | None, int]:
    assert story.statistics is not None
    return (story.country, story.statistics.category, _day(story.first_at))


def _day(stamped: str) -> int:
    found = moment(stamped)
    assert found is not None
    return int(found.timestamp() - MIDNIGHT) // DAY


def _count(tally: Tally, name: str, wanted: set[Any], found: set[Any], which: str = "") -> None:
    tally.add(name, expected=len(wanted), found=len(found), right=len(wanted & found))
    for one in sorted(wanted - found, key=str):
        tally.miss(name, f"{which}not told: {one}")
    for one in sorted(found - wanted, key=str):
        tally.miss(name, f"{which}should not be told: {one}")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the rules over time, and print what was wrong."""
    tally = measure(labels())
    for name, lines in tally.misses.items():
        click.echo("\n  ".join([name, *lines]))
    click.echo("\n".join(table(tally)))


if __name__ == "__main__":
    main()
