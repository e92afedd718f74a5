"""A signal reaches every case that waits for it: this one at once, all others by a job of theirs.

A broadcast may concern thousands of cases, which cannot all be moved in one transaction. So the
transaction that throws a signal writes one job for each wait there is at that moment, and the
workers deliver them case by case: a killed worker loses none and delivers none twice. What
happens to a case afterwards is judged after the signal all the same, as with timers: whoever
moves it takes first what is due (:class:`~engine.work.opened.TimerDue`).
"""

from engine.errors import Busy
from engine.model.cases import EventKind
from engine.runtime import Step, catch_signal, waits
from engine.store import jobs
from engine.store.database import Tx
from engine.store.jobs import Job
from engine.store.waits import WaitRow
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.opened import OpenedCase, ports_of


def hear(
    environment: Environment,
    tx: Tx,
    opened: OpenedCase,
    job: Job,
    cause: Cause,
    before: list[WaitRow],
) -> Step | None:
    """Let a case hear what another one threw; None when it does not wait for it any more.

    Raises Busy while a timer that was over before the signal has not fired: that comes first.
    """
    if any(row.kind == "timer" and row.is_due(job.due_at) for row in before):
        raise Busy("先处理到期的计时,再送达信号。")
    wait = waits(opened.program, opened.memory.engine).signals.get(job.token)
    if wait is None:
        jobs.finish(tx, job.case_id, [job.token], cause.now)
        return None
    place = (wait.process_key, wait.element_id)
    cause.note(EventKind.MESSAGE, {"name": wait.name, "signal": "heard"}, place=place)
    ports = ports_of(environment, tx, opened, cause)
    return catch_signal(opened.program, opened.memory.engine, job.token, ports)
