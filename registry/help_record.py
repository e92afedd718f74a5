"""Help given to a household (帮扶记录) as values, and what of it can be entered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from engine.errors import Invalid
from registry.vocabulary import HELP_KINDS, HELP_SOURCES, LEVELS

_CENT = Decimal("0.01")
_MOST = Decimal(10_000_000)
_LONGEST = {"goods": 200, "payer": 100, "note": 300}
_ID_DIGITS = 13
_PAYMENT, _RECOVERY = "pay", "rec"
_LABELS = {"goods": "实物", "payer": "支付单位", "note": "备注"}


@dataclass(frozen=True)
class HelpRecord:
    """One entry.

    ``cents`` is negative in a counter-entry, which names what it takes back, and where a part of
    what was paid came back (追回): the last part counters the payment's entry.
    """

    id: str
    file_no: str
    kind: str
    given_on: date
    cents: int
    goods: str
    source: str
    level: str
    payer: str
    note: str
    entered_by: str
    entered_at: datetime
    counters: str | None = None

    @property
    def is_recovery(self) -> bool:
        """Whether money came back by it that a payment had given."""
        return self.cents < 0 and _number_of(self.id, _RECOVERY) is not None

    @property
    def is_help(self) -> bool:
        """Whether something was given by it at all."""
        return self.counters is None and self.cents >= 0


def entry_of_payment(payment_id: int) -> str:
    """The id of the entry that a payment writes."""
    return f"{_PAYMENT}{payment_id:0{_ID_DIGITS}d}"


def entry_of_recovery(recovery_id: int) -> str:
    """The id of the entry that is written when some of it comes back."""
    return f"{_RECOVERY}{recovery_id:0{_ID_DIGITS}d}"


def payment_of_entry(record_id: str) -> int | None:
    """Which payment wrote an entry; None for one of another origin."""
    return _number_of(record_id, _PAYMENT)


def _number_of(record_id: str, origin: str) -> int | None:
    said = record_id.removeprefix(origin)
    is_its = said != record_id and len(said) == _ID_DIGITS and said.isdigit()
    return int(said) if is_its else None


@dataclass(frozen=True)
class NewHelp:
    """What was typed, checked."""

    kind: str
    given_on: date
    cents: int
    goods: str
    source: str
    level: str
    payer: str
    note: str


def checked(typed: Mapping[str, str], opened_on: date, today: date) -> NewHelp:
    """What was typed as an entry. Raises Invalid with every fault named."""
    new, faults = read_typed(typed, opened_on, today)
    if new is None:
        raise Invalid("".join([*faults, "没有登记,您填写的内容仍在页面上。"]))
    return new


def read_typed(
    typed: Mapping[str, str], opened_on: date, today: date
) -> tuple[NewHelp | None, list[str]]:
    """What was typed as an entry, or None and a sentence for each fault."""
    faults: list[str] = []
    kind = _choice(typed, "kind", HELP_KINDS, "帮扶类别", faults)
    source = _choice(typed, "source", HELP_SOURCES, "资金来源", faults)
    level = _choice(typed, "level", LEVELS, "支付级别", faults)
    given_on = _day(typed.get("given_on", "").strip(), opened_on, today, faults)
    cents = _cents(typed.get("amount", ""), faults)
    texts = {name: typed.get(name, "").strip() for name in _LONGEST}
    for name, longest in _LONGEST.items():
        if len(texts[name]) > longest:
            faults.append(f"“{_LABELS[name]}”不超过 {longest} 字。")
    if not texts["payer"]:
        faults.append("请填写支付单位。")
    if not cents and not texts["goods"] and source != "none":
        faults.append("请填写金额;发放实物的写明实物,并尽量填写折合金额。")
    if faults or given_on is None:
        return None, faults
    return NewHelp(kind, given_on, cents, source=source, level=level, **texts), []


def _choice(
    typed: Mapping[str, str], name: str, codes: Mapping[str, str], label: str, faults: list[str]
) -> str:
    code = typed.get(name, "")
    if code not in codes:
        faults.append(f"请选择{label}。")
    return code


def _day(said: str, opened_on: date, today: date, faults: list[str]) -> date | None:
    """The day of the help: not in the future, not before the file (先建档、后帮扶)."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        faults.append("帮扶日期请写成 2026-11-16 的样子。")
        return None
    if day > today:
        faults.append(f"帮扶日期 {day} 还没有到,请核对。")
    elif day < opened_on:
        faults.append(
            f"帮扶日期 {day} 早于建档日期 {opened_on}。按规定先建档、后帮扶,建档前的帮扶不能登记。"
        )
    return day


def _cents(said: str, faults: list[str]) -> int:
    plain = said.replace(",", "").replace("\uff0c", "").replace("元", "").strip()
    if not plain:
        return 0
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        faults.append(f"金额“{said.strip()[:20]}”不是数字,请写成 1,000.00 的样子。")
        return 0
    if not amount.is_finite() or amount < 0 or amount > _MOST:
        faults.append("金额应在 0 至 10,000,000.00 元之间。更正已登记的帮扶请用冲销。")
        return 0
    if amount != amount.quantize(_CENT):
        faults.append("金额最多两位小数。")
        return 0
    return int(amount * 100)
