"""Cases that are played day by day by the people whose steps they are (模拟).

Each case is told as a generator that yields how many days it rests. Every day of the calendar
comes, worked or not: at its beginning falls due what is due, and on a day that is worked, at
nine, whoever waits goes on.
"""

import heapq
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from engine import SYSTEM, Actor, Engine, Request
from engine.jobs.executor import Pace
from engine.model.clock import ZONE, FixedClock, local_date
from tests.funds.purse import id_number

Plot = Generator[int, None, None]
"""A case as it is played: yields the days until it goes on."""

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_NEVER = date(2018, 1, 1)
_PDF = b"%PDF-1.4\n%%EOF\n"
_SURNAMES = "林陈黄张吴李郑王蔡许杨曾郭刘庄沈朱何卢洪"
_GIVEN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄宇宙洪荒日月盈昃"


def made_up_name(number: int) -> str:
    """Of a person nobody is."""
    surname = _SURNAMES[number % len(_SURNAMES)]
    first = _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]
    second = _GIVEN[number // len(_SURNAMES) // len(_GIVEN) % len(_GIVEN)]
    return f"{surname}模{first}{second}"


def made_up_person(number: int) -> Mapping[str, str]:
    """Name, number and telephone of such a person."""
    return {"id_number": id_number(number), "mobile": f"139{number:08d}"}


@dataclass(frozen=True)
class Place:
    """A union whose people do the steps: a county, a zone, or the city."""

    id: str
    is_city: bool = False

    @property
    def reception(self) -> str:
        return f"receptionist-{self.id}"

    @property
    def handler(self) -> str:
        return f"city_protection-{self.id}" if self.is_city else self.reviewer

    @property
    def leader(self) -> str:
        return f"{'city_leader' if self.is_city else 'county_approver'}-{self.id}"

    @property
    def reviewer(self) -> str:
        return f"county_reviewer-{self.id}"

    @property
    def approver(self) -> str:
        return f"county_approver-{self.id}"

    @property
    def officer(self) -> str:
        return f"officer-{self.id}"

    @property
    def chair(self) -> str:
        return f"chair-{self.id}"

    @property
    def above(self) -> "Place":
        """The county of a union that stands directly below it."""
        return Place(self.id.partition("u")[0])

    @property
    def reviewer_above(self) -> str:
        return self.above.reviewer

    @property
    def approver_above(self) -> str:
        return self.above.approver

    @property
    def entry_above(self) -> str:
        return f"data_entry-{self.above.id}"

    @property
    def cashier(self) -> str:
        return f"cashier-{self.id}"

    @property
    def lawyer(self) -> str:
        return f"lawyer-{self.id}"


CITY = Place("zz", is_city=True)


@dataclass
class Stage:
    """An engine, its clock, and the cases that are played on it."""

    engine: Engine
    clock: FixedClock
    cases: dict[str, "Case"] = field(default_factory=dict)
    steps: int = 0
    _waiting: list[tuple[date, int, Plot]] = field(default_factory=list)
    _entered: int = 0
    _actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return local_date(self.clock.now())

    def actor(self, name: str) -> Actor:
        if name not in self._actors:
            self._actors[name] = self.engine.directory.actor_named(name)
        return self._actors[name]

    def a_moment(self) -> datetime:
        """No two things happen in the same second."""
        self.steps += 1
        return self.clock.advance(_SECOND)

    def enter(self, day: date, plot: Plot) -> None:
        """A case that begins on a day, or the first day worked after it."""
        self._entered += 1
        heapq.heappush(self._waiting, (day, self._entered, plot))

    def play(self, told: Callable[[str, int, float], None]) -> None:
        """Day after day until every case has been played; each month is told as it ends."""
        worker = self.engine.jobs.executor(Pace(idle=0.01))
        month, began, steps = self._month(), time.perf_counter(), self.steps
        while self._waiting:
            assert self.today < _NEVER, "somebody waits for what never comes"
            self._night()
            while worker.run_once():
                pass
            self._day()
            if self._month() != month:
                told(month, self.steps - steps, time.perf_counter() - began)
                month, began, steps = self._month(), time.perf_counter(), self.steps
        told(month, self.steps - steps, time.perf_counter() - began)

    def _month(self) -> str:
        return f"{self.today:%Y-%m}"

    def _night(self) -> None:
        """The beginning of the next day."""
        self._until(self.today + _DAY, 0)

    def _day(self) -> None:
        if not self.engine.calendar().is_working_day(self.today):
            return
        self._until(self.today, 9)
        while self._waiting and self._waiting[0][0] <= self.today:
            _, _, plot = heapq.heappop(self._waiting)
            rests = next(plot, None)
            if rests is not None:
                self.enter(self.today + rests * _DAY, plot)

    def _until(self, day: date, hour: int) -> None:
        then = datetime(day.year, day.month, day.day, hour, 0, 5, tzinfo=ZONE)
        self.clock.advance(then - self.clock.now())


@dataclass
class Case:
    """A case, who does its steps, and what was written down when."""

    stage: Stage
    process: str
    place: Place
    roles: Mapping[str, str]
    id: str = ""
    given: list[tuple[datetime, Mapping[str, object]]] = field(default_factory=list)

    @property
    def engine(self) -> Engine:
        return self.stage.engine

    @property
    def today(self) -> str:
        return self.stage.today.isoformat()

    def day(self, days: int) -> str:
        """A day so many from today."""
        return (self.stage.today + days * _DAY).isoformat()

    def start(self, unit: str, data: Mapping[str, object]) -> None:
        now = self.stage.a_moment()
        request = Request(self.process, unit, data)
        actor = self.stage.actor(self.place.reception)
        self.id = self.engine.cases.start(actor, request).case_id
        self.given.append((now, data))
        self.stage.cases[self.id] = self

    def begin(self, data: Mapping[str, object]) -> None:
        """Registered at the counter; what another case has begun is completed there."""
        if self.id:
            known = {name: said for name, said in self.given[0][1].items() if name in data}
            self.do("complete", {**data, **known})
        else:
            self.start(self.place.id, data)

    def linked(self, kind: str, roles: Mapping[str, str], facts: Mapping[str, object]) -> "Case":
        """The case that this one has begun."""
        (link,) = (
            one for one in self.engine.cases.view(SYSTEM, self.id).related if one.kind == kind
        )
        begun = self.engine.cases.view(SYSTEM, link.id).case
        place = CITY if begun.organisation_id == CITY.id else Place(begun.organisation_id)
        process = begun.process_key
        found = Case(self.stage, process, place, roles, link.id, [(self.stage.clock.now(), facts)])
        self.stage.cases[link.id] = found
        return found

    @property
    def number(self) -> str:
        return self.engine.cases.view(SYSTEM, self.id).case.number

    @property
    def is_over(self) -> bool:
        return self.engine.cases.view(SYSTEM, self.id).case.ended_at is not None

    def waits(self, element: str) -> bool:
        steps = self.engine.cases.open_steps(SYSTEM, self.id)
        return any(one.element_id == element for one in steps)

    def do(self, step: str, data: Mapping[str, object] | None = None, **more: object) -> None:
        """Have a step done by whom it belongs to; facts that are no answers start with ``_``."""
        facts = {**(data or {}), **more}
        answers = {name: value for name, value in facts.items() if not name.startswith("_")}
        tasks = self.engine.cases.open_steps(SYSTEM, self.id)
        found = [one.id for one in tasks if one.element_id == step]
        assert len(found) == 1, f"{step} is not what waits: {[t.element_id for t in tasks]}"
        now = self.stage.a_moment()
        self.engine.tasks.complete(self.stage.actor(self._who(step)), found[0], answers)
        self._note(now, facts)

    def say(self, label: str, data: Mapping[str, object], by: str = "", **facts: object) -> None:
        """What is written down with a button on the case's page; what that makes known.

        ``by`` whom; without it the reception.
        """
        now = self.stage.a_moment()
        actor = self.stage.actor(by or self.place.reception)
        (awaited,) = (
            one for one in self.engine.messages.awaited(actor, self.id) if one.label == label
        )
        self.engine.messages.take_down(actor, self.id, awaited.token, data, None)
        self._note(now, facts)

    def goes_on(self) -> None:
        """What needs nobody is done at once."""
        while self.engine.jobs.fire_due_of_case(self.id):
            pass

    def paper(self, by: str, name: str, content: bytes = b"") -> Sequence[str]:
        """A paper somebody has scanned; ``name`` without an ending is that of a PDF."""
        full = name if "." in name else f"{name}.pdf"
        return [self.engine.files.stage(self.stage.actor(by), full, content or _PDF).id]

    def facts(self, at: datetime) -> Mapping[str, object]:
        """What had been written down by a moment."""
        known: dict[str, object] = {}
        for when, some in self.given:
            if when <= at:
                known.update(some)
        return known

    def _note(self, now: datetime, facts: Mapping[str, object]) -> None:
        self.given.append((now, {name.removeprefix("_"): said for name, said in facts.items()}))

    def _who(self, step: str) -> str:
        return (
            str(getattr(self.place, self.roles[step])) if step in self.roles else self._city(step)
        )

    def _city(self, step: str) -> str:
        """Steps that are the city's whoever begins the case."""
        return CITY.leader if step == "leader_order" else CITY.handler
