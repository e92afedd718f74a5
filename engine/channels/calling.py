"""One HTTP call to a host that may be called: no redirects, no proxy, a time limit, few bytes."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from typing_extensions import override

from engine.model.channels import HOSTS, Outside, allowed
from engine.model.ports import NotCarried

TIMEOUT = 10.0
"""Seconds for each wait; twice as long for everything."""

_MOST_BYTES = 64 * 1024
_A_PIECE = 4096
_SHOWN = 160
_LONG_NUMBER = re.compile(r"[0-9]{7,}")
_FINE = range(200, 300)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str

    @property
    def is_fine(self) -> bool:
        """Whether the status says so."""
        return self.status in _FINE


class _NoRedirects(HTTPRedirectHandler):
    """The host that is named is called, and no other that it may name."""

    @override
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_opener = build_opener(ProxyHandler({}), _NoRedirects)


def call(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, outside: Outside
) -> Answer:
    """Call and read the answer, of whatever status; NotCarried where none came."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not allowed(
        parts.hostname or "", parts.port, outside
    ):
        raise NotCarried(f"这台服务器不允许向这个主机发消息({HOSTS} 里没有它),没有发出。")
    request = Request(url, data=body, headers=dict(headers), method=method)  # noqa: S310 - checked
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            return Answer(response.status, _read(response))
    except HTTPError as error:
        with error:
            return Answer(error.code, _read(error))
    except (URLError, OSError, http.client.HTTPException, ValueError) as error:
        raise NotCarried(_why(error)) from error


def _read(response: object) -> str:
    """The beginning of the answer; whoever drips it is not waited for."""
    ends = time.monotonic() + TIMEOUT
    read = b""
    read1 = getattr(response, "read1", None)
    while read1 is not None and len(read) < _MOST_BYTES and time.monotonic() < ends:
        piece: bytes = read1(_A_PIECE)
        if not piece:
            break
        read += piece
    return read.decode("utf-8", "replace")


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"对方 {TIMEOUT:.0f} 秒内没有回答,没有确认发出。"
    if isinstance(reason, ConnectionRefusedError):
        return "对方拒绝连接,没有发出。请核对网址和端口,或请对方检查服务。"
    return f"连接不上对方({type(reason).__name__}),没有发出。请核对网址和网络。"


def excerpt(answer: Answer, outside: Outside) -> str:
    """What may be stored and shown of an answer: its beginning, without numbers and secrets."""
    text = " ".join(answer.text[: _SHOWN * 4].split())
    for secret in outside.secrets.values():
        if secret:
            text = text.replace(secret, "***")
    return _LONG_NUMBER.sub("***", text)[:_SHOWN]
