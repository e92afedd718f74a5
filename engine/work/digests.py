"""One digest a person a day, at half past eight of a working day (product.md §1.12).

Written whole in one transaction under the day's key: a worker that dies leaves nothing or
everything, and of several workers one writes. It says numbers as they stand, so a day without a
worker, or a day of rest, is told of on the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from engine.model.channels import Channel, ChannelKind
from engine.model.deadlines import soon_until
from engine.model.digest import Digest, day_gone_by, day_to_tell, group_text
from engine.store import channels, digests, messages
from engine.store.channels import Contact, Nearest
from engine.store.database import Tx
from engine.store.messages import DIGEST, NewMessage
from engine.work.environment import Environment

SUPERIOR = "supervisor"
"""The role that is told of what is late below it; as the reports of :mod:`engine.work.alerts`."""

CONTACT = "contact"
"""What a sealed mobile number or mail address is sealed as."""


@dataclass(frozen=True)
class Written:
    """The digests of a day, before they are kept."""

    day: date
    people: int
    rows: Sequence[NewMessage]


def due(environment: Environment, tx: Tx, since: datetime) -> date | None:
    """The day that is to be told now and has not been; ``since``: when it was looked before."""
    now, calendar = environment.now(), environment.calendars.get(tx)
    day = day_to_tell(now, calendar) or day_gone_by(since, now, calendar)
    return None if day is None or digests.is_told(tx, day) else day


def write(environment: Environment, tx: Tx, day: date) -> Written:
    """Everybody's digest as the numbers stand: looks only, so that nobody waits for it."""
    soon = soon_until(environment.today(), environment.calendars.get(tx))
    looked_at = digests.Day(environment.now(), environment.today(), soon, SUPERIOR)
    told = {
        person_id: digest
        for person_id, digest in sorted(digests.numbers(tx, looked_at).items())
        if digest.says_something
    }
    nearest, contacts = Nearest(tx), channels.contacts(tx, list(told))
    rows: list[NewMessage] = []
    groups: dict[int, list[str]] = {}
    robots: dict[int, Channel] = {}
    for person_id, contact in contacts.items():
        rows.extend(_rows(environment, day, person_id, contact, told[person_id], nearest))
        robot = nearest.of(contact.organisation_id, ChannelKind.ROBOT)
        if robot is not None:
            robots[robot.id] = robot
            groups.setdefault(robot.id, []).append(person_id)
    for number, robot in robots.items():
        rows.append(_group(environment, day, robot, groups[number], told, contacts))
    return Written(day, len(contacts), rows)


def keep(environment: Environment, tx: Tx, written: Written) -> int:
    """Keep the digests, once a day; how many people were told."""
    if digests.is_told(tx, written.day):
        return 0
    now = environment.now()
    digests.mark_told(tx, written.day, now, written.people)
    messages.replace_digests(tx, written.day, now)
    messages.add(tx, written.rows, now)
    digests.take_up(tx, now)
    return written.people


def _rows(
    environment: Environment,
    day: date,
    person_id: str,
    contact: Contact,
    digest: Digest,
    nearest: Nearest,
) -> Iterator[NewMessage]:
    """Her message in the product, and those that she wants beside it."""

    def row(via: str, to: str = "", shown_as: str = "", channel: int | None = None) -> NewMessage:
        return NewMessage(
            once=f"digest:{day}:{person_id}:{via}",
            kind=DIGEST,
            via=via,
            organisation_id=contact.organisation_id,
            day=day,
            text=digest.text(),
            person_id=person_id,
            channel_id=channel,
            facts=digest.as_facts(),
            address=environment.vault.seal(to.encode(), CONTACT) if to else None,
            shown_as=shown_as,
        )

    yield row("app")
    address = opened(environment, contact)
    for wanted, kind, to in (
        (contact.by_sms, ChannelKind.SMS, address.get("mobile", "")),
        (contact.by_mail, ChannelKind.MAIL, address.get("mail", "")),
    ):
        channel = nearest.of(contact.organisation_id, kind) if wanted and to else None
        if channel is not None:
            yield row(kind.value, to, masked(to), channel.id)


def _group(
    environment: Environment,
    day: date,
    robot: Channel,
    people: Sequence[str],
    told: Mapping[str, Digest],
    contacts: Mapping[str, Contact],
) -> NewMessage:
    """One message for a group, in which those are mentioned who gave their mobile number."""
    mobiles = [opened(environment, contacts[one]).get("mobile", "") for one in people]
    mentioned = ",".join(mobile for mobile in mobiles if mobile)
    return NewMessage(
        once=f"digest:{day}:robot:{robot.id}",
        kind=DIGEST,
        via=ChannelKind.ROBOT.value,
        organisation_id=robot.organisation_id,
        day=day,
        text=group_text(told[one] for one in people),
        channel_id=robot.id,
        address=environment.vault.seal(mentioned.encode(), CONTACT) if mentioned else None,
    )


def opened(environment: Environment, contact: Contact) -> Mapping[str, str]:
    """Her mobile number and mail address, as far as she gave them."""
    if not contact.address:
        return {}
    found: Mapping[str, str] = orjson.loads(environment.vault.open(contact.address, CONTACT))
    return found


def masked(address: str) -> str:
    """138****5678, l***@example.cn: enough for the record."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"[:60]
    return f"{address[:3]}****{address[-4:]}"
