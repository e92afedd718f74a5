"""Flask's application with addresses that are worked out once for each kind of page.

A page writes twenty to forty addresses of our own. Their shape depends on the page and the names of
its parts alone; only the parts differ, and most are plain letters and digits.
"""

import contextlib
import re
from typing import Any

from flask import Flask, has_request_context
from flask.globals import request_ctx
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from typing_extensions import override
from werkzeug.routing import BuildError

_PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
"""Parts that stand in an address as they are, in its path and in its query alike."""

_PLACE = re.compile(r"---(\d+)---")
_MOST_KEPT = 5_000

_Shape = tuple[str, ...]


class _PageCookies(SecureCookieSessionInterface):
    """Flask's, with what signs and reads the cookie made once, not twice a request."""

    _made: tuple[object, URLSafeTimedSerializer | None] = (None, None)

    @override
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        made_for, made = self._made
        if made is None or made_for != app.secret_key:
            made = super().get_signing_serializer(app)
            self._made = app.secret_key, made
        return made


class Application(Flask):
    """Flask; see :meth:`url_for`."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.session_interface = _PageCookies()
        self._shapes: dict[_Shape, tuple[str, ...]] = {}

    @override
    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """As Flask's: the address of a page of ours, by its endpoint and its parts.

        Addresses inside a request whose parts are plain are filled into a shape that is kept.
        """
        if not has_request_context() or endpoint[0] == ".":
            return super().url_for(endpoint, **values)
        names, parts = [], []
        is_file = endpoint == "static"  # has slashes in its name: kept whole, there are few
        if is_file:
            self.inject_url_defaults(endpoint, values)
        for name, value in values.items():
            if value is None:
                continue
            part = str(value) if isinstance(value, str | int) else "/"
            if name[:1] == "_" or (_PLAIN.fullmatch(part) is None and not is_file):
                return super().url_for(endpoint, **values)
            names.append(f"{name}={part}" if is_file else name)
            parts.append(part)
        asked_of = request_ctx.url_adapter
        if asked_of is None:
            return super().url_for(endpoint, **values)
        shape = (asked_of.script_name, asked_of.default_method, endpoint, *names)
        known = self._shapes.get(shape)
        if known is None:
            known = self._learn(shape, values)
        if is_file or len(known) == 1:
            return known[0]
        if not known:
            return super().url_for(endpoint, **values)
        return "".join(parts[int(one)] if place % 2 else one for place, one in enumerate(known))

    def _learn(self, shape: _Shape, values: dict[str, Any]) -> tuple[str, ...]:
        """Texts in turn with the places of parts; empty where a part is not written as it is."""
        _, _, endpoint, *names = shape
        found: tuple[str, ...] = ()
        if endpoint == "static":
            found = (super().url_for(endpoint, **values),)
        else:
            marked: dict[str, Any] = {name: f"---{place}---" for place, name in enumerate(names)}
            with contextlib.suppress(ValueError, BuildError):  # a number is asked for; a mistake
                found = tuple(_PLACE.split(super().url_for(endpoint, **marked)))
            if len(found) != 2 * len(names) + 1:
                found = ()
        if len(self._shapes) >= _MOST_KEPT:
            self._shapes.clear()
        self._shapes[shape] = found
        return found
