"""Plans of migrations: a few cases are looked at at once, many of them as an errand."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import orjson

from engine.api.commands import Commands, Group
from engine.api.errands import Errands
from engine.errors import NotFound
from engine.model.actors import Actor
from engine.model.errands import Errand, ErrandStatus, Outcome, Say
from engine.model.ids import new_id
from engine.model.kept_plans import packed, unpacked
from engine.model.version_moves import Plan, Route, SoughtPlan
from engine.store import version_moves as stored_moves
from engine.store.database import Tx
from engine.work import version_plan
from engine.work.version_plan import Planner

ERRAND = "plan-migration"
AT_ONCE = 200
"""So many cases are looked at while somebody waits; each takes some milliseconds."""


class VersionPlans(Group):
    """What the pages, the API and the command line ask about migrations that could be."""

    def __init__(
        self, commands: Commands, errands: Errands, must_design: Callable[[Actor], None]
    ) -> None:
        super().__init__(commands)
        self._errands = errands
        self._must_design = must_design
        errands.teach(ERRAND, self._do)

    def at_once(self, actor: Actor, route: Route) -> Plan:
        """A verdict for every running case, however many they are; nothing is changed."""
        self._must_design(actor)
        return self._commands.ask(lambda tx: version_plan.plan(self._environment, tx, actor, route))

    def sought(self, actor: Actor, route: Route) -> SoughtPlan:
        """The plan of a few cases; of many what was found lately, else an errand that looks."""
        return self._sought(actor, route) or self.sought_anew(actor, route)

    def _sought(self, actor: Actor, route: Route) -> SoughtPlan | None:
        self._must_design(actor)
        if self._commands.ask(lambda tx: self._count(tx, actor, route)) <= AT_ONCE:
            return SoughtPlan(route, self.at_once(actor, route))
        subject = self._commands.ask(lambda tx: _subject(tx, actor, route))
        errand = self._errands.about(ERRAND, subject)
        if errand is None or self._is_stale(errand):
            return None
        return self._as_found(actor, route, errand)

    def sought_anew(self, actor: Actor, route: Route) -> SoughtPlan:
        """Let the running cases be looked at beside the web, however lately that was done."""
        self._must_design(actor)

        def ask(tx: Tx) -> str:
            total = self._count(tx, actor, route)
            wanted = {"key": route.key, "to": route.to_version, "from": route.from_version}
            new = Errand(
                new_id(),
                ERRAND,
                actor.person_id,
                _subject(tx, actor, route),
                {**wanted, "ids": dict(route.ids)},
                total=total,
            )
            return self._errands.add(tx, new)

        errand_id = self._commands.execute(ask)
        return self._as_found(actor, route, self._errands.of(actor, errand_id))

    def asked_for(self, actor: Actor, errand_id: str) -> SoughtPlan:
        """One that the actor asked for; NotFound for any other, and for one that is too old."""
        self._must_design(actor)
        errand = self._errands.of(actor, errand_id)
        if errand.kind != ERRAND or self._is_stale(errand):
            raise NotFound("没有找到这次核对,或者已经过期。请重新核对。")
        return self._as_found(actor, _route(errand), errand)

    def _count(self, tx: Tx, actor: Actor, route: Route) -> int:
        version_plan.check_route(self._environment, tx, route)
        return stored_moves.count_running(tx, actor, route)

    def _is_stale(self, errand: Errand) -> bool:
        return errand.status is ErrandStatus.DONE and not self._errands.has_file(errand)

    def _as_found(self, actor: Actor, route: Route, errand: Errand) -> SoughtPlan:
        if errand.status is not ErrandStatus.DONE:
            return SoughtPlan(route, None, errand)
        _name, content = self._errands.file(actor, errand.id)
        return SoughtPlan(route, unpacked(content), errand)

    def _do(self, actor: Actor, errand: Errand, say: Say) -> tuple[Outcome, Callable[[Tx], None]]:
        """Look at every case, some in each transaction: nobody waits for a long one."""
        self._must_design(actor)
        route = _route(errand)
        planner = self._commands.ask(lambda tx: Planner(self._environment, tx, actor, route))
        done = 0
        while some := self._commands.ask(lambda tx: planner.look_at(tx, AT_ONCE)):
            done += some
            say(done, max(errand.total, done))
        plan = self._commands.ask(planner.plan)
        return Outcome("plan.json", packed(plan)), lambda _tx: None


def _route(errand: Errand) -> Route:
    wanted = orjson.loads(orjson.dumps(errand.wanted))
    return Route(wanted["key"], wanted["to"], wanted["from"], wanted["ids"])


def _subject(tx: Tx, actor: Actor, route: Route) -> str:
    """Whose plan of what: another one once cases of the process have been taken over."""
    last = [(one.id, one.done) for one in stored_moves.of_process(tx, route.key, 1)]
    told = [route.to_version, route.from_version, sorted(route.ids.items()), last]
    digest = hashlib.sha256(orjson.dumps(told)).hexdigest()[:24]
    return f"{actor.person_id} {route.key[:40]} {digest}"
