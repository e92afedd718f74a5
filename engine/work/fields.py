"""What is wrong with the fields of a command that has no form of its own."""

from collections.abc import Mapping

from engine.errors import FieldError, Invalid


def wrong(name: str, message: str) -> Invalid:
    """The refusal of a command for one of its fields: a page says it beside that field."""
    return Invalid(message, (FieldError(f"/{name}", "value", message),))


def refuse_empty(message: str, fields: Mapping[str, tuple[str, str]]) -> None:
    """Refuse where one of these was left empty; each is given with what it is called."""
    empty = [
        FieldError(f"/{name}", "required", f"请填写{called}。")
        for name, (called, value) in fields.items()
        if not value.strip()
    ]
    if empty:
        raise Invalid(message, empty)


def refuse_long(fields: Mapping[str, tuple[str, str, int]]) -> None:
    """Refuse what the directory has no room for; each is given with its name and its limit."""
    for name, (called, value, most) in fields.items():
        if len(value.strip()) > most:
            raise wrong(name, f"{called}最长 {most} 个字,未保存。")
