"""Pages on which phones send pictures, and what came by them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from engine.model.phone_uploads import PhoneUpload
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.tables import phone_picture, phone_upload


def add(tx: Tx, new: PhoneUpload) -> None:
    """Write a page."""
    tx.execute(
        insert(phone_upload).values(
            id=new.id,
            person_id=new.person_id,
            place=new.place,
            field=new.field,
            label=new.label,
            multiple=new.multiple,
            ends_at=to_text(new.ends_at),
        )
    )


def load(tx: Tx, upload_id: str) -> PhoneUpload | None:
    """One page."""
    row = tx.execute(select(phone_upload).where(phone_upload.c.id == upload_id)).first()
    if row is None:
        return None
    return PhoneUpload(
        row.id,
        row.person_id,
        row.place,
        row.field,
        row.label,
        row.multiple,
        from_text(row.ends_at),
        from_text_or_none(row.closed_at),
    )


def pictures(tx: Tx, upload_id: str) -> Sequence[str]:
    """The files that came by a page, oldest first."""
    return list(
        tx.execute(
            select(phone_picture.c.file_id)
            .where(phone_picture.c.upload_id == upload_id)
            .order_by(phone_picture.c.number)
        ).scalars()
    )


def add_picture(tx: Tx, upload_id: str, file_id: str) -> int:
    """Note a file that came; how many there are now."""
    number = (
        1
        + tx.execute(
            select(func.count()).where(phone_picture.c.upload_id == upload_id)
        ).scalar_one()
    )
    tx.execute(insert(phone_picture).values(upload_id=upload_id, file_id=file_id, number=number))
    return number


def close(tx: Tx, upload_id: str, at: datetime) -> None:
    """Take no more pictures by this page."""
    tx.execute(
        update(phone_upload)
        .where(phone_upload.c.id == upload_id, phone_upload.c.closed_at.is_(None))
        .values(closed_at=to_text(at))
    )


def forget(tx: Tx, ended_before: datetime) -> None:
    """Forget pages that ended long ago; the files stay."""
    old = select(phone_upload.c.id).where(phone_upload.c.ends_at < to_text(ended_before))
    tx.execute(delete(phone_picture).where(phone_picture.c.upload_id.in_(old)))
    tx.execute(delete(phone_upload).where(phone_upload.c.ends_at < to_text(ended_before)))
