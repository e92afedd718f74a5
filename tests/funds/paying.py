"""Granted batches on their way to the bank and back."""

import hashlib
from collections.abc import Mapping
from datetime import date

from registry.funds.bank_answers import Taken
from registry.funds.bank_files import BankLine, BankOrder
from tests.funds.bank import Spoil, answer
from tests.funds.purse import Purse, id_number
from tests.support.register import on_file
from webapp.funds.bank_upload import read_result

DAY = "2026-11-09"
VOUCHER = {"voucher": "记-2026-0112", "paid_on": DAY}
CSV = {"format": "simulated_csv", "reason": "春节慰问金发放"}


def with_account(desk: Purse, number: int, name: str = "", **head: object) -> str:
    told = {
        "name": name or f"林模拟{number}",
        "id_number": id_number(number),
        "mobile": "",
        "bank_account": f"62220000000000{number:05d}",
        **head,
    }
    return on_file(desk.engine, told, "u1", members=[])


def with_account_of(desk: Purse, file_no: str, account: str) -> None:
    """Its account put right."""
    upkeep, reviewer = desk.register.upkeep, desk.actor("reviewer")
    seen = upkeep.correctable(reviewer, file_no).version
    upkeep.correct(reviewer, file_no, seen, {"head.bank_account": account}, "核对了存折")


def granted(desk: Purse, *files: str, **typed: str) -> str:
    """A batch with these households, granted."""
    desk.allocate()
    number = desk.draft(desk.all_lines()[0], **typed)
    for file_no in files:
        desk.register.batches.add_household(desk.actor("accountant"), number, file_no, "1000")
    case_id = desk.register.batches.submit(desk.actor("accountant"), number)
    desk.do("approver", case_id, "approve_county", {"decision": "agree"})
    return number


def sent(desk: Purse, number: str, by: str = "cashier", **typed: str) -> str:
    """A file that was made of the batch; its number."""
    return desk.register.bank.make(desk.actor(by), number, {**CSV, **typed})


def banks_answer(
    desk: Purse,
    number: str,
    sending: str,
    failed: Mapping[int, str] | None = None,
    spoil: Spoil | None = None,
    encoding: str = "",
) -> bytes:
    """What the bank sends back about a file."""
    form, asked = desk.register.bank_answers.sent(desk.actor("cashier"), number, sending)
    lines = [BankLine(one.serial, one.name, "", one.fen) for one in asked.lines]
    return answer(form, BankOrder(asked.number, date(2026, 11, 9), lines), failed, spoil, encoding)


def take(
    desk: Purse, number: str, sending: str, content: bytes, by: str = "cashier", **typed: str
) -> Taken:
    """Bring a result, as the page does."""
    desk_of_answers, actor = desk.register.bank_answers, desk.actor(by)
    form, asked = desk_of_answers.sent(actor, number, sending)
    result = read_result(form, f"结果.{form.kind}", content, asked)
    told = {**VOUCHER, "sha256": hashlib.sha256(content).hexdigest(), **typed}
    return desk_of_answers.take(actor, number, sending, result, told)
