"""The addresses of what is done to a file after its approval: 勘误, 撤回授权."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from engine import Actor
from engine.errors import Conflict, Invalid, Stale
from webapp.register.blueprint import register
from webapp.register.correct_page import ONE_MORE, correct_page
from webapp.register.upkeep_pages import NOTHING_TYPED, Refused, consent_page, decide_page
from webapp.shared.errors import status_of
from webapp.shared.kept_posts import KeptPost, resumes
from webapp.shared.language import _
from webapp.shared.navigation import shell
from webapp.shared.page import render
from webapp.shared.requests import current_actor, current_registry


def _correct_page(actor: Actor, file_no: str, typed: Refused) -> str:
    registry = current_registry()
    it = registry.upkeep.correctable(actor, file_no)
    found = registry.household(actor, file_no)
    return render(correct_page(shell("register", actor), found, it, typed))


@register.get("/households/<file_no>/correct")
def correct(file_no: str) -> ResponseReturnValue:
    """What of the file may be put right."""
    return _correct_page(current_actor(), file_no, NOTHING_TYPED)


@register.post("/households/<file_no>/correct")
def put_right(file_no: str) -> ResponseReturnValue:
    """Put it right; what is refused stays typed, on top of the version there is now.

    Where one more line was asked for nothing is written: the form comes back with it.
    """
    actor, typed = current_actor(), request.form.to_dict()
    if typed.get(ONE_MORE):
        return _correct_page(actor, file_no, Refused(typed, ""))
    reason = typed.get("reason", "")
    try:
        current_registry().upkeep.correct(actor, file_no, _seen(typed), typed, reason)
    except (Conflict, Invalid, Stale) as refusal:
        again = Refused(typed, refusal.message)
        return _correct_page(actor, file_no, again), status_of(refusal)
    flash(_("已更正,形成新版本。更正前后的内容都可在历次版本里看到。"), "done")
    return redirect(url_for("register.household", file_no=file_no, tab="versions"), 303)


def _decide_page(actor: Actor, file_no: str, typed: Refused) -> str:
    registry = current_registry()
    it = registry.upkeep.deciding(actor, file_no)
    found = registry.household(actor, file_no)
    sums = registry.files.money(actor, file_no).sums
    return render(decide_page(shell("register", actor), found, it, sums, typed))


@register.get("/households/<file_no>/decide")
def decide(file_no: str) -> ResponseReturnValue:
    """The category with the figures behind it, to be decided again."""
    return _decide_page(current_actor(), file_no, NOTHING_TYPED)


@register.post("/households/<file_no>/decide")
def decide_again(file_no: str) -> ResponseReturnValue:
    """Decide it; what is refused stays typed."""
    actor, typed = current_actor(), request.form.to_dict()
    category, reason = typed.get("category", ""), typed.get("reason", "")
    try:
        current_registry().upkeep.decide(actor, file_no, _seen(typed), category, reason)
    except (Conflict, Invalid, Stale) as refusal:
        again = Refused(typed, refusal.message)
        return _decide_page(actor, file_no, again), status_of(refusal)
    flash(_("已保存,形成新版本。更正前后的内容都可在历次版本里看到。"), "done")
    return redirect(url_for("register.household", file_no=file_no, tab="versions"), 303)


def _seen(typed: Mapping[str, str]) -> int:
    """The version the page was drawn from."""
    seen = typed.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() else 0


def _consent_page(actor: Actor, file_no: str, typed: Refused) -> str:
    registry = current_registry()
    found = registry.household(actor, file_no)
    withdrawn_on = registry.files.standing(actor, file_no).consent_withdrawn_on
    return render(consent_page(shell("register", actor), found, withdrawn_on, typed))


@register.get("/households/<file_no>/consent")
def consent(file_no: str) -> ResponseReturnValue:
    """Whether consent stands, and the form to change that."""
    return _consent_page(current_actor(), file_no, NOTHING_TYPED)


@register.post("/households/<file_no>/consent")
def change_consent(file_no: str) -> ResponseReturnValue:
    """Write down that consent was withdrawn, or given again."""
    actor, typed = current_actor(), request.form.to_dict()
    upkeep = current_registry().upkeep
    change = upkeep.renew_consent if typed.get("act") == "renew" else upkeep.withdraw_consent
    try:
        change(actor, file_no, typed.get("reason", ""))
    except (Conflict, Invalid) as refusal:
        again = Refused(typed, refusal.message)
        return _consent_page(actor, file_no, again), status_of(refusal)
    flash(_("已登记,形成新版本。"), "done")
    return redirect(url_for("register.household", file_no=file_no), 303)


@resumes("register.put_right")
def resume_correction(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """Signed in again: the form with all that was typed, to be sent once more."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _correct_page(actor, kept.place["file_no"], Refused(kept.fields.to_dict(), told))


@resumes("register.decide_again")
def resume_deciding(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for the category."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _decide_page(actor, kept.place["file_no"], Refused(kept.fields.to_dict(), told))


@resumes("register.change_consent")
def resume_consent(actor: Actor, kept: KeptPost) -> ResponseReturnValue:
    """The same for the consent."""
    told = _("您填写的内容都在,请核对后再次提交。")
    return _consent_page(actor, kept.place["file_no"], Refused(kept.fields.to_dict(), told))
