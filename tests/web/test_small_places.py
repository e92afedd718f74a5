"""最小岗位方案, 书面指定: declared on a page, felt in the inbox, marked, listed and exported."""

import io
import re

import pytest
from openpyxl import load_workbook

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from tests.web.conftest import ROOT, Browser, Federation
from webapp.supervision import routes

COUNTY = "/admin/units/county"
DESIGNATIONS = "/admin/designations"
PROFILE = {
    "document": "模拟〔2026〕30号",
    "reason": "全单位只有两名工作人员",
    "since": "",
    "until": "2027-01-01",
}
LIST = "/supervision/small-posts"


@pytest.fixture
def small(federation: Federation) -> Federation:
    """The example with a review that the applicant may do herself where a profile holds."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    apart = re.compile(rb'(<zeebe:property name="notSamePersonAs" value="apply" ?/>)')
    relaxed = rb'\1<zeebe:property name="sameInSmallUnits" value="apply" />'
    changed = [SourceFile(f.name, apart.sub(relaxed, f.content)) for f in files]
    assert [f.content for f in changed] != [f.content for f in files]
    federation.engine.definitions.deploy(SYSTEM, changed)
    federation.engine.directory.grant(
        federation.actor("admin"), "p-officer", "county_reviewer", "county"
    )
    return federation


def declared(admin: Browser) -> None:
    assert admin.post(f"{COUNTY}/profile", PROFILE, page=COUNTY).status_code == 303


def test_a_profile_lets_one_person_do_both_and_says_so_everywhere(
    browse,  # type: ignore[no-untyped-def]
    small: Federation,
) -> None:
    task = small.applied("给全班添置")
    officer, admin, supervisor = browse("officer"), browse("admin"), browse("supervisor")
    assert "给全班添置" not in officer.text("/inbox")
    assert "按规定不能再办“审核”" in officer.text(f"/tasks/{task}")
    declared(admin)
    unit = admin.text(COUNTY)
    for said in ("实行中", "模拟〔2026〕30号", "全单位只有两名工作人员", "2027-01-01", "周敏"):
        assert said in unit, said
    assert "分管副主席" in unit  # held by nobody there: its steps will wait for a designation
    assert "最小岗位" in officer.text("/inbox")
    assert "县总工会实行" not in browse("reviewer").text(f"/tasks/{task}")
    page = officer.text(f"/tasks/{task}")
    assert "芗城区总工会实行最小岗位方案,您可以办理" in page
    small.engine.tasks.complete(small.actor("officer"), task, {"decision": "agree"})
    case_id = task.rpartition("-")[0]
    mark = "按最小岗位方案办理(模拟〔2026〕30号)"
    assert mark in supervisor.text(f"/cases/{case_id}?tab=history")
    assert "按最小岗位方案办理" in supervisor.text(f"/cases/{case_id}")
    listed = supervisor.text(LIST)
    for said in ("林小芳", "模拟〔2026〕30号", "芗城区总工会", "填写申请"):
        assert said in listed, said
    assert "给全班添置" not in listed


def test_the_list_is_narrowed_by_unit_and_days_and_taken_away(
    browse,  # type: ignore[no-untyped-def]
    small: Federation,
) -> None:
    task = small.applied()
    declared(browse("admin"))
    small.engine.tasks.complete(small.actor("officer"), task, {"decision": "agree"})
    supervisor: Browser = browse("supervisor")
    number = small.engine.cases.view(SYSTEM, task.rpartition("-")[0]).case.number
    for asked, there in (
        ("?unit=county", True),
        ("?unit=school", False),
        ("?since=2026-11-09&until=2026-11-09", True),
        ("?since=2026-11-10", False),
        ("?until=2026-11-08", False),
    ):
        assert (number in supervisor.text(LIST + asked)) is there, asked
    wrong = supervisor.get(f"{LIST}?since=上周&until=2026-11-09")
    assert wrong.status_code == 422
    text = wrong.get_data(as_text=True)
    assert "日期“上周”看不懂" in text
    assert 'value="上周"' in text
    answer = supervisor.get(f"{LIST}.xlsx?unit=county")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert "陈明于" in str(rows[0][0])
    assert (rows[2][0], rows[2][4], rows[2][7]) == (number, "林小芳", "模拟〔2026〕30号")
    assert browse("reviewer").get("/admin/units/county").status_code == 403


def test_more_steps_than_a_sheet_takes_are_refused_before_and_nothing_is_left_out(
    browse,  # type: ignore[no-untyped-def]
    small: Federation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared(browse("admin"))
    for subject in ("甲", "乙"):
        task = small.applied(subject)
        small.engine.tasks.complete(small.actor("officer"), task, {"decision": "agree"})
    supervisor: Browser = browse("supervisor")
    monkeypatch.setattr(routes, "MOST_EXPORTED", 1)
    refused = supervisor.get(f"{LIST}.xlsx")
    assert refused.status_code == 422
    said = "一次最多导出 1 个环节,这次是 2 个,没有导出。请先按单位或日期缩小范围。"
    assert said in refused.get_data(as_text=True)
    actions = [one.action for one in small.engine.audit.entries(0, 1_000)]
    assert "marked-exported" not in actions
    assert supervisor.get(f"{LIST}.xlsx?unit=school").status_code == 200
    monkeypatch.setattr(routes, "MOST_EXPORTED", 2)
    book = load_workbook(io.BytesIO(supervisor.get(f"{LIST}.xlsx").data))
    assert len(list(book.active.rows)) == 4


def test_a_profile_ends_on_its_page(browse, small: Federation) -> None:  # type: ignore[no-untyped-def]
    admin: Browser = browse("admin")
    declared(admin)
    (profile,) = small.engine.directory.profiles("county")
    end = f"{COUNTY}/profile/{profile.id}/end"
    wrong = admin.post(end, {"last": "2026-11-01"}, page=COUNTY)
    assert wrong.status_code == 422
    assert "终止日期不能早于今天" in wrong.get_data(as_text=True)
    assert 'value="2026-11-01"' in wrong.get_data(as_text=True)
    assert admin.post(end, {"last": "2026-11-20"}, page=COUNTY).status_code == 303
    assert "2026-11-20" in admin.text(COUNTY)


def test_a_designation_tells_since_until_who_and_why(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    task = federation.applied("给张小红添置")
    admin: Browser = browse("admin")
    federation.engine.directory.grant(
        federation.actor("admin"), "p-supervisor", "county_reviewer", "city"
    )
    fields = {
        "role": "county_reviewer",
        "unit": "county",
        "handler": "city",
        "document": "模拟〔2026〕31号",
        "since": "2026-11-09",
        "until": "2026-12-01",
        "reason": "两名审核员同时借调",
    }
    assert admin.post(DESIGNATIONS, fields).status_code == 303
    text = admin.text(DESIGNATIONS)
    for said in ("1 个未办环节已转给新的办理单位", "2026-12-01", "两名审核员同时借调", "周敏"):
        assert said in text, said
    page = browse("supervisor").text(f"/tasks/{task}")
    assert "按书面指定(模拟〔2026〕31号,至 2026-12-01)" in page
    assert "给张小红添置" not in browse("reviewer").text("/inbox")
