"""Addresses of our own pages, with the filters that narrow a list."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from flask import request, url_for

from webapp.shared.requests import current_settings

_PLACE = "---here---"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


def address(endpoint: str, *narrowing: Mapping[str, str], **more: str | int | None) -> str:
    """The address of a page; later values win, None is left out."""
    values: dict[str, Any] = {}
    for part in (*narrowing, more):
        values.update(part)
    return url_for(endpoint, **values)


def addresses(
    endpoint: str, part: str, *narrowing: Mapping[str, str], **more: str | int | None
) -> Callable[[str], str]:
    """The addresses of pages that differ in one part: worked out once, however many there are."""
    before, _place, after = address(endpoint, *narrowing, **more, **{part: _PLACE}).partition(
        _PLACE
    )

    def with_part(value: str) -> str:
        written = value if _PLAIN.fullmatch(value) else quote(value, safe="")
        return f"{before}{written}{after}"

    return with_part


def outside(path: str) -> str:
    """The whole address of a page for people elsewhere: a phone, a sheet of paper.

    Where the installation does not say how it is reached, as whoever asks reaches it.
    """
    site = current_settings().public_address or request.host_url
    return f"{site.rstrip('/')}{path}"
