"""A petition by telephone and at the counter: writes, gets a code, follows it, adds a paper."""

import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.actors import writer_of
from engine.model.organisations import Person as Employee
from engine.store import directory
from engine.store.database import Tx
from engine.store.settings import Parameter
from engine.work.public_intake import Letter
from tests.journeys.conftest import HASHED, PICTURES, ROOT, Site
from tests.journeys.person import Person
from tests.journeys.test_by_keyboard import SEEN, tab_to
from tests.journeys.test_every_page import violations
from tests.journeys.test_papers import png
from tests.journeys.test_receipt import fits
from webapp.standard.parameters import beginning_values
from webapp.standard.roles import ROLES

pytestmark = pytest.mark.browser

FOLDER = PICTURES / "letters"
PHONE_OF_NOW = {"width": 390, "height": 844}
SET_BEFORE = {"notice days", "township review", "dibao standard"}
PROCESSES = ("petition", "petition_review", "petition_assigned", "wage_arrears")
RECEPTION = {"reception": "xc", "city_reception": "zz"}
MOBILE = "13900000000"
BUDGET = 240
"""Keys for one matter at the counter: two minutes at two keys a second, by who types slowly."""
BETWEEN = """all => all.slice(1).map((one, at) => {
  const before = all[at].getBoundingClientRect(), after = one.getBoundingClientRect();
  return Math.round(Math.max(after.left - before.right, after.top - before.bottom));
})"""
"""Room between each element and the one before it, beside or below, in pixels."""
COUNT_STOPS = """() => {
  if (window.stops === undefined) {
    addEventListener('focusin', () => { window.stops += 1; });
  }
  window.stops = 0;
}"""
KEYS_OF_A_CHARACTER = 3
"""A Chinese character typed by its pinyin."""


@pytest.fixture
def union(site: Site) -> Site:
    """Two receptions, at the county and at the city, and the petition's own process."""
    known = site.engine.ask(directory.roles)
    since = dt.date(2020, 1, 1)
    people = [
        (Employee(f"p-{name}", name, f"模拟{name}", place), HASHED)
        for name, place in RECEPTION.items()
    ]

    def hire(tx: Tx) -> None:
        directory.add_roles(tx, [role for role in ROLES if role.code not in known])
        directory.add_people(tx, people, dt.datetime(2020, 1, 1, tzinfo=dt.UTC).isoformat())
        directory.add_grants(
            tx, [(f"p-{name}", "receptionist", place) for name, place in RECEPTION.items()], since
        )

    site.engine.execute(hire)
    site.engine.settings.add_parameters(
        SYSTEM,
        [
            Parameter(name, None, since, value)
            for name, value in beginning_values().items()
            if name not in SET_BEFORE
        ],
    )
    files = [
        one
        for key in PROCESSES
        for one in read_folder(ROOT / "processes", ROOT / "forms", key).files
    ]
    site.engine.definitions.deploy(SYSTEM, files)
    return site


