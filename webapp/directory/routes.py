"""The addresses of the directory; the engine says who may change what."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor, Engine
from engine.model.ids import new_id
from engine.model.organisations import Organisation
from engine.work.organise import NewPerson
from webapp.directory.pages import (
    designations_page,
    must_be_admin,
    people_page,
    person_page,
    roles_page,
    slip_page,
    unit_page,
    units_page,
)
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
        area_parent=unit_id,
        phone=_text("phone"),
        simulated=parent is not None and parent.simulated,
    )
    engine.directory.add_organisation(actor, new)
    _changed(_("已添加“%(name)s”。", name=new.name))
    return redirect(url_for("directory.unit", unit_id=new.id), 303)


@directory.post("/units/<unit_id>/rename")
def rename_unit(unit_id: str) -> ResponseReturnValue:
    """Rename a unit."""
    actor, engine, _frame = _admin()
    engine.directory.rename_organisation(actor, unit_id, _text("code"), _text("name"))
    _changed(_("名称已修改,办件和档案仍在这个单位名下。"))
    return redirect(url_for("directory.unit", unit_id=unit_id), 303)


@directory.post("/units/<unit_id>/move")
def move_unit(unit_id: str) -> ResponseReturnValue:
    """Give a unit another approving parent."""
    actor, engine, _frame = _admin()
    engine.directory.move_organisation(actor, unit_id, _text("parent"))
    _changed(_("上级单位已调整,在办环节已按新的关系转给办理单位。"))
    return redirect(url_for("directory.unit", unit_id=unit_id), 303)


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
    engine.directory.grant(actor, person_id, _text("role"), _text("unit"))
    _changed(_("已授予角色,立即生效。"))
    return redirect(url_for("directory.person", person_id=person_id), 303)


@directory.post("/people/<person_id>/grants/<int:grant_id>/withdraw")
def withdraw(person_id: str, grant_id: int) -> ResponseReturnValue:
    """Take a role back."""
    actor, engine, _frame = _admin()
    engine.directory.withdraw_grant(actor, grant_id)
    _changed(_("已收回角色,立即生效。"))
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
    engine.directory.close_account(actor, person_id)
    _changed(_("账号已停用,已签署的内容保留姓名。"))
    return redirect(url_for("directory.person", person_id=person_id), 303)


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
    engine.directory.designate(
        actor, _text("role"), _text("unit"), _text("handler"), _text("document")
    )
    _changed(_("已登记书面指定,在办环节已随之调整。"))
    return redirect(url_for("directory.designations"), 303)
