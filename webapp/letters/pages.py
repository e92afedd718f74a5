"""The pages as values: what about, to whom, the letter, and what is told when it was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from engine.errors import FieldError
from engine.model.cases import StoredFile
from engine.model.clock import local_date
from engine.model.ids import new_id
from engine.model.organisations import Organisation
from engine.model.receipt_codes import grouped
from engine.work.public_intake import Desk, Matter, Sent
from webapp.forms.render import FormView, draw_form, today_of
from webapp.reading.submissions import file_infos
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import day


@dataclass(frozen=True)
class ShownMatter:
    """Something that may be begun."""

    name: str
    about: str
    href: str


@dataclass(frozen=True)
class MattersPage(Page):
    """What about."""

    template: ClassVar[str] = "letters/matters.html"

    matters: tuple[ShownMatter, ...]

    @property
    def title(self) -> str:
        """写信给工会."""
        return _("写信给工会")


@dataclass(frozen=True)
class UnionsPage(Page):
    """To which union."""

    template: ClassVar[str] = "letters/unions.html"

    name: str
    about: str
    unions: tuple[Link, ...]

    @property
    def title(self) -> str:
        """What about."""
        return self.name


@dataclass(frozen=True)
class Typed:
    """What was sent and could not be taken over: shown again, with what is wrong."""

    data: Mapping[str, object]
    errors: Sequence[FieldError] = ()
    message: str = ""


@dataclass(frozen=True)
class LetterPage(Page):
    """The letter."""

    template: ClassVar[str] = "letters/write.html"

    name: str
    unit: str
    phone: str
    back_href: str
    message: str
    form: Markup

    @property
    def title(self) -> str:
        """What about."""
        return self.name


@dataclass(frozen=True)
class SentPage(Page):
    """That it was received: the only time its code is shown."""

    template: ClassVar[str] = "letters/sent.html"

    name: str
    number: str
    received: str
    unit: str
    phone: str
    code: str
    asks_proof: bool
    next_words: str
    look_href: str

    @property
    def title(self) -> str:
        """已收到."""
        return _("已收到您的来信")


def matters_page(shell: Shell, matters: Sequence[Matter]) -> MattersPage:
    """The page of what may be begun."""
    return MattersPage(
        shell,
        tuple(
            ShownMatter(
                named(one.name, one.key),
                named(one.about, one.key),
                url_for("letters.unions", key=one.key),
            )
            for one in matters
        ),
    )


def unions_page(shell: Shell, matter: Matter, unions: Sequence[Organisation]) -> UnionsPage:
    """The page of the unions that take it."""
    return UnionsPage(
        shell,
        named(matter.name, matter.key),
        named(matter.about, matter.key),
        tuple(
            Link(one.name, url_for("letters.write", key=matter.key, organisation_id=one.id))
            for one in unions
        ),
    )


def letter_page(
    shell: Shell, desk: Desk, typed: Typed | None, files: Mapping[str, StoredFile]
) -> LetterPage:
    """The page of a letter; with what was typed before where it could not be taken over."""
    form, context = desk.form, desk.context
    data = form.initial({}, context) if typed is None else form.reopened(typed.data, {}, context)
    key, unit_id = desk.matter.key, desk.unit.id
    drawn = draw_form(
        FormView(
            form=form,
            data=data,
            errors=() if typed is None else tuple(typed.errors),
            visible=form.visible(data, {}, context),
            action=url_for("letters.send", key=key, organisation_id=unit_id),
            upload_url=url_for("letters.stage"),
            refresh_url=url_for("letters.refresh", key=key, organisation_id=unit_id),
            csrf_token=generate_csrf(),
            nonce=new_id(),
            files=file_infos(files),
            today=today_of(context),
            translate=_on_a_phone,
        ),
        _buttons(),
    )
    return LetterPage(
        shell=shell,
        name=named(desk.matter.name, desk.matter.key),
        unit=desk.unit.name,
        phone=desk.unit.phone or shell.help_phone,
        back_href=url_for("letters.unions", key=key),
        message="" if typed is None else typed.message,
        form=drawn,
    )


def _on_a_phone(text: str) -> str:
    """The form's own words, but for the button that a telephone answers with its camera."""
    return _("拍照或选文件") if text == "选择文件" else _(text)


def _buttons() -> Markup:
    """The button, and a field that no person sees: what fills it in is a program."""
    return Markup(
        '<div class="visually-hidden" aria-hidden="true"><label for="leave_empty">{}</label>'
        '<input id="leave_empty" name="leave_empty" tabindex="-1" autocomplete="off" value="">'
        "</div>"
        '<button class="btn btn-primary" type="submit" name="_action" value="submit" data-submit>'
        "{}</button>"
    ).format(_("请勿填写"), _("发送"))


def sent_page(shell: Shell, name: str, sent: Sent) -> SentPage:
    """The page of a letter that was received."""
    code = grouped(sent.code)
    return SentPage(
        shell=shell,
        name=named(name),
        number=sent.number,
        received=day(local_date(sent.sent_at)),
        unit="" if sent.unit is None else sent.unit.name,
        phone=("" if sent.unit is None else sent.unit.phone) or shell.help_phone,
        code=code,
        asks_proof=sent.asks_proof,
        next_words=sent.next_words,
        # Behind "#": the browser keeps it to itself, no server and no log ever sees it.
        look_href=f"{url_for('receipts.enter')}#{code}",
    )
