"""School aid of a year in a small federation: planned, applied for, reviewed, paid, confirmed.

Also what the large run of tests/load goes through; nothing here knows how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine import SYSTEM, Engine, Request
from engine.definitions.folder import read_folder
from registry.budget.model import BudgetLine
from registry.funds.campaign_desk import Campaign
from registry.loading import ExistingHousehold
from registry.store.campaigns import ListedHousehold, Stand, Wanted
from tests.funds.campaign import work
from tests.funds.purse import Purse, id_number
from tests.registry.town import ROOT
from tests.support.register import CONTENT, HEAD, SPOUSE

PROCESSES = ("public_notice", "grant_batch", "study_aid", "study_aid_student")
PLAN: Mapping[str, object] = {
    "apply_by": "2026-11-20",
    "pay_by": "2026-12-10",
    "confirm_by": "2026-12-31",
    "funding": ["finance", "own"],
}
POSTED: Mapping[str, object] = {
    "places": "厂区大门公示栏",
    "board_shown": "none",
    "no_board_photo": "公示栏在车间内,不能拍照",
    "board_clean": True,
}
NOTICE_OVER: Mapping[str, object] = {
    "end_note": "公示期满",
    "end_shown": "none",
    "no_end_photo": "公示栏在车间内,不能拍照",
}
AGREED = {"decision": "agree"}
ENROLLED = {"enrolled": "yes"}
FIRST_CHILD = 500
"""Children have numbers of their own behind those of the heads."""


def deploy(engine: Engine) -> None:
    """The processes of a year's school aid."""
    files = [
        f for key in PROCESSES for f in read_folder(ROOT / "processes", ROOT / "forms", key).files
    ]
    engine.definitions.deploy(SYSTEM, files)


def child(number: int) -> dict[str, object]:
    """A child as a household's file counts her."""
    named = {"relation": "子", "name": f"林小模{number}", "id_number": id_number(number)}
    return {**SPOUSE, **named, "occupation": "学生"}


def household(number: int, at: str, children: Sequence[int]) -> ExistingHousehold:
    """A household on file long before, with these children."""
    head = {**HEAD, "name": f"林模拟{number}", "id_number": id_number(number), "mobile": ""}
    content = {**CONTENT, "head": head, "members": [child(one) for one in children]}
    return ExistingHousehold(at, content, date(2025, 3, 3), None)


@dataclass(frozen=True)
class Student:
    """A child that somebody applies for; ``file_no`` empty: of no household on file."""

    number: int
    file_no: str = ""
    is_in_university: bool = True

    @property
    def name(self) -> str:
        return f"林小模{self.number}"

    def begun(self) -> dict[str, object]:
        return {"kind": "new", "student_name": self.name, "id_number": id_number(self.number)}

    def application(self, proof: str, **changed: object) -> dict[str, object]:
        """What the officer writes down; ``proof`` is a staged file, or empty."""
        stage = "undergraduate" if self.is_in_university else "high_school"
        answers: dict[str, object] = {
            "applies": "yes",
            "basis": "archived" if self.file_no else "poor",
            **({"file_no": self.file_no} if self.file_no else {}),
            "parent_name": "林模拟",
            "relation": "父",
            "school": "模拟大学" if self.is_in_university else "模拟中学",
            "stage": stage,
            "study_year": "freshman",
            "ends_in": 2030,
            "enrolment": "none",
            "other_grant": "no",
            "consent_publication": "unit",
            **({"proof": [proof]} if proof else {}),
        }
        return {**answers, **changed}


