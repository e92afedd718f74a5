"""The numbers of the inboxes are those of the steps, whatever happens to the steps."""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from engine import Engine
from engine.errors import BangfuError
from engine.jobs.executor import Pace
from engine.model.clock import local_date
from engine.model.tasks import InboxFilter, TaskLine
from engine.store import waiting
from engine.store.instants import to_text
from tests.engine.conftest import FILLED, Office
from tests.support.at_once import at_once
from tests.support.federation import STAFF
from tests.support.inboxes import miscounted, must_agree

MOVES = 60
SEEDS = (1, 2)
WATCHED = ("officer", "far_officer", "reviewer", "reviewer2", "far_reviewer", "approver", "admin")
BACK = {"decision": "return", "return_to": "apply", "comment": "请补充用途说明"}
FILTERS = (
    InboxFilter(limit=3),
    InboxFilter(limit=2, holding="mine"),
    InboxFilter(limit=2, holding="free"),
    InboxFilter(limit=2, organisation_id="u2"),
    InboxFilter(limit=2, role="county_reviewer", process_key="example_request"),
    InboxFilter(limit=2, process_key="another"),
    *(InboxFilter(limit=2, bucket=b) for b in ("overdue", "today", "soon", "later", "none", "?")),
)


@dataclass
class Walk:
    """Somebody who does this and that."""

    office: Office
    random: random.Random

    @property
    def engine(self) -> Engine:
        return self.office.engine

    def open_steps(self) -> list[str]:
        with self.engine.database.look() as tx:
            found = tx.execute(text("SELECT id FROM task WHERE status = 'open' ORDER BY id"))
            return list(found.scalars())

    def any_step(self) -> str:
        return self.random.choice(self.open_steps() or [self.office.start() + "-1"])

    def write(self, sql: str, **values: object) -> None:
        with self.engine.database.unit_of_work() as work:
            work.tx.execute(text(sql), values)
            work.commit()

    def start(self) -> None:
        by, at = self.random.choice(
            [("officer", "u1"), ("other_officer", "u2"), ("far_officer", "lw-u")]
        )
        self.office.start(by=by, at=at)

    def complete(self) -> None:
        step = self.any_step()
        data = self.random.choice([FILLED, {"decision": "agree"}, {"decision": "agree"}, BACK])
        for name in self.random.sample(sorted(STAFF), len(STAFF)):
            with suppress(BangfuError):
                self.engine.tasks.complete(self.office.actor(name), step, data)
                return

    def claim(self) -> None:
        step = self.any_step()
        for name in self.random.sample(sorted(STAFF), len(STAFF)):
            with suppress(BangfuError):
                self.engine.tasks.claim(self.office.actor(name), step)
                return

    def release_or_pass_on(self) -> None:
        tasks = self.engine.tasks
        line = self._line(self.any_step())
        if line.assignee is None:
            return
        holder = self.engine.directory.actor(line.assignee)
        with suppress(BangfuError):
            if self.random.random() < 0.5:
                tasks.release(holder, line.id)
            else:
                other = self.random.choice(sorted(STAFF))
                tasks.pass_on(holder, line.id, f"p-{other}", "我要出差")

    def _line(self, step: str) -> TaskLine:
        case_id = step.partition("-")[0]
        return next(one for one in self.office.open_steps(case_id) if one.id == step)

    def cancel(self) -> None:
        case_id = self.any_step().partition("-")[0]
        for name in ("officer", "other_officer", "far_officer"):
            with suppress(BangfuError):
                self.engine.cases.cancel(self.office.actor(name), case_id, "申请人要求")
                return

    def change_the_directory(self) -> None:
        directory, admin = self.engine.directory, self.office.actor("admin")
        with suppress(BangfuError, IndexError):
            match self.random.randrange(5):
                case 0:
                    new = ("county_reviewer", "u1", "lw")
                    directory.designate(admin, new, "模拟〔2026〕1号", "人手不足")
                case 1:
                    directory.withdraw_designation(admin, directory.designations()[0].id)
                case 2:
                    directory.declare_profile(admin, "xc", "模拟〔2026〕2号", "只有两人")
                case 3:
                    directory.end_profile(admin, directory.profiles("xc")[0].id)
                case 4:
                    grants = directory.grants()
                    one = next(g for g in grants if g.role in {"officer", "county_reviewer"})
                    directory.withdraw_grant(admin, one.id)
                    directory.grant(admin, one.person_id, one.role, one.organisation_id)

    def move_a_date(self) -> None:
        now = self.engine.clock.now()
        due = self.random.choice(
            [None, now + timedelta(hours=self.random.randrange(-30, 90)), now.replace(hour=15)]
        )
        self.write(
            "UPDATE task SET due_at = :at, due_date = :day WHERE id = :id",
            id=self.any_step(),
            at=due and to_text(due),
            day=due and local_date(due).isoformat(),
        )

    def keep_away(self) -> None:
        people = [f"p-{name}" for name in self.random.sample(sorted(STAFF), 2)]
        column = self.random.choice(["barred", "by_profile"])
        self.write(
            f"UPDATE task SET {column} = :people WHERE id = :id",
            id=self.any_step(),
            people=self.random.choice(["", f"|{'|'.join(people)}|", "|p-reviewer|"]),
        )

    def delete_a_step(self) -> None:
        self.write("DELETE FROM task WHERE id = :id", id=self.any_step())

    def let_time_pass(self) -> None:
        self.office.clock.advance(timedelta(hours=self.random.choice([1, 5, 15, 40])))

    def work(self) -> None:
        self.engine.jobs.executor(Pace()).run_once()

    def add_up(self) -> None:
        self.engine.jobs.add_up()
        self.engine.jobs.sweep()

    def one_move(self) -> None:
        moves: list[Callable[[], None]] = [
            *[self.start, self.complete, self.complete, self.claim] * 3,
            self.release_or_pass_on,
            self.cancel,
            self.change_the_directory,
            self.move_a_date,
            self.keep_away,
            self.keep_away,
            self.delete_a_step,
            self.let_time_pass,
            self.work,
            self.add_up,
        ]
        self.random.choice(moves)()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_numbers_are_those_of_the_steps_after_every_change(office: Office, seed: int) -> None:
    walk = Walk(office, random.Random(seed))
    seen = 0
    for number in range(MOVES):
        walk.one_move()
        assert miscounted(office.engine) == {}
        if number % 12 == 11:
            for name in WATCHED:
                actor = office.actor(name)
                seen += sum(must_agree(office.engine, actor, one) for one in FILTERS)
    assert seen > 20


