"""The addresses of the roster."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotPermitted, Stale
from registry.duties import DUTIES, Kind
from webapp.duty.pages import Typed, duty_page, plan_page, swap_page
from webapp.duty.words import WEEKDAYS, month_in, month_text
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry

duty = Blueprint("duty", __name__, url_prefix="/duty", template_folder="templates")
_NUMBER_LENGTH = 18


def _today() -> date:
    return current_engine().environment.today()


def _page(actor: Actor, asked: Mapping[str, str], typed: Mapping[str, str], why: str) -> str:
    today = _today()
    month = month_in(asked.get("month", ""), today)
    found = current_registry().duty.month(actor, asked.get("unit", ""), month)
    return render(duty_page(shell("grievances", actor), actor, found, today, (typed, why)))


@duty.get("")
def show() -> ResponseReturnValue:
    """The roster of a month."""
    return _page(current_actor(), request.args, {}, "")


# Planning -------------------------------------------------------------------------------------


@duty.get("/plan")
def plan() -> ResponseReturnValue:
    """The month as a table to be filled in."""
    return _plan(current_actor(), request.args, {}, ("", ""))


def _plan(actor: Actor, asked: Mapping[str, str], chosen: Typed, said: tuple[str, str]) -> str:
    month = month_in(asked.get("month", ""), _today())
    found = current_registry().duty.month(actor, asked.get("unit", ""), month)
    if not found.may_plan:
        raise NotPermitted(_("值班表由本单位审核员、分管领导或市总权益保障部排,您没有这个权限。"))
    return render(plan_page(shell("grievances", actor), found, chosen, asked, said))


@duty.post("/plan")
def save_plan() -> ResponseReturnValue:
    """Save the month, or fill what is empty in turn and show it; what is refused stays chosen."""
    actor, typed = current_actor(), _fields()
    chosen = _chosen(typed)
    if typed.get("step") == "turns":
        return _in_turn(actor, typed, chosen)
    month, unit = month_in(typed.get("month", ""), _today()), typed.get("unit", "")
    seen, why = typed.get("seen", ""), typed.get("why", "")
    try:
        moved = current_registry().duty.plan(
            actor, unit, month, chosen, int(seen) if _is_number(seen) else -1, why
        )
    except (Invalid, Stale) as refusal:
        fresh = {**typed, "seen": ""} if isinstance(refusal, Stale) else typed
        return _plan(actor, fresh, chosen, (refusal.message, "")), status_of(refusal)
    flash(_("已保存,改动 %(n)s 处。", n=moved), "done")
    return redirect(url_for("duty.show", unit=unit, month=month_text(month)), 303)


def _in_turn(actor: Actor, typed: Mapping[str, str], chosen: Typed) -> str:
    month = month_in(typed.get("month", ""), _today())
    week = [int(one) for one in typed.get("lawyer_on", "").split(",") if one in WEEKDAYS]
    found = current_registry().duty.in_turn(actor, typed.get("unit", ""), month, week)
    filled = {**chosen, **{place: who for place, who in found.items() if not chosen.get(place)}}
    told = _("已按姓名次序轮排空着的日子,请核对后保存。")
    return _plan(actor, typed, filled, ("", told))


def _fields() -> dict[str, str]:
    """What was posted; the days of the week a lawyer is there as one text."""
    days = [one for one in request.form.getlist("lawyer_on") if one in WEEKDAYS]
    return {**request.form.to_dict(), "lawyer_on": ",".join(days)}


def _chosen(typed: Mapping[str, str]) -> Typed:
    kinds = {kind.value: kind for kind in DUTIES}
    found: dict[tuple[date, Kind], str] = {}
    for name, value in typed.items():
        text, _dot, kind = name.partition(".")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            continue
        if kind in kinds:
            found[day, kinds[kind]] = value.strip()
    return found


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) <= _NUMBER_LENGTH


@resumes("duty.save_plan")
def resume_plan(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the table with all that was chosen, to be saved once more."""
    typed = kept.fields.to_dict()
    told = _("您填写的内容都在,请核对后再次提交。")
    return _plan(actor, typed, _chosen(typed), ("", told))


# Leave ----------------------------------------------------------------------------------------


@duty.post("/leave")
def take_leave() -> ResponseReturnValue:
    """Write down that somebody is away; the days on which she was planned are told."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        hit = current_registry().duty.take_leave(actor, typed.get("unit", ""), typed)
    except Invalid as refusal:
        return _page(actor, typed, typed, refusal.message), status_of(refusal)
    if hit:
        days = _("、").join(one.isoformat() for one in hit)
        flash(_("已登记请假。这几天已排了班,请另行安排:%(days)s。", days=days), "warning")
    else:
        flash(_("已登记请假。"), "done")
    return _back_to(typed)


@resumes("duty.take_leave")
def resume_leave(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    typed = kept.fields.to_dict()
    return _page(actor, typed, typed, _("您填写的内容都在,请核对后再次提交。"))


@duty.post("/back")
def end_leave() -> ResponseReturnValue:
    """She is back before her leave is over."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        days = current_registry().duty.end_leave(
            actor, typed.get("unit", ""), typed.get("person", "")
        )
    except Conflict as refusal:
        return _page(actor, typed, {}, refusal.message), status_of(refusal)
    flash(_("已销假 %(n)s 天。", n=days), "done")
    return _back_to(typed)


def _back_to(typed: Mapping[str, str]) -> ResponseReturnValue:
    month = month_text(month_in(typed.get("month", ""), _today()))
    return redirect(url_for("duty.show", unit=typed.get("unit", ""), month=month), 303)


# Swaps ----------------------------------------------------------------------------------------


def _swap(actor: Actor, duty_id: int, typed: Mapping[str, str], message: str) -> str:
    unit = typed.get("unit", "")
    found = current_registry().swaps.swapping(actor, unit, duty_id)
    return render(swap_page(shell("grievances", actor), unit, found, typed, message))


@duty.get("/swaps/<int(max=999999999):duty_id>")
def swap(duty_id: int) -> ResponseReturnValue:
    """What a duty of one's own can be swapped for."""
    return _swap(current_actor(), duty_id, request.args, "")


@duty.post("/swaps/<int(max=999999999):duty_id>")
def ask_swap(duty_id: int) -> ResponseReturnValue:
    """Ask somebody to swap."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        case_id = current_registry().swaps.ask_swap(
            actor, typed.get("unit", ""), duty_id, typed.get("with", ""), typed.get("why", "")
        )
    except (Conflict, Invalid) as refusal:
        return _swap(actor, duty_id, typed, refusal.message), status_of(refusal)
    flash(_("已申请换班,等待对方同意。批准以前按原表值班。"), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@resumes("duty.ask_swap")
def resume_swap(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _swap(actor, int(kept.place["duty_id"]), kept.fields.to_dict(), told)
