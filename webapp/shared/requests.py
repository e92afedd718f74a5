"""What a request is asked for: the engine, who asks, from where, under which number."""

from dataclasses import dataclass, field

from flask import current_app, request
from flask_wtf.csrf import CSRFError, validate_csrf
from wtforms import ValidationError  # type: ignore[import-untyped]

from engine import Actor, Engine
from engine.errors import NotSignedIn, Refused
from webapp.settings import Settings
from webapp.shared.english import EnglishNames
from webapp.shared.places import PlaceNames
from webapp.shared.registry_port import RegistryPort


class CsrfRefused(Refused):
    """A browser's session writes without the token that only our own pages know (403)."""

    code = "csrf"


SESSION_COOKIE = "session"
_EXTENSION = "bangfu"
_REQUEST_ID = "bangfu.request_id"
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Installation:
    """What the application was made for."""

    settings: Settings
    engine: Engine
    registry: RegistryPort
    places: PlaceNames = field(init=False)
    english: EnglishNames = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", PlaceNames(self.engine))
        object.__setattr__(self, "english", EnglishNames(self.engine))


def install(app_extensions: dict[str, object], installation: Installation) -> None:
    """Keep the installation with the application."""
    app_extensions[_EXTENSION] = installation


def current_installation() -> Installation:
    """The installation of the application that answers."""
    found = current_app.extensions[_EXTENSION]
    if not isinstance(found, Installation):
        msg = "the application was not made by create_app"
        raise TypeError(msg)
    return found


def current_settings() -> Settings:
    """The settings."""
    return current_installation().settings


def current_engine() -> Engine:
    """The engine."""
    return current_installation().engine


def current_registry() -> RegistryPort:
    """The registry."""
    return current_installation().registry


def session_token() -> str:
    """The token of the browser's session; empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


def current_actor() -> Actor:
    """The person who is signed in, as she stands now; NotSignedIn otherwise."""
    token = session_token()
    if not token:
        raise NotSignedIn
    return current_engine().accounts.actor_for(token)


def actor_or_none() -> Actor | None:
    """The person who is signed in, or None for the public."""
    try:
        return current_actor()
    except NotSignedIn:
        return None


def api_actor() -> tuple[Actor, str]:
    """The caller of the API and her token: of the bearer header, else of the browser's session.

    A session that writes must also show the page's CSRF token. Raises NotSignedIn, CsrfRefused.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return current_engine().accounts.actor_for(token.strip()), token.strip()
    actor = current_actor()
    if request.method not in _SAFE_METHODS:
        _must_show_csrf_token()
    return actor, session_token()


def _must_show_csrf_token() -> None:
    try:
        validate_csrf(request.headers.get("X-CSRF-Token"))
    except (ValidationError, CSRFError) as error:
        raise CsrfRefused("缺少或不符的 X-CSRF-Token 请求头,未处理。") from error


def client_address() -> str:
    """The address the request came from, as far as it can be believed."""
    return request.remote_addr or ""


def request_id() -> str:
    """The number of this request, shown on error pages and written to the log."""
    return str(request.environ.get(_REQUEST_ID, ""))


def known_method() -> str:
    """The method, of those there are: any word may be sent in its place."""
    return request.method if request.method in _METHODS else "(other)"


def number_request(environ: dict[str, object], number: str) -> None:
    """Give a request its number."""
    environ[_REQUEST_ID] = number


def wants_json() -> bool:
    """Whether a script of our pages asks, to which an error page would be useless."""
    return request.accept_mimetypes.best == "application/json"
