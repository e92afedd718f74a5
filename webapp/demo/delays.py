"""Most late steps of the demonstration say why they are late; some say nothing yet."""

import random

from engine import SYSTEM, Engine
from engine.model.delays import OTHER, REASONS
from engine.work.supervise import OverdueFilter

_MOST = 10_000
_SAY_WHY = 0.7
_NOTE = "模拟:等负责人外出回来"


def say_why(engine: Engine, chance: random.Random) -> None:
    """Give late steps a reason that have none; doing it again gives no second one."""
    found = engine.supervision.overdue(SYSTEM, OverdueFilter(limit=_MOST))
    for line in found.lines:
        reason = chance.choice(REASONS)
        if chance.random() >= _SAY_WHY or line.id in found.reasons:
            continue
        people = found.phones.get(f"{line.role}@{line.handling_id}", {})
        holder = line.assignee or next(iter(people), None)
        if holder is not None:
            actor = engine.directory.actor(holder)
            engine.tasks.say_why_late(actor, line.id, reason, _NOTE if reason == OTHER else "")
