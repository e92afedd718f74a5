"""The addresses of signing in and out."""

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Invalid, NotSignedIn, TooManyTries
from webapp.login.pages import PasswordPage, sign_in_page
from webapp.login.slips import helped_page, helped_slip_page, must_help
from webapp.shared.choose_language import local_path
from webapp.shared.error_pages import error_response
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import PREFIX, TARGET, fields_to_keep, take_up
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import (
    client_address,
    current_actor,
    current_engine,
    current_installation,
    current_settings,
    session_token,
    wants_json,
)
from webapp.shared.sessions import close_session, open_session
from webapp.shared.words import clock_time

login = Blueprint("login", __name__, template_folder="templates")


def _page(message: str, status: int, *, kept: tuple[tuple[str, str], ...] = ()) -> Response:
    installation = current_installation()
    page = sign_in_page(
        shell("login"),
        installation.engine,
        installation.places,
        message=message,
        username=request.form.get("username", "") if request.endpoint == "login.sign_in" else "",
        back=local_path(request.values.get("back", ""), ""),
        kept=kept,
    )
    return make_response(render(page), status)


def ask_to_sign_in(error: NotSignedIn) -> Response:
    """Whoever is not signed in comes here; a form she has sent travels along."""
    if wants_json():
        return error_response(401, error.message)
    if request.method == "GET":
        back = request.full_path.rstrip("?")
        return make_response(redirect(url_for("login.show", back=back), 303))
    kept = fields_to_keep()
    message = error.message
    if kept:
        now = current_engine().clock.now()
        message = _(
            "登录已超时。您填写的内容已于 %(time)s 存为草稿,重新登录后会自动打开。",
            time=clock_time(now, now),
        )
    return _page(message, 401, kept=kept)


@login.get("/login")
def show() -> ResponseReturnValue:
    """Name and password."""
    return _page("", 200)


@login.post("/login")
def sign_in() -> ResponseReturnValue:
    """Open a session, and go on where the person was stopped."""
    accounts = current_engine().accounts
    name, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        made = accounts.sign_in(name[:200], password[:1000], client_address(), "web")
    except (NotSignedIn, TooManyTries) as refused:
        page = _page(refused.message, status_of(refused), kept=_still_kept())
        if isinstance(refused, TooManyTries):
            page.headers["Retry-After"] = str(refused.retry_after)
        return page
    taken_up = take_up(accounts.actor_for(made.token))
    back = local_path(request.form.get("back", ""), url_for("inbox.show"))
    response = make_response(redirect(back, 303) if taken_up is None else taken_up)
    open_session(response, made, current_settings())
    return response


def _still_kept() -> tuple[tuple[str, str], ...]:
    """The waiting form goes on waiting after a wrong password."""
    return tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name == TARGET or name.startswith(PREFIX)
    )


@login.post("/logout")
def sign_out() -> ResponseReturnValue:
    """Forget the session."""
    current_engine().accounts.sign_out(session_token())
    response = make_response(redirect(url_for("login.show"), 303))
    close_session(response, current_settings())
    # people share machines: nothing of hers stays in the browser (reliability.md §4, item 35)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@login.get("/password/<token>")
def choose_password(token: str) -> ResponseReturnValue:
    """The page of a one-use link; opening it does not use it up."""
    del token
    return render(PasswordPage(shell("login"), ""))


@login.post("/password/<token>")
def set_password(token: str) -> ResponseReturnValue:
    """Set the password the person chose."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    if password != again:
        message = _("两次输入的密码不一致,未修改。请重新输入。")
        return render(PasswordPage(shell("login"), message)), 422
    try:
        current_engine().accounts.use_link(token, password)
    except (Invalid, NotSignedIn) as refused:
        return render(PasswordPage(shell("login"), refused.message)), 422
    flash(_("密码已设置,请登录。"), "done")
    return redirect(url_for("login.show"), 303)


@login.get("/passwords")
def helped() -> ResponseReturnValue:
    """Whom a township officer may help who has forgotten her password."""
    actor = current_actor()
    must_help(actor)
    searched = request.args.get("q", "").strip()
    return render(helped_page(shell("passwords", actor), current_engine(), actor, searched))


@login.post("/passwords/<person_id>")
def help_with_password(person_id: str) -> ResponseReturnValue:
    """The slip, to print and to hand over."""
    actor, engine = current_actor(), current_engine()
    must_help(actor)
    token = engine.accounts.reset_password(actor, person_id)
    return render(helped_slip_page(shell("passwords", actor), engine, person_id, token))
