"""The runtime: the one door to SpiffWorkflow. No SQL, no wall clock, no web.

    program = compile_program(source)                 # once per deployed version
    step = start(program, {"applicant_name": "…"}, ports)
    step = complete(program, step.state, step.opened[0].token, {"decision": "agree"}, ports)

A command takes the state document of a case and gives a :class:`Step`: the new document and
everything the caller has to write down. How a case moves is in :mod:`~engine.runtime.run`
(what its values say in :mod:`~engine.runtime.answers`), what is stored in
:mod:`~engine.runtime.state`, and what a process file may hold in
:mod:`~engine.runtime.reading` and :mod:`~engine.runtime.structure`.
"""

from engine.runtime.commands import (
    catch_signal,
    complete,
    deliver,
    failures,
    finish_operation,
    fire_timer,
    read_scope,
    reckon_timers,
    retime,
    retry,
    start,
    waits,
)
from engine.runtime.findings import ProgramRefused
from engine.runtime.moulds import Moulds
from engine.runtime.positions import Position, positions
from engine.runtime.program import (
    Outline,
    Program,
    compile_program,
    joins_on_cycle,
    read_outline,
)
from engine.runtime.rebinding import MENDABLE, Mark, Obstacle, Rebound, Renaming, rebind
from engine.runtime.step import (
    CannotOperate,
    DecisionRecord,
    IncidentRecord,
    MessageWait,
    MovedTimer,
    OpenStep,
    OperationCall,
    OperationRecord,
    OperationWait,
    Passed,
    Ports,
    SignalRecord,
    SignalWait,
    Step,
    TimerWait,
    UserWait,
    Waits,
)

__all__ = [
    "MENDABLE",
    "CannotOperate",
    "DecisionRecord",
    "IncidentRecord",
    "Mark",
    "MessageWait",
    "Moulds",
    "MovedTimer",
    "Obstacle",
    "OpenStep",
    "OperationCall",
    "OperationRecord",
    "OperationWait",
    "Outline",
    "Passed",
    "Ports",
    "Position",
    "Program",
    "ProgramRefused",
    "Rebound",
    "Renaming",
    "SignalRecord",
    "SignalWait",
    "Step",
    "TimerWait",
    "UserWait",
    "Waits",
    "catch_signal",
    "compile_program",
    "complete",
    "deliver",
    "failures",
    "finish_operation",
    "fire_timer",
    "joins_on_cycle",
    "positions",
    "read_outline",
    "read_scope",
    "rebind",
    "reckon_timers",
    "retime",
    "retry",
    "start",
    "waits",
]
