"""A case that was opened to be moved or read: decrypted, with the versions it is and was on.

Here is also what the runtime may ask while it steps such a case (:func:`ports_of`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson

from engine.errors import Broken, StateUnreadable
from engine.model.cases import Case, EventKind
from engine.model.clock import ZONE
from engine.model.deadlines import moved_on
from engine.model.items import Items, key_of, of_key, same_item
from engine.model.operations import NotYet, OperationContext
from engine.model.tasks import Task, TaskLine
from engine.runtime import OperationCall, Ports, Program, read_scope
from engine.store.database import Tx, savepoint
from engine.store.vault import CaseVault
from engine.work.environment import Environment
from engine.work.history import Cause


class TimerDue(Exception):
    """A timer of the case is over and must fire before anything else can be judged."""

    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)
        self.case_id = case_id


@dataclass(frozen=True)
class Memory:
    """What the engine remembers of a case beside SpiffWorkflow's state."""

    engine: bytes
    organisation: Mapping[str, str]
    signers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who did which step, by element id and item: what ``notSamePersonAs`` looks at."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Which organisation handled a step last, by element id and item: for ``notSameUnitAs``."""
    versions: tuple[tuple[int, str, str], ...] = ()
    """The versions it was on before: the number of the last row of the history that was written
    on it, when it left it, and its id."""

    def pack(self) -> bytes:
        """As bytes for the case's row."""
        known: dict[str, object] = {
            "organisation": self.organisation,
            "signers": self.signers,
            "units": self.units,
        }
        if self.versions:
            known["versions"] = self.versions
        head = orjson.dumps(known)
        return len(head).to_bytes(4, "big") + head + self.engine

    @classmethod
    def unpack(cls, packed: bytes) -> "Memory":
        """From the case's row."""
        try:
            length = int.from_bytes(packed[:4], "big")
            head = orjson.loads(packed[4 : 4 + length])
            return cls(
                engine=packed[4 + length :],
                organisation=head["organisation"],
                signers={k: tuple(v) for k, v in head["signers"].items()},
                units=head.get("units", {}),  # states of the first release have none
                versions=tuple((n, at, i) for n, at, i in head.get("versions", ())),
            )
        except (ValueError, KeyError, TypeError) as error:
            msg = "the stored state of a case cannot be read"
            raise StateUnreadable(msg) from error

    def signed(self, element_id: str, items: Items, person_id: str, unit_id: str) -> "Memory":
        """With one more doer of a step, for the organisation that handled it."""
        key = key_of(element_id, items)
        doers = self.signers.get(key, ())
        signers = self.signers
        if person_id not in doers:
            signers = {**signers, key: (*doers, person_id)}
        units = {**self.units, element_id: unit_id, key: unit_id}
        return replace(self, signers=signers, units=units)

    def doers(self, element_id: str, items: Items | None = None) -> frozenset[str]:
        """Who has done a step; for an item only what belongs to it, for None for whichever."""
        return self._who_did(element_id, lambda it: items is None or same_item(it, items))

    def doers_of_others(self, element_id: str, items: Items) -> frozenset[str]:
        """Who has done it for another item."""
        return self._who_did(element_id, lambda it: not same_item(it, items))

    def _who_did(self, element_id: str, for_item: Callable[[Items], bool]) -> frozenset[str]:
        return frozenset(
            person
            for key, people in self.signers.items()
            for done, items in [of_key(key)]
            if done == element_id and for_item(items)
            for person in people
        )

    def unit_of(self, element_id: str, items: Items) -> str | None:
        """Which organisation handled a step last: for the same item where it is one of a list."""
        return self.units.get(key_of(element_id, items), self.units.get(element_id))


@dataclass(frozen=True)
class Earlier:
    """A version that a case was on: up to which row of its history, and until when."""

    last_number: int
    until: datetime
    program: Program


