"""What is logged: one JSON object a line, of each request and of each try of a job.

The number of a request, its route, status, time and commands. Never who, never content: the route
is logged as a pattern (``/tasks/<task_id>``), so that no number of a case and no name that was
searched for gets into a log file. Who did what is in the audit, found by the same number.
"""

import logging
import re
import sys
import time
from types import TracebackType

import structlog
from flask import Flask, Response, request
from structlog.typing import EventDict, Processor

from engine.model import occasions
from engine.model.ids import new_id
from engine.model.occasions import Occasion, current_occasion
from webapp.shared.requests import current_settings, known_method, number_request, request_id

_STARTED = "bangfu.started"
_log = structlog.wrap_logger(logging.getLogger("bangfu.web"))

_NUMBER = re.compile(r"(?=[0-9-]*[A-Fa-f])[A-Fa-f0-9-]{20,64}")
"""A number that our proxy may bring: a UUID, a trace id. Too long for a telephone, identity or card
number."""

_OURS = ("bangfu", "engine", "registry", "webapp")
_PLACES = 8


def log_requests(app: Flask) -> None:
    """Number every request and log its end."""

    @app.before_request
    def begin() -> None:
        # Without a proxy of ours it would come from anybody, who could pass for another's request.
        brought = request.headers.get("X-Request-Id", "") if current_settings().proxies else ""
        number = brought if _NUMBER.fullmatch(brought) else new_id()
        number_request(request.environ, number)
        occasions.begin(Occasion(number))
        request.environ[_STARTED] = time.perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id()
        occasion = current_occasion()
        commands = () if occasion is None else occasion.commands
        _log.info(
            "request",
            id=request_id(),
            method=known_method(),
            route=_route(),
            status=response.status_code,
            ms=_milliseconds(time.perf_counter() - request.environ[_STARTED]),
            commands=[[kind, done, _milliseconds(spent)] for kind, done, spent in commands],
        )
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        occasions.begin(None)


def log_failure(error: Exception) -> None:
    """Log a fault of ours with its place; its message may hold personal data and is left out."""
    _log.error(
        "failure",
        id=request_id(),
        route=_route(),
        error=type(error).__name__,
        places=_places(error.__traceback__),
    )


def log_as_json() -> None:
    """Write the log as one JSON object a line to standard error: for whatever runs as a service."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper("iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    )
    lines = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _said_safely],
        pass_foreign_args=True,  # the record's own are gone by then
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # ASCII: there are more ends of line in Unicode than a reader of logs may expect
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("waitress").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _said_safely(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Of a line that was logged past structlog, what can hold nothing that somebody typed.

    An exception by its kind and places, without its message. Of other people's libraries only
    sentences that stand in their code: a value may be what a form held.
    """
    record: logging.LogRecord = event["_record"]
    values = event.pop("positional_args")
    error = record.exc_info[1] if record.exc_info else None
    event["logger"] = record.name
    event["id"] = occasions.occasion_id()
    if not record.name.startswith(_OURS):
        event["event"] = record.msg if values else "(not shown)"
        event["place"] = f"{record.filename}:{record.lineno}"
    if error is not None:
        event["error"], event["places"] = type(error).__name__, _places(error.__traceback__)
    event.pop("exc_info", None)
    record.exc_info = record.exc_text = None
    event.update(getattr(record, "fields", {}))
    return event


def _places(trace: TracebackType | None) -> list[str]:
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-_PLACES:]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _route() -> str:
    return request.url_rule.rule if request.url_rule is not None else "(none)"
