"""发送记录: when, to whom (masked), by which way, what, and whether it got there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine import Actor, Engine
from engine.model.organisations import Organisation
from engine.store.messages import TEST, Message, RecordQuestion
from webapp.shared.addresses import address
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import moment

WAYS: Mapping[str, object] = {
    "app": lazy("系统内"),
    "copy": lazy("电话告知"),
    "sms": lazy("短信"),
    "robot": lazy("群机器人"),
    "mail": lazy("邮件"),
}
STATES: Mapping[str, object] = {
    "waiting": lazy("待发送"),
    "sending": lazy("正在发送"),
    "sent": lazy("已发出"),
    "failed": lazy("发送失败"),
    "replaced": lazy("已由次日代替"),
    "unread": lazy("未读"),
    "read": lazy("已读"),
    "past": lazy("未读,已过期"),
}
_COLOURS = {"failed": "state-error", "sent": "state-completed", "waiting": "state-warning"}
_NUMBER = re.compile(r"[0-9]{1,14}")
_OFFERED = ("sent", "waiting", "failed")


@dataclass(frozen=True)
class RecordRow:
    """One message as it was sent."""

    id: int
    at: str
    way: str
    to: str
    unit: str
    text: str
    state: str
    colour: str
    done: str
    tries: int
    error: str
    is_test: bool
    may_retry: bool


@dataclass(frozen=True)
class Facet:
    """A way to narrow the list."""

    label: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class RecordPage(Page):
    """发送记录."""

    template: ClassVar[str] = "messages/record.html"

    tabs: tuple[Link, ...]
    states: tuple[Facet, ...]
    ways: tuple[Facet, ...]
    rows: tuple[RecordRow, ...]
    first: str
    next: str

    @property
    def title(self) -> str:
        """发送记录."""
        return _("发送记录")


def record_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    units: Mapping[str, Organisation],
    asked: Mapping[str, str],
) -> RecordPage:
    """What was sent to the people of the actor's area, the newest first."""
    status = asked.get("status", "") if asked.get("status") in STATES else ""
    via = asked.get("via", "") if asked.get("via") in WAYS else ""
    before = asked.get("before", "")
    question = RecordQuestion(
        status=status,
        via=via,
        before=int(before) if _NUMBER.fullmatch(before) else None,
    )
    found = engine.telling.record(actor, question)
    kept = {name: value for name, value in (("status", status), ("via", via)) if value}
    last = found.messages[-1].id if found.messages else 0
    return RecordPage(
        shell=shell,
        tabs=settings_tabs("messages", actor.roles),
        states=_facets("status", status, kept, {one: STATES[one] for one in _OFFERED}),
        ways=_facets("via", via, kept, WAYS),
        rows=record_rows(found.messages, units),
        first=address("messages.record", kept) if question.before else "",
        next=address("messages.record", {**kept, "before": str(last)}) if found.more else "",
    )


def _facets(
    name: str, chosen: str, kept: Mapping[str, str], offered: Mapping[str, object]
) -> tuple[Facet, ...]:
    others = {key: value for key, value in kept.items() if key != name}
    return (
        Facet(_("全部"), address("messages.record", others), not chosen),
        *(
            Facet(str(label), address("messages.record", {**others, name: value}), chosen == value)
            for value, label in offered.items()
        ),
    )


def record_rows(
    messages: Sequence[Message], units: Mapping[str, Organisation]
) -> tuple[RecordRow, ...]:
    """Messages as they were sent."""
    return tuple(
        RecordRow(
            id=one.id,
            at=moment(one.created_at),
            way=str(WAYS.get(one.via, one.via)),
            to=" ".join(part for part in (one.person_name, one.shown_as) if part),
            unit=units[one.organisation_id].name if one.organisation_id in units else "",
            text=one.text,
            state=str(STATES.get(one.status, one.status)),
            colour=_COLOURS.get(one.status, ""),
            done="" if one.done_at is None else moment(one.done_at),
            tries=one.attempts,
            error=one.error,
            is_test=one.kind == TEST,
            may_retry=one.status == "failed",
        )
        for one in messages
    )
