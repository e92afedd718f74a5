"""Open an engine on a database: ten lines are enough, without Flask.

::

    from engine import open_engine

    engine = open_engine("sqlite:///var/bangfu.db", key=bytes(32))
    officer = engine.directory.actor_named("xc.officer1")
    started = engine.cases.start(officer, Request("example_request", "zz-…", {…}))
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from engine.api import Engine
from engine.definitions import Gate, check_bundle
from engine.definitions.scenarios import Play, play_bundle
from engine.errors import StateUnreadable, WrongKey
from engine.model.calendar import official_days
from engine.model.cases import Case
from engine.model.channels import Outside
from engine.model.clock import BusinessClock, Clock, SystemClock, local_date
from engine.model.fan_out import News, Source
from engine.model.operations import OnCancel, Operation, nothing_to_give_back
from engine.model.parameters import ParameterRule
from engine.store import cases, settings
from engine.store.database import Database, Durability, Tx
from engine.store.schema import ENGINE, Branch, is_current, migrate
from engine.store.settings import ClockRow, Parameter
from engine.store.vault import Vault
from engine.work import unit_list
from engine.work.environment import Calendars, Environment
from engine.work.own_operations import own_operations
from engine.work.unit_list import UnitList

FIRST_OFFICIAL_YEAR = 2014
FROM_THE_BEGINNING = date(2000, 1, 1)


@dataclass(frozen=True)
class Options:
    """What an installation may choose.

    ``clock_speed``: business seconds a real second; None leaves the stored clock as it is.
    ``clock``: another clock altogether, for tests. ``branches``: migrations of packages above.
    ``parameters``: what is known of each business parameter; those with a value begin with it.
    ``sources``: lists of which each line may become a case, by name, beside the engine's own;
    ``news``: what such cases wait to hear, by name.
    ``panels``: what steps may show above their forms, by name; ``starts``: what processes may be
    started from. ``outside``: hosts that messages may go to, and secrets for them.
    ``never_together``: pairs of roles that no process may leave to one person in small units.
    ``gate`` checks process files, ``play`` plays the scenarios that come with them; where
    strangers upload them, :func:`engine.definitions.apart.check_apart` and ``play_apart``.
    ``on_cancel``: what is given back when somebody cancels a case, in the same transaction.
    ``durability``: whether a command waits until it is on the disk; only loading that can begin
    again need not.
    """

    data_dir: Path | None = None
    operations: Mapping[str, Operation] = field(default_factory=dict)
    branches: Sequence[Branch] = ()
    clock_speed: float | None = None
    clock: Clock | None = None
    parameters: Mapping[str, ParameterRule] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    news: Mapping[str, News] = field(default_factory=dict)
    panels: frozenset[str] = frozenset()
    outside: Outside = field(default_factory=Outside)
    never_together: frozenset[frozenset[str]] = frozenset()
    starts: frozenset[str] = frozenset()
    gate: Gate = check_bundle
    play: Play = play_bundle
    on_cancel: OnCancel = nothing_to_give_back
    durability: Durability = Durability.AT_ONCE


def open_engine(url: str, *, key: bytes, options: Options | None = None) -> Engine:
    """Open the database, migrate it, and give the engine on it.

    ``key`` is the master key of 32 bytes that seals people's data; it lies outside the database.
    Raises SchemaNewer when a later release wrote the database, WrongKey when another key sealed
    its cases, Busy when it does not answer.
    """
    chosen = Options() if options is None else options
    database = Database(url, chosen.durability)
    try:
        return _opened(database, key, chosen)
    except BaseException:
        database.close()
        raise


def _opened(database: Database, key: bytes, chosen: Options) -> Engine:
    migrate(database, (ENGINE, *chosen.branches))
    vault = Vault(key)
    _refuse_another_key(database, vault)
    system = SystemClock()
    _seed_calendar(database)
    _seed_parameters(database, chosen.parameters)
    operations = dict(chosen.operations)
    clock = chosen.clock or _clock(database, chosen.clock_speed)
    environment = Environment(
        clock=clock,
        real_now=system.now,
        vault=vault,
        operations=operations,
        data_dir=_data_folder(database, chosen.data_dir),
        calendars=Calendars(system.now),
        parameters=chosen.parameters,
        sources={unit_list.NAME: UnitList(lambda: local_date(clock.now())), **chosen.sources},
        news=chosen.news,
        panels=chosen.panels,
        outside=chosen.outside,
        never_together=chosen.never_together,
        starts=chosen.starts,
        gate=chosen.gate,
        play=chosen.play,
        on_cancel=chosen.on_cancel,
    )
    operations.update(own_operations(lambda: environment))
    return Engine(database, environment)


def _refuse_another_key(database: Database, vault: Vault) -> None:
    """Open a case's data key, lest new cases be sealed with a key that opens no other.

    Two are tried: one damaged row is an incident of its case and stops nobody.
    """
    with database.look() as tx:
        tried = cases.oldest_and_newest(tx)
    if tried and not any(_opens(vault, one) for one in tried):
        raise WrongKey(
            "现在的主密钥打不开这个数据库里的办件,未启动。请用建立它时的主密钥(见封存的打印件)。"
        )


def _opens(vault: Vault, one: Case) -> bool:
    try:
        vault.case(one.id, one.data_key)
    except StateUnreadable:
        return False
    return True


def is_up_to_date(url: str, branches: Sequence[Branch]) -> bool:
    """Whether the database has this release's schema; changes nothing."""
    database = Database(url)
    try:
        return is_current(database, (ENGINE, *branches))
    finally:
        database.close()


