"""One batch of a list: its cases are begun beside the lock, then written in one transaction.

Each line is begun by what begins a single case (:mod:`engine.work.start`): rights, units, forms,
routing, deadlines and history are the same. What differs is when things happen: the rows of all
lines are gathered from one view of the database, first steps that are alike are stamped
(:class:`engine.runtime.Moulds`), numbers are taken in one block a series, and all is written at
once. A line that cannot be gathered — an operation runs, a queue is still to be made, files are
linked, something failed and waits for a person — is begun by itself in the same transaction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from typing_extensions import override

from engine.errors import BangfuError, Busy, Invalid, LeaseLost, Refused
from engine.model.actors import Actor
from engine.model.clock import FixedClock
from engine.model.fan_out import CAMPAIGN, LONGEST_KEY, FanOut, Line, RefusedLine
from engine.runtime import CannotOperate, Moulds, OperationCall, Ports, Program, Step
from engine.store import cases, fan_outs, queues, settings
from engine.store.bulk import CannotGather, Gathered, gathering
from engine.store.database import Failed, Tx, savepoint
from engine.work.environment import Environment, Queues
from engine.work.passing_on import pass_on
from engine.work.start import (
    Begin,
    Place,
    PreparedStart,
    Request,
    begin,
    checked,
    counter_of,
    numbered,
    place_of,
    series_of,
    why_not,
)

_NO_KEY = "(空)"
_BY_ITSELF = (CannotGather, CannotOperate)


@dataclass(frozen=True)
class Ready:
    """A line that may be begun, and the series its number comes from."""

    line: Line
    start: PreparedStart
    series: str


@dataclass
class Batch:
    """Some lines on their way to become cases."""

    lines: Sequence[Line]
    ready: list[Ready] = field(default_factory=list)
    refused: list[RefusedLine] = field(default_factory=list)
    gathered: Gathered = field(default_factory=Gathered)
    by_itself: list[Ready] = field(default_factory=list)
    queues: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Queues (role, level, home) that have to be made before the lines in ``ready`` can go on."""

    @property
    def after(self) -> str:
        """The key of its last line."""
        return self.lines[-1].business_key[:LONGEST_KEY].replace("\0", "")


class Places:
    """What was found out about each unit during a round, refusals too."""

    def __init__(self) -> None:
        self._known: dict[str, Place | Refused] = {}
        self._series: dict[str, str] = {}

    def find(self, environment: Environment, tx: Tx, actor: Actor, request: Request) -> Place:
        """The place of a request; raises what :func:`place_of` raises."""
        unit = request.organisation_id
        known = self._known.get(unit)
        if known is None:
            try:
                known = place_of(environment, tx, actor, request)
            except Refused as refused:
                known = refused
            self._known[unit] = known
        if isinstance(known, Refused):
            raise known.with_traceback(None)
        return known

    def series(self, environment: Environment, tx: Tx, start: PreparedStart) -> str:
        """What comes before its number: one a unit."""
        known = self._series.get(start.home.id)
        if known is None:
            known = self._series[start.home.id] = series_of(environment, tx, start)
        return known


class _QueueMissing(Exception):
    """A step goes where none has gone before."""

    def __init__(self, place: tuple[str, str, str]) -> None:
        super().__init__(place)
        self.place = place


class _KnownQueues(Queues):
    """Queues for reading: one that would have to be made is told."""

    def __init__(self, inner: Queues) -> None:
        super().__init__()
        self._inner = inner

    @override
    def find(self, tx: Tx, role: str, level: str, home_id: str, today: date) -> int:
        known = self._inner.known(tx, role, level, home_id)
        if known is None:
            raise _QueueMissing((role, level, home_id))
        return known


def check(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    fan_out: FanOut,
    lines: Sequence[Line],
    places: Places,
) -> Batch:
    """Which lines are to be begun: not those with a case, nor those that may not have one."""
    batch = Batch(lines)
    keys = [line.business_key for line in lines if "\0" not in line.business_key]
    seen = fan_outs.begun_among(tx, fan_out.id, keys)
    _, _, version = fan_out.definition_id.rpartition(":")
    for line in lines:
        if line.business_key in seen:
            continue
        seen.add(line.business_key)
        try:
            _must_have_key(line)
            request = Request(
                fan_out.process_key,
                line.organisation_id,
                line.variables,
                line.business_key,
                int(version),
                origin=CAMPAIGN,
            )
            place = places.find(environment, tx, actor, request)
            start = checked(environment, tx, actor, request, place)
            batch.ready.append(Ready(line, start, places.series(environment, tx, start)))
        except (Busy, LeaseLost, Failed):
            raise
        except Exception as error:  # noqa: BLE001 - one bad line is told, the others go on
            batch.refused.append(refused_line(environment, line, error))
    return batch


def _must_have_key(line: Line) -> None:
    if not line.business_key.strip() or "\0" in line.business_key:
        raise Invalid("这一行没有可用的编号,未发起。请补上后再次发起,已发起的不会重复。")
    if len(line.business_key) > LONGEST_KEY:
        raise Invalid(f"编号超过 {LONGEST_KEY} 个字符,未发起。请缩短后再次发起,已发起的不会重复。")


