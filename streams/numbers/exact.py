"""Exact numbers: whole ones are plain ints, for most are, and fractions take ten times as long."""

from __future__ import annotations

from fractions import Fraction


Exact = int | Fraction


def ratio(number: Exact, divisor: Exact) -> Exact:
    """Return a number divided by another, a plain int where it is whole."""
    found = Fraction(number, divisor)
    return found.numerator if found.denominator == 1 else found
