"""The whole way through a step where no script runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site
from tests.journeys.person import PDF, Person

pytestmark = pytest.mark.browser


def test_from_signing_in_to_the_next_step_without_scripts(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    applicant = {"applicant_name": "林模拟", "application_kind": "self"}
    other = town.start("other_officer", "archiving", applicant)
    first = town.start("other_officer", "example_request", {"subject": "添置安全帽"})
    second = town.start("other_officer", "example_request", {"subject": "添置手套"})
    person = townspeople("other_officer", scripts=False)
    page = person.page
    assert page.evaluate("document.documentElement.className") == ""

    rows = page.locator("table tbody tr")
    expect(rows).to_have_count(3)
    page.click(".facet-process a:has-text('请求办理')")
    expect(rows).to_have_count(2)
    page.fill("#list-search", "安全帽")
    page.click(".list-search button")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("添置安全帽")
    page.click("text=清除筛选")
    page.click(".facet-process a:has-text('请求办理')")
    page.click("table tbody a:has-text('添置安全帽')")

    page.fill("[name=applicant_name]", "张模拟")
    page.fill("[name=amount]", "1200")
    page.set_input_files(
        "[name=paper]", {"name": "报价单.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    person.press("draft")
    expect(page.locator(".told")).to_contain_text("草稿已保存")
    expect(page.locator(".bf-files")).to_contain_text("报价单.pdf")
    assert page.input_value("[name=amount]") == "1,200.00"

    page.fill("[name=needed_by]", "2026/12/20")
    page.fill("[name=reason]", "旧的已经开裂")
    person.press("next")
    assert page.url.startswith(f"{town.address}/tasks/{second}"), "the next in the filtered list"
    expect(page.locator(".told")).to_contain_text("已提交:添置安全帽")
    assert (town.completions(first), town.completions(second), town.completions(other)) == (1, 0, 0)
    case = town.engine.cases.view(town.actor("other_officer"), first.rpartition("-")[0])
    assert [file.name for file in case.files.values()] == ["报价单.pdf"]
