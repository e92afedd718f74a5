"""Starting a case: which process, for which unit, with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine, Request
from engine.errors import FieldError, Invalid, NotPermitted, Refused
from engine.forms import CompiledForm
from engine.model.ids import new_id
from engine.model.once import Once, Replayed
from engine.model.organisations import Organisation
from engine.store.definitions import DefinitionRow
from engine.work.receipts import offers_receipt
from engine.work.start import Started
from webapp.forms.render import FormView, draw_form, today_of
from webapp.reading.about import AboutBox, about_rows
from webapp.reading.submissions import file_infos
from webapp.shared.addresses import address
from webapp.shared.english import said_by
from webapp.shared.form_posts import Posted, with_other_errors
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import clock_time

_SHORTEST_NONCE = 8
_FEW = 6
"""A start form that asks no more only opens what is to be filled in."""
_SUBMIT = Markup(
    '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
    "{}</button>"
)
WITH_RECEIPT = "receipt"
"""The button that begins the case and gives its receipt out at once."""

_AND_RECEIPT = Markup(
    '<button class="btn btn-outline-primary" type="submit" name="_action" value="receipt">{}'
    "</button>"
)
_KEEP = Markup(
    '<button class="btn btn-outline-secondary" type="submit" name="_action" value="draft">'
    "{}</button>"
)


@dataclass(frozen=True)
class Startable:
    """A process she may start. ``where``: her unit, or how many there are to choose from.

    ``about`` is what its file says of it.
    """

    name: str
    about: str
    where: str
    href: str


@dataclass(frozen=True)
class ChooseProcessPage(Page):
    """Which process."""

    template: ClassVar[str] = "cases/choose_process.html"

    processes: tuple[Startable, ...]

    @property
    def title(self) -> str:
        """新建申请."""
        return _("新建申请")


@dataclass(frozen=True)
class Unit:
    """A unit a case can be started for."""

    name: str
    above: str
    href: str
    is_own: bool = False


@dataclass(frozen=True)
class ChooseUnitPage(Page):
    """For which unit."""

    template: ClassVar[str] = "cases/choose_unit.html"

    process: str
    units: tuple[Unit, ...]
    searched: str
    total: int

    @property
    def title(self) -> str:
        """新建申请 · 流程."""
        return f"{_('新建申请')} · {self.process}"


@dataclass(frozen=True)
class StartPage(Page):
    """The form a case begins with."""

    template: ClassVar[str] = "cases/start.html"

    process: str
    unit: str
    message: str
    form: Markup
    is_formless: bool
    action: str
    nonce: str
    about: AboutBox | None = None
    """The late steps it is about, for a process that begins from them."""
    draft_note: str = ""
    discard_href: str = ""
    explained: str = ""
    """What is begun, where there is no form that says so."""

    @property
    def title(self) -> str:
        """新建申请 · 流程, or 生成督办单."""
        if self.about is not None:
            return _("生成%(name)s", name=self.process)
        return f"{_('新建申请')} · {self.process}"


@dataclass(frozen=True)
class Place:
    """What is started where: the process, the unit, and the late steps it is about."""

    row: DefinitionRow
    unit: Organisation
    about: tuple[str, ...] = ()

    @property
    def names(self) -> Mapping[str, str]:
        """The same as parts of an address."""
        about = {"about": ",".join(self.about)} if self.about else {}
        return {"key": self.row.key, "organisation_id": self.unit.id, **about}

    @property
    def keeps_draft(self) -> bool:
        """Whether what is typed is kept: one about chosen steps is written in one go."""
        return not self.about

    def request(self, data: Mapping[str, object]) -> Request:
        """What is asked of the engine."""
        return Request(self.row.key, self.unit.id, data, about=self.about)


@dataclass(frozen=True)
class Begun:
    """Either it is begun, with the page to go to, or the form again."""

    case_id: str = ""
    task_id: str = ""
    data: Mapping[str, object] | None = None
    errors: Sequence[FieldError] = ()
    message: str = ""
    is_kept: bool = False
    """The draft was kept: the page is asked for again."""


def startable(
    engine: Engine, actor: Actor, key: str
) -> tuple[DefinitionRow, Sequence[Organisation]]:
    """The process and the units she may start it for; NotPermitted otherwise."""
    for row, units in engine.definitions.startable(actor):
        if row.key == key:
            return row, units
    raise NotPermitted("您不能发起这个流程。如需办理,请联系县总工会管理员。")


def choose_process(shell: Shell, engine: Engine, actor: Actor) -> ChooseProcessPage:
    """What she may start."""
    infos = engine.tasks.newest().infos
    return ChooseProcessPage(
        shell,
        tuple(
            Startable(
                named(row.name, row.key),
                named(infos[row.id].documentation, row.key),
                units[0].name if len(units) == 1 else _("%(n)s 个单位", n=len(units)),
                url_for("cases.choose_unit", key=row.key),
            )
            for row, units in engine.definitions.startable(actor, from_nothing=True)
        ),
    )


def choose_unit(
    shell: Shell,
    row: DefinitionRow,
    units: Sequence[Organisation],
    asked: tuple[str, str],
    names: Mapping[str, Organisation],
) -> ChooseUnitPage:
    """The units whose name holds the first of ``asked``; the second is her own, which leads."""
    searched, own = asked
    matching = sorted(
        (u for u in units if searched in u.name), key=lambda unit: (unit.id != own, unit.code)
    )
    return ChooseUnitPage(
        shell,
        named(row.name, row.key),
        tuple(
            Unit(
                unit.name,
                _name(names, unit.approval_parent),
                url_for("cases.start", key=row.key, organisation_id=unit.id),
                unit.id == own,
            )
            for unit in matching
        ),
        searched,
        len(units),
    )


def _name(names: Mapping[str, Organisation], unit_id: str | None) -> str:
    return names[unit_id].name if unit_id is not None and unit_id in names else ""


def start_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    place: Place,
    begun: Begun,
) -> StartPage:
    """The form of the start event, with what was typed before or her draft of it."""
    row, unit = place.row, place.unit
    program = engine.definitions.get(row.id)[1]
    form = program.start_form()
    action = address("cases.begin", place.names)
    nonce = new_id()
    box = None
    if place.about:
        lines = engine.supervision.chosen(actor, place.about)
        box = AboutBox(about_rows(engine, lines), len(place.about) - len(lines))
    draft = engine.cases.start_draft(actor, row.key, unit.id) if place.keeps_draft else None
    if begun.data is None and draft is not None:
        begun = replace(begun, data=draft.data)
    saved = "" if draft is None else clock_time(draft.saved_at, engine.clock.now())
    drawn = Markup("") if form is None else _draw(engine, actor, place, form, begun, (nonce, saved))
    return StartPage(
        shell,
        said_by(program, row.name),
        unit.name,
        begun.message,
        drawn,
        form is None,
        action,
        nonce,
        box,
        draft_note=_("已打开 %(time)s 保存的草稿。", time=saved) if saved else "",
        discard_href=address("cases.discard_start_draft", place.names) if saved else "",
        explained=said_by(program, program.info.documentation) if form is None else "",
    )


def _draw(
    engine: Engine,
    actor: Actor,
    place: Place,
    form: CompiledForm,
    begun: Begun,
    page: tuple[str, str],
) -> Markup:
    """``page`` is what makes it recognisable, and when its draft was kept."""
    nonce, saved = page
    context = engine.cases.surroundings(place.unit.id)
    known = engine.cases.given(actor, place.request({}))
    data = (
        form.initial(known, context)
        if begun.data is None
        else form.reopened(begun.data, known, context)
    )
    return draw_form(
        FormView(
            form=form,
            data=data,
            errors=begun.errors,
            visible=form.visible(data, known, context),
            action=address("cases.begin", place.names),
            draft_url=address("cases.save_start_draft", place.names) if place.keeps_draft else "",
            draft_saved=saved,
            upload_url=url_for("reading.stage"),
            refresh_url=address("cases.refresh_start", place.names),
            file_url=url_for("reading.no_paper"),
            phone_url=url_for("phone.begin", start=place.row.key),
            phone_needs_script=True,
            find_url=url_for("cases.earlier"),
            files=file_infos(engine.files.staged(actor, [i for i, _label in form.files(data)])),
            csrf_token=generate_csrf(),
            nonce=nonce,
            today=today_of(context),
            warnings=form.doubts(data, known, context),
            translate=_,
        ),
        _SUBMIT.format(_submit_words(engine, place))
        + (_AND_RECEIPT.format(_("提交并开回执")) if gives_receipt(engine, place) else "")
        + (_KEEP.format(_("保存草稿")) if place.keeps_draft else ""),
    )


def gives_receipt(engine: Engine, place: Place) -> bool:
    """Whether a case of it has receipts, to be given out where it is begun."""
    return offers_receipt(engine.definitions.get(place.row.id)[1])


def _submit_words(engine: Engine, place: Place) -> str:
    """What the button says: whether the form to be filled in is this one, or follows."""
    program = engine.definitions.get(place.row.id)[1]
    step = program.first_step()
    lane = None if step is None else step.lane
    goes_on = lane is not None and lane.role == program.info.start_role
    form = program.start_form()
    if form is not None and sum(one.is_asked for one in form.fields.values()) > _FEW:
        return _("提交")  # what there is to be filled in has been filled in here
    return _("开始填写") if goes_on else _("提交")


def begin(engine: Engine, actor: Actor, place: Place, posted: Posted) -> Begun:
    """Start the case, once for each page; on a refusal everything typed stays."""
    is_sent = posted.action in {"submit", WITH_RECEIPT}
    if posted.is_row_button or (not is_sent and not place.keeps_draft):
        return Begun(data=posted.data, errors=posted.paste_faults)
    if not is_sent:
        return _keep(engine, actor, place, posted)
    request = place.request(posted.data)
    if posted.file_errors:
        form = engine.definitions.get(place.row.id)[1].start_form()
        known = engine.cases.given(actor, request)
        errors = with_other_errors(form, posted, known, engine.cases.surroundings(place.unit.id))
        return Begun(data=posted.data, errors=errors)
    try:
        made = engine.cases.start(actor, request, _once(posted.nonce, place.row.key))
    except Replayed as again:
        case_id, _separator, task_id = again.answer.decode().partition(" ")
        return Begun(case_id, task_id)
    except Invalid as refused:
        message = "" if refused.errors else refused.message
        return Begun(data=posted.data, errors=refused.errors, message=message)
    except Refused as refused:
        return Begun(data=posted.data, message=refused.message)
    if place.keeps_draft:
        engine.cases.drop_start_draft(actor, place.row.key, place.unit.id)
    return Begun(made.case_id, _first(made))


def _keep(engine: Engine, actor: Actor, place: Place, posted: Posted) -> Begun:
    """Keep what was typed as a draft; where that is refused it stays on the page."""
    try:
        engine.cases.save_start_draft(actor, place.row.key, place.unit.id, posted.data)
    except Refused as refused:
        return Begun(data=posted.data, message=refused.message)
    if posted.file_errors:
        return Begun(data=posted.data, errors=posted.file_errors)
    return Begun(is_kept=True)


def _first(made: Started) -> str:
    return made.open_task_ids[0] if made.open_task_ids else ""


def _once(nonce: str, key: str) -> Once[Started] | None:
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "start-in-page", key, lambda made: f"{made.case_id} {_first(made)}".encode())
