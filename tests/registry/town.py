"""A federation that archives households, its clock in the test's hand."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import registry
from engine import SYSTEM, Actor, Engine, Request
from engine.model.clock import FixedClock
from engine.model.identity_numbers import resident_id_check_character
from tests.support.papers import JPEG
from webapp.standard.parameters import beginning_values

ROOT = Path(__file__).parents[2]
MONDAY_MORNING = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
HOUSEHOLDS = tomllib.loads(
    (ROOT / "processes/archiving/scenarios/data/households.toml").read_text(encoding="utf-8")
)
PARAMETERS = {**beginning_values(), "dibao standard": 500}
CALLED = ("public_notice", "duplicate_check", "means_check", "appeal")
REPORT = {"report_no": "核2026-0001", "report_date": "2026-11-09", "result": "consistent"}


def _another_household(number: int) -> dict[str, object]:
    """Numbers of people who are in no other file: who is, is found and ruled on first."""
    first17 = f"35060219900101{number:03d}"
    return {
        "id_number": first17 + resident_id_check_character(first17),
        "mobile": f"154000001{number:02d}",
        "members": [
            {
                "relation": "子",
                "name": "林小模",
                "id_number": f"M35{number:07d}",
                "occupation": "学生",
                "health": "良好",
                "living_together": "no",
                "counted": "yes",
            }
        ],
    }


@dataclass
class Town:
    """An engine with the register, and people who work on applications."""

    engine: Engine
    register: registry.Registry
    clock: FixedClock
    begun: int = 0

    def actor(self, name: str) -> Actor:
        return self.engine.directory.actor_named(name)

    def do(self, by: str, case_id: str, element: str, data: Mapping[str, object]) -> None:
        (step,) = self.engine.cases.view(SYSTEM, case_id).open_tasks
        assert step.element_id == element
        self.engine.tasks.complete(self.actor(by), step.id, data)

    def waiting(self, case_id: str) -> list[str]:
        return [t.element_id for t in self.engine.cases.view(SYSTEM, case_id).open_tasks]

    def days_pass(self, case_id: str, days: int) -> None:
        self.clock.advance(timedelta(days=days))
        self.engine.jobs.fire_due_of_case(case_id)

    def filled(self, by: str, name: str, **changed: object) -> dict[str, object]:
        """The answers of a scenario's household, the paper a staged file."""
        answers = {**HOUSEHOLDS[name], **changed}
        if "application_paper" in answers:
            paper = self.engine.files.stage(self.actor(by), "申请书.pdf", b"%PDF-1.4\n%%EOF\n")
            named = [key for key, value in answers.items() if str(value).startswith("['file-")]
            answers.update({key: [paper.id] for key in named})
        return {
            key: value.isoformat() if isinstance(value, date) else value
            for key, value in answers.items()
        }

    def on_notice(self, until: str = "", **changed: object) -> str:
        """An application posted this moment, each of another household; ``until="post"``: to be."""
        self.clock.advance(timedelta(seconds=1))
        self.begun += 1
        if self.begun > 1:
            changed = {**_another_household(self.begun), **changed}
        asked = {"applicant_name": "林模拟", "application_kind": "self"}
        officer = self.actor("officer")
        case_id = self.engine.cases.start(officer, Request("archiving", "u1", asked)).case_id
        self.do("officer", case_id, "apply", self.filled("officer", "family_of_three", **changed))
        self.do("officer", case_id, "acceptance_check", {"complete": "yes"})
        self.do("officer", case_id, "home_visit", self.filled("officer", "visit"))
        self.do("chair", case_id, "grassroots_review", {"decision": "agree"})
        if self.waiting(case_id) == ["await_report"]:
            self.do("reviewer", case_id, "await_report", REPORT)
        agreed = {"decision": "agree", "category": "dibao"}
        if self.begun > 1:
            agreed["category_reason"] = "入户核实后按困难程度认定"
        self.do("reviewer", case_id, "county_review", agreed)
        if until != "post":
            self.do("officer", case_id, "post", self.posted())
        return case_id

    def approved(self) -> str:
        """An application whose file has been opened."""
        case_id = self.on_notice()
        self.days_pass(case_id, 8)
        self.do("officer", case_id, "record_result", self.over())
        self.do("approver", case_id, "approve", {"decision": "agree"})
        return case_id

    def posted(self) -> dict[str, object]:
        """What is said when the sheet hangs, with a photograph of the board."""
        photo = self.engine.files.stage(self.actor("officer"), "公示栏.jpg", JPEG)
        return {
            "places": "厂区大门公示栏",
            "board_shown": "photo",
            "board_photo": [photo.id],
            "board_clean": True,
        }

    def over(self) -> dict[str, object]:
        """What is said when the period is over."""
        reason = "公示栏已拆除,无法拍照"
        return {"end_note": "公示期满", "end_shown": "none", "no_end_photo": reason}

    def notice_id(self) -> str:
        """Of the one notice there is."""
        (one,) = self.register.notices(SYSTEM)
        return one.id

    def must_hold(self) -> None:
        """Every promise of the engine and of the register."""
        found = [*self.engine.audit.invariants(), *registry.invariants(self.engine)]
        assert [(one.id, one.broken) for one in found if not one.ok] == []
