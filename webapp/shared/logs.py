"""What is logged of a request: its number, route, status and time. Never who, never content.

The route is logged as a pattern (``/tasks/<task_id>``), so that no number of a case and no name
that was searched for gets into a log file.
"""

import logging
import time

import structlog
from flask import Flask, Response, request

from engine.model.ids import new_id
from webapp.shared.requests import number_request, request_id

_STARTED = "bangfu.started"
_log = structlog.wrap_logger(logging.getLogger("bangfu.web"))


def log_requests(app: Flask) -> None:
    """Number every request and log its end."""

    @app.before_request
    def begin() -> None:
        number_request(request.environ, new_id())
        request.environ[_STARTED] = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        _log.info(
            "request",
            id=request_id(),
            method=request.method,
            route=_route(),
            status=response.status_code,
            ms=round((time.perf_counter() - request.environ[_STARTED]) * 1000, 1),
        )
        return response


def log_failure(error: Exception) -> None:
    """Log a fault of ours with its place; its message may hold personal data and is left out."""
    trace = error.__traceback__
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    _log.error(
        "failure", id=request_id(), route=_route(), error=type(error).__name__, places=places[-8:]
    )


def log_as_json() -> None:
    """Write the log as one JSON object a line to standard error: for the served application."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("waitress").setLevel(logging.WARNING)


def _route() -> str:
    return request.url_rule.rule if request.url_rule is not None else "(none)"
