"""The addresses of notices; the public needs no account."""

from dataclasses import replace
from datetime import date, timedelta

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, Refused, TooManyTries
from engine.work.allowances import Allowance
from engine.work.federation_settings import Setting
from registry.file_report import KIND
from registry.objection_desk import Said
from webapp.notices.pages import (
    BY_PAGE,
    WAYS,
    ReceiptPage,
    Typed,
    closed_page,
    notice_page,
    notices_page,
    receipt_page,
)
from webapp.notices.results import result_page, results_page
from webapp.notices.statistics import drawn_year, statistics_page, year_of
from webapp.shared.errors import status_of
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import (
    actor_or_none,
    client_address,
    current_actor,
    current_engine,
    current_registry,
)
from webapp.shared.security import PAPER_POLICY
from webapp.standard.statistics import PUBLISHERS, SUBJECTS

OBJECTIONS = Allowance("objection", times=10, within=timedelta(hours=1))
"""Of one address: a whole office may stand behind it, and nobody writes ten by hand."""

AN_HOUR = Setting(
    "objections per hour", OBJECTIONS.times, "网上提出异议", "Objections on the web page"
)

LOOK_UPS = Allowance(
    "objection-receipt",
    times=30,
    within=timedelta(hours=1),
    sentence="从您所在的网络查询得太多,这一次没有查。"
    "请 {minutes} 分钟后再试,或拨打公示上的联系电话。",
)
LEFT_EMPTY = "leave_empty"
"""A field no person sees: what fills it in is a program."""

notices = Blueprint("notices", __name__, template_folder="templates")


@notices.get("/notices")
def listing() -> ResponseReturnValue:
    """Notices."""
    actor = actor_or_none()
    status, after = request.args.get("state", ""), request.args.get("after", "")
    page = notices_page(shell("notices", actor), current_registry(), actor, status, after)
    return render(page)


@notices.get("/results")
def results() -> ResponseReturnValue:
    """Who was paid lately, batch by batch."""
    frame = shell("notices", actor_or_none())
    return render(results_page(frame, current_registry().results.on_notice()))


@notices.get("/results/<batch_no>")
def result(batch_no: str) -> ResponseReturnValue:
    """Who was paid by one batch, masked."""
    actor = actor_or_none()
    return render(
        result_page(shell("notices", actor), current_registry().results.show(actor, batch_no))
    )


@notices.get("/statistics")
def statistics() -> ResponseReturnValue:
    """The newest year's figures of grievances, for everybody."""
    actor = actor_or_none()
    return render(statistics_page(shell("notices", actor), current_engine(), actor, ""))


@notices.get("/statistics/<year>")
def statistics_of(year: str) -> ResponseReturnValue:
    """Those of a year."""
    actor = actor_or_none()
    return render(statistics_page(shell("notices", actor), current_engine(), actor, year))


@notices.get("/statistics/<year>/publishing")
def statistics_draft(year: str) -> ResponseReturnValue:
    """What would be made public, or was, for who looks after it."""
    actor = current_actor()
    return render(drawn_year(shell("notices", actor), current_engine(), actor, year))


@notices.post("/statistics/<year>/publishing")
def publish_statistics(year: str) -> ResponseReturnValue:
    """Make it public, take it back with a reason, or show it again."""
    actor, figures, of = current_actor(), current_engine().figures, year_of(year)
    match request.form.get("act", ""):
        case "publish":
            figures.publish(actor, PUBLISHERS, SUBJECTS, of)
            flash(_("%(year)s 年的统计已经公开。", year=of), "done")
        case "withdraw":
            figures.withdraw(actor, PUBLISHERS, of, request.form.get("reason", ""))
            flash(_("%(year)s 年的统计已经撤下。", year=of), "done")
        case _:
            figures.show_again(actor, PUBLISHERS, of)
            flash(_("%(year)s 年的统计已经重新公开。", year=of), "done")
    return redirect(url_for("notices.statistics_draft", year=of), 303)


@notices.get("/notices/<notice_id>")
def show(notice_id: str) -> ResponseReturnValue:
    """One notice; the public is told of one that is over how to say something now."""
    return _page_or_closed(actor_or_none(), notice_id, Typed())


def _page_or_closed(actor: Actor | None, notice_id: str, typed: Typed) -> str:
    try:
        return _page(actor, notice_id, typed)
    except NotFound:
        closed = current_registry().reports.closed_notice(notice_id)
        if closed is None:
            raise
        return render(closed_page(shell("notices", actor), notice_id, closed, typed))


def _page(actor: Actor | None, notice_id: str, typed: Typed) -> str:
    engine = current_engine()
    today = engine.environment.today()
    frame = shell("notices", actor)
    page = notice_page(frame, current_registry(), actor, notice_id, typed, today, engine.calendar())
    return render(page)


