"""The variables of a case: one scope a process, held here and not on SpiffWorkflow's tasks.

SpiffWorkflow copies data from task to task; parallel branches then lose each other's writes at
the join (design.md D16). Here a process has one scope, a called process its own, embedded
sub-processes share the one around them. A multi-instance item, and a user task with mapped
inputs, have a small scope of their own through which the one around shows.

Values are plain JSON and never changed in place: a write replaces them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import orjson

from engine.runtime.specs import Repeated
from engine.runtime.tokens import Token

CASE = "case"
"""The reserved variable; whoever writes it is not listened to."""

Scope = dict[str, object]


def plain(values: Mapping[str, object]) -> Scope:
    """A deep copy of values as the state will hold them; TypeError for what JSON cannot hold."""
    try:
        copied: Scope = orjson.loads(orjson.dumps(dict(values), default=_number))
    except orjson.JSONDecodeError as error:  # deeper than the reader goes
        raise TypeError(str(error)) from error
    return copied


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"a case cannot hold {type(value).__name__}")


def put(scope: Scope, path: tuple[str, ...], value: object) -> None:
    """Write a variable, or a field in one; what else is in it is kept."""
    *around, last = path
    for name in around:
        inside = scope.get(name)
        copied: Scope = dict(inside) if isinstance(inside, dict) else {}
        scope[name] = copied
        scope = copied
    scope[last] = value


def merge(scope: Scope, values: Mapping[str, object]) -> None:
    """Write values; groups of fields are merged, lists and everything else replaced."""
    for name, value in values.items():
        before = scope.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            together = dict(before)
            merge(together, value)
            scope[name] = together
        else:
            scope[name] = value


@dataclass
class Variables:
    """All scopes of a case: the process's, those of called processes and of local places.

    ``called`` and ``local`` are keyed by the token of the call activity, item or user task.
    """

    root: Scope = field(default_factory=dict)
    called: dict[str, Scope] = field(default_factory=dict)
    local: dict[str, Scope] = field(default_factory=dict)

    def visible(self, token: Token, case: Mapping[str, object]) -> Scope:
        """What an expression at a token can read."""
        seen: Scope = {}
        for scope in reversed(list(self._around(token))):
            seen.update(scope)
        seen[CASE] = case
        return seen

    def within(self, call: Token, case: Mapping[str, object]) -> Scope:
        """What can be read in the process that a call activity called."""
        return {**self.called.get(call.id, {}), CASE: case}

    def write(self, token: Token, path: tuple[str, ...], value: object) -> None:
        """Write where a token's results belong."""
        if path[0] != CASE:
            put(self._home(token), path, value)

    def merge(self, token: Token, values: Mapping[str, object]) -> None:
        """Merge a form's fields where a token's results belong."""
        merge(self._home(token), {k: v for k, v in values.items() if k != CASE})

    def forget(self, alive: set[str]) -> None:
        """Drop the scopes of tokens that are gone."""
        for scopes in (self.called, self.local):
            for token_id in [t for t in scopes if t not in alive]:
                del scopes[token_id]

    def _home(self, token: Token) -> Scope:
        """The scope that a token writes: of its item, else the nearest around it."""
        spec = token.parent_spec
        is_item = isinstance(spec, Repeated) and spec.node.loop is not None
        if is_item and token.id in self.local:
            return self.local[token.id]
        around = self._around(token)
        if token.id in self.local:
            next(around)
        return next(around)

    def _around(self, token: Token) -> Iterator[Scope]:
        """The scopes that show at a token, the nearest first; the last is a process's."""
        place: Token | None = token
        while place is not None:
            local = self.local.get(place.id)
            if local is not None:
                yield local
            place = getattr(place.workflow, "holder", None)
            if place is not None and place.id in self.called:
                yield self.called[place.id]
                return
        yield self.root
