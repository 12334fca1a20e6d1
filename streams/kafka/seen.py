"""What can be seen of a running worker or desk, without a question to its broker.

That is what its libraries do not tell. It can be read from another thread than theirs: nothing is changed,
and what is listed is copied first.
"""
# Neither of the two has a public word for any of this.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

from streams.kafka.vitals import Facts


def of_app(app: Any) -> Facts | None:  # noqa: ANN401 - the app of streams.kafka.app
    """Return what can be seen of an app, its delivery and its producer; None before it has started."""
    # Not the app's own properties, which make what is not there yet.
    consumer, producer = app._consumer, app._producer
    found: Facts | None = consumer and consumer.facts()
    if found and app.delivery is not None:
        found = found._replace(delivering=len(app.delivery), delivering_bytes=app.delivery.size)
    client = producer and producer._producer and producer._producer.client
    if found is None or not client:
        return found and found._replace(connected=False)
    connections = list(client._conns.values())
    heard = max((one._last_action for one in connections), default=None)
    return found._replace(
        connected=found.connected and any(one.connected() for one in connections),
        heard=max(filter(None, (found.heard, heard)), default=None),
    )


def of_consumer(consumer: Any) -> Facts | None:  # noqa: ANN401 - the consumer of streams.kafka.app
    """Return what can be seen of a consumer; None before it has started."""
    client = consumer._thread._consumer
    if client is None or client._coordinator is None:
        return None
    coordinator, mine = client._coordinator, _states(client)
    # Not the property ``position``, which asserts that there is one.
    places = [
        (tp, state.highwater, state._position)
        for tp, state in mine.items()
        if state.highwater is not None and state._position is not None
    ]
    connections = list(client._client._conns.values())
    return Facts(
        member=coordinator.coordinator_id is not None and coordinator.generation >= 0,
        partitions=tuple(sorted(tp.partition for tp in mine)),
        answers={tp.partition: state.timestamp for tp, state in mine.items()},
        behind=sum(max(0, end - at) for _, end, at in places),
        lags={tp.partition: max(0, end - _done(consumer, tp, at)) for tp, end, at in places},
        waiting=max(consumer._under_way, len(consumer._unacked_messages)),
        acknowledged=consumer._acknowledged,
        uncommitted=consumer._commit_fut is not None
        or any(consumer._acked.get(tp) for tp in list(consumer._acked)),
        commits=consumer._commits,
        rebalances=consumer._rebalances,
        heard=max((one._last_action for one in connections), default=None),
        connected=any(one.connected() for one in connections),
        failed=_failure(client),
    )


def of_desk(desk: Any) -> Facts | None:  # noqa: ANN401 - the desk of streams.kafka.desk
    """Return what can be seen of the desk; None before it has started."""
    client = desk._consumer
    if client is None or getattr(client, "_coordinator", None) is None:
        return None
    coordinator, mine = client._coordinator, _states(client)
    positions = [(state.highwater, state._position) for state in mine.values()]
    connections = list(client._client._conns.values())
    return Facts(
        member=coordinator.coordinator_id is not None and coordinator.generation >= 0,
        partitions=tuple(sorted(tp.partition for tp in mine)),
        answers={tp.partition: state.timestamp for tp, state in mine.items()},
        behind=sum(max(0, end - at) for end, at in positions if end is not None and at is not None),
        lags={
            tp.partition: max(0, state.highwater - state._position)
            for tp, state in mine.items()
            if state.highwater is not None and state._position is not None
        },
        rebalances=desk._term,
        waiting=desk._under_way,
        acknowledged=desk._acknowledged,
        commits=desk._commits,
        heard=max((one._last_action for one in connections), default=None),
        connected=any(one.connected() for one in connections),
    )


def is_behind(client: Any) -> bool:  # noqa: ANN401 - aiokafka's consumer
    """Tell whether a consumer has more to read; until the brokers have answered once, there may be."""
    states = _states(client).values()
    return any(one.highwater is None or one.highwater > (one._position or 0) for one in states)


def _states(client: Any) -> dict[Any, Any]:  # noqa: ANN401 - aiokafka's
    """Return the state of each partition that is ours, by partition."""
    subscription = client._subscription.subscription
    assignment = subscription and subscription.assignment
    # While the group deals out partitions anew the ones of before are ours no more.
    return {tp: assignment.state_value(tp) for tp in assignment.tps} if assignment else {}


def _done(consumer: Any, tp: Any, position: int) -> int:  # noqa: ANN401 - Faust's
    """Return the offset up to which a partition is done: committed, or not read where nothing is yet."""
    committed = consumer._committed_offset.get(tp)
    if committed is not None:
        return int(committed)
    held = (portion.first for portion in list(consumer._unacked_messages) if portion.tp == tp)
    return int(min((position, *held)))


def _failure(client: Any) -> str | None:  # noqa: ANN401 - aiokafka's
    """Return what has ended a part of an aiokafka consumer, or keeps it waiting for ever; else None."""
    coordinator, fetcher = client._coordinator, client._fetcher
    # It waits until whoever reads by its own methods takes the error. Faust does not read by those.
    if coordinator._pending_exception is not None:
        return f"group {coordinator.group_id}: {coordinator._pending_exception!r}"
    if client._closed or coordinator._closing.done():
        return None
    for task in (coordinator._coordination_task, fetcher and fetcher._fetch_task):
        if task and task.done() and not task.cancelled():
            return f"aiokafka has stopped to work: {task.exception()!r}"
    return None
