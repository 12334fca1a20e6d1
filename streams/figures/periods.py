"""Step 5f: stretches of time that figures of a sentence are of: "in the past four days", "since March"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import regex

from streams.figures.quantities import back, over


if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from streams.figures.quantities import Quantity
    from streams.text.hits import Hit, Scan
    from streams.text.sentences import Stretch


class Period(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time that frames the figures of a sentence, with its ISO 8601 duration.

    ``closed``: it only frames ("the past four days"); one that is not ("for forty days") is
    a figure of its own too.
    """

    start: int
    end: int
    duration: str | None
    closed: bool = True


_ISO = {
    "second": "PT{}S",
    "minute": "PT{}M",
    "hour": "PT{}H",
    "day": "P{}D",
    "week": "P{}W",
    "month": "P{}M",
    "year": "P{}Y",
    "decade": "P{}0Y",
}


def iso_duration(value: float | None, unit: str) -> str | None:
    """Return a length of time as an ISO 8601 duration, None where it is not a whole number."""
    if value is None or unit not in _ISO or value != int(value):
        return None
    return _ISO[unit].format(int(value))


def find_periods(
    scan: Scan,
    quantities: list[Quantity],
    sentence: Stretch,
    endings: Sequence[str] = (),
    *,
    capitals: bool = True,
) -> list[tuple[Period, Quantity | None]]:
    """Return the periods of a sentence, each with the quantity it is made of, if it has a number."""
    before, after = scan.role("time.period_before"), scan.role("time.period_after")
    lasting = scan.role("time.lasting")
    found: list[tuple[Period, Quantity | None]] = []
    for quantity in quantities:
        if quantity.unit is None or quantity.dimension != "time" or quantity.per:
            continue
        start = min(_framed_from(scan, quantity), quantity.unit.start)
        end = quantity.unit.end if start < quantity.unit.start else quantity.number.phrase_end
        opener = before.ending(back(scan.folded, start))
        follower = after.at(over(scan.folded, end))
        inflected = scan.folded[quantity.unit.start + len(quantity.unit.form) : quantity.unit.end] in endings
        if opener or follower or inflected:
            period = Period(
                opener.start if opener else start,
                follower.end if follower else end,
                iso_duration(quantity.number.value, quantity.unit.key),
                closed=follower is not None or opener is None or lasting.at(opener.start) is None,
            )
            found.append((period, quantity))
    taken = {quantity.unit.start for _, quantity in found if quantity and quantity.unit}
    for unit in (
        *scan.role("time.unit").within(sentence.start, sentence.end),
        *scan.role("rate.adverb").within(sentence.start, sentence.end),
    ):
        if unit.start in taken:
            continue
        opener = before.ending(back(scan.folded, unit.start))
        follower = after.at(over(scan.folded, unit.end))
        if opener and (follower or opener.form.count(" ")):
            end = follower.end if follower else unit.end
            found.append((Period(opener.start, end, iso_duration(1, unit.key)), None))
    dated = (*_dated(scan, sentence), *_in_months(scan, sentence, capitals=capitals))
    found += ((period, None) for period in dated)
    covered = {offset for period, _ in found for offset in range(period.start, period.end)}
    found += [
        (Period(hit.start, hit.end, iso_duration(1, hit.key)), None)
        for hit in scan.role("time.window").within(sentence.start, sentence.end)
        if hit.start not in covered
    ]
    return sorted(found, key=lambda pair: pair[0].start)


def _framed_from(scan: Scan, quantity: Quantity) -> int:
    """Return where a length of time begins without a word before it that qualifies and frames alike.

    "Killed 70 over three days": over behind what is counted, and no verb that lasts.
    """
    start, number = quantity.number.phrase_start, quantity.number.start
    frame = scan.role("time.period_before").at(start)
    lasts = scan.role("time.lasting").ending(back(scan.folded, start))
    if frame is None or lasts or over(scan.folded, frame.end) < number:
        return start
    return number


_MONTH_YEAR = regex.compile(r" (?:1[89]|20)\d\d(?![\d.,]\d|\d)")


