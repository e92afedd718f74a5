"""Every page of the demonstration, of everybody who has it, as an accessibility checker reads it.

The people collect what the browser complains about: script errors, the content policy, requests
that leave this machine.
"""

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Browser, Page

from engine.model.tasks import InboxFilter
from tests.journeys import past_year
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person
from tests.support.waiting import until
from webapp.standard.statistics import SUBJECTS

pytestmark = pytest.mark.browser

People = Callable[..., Person]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FIRST = "main table tbody a"
FIRST_CASE = "main td.cell-title a"
FIGURE = "main td.num a"
NEXT_MONTH = "/duty > .duty-bar a:nth-of-type(2)"


def violations(page: Page, axe_script: str) -> list[str]:
    """What axe-core finds on the page as it stands, one line a rule."""
    page.evaluate(axe_script)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES
    )
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']][:3]} {one['nodes'][0]['html']}"
        for one in found["violations"]
    ]


def open_page(person: Person, way: str) -> None:
    """Go to an address, and from there by the links named after it."""
    address, *links = way.split(" > ")
    person.go(address)
    for link in links:
        with person.page.expect_navigation():
            person.page.locator(link).first.click()
    person.page.wait_for_load_state("networkidle")


def step(name: str) -> str:
    """The way to the first step of that name in one's inbox."""
    return f"/inbox > tbody tr:has-text('{name}') a"


