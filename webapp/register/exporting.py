"""The addresses of exports: what would leave, the workbook itself, what left."""

from collections.abc import Mapping
from urllib.parse import quote

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Invalid
from registry.sections import masked, whole
from webapp.register.blueprint import register
from webapp.register.export_pages import (
    AskedExport,
    export_page,
    log_page,
    log_section,
    way_back,
)
from webapp.register.list_page import Place, place_of
from webapp.register.order_page import order_page
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
    reason = typed.get("own_reason", "").strip() or typed.get("reason", "")
    mask = whole if typed.get("whole") else masked
    try:
        made = desk.hand_out(actor, place.search, mask, reason, place.in_words())
    except Invalid as refusal:
        return _page(actor, place, typed, refusal.message), status_of(refusal)
    if isinstance(made, str):
        return redirect(url_for("register.order", errand_id=made), 303)
    return _download(made.name, made.content)


@register.get("/households/exports/<errand_id>")
def order(errand_id: str) -> ResponseReturnValue:
    """A workbook that is being made, or that can be fetched."""
    actor, registry = current_actor(), current_registry()
    ordered = registry.exports.ordered(actor, errand_id)
    return render(order_page(shell("register", actor), registry, actor, ordered))


@register.get("/households/exports/<errand_id>/file")
def fetch_order(errand_id: str) -> ResponseReturnValue:
    """The workbook that was ordered."""
    return _download(*current_registry().exports.fetch(current_actor(), errand_id))


@register.get("/households/exports")
def exports() -> ResponseReturnValue:
    """What left the register: one's own, an auditor's area, to an administrator all."""
    actor, registry = current_actor(), current_registry()
    lines, orders = registry.exports.log(actor), registry.exports.orders(actor)
    return render(log_page(shell(log_section(actor), actor), registry, actor, lines, orders))


def _page(actor: Actor, place: Place, typed: Mapping[str, str], message: str = "") -> str:
    registry = current_registry()
    offer = registry.exports.offer(actor, place.search)
    queue = place.queue.value
    kept = {**place.narrowing, **({"queue": queue} if queue else {})}
    asked = AskedExport(way_back(queue, place.narrowing), kept, place.in_words(), typed, message)
    return render(export_page(shell("register", actor), registry, actor, offer, asked))


def _download(file_name: str, content: bytes) -> Response:
    response = Response(content, mimetype=_XLSX)
    name = quote(file_name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
