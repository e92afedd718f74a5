"""The one paper that stands for every scan of the demonstration, labelled 模拟."""

from functools import cache

_LINES = ("模拟材料", "本件为演示系统自动生成,不是真实证件,不涉及任何真实个人。")


@cache
def paper() -> bytes:
    """A PDF of one page: a few lines in the font that every reader brings for Chinese."""
    shown = "".join(
        f"/F1 {size} Tf 1 0 0 1 60 {height} Tm <{text.encode('utf-16-be').hex()}> Tj\n"
        for text, size, height in zip(_LINES, (36, 13), (720, 680), strict=True)
    )
    content = f"BT\n{shown}ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            " /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        (
            "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
            " /DescendantFonts [6 0 R] >>"
        ),
        (
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
            " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
            " /FontDescriptor 7 0 R >>"
        ),
        (
            "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /ItalicAngle 0"
            " /FontBBox [0 -200 1000 900] /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
        ),
    )
    written, places = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{text}\nendobj\n".encode("ascii")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    )
    return written + end.encode("ascii")
