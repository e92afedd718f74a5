"""Keeping what a notice shows, at the moment it is shown: both layers, sealed, with their hash."""

from dataclasses import replace
from typing import cast

from engine.model.operations import OperationContext
from engine.store.database import Tx
from engine.store.instants import to_text
from registry.notice import PublicNotice
from registry.notice_layers import Snapshot, digest, sheet_layer, snapshot_place, web_layer
from registry.notice_sheet import sheet_html
from registry.store import numbers, snapshots


def keep_as_published(
    context: OperationContext, one: PublicNotice, site: str, reason: str
) -> PublicNotice:
    """Keep both layers as they are from now on; the notice with one more snapshot."""
    tx, number = cast(Tx, context.tx), one.snapshots + 1
    office, _phone = numbers.objection_office(tx, one.organisation_id)
    full_name = context.open(one.full_name, full_name_place(one.id)).decode()
    layers = {
        "web": web_layer(one).to_bytes(),
        "sheet": sheet_html(sheet_layer(one, full_name, office, site)),
    }
    for layer, content in layers.items():
        snapshots.add(
            tx,
            Snapshot(
                notice_id=one.id,
                number=number,
                layer=layer,
                at=to_text(context.now),
                reason=reason,
                ends_on=one.ends_on.isoformat(),
                sha256=digest(content),
                content=context.seal(content, snapshot_place(one.id, number, layer)),
            ),
        )
    return replace(one, snapshots=number)


def full_name_place(notice_id: str) -> str:
    """Names the notice a sealed full name belongs to."""
    return f"notice/{notice_id}"
