"""What every use case needs beside its transaction; built once by :func:`engine.open_engine`."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from engine.definitions import Gate, check_bundle
from engine.definitions.scenarios import Play, play_bundle
from engine.feel import EvaluationContext
from engine.model.calendar import WorkCalendar
from engine.model.channels import Outside
from engine.model.clock import ZONE, Clock
from engine.model.deadlines import Deadline, Due
from engine.model.deadlines import due as due_of
from engine.model.definitions import DefinitionSource
from engine.model.fan_out import News, Source
from engine.model.operations import OnCancel, Operation, nothing_to_give_back
from engine.model.organisations import Queue
from engine.model.parameters import ParameterRule
from engine.runtime import Outline, Program, compile_program, read_outline
from engine.store import definitions as stored_definitions
from engine.store import directory, queues, settings
from engine.store.database import Tx
from engine.store.vault import Vault
from engine.work.asked_parameters import AskedParameters
from engine.work.newest import Newest, NewestVersions

Answer = TypeVar("Answer")


class Ask(Protocol):
    """Puts a question to the database."""

    def __call__(self, question: Callable[[Tx], Answer], /) -> Answer:
        """The answer."""
        ...


class Programs:
    """Deployed versions, parsed once a process (design.md D3). Versions never change."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Program] = {}

    def get(self, tx: Tx, definition_id: str) -> Program:
        """The program of a stored version."""
        found = self._by_id.get(definition_id)
        if found is None:
            source = _source(tx, definition_id)
            with self._lock:
                found = self._by_id.get(definition_id)
                if found is None:
                    found = self._by_id[definition_id] = compile_program(source)
        return found

    def outline(self, tx: Tx, definition_id: str) -> Outline:
        """What its drawings say; a version that nobody has worked on yet is not compiled for it."""
        known = self._by_id.get(definition_id)
        return read_outline(_source(tx, definition_id)) if known is None else known.outline


def _source(tx: Tx, definition_id: str) -> DefinitionSource:
    source = stored_definitions.source(tx, definition_id)
    if source is None:
        msg = f"the definition {definition_id} is not in the database"
        raise LookupError(msg)
    return source


class Queues:
    """Numbers of queues by role, level and home: they never change, only where a queue leads."""

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str, str], int] = {}
        self._made: WeakKeyDictionary[Tx, set[tuple[str, str, str]]] = WeakKeyDictionary()

    def find(self, tx: Tx, role: str, level: str, home_id: str, today: date) -> int:
        """The number of a queue; made when it is the first step of its kind."""
        known = self.known(tx, role, level, home_id)
        if known is not None:
            return known
        # Not remembered by who made it, not even when he finds it again: this transaction may
        # still be rolled back, and SQLite then gives the number to another queue.
        self._made.setdefault(tx, set()).add((role, level, home_id))
        return queues.make_queue(tx, role, level, home_id, today).id

    def known(self, tx: Tx, role: str, level: str, home_id: str) -> int | None:
        """The number of a queue that is there; None where it would have to be made."""
        key = (role, level, home_id)
        known = self._ids.get(key)
        if known is None:
            queue: Queue | None = queues.find_queue(tx, role, level, home_id)
            if queue is None:
                return None
            known = queue.id
            if key not in self._made.get(tx, ()):
                self._ids[key] = known
        return known


class Places:
    """Levels of organisations by id: an organisation never changes its level."""

    def __init__(self) -> None:
        self._levels: dict[str, str] = {}

    def level(self, tx: Tx, organisation_id: str) -> str | None:
        """``grassroots``, ``township``, ``county`` or ``city``; None where there is none."""
        known = self._levels.get(organisation_id)
        if known is None:
            found = directory.organisation_brief(tx, organisation_id)
            if found is None:
                return None
            known = self._levels[organisation_id] = found.level
        return known


class Calendars:
    """The working-day calendar, read anew now and then: another process may have imported one."""

    def __init__(self, real_now: Callable[[], datetime]) -> None:
        self._real_now = real_now
        self._read_at: datetime | None = None
        self._calendar = WorkCalendar({})
        self._renewals = 0
        self._keeping = threading.Lock()

    def get(self, tx: Tx) -> WorkCalendar:
        """The calendar, at most half a minute old."""
        if not self._is_fresh():
            renewals = self._renewals
            found = WorkCalendar(settings.calendar_days(tx))
            with self._keeping:
                if renewals == self._renewals:  # else one was imported while this one was read
                    self._calendar, self._read_at = found, self._real_now()
        return self._calendar

    def asked(self, ask: "Ask") -> WorkCalendar:
        """The same for who has no view of the database open: asks for one only when it must."""
        return self._calendar if self._is_fresh() else ask(self.get)

    def _is_fresh(self) -> bool:
        if self._read_at is None:
            return False
        return (self._real_now() - self._read_at).total_seconds() <= _CALENDAR_AGE_SECONDS

    def renew(self, tx: Tx) -> None:
        """Read what was imported; nobody whose view is older brings the old one back."""
        found = WorkCalendar(settings.calendar_days(tx))
        with self._keeping:
            self._renewals += 1
            self._calendar, self._read_at = found, self._real_now()


