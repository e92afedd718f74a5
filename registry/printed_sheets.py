"""How sheets of ours come out of a printer: on A4, as wide as the page, the headings on each."""

from typing import Any

_A4 = 9
"""Among the papers of ECMA-376-1, 18.3.1.63; without it a sheet is on American Letter."""


def on_a4(sheet: Any, headings: int) -> None:
    """Lay a sheet of openpyxl across A4; its rows down to number ``headings`` are on every page.

    To be called before rows are added to a sheet that can only be written.
    """
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{headings}"
    sheet.HeaderFooter.oddFooter.center.text = "&P/&N"
