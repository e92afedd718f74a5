"""Whether the process lives and can work, and what it counts: for machines that watch it."""

import threading
import time
from collections import Counter

from flask import Blueprint, Flask, Response, current_app, request

from engine.errors import Busy
from webapp.shared.requests import current_engine

health = Blueprint("health", __name__)

_EXTENSION = "bangfu.counts"
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Counts:
    """Requests by route and status since the process began; may be shared by threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, float] = {}

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one."""
        with self._lock:
            self._requests[(method, route, status)] += 1
            self._seconds[route] = self._seconds.get(route, 0.0) + seconds

    def lines(self) -> list[str]:
        """In the text format of Prometheus."""
        with self._lock:
            requests, seconds = dict(self._requests), dict(self._seconds)
        lines = ["# TYPE bangfu_requests_total counter"]
        for (method, route, status), number in sorted(requests.items()):
            labels = f'method="{method}",route="{route}",status="{status}"'
            lines.append(f"bangfu_requests_total{{{labels}}} {number}")
        lines.append("# TYPE bangfu_request_seconds_total counter")
        lines += [
            f'bangfu_request_seconds_total{{route="{route}"}} {spent:.6f}'
            for route, spent in sorted(seconds.items())
        ]
        return lines


def count_requests(app: Flask) -> None:
    """Serve ``/healthz``, ``/readyz`` and ``/metrics``, and count what the last shows."""
    counts = Counts()
    app.extensions[_EXTENSION] = counts
    app.register_blueprint(health)

    @app.before_request
    def begin() -> None:
        request.environ["bangfu.counted_from"] = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        rule = request.url_rule
        counts.add(
            request.method,
            "(none)" if rule is None else rule.rule,
            response.status_code,
            time.perf_counter() - request.environ["bangfu.counted_from"],
        )
        return response


@health.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def readyz() -> Response:
    """The database answers."""
    try:
        current_engine().definitions.latest()
    except (Busy, OSError):
        return Response("database not ready\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


@health.get("/metrics")
def metrics() -> Response:
    """What was counted, without names of people or cases."""
    counts: Counts = current_app.extensions[_EXTENSION]
    return Response("\n".join(counts.lines()) + "\n", content_type=_TEXT)
