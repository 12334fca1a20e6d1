"""Step 4a: by what means, where a word says only that something was bombed or shelled.

"قصف" is done from the air or by guns. It is of the category in whose list it stands, but where the text
names other means alone ("shells fell on the market"), of theirs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec


if TYPE_CHECKING:
    from streams.records import Keyword
    from streams.text.hits import Scan


MEANS = frozenset(["air_strike", "drone_strike", "missile_artillery"])
"""Categories of what is dropped or fired from afar."""


def settled(scan: Scan, keywords: list[Keyword]) -> list[Keyword]:
    """Return the keywords of a text, in order; those of means unsaid have the means that the text names."""
    general = scan.role("keyword.general")
    if not general:
        return keywords
    words = scan.role("keyword")
    unsaid = {
        hit.start: hit.key
        for hit in general
        if (word := words.at(hit.start)) is not None and word.key == f"weak:{hit.key}"
    }
    said = Counter(
        keyword.category
        for keyword in keywords
        if keyword.category in MEANS and keyword.start not in unsaid and keyword.status == "asserted"
    )
    if not said:
        return keywords
    most = max(said, key=lambda category: (said[category], category))
    return [
        msgspec.structs.replace(keyword, category=most)
        if unsaid.get(keyword.start) == keyword.category and keyword.category not in said
        else keyword
        for keyword in keywords
    ]
