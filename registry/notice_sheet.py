"""The sheet for the unit's own board as one page of A4: a document that stands by itself.

It is drawn once, when the notice is published, and kept as these bytes. No script, no picture from
elsewhere; the QR code of the notice on the web is drawn in the page.
"""

from datetime import date
from html import escape

from registry.notice_layers import Sheet

_STYLE = """
@page{size:A4;margin:18mm 20mm 14mm}
*{box-sizing:border-box}
html{background:#eef0f3}
body{margin:0 auto;padding:18mm 20mm;width:210mm;min-height:285mm;background:#fff;color:#111;
font:15pt/1.75 "Source Han Serif SC","Noto Serif CJK SC","Songti SC",SimSun,FangSong,serif}
h1{margin:4mm 0 8mm;text-align:center;font-size:27pt;letter-spacing:.12em;font-weight:700}
p{margin:0 0 3mm;text-indent:2em}
table{width:100%;border-collapse:collapse;margin:4mm 0 6mm}
th,td{border:1px solid #111;padding:1.8mm 4mm;text-align:left;font-weight:400;vertical-align:top}
th{width:31%;white-space:nowrap;background:#f4f4f4}
td.name{font-size:21pt;font-weight:700;letter-spacing:.08em}
.ways{display:flex;gap:8mm;align-items:flex-start}
.ways div{flex:1}
.ways svg{width:34mm;height:34mm;flex:none}
.ways figure{margin:0;text-align:center;font-size:11pt;line-height:1.4;width:44mm}
.sign{margin-top:8mm;text-align:right;text-indent:0}
footer{margin-top:7mm;border-top:1px solid #999;padding-top:2mm;font-size:10pt;color:#444;
line-height:1.5}
@media print{html{background:#fff}body{padding:0;width:auto;min-height:0}}
"""


_OPENING = "经本人申请、入户调查和逐级审核,拟认定以下职工家庭。现予公示,接受职工群众监督。"


def sheet_html(sheet: Sheet) -> bytes:
    """The page."""
    web = sheet.web
    title = f"{web.subject}公示"
    facts = [
        ("姓名", sheet.name, "name"),
        ("单位", web.unit, ""),
        ("家庭人口", "" if web.household_size is None else f"{web.household_size} 人", ""),
        ("困难类别", web.category, ""),
        ("档案级别", web.archive_level, ""),
        ("公示期", _period(sheet), ""),
    ]
    rows = "".join(
        f'<tr><th scope="row">{label}</th><td{f" class={kind}" if kind else ""}>'
        f"{escape(text)}</td></tr>"
        for label, text, kind in facts
        if text
    )
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(title)} {web.id}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>"
        f"<p>{_printed(_OPENING)}</p>"
        f"<table><tbody>{rows}</tbody></table>"
        f'<div class="ways"><div>{_ways(sheet)}</div>{_code(sheet.address)}</div>'
        f'<p class="sign">{escape(web.unit)}<br>{_chinese(web.posted_on)}</p>'
        f"<footer>公示单编号 {web.id}。{_printed(_consent(sheet))}</footer></main></body></html>"
    )
    return page.encode()


def _consent(sheet: Sheet) -> str:
    if sheet.name == sheet.web.name:
        whose = "本人没有同意写全名,本公示单只写脱敏姓名,在本单位公示栏张贴"
    else:
        whose = "经本人签字同意,本公示单写全名,只在本单位公示栏张贴"
    return f"{whose},不含证件号码、电话、住址和病情;请勿拍照转发。"


def _period(sheet: Sheet) -> str:
    web = sheet.web
    length = (
        ""
        if sheet.days is None
        else f",共 {sheet.days} {sheet.counted.unit()}({sheet.counted.first_words()})"
    )
    told = f"{_chinese(web.posted_on)}至 {_chinese(web.ends_on)} 24 时{length}"
    if web.provisional:
        told += f"。{web.ends_on.year} 年放假安排尚未公布,截止日暂按周末规则推算,公布后以更正为准"
    return _printed(told)


def _ways(sheet: Sheet) -> str:
    ring = f"电话 {sheet.web.phone}," if sheet.web.phone else ""
    scan = "或扫码在网上提出," if sheet.address else ""
    how = (
        f"对公示内容有异议的,可在公示期内向{sheet.office}提出:{ring}当面、来信均可,{scan}"
        "署名或不署名都受理。"
    )
    promise = "核查由公示单位以外的工会进行,对提出人身份保密,核查结果答复本人。"
    return f"<p>{escape(_printed(how))}</p><p>{escape(_printed(promise))}</p>"


def _code(address: str) -> str:
    if not address:
        return ""
    import segno

    code = segno.make(address, error="m", micro=False)
    lines = []
    for y, row in enumerate(code.matrix_iter(border=2)):
        lines += [f"M{x} {y}h1v1h-1z" for x, dark in enumerate(row) if dark]
    size = code.symbol_size(border=2)[0]
    return (
        f'<figure><svg viewBox="0 0 {size} {size}" role="img" aria-label="网上公示的二维码" '
        f'shape-rendering="crispEdges"><path d="{"".join(lines)}"/></svg>'
        "<figcaption>扫码看网上公示<br>提出异议</figcaption></figure>"
    )


_PRINTED = str.maketrans(
    {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "(": "\uff08", ")": "\uff09"}
)


def _printed(words: str) -> str:
    """Our own words with the marks of Chinese print."""
    return words.translate(_PRINTED)


def _chinese(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