@notices.post("/notices/<notice_id>/objection")
def take_objection(notice_id: str) -> ResponseReturnValue:
    """An objection: by the public here, or written down for somebody who rang or came."""
    actor = actor_or_none()
    typed = Typed(
        text=request.form.get("text", "").strip(),
        by=request.form.get("by", "").strip(),
        said_on=request.form.get("said_on", "").strip(),
        way=request.form.get("way", ""),
    )
    try:
        receipt = _take(actor, notice_id, typed)
    except NotFound:
        return _refused(
            actor,
            notice_id,
            typed,
            Conflict(_("公示期已满,异议没有提交。您写的内容都在,可以作为举报提出。")),
        )
    except (Invalid, Conflict, TooManyTries) as refused:
        return _refused(actor, notice_id, typed, refused)
    flash(
        _(
            "异议已收到,回执号 %(receipt)s。我们会核查并答复;请记下回执号,可凭它查询结果。",
            receipt=receipt,
        ),
        "done",
    )
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


def _refused(
    actor: Actor | None, notice_id: str, typed: Typed, refused: Refused
) -> ResponseReturnValue:
    """The page again with all that was typed, and the sentence that says why it was refused."""
    again = Typed(typed.text, typed.by, typed.said_on, typed.way, refused.message)
    response = make_response(_page_or_closed(actor, notice_id, again), status_of(refused))
    if isinstance(refused, TooManyTries):
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


@notices.post("/notices/<notice_id>/report")
def take_report(notice_id: str) -> ResponseReturnValue:
    """What somebody says of a household whose notice is over."""
    actor = actor_or_none()
    typed = Typed(text=request.form.get("text", "").strip(), by=request.form.get("by", "").strip())
    try:
        _must_be_a_person(actor, typed)
        said = Said(typed.text, typed.by, BY_PAGE)
        receipt = current_registry().reports.take_by_notice(actor, notice_id, said)
    except (Invalid, Conflict, TooManyTries, NotPermitted) as refused:
        return _refused(actor, notice_id, typed, refused)
    flash(
        _(
            "举报已收到,回执号 %(receipt)s。我们会核查;请记下回执号,可凭它查询结果。",
            receipt=receipt,
        ),
        "done",
    )
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


def _must_be_a_person(actor: Actor | None, typed: Typed) -> None:
    """Of the public: not a program, and not too often from one address."""
    if actor is not None:
        return
    if request.form.get(LEFT_EMPTY, ""):
        raise Invalid(_("“请勿填写”一栏里有内容,没有提交。请直接再次提交,您写的内容都在。"))
    if typed.text:
        engine = current_engine()
        allowed = replace(OBJECTIONS, times=int(str(engine.settings.read(AN_HOUR))))
        engine.accounts.use_allowance(allowed, client_address())


def _take(actor: Actor | None, notice_id: str, typed: Typed) -> str:
    """The receipt of an objection; raises what the page has to say."""
    way = typed.way if actor is not None else BY_PAGE
    said_on = _day(typed.said_on) if actor is not None else None
    _must_be_a_person(actor, typed)
    return current_registry().object_to_notice(
        actor,
        notice_id,
        text=typed.text,
        by=typed.by,
        way=way if way in WAYS else BY_PAGE,
        said_on=said_on,
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            _("提出日期“%(day)s”不是日期,请写成 2026-11-16。异议还没有提交。", day=text)
        ) from error


@notices.get("/objections")
def ask_for_result() -> ResponseReturnValue:
    """The form that asks for the number of a receipt."""
    return render(ReceiptPage(shell("notices", actor_or_none())))


@notices.post("/objections")
def tell_result() -> ResponseReturnValue:
    """How an objection stands."""
    actor, typed = actor_or_none(), request.form.get("receipt", "").strip()
    frame = shell("notices", actor)
    try:
        if actor is None:
            current_engine().accounts.use_allowance(LOOK_UPS, client_address())
        registry = current_registry()
        is_report = typed.startswith(KIND)
        found = registry.reports.result(typed) if is_report else registry.result_of_objection(typed)
    except (NotFound, TooManyTries) as refused:
        page = ReceiptPage(frame, typed=typed, message=refused.message)
        return make_response(render(page), status_of(refused))
    return render(receipt_page(frame, typed, found))


@notices.get("/notices/<notice_id>/sheet")
def sheet(notice_id: str) -> ResponseReturnValue:
    """The sheet for the unit's own board, as it was published."""
    number = request.args.get("number", type=int)
    return _paper(current_registry().sheet(current_actor(), notice_id, number))


@notices.get("/steps/<task_id>/notice-sheet")
def step_sheet(task_id: str) -> ResponseReturnValue:
    """The sheet to be hung before the step that posts the notice is sent in."""
    actor = current_actor()
    view = current_engine().tasks.view(actor, task_id)
    return _paper(current_registry().draft_sheet(actor, view))


@notices.get("/notices/<notice_id>/web/<int:number>")
def web_snapshot(notice_id: str, number: int) -> ResponseReturnValue:
    """What the web showed, byte for byte."""
    kept = current_registry().web_snapshot(current_actor(), notice_id, number)
    return Response(kept, mimetype="application/json")


def _paper(document: bytes) -> Response:
    """A document that stands by itself, with its own style and no script."""
    response = Response(document, mimetype="text/html")
    response.headers["Content-Security-Policy"] = PAPER_POLICY
    return response
