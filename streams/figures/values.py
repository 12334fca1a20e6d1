"""The values of a figure as they stand in its record: made whole, in SI units, in a country's money."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from streams import meanings
from streams.records import Normalised


if TYPE_CHECKING:
    from streams.figures.quantities import Quantity
    from streams.numbers.numbers import NumberSpan
    from streams.records import Number, Place


def national(unit: str, places: list[Place]) -> str:
    """Return the code of a currency that several countries have: that of the country named most."""
    unit = unit.removesuffix(meanings.HUNDREDTH)
    codes = meanings.units().national.get(unit)
    if codes is None:
        return unit
    named = Counter(place.country for place in places if place.country in codes)
    return codes[named.most_common(1)[0][0] or ""] if named else unit


def resolved(
    number: NumberSpan, quantity: Quantity
) -> tuple[Number | None, Number | None, Number | None, bool]:
    """Return value and bounds; an ambiguous "1.400" of things that come whole is 1400.

    Hundredths of a currency are counted in the currency itself.
    """
    values = (number.value, number.low, number.high)
    if number.ambiguous and quantity.unit is None and quantity.counted and isinstance(number.value, float):
        whole = [round(value * 1000) if value is not None else None for value in values]
        return whole[0], whole[1], whole[2], False
    if quantity.unit and quantity.unit.key.endswith(meanings.HUNDREDTH):
        # 75 pence are 0.75 pounds, as their currency's code counts them.
        value, low, high = (None if one is None else _scaled(one, 0.01) for one in values)
        return value, low, high, number.ambiguous
    return (*values, number.ambiguous)


def normalised(unit: str, value: Number | None, low: Number | None, high: Number | None) -> Normalised | None:
    """Return value and bounds in the SI unit of the dimension, None where there is none."""
    known = meanings.units().units.get(unit)
    if known is None or known.factor is None or known.dimension not in meanings.units().si:
        return None
    return Normalised(
        value=_scaled(value, known.factor),
        low=_scaled(low, known.factor),
        high=_scaled(high, known.factor),
        unit=meanings.units().si[known.dimension],
    )


def _scaled(value: Number | None, factor: float) -> Number | None:
    if value is None:
        return None
    product = value * factor
    return int(product) if float(product).is_integer() and abs(product) < 2**53 else float(f"{product:.12g}")
