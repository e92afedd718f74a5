"""Headers that keep the browser from doing what a page of ours never asks for."""

from flask import Flask, Response, request
from flask_wtf import CSRFProtect

from engine.errors import Invalid
from webapp.settings import Settings

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; frame-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No inline script, no inline style, no eval, no other host."""

PAPER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""For a PDF shown within a page: the browser's own viewer, which runs nothing of ours."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_A_YEAR = 31_536_000

csrf = CSRFProtect()
"""Every posting form carries the token; the API is exempted and checks for itself."""


def protect(app: Flask, settings: Settings) -> None:
    """Switch the protections on."""
    csrf.init_app(app)

    @app.before_request
    def refuse_what_no_database_keeps() -> None:
        # The API says it in its own words, after it has said who may ask.
        if not request.path.startswith("/api/") and _has_nul():
            raise Invalid("地址或内容里有无法处理的字符(NUL),没有处理。请去掉这个字符后再试。")

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if "frame-ancestors 'self'" not in response.headers["Content-Security-Policy"]:
            response.headers.setdefault("X-Frame-Options", "DENY")
        if settings.is_https:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={_A_YEAR}; includeSubDomains"
            )
        if request.endpoint != "static":
            # People share machines: the back button must not show another's case.
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _has_nul() -> bool:
    """Whether a text of the query or the form has the one character PostgreSQL cannot keep."""
    return any(
        "\0" in name + text
        for texts in (request.args, request.form)
        for name, text in texts.items(multi=True)
    )
