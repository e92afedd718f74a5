"""Open a file for somebody: the row she may see, and what a version of it says."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from engine import Actor
from engine.errors import Invalid, NotFound
from engine.store.database import Tx
from registry.household import Content, File, sealed_place, text, unpacked
from registry.store import households


class Keeper(Protocol):
    """Seals and hashes: the engine's vault, or what an operation is given of it."""

    @property
    def lookup_hash(self) -> Callable[[str], str]:
        """The keyed hash of a number."""
        ...

    @property
    def seal(self) -> Callable[[bytes, str], bytes]:
        """Seal bytes for a place."""
        ...

    @property
    def open(self) -> Callable[[bytes, str], bytes]:
        """Open what was sealed for it."""
        ...


def instant_in(given: object) -> datetime | None:
    """An instant as FEEL writes it, which may name its zone after an @; None for nothing."""
    said = text(given).partition("@")[0]
    try:
        return datetime.fromisoformat(said) if said else None
    except ValueError as error:
        raise Invalid(f"“{said}”不是时刻,没有登记。请核对流程。") from error


def must_see(tx: Tx, actor: Actor, file_no: str) -> tuple[File, str]:
    """The file and its union's name; NotFound outside the actor's area."""
    found = households.visible_file(tx, actor, file_no)
    if found is None:
        raise NotFound("没有找到这份档案。请核对档案编号,或返回档案列表重新打开。")
    return found


def content_of(tx: Tx, keeper: Keeper, file_no: str, number: int) -> Content:
    """What a version says."""
    found = households.version(tx, file_no, number)
    if found is None:
        raise NotFound("没有找到这份档案的这一版。请返回历次版本重新选择。")
    return unpacked(keeper.open(found.content, sealed_place(file_no, number)))
