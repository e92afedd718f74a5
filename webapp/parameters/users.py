"""Who uses a parameter (由谁使用): read off the deployed processes and the code that reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from engine import Engine
from engine.definitions.asked import Asker
from engine.work.federation_settings import settings_read
from webapp.shared.items import named
from webapp.shared.language import _, is_english, lazy

_KINDS: Mapping[str, object] = {
    "decision": lazy("决策“%(name)s”"),
    "form": lazy("表单“%(name)s”"),
    "document": lazy("打印件“%(name)s”"),
}


@dataclass(frozen=True)
class User:
    """A process that asks, with where in it, or a page of the system."""

    label: str
    href: str
    details: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """Where in the process, in one line."""
        return _("、").join(self.details)


def users_of(engine: Engine) -> Mapping[str, tuple[User, ...]]:
    """Who uses each parameter, by its name; one nobody uses is not among them."""
    names = {row.key: named(row.name, row.key) for row in engine.definitions.latest()}
    found = {name: _processes(askers, names) for name, askers in engine.settings.asked_by().items()}
    for setting in settings_read():
        where = setting.where_en if is_english() else setting.where
        found[setting.name] = (*found.get(setting.name, ()), User(where, ""))
    return found


def _processes(askers: Sequence[Asker], names: Mapping[str, str]) -> tuple[User, ...]:
    inside: dict[str, list[str]] = {}
    for one in askers:
        details = inside.setdefault(one.process_key, [])
        if one.kind in _KINDS:
            name = named(one.name, one.process_key)
            details.append(str(_KINDS[one.kind]) % {"name": name})
        else:
            details.append(_("流程图"))
    return tuple(
        User(names.get(key, key), url_for("definitions.show", key=key), tuple(details))
        for key, details in inside.items()
    )
