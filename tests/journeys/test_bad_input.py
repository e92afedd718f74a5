"""What cannot be taken over: one sentence beside the field and in the list; the rest stays."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + bytes(2000)
WRONG_NUMBER = "350602199001019908"
NO_PROGRAM = "“收入证明.jpg”不是图片、PDF 或办公文档,未能上传"
WRONG_DIGIT = "身份证号最后一位校验不符,请对照证件逐位核对。"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A Windows program that calls itself a photograph."""
    path = tmp_path / "收入证明.jpg"
    path.write_bytes(PROGRAM)
    return path


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A scan of 50 MB."""
    path = tmp_path / "整本户口簿.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        file.truncate(50 * 1024 * 1024)
    return path


def test_a_wrong_identity_number_is_told_beside_the_field_and_in_form_order(
    town: Site, townspeople: People, households: dict[str, dict[str, object]]
) -> None:
    start = {"applicant_name": "林模拟", "application_kind": "self"}
    task = town.start("other_officer", "archiving", start)
    person = townspeople("other_officer")
    person.expected = {422}
    person.go(f"/tasks/{task}")
    data = {k: v for k, v in households["family_of_three"].items() if k not in start}
    person.fill({**data, "id_number": WRONG_NUMBER, "health": "", "savings": "很多"})
    person.press("submit")

    errors = person.page.locator("[data-errors]")
    expect(errors).to_contain_text("有 3 处需要修改,您填写的内容都还在")
    told = errors.inner_text()
    assert "未填写:健康状况" in told
    assert told.index("基本情况") < told.index(WRONG_DIGIT) < told.index("存款"), "in form order"
    expect(person.page.locator("#f-id_number-error")).to_contain_text(WRONG_DIGIT)
    assert person.page.input_value("[name=id_number]") == WRONG_NUMBER
    assert person.page.input_value("[name=employer]") == "模拟一厂"
    assert person.page.locator('[data-list="income_lines"] [data-row]').count() == 12
    expect(person.page.locator("main output", has_text="模拟二厂工会")).to_be_visible()
    assert town.completions(task) == 0

    person.fill({"id_number": data["id_number"]})
    expect(person.page.locator("#f-id_number-error")).to_have_text("已改,提交时再核对")
    expect(errors.locator("a.bf-mended-link")).to_have_count(1)
    expect(errors.locator("a", has_text="健康状况")).not_to_have_class("bf-mended-link")


def test_what_a_decision_asks_further_comes_into_sight(town: Site, townspeople: People) -> None:
    first = town.start("officer", "example_request", {"subject": "更换饮水机"})
    filled = {
        "applicant_name": "张模拟",
        "amount": 1200,
        "needed_by": "2026-12-20",
        "reason": "旧饮水机漏水",
    }
    task = town.complete("officer", first, filled)
    person = townspeople("reviewer2")
    person.go(f"/tasks/{task}")
    person.fill({"decision": "return"})
    for name in ("return_to", "comment"):
        expect(person.page.locator(f"[name={name}]").first).to_be_in_viewport()
    first_choose = person.page.locator("[data-return-none]")
    expect(first_choose).to_have_text("请先选退回到哪一步,再勾选要改的项目。")
    expect(first_choose).to_be_visible()
    person.fill({"return_to": "apply"})
    expect(first_choose).to_be_hidden()
    expect(person.page.locator("[data-of-step=apply]").first).to_be_visible()


def test_a_program_and_a_huge_file_are_refused_at_once_beside_the_field(
    town: Site, townspeople: People, program: Path, huge: Path
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "添置安全帽"})
    person = townspeople("other_officer")
    person.expected = {415, 422}
    person.go(f"/tasks/{task}")
    person.fill({"reason": "先写的理由"})
    told = person.page.locator("[data-file-state]")
    person.page.set_input_files("[name=paper]", program)
    expect(told).to_contain_text(NO_PROGRAM)
    assert told.inner_text().count("收入证明.jpg") == 1
    person.page.set_input_files("[name=paper]", huge)
    expect(told).to_contain_text("“整本户口簿.pdf”文件超过 20 MB,未能上传。请用“手机传图”自动压缩")
    expect(told).to_contain_text("其他附件和填写内容不受影响")
    assert person.page.locator(".bf-files li").count() == 0
    assert person.page.input_value("[name=reason]") == "先写的理由"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("program", NO_PROGRAM), ("huge", "文件超过 20 MB,未能上传")],
    ids=["program", "huge"],
)
def test_without_scripts_the_refused_file_is_told_with_the_other_errors_in_form_order(
    town: Site, townspeople: People, request: pytest.FixtureRequest, kind: str, sentence: str
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "添置安全帽"})
    person = townspeople("other_officer", scripts=False)
    person.expected = {422}
    person.go(f"/tasks/{task}")
    page = person.page
    page.fill("[name=applicant_name]", "张模拟")
    page.fill("[name=amount]", "很多")
    page.fill("[name=reason]", "先写的理由")
    page.set_input_files("[name=paper]", request.getfixturevalue(kind))
    person.press("submit")

    errors = page.locator("[data-errors]").inner_text()
    assert "未填写:希望办结日期" in errors
    assert 0 < errors.find("申请金额") < errors.find(sentence), "in form order"
    expect(page.locator("#f-paper-error")).to_contain_text(sentence)
    expect(page.locator("#f-amount-error")).to_be_visible()
    assert page.input_value("[name=reason]") == "先写的理由"
    assert page.input_value("[name=amount]") == "很多"
    assert town.completions(task) == 0
