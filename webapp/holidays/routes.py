"""The addresses of the calendar; only the city's administrator imports."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Invalid
from engine.model.holiday_notice import Notice, read_notice
from webapp.holidays.pages import holidays_page, preview_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.shared.settings_tabs import must_read_settings, settings_section

holidays = Blueprint(
    "holidays", __name__, url_prefix="/admin/holidays", template_folder="templates"
)
_FIRST_YEAR, _LAST_YEAR = 2014, 2100


@holidays.get("")
def show() -> ResponseReturnValue:
    """The years, one of them in months."""
    actor = current_actor()
    must_read_settings(actor)
    frame = shell(settings_section(actor), actor)
    return render(holidays_page(frame, current_engine(), actor, request.args))


@holidays.post("")
def take_over() -> ResponseReturnValue:
    """Read a notice, show what it says, and take it over when that was confirmed."""
    actor, engine = current_actor(), current_engine()
    must_read_settings(actor)
    frame = shell(settings_section(actor), actor)
    year, text, step = _posted("year"), request.form.get("text", ""), _posted("step")
    try:
        text = _uploaded() or text
        notice = _read(year, text)
    except Invalid as refused:
        page = holidays_page(frame, engine, actor, {}, (year, text), refused.message)
        return render(page), 422
    if step == "back":
        return render(holidays_page(frame, engine, actor, {"year": year}, (year, text)))
    if step != "keep":
        return render(preview_page(frame, engine, actor, notice, text))
    try:
        moved = engine.settings.import_notice(actor, notice)
    except Invalid as refused:
        page = holidays_page(frame, engine, actor, {}, (year, text), refused.message)
        return render(page), 422
    flash(
        _(
            "已导入 %(year)s 年节假日安排:%(cases)s 件办件的 %(dates)s 个日期重新推算,已逐件记录。",
            year=notice.year,
            cases=moved.cases,
            dates=moved.dates,
        ),
        "done",
    )
    return redirect(url_for("holidays.show", year=notice.year), 303)


def _posted(name: str) -> str:
    return request.form.get(name, "").strip()


def _uploaded() -> str:
    """The text of the uploaded file; empty without one."""
    from webapp.holidays.files import LARGEST_UPLOAD, text_of_upload

    file = request.files.get("file")
    if file is None or not file.filename:
        return ""
    return text_of_upload(file.filename, file.read(LARGEST_UPLOAD + 1))


def _read(year: str, text: str) -> Notice:
    if not year.isdigit() or not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise Invalid(f"年份“{year[:10]}”不对,请写成 2027 这样,没有导入。")
    return read_notice(text, int(year))
