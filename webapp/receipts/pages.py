"""The other pages of a receipt as values: typing its code, one step, the printed slip."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine.errors import FieldError
from engine.model.clock import local_date
from engine.model.ids import new_id
from engine.model.receipt_codes import grouped
from engine.model.tasks import TaskStatus
from engine.work.guests import GuestStep
from engine.work.receipts import Slip
from webapp.forms.render import FormView, draw_form
from webapp.reading.submissions import file_infos
from webapp.receipts.acting import Typed
from webapp.receipts.status_page import day_words
from webapp.shared.items import step_of
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.qr_codes import qr_code
from webapp.shared.words import clock_time, day


@dataclass(frozen=True)
class EnterPage(Page):
    """Typing the code. ``kept`` are the hidden inputs of a form that waits to be taken up."""

    template: ClassVar[str] = "receipts/enter.html"

    message: str
    code: str
    kept: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """查办件."""
        return _("查办件")


@dataclass(frozen=True)
class StepPage(Page):
    """One of the applicant's own steps with its form."""

    template: ClassVar[str] = "receipts/step.html"

    name: str
    number: str
    words: str
    reason: str
    due: str
    message: str
    draft_note: str
    form: Markup
    is_open: bool

    @property
    def title(self) -> str:
        """The step's name."""
        return self.name


@dataclass(frozen=True)
class SlipPage(Page):
    """The printed receipt: the only time its code is shown. Its paper is Chinese (0056)."""

    template: ClassVar[str] = "receipts/slip.html"

    number: str
    process: str
    issued: str
    issued_by: str
    unit: str
    phone: str
    code: str
    address: str
    qr: Markup
    asks_proof: bool
    next_words: str
    case_href: str

    @property
    def title(self) -> str:
        """回执."""
        return _("办件回执")


def step_page(shell: Shell, view: GuestStep, now: datetime, typed: Typed | None) -> StepPage:
    """The page of a step; with what was typed before where it could not be taken over."""
    draft = "" if view.draft_at is None else clock_time(view.draft_at, now)
    return StepPage(
        shell=shell,
        name=step_of(view.task.name, view.task.items, view.task.process_key),
        number=view.number,
        words="" if view.status is None else view.status.words,
        reason="" if view.status is None else view.status.reason,
        due="" if view.task.due_date is None else day_words(view.task.due_date, now),
        message="" if typed is None else typed.message,
        draft_note=_("已打开 %(time)s 保存的内容。", time=draft) if draft and not typed else "",
        form=_form(view, typed, draft),
        is_open=view.task.status is TaskStatus.OPEN,
    )


def _form(view: GuestStep, typed: Typed | None, saved: str) -> Markup:
    if view.form is None:
        return Markup("")
    if view.task.status is not TaskStatus.OPEN:
        return _typed_only(view, typed)
    data = view.data if typed is None else view.form.reopened(typed.data, view.scope, view.context)
    task_id = view.task.id
    errors: tuple[FieldError, ...] = () if typed is None else tuple(typed.errors)
    return draw_form(
        FormView(
            form=view.form,
            data=data,
            errors=errors,
            visible=view.form.visible(data, view.scope, view.context),
            action=url_for("receipts.act_on", task_id=task_id),
            draft_url=url_for("receipts.save_draft", task_id=task_id),
            upload_url=url_for("receipts.stage"),
            refresh_url=url_for("receipts.refresh", task_id=task_id),
            file_url=url_for("receipts.no_paper"),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            draft_saved=saved if typed is None else typed.draft_saved,
            files=file_infos(view.files),
            translate=_on_a_phone,
        ),
        _buttons(),
    )


def _on_a_phone(text: str) -> str:
    """The form's own words, but for the button that a telephone answers with its camera."""
    return _("拍照或选文件") if text == "选择文件" else _(text)


def _buttons() -> Markup:
    return Markup(
        '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
        "{}</button>"
        '<button class="btn btn-outline-secondary" type="submit" name="_action" value="draft">'
        "{}</button>"
    ).format(_("提交"), _("先保存,以后再填"))


def _typed_only(view: GuestStep, typed: Typed | None) -> Markup:
    """What she typed and can no longer hand in: to be read and copied."""
    if view.form is None or typed is None:
        return Markup("")
    return draw_form(
        FormView(
            form=view.form,
            data=typed.data,
            readonly=True,
            files=file_infos(view.files),
            translate=_,
        )
    )


def slip_page(shell: Shell, slip: Slip, by: str, site: str) -> SlipPage:
    """The slip of a receipt, given out ``by`` somebody; ``site`` is the address of this site."""
    address = site.rstrip("/") + url_for("receipts.show")
    code = grouped(slip.code)
    return SlipPage(
        shell=shell,
        number=slip.case.number,
        process=slip.program.info.name,
        issued=day(local_date(slip.issued_at)),
        issued_by=by,
        unit="" if slip.unit is None else slip.unit.name,
        phone=("" if slip.unit is None else slip.unit.phone) or shell.help_phone,
        code=code,
        address=address,
        # Behind "#": the browser keeps it to itself, no server and no log ever sees it.
        qr=qr_code(f"{site.rstrip('/')}{url_for('receipts.enter')}#{code}", "查办件的二维码"),
        asks_proof=slip.asks_proof,
        next_words=slip.next_words,
        case_href=url_for("cases.show", case_id=slip.case.id),
    )
