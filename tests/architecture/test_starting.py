"""Whoever reads files needs no database, no web and no spreadsheets: a start is paid each time."""

import subprocess
import sys
from pathlib import Path

import pytest

NOT_FOR_FILES = ("sqlalchemy", "alembic", "flask", "openpyxl", "pypdf", "psycopg", "waitress")
NOT_FOR_A_CHECK = ("alembic", "flask", "openpyxl", "pypdf", "waitress")


def imported(root: Path, program: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(told.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "module", ["engine", "engine.feel", "engine.definitions.apart", "engine.forms", "webapp.cli"]
)
def test_reading_files_imports_no_database_and_no_web(root: Path, module: str) -> None:
    assert not imported(root, f"import {module}") & set(NOT_FOR_FILES)


def test_a_check_of_one_file_imports_what_operations_need_and_no_more(root: Path) -> None:
    program = "from webapp.cli import main\nmain(['check', 'processes/example_request'])"
    assert not imported(root, program) & set(NOT_FOR_A_CHECK)


def test_the_public_names_are_all_there(root: Path) -> None:
    program = """
import engine, registry
for package in (engine, registry):
    for name in package.__all__:
        assert not hasattr(getattr(package, name), "__path__"), name
        assert type(getattr(package, name)).__name__ != "module", name
"""
    imported(root, program)
