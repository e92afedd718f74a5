"""Requests of the API: strict JSON, headers, pages."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import orjson
from flask import request

from engine.errors import FieldError, Invalid, Refused
from engine.model.definitions import SourceFile
from engine.model.once import Once
from engine.work.inbox import decode_cursor, encode_cursor

Result = TypeVar("Result")

LARGEST_PAGE = 200
USUAL_PAGE = 50
_KEY_LENGTHS = (8, 200)
LARGEST_BODY = 2 * 1024 * 1024


class HeaderMissing(Refused):
    """A header that the contract demands is not there (400)."""

    code = "header-missing"


class PreconditionRequired(Refused):
    """The request must say which revision it saw (428)."""

    code = "precondition-required"


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            msg = f"字段“{key}”重复出现"
            raise ValueError(msg)
        found[key] = value
    return found


def _no_constant(text: str) -> object:
    msg = f"{text} 不是数"
    raise ValueError(msg)


def json_object(
    required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, object]:
    """The request's JSON object with exactly these members; Invalid otherwise."""
    raw = request.get_data(cache=True)
    if len(raw) > LARGEST_BODY:
        raise Invalid("请求内容过大,未处理。")
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise Invalid("请求内容不是合格的 JSON,未处理。") from error
    if not isinstance(value, dict):
        raise Invalid("请求内容应是一个 JSON 对象,未处理。")
    allowed = {**required, **(optional or {})}
    errors = [
        FieldError(f"/{key}", "required", f"缺少“{key}”。") for key in required if key not in value
    ]
    errors += [
        FieldError(f"/{_escaped(key)}", "unknown", "没有这个字段。")
        for key in value
        if key not in allowed
    ]
    errors += [
        FieldError(f"/{key}", "type", f"“{key}”的类型不对。")
        for key, kind in allowed.items()
        if key in value and not _is_a(value[key], kind)
    ]
    if errors:
        raise Invalid("请求内容有误,未处理。", errors)
    _must_be_storable(value)
    return value


def _is_a(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _must_be_storable(value: object) -> None:
    """Refuse text no database can keep: NUL and lone surrogates, numbers beyond reason."""
    try:
        packed = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid("请求内容里有无法保存的字符或数字,未处理。") from error
    if b"\\u0000" in packed:
        raise Invalid("请求内容里有无法保存的字符(NUL),未处理。")


def if_match() -> int | None:
    """The revision of the If-Match header; None for ``*``. PreconditionRequired when missing."""
    text = request.headers.get("If-Match")
    if text is None or not text.strip():
        raise PreconditionRequired("缺少 If-Match 请求头:请带上读取时得到的 ETag。")
    text = text.strip()
    if text == "*":
        return None
    bare = text.removeprefix("W/").strip('"')
    return int(bare) if bare.isdigit() and len(bare) < 10 else -1  # noqa: PLR2004


def idempotency_key(*, required: bool) -> str | None:
    """The Idempotency-Key header; HeaderMissing when it is demanded and absent."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        if required:
            raise HeaderMissing("缺少 Idempotency-Key 请求头(8 至 200 个字符)。")
        return None
    shortest, longest = _KEY_LENGTHS
    if not shortest <= len(text) <= longest:
        raise HeaderMissing("Idempotency-Key 请求头应有 8 至 200 个字符。")
    return text


def once(key: str | None, operation: str, render: Callable[[Result], bytes]) -> Once[Result] | None:
    """How the command remembers its answer under the caller's key."""
    if key is None:
        return None
    digest = hashlib.sha256(
        b"\0".join(
            [
                request.path.encode(),
                _canonical_body(),
            ]
        )
    ).hexdigest()
    return Once(key, operation, digest, render)


def once_of_files(
    key: str | None,
    operation: str,
    files: Sequence[SourceFile],
    render: Callable[[Result], bytes],
) -> Once[Result] | None:
    """The same for an upload, whose multipart frame differs from try to try."""
    if key is None:
        return None
    digest = hashlib.sha256(request.path.encode())
    for one in files:
        digest.update(one.name.encode() + b"\0" + hashlib.sha256(one.content).digest())
    return Once(key, operation, digest.hexdigest(), render)


def _canonical_body() -> bytes:
    raw = request.get_data(cache=True)
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS)
    except ValueError:
        return raw


def page_size() -> int:
    """The ``limit`` parameter; Invalid outside 1 to 200."""
    text = request.args.get("limit", str(USUAL_PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LARGEST_PAGE):
        raise Invalid(
            "limit 应是 1 至 200 的整数。",
            [FieldError("/limit", "range", "limit 应是 1 至 200 的整数。")],
        )
    return int(text)


def cursor(kinds: tuple[type, ...]) -> list[object] | None:
    """The ``cursor`` parameter's sort key of these types; Invalid for one that is not ours."""
    text = request.args.get("cursor")
    if not text:
        return None
    parts = decode_cursor(text)
    if len(parts) != len(kinds) or not all(
        isinstance(p, k) for p, k in zip(parts, kinds, strict=True)
    ):
        raise Invalid("页码标记(cursor)无效,请从第一页重新读取。")
    return parts


def page(items: list[dict[str, object]], more: list[object] | None) -> dict[str, object]:
    """A page of the API; ``more`` is the sort key the next page begins after."""
    return {"items": items, "next_cursor": None if more is None else encode_cursor(more)}
