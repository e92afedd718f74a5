"""A person's own messages, and where she wants to be told beside the product."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.model.channels import ChannelKind
from engine.model.digest import Digest
from engine.store.messages import DIGEST, Message
from engine.work.notifying import Chosen
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import day, moment


@dataclass(frozen=True)
class Number:
    """One number of the day, leading to what it counts; ``state`` gives the colour."""

    count: int
    label: str
    state: str
    href: str


@dataclass(frozen=True)
class Row:
    """One message."""

    day: str
    at: str
    text: str
    is_unread: bool
    href: str = ""
    """The case it speaks of, where it speaks of one."""


@dataclass(frozen=True)
class RingRow:
    """An applicant whom no text message reaches: what to tell her, and her case."""

    id: int
    day: str
    number: str
    href: str
    text: str
    why: str


@dataclass(frozen=True)
class MessagesPage(Page):
    """消息."""

    template: ClassVar[str] = "messages/list.html"

    day: str
    numbers: tuple[Number, ...]
    text: str
    rows: tuple[Row, ...]
    to_ring: tuple[RingRow, ...]
    unread: int
    chosen: Chosen
    has_sms: bool
    has_mail: bool
    error: str

    @property
    def title(self) -> str:
        """消息."""
        return _("消息")


def messages_page(
    shell: Shell, engine: Engine, actor: Actor, typed: Chosen | None = None, error: str = ""
) -> MessagesPage:
    """Her messages, the newest above; ``typed`` is what a refused form held."""
    messages = engine.telling.of_person(actor)
    own = engine.telling.own_contact(actor)
    newest = next((one for one in messages if one.kind == DIGEST), None)
    return MessagesPage(
        shell=shell,
        day="" if newest is None else day(newest.day),
        numbers=() if newest is None else _numbers(Digest.of_facts(newest.facts)),
        text="" if newest is None else newest.text,
        rows=tuple(_row(one) for one in messages),
        to_ring=tuple(_ring(one, number) for one, number in engine.telling.to_ring(actor)),
        unread=sum(one.status == "unread" for one in messages),
        chosen=typed or own.chosen,
        has_sms=ChannelKind.SMS in own.ways,
        has_mail=ChannelKind.MAIL in own.ways,
        error=error,
    )


def _row(message: Message) -> Row:
    case_id = message.case_id
    return Row(
        day(message.day),
        moment(message.created_at),
        said(message),
        message.status == "unread",
        "" if case_id is None else url_for("cases.show", case_id=case_id),
    )


def _ring(message: Message, number: str) -> RingRow:
    return RingRow(
        message.id,
        day(message.day),
        number,
        url_for("cases.show", case_id=message.case_id),
        message.text,
        message.error or _("没有可用的短信网关或手机号"),
    )


def said(message: Message) -> str:
    """What a message says, in the language of the page where that can be: a digest's numbers."""
    if message.kind != DIGEST or not message.facts:
        return message.text
    digest = Digest.of_facts(message.facts)
    parts: Sequence[tuple[int, str]] = (
        (digest.total, _("%(n)s 件待办", n=digest.total)),
        (digest.overdue, _("%(n)s 件已超期", n=digest.overdue)),
        (digest.today, _("%(n)s 件今日到期", n=digest.today)),
        (digest.soon, _("%(n)s 件两日内到期", n=digest.soon)),
        (digest.late, _("督办范围内 %(n)s 件超期", n=digest.late)),
        (digest.far, _("%(n)s 件超期已达时限一半以上", n=digest.far)),
        (digest.reported, _("新报给您 %(n)s 件", n=digest.reported)),
    )
    return " · ".join(words for number, words in parts if number)


def _numbers(digest: Digest) -> tuple[Number, ...]:
    inbox, late = url_for("inbox.show"), url_for("supervision.overdue")
    numbers = (
        Number(digest.total, _("件待办"), "", inbox),
        Number(digest.overdue, _("件已超期"), "overdue", url_for("inbox.show", due="overdue")),
        Number(digest.today, _("件今日到期"), "today", url_for("inbox.show", due="today")),
        Number(digest.soon, _("件两日内到期"), "soon", url_for("inbox.show", due="soon")),
        Number(digest.late, _("件超期(督办范围)"), "overdue", late),
        Number(digest.far, _("件超期已达时限一半以上"), "overdue", late),
        Number(digest.reported, _("件新报给您"), "", late),
    )
    return tuple(one for one in numbers if one.count)
