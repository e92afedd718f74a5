"""The sentences about pasted rows; like all about a field, they name it (product.md §4)."""


def too_much() -> str:
    """More characters than are read."""
    return "粘贴的内容太多,没有粘贴。请分几次,每次不超过两千行。"


def nothing(label: str) -> str:
    """No line with anything in it."""
    return f"没有可以粘贴的内容。请从 Excel 复制“{label}”的各行。"


def strange_heading(heading: str) -> str:
    """A heading of no column."""
    return f"表头“{heading}”没有对应的列,这一列没有粘贴。"


def cut_off(label: str, most: int, left_out: int) -> str:
    """More lines than the table takes."""
    return f"“{label}”最多 {most} 行,多出的 {left_out} 行没有粘贴。"


def in_row(number: int, problem: str) -> str:
    """One of the problems below, with its row, counted from 1."""
    return f"第 {number} 行{problem}。"


def shifted(cells: int) -> str:
    """More cells than columns."""
    return f"有 {cells} 格,比表格的列多,可能错了列,请核对"


def damaged(label: str, shown: str) -> str:
    """A long number that Excel has made an amount of."""
    return f"“{label}”已被 Excel 改成 {shown},末几位已丢失。请将该列设为“文本”后重新填写"


def no_number(label: str, text: str) -> str:
    """What is no number in a column of numbers."""
    return f"“{label}”的“{text}”不是数字"


def no_date(label: str, text: str) -> str:
    """What is no date in a column of dates."""
    return f"“{label}”的“{text}”不是日期"


def no_choice(label: str, text: str) -> str:
    """What is none of the choices."""
    return f"“{label}”的“{text}”不在选项里,请改选"


def more(faults: int) -> str:
    """Faults that are not told one by one."""
    return f"还有 {faults} 处,改好后再看。"


def others_taken(rows: int) -> str:
    """How many rows are right."""
    return f"其余 {rows} 行已粘贴。" if rows else "请逐行核对。"
