"""What all tests share."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from hypothesis import settings


if TYPE_CHECKING:
    import pytest

# The same examples each time: a run that fails is one that fails again.
settings.register_profile("kabar", derandomize=True)
settings.load_profile("kabar")

pytest_plugins = ["tests.embedded", "tests.kafka", "tests.ledger", "tests.secured"]


def pytest_configure() -> None:
    """Let what the tests start be interrupted, also where a shell runs them in the background.

    Such a shell has SIGINT ignored, and each child would inherit it: Ctrl-C would be waited for in vain.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long forms out, unless ``-m`` names them: other choices (``-m kafka``) do not mean them."""
    if "soak" in (config.option.markexpr or ""):
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
