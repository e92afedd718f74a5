"""What makes a command of ours ready sooner: how its thousand modules are read."""

import dataclasses
import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import Field, FrozenInstanceError
from operator import attrgetter
from reprlib import recursive_repr
from typing import Any

Method = Callable[..., Any]
Fields = Sequence[Field[Any]]


@contextmanager
def quick_start() -> Iterator[None]:
    """Read modules without looking for garbage, and make data classes of fewer compilations.

    A fifth of a server's start went into looking for garbage among what modules leave behind, and
    each later look would go through all of it again.
    """
    gc.disable()
    try:
        with _few_compilations():
            yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _few_compilations() -> Iterator[None]:
    """Let :mod:`dataclasses` compile one method a class, not six.

    Before Python 3.13 it writes, compiles and runs a text for each method, a quarter of what
    reading our modules takes (decision 0049). All but ``__init__`` are the same for every class
    but for the names of its fields: here they are closures that do what the texts do. What is read
    afterwards is made by the library alone.
    """
    if sys.version_info >= (3, 13):
        yield
        return
    library: Any = dataclasses
    before = {name: getattr(library, name) for name in _CLOSURES}
    for name, closure in _CLOSURES.items():
        setattr(library, name, closure)
    try:
        yield
    finally:
        for name, own in before.items():
            setattr(library, name, own)


def _frozen(cls: Any, fields: Fields, _globals: object) -> tuple[Method, Method]:
    names = frozenset(field.name for field in fields)

    def __setattr__(self: object, name: str, value: object) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def __delattr__(self: object, name: str) -> None:  # noqa: N807
        if type(self) is cls or name in names:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return __setattr__, __delattr__


def _shown(fields: Fields, _globals: object) -> Method:
    names = [field.name for field in fields]

    def __repr__(self: object) -> str:  # noqa: N807
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    return recursive_repr()(__repr__)


def _hashed(fields: Fields, _globals: object) -> Method:
    values = _values([field.name for field in fields])

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(values(self))

    return __hash__


def _equal(name: str, sign: str, ours: str, theirs: str, **others: object) -> Method:
    """``ours`` is ``(self.a,self.b,)``, how the library tells which fields are compared."""
    if sign != "==":
        made: Method = _COMPARED(name, sign, ours, theirs, **others)
        return made
    values = _values([one.partition(".")[2] for one in ours.strip("(),").split(",") if one])

    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        if other.__class__ is self.__class__:
            return values(self) == values(other)
        return NotImplemented

    return __eq__


def _values(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """What reads these fields as a tuple."""
    if not names:
        return lambda _one: ()
    read: Any = attrgetter(*names)
    return read if len(names) > 1 else lambda one: (read(one),)


_COMPARED: Method = getattr(dataclasses, "_cmp_fn", _equal)
_CLOSURES: dict[str, Method] = {
    "_frozen_get_del_attr": _frozen,
    "_repr_fn": _shown,
    "_hash_fn": _hashed,
    "_cmp_fn": _equal,
}
"""What replaces the library's makers of methods, by their names in Python 3.11 and 3.12."""
