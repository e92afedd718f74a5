"""The addresses of steps that are decided by the list."""

from collections.abc import Sequence
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from engine import Actor
from engine.errors import NotFound
from engine.model.errands import Errand
from engine.model.fan_out import ListedStep, StepsOfList
from engine.model.ids import split_task_id
from engine.work.together import Together, answers_for
from registry.funds.rights import FundAct, may_somewhere
from webapp.shared.addresses import address
from webapp.shared.form_posts import read_posted
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_engine, current_registry
from webapp.together.blueprint import together
from webapp.together.form import asked_once
from webapp.together.listed import ERRAND, Place, ask_for
from webapp.together.listed_page import Typed, going_of, listed_page, lists_page

MOST = 1000
"""Rows of a page; what is behind them comes when these are done."""


@together.get("/lists/<process_key>")
def lists(process_key: str) -> ResponseReturnValue:
    """Her steps of a process by list; where there is one list alone, that list."""
    actor, engine = current_actor(), current_engine()
    found = engine.fan_outs.steps(actor, process_key)
    hrefs = [_href(process_key, one) for one in found]
    if len(found) == 1:
        return redirect(hrefs[0], 303)
    name = engine.tasks.newest().names.get(process_key, process_key)
    return render(lists_page(shell("inbox", actor), name, found, hrefs))


def _href(process_key: str, one: StepsOfList) -> str:
    """The list where a step can be decided for many, else its rows in the inbox."""
    if (one.process_key, one.element_id) in current_engine().tasks.newest().together:
        return url_for(
            "together.listed",
            key=one.key,
            process_key=one.process_key,
            element_id=one.element_id,
        )
    return address("inbox.show", {"process": process_key})


@together.get("/lists/<key>/<process_key>/<element_id>")
def listed(key: str, process_key: str, element_id: str) -> ResponseReturnValue:
    """One step's list, exceptions first, with one form for many of them."""
    return _page(current_actor(), Place(key, process_key, element_id))


def _page(actor: Actor, place: Place, typed: Typed | None = None) -> str:
    engine, campaigns = current_engine(), current_registry().campaigns
    steps = engine.fan_outs.steps_of(actor, place.key, place.process_key, place.element_id, MOST)
    errand = _errand(actor, place)
    words = _words(actor, place, steps[0].name) if steps else _words_before(errand)
    fetch = ""
    if errand is not None and not errand.is_open and engine.errands.has_file(errand):
        fetch = url_for("together.not_done", errand_id=errand.id)
    is_busy = errand is not None and errand.is_open
    return render(
        listed_page(
            shell("inbox", actor),
            engine,
            actor,
            place,
            steps,
            campaigns.findings(actor, place.key, [one.business_key for one in steps]),
            None if is_busy or not steps else _together(actor, steps[0].task_id),
            words=words,
            campaign=url_for("funds.campaign", number=place.key)
            if may_somewhere(actor, FundAct.SEE)
            else "",
            going=going_of(errand, fetch, _come_back(errand, steps)),
            today=engine.environment.today(),
            most=MOST,
            typed=typed,
        )
    )


def _words(actor: Actor, place: Place, step: str) -> tuple[str, str]:
    """What people call the step and the list."""
    found = current_engine().fan_outs.steps(actor, place.process_key)
    return step, next((one.title for one in found if one.key == place.key), "") or place.key


def _words_before(errand: Errand | None) -> tuple[str, str]:
    """The same where nothing is left to do: as they were when she asked for the last of it."""
    if errand is None:
        return _("名单"), ""
    told: dict[str, Any] = dict(errand.wanted)
    return told["words"][0], told["words"][1]


def _come_back(errand: Errand | None, steps: Sequence[ListedStep]) -> int:
    """Of how many she decided last the step is hers again, because of what was found behind it."""
    if errand is None:
        return 0
    told: dict[str, Any] = dict(errand.wanted)
    decided = {str(task_id) for task_id, _rev in told["steps"]}
    cases = {split_task_id(task_id)[0] for task_id in decided}
    again = (one for one in steps if one.task_id not in decided)
    return sum(1 for one in again if split_task_id(one.task_id)[0] in cases)


def _together(actor: Actor, task_id: str) -> Together:
    return current_engine().tasks.together(actor, [task_id])


def _errand(actor: Actor, place: Place) -> Errand | None:
    """The last she asked for about this list."""
    return current_engine().errands.about(ERRAND, f"{place.subject}/{actor.person_id}")


@together.post("/lists/<key>/<process_key>/<element_id>")
def decide_listed(key: str, process_key: str, element_id: str) -> ResponseReturnValue:
    """One decision for those that were chosen, each for itself, beside the web."""
    actor, engine, place = current_actor(), current_engine(), Place(key, process_key, element_id)
    errand = _errand(actor, place)
    if errand is not None and errand.is_open:
        return redirect(url_for("together.listed", **vars(place)), 303)
    steps, seen = engine.fan_outs.steps_of(actor, key, process_key, element_id, MOST), _seen()
    ticked, which = frozenset(request.form.getlist("_task")), request.form.get("_which", "")
    if not steps:
        return _page(actor, place), 409
    first = _together(actor, steps[0].task_id)
    if first.form is None:
        raise NotFound
    posted = read_posted(
        engine, actor, asked_once(first.form), request.form, MultiDict(request.files.items())
    )
    answers = answers_for(first.waiting[0], first.form, posted.data)
    wrong = first.form.validate(answers, first.scope, first.context).errors
    if posted.action != "submit" or posted.file_errors or wrong:
        errors = (*posted.file_errors, *wrong) if posted.action == "submit" else ()
        return _page(actor, place, Typed(posted.data, ticked, which, errors)), 422
    if which == "clear":
        keys = [one.business_key for one in steps]
        found = current_registry().campaigns.findings(actor, key, keys)
        chosen = [one for one in steps if one.task_id in seen and one.business_key not in found]
    else:
        chosen = [one for one in steps if one.task_id in seen and one.task_id in ticked]
    if which == "clear" and ticked:
        told = _(
            "您勾选了 %(n)s 户,又选了“系统核对没有问题的”,没有办理。请只留一种选法。",
            n=len(ticked),
        )
        return _page(actor, place, Typed(posted.data, ticked, "ticked", (), told)), 422
    if not chosen:
        told = _("没有选户,没有办理。请勾选,或选系统核对没有问题的。")
        return _page(actor, place, Typed(posted.data, ticked, which, (), told)), 422
    wanted = [(one.task_id, seen[one.task_id]) for one in chosen]
    words = _words(actor, place, chosen[0].name)
    ask_for(engine, actor, place, wanted, posted.data, words)
    return redirect(url_for("together.listed", **vars(place)), 303)


def _seen() -> dict[str, int]:
    """The steps that the page showed, no other is decided; what changed meanwhile is refused."""
    pairs = (one.rpartition(":") for one in request.form.getlist("_rev"))
    return {task_id: int(rev) for task_id, _colon, rev in pairs if rev.isdigit()}


@together.get("/lists/errands/<errand_id>/not-done.txt")
def not_done(errand_id: str) -> ResponseReturnValue:
    """Which were refused and why, for who asked."""
    name, content = current_engine().errands.file(current_actor(), errand_id)
    del name
    answer = Response(content, mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=not-done.txt"
    return answer
