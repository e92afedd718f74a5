"""本周到期: the page's numbers lead to exactly as many steps; its sheet says the same."""

import io
import re
from datetime import timedelta

from openpyxl import load_workbook

from webapp.supervision import routes


def worked(federation):
    """On a Friday: two steps late, two due within the week."""
    for subject in ("甲", "乙"):
        federation.started(subject)
    federation.clock.advance(timedelta(days=4))
    for subject in ("丙", "丁"):
        federation.applied(subject)


def test_every_number_leads_to_its_steps(federation, browse):
    worked(federation)
    supervisor = browse("supervisor")

    page = supervisor.text("/supervision/due")

    links = re.findall(r'href="(/supervision/due\?[^"#]+)#rows">(\d+)</a>', page)
    assert links
    for href, number in links:
        assert supervisor.text(href).count('class="cell-title"') == int(number), href
    total = re.search(r"<b>(\d+)</b> 项时限本周到期或已超期", page)
    assert total is not None
    assert page.count('class="cell-title"') == int(total[1])


def test_the_sheet_has_the_same_numbers_and_no_names_of_applicants(federation, browse):
    worked(federation)
    supervisor = browse("supervisor")
    page = supervisor.text("/supervision/due")

    book = load_workbook(io.BytesIO(supervisor.get("/supervision/due.xlsx").data))

    assert book.sheetnames == ["本周到期", "明细"]
    last = [cell.value for cell in list(book["本周到期"].rows)[-1]]
    assert last[0] == "合计"
    assert sum(last[2:-1]) == last[-1] == page.count('class="cell-title"')
    cells = str([[cell.value for cell in row] for row in book["明细"].rows])
    assert all(subject not in cells for subject in "甲乙丙丁")
    for sheet, headings in zip(book.worksheets, ("$1:$2", "$1:$1"), strict=True):
        assert sheet.page_setup.paperSize == 9, "A4"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == headings


def test_a_sheet_that_holds_not_all_of_them_says_so(federation, browse, monkeypatch):
    worked(federation)
    supervisor = browse("supervisor")

    def listed():
        book = load_workbook(io.BytesIO(supervisor.get("/supervision/due.xlsx").data))
        assert list(book["本周到期"].values)[-1][-1] == 2, "the figures are those of all"
        return list(book["明细"].values)

    whole = listed()
    assert whole[0][0] == "到期日"
    monkeypatch.setattr(routes, "MOST_IN_WORKBOOK", len(whole) - 1)
    assert listed() == whole
    monkeypatch.setattr(routes, "MOST_IN_WORKBOOK", 1)
    said, heads, *rows = listed()
    assert said[0] == "只列出前 1 项。其余请在页面上点数字缩小范围,再下载。"
    assert [heads, *rows] == whole[:2]


def test_nothing_due_is_said_and_a_wrong_day_is_refused(federation, browse):
    supervisor = browse("supervisor")
    assert "本周没有到期的时限" in supervisor.text("/supervision/due")
    for wrong in ("day=2026-12-24", "kind=month"):
        assert supervisor.get(f"/supervision/due?{wrong}").status_code == 422


def test_an_english_sheet_is_english_in_every_cell_that_a_process_says(federation, browse):
    worked(federation)
    supervisor = browse("supervisor")
    supervisor.client.set_cookie("lang", "en")

    book = load_workbook(io.BytesIO(supervisor.get("/supervision/due.xlsx").data))

    head, *rows = ([cell.value for cell in row] for row in book.worksheets[1].rows)
    steps = {row[head.index("Step or period")] for row in rows}
    assert steps == {"Fill in the application"}
    assert {row[head.index("Process")] for row in rows} == {"Example request"}
