"""Errors as RFC 9457 problem documents."""

from collections.abc import Mapping
from dataclasses import replace

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from engine.errors import (
    BangfuError,
    Broken,
    DeploymentRefused,
    Finding,
    Invalid,
    NotPermitted,
    Refused,
    TooManyTries,
)
from engine.model.actors import Actor
from engine.sentences import finding
from webapp.shared.errors import status_of
from webapp.shared.language import spoken
from webapp.shared.logs import log_failure
from webapp.shared.requests import api_actor, current_engine, request_id

TITLES = {
    400: "请求不完整",
    401: "请先登录",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "状态已变化",
    412: "版本已过时",
    413: "内容过大",
    415: "不支持的文件类型",
    422: "内容有误",
    428: "缺少版本条件",
    429: "尝试次数过多",
    500: "系统内部错误",
    501: "尚未提供",
    503: "系统正忙",
}
_UNAVAILABLE = 503
_FAULT = "系统内部错误,操作没有生效。请稍后重试;仍不行请联系管理员,报上 request_id。"
_SENTENCES = {
    400: "请求读不懂,未处理。请核对接口说明。",
    404: "接口没有这个地址。请核对接口说明。",
    405: "这个地址不支持这种请求方法。请核对接口说明。",
    413: "请求内容过大,未处理。单个文件不超过 20 MB。",
}
_SECONDS_WHEN_BUSY = 2


def problem(
    status: int, code: str, detail: str, extra: Mapping[str, object] | None = None
) -> Response:
    """A problem document; ``detail`` is the sentence for the person."""
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": spoken(TITLES.get(status, "错误")),
        "status": status,
        "code": code,
        "detail": spoken(detail),
        "request_id": request_id(),
        **(extra or {}),
    }
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: BangfuError) -> Response:
    """The problem document of one of our errors; a refusal for want of a right is written down."""
    if isinstance(error, NotPermitted):
        current_engine().note_access(_caller_or_none(), "refused", request.path)
    if isinstance(error, Broken):
        log_failure(error)
    status = status_of(error)
    sentence = _FAULT if status == 500 else error.message  # noqa: PLR2004
    response = problem(status, error.code, sentence, _details(error))
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.retry_after)
    elif status == _UNAVAILABLE:
        response.headers["Retry-After"] = str(_SECONDS_WHEN_BUSY)
    return response


def _caller_or_none() -> Actor | None:
    try:
        return api_actor()[0]
    except Refused:
        return None


def _details(error: BangfuError) -> dict[str, object]:
    extra: dict[str, object] = {}
    if isinstance(error, Invalid) and error.errors:
        extra["errors"] = [
            {"pointer": e.pointer, "code": e.code, "message": spoken(e.message)}
            for e in error.errors
        ]
    if isinstance(error, DeploymentRefused):
        extra["problems"] = [finding_json(f) for f in error.findings]
    elif request.endpoint == "api.deploy" and status_of(error) == 422:  # noqa: PLR2004
        # the contract promises at least one entry whatever refused the deployment
        extra["problems"] = [
            finding_json(
                replace(finding("error", "refused", "", reason=error.message), code=error.code)
            )
        ]
    return extra


def of_http_error(error: HTTPException) -> Response:
    """The problem document of an address, a method or a frame of a request we do not have."""
    status = error.code or 500
    code = error.name.lower().replace(" ", "-")
    response = problem(status, code, _SENTENCES.get(status, _FAULT))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def of_bug(error: Exception) -> Response:
    """The problem document of a fault of ours; what happened is in the log only."""
    log_failure(error)
    return problem(500, "internal", _FAULT)


def finding_json(one: Finding) -> dict[str, object]:
    """A check's finding as the API shows it; ``trace`` are the ids on the way to it, if any."""
    shown: dict[str, object] = {
        "severity": one.severity,
        "code": one.code,
        "message": one.message,
        "hint": one.hint,
        "message_en": one.message_en,
        "hint_en": one.hint_en,
        "file": one.file,
        "element_id": one.element_id,
        "line": one.line,
    }
    return {**shown, "trace": list(one.trace)} if one.trace else shown


def is_api_request() -> bool:
    """Whether errors of this request are answered as problem documents."""
    return request.path.startswith("/api/")
