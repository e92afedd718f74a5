"""Addresses of our own pages, with the filters that narrow a list."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from webapp.shared.requests import current_settings


def address(endpoint: str, *narrowing: Mapping[str, str], **more: str | int | None) -> str:
    """The address of a page; later values win, None is left out."""
    values: dict[str, Any] = {}
    for part in (*narrowing, more):
        values.update(part)
    return url_for(endpoint, **values)


def outside(path: str) -> str:
    """The whole address of a page for people elsewhere: a phone, a sheet of paper.

    Where the installation does not say how it is reached, as whoever asks reaches it.
    """
    site = current_settings().public_address or request.host_url
    return f"{site.rstrip('/')}{path}"