def test_those_who_write_at_once_do_not_wait_for_each_other_nor_lose_a_number(
    office: Office,
) -> None:
    cases = [office.start() for _ in range(24)]
    reviewed = [office.applied() for _ in range(12)]
    officer, reviewer = office.actor("officer"), office.actor("reviewer")
    complete = office.engine.tasks.complete

    def applying(part: list[str]) -> Callable[[], None]:
        return lambda: [complete(officer, f"{one}-1", FILLED) for one in part] and None

    def reviewing() -> None:
        for one in reviewed:
            complete(reviewer, f"{one}-2", {"decision": "agree"})

    def adding_up() -> None:
        for _ in range(30):
            office.engine.jobs.add_up()

    doing = [applying(cases[number::3]) for number in range(3)]
    assert at_once(*doing, reviewing, adding_up, adding_up) == [None] * 6
    assert miscounted(office.engine) == {}
    assert must_agree(office.engine, office.actor("reviewer2"), InboxFilter(limit=7)) == 24
    office.engine.jobs.add_up()
    with office.engine.database.look() as tx:
        assert not waiting.any_noted(tx)
    assert miscounted(office.engine) == {}


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_adding_up_reads_each_change_a_few_times_at_most(office: Office) -> None:
    """PostgreSQL knows the table of changes as it is most of the time, empty, and plans for that.

    What a plan does is counted: rows that its parts gave, and those they looked at in vain.
    """
    changes, statement = 2_000, waiting.ADD_UP.compile(dialect=postgresql.dialect())
    with office.engine.database.unit_of_work() as work:
        work.tx.execute(text("DELETE FROM waiting_change"))
        work.tx.execute(text("ANALYZE waiting_change"))
        work.tx.execute(
            text(
                "INSERT INTO waiting_change (queue_id, person_id, due_at, process, why, n)"
                " SELECT 1, '', 'day ' || (n % 40), 'many', '', 1 FROM generate_series(1, :n) AS n"
            ),
            {"n": changes},
        )
        explained = work.tx.exec_driver_sql(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", statement.params
        ).scalar_one()
        assert work.tx.execute(text("SELECT count(*) FROM waiting_change")).scalar_one() == 0
    assert sum(_handled(explained[0]["Plan"])) < changes * 20


@pytest.mark.parametrize("database_kind", ["postgres"])
@pytest.mark.postgres
def test_what_was_added_up_leaves_no_rows_that_every_inbox_reads_past(office: Office) -> None:
    """A million changes that were added up and lay there cost a supervisor's page 150 ms."""
    size = text("SELECT pg_relation_size('waiting_change')")
    with office.engine.database.unit_of_work() as work:
        work.tx.execute(
            text(
                "INSERT INTO waiting_change (queue_id, person_id, due_at, process, why, n)"
                " SELECT 1, '', 'day ' || n, 'many', '', 0 FROM generate_series(1, 2000) AS n"
            )
        )
        work.commit()
    with office.engine.database.look() as tx:
        assert tx.execute(size).scalar_one() > 0
    office.engine.jobs.add_up()
    with office.engine.database.look() as tx:
        assert tx.execute(size).scalar_one() == 0


def _handled(node: dict[str, Any]) -> Iterator[float]:
    in_vain = sum(value for key, value in node.items() if key.startswith("Rows Removed"))
    yield (node["Actual Rows"] + in_vain) * node["Actual Loops"]
    for part in node.get("Plans", ()):
        yield from _handled(part)


def test_a_number_that_is_not_that_of_its_steps_is_found(office: Office) -> None:
    office.applied()
    office.engine.jobs.add_up()

    def broken() -> dict[str, tuple[str, ...]]:
        return {one.id: one.broken for one in office.engine.audit.invariants() if not one.ok}

    assert broken() == {}

    def make_it(n: int) -> None:
        with office.engine.database.unit_of_work() as work:
            work.tx.execute(text("UPDATE waiting SET n = :n WHERE person_id = ''"), {"n": n})
            work.commit()

    make_it(5)
    (told,) = broken()["I10"]
    assert "5 counted, 1 there" in told
    make_it(1)
    assert broken() == {}
