"""Amounts in Chinese capitals, as receipts and rosters have them: 壹仟零伍元伍角整."""

from decimal import ROUND_HALF_UP, Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_FOUR = 10_000
_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """The amount in words, to the cent; empty where it is too large to be one."""
    if abs(amount) >= _LARGEST:
        return ""
    cents = int(abs(amount).quantize(_CENT, ROUND_HALF_UP) * 100)
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    if fen:
        words += f"{_DIGITS[fen]}分"
    elif yuan or jiao:
        words += "整"
    sign = "负" if amount < 0 and cents else ""
    return sign + (words or "零元整")


def _whole(number: int) -> str:
    words, group, needs_nought = "", 0, False
    while number:
        number, low = divmod(number, _FOUR)
        if low:
            nought = "零" if needs_nought else ""
            words = _four(low) + _GROUPS[group] + nought + words
            needs_nought = low < _FOUR // 10  # the next group up must say that places are empty
        elif words:
            needs_nought = True
        group += 1
    return words


def _four(number: int) -> str:
    words, waits = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if waits else "") + _DIGITS[digit] + _PLACES[place]
            waits = False
        elif words:
            waits = True
    return words
