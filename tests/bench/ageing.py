"""Does a completion cost more in an old case? One case goes round and round, filled in and sent back.

The limit: the statements of each completion, recorded as it is measured, on a copy of the same
case with all its rows.
"""

from tests.bench.ground import Ground
from tests.bench.limits import BareConnection, Script, recording
from tests.bench.paths import Walk
from tests.bench.rows import Done, Measured, in_turns, one_by_one, timed


def complete_aged(ground: Ground, work: str, rounds: int, each: int, age: int) -> Measured:
    """Completions of a case in which ``age`` steps are done already."""
    walk = Walk.begun(ground.engine)
    age += age % 2  # it waits for the officer again
    for number in range(age):
        walk.round(number)
    (copy,) = ground.copies_of(walk.step, 1)
    bare = BareConnection(ground.engine.database)
    scripts: list[Script] = []

    def ours(part: range) -> Done:
        seconds = []
        for number in part:
            with recording(ground.engine.database) as sent:
                seconds.append(timed(walk.round, number))
            scripts.append(Script(tuple(sent)).about(walk.case_id, copy))
        return tuple(seconds), sum(seconds)

    found = in_turns(rounds, each, ours, one_by_one(lambda number: bare.run(scripts[number])))
    bare.close()
    most = max(scripts, key=lambda one: one.statements)
    return Measured(work, ground.db, found, most.statements, most.commits)
