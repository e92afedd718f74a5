"""Whether the process lives and can work, and what it counts: for machines that watch it."""

import hmac
import ipaddress
import time

from flask import Blueprint, Flask, Response, current_app, request

from engine import Engine
from engine.errors import Busy, NotFound
from webapp.shared.metrics import CONTENT_TYPE, Meter
from webapp.shared.requests import client_address, current_engine, current_settings, known_method

health = Blueprint("health", __name__)

_EXTENSION = "bangfu.meter"
_BEGAN = "bangfu.counted_from"


def count_requests(app: Flask, engine: Engine) -> None:
    """Serve ``/healthz``, ``/readyz`` and ``/metrics``, and count what the last shows."""
    meter = Meter(engine.operating.figures)
    engine.watched_by(meter)
    app.extensions[_EXTENSION] = meter
    app.register_blueprint(health)

    @app.before_request
    def begin() -> None:
        request.environ[_BEGAN] = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        rule = request.url_rule
        meter.request(
            known_method(),
            "(none)" if rule is None else rule.rule,
            response.status_code,
            time.perf_counter() - request.environ[_BEGAN],
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
    """What was counted, without names of people or cases; to who has the token.

    Where none is set, to this machine alone.
    """
    if not _may_watch():
        raise NotFound
    meter: Meter = current_app.extensions[_EXTENSION]
    return Response(meter.text(), content_type=CONTENT_TYPE)


def _may_watch() -> bool:
    token = current_settings().metrics_token
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if token:
        if scheme.lower() != "bearer":
            return False
        return hmac.compare_digest(shown.strip().encode(), token.encode())
    try:
        return ipaddress.ip_address(client_address()).is_loopback
    except ValueError:
        return False