_CALENDAR_AGE_SECONDS = 30
NUMBERS_IN_A_BLOCK = 10


class Numbers:
    """Running numbers for people, taken from the database in small blocks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, list[int]] = {}

    def next(self, prefix: str, take: Callable[[str, int], int]) -> int:
        """The next number after a prefix; gaps are allowed (design.md D20)."""
        with self._lock:
            left = self._left.setdefault(prefix, [])
            if not left:
                last = take(prefix, NUMBERS_IN_A_BLOCK)
                left.extend(range(last + NUMBERS_IN_A_BLOCK, last, -1))
            return left.pop()


@dataclass(frozen=True)
class Environment:
    """Clock, keys, caches and operations."""

    clock: Clock
    real_now: Callable[[], datetime]
    vault: Vault
    operations: Mapping[str, Operation]
    data_dir: Path
    calendars: Calendars
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
    programs: Programs = field(default_factory=Programs)
    queues: Queues = field(default_factory=Queues)
    places: Places = field(default_factory=Places)
    numbers: Numbers = field(default_factory=Numbers)
    asked: AskedParameters = field(default_factory=AskedParameters)
    newest: NewestVersions = field(default_factory=NewestVersions)

    def newest_versions(self, tx: Tx) -> Newest:
        """What the newest versions of the processes say."""
        return self.newest.get(tx, lambda version: self.programs.outline(tx, version))

    def now(self) -> datetime:
        """Business time."""
        return self.clock.now()

    def today(self) -> date:
        """The business day in the federation's zone."""
        return self.clock.now().astimezone(ZONE).date()

    def climbed_for(self, parameter: str) -> str:
        """By which kind of parent the value of a parameter is looked for."""
        rule = self.parameters.get(parameter)
        return "area" if rule is not None and rule.by_area else "approval"

    def parameter(self, tx: Tx, name: str, organisation_id: str) -> object | None:
        """What a parameter is today for an organisation; None where nobody set it."""
        kind = self.climbed_for(name)
        found = self.asked.value(tx, name, organisation_id, self.today(), kind)
        return None if found is None else found.value

    def feel(self, tx: Tx, organisation_id: str, now: datetime) -> EvaluationContext:
        """The surroundings of an expression in a case of this organisation."""
        return self.feel_asking(lambda question: question(tx), organisation_id, now)

    def feel_asking(self, ask: Ask, organisation_id: str, now: datetime) -> EvaluationContext:
        """The same for later: each question of an expression opens its own view."""
        today = now.astimezone(ZONE).date()
        return EvaluationContext(now=now, zone=ZONE, host=_Host(self, ask, organisation_id, today))

    def feel_with(
        self, tx: Tx, organisation_id: str, now: datetime, values: Mapping[str, object]
    ) -> EvaluationContext:
        """The same, with parameters whose values have been looked up already."""
        today = now.astimezone(ZONE).date()
        host = _Host(self, lambda question: question(tx), organisation_id, today, values)
        return EvaluationContext(now=now, zone=ZONE, host=host)

    def due(self, tx: Tx, deadline: str, start: datetime) -> Due:
        """When one of our own deadlines, such as ``5wd``, ends that starts at an instant."""
        return due_of(start, Deadline.parse(deadline), self.calendars.get(tx))


@dataclass(frozen=True)
class _Host:
    """What expressions may ask: the calendar and the dated parameters."""

    environment: Environment
    ask: Ask
    organisation_id: str
    today: date
    known: Mapping[str, object] = field(default_factory=dict)

    def working_day_after(self, start: date, days: int) -> date:
        return self._calendar().working_day_after(start, days)[0]

    def working_days_between(self, start: date, end: date) -> int:
        return self._calendar().working_days_between(start, end)

    def _calendar(self) -> WorkCalendar:
        return self.environment.calendars.asked(self.ask)

    def parameter(self, name: str) -> object:
        if name in self.known:
            return self.known[name]
        found = self.ask(
            lambda tx: self.environment.asked.value(
                tx, name, self.organisation_id, self.today, self.environment.climbed_for(name)
            )
        )
        if found is None:
            raise KeyError(name)
        return found.value
