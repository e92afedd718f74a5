"""A form that was sent after the sign-in had run out: kept through the sign-in page.

The fields travel as hidden inputs of the sign-in form, never as an address, and are handed to the
feature they were meant for as soon as the person has signed in.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import HTTPException

from engine import Actor
from webapp.shared.choose_language import local_path
from webapp.shared.form_posts import texts_to_keep

PREFIX = "kept."
TARGET = "kept_for"


@dataclass(frozen=True)
class KeptPost:
    """What was sent, and to which address."""

    endpoint: str
    place: Mapping[str, str]
    asked: Mapping[str, str]
    fields: MultiDict[str, str]

    @property
    def no_files(self) -> MultiDict[str, FileStorage]:
        """Files do not travel through the sign-in page."""
        return MultiDict()


Resume = Callable[[Actor, KeptPost], ResponseReturnValue]
_resumes: dict[str, Resume] = {}


def resumes(endpoint: str) -> Callable[[Resume], Resume]:
    """Name the function that takes up a post to an endpoint again."""

    def register(function: Resume) -> Resume:
        _resumes[endpoint] = function
        return function

    return register


def fields_to_keep() -> tuple[tuple[str, str], ...]:
    """The hidden inputs for this request, when somebody can take it up again; else none."""
    if request.method != "POST" or request.endpoint not in _resumes:
        return ()
    kept = tuple((PREFIX + name, value) for name, value in texts_to_keep(request.form))
    return ((TARGET, request.full_path.rstrip("?")), *kept)


def take_up(actor: Actor) -> ResponseReturnValue | None:
    """Hand what the sign-in form carried to its feature; None when it carried nothing."""
    target = local_path(request.form.get(TARGET, ""), "")
    if not target:
        return None
    parts = urlsplit(target)
    try:
        endpoint, place = current_app.url_map.bind("").match(parts.path, method="POST")
    except HTTPException:
        return None
    if endpoint not in _resumes:
        return None
    fields: MultiDict[str, str] = MultiDict(
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    )
    asked = dict(parse_qsl(parts.query))
    return _resumes[endpoint](actor, KeptPost(endpoint, place, asked, fields))