def _seed_calendar(database: Database) -> None:
    """Write the State Council's calendar as far as it is known to the release."""
    today = SystemClock().now().date()

    def unknown(tx: Tx) -> list[int]:
        # Whole years: an imported notice is never touched, nor filled up from the release.
        known = settings.calendar_years(tx)
        return [y for y in range(FIRST_OFFICIAL_YEAR, today.year + 2) if y not in known]

    with database.look() as tx:
        missing = official_days(unknown(tx))
    if missing:
        with database.unit_of_work() as work:
            still = set(unknown(work.tx))
            days = [(day, worked) for day, worked in missing.items() if day.year in still]
            settings.put_calendar_days(work.tx, days)
            work.commit()


def _seed_parameters(database: Database, rules: Mapping[str, ParameterRule]) -> None:
    """Write the first value of each parameter that has one and is not there yet.

    A release may bring new ones: process files that ask for them can then be deployed.
    """

    def missing(tx: Tx) -> list[Parameter]:
        known = settings.parameter_names(tx)
        return [
            first_value(rule)
            for rule in rules.values()
            if rule.name not in known and rule.value is not None
        ]

    with database.look() as tx:
        wanted = bool(missing(tx))
    if wanted:
        with database.unit_of_work() as work:
            settings.add_parameters(work.tx, missing(work.tx))
            work.commit()


def first_value(rule: ParameterRule) -> Parameter:
    """The value that holds everywhere until a federation sets its own."""
    return Parameter(
        rule.name,
        None,
        FROM_THE_BEGINNING,
        rule.value,
        rule.unit,
        rule.basis,
        rule.law or rule.source,
    )


def _clock(database: Database, speed: float | None) -> BusinessClock:
    """The persisted business clock; a new speed goes on from the business time it is now."""
    system = SystemClock()
    with database.unit_of_work() as work:
        row = settings.read_clock(work.tx)
        clock = (
            BusinessClock.started_now(1.0 if speed is None else speed, system)
            if row is None
            else BusinessClock(row.real0, row.business0, row.speed, system)
        )
        if speed is not None and clock.speed != speed:
            clock = clock.rebased(speed)
        if row is None or clock.speed != row.speed:
            settings.write_clock(work.tx, ClockRow(clock.real0, clock.business0, clock.speed))
            work.commit()
    return clock


def _data_folder(database: Database, chosen: Path | None) -> Path:
    """Where files lie: as chosen, else beside the embedded database."""
    if chosen is not None:
        return chosen
    return database.path.parent if database.path is not None else Path("var")
