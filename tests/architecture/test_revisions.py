"""A revision adds and never takes away: the release before it runs on its schema (docs/scale.md).

What is read by nobody any more is taken away by a later release. Such a revision says so with
``CONTRACTS = "which release was the last to read it"``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.schema import ENGINE
from registry import BRANCH

REVISIONS = sorted(path for branch in (ENGINE, BRANCH) for path in branch.versions.glob("[!_]*.py"))
TAKES_AWAY = frozenset(
    ("drop_table", "drop_column", "rename_table", "alter_column", "drop_constraint")
)
MUST_HOLD_FOR_WHAT_IS_WRITTEN = frozenset(
    ("create_check_constraint", "create_unique_constraint", "create_foreign_key")
)


@pytest.mark.parametrize("path", REVISIONS, ids=lambda path: path.stem)
def test_a_revision_only_adds(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    says_so = any(
        isinstance(one, ast.Assign) and getattr(one.targets[0], "id", "") == "CONTRACTS"
        for one in tree.body
    )
    assert says_so or list(_faults(tree)) == []


def test_what_takes_away_is_found() -> None:
    tree = ast.parse(
        "def upgrade():\n"
        "    op.drop_column('task', 'note')\n"
        "    rank = sa.Column('rank', sa.Integer(), nullable=False)\n"
        "    op.add_column('task', rank)\n"
        "    op.add_column('task', sa.Column('seen', sa.Integer(), nullable=True))\n"
        "    op.execute('ALTER TABLE task RENAME COLUMN a TO b')\n"
        "def downgrade():\n"
        "    op.drop_table('task')\n"
    )
    assert [line for line, _ in _faults(tree)] == [2, 3, 6]


def _faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and what is done there that the release before may not survive."""
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef) or function.name == "downgrade":
            continue
        calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
        made = {
            id(inner) for one in calls if _name(one) == "create_table" for inner in ast.walk(one)
        }
        adds = any(_name(one) == "add_column" for one in calls)
        for call in calls:
            if _name(call) in TAKES_AWAY | MUST_HOLD_FOR_WHAT_IS_WRITTEN:
                yield call.lineno, _name(call)
            if adds and _name(call) == "Column" and id(call) not in made and _must_be_filled(call):
                yield call.lineno, "a column that the release before does not fill"
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.upper()
                if "ALTER TABLE" in words or "DROP TABLE" in words:
                    yield node.lineno, node.value


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def _must_be_filled(column: ast.Call) -> bool:
    """Whether it is NOT NULL and the database has nothing to put into it."""
    named = {word.arg: word.value for word in column.keywords}
    nullable = named.get("nullable")
    is_needed = isinstance(nullable, ast.Constant) and nullable.value is False
    return is_needed and "server_default" not in named
