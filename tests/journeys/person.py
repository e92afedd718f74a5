"""A person at a browser: signs in, opens her steps, fills forms field by field, submits."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from tests.support.waiting import ON_A_PAGE
from webapp.demo.papers import paper

SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
PDF = paper()


class Person:
    """One person in a browser window of her own.

    ``faults`` collects what no page of ours may do: script errors, anything the browser complains
    about (a broken content policy among it), a request to another machine. An answer that refuses
    is reported by the browser too; a test that provokes one names its status in ``expected``.
    """

    def __init__(
        self,
        browser: Browser,
        site: str,
        username: str = "",
        *,
        scripts: bool = True,
        on_phone: bool = False,
    ) -> None:
        self.context = browser.new_context(  # type: ignore[arg-type]
            viewport=PHONE if on_phone else SCREEN,
            locale="zh-CN",
            java_script_enabled=scripts,
            is_mobile=on_phone,
            has_touch=on_phone,
        )
        self.context.set_default_timeout(ON_A_PAGE)
        self.faults: list[str] = []
        self.expected: set[int] = set()
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.site = site
        self.username = username
        self.page: Page = self.context.new_page()

    def sign_in(self, password: str, *, at: str = "/login") -> None:
        """Sign in on the page of that address; empty: on the page she has before her."""
        if at:
            self.go(at)
        self.page.fill("[name=username]", self.username)
        self.page.fill("[name=password]", password)
        with self.page.expect_navigation():
            self.page.click("main button[type=submit]")
        expect(self.page.locator("nav.sections")).to_be_visible()

    def _note_request(self, request: Request) -> None:
        there = urlsplit(request.url)
        if there.scheme in ("http", "https", "ws") and f"http://{there.netloc}" != self.site:
            self.faults.append(f"asked {there.netloc}")

    def _note_console(self, said: ConsoleMessage) -> None:
        status = re.search(r"the server responded with a status of (\d+)", said.text)
        if said.type == "error" and not (status and int(status[1]) in self.expected):
            self.faults.append(said.text)

    def close(self) -> None:
        self.context.close()

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def picture(self, folder: Path, name: str, *, whole: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=folder / f"{name}.png", full_page=whole)

    def start(self, process: str, unit: str, data: Mapping[str, object]) -> None:
        """Fill the start form and send it."""
        self.go(f"/start/{process}/{unit}")
        self.fill(data)
        self.submit()

    def open_step(self, name: str, title: str) -> None:
        """Open a step from the inbox: it must be there."""
        self.go("/inbox")
        row = self.page.locator("table tbody tr", has_text=title).filter(has_text=name).first
        row.locator("a").first.click()
        expect(self.page.locator("h1")).to_contain_text(name)

    def do(self, name: str, title: str, data: Mapping[str, object]) -> None:
        """Open a step, fill it in, submit it."""
        self.open_step(name, title)
        self.fill(data)
        self.submit()

    def submit(self) -> None:
        """Press 提交; being refused fails the test."""
        self.press("submit")
        refused = self.page.locator("[data-errors], .bf-errors, .note-error")
        if refused.count():
            raise AssertionError(f"{self.username}: {refused.first.inner_text()}")

    def press(self, action: str) -> None:
        """Press 提交 (submit), 提交并办下一件 (next) or 保存草稿 (draft); wait for the page."""
        with self.page.expect_navigation():
            self.page.locator(f"button[name=_action][value={action}]").last.click()

    # --- filling ---------------------------------------------------------------------------------

    def fill(self, data: Mapping[str, object], before: str = "") -> None:
        for key, value in data.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                self._fill_rows(f"{before}{key}", value)
            else:
                self._fill_one(f"{before}{key}", value)

    def _fill_rows(self, name: str, rows: list[Mapping[str, object]]) -> None:
        field = self.page.locator(f'[data-list="{name}"]')
        self._show(field)
        there = field.locator("[data-row]")
        for index, row in enumerate(rows):
            if there.count() <= index:
                field.locator("[data-add-row]").click()
                expect(there).to_have_count(index + 1)
            number = str(there.nth(index).get_attribute("data-row")).rpartition(".")[2]
            self.fill(row, before=f"{name}.{number}.")

    def _fill_one(self, name: str, value: object) -> None:
        inputs = self.page.locator(f'[name="{name}"]:not([type=hidden])')
        first = inputs.first
        self._show(first)
        kind = first.get_attribute("type") or first.evaluate("e => e.tagName.toLowerCase()")
        if kind == "file":
            self._upload(first, name)
        elif kind in ("radio", "checkbox"):
            self._tick(inputs, value)
        elif kind == "select":
            first.select_option(_text(value))
        else:
            first.fill(_text(value))
            first.blur()

    def _tick(self, inputs: Locator, value: object) -> None:
        wanted = [_text(v) for v in value] if isinstance(value, list) else [_text(value)]
        for index in range(inputs.count()):
            one = inputs.nth(index)
            if one.get_attribute("value") in wanted and not one.is_checked():
                identifier = one.get_attribute("id")
                self.page.locator(f'label[for="{identifier}"]').first.click()

    def _upload(self, chooser: Locator, name: str) -> None:
        chooser.set_input_files(
            {"name": "模拟材料.pdf", "mimeType": "application/pdf", "buffer": PDF}
        )
        expect(self.page.locator(f'[name="{name}"][type=hidden]').first).to_be_attached()

    def _show(self, field: Locator) -> None:
        """Open the tab or the folded group that a field lies in."""
        field.evaluate(
            "e => { for (let n = e; n; n = n.parentElement) if (n.tagName === 'DETAILS') n.open = true; }"
        )
        panel = field.evaluate(
            "e => { const p = e.closest('[data-panel]'); return p ? p.id : ''; }"
        )
        if panel and not self.page.locator(f"#{panel}").is_visible():
            self.page.locator(f'[data-tab="{panel}"]').click()


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
