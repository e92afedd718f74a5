"""What comes next is read off the drawing, into called processes and out of what has ended."""

import pytest

from engine.definitions.folder import folder_source
from engine.model.definitions import ElementKind
from engine.runtime import Program, compile_program
from engine.work.ahead import ahead
from tests.engine.conftest import ROOT
from tests.engine.moving.archiving import archive
from tests.engine.moving.conftest import Workshop

OURS = sorted(path.parent.name for path in (ROOT / "processes").glob("*/*.bpmn"))


def coming(shop: Workshop, case_id: str) -> dict[str, str]:
    """Where each way leads, for the one open step."""
    (now,) = shop.engine.cases.page(shop.actor("reviewer"), case_id).handling.now
    return {"、".join(one.said for one in way): to.name for to in now.coming for way in to.ways}


def ours(key: str) -> Program:
    return compile_program(folder_source(ROOT / "processes", ROOT / "forms", key))


def leads(program: Program, element: str, process_key: str = "") -> dict[str, set[str]]:
    """Where the first answer of each way may lead."""
    found: dict[str, set[str]] = {}
    for to in ahead(program, program.element(process_key or program.key, element)):
        for way in to.ways:
            found.setdefault(way[0].said, set()).add(to.element.name)
    return found


def test_a_check_that_answers_by_itself_is_gone_through(office: Workshop) -> None:
    found = coming(office, archive.begun(office))
    assert "受理审查" in found.values()
    assert "重复裁定" in found.values(), "the step inside the called process"
    assert "查重" not in found.values()
    assert "书面告知" not in found.values(), "without a ruling nothing is refused"


def test_an_end_settles_what_is_asked_behind_it(office: Workshop) -> None:
    found = coming(office, archive.led_to(office, "county_review"))
    assert found["不同意"] == "书面告知"
    agreed = {to for way, to in found.items() if way.startswith("同意、")}
    assert {"张贴公示", "限定公示范围"} <= agreed, "the first step of the notice among them"
    assert "已撤回" not in found.values(), "a refusal withdraws nothing"


def test_a_called_process_says_where_it_goes_on(office: Workshop) -> None:
    found = coming(office, archive.led_to(office, "await_report"))
    assert found == {"一致": "县级审核", "不符": "差异说明"}


def test_an_approver_reads_what_each_answer_leads_to() -> None:
    assert leads(ours("lift_out"), "approve") == {
        "退回核实": {"提出退出并入户核实"},
        "同意退出": {"录入全国系统脱困库", "档案已不在档"},
        "不同意": {"审批不同意"},
        "先发放": {"办结未发放的帮扶款"},
    }
    found = leads(ours("lift_out"), "assess")
    assert (found["不退出"], found["观察"]) == ({"不退出"}, {"观察"})


def test_a_refusal_goes_on_to_the_letter_that_tells_it() -> None:
    program = ours("archiving")
    assert leads(program, "exception_decision")["不准"] == {"书面告知"}
    assert leads(program, "exclusion_opinion")["不予建档"] == {"书面告知"}
    assert leads(program, "duplicate_ruling", "duplicate_check")["已在档"] == {"书面告知"}


def test_a_report_that_is_upheld_stops_what_goes_on() -> None:
    found = leads(ours("archiving"), "investigate_report")
    assert found["不属实"] == {"答复举报人"}
    assert {"填报申请", "县级审核"} <= found["属实"]


def test_what_ends_beside_others_ends_no_case() -> None:
    program = ours("wage_arrears")
    (told,) = ahead(program, program.element(program.key, "leader_order"))
    assert (told.element.name, told.element.kind) == ("已阅示", ElementKind.SUB_PROCESS)


@pytest.mark.parametrize("key", OURS)
def test_every_step_of_ours_says_what_comes_next(key: str) -> None:
    program = ours(key)
    for process_key in program.processes:
        for element in program.elements(process_key):
            if element.kind is ElementKind.USER_TASK:
                found = ahead(program, element)
                assert found, element.id
                assert all(one.element.name for one in found), element.id
