"""A page on which a phone sends pictures for one field of one form (手机传图)."""

from dataclasses import dataclass
from datetime import datetime

from engine.model.cases import StoredFile


@dataclass(frozen=True)
class PhoneUpload:
    """For whom, and for which field of which form; it ends by itself.

    ``place`` names the form: a step or a start. Whoever has the address can only add files, which
    then belong to ``person_id`` as if she had sent them herself.
    """

    id: str
    person_id: str
    place: str
    field: str
    label: str
    multiple: bool
    ends_at: datetime
    closed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it still takes pictures."""
        return self.closed_at is None and now < self.ends_at


@dataclass(frozen=True)
class Arrived:
    """A page with the files that came by it, oldest first."""

    upload: PhoneUpload
    files: tuple[StoredFile, ...]
    is_open: bool