PAGES: Mapping[str, tuple[str, ...]] = {
    "who has 填报申请": (
        "/inbox",
        "/inbox?q=没有这个人",
        step("填报申请"),
        "/start",
        "/start/archiving",
        "/imports",
        "/imports/archiving",
        "/done",
    ),
    "who has 县级审核": (
        step("县级审核"),
        f"{step('县级审核')} > .tabs a:has-text('申请材料')",
        f"{step('县级审核')} > .tabs a:has-text('流转记录')",
        f"{step('县级审核')} > .tabs a:has-text('流程图')",
    ),
    "who has 审批": (
        step("审批"),
        f"{step('审批')} > .tabs a:has-text('打印')",
    ),
    "zz.protection": (
        "/cases?q=2026",
        "/households",
        f"/households > {FIRST}",
        f"/households > {FIRST} > .tabs a:has-text('收支与资产')",
        f"/households > {FIRST} > .tabs a:has-text('家庭成员')",
        f"/households > {FIRST} > .tabs a:has-text('帮扶记录')",
        f"/households > {FIRST} > .tabs a:has-text('历次版本')",
        f"/households > {FIRST} > .tabs a:has-text('纸质档案')",
        f"/households > {FIRST} > .tabs a:has-text('办件轨迹')",
        f"/households > {FIRST} > .head a:has-text('勘误')",
        f"/households > {FIRST} > .head a:has-text('撤回授权')",
        f"/households > {FIRST} > .head a:has-text('打印档案')",
        f"/households > {FIRST} > .head a:has-text('登记举报')",
        f"/cases?process=household_report > {FIRST}",
        "/households > .under a:has-text('待录入全国系统')",
        "/households > .under a:has-text('疑似重复')",
        "/households > .under a:has-text('抄录')",
        "/households/figures",
        "/households > .list-export",
        "/households > .under a:has-text('导出记录')",
        "/imports",
        "/imports/households",
        "/notices",
        f"/notices > {FIRST}",
        "/nothing-is-here",
        "/grievances",
        "/duty",
        "/duty/plan",
        "/supervision",
        "/supervision/due",
        "/supervision/indicators",
        "/admin/parameters",
        "/processes",
    ),
    "who has 核查举报": (step("核查举报"),),
    "who has 书面告知户主": (
        step("书面告知户主"),
        "/households?status=closed",
        f"/households?status=closed > {FIRST}",
        f"/households?status=closed > {FIRST} > .tabs a:has-text('办件轨迹')",
    ),
    "zz.supervisor": (
        "/messages",
        "/supervision",
        "/supervision/units",
        "/supervision/units > a:has-text('生成督办单')",
        "/supervision/orders",
        "/supervision/month",
        "/supervision/due",
        "/supervision/indicators",
        "/supervision/unstaffed",
        "/supervision/small-posts",
    ),
    "xc.accountant": (
        "/funds",
        "/funds > .fund-line th a",
        "/funds > .fund-line td a",
        "/funds/allocate",
        "/funds/batches",
        "/funds/batches/new",
        "/funds/batches/new > main table a",
        "/funds/batches > tr:has-text('草稿') a",
        "/funds/batches > tr:has-text('草稿') a > main a[href$='/excel']",
        "/funds/batches > tr:has-text('已付款') a",
        "/funds/batches > tr:has-text('已付款') a > main a[href$='/sheet']",
        "/funds/batches > tr:has-text('已付款') a > main a[href$='/slips']",
        "/funds/year",
        "/funds/year > main table tbody a",
        "/funds/transfers",
        "/funds/expenses",
    ),
    "who has 审批指标调剂": (step("审批指标调剂"),),
    "zz.leader": (
        "/inbox",
        "/supervision",
        "/supervision/due",
        "/supervision/due?kind=wait",
        "/supervision/month",
        f"/supervision/month > {FIGURE}",
        "/supervision/indicators",
        f"/supervision/indicators > {FIGURE}",
        "/supervision/gaps",
        f"/supervision/due > {FIRST_CASE}",
        f"/supervision/due > {FIRST_CASE} > .tabs a:has-text('流程图')",
        "/households",
        "/funds",
        "/duty",
        "/statistics/2024/publishing",
    ),
    "cs.township1": ("/passwords",),
    "zz.designer": (
        "/processes",
        "/processes/archiving",
        "/processes/archiving/compare",
        "/processes/archiving/migrate",
        "/deploy",
    ),
    "zz.admin": (
        "/admin/units",
        "/admin/units > main a[href*='/units/']",
        "/admin/people",
        "/admin/people > main table a",
        "/admin/people > main table a > a:has-text('工作交接')",
        "/admin/units/zz-3506z4",
        "/admin/roles",
        "/admin/designations",
        "/admin/parameters",
        "/admin/parameters/dibao standard",
        "/admin/parameters/petition limit",
        "/admin/holidays",
        "/admin/messages",
        "/admin/messages/new?kind=sms",
        "/admin/messages/new?kind=robot",
        "/admin/messages/new?kind=mail",
        "/admin/messages/record",
        "/admin/jobs",
        "/supervision",
        "/supervision/due",
        "/supervision/gaps",
    ),
    "": (
        "/login",
        "/notices",
        f"/notices > {FIRST}",
        "/results",
        f"/results > {FIRST}",
        "/statistics",
        "/objections",
        "/letters",
        "/letters > .guest-choices a",
        "/receipt",
    ),
    "xc.reception": (
        "/duty",
        f"{NEXT_MONTH} > a:has-text('换班')",
        "/start",
        "/start/petition",
        "/start/petition > main table a",
    ),
}
ON_SMALL_SCREENS: Mapping[str, tuple[str, ...]] = {
    "who has 县级审核": (
        "/inbox",
        step("县级审核"),
        f"{step('县级审核')} > .tabs a:has-text('流程图')",
    ),
    "zz.protection": (
        f"/households > {FIRST} > .tabs a:has-text('历次版本')",
        "/imports/households",
        f"/notices > {FIRST}",
    ),
    "": (
        "/notices",
        f"/notices > {FIRST}",
        "/results",
        f"/results > {FIRST}",
        "/login",
        "/letters",
        "/letters > .guest-choices a",
        "/receipt",
    ),
}
IS_WIDE = "document.documentElement.scrollWidth > innerWidth"


def username_of(demo: Site, who: str) -> str:
    """The user name; "who has …" is somebody who finds such a step in her inbox."""
    name = who.removeprefix("who has ")
    if name == who:
        return who
    for person in demo.engine.directory.people():
        if person.active:
            inbox = demo.engine.tasks.inbox(demo.engine.directory.actor(person.id), InboxFilter())
            if any(one.name == name for one in inbox.lines):
                return person.username
    raise AssertionError(f"nobody has {name}")