@dataclass
class Autumn:
    """The school aid of a year."""

    purse: Purse
    case_id: str = ""

    @property
    def engine(self) -> Engine:
        return self.purse.engine

    def start(self, **changed: object) -> str:
        """Begin and plan it; the id of its case."""
        request = Request("study_aid", "zz", {})
        self.case_id = self.engine.cases.start(self.purse.actor("protection"), request).case_id
        self.purse.do("protection", self.case_id, "plan", {**PLAN, **changed})
        return self.case_id

    def open(self) -> None:
        """Have it approved and told to the counties: from now on people apply."""
        self.purse.do("leader", self.case_id, "approve_plan", AGREED)
        self.purse.do("protection", self.case_id, "announce", {"document_no": "漳工〔2026〕12号"})
        self.work()

    def work(self) -> None:
        """Let everything go on that needs nobody."""
        work(self.engine)

    def begin(self, one: Student, by: str = "officer", at: str = "u1") -> str:
        """An application as it is begun; the id of its case."""
        return self.engine.cases.start(
            self.purse.actor(by), Request("study_aid_student", at, one.begun())
        ).case_id

    def apply(self, one: Student, by: str = "officer", at: str = "u1", **changed: object) -> str:
        """An application with its proof; the id of its case."""
        case_id = self.begin(one, by, at)
        self.purse.do(by, case_id, "apply", one.application(self.proof(by), **changed))
        return case_id

    def proof(self, by: str) -> str:
        """A staged letter of admission."""
        actor = self.purse.actor(by)
        return self.engine.files.stage(actor, "录取通知书.pdf", b"%PDF-1.4\n%%EOF\n").id

    def grant(self, *cases: str, by: str = "officer", reviewer: str = "reviewer") -> None:
        """Have applications reviewed, published, and their notices left to run out."""
        for case_id in cases:
            self.purse.do(reviewer, case_id, "county_review", AGREED)
            self.purse.do(by, case_id, "post", POSTED)

    def approve(self, *cases: str, by: str = "officer", approver: str = "approver") -> None:
        """Behind the notice: write its result down, and have them approved."""
        for case_id in cases:
            self.engine.jobs.fire_due_of_case(case_id)
            self.purse.do(by, case_id, "record_result", NOTICE_OVER)
            self.purse.do(approver, case_id, "approve", AGREED)

    def notices_over(self) -> None:
        """A week and a day go by."""
        self.purse.clock.advance(timedelta(days=8))

    def step(self, case_id: str) -> str:
        """The one open step of a case; empty where it waits for something else or is over."""
        steps = self.engine.cases.view(SYSTEM, case_id).open_tasks
        return steps[0].element_id if steps else ""

    def told(self, case_id: str, name: str) -> str:
        """A variable that the open step shows."""
        (step,) = self.engine.cases.view(SYSTEM, case_id).open_tasks
        return str(self.engine.tasks.view(SYSTEM, step.id).scope[name])

    def seen_by(self, name: str) -> Campaign:
        """The campaign as somebody sees it."""
        number = self.engine.cases.view(SYSTEM, self.case_id).case.number
        return self.purse.register.campaigns.view(self.purse.actor(name), number)

    def students(self, name: str, *stands: Stand) -> Sequence[ListedHousehold]:
        """The students of the list that somebody sees."""
        actor = self.purse.actor(name)
        return self.purse.register.campaigns.households(
            actor, self.seen_by(name), Wanted(stands), limit=10_000
        )

    def pay(
        self,
        line: BudgetLine,
        item: str,
        people: tuple[str, str, str] = ("accountant", "approver", "cashier"),
    ) -> str:
        """Put all of one item on a roster, have it approved and paid; its number."""
        maker, approver, cashier = people
        desk, actor = self.purse.register, self.purse.actor(maker)
        number = desk.campaigns.open_roster(actor, self.seen_by(maker), line.id, item)
        case_id = desk.batches.submit(actor, number)
        self.purse.do(approver, case_id, "approve_county", AGREED)
        today = self.engine.environment.today().isoformat()
        paid = {"pay_result": "paid", "voucher_no": "记-2026-0112", "paid_on": today}
        self.purse.do(cashier, case_id, "pay_county", paid)
        self.work()
        return number

    def close(self) -> None:
        """Whatever is still to be said of the whole, until its case has ended."""
        self.work()
        said = {
            "urge": {"urged_note": "均已付款"},
            "account": {"account_note": "逐人原因见各办件"},
            "close": {"closing_note": "已归档"},
        }
        protection = self.purse.actor("protection")
        while steps := self.engine.cases.view(SYSTEM, self.case_id).open_tasks:
            for step in steps:
                self.engine.tasks.complete(protection, step.id, said[step.element_id])
            self.work()
