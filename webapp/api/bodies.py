"""Requests of the API: strict JSON, headers, pages."""

import hashlib
import json
import math
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
LONGEST_CURSOR = 500
LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of JSON; files come as multipart and have limits of their own."""

_LARGEST_NUMBER = 2**62
"""What a database can reckon with even when a page is added to it."""

_LARGEST_COUNT = 2**31 - 1
"""What a column of small numbers can be compared with."""

_YES, _NO = frozenset({"true", "1"}), frozenset({"false", "0", ""})


class HeaderMissing(Refused):
    """A header that the contract demands is not there (400)."""

    code = "header-missing"


class PreconditionRequired(Refused):
    """The request must say which revision it saw (428)."""

    code = "precondition-required"


class BodyTooLarge(Refused):
    """The JSON of the request is larger than any form (413)."""

    code = "body-too-large"


class MediaTypeRefused(Refused):
    """The request says that its body is not JSON (415)."""

    code = "unsupported-media-type"


UNREADABLE = (Invalid, BodyTooLarge, MediaTypeRefused)
"""What ``json_object`` raises: said after anything that the state of the thing has to say."""


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


def _finite(text: str) -> float:
    """``1e999`` is a number for JSON and infinite for us."""
    value = float(text)
    if not math.isfinite(value):
        msg = f"{text[:20]} 不是能保存的数"
        raise ValueError(msg)
    return value


def json_object(
    required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, object]:
    """The request's JSON object with exactly these members.

    Raises Invalid, BodyTooLarge, MediaTypeRefused.
    """
    value = _json_object()
    allowed = {*required, *(optional or {})}
    unknown = [
        FieldError(f"/{_escaped(key)}", "unknown", "没有这个字段。")
        for key in value
        if key not in allowed
    ]
    return _checked(value, required, optional or {}, unknown)


def open_json_object(
    required: Mapping[str, type], optional: Mapping[str, type] | None = None
) -> dict[str, object]:
    """The same where the contract lets the caller add members of her own: they are not read."""
    return _checked(_json_object(), required, optional or {}, [])


def _json_object() -> dict[str, object]:
    if request.content_type and not request.is_json:
        raise MediaTypeRefused("请求内容应是 application/json,未处理。")
    try:
        value = json.loads(
            _raw().decode("utf-8"),
            object_pairs_hook=_no_duplicates,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError) as error:
        raise Invalid("请求内容不是合格的 JSON,未处理。") from error
    if not isinstance(value, dict):
        raise Invalid("请求内容应是一个 JSON 对象,未处理。")
    return value


def _raw() -> bytes:
    """The body as it came; BodyTooLarge above the limit, before it is read."""
    declared = request.content_length or 0
    raw = b"" if declared > LARGEST_BODY else request.get_data(cache=True)
    if max(declared, len(raw)) > LARGEST_BODY:
        limit = LARGEST_BODY // 1024 // 1024
        raise BodyTooLarge(f"请求内容超过 {limit} MB,未处理。文件请用 /files 上传。")
    return raw


def _checked(
    value: dict[str, object],
    required: Mapping[str, type],
    optional: Mapping[str, type],
    errors: list[FieldError],
) -> dict[str, object]:
    errors += [
        FieldError(f"/{key}", "required", f"缺少“{key}”。") for key in required if key not in value
    ]
    errors += [
        FieldError(f"/{key}", "type", f"“{key}”的类型不对。")
        for key, kind in {**required, **optional}.items()
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
    digest = hashlib.sha256(b"\0".join([request.path.encode(), _canonical_body()])).hexdigest()
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
    """The same for the same JSON however it is written; never read when it is too large."""
    try:
        raw = _raw()
    except BodyTooLarge as error:
        return error.code.encode()
    try:
        return orjson.dumps(orjson.loads(raw), option=orjson.OPT_SORT_KEYS)
    except ValueError:
        return raw


def query(name: str) -> str:
    """One query parameter; empty without it. Invalid when given twice or not storable."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise _wrong(name, "duplicate", f"参数 {name} 只能出现一次。")
    text = values[0] if values else ""
    if "\0" in text:
        raise _wrong(name, "format", f"参数 {name} 里有不能用的字符(NUL)。")
    return text


def _wrong(name: str, code: str, sentence: str) -> Invalid:
    return Invalid(sentence, [FieldError(f"/{name}", code, sentence)])


def form_text(name: str) -> str:
    """One text field of a multipart form; empty without it. Invalid when not storable."""
    text = request.form.get(name, "")
    if "\0" in text:
        raise _wrong(name, "format", f"“{name}”里有不能用的字符(NUL)。")
    return text


def flag(name: str) -> bool:
    """A yes or no of the query; Invalid for anything else, which must not count as a no."""
    text = query(name).lower()
    if text not in _YES | _NO:
        raise _wrong(name, "type", f"参数 {name} 应是 true 或 false。")
    return text in _YES


def whole_number(name: str, default: int) -> int:
    """A whole number of the query; Invalid otherwise. What no database can hold is cut off."""
    text = query(name)
    if not text:
        return default
    bare = text.removeprefix("-")
    if not (bare.isascii() and bare.isdigit()):
        raise _wrong(name, "type", f"参数 {name} 应是整数。")
    size = min(int(bare[:20]), _LARGEST_NUMBER)
    return -size if text.startswith("-") else size


def page_size() -> int:
    """The ``limit`` parameter; Invalid outside 1 to 200."""
    size = whole_number("limit", USUAL_PAGE)
    if not 1 <= size <= LARGEST_PAGE:
        raise _wrong("limit", "range", f"limit 应是 1 至 {LARGEST_PAGE} 的整数。")
    return size


def cursor(kinds: tuple[type, ...]) -> list[object] | None:
    """The ``cursor`` parameter's sort key of these types; Invalid for one that is not ours."""
    text = query("cursor")
    if not text:
        return None
    parts = decode_cursor(text[: LONGEST_CURSOR + 1])
    if [type(part) for part in parts] != list(kinds) or not all(map(_fits_a_column, parts)):
        raise Invalid("页码标记(cursor)无效,请从第一页重新读取。")
    return parts


def _fits_a_column(part: object) -> bool:
    return "\0" not in part if isinstance(part, str) else abs(int(str(part))) <= _LARGEST_NUMBER


def count(part: object) -> int:
    """A cursor's number for a column of small numbers: beyond the largest there is nothing."""
    return min(int(str(part)), _LARGEST_COUNT)


def page(items: list[dict[str, object]], more: list[object] | None) -> dict[str, object]:
    """A page of the API; ``more`` is the sort key the next page begins after."""
    return {"items": items, "next_cursor": None if more is None else encode_cursor(more)}
