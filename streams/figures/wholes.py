"""Wholes and their parts: "28 of 31 drones", "of 120 drones 98 were shot down, 15 were lost"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.figures.nouns import THING


if TYPE_CHECKING:
    from streams.figures.quantities import Quantity
    from streams.text.hits import Hit, Scan


def with_wholes(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give a part the noun of its whole: "28 of 31 drones" is 28 drones of 31."""
    found = list(quantities)
    for index in range(len(found) - 1):
        one, whole = found[index], found[index + 1]
        beside = not scan.folded[one.noun_end : whole.start].strip()
        if beside and _flies(one) and _ends_as_part(whole):
            found[index] = one._replace(whole=True)  # "of 120 drones 97 were shot down"
            continue
        if one.counted and whole.counted is None and whole.unit is None and _joins(one, whole, scan):
            if scan.segmentation:  # "of 31 drones 28": there the whole comes first
                found[index] = one._replace(whole=True)
                found[index + 1] = whole._replace(counted=one.counted, part=True)
                continue
            # "28 drones of 31"
            found[index + 1] = whole._replace(counted=one.counted, whole=True)
        if one.counted or one.unit or not whole.counted:
            continue
        if _joins(one._replace(noun_end=one.number.phrase_end), whole, scan):
            found[index] = one._replace(counted=whole.counted, rules=(*one.rules, "counted.of_the_whole"))
            found[index + 1] = whole._replace(whole=True)
    return found


def with_parts(quantities: list[Quantity], scan: Scan) -> list[Quantity]:
    """Give the parts behind their whole its noun: "of 120 drones 98 were shot down, 15 were lost"."""
    found = list(quantities)
    whole: Hit | None = None
    for index, one in enumerate(found):
        of = scan.role("part_of").ending(one.start - 1)
        bare = one.unit is None and (one.counted is None or one.counted.key == THING)
        if of and one.counted and not bare and one.class_ != "settlement" and index + 1 < len(found):
            whole = one.counted
            following = found[index + 1]
            if following.unit or (following.counted and following.counted.key != THING):
                whole = None
            else:
                found[index] = one._replace(whole=True)
        elif whole and bare:
            noun_end = one.number.phrase_end if one.counted else one.noun_end
            found[index] = one._replace(
                counted=whole, noun_end=noun_end, rules=(*one.rules, "counted.of_the_whole")
            )
        else:
            whole = None
    return found


def _flies(quantity: Quantity) -> bool:
    """Tell whether what is counted is fired or flies: of such a whole, a part's fate tells nothing."""
    return quantity.class_ in ("munition", "aircraft")


def _ends_as_part(quantity: Quantity) -> bool:
    """Tell whether a bare number has the ending of a part: "97'si" of what stands before it."""
    return not quantity.counted and not quantity.unit and "number.ending.part" in quantity.number.rule


def _joins(one: Quantity, whole: Quantity, scan: Scan) -> bool:
    """Tell whether a word such as "of" is all that stands between two quantities."""
    gap = scan.folded[one.noun_end : whole.number.phrase_start].strip()
    hit = scan.role("part_of").first_within(one.noun_end, whole.number.phrase_start)
    return hit is not None and hit.form == gap
