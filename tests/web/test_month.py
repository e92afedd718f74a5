"""月度通报: its figures add up, and each leads to the steps it counts."""

import io
import re
from datetime import timedelta

from openpyxl import load_workbook

from engine import SYSTEM, Request
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from engine.model.delays import REASONS
from tests.web.conftest import ROOT
from webapp.shared.words import DELAYS


def worked(federation):
    """Two cases in November, one step done late in December, two late at its end."""
    federation.applied("甲")
    federation.started("乙")
    federation.clock.advance(timedelta(days=40))  # 2026-12-19
    federation.engine.tasks.say_why_late(
        federation.actor("officer"), federation.first_task("officer"), "材料未补齐", ""
    )


def figures(page):
    """The numbers of each row by its label, table by table."""
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    found = []
    for table in tables:
        rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)
        found.append(
            {label: [int(n) for n in re.findall(r">([+-]?\d+)<", cells)] for label, cells in rows}
        )
    return found


def test_the_figures_add_up_and_lead_to_their_steps(federation, browse):
    worked(federation)
    supervisor = browse("supervisor")

    page = supervisor.text("/supervision/month?month=2026-12")

    assert [page.count(f">{head}<") for head in ("按办理单位", "按环节", "环节")] == [1, 1, 1]
    units, steps, reasons = figures(page)
    for table in (units, steps):
        rows = [cells for label, cells in table.items() if label != "合计"]
        assert [sum(column) for column in zip(*rows, strict=True)] == table["合计"]
    assert units["合计"][:6] == steps["合计"] == [0, 1, 0, 2, 2, 0]
    assert reasons == {"材料未补齐": [1], "尚未说明": [1], "合计": [2]}
    counted = 0
    for href, number in re.findall(r'href="(/supervision/month/steps[^"]+)">(\d+)</a>', page):
        behind = supervisor.text(href)
        assert behind.count('class="cell-title"') == int(number), href
        counted += 1
    assert counted > 6
    assert "截至" not in page
    assert "本月未完" in page


def test_the_month_before_and_one_unit(federation, browse):
    worked(federation)
    supervisor = browse("supervisor")

    november = supervisor.text("/supervision/month?month=2026-11")
    assert figures(november)[0]["合计"][:2] == [1, 0]
    assert "本月未完" not in november
    mill = supervisor.text("/supervision/month?month=2026-12&below=mill")
    assert figures(mill)[0]["合计"][3] == 1
    assert "模拟·纺织厂工会" in mill


def test_what_is_no_month_is_said(federation, browse):
    supervisor = browse("supervisor")

    for wrong in ("2026", "2026-13", "abc-11", "2027-05"):
        assert supervisor.get(f"/supervision/month?month={wrong}").status_code == 422
    assert supervisor.get("/supervision/month/steps?month=2026-11&kind=x").status_code == 422
    wrong = "/supervision/month/steps?month=2026-11&kind=done&from=-1"
    assert supervisor.get(wrong).status_code == 422
    assert "期末没有超期未办的环节" in supervisor.text("/supervision/month")


def test_the_workbook_has_the_same_figures(federation, browse):
    worked(federation)

    answer = browse("supervisor").get("/supervision/month.xlsx?month=2026-12")

    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["按办理单位", "按环节", "超期原因"]
    last = [cell.value for cell in list(book["按环节"].rows)[-1]]
    assert last == ["合计", 0, 1, 0, 2, 2, 0]
    assert [c.value for c in list(book["超期原因"].rows)[-1]] == ["合计", 2]


def twin(federation):
    """The same process under another name; its first step is called otherwise in Chinese alone."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    files = [
        SourceFile(
            one.name.replace("example_request", "twin_request"),
            one.content.replace(b"example_request", b"twin_request")
            .replace("填写申请".encode(), "填报申请".encode())
            .replace(b"Example request", b"Twin request"),
        )
        for one in files
    ]
    federation.engine.definitions.deploy(SYSTEM, files)
    request = Request("twin_request", "mill", {"subject": "丙"})
    federation.engine.cases.start(federation.actor("officer"), request)


def test_steps_that_only_the_chinese_tells_apart_have_their_process_in_english(federation, browse):
    worked(federation)
    twin(federation)
    federation.clock.advance(timedelta(days=7))
    supervisor = browse("supervisor")
    month = "/supervision/month{}?month=2026-12"
    assert {"填写申请", "填报申请"} <= figures(supervisor.text(month.format("")))[1].keys()

    supervisor.client.set_cookie("lang", "en")

    told = {f"Fill in the application ({name} request)" for name in ("Example", "Twin")}
    assert told <= figures(supervisor.text(month.format("")))[1].keys()
    book = load_workbook(io.BytesIO(supervisor.get(month.format(".xlsx")).data))
    assert told <= {row[0].value for row in book.worksheets[1].rows}
    board = supervisor.text("/supervision")
    assert all(f">{one}<" in board for one in told)


def test_why_a_step_is_late_is_kept_in_chinese_and_told_in_either(federation, browse):
    assert DELAYS.keys() == set(REASONS)
    worked(federation)
    supervisor, officer = browse("supervisor"), browse("officer")
    for browser in (supervisor, officer):
        browser.client.set_cookie("lang", "en")
    month = supervisor.text("/supervision/month?month=2026-12")
    assert figures(month)[2]["Papers are still missing"] == [1]
    assert "Papers are still missing" in supervisor.text("/supervision")
    task = federation.first_task("officer")
    page = officer.text(f"/tasks/{task}")
    assert '<option value="材料未补齐">Papers are still missing</option>' in page
    said = {"reason": "等待会议研究", "note": "下周一"}
    officer.post(f"/tasks/{task}/delay", said, page=f"/tasks/{task}")
    assert "Waits for a meeting (下周一)" in officer.text(f"/tasks/{task}")
    assert "等待会议研究(下周一)" in browse("officer").text(f"/tasks/{task}")
