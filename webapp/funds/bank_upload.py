"""What a bank has sent back, as it was uploaded: a text or a workbook, as its format says."""

from engine.errors import Invalid
from registry.budget.bank_formats import BankFormat, FileKind
from registry.funds.bank_results import BankResult, Sent, result_of, rows_of_text


def read_result(form: BankFormat, name: str, content: bytes, sent: Sent) -> BankResult:
    """Read it and judge it. Raises Invalid where it is no file of this format."""
    if not name.lower().endswith(f".{form.kind}"):
        raise Invalid(
            f"“{name}”不是 .{form.kind} 文件,没有导入。“{form.title}”的结果应是 .{form.kind} 文件。"
        )
    if form.kind is FileKind.XLSX:
        from webapp.sheets.plain import rows_of_first_sheet

        return result_of(form, rows_of_first_sheet(content, name), sent)
    return result_of(form, rows_of_text(form, content, name, sent), sent)
