"""Who writes: a cookie tells her browser from every other, and nothing of who she is."""

import hashlib
import secrets

from flask import Response, request

from engine import Actor
from engine.model.actors import writer_of
from webapp.settings import Settings

COOKIE = "letter"
PATH = "/letters"
_LONGEST = 100
_MARK = 26
"""So many signs of a hash tell one browser from another, and nobody gets the cookie from them."""


def token() -> str:
    """What the cookie holds; empty without one."""
    return request.cookies.get(COOKIE, "")[:_LONGEST]


def writer_with(held: str) -> Actor:
    """Who writes with this cookie."""
    return writer_of(hashlib.sha256(held.encode()).hexdigest()[:_MARK])


def new_token() -> str:
    """A cookie for a browser that has none."""
    return secrets.token_urlsafe(32)


def remember(response: Response, made: str, settings: Settings) -> None:
    """Give the browser its cookie: until it is closed, to these pages only."""
    response.set_cookie(
        COOKIE, made, path=PATH, httponly=True, samesite="Lax", secure=settings.is_https
    )


def forget(response: Response, settings: Settings) -> None:
    """Take it away: the next at this machine gets another one."""
    response.delete_cookie(
        COOKIE, path=PATH, httponly=True, samesite="Lax", secure=settings.is_https
    )
