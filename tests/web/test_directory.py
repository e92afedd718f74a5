"""机构与人员: dated changes, what moved, and what cannot be."""

from datetime import timedelta

import pytest

from tests.web.conftest import Browser, Federation

MILL, COUNTY = "/admin/units/mill", "/admin/units/county"


def _days_later(federation: Federation, days: int) -> None:
    federation.clock.advance(timedelta(days=days))
    federation.engine.directory.follow_day()


def test_a_rename_with_its_day_and_document_is_kept(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    fields = {
        "name": "芗城新区总工会",
        "code": "350604",
        "since": "2026-12-01",
        "document": "国函〔2026〕1号",
    }
    assert admin.post(f"{COUNTY}/rename", fields, page=COUNTY).status_code == 303
    text = admin.text(COUNTY)
    for said in ("芗城区总工会", "芗城新区总工会(350604)", "国函〔2026〕1号", "将生效"):
        assert said in text, said
    _days_later(federation, 22)
    assert federation.engine.directory.organisations()["county"].name == "芗城新区总工会"


def test_a_zone_is_approved_under_one_and_counted_in_another(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    city = "/admin/units/city"
    fields = {
        "name": "模拟开发区总工会",
        "code": "z1",
        "kind": "zone",
        "level": "county",
        "area": "county",
    }
    assert admin.post(f"{city}/add", fields, page=city).status_code == 303
    units = federation.engine.directory.organisations()
    (zone,) = [one for one in units.values() if one.kind == "zone"]
    assert (zone.approval_parent, zone.area_parent) == ("city", "county")
    page = f"/admin/units/{zone.id}"
    admin.post(f"{page}/move", {"kind": "area", "parent": "city", "since": ""}, page=page)
    moved = federation.engine.directory.organisations()[zone.id]
    assert (moved.approval_parent, moved.area_parent) == ("city", "city")


def test_a_move_tells_how_many_steps_went_elsewhere(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    federation.applied()
    admin: Browser = browse("admin")
    federation.engine.directory.grant(
        federation.actor("admin"), "p-supervisor", "county_reviewer", "city"
    )
    answer = admin.post(f"{MILL}/move", {"kind": "approval", "parent": "city"}, page=MILL)
    assert answer.status_code == 303
    assert "1 个未办环节已转给新的办理单位" in admin.text(MILL)
    assert "添置安全帽" not in browse("reviewer").text("/inbox")


@pytest.mark.parametrize(
    ("form", "fields", "said"),
    [
        ("rename", {"name": "", "code": "1"}, "请填写单位名称。"),
        ("rename", {"name": "新名", "code": "1", "since": "下周"}, "日期“下周”看不懂"),
        ("move", {"kind": "approval", "parent": "school"}, ""),
        ("move", {"kind": "approval", "parent": "city", "since": "2020-01-01"}, "只能从今天"),
        ("move", {"kind": "sideways", "parent": "city"}, "审批上级还是所属区域"),
        ("close", {"successor": "school", "document": ""}, "请填写撤销或合并的文号"),
        ("close", {"successor": "county", "document": "文"}, "同一级"),
        ("add", {"name": "甲", "code": "1", "kind": "", "level": ""}, "请填写单位名称并选择"),
    ],
)
def test_what_cannot_be_is_said_on_the_unit_s_own_page(
    browse,  # type: ignore[no-untyped-def]
    form: str,
    fields: dict[str, str],
    said: str,
) -> None:
    answer = browse("admin").post(f"{MILL}/{form}", fields, page=MILL)
    if not said:
        assert answer.status_code == 303
        return
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert "模拟·纺织厂工会" in text
    for value in (fields.get("name", ""), fields.get("since", "")):
        assert value in text


def test_a_closed_unit_hands_its_work_over(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    federation.started()
    federation.engine.directory.grant(
        federation.actor("admin"), "p-supervisor", "officer", "school"
    )
    admin: Browser = browse("admin")
    fields = {"successor": "school", "document": "模拟〔2026〕5号", "since": ""}
    assert admin.post(f"{MILL}/close", fields, page=MILL).status_code == 303
    text = admin.text(MILL)
    for said in ("2026-11-09 撤销", "模拟·中学工会", "1 个未办环节已转给新的办理单位"):
        assert said in text, said
    assert "2026-11-09 撤销" in admin.text("/admin/units")
    assert "添置安全帽" in browse("supervisor").text("/inbox")
    assert "添置安全帽" not in browse("officer").text("/inbox")


def test_a_grant_with_a_term_is_shown_and_can_be_ended(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    page = "/admin/people/p-officer"
    fields = {
        "role": "county_reviewer",
        "unit": "county",
        "since": "2026-12-01",
        "until": "2027-01-01",
    }
    assert admin.post(f"{page}/grants", fields, page=page).status_code == 303
    text = admin.text(page)
    for said in ("2026-12-01", "2027-01-01", "将生效"):
        assert said in text
    (held,) = [
        g
        for g in federation.engine.directory.all_grants()
        if g.role == "county_reviewer" and g.person_id == "p-officer"
    ]
    answer = admin.post(f"{page}/grants/{held.id}/withdraw", {"last": "2026-12-15"}, page=page)
    assert answer.status_code == 303
    assert "2026-12-15" in admin.text(page)
    wrong = admin.post(f"{page}/grants", {**fields, "until": "2026-11-30"}, page=page)
    assert "截止日期" in wrong.get_data(as_text=True)


def test_a_designation_is_recorded_and_taken_back(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    admin: Browser = browse("admin")
    page = "/admin/designations"
    federation.engine.directory.grant(
        federation.actor("admin"), "p-admin", "county_reviewer", "city"
    )
    fields = {
        "role": "county_reviewer",
        "unit": "county",
        "handler": "city",
        "document": "模拟〔2026〕1号",
    }
    assert admin.post(page, fields).status_code == 303
    assert "模拟〔2026〕1号" in admin.text(page)
    assert admin.post(f"{page}/1/end", {}, page=page).status_code == 303
    assert "没有书面指定" in admin.text(page)


def test_vacant_roles_are_listed_with_who_does_the_steps(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    federation.applied()
    directory = federation.engine.directory
    for held in directory.grants():
        if held.role == "county_reviewer":
            directory.withdraw_grant(federation.actor("admin"), held.id)
    admin: Browser = browse("admin")
    text = admin.text("/supervision/gaps")
    for said in ("岗位空缺", "县级审核员", "芗城区总工会", "无人办理", "书面指定"):
        assert said in text, said
    assert "/admin/units/county" in text
    shown = browse("supervisor").text("/supervision/gaps?show=now")
    assert "芗城区总工会" in shown
    assert "/admin/units/county" not in shown
    federation.engine.directory.grant(
        federation.actor("admin"), "p-admin", "county_reviewer", "city"
    )
    assert "上级代办" in admin.text("/supervision/gaps?show=role:county_reviewer")


def test_roles_that_end_soon_are_told(browse, federation: Federation) -> None:  # type: ignore[no-untyped-def]
    admin: Browser = browse("admin")
    (held,) = [g for g in federation.engine.directory.grants() if g.person_id == "p-supervisor"]
    page = "/admin/people/p-supervisor"
    admin.post(f"{page}/grants/{held.id}/withdraw", {"last": "2026-11-20"}, page=page)
    text = admin.text("/supervision/gaps")
    for said in ("30 日内到期的授权", "陈明", "2026-11-20", "没有其他人担任"):
        assert said in text


def test_a_hand_over_prints_the_paper_that_both_sign(
    browse,  # type: ignore[no-untyped-def]
    federation: Federation,
) -> None:
    step = federation.applied("给张小红添置")
    federation.engine.tasks.claim(federation.actor("reviewer"), step)
    admin: Browser = browse("admin")
    page = "/admin/people/p-reviewer/handover"
    before = admin.text(page)
    for said in ("由本人认领", "县级审核员", "芗城区总工会", "审核"):
        assert said in before, said
    assert "张小红" not in before  # who hands work over need not see whose case it is
    wrong = admin.post(page, {"successor": "p-reviewer", "closes": "yes"})
    assert "没有交接" in wrong.get_data(as_text=True)
    paper = admin.post(page, {"successor": "p-reviewer2", "closes": "yes"}).get_data(as_text=True)
    for said in ("工作交接单", "王建国", "李芳", "已转给接收人", "移交人签字", "账号已停用"):
        assert said in paper, said
    assert "给张小红添置" in browse("reviewer2").text("/inbox")
    assert Browser(federation.app).sign_in("reviewer").status_code == 401


def test_a_hand_over_is_the_administrator_s(browse) -> None:  # type: ignore[no-untyped-def]
    assert browse("supervisor").get("/admin/people/p-reviewer/handover").status_code == 403
