"""What steps and processes are called; of a repeated step, so that five can be told apart."""

from collections.abc import Iterator

from engine.model.items import Items
from webapp.shared.language import _, is_english
from webapp.shared.requests import current_installation


def named(name: str, process_key: str = "") -> str:
    """What a process calls itself or a step of its own, in the language of this request."""
    return current_installation().english.of(name, process_key) if is_english() else name


def step_of(name: str, items: Items, process_key: str = "") -> str:
    """走访 · 张三(2/5), or 走访 · 第 2 项,共 5 项 where the item has no name."""
    said = named(name, process_key)
    return " · ".join((said, *_called(items, named=True))) if items else said


def step_without_names(name: str, items: Items) -> str:
    """The same for a text that leaves the house: whose item it is stays here."""
    return " · ".join((name, *_called(items, named=False)))


def _called(items: Items, *, named: bool) -> Iterator[str]:
    for one in items:
        if one.count and named and one.name:
            yield _("%(name)s(%(n)s/%(all)s)", name=one.name, n=one.number, all=one.count)
        elif one.count:
            yield _("第 %(n)s 项,共 %(all)s 项", n=one.number, all=one.count)
        elif one.number > 1:
            yield _("第 %(n)s 次", n=one.number)