def refused_line(environment: Environment, line: Line, error: Exception) -> RefusedLine:
    """Why a line has no case, in words for whoever keeps the list.

    A foreign exception's text can hold what somebody typed: only its kind is told.
    """
    if isinstance(error, BangfuError):
        reason = why_not(error)
    else:
        reason = f"系统内部错误({type(error).__name__}),这一行没有发起。请联系管理员查看日志。"
    key = line.business_key.replace("\0", "").strip()[:LONGEST_KEY]
    return RefusedLine(key or _NO_KEY, line.organisation_id[:64], reason, environment.now())


def take_numbers(tx: Tx, batch: Batch) -> None:
    """Give each line of a batch its number: one statement a series."""
    wanted = Counter(one.series for one in batch.ready)
    last = {
        series: settings.take_numbers(tx, counter_of(series), how_many)
        for series, how_many in sorted(wanted.items())
    }
    numbered_lines = []
    for one in batch.ready:
        last[one.series] += 1
        number = numbered(one.series, last[one.series])
        numbered_lines.append(replace(one, start=replace(one.start, number=number)))
    batch.ready = numbered_lines


def gather(environment: Environment, tx: Tx, actor: Actor, batch: Batch) -> None:
    """Begin the lines of a batch without writing anything; ``tx`` is a view.

    Those that wait for a queue stay in ``batch.ready``.
    """
    reading = replace(
        environment,
        queues=_KnownQueues(environment.queues),
        clock=FixedClock(environment.now()),  # moulds and due dates serve one instant
    )
    moulds = Moulds()
    ready, batch.ready = batch.ready, []
    batch.queues.clear()
    for one in ready:
        if one.start.files:
            batch.by_itself.append(one)
            continue
        try:
            with gathering(tx) as rows:
                begin(reading, tx, actor, one.start, _beginner(moulds, one.start.home.id))
        except _QueueMissing as missing:
            batch.queues[missing.place] = None
            batch.ready.append(one)
        except _BY_ITSELF:
            batch.by_itself.append(one)
        except (Busy, LeaseLost, Failed):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            batch.refused.append(refused_line(environment, one.line, error))
        else:
            batch.gathered.add(rows)


def make_queues(environment: Environment, tx: Tx, batch: Batch) -> None:
    """Make the queues that lines of a batch wait for."""
    homes: dict[tuple[str, str], list[str]] = {}
    for role, level, home_id in batch.queues:
        homes.setdefault((role, level), []).append(home_id)
    for (role, level), home_ids in homes.items():
        queues.make_queues(tx, role, level, home_ids, environment.today())


def _beginner(moulds: Moulds, place: str) -> Begin:
    def first_step(program: Program, variables: Mapping[str, object], ports: Ports) -> Step:
        step = moulds.start(program, place, variables, replace(ports, operate=_operates))
        if step.incidents or step.signals:
            raise CannotGather
        return step

    return first_step


def _operates(_call: OperationCall) -> Mapping[str, object]:
    raise CannotOperate


def write(environment: Environment, tx: Tx, actor: Actor, fan_out: FanOut, batch: Batch) -> FanOut:
    """Write a batch with how far the list is; the list as it is then.

    Raises LeaseLost when somebody else has gone on with the list, or it was stopped.
    """
    gathered = len(batch.gathered)
    # First, for the lock of the list: of two that are at it one writes.
    if not fan_outs.step_on(tx, fan_out, batch.after, len(batch.lines), gathered):
        raise LeaseLost(f"the list {fan_out.id} was stopped, or is with another worker")
    batch.gathered.write(tx, fan_out_id=fan_out.id)
    refused = list(batch.refused)
    alone = 0
    for one in (*batch.by_itself, *batch.ready):
        try:
            with savepoint(tx):
                case_id = begin(environment, tx, actor, one.start).case_id
                fan_outs.claim_case(tx, fan_out.id, case_id)
        except (Busy, LeaseLost):
            raise
        except BangfuError as error:
            refused.append(refused_line(environment, one.line, error))
        else:
            alone += 1
    origin = None if fan_out.case_id is None else cases.load(tx, fan_out.case_id)
    if origin is not None:
        pass_on(environment, tx, origin)
    fan_outs.add_begun(tx, fan_out.id, alone)
    fan_outs.refuse(tx, environment.vault, fan_out.id, refused)
    if fan_out.refused:
        told = {one.business_key for one in refused}
        keys = [line.business_key for line in batch.lines if line.business_key not in told]
        fan_outs.forget_refusals(tx, fan_out.id, keys)
    return replace(
        fan_out,
        after=batch.after,
        done=fan_out.done + len(batch.lines),
        begun=fan_out.begun + gathered + alone,
        refused=fan_out.refused + len(refused),
    )


def write_refused(environment: Environment, tx: Tx, fan_out: FanOut, batch: Batch) -> FanOut:
    """Write that a line cannot be begun by any means."""
    if not fan_outs.step_on(tx, fan_out, batch.after, len(batch.lines), 0):
        raise LeaseLost(f"the list {fan_out.id} was stopped, or is with another worker")
    fan_outs.refuse(tx, environment.vault, fan_out.id, batch.refused)
    return replace(
        fan_out,
        after=batch.after,
        done=fan_out.done + len(batch.lines),
        refused=fan_out.refused + len(batch.refused),
    )
