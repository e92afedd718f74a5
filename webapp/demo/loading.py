"""Load the demonstration, once: stages that each either stand or are done anew.

A call that was killed is finished by the next one; after that a call changes nothing.
"""

import fcntl
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from engine import SYSTEM, Engine
from engine.definitions.folder import read_folder
from engine.errors import Conflict, Invalid
from engine.model.clock import FixedClock, local_date
from engine.store import settings as stored_settings
from engine.store.settings import Parameter
from engine.work.accounts import hash_password
from webapp.demo.content import Content, Plan, demo_content
from webapp.demo.divisions import read_divisions
from webapp.demo.federation import DEMO_PASSWORD, Federation, demo_federation
from webapp.demo.households import demo_households
from webapp.demo.planned import DAYS_LOOKED_AT, PlannedCase, Shown, planned_cases
from webapp.demo.playing import Players
from webapp.demo.working_time import WorkingTime
from webapp.opening import Opened, opened
from webapp.settings import Settings

DIVISIONS = Path(__file__).parent / "divisions.json"
_MARK = "demo loaded"
_LOCK = "demo.lock"
_SEED = 20260302

Report = Callable[[str], None]
"""Tells a person how far the loading is."""


@dataclass(frozen=True)
class Demo:
    """What to load, from where. ``share``: the part of the cases, of 1."""

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
    with _one_at_a_time(settings), opened(settings) as installation:
        engine = installation.engine
        faults: Sequence[str] = ()
        if not engine.ask(lambda tx: stored_settings.counter_value(tx, _MARK)):
            _load_directory(engine, federation)
            _load_parameters(engine, federation, demo.content)
            _deploy(engine, demo)
            faults = _play(installation, federation, demo, report)
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


def _load_directory(engine: Engine, federation: Federation) -> None:
    stored = engine.directory.organisations()
    if not stored:
        hashed = hash_password(DEMO_PASSWORD)  # takes long on purpose: once for all of them
        engine.directory.load(
            federation.organisations,
            federation.roles,
            [(person, hashed) for person in federation.people],
            list(federation.grants),
        )
    elif not stored.keys() >= federation.by_id.keys():
        raise Conflict(
            "这个数据库已有别的单位,没有装入演示数据。请用另一个 BANGFU_DATA 或数据库试用。"
        )
    known = {(role, unit) for _, role, unit, _, _ in engine.directory.designations()}
    for one in federation.designations:
        if (one.role, one.organisation_id) not in known:
            engine.directory.designate(
                SYSTEM, one.role, one.organisation_id, one.handled_by_id, one.document
            )


def _load_parameters(engine: Engine, federation: Federation, content: Content) -> None:
    id_of = {organisation.code: organisation.id for organisation in federation.organisations}
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
    stored = {(p.name, p.organisation_id) for p in engine.settings.parameters()}
    missing = [p for p in wanted if (p.name, p.organisation_id) not in stored]
    if missing:
        engine.settings.add_parameters(SYSTEM, missing)


def _deploy(engine: Engine, demo: Demo) -> None:
    deployed = {row.key for row in engine.definitions.latest()}
    missing = [key for key in demo.content.processes if key not in deployed]
    files = [file for key in missing for file in read_folder(demo.processes, demo.forms, key).files]
    if files:
        engine.definitions.deploy(SYSTEM, files)


def _play(
    installation: Opened, federation: Federation, demo: Demo, report: Report
) -> Sequence[str]:
    """Play the cases in the past of the business clock, up to its present."""
    engine = installation.engine
    now = engine.clock.now()
    line = WorkingTime(now, DAYS_LOOKED_AT, engine.calendar())
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(_SEED)  # noqa: S311
    households = demo_households(federation, chance, local_date(now), demo.content.standard)
    union = next(p for p in federation.people if p.username == demo.content.shown_to)
    shown = Shown(union.organisation_id, demo.content.shown_part)
    planned = planned_cases(
        demo.plans(), federation, households, demo.processes, line, chance, shown
    )
    report(f"正在装入演示数据:{len(federation.people)} 人、{len(planned)} 件办件,约需一分钟……")
    clock = FixedClock(_first(planned, line))
    with opened(installation.settings, clock) as past:
        played = Players(past.engine, clock, chance).play(planned, now)
    return played.faults


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
