"""Ways out of the house: what an organisation may set up, read from what was typed.

A secret is never typed: it lies in the environment of the server and is named, ``{secret:NAME}``
for ``BANGFU_SECRET_NAME``. Only hosts that the server's environment names may be called, so that
whoever may change this page cannot send a secret elsewhere.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, urlsplit

import orjson

from engine.errors import FieldError, Invalid

SECRET = "BANGFU_SECRET_"  # noqa: S105 - the beginning of a variable's name
HOSTS = "BANGFU_MESSAGE_HOSTS"
LONGEST = 4000
PLACE = re.compile(r"\{(mobile|text|id|secret:([A-Z0-9_]{1,40}))\}")
_SECRET_NAME = re.compile(r"[A-Z0-9_]{1,40}")
_LOOKS_SECRET = re.compile(
    r"(^|[_-])(key|token|secret|password|passwd|pwd|authorization|sign)$", re.IGNORECASE
)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PORTS = range(1, 65536)


class ChannelKind(StrEnum):
    """What kind of way out."""

    SMS = "sms"
    ROBOT = "robot"
    MAIL = "mail"


class BodyKind(StrEnum):
    """How a gateway wants its request."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"  # everything in the address, no body


@dataclass(frozen=True)
class Outside:
    """What the server's environment allows: hosts that may be called, and the secrets."""

    hosts: frozenset[str] = frozenset()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Channel:
    """A way out as it is stored; ``settings`` are the typed texts by name."""

    id: int
    organisation_id: str
    kind: ChannelKind
    active: bool
    settings: Mapping[str, str]


FIELDS: Mapping[ChannelKind, Sequence[str]] = {
    ChannelKind.SMS: ("url", "body_kind", "headers", "body", "success_field", "success_value"),
    ChannelKind.ROBOT: ("brand", "url", "sign_secret"),
    ChannelKind.MAIL: ("host", "port", "security", "sender", "user", "password_secret"),
}
BRANDS = ("wecom", "dingtalk")
SECURITIES = ("tls", "starttls", "none")


def checked(kind: ChannelKind, typed: Mapping[str, str], outside: Outside) -> Mapping[str, str]:
    """The settings to store; Invalid with one sentence a field where something is wrong."""
    settings = {name: typed.get(name, "").strip() for name in FIELDS[kind]}
    faults = list(_FAULTS[kind](settings, outside))
    faults += [
        (name, f"最长 {LONGEST} 个字。") for name, text in settings.items() if len(text) > LONGEST
    ]
    if faults:
        errors = [FieldError(f"/{name}", "channel", message) for name, message in faults]
        raise Invalid("消息通知没有保存:" + faults[0][1], errors)
    return settings


def is_mobile(text: str) -> bool:
    """Whether it is a mainland mobile number."""
    return _MOBILE.fullmatch(text) is not None


def is_mail_address(text: str) -> bool:
    """Whether it looks like a mail address, on one line."""
    return _ADDRESS.fullmatch(text) is not None


def header_lines(text: str) -> Iterator[tuple[str, str]]:
    """``Name: value`` a line."""
    for line in text.splitlines():
        if line.strip():
            name, _colon, value = line.partition(":")
            yield name.strip(), value.strip()


def form_lines(text: str) -> Iterator[tuple[str, str]]:
    """``name=value`` a line."""
    for line in text.splitlines():
        if line.strip():
            name, _equal, value = line.partition("=")
            yield name.strip(), value.strip()


_Fault = tuple[str, str]
"""(field, sentence)."""


def _gateway_faults(settings: Mapping[str, str], outside: Outside) -> Iterator[_Fault]:
    yield from _url_faults(settings["url"], outside)
    if settings["body_kind"] not in set(BodyKind):
        yield "body_kind", "请选择请求的写法:JSON、表单或只用网址。"
        return
    yield from _header_faults(settings["headers"], outside)
    yield from _body_faults(settings, outside)
    if bool(settings["success_field"]) != bool(settings["success_value"]):
        yield (
            "success_field",
            "“成功字段”和“成功时的值”要么都填,要么都不填(不填时按 HTTP 状态 2xx 判断)。",
        )
    everything = settings["url"] + settings["body"] + settings["headers"]
    for place, words in (("{mobile}", "手机号"), ("{text}", "短信内容")):
        if place not in everything:
            yield "body", f"没有写明{words}放在哪里,请在请求内容或网址里写上 {place}。"


def _url_faults(url: str, outside: Outside) -> Iterator[_Fault]:
    try:
        parts = urlsplit(PLACE.sub("x", url))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        yield "url", "网址写得不对,请逐字核对,应像 https://sms.example.cn/send 这样。"
        return
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        yield "url", "网址应以 http:// 或 https:// 开头,后面是主机名,里面不写用户名和密码。"
        return
    if any(character.isspace() or ord(character) < ord(" ") for character in url):
        yield "url", "网址里有空格或换行,请去掉。"
    yield from _host_faults("url", host, port, outside)
    yield from _place_faults("url", url, outside)
    yield from _literal_secrets("url", parse_qsl(_query(url), keep_blank_values=True))


def _query(url: str) -> str:
    parts: SplitResult = urlsplit(url)
    return parts.query


def allowed(host: str, port: int | None, outside: Outside) -> bool:
    """Whether the server's environment lets this host be called."""
    return host.lower() in outside.hosts or f"{host.lower()}:{port}" in outside.hosts


