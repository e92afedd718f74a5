"""The addresses of the ledger; batches and other expenditure have theirs beside this file."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotFound
from registry.budget.amounts import in_yuan
from registry.budget.model import Column
from registry.funds.rights import FundAct, must_somewhere
from registry.funds.typed import number_of
from registry.store.funds import Narrowing
from webapp.funds import (
    bank_routes,
    batch_routes,
    campaign_routes,
    expense_routes,
    paper_routes,
    roster_routes,
    year_routes,
)
from webapp.funds.allocate_page import allocate_page, transfers_page
from webapp.funds.blueprint import funds
from webapp.funds.ledger_page import ledger_page
from webapp.funds.movement_page import line_page, movements_page
from webapp.funds.words import programme_words, source_words
from webapp.shared.addresses import address
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry
from webapp.shared.words import moment

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = [
    "bank_routes",
    "batch_routes",
    "campaign_routes",
    "expense_routes",
    "funds",
    "paper_routes",
    "roster_routes",
    "year_routes",
]


def _asked() -> Narrowing:
    said = request.args
    return Narrowing(
        year=number_of(said.get("year", "")),
        unit=said.get("unit", ""),
        programme=said.get("programme", ""),
        source=said.get("source", ""),
        line_id=number_of(said.get("line", "")),
    )


@funds.get("/funds")
def ledger() -> ResponseReturnValue:
    """The lines of a year, narrowed."""
    actor, asked = current_actor(), _asked()
    found = current_registry().funds.ledger(actor, asked)
    return render(ledger_page(shell("funds", actor), found, asked))


@funds.get("/funds/movements")
def movements() -> ResponseReturnValue:
    """What a number counts."""
    actor, asked = current_actor(), _asked()
    said = request.args.get("column", "")
    column = Column(said) if said in set(Column) else Column.ALLOCATED
    found = current_registry().funds.counted(actor, asked, column)
    of_what, back = _of_what(actor, asked)
    return render(movements_page(shell("funds", actor), found, column, of_what, back))


def _of_what(actor: Actor, asked: Narrowing) -> tuple[str, str]:
    """Whose number it is, in words, and the page it stands on."""
    if asked.line_id:
        one = current_registry().funds.line(actor, asked.line_id)
        key = one.found.line.key
        told = f"{programme_words(key.programme)}({source_words(key.source)})"
        back = url_for("funds.line", line_id=asked.line_id)
        return f"{one.found.unit} {key.year} {told}", back
    units = current_engine().directory.organisations()
    unit = units[asked.unit].name if asked.unit in units else ""
    narrowed = {"unit": asked.unit, "programme": asked.programme, "source": asked.source}
    here = {k: v for k, v in {"year": str(asked.year or ""), **narrowed}.items() if v}
    parts = (
        str(asked.year or ""),
        unit,
        programme_words(asked.programme),
        source_words(asked.source),
    )
    return " ".join(part for part in parts if part), address("funds.ledger", here)


@funds.get("/funds/ledger.xlsx")
def export() -> ResponseReturnValue:
    """The ledger as a workbook, kept in the record of exports."""
    from webapp.funds.workbook import workbook

    actor, asked = current_actor(), _asked()
    found = current_registry().funds.export(actor, asked)
    told = _(
        "%(who)s于 %(at)s 导出,共 %(n)s 条指标",
        who=actor.name,
        at=moment(current_engine().clock.now()),
        n=len(found.lines),
    )
    name = quote(f"{_('指标台账')}{found.year}.xlsx", safe="")
    response = Response(workbook(found.lines, told), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@funds.get("/funds/transfers")
def transfers() -> ResponseReturnValue:
    """The newest transfers."""
    actor = current_actor()
    return render(transfers_page(shell("funds", actor), current_registry().funds.transfers(actor)))


# 下达, 核减 -----------------------------------------------------------------------------------


def _allocate_page(actor: Actor, typed: Mapping[str, str], message: str) -> str:
    must_somewhere(actor, FundAct.ALLOCATE)
    units = current_registry().funds.units(actor, FundAct.ALLOCATE)
    year = current_engine().environment.today().year
    return render(allocate_page(shell("funds", actor), units, year, typed, message))


@funds.get("/funds/allocate")
def allocate() -> ResponseReturnValue:
    """The form."""
    return _allocate_page(current_actor(), request.args, "")


@funds.post("/funds/allocate")
def enter_allocation() -> ResponseReturnValue:
    """Enter it; what is refused stays typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        line = current_registry().funds.allocate(actor, typed.get("entry", ""), typed)
    except (Conflict, Invalid) as refusal:
        return _allocate_page(actor, typed, refusal.message), status_of(refusal)
    flash(_("已登记,这条指标现在结余 %(left)s。", left=in_yuan(line.available)), "done")
    return redirect(url_for("funds.line", line_id=line.id), 303)


@resumes("funds.enter_allocation")
def resume_allocation(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _allocate_page(actor, kept.fields.to_dict(), told)


# One line -------------------------------------------------------------------------------------


def _line_page(actor: Actor, line_id: int, typed: Mapping[str, str], message: str) -> str:
    desk = current_registry().funds
    one = desk.line(actor, line_id)
    counted = desk.counted(actor, Narrowing(line_id=line_id), Column.AVAILABLE)
    return render(line_page(shell("funds", actor), one, counted, typed, message))


@funds.get("/funds/lines/<int(max=999999999):line_id>")
def line(line_id: int) -> ResponseReturnValue:
    """A line, its movements, what can be done with it."""
    return _line_page(current_actor(), line_id, {}, "")


@funds.post("/funds/lines/<int(max=999999999):line_id>/transfer")
def ask_transfer(line_id: int) -> ResponseReturnValue:
    """Ask for 调剂; the money is held until somebody else decides."""
    actor, typed = current_actor(), request.form.to_dict()
    desk = current_registry().funds
    try:
        case_id = desk.ask_transfer(actor, typed.get("entry", ""), line_id, typed)
    except (Conflict, Invalid, NotFound) as refusal:
        return _line_page(actor, line_id, typed, refusal.message), status_of(refusal)
    flash(_("已申请调剂,金额已占用,等待审批。"), "done")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@funds.post("/funds/lines/<int(max=999999999):line_id>/carry")
def carry_over(line_id: int) -> ResponseReturnValue:
    """结转 what is free to the next year."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        new = current_registry().funds.carry_over(actor, line_id, typed.get("document", ""))
    except (Conflict, Invalid) as refusal:
        return _line_page(actor, line_id, typed, refusal.message), status_of(refusal)
    flash(_("结余已结转到 %(year)s 年。", year=new.key.year), "done")
    return redirect(url_for("funds.line", line_id=new.id), 303)


@resumes("funds.ask_transfer")
def resume_transfer(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _line_page(actor, number_of(kept.place["line_id"]), kept.fields.to_dict(), told)
