"""月度通报: its figures add up, and each leads to the steps it counts."""

import io
import re
from datetime import timedelta

from openpyxl import load_workbook


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
