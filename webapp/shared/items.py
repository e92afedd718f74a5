"""What a step of a repeated activity is called, so that five equal ones can be told apart."""

from collections.abc import Iterator

from engine.model.items import Items
from webapp.shared.language import _


def step_of(name: str, items: Items) -> str:
    """走访 · 张三(2/5), or 走访 · 第 2 项,共 5 项 where the item has no name."""
    return " · ".join((name, *_called(items, named=True)))


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
