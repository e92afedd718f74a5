"""Starting a case: which process, for which unit, with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from engine.work.start import Started
from webapp.forms.render import FormView, draw_form, today_of
from webapp.shared.addresses import address
from webapp.shared.form_posts import Posted, with_other_errors
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page

_SHORTEST_NONCE = 8
_BUTTON = Markup(
    '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
    "{}</button>"
)


@dataclass(frozen=True)
class Startable:
    """A process she may start. ``where``: her unit, or how many there are to choose from."""

    name: str
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

    @property
    def title(self) -> str:
        """新建申请 · 流程."""
        return f"{_('新建申请')} · {self.process}"


@dataclass(frozen=True)
class Begun:
    """Either it is begun, with the page to go to, or the form again."""

    case_id: str = ""
    task_id: str = ""
    data: Mapping[str, object] | None = None
    errors: Sequence[FieldError] = ()
    message: str = ""


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
    return ChooseProcessPage(
        shell,
        tuple(
            Startable(
                row.name,
                units[0].name if len(units) == 1 else _("%(n)s 个单位", n=len(units)),
                url_for("cases.choose_unit", key=row.key),
            )
            for row, units in engine.definitions.startable(actor)
        ),
    )


def choose_unit(
    shell: Shell,
    row: DefinitionRow,
    units: Sequence[Organisation],
    searched: str,
    names: Mapping[str, Organisation],
) -> ChooseUnitPage:
    """The units whose name holds the text."""
    matching = sorted((u for u in units if searched in u.name), key=lambda unit: unit.code)
    return ChooseUnitPage(
        shell,
        row.name,
        tuple(
            Unit(
                unit.name,
                _name(names, unit.approval_parent),
                url_for("cases.start", key=row.key, organisation_id=unit.id),
            )
            for unit in matching
        ),
        searched,
        len(units),
    )


def _name(names: Mapping[str, Organisation], unit_id: str | None) -> str:
    return names[unit_id].name if unit_id is not None and unit_id in names else ""


def start_page(
    shell: Shell, engine: Engine, row: DefinitionRow, unit: Organisation, begun: Begun
) -> StartPage:
    """The form of the start event, with what was typed before."""
    form = engine.definitions.get(row.id)[1].start_form()
    action = url_for("cases.begin", key=row.key, organisation_id=unit.id)
    nonce = new_id()
    drawn = Markup("") if form is None else _draw(engine, row, unit, form, begun, nonce)
    return StartPage(shell, row.name, unit.name, begun.message, drawn, form is None, action, nonce)


def _draw(
    engine: Engine,
    row: DefinitionRow,
    unit: Organisation,
    form: CompiledForm,
    begun: Begun,
    nonce: str,
) -> Markup:
    context = engine.cases.surroundings(unit.id)
    data = (
        form.initial({}, context) if begun.data is None else form.reopened(begun.data, {}, context)
    )
    place = {"key": row.key, "organisation_id": unit.id}
    return draw_form(
        FormView(
            form=form,
            data=data,
            errors=begun.errors,
            visible=form.visible(data, {}, context),
            action=address("cases.begin", place),
            upload_url=url_for("reading.stage"),
            refresh_url=address("cases.refresh_start", place),
            file_url=url_for("reading.no_paper"),
            phone_url=url_for("phone.begin", start=row.key),
            csrf_token=generate_csrf(),
            nonce=nonce,
            today=today_of(context),
            warnings=form.doubts(data, {}, context),
            translate=_,
        ),
        _BUTTON.format(_("提交")),
    )


def begin(
    engine: Engine, actor: Actor, row: DefinitionRow, unit: Organisation, posted: Posted
) -> Begun:
    """Start the case, once for each page; on a refusal everything typed stays."""
    if posted.is_row_button or posted.action != "submit":
        return Begun(data=posted.data, errors=posted.paste_faults)
    if posted.file_errors:
        form = engine.definitions.get(row.id)[1].start_form()
        errors = with_other_errors(form, posted, {}, engine.cases.surroundings(unit.id))
        return Begun(data=posted.data, errors=errors)
    request = Request(row.key, unit.id, posted.data)
    try:
        made = engine.cases.start(actor, request, _once(posted.nonce, row.key))
    except Replayed as again:
        case_id, _separator, task_id = again.answer.decode().partition(" ")
        return Begun(case_id, task_id)
    except Invalid as refused:
        message = "" if refused.errors else refused.message
        return Begun(data=posted.data, errors=refused.errors, message=message)
    except Refused as refused:
        return Begun(data=posted.data, message=refused.message)
    return Begun(made.case_id, _first(made))


def _first(made: Started) -> str:
    return made.open_task_ids[0] if made.open_task_ids else ""


def _once(nonce: str, key: str) -> Once[Started] | None:
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "start-in-page", key, lambda made: f"{made.case_id} {_first(made)}".encode())
