"""The page of one step as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine
from engine.errors import FieldError
from engine.model.delays import REASONS
from engine.model.ids import new_id
from engine.model.tasks import Standing, TaskStatus
from engine.work import whole_pages
from engine.work.printing import PaperName
from engine.work.view import TaskView
from webapp.forms.render import FormView, draw_form, today_of
from webapp.reading.about import AboutBox, about_box
from webapp.reading.additions import ShownAddition, shown_additions
from webapp.reading.handling import HandlingBox, handling_box
from webapp.reading.panels import Panel, panel_of
from webapp.reading.papers import PaperList, paper_list
from webapp.reading.same_person import same_person_panel
from webapp.reading.submissions import (
    ShownDecision,
    ShownSubmission,
    file_infos,
    shown_decisions,
    shown_submissions,
)
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.limits import ShownLimit, shown_limit
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_installation, current_registry
from webapp.shared.urging import order_links, reminded_words
from webapp.shared.words import (
    Badge,
    clock_time,
    delay_label,
    delay_words,
    due_badge,
    moment,
    why_this_date,
)
from webapp.tasks.buttons import buttons, papers_to_print
from webapp.tasks.guest_note import guest_note
from webapp.tasks.refusing import refusal_of
from webapp.tasks.returned import Returned, keys_to_change, returned

LONG_FORM = 16
"""A form with more fields than that needs the width of the page."""


@dataclass(frozen=True)
class Typed:
    """What was sent and could not be taken over: shown again, with what is wrong."""

    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()
    message: str = ""
    draft_saved: str = ""


@dataclass(frozen=True)
class Colleague:
    """Somebody the step can be passed on to."""

    id: str
    name: str


@dataclass(frozen=True)
class Delay:
    """Why the late step is late: what was said, and what may be said."""

    said: str
    choices: tuple[tuple[str, str], ...]
    """Each as it is kept and as it is shown."""


@dataclass(frozen=True)
class Holding:
    """Who may do the step and who does. ``is_shared``: more than one person may."""

    is_shared: bool
    is_mine: bool
    is_free: bool
    held_by: str
    held_since: str
    names: tuple[str, ...]
    colleagues: tuple[Colleague, ...]


@dataclass(frozen=True)
class TaskPage(Page):
    """Everything of one step: what came before on the left, what is asked on the right."""

    template: ClassVar[str] = "tasks/show.html"

    id: str
    name: str
    case_title: str
    number: str
    unit: str
    process: str
    due: Badge
    received: str
    total_due: str
    tabs: tuple[Link, ...]
    why_here: str
    why_date: str
    limit: ShownLimit | None
    holding: Holding
    way_back: Mapping[str, str]
    back_href: str
    message: str
    refusal: str
    blocked_by: tuple[str, ...]
    delay: Delay | None
    guest_note: str
    profile_note: str
    panel: Panel | None
    draft_note: str
    returned: Returned | None
    form: Markup
    submissions: tuple[ShownSubmission, ...]
    decisions: tuple[ShownDecision, ...]
    papers: PaperList
    is_open: bool
    layout: str
    to_print: tuple[PaperName, ...] = ()
    about: AboutBox | None = None
    additions: tuple[ShownAddition, ...] = ()
    handling: HandlingBox | None = None
    urged: str = ""
    """How often its people were reminded, and by whom last."""
    orders: tuple[Link, ...] = ()
    """The orders that were sent about this late step."""

    @property
    def title(self) -> str:
        """待办 · 县级审核."""
        return f"{self.name} · {self.case_title}"


def task_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    found: whole_pages.TaskPage,
    way_back: Mapping[str, str],
    typed: Typed | None = None,
) -> TaskPage:
    """The page of a step, with what was typed before where it could not be taken over."""
    view = found.view
    now = engine.clock.now()
    line = view.line
    to_print = papers_to_print(view)
    submissions = shown_submissions(view.submissions, view.files, masked=False, only_answers=True)
    return TaskPage(
        shell=shell,
        id=view.task.id,
        name=step_of(view.task.name, view.task.items, view.task.process_key),
        case_title=view.case.title,
        number=view.case.number,
        unit=line.organisation_name,
        process=named(line.process_name, line.process_key),
        due=due_badge(line, now, engine.calendar()),
        received=moment(view.task.created_at),
        total_due="" if view.case.total_due_at is None else moment(view.case.total_due_at)[:10],
        tabs=_tabs(view, way_back),
        why_here=current_installation().places.routing(view.why_here, line.role),
        why_date=why_this_date(line, view.basis),
        limit=None if view.limit is None else shown_limit(view.limit, engine.calendar()),
        holding=_holding(actor, view, now),
        way_back=way_back,
        back_href=address("inbox.show", way_back),
        message="" if typed is None else typed.message,
        refusal=refusal_of(actor, view),
        guest_note=guest_note(engine, actor, view, now),
        profile_note=_profile_note(actor, view),
        panel=panel_of(current_registry(), actor, view) or same_person_panel(engine, actor, view),
        blocked_by=tuple(map(named, view.blocked_by)),
        delay=_delay(view, now),
        draft_note=_draft_note(actor, view, now) if typed is None else "",
        form=_form(actor, view, way_back, typed, (now, to_print)),
        returned=returned(view, submissions),
        submissions=submissions,
        decisions=shown_decisions(view.decisions, view.papers_decision),
        papers=paper_list(
            view.submissions,
            view.files,
            view.papers,
            view.paper_checks,
            "" if refusal_of(actor, view) else view.task.id,
        ),
        is_open=view.task.status is TaskStatus.OPEN,
        layout=_layout(view),
        to_print=to_print,
        about=about_box(engine, found.about),
        additions=shown_additions(engine, actor, view.case.id, view.program),
        handling=handling_box(engine, found.handling, (view.submissions, view.files), view.task.id),
        urged=reminded_words(found.reminded),
        orders=order_links(found.orders),
    )


def _layout(view: TaskView) -> str:
    """Say where reading and form stand.

    ``beside``: reading left, form right; ``below``: a long form first, with the whole width;
    ``alone``: there is nothing to read yet.
    """
    if not (view.submissions or view.decisions):
        return "alone"
    if view.form is None or view.task.status is not TaskStatus.OPEN:
        return "beside"
    asked = [f.key for f in view.form.fields.values() if f.is_asked]
    if len(asked) <= LONG_FORM:
        return "beside"
    shown = view.form.visible(view.data, view.scope, view.context)
    return "below" if sum(key in shown for key in asked) > LONG_FORM else "beside"


def _tabs(view: TaskView, way_back: Mapping[str, str]) -> tuple[Link, ...]:
    case_id = view.case.id
    return (
        Link(_("办理"), address("tasks.show", way_back, task_id=view.task.id), is_current=True),
        Link(_("申请材料"), url_for("cases.show", case_id=case_id)),
        Link(_("流转记录"), url_for("cases.show", case_id=case_id, tab="history")),
        Link(_("流程图"), url_for("cases.show", case_id=case_id, tab="diagram")),
        Link(_("打印"), url_for("cases.show", case_id=case_id, tab="print")),
    )


def _delay(view: TaskView, now: datetime) -> Delay | None:
    due = view.task.due_at
    if view.task.status is not TaskStatus.OPEN or due is None or due >= now:
        return None
    said = view.delay
    told = "" if said is None else f"{delay_words(said)} · {said.by_name} {moment(said.at)[:10]}"
    return Delay(told, tuple((one, delay_label(one)) for one in REASONS))


def _holding(actor: Actor, view: TaskView, now: datetime) -> Holding:
    task = view.task
    return Holding(
        is_shared=len(view.holders) > 1,
        is_mine=task.assignee == actor.person_id,
        is_free=task.assignee is None,
        held_by="" if task.assignee in {None, actor.person_id} else view.holder_name,
        held_since="" if task.claimed_at is None else clock_time(task.claimed_at, now),
        names=tuple(holder.name for holder in view.holders),
        colleagues=tuple(
            Colleague(holder.person_id, holder.name)
            for holder in view.holders
            if holder.person_id != actor.person_id
        ),
    )


def _profile_note(actor: Actor, view: TaskView) -> str:
    """That only her small unit's profile lets her do it."""
    task = view.task
    if view.standing is not Standing.MAY or not task.needs_profile(actor.person_id):
        return ""
    return _(
        "您办过本件须与“%(step)s”分开的环节。%(unit)s实行最小岗位方案,您可以办理;"
        "办理后标注“按最小岗位方案办理”,并列入经审会查看的清单。",
        step=named(task.name, task.process_key),
        unit=view.line.handling_name,
    )