@dataclass(frozen=True)
class OpenedCase:
    """A case with what is needed to move it; ``earlier`` are the versions it has left."""

    case: Case
    vault: CaseVault
    memory: Memory
    program: Program
    earlier: tuple[Earlier, ...] = ()

    @property
    def programs(self) -> tuple[Program, ...]:
        """Every version it was ever on, the one it is on last."""
        return (*(one.program for one in self.earlier), self.program)

    def program_at(self, number: int) -> Program:
        """The version it was on when a row of its history was written."""
        for one in self.earlier:
            if number <= one.last_number:
                return one.program
        return self.program

    def program_of(self, task: Task | TaskLine) -> Program:
        """The version with which a step is done, or was done."""
        if task.completed_at is not None:
            for one in self.earlier:
                was_there = _has(one.program, task.process_key, task.element_id)
                if task.completed_at <= one.until and was_there:
                    return one.program
        return self.program


def _has(program: Program, process_key: str, element_id: str) -> bool:
    return process_key in program.processes and element_id in program.diagram(process_key).nodes


def open_case(environment: Environment, tx: Tx, case: Case) -> OpenedCase:
    """Decrypt a case and find its program."""
    vault = environment.vault.case(case.id, case.data_key)
    memory = Memory.unpack(vault.open(case.state, "state", 0))
    program = environment.programs.get(tx, case.definition_id)
    earlier = tuple(
        Earlier(number, datetime.fromisoformat(at), environment.programs.get(tx, definition_id))
        for number, at, definition_id in memory.versions
    )
    return OpenedCase(case, vault, memory, program, earlier)


def case_variable(environment: Environment, tx: Tx, opened: OpenedCase) -> dict[str, object]:
    """The reserved variable ``case`` that every expression of a process can read.

    ``levels`` says at which level each finished step was handled last: an appeal goes to the
    union next above the one that refused, which is not always the level its lane names.
    """
    case = opened.case
    return {
        "id": case.id,
        "number": case.number,
        "business_key": case.business_key,
        "organisation": {"id": case.organisation_id, **opened.memory.organisation},
        "started_on": case.created_at.astimezone(ZONE).date().isoformat(),
        "levels": {
            element_id: environment.places.level(tx, unit_id)
            for key, unit_id in opened.memory.units.items()
            for element_id, items in [of_key(key)]
            if not items
        },
    }


def scope_at(environment: Environment, tx: Tx, opened: OpenedCase, token: str) -> dict[str, object]:
    """What the form of a step may read: the variables seen there, and ``case``."""
    variables = read_scope(opened.program, opened.memory.engine, token)
    return {**variables, "case": case_variable(environment, tx, opened)}


def ports_of(environment: Environment, tx: Tx, opened: OpenedCase, cause: Cause) -> Ports:
    """What the runtime may ask while it steps this case."""
    case = opened.case
    feel = environment.feel(tx, case.organisation_id, cause.now)

    def operate(call: OperationCall) -> Mapping[str, object] | NotYet:
        operation = environment.operations.get(call.operation)
        if operation is None:
            msg = f"没有名为“{call.operation}”的操作。请流程设计员核对服务任务的类型。"
            raise Broken(msg)
        context = OperationContext(
            tx=tx,
            case_id=case.id,
            case_number=case.number,
            organisation_id=case.organisation_id,
            actor_id=cause.actor.person_id,
            now=cause.now,
            lookup_hash=environment.vault.lookup_hash,
            seal=environment.vault.seal,
            open=environment.vault.open,
            reporter=lambda kind, detail: cause.note(
                EventKind(kind), detail, place=(call.process_key, call.element_id)
            ),
            parameter=lambda name, unit_id: environment.parameter(tx, name, unit_id),
            handled_by=opened.memory.units.get,
            afterwards=cause.afterwards.append,
        )
        written, to_do = len(cause.entries), len(cause.afterwards)
        try:
            with savepoint(tx):
                return operation.run(context, call.inputs)
        except BaseException:
            del cause.entries[written:]  # what it undid did not happen
            del cause.afterwards[to_do:]
            raise

    return Ports(
        now=cause.now,
        case=case_variable(environment, tx, opened),
        feel=feel,
        due=lambda deadline, start: environment.due(tx, deadline, start).at,
        operate=operate,
        moved_on=lambda instant: moved_on(instant, environment.calendars.get(tx)),
    )
