"""Load the demonstration, once: stages that each either stand or are done anew.

A call that was killed is finished by the next one; after that a call changes nothing.
"""

import fcntl
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

import registry
from engine import SYSTEM, Engine
from engine.definitions.folder import folder_scenarios, read_folder
from engine.errors import Conflict
from engine.model.clock import ZONE, FixedClock
from engine.model.digest import TOLD_FROM
from engine.store import settings as stored_settings
from engine.store.database import Durability, Tx
from engine.store.settings import Parameter
from engine.work.accounts import hash_password
from engine.work.organise import Papers
from webapp.demo import delays
from webapp.demo.content import Content
from webapp.demo.duty import plan_duty
from webapp.demo.federation import DEMO_PASSWORD, Federation
from webapp.demo.filling import Filling, Progress, Report
from webapp.demo.pace import few_collections
from webapp.demo.planned import DAYS_LOOKED_AT
from webapp.demo.playing import Players
from webapp.demo.rounds import do_rounds
from webapp.demo.script import SEED, Demo, Script, the_federation, write_script
from webapp.demo.second import SecondPlayer, Told
from webapp.demo.working_time import WorkingTime
from webapp.opening import Opened, opened
from webapp.settings import Settings

_MARK = "demo loaded"
_LOCK = "demo.lock"
_DAY = "demo day"


@dataclass(frozen=True)
class Loaded:
    """What ``bangfu demo`` tells; ``faults`` only when it was loaded just now."""

    users: Sequence[dict[str, object]]
    process: str
    start_role: str
    faults: Sequence[str] = ()

    def as_json(self) -> dict[str, object]:
        """As ``bangfu demo --json`` prints it."""
        return {"users": self.users, "process": self.process, "start_role": self.start_role}


def load_demo(settings: Settings, demo: Demo, report: Report) -> Loaded:
    """Load what is missing and tell who can sign in.

    Raises Invalid where the division data have not been built, Conflict on a database that holds
    another federation.
    """
    federation = the_federation()
    with few_collections(), _one_at_a_time(settings) as lock, opened(settings) as installation:
        engine = installation.engine
        faults: Sequence[str] = ()
        if not engine.ask(lambda tx: stored_settings.counter_value(tx, _MARK)):
            with closing(SecondPlayer(lock)) as second:  # reads its modules meanwhile
                _load_directory(engine, federation)
                _load_parameters(engine, federation, demo.content)
                faults = _fill(installation, federation, demo, second, report)
            do_rounds(engine, demo.content.rounds)
            plan_duty(engine)
            _tell(engine)
            engine.execute(lambda tx: stored_settings.take_numbers(tx, _MARK, 1))
        return _loaded(engine, demo, faults)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[int]:
    """Hold the lock of the loading; its file descriptor, for whoever helps."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def _load_directory(engine: Engine, federation: Federation) -> None:
    stored = engine.directory.organisations()
    if not stored:
        hashed = hash_password(DEMO_PASSWORD)  # takes long on purpose: once for all of them
        engine.directory.load(
            federation.organisations,
            federation.roles,
            [(person, hashed) for person in federation.people],
            list(federation.grants),
            Papers(federation.designations, federation.profiles),
        )
    elif not stored.keys() >= federation.by_id.keys():
        raise Conflict(
            "这个数据库已有别的单位,没有装入演示数据。请用另一个 BANGFU_DATA 或数据库试用。"
        )


def _load_parameters(engine: Engine, federation: Federation, content: Content) -> None:
    # the city's own value holds for all: one that it sets later comes after it
    id_of = {
        one.code: None if one.approval_parent is None else one.id
        for one in federation.organisations
    }
    wanted = [
        Parameter(
            row.name,
            id_of[row.code],
            row.valid_from,
            row.value,
            row.unit,
            source=row.source,
        )
        for row in content.parameters
    ]
    stored = {(p.name, p.organisation_id, p.valid_from) for p in engine.settings.parameters()}
    missing = [p for p in wanted if (p.name, p.organisation_id, p.valid_from) not in stored]
    if missing:
        engine.settings.add_parameters(SYSTEM, missing)


def _deploy(engine: Engine, demo: Demo) -> None:
    deployed = {row.key for row in engine.definitions.latest()}
    missing = [key for key in demo.content.processes if key not in deployed]
    files = [
        file
        for key in missing
        for file in (
            *read_folder(demo.processes, demo.forms, key).files,
            *folder_scenarios(demo.processes, key),
        )
    ]
    if files:
        engine.definitions.deploy(SYSTEM, files)


def _fill(
    installation: Opened, federation: Federation, demo: Demo, second: SecondPlayer, report: Report
) -> Sequence[str]:
    """The register and the cases: files first, then as many more as the cases have not opened."""
    engine = installation.engine
    today = _day(engine)
    line = WorkingTime(engine.clock.now(), DAYS_LOOKED_AT, engine.calendar())
    second.tell(Told(installation.settings, demo, today, line))
    script = write_script(demo, federation, today, line)
    files = chain(script.first, second.files())
    filling = Filling(registry.Registry(engine), files, demo.files(), report)
    with ThreadPoolExecutor(max_workers=1) as aside:
        # its checks and scenarios run in another process: the register is filled meanwhile
        deploying = aside.submit(_deploy, engine, demo)
        filling.up_to(max(len(script.first), demo.files() - len(script.cases)))
        deploying.result()
    faults = _play(installation, script, second, report)
    # not for secrets: the demonstration must come out alike everywhere
    delays.say_why(engine, random.Random(SEED + 3))  # noqa: S311
    filling.up_to(demo.files())
    return faults


def _tell(engine: Engine) -> None:
    """Everybody's digest of the last working day whose half past eight is over."""
    local = engine.clock.now().astimezone(ZONE)
    day = local.date() if local.time() >= TOLD_FROM else local.date() - timedelta(days=1)
    engine.telling.tell(engine.calendar().last_working_day_on_or_before(day))


