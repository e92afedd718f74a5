"""What must always hold of the database (reliability.md §2d, I1-I10), on a live system."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from engine.errors import BangfuError
from engine.model.cases import RUNNING, Case, CaseStatus
from engine.model.items import pack_items
from engine.runtime import Waits, failures, waits
from engine.store import cases, checks, waiting
from engine.store.database import Tx
from engine.store.subscriptions import SIGNAL, key_text
from engine.store.waits import wait_rows
from engine.work import trail
from engine.work.environment import Environment
from engine.work.files import path_of, strays
from engine.work.opened import open_case

_MOST_SHOWN = 20
_STRAY_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Invariant:
    """One promise: whether it holds, over how many things, and what breaks it."""

    id: str
    title: str
    ok: bool
    checked: int
    broken: tuple[str, ...] = ()


def check(environment: Environment, tx: Tx) -> list[Invariant]:
    """Every invariant of the engine, from one consistent view."""
    return [
        _gather("I1", "每次发起和每次办结都在历史中记了一次", _once(tx)),
        _gather("I2", "每个环节最多办结一次,由有权的人办", _doers(tx)),
        _gather("I3", "计时按时触发,只触发一次", _timers(environment, tx)),
        _gather("I4", "流程状态与待办、后台任务和等待一致", _states(environment, tx)),
        _gather("I5", "资金不超预算", iter(())),
        _gather("I6", "操作留痕完整", _audit(environment, tx)),
        _gather("I7", "附件与登记一致", _files(environment, tx)),
        _gather("I8", "没有指向空处的记录", _orphans(tx)),
        _gather("I9", "办件属性都有对应的办件", iter(())),
        _gather("I10", "待办的计数与待办一致", _numbers(tx)),
    ]


Findings = Iterator[str | None]
"""For each thing that was looked at: what is wrong with it, or None."""


def _gather(number: str, title: str, findings: Findings) -> Invariant:
    checked = 0
    broken: list[str] = []
    for finding in findings:
        checked += 1
        if finding is not None and len(broken) < _MOST_SHOWN:
            broken.append(finding)
    return Invariant(number, title, not broken, checked, tuple(broken))


def _once(tx: Tx) -> Findings:
    yield from _each(
        checks.cases_total(tx),
        checks.cases_not_started_once(tx),
        "case {} has no or several starts",
    )
    yield from _each(
        checks.completions_total(tx),
        checks.completions_not_once(tx),
        "task {} and its history disagree",
    )


def _doers(tx: Tx) -> Findings:
    yield from _each(
        checks.completions_total(tx), checks.completed_without_doer(tx), "task {} has no doer"
    )
    yield from _each(0, checks.completed_by_barred(tx), "task {} was done by a barred person")
    yield from _each(
        0,
        checks.completed_without_profile(tx),
        "task {} was done by one person without a separation profile",
    )
    yield from _each(
        0, checks.completed_without_role(tx), "task {} was done by somebody without the role"
    )
    yield from _each(
        0, checks.completed_by_other(tx), "task {} was done by another than its history says"
    )


def _timers(environment: Environment, tx: Tx) -> Findings:
    late = environment.now() - timedelta(seconds=90) * max(1.0, _speed(environment))
    yield from _each(checks.timers_total(tx), checks.timers_late(tx, late), "job {} is late")
    yield from _each(0, checks.timers_fired_too_often(tx), "timer {} fired more often than set")
    yield from _each(0, checks.timers_without_row(tx), "case {} has lost a timer, or has one more")


def _speed(environment: Environment) -> float:
    return float(getattr(environment.clock, "speed", 1.0))


def _each(total: int, broken: list[str], sentence: str) -> Findings:
    for _ in range(max(total - len(broken), 0)):
        yield None
    for thing in broken:
        yield sentence.format(thing)


def _states(environment: Environment, tx: Tx) -> Findings:
    for case_id in checks.running_cases(tx):
        yield _state(environment, tx, case_id)
    yield from _each(0, checks.waits_of_ended_cases(tx), "case {} has ended and still waits")


def _numbers(tx: Tx) -> Findings:
    wrong = [
        f"queue {queue}, {process}, due {due or '-'}, {why} {person}: {n} counted, {there} there"
        for (queue, person, due, process, why), (n, there) in waiting.differences(tx).items()
    ]
    yield from _each(len(waiting.recounted(tx)), wrong, "{}")
    yield from _each(0, checks.due_on_another_day(tx), "task {} is due on another day than it says")
    yield from _each(0, checks.misplaced_steps(tx), "task {} does not say where its case lies")


def _state(environment: Environment, tx: Tx, case_id: str) -> str | None:
    case = cases.load(tx, case_id)
    if case is None or case.status not in RUNNING:
        return None
    try:
        opened = open_case(environment, tx, case)
        expected = waits(opened.program, opened.memory.engine)
        failed = {i.token for i in failures(opened.program, opened.memory.engine)}
    except BangfuError as error:
        if case.status is CaseStatus.INCIDENT:
            return None  # known, and somebody's to mend
        return f"case {case_id}: {error.message}"
    try:
        return next(_differences(environment, tx, case, expected, failed), None)
    except ValueError:  # the check of all the others goes on
        return f"case {case_id} has a row that cannot be read"


def _differences(
    environment: Environment, tx: Tx, case: Case, expected: Waits, failed: set[str]
) -> Iterator[str]:
    rows = wait_rows(tx, case.id)
    by_kind: dict[str, set[str]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, set()).add(row.token)
    pairs: list[tuple[str, set[str], set[str]]] = [
        ("tasks", by_kind.get("task", set()), set(expected.user)),
        ("timers", by_kind.get("timer", set()), set(expected.timers)),
        ("messages", by_kind.get("message", set()), set(expected.messages)),
        ("signals", by_kind.get("listening", set()), set(expected.signals)),
        ("operations", by_kind.get("operation", set()), set(expected.jobs)),
        ("failures", by_kind.get("retry", set()), failed),
    ]
    for name, stored, engine in pairs:
        if stored != engine:
            yield f"case {case.id}: {name} in the tables and in the engine differ"
    if not any(row.kind != "signal" for row in rows):
        yield f"case {case.id} is active and waits for nothing"
    items = {token: pack_items(wait.items) for token, wait in expected.user.items()}
    if checks.items_of_steps(tx, case.id) != items:
        yield f"case {case.id}: a step is said to be for another item"
    keys = {
        token: (wait.name, environment.vault.lookup_hash(key_text(wait.name, wait.key)))
        for token, wait in expected.messages.items()
    } | {token: (wait.name, SIGNAL) for token, wait in expected.signals.items()}
    if checks.message_waits(tx, case.id) != keys:
        yield f"case {case.id}: a wait for a message or signal has another name or key"
    needs_help = bool(failed) or any(row.status == "failed" for row in rows)
    if needs_help != (case.status is CaseStatus.INCIDENT):
        yield f"case {case.id}: its status hides a failure, or tells of none"


def _audit(environment: Environment, tx: Tx) -> Findings:
    verdict = trail.verify(environment, tx)
    for _ in range(verdict.entries):
        yield None
    if not verdict.ok:
        yield f"number {verdict.first_bad_seq}: {verdict.reason}"


def _files(environment: Environment, tx: Tx) -> Findings:
    for path in strays(environment, tx, _STRAY_AFTER):
        yield f"file {path.name} has content and no row"
    for digest in checks.file_hashes(tx):
        path = path_of(environment.data_dir, digest)
        if not path.exists():
            yield f"file {digest} has a row and no content"
            continue
        try:
            environment.vault.open_file(path.read_bytes(), digest)
        except BangfuError as error:
            yield error.message
        else:
            yield None


def _orphans(tx: Tx) -> Findings:
    broken = checks.broken_references(tx)
    yield None
    yield from broken
