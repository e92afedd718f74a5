"""The applicant's page as a value: how it stands, what she can do, whom to ring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from flask import url_for

from engine.model.cases import CaseStatus, StoredFile
from engine.model.clock import local_date
from engine.model.ids import new_id
from engine.model.public_words import OfferedMessage, OfferedStep, Status
from engine.work.guests import GuestView
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.words import clock_time


@dataclass(frozen=True)
class ShownStatus:
    """正在公示(到 10月12日), and the reason she may read."""

    words: str
    reason: str


@dataclass(frozen=True)
class ShownStep:
    """Something she is asked to do."""

    href: str
    name: str
    reason: str
    due: str
    draft: str


@dataclass(frozen=True)
class ShownMessage:
    """Something she may say, with what she wrote when it could not be taken."""

    action: str
    label: str
    hint: str
    until: str
    asks_reason: bool
    must_have_reason: bool
    nonce: str
    typed: str
    message: str


@dataclass(frozen=True)
class ShownPaper:
    """A paper she handed in with the receipt."""

    name: str
    href: str


@dataclass(frozen=True)
class ShownAddition:
    """What she added of her own accord."""

    at: str
    words: str
    papers: tuple[ShownPaper, ...]


@dataclass(frozen=True)
class Said:
    """A message that was refused: shown again."""

    token: str = ""
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class StatusPage(Page):
    """How her case stands, in plain words."""

    template: ClassVar[str] = "receipts/status.html"

    statuses: tuple[ShownStatus, ...]
    state: str
    number: str
    process: str
    received: str
    unit: str
    phone: str
    steps: tuple[ShownStep, ...]
    messages: tuple[ShownMessage, ...]
    reached: tuple[tuple[str, str], ...]
    papers: tuple[ShownPaper, ...]
    add_href: str
    additions: tuple[ShownAddition, ...]

    @property
    def title(self) -> str:
        """查办件."""
        return _("查办件")


def status_page(shell: Shell, view: GuestView, now: datetime, said: Said) -> StatusPage:
    """The page of a case for its applicant."""
    return StatusPage(
        shell=shell,
        statuses=tuple(_statuses(view)),
        state=view.status.value,
        number=view.number,
        process=named(view.process_name),
        received=day_words(local_date(view.started_at), now),
        unit="" if view.unit is None else view.unit.name,
        phone=(view.unit.phone if view.unit is not None else "") or shell.help_phone,
        steps=tuple(_step(one, now) for one in view.steps),
        messages=tuple(_message(one, now, said) for one in view.messages),
        reached=tuple((words, day_words(local_date(at), now)) for words, at in view.reached),
        papers=tuple(_paper(one) for one in view.papers if one.id not in _added(view)),
        add_href=url_for("receipts.adding") if view.takes_additions else "",
        additions=tuple(
            ShownAddition(
                day_words(local_date(one.at), now), one.words, tuple(map(_paper, one.papers))
            )
            for one in view.additions
        ),
    )


def _paper(file: StoredFile) -> ShownPaper:
    return ShownPaper(file.name, url_for("receipts.paper", file_id=file.id))


def _added(view: GuestView) -> frozenset[str]:
    """The papers that stand with the words they came with."""
    return frozenset(paper.id for one in view.additions for paper in one.papers)


def day_words(day: date, now: datetime) -> str:
    """10月12日, with the year where it is another one."""
    if day.year == local_date(now).year:
        return _("%(month)s月%(day)s日", month=day.month, day=day.day)
    return _("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day)


def _statuses(view: GuestView) -> Iterator[ShownStatus]:
    asked = {(one.words, one.reason) for one in view.steps}
    for one in view.statuses:
        # The reason for a step stands with the step.
        reason = "" if (one.words, one.reason) in asked else one.reason
        yield ShownStatus(_until(one, view), reason)
    if not view.statuses:
        yield ShownStatus(_default(view), "")


def _until(one: Status, view: GuestView) -> str:
    ended_or_started = view.ended_at or view.started_at
    if one.until is None:
        return one.words
    day = day_words(one.until, ended_or_started)
    return _("%(words)s(到 %(day)s)", words=one.words, day=day)


def _default(view: GuestView) -> str:
    """Where the process has no words of its own."""
    if view.steps:
        return _("需要您办理“%(step)s”", step=named(view.steps[0].name))
    return {
        CaseStatus.COMPLETED: _("已办结"),
        CaseStatus.CANCELLED: _("已撤销。有疑问请打电话问我们"),
        CaseStatus.SUSPENDED: _("暂停办理。有疑问请打电话问我们"),
    }.get(view.status, _("正在办理"))


def _step(one: OfferedStep, now: datetime) -> ShownStep:
    return ShownStep(
        href=url_for("receipts.step", task_id=one.task_id),
        name=step_of(one.name, one.items),
        reason=one.reason,
        due="" if one.due is None else day_words(one.due, now),
        draft="" if one.draft_at is None else clock_time(one.draft_at, now),
    )


def _message(one: OfferedMessage, now: datetime, said: Said) -> ShownMessage:
    is_again = said.token == one.token
    return ShownMessage(
        action=url_for("receipts.send", token=one.token),
        label=one.label,
        hint=one.hint,
        until="" if one.until is None else day_words(one.until, now),
        asks_reason=one.asks_reason != "none",
        must_have_reason=one.asks_reason == "required",
        nonce=new_id(),
        typed=said.reason if is_again else "",
        message=said.message if is_again else "",
    )