def _day(engine: Engine) -> date:
    """The day the loading began: a call on another day goes on with the same people."""
    today = engine.environment.today()

    def begin(tx: Tx) -> int:
        begun = stored_settings.counter_value(tx, _DAY)
        return begun or stored_settings.take_numbers(tx, _DAY, today.toordinal())

    engine.execute(begin)
    return date.fromordinal(engine.ask(lambda tx: stored_settings.counter_value(tx, _DAY)))


def _play(
    installation: Opened, script: Script, second: SecondPlayer, report: Report
) -> Sequence[str]:
    """Play the cases in the past of the business clock, up to its present, half of them here."""
    clock = FixedClock(script.begins_at)
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(SEED + 2)  # noqa: S311

    def tell(done: int) -> None:
        report(Progress("办理模拟办件", done + second.done, len(script.cases)))

    until = installation.engine.clock.now()
    second.begin(until)
    # the mark that all is loaded is written by the other engine, and makes what is here durable
    with opened(installation.settings, clock, Durability.SOON) as past:
        players = Players(past.engine, clock, chance, tell, second.meet)
        ours = players.play(script.halves[0], until)
    theirs = second.played()
    tell(ours.cases)
    return *ours.faults, *theirs.faults


def _loaded(engine: Engine, demo: Demo, faults: Sequence[str]) -> Loaded:
    grants: dict[str, list[dict[str, str]]] = {}
    for grant in engine.directory.grants():
        grants.setdefault(grant.person_id, []).append(
            {"role": grant.role, "jurisdiction": grant.organisation_id}
        )
    example = demo.content.example
    rows = {row.key: row for row in engine.definitions.latest()}
    return Loaded(
        users=[
            {
                "username": person.username,
                "password": DEMO_PASSWORD,
                "grants": grants.get(person.id, []),
            }
            for person in engine.directory.people()
            if person.active and person.simulated
        ],
        process=example,
        start_role=rows[example].start_role or "",
        faults=faults,
    )
