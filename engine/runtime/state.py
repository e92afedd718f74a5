"""The state document: compact JSON of the live tokens and the scopes of a case (design.md D3).

Finished tokens are thrown away before writing. Nothing looks at them again: joins remember who
has come (:class:`~engine.runtime.specs.Joining`), variables live in scopes, history is kept
by the caller. So the document stays the same size however often a case goes round a loop.

The document holds plain JSON values only; nothing in it is ever read as the name of a type, so
that no submitted field can become anything but data. Layout, format 1::

    {"format": 1, "definition": "key:version", "ended": bool,
     "root": {…}, "called": {token: {…}}, "local": {token: {…}}, "failed": {token: sentence},
     "parts": [[token of the activity or null, [row, …]], …]}
    row = [token, index of the parent's row or -1, state, spec name, triggered, internal data]
"""

from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.errors import StateUnreadable
from engine.runtime.program import Program
from engine.runtime.run import Run
from engine.runtime.specs import BoundaryEventSplit, EventBasedGateway
from engine.runtime.step import Ports
from engine.runtime.tokens import ROOT_ID, PartWorkflow, Token
from engine.runtime.variables import Variables

FORMAT = 1
_KEPT_WHEN_FINISHED = (BoundaryEventSplit, EventBasedGateway)
_STATES = frozenset(TaskState._values)  # noqa: SLF001 - SpiffWorkflow's list of states


def encode(run: Run) -> bytes:
    """The document of a case between two commands; the run's finished tokens are dropped."""
    case = run.case
    parts = [] if case.completed else list(case.active_parts())
    rows = [
        (part.holder.id if isinstance(part, PartWorkflow) else None, _rows(part)) for part in parts
    ]
    alive = {str(row[0]) for _, part_rows in rows for row in part_rows}
    run.variables.forget(alive)
    return orjson.dumps(
        {
            "format": FORMAT,
            "definition": run.program.id,
            "ended": case.completed,
            "root": run.variables.root,
            "called": run.variables.called,
            "local": run.variables.local,
            "failed": {token: why for token, why in run.failures.items() if token in alive},
            "parts": rows,
        }
    )


def _rows(part: Any) -> list[list[object]]:
    kept = _kept(part.tasks)
    index = {token.id: place for place, token in enumerate(kept)}
    return [
        [
            token.id,
            index.get(token.parent_id, -1),
            token.state,
            token.task_spec.name,
            int(token.triggered),
            token.internal_data,
        ]
        for token in kept
    ]


def _kept(tokens: dict[str, Token]) -> list[Token]:
    """The live tokens, and the finished ones that tie live ones together, in their order.

    An activity's boundary events and the events behind an event-based gateway know each other by
    the token before them; every other live token hangs directly below the root.
    """
    kept: set[str] = set()
    for token in tokens.values():
        if token.is_finished:
            continue
        kept.add(token.id)
        parent = token.parent
        if parent is not None and isinstance(parent.task_spec, _KEPT_WHEN_FINISHED):
            kept.add(parent.id)
    kept.discard(ROOT_ID)
    return [token for token in tokens.values() if token.id in kept]


def decode(program: Program, state: bytes, ports: Ports) -> Run:
    """The case as it was when the document was written; StateUnreadable for anything else."""
    try:
        document = orjson.loads(state)
        _must_be_ours(document, program)
        variables = Variables(document["root"], document["called"], document["local"])
        run = Run(program, ports, variables, document["failed"])
        run.case.completed = document["ended"]
        for holder_id, rows in document["parts"]:
            _restore(run, holder_id, rows)
    except StateUnreadable:
        raise
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise StateUnreadable("the stored state of a case cannot be read") from error
    return run


def scope_of_all(program: Program, state: bytes, token: str | None) -> dict[str, Any] | None:
    """The variables of a case whose tokens all see the same ones; else None.

    So it is with most cases, and their tokens need not be brought to life for a look at a form.
    """
    try:
        document = orjson.loads(state)
        _must_be_ours(document, program)
        if document["called"] or document["local"]:
            return None
        if token is not None and not any(
            row[0] == token for _holder, rows in document["parts"] for row in rows
        ):
            return None
        root = document["root"]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StateUnreadable("the stored state of a case cannot be read") from error
    return root if isinstance(root, dict) else None


def _must_be_ours(document: Any, program: Program) -> None:
    if document["format"] != FORMAT:
        raise StateUnreadable(f"a state of format {document['format']} is not known here")
    if document["definition"] != program.id:
        raise StateUnreadable(f"a state of {document['definition']} cannot be read as {program.id}")


def _restore(run: Run, holder_id: str | None, rows: list[list[Any]]) -> None:
    part: Any = run.case
    if holder_id is not None:
        holder = run.case.find(holder_id)
        if holder is None:
            raise KeyError(holder_id)
        part = run.case.create_subprocess(holder, holder.task_spec.spec)
    root = Token(part, part.spec.start, None, TaskState.COMPLETED, ROOT_ID)
    part.task_tree = root
    restored: list[Token] = []
    for token_id, parent, state, spec_name, triggered, internal_data in rows:
        if state not in _STATES or not isinstance(internal_data, dict):
            raise ValueError(state)
        around = root if parent < 0 else restored[parent]
        token = Token(part, part.spec.task_specs[spec_name], around, state, token_id)
        token.triggered = bool(triggered)
        token.internal_data = internal_data
        restored.append(token)
