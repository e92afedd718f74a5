"""Papers of each kind with a text of the test's choosing in them."""

import io
import zipfile

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
"""The first bytes of a photograph and its last."""


def pdf(*pages: str) -> bytes:
    """A PDF whose pages hold these texts, in Latin letters and digits."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R"
            " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica"
            " >> >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
    end += f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + end.encode("latin-1")


def word(*paragraphs: str, footer: str = "") -> bytes:
    """A Word document of these paragraphs."""

    def part(texts: tuple[str, ...]) -> str:
        body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
        return f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'

    return _zipped({"word/document.xml": part(paragraphs), "word/footer1.xml": part((footer,))})


def excel(cells: dict[str, str], shared: tuple[str, ...] = ()) -> bytes:
    """An Excel book of one sheet; a cell is the inside of its ``c`` element, or ``#0`` shared."""
    rows = "".join(
        f'<c r="{at}" t="s"><v>{text[1:]}</v></c>'
        if text.startswith("#")
        else f'<c r="{at}">{text}</c>'
        for at, text in cells.items()
    )
    strings = "".join(f"<si><t>{one}</t></si>" for one in shared)
    return _zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}"/>',
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}">{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData><row>{rows}</row>'
            "</sheetData></worksheet>",
        }
    )


def _zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()
