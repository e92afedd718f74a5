"""The addresses of 其他支出."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotFound
from engine.model.ids import new_id
from registry.funds.rights import FundAct
from registry.store.expenses import ExpensesWanted
from webapp.funds.blueprint import funds
from webapp.funds.expense_page import Asked, expenses_page
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry

_FOUR_DIGITS = 4
_NARROWED = ("subject", "source", "month")


def _page(actor: Actor, typed: Mapping[str, str], message: str = "") -> str:
    said = request.args.get("year", "")
    this_year = current_engine().environment.today().year
    is_year = said.isascii() and said.isdigit() and len(said) == _FOUR_DIGITS
    year = int(said) if is_year else this_year
    registry = current_registry()
    unit = request.args.get("unit", "")
    wanted = ExpensesWanted(year, unit, *(request.args.get(one, "") for one in _NARROWED))
    found = registry.expenses.listed(actor, wanted)
    units = registry.funds.units(actor, FundAct.SPEND)
    everywhere = current_engine().directory.organisations()
    narrowed = everywhere[unit].name if unit in everywhere else unit
    asked = Asked(year, this_year, wanted, narrowed, typed, message)
    return render(expenses_page(shell("funds", actor), found, units, asked))


@funds.get("/funds/expenses")
def expenses() -> ResponseReturnValue:
    """The entries of a year."""
    return _page(current_actor(), {})


@funds.post("/funds/expenses")
def enter_expense() -> ResponseReturnValue:
    """Write one; what is refused stays typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        new = current_registry().expenses.enter(actor, typed.get("entry", ""), typed)
    except (Conflict, Invalid) as refusal:
        return _page(actor, typed, refusal.message), status_of(refusal)
    flash(_("已登记。写错了用冲销,再登记正确的一笔。"), "done")
    return redirect(url_for("funds.expenses", year=new.year), 303)


@funds.post("/funds/expenses/<expense_id>/take-back")
def take_back_expense(expense_id: str) -> ResponseReturnValue:
    """Correct one by its counter-entry."""
    actor, reason = current_actor(), request.form.get("reason", "")
    try:
        current_registry().expenses.take_back(actor, expense_id, new_id(), reason)
    except (Conflict, Invalid, NotFound) as refusal:
        return _page(actor, {}, refusal.message), status_of(refusal)
    flash(_("已冲销。"), "done")
    return redirect(url_for("funds.expenses", year=request.args.get("year")), 303)


@resumes("funds.enter_expense")
def resume_expense(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.fields.to_dict(), told)
