"""The addresses of the directory; the engine says who may change what."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor, Engine
from engine.errors import Conflict, Invalid
from engine.model.ids import new_id
from engine.model.organisations import Organisation
from engine.work.organise import NewPerson, Term
from engine.work.units import Change
from webapp.directory.handover import handover_page
from webapp.directory.pages import (
    designations_page,
    must_be_admin,
    people_page,
    person_page,
    roles_page,
    slip_page,
    units_page,
)
from webapp.directory.typed import day_typed, told_of
from webapp.directory.unit_page import unit_page
from webapp.shared.language import _
from webapp.shared.navigation import Shell, shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation

directory = Blueprint("directory", __name__, url_prefix="/admin", template_folder="templates")


def _admin() -> tuple[Actor, Engine, Shell]:
    actor = current_actor()
    must_be_admin(actor)
    return actor, current_engine(), shell("directory", actor)


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _changed(sentence: str) -> None:
    current_installation().places.forget()
    flash(sentence, "done")


@directory.get("/units")
def units() -> ResponseReturnValue:
    """The tree."""
    _actor, engine, frame = _admin()
    return render(units_page(frame, engine))


@directory.get("/units/<unit_id>")
def unit(unit_id: str) -> ResponseReturnValue:
    """One unit."""
    _actor, engine, frame = _admin()
    return render(unit_page(frame, engine, unit_id))


def _change_unit(unit_id: str, form: str, doing: Callable[[], int], done: str) -> Response:
    """Do a change of a unit; the page again, with what was typed, where it is refused."""
    _actor, engine, frame = _admin()
    try:
        moved = doing()
    except (Invalid, Conflict) as refused:
        typed = {name: value.strip() for name, value in request.form.items()}
        page = unit_page(frame, engine, unit_id, (form, refused.message, typed))
        return make_response(render(page), 422)
    _changed(done + told_of(moved))
    return redirect(url_for("directory.unit", unit_id=unit_id), 303)  # type: ignore[return-value]


@directory.post("/units/<unit_id>/add")
def add_unit(unit_id: str) -> ResponseReturnValue:
    """Add a unit below this one."""
    actor, engine, _frame = _admin()
    parent = engine.directory.organisations().get(unit_id)
    new = Organisation(
        id=new_id(),
        code=_text("code"),
        name=_text("name"),
        kind=_text("kind"),
        level=_text("level"),
        approval_parent=unit_id,
        area_parent=_text("area") or unit_id,
        phone=_text("phone"),
        simulated=parent is not None and parent.simulated,
    )
    return _change_unit(
        unit_id,
        "add",
        lambda: engine.directory.add_organisation(actor, new),
        _("已添加“%(name)s”。", name=new.name),
    )


@directory.post("/units/<unit_id>/rename")
def rename_unit(unit_id: str) -> ResponseReturnValue:
    """Rename a unit from a day on."""
    actor, engine, _frame = _admin()
    return _change_unit(
        unit_id,
        "rename",
        lambda: engine.directory.rename_organisation(
            actor, unit_id, _text("code"), _text("name"), _change()
        ),
        _("名称已登记,办件和档案仍在这个单位名下。"),
    )


@directory.post("/units/<unit_id>/move")
def move_unit(unit_id: str) -> ResponseReturnValue:
    """Give a unit another parent from a day on."""
    actor, engine, _frame = _admin()
    return _change_unit(
        unit_id,
        "move",
        lambda: engine.directory.move_organisation(
            actor, unit_id, _text("parent"), _text("kind") or "approval", _change()
        ),
        _("上级单位的调整已登记。"),
    )


@directory.post("/units/<unit_id>/close")
def close_unit(unit_id: str) -> ResponseReturnValue:
    """End a unit on a day; its work goes to the successor."""
    actor, engine, _frame = _admin()
    return _change_unit(
        unit_id,
        "close",
        lambda: engine.directory.close_organisation(
            actor, unit_id, _text("successor") or None, _change()
        ),
        _("撤销已登记。"),
    )


def _change() -> Change:
    return Change(day_typed(_text("since")), _text("document"))


@directory.get("/people")
def people() -> ResponseReturnValue:
    """People."""
    _actor, engine, frame = _admin()
    return render(people_page(frame, engine, request.args.get("q", "").strip()))


@directory.post("/units/<unit_id>/people")
def add_person(unit_id: str) -> ResponseReturnValue:
    """Open an account, and print its slip."""
    actor, engine, frame = _admin()
    new = NewPerson(new_id(), _text("username"), _text("name"), unit_id, _text("phone"))
    token = engine.directory.add_person(actor, new)
    return render(slip_page(frame, engine, new.id, token))


@directory.get("/people/<person_id>")
def person(person_id: str) -> ResponseReturnValue:
    """One person."""
    _actor, engine, frame = _admin()
    return render(person_page(frame, engine, person_id))


@directory.post("/people/<person_id>/grants")
def grant(person_id: str) -> ResponseReturnValue:
    """Give a role."""
    actor, engine, _frame = _admin()
    term = Term(day_typed(_text("since")), day_typed(_text("until")))
    moved = engine.directory.grant(actor, person_id, _text("role"), _text("unit"), term)
    _changed(_("已授予角色,自所填日期生效。") + told_of(moved))
    return redirect(url_for("directory.person", person_id=person_id), 303)


@directory.post("/people/<person_id>/grants/<int:grant_id>/withdraw")
def withdraw(person_id: str, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    actor, engine, _frame = _admin()
    last = day_typed(_text("last"))
    moved = engine.directory.withdraw_grant(actor, grant_id, last)
    _changed((_("已登记收回日期。") if last else _("已收回角色,立即生效。")) + told_of(moved))
    return redirect(url_for("directory.person", person_id=person_id), 303)


@directory.post("/people/<person_id>/slip")
def slip(person_id: str) -> ResponseReturnValue:
    """A slip for somebody who forgot her password."""
    actor, engine, frame = _admin()
    token = engine.accounts.reset_password(actor, person_id)
    return render(slip_page(frame, engine, person_id, token))


@directory.post("/people/<person_id>/close")
def close(person_id: str) -> ResponseReturnValue:
    """Close an account; the name stays where she signed."""
    actor, engine, _frame = _admin()
    moved = engine.directory.close_account(actor, person_id)
    _changed(_("账号已停用,已签署的内容保留姓名。") + told_of(moved))
    return redirect(url_for("directory.person", person_id=person_id), 303)


@directory.get("/people/<person_id>/handover")
def handover(person_id: str) -> ResponseReturnValue:
    """What a person would hand over, and to whom."""
    actor, engine, frame = _admin()
    return render(handover_page(frame, engine, actor, person_id))


@directory.post("/people/<person_id>/handover")
def hand_over(person_id: str) -> ResponseReturnValue:
    """Hand it over, and print the paper."""
    actor, engine, frame = _admin()
    try:
        done = engine.directory.hand_over(
            actor, person_id, _text("successor"), closes=_text("closes") == "yes"
        )
    except (Invalid, Conflict) as refused:
        page = handover_page(frame, engine, actor, person_id, error=refused.message)
        return render(page), 422
    current_installation().places.forget()
    return render(handover_page(frame, engine, actor, person_id, done))


@directory.get("/roles")
def roles() -> ResponseReturnValue:
    """Every role."""
    _actor, engine, frame = _admin()
    return render(roles_page(frame, engine))


@directory.get("/designations")
def designations() -> ResponseReturnValue:
    """Written designations."""
    _actor, engine, frame = _admin()
    return render(designations_page(frame, engine))


@directory.post("/designations")
def designate() -> ResponseReturnValue:
    """Say in writing who does a unit's steps."""
    actor, engine, _frame = _admin()
    moved = engine.directory.designate(
        actor, _text("role"), _text("unit"), _text("handler"), _text("document")
    )
    _changed(_("已登记书面指定。") + told_of(moved))
    return redirect(url_for("directory.designations"), 303)


@directory.post("/designations/<int:designation_id>/end")
def end_designation(designation_id: int) -> ResponseReturnValue:
    """Take a written designation back."""
    actor, engine, _frame = _admin()
    moved = engine.directory.withdraw_designation(actor, designation_id)
    _changed(_("已撤回书面指定。") + told_of(moved))
    return redirect(url_for("directory.designations"), 303)