def _host_faults(name: str, host: str, port: int | None, outside: Outside) -> Iterator[_Fault]:
    if not allowed(host, port, outside):
        sentence = (
            f"这台服务器还不允许向“{host[:80]}”发消息。请系统维护人员把它写进环境变量 {HOSTS} "
            "(几个主机用逗号分开)并重新启动,再来保存。"
        )
        yield name, sentence


def _header_faults(text: str, outside: Outside) -> Iterator[_Fault]:
    yield from _place_faults("headers", text, outside)
    for name, value in header_lines(text):
        if not _HEADER.fullmatch(name) or not value:
            yield "headers", f"请求头“{name[:40]}”写得不对,应一行一个,像 X-App: bangfu 这样。"
        elif not value.isascii():
            yield "headers", f"请求头“{name}”的值里只能有英文字母、数字和符号。"
    yield from _literal_secrets("headers", list(header_lines(text)))


def _body_faults(settings: Mapping[str, str], outside: Outside) -> Iterator[_Fault]:
    body, kind = settings["body"], settings["body_kind"]
    yield from _place_faults("body", body, outside)
    if kind == BodyKind.JSON:
        try:
            parsed = orjson.loads(body or "{}")
        except orjson.JSONDecodeError as error:
            yield "body", f"请求内容不是合格的 JSON(第 {error.lineno} 行),请核对引号和逗号。"
            return
        yield from _literal_secrets("body", list(_named_texts(parsed)))
    elif kind == BodyKind.FORM:
        for line in body.splitlines():
            if line.strip() and "=" not in line:
                yield "body", f"表单内容应一行一项,写成 名称=值;“{line[:30]}”里没有等号。"
        yield from _literal_secrets("body", list(form_lines(body)))
    elif body:
        yield "body", "选“只用网址”时请求内容应留空。"


def _named_texts(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str):
                yield str(name), one
            yield from _named_texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _named_texts(one)


def _place_faults(name: str, text: str, outside: Outside) -> Iterator[_Fault]:
    for match in PLACE.finditer(text):
        if match[2] and match[2] not in outside.secrets:
            yield name, _no_secret(match[2])
    for unknown in re.finditer(r"\{([A-Za-z_:]{1,60}[A-Za-z0-9_]*)\}", PLACE.sub("", text)):
        yield (
            name,
            f"不认识“{{{unknown[1]}}}”。可用的有 {{mobile}}、{{text}}、{{id}} 和 {{secret:名称}}。",
        )


def _no_secret(name: str) -> str:
    return (
        f"服务器的环境变量里没有密钥 {SECRET}{name}。请系统维护人员加上并重新启动,再来保存;"
        "密钥不写在这一页上。"
    )


def _literal_secrets(name: str, values: Sequence[tuple[str, str]]) -> Iterator[_Fault]:
    for key, value in values:
        if _LOOKS_SECRET.search(key) and value and not PLACE.search(value):
            sentence = (
                f"“{key[:40]}”看起来是密钥,不要写在这一页上。请把它放进服务器的环境变量,"
                f"例如 {SECRET}GATEWAY,这里写 {{secret:GATEWAY}}。"
            )
            yield name, sentence


def _robot_faults(settings: Mapping[str, str], outside: Outside) -> Iterator[_Fault]:
    if settings["brand"] not in BRANDS:
        yield "brand", "请选择企业微信或钉钉。"
    yield from _url_faults(settings["url"], outside)
    yield from _secret_name_faults("sign_secret", settings["sign_secret"], outside)
    if settings["sign_secret"] and settings["brand"] == "wecom":
        yield "sign_secret", "加签只有钉钉机器人有,企业微信请留空。"


def _mail_faults(settings: Mapping[str, str], outside: Outside) -> Iterator[_Fault]:
    port = settings["port"]
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) not in _PORTS:
        yield "port", "端口应是 1 至 65535 的数字,常用 465(TLS)或 587(STARTTLS)。"
    elif not re.fullmatch(r"[A-Za-z0-9.-]{1,200}", settings["host"]):
        yield "host", "邮件服务器应写主机名,例如 smtp.example.cn。"
    else:
        yield from _host_faults("host", settings["host"], int(port), outside)
    if settings["security"] not in SECURITIES:
        yield "security", "请选择连接方式:TLS、STARTTLS 或不加密。"
    if not is_mail_address(settings["sender"]):
        yield "sender", "发件人应是一个邮箱地址,例如 bangfu@example.cn。"
    yield from _secret_name_faults("password_secret", settings["password_secret"], outside)
    if bool(settings["user"]) != bool(settings["password_secret"]):
        yield "user", "邮箱用户名和密码的密钥名要么都填,要么都不填。"
    if settings["user"] and settings["security"] == "none":
        yield "security", "有密码时不能选“不加密”,否则密码会在网上明传。"


def _secret_name_faults(name: str, text: str, outside: Outside) -> Iterator[_Fault]:
    if not text:
        return
    if not _SECRET_NAME.fullmatch(text):
        yield (
            name,
            f"这里写密钥的名称(大写字母、数字、下划线),例如 GATEWAY 表示 {SECRET}GATEWAY。",
        )
    elif text not in outside.secrets:
        yield name, _no_secret(text)


_FAULTS = {
    ChannelKind.SMS: _gateway_faults,
    ChannelKind.ROBOT: _robot_faults,
    ChannelKind.MAIL: _mail_faults,
}
