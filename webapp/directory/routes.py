"""The addresses of organisations; the engine says who may change what."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from engine.model.ids import new_id
from engine.model.organisations import Organisation
from engine.work.units import Change
from webapp.directory import people_routes, small_places_routes
from webapp.directory.changing import Form, admin, change, directory
from webapp.directory.pages import roles_page, units_page
from webapp.directory.typed import day_typed, text_typed
from webapp.directory.unit_page import unit_page
from webapp.shared.language import _
from webapp.shared.page import render

__all__ = ["directory", "people_routes", "small_places_routes"]


@directory.get("/units")
def units() -> ResponseReturnValue:
    """The tree."""
    _actor, engine, frame = admin()
    return render(units_page(frame, engine))


@directory.get("/units/<unit_id>")
def unit(unit_id: str) -> ResponseReturnValue:
    """One unit."""
    _actor, engine, frame = admin()
    return render(unit_page(frame, engine, unit_id))


def _form(unit_id: str, name: str, blames: str = "") -> Form:
    _actor, engine, frame = admin()
    return Form(
        name,
        lambda wrong: unit_page(frame, engine, unit_id, wrong),
        url_for("directory.unit", unit_id=unit_id),
        blames,
    )


@directory.post("/units/<unit_id>/add")
def add_unit(unit_id: str) -> Response:
    """Add a unit below this one."""
    actor, engine, _frame = admin()
    parent = engine.directory.organisations().get(unit_id)
    new = Organisation(
        id=new_id(),
        code=text_typed("code"),
        name=text_typed("name"),
        kind=text_typed("kind"),
        level=text_typed("level"),
        approval_parent=unit_id,
        area_parent=text_typed("area") or unit_id,
        phone=text_typed("phone"),
        simulated=parent is not None and parent.simulated,
    )
    return change(
        _form(unit_id, "add", blames="name"),
        lambda: engine.directory.add_organisation(actor, new),
        _("已添加“%(name)s”。", name=new.name),
    )


@directory.post("/units/<unit_id>/rename")
def rename_unit(unit_id: str) -> Response:
    """Rename a unit from a day on."""
    actor, engine, _frame = admin()
    return change(
        _form(unit_id, "rename", blames="name"),
        lambda: engine.directory.rename_organisation(
            actor, unit_id, text_typed("code"), text_typed("name"), _change()
        ),
        _("名称已登记,办件和档案仍在这个单位名下。"),
    )


@directory.post("/units/<unit_id>/move")
def move_unit(unit_id: str) -> Response:
    """Give a unit another parent from a day on."""
    actor, engine, _frame = admin()
    kind = text_typed("kind") or "approval"
    return change(
        _form(unit_id, "area" if kind == "area" else "approval", blames="parent"),
        lambda: engine.directory.move_organisation(
            actor, unit_id, text_typed("parent"), kind, _change()
        ),
        _("上级单位的调整已登记。"),
    )


@directory.post("/units/<unit_id>/close")
def close_unit(unit_id: str) -> Response:
    """End a unit on a day; its work goes to the successor."""
    actor, engine, _frame = admin()
    return change(
        _form(unit_id, "close"),
        lambda: engine.directory.close_organisation(
            actor, unit_id, text_typed("successor") or None, _change()
        ),
        _("撤销已登记。"),
    )


def _change() -> Change:
    return Change(day_typed("since"), text_typed("document"))


@directory.get("/roles")
def roles() -> ResponseReturnValue:
    """Every role."""
    _actor, engine, frame = admin()
    return render(roles_page(frame, engine))
