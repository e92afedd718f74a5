"""The pages of several cases at one step, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine
from engine.documents import ComposedBlock
from engine.errors import FieldError
from engine.model.ids import new_id
from engine.work.together import Together
from webapp.forms.render import FormView, draw_form
from webapp.reading.submissions import file_infos
from webapp.shared.addresses import address
from webapp.shared.items import named, with_items
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import moment
from webapp.together.deciding import Decided
from webapp.together.form import asked_once


@dataclass(frozen=True)
class Typed:
    """What was sent and could not be taken over."""

    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()


@dataclass(frozen=True)
class Row:
    """One case, with why it is left out, if it is."""

    task_id: str
    href: str
    title: str
    number: str
    unit: str
    refusal: str
    is_by_profile: bool


@dataclass(frozen=True)
class TogetherPage(Page):
    """The list with one form for all."""

    template: ClassVar[str] = "together/show.html"

    step: str
    rows: tuple[Row, ...]
    listing: tuple[ComposedBlock, ...]
    print_href: str
    form: Markup
    can: int

    @property
    def title(self) -> str:
        """多件一起办 · 环节."""
        return f"{_('多件一起办')} · {self.step}"


@dataclass(frozen=True)
class ResultPage(Page):
    """What came of each case."""

    template: ClassVar[str] = "together/result.html"

    step: str
    done: tuple[Decided, ...]
    refused: tuple[Decided, ...]
    print_href: str

    @property
    def title(self) -> str:
        """多件一起办 · 环节."""
        return f"{_('多件一起办')} · {self.step}"


@dataclass(frozen=True)
class ListPage(Page):
    """The list to print."""

    template: ClassVar[str] = "together/sheet.html"

    title: str
    blocks: tuple[ComposedBlock, ...]
    is_wide: bool
    unit: str
    printed_at: str
    back_href: str


def together_page(
    shell: Shell, engine: Engine, actor: Actor, found: Together, typed: Typed | None = None
) -> TogetherPage:
    """The list, and what is asked once for all."""
    ids = [one.task_id for one in found.waiting]
    may = [one for one in found.waiting if not one.refusal]
    return TogetherPage(
        shell=shell,
        step=named(found.name),
        rows=tuple(
            Row(
                one.task_id,
                url_for("tasks.show", task_id=one.task_id),
                with_items(one.title, one.items),
                one.number,
                one.unit,
                one.refusal,
                one.is_by_profile,
            )
            for one in found.waiting
        ),
        listing=() if found.listing is None else _tables(found.listing.blocks),
        print_href="" if found.listing is None else _address("together.sheet", ids),
        form=_form(engine, actor, found, [one.task_id for one in may], typed),
        can=len(may),
    )


def _tables(blocks: Sequence[ComposedBlock]) -> tuple[ComposedBlock, ...]:
    """On the screen the table alone: the words around it are for the paper."""
    return tuple(block for block in blocks if block.kind == "table")


def _address(endpoint: str, ids: Sequence[str]) -> str:
    return url_for(endpoint, task=list(ids))


def _form(
    engine: Engine, actor: Actor, found: Together, ids: Sequence[str], typed: Typed | None
) -> Markup:
    if found.form is None or not ids:
        return Markup("")
    form = asked_once(found.form)
    data: dict[str, object] = {} if typed is None else dict(typed.data)
    revs = {one.task_id: one.rev for one in found.waiting}
    hidden = Markup("").join(
        Markup(
            '<input type="hidden" name="_task" value="{0}"><input type="hidden" name="_rev"'
            ' value="{1}">'
        ).format(task_id, revs[task_id])
        for task_id in ids
    )
    return draw_form(
        FormView(
            form=form,
            data=data,
            errors=() if typed is None else typed.errors,
            visible=form.visible(data, found.scope, found.context),
            action=address("together.decide_all", {}),
            upload_url=url_for("reading.stage"),
            refresh_url=_address("together.refresh", [ids[0]]),
            file_url=url_for("reading.no_paper"),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            files=file_infos(engine.files.staged(actor, [i for i, _label in form.files(data)])),
            translate=_,
        ),
        hidden
        + _minutes()
        + Markup(
            '<button class="btn btn-primary" type="submit" name="_action" value="submit"'
            " data-submit>{}</button>"
        ).format(_("对这 %(n)s 件一起提交", n=len(ids))),
    )


def _minutes() -> Markup:
    """Where the paper is chosen that goes into every case."""
    return Markup(
        '<span class="file-choice together-minutes" data-file-choice>'
        '<span class="file-label" id="minutes-label">{}</span><input class="bf-file-input"'
        ' id="minutes" name="_minutes" type="file" aria-labelledby="minutes-label">'
        '<label class="btn btn-sm btn-outline-secondary js-only" for="minutes">{}</label>'
        '<span class="quiet" data-chosen>{}</span></span>'
    ).format(_("会议纪要等文件"), _("选择文件"), _("选一次,附到每一件。"))


def result_page(shell: Shell, found: Together, decided: Sequence[Decided]) -> ResultPage:
    """Who is done, and who is not and why."""
    ids = [one.task_id for one in decided if not one.refusal]
    return ResultPage(
        shell=shell,
        step=named(found.name),
        done=tuple(one for one in decided if not one.refusal),
        refused=tuple(one for one in decided if one.refusal),
        print_href=_address("together.sheet", ids) if ids and found.listing is not None else "",
    )


def list_page(shell: Shell, engine: Engine, found: Together, ids: Sequence[str]) -> ListPage:
    """The list on paper."""
    listing = found.listing
    return ListPage(
        shell=shell,
        title=found.name if listing is None else listing.title,
        blocks=() if listing is None else listing.blocks,
        is_wide=listing is not None and listing.landscape,
        unit=shell.unit,
        printed_at=moment(engine.clock.now()),
        back_href=_address("together.show", ids),
    )
