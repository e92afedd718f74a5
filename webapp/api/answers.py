"""Answers of the API: JSON, remembered ones, revisions."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import orjson
from flask import Response

from engine.model.once import Replayed
from webapp.api.problems import problem

P = ParamSpec("P")


def answer(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    response = Response(orjson.dumps(body), status, mimetype="application/json")
    response.headers.update(headers or {})
    return response


def kept(body: object, status: int, headers: dict[str, str]) -> bytes:
    """An answer as it is remembered for a replay."""
    return orjson.dumps({"status": status, "headers": headers, "body": body})


def _replayed(again: Replayed) -> Response:
    then = orjson.loads(again.answer)
    return answer(then["body"], then["status"], {**then["headers"], "Idempotency-Replayed": "true"})


def replaying(route: Callable[P, Response]) -> Callable[P, Response]:
    """Answer a request that was answered before as then."""

    @wraps(route)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return route(*args, **kwargs)
        except Replayed as again:
            return _replayed(again)

    return wrapped


def etag(rev: int) -> str:
    """A revision as an entity tag."""
    return f'"{rev}"'


def not_yet(sentence: str) -> Response:
    """What a later release brings."""
    return problem(501, "not-implemented", sentence)
