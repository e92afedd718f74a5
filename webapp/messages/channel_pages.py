"""消息通知: the ways out of the house that organisations have set up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from flask import url_for

from engine import Actor, Engine
from engine.model.channels import FIELDS, SECRET, Channel, ChannelKind
from engine.model.organisations import Organisation
from engine.store.messages import RecordQuestion
from engine.work.notifying import Record
from webapp.messages.record_page import RecordRow, record_rows
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.settings_tabs import ADMIN, settings_tabs

KINDS: Mapping[ChannelKind, object] = {
    ChannelKind.SMS: lazy("短信网关"),
    ChannelKind.ROBOT: lazy("群机器人(企业微信、钉钉)"),
    ChannelKind.MAIL: lazy("邮件"),
}
_NEW_FIELDS: Mapping[ChannelKind, Mapping[str, str]] = {
    ChannelKind.SMS: {
        "body_kind": "json",
        "body": '{\n  "mobile": "{mobile}",\n  "content": "{text}",\n  "msgid": "{id}"\n}',
    },
    ChannelKind.ROBOT: {"brand": "wecom"},
    ChannelKind.MAIL: {"port": "465", "security": "tls"},
}


@dataclass(frozen=True)
class ChannelRow:
    """One channel. ``waiting``, ``failed``: messages of the last 30 days."""

    unit: str
    kind: str
    target: str
    active: bool
    href: str


@dataclass(frozen=True)
class Sum:
    """How many messages stand so, leading to them."""

    label: str
    count: int
    href: str
    state: str


@dataclass(frozen=True)
class ChannelsPage(Page):
    """消息通知."""

    template: ClassVar[str] = "messages/channels.html"

    tabs: tuple[Link, ...]
    rows: tuple[ChannelRow, ...]
    new: tuple[Link, ...]
    sums: tuple[Sum, ...]
    days: tuple[tuple[str, int], ...]
    hosts: tuple[str, ...]
    secrets: tuple[str, ...]

    @property
    def title(self) -> str:
        """消息通知."""
        return _("消息通知")


@dataclass(frozen=True)
class Choice:
    """One of a list to choose from."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class ChannelPage(Page):
    """One channel: its settings, a test, what it sent last."""

    template: ClassVar[str] = "messages/channel.html"

    tabs: tuple[Link, ...]
    id: int
    kind: str
    heading: str
    unit: str
    units: tuple[Choice, ...]
    values: Mapping[str, str]
    choices: Mapping[str, tuple[Choice, ...]]
    active: bool
    faults: Mapping[str, str]
    error: str
    secrets: tuple[str, ...]
    hosts: tuple[str, ...]
    rows: tuple[RecordRow, ...] = ()
    test_to: str = ""
    test_error: str = ""

    @property
    def title(self) -> str:
        """短信网关 · 漳州市总工会."""
        return f"{self.heading} · {self.unit}" if self.unit else self.heading


@dataclass(frozen=True)
class Typed:
    """What a refused form held, and what was wrong with it."""

    values: Mapping[str, str]
    organisation_id: str
    active: bool
    error: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)


def channels_page(
    shell: Shell, engine: Engine, actor: Actor, units: Mapping[str, Organisation]
) -> ChannelsPage:
    """Every channel of the actor's area, and how much went out."""
    record = engine.telling.record(actor, RecordQuestion(limit=1))
    outside = engine.telling.outside
    return ChannelsPage(
        shell=shell,
        tabs=settings_tabs("messages", actor.roles),
        rows=tuple(_row(one, units) for one in engine.telling.channels(actor)),
        new=tuple(
            Link(str(label), url_for("messages.new_channel", kind=kind.value))
            for kind, label in KINDS.items()
        ),
        sums=_sums(record),
        days=tuple((f"{day:%m-%d}", people) for day, people in record.days),
        hosts=tuple(sorted(outside.hosts)),
        secrets=tuple(SECRET + name for name in sorted(outside.secrets)),
    )


def _row(channel: Channel, units: Mapping[str, Organisation]) -> ChannelRow:
    unit = units.get(channel.organisation_id)
    return ChannelRow(
        unit="" if unit is None else unit.name,
        kind=str(KINDS[channel.kind]),
        target=_target(channel),
        active=channel.active,
        href=url_for("messages.show_channel", channel_id=channel.id),
    )


