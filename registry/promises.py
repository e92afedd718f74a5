"""What must always hold of the register, checked on a live system beside the engine's."""

from collections.abc import Iterator, Sequence
from datetime import date

from engine import Engine
from engine.errors import BangfuError
from engine.model.cases import NOT_OVER
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.invariants import Invariant
from registry.funds.invariants import findings as funds
from registry.household import (
    AWAITING_ENTRY,
    CLOSED,
    FALLEN_BACK,
    OUT,
    File,
    Version,
    changed_at,
    sealed_place,
    shown_of,
    unpacked,
)
from registry.indexing import entry_of
from registry.notice import NoticeStatus, PublicNotice, holds_number, objection_key
from registry.notice_layers import WebNotice, snapshot_place, web_layer
from registry.notice_records import intact
from registry.people import people_of
from registry.store import checks, index, people, snapshots

_MOST_SHOWN = 20
_ENDED_BY_PEOPLE = "cancelled"

Findings = Iterator[str | None]
"""For each thing that was looked at: what is wrong with it, or None."""


def invariants(engine: Engine) -> Sequence[Invariant]:
    """Every invariant of the register, from one consistent view."""
    return engine.ask(lambda tx: check(engine.environment, tx))


def check(environment: Environment, tx: Tx) -> list[Invariant]:
    """The same inside a transaction that is open already."""
    return [
        _gather("I5", "资金指标不超支,每一笔都有来去", funds(tx)),
        _gather("I9", "公示与所属办件的状态一致", _notices(environment, tx)),
        _gather("R1", "公示只显示允许公开的内容", _shown(tx)),
        _gather("R2", "档案版本编号不缺", _chains(tx)),
        _gather("R3", "列表与档案最新版本一致", _columns(environment, tx)),
        _gather("R4", "登记簿没有指向空处的记录", _references(tx)),
        _gather("R5", "公示存档与发布时一致", _kept(environment, tx)),
        _gather("R6", "退出、返困的记录与档案状态一致", _exits(tx)),
    ]


def _gather(number: str, title: str, findings: Findings) -> Invariant:
    looked_at = list(findings)
    broken = [finding for finding in looked_at if finding is not None]
    return Invariant(number, title, not broken, len(looked_at), tuple(broken[:_MOST_SHOWN]))


def _notices(environment: Environment, tx: Tx) -> Findings:
    """Both ways: no notice outlives its case, no case waits for objections to a closed notice."""
    open_keys: set[tuple[str, str]] = set()
    today = environment.today()
    awaited = set(checks.awaited_objections(tx))
    for one, case_status in checks.notices_with_case_status(tx):
        key = (one.case_id, objection_key(one.id, environment.vault.lookup_hash))
        if one.status is NoticeStatus.OPEN:
            open_keys.add(key)
        yield _standing(one, case_status) or _dates(one, today)
    for case_id, key_hash in sorted(awaited - open_keys):
        yield f"case {case_id} waits for objections to a notice that is not open ({key_hash[:8]})"


def _standing(one: PublicNotice, case_status: str) -> str | None:
    """A cancelled case is no fault: its notices count as over from that moment."""
    if one.status is NoticeStatus.CLOSED or case_status in NOT_OVER:
        return None
    if case_status == _ENDED_BY_PEOPLE:
        return None
    return f"notice {one.id} is {one.status.value} and case {one.case_id} has ended"


def _dates(one: PublicNotice, today: date) -> str | None:
    is_closed = one.status is NoticeStatus.CLOSED
    if is_closed != bool(one.result) or is_closed != (one.closed_on is not None):
        return f"notice {one.id} is {one.status.value} with the result “{one.result}”"
    # A closed one remembers the day it was stopped by the objection that ended it.
    stopped = one.suspended_on is not None
    if not is_closed and stopped != (one.status is NoticeStatus.SUSPENDED):
        return f"notice {one.id} is {one.status.value} and suspended on {one.suspended_on}"
    if one.posted_on > today or one.posted_on > one.ends_on:
        return f"notice {one.id} was posted on {one.posted_on} and ends on {one.ends_on}"
    return None


