"""Addresses of our own pages, with the filters that narrow a list."""

from collections.abc import Mapping
from typing import Any

from flask import url_for


def address(endpoint: str, *narrowing: Mapping[str, str], **more: str | int | None) -> str:
    """The address of a page; later values win, None is left out."""
    values: dict[str, Any] = {}
    for part in (*narrowing, more):
        values.update(part)
    return url_for(endpoint, **values)
