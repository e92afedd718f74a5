"""What the server turns away before the application sees it: too large, unreadable, broken off.

waitress answers these in English text. Ours get the sentence and the form they get elsewhere: a
problem document for the API, a plain page for a browser.
"""

import secrets
from collections.abc import Mapping
from html import escape
from typing import Any

import orjson
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

REASONS: Mapping[int, tuple[str, str, str]] = {
    413: (
        "request-too-large",
        "内容过大",
        "上传的内容太大,没有接收。单个文件不超过 20 MB;请压缩后再传。已保存的草稿不受影响。",
    ),
    431: ("headers-too-large", "请求头过大", "请求头太大,没有接收。请清除浏览器的 Cookie 后再试。"),
    400: ("bad-request", "请求无法读取", "请求不完整或格式有误,没有接收。请刷新页面后再试。"),
    501: (
        "not-implemented",
        "不支持的传送方式",
        "服务器不支持这种传送方式,没有接收。请换一种方式再传。",
    ),
    500: ("internal", "系统内部错误", "系统内部错误,没有提交。已保存的草稿不受影响,请稍后再试。"),
}
"""Status to code, title and sentence."""


class SaidInOurWords(ErrorTask):  # type: ignore[misc]
    """An answer of the server's own."""

    def execute(self) -> None:
        """Write the answer and close the connection: what follows on it was not read."""
        code = self.request.error.code
        # a request whose first lines cannot be read has no path, not even an empty one
        status, kind, body = answer(code, getattr(self.request, "path", "") or "")
        self.status = status
        self.response_headers.append(("Content-Type", kind))
        self.response_headers.append(("Cache-Control", "no-store"))
        self.response_headers.append(("X-Content-Type-Options", "nosniff"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose own errors are told in our words."""

    error_task_class = SaidInOurWords


def answer(status: int, path: str) -> tuple[str, str, bytes]:
    """(status line, content type, body) of a request to this path that was turned away."""
    known = status if status in REASONS else 400
    code, title, sentence = REASONS[known]
    line = f"{status} {_PHRASES.get(status, 'Bad Request')}"
    if path.startswith("/api/"):
        problem = {
            "type": f"/problems/{code}",
            "title": title,
            "status": status,
            "code": code,
            "detail": sentence,
            "request_id": secrets.token_hex(8),
        }
        return line, "application/problem+json", orjson.dumps(problem)
    page = (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(sentence)}</p></html>"
    )
    return line, "text/html; charset=utf-8", page.encode()


def in_our_words(listeners: Mapping[int, Any]) -> None:
    """Let every listening socket of a server use these answers."""
    for listener in listeners.values():
        if hasattr(listener, "channel_class"):
            listener.channel_class = Channel


_PHRASES = {
    400: "Bad Request",
    413: "Request Entity Too Large",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
}
