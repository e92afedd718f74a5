"""Money as it is kept (whole fen), reckoned (decimal yuan), typed and said."""

from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation

from engine.errors import Invalid

_CENT = Decimal("0.01")
_FEN = 100
_FEN_IN_WAN = 1_000_000
_JIAO = 10
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_CAPITAL_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
MOST_YUAN = Decimal(100_000_000)
"""More than any budget line of a city: what is above it was typed wrongly."""


def fen_of(typed: object, label: str = "金额") -> int:
    """An amount as people or a process write it, in whole fen. Raises Invalid, naming it."""
    said = str("" if typed is None else typed).strip()
    plain = said.replace(",", "").replace("\uff0c", "").removesuffix("元").strip()
    if not plain:
        raise Invalid(f"请填写{label}。")
    try:
        amount = Decimal(plain)
    except InvalidOperation as error:
        raise Invalid(f"{label}“{said[:20]}”不是数字,请写成 1,000.00 的样子。") from error
    if not amount.is_finite() or amount <= 0 or amount > MOST_YUAN:
        raise Invalid(f"{label}应大于 0,不超过 {MOST_YUAN:,.2f} 元。")
    if amount != amount.quantize(_CENT):
        raise Invalid(f"{label}最多两位小数。")
    return whole_fen(amount)


def whole_fen(amount: Decimal) -> int:
    """Decimal yuan in fen; what is less than one fen is left off."""
    return int(amount * _FEN)


def yuan(fen: int) -> Decimal:
    """Fen as decimal yuan."""
    return (Decimal(fen) / _FEN).quantize(_CENT)


def in_yuan(fen: int) -> str:
    """1,000.00 元."""
    return f"{yuan(fen):,.2f} 元"


def in_wan(fen: int) -> str:
    """454.30 万元, to the nearest."""
    return f"{_wan(fen, ROUND_HALF_UP)} 万元"


def in_wan_upwards(fen: int) -> str:
    """The same, never less than it is: whoever takes so much off a list is through."""
    return f"{_wan(fen, ROUND_UP)} 万元"


def in_capitals(fen: int) -> str:
    """人民币大写 as vouchers and banks want it: 壹仟贰佰元整, 叁佰贰拾伍元零肆分."""
    whole, rest = divmod(fen, _FEN)
    jiao, last = divmod(rest, _JIAO)
    said = f"{_capitals(whole)}元" if whole else ""
    if not rest:
        return f"{said or '零元'}整"
    if jiao:
        said += f"{_CAPITALS[jiao]}角"
    elif whole:
        said += "零"
    return said + (f"{_CAPITALS[last]}分" if last else "整")


def _capitals(number: int) -> str:
    """A whole number above nothing; what is missing between two digits is one 零."""
    for size, unit in _CAPITAL_UNITS:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // _JIAO else ""
            return f"{_capitals(high)}{unit}{gap}{_capitals(low) if low else ''}"
    return _CAPITALS[number]


def _wan(fen: int, rounding: str) -> Decimal:
    return (Decimal(fen) / _FEN_IN_WAN).quantize(_CENT, rounding=rounding)