def _in_months(scan: Scan, sentence: Stretch, *, capitals: bool) -> Iterator[Period]:
    """Yield "in September", "selama Oktober 2025": a month behind a word for a stretch of time.

    ``capitals``: months have one, and without it are another word ("may").
    """
    before = scan.role("time.period_before")
    for month in scan.role("time.months").within(sentence.start, sentence.end):
        opener = before.ending(back(scan.folded, month.start))
        told = capitals is False or scan.text[month.start].isupper()
        if opener and told and not scan.folded[month.end + 1 : month.end + 2].isdigit():
            yield Period(opener.start, month.end, "P1M")
        elif opener and (year := _MONTH_YEAR.match(scan.folded, month.end)):
            yield Period(opener.start, year.end(), "P1M")


_DATES = regex.compile(r" (?:(\d{1,4})\p{L}{0,2}(?![\d.,]\d)|(\p{L}++))")
_MOST_DATE_WORDS = 9
"""Words of "between 28 September 2026 and 11 October 2026"."""
_LAST_DAY, _FIRST_YEAR = 31, 1900


def _dated(scan: Scan, sentence: Stretch) -> Iterator[Period]:
    """Yield the stretches between two dates: "between 3 and 9 November", "dari 1 hingga 10 Oktober"."""
    seen = -1
    for role in ("ranges.between", "ranges.starts"):
        for hit in scan.role(role).within(sentence.start, sentence.end):
            end = _two_dates(scan, hit.end, sentence.end) or _two_months(scan, hit.end, sentence.end)
            if end and hit.start > seen:
                seen = hit.start
                yield Period(hit.start, end, None)


def _two_dates(scan: Scan, start: int, limit: int) -> int | None:
    """Return where two days of a month end that begin at an offset, None where none do."""
    months, at, days, named, joined, end = scan.role("time.months"), start, 0, False, 0, start
    for _ in range(_MOST_DATE_WORDS):
        match = _DATES.match(scan.folded, at, limit)
        if match is None:
            break
        word = match.start() + 1
        if number := match.group(1):
            is_day, is_year = int(number) <= _LAST_DAY, int(number) >= _FIRST_YEAR
            if not is_day and not (is_year and named):
                break
            days += is_day
        elif (month := months.at(word)) and month.end == match.end():
            named = True
        elif any((hit := scan.role(role).at(word)) and hit.end == match.end() for role in _JOINED) and days:
            joined += 1
            at = match.end()
            continue
        else:
            break
        at = end = match.end()
    return end if days == 2 and named and joined == 1 else None  # noqa: PLR2004 - from one day to another


def _two_months(scan: Scan, start: int, limit: int) -> int | None:
    """Return where the second of two months ends that begin at an offset: "from [January to September]"."""
    months = scan.role("time.months")
    first = months.at(over(scan.folded, start))
    if first is None:
        return None
    for role in _JOINED:
        joined = scan.role(role).at(over(scan.folded, first.end))
        last = months.at(over(scan.folded, joined.end)) if joined else None
        if last and last.end <= limit:
            year = _YEAR.match(scan.folded, last.end)
            return year.end() if year else last.end
    return None


_JOINED = ("ranges.to", "ranges.between_and")


_YEAR = regex.compile(r" (?:1[89]|20)\d\d(?!\d|[.,]\d)")
_CLAUSE = regex.compile(r"(?: \p{L}[\p{L}'-]*+){0,3}")
_OF_EVENT = regex.compile(r"(?: \p{L}{1,4}+){1,2} ?'?|(?: \p{L}{1,4}+)? \p{L}'")


