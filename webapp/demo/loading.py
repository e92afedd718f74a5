"""Load the demonstration, once: stages that each either stand or are done anew.

A call that was killed is finished by the next one; after that a call changes nothing.
"""

import fcntl
import gc
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path

import registry
from engine import SYSTEM, Engine
from engine.definitions.folder import folder_scenarios, read_folder
from engine.errors import Conflict, Invalid
from engine.model.clock import ZONE, FixedClock
from engine.model.digest import TOLD_FROM
from engine.store import settings as stored_settings
from engine.store.database import Durability, Tx
from engine.store.settings import Parameter
from engine.work.accounts import hash_password
from engine.work.organise import Papers
from webapp.demo import delays
from webapp.demo.content import Content, Plan, demo_content
from webapp.demo.divisions import read_divisions
from webapp.demo.existing import demo_files, existing
from webapp.demo.federation import DEMO_PASSWORD, Federation, demo_federation
from webapp.demo.filling import Filling, Progress, Report
from webapp.demo.households import DemoHousehold, demo_households
from webapp.demo.planned import DAYS_LOOKED_AT, Applicants, PlannedCase, Shown, planned_cases
from webapp.demo.playing import Players
from webapp.demo.rounds import do_rounds
from webapp.demo.working_time import WorkingTime
from webapp.opening import Opened, opened
from webapp.settings import Settings

DIVISIONS = Path(__file__).parent / "divisions.json"
_MARK = "demo loaded"
_LOCK = "demo.lock"
_SEED = 20260302

_DAY = "demo day"
_KNOWN = 30
"""So many households are on file before anybody else applies, however little is loaded."""
_COLLECT_AFTER = 50_000


@dataclass(frozen=True)
class Demo:
    """What to load, from where. ``share``: the part of the cases and of the files, of 1."""

    processes: Path
    forms: Path
    content: Content = field(default_factory=demo_content)
    share: float = 1.0

    def plans(self) -> list[Plan]:
        """The plans with their part of the cases, each at least one."""
        return [
            replace(plan, how_many=max(1, round(plan.how_many * self.share)))
            for plan in self.content.plans
        ]

    def files(self) -> int:
        """How many households are on file when everything is loaded."""
        return max(1, round(existing().total * self.share))


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
    federation = _federation()
    with _few_collections(), _one_at_a_time(settings), opened(settings) as installation:
        engine = installation.engine
        faults: Sequence[str] = ()
        if not engine.ask(lambda tx: stored_settings.counter_value(tx, _MARK)):
            _load_directory(engine, federation)
            _load_parameters(engine, federation, demo.content)
            faults = _fill(installation, federation, demo, report)
            _tell(engine)
            engine.execute(lambda tx: stored_settings.take_numbers(tx, _MARK, 1))
        return _loaded(engine, demo, faults)


def _federation() -> Federation:
    if not DIVISIONS.is_file():
        raise Invalid(
            "缺少行政区划数据(webapp/demo/divisions.json),没有装入。请先运行 make setup。"
        )
    return demo_federation(read_divisions(DIVISIONS.read_bytes()))


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.data_dir / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _few_collections() -> Iterator[None]:
    """Collect garbage seldom: hardly any here is cyclic, and looking for it took a seventh."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


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
    installation: Opened, federation: Federation, demo: Demo, report: Report
) -> Sequence[str]:
    """The register and the cases: files first, then as many more as the cases have not opened."""
    engine = installation.engine
    today = _day(engine)
    taken: set[str] = set()
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(_SEED + 1)  # noqa: S311
    files = demo_files(federation, chance, today, demo.content.standard_on, taken)
    first = list(islice(files, _KNOWN))
    known = [one.household for one in first]
    planned, line = _planned(engine, federation, demo, today, taken, known)
    filling = Filling(registry.Registry(engine), chain(first, files), demo.files(), report)
    with ThreadPoolExecutor(max_workers=1) as aside:
        # its checks and scenarios run in another process: the register is filled meanwhile
        deploying = aside.submit(_deploy, engine, demo)
        filling.up_to(max(_KNOWN, demo.files() - len(planned)))
        deploying.result()
    faults = _play(installation, planned, line, report)
    # not for secrets: the demonstration must come out alike everywhere
    delays.say_why(engine, random.Random(_SEED + 3))  # noqa: S311
    filling.up_to(demo.files())
    do_rounds(engine, demo.content.rounds)
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


def _planned(
    engine: Engine,
    federation: Federation,
    demo: Demo,
    today: date,
    taken: set[str],
    known: Sequence[DemoHousehold],
) -> tuple[Sequence[PlannedCase], WorkingTime]:
    line = WorkingTime(engine.clock.now(), DAYS_LOOKED_AT, engine.calendar())
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(_SEED)  # noqa: S311
    content = demo.content
    city = [one.code for one in federation.organisations if one.kind == "city"]
    standard = content.standard_on(city, today)
    households = demo_households(federation, chance, today, standard, content.applying, taken)
    union = next(p for p in federation.people if p.username == content.shown_to)
    shown = Shown(union.organisation_id, content.shown_part, content.receipts)
    applicants = Applicants(federation, households, iter(known))
    plans = demo.plans()
    return planned_cases(plans, applicants, demo.processes, line, chance, shown), line


def _play(
    installation: Opened, planned: Sequence[PlannedCase], line: WorkingTime, report: Report
) -> Sequence[str]:
    """Play the cases in the past of the business clock, up to its present."""
    clock = FixedClock(_first(planned, line))
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(_SEED + 2)  # noqa: S311
    # the mark that all is loaded is written by the other engine, and makes what is here durable
    with opened(installation.settings, clock, Durability.SOON) as past:
        players = Players(
            past.engine,
            clock,
            chance,
            lambda done: report(Progress("办理模拟办件", done, len(planned))),
        )
        return players.play(planned, installation.engine.clock.now()).faults


def _first(planned: Sequence[PlannedCase], line: WorkingTime) -> datetime:
    return min((one.begins_at for one in planned), default=line.instant(0))


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
