"""The addresses of what small units need: written designations, separation profiles."""

from flask import Response, url_for
from flask.typing import ResponseReturnValue

from engine.work.organise import Term
from webapp.directory.changing import Form, admin, change, directory
from webapp.directory.designations import designations_page
from webapp.directory.typed import day_typed, text_typed
from webapp.directory.unit_page import unit_page
from webapp.shared.language import _
from webapp.shared.page import render


@directory.get("/designations")
def designations() -> ResponseReturnValue:
    """Written designations."""
    _actor, engine, frame = admin()
    return render(designations_page(frame, engine))


def _designating(name: str, blames: str = "") -> Form:
    _actor, engine, frame = admin()
    return Form(
        name,
        lambda wrong: designations_page(frame, engine, wrong),
        url_for("directory.designations"),
        blames,
    )


def _term() -> Term:
    return Term(day_typed("since"), day_typed("until"))


@directory.post("/designations")
def designate() -> Response:
    """Say in writing who does a unit's steps."""
    actor, engine, _frame = admin()
    new = (text_typed("role"), text_typed("unit"), text_typed("handler"))
    return change(
        _designating("designate", blames="unit"),
        lambda: engine.directory.designate(
            actor, new, text_typed("document"), text_typed("reason"), _term()
        ),
        _("已登记书面指定。"),
    )


@directory.post("/designations/<int:designation_id>/end")
def end_designation(designation_id: int) -> Response:
    """Take a written designation back, today or on a later day."""
    actor, engine, _frame = admin()
    return change(
        _designating(f"end-{designation_id}", blames="last"),
        lambda: engine.directory.withdraw_designation(actor, designation_id, day_typed("last")),
        _("已登记撤回日期。") if text_typed("last") else _("已撤回书面指定。"),
    )


def _unit_form(unit_id: str, name: str, blames: str = "") -> Form:
    _actor, engine, frame = admin()
    return Form(
        name,
        lambda wrong: unit_page(frame, engine, unit_id, wrong),
        url_for("directory.unit", unit_id=unit_id),
        blames,
    )


@directory.post("/units/<unit_id>/profile")
def declare_profile(unit_id: str) -> Response:
    """Declare that too few people work there to keep every step apart."""
    actor, engine, _frame = admin()
    return change(
        _unit_form(unit_id, "profile"),
        lambda: engine.directory.declare_profile(
            actor, unit_id, text_typed("document"), text_typed("reason"), _term()
        ),
        _("已登记最小岗位方案。"),
    )


@directory.post("/units/<unit_id>/profile/<int:profile_id>/end")
def end_profile(unit_id: str, profile_id: int) -> Response:
    """End it, today or on a later day."""
    actor, engine, _frame = admin()
    return change(
        _unit_form(unit_id, f"end-profile-{profile_id}", blames="last"),
        lambda: engine.directory.end_profile(actor, profile_id, day_typed("last")),
        _("已登记最小岗位方案的终止。"),
    )