@pytest.fixture
def phones(site: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Telephones, with scripts or without; no page may misbehave on one."""
    held: list[Person] = []

    def phone(*, scripts: bool = True) -> Person:
        held.append(Person(browser, site.address, scripts=scripts, on_phone=True))
        held[-1].page.set_viewport_size(PHONE_OF_NOW)  # type: ignore[arg-type]
        return held[-1]

    yield phone
    for one in held:
        one.close()
        assert one.faults == []


def write(phone: Person) -> None:
    """The letter, as a worker writes it who has never done so."""
    phone.fill(
        {
            "matter_title": "厂里拖欠三月工资",
            "matter": "wage",
            "concerned": "模拟一厂",
            "request": "三月的工资到现在没有发,找了三次都说再等等。想要回工资。",
            "your_name": "林小模",
            "mobile": MOBILE,
        }
    )


def to_the_letter(phone: Person, axe_script: str = "") -> None:
    phone.go("/letters")
    expect(phone.page.locator("h1")).to_be_visible()
    if axe_script:
        phone.picture(FOLDER, "1-union", whole=True)
        fits(phone.page, axe_script)
    with phone.page.expect_navigation():
        phone.page.get_by_role("link", name="芗城模拟区总工会").click()


def code_of(page: Page) -> str:
    expect(page.locator("h1")).to_contain_text("已收到您的来信")
    return page.locator("#code").inner_text()


def follow(phone: Person, code: str, axe_script: str) -> None:
    """From the page of the letter to how it stands."""
    with phone.page.expect_navigation():
        phone.page.get_by_role("link", name="去看办到哪一步").click()
    expect(phone.page.locator("[name=code]")).to_have_value(code)
    phone.page.fill("[name=proof]", MOBILE[-4:])
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="查询").click()
    expect(phone.page.locator("main")).to_contain_text("芗城模拟区总工会")
    phone.picture(FOLDER, "5-status", whole=True)
    fits(phone.page, axe_script)


def add(phone: Person, axe_script: str) -> None:
    """Words and a photograph, of her own accord."""
    with phone.page.expect_navigation():
        phone.page.get_by_role("link", name="补充内容、材料").click()
    phone.page.fill("[name=words]", "又找到一张欠条")
    phone.page.set_input_files(
        "[name=papers][type=file]",
        {"name": "欠条.png", "mimeType": "image/png", "buffer": png(600, 800)},
    )
    expect(phone.page.locator("[name=papers][type=hidden]")).to_be_attached()
    phone.picture(FOLDER, "6-add", whole=True)
    fits(phone.page, axe_script)
    phone.press("submit")
    expect(phone.page.locator("main")).to_contain_text("又找到一张欠条")
    phone.picture(FOLDER, "7-added", whole=True)
    fits(phone.page, axe_script)


def test_a_worker_writes_by_telephone_follows_it_and_adds_a_paper(
    union: Site, people: Callable[..., Person], phones: Callable[..., Person], axe_script: str
) -> None:
    phone = phones()
    to_the_letter(phone, axe_script)
    phone.picture(FOLDER, "2-empty", whole=True)
    fits(phone.page, axe_script)
    write(phone)
    phone.page.set_input_files(
        "[name=letter][type=file]",
        {"name": "工资条.png", "mimeType": "image/png", "buffer": png(900, 1300)},
    )
    expect(phone.page.locator("[name=letter][type=hidden]")).to_be_attached()
    phone.picture(FOLDER, "3-written", whole=True)
    fits(phone.page, axe_script)
    phone.press("submit")
    code = code_of(phone.page)
    expect(phone.page.locator("main")).to_contain_text("15 天内")
    phone.picture(FOLDER, "4-sent", whole=True)
    fits(phone.page, axe_script)

    follow(phone, code, axe_script)
    add(phone, axe_script)

    reception = people("reception")
    reception.open_step("甄别办理途径", "厂里拖欠三月工资")
    expect(reception.page.locator(".additions")).to_contain_text("又找到一张欠条")
    expect(reception.page.locator(".additions")).to_contain_text("欠条.png")
    reception.picture(FOLDER, "8-reception", whole=True)
    assert violations(reception.page, axe_script) == []
    reception.go("/messages")
    expect(reception.page.locator("main")).to_contain_text("凭回执补充了内容")


def test_a_letter_outlives_a_network_that_is_gone(
    union: Site, phones: Callable[..., Person], axe_script: str
) -> None:
    phone = phones()
    to_the_letter(phone)
    write(phone)
    phone.context.set_offline(True)
    phone.page.locator("button[data-submit]").click()
    expect(phone.page.locator("[data-no-network]")).to_be_visible()
    phone.picture(FOLDER, "offline", whole=True)
    fits(phone.page, axe_script)
    assert all("ERR_INTERNET_DISCONNECTED" in one for one in phone.faults), phone.faults
    phone.faults.clear()
    expect(phone.page.locator("[name=matter_title]")).to_have_value("厂里拖欠三月工资")
    phone.context.set_offline(False)
    phone.press("submit")
    assert code_of(phone.page)


def test_without_scripts_a_nameless_letter_is_written_too(
    union: Site, phones: Callable[..., Person]
) -> None:
    phone = phones(scripts=False)
    phone.expected.add(422)
    to_the_letter(phone)
    phone.press("submit")
    expect(phone.page.locator("[data-errors]")).to_contain_text("处需要修改")
    phone.picture(FOLDER, "refused", whole=True)
    page = phone.page
    page.fill("[name=matter_title]", "食堂的事")
    page.select_option("[name=matter]", "other")
    page.fill("[name=request]", "食堂饭菜不干净,想请工会去看看。")
    page.check("[name=named][value=no]")
    phone.press("submit")
    code = code_of(page)
    assert "后四位" not in page.locator("main").inner_text()
    phone.go("/receipt")
    page.fill("[name=code]", code)
    with page.expect_navigation():
        page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("芗城模拟区总工会")


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.page.keyboard.insert_text(text)
        self.pressed += sum(1 if one.isascii() else KEYS_OF_A_CHARACTER for one in text)

    def to(self, selector: str) -> None:
        """Tab to it; every stop on the way is seen, and counted."""
        self.page.evaluate(COUNT_STOPS)
        tab_to(self.page, selector)
        self.pressed += int(self.page.evaluate("window.stops"))

    def open(self, key: str) -> None:
        with self.page.expect_navigation():
            self.press(key)


def test_at_the_counter_by_keyboard_from_the_inbox_to_the_receipt(
    union: Site, people: Callable[..., Person], axe_script: str
) -> None:
    _written_before(union)
    person = people("reception")
    page, keys = person.page, Keys(person.page)
    _to_the_form(person, keys)
    assert violations(page, axe_script) == []
    _take_down(person, keys, axe_script)
    keys.to("button[value=receipt]")
    keys.open("Enter")
    code = page.locator(".receipt-signs").inner_text()
    person.picture(FOLDER, "counter-5-slip", whole=True)
    assert keys.pressed < BUDGET, keys.pressed
    paper = page.pdf(path=FOLDER / "slip.pdf", prefer_css_page_size=True)
    assert len(PdfReader(io.BytesIO(paper)).pages) == 1
    entered = union.engine.guests.enter(code, MOBILE[-4:], "192.0.2.1")
    view = union.engine.guests.view(union.engine.guests.guest_for(entered.token))
    assert view.process_name == "信访"


def test_representatives_are_asked_of_a_group_and_ready_texts_stand_apart(
    union: Site, people: Callable[..., Person]
) -> None:
    person = people("reception")
    page = person.page
    person.go("/start/petition/xc")
    representatives = page.locator("legend", has_text="代表(六人以上推选,不超过五名)")
    expect(representatives).to_be_hidden()
    for width in (1366, PHONE_OF_NOW["width"]):
        page.set_viewport_size({"width": width, "height": 844})
        between = page.locator("[data-insert]").evaluate_all(BETWEEN)
        assert len(between) == 3  # of four
        assert all(room >= 4 for room in between), (width, between)
    page.fill("[name=persons]", "6")
    page.locator("[name=persons]").blur()
    expect(representatives).to_be_visible()
    page.fill("[name=persons]", "5")
    page.locator("[name=persons]").blur()
    expect(representatives).to_be_hidden()


def _written_before(union: Site) -> None:
    """What she wrote last year."""
    from_before = {
        "matter_title": "去年的加班费",
        "matter": "wage",
        "request": "加班费没有发",
        "urgent_word": "no",
        "named": "yes",
        "your_name": "林小模",
        "mobile": MOBILE,
        "persons": 1,
    }
    letter = Letter("petition", "xc", from_before, "page-of-before", "192.0.2.1")
    union.engine.public_intake.send(writer_of("x"), letter)


def _to_the_form(person: Person, keys: Keys) -> None:
    """N, the process, her own union."""
    person.go("/inbox")
    keys.open("n")
    keys.press("j")
    assert person.page.evaluate(SEEN) == "seen"
    person.picture(FOLDER, "counter-1-process")
    keys.open("Enter")
    keys.press("j")
    keys.open("Enter")
    expect(person.page.locator("h1")).to_contain_text("信访")
    person.picture(FOLDER, "counter-2-empty")


def _take_down(person: Person, keys: Keys, axe_script: str) -> None:
    """Her name, her number that finds what was before, the matter, a ready text."""
    page = person.page
    keys.to("[name=petitioner]")
    keys.type("林小模")
    keys.to("[name=mobile]")
    keys.type(MOBILE)
    expect(page.locator("[data-earlier]", has_text="去年的加班费")).to_be_visible()
    person.picture(FOLDER, "counter-3-earlier")
    assert violations(page, axe_script) == []
    keys.to("[name=matter_title]")
    keys.type("拖欠三月工资")
    keys.to("[name=matter]")
    keys.press("ArrowDown")
    assert page.input_value("[name=matter]") == "wage"
    keys.to("[name=request]")
    keys.to("[data-insert]")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.name") == "request"
    keys.type("2025")
    assert page.input_value("[name=request]").startswith("本人于2025年"), "the blank is filled in"
    person.picture(FOLDER, "counter-4-filled", whole=True)
