"""The addresses of 登记举报: what somebody says against a household on file."""

from datetime import date

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from registry.objection_desk import Said
from webapp.register.blueprint import register
from webapp.register.report_page import WAYS, report_page
from webapp.register.upkeep_pages import NOTHING_TYPED, Refused
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry


def _page(actor: Actor, file_no: str, typed: Refused) -> str:
    registry = current_registry()
    found = registry.household(actor, file_no)
    standing = registry.reports.standing(actor, file_no)
    today = current_engine().environment.today().isoformat()
    frame = shell("register", actor)
    return render(report_page(frame, found, today, typed, standing))


@register.get("/households/<file_no>/report")
def report(file_no: str) -> ResponseReturnValue:
    """The form; for who belongs to the union that built the file, whom to tell instead."""
    actor = current_actor()
    reports = current_registry().reports
    if reports.standing(actor, file_no).refer_to is None:
        reports.must_take(actor, file_no)
    return _page(actor, file_no, NOTHING_TYPED)


@register.post("/households/<file_no>/report")
def take_report(file_no: str) -> ResponseReturnValue:
    """Write it down, sealed; what is refused stays typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        receipt = current_registry().reports.take(actor, file_no, _said(typed))
    except (Conflict, Invalid) as refusal:
        return _page(actor, file_no, Refused(typed, refusal.message)), status_of(refusal)
    flash(
        _("举报已登记,回执号 %(receipt)s。请告诉举报人,可凭它查询结果。", receipt=receipt),
        "done",
    )
    return redirect(url_for("register.household", file_no=file_no), 303)


def _said(typed: dict[str, str]) -> Said:
    way, said_on = typed.get("way", ""), typed.get("said_on", "").strip()
    try:
        day = date.fromisoformat(said_on) if said_on else None
    except ValueError as error:
        raise Invalid(
            _("举报日期“%(day)s”不是日期,请写成 2026-11-16。举报还没有登记。", day=said_on)
        ) from error
    return Said(typed.get("text", ""), typed.get("by", ""), way if way in WAYS else WAYS[0], day)


@resumes("register.take_report")
def resume_report(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.place["file_no"], Refused(kept.fields.to_dict(), told))
