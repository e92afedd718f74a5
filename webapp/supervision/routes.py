"""The addresses of supervision."""

from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_installation
from webapp.shared.settings_tabs import settings_section
from webapp.shared.words import moment
from webapp.supervision.due import MOST_IN_WORKBOOK, due_page
from webapp.supervision.due import due_workbook as workbook_of_due
from webapp.supervision.gaps import gaps_page, post_page
from webapp.supervision.indicators import indicator_cases_page, indicators_page
from webapp.supervision.orders import choose_order, orders_page
from webapp.supervision.pages import overdue_page, unstaffed_page
from webapp.supervision.report import MonthPage, behind_page, month_page
from webapp.supervision.small_posts import (
    MOST_EXPORTED,
    read_asked,
    shown,
    small_posts_page,
    workbook,
)
from webapp.supervision.units import units_page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

supervision = Blueprint("supervision", __name__, template_folder="templates")


@supervision.get("/supervision")
def overdue() -> ResponseReturnValue:
    """What is late, longest first."""
    actor = current_actor()
    return render(overdue_page(shell("supervision", actor), current_engine(), actor, request.args))


@supervision.get("/supervision/due")
def due() -> ResponseReturnValue:
    """What falls due this week, what is late before it."""
    actor = current_actor()
    return render(due_page(shell("supervision", actor), current_engine(), actor, request.args))


@supervision.get("/supervision/due.xlsx")
def due_workbook() -> ResponseReturnValue:
    """The same as a workbook, without the names of applicants."""
    actor = current_actor()
    frame = shell("supervision", actor)
    page = due_page(frame, current_engine(), actor, request.args, MOST_IN_WORKBOOK)
    return _workbook(workbook_of_due(page), f"{page.title}.xlsx")


def _workbook(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


@supervision.get("/supervision/units")
def by_unit() -> ResponseReturnValue:
    """What is late by unit, with whom to ring and a text to send."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(units_page(frame, current_engine(), actor, places.organisations()))


@supervision.post("/supervision/reminders")
def remind() -> ResponseReturnValue:
    """Keep that the people of these late steps were reminded."""
    steps = request.form.getlist("task")
    done = current_engine().supervision.remind(current_actor(), steps, request.form.get("way", ""))
    flash(_("已登记催办 %(n)s 个环节,办理人在环节页上能看到。", n=done), "done")
    return redirect(url_for("supervision.by_unit"), 303)


@supervision.get("/supervision/orders")
def orders() -> ResponseReturnValue:
    """Orders to units whose steps are late."""
    actor = current_actor()
    frame = shell("supervision", actor)
    return render(orders_page(frame, current_engine(), actor, request.args.get("show", "")))


@supervision.get("/supervision/orders/new")
def new_order() -> ResponseReturnValue:
    """The chosen steps by unit; where they are one unit's, on to its order."""
    actor = current_actor()
    chosen = request.args.getlist("task")
    page = choose_order(shell("supervision", actor), current_engine(), actor, chosen)
    if len(page.units) == 1 and len(page.units[0].links) == 1:
        return redirect(page.units[0].links[0].href, 303)
    return render(page)


def _report() -> MonthPage:
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return month_page(frame, current_engine(), actor, request.args, places.organisations())


@supervision.get("/supervision/month")
def month() -> ResponseReturnValue:
    """A month of an area, to print."""
    return render(_report())


@supervision.get("/supervision/month.xlsx")
def month_workbook() -> ResponseReturnValue:
    """The same figures as a workbook."""
    from webapp.supervision.report_workbook import report_workbook

    page = _report()
    return _workbook(report_workbook(page), f"{page.title}{page.month}.xlsx")


@supervision.get("/supervision/month/steps")
def behind() -> ResponseReturnValue:
    """The steps that a figure of the report counts."""
    actor = current_actor()
    frame = shell("supervision", actor)
    return render(behind_page(frame, current_engine(), actor, request.args))


@supervision.get("/supervision/indicators")
def indicators() -> ResponseReturnValue:
    """Petitions, legal aid and wage arrears in figures."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(
        indicators_page(frame, current_engine(), actor, request.args, places.organisations())
    )


@supervision.get("/supervision/indicators/cases")
def indicator_cases() -> ResponseReturnValue:
    """The cases that one of them counts."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(
        indicator_cases_page(frame, current_engine(), actor, request.args, places.organisations())
    )


@supervision.get("/supervision/unstaffed")
def unstaffed() -> ResponseReturnValue:
    """What nobody can do."""
    actor, places = current_actor(), current_installation().places
    frame = shell("supervision", actor)
    return render(unstaffed_page(frame, current_engine(), actor, places.role))


@supervision.get("/supervision/gaps")
def gaps() -> ResponseReturnValue:
    """Roles nobody holds, and what ends soon."""
    actor = current_actor()
    frame = shell(settings_section(actor, "supervision"), actor)
    return render(gaps_page(frame, current_engine(), actor, request.args))


@supervision.get("/supervision/gaps/steps")
def post() -> ResponseReturnValue:
    """The open steps of a post that nobody holds."""
    actor = current_actor()
    frame = shell(settings_section(actor, "supervision"), actor)
    return render(post_page(frame, current_engine(), actor, request.args))


@supervision.get("/supervision/small-posts")
def small_posts() -> ResponseReturnValue:
    """Steps that one person did only because her unit is small."""
    actor = current_actor()
    frame, asked = shell("supervision", actor), read_asked(request.args)
    status = 422 if asked.error else 200
    return render(small_posts_page(frame, current_engine(), actor, asked)), status


@supervision.get("/supervision/small-posts.xlsx")
def export_small_posts() -> ResponseReturnValue:
    """The same as a workbook, kept in the record of exports."""
    actor, engine = current_actor(), current_engine()
    asked = read_asked(request.args, MOST_EXPORTED)
    found = engine.supervision.export_marked(actor, asked.wanted)
    told = _(
        "%(who)s于 %(at)s 导出,共 %(n)s 个环节",
        who=actor.name,
        at=moment(engine.clock.now()),
        n=len(found.rows),
    )
    name = quote(_("最小岗位办理环节") + ".xlsx", safe="")
    response = Response(workbook(shown(found), told), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
