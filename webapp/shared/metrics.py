"""What machines that watch are told: kinds, outcomes, numbers; never a person, case or content.

Requests, commands and jobs are this process's own; what the database holds is the same in all.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from engine.store.figures import Figures

log = logging.getLogger("bangfu.metrics")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
KEPT_SECONDS = 5.0
"""So long the database's numbers are told again before it is asked anew."""

_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meter:
    """Counts what this process does; hears the engine (engine.api.watching). Shared by threads."""

    def __init__(self, ask: Callable[[], Figures]) -> None:
        # A registry of its own: several applications may live in one process, as in tests.
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "bangfu_requests",
            "Requests answered by this process",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._request_seconds = self._histogram("bangfu_request_seconds", "of a request", "route")
        self._commands = Counter(
            "bangfu_commands",
            "Commands of the engine by kind and outcome",
            ("kind", "outcome"),
            registry=self._registry,
        )
        self._command_seconds = self._histogram("bangfu_command_seconds", "of a command", "kind")
        self._jobs = Counter(
            "bangfu_job_tries",
            "Tries of jobs by this process, by kind and outcome",
            ("kind", "outcome"),
            registry=self._registry,
        )
        self._job_seconds = self._histogram("bangfu_job_seconds", "of a try of a job", "kind")
        self._started = Gauge(
            "bangfu_process_start_time_seconds",
            "When this process began, in seconds since 1970",
            registry=self._registry,
        )
        self._started.set_to_current_time()
        self._registry.register(_OfDatabase(ask))

    def _histogram(self, name: str, of_what: str, label: str) -> Histogram:
        return Histogram(
            name, f"Duration {of_what}", (label,), buckets=_BUCKETS, registry=self._registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def command(self, kind: str, outcome: str, seconds: float) -> None:
        """A command ended."""
        self._commands.labels(kind, outcome).inc()
        self._command_seconds.labels(kind).observe(seconds)

    def job(self, kind: str, outcome: str, seconds: float) -> None:
        """A try of a job ended."""
        self._jobs.labels(kind, outcome).inc()
        self._job_seconds.labels(kind).observe(seconds)

    @property
    def registry(self) -> CollectorRegistry:
        """For a process that has no application to answer with it."""
        return self._registry

    def text(self) -> bytes:
        """In the text format of Prometheus."""
        return generate_latest(self._registry)


class _OfDatabase(Collector):
    """The numbers of the database, asked at most every few seconds whoever reads them."""

    def __init__(self, ask: Callable[[], Figures]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._kept: Figures | None = None
        self._asked_at = -math.inf

    def _figures(self) -> Figures | None:
        """While somebody else asks, what was known last; only the first time there is nothing."""
        if self._lock.acquire(blocking=self._asked_at == -math.inf):
            try:
                if self._kept is None or time.monotonic() - self._asked_at >= KEPT_SECONDS:
                    self._kept = self._asked()
                    self._asked_at = time.monotonic()
            finally:
                self._lock.release()
        return self._kept

    def _asked(self) -> Figures | None:
        try:
            return self._ask()
        except Exception as error:  # noqa: BLE001 - the process's own are told all the same
            log.warning("the database could not be counted: %s", type(error).__name__)
            return None

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the database."""
        return iter(())

    @override
    def collect(self) -> Iterator[Metric]:
        """What is told."""
        found = self._figures()
        yield _gauge("bangfu_database_up", "1: the database answered", int(found is not None))
        if found is None:
            return
        yield _gauge("bangfu_jobs_waiting", "Jobs not done yet, at most 100000", found.waiting_jobs)
        yield _gauge("bangfu_jobs_late", "Jobs due for more than 5 seconds", found.late_jobs)
        yield _gauge(
            "bangfu_job_oldest_late_seconds",
            "How long the longest late job has been due",
            found.oldest_late_seconds,
        )
        yield _gauge(
            "bangfu_incidents_open", "Failed jobs that wait for a person", found.failed_jobs
        )
        yield _by_state("bangfu_errands", "Exports, imports and the like", found.errands)
        yield _gauge(
            "bangfu_messages_waiting", "Messages that wait to be sent", found.waiting_messages
        )
        waiting = GaugeMetricFamily(
            "bangfu_inbox_steps", "Open steps that nobody holds", labels=("role", "level")
        )
        overdue = GaugeMetricFamily(
            "bangfu_inbox_overdue", "Those of them past their limit", labels=("role", "level")
        )
        for one in found.inboxes:
            waiting.add_metric((one.role, one.level), one.steps)
            overdue.add_metric((one.role, one.level), one.overdue)
        yield waiting
        yield overdue


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _by_state(name: str, about: str, numbers: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=("state",))
    for state, number in numbers.items():
        family.add_metric((state,), number)
    return family
