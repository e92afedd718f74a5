"""Whatever people, the clock and messages do: after every step all that must hold, holds (D22).

The walks are random with fixed seeds, so that a failure can be walked again.
"""

import random
from collections.abc import Callable, Mapping, Sequence

import pytest

from engine import SYSTEM
from engine.model.cases import CaseStatus
from engine.runtime import failures, waits
from engine.store import cases
from engine.store.database import Tx
from engine.store.waits import wait_rows
from engine.work.opened import open_case
from tests.engine.conftest import FILLED
from tests.engine.moving.archiving import archive
from tests.engine.moving.conftest import Outputs, Workshop

MOST_MOVES = 30
Answers = Mapping[str, Sequence[Outputs]]

BACK = {"decision": "return", "comment": "请核对后再报"}
REFUSED = {"decision": "refuse", "comment": "不符合条件"}
ARCHIVING: Answers = {
    "apply": [{}],
    "acceptance_check": [
        {},
        {},
        {"complete": "no", "missing_papers": ["income"], "missing_text": "请补交"},
    ],
    "supplement": [{}],
    "contact_applicant": [{}],
    "home_visit": [{}],
    "grassroots_review": [{}, {}, {}, {**BACK, "return_to": "home_visit"}],
    "township_review": [{}, {}, {**BACK, "return_to": "apply"}, REFUSED],
    "county_review": [
        {},
        {},
        {},
        {**BACK, "return_to": "apply", "category": None},
        {**REFUSED, "category": None},
    ],
    "post": [{}],
    "record_result": [{}],
    "investigate": [{}, {}, {"objection_result": "upheld"}],
    "reply": [{}],
    "approve": [{}, {**BACK, "return_to": "county_review"}, REFUSED],
    "refusal_notice": [{}],
    "confirm_withdrawal": [{}],
    "national_entry": [{}, {"entry_result": "conflict", "conflict_text": "已在外省建档"}],
    "entry_conflict": [{}, {"conflict_result": "keep"}],
    "await_report": [{}, {"result": "different", "differences": "名下车辆一辆"}],
    "manual_check": [{}],
    "explain_difference": [{}, {"difference_decision": "found", "means_signs": ["X5"]}],
    "exclusion_opinion": [{"exclusion_decision": "exception"}, {"exclusion_decision": "return"}],
    "exception_decision": [{}],
    "investigate_report": [{}, {"report_result": "upheld"}],
    "reply_reporter": [{}],
    "register_gone": [{}, {"gone_result": "takeover"}],
    "appeal_township": [{}],
    "appeal_county": [{}],
    "appeal_city": [{}, {"appeal_result": "upheld", "appeal_category": "dibao"}],
}
AGREE = {"decision": "agree"}
EXAMPLE: Answers = {
    "apply": [FILLED],
    "review": [AGREE, AGREE, AGREE, {**BACK, "return_to": "apply"}],
    "notice": [{"notice_place": "厂区公示栏"}],
    "objection_check": [
        {"upheld": "no", "finding": "库存已过期"},
        {"upheld": "yes", "finding": "报价偏高"},
    ],
    "approve": [AGREE, AGREE, AGREE, REFUSED],
    "record": [{"record_number": "登记-0001"}],
}
EXAMPLE_DOERS = {
    "apply": "officer",
    "review": "reviewer",
    "notice": "officer",
    "objection_check": "reviewer",
    "approve": "approver",
    "record": "entry",
}


def rows_are_waits(shop: Workshop, case_id: str) -> None:
    """Exactly what the engine waits for is in the tables, token by token."""

    def question(tx: Tx) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        case = cases.load(tx, case_id)
        assert case is not None
        opened = open_case(shop.engine.environment, tx, case)
        expected = waits(opened.program, opened.memory.engine)
        rows: dict[str, set[str]] = {}
        for row in wait_rows(tx, case_id):
            rows.setdefault(row.kind, set()).add(row.token)
        failed = {f.token for f in failures(opened.program, opened.memory.engine)}
        waiting = {
            "task": set(expected.user),
            "timer": set(expected.timers),
            "message": set(expected.messages),
            "operation": set(expected.jobs),
            "retry": failed,
        }
        return rows, {kind: tokens for kind, tokens in waiting.items() if tokens}

    rows, waiting = shop.engine.ask(question)
    assert rows == waiting


