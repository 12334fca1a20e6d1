"""Tasks end when they are told to, also those that did not hear it the first time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from streams.kafka import ending
from streams.kafka.ending import ended


if TYPE_CHECKING:
    import pytest


async def test_a_task_that_lost_its_cancellation_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a consumer does where it comes in the moment of an answer; the others end at once."""
    monkeypatch.setattr(ending, "_AGAIN_SECONDS", 0.01)
    heard = 0

    async def reads_on() -> None:
        nonlocal heard
        while heard < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                heard += 1

    tasks = [asyncio.create_task(reads_on()), asyncio.create_task(asyncio.sleep(60))]
    await asyncio.sleep(0)
    await ended(tasks)
    assert heard == 3
    assert tasks[1].cancelled()


async def test_tasks_that_are_done_or_fail_are_waited_for() -> None:
    """Whatever became of them is theirs to say."""

    async def fails() -> None:
        raise ValueError("on purpose")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await ended([task])
    assert isinstance(task.exception(), ValueError)
    await ended([])
