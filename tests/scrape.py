"""What a page of metrics says, read by the client library's own parser."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families


if TYPE_CHECKING:
    from collections.abc import Iterator


class Page:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        families = list(text_string_to_metric_families(text))
        self.families = {family.name: family for family in families}
        self.samples = [sample for family in families for sample in family.samples]

    def __add__(self, other: Page) -> Page:
        """Return what both say."""
        both = Page("")
        both.families = self.families | other.families
        both.samples = self.samples + other.samples
        return both

    def __iter__(self) -> Iterator[tuple[str, dict[str, str], float]]:
        """Yield name, labels and value of each sample."""
        for sample in self.samples:
            yield sample.name, sample.labels, sample.value

    def value(self, name: str, **labels: str) -> float:
        """Return the sum of the samples of a name that have these labels; fail where there are none."""
        found = [value for other, held, value in self if other == name and labels.items() <= held.items()]
        assert found, f"no sample {name} {labels}"
        return sum(found)

    def labels(self, name: str) -> set[str]:
        """Return the labels that samples of a name have; fail where there are no samples."""
        found = [set(held) for other, held, _ in self if other == name]
        assert found, f"no sample {name}"
        return set().union(*found)

    def values(self, name: str, label: str) -> set[str]:
        """Return the values of a label among the samples of a name."""
        return {held[label] for other, held, _ in self if other == name}


def scrape(port: int) -> Page:
    """Return what a worker says on its web port."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        return Page(answer.read().decode())
