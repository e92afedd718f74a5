"""Help that was given before Bangfu, taken over in bulk with the files it belongs to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from engine.errors import Invalid
from engine.model.actors import Actor
from engine.store import audit
from engine.store.database import Tx
from engine.work.environment import Environment
from registry.help_record import HelpRecord, read_typed
from registry.loading import must_load_for
from registry.store import help_records

BATCH = 2_000
"""So many entries are one transaction."""

_LONGEST_SOURCE = 120


@dataclass(frozen=True)
class PastHelp:
    """One entry of an earlier list: ``typed`` is what a person would enter on the file's page.

    ``id``, 16 small letters and digits, is the list's own: the same entry again is passed over.
    """

    id: str
    file_no: str
    typed: Mapping[str, str]


def load_help(
    environment: Environment,
    execute: Callable[[Callable[[Tx], int]], int],
    actor: Actor,
    found: Sequence[PastHelp],
    source: str,
) -> int:
    """Write the entries in batches; how many were new.

    Raises Invalid, naming the file, for an entry that could not be entered by hand either, and
    NotPermitted for a file outside the area the actor may load.
    """
    return sum(
        execute(partial(_load, environment, actor, found[start : start + BATCH], source))
        for start in range(0, len(found), BATCH)
    )


def _load(
    environment: Environment, actor: Actor, batch: Sequence[PastHelp], source: str, tx: Tx
) -> int:
    files = help_records.openings(tx, {one.file_no for one in batch})
    must_load_for(tx, actor, (unit for unit, _ in files.values()))
    today, now = environment.today(), environment.now()
    ready = []
    for one in batch:
        if one.file_no not in files:
            raise Invalid(f"没有编号为“{one.file_no}”的档案,帮扶记录没有导入。请先导入档案。")
        new, faults = read_typed(one.typed, files[one.file_no][1], today)
        if new is None:
            raise Invalid(f"档案 {one.file_no} 的帮扶记录没有导入:{''.join(faults)}")
        ready.append(
            HelpRecord(
                id=one.id,
                file_no=one.file_no,
                kind=new.kind,
                given_on=new.given_on,
                cents=new.cents,
                goods=new.goods,
                source=new.source,
                level=new.level,
                payer=new.payer,
                note=new.note,
                entered_by=actor.person_id,
                entered_at=now,
            )
        )
    written = help_records.add_many(tx, ready)
    if written:
        told = f"{written} 笔:{batch[0].file_no} 至 {batch[-1].file_no}"
        audit.add_access(tx, now, actor.person_id, "help-loaded", source[:_LONGEST_SOURCE], told)
    return written
