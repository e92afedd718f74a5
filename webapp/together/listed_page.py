"""Steps of lists as values: which lists there are, one step's list with what is found first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine
from engine.errors import FieldError
from engine.model.errands import Errand, ErrandStatus
from engine.model.fan_out import ListedStep, StepsOfList
from engine.model.ids import new_id
from engine.work.together import Together
from webapp.forms.render import FormView, draw_form
from webapp.reading.submissions import file_infos
from webapp.shared.addresses import address
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import day
from webapp.together.form import asked_once
from webapp.together.listed import Place


@dataclass(frozen=True)
class ListRow:
    """A step of a list."""

    href: str
    title: str
    step: str
    count: int
    overdue: int


@dataclass(frozen=True)
class ListsPage(Page):
    """Her steps of a process, by list."""

    template: ClassVar[str] = "together/lists.html"

    process: str
    rows: tuple[ListRow, ...]

    @property
    def title(self) -> str:
        """成批办理 · 流程."""
        return _("成批办理") + f" · {self.process}"


@dataclass(frozen=True)
class StepRow:
    """A case of the list. ``finding`` says what stands against deciding it like the others."""

    task_id: str
    rev: int
    href: str
    title: str
    key: str
    number: str
    unit: str
    due: str
    is_late: bool
    finding: str
    is_ticked: bool


@dataclass(frozen=True)
class Going:
    """What was asked for last: how far it is, or what came of it."""

    is_open: bool
    words: str
    percent: int
    is_failed: bool
    fetch: str


@dataclass(frozen=True)
class ListedPage(Page):
    """One step's list, and what is asked once for all."""

    template: ClassVar[str] = "together/listed.html"

    step: str
    name: str
    back: str
    address: str
    campaign: str
    rows: tuple[StepRow, ...]
    found: int
    is_cut: bool
    form: Markup
    going: Going | None
    message: str

    @property
    def title(self) -> str:
        """环节 · 名单."""
        return f"{self.step} · {self.name}"


@dataclass(frozen=True)
class Typed:
    """What was sent and could not be taken over."""

    data: Mapping[str, object]
    ticked: frozenset[str] = frozenset()
    which: str = ""
    errors: Sequence[FieldError] = ()
    message: str = ""


def lists_page(
    shell: Shell, process: str, found: Sequence[StepsOfList], hrefs: Sequence[str]
) -> ListsPage:
    """The lists; ``hrefs`` lead to each."""
    return ListsPage(
        shell=shell,
        process=named(process),
        rows=tuple(
            ListRow(href, one.title or one.key, named(one.name), one.count, one.overdue)
            for one, href in zip(found, hrefs, strict=True)
        ),
    )


def going_of(errand: Errand | None, fetch: str, come_back: int) -> Going | None:
    """What the page says of the errand that was asked for last; so many came back to the list."""
    if errand is None:
        return None
    if errand.is_open:
        words = _("正在办理:%(done)s / %(total)s 户", done=errand.done, total=errand.total)
        return Going(is_open=True, words=words, percent=errand.percent, is_failed=False, fetch="")
    if errand.status is ErrandStatus.FAILED:
        return Going(is_open=False, words=errand.told, percent=0, is_failed=True, fetch="")
    if fetch:
        words = _("上一次提交的 %(n)s 户中有没有办成的,仍在名单中。", n=errand.total)
    elif come_back:
        words = _(
            "上一次提交的 %(n)s 户已提交,每户各自留痕;其中 %(back)s 户系统核对有问题,已退回名单。",
            n=errand.total,
            back=come_back,
        )
    else:
        words = _("上一次提交的 %(n)s 户都已办成,每户各自留痕。", n=errand.total)
    return Going(is_open=False, words=words, percent=100, is_failed=False, fetch=fetch)


def listed_page(  # noqa: PLR0913 - what the page is drawn from
    shell: Shell,
    engine: Engine,
    actor: Actor,
    place: Place,
    steps: Sequence[ListedStep],
    findings: Mapping[str, str],
    found: Together | None,
    *,
    words: tuple[str, str],
    campaign: str,
    going: Going | None,
    today: date,
    most: int,
    typed: Typed | None = None,
) -> ListedPage:
    """The list, exceptions first."""
    said = typed or Typed({})
    rows = [
        StepRow(
            task_id=one.task_id,
            rev=one.rev,
            href=url_for("tasks.show", task_id=one.task_id),
            title=one.title,
            key=one.business_key,
            number=one.number,
            unit=one.unit,
            due=day(one.due_date),
            is_late=one.due_date is not None and one.due_date < today,
            finding=findings.get(one.business_key, ""),
            is_ticked=one.task_id in said.ticked,
        )
        for one in steps
    ]
    rows.sort(key=lambda row: (not row.finding, row.key))
    count = sum(1 for row in rows if row.finding)
    step, name = words
    return ListedPage(
        shell=shell,
        step=named(step),
        name=name,
        back=url_for("inbox.show"),
        address=url_for("together.listed", **vars(place)),
        campaign=campaign,
        rows=tuple(rows),
        found=count,
        is_cut=len(steps) >= most,
        form=_form(engine, actor, place, found, said, (len(rows) - count, count)),
        going=going,
        message=said.message,
    )


def _form(
    engine: Engine,
    actor: Actor,
    place: Place,
    found: Together | None,
    typed: Typed,
    counts: tuple[int, int],
) -> Markup:
    if found is None or found.form is None:
        return Markup("")
    form = asked_once(found.form)
    data = dict(typed.data)
    clear, _excepted = counts
    chosen = typed.which or ("clear" if clear else "ticked")
    choices = (
        ("clear", _("系统核对没有问题的 %(n)s 户", n=clear), clear > 0),
        ("ticked", _("上面勾选的"), True),
    )
    whom = Markup("").join(
        Markup(
            '<label class="listed-whom"><input class="form-check-input" type="radio" name="_which"'
            ' value="{0}"{1}> {2}</label>'
        ).format(value, Markup(" checked") if value == chosen else "", label)
        for value, label, is_there in choices
        if is_there
    )
    return draw_form(
        FormView(
            form=form,
            data=data,
            errors=typed.errors,
            visible=form.visible(data, found.scope, found.context),
            action=address("together.decide_listed", {}, **vars(place)),
            upload_url=url_for("reading.stage"),
            refresh_url=url_for("together.refresh", task=[found.waiting[0].task_id]),
            file_url=url_for("reading.no_paper"),
            html_id="listed",
            csrf_token=generate_csrf(),
            nonce=new_id(),
            files=file_infos(engine.files.staged(actor, [i for i, _label in form.files(data)])),
            translate=_,
        ),
        Markup('<fieldset class="listed-which"><legend>{}</legend>').format(_("对哪些户"))
        + whom
        + Markup("</fieldset>")
        + Markup(
            '<button class="btn btn-primary" type="submit" name="_action" value="submit"'
            " data-submit>{}</button>"
        ).format(_("提交,逐户办理")),
    )
