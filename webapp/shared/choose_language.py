"""The person's choice of language, kept on her machine."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import NotFound as NoSuchPage

from webapp.shared.language import COOKIE, LANGUAGES

language = Blueprint("language", __name__)

_A_YEAR = 31_536_000


def local_path(text: str, otherwise: str = "/") -> str:
    """The text if it is a path of this site, so that no link leads a person elsewhere."""
    parts = urlsplit(text)
    plain = text.startswith("/") and not text.startswith(("//", "/\\")) and "\\" not in text
    if parts.scheme or parts.netloc or not plain or any(ord(sign) < ord(" ") for sign in text):
        return otherwise
    return text


@language.get("/language/<code>")
def choose(code: str) -> Response:
    """Keep the choice and go back."""
    if code not in LANGUAGES:
        raise NoSuchPage
    response = Response(status=303)
    response.headers["Location"] = redirect(local_path(request.args.get("back", "/"))).location
    response.set_cookie(COOKIE, code, max_age=_A_YEAR, samesite="Lax", httponly=True)
    return response
