"""The duty rosters of the demonstration: this month and the next, everybody in turn."""

from datetime import timedelta

from engine import Engine
from registry.duty.desk import DutyDesk
from registry.duty.rights import LEVELS, PLANNERS

_LAWYER_ON = (1, 3)  # Tuesday and Thursday
_WHY = "模拟排班"


def plan_duty(engine: Engine) -> None:
    """Plan both months wherever a union has somebody to plan and somebody on duty."""
    desk = DutyDesk(engine)
    first = engine.environment.today().replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    planners = {
        grant.organisation_id: grant.person_id
        for grant in reversed(engine.directory.grants())
        if grant.role in PLANNERS
    }
    for unit in engine.directory.organisations().values():
        if unit.level not in LEVELS or unit.id not in planners:
            continue
        actor = engine.directory.actor(planners[unit.id])
        for month in (first, following):
            wanted = desk.in_turn(actor, unit.id, month, _LAWYER_ON)
            if wanted:
                seen = desk.month(actor, unit.id, month).revision
                desk.plan(actor, unit.id, month, wanted, seen, _WHY)
