"""现金: handed over before two witnesses, whose names stand beside the movement."""

from engine.errors import Invalid

_LONGEST_NAME = 60


def cash_fault(witnesses: tuple[str, str]) -> str:
    """Why these names do not do, in words; empty where they do."""
    first, second = witnesses
    if not first or not second:
        return "现金发放须写明两名证明人。"
    if first == second:
        return "两名证明人不能是同一人,请核对。"
    if max(len(first), len(second)) > _LONGEST_NAME:
        return f"证明人姓名不超过 {_LONGEST_NAME} 字。"
    return ""


def in_cash(witnesses: tuple[str, str]) -> str:
    """What is written beside a movement of cash. Raises Invalid without two names."""
    fault = cash_fault(witnesses)
    if fault:
        raise Invalid(f"{fault}没有登记付款。")
    return f"现金发放,证明人 {'、'.join(witnesses)}"