def walk(
    shop: Workshop,
    case_id: str,
    seed: int,
    do: Callable[[str, Outputs], None],
    answers: Answers,
    messages: Sequence[Callable[[], object]],
) -> list[str]:
    """Move a case at random until it ends; what was done, for reading a failure."""
    chance = random.Random(seed)
    moves: list[str] = []
    while len(moves) < MOST_MOVES and shop.status(case_id) is CaseStatus.ACTIVE:
        steps = shop.open_steps(case_id)
        kind = chance.choices(["do", "pass", "message", "claim"], [12, 3, 1, 2])[0]
        if kind == "message":
            moves.append(f"message {chance.choice(messages)()}")
        elif kind == "do" and steps:
            step = chance.choice(steps)
            moves.append(step.element_id)
            do(step.element_id, chance.choice(answers[step.element_id]))
        elif kind == "claim" and steps:
            step = chance.choice(steps)
            moves.append(f"claim {step.element_id}")
            if step.role == "officer":
                shop.engine.tasks.claim(shop.actor("officer"), step.id)
                shop.engine.tasks.release(shop.actor("officer"), step.id)
        else:
            moves.append("pass")
            shop.pass_time(days=chance.randint(1, 4))
        assert shop.broken() == {}, moves
        rows_are_waits(shop, case_id)
    return moves


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_walk_through_a_request(shop: Workshop, seed: int) -> None:
    shop.deploy("example_request")
    case_id = shop.begin("example_request", {"subject": "添置安全帽"})

    def do(element: str, data: Outputs) -> None:
        shop.finish(EXAMPLE_DOERS[element], case_id, element, data)

    def object_to_it() -> int:
        return shop.engine.messages.send(
            SYSTEM, "example_objection", {"case": case_id}, {"text": "有异议"}
        )

    moves = walk(shop, case_id, seed, do, EXAMPLE, [object_to_it])
    assert len(moves) > 5


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_random_walk_through_an_application(shop: Workshop, seed: int) -> None:
    archive.set_up(shop, township=seed % 2 == 0)
    case_id = archive.begun(shop)

    def do(element: str, changed: Outputs) -> None:
        archive.do(shop, case_id, element, **changed)

    def withdraw() -> int:
        return shop.engine.messages.send(
            SYSTEM, "withdrawal", {"case": case_id}, {"reason": "已就业"}
        )

    def object_to_it() -> int:
        found = shop.rows("SELECT id FROM notice WHERE case_id = :id", id=case_id)
        return sum(
            shop.engine.messages.send(
                SYSTEM, "notice_objection", {"notice_id": notice}, {"text": "有车", "by": "匿名"}
            )
            for (notice,) in found
        )

    def tell(name: str, **content: object) -> int:
        return shop.engine.messages.send(SYSTEM, name, {"case": case_id}, content)

    def report() -> int:
        return tell("case_report", text="他家有车", by="匿名", way="电话")

    def gone() -> int:
        return tell("applicant_gone", kind="去世", reason="病故")

    def appeal() -> int:
        return tell("appeal", text="收入算错", way="当面")

    def report_of_the_agency() -> int:
        return tell("means_report", report_no="核1", report_date="2026-03-02", result="consistent")

    others = [report, gone, appeal, appeal, report_of_the_agency]
    messages = [*[object_to_it] * 3, withdraw, *others]
    moves = walk(shop, case_id, seed, do, ARCHIVING, messages)
    assert len(moves) > 5
