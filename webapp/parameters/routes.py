"""The addresses of the business parameters; the engine says who may set what."""

from datetime import date

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.parameters import ParameterRule
from engine.work.parameters import NewValue
from webapp.parameters.confirming import confirm_page
from webapp.parameters.holding import EVERYWHERE, Typed
from webapp.parameters.listing import list_page
from webapp.parameters.pages import parameter_page
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine
from webapp.shared.settings_tabs import must_read_settings, settings_section

parameters = Blueprint(
    "parameters", __name__, url_prefix="/admin/parameters", template_folder="templates"
)


@parameters.get("")
def listing() -> ResponseReturnValue:
    """Every parameter."""
    actor = current_actor()
    must_read_settings(actor)
    frame = shell(settings_section(actor), actor)
    return render(list_page(frame, current_engine(), actor, request.args))


@parameters.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    """One parameter."""
    actor = current_actor()
    must_read_settings(actor)
    frame = shell(settings_section(actor), actor)
    return render(parameter_page(frame, current_engine(), actor, _rule(name)))


@parameters.post("/<name>")
def change(name: str) -> ResponseReturnValue:
    """Check a new value, show what it does, and keep it when that was confirmed."""
    actor, engine, rule = current_actor(), current_engine(), _rule(name)
    must_read_settings(actor)
    frame, typed = shell(settings_section(actor), actor), _typed()
    step = request.form.get("step", "")
    if step == "back":
        return render(parameter_page(frame, engine, actor, rule, typed))
    try:
        new = _new_value(rule, typed)
        if step != "keep":
            engine.settings.check_value(actor, new)
            return render(confirm_page(frame, engine, actor, rule, typed))
        told = engine.settings.set_value(actor, new)
    except (Invalid, Conflict, NotPermitted) as refused:
        page = parameter_page(frame, engine, actor, rule, typed, refused.message)
        return render(page), 403 if isinstance(refused, NotPermitted) else 422
    sentence = _("已登记“%(name)s”自 %(since)s 起的新值。", name=rule.title, since=typed.since)
    if new.to_running:
        sentence += _("在办件的 %(n)s 个日期已重新计算并记录。", n=told)
    flash(sentence, "done")
    return redirect(url_for("parameters.show", name=name), 303)


def _rule(name: str) -> ParameterRule:
    rule = current_engine().settings.rules.get(name)
    if rule is None:
        raise NotFound("没有找到这个业务参数。")
    return rule


def _typed() -> Typed:
    text = {name: request.form.get(name, "").strip() for name in Typed.__dataclass_fields__}
    return Typed(
        place=text["place"] or EVERYWHERE,
        since=text["since"],
        value=text["value"],
        reason=text["reason"],
        document=text["document"],
        to_running=text["to_running"] == "yes",
    )


def _new_value(rule: ParameterRule, typed: Typed) -> NewValue:
    try:
        since = date.fromisoformat(typed.since)
    except ValueError:
        raise Invalid(
            f"生效日期“{typed.since[:20]}”不是日期,请写成 2026-11-16 这样,未保存。"
        ) from None
    return NewValue(
        rule.name,
        None if typed.place == EVERYWHERE else typed.place,
        since,
        rule.read(typed.value),
        typed.reason,
        typed.document,
        typed.to_running,
    )
