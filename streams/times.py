"""Times as articles and headers have them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def moment(text: str | None) -> datetime | None:
    """Return the time that a text names: ISO 8601, e-mail's form, or seconds since 1970; None for none."""
    if not text:
        return None
    for read in (
        datetime.fromisoformat,
        parsedate_to_datetime,
        lambda text: datetime.fromtimestamp(float(text), UTC),
    ):
        try:
            found = read(text.strip())
        except (ValueError, TypeError, IndexError, OverflowError, OSError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def stamp(seconds: float) -> str:
    """Return a time, in seconds since 1970, as RFC 3339 has it: UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
