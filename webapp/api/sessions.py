"""Signing in and out, and who one is."""

from flask import Response

from engine.errors import FieldError, Invalid
from webapp.api import bodies, shapes
from webapp.api.answers import answer
from webapp.api.blueprint import api
from webapp.shared.requests import api_actor, client_address, current_engine

_LONGEST = {"username": 200, "password": 1000}


@api.post("/tokens")
def login() -> Response:
    """Sign in with a password."""
    body = bodies.json_object({"username": str, "password": str})
    said = {name: str(body[name]) for name in _LONGEST}
    too_long = [
        FieldError(f"/{name}", "maxLength", f"最多 {most} 个字符。")
        for name, most in _LONGEST.items()
        if len(said[name]) > most
    ]
    if too_long:
        raise Invalid("用户名或密码过长,没有登录。", too_long)
    made = current_engine().accounts.sign_in(
        said["username"], said["password"], client_address(), "api"
    )
    return answer({"token": made.token, "expires_at": shapes.instant(made.expires_at)}, 201)


@api.delete("/tokens/current")
def logout() -> Response:
    """Make the token useless."""
    _, token = api_actor()
    current_engine().accounts.sign_out(token)
    return Response(status=204)


@api.get("/me")
def me() -> Response:
    """Who the caller is."""
    actor, _ = api_actor()
    return answer(shapes.me(actor))
