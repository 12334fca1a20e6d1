"""Step 6: enriched articles raise alerts, by the rules of a TOML file."""

from streams.alerts.raising import raise_alerts
from streams.alerts.rules import Rules, load_rules


__all__ = ["Rules", "load_rules", "raise_alerts"]
