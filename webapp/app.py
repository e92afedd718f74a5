"""The web application, made for an engine and a registry that are already open."""

import hashlib
import hmac
from collections.abc import Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from engine import Engine
from engine.errors import BangfuError, NotSignedIn
from webapp.api import problems, routes
from webapp.cases.incoming_routes import incoming
from webapp.cases.routes import cases
from webapp.cases.sealed_routes import sealed
from webapp.definitions.routes import definitions
from webapp.definitions.version_routes import versions
from webapp.directory.routes import directory
from webapp.duty.routes import duty
from webapp.funds.routes import funds
from webapp.holidays.routes import holidays
from webapp.imports.routes import imports
from webapp.inbox.routes import inbox
from webapp.letters.routes import letters
from webapp.login.routes import ask_to_sign_in, login
from webapp.messages.routes import messages
from webapp.notices.routes import notices
from webapp.operation.routes import operation
from webapp.parameters.routes import parameters
from webapp.phone.routes import phone
from webapp.printing.routes import printing
from webapp.reading.routes import reading
from webapp.receipts.routes import receipts
from webapp.receipts.staff import slips
from webapp.register.routes import register
from webapp.settings import Settings
from webapp.shared.application import Application
from webapp.shared.choose_language import language
from webapp.shared.drawing import draw_quickly
from webapp.shared.error_pages import answer_errors, of_bug, of_error, of_http_error
from webapp.shared.health import count_requests
from webapp.shared.language import speak
from webapp.shared.logs import log_requests
from webapp.shared.registry_port import RegistryPort
from webapp.shared.requests import Installation, install
from webapp.shared.security import csrf, protect
from webapp.shared.static_files import version_static_files
from webapp.supervision.routes import supervision
from webapp.tasks.routes import tasks
from webapp.together.routes import together


class Id(BaseConverter):
    """A part of an address: text that a database can look for. NUL is in the id of nothing."""

    regex = r"[^/\0]+"
    part_isolating = True


LARGEST_REQUEST = 64 * 1024 * 1024
"""Bytes. Above the largest file, so that a file that is too large is refused in words."""

_LARGEST_TEXT = 4 * 1024 * 1024
_MOST_FIELDS = 20_000
_A_YEAR = 31_536_000


def create_app(settings: Settings, engine: Engine, registry: RegistryPort) -> Flask:
    """Make the application; nothing is read from outside but these arguments."""
    app = Application(
        "webapp", root_path=str(Path(__file__).parent), template_folder="shared/templates"
    )
    app.config.update(
        SECRET_KEY=_secret(settings.key),
        SESSION_COOKIE_NAME="page",  # holds the CSRF token and what is told once; "session" is ours
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the browser is open: a form may take a day
        WTF_CSRF_SSL_STRICT=False,  # the Referer is often stripped; SameSite does its work
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=_LARGEST_TEXT,
        MAX_FORM_PARTS=_MOST_FIELDS,
        SEND_FILE_MAX_AGE_DEFAULT=_A_YEAR,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # forms have an order
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    draw_quickly(app)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    app.url_map.converters["default"] = Id
    app.url_map.merge_slashes = False  # no redirect to an address nobody has written
    install(app.extensions, Installation(settings, engine, registry))
    speak(app)
    log_requests(app)
    count_requests(app, engine)
    protect(app, settings)
    version_static_files(app)
    answer_errors(app)
    for feature in (
        language,
        login,
        reading,
        printing,
        phone,
        together,
        inbox,
        tasks,
        cases,
        incoming,
        sealed,
        register,
        imports,
        duty,
        funds,
        notices,
        letters,
        receipts,
        slips,
        definitions,
        versions,
        supervision,
        directory,
        parameters,
        holidays,
        messages,
        operation,
    ):
        app.register_blueprint(feature)
    _mount_api(app)
    _see_once(app, engine)
    return app


def _see_once(app: Flask, engine: Engine) -> None:
    """Answer each request from one reading of the database, whatever its parts ask."""
    answer = app.wsgi_app

    def answer_from_one_view(
        environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        with engine.one_view():
            return answer(environ, start_response)

    app.wsgi_app = answer_from_one_view  # type: ignore[method-assign]


def _mount_api(app: Flask) -> None:
    """The published API: its errors are problem documents, its callers show tokens, not cookies.

    A caller with the browser's session shows the CSRF token too (webapp.shared.requests).
    """
    csrf.exempt(routes.api)
    app.register_blueprint(routes.api)

    def of_ours(error: BangfuError) -> ResponseReturnValue:
        return problems.of_error(error) if problems.is_api_request() else of_error(error)

    def of_not_signed_in(error: NotSignedIn) -> ResponseReturnValue:
        return problems.of_error(error) if problems.is_api_request() else ask_to_sign_in(error)

    def of_http(error: HTTPException) -> ResponseReturnValue:
        return problems.of_http_error(error) if problems.is_api_request() else of_http_error(error)

    def of_exception(error: Exception) -> ResponseReturnValue:
        return problems.of_bug(error) if problems.is_api_request() else of_bug(error)

    app.register_error_handler(BangfuError, of_ours)
    app.register_error_handler(NotSignedIn, of_not_signed_in)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_exception)


def _secret(key: bytes) -> bytes:
    """The secret of the page cookie, another one than the key that seals people's data."""
    return hmac.new(key, b"bangfu page cookie", hashlib.sha256).digest()
