"""The pages that compare versions and take running cases over, as a designer uses them."""

import re

from engine import SYSTEM
from engine.api.version_plans import AT_ONCE
from engine.definitions.folder import read_folder
from engine.jobs.executor import Pace
from engine.model.definitions import SourceFile
from tests.web.conftest import ROOT, Federation

KEY = "example_request"


def changed(*pairs: tuple[str, str]) -> tuple[SourceFile, ...]:
    """The example with other words in its drawing."""
    files = []
    for file in read_folder(ROOT / "processes", ROOT / "forms", KEY).files:
        content = file.content
        if file.name.endswith(".bpmn"):
            for old, new in pairs:
                content = content.replace(old.encode(), new.encode())
        files.append(SourceFile(file.name, content))
    return tuple(files)


def deploy(federation: Federation, *pairs: tuple[str, str]) -> None:
    federation.engine.definitions.deploy(SYSTEM, changed(*pairs))


def work_off(federation: Federation) -> None:
    while federation.engine.errands.runner(Pace(idle=0.01)).run_once():
        pass


def test_a_designer_sees_what_a_version_changes_and_which_cases_it_touches(federation, browse):
    federation.applied()
    deploy(federation, ('name="审核"', 'name="仔细审核"'))
    admin = browse("admin")
    process = admin.text(f"/processes/{KEY}")
    href = re.search(r'href="([^"]+compare)"', process)[1]
    page = admin.text(href)
    assert "<del>审核</del> → <ins>仔细审核</ins>" in page
    assert "1 件正在这里" in page
    assert 'data-changed="' in page
    link = re.search(r'href="(/processes/[^"]+at=review[^"]*)"', page)[1]
    assert "只看正在“审核”的办件" in admin.text(link.replace("&amp;", "&"))
    assert "没有差别" in admin.text(f"/processes/{KEY}/compare?old=1&new=1")
    admin.client.set_cookie("lang", "en")
    assert "1 wait here" in admin.text(f"/processes/{KEY}/compare")


def test_cases_are_planned_moved_and_put_back(federation, browse):
    federation.applied()
    deploy(federation, ('name="审核"', 'name="仔细审核"'))
    admin = browse("admin")
    page = f"/processes/{KEY}/migrate"
    plan = admin.text(page)
    assert "开始迁移 1 件" in plan
    assert "可以转" in plan
    begun = admin.post(page, {"old": "0", "new": "2"}, page=page)
    assert begun.status_code == 303
    there = begun.location
    assert "正在进行" in admin.text(there)
    work_off(federation)
    done = admin.text(there)
    assert "已完成" in done
    assert "已转 1" in done
    case_id = re.search(r'name="case_id" value="(\w+)"', done)[1]
    assert federation.engine.cases.view(SYSTEM, case_id).case.version == 2
    assert "由流程第 1 版转到第 2 版" in browse("reviewer").text(f"/cases/{case_id}?tab=history")
    back = admin.post(f"{there}/back", {"case_id": case_id}, page=there)
    assert back.status_code == 303
    assert "已恢复" in admin.text(there)
    again = admin.post(f"{there}/back", {"case_id": case_id}, page=there)
    assert again.status_code == 409
    assert "没有变化" in again.get_data(as_text=True)
    assert admin.post(f"{there}/resume", {}, page=there).status_code == 303
    work_off(federation)
    assert admin.post(f"{there}/back", {}, page=there).status_code == 303
    work_off(federation)
    assert federation.engine.cases.view(SYSTEM, case_id).case.version == 1
    assert "以前的迁移" in admin.text(page)