def find_since(scan: Scan, sentence: Stretch, *, verb_second: bool = False) -> Period | None:
    """Return "since October", "sejak akhir September lalu" as a period without a length.

    ``verb_second``: the verb that follows is another clause's ("Seit Kriegsbeginn starben …").
    """
    for hit in scan.role("time.since").within(sentence.start, sentence.end):
        window = hit.end + 32
        inner = [
            found
            for role in ("time.months", "time.weekdays", "time.year_words", "time.unit")
            # The word may name the time itself: "с октября".
            for start in (hit.start, hit.end)
            if (found := scan.role(role).first_within(start, min(sentence.end, window)))
            and found.end >= hit.end
            and (found.start, found.end) != (hit.start, hit.end)
            and "," not in scan.folded[hit.end : found.start]
            and not _names_place(scan, hit, found)
        ]
        year = next(
            (at for at in range(hit.end, min(sentence.end, hit.end + 6)) if scan.folded[at].isdigit()), None
        )
        if year is not None and any(sign in ",;.:!?" for sign in scan.folded[hit.end : year]):
            # "warf zwei Bomben ab; 22 Menschen starben"
            year = None
        if inner:
            end = _end_of_time(inner)
            event = scan.role("keyword").first_within(end, min(sentence.end, end + _EVENT))
            if event and _OF_EVENT.fullmatch(scan.folded, end, event.start):
                # "since the beginning of the war"
                end = event.end
        elif year is not None:
            end = year + 4
        elif event := _event_since(scan, hit.end, min(sentence.end, hit.end + _EVENT)):
            # "since the invasion began": to the end of the clause, three words at most.
            follows = None if verb_second else _CLAUSE.match(scan.folded, event.end)
            end = follows.end() if follows else event.end
            until = scan.role("time.since_after").first_within(event.end, event.end + _SINCE)
            if until is None and scan.segmentation:
                continue  # "pulled from the rubble": whence, not since when
            end = until.end if until else end
        else:
            continue
        while end < sentence.end and scan.folded[end].isdigit():
            end += 1
        if _YEAR.match(scan.folded, end):
            end += 5
        return Period(hit.start, min(end, sentence.end), None)
    for hit in scan.role("time.since_after").within(sentence.start, sentence.end):
        if (start := _time_before(scan, hit.start, sentence.start)) is not None:
            # "From 7 October until now": the word that opens it is the period's.
            opener = scan.role("ranges.starts").last_before(
                hit.start, max(sentence.start, hit.start - _SINCE)
            )
            return Period(opener.start if opener else start, hit.end, None)
    return None


def _event_since(scan: Scan, start: int, limit: int) -> Hit | None:
    """Return the event named behind "since"; "fired from the north were downed" names none but where from."""
    event = scan.role("keyword").first_within(start, limit)
    if event and event.start > start + 1 and scan.role("predicate").first_within(event.start, event.end):
        return None
    return event


def _end_of_time(words: list[Hit]) -> int:
    """Return where a time ends that is several words; a farther one is of another: "été" may be "been"."""
    first, *others = sorted(words, key=lambda hit: hit.start)
    end = first.end
    for hit in others:
        end = max(end, hit.end) if hit.start - end <= _NEXT_WORD else end
    return end


_NEXT_WORD = 6
"""Code points between two words of one time: "early in 2023"."""
_EVENT = 30
"""Code points behind "since" in which an event is named."""
_SINCE = 40
"""Code points within which "from" stands before "until now"."""
_DAY_OR_YEAR = regex.compile(r"(?:\d{1,2} $|(?:1[89]|20)\d\d(?:'\p{L}{1,6})? ?$)")


def _time_before(scan: Scan, end: int, floor: int) -> int | None:
    """Return where the time begins that "since" stands behind: "7 Ekim'den" of "7 Ekim'den bu yana"."""
    first = max(floor, end - 32)
    found = [
        hit.start
        for role in ("time.months", "time.weekdays", "time.year_words", "time.unit", "keyword")
        if (hit := scan.role(role).last_before(end, first))
    ]
    start = min(found, default=end)
    if match := _DAY_OR_YEAR.search(scan.folded, max(floor, start - 12), start):
        start = match.start()
    return start if start < end else None


def _names_place(scan: Scan, since: Hit, found: Hit) -> bool:
    """Tell whether a word such as "desde" says whence and not since when: "desde Gaza el lunes"."""
    between = scan.text[since.end : found.start]
    return scan.role("places.before").at(since.start) is not None and between.lower() != between
