"""The addresses of exports: what would leave, the workbook itself, what left."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Response, request
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Invalid
from registry.exporting import Exported
from webapp.register.blueprint import register
from webapp.register.export_pages import (
    AskedExport,
    export_page,
    log_page,
    log_section,
    way_back,
)
from webapp.register.list_page import Place, place_of
from webapp.shared.errors import status_of
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@register.get("/households/export")
def export() -> ResponseReturnValue:
    """What would be exported."""
    return _page(current_actor(), place_of(request.args), {})


@register.post("/households/export")
def make_export() -> ResponseReturnValue:
    """The workbook; a refused form keeps what was typed."""
    actor, typed = current_actor(), request.form.to_dict()
    place = place_of(typed)
    desk = current_registry().exports
    make = desk.whole if typed.get("whole") else desk.masked
    reason = typed.get("own_reason", "").strip() or typed.get("reason", "")
    try:
        made = make(actor, place.search, reason, place.in_words())
    except Invalid as refusal:
        return _page(actor, place, typed, refusal.message), status_of(refusal)
    return _download(made)


@register.get("/households/exports")
def exports() -> ResponseReturnValue:
    """What left the register: one's own, an auditor's area, to an administrator all."""
    actor, registry = current_actor(), current_registry()
    lines = registry.exports.log(actor)
    return render(log_page(shell(log_section(actor), actor), registry, actor, lines))


def _page(actor: Actor, place: Place, typed: Mapping[str, str], message: str = "") -> str:
    registry = current_registry()
    offer = registry.exports.offer(actor, place.search)
    queue = place.queue.value
    kept = {**place.narrowing, **({"queue": queue} if queue else {})}
    asked = AskedExport(way_back(queue, place.narrowing), kept, place.in_words(), typed, message)
    return render(export_page(shell("register", actor), registry, actor, offer, asked))


def _download(made: Exported) -> Response:
    response = Response(made.content, mimetype=_XLSX)
    name = quote(made.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
