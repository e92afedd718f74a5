"""The official division data of the city, as the set-up leaves it in ``divisions.json``.

The file is a list of counties, each with its townships::

    [{"code": "350602", "name": "芗城区",
      "townships": [{"code": "350602001", "name": "东铺头街道"}, …]}, …]
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from engine.errors import Broken

_COUNTY_CODE = re.compile(r"[0-9]{6}")
_TOWNSHIP_CODE = re.compile(r"[0-9]{9}(000)?")


@dataclass(frozen=True)
class Township:
    """A township or street, or a farm, park or zone counted like one. 9-digit code."""

    code: str
    name: str


@dataclass(frozen=True)
class County:
    """A county, district or county-level city with its townships. 6-digit code (GB/T 2260)."""

    code: str
    name: str
    townships: tuple[Township, ...]


def read_divisions(content: bytes) -> tuple[County, ...]:
    """Read the file's content; Broken, naming the place, where it has another shape.

    Township codes of 12 digits ending in 000 are shortened to their 9.
    """
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _unreadable("不是 JSON") from error
    if not isinstance(read, list):
        raise _unreadable("应为县区的列表")
    return tuple(_county(row, f"counties[{place}]") for place, row in enumerate(read))


def _county(row: object, place: str) -> County:
    values = _mapping(row, place)
    townships = values.get("townships")
    if not isinstance(townships, list):
        raise _unreadable(f"{place}.townships 应为列表")
    return County(
        _text(values, "code", place, _COUNTY_CODE),
        _text(values, "name", place, None),
        tuple(
            _township(township, f"{place}.townships[{number}]")
            for number, township in enumerate(townships)
        ),
    )


def _township(row: object, place: str) -> Township:
    values = _mapping(row, place)
    code = _text(values, "code", place, _TOWNSHIP_CODE)
    return Township(code[:9], _text(values, "name", place, None))


def _mapping(row: object, place: str) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise _unreadable(f"{place} 应为对象")
    return row


def _text(
    values: Mapping[str, object], key: str, place: str, pattern: re.Pattern[str] | None
) -> str:
    text = values.get(key)
    if not isinstance(text, str) or not text:
        raise _unreadable(f"缺少 {place}.{key}")
    if pattern is not None and pattern.fullmatch(text) is None:
        raise _unreadable(f"{place}.{key}“{text}”不是区划代码")
    return text


def _unreadable(what: str) -> Broken:
    return Broken(f"行政区划数据 divisions.json 读不懂：{what}。请重新运行 make setup 生成。")
