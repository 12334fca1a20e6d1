"""Step 6: enriched articles raise alerts, by the rules of a TOML file."""

from __future__ import annotations

from pathlib import Path

from streams.records import Alert, EnrichedArticle


class Rules:
    """The rules of one file."""


def load_rules(path: Path | None = None) -> Rules:
    """Return the rules in ``path``, or the ones that come with Kabar.

    Raises :class:`streams.errors.DataError`, naming file, rule and key.
    """
    return Rules()


def raise_alerts(article: EnrichedArticle, rules: Rules) -> tuple[Alert, ...]:
    """Return the alerts that an article raises, in the order of the rules."""
    return ()
