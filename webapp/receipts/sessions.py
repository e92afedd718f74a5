"""The applicant's session: a cookie of its own, sent to her own pages only."""

from flask import Response, request

from engine import Actor
from engine.errors import NotPermitted, NotSignedIn
from webapp.settings import Settings
from webapp.shared.requests import actor_or_none, current_engine

COOKIE = "receipt"
PATH = "/receipt"


def token() -> str:
    """The token of her session; empty without one."""
    return request.cookies.get(COOKIE, "")


def current_guest() -> Actor:
    """The applicant whose receipt was shown; NotSignedIn when it is over."""
    return current_engine().guests.guest_for(token())


def guest_who_acts() -> Actor:
    """The same for whatever is recorded as the applicant's own deed.

    Raises NotPermitted in a browser where somebody of the staff is signed in: what she does for the
    applicant is recorded as hers (代办).
    """
    guest = current_guest()
    if actor_or_none() is not None:
        raise NotPermitted(
            "您正以工作人员身份登录,不能以申请人的名义提交,没有提交。"
            "代申请人办理请在办件页办;申请人本人在这台电脑上办,请先退出登录。"
        )
    return guest


def guest_or_none() -> Actor | None:
    """The same; None without a session that holds."""
    try:
        return current_guest() if token() else None
    except NotSignedIn:
        return None


def remember(response: Response, made: str, settings: Settings) -> None:
    """Give the browser its token: out of reach of scripts, of other sites, of our other pages."""
    response.set_cookie(
        COOKIE, made, path=PATH, httponly=True, samesite="Lax", secure=settings.is_https
    )


def forget(response: Response, settings: Settings) -> None:
    """Take the token away."""
    response.delete_cookie(
        COOKIE, path=PATH, httponly=True, samesite="Lax", secure=settings.is_https
    )
