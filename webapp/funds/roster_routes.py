"""The addresses of a draft's roster in Excel."""

from urllib.parse import quote

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from registry.budget.amounts import in_yuan
from registry.funds.bank_results import LARGEST_FILE
from registry.funds.rosters import RosterChanges, RosterRefused
from webapp.funds.blueprint import funds
from webapp.funds.roster_page import TypedRoster, roster_page
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry
from webapp.shared.words import moment

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST = LARGEST_FILE + 1


def _page(actor: Actor, number: str, typed: TypedRoster) -> str:
    offer = current_registry().rosters.offer(actor, number)
    return render(roster_page(shell("funds", actor), offer, typed))


@funds.get("/funds/batches/<number>/excel")
def roster_in_excel(number: str) -> ResponseReturnValue:
    """Fetch the roster, bring it back."""
    return _page(current_actor(), number, TypedRoster())


@funds.post("/funds/batches/<number>/excel/export")
def export_roster(number: str) -> ResponseReturnValue:
    """The roster as a workbook; that it left is on record."""
    from webapp.funds.roster_workbook import roster_workbook

    actor, typed = current_actor(), request.form.to_dict()
    try:
        found = current_registry().rosters.export(actor, number, typed.get("reason", ""))
    except Invalid as refusal:
        return _page(actor, number, TypedRoster(typed, refusal.message)), status_of(refusal)
    told = _(
        "%(no)s %(title)s:%(who)s于 %(at)s 导出,共 %(n)s 行。只改白色的列;不发的删去整行。",
        no=number,
        title=found.batch.title,
        who=actor.name,
        at=moment(current_engine().clock.now()),
        n=len(found.listed),
    )
    response = Response(roster_workbook(found, told), mimetype=_XLSX)
    name = quote(f"{_('发放名单')}{number}.xlsx", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@funds.post("/funds/batches/<number>/excel")
def import_roster(number: str) -> ResponseReturnValue:
    """Make the roster what the sheet says; or tell everything that is wrong in it."""
    from webapp.sheets.plain import rows_of_first_sheet

    actor, typed = current_actor(), request.form.to_dict()
    given = request.files.get("file")
    removes = bool(typed.get("removes"))
    try:
        # Nothing chosen reads as an empty file, which is refused in words.
        name, content = ("", b"") if given is None else (given.filename or "", given.read(_MOST))
        rows = rows_of_first_sheet(content, name)
        changes = current_registry().rosters.take(actor, number, rows, removes=removes)
    except RosterRefused as refusal:
        wrong = TypedRoster(
            typed, refusal.message, refusal.problems, is_missing_lines=refusal.is_missing_lines
        )
        return _page(actor, number, wrong), status_of(refusal)
    except (Conflict, Invalid) as refusal:
        return _page(actor, number, TypedRoster(typed, refusal.message)), status_of(refusal)
    flash(_told(changes), "done")
    return redirect(url_for("funds.batch", number=number), 303)


def _told(changes: RosterChanges) -> str:
    if not (changes.changed or changes.added or changes.removed):
        return _("表里的名单与现在一样,没有改动。")
    return _(
        "名单已按表更新:改 %(changed)s 行、加 %(added)s 户、移除 %(removed)s 行,"
        "合计由 %(before)s 变为 %(after)s。请核对后提交。",
        changed=changes.changed,
        added=changes.added,
        removed=changes.removed,
        before=in_yuan(changes.before),
        after=in_yuan(changes.after),
    )


@resumes("funds.import_roster")
@resumes("funds.export_roster")
def resume_roster(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: what was typed; a file has to be chosen again."""
    told = _("已重新登录。上传名单的,请重新选择文件后上传。")
    return _page(actor, kept.place["number"], TypedRoster(kept.fields.to_dict(), told))
