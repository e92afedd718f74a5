"""The addresses of files for banks."""

import hashlib
from urllib.parse import quote

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid
from registry.funds.bank_answers import ResultRefused, Taken
from registry.funds.bank_desk import NotAllFit
from registry.funds.bank_results import LARGEST_FILE
from webapp.funds.bank_page import Typed, bank_file_page
from webapp.funds.bank_upload import read_result
from webapp.funds.blueprint import funds
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry

_MOST = LARGEST_FILE + 1


def _page(actor: Actor, number: str, typed: Typed) -> str:
    offer = current_registry().bank.offer(actor, number)
    return render(bank_file_page(shell("funds", actor), offer, typed))


@funds.get("/funds/batches/<number>/bank-file")
def bank_file(number: str) -> ResponseReturnValue:
    """Which format, what for; what was made before and what came back."""
    return _page(current_actor(), number, Typed(sending=request.args.get("of", "")))


@funds.post("/funds/batches/<number>/bank-file")
def make_bank_file(number: str) -> ResponseReturnValue:
    """A file to fetch; or why there is none, and what was typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        current_registry().bank.make(actor, number, typed)
    except NotAllFit as refusal:
        page = _page(actor, number, Typed(typed, refusal.message, refusal.others))
        return page, status_of(refusal)
    except (Conflict, Invalid) as refusal:
        return _page(actor, number, Typed(typed, refusal.message)), status_of(refusal)
    flash(_("文件已制作,记录在案。请下载后交给银行。"), "done")
    return redirect(url_for("funds.bank_file", number=number), 303)


@funds.get("/funds/batches/<number>/bank-file/<sending>")
def fetch_bank_file(number: str, sending: str) -> ResponseReturnValue:
    """A file that was made; that it was fetched is on record."""
    actor = current_actor()
    try:
        made = current_registry().bank.fetch(actor, number, sending)
    except Conflict as refusal:
        return _page(actor, number, Typed(message=refusal.message)), status_of(refusal)
    response = Response(made.content, mimetype="application/octet-stream")
    name = quote(made.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


@funds.post("/funds/batches/<number>/bank-file/<sending>/result")
def take_bank_result(number: str, sending: str) -> ResponseReturnValue:
    """What the bank sent back: all of it is taken over, or everything that is wrong is told."""
    actor, typed, desk = current_actor(), request.form.to_dict(), current_registry().bank_answers
    given = request.files.get("file")
    try:
        # Nothing chosen reads as an empty file, which is refused in words.
        name, content = ("", b"") if given is None else (given.filename or "", given.read(_MOST))
        form, sent = desk.sent(actor, number, sending)
        result = read_result(form, name, content, sent)
        sha256 = hashlib.sha256(content).hexdigest()
        taken = desk.take(actor, number, sending, result, {**typed, "sha256": sha256})
    except ResultRefused as refusal:
        wrong = Typed(typed, refusal.message, sending=sending, problems=refusal.problems)
        return _page(actor, number, wrong), status_of(refusal)
    except (Conflict, Invalid) as refusal:
        wrong = Typed(typed, refusal.message, sending=sending)
        return _page(actor, number, wrong), status_of(refusal)
    flash(_result_words(taken), "done")
    return redirect(url_for("funds.bank_file", number=number), 303)


def _result_words(taken: Taken) -> str:
    if not taken.is_new:
        return _("这份结果已经导入过,没有改动。")
    if not taken.failed:
        return _("已导入结果:%(n)s 笔全部付款成功,帮扶记录已写入。", n=taken.paid)
    return _(
        "已导入结果:成功 %(paid)s 笔,帮扶记录已写入;失败 %(failed)s 笔仍是已批,原因见下。",
        paid=taken.paid,
        failed=taken.failed,
    )


@funds.post("/funds/batches/<number>/bank-file/<sending>/void")
def void_bank_file(number: str, sending: str) -> ResponseReturnValue:
    """A file that never went out."""
    actor = current_actor()
    try:
        current_registry().bank_answers.void(actor, number, sending, request.form.to_dict())
    except (Conflict, Invalid) as refusal:
        page = _page(actor, number, Typed(message=refusal.message, sending=sending))
        return page, status_of(refusal)
    flash(_("文件 %(no)s 已作废,其中各笔可以重新写进文件。", no=sending), "done")
    return redirect(url_for("funds.bank_file", number=number), 303)


@funds.post("/funds/batches/<number>/bank-file/again")
def pay_unchanged(number: str) -> ResponseReturnValue:
    """What failed because of the payer may go out again as it was."""
    actor, typed, desk = current_actor(), request.form.to_dict(), current_registry().bank_again
    chosen = request.form.getlist("line", type=int)
    try:
        if typed.get("all"):
            noted = desk.excuse_all(actor, number, typed)
        else:
            noted = desk.excuse(actor, number, chosen, typed)
    except (Conflict, Invalid) as refusal:
        page = _page(actor, number, Typed(typed, refusal.message, chosen=chosen))
        return page, status_of(refusal)
    flash(_("已登记 %(n)s 笔账户无误,可以原样写进新的文件。", n=noted), "done")
    return redirect(url_for("funds.bank_file", number=number), 303)


@resumes("funds.make_bank_file")
def resume_bank_file(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with what was typed."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _page(actor, kept.place["number"], Typed(kept.fields.to_dict(), told))


@resumes("funds.pay_unchanged")
def resume_pay_unchanged(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for what is to go out again."""
    told, fields = _("您填写的内容都在,请核对后再次提交。"), kept.fields
    chosen = fields.getlist("line", type=int)
    return _page(actor, kept.place["number"], Typed(fields.to_dict(), told, chosen=chosen))


@resumes("funds.take_bank_result")
def resume_bank_result(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for a result; the file has to be chosen again."""
    told = _("凭证号和日期都在,请重新选择结果文件后导入。")
    place = kept.place
    return _page(
        actor, place["number"], Typed(kept.fields.to_dict(), told, sending=place["sending"])
    )