def _shown(tx: Tx) -> Findings:
    """The office's own telephone is the one number a notice has."""
    for one, _ in checks.notices_with_case_status(tx):
        texts = (one.subject, one.name, one.unit, one.category, one.archive_level, one.places)
        if any(holds_number(text) for text in texts):
            yield f"notice {one.id} shows a number of a person"
        elif "*" not in one.name:
            yield f"notice {one.id} shows a name that is not masked"
        else:
            yield None


def _kept(environment: Environment, tx: Tx) -> Findings:
    """Both layers of each publishing are there, unchanged, and the newest is what the row says."""
    for one, _ in checks.notices_with_case_status(tx):
        kept = snapshots.of_notice(tx, one.id)
        layers = {(k.number, k.layer): k for k in kept}
        wanted = {(n, layer) for n in range(1, one.snapshots + 1) for layer in ("web", "sheet")}
        if layers.keys() != wanted:
            yield f"notice {one.id} was published {one.snapshots} times and has {sorted(layers)}"
            continue
        broken = [k for k in kept if not intact(environment.vault, k)]
        if broken:
            yield f"notice {one.id}: {broken[0].layer} {broken[0].number} is not what was published"
        elif one.snapshots:
            newest = layers[(one.snapshots, "web")]
            place = snapshot_place(one.id, one.snapshots, "web")
            said = WebNotice.from_bytes(environment.vault.open(newest.content, place))
            yield None if said == web_layer(one) else f"notice {one.id} says something else now"
        else:
            yield None  # of the first release


def _chains(tx: Tx) -> Findings:
    for chain in checks.chains(tx):
        whole = chain.lowest == 1 and chain.highest == chain.count == chain.named
        yield (
            None
            if whole
            else (
                f"file {chain.file_no} names version {chain.named}, has {chain.count} "
                f"from {chain.lowest} to {chain.highest}"
            )
        )


def _columns(environment: Environment, tx: Tx) -> Findings:
    for file, newest in checks.files_with_newest(tx):
        yield _differs(environment, tx, file, newest)


def _differs(environment: Environment, tx: Tx, file: File, newest: Version | None) -> str | None:
    if newest is None:
        return f"file {file.file_no} has no version {file.version}"
    place = sealed_place(file.file_no, newest.number)
    try:
        content = unpacked(environment.vault.open(newest.content, place))
        said = shown_of(content, environment.vault.lookup_hash)
    except BangfuError as error:
        return f"file {file.file_no}: {error.message}"
    agrees = said == file.shown and _since_fits(file)
    if not agrees or changed_at(content, newest.number, newest.at) != file.changed_at:
        return f"file {file.file_no} and its version {newest.number} differ"
    if people_of(content, environment.vault.lookup_hash) != people.of_file(tx, file.file_no):
        return f"file {file.file_no} names others than its version {newest.number}"
    if entry_of(content, environment.vault.lookup_hash) != index.of_file(tx, file.file_no):
        return f"file {file.file_no} is found by other things than its version {newest.number} says"
    return None


def _since_fits(file: File) -> bool:
    """A file that counts says since when, one that waits too; none waits longer than it counts."""
    status, stands, awaits = file.shown.status, file.stands_since, file.awaits_since
    if (stands is None) == file.shown.stands or (awaits is None) != (status != AWAITING_ENTRY):
        return False
    return awaits is None or (stands is not None and file.opened_on <= stands <= awaits)


def _exits(tx: Tx) -> Findings:
    """A file that is out has one row that says since when; one that stands has none open."""
    for file_no, status, closed_on, still_out in checks.files_with_exits(tx):
        wanted = 1 if status in OUT else 0
        since = [one.on for one in still_out]
        fits = len(since) == wanted and (status == CLOSED or since == [closed_on] * wanted)
        fell = any(one.fell_back_on for one in still_out)
        if fits and (status != FALLEN_BACK or fell):
            yield None
        else:
            yield f"file {file_no} is {status} since “{closed_on}” and out since {since}"


def _references(tx: Tx) -> Findings:
    yield None
    yield from checks.rows_that_point_nowhere(tx)