def _target(channel: Channel) -> str:
    if channel.kind is ChannelKind.MAIL:
        return f"{channel.settings.get('host', '')}:{channel.settings.get('port', '')}"
    return urlsplit(channel.settings.get("url", "")).netloc


def _sums(record: Record) -> tuple[Sum, ...]:
    def number(status: str, *ways: str) -> int:
        return sum(
            n for (way, is_so), n in record.counts.items() if is_so == status and way in ways
        )

    outside = [kind.value for kind in ChannelKind]
    app = sum(n for (way, _status), n in record.counts.items() if way == "app")
    return (
        Sum(_("系统内"), app, url_for("messages.record", via="app"), ""),
        Sum(_("已发出"), number("sent", *outside), url_for("messages.record", status="sent"), ""),
        Sum(
            _("待发送"),
            number("waiting", *outside) + number("sending", *outside),
            url_for("messages.record", status="waiting"),
            "",
        ),
        Sum(
            _("发送失败"),
            number("failed", *outside),
            url_for("messages.record", status="failed"),
            "overdue",
        ),
    )


def channel_page(
    shell: Shell,
    engine: Engine,
    actor: Actor,
    units: Mapping[str, Organisation],
    channel: Channel,
    typed: Typed | None = None,
    test: tuple[str, str] = ("", ""),
) -> ChannelPage:
    """A channel, or a new one (number 0); ``test``: the typed address, and what was wrong."""
    known = typed or Typed(_filled(channel), channel.organisation_id, channel.active)
    unit = units.get(channel.organisation_id)
    outside = engine.telling.outside
    return ChannelPage(
        shell=shell,
        tabs=settings_tabs("messages", actor.roles),
        id=channel.id,
        kind=channel.kind.value,
        heading=str(KINDS[channel.kind]),
        unit="" if unit is None else unit.name,
        units=() if channel.id else _units(actor, units, known.organisation_id),
        values=known.values,
        choices=_choices(known.values),
        active=known.active,
        faults=known.faults,
        error=known.error,
        secrets=tuple(sorted(outside.secrets)),
        hosts=tuple(sorted(outside.hosts)),
        rows=_last(engine, actor, channel) if channel.id else (),
        test_to=test[0],
        test_error=test[1],
    )


def _filled(channel: Channel) -> Mapping[str, str]:
    suggested = {} if channel.id else _NEW_FIELDS[channel.kind]
    names = FIELDS[channel.kind]
    return {name: channel.settings.get(name, suggested.get(name, "")) for name in names}


def _last(engine: Engine, actor: Actor, channel: Channel) -> tuple[RecordRow, ...]:
    question = RecordQuestion(channel_id=channel.id, limit=10)
    return record_rows(engine.telling.record(actor, question).messages, {})


def _choices(values: Mapping[str, str]) -> Mapping[str, tuple[Choice, ...]]:
    offered: Mapping[str, Sequence[tuple[str, str]]] = {
        "body_kind": (
            ("json", _("POST,内容为 JSON")),
            ("form", _("POST,内容为表单(名称=值)")),
            ("query", _("GET,全部写在网址里")),
        ),
        "brand": (("wecom", _("企业微信")), ("dingtalk", _("钉钉"))),
        "security": (("tls", "TLS"), ("starttls", "STARTTLS"), ("none", _("不加密(只限内网)"))),
    }
    return {
        name: tuple(Choice(value, label, value == values.get(name)) for value, label in choices)
        for name, choices in offered.items()
    }


def _units(actor: Actor, units: Mapping[str, Organisation], chosen: str) -> tuple[Choice, ...]:
    """The upper organisations of the actor's area."""
    tops = set(actor.places(ADMIN))

    def is_hers(unit: Organisation) -> bool:
        now: Organisation | None = unit
        while now is not None:
            if now.id in tops:
                return True
            now = units.get(now.approval_parent or "")
        return False

    found = [one for one in units.values() if one.level != "grassroots" and is_hers(one)]
    return tuple(
        Choice(one.id, one.name, one.id == chosen)
        for one in sorted(found, key=lambda one: (one.level != "city", one.level, one.code))
    )
