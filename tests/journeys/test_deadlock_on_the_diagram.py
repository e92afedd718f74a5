"""A designer who draws a deadlock sees the way into it on her own diagram, and cannot deploy it."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import ROOT, Site
from tests.journeys.person import Person

People = Callable[[str], Person]
APPEAL = ROOT / "processes/appeal/appeal.bpmn"
FORMS = sorted((ROOT / "forms/appeal").glob("*.form"))


def _deadlocked(folder: Path) -> Path:
    """The appeal, whose ways part by a choice, joined by a gateway that waits for all of them."""
    drawn = APPEAL.read_text(encoding="utf-8")
    gateway = re.compile(
        r'<bpmn:exclusiveGateway (id="appeal_decided" name="[^"]*") default="[^"]*">'
        r"(.*?)</bpmn:exclusiveGateway>",
        re.DOTALL,
    )
    condition = re.compile(
        r'(<bpmn:sequenceFlow id="Flow_appeal_decided[^>]*>)'
        r"\s*<bpmn:conditionExpression.*?</bpmn:conditionExpression>",
        re.DOTALL,
    )
    changed, gateways = gateway.subn(r"<bpmn:parallelGateway \1>\2</bpmn:parallelGateway>", drawn)
    changed, conditions = condition.subn(r"\1", changed)
    assert gateways == 1
    assert conditions
    made = folder / "appeal.bpmn"
    made.write_text(changed, encoding="utf-8")
    return made


def _numbers(page: Page) -> list[str]:
    return sorted(page.locator(".diagram .diagram-count").all_text_contents())


def test_the_way_into_a_deadlock_is_shown_and_nothing_is_deployed(
    town: Site, townspeople: People, tmp_path: Path
) -> None:
    before = len(town.engine.definitions.versions("appeal"))
    designer = townspeople("designer")
    designer.go("/deploy")
    page = designer.page
    page.set_input_files("input[name=files]", [_deadlocked(tmp_path), *FORMS])
    designer.expected = {422}
    with page.expect_navigation():
        page.click("button[value=deploy]")
    expect(page.locator("main")).to_contain_text("会卡住")
    assert page.locator("main table .state").first.inner_text() == "错误"
    expect(page.locator(".diagram .djs-shape.is-wrong")).to_have_attribute(
        "data-element-id", "appeal_decided"
    )
    expect(page.locator(".diagram .diagram-count")).to_have_count(3)
    assert _numbers(page) == ["1", "2", "3"]
    expect(page.locator(".diagram .djs-shape.is-trace")).to_have_count(3)
    assert page.locator(".diagram .djs-connection.is-trace").count() == 2
    page.get_by_role("button", name="在图上看").last.click()
    expect(page.locator(".diagram .djs-shape.is-trace")).to_have_count(1)
    assert _numbers(page) == []
    page.get_by_role("button", name="在图上看").first.click()
    expect(page.locator(".diagram .djs-shape.is-trace")).to_have_count(3)
    designer.picture(tmp_path, "deadlock", whole=True)
    assert len(town.engine.definitions.versions("appeal")) == before
