"""form.js in a real browser against a real server, and the same page without any script."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

from engine.forms import find_row_action
from tests.support.waiting import ON_A_PAGE, until
from webapp.forms.render import FormView, draw_form, live_answer

SOURCES = Path(__file__).parents[3] / "webapp" / "static" / "src"
pytestmark = pytest.mark.browser


class Office:
    """A server with one form; remembers what it was sent."""

    def __init__(self, form, context):
        self.form, self.context = form, context
        self.data = form.initial({}, context)
        self.drafts, self.submitted, self.uploads = [], [], 0
        self.broken = False
        self.to_change = frozenset()

    def page(self):
        visible = self.form.visible(self.data, {}, self.context)
        view = FormView(
            self.form, self.data, visible=visible, action="/form", draft_url="/draft",
            upload_url="/upload", refresh_url="/refresh", file_url="/files/", csrf_token="token", nonce="n1",
            to_change=self.to_change,
        )  # fmt: skip
        return (
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>办件</title>'
            '<link rel="stylesheet" href="/form.css"><script src="/form.js" defer></script></head>'
            f"<body>{draw_form(view)}</body></html>"
        )


class Desk(BaseHTTPRequestHandler):
    """Answers a browser; the office is the server's."""

    def log_message(self, *args):
        pass

    def answer(self, body, kind="text/html; charset=utf-8", status=200):
        content = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(content)

    def told(self, facts, status=200):
        self.answer(json.dumps(facts), "application/json", status)

    def do_GET(self):
        if self.path in ("/form.js", "/form.css"):
            kind = "text/javascript" if self.path.endswith("js") else "text/css"
            self.answer((SOURCES / self.path[1:]).read_bytes(), kind)
        else:
            self.answer(self.server.office.page())

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        getattr(self, self.path[1:])(self.server.office, body)

    def upload(self, office, body):
        office.uploads += 1
        self.told({"id": f"new_{office.uploads}", "name": "照片.png", "size": len(body)}, 201)

    def refresh(self, office, body):
        self.told(live_answer(office.form, self.post(body), {}, office.context))

    def draft(self, office, body):
        if office.broken or self.headers["X-CSRFToken"] != "token":
            return self.told({}, 503)
        office.drafts.append(office.form.read_post(self.post(body)))
        return self.told({"saved_at": "14:32"})

    def form(self, office, body):
        post = self.post(body)
        office.data = office.form.read_post(post)
        action = find_row_action(post)
        if action:
            office.data = office.form.apply_row_action(office.data, action)
            return self.answer(office.page())
        office.submitted.append((post["_action"], post["_nonce"], office.data))
        return self.answer("<p>已提交</p>")

    def post(self, body):
        if "multipart" not in self.headers["Content-Type"]:
            return parse_qs(body.decode(), keep_blank_values=True)
        boundary = self.headers["Content-Type"].split("boundary=")[1].encode()
        post: dict[str, list[str]] = {}
        for part in body.split(b"--" + boundary)[1:-1]:
            head, _, content = part.partition(b"\r\n\r\n")
            if b"filename=" not in head:
                name = head.split(b'name="')[1].split(b'"')[0].decode()
                post.setdefault(name, []).append(content[:-2].decode())
        return post


@pytest.fixture
def office(application, context):
    office = Office(application, context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.office = office
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    office.url = f"http://127.0.0.1:{server.server_address[1]}/form"
    yield office
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser, office):
    page = browser.new_page()
    page.set_default_timeout(ON_A_PAGE)
    faults = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(office.url)
    yield page
    page.close()
    assert faults == []


def tab(page, name):
    page.locator("[data-tab]", has_text=name).click()


def test_conditions_are_followed_at_once_and_no_word_is_lost(page, office):
    employer = page.get_by_label("工作单位")
    expect(employer).to_be_hidden()
    page.get_by_label("就业状况").select_option(label="在岗")
    expect(employer).to_be_visible()
    employer.fill("模拟纺织厂")
    page.get_by_label("就业状况").select_option(label="失业")
    expect(employer).to_be_hidden()
    page.get_by_label("就业状况").select_option(label="在岗")
    expect(employer).to_have_value("模拟纺织厂")


