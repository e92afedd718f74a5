"""The addresses of 年度报告."""

from urllib.parse import quote

from flask import Response, request
from flask.typing import ResponseReturnValue

from engine import Actor
from registry.funds.rights import FundAct, places_of
from registry.funds.typed import number_of
from registry.store.year_payments import PaidWanted
from webapp.funds.blueprint import funds
from webapp.funds.year_page import YearPage, paid_page, year_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry
from webapp.shared.words import moment

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MONTHS = frozenset(f"{month:02}" for month in range(1, 13))
_LAST_YEAR = 9999


def _year() -> int:
    """The year that was asked for; 0 for none that there can be."""
    year = number_of(request.args.get("year", ""))
    return year if year <= _LAST_YEAR else 0


def _area(actor: Actor) -> str:
    units = current_engine().directory.organisations()
    return _("、").join(
        units[one].name for one in places_of(actor, FundAct.SEE) or () if one in units
    )


@funds.get("/funds/year")
def year() -> ResponseReturnValue:
    """The report of a year."""
    actor = current_actor()
    found = current_registry().year.report(actor, _year(), request.args.get("unit", ""))
    return render(year_page(shell("funds", actor), found, _area(actor)))


@funds.get("/funds/year/payments")
def year_payments() -> ResponseReturnValue:
    """The payments that a figure counts."""
    actor, said = current_actor(), request.args
    month = said.get("month", "")
    wanted = PaidWanted(
        year=_year() or current_engine().environment.today().year,
        programme=said.get("programme", ""),
        source=said.get("source", ""),
        unit=said.get("unit", ""),
        month=month if month in _MONTHS else "",
    )
    found = current_registry().year.behind(actor, wanted)
    units = {one.id: one.name for one in current_engine().directory.organisations().values()}
    return render(paid_page(shell("funds", actor), found, wanted, units))


@funds.get("/funds/year.xlsx")
def year_workbook_file() -> ResponseReturnValue:
    """The report as a workbook, kept in the record of exports."""
    from webapp.funds.year_workbook import year_workbook

    actor = current_actor()
    found = current_registry().year.export(actor, _year(), request.args.get("unit", ""))
    page: YearPage = year_page(shell("funds", actor), found, _area(actor))
    told = _(
        "%(who)s于 %(at)s 导出",
        who=actor.name,
        at=moment(current_engine().clock.now()),
    )
    name = quote(f"{page.area}{found.year}{page.title}.xlsx", safe="")
    response = Response(year_workbook(page, told), mimetype=_XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
