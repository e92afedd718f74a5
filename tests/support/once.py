"""What hundreds of tests make alike is made once in a process.

Each test has its own database, engine and application. Making them is the same work every time:
compiling process files, page templates, routes and SQL, and hashing passwords slowly. What comes
out depends on nothing of the test, so it is kept.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
import sqlalchemy
from argon2 import PasswordHasher
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from engine.model.definitions import DefinitionSource
from engine.runtime import compile_program, read_outline
from engine.store import database
from engine.work import accounts, environment

_MOST_STATEMENTS = 4_000
Made = TypeVar("Made")


@contextmanager
def made_once() -> Iterator[None]:
    """Keep all of it as long as this lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment, "compile_program", _once(compile_program))
        patch.setattr(environment, "read_outline", _once(read_outline))
        patch.setattr(database, "create_engine", _engines())
        patch.setattr(Environment, "__init__", _templates(Environment.__init__))
        patch.setattr(Rule, "_compile_builder", _routes(getattr(Rule, "_compile_builder")))  # noqa: B009
        yield


def hash_quickly() -> None:
    """Passwords of tests need not be slow to guess. Before the first of them is hashed."""
    setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))  # noqa: B010


def _once(make: Callable[[DefinitionSource], Made]) -> Callable[[DefinitionSource], Made]:
    made: dict[str, Made] = {}

    def make_once(source: DefinitionSource) -> Made:
        key = repr(source)
        if key not in made:
            made[key] = make(source)
        return made[key]

    return make_once


class _Statements(MutableMapping[tuple[Any, ...], Any]):
    """Compiled SQL of all databases of one kind: it does not say which it goes to."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[Any, ...], Any] = LRUCache(_MOST_STATEMENTS)

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return self._kept[key[1:]]

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return self._kept.get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[key[1:]] = compiled

    def __delitem__(self, key: tuple[Any, ...]) -> None:
        del self._kept[key[1:]]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _engines() -> Callable[..., sqlalchemy.Engine]:
    statements: dict[str, _Statements] = {}

    def create(*asked: Any, **options: Any) -> sqlalchemy.Engine:
        made = sqlalchemy.create_engine(*asked, **options)
        kept = statements.setdefault(made.dialect.name, _Statements())
        made.update_execution_options(compiled_cache=kept)
        return made

    return create


class _Pages(BytecodeCache):
    """Page templates that were compiled, in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


def _templates(begin: Callable[..., None]) -> Callable[..., None]:
    pages = _Pages()

    def begin_with_pages(made: Environment, *asked: Any, **options: Any) -> None:
        begin(made, *asked, bytecode_cache=pages, **options)

    return begin_with_pages


def _routes(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    built: dict[tuple[object, ...], Any] = {}

    def compile_once(rule: Any, append_unknown: bool = True) -> Any:
        defaults = tuple(sorted((rule.defaults or {}).items()))
        key = (rule.rule, rule.subdomain, rule.host, defaults, append_unknown)
        if key not in built:
            built[key] = compile_builder(rule, append_unknown)
        return built[key]

    return compile_once
