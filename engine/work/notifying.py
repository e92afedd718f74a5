"""Who sets up the ways out of the house, who chooses what for herself, who reads the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import orjson

from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.model.channels import (
    Channel,
    ChannelKind,
    checked,
    is_mail_address,
    is_mobile,
)
from engine.store import audit, channels, digests, messages, sending
from engine.store.channels import Contact
from engine.store.database import Tx
from engine.store.messages import DIGEST, TEST, Message, NewMessage, RecordQuestion
from engine.work.digests import CONTACT, masked, opened
from engine.work.environment import Environment
from engine.work.organise import ADMIN, must_administer

_MANY = 10_000
TEST_TEXT = "这是一条测试消息,收到即说明消息通知可以使用,无需处理。"


@dataclass(frozen=True)
class Chosen:
    """Where a person wants to be told beside the product."""

    by_sms: bool = False
    by_mail: bool = False
    mobile: str = ""
    mail: str = ""


@dataclass(frozen=True)
class OwnContact:
    """Her choice, and which ways her organisation has."""

    chosen: Chosen
    ways: frozenset[ChannelKind]


def own_contact(environment: Environment, tx: Tx, actor: Actor) -> OwnContact:
    """What the actor has chosen."""
    found = channels.contacts(tx, [actor.person_id]).get(actor.person_id)
    contact = found or Contact(actor.organisation_id)
    chosen = Chosen(contact.by_sms, contact.by_mail, **opened(environment, contact))
    return OwnContact(chosen, frozenset(channels.is_served(tx, contact.organisation_id)))


def choose(environment: Environment, tx: Tx, actor: Actor, chosen: Chosen) -> None:
    """Keep the actor's choice."""
    mobile, mail = chosen.mobile.strip(), chosen.mail.strip()
    if mobile and not is_mobile(mobile):
        raise Invalid("手机号应为 11 位数字,以 1 开头,没有保存。请核对后再保存。")
    if mail and not is_mail_address(mail):
        raise Invalid("邮箱地址写得不对,应像 name@example.cn,没有保存。请核对后再保存。")
    if chosen.by_sms and not mobile:
        raise Invalid("要收短信请填写手机号,没有保存。")
    if chosen.by_mail and not mail:
        raise Invalid("要收邮件请填写邮箱,没有保存。")
    packed = orjson.dumps({"mobile": mobile, "mail": mail})
    sealed = environment.vault.seal(packed, CONTACT)
    new = Contact(actor.organisation_id, chosen.by_sms, chosen.by_mail, sealed)
    channels.put_contact(tx, actor.person_id, new, environment.now())
    audit.add_access(tx, environment.now(), actor.person_id, "contact-changed", actor.person_id)


def tops_of(actor: Actor) -> Sequence[str]:
    """Where the actor administers; NotPermitted where nowhere."""
    places = sorted(actor.places(ADMIN))
    if not places:
        raise NotPermitted("消息通知由系统管理员设置。如需调整,请联系县总工会管理员。")
    return places


def channel_of(tx: Tx, actor: Actor, channel_id: int) -> Channel:
    """A channel of the actor's area."""
    found = channels.load(tx, channel_id)
    if found is None:
        raise NotFound("没有找到这个渠道。请返回消息通知页重新打开。")
    tops_of(actor)
    must_administer(tx, actor, found.organisation_id)
    return found


