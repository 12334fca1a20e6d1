"""The dashboard's own counts, for Prometheus: ``/metrics`` on its port, behind its token where it has one.

The same counts as ``/api/v1/stats``, under names that begin with ``kabar_dashboard_``. The lag is that of the
workers' group, told by the broker: it is known also where no worker runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import prometheus_client as prometheus
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from prometheus_client.core import Metric

    from streams.dashboard.answers import StatsAnswer


class DashboardMetrics:
    """The metrics of one dashboard. ``stats`` returns the counts as they are now."""

    def __init__(self, stats: Callable[[], StatsAnswer]) -> None:
        self.registry = prometheus.CollectorRegistry()
        self.registry.register(_Told(stats))
        prometheus.ProcessCollector(registry=self.registry)

    def page(self, accept: str) -> tuple[bytes, str]:
        """Return the metrics, and their content type, in the format that the header ``Accept`` asks for."""
        encode, content_type = prometheus.exposition.choose_encoder(accept)
        return encode(self.registry), content_type


class _Told:
    def __init__(self, stats: Callable[[], StatsAnswer]) -> None:
        self._stats = stats

    def describe(self) -> Iterable[Metric]:
        """Return nothing: the names are told when they are asked for."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield each metric with what it is now."""
        stats = self._stats()
        yield _counter("records", "Records that were read, by type, and those that could not be.", stats.read)
        yield _counter("forgotten_records", "Records that made room for newer ones.", stats.forgotten)
        kept = stats.kept
        yield _gauge(
            "kept_records", "Records that are kept.", {name: one.count for name, one in kept.items()}
        )
        yield _gauge("kept_bytes", "What they hold.", {name: one.bytes for name, one in kept.items()})
        clients = stats.clients
        ends = {"served": clients.served, "dropped": clients.dropped, "refused": clients.refused}
        yield _counter(
            "stream_clients", "Clients of the event stream: served, too slow, too many.", ends, "outcome"
        )
        for name, what, value in (
            ("connected_clients", "Clients that read the event stream.", clients.now),
            ("broker_connected", "1 where the broker answers.", stats.broker.connected),
            ("ready", "1 where /readyz says 200.", stats.ready),
        ):
            yield GaugeMetricFamily(f"kabar_dashboard_{name}", what, value=value)
        lag = GaugeMetricFamily(
            "kabar_dashboard_group_lag_records",
            "Raw records that the workers' group has not committed, by what the broker says.",
            labels=["partition"],
        )
        for one in stats.lag.partitions:
            lag.add_metric([str(one.partition)], one.lag)
        yield lag


def _counter(name: str, what: str, values: Mapping[str, int], label: str = "type") -> CounterMetricFamily:
    found = CounterMetricFamily(f"kabar_dashboard_{name}", what, labels=[label])
    for value, count in values.items():
        found.add_metric([value], count)
    return found


def _gauge(name: str, what: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    found = GaugeMetricFamily(f"kabar_dashboard_{name}", what, labels=["type"])
    for value, count in values.items():
        found.add_metric([value], count)
    return found