def test_many_cases_are_checked_beside_the_page_which_follows(federation, browse):
    for number in range(AT_ONCE + 1):
        federation.started(f"第 {number} 件")
    deploy(federation, ('name="审核"', 'name="仔细审核"'))
    admin = browse("admin")
    page = f"/processes/{KEY}/migrate"
    looking = admin.text(page)
    assert "正在核对在办的 201 件,已看 0 件" in looking
    assert 'hx-trigger="every 1s"' in looking
    assert "开始迁移" not in looking
    work_off(federation)
    plan = admin.text(page)
    assert "开始迁移 201 件" in plan
    assert "核对于" in plan
    assert "every 1s" not in plan
    second = re.search(r'href="([^"]+page=2[^"]*)"', plan)[1].replace("&amp;", "&")
    assert "可以转" in admin.text(second)  # looked at once, whatever page of it is read
    again = admin.post(f"{page}/again", {"old": "0", "new": "2"}, page=page)
    assert again.status_code == 303
    assert "正在核对" in admin.text(again.location)
    work_off(federation)
    there = admin.post(page, {"old": "0", "new": "2"}, page=page).location
    work_off(federation)
    assert "已转 201" in admin.text(there)
    assert "没有要迁移的在办件" in admin.text(page)


def test_what_has_moved_on_stays_and_the_page_says_so(federation, browse):
    task = federation.applied()
    deploy(federation, ('name="审核"', 'name="仔细审核"'))
    admin = browse("admin")
    page = f"/processes/{KEY}/migrate"
    there = admin.post(page, {"old": "0", "new": "2"}, page=page).location
    work_off(federation)
    reviewer = federation.actor("reviewer")
    federation.engine.tasks.complete(reviewer, task, {"decision": "agree"})
    admin.post(f"{there}/back", {}, page=there)
    work_off(federation)
    assert "其余 1 件转版之后已经往下办" in admin.text(there)


def test_what_is_gone_is_mapped_on_the_page(federation, browse):
    federation.applied()
    renamed = ((f"{a}review{b}", f"{a}careful_review{b}") for a, b in ('""', "><", ',"'))
    deploy(federation, *renamed)
    admin = browse("admin")
    page = f"/processes/{KEY}/migrate"
    plan = admin.text(page)
    assert "需对应" in plan
    assert "开始迁移" not in plan
    assert '<select class="form-select form-select-sm" name="map.review"' in plan
    mapped = admin.text(f"{page}?old=0&new=2&map.review=careful_review")
    assert "开始迁移 1 件" in mapped
    assert '<input type="hidden" name="map.review" value="careful_review">' in mapped
    form = {"old": "0", "new": "2", "map.review": "careful_review"}
    there = admin.post(page, form, page=page).location
    work_off(federation)
    assert "已转 1" in admin.text(there)


def test_whoever_is_past_a_new_step_must_be_known_of(federation, browse):
    federation.applied()
    deploy(federation)
    admin = browse("admin")
    page = f"/processes/{KEY}/migrate"
    refused = admin.post(page, {"old": "0", "new": "1", "passed": "3"}, page=page)
    assert refused.status_code == 422
    assert "请先勾选" in refused.get_data(as_text=True)


def test_only_designers_migrate(federation, browse):
    federation.applied()
    deploy(federation, ('name="审核"', 'name="仔细审核"'))
    reviewer = browse("reviewer")
    assert reviewer.get(f"/processes/{KEY}/migrate").status_code == 403
    posted = reviewer.post(f"/processes/{KEY}/migrate", {"old": "0", "new": "2"})
    assert posted.status_code == 403
    assert "在办迁移" not in reviewer.text(f"/processes/{KEY}")
    assert reviewer.get(f"/processes/{KEY}/compare").status_code == 200


def test_addresses_that_lead_nowhere_say_so(federation, browse):
    admin = browse("admin")
    for path in (
        "/processes/nothing/compare",
        "/processes/nothing/migrate",
        f"/processes/{KEY}/compare?old=1&new=77",
        f"/processes/{KEY}/migrate?new=77",
        f"/processes/{KEY}/migrations/nothing",
    ):
        answer = admin.get(path)
        assert answer.status_code == 404, path
        assert "没有找到" in answer.get_data(as_text=True)
    odd = admin.get(f"/processes/{KEY}/migrate?new=x&old=-1&page=zz&map.review=nowhere")
    assert odd.status_code == 422
