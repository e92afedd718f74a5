"""A process with steps and messages for the applicant, and a case of it that has a receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine import SYSTEM, Actor, Request
from engine.definitions.folder import read_upload
from engine.model.actors import guest_of
from engine.work.guests import GuestView
from tests.engine.conftest import Office

PROCESS = Path(__file__).parent / "process"
APPLIED = {
    "applicant_name": "张模拟",
    "id_number": "110101199003070011",
    "mobile": "13800000000",
    "reason": "住院",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROOF = "0011"


def process_files() -> tuple[tuple[str, bytes], ...]:
    return tuple((path.name, path.read_bytes()) for path in sorted(PROCESS.iterdir()))


@dataclass
class Counter:
    """The officer's counter: she takes applications in and gives receipts out."""

    office: Office

    def apply(self, **changed: str) -> str:
        data = {**APPLIED, **changed}
        request = Request("guest_aid", "u1", data)
        return self.office.engine.cases.start(self.office.actor("officer"), request).case_id

    def receipt(self, case_id: str) -> str:
        return self.office.engine.receipts.issue(self.office.actor("officer"), case_id).code

    def do(self, by: str, case_id: str, element: str, data: Mapping[str, object]) -> None:
        (step,) = [s for s in self.office.open_steps(case_id) if s.element_id == element]
        self.office.engine.tasks.complete(self.office.actor(by), step.id, data)

    def ask_for_papers(self, case_id: str) -> str:
        """The officer finds something missing; the id of the applicant's step."""
        self.do("officer", case_id, "check", {"checked": "missing", "missing": "缺住院发票"})
        return self.office.step(case_id, "supplement")

    def refuse(self, case_id: str) -> None:
        self.do("officer", case_id, "check", {"checked": "complete"})
        self.do(
            "reviewer", case_id, "review", {"decision": "refuse", "refusal_reason": "收入高于标准"}
        )

    def seen_by_guest(self, case_id: str) -> GuestView:
        return self.office.engine.guests.view(guest_of(case_id))

    def words(self, case_id: str) -> list[str]:
        return [one.words for one in self.seen_by_guest(case_id).statuses]


@pytest.fixture
def counter(office: Office) -> Counter:
    office.engine.definitions.deploy(SYSTEM, read_upload(process_files()).files)
    return Counter(office)


@pytest.fixture
def guest(counter: Counter) -> Actor:
    """The applicant of a case that waits for her papers."""
    case_id = counter.apply()
    counter.ask_for_papers(case_id)
    return guest_of(case_id)


LETTERS = Path(__file__).parent / "letters"
WRITTEN: Mapping[str, object] = {
    "matter": "wage",
    "request": "三月的工资没有发",
    "named": "yes",
    "your_name": "张模拟",
    "mobile": "13800000011",
}


def letter_files() -> tuple[tuple[str, bytes], ...]:
    return tuple((path.name, path.read_bytes()) for path in sorted(LETTERS.iterdir()))


@pytest.fixture
def letterbox(office: Office) -> Office:
    """A federation to which anybody may write."""
    office.engine.definitions.deploy(SYSTEM, read_upload(letter_files()).files)
    return office
