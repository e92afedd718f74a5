"""What steps and processes are called; of a repeated step, so that five can be told apart."""

from collections import Counter
from collections.abc import Iterator, Mapping

from engine.model.items import Items
from webapp.shared.language import _, is_english
from webapp.shared.requests import current_installation


def named(name: str, process_key: str = "") -> str:
    """What a process calls itself or a step of its own, in the language of this request."""
    return current_installation().english.of(name, process_key) if is_english() else name


def step_of(name: str, items: Items, process_key: str = "") -> str:
    """走访 · 张三(2/5), or 走访 · 第 2 项,共 5 项 where the item has no name."""
    return with_items(named(name, process_key), items)


def with_items(said: str, items: Items) -> str:
    """The same for words that people typed, such as a case's title: they have no English."""
    return " · ".join((said, *_called(items, named=True))) if items else said


def step_without_names(name: str, items: Items, process_key: str = "") -> str:
    """The same for a text that leaves the house: whose item it is stays here."""
    return " · ".join((named(name, process_key), *_called(items, named=False)))


def told_apart(steps: Mapping[str, str], processes: Mapping[str, str]) -> Mapping[str, str]:
    """What steps are called, by process/element; those that are called the same with their process.

    Two that the Chinese tells apart may be called the same in English: what is shown is counted.
    """
    keys = {step: step.partition("/")[0] for step in steps}
    said = {step: named(name, keys[step]) for step, name in steps.items()}
    times = Counter(said.values())

    def with_process(step: str) -> str:
        process = processes.get(keys[step], keys[step])
        return _("%(step)s(%(process)s)", step=said[step], process=process)

    return {step: with_process(step) if times[name] > 1 else name for step, name in said.items()}


def _called(items: Items, *, named: bool) -> Iterator[str]:
    for one in items:
        if one.count and named and one.name:
            yield _("%(name)s(%(n)s/%(all)s)", name=one.name, n=one.number, all=one.count)
        elif one.count:
            yield _("第 %(n)s 项,共 %(all)s 项", n=one.number, all=one.count)
        elif one.number > 1:
            yield _("第 %(n)s 次", n=one.number)
