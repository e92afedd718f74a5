"""Two hundred applications from Excel: each good row is a case, and no row is ever two."""

import threading

import pytest

from engine import SYSTEM
from engine.errors import NotPermitted
from engine.model.tasks import InboxFilter
from registry import Imports
from registry.imports.api import Progress
from registry.incoming.batch import State
from tests.imports.sheets import (
    TAIWAN_PERMIT,
    application,
    content_of,
    errors_of,
    filled,
)
from tests.registry.test_loading import existing, number
from tests.registry.town import Town
from tests.support.waiting import WAITED
from webapp.imports.working import bring_file, error_workbook

NAME = "申请名单.xlsx"
PROCESS = "archiving"


def bring(lists: Imports, town: Town, content: bytes, who: str = "officer") -> Progress:
    actor = town.actor(who)
    return lists.work(actor, bring_file(lists, actor, PROCESS, NAME, content), 300)


def started(lists: Imports, town: Town, progress: Progress, who: str = "officer") -> Progress:
    actor = town.actor(who)
    lists.run(actor, progress.batch.id, only_if_all=False)
    return lists.work(actor, progress.batch.id, 300)


def counts(progress: Progress) -> dict[str, int]:
    return {state.value: n for state, n in progress.counts.items() if n}


def cases(town: Town) -> int:
    return town.engine.tasks.inbox(town.actor("officer"), InboxFilter()).counts.total


def two_hundred(lists: Imports, town: Town) -> bytes:
    kind = lists.kind(town.actor("officer"), PROCESS)
    lines = [application(place) for place in range(200)]
    for place in (10, 50, 150):
        lines[place] = application(place, 身份证号=int(number(place)[:17] + "0"))
    lines[80] = application(80, 身份证号=number(20))
    lines[30] = application(30, 姓名="林𠮷")
    lines[31] = application(31, 姓名="买买提·吐尔逊")
    lines[32] = application(32, 身份证号=TAIWAN_PERMIT, 证件种类="港澳台居民居住证", 性别="男")
    return content_of(filled(kind, lines))


def test_two_hundred_rows_start_their_cases_once(lists: Imports, town: Town) -> None:
    content = two_hundred(lists, town)
    checked = bring(lists, town, content)
    assert counts(checked) == {"good": 195, "bad": 5}
    officer = town.actor("officer")
    _, workbook = error_workbook(lists, officer, checked.batch.id)
    assert sorted(errors_of(workbook, "申请")) == [13, 23, 53, 83, 153]
    done = started(lists, town, checked)
    assert counts(done) == {"done": 195, "bad": 5}
    assert cases(town) == 195
    again = bring(lists, town, content)
    assert counts(again) == {"known": 195, "bad": 5}
    assert cases(town) == 195
    for name in ("林𠮷", "买买提·吐尔逊"):
        (found,) = town.engine.cases.search(officer, name)
        assert found.title
    town.must_hold()


def test_a_row_fills_the_draft_of_the_first_step(lists: Imports, town: Town) -> None:
    officer = town.actor("officer")
    kind = lists.kind(officer, PROCESS)
    lines = [application(0, 家庭住址="模拟街道1号", 主要致困原因="6", 存款合计="1,000.00")]
    members = [
        {
            "序号": "1",
            "与户主关系": "配偶",
            "姓名": "王模拟",
            "证件号码": number(500),
            "计入家庭人口": "是",
        }
    ]
    income = [{"序号": "1", "月份": "2026-03", "类别": "工资性", "金额": "1500"}]
    content = content_of(filled(kind, lines, 家庭成员=members, 收入明细=income))
    done = started(lists, town, bring(lists, town, content))
    (row,) = lists.rows(officer, done.batch.id, [State.DONE])
    (task,) = town.engine.cases.view(officer, row.result).open_tasks
    view = town.engine.tasks.view(officer, task.id)
    assert view.element.id == "apply"
    assert view.draft_at is not None
    assert view.data["applicant_name"] == "林模拟"
    assert view.data["id_number"] == number(0)
    assert (view.data["address"], view.data["savings"]) == ("模拟街道1号", 1000)
    assert view.data["members"][0]["name"] == "王模拟"
    assert view.data["income_lines"] == [
        {"month": "2026-03", "income_kind": "wage", "amount": 1500}
    ]
    assert row.result_label == view.case.number


