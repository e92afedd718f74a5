"""Rules of the house that no general tool knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from engine import errors
from tests.architecture.conftest import Source

MAY_COMMIT = re.compile(r"engine/(api/commands|opening|store/.*)\.py")
MAY_HAND_ON_THE_ENVIRONMENT = {"webapp/cli.py", "webapp/wsgi.py"}
RUNS_TEXT = {"eval", "exec", "compile", "__import__"}


def test_only_the_engine_s_commands_commit(sources: tuple[Source, ...]) -> None:
    assert [
        source.at(node)
        for source in sources
        if MAY_COMMIT.fullmatch(source.name) is None
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ] == []


def test_only_the_settings_read_the_environment(sources: tuple[Source, ...]) -> None:
    assert [
        source.at(node)
        for source in sources
        for node in ast.walk(source.tree)
        if _reads_environment(node) and source.name not in MAY_HAND_ON_THE_ENVIRONMENT
    ] == []


def test_who_starts_the_program_hands_the_environment_to_the_settings(
    sources: tuple[Source, ...],
) -> None:
    for source in sources:
        if source.name in MAY_HAND_ON_THE_ENVIRONMENT:
            handed_on = [
                argument
                for node in ast.walk(source.tree)
                if isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "from_environ"
                for argument in node.args
            ]
            read = [node for node in ast.walk(source.tree) if _reads_environment(node)]
            assert [source.at(node) for node in read if node not in handed_on] == []


def _reads_environment(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id="os"), attr=("environ" | "environb" | "getenv")):
            return True
        case ast.ImportFrom(module="os", names=names):
            return any(name.name in ("environ", "environb", "getenv") for name in names)
        case _:
            return False


def test_text_is_never_run_as_python(sources: tuple[Source, ...]) -> None:
    assert [
        source.at(node)
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in RUNS_TEXT
    ] == []


def test_the_code_knows_no_process(root: Path, sources: tuple[Source, ...]) -> None:
    keys = sorted(path.name for path in (root / "processes").iterdir() if path.is_dir())
    assert keys
    named = re.compile(rf"\b({'|'.join(map(re.escape, keys))})\b")
    assert [
        f"{source.at(node)} {text!r}"
        for source in sources
        for node, text in _texts_that_matter(source.tree)
        if named.search(text)
    ] == []


def _texts_that_matter(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """All texts but those that stand alone: a docstring may give an example."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node, node.value


def test_every_error_is_drawn_in_the_tree(sources: tuple[Source, ...]) -> None:
    drawn = set(re.findall(r"\w+", (errors.__doc__ or "").partition("The message")[0]))
    assert {error.__name__ for error in _all_errors(errors.BangfuError)} <= drawn


def test_every_error_has_its_status() -> None:
    from webapp.shared import errors as web_errors

    tables = [
        table
        for table in vars(web_errors).values()
        if isinstance(table, dict)
        and table
        and all(isinstance(key, type) and issubclass(key, errors.BangfuError) for key in table)
    ]
    assert len(tables) == 1, "one table says which error is which status"
    leaves = {error for error in _all_errors(errors.BangfuError) if not error.__subclasses__()}
    assert {error.__name__ for error in leaves - tables[0].keys()} == set()


def _all_errors(error: type[errors.BangfuError]) -> Iterator[type[errors.BangfuError]]:
    yield error
    for below in error.__subclasses__():
        # A test may define errors of its own.
        if below.__module__ == errors.__name__:
            yield from _all_errors(below)
