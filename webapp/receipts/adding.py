"""The page on which an applicant adds words and papers of her own accord."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import ClassVar

import orjson
from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine import Actor, Engine
from engine.errors import Busy, FieldError, Invalid, TaskNotOpen, TooManyTries
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, compile_form
from engine.model.cases import StoredFile
from engine.model.ids import new_id
from engine.model.once import Once, Replayed
from engine.work.guest_additions import LONGEST_WORDS
from webapp.forms.render import FormView, draw_form
from webapp.reading.submissions import file_infos
from webapp.shared.form_posts import Posted
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page

_SHORTEST_NONCE = 8
_FORM = {
    "type": "default",
    "id": "addition",
    "components": [
        {
            "type": "textarea",
            "id": "words",
            "key": "words",
            "label": "要说的话",
            "validate": {"maxLength": LONGEST_WORDS},
        },
        {
            "type": "filepicker",
            "id": "papers",
            "key": "papers",
            "label": "照片、材料",
            "properties": {
                "accept": ".jpg,.jpeg,.png,.heic,.pdf",
                "maxSizeMb": "20",
                "multiple": "true",
            },
        },
    ],
}


@cache
def addition_form() -> CompiledForm:
    """Words and papers, as any form asks for them."""
    return compile_form(orjson.dumps(_FORM), "addition.form")


@dataclass(frozen=True)
class AddPage(Page):
    """补充内容、材料."""

    template: ClassVar[str] = "receipts/add.html"

    number: str
    message: str
    form: Markup

    @property
    def title(self) -> str:
        """补充内容、材料."""
        return _("补充内容、材料")


@dataclass(frozen=True)
class Added:
    """Either it is done, or the form again with what was typed."""

    is_done: bool = False
    data: Mapping[str, object] | None = None
    errors: Sequence[FieldError] = ()
    message: str = ""
    status: int = 200


def add_page(
    shell: Shell, number: str, added: Added, files: Mapping[str, StoredFile], now: datetime
) -> AddPage:
    """The page, with what was typed before."""
    form, context = addition_form(), EvaluationContext(now=now)
    data = added.data or {}
    drawn = draw_form(
        FormView(
            form=form,
            data=form.reopened(data, {}, context),
            errors=tuple(added.errors),
            action=url_for("receipts.add"),
            upload_url=url_for("receipts.stage"),
            file_url=url_for("receipts.no_paper"),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            files=file_infos(files),
            translate=_on_a_phone,
        ),
        Markup(
            '<button class="btn btn-primary" type="submit" name="_action" value="submit" '
            "data-submit>{}</button>"
        ).format(_("提交")),
    )
    return AddPage(shell, number, added.message, drawn)


def _on_a_phone(text: str) -> str:
    """The form's own words, but for the button that a telephone answers with its camera."""
    return _("拍照或选文件") if text == "选择文件" else _(text)


def add(engine: Engine, guest: Actor, posted: Posted) -> Added:
    """Do what the pressed button says; nothing she typed is lost."""
    form, context = addition_form(), EvaluationContext(now=engine.clock.now())
    if posted.is_row_button or posted.action != "submit":
        return Added(data=posted.data)
    if posted.file_errors:
        return Added(data=posted.data, errors=posted.file_errors, status=422)
    validation = form.validate(posted.data, {}, context)
    if validation.errors:
        return Added(data=posted.data, errors=validation.errors, status=422)
    words = str(validation.data.get("words") or "")
    ids = [file_id for file_id, _label in form.files(validation.data)]
    try:
        engine.guests.add(guest, words, ids, _once(posted.nonce, guest))
    except Replayed:
        pass  # the same page was sent twice: the first time did it
    except Invalid as refused:
        return Added(data=posted.data, message=refused.message, status=422)
    except (TaskNotOpen, Busy) as refused:
        return Added(data=posted.data, message=refused.message, status=409)
    except TooManyTries as refused:
        return Added(data=posted.data, message=refused.message, status=429)
    return Added(is_done=True)


def _once(nonce: str, guest: Actor) -> Once[None] | None:
    if len(nonce) < _SHORTEST_NONCE:
        return None
    return Once(nonce, "guest-adds", guest.guest_case_id, lambda _done: b"added")
