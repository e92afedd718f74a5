"""Errors as RFC 9457 problem documents."""

from collections.abc import Mapping

import orjson
from flask import Response, request

from engine.errors import BangfuError, DeploymentRefused, Finding, Invalid, TooManyTries
from webapp.shared.errors import status_of
from webapp.shared.requests import request_id

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


def problem(
    status: int, code: str, detail: str, extra: Mapping[str, object] | None = None
) -> Response:
    """A problem document; ``detail`` is the sentence for the person."""
    body: dict[str, object] = {
        "type": f"/problems/{code}",
        "title": TITLES.get(status, "错误"),
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": request_id(),
        **(extra or {}),
    }
    response = Response(orjson.dumps(body), status, mimetype="application/problem+json")
    if status == 401:  # noqa: PLR2004
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_error(error: BangfuError) -> Response:
    """The problem document of one of our errors."""
    extra: dict[str, object] = {}
    if isinstance(error, Invalid) and error.errors:
        extra["errors"] = [
            {"pointer": e.pointer, "code": e.code, "message": e.message} for e in error.errors
        ]
    if isinstance(error, DeploymentRefused):
        extra["problems"] = [finding_json(f) for f in error.findings]
    response = problem(status_of(error), error.code, error.message, extra)
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def finding_json(finding: Finding) -> dict[str, object]:
    """A check's finding as the API shows it."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "file": finding.file,
        "element_id": finding.element_id,
        "line": finding.line,
    }


def is_api_request() -> bool:
    """Whether errors of this request are answered as problem documents."""
    return request.path.startswith("/api/")