def save_channel(environment: Environment, tx: Tx, actor: Actor, new: Channel) -> int:
    """Set a channel up or change it; its number."""
    tops_of(actor)
    if new.id:
        new = replace(new, organisation_id=channel_of(tx, actor, new.id).organisation_id)
    if not new.organisation_id:
        raise Invalid("请选择单位,没有保存。")
    must_administer(tx, actor, new.organisation_id)
    settings = checked(new.kind, new.settings, environment.outside)
    known = channels.below(tx, [new.organisation_id])
    if any(
        (one.organisation_id, one.kind) == (new.organisation_id, new.kind) and one.id != new.id
        for one in known
    ):
        raise Conflict("这个单位已有同类渠道,没有保存。请打开原有的修改。")
    checked_channel = replace(new, settings=settings)
    number = channels.put(tx, checked_channel, actor.person_id, environment.now())
    target = f"{new.organisation_id} {new.kind.value} {'on' if new.active else 'off'}"
    audit.add_access(tx, environment.now(), actor.person_id, "channel-changed", target)
    return number


def test_channel(
    environment: Environment, tx: Tx, actor: Actor, channel_id: int, to: str, mark: str
) -> None:
    """Put a test message into the queue; it goes at once, at night too."""
    channel, to = channel_of(tx, actor, channel_id), to.strip()
    if channel.kind is ChannelKind.SMS and not is_mobile(to):
        raise Invalid("请填写收测试短信的手机号(11 位),没有发送。")
    if channel.kind is ChannelKind.MAIL and not is_mail_address(to):
        raise Invalid("请填写收测试邮件的邮箱,没有发送。")
    if channel.kind is ChannelKind.ROBOT and to and not is_mobile(to):
        raise Invalid("要在群里提醒谁就写她的手机号(11 位),不提醒则留空;没有发送。")
    new = NewMessage(
        once=f"test:{mark}",
        kind=TEST,
        via=channel.kind.value,
        organisation_id=channel.organisation_id,
        day=environment.today(),
        text=TEST_TEXT,
        person_id=actor.person_id,
        channel_id=channel.id,
        address=environment.vault.seal(to.encode(), CONTACT) if to else None,
        shown_as=masked(to) if to else "",
    )
    messages.add(tx, [new], environment.now())
    audit.add_access(
        tx, environment.now(), actor.person_id, "channel-tested", f"{channel.id} {masked(to)}"
    )


def retry(environment: Environment, tx: Tx, actor: Actor, message_id: int) -> None:
    """Put a message that was given up into the queue again."""
    found = messages.load(tx, message_id)
    if found is None:
        raise NotFound("没有找到这条消息。请返回发送记录。")
    tops_of(actor)
    must_administer(tx, actor, found.organisation_id)
    if not messages.may_know_of_its_case(tx, actor, found):
        raise NotFound("没有找到这条消息。请返回发送记录。")
    if found.kind == DIGEST and found.day < environment.today():
        raise Conflict(f"这是 {found.day} 的提醒,已由以后的提醒代替,不再重发。")
    if not sending.try_again(tx, message_id):
        raise Conflict("这条消息现在不是“发送失败”,没有重发。请刷新查看。")
    audit.add_access(tx, environment.now(), actor.person_id, "message-retried", str(message_id))


def rung(environment: Environment, tx: Tx, actor: Actor, message_id: int) -> None:
    """Somebody of the unit has told the applicant by telephone."""
    since = date.min
    hers = {one.id for one, _number in messages.to_ring(tx, actor, since, _MANY)}
    if message_id not in hers or not messages.rung(
        tx, message_id, actor.person_id, environment.now()
    ):
        raise NotFound("没有找到这条待告知的消息,可能已由同事告知。请刷新本页。")


@dataclass(frozen=True)
class Record:
    """A page of what was sent. ``counts`` by (way, status) since a day; ``days`` that were told."""

    messages: Sequence[Message]
    more: bool
    counts: Mapping[tuple[str, str], int]
    days: Sequence[tuple[date, int]]


def record(tx: Tx, actor: Actor, question: RecordQuestion, since: date) -> Record:
    """What was sent to the people of the actor's area."""
    tops = tops_of(actor)
    found = messages.record(tx, actor, tops, question)
    return Record(
        found[: question.limit],
        len(found) > question.limit,
        messages.counts(tx, actor, tops, since),
        digests.days_told(tx, 7),
    )