def _draft_note(actor: Actor, view: TaskView, now: datetime) -> str:
    if view.draft_at is None or refusal_of(actor, view):
        return ""
    return _(
        "已打开 %(time)s 保存的草稿(%(name)s)。",
        time=clock_time(view.draft_at, now),
        name=view.draft_by_name,
    )


def _form(
    actor: Actor,
    view: TaskView,
    way_back: Mapping[str, str],
    typed: Typed | None,
    around: tuple[datetime, tuple[PaperName, ...]],
) -> Markup:
    """The form to fill in. Where she cannot do the step, only what she has typed herself.

    ``around`` is the time now, and the papers to print from it.
    """
    if view.form is None or view.task.status is not TaskStatus.OPEN:
        return _typed_only(view, typed or (Typed(view.data) if view.data else None))
    if refusal_of(actor, view):
        return _typed_only(view, typed)
    task_id = view.task.id
    data = view.data if typed is None else view.form.reopened(typed.data, view.scope, view.context)
    saved = "" if view.draft_at is None else clock_time(view.draft_at, around[0])
    shown, doubts = view.form.standing(data, view.scope, view.context)
    return draw_form(
        FormView(
            form=view.form,
            data=data,
            errors=() if typed is None else typed.errors,
            visible=shown,
            action=address("tasks.act_on", way_back, task_id=task_id),
            draft_url=url_for("tasks.save_draft", task_id=task_id),
            upload_url=url_for("reading.stage"),
            refresh_url=url_for("tasks.refresh", task_id=task_id),
            file_url=url_for("reading.no_paper"),
            phone_url=url_for("phone.begin", task=task_id),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            draft_saved=saved if typed is None else typed.draft_saved,
            files=file_infos(view.files),
            to_change=keys_to_change(view),
            today=today_of(view.context),
            kept=view.form.kept_rows(view.scope),
            warnings=doubts,
            translate=_,
        ),
        buttons(around[1]),
    )


def _typed_only(view: TaskView, typed: Typed | None) -> Markup:
    if view.form is None or typed is None:
        return Markup("")
    return draw_form(
        FormView(
            form=view.form,
            data=typed.data,
            readonly=True,
            only_answers=True,
            files=file_infos(view.files),
            translate=_,
        )
    )
