"""The main road: a step with a form of one kilobyte is completed, up to the next open step.

Durable when it returns, with the task, event, attribute, milestone, decision and remembered
answer that belong to it. The limit is the same SQL on copies of the same cases.
"""

from collections.abc import Callable
from dataclasses import dataclass

from engine.model.once import Once
from engine.work.complete import Completed
from tests.bench.ground import FILLED, OFFICER, REASON, Ground, case_of
from tests.bench.limits import BareConnection, Script, recording
from tests.bench.rows import Measured, in_turns, one_by_one

WARM_UP = 3
"""From then on programs, queues and statements are known, as in a server that runs."""


@dataclass(frozen=True)
class Model:
    """What one completion sent, and the case it was about."""

    case_id: str
    script: Script

    def about(self, case_id: str) -> Script:
        """The same for another case."""
        return self.script.about(self.case_id, case_id)


def completing(ground: Ground) -> Callable[[str], None]:
    """Completes a step in process, under an Idempotency-Key."""
    engine = ground.engine
    officer = engine.directory.actor_named(OFFICER)

    def one(step: str) -> None:
        once: Once[Completed] = Once(f"key-{step}", "complete", "hash", lambda _: REASON.encode())
        engine.tasks.complete(officer, step, FILLED, once=once)

    return one


def model_of(ground: Ground, do: Callable[[str], None]) -> Model:
    """Record one of these completions, after a few to warm up."""
    *first, step = ground.started(WARM_UP + 1)
    for other in first:
        do(other)
    with recording(ground.engine.database) as sent:
        do(step)
    return Model(case_of(step), Script(tuple(sent)))


def complete(ground: Ground, work: str, rounds: int, each: int) -> Measured:
    """In process: the engine's own command."""
    do = completing(ground)
    model = model_of(ground, do)
    steps = ground.started(rounds * each)
    fresh, *_ = ground.started(1)
    scripts = [model.about(case) for case in ground.copies_of(fresh, rounds * each)]
    bare = BareConnection(ground.engine.database)
    found = in_turns(
        rounds,
        each,
        one_by_one(lambda n: do(steps[n])),
        one_by_one(lambda n: bare.run(scripts[n])),
    )
    bare.close()
    return Measured(work, ground.db, found, model.script.statements, model.script.commits)