def test_one_person_applies_once_at_a_time(lists: Imports, town: Town) -> None:
    officer = town.actor("officer")
    kind = lists.kind(officer, PROCESS)
    first = started(lists, town, bring(lists, town, content_of(filled(kind, [application(0)]))))
    (row,) = lists.rows(officer, first.batch.id, [State.DONE])
    changed = content_of(filled(kind, [application(0, 家庭住址="模拟街道2号")]))
    refused = bring(lists, town, changed)
    (bad,) = lists.rows(officer, refused.batch.id, [State.BAD])
    assert bad.problems[-1].message == f"此人已有在办的申请({row.result_label}),没有重复发起"
    far = lists.kind(town.actor("far_officer"), PROCESS)
    elsewhere = content_of(filled(far, [application(0, 受理工会="模拟三厂工会")]))
    hidden = bring(lists, town, elsewhere, "far_officer")
    (bad,) = lists.rows(town.actor("far_officer"), hidden.batch.id, [State.BAD])
    assert bad.problems[-1].message == "此人已有在办的申请,请县总工会核实"
    town.engine.cases.cancel(officer, row.result, "重复发起")
    assert counts(started(lists, town, bring(lists, town, changed))) == {"done": 1}


def test_two_who_import_the_same_rows_at_once_start_them_once(lists: Imports, town: Town) -> None:
    kind = lists.kind(town.actor("officer"), PROCESS)
    content = content_of(filled(kind, [application(place) for place in range(12)]))
    brought = [(who, bring(lists, town, content, who)) for who in ("officer", "officer2")]
    for who, progress in brought:
        lists.run(town.actor(who), progress.batch.id, only_if_all=False)
    threads = [
        threading.Thread(target=lists.work, args=(town.actor(who), progress.batch.id, WAITED))
        for who, progress in brought
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ends = [lists.progress(town.actor(who), progress.batch.id) for who, progress in brought]
    assert sum(end.count(State.DONE) for end in ends) == 12
    assert sum(end.count(State.KNOWN) for end in ends) == 12
    assert cases(town) == 12
    town.must_hold()


def test_whoever_is_on_file_may_apply_and_the_row_says_so(lists: Imports, town: Town) -> None:
    town.register.load_files(SYSTEM, [existing(7), existing(8, unit="lw-u")], "原有档案")
    officer = town.actor("officer")
    content = content_of(filled(lists.kind(officer, PROCESS), [application(7), application(8)]))
    checked = bring(lists, town, content)
    told = [row.problems[-1] for row in lists.rows(officer, checked.batch.id, [State.GOOD])]
    assert [problem.is_warning for problem in told] == [True, True]
    # An officer of these tests sees only what she has worked on: neither file is hers to know.
    assert {problem.message for problem in told} == {"此人已在其他档案中,请县总工会核实"}


def test_only_who_may_start_the_process_brings_its_lists(lists: Imports, town: Town) -> None:
    with pytest.raises(NotPermitted):
        lists.kind(town.actor("reviewer"), PROCESS)
    with pytest.raises(NotPermitted):
        lists.kind(town.actor("officer"), "no_such_process")


def test_any_process_can_be_started_from_a_list(lists: Imports, town: Town) -> None:
    from engine.definitions.folder import read_folder
    from tests.registry.town import ROOT

    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    town.engine.definitions.deploy(SYSTEM, files)
    officer = town.actor("officer")
    kind = lists.kind(officer, "example_request")
    headings = [column.heading for column in kind.layout.main.columns]
    assert headings[:2] == ["序号", "受理工会"]
    line = {"受理工会": "350602001001", "请求事项": "添置安全帽"}
    assert set(line) <= set(headings), headings
    content = content_of(filled(kind, [line, {**line, "请求事项": "添置手套"}, line]))
    list_id = bring_file(lists, officer, "example_request", "请求.xlsx", content)
    lists.work(officer, list_id, 60)
    lists.run(officer, list_id, only_if_all=False)
    done = lists.work(officer, list_id, 60)
    # Two lines that say the same are one request: there is no person to tell them apart.
    assert counts(done) == {"done": 2, "known": 1}
