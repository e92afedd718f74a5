"""Whoever reads files needs no database, no web and no spreadsheets: a start is paid each time."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.crash.installation import PASSWORD, PROCESS, Installation, prepare
from webapp.opening import open_installation
from webapp.settings import Settings

NOT_FOR_FILES = ("sqlalchemy", "alembic", "flask", "openpyxl", "pypdf", "psycopg", "waitress")
NOT_FOR_A_CHECK = ("alembic", "flask", "openpyxl", "pypdf", "waitress")
NOT_FOR_THE_FIRST_PAGE = (
    "PIL",
    "alembic",
    "engine.feel.parser",
    "lark",
    "openpyxl",
    "psycopg",
    "pypdf",
    "segno",
)
NOT_FOR_A_WORKER = ("openpyxl", "psycopg", "waitress", "webapp.app")


def imported(root: Path, program: str, surroundings: Mapping[str, str] | None = None) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"{program}\nimport sys; print(*sys.modules)"],
        cwd=root,
        env=surroundings,
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


FIRST_PAGE = """
import os
from webapp.quick_start import quick_start
with quick_start():
    import webapp.commands.serving
from webapp.app import create_app
from webapp.opening import open_installation
from webapp.settings import Settings
opened = open_installation(Settings.from_environ(os.environ))
session = opened.engine.accounts.sign_in("reviewer", os.environ["WORD"], "127.0.0.1", "web").token
client = create_app(opened.settings, opened.engine, opened.registry).test_client()
client.set_cookie("session", session)
page = client.get("/inbox")
assert page.status_code == 200 and "待办" in page.text, page.text
"""


def test_the_first_page_on_sqlite_reads_nothing_that_it_does_not_show(
    root: Path, tmp_path: Path
) -> None:
    installation = Installation(f"sqlite:///{tmp_path}/start.db", tmp_path)
    prepare(installation.url, tmp_path, PROCESS)
    surroundings = {**installation.environment, "WORD": PASSWORD}
    open_installation(Settings.from_environ(surroundings)).engine.close()  # brings the schema up
    read = imported(root, FIRST_PAGE, surroundings)
    assert not read & set(NOT_FOR_THE_FIRST_PAGE)


def test_a_worker_reads_nothing_of_the_pages(root: Path) -> None:
    assert not imported(root, "import webapp.commands.working") & set(NOT_FOR_A_WORKER)


def test_the_public_names_are_all_there(root: Path) -> None:
    program = """
import engine, registry
for package in (engine, registry):
    for name in package.__all__:
        assert not hasattr(getattr(package, name), "__path__"), name
        assert type(getattr(package, name)).__name__ != "module", name
"""
    imported(root, program)
