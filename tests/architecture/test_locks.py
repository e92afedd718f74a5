"""The lock files say which packages, with hashes, and not where they come from."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.conftest import PACKAGES, Source

LOCKS = (
    "requirements.lock",
    "requirements-test.lock",
    "requirements-fuzz.lock",
    "requirements-plots.lock",
    "webapp/assets/node.lock",
)
PARTS_OF_FLASK = {"itsdangerous", "jinja2", "markupsafe", "werkzeug"}
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pinned(path: Path) -> set[tuple[str, str]]:
    return {
        (normal(found[1]), found[2]) for found in PINNED.finditer(path.read_text(encoding="utf-8"))
    }


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_hashes(root: Path, name: str) -> None:
    blocks = (root / name).read_text(encoding="utf-8").split("\n")
    packages = [number for number, line in enumerate(blocks) if "==" in line]
    assert packages
    assert all(blocks[number + 1].startswith("    --hash=sha256:") for number in packages)


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_is_in_a_lock(root: Path, name: str) -> None:
    assert "://" not in (root / name).read_text(encoding="utf-8")


def test_the_browser_s_packages_have_hashes_and_no_addresses(root: Path) -> None:
    lock = json.loads((root / "webapp/assets/package-lock.json").read_text(encoding="utf-8"))
    packages = [package for path, package in lock["packages"].items() if path]
    assert all(package["integrity"].startswith("sha512-") for package in packages)
    assert not any("resolved" in package for package in packages)


def test_the_tests_run_on_what_is_delivered(root: Path) -> None:
    assert pinned(root / "requirements.lock") <= pinned(root / "requirements-test.lock")


def test_the_locks_hold_every_declared_package(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    for lock, declared in (
        ("requirements.lock", [*project["project"]["dependencies"], *groups["build"]]),
        ("requirements-test.lock", [*groups["test"], *groups["lint"]]),
        ("webapp/assets/node.lock", groups["assets"]),
        ("requirements-fuzz.lock", groups["fuzz"]),
        ("requirements-plots.lock", groups["plots"]),
    ):
        wanted = {normal(re.split(r"[^A-Za-z0-9._-]", text)[0]) for text in declared}
        assert wanted <= {name for name, _ in pinned(root / lock)}


def test_what_is_imported_is_declared(root: Path, sources: tuple[Source, ...]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    declared = {
        normal(re.split(r"[^A-Za-z0-9._-]", text)[0]) for text in project["project"]["dependencies"]
    }
    brought_by = packages_distributions()
    imported = {
        (module, source.name)
        for source in sources
        for node in ast.walk(source.tree)
        for module in _imported(node)
        if module not in PACKAGES and module not in sys.stdlib_module_names
    }
    assert imported
    assert {
        (module, name)
        for module, name in imported
        if module not in PARTS_OF_FLASK
        and not {normal(brought) for brought in brought_by.get(module, [])} & declared
    } == set()


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [name.name.partition(".")[0] for name in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module.partition(".")[0]]
        case _:
            return []
