"""Names as a public notice may show them: enough to be known by, too little to be found by.

张三 → 张*, 张小三 → 张**, 欧阳小明 → 欧阳**, 买买提·吐尔逊 → 买**·吐**, John Smith → J** S**. The
whole name stands only on the sheet for the unit's own board, by the person's signed consent.
"""

import re
import unicodedata
from collections.abc import Collection

_DOTS = re.compile("[•・.‧∙⋅･﹒．]")
_SPACES = re.compile(r"\s+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_MOST_STARS = 2
_NUMERALS = ("二", "三", "四", "五", "六", "七", "八", "九", "十")

_TWO = 2
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良"
    "漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生公户公玉公仪梁丘公仲公上公门公山公坚左丘公伯西门公祖第五公乘贯丘公皙南荣东里东宫仲长子书子桑即墨达奚"
    "褚师纳兰叶赫那拉完颜耶律"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[at : at + _TWO] for at in range(0, len(_COMPOUND), _TWO))
"""Surnames of two characters; a name of two characters alone has a surname of one."""


def masked_name(full: str) -> str:
    """The name with all but its beginning replaced; never the name itself."""
    name = tidy(full)
    if _LATIN.search(name):
        words = [word for word in re.split(r"[\s·]+", name) if word]
        return " ".join(f"{_first(word)}**" for word in words) or "*"
    if "·" in name:
        return "·".join(f"{_first(part)}**" for part in name.split("·") if part) or "*"
    signs = _characters(name)
    if len(signs) <= 1:
        return "*"
    whole = "".join(signs)
    kept = _TWO if len(signs) > _TWO and whole[:_TWO] in COMPOUND_SURNAMES else 1
    return "".join(signs[:kept]) + "*" * min(_MOST_STARS, len(signs) - kept)


def told_apart(masked: str, section: str, taken: Collection[str]) -> str:
    """The masked name, told apart from equal ones on notice in the same unit.

    By the section of the unit where it is known, else by a running number: 张*(装配车间), 张*(二).
    """
    if masked not in taken:
        return masked
    if section and f"{masked}({section})" not in taken:
        return f"{masked}({section})"
    for numeral in _NUMERALS:
        if f"{masked}({numeral})" not in taken:
            return f"{masked}({numeral})"
    return f"{masked}({len(taken) + 1})"


def tidy(full: str) -> str:
    """One spelling of the dot, no spaces between Chinese characters."""
    name = unicodedata.normalize("NFC", full).strip()
    if _LATIN.search(name):
        return _SPACES.sub(" ", _DOTS.sub("·", name).replace("· ", " "))
    return _SPACES.sub("", _DOTS.sub("·", name)).strip("·")


def _first(word: str) -> str:
    return "".join(_characters(word)[:1])


def _characters(name: str) -> list[str]:
    """What a reader takes for one character: a variation selector belongs to the one before."""
    found: list[str] = []
    for sign in name:
        if found and (unicodedata.combining(sign) or _is_selector(sign)):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _is_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
