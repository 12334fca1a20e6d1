"""The parties to conflicts that a text names, from data/actors.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams import meanings
from streams.records import Actor


if TYPE_CHECKING:
    from streams.text.hits import Scan


def find_actors(scan: Scan) -> list[Actor]:
    """Return the actors of a text, in order. A name counts only with its own capitals, where it has any."""
    found: list[Actor] = []
    for hit in scan.role("actor"):
        actor_id, _, form = hit.key.partition("|")
        surface = scan.text[hit.start : hit.end]
        if all(have.isupper() or not want.isupper() for have, want in zip(surface, form, strict=False)):
            found.append(
                Actor(
                    start=hit.start,
                    end=hit.end,
                    surface=surface,
                    id=actor_id,
                    name=meanings.actors()[actor_id].name,
                )
            )
    return found
