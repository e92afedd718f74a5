"""The addresses of people, their roles and what they hand over."""

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, Invalid, NotPermitted
from engine.model.ids import new_id
from engine.work.organise import NewPerson, Term
from webapp.directory.changing import Form, admin, change, directory
from webapp.directory.handover import handover_page
from webapp.directory.pages import people_page, person_page, slip_page
from webapp.directory.typed import day_typed, text_typed
from webapp.directory.unit_page import unit_page
from webapp.shared.language import _
from webapp.shared.page import render
from webapp.shared.requests import current_installation


@directory.get("/people")
def people() -> ResponseReturnValue:
    """People."""
    _actor, engine, frame = admin()
    return render(people_page(frame, engine, request.args.get("q", "").strip()))


@directory.post("/units/<unit_id>/people")
def add_person(unit_id: str) -> ResponseReturnValue:
    """Open an account, and print its slip."""
    actor, engine, frame = admin()
    new = NewPerson(
        new_id(), text_typed("username"), text_typed("name"), unit_id, text_typed("phone")
    )
    try:
        token = engine.directory.add_person(actor, new)
    except (Invalid, Conflict, NotPermitted) as refused:
        form = Form("person", lambda w: unit_page(frame, engine, unit_id, w), "", "username")
        return form.refused(refused)
    return render(slip_page(frame, engine, new.id, token))


@directory.get("/people/<person_id>")
def person(person_id: str) -> ResponseReturnValue:
    """One person."""
    _actor, engine, frame = admin()
    return render(person_page(frame, engine, person_id))


def _form(person_id: str, name: str, blames: str = "") -> Form:
    _actor, engine, frame = admin()
    return Form(
        name,
        lambda wrong: person_page(frame, engine, person_id, wrong),
        url_for("directory.person", person_id=person_id),
        blames,
    )


@directory.post("/people/<person_id>/grants")
def grant(person_id: str) -> Response:
    """Give a role."""
    actor, engine, _frame = admin()
    return change(
        _form(person_id, "grant", blames="role"),
        lambda: engine.directory.grant(
            actor,
            person_id,
            text_typed("role"),
            text_typed("unit"),
            Term(day_typed("since"), day_typed("until")),
        ),
        _("已授予角色,自所填日期生效。"),
    )


@directory.post("/people/<person_id>/grants/<int:grant_id>/withdraw")
def withdraw(person_id: str, grant_id: int) -> Response:
    """Take a role back."""
    actor, engine, _frame = admin()
    return change(
        _form(person_id, f"withdraw-{grant_id}", blames="last"),
        lambda: engine.directory.withdraw_grant(actor, grant_id, day_typed("last")),
        _("已登记收回日期。") if text_typed("last") else _("已收回角色,立即生效。"),
    )


@directory.post("/people/<person_id>/slip")
def slip(person_id: str) -> ResponseReturnValue:
    """A slip for somebody who forgot her password."""
    actor, engine, frame = admin()
    token = engine.accounts.reset_password(actor, person_id)
    return render(slip_page(frame, engine, person_id, token))


@directory.post("/people/<person_id>/close")
def close(person_id: str) -> Response:
    """Close an account; the name stays where she signed."""
    actor, engine, _frame = admin()
    return change(
        _form(person_id, "close"),
        lambda: engine.directory.close_account(actor, person_id),
        _("账号已停用,已签署的内容保留姓名。"),
    )


@directory.get("/people/<person_id>/handover")
def handover(person_id: str) -> ResponseReturnValue:
    """What a person would hand over, and to whom."""
    actor, engine, frame = admin()
    return render(handover_page(frame, engine, actor, person_id))


@directory.post("/people/<person_id>/handover")
def hand_over(person_id: str) -> ResponseReturnValue:
    """Hand it over, and print the paper."""
    actor, engine, frame = admin()
    try:
        done = engine.directory.hand_over(
            actor, person_id, text_typed("successor"), closes=text_typed("closes") == "yes"
        )
    except (Invalid, Conflict, NotPermitted) as refused:
        form = Form("handover", lambda w: handover_page(frame, engine, actor, person_id, w), "")
        return form.refused(refused)
    current_installation().places.forget()
    return make_response(render(handover_page(frame, engine, actor, person_id, done=done)))
