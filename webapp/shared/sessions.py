"""The cookie that holds the browser's session token."""

from flask import Response

from engine.work.accounts import SignIn
from webapp.settings import Settings
from webapp.shared.requests import SESSION_COOKIE


def open_session(response: Response, made: SignIn, settings: Settings) -> None:
    """Give the browser its token: out of reach of scripts and of other sites."""
    response.set_cookie(
        SESSION_COOKIE, made.token, httponly=True, samesite="Lax", secure=settings.is_https
    )


def close_session(response: Response, settings: Settings) -> None:
    """Take the token away."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=settings.is_https)
