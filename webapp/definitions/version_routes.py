"""The addresses of versions: comparing them, and taking running cases over."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import NotFound, Refused
from engine.model.version_moves import Route
from webapp.definitions.comparing import compare_page, versions_asked
from webapp.definitions.moving import (
    PREFIX,
    Asked,
    ids_of,
    migration_page,
    plan_page,
)
from webapp.shared.errors import status_of
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine

versions = Blueprint("versions", __name__, template_folder="templates")


@versions.get("/processes/<key>/compare")
def compare(key: str) -> ResponseReturnValue:
    """Two versions, the newest with the one before it unless others are asked for."""
    actor = current_actor()
    asked = (request.args.get("old", 0, type=int), request.args.get("new", 0, type=int))
    return render(compare_page(shell("definitions", actor), current_engine(), actor, key, asked))


@versions.get("/processes/<key>/migrate")
def migrate(key: str) -> ResponseReturnValue:
    """The plan: a verdict for every running case."""
    actor, engine = current_actor(), current_engine()
    engine.definitions.must_migrate(actor)
    asked = _asked(key, request.args)
    return render(plan_page(shell("definitions", actor), engine, actor, asked))


def _asked(key: str, given: Mapping[str, str]) -> Asked:
    rows = current_engine().definitions.versions(key)
    _old, new = versions_asked(rows, 0, _number(given.get("new")))
    old = _number(given.get("old"))
    fields = {name: value for name, value in given.items() if name.startswith(PREFIX) and value}
    return Asked(
        Route(key, new, old if old and old != new else None, ids_of(fields)),
        fields,
        given.get("verdict", ""),
        given.get("at", ""),
        max(_number(given.get("page")), 1),
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004


@versions.post("/processes/<key>/migrate/again")
def look_again(key: str) -> ResponseReturnValue:
    """Let all running cases be looked at once more."""
    asked = _asked(key, request.form)
    current_engine().versions.plans.sought_anew(current_actor(), asked.route)
    return redirect(asked.address(), 303)


@versions.post("/processes/<key>/migrate")
def begin(key: str) -> ResponseReturnValue:
    """Let it be done beside the web, and show how far it is."""
    actor, engine = current_actor(), current_engine()
    engine.definitions.must_migrate(actor)
    asked = _asked(key, request.form)
    if request.form.get("passed") and not request.form.get("knows"):
        message = _("请先勾选“已知晓”:有办件已过新增环节,转换后不会补办。没有迁移。")
        page = plan_page(shell("definitions", actor), engine, actor, asked, message)
        return render(page), 422
    made = engine.versions.ask_for(actor, asked.route)
    return redirect(url_for("versions.migration", key=key, migration_id=made.id), 303)


@versions.get("/processes/<key>/migrations/<migration_id>")
def migration(key: str, migration_id: str) -> ResponseReturnValue:
    """How far it is, and what became of each case."""
    return _shown(key, migration_id, "")


def _shown(key: str, migration_id: str, message: str) -> str:
    actor, engine = current_actor(), current_engine()
    found = engine.versions.migration(actor, migration_id)
    if found.route.key != key:
        raise NotFound("没有找到这次迁移。请从流程页打开。")
    narrowed = (request.args.get("status", ""), request.args.get("after", ""))
    return render(
        migration_page(shell("definitions", actor), engine, actor, found, narrowed, message)
    )


@versions.post("/processes/<key>/migrations/<migration_id>/resume")
def resume(key: str, migration_id: str) -> ResponseReturnValue:
    """Let one that was stopped go on; cases it left are looked at once more."""
    current_engine().versions.hand_over(current_actor(), migration_id)
    return redirect(url_for("versions.migration", key=key, migration_id=migration_id), 303)


@versions.post("/processes/<key>/migrations/<migration_id>/back")
def back(key: str, migration_id: str) -> ResponseReturnValue:
    """Put one case back, or all that have not moved since."""
    actor, engine = current_actor(), current_engine()
    case_id = request.form.get("case_id", "")
    try:
        if case_id:
            engine.versions.put_back(actor, migration_id, case_id)
            flash(_("已恢复到转版之前。"), "done")
        else:
            engine.versions.hand_back(actor, migration_id)
    except Refused as refused:
        return _shown(key, migration_id, refused.message), status_of(refused)
    return redirect(url_for("versions.migration", key=key, migration_id=migration_id), 303)