@pytest.mark.parametrize("who", PAGES, ids=range(len(PAGES)))
def test_no_page_breaks_a_rule_of_accessibility(
    demo: Site, demo_people: People, axe_script: str, who: str
) -> None:
    person = demo_people(username_of(demo, who))
    person.expected = {404}
    broken = {}
    for way in PAGES[who]:
        open_page(person, way)
        if found := violations(person.page, axe_script):
            broken[way] = found
        if person.page.evaluate(IS_WIDE):
            broken[way] = [*found, "wider than the screen"]
        if "object at 0x" in person.page.content():
            broken[way] = [*found, "shows what only a program can read"]
    assert broken == {}


def test_a_refused_form_breaks_no_rule_of_accessibility(
    demo: Site, demo_people: People, axe_script: str
) -> None:
    person = demo_people(username_of(demo, "who has 填报申请"))
    person.expected = {422}
    open_page(person, step("填报申请"))
    person.press("submit")
    assert violations(person.page, axe_script) == []
    person.page.set_viewport_size({"width": 375, "height": 700})
    assert violations(person.page, axe_script) == []


def test_a_published_year_is_read_on_every_screen(
    demo: Site, demo_people: People, axe_script: str
) -> None:
    """Filled as a federation fills it: told numbers, hidden ones, more counties than fit."""
    past_year.fill(demo.engine)
    leader, somebody = demo_people("zz.leader"), demo_people("")
    open_page(leader, f"/statistics/{past_year.YEAR}/publishing")
    assert violations(leader.page, axe_script) == []
    with leader.page.expect_navigation():
        leader.page.locator("main button[name=act]").click()
    open_page(leader, f"/statistics/{past_year.YEAR}/publishing")
    assert violations(leader.page, axe_script) == []
    for width in (1366, 390):
        somebody.page.set_viewport_size({"width": width, "height": 800})
        open_page(somebody, "/statistics")
        assert somebody.page.locator("table.statistics").count() == len(SUBJECTS)
        sums = somebody.page.locator("table.statistics tfoot td:nth-child(2)")
        for place in range(len(SUBJECTS)):
            assert int(sums.nth(place).inner_text()) == past_year.CASES
            box = sums.nth(place).bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width, "the sum is seen at once"
        assert "*" in somebody.page.locator("table.statistics").first.inner_text()
        assert violations(somebody.page, axe_script) == []
        assert not somebody.page.evaluate(IS_WIDE)
        somebody.picture(PICTURES, f"statistics-{width}", whole=True)


@pytest.mark.parametrize("width", [1024, 375])
def test_no_page_is_wider_than_a_small_screen(demo: Site, demo_people: People, width: int) -> None:
    wide = []
    for who, ways in ON_SMALL_SCREENS.items():
        person = demo_people(username_of(demo, who))
        person.page.set_viewport_size({"width": width, "height": 700})
        for way in ways:
            open_page(person, way)
            if person.page.evaluate(IS_WIDE):
                wide.append(way)
    assert wide == []


@pytest.mark.parametrize("who", ["xc.reviewer", "zz.leader", "zz.protection", "cs.township1"])
def test_english_menus_stand_on_one_line(demo: Site, demo_people: People, who: str) -> None:
    person = demo_people(who)
    person.go("/inbox")
    person.page.locator("details.who summary").click()
    person.page.locator(".who-menu a[lang=en]").click()
    person.page.wait_for_load_state()
    links = person.page.locator("nav.sections a")
    tops = {box["y"] for place in range(links.count()) if (box := links.nth(place).bounding_box())}
    assert len(tops) == 1
    assert person.page.locator("nav.sections").inner_text().isascii()
    assert not person.page.evaluate(IS_WIDE)


def test_the_people_notice_what_no_page_may_do(demo: Site, browser: Browser) -> None:
    """The collecting itself: an inline script, another machine, an error in a script."""
    person = Person(browser, demo.address)
    person.go("/login")
    assert person.faults == []
    person.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: '1'}))"
    )
    person.page.evaluate("new Image().src = 'http://127.0.0.2:9/x.png'")
    person.page.evaluate("setTimeout(() => { throw new Error('ours') })")
    for fault in ("Content Security Policy", "ours"):
        until(
            lambda fault=fault: fault in " ".join(person.faults),  # type: ignore[misc]
            fault,
            lambda seconds: person.page.wait_for_timeout(seconds * 1000),
        )
    person.close()
