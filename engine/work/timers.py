"""What the executor does with a due job: fire a timer, run an operation, retry an element.

Or let a case hear a signal (:mod:`engine.work.signals`).
"""

from dataclasses import replace

from engine.errors import Broken, Conflict, LeaseLost, NotFound
from engine.model.actors import SYSTEM, Actor
from engine.model.cases import RUNNING, CaseStatus, EventKind
from engine.model.operations import NotYet
from engine.runtime import OperationCall, finish_operation, fire_timer, waits
from engine.runtime import retry as step_retry
from engine.store import cases, directory, jobs
from engine.store.database import Tx
from engine.store.jobs import Job
from engine.store.waits import wait_rows
from engine.work import signals
from engine.work.advance import write_step
from engine.work.environment import Environment
from engine.work.history import Cause, append_history, write_history
from engine.work.opened import OpenedCase, open_case, ports_of
from engine.work.organise import ADMIN


def run_job(environment: Environment, tx: Tx, job: Job, actor: Actor = SYSTEM) -> bool:
    """Do a leased job and its consequences in one transaction; False when an element failed in it.

    Raises LeaseLost when another worker took it over; anything else raised makes the executor
    try again, and after the third time an incident.
    """
    if not jobs.still_held(tx, job.id, job.fence):
        raise LeaseLost(f"job {job.id} is with another worker")
    case = cases.load(tx, job.case_id)
    if case is None or case.status not in RUNNING:
        jobs.finish(tx, job.case_id, [job.token], environment.now())
        return True
    opened = open_case(environment, tx, case)
    cause = Cause(actor, environment.now())
    place = (job.process_key, job.element_id)
    before = wait_rows(tx, case.id)
    if job.kind == "signal":
        heard = signals.hear(environment, tx, opened, job, cause, before)
        if heard is not None:
            write_step(environment, tx, opened, heard, cause, before)
        return not cause.has_failed
    ports = ports_of(environment, tx, opened, cause)
    match job.kind:
        case "timer":
            cause.note(EventKind.TIMER_FIRED, {}, place=place)
            step = fire_timer(opened.program, opened.memory.engine, job.token, ports)
        case "operation":
            call = _call_of(opened, job)
            # The operation's own rows come after the one that says why the case moved.
            cause.note(EventKind.MESSAGE, {"name": f"自动办理:{call.operation}"}, place=place)
            outputs = ports.operate(call)
            if isinstance(outputs, NotYet):
                _look_again(environment, tx, job, outputs)
                return True
            step = finish_operation(opened.program, opened.memory.engine, job.token, outputs, ports)
        case "retry":
            cause.retried = True
            step = step_retry(opened.program, opened.memory.engine, ports)
        case _:
            msg = f"an unknown kind of job: {job.kind}"
            raise Broken(msg)
    write_step(environment, tx, opened, step, cause, before)
    return not cause.has_failed


def _look_again(environment: Environment, tx: Tx, job: Job, answer: NotYet) -> None:
    """What the operation began goes on; its job comes back later, and that is no failed try."""
    until = environment.real_now() + answer.wait
    if not jobs.put_back(tx, job.id, job.fence, until, "", counts=False):
        raise LeaseLost(f"job {job.id} is with another worker")


def visible_job(tx: Tx, actor: Actor, job_id: int) -> Job:
    """The job; NotFound for one of a case the actor neither sees nor administers."""
    job = jobs.load(tx, job_id)
    if job is None or not (
        cases.is_visible(tx, actor, job.case_id) or _administers(tx, actor, job.case_id)
    ):
        raise NotFound("没有找到这个异常。")
    return job


def _administers(tx: Tx, actor: Actor, case_id: str) -> bool:
    """An administrator looks after the jobs of cases she may not open."""
    found = cases.load(tx, case_id)
    if found is None or not cases.may_be_known_to(tx, actor, case_id):
        return False
    return directory.is_within(tx, found.organisation_id, actor.places(ADMIN))


def retry(environment: Environment, tx: Tx, actor: Actor, job_id: int) -> int:
    """A person lets a failed job be tried again at once; its number.

    Raises NotFound for a job of a case she may not see, Conflict when it has not failed.
    """
    job = visible_job(tx, actor, job_id)
    case = cases.load(tx, job.case_id)
    now = environment.now()
    if case is None or case.status not in RUNNING or not jobs.try_again(tx, job_id, now):
        raise Conflict("这个异常已在重试或已处理。")
    cause = Cause(actor, now)
    cause.note(EventKind.RETRIED, {}, place=(job.process_key, job.element_id))
    write_history(tx, case, environment.vault.case(case.id, case.data_key), cause)
    return job_id


def become_incident(environment: Environment, tx: Tx, job: Job, error: str) -> None:
    """After the last try: the job waits for a person, and the case says so."""
    if not jobs.give_up(tx, job.id, job.fence, error):
        raise LeaseLost(f"job {job.id} is with another worker")
    case = cases.load(tx, job.case_id)
    if case is None or case.status not in RUNNING:
        return
    # Not opened: a state that cannot be read is one of the things that end here.
    vault = environment.vault.case(case.id, case.data_key)
    cause = Cause(SYSTEM, environment.now())
    place = (job.process_key, job.element_id)
    cause.note(EventKind.INCIDENT, {"message": error}, place=place)
    count, head = append_history(tx, case, vault, cause)
    changed = replace(
        case,
        status=CaseStatus.INCIDENT,
        rev=case.rev + 1,
        event_count=count,
        chain_head=head,
    )
    cases.save(tx, changed, case.rev)


def _call_of(opened: OpenedCase, job: Job) -> OperationCall:
    waiting = waits(opened.program, opened.memory.engine).jobs.get(job.token)
    if waiting is None:
        msg = f"case {opened.case.id} does not wait for job {job.id}"
        raise Broken(msg)
    return OperationCall(
        operation=waiting.operation,
        inputs=waiting.inputs,
        process_key=waiting.process_key,
        element_id=waiting.element_id,
    )