def test_rows_are_added_removed_and_summed(page, office):
    tab(page, "收入与家庭")
    page.get_by_role("button", name="增加一行").click()
    expect(page.locator("[data-row]")).to_have_count(2)
    page.get_by_label("第 1 行 月收入").fill("1000")
    page.get_by_label("第 2 行 月收入").fill("1,234.5")
    page.get_by_label("第 2 行 月收入").blur()
    expect(page.get_by_label("第 2 行 月收入")).to_have_value("1,234.50")
    expect(page.locator("[data-total=income]")).to_have_text("2,234.50")
    page.get_by_label("第 2 行 关系").select_option(label="子女")
    expect(page.get_by_label("第 2 行 学校")).to_be_visible()
    page.get_by_label("第 2 行 姓名").fill("李模拟")
    page.get_by_role("button", name="删除").first.click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-total=income]")).to_have_text("1,234.50")
    expect(page.get_by_label("第 1 行 姓名")).to_have_value("李模拟")
    expect(page.get_by_label("第 1 行 学校")).to_be_visible()
    expect(page.locator("[data-computed=family_size]")).to_have_text("2")


def test_lines_from_excel_fill_the_table(page, office):
    tab(page, "收入与家庭")
    page.get_by_label("第 1 行 姓名").evaluate(
        """(input, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        "李模拟\t配偶\t\t\t1200\t是\r\n张小模\t子女\t\t模拟小学\t\t否\r\n",
    )
    expect(page.locator("[data-row]")).to_have_count(2)
    page.locator("[value=submit]").click()
    page.wait_for_selector("text=已提交")
    assert office.submitted[0][2]["members"] == [
        {"name": "李模拟", "relation": "spouse", "income": 1200, "lives_here": True},
        {"name": "张小模", "relation": "child", "school": "模拟小学", "lives_here": False},
    ]


def test_a_draft_saves_itself_and_a_broken_network_is_told(page, office):
    office.broken = True
    page.get_by_label("姓名", exact=False).first.fill("张模拟")
    expect(page.locator("[data-draft-state]")).to_contain_text("内容已保存在本页")
    office.broken = False
    page.get_by_label("手机号码").fill("13800000000")
    expect(page.locator("[data-draft-state]")).to_have_text("草稿已自动保存 14:32")
    assert office.drafts[-1]["applicant_name"] == "张模拟"
    assert office.drafts[-1]["mobile"] == "13800000000"


def test_leaving_the_page_saves_what_was_just_typed(page, office):
    page.get_by_label("手机号码").fill("13911112222")
    page.goto("about:blank")
    until(lambda: office.drafts, "the draft", lambda _: page.wait_for_timeout(50))
    assert office.drafts[-1]["mobile"] == "13911112222"


def test_a_file_is_stored_at_once_and_its_id_is_submitted(page, office):
    tab(page, "材料与声明")
    expect(page.locator("label", has_text="选择文件").first).to_be_visible()
    scan = {"name": "照片.png", "mimeType": "image/png", "buffer": b"png"}
    page.locator("#f-id_scan").set_input_files(scan)
    expect(page.locator("[data-name=id_scan] .bf-files a")).to_have_text("照片.png")
    page.locator("#f-photos").set_input_files([scan, scan])
    expect(page.locator("[data-name=photos] .bf-files li")).to_have_count(2)
    page.locator("[data-name=photos] [data-remove-file]").first.click()
    page.locator("[value=submit]").click()
    page.wait_for_selector("text=已提交")
    data = office.submitted[0][2]
    assert (data["id_scan"], data["photos"]) == ("new_1", ["new_3"])


def test_a_double_click_submits_once_and_enter_not_at_all(page, office):
    page.get_by_label("手机号码").fill("13800000000")
    page.get_by_label("手机号码").press("Enter")
    assert office.submitted == []
    page.locator("[value=submit]").dblclick()
    page.wait_for_selector("text=已提交")
    page.wait_for_timeout(200)
    assert [(action, nonce) for action, nonce, _ in office.submitted] == [(["submit"], ["n1"])]


def test_without_script_everything_can_be_filled_in(browser, office):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(ON_A_PAGE)
    page.goto(office.url)
    expect(page.get_by_label("工作单位")).to_be_visible()
    expect(page.get_by_text("(符合条件时填写)").first).to_be_visible()
    page.get_by_label("第 1 行 姓名").fill("李模拟")
    page.get_by_role("button", name="增加一行").click()
    expect(page.get_by_label("第 1 行 姓名")).to_have_value("李模拟")
    page.get_by_label("第 2 行 姓名").fill("张小模")
    page.get_by_role("button", name="删除本行 家庭成员 第 1 行").click()
    expect(page.get_by_label("第 1 行 姓名")).to_have_value("张小模")
    page.get_by_role("button", name="提交").click()
    assert [row["name"] for row in office.submitted[0][2]["members"]] == ["张小模"]
    context.close()


def test_a_form_that_came_back_opens_at_what_is_to_be_changed(page, office):
    office.to_change = frozenset({"bank_account", "members"})
    page.goto(office.url)
    members = page.locator('[data-list="members"]')
    expect(members).to_be_visible()  # its tab is open, the first with something to change
    expect(members.locator(".bf-change-mark")).to_have_text("请修改")
    badge = page.locator("[data-tab-change]").first
    expect(badge).to_have_text("请修改 1")
    page.get_by_label("第 1 行 姓名").fill("李模拟")
    expect(members.locator(".bf-change-mark")).to_have_text("已改")
    expect(badge).to_have_text("请修改 0")


def test_the_box_for_pasting_fills_the_table_and_says_what_it_could_not_read(page, office):
    tab(page, "收入与家庭")
    page.locator(".bf-paste > summary").first.click()
    page.locator("[data-paste-text]").first.fill(
        "姓名\t关系\t爱好\n李模拟\t配偶\t足球\n张小模\t舅舅\t"
    )
    page.get_by_role("button", name="填入表格").first.click()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.get_by_label("第 1 行 姓名")).to_have_value("李模拟")
    told = page.locator("[data-paste-told]").first
    expect(told).to_contain_text("表头“爱好”没有对应的列")
    expect(told).to_contain_text("第 2 行“关系”的“舅舅”不在选项里")
    expect(page.locator("[data-paste-text]").first).to_have_value("")


def test_a_doubt_is_said_beside_the_number_and_goes_away(page, office):
    tab(page, "材料与声明")
    account = page.locator("#f-bank_account")
    account.fill("6217000000000000005")
    account.blur()
    expect(page.locator("#f-bank_account-warning")).to_contain_text("卡号校验位不符")
    account.fill("6217000000000000004")
    account.blur()
    expect(page.locator("#f-bank_account-warning")).to_have_text("")


def test_a_decision_in_sight_stands_on_the_buttons_however_many_lines_they_take(page, office):
    def place():
        return page.evaluate(
            "() => { const form = document.querySelector('form'), bar = form.querySelector('.bf-buttons');"
            " return [form.style.getPropertyValue('--bf-bar'), bar.offsetHeight]; }"
        )

    def stands_on_the_buttons():
        said, lines = place()
        return said == f"{lines - 12}px"

    def draw(_seconds):
        page.wait_for_timeout(50)

    page.set_viewport_size({"width": 1366, "height": 768})
    until(stands_on_the_buttons, "above one line", draw)
    _, one_line = place()
    page.locator("[data-draft-state]").evaluate(
        "e => { e.textContent = '草稿已自动保存'.repeat(40); }"
    )
    until(lambda: place()[1] > one_line, "more lines", draw)
    until(stands_on_the_buttons, "above them all", draw)
