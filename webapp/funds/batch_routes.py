"""The addresses of 发放批次."""

from collections.abc import Callable, Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from registry.funds.rights import FundAct, may_somewhere
from webapp.funds.batch_page import Typed, batch_page, batches_page, new_batch_page
from webapp.funds.blueprint import funds
from webapp.shared.addresses import address
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry

_LONGEST_SEARCH = 60


@funds.get("/funds/batches")
def batches() -> ResponseReturnValue:
    """Batches of her area."""
    actor, status = current_actor(), request.args.get("status", "")
    found, counts = current_registry().batches.listed(actor, status)
    may_open = may_somewhere(actor, FundAct.ROSTER)
    return render(batches_page(shell("funds", actor), found, counts, status, may_open=may_open))


def _new_page(actor: Actor, typed: Mapping[str, str], message: str) -> str:
    lines = current_registry().batches.lines_to_draw_on(actor)
    return render(new_batch_page(shell("funds", actor), lines, typed, message))


@funds.get("/funds/batches/new")
def new_batch() -> ResponseReturnValue:
    """Which line, then which period and what."""
    return _new_page(current_actor(), request.args, "")


@funds.post("/funds/batches/new")
def open_batch() -> ResponseReturnValue:
    """Begin a draft."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        number = current_registry().batches.open(actor, typed)
    except (Conflict, Invalid, NotFound) as refusal:
        return _new_page(actor, typed, refusal.message), status_of(refusal)
    return redirect(url_for("funds.batch", number=number), 303)


def _page(actor: Actor, number: str, typed: Typed) -> str:
    desk = current_registry().batches
    view = desk.view(actor, number)
    found = desk.households(actor, number, typed.searched) if view.is_mine else ()
    categories = desk.categories(actor, number) if view.is_mine else {}
    return render(batch_page(shell("funds", actor), view, found, categories, typed))


@funds.get("/funds/batches/<number>")
def batch(number: str) -> ResponseReturnValue:
    """A batch; its maker adds to it while it is a draft."""
    said = request.args.get("q", "")[:_LONGEST_SEARCH]
    kept = {name: request.args.get(name, "") for name in ("amount", "exception", "recover")}
    return _page(current_actor(), number, Typed(said, kept))


def _done(number: str, act: Callable[[Actor, Mapping[str, str]], str]) -> ResponseReturnValue:
    """Do something to a draft; what is refused is told on its page, and stays typed."""
    actor, typed = current_actor(), request.form.to_dict()
    try:
        told = act(actor, typed)
    except (Conflict, Invalid, NotFound, NotPermitted) as refusal:
        page = _page(actor, number, Typed(typed.get("q", ""), typed, refusal.message))
        return page, status_of(refusal)
    if told:
        flash(told, "done")
    again = ("q",) if typed.get("recover") else ("q", "amount")
    kept = {name: typed[name] for name in again if typed.get(name)}
    return redirect(address("funds.batch", kept, number=number), 303)


@funds.post("/funds/batches/<number>/household")
def add_household(number: str) -> ResponseReturnValue:
    """Put a household on the roster."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        current_registry().batches.add_household(
            actor,
            number,
            typed.get("file_no", ""),
            typed.get("amount", ""),
            typed.get("exception", ""),
            typed,
        )
        return ""

    return _done(number, act)


@funds.post("/funds/batches/<number>/payee")
def add_payee(number: str) -> ResponseReturnValue:
    """Put somebody without a file on it."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        current_registry().batches.add_payee(actor, number, typed)
        return ""

    return _done(number, act)


@funds.post("/funds/batches/<number>/every")
def add_every(number: str) -> ResponseReturnValue:
    """Put every household of the area on it."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        category, amount = typed.get("category", ""), typed.get("amount", "")
        count = current_registry().batches.add_every(actor, number, amount, category)
        return _("已加入 %(n)s 户。", n=count)

    return _done(number, act)


@funds.post("/funds/batches/<number>/lines/<int(max=999999999999):payment_id>/remove")
def take_out(number: str, payment_id: int) -> ResponseReturnValue:
    """Take a line off it."""

    def act(actor: Actor, _typed: Mapping[str, str]) -> str:
        current_registry().batches.take_out(actor, number, payment_id)
        return ""

    return _done(number, act)


@funds.post("/funds/batches/<number>/lines/remove-faulty")
def take_out_faulty(number: str) -> ResponseReturnValue:
    """Take every line off it that cannot be paid."""

    def act(actor: Actor, _typed: Mapping[str, str]) -> str:
        count = current_registry().batches.take_out_faulty(actor, number)
        return _("已移除 %(n)s 行。", n=count)

    return _done(number, act)


@funds.post("/funds/batches/<number>/lines/<int(max=999999999999):payment_id>/pay")
def pay_held(number: str, payment_id: int) -> ResponseReturnValue:
    """Pay what is held on account."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        current_registry().held_payments.pay(actor, number, payment_id, typed)
        return _("已补付,帮扶记录已写入。")

    return _done(number, act)


@funds.post("/funds/batches/<number>/lines/<int(max=999999999999):payment_id>/give-back")
def give_back_held(number: str, payment_id: int) -> ResponseReturnValue:
    """Give it back to its budget line."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        current_registry().held_payments.give_back(actor, number, payment_id, typed)
        return _("已退回指标。")

    return _done(number, act)


@funds.post("/funds/batches/<number>/lines/<int(max=999999999999):payment_id>/recover")
def recover(number: str, payment_id: int) -> ResponseReturnValue:
    """Write down that some of a payment came back."""

    def act(actor: Actor, typed: Mapping[str, str]) -> str:
        entry = typed.get("entry", "")
        current_registry().recoveries.enter(actor, number, payment_id, entry, typed)
        return _("已登记追回,资金已退回指标,帮扶记录已写入。")

    return _done(number, act)


@funds.post("/funds/batches/<number>/submit")
def submit_batch(number: str) -> ResponseReturnValue:
    """Check it as a whole and submit it; or say why not, and leave it as it is."""
    actor = current_actor()
    desk = current_registry().batches
    try:
        desk.submit(actor, number)
    except (Conflict, Invalid, NotPermitted) as refusal:
        return _page(actor, number, Typed(message=refusal.message)), status_of(refusal)
    flash(_("已提交,资金已占用,等待审批。"), "done")
    if desk.warns(actor, number):
        flash(_("这条指标已到预警线,请留意结余。"), "warning")
    return redirect(url_for("funds.batch", number=number), 303)


@funds.post("/funds/batches/<number>/copy")
def copy_batch(number: str) -> ResponseReturnValue:
    """A new draft of one that was refused or withdrawn."""
    actor = current_actor()
    try:
        fresh = current_registry().batches.copy(actor, number)
    except (Conflict, Invalid, NotPermitted) as refusal:
        return _page(actor, number, Typed(message=refusal.message)), status_of(refusal)
    flash(_("已复制为新批次,请核对名单后提交。"), "done")
    return redirect(url_for("funds.batch", number=fresh), 303)


@resumes("funds.open_batch")
def resume_open(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _new_page(actor, kept.fields.to_dict(), told)


@resumes("funds.add_payee")
@resumes("funds.add_household")
@resumes("funds.pay_held")
@resumes("funds.give_back_held")
@resumes("funds.recover")
def resume_adding(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for a line of the roster."""
    told = _("您填写的内容都在,请核对后再次提交。")
    typed = kept.fields.to_dict()
    return _page(actor, kept.place["number"], Typed(typed.get("q", ""), typed, told))
