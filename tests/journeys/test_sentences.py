"""The sentences people get when something cannot be: what happened, what was kept, what to do.

Those of wrong numbers, large files, expired sign-ins and steps in another's hands have journeys of
their own beside this file; here are the others of the product's list.
"""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

import registry
from engine import SYSTEM
from engine.model.clock import FixedClock
from registry.loading import ExistingHousehold
from tests.imports.sheets import FIRST, household, put
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
BROKEN = Path(__file__).parents[1] / "unit/definitions/broken"
START = {"applicant_name": "林模拟", "application_kind": "self"}


def application(households: dict[str, dict[str, object]]) -> dict[str, object]:
    return {k: v for k, v in households["family_of_three"].items() if k not in START}


def test_a_number_that_is_on_file_elsewhere_goes_to_the_county_and_is_told(
    town: Site, townspeople: People, households: dict[str, dict[str, object]]
) -> None:
    said = households["family_of_three"]
    head = {key: said[key] for key in ("id_number", "mobile")} | {"name": "林模拟"}
    known = ExistingHousehold("lw-u", {"head": head, "category": "dibao"}, date(2025, 3, 1))
    registry.Registry(town.engine).load_files(SYSTEM, [known], "模拟:已有档案")
    task = town.start("other_officer", "archiving", START)
    person = townspeople("other_officer")
    person.go(f"/tasks/{task}")
    person.fill(application(households))
    person.submit()
    expect(person.page.locator("body")).to_contain_text("已登记在另一户档案或另一件申请中")
    expect(person.page.locator("body")).to_contain_text("您无权查看那一户,已请县总工会核实")
    reviewer = townspeople("reviewer")
    reviewer.open_step("重复裁定", "林模拟")
    expect(reviewer.page.locator("main")).to_contain_text("请向龙文模拟区总工会核实")
    assert "档-" not in reviewer.page.locator("main").inner_text()


def test_numbers_cut_by_excel_are_told_with_their_row(town: Site, townspeople: People) -> None:
    task = town.start("other_officer", "archiving", {**START, "applicant_name": "陈模拟"})
    person = townspeople("other_officer")
    person.expected = {422}
    person.go(f"/tasks/{task}")
    field = person.page.locator('[data-list="members"]')
    person._show(field)
    field.locator("summary", has_text="粘贴").click()
    lines = "与户主关系\t姓名\t证件号码\n子\t陈小模\t3.50602E+17"
    field.locator("textarea").first.fill(lines)
    field.locator("button", has_text="填入").click()
    expect(field).to_contain_text("已被 Excel 改成 3.50602E+17,末几位已丢失")


def test_a_list_with_a_number_cut_by_excel_is_told_by_row_and_the_rest_can_be_imported(
    town: Site, townspeople: People, tmp_path: Path
) -> None:
    person = townspeople("reviewer")
    person.go("/imports/households")
    with person.page.expect_download() as download:
        person.page.locator("a[href$='template.xlsx']").first.click()
    path = tmp_path / "已有档案.xlsx"
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    put(book["户主"], FIRST, household(1))
    put(book["户主"], FIRST + 1, household(2, 证件号码="3.50602E+17"))
    book.save(path)
    person.page.set_input_files("input[type=file]", path)
    person.page.locator("main button", has_text="上传并检查").click()
    wrong = person.page.locator("section", has_text="需要修改").locator("tbody tr")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("4")
    expect(wrong).to_contain_text(
        "已被 Excel 改成 3.50602E+17,末几位已丢失。请将该列设为“文本”后重新填写"
    )
    expect(person.page.locator("main")).to_contain_text("先导入正确的 1 行,其余改正后再传")
    person.picture(PICTURES, "import-cut-number")


def test_who_has_not_the_right_is_told_whom_to_ask(town: Site, townspeople: People) -> None:
    officer = townspeople("officer")
    officer.expected = {403}
    officer.go("/admin/units")
    expect(officer.page.locator("main")).to_contain_text("只有系统管理员可以管理机构和人员")
    expect(officer.page.locator("main")).to_contain_text("请联系市总工会管理员(电话见页脚)。")


def test_who_built_a_file_is_told_who_reviews_it(town: Site, townspeople: People) -> None:
    town.engine.directory.grant(town.actor("admin"), "p-officer2", "county_reviewer", "xc")
    task = town.start("officer2", "example_request", {"subject": "添置工具柜"})
    filled = {
        "applicant_name": "林模拟",
        "amount": 1200,
        "needed_by": "2026-12-20",
        "reason": "班组安全帽到期需要更换",
    }
    review = town.complete("officer2", task, filled)
    person = townspeople("officer2")
    person.go(f"/tasks/{review}")
    refusal = person.page.locator(".work-do .note").first
    expect(refusal).to_contain_text("您办过本件的“填写申请”,按规定不能再办“审核”。现由")
    expect(refusal).to_contain_text("模拟reviewer")


def test_a_lane_without_a_role_is_not_deployed(town: Site, townspeople: People) -> None:
    designer = townspeople("designer")
    designer.go("/deploy")
    designer.page.set_input_files("input[name=files]", BROKEN / "lane-without-role.bpmn")
    designer.expected = {422}
    with designer.page.expect_navigation():
        designer.page.click("button[value=deploy]")
    told = designer.page.locator("main")
    expect(told).to_contain_text("没有设置办理角色,部署后将无人能办,因此未部署。")
    expect(told).to_contain_text("错误,未部署")


def test_who_may_not_see_a_case_is_told_what_to_do(town: Site, townspeople: People) -> None:
    task = town.start("officer", "example_request", {"subject": "添置工具柜"})
    stranger = townspeople("far_officer")
    stranger.expected = {404}
    stranger.go(f"/tasks/{task}")
    refused = (
        "没有找到这一件,或者您没有查看这一件的权限。如需办理,请联系县总工会管理员(电话见页脚)。"
    )
    expect(stranger.page.locator("main")).to_contain_text(refused)
    expect(stranger.page.locator("footer.foot a[href^='tel:']")).to_be_visible()
    stranger.go("/tasks/01hzzzzzzzzzzzzzzzzzzzzzzz-1")  # that there is none is told in no other way
    expect(stranger.page.locator("main")).to_contain_text(refused)
    colleague = townspeople("reviewer")
    colleague.go(f"/tasks/{task}")
    expect(colleague.page.locator("main")).to_contain_text("您可以查看")


@pytest.fixture
def in_december(site: Site) -> Site:
    """The end of a year whose successor has no calendar yet."""
    assert isinstance(site.clock, FixedClock)
    site.pass_days(302)
    return site


def test_a_year_without_a_calendar_is_marked(
    in_december: Site, people: People, browser: Browser
) -> None:
    task = in_december.start("officer", "example_request", {"subject": "添置工具柜"})
    officer = people("officer")
    officer.go(f"/tasks/{task}")
    why = officer.page.locator("details.why")
    why.locator("summary").click()
    expect(why).to_contain_text(
        "2027 年放假安排尚未导入,到期日暂按周末推算,可能变动。导入后系统会重新计算并记录。"
    )
