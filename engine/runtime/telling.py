"""How failures name expressions and values: short, and without what somebody typed in."""

LONGEST_SHOWN = 60
LONGEST_REASON = 600
_KINDS = ((str, "一段文本"), ((int, float), "一个数"), (list, "一个列表"))


def shown(text: str, most: int = LONGEST_SHOWN) -> str:
    """A text as a sentence quotes it: its beginning where it is long."""
    plain = text.strip()
    return plain if len(plain) <= most else f"{plain[:most]}…"


def kind_of(value: object) -> str:
    """What a value is, never what it says: it can be something that somebody typed in."""
    if value is None:
        return "空值"
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "一组内容")
