"""Personal data, masked: what others than the person's own caseworker see.

The words are those of the federation's notices: 张*, 尾号 7932, 139****1234. A masked text never
contains the clear one, however short it is.
"""

import re

from engine.forms.components import Personal

HIDDEN = "已隐去"

SEALED = "已密封"
"""In the place of a value that is not for this reader (:mod:`engine.forms.compartments`)."""

_NAME_DOT = "·"
_TAIL = 4
_AREA = re.compile(r"([^\W\d]{1,7}?(省|自治区|自治州|市|区|县|镇|乡))+")
_FULL_PHONE = 11


def mask_text(kind: Personal, text: str) -> str:
    """The text without what identifies somebody; empty stays empty."""
    clear = text.strip()
    if not clear:
        return ""
    masked = _MASKS[kind](clear)
    for safe in (masked, HIDDEN, "***", "—"):
        if clear not in safe:
            return safe
    return ""


def last_four(text: str) -> str:
    """The last four letters or digits, by which people recognise a number of their own."""
    return "".join(character for character in text if character.isalnum())[-_TAIL:]


def _name(text: str) -> str:
    """The first character of each part of the name: 张*, 欧**, 买**·吐**."""
    parts = text.split(_NAME_DOT)
    if len(parts) > 1:
        return _NAME_DOT.join(f"{part[:1]}**" for part in parts)
    return text[0] + "*" * min(2, max(1, len(text) - 1)) if len(text) > 1 else "*"


def _number(text: str) -> str:
    # The last four of a number of five or six would be nearly all of it.
    return f"尾号 {last_four(text)}" if len(text) > 2 * _TAIL else HIDDEN


def _phone(text: str) -> str:
    if len(text) == _FULL_PHONE:
        return f"{text[:3]}****{text[-_TAIL:]}"
    return _number(text)


def _address(text: str) -> str:
    """The areas at its beginning; a street and a house show where somebody lives."""
    area = _AREA.match(text)
    return f"{area.group()}****" if area else HIDDEN


def _all(_: str) -> str:
    return HIDDEN


_MASKS = {
    Personal.NAME: _name,
    Personal.ID: _number,
    Personal.ACCOUNT: _number,
    Personal.PHONE: _phone,
    Personal.ADDRESS: _address,
    Personal.TEXT: _all,
}
