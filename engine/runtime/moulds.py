"""Cases begun in bulk: SpiffWorkflow runs once, the other cases are stamped from its state.

A case is begun as usual, but under watch: which variables, and which parameters of its place, did
the run look at on its way? A run is deterministic. Another case of the same version, begun at the
same instant, that holds the same values where the first one looked goes the same way to the same
state, but for its own variables and the names of its tokens. Of such a run a *mould* is kept;
:meth:`Moulds.start` gives the step that :func:`engine.runtime.start` would have given.

No mould is made of a run that wrote a variable (script, decision, operation, mapping), entered a
called process or an item of a list, failed, ended, or read ``case`` or all variables at once: such
cases are each run for themselves. One set of moulds serves one instant, for timers are reckoned
from it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import orjson
from typing_extensions import override

from engine.feel.context import Host
from engine.runtime.commands import begun, given, start
from engine.runtime.diagram import Node
from engine.runtime.program import Program
from engine.runtime.run import Run
from engine.runtime.step import Ports, Step, Waits
from engine.runtime.tokens import Token, new_token_ids
from engine.runtime.variables import CASE, Scope, Variables

MOST_MOULDS = 200
"""Kept of one version: where every case goes by a value of its own there is nothing to share."""

_MISSING = b""


@dataclass
class _Watch:
    """What a run has looked at; ``own`` once the case can be no model for another."""

    names: set[str] = field(default_factory=set)
    asks_place: bool = False
    own: bool = False


class _Seen(Mapping[str, object]):
    """Variables that tell which of them were read."""

    def __init__(self, values: Scope, watch: _Watch) -> None:
        self._values, self._watch = values, watch

    def _note(self, name: object) -> None:
        if name == CASE:
            self._watch.own = True
        self._watch.names.add(str(name))

    @override
    def __getitem__(self, name: str) -> object:
        self._note(name)
        return self._values[name]

    @override
    def __contains__(self, name: object) -> bool:
        self._note(name)
        return name in self._values

    @override
    def __iter__(self) -> Iterator[str]:
        self._watch.own = True
        return iter(self._values)

    @override
    def __len__(self) -> int:
        self._watch.own = True
        return len(self._values)


class _Variables(Variables):
    """Variables that tell when one was written."""

    watch: _Watch

    @override
    def write(self, token: Token, path: tuple[str, ...], value: object) -> None:
        self.watch.own = True
        super().write(token, path, value)

    @override
    def merge(self, token: Token, values: Mapping[str, object]) -> None:
        self.watch.own = True
        super().merge(token, values)

    @override
    def within(self, call: Token, case: Mapping[str, object]) -> Scope:
        self.watch.own = True
        return super().within(call, case)


@dataclass(frozen=True)
class _Host:
    """The place of a case, which tells when one of its parameters was asked for.

    The calendar is the same everywhere.
    """

    inner: Host
    watch: _Watch

    def working_day_after(self, start: date, days: int) -> date:
        return self.inner.working_day_after(start, days)

    def working_days_between(self, start: date, end: date) -> int:
        return self.inner.working_days_between(start, end)

    def parameter(self, name: str) -> object:
        self.watch.asks_place = True
        return self.inner.parameter(name)


class _WatchedRun(Run):
    """A run that knows what it looked at."""

    watch: _Watch

    @override
    def visible(self, token: Token) -> Mapping[str, object]:
        return _Seen(self.variables.visible(token, self.ports.case), self.watch)

    @override
    def enter(self, token: Token, node: Node, spec_name: str) -> None:
        super().enter(token, node, spec_name)
        if self.variables.called:
            self.watch.own = True


@dataclass(frozen=True)
class _Mould:
    """A step to be filled with variables: its state in pieces around them and the token ids."""

    step: Step
    head: bytes
    pieces: tuple[bytes, ...]
    tokens: tuple[str, ...]
    places: tuple[int, ...]
    """Which token stands between each piece and the next."""

    def filled(self, root: Scope, tokens: tuple[str, ...]) -> bytes:
        """The state document of a case with these variables and tokens."""
        written = [token.encode() for token in tokens]
        tail = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            tail += (written[place], piece)
        return b"".join((self.head, orjson.dumps(root), *tail))

    def stamp(self, root: Scope) -> Step:
        """The step of another case."""
        fresh = new_token_ids(len(self.tokens))
        names = dict(zip(self.tokens, fresh, strict=True))
        step = self.step
        return Step(
            state=self.filled(root, fresh),
            ended=step.ended,
            opened=tuple(_renamed(one, names) for one in step.opened),
            closed=step.closed,
            waits=Waits(
                *(
                    {names[token]: _renamed(one, names) for token, one in kind.items()}
                    for kind in step.waits.kinds
                )
            ),
            passed=step.passed,
            decisions=step.decisions,
            operations=step.operations,
            incidents=step.incidents,
            variables=root,
            signals=step.signals,
        )


def _renamed(wait: Any, names: Mapping[str, str]) -> Any:
    return type(wait)(**{**wait.__dict__, "token": names[wait.token]})  # replace() is slower


_Key = tuple[str, str, tuple[tuple[str, bytes], ...]]
"""A version, the place (empty where it plays no part), and what was read with its value."""


class Moulds:
    """Begins cases of one instant, each as cheaply as it can be."""

    def __init__(self) -> None:
        self._moulds: dict[_Key, _Mould] = {}
        self._reads: dict[str, list[tuple[tuple[str, ...], bool]]] = {}
        """By version, what its runs looked at: names, and whether a parameter of the place."""
        self.stamped = 0
        """How many cases were stamped and not run."""

    def __len__(self) -> int:
        return len(self._moulds)

    def start(
        self, program: Program, place: str, variables: Mapping[str, object], ports: Ports
    ) -> Step:
        """Begin a case at ``place``; Invalid when the variables cannot be stored."""
        root = given(variables)
        root.pop(CASE, None)
        for names, asks_place in self._reads.get(program.id, ()):
            mould = self._moulds.get(_key(program, place if asks_place else "", names, root))
            if mould is not None:
                self.stamped += 1
                return mould.stamp(root)
        if len(self._moulds) >= MOST_MOULDS:
            return start(program, variables, ports)
        return self._run(program, place, root, ports)

    def _run(self, program: Program, place: str, root: Scope, ports: Ports) -> Step:
        watch = _Watch()
        variables = _Variables()
        variables.watch = watch
        host = ports.feel.host
        feel = ports.feel if host is None else replace(ports.feel, host=_Host(host, watch))
        run = _WatchedRun(program, replace(ports, feel=feel), variables, {})
        run.watch = watch
        step = begun(run, root)
        mould = None if watch.own or not _is_plain(step, run) else _mould_of(step)
        if mould is not None:
            names = tuple(sorted(watch.names))
            key = _key(program, place if watch.asks_place else "", names, step.variables)
            reads = self._reads.setdefault(program.id, [])
            if (names, watch.asks_place) not in reads:
                reads.append((names, watch.asks_place))
            self._moulds[key] = mould
        return step


def _key(program: Program, place: str, names: tuple[str, ...], root: Mapping[str, object]) -> _Key:
    return (
        program.id,
        place,
        tuple(
            (
                name,
                orjson.dumps(root[name], option=orjson.OPT_SORT_KEYS) if name in root else _MISSING,
            )
            for name in names
        ),
    )


def _is_plain(step: Step, run: Run) -> bool:
    """Whether nothing but tokens and the case's own variables is in the state."""
    return not (
        step.ended
        or step.incidents
        or step.decisions
        or step.operations
        or step.signals
        or step.closed
        or run.variables.called
        or run.variables.local
        or run.failures
    )


def _mould_of(step: Step) -> _Mould | None:
    """The state in pieces; None where putting them together would not give the same again."""
    document: dict[str, Any] = orjson.loads(step.state)
    names = list(document)
    at = names.index("root")
    before = {name: document[name] for name in names[:at]}
    after = {name: document[name] for name in names[at + 1 :]}
    tokens = tuple(
        dict.fromkeys(str(row[0]) for _holder, rows in document["parts"] for row in rows)
    )
    if not tokens or not step.waits:
        return None
    # Between what is split off stands what it was split at: text, token, text, token, text.
    names_of_tokens = "|".join(map(re.escape, tokens))
    parts = re.split(f'(?<=")({names_of_tokens})(?=")', orjson.dumps(after)[1:].decode())
    pieces = tuple(piece.encode() for piece in parts[::2])
    mould = _Mould(
        step=step,
        head=orjson.dumps(before)[:-1] + b',"root":',
        pieces=(b"," + pieces[0], *pieces[1:]),
        tokens=tokens,
        places=tuple(tokens.index(token) for token in parts[1::2]),
    )
    same = mould.filled(dict(step.variables), tokens) == step.state
    knows_all = all(kind.keys() <= set(tokens) for kind in step.waits.kinds)
    return mould if same and knows_all else None
