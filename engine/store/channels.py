"""Ways out of the house, and where people want to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, delete, insert, select, update

from engine.model.channels import Channel, ChannelKind
from engine.store.areas import lies_below
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import channel, contact, organisation_closure, person


def _channel(row: Any) -> Channel:
    return Channel(
        row.id,
        row.organisation_id,
        ChannelKind(row.kind),
        row.active,
        orjson.loads(row.settings),
    )


def below(tx: Tx, tops: Sequence[str]) -> Sequence[Channel]:
    """The channels of these organisations and of those below them."""
    rows = tx.execute(
        select(channel).where(lies_below(channel.c.organisation_id, tops)).order_by(channel.c.id)
    )
    return [_channel(row) for row in rows]


def load(tx: Tx, channel_id: int) -> Channel | None:
    """One channel."""
    row = tx.execute(select(channel).where(channel.c.id == channel_id)).first()
    return None if row is None else _channel(row)


def put(tx: Tx, new: Channel, by: str, now: datetime) -> int:
    """Write a channel: a new one where it has no number yet; its number.

    UniqueViolation where its organisation has one of that kind.
    """
    values = {
        "active": new.active,
        "settings": orjson.dumps(dict(new.settings)).decode(),
        "set_by": by,
        "set_at": to_text(now),
    }
    if new.id:
        tx.execute(update(channel).where(channel.c.id == new.id).values(values))
        return new.id
    values |= {"organisation_id": new.organisation_id, "kind": new.kind.value}
    made: int = tx.execute(insert(channel).values(values).returning(channel.c.id)).scalar_one()
    return made


class Nearest:
    """Which active channel of a kind serves an organisation: its own, else the next above it."""

    def __init__(self, tx: Tx) -> None:
        active = [_channel(row) for row in tx.execute(select(channel).where(channel.c.active))]
        self._found: dict[tuple[str, ChannelKind], Channel] = {}
        if not active:
            return
        of_place: dict[str, list[Channel]] = {}
        for one in active:
            of_place.setdefault(one.organisation_id, []).append(one)
        served = select(
            organisation_closure.c.ancestor_id, organisation_closure.c.descendant_id
        ).where(
            organisation_closure.c.ancestor_id.in_(of_place),
            organisation_closure.c.kind == "approval",
        )
        for row in tx.execute(served.order_by(organisation_closure.c.depth)):
            for one in of_place[row.ancestor_id]:
                self._found.setdefault((row.descendant_id, one.kind), one)

    def of(self, organisation_id: str, kind: ChannelKind) -> Channel | None:
        """The channel, or None where there is none up to the top."""
        return self._found.get((organisation_id, kind))


@dataclass(frozen=True)
class Contact:
    """Where a person may be told; ``address`` is sealed, empty where she chose nothing."""

    organisation_id: str
    by_sms: bool = False
    by_mail: bool = False
    address: bytes = b""


def contacts(tx: Tx, person_ids: Sequence[str]) -> Mapping[str, Contact]:
    """The contacts of people, by person."""
    rows = tx.execute(
        select(
            person.c.id,
            person.c.organisation_id,
            contact.c.by_sms,
            contact.c.by_mail,
            contact.c.address,
        )
        .select_from(person.outerjoin(contact, contact.c.person_id == person.c.id))
        .where(person.c.id.in_(person_ids) if len(person_ids) == 1 else person.c.active)
    )
    wanted = set(person_ids)
    return {
        row.id: Contact(
            row.organisation_id, bool(row.by_sms), bool(row.by_mail), row.address or b""
        )
        for row in rows
        if row.id in wanted
    }


def put_contact(tx: Tx, person_id: str, new: Contact, now: datetime) -> None:
    """Write a person's choice."""
    values = {
        "by_sms": new.by_sms,
        "by_mail": new.by_mail,
        "address": new.address,
        "set_at": to_text(now),
    }
    tx.execute(
        insert_or(tx, contact)
        .values(person_id=person_id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )


def forget_contact(tx: Tx, person_id: str) -> None:
    """Whoever has left is told nothing: her number and address go."""
    tx.execute(delete(contact).where(contact.c.person_id == person_id))


def is_served(tx: Tx, organisation_id: str) -> set[ChannelKind]:
    """The kinds of active channels that serve an organisation."""
    rows = tx.execute(
        select(channel.c.kind)
        .join(
            organisation_closure,
            and_(
                organisation_closure.c.ancestor_id == channel.c.organisation_id,
                organisation_closure.c.kind == "approval",
            ),
        )
        .where(channel.c.active, organisation_closure.c.descendant_id == organisation_id)
    )
    return {ChannelKind(kind) for kind in rows.scalars()}
