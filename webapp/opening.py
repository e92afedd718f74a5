"""Open an installation as its settings say: the engine, and the registry on it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import registry
from engine import Engine, Options, open_engine
from engine.definitions.apart import check_apart, play_apart
from engine.model.clock import Clock
from engine.model.operations import Operation
from engine.store.database import Durability
from engine.store.schema import Branch
from engine.work.invariants import Invariant
from engine.work.own_operations import own_operations
from registry.exporting import ERRAND as EXPORT
from webapp.imports.working import ERRAND as IMPORT
from webapp.imports.working import errand_on
from webapp.settings import Settings, SettingsRefused
from webapp.shared.registry_port import RegistryPort
from webapp.standard.parameters import standard_parameters
from webapp.standard.roles import NEVER_TOGETHER
from webapp.together.listed import ERRAND as DECIDE_LISTED
from webapp.together.listed import errand_on as decide_listed_on

_KINDS = ("sqlite:///", "postgresql://", "postgresql+psycopg://")

DEMO_ADDRESS = "http://127.0.0.1:5000"
"""Where ``make demo`` serves."""


@dataclass(frozen=True)
class Opened:
    """An open installation."""

    settings: Settings
    engine: Engine
    registry: RegistryPort


def open_installation(
    settings: Settings, clock: Clock | None = None, durability: Durability = Durability.AT_ONCE
) -> Opened:
    """Open the database, bring its schema up, and give the engine and the registry.

    ``clock``: another business clock than the stored one. ``durability``: see Options. Raises
    SettingsRefused for an address of another kind of database, SchemaNewer, Busy when the database
    does not answer.
    """
    refuse_other_databases(settings)
    options = Options(
        data_dir=settings.data_dir,
        operations=registry.operations_for(_site(settings)),
        branches=branches(),
        clock_speed=settings.clock_speed,
        clock=clock,
        parameters=standard_parameters(),
        panels=registry.PANELS,
        outside=settings.outside,
        never_together=NEVER_TOGETHER,
        starts=registry.STARTS,
        sources=registry.SOURCES,
        news=registry.NEWS,
        gate=check_apart,
        play=play_apart,
        on_cancel=registry.on_cancel,
        durability=durability,
    )
    engine = open_engine(settings.url, key=settings.key, options=options)
    register = registry.Registry(engine, _site(settings))
    register.list_people()
    register.index_files()
    engine.errands.teach(EXPORT, register.exports.make)
    engine.errands.teach(IMPORT, errand_on(engine), goes_on=True)
    engine.errands.teach(DECIDE_LISTED, decide_listed_on(engine))
    return Opened(settings, engine, register)


def _site(settings: Settings) -> str:
    """Where the public finds the installation: what codes on paper lead to."""
    return settings.public_address or (DEMO_ADDRESS if settings.is_demo else "")


def operations() -> Mapping[str, Operation]:
    """What service tasks may call, by name."""
    return {**own_operations(), **registry.OPERATIONS}


def branches() -> tuple[Branch, ...]:
    """The migrations of the packages above the engine."""
    return (registry.BRANCH,)


def invariants_of(installation: Opened) -> Sequence[Invariant]:
    """The promises of the engine and of the registry, checked on the live database."""
    found = {one.id: one for one in installation.engine.audit.invariants()}
    found.update((one.id, one) for one in registry.invariants(installation.engine))
    return tuple(found.values())


@contextmanager
def opened(
    settings: Settings, clock: Clock | None = None, durability: Durability = Durability.AT_ONCE
) -> Iterator[Opened]:
    """An installation for as long as a command lasts."""
    installation = open_installation(settings, clock, durability)
    try:
        yield installation
    finally:
        installation.engine.close()


def refuse_other_databases(settings: Settings) -> None:
    """Raise SettingsRefused for an address that is not SQLite's or PostgreSQL's."""
    if not settings.url.startswith(_KINDS):
        kind = settings.url.partition(":")[0]
        raise SettingsRefused(
            f"BANGFU_DATABASE_URL 的数据库类型“{kind}”不能用,未启动。"
            "请用 sqlite:///文件路径 或 postgresql+psycopg://用户@主机/数据库。"
        )
