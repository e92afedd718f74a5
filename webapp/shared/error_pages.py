"""Errors as pages: what happened, what was kept, what to do (product.md §4)."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Flask, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import BangfuError, Broken, NotPermitted, TooManyTries
from webapp.shared.errors import status_of
from webapp.shared.language import lazy, spoken
from webapp.shared.logs import log_failure
from webapp.shared.navigation import Shell, shell_of_whoever
from webapp.shared.navigation import shell as public_shell
from webapp.shared.page import Page, render
from webapp.shared.requests import actor_or_none, current_engine, request_id, wants_json

_HEADINGS = {
    400: lazy("页面已过期"),
    401: lazy("请先登录"),
    403: lazy("没有权限"),
    404: lazy("没有找到"),
    405: lazy("不支持这种操作"),
    409: lazy("这一件刚刚有变化"),
    412: lazy("这一件刚刚有变化"),
    413: lazy("内容过大"),
    415: lazy("不支持的文件"),
    422: lazy("内容需要修改"),
    429: lazy("请稍后再试"),
    500: lazy("系统出了故障"),
    503: lazy("系统正忙"),
}
_SENTENCES = {
    404: lazy("没有找到这个页面。请核对网址,或从上方菜单重新打开。"),
    405: lazy("这个网址不能这样打开。请从上方菜单重新打开。"),
    413: lazy("提交的内容或文件过大,未能处理。单个文件不超过 20 MB;返回上一页,填写的内容还在。"),
}
_ASK, _ASK_BY_PHONE = "总工会管理员。", "总工会管理员(电话见页脚)。"
"""How sentences of the engine end that name whom to ask; on a page they say where to ring."""
_FAULT = lazy(
    "系统处理时出了故障,刚才的操作没有生效,以前保存的内容都在。"
    "请稍后重试;仍不行请致电帮助电话,报上下面的编号。"
)
_EXPIRED = lazy(
    "这个页面打开太久或在别处重新登录过,为安全起见没有提交。"
    "请返回上一页(填写的内容还在),先把内容复制下来,再刷新后填写、提交;刷新会清空没有保存的内容。"
)


@dataclass(frozen=True)
class ErrorPage(Page):
    """One sentence, and where to go from here."""

    template: ClassVar[str] = "shared/error.html"

    status: int
    heading: str
    sentence: str

    @property
    def title(self) -> str:
        """The heading."""
        return self.heading


def error_response(status: int, sentence: str) -> Response:
    """An error as a page, or as JSON for a script of our pages."""
    told = spoken(sentence)
    if wants_json():
        response = jsonify({"message": told, "request_id": request_id()})
        response.status_code = status
        return response
    heading = str(_HEADINGS.get(status, _HEADINGS[500]))
    shell = _frame()
    page = ErrorPage(shell, status, heading, _with_phone(told, shell))
    return make_response(render(page), status)


def _frame() -> Shell:
    """The frame of whoever asks; the public's where the database does not even tell who that is."""
    try:
        return shell_of_whoever("")
    except Broken:
        return public_shell("")


def _with_phone(sentence: str, shell: Shell) -> str:
    """A sentence that sends people to an administrator, with where the telephone number stands."""
    return sentence.replace(_ASK, _ASK_BY_PHONE) if shell.help_phone else sentence


def of_error(error: BangfuError) -> Response:
    """The answer to one of our errors; a refusal for want of a right is written down."""
    if isinstance(error, NotPermitted):
        current_engine().note_access(actor_or_none(), "refused", request.path)
    if isinstance(error, Broken):
        log_failure(error)
    sentence = str(_FAULT) if status_of(error) == 500 else error.message  # noqa: PLR2004
    response = error_response(status_of(error), sentence)
    if isinstance(error, TooManyTries):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def of_http_error(error: HTTPException) -> ResponseReturnValue:
    """The answer to an address or a method we do not have."""
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - redirects are exceptions of werkzeug too
        return error.get_response()
    return error_response(status, str(_SENTENCES.get(status) or error.description or _FAULT))


def of_csrf_error(error: CSRFError) -> Response:
    """The answer to a post without our token."""
    del error
    return error_response(400, str(_EXPIRED))


def of_bug(error: Exception) -> Response:
    """The answer to a fault of ours; what happened is in the log only."""
    log_failure(error)
    return error_response(500, str(_FAULT))


def answer_errors(app: Flask) -> None:
    """Let every error of the pages be answered in words."""
    app.register_error_handler(BangfuError, of_error)
    app.register_error_handler(CSRFError, of_csrf_error)
    app.register_error_handler(HTTPException, of_http_error)
    app.register_error_handler(Exception, of_bug)
