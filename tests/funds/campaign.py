"""A campaign for the households of a small federation: opened, checked, paid, visited.

Also what the large run of tests/load goes through; nothing here knows how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

import registry
from engine import SYSTEM, Engine, Request
from engine.definitions.folder import read_folder
from engine.jobs.executor import Pace
from registry.budget.model import BudgetLine
from registry.funds.campaign_desk import Campaign
from registry.loading import ExistingHousehold
from registry.store.campaigns import ListedHousehold, Stand, Wanted
from tests.funds.purse import Purse, id_number
from tests.registry.town import ROOT
from tests.support.register import CONTENT, HEAD

PROCESSES = ("grant_batch", "winter_relief", "winter_relief_household")
PLAN: Mapping[str, object] = {
    "list_date": "2026-11-09",
    "amount": 1000,
    "item": "money",
    "funding": ["finance", "own"],
}
PAY = {"decision": "pay"}
VISITED = {"visited_on": "2026-11-09", "visited_by": "林模拟", "received": "yes"}


def deploy(engine: Engine) -> None:
    """The processes of a campaign."""
    files = [
        f for key in PROCESSES for f in read_folder(ROOT / "processes", ROOT / "forms", key).files
    ]
    engine.definitions.deploy(SYSTEM, files)


def work(engine: Engine) -> None:
    """Let everything go on that needs nobody: jobs now, and lists gone through."""
    worker, runner = engine.jobs.executor(Pace()), engine.errands.runner(Pace())
    for _ in range(2):
        _rest_over(engine)
        while worker.run_once():
            pass
        while runner.run_once():
            pass
    _rest_over(engine)
    while worker.run_once():
        pass


def _rest_over(engine: Engine) -> None:
    """What looks again after a while of real time looks now."""
    with engine.database.unit_of_work() as unit:
        unit.tx.execute(text("UPDATE job SET locked_until = NULL WHERE status = 'waiting'"))
        unit.commit()


def household(number: int, at: str) -> ExistingHousehold:
    """A household on file long before."""
    head = {**HEAD, "name": f"林模拟{number}", "id_number": id_number(number), "mobile": ""}
    return ExistingHousehold(at, {**CONTENT, "head": head, "members": []}, date(2025, 3, 3), None)


@dataclass
class Winter:
    """A campaign that runs."""

    purse: Purse
    case_id: str = ""

    def start(self, **changed: object) -> str:
        """Begin and plan it; the id of its case."""
        request = Request("winter_relief", "zz", {})
        self.case_id = self.engine.cases.start(self.purse.actor("protection"), request).case_id
        self.purse.do("protection", self.case_id, "plan", {**PLAN, **changed})
        return self.case_id

    @property
    def engine(self) -> Engine:
        return self.purse.engine

    def approve(self) -> None:
        self.purse.do("leader", self.case_id, "approve_plan", {"decision": "agree"})
        self.work()

    def work(self) -> None:
        """Let everything go on that needs nobody: jobs now, and lists gone through."""
        work(self.engine)

    def errands(self) -> None:
        """Let what somebody asked for be done."""
        runner = self.engine.errands.runner(Pace())
        while runner.run_once():
            pass

    def seen_by(self, name: str) -> Campaign:
        """The campaign as somebody sees it."""
        number = self.engine.cases.view(SYSTEM, self.case_id).case.number
        return self.purse.register.campaigns.view(self.purse.actor(name), number)

    def households(self, name: str, *stands: Stand, below: str = "") -> Sequence[ListedHousehold]:
        campaign = self.seen_by(name)
        return self.purse.register.campaigns.households(
            self.purse.actor(name), campaign, Wanted(stands, below), limit=10_000
        )

    def do(self, by: str, one: ListedHousehold, element: str, data: Mapping[str, object]) -> None:
        self.purse.do(by, one.case_id, element, data)

    def pay(self, line: BudgetLine, by: str, approver: str, cashier: str, level: str) -> str:
        """Put all that wait on a roster, have it approved and paid; its number."""
        desk, actor = self.purse.register, self.purse.actor(by)
        number = desk.campaigns.open_roster(actor, self.seen_by(by), line.id)
        case_id = desk.batches.submit(actor, number)
        self.purse.do(approver, case_id, f"approve_{level}", {"decision": "agree"})
        paid = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": "2026-11-09"}
        self.purse.do(cashier, case_id, f"pay_{level}", paid)
        self.work()
        return number


def set_up_households(engine: Engine, per_unit: Mapping[str, int]) -> None:
    """So many households on file at each union."""
    first, found = 1, []
    for unit, many in per_unit.items():
        found += [household(number, unit) for number in range(first, first + many)]
        first += many
    registry.Registry(engine).load_files(SYSTEM, found, "模拟台账")
