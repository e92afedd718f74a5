"""Fifty approvals at once over money for ten grant exactly ten, in threads and in processes."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine import SYSTEM, Engine, Request
from engine.model.definitions import SourceFile
from registry.budget.model import BudgetLine
from tests.funds.purse import PAYMENT, Purse
from tests.support.at_once import at_once
from tests.support.waiting import WAITED

FOLDER = Path(__file__).parent / "processes"
MONEY_FOR, APPROVALS, PROCESSES = 10, 50, 4


@pytest.fixture(autouse=True)
def however_long_a_connection_takes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are more people here than connections: the last ones wait for all the others."""
    monkeypatch.setattr(engine.database.engine.pool, "_timeout", WAITED)


def deploy_race(engine: Engine) -> None:
    files = [SourceFile(path.name, path.read_bytes()) for path in sorted(FOLDER.iterdir())]
    engine.definitions.deploy(SYSTEM, files)


def waiting_approvals(engine: Engine) -> list[str]:
    """Cases that wait for their approval; the money is taken after it."""
    deploy_race(engine)
    officer = engine.directory.actor_named("officer")
    started = [
        engine.cases.start(officer, Request("race", "u1", {"village": f"村{number}"}))
        for number in range(APPROVALS)
    ]
    return [task_id for one in started for task_id in one.open_task_ids]


def must_have_granted_ten(purse: Purse, line: BudgetLine, tasks: list[str]) -> None:
    for task_id in tasks:
        view = purse.engine.cases.view(SYSTEM, task_id.rpartition("-")[0])
        assert view.case.status.value == "completed"
    assert purse.sums(line.id) == (MONEY_FOR * 1000 + 999, 0, MONEY_FOR * 1000, 0, 999)
    granted = purse.engine.cases.history
    told = [
        entry.detail["act"]
        for task_id in tasks
        for entry in granted(SYSTEM, task_id.rpartition("-")[0])
        if entry.kind.value == "grant"
    ]
    assert sorted(told) == ["占用"] * MONEY_FOR + ["已批"] * MONEY_FOR
    purse.must_hold()


def test_fifty_approvals_at_once_grant_exactly_ten(purse: Purse) -> None:
    line = purse.allocate(amount=str(MONEY_FOR * 1000 + 999))
    tasks = waiting_approvals(purse.engine)
    approver = purse.actor("approver")
    done = at_once(
        *(
            lambda task=task: purse.engine.tasks.complete(approver, task, {"decision": "agree"})
            for task in tasks
        )
    )
    assert [one for one in done if isinstance(one, Exception)] == []
    must_have_granted_ten(purse, line, tasks)


def test_as_many_processes_at_once_grant_exactly_ten(
    purse: Purse, funds_url: str, tmp_path: Path
) -> None:
    line = purse.allocate(amount=str(MONEY_FOR * 1000 + 999))
    tasks = waiting_approvals(purse.engine)
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.funds.approving",
                funds_url,
                str(tmp_path),
                *tasks[n::PROCESSES],
            ]
        )
        for n in range(PROCESSES)
    ]
    assert [one.wait(WAITED) for one in running] == [0] * PROCESSES
    must_have_granted_ten(purse, line, tasks)


def test_fifty_batches_at_once_over_money_for_ten(desk: Purse) -> None:
    line = desk.allocate(amount="10000")
    numbers = []
    for place in range(20):
        number = desk.draft(line)
        file_no = desk.household(place)
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, "1000")
        numbers.append(number)
    actor = desk.actor("accountant")
    done = at_once(*(lambda n=n: desk.register.batches.submit(actor, n) for n in numbers))
    refused = [str(one) for one in done if isinstance(one, Exception)]
    assert len(refused) == 10
    assert all("本批合计 0.10 万元,超过可用指标 0.10 万元" in one for one in refused)
    assert desk.sums(line.id) == (10_000, 10_000, 0, 0, 0)
    desk.must_hold()


def test_one_payee_in_many_hands_at_once_is_paid_once(purse: Purse) -> None:
    purse.allocate()
    purse.allocate(source="central")
    given = at_once(
        *(
            lambda n=n: purse.bench.run(
                "funds.reserve", {**PAYMENT, "source": ("own", "central")[n % 2]}, f"case-{n}"
            )
            for n in range(12)
        )
    )
    assert [one for one in given if isinstance(one, Exception)] == []
    assert sum(one["granted"] for one in given) == 1  # type: ignore[index]
    purse.must_hold()
