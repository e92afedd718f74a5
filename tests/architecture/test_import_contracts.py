"""The import contracts of pyproject.toml hold, and each of them would notice a breach."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# Who would import what, in a copy of the tree; the name of the contract that must object.
BREACHES = {
    "engine.work.planted_web": ("flask", "engine and registry never import the web"),
    "registry.planted_web": ("jinja2", "engine and registry never import the web"),
    "engine.work.planted_door": ("SpiffWorkflow", "only engine.runtime knows SpiffWorkflow"),
    "webapp.api.planted_door": ("SpiffWorkflow", "the web never touches SQLAlchemy"),
    "engine.work.planted_sql": ("sqlalchemy", "only the stores know SQLAlchemy"),
    "webapp.api.planted_sql": ("sqlalchemy", "the web never touches SQLAlchemy"),
    "engine.model.planted_up": ("engine.store", "inside the engine"),
    "engine.feel.planted_up": ("engine.forms", "inside the engine"),
    "engine.definitions.planted_up": ("engine.work", "inside the engine"),
    "engine.store.planted_sibling": ("engine.runtime", "inside the engine"),
    "engine.planted_package": ("engine.errors", "inside the engine"),
    "engine.planted_back": ("registry", "webapp -> registry -> engine"),
    "registry.planted_back": ("webapp", "webapp -> registry -> engine"),
    "webapp.inbox.planted_feature": ("webapp.tasks", "web features do not import each other"),
    "webapp.shared.planted_up": ("webapp.inbox", "web features do not import each other"),
    "engine.model.planted_cycle_a": ("engine.model.planted_cycle_b", "no cycles"),
    "engine.model.planted_cycle_b": ("engine.model.planted_cycle_a", "no cycles"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-logo", "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold(root: Path) -> None:
    result = lint_imports(root)
    assert result.returncode == 0, result.stdout


@pytest.fixture(scope="module")
def objections(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each contract says about a copy of the tree with every breach in it, by its name."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copy(root / "pyproject.toml", copy)
    for package in ("engine", "registry", "webapp"):
        no_data = shutil.ignore_patterns("node_modules", "static", "__pycache__")
        shutil.copytree(root / package, copy / package, ignore=no_data)
    for module, (imported, _) in BREACHES.items():
        path = copy / (module.replace(".", "/") + ".py")
        for folder in (path.parent, copy / "webapp/tasks"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").touch()
        path.write_text(f"import {imported}\n", encoding="utf-8")
    words = lint_imports(copy).stdout.partition("Broken contracts")[2]
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    names = [c["name"] for c in contracts["tool"]["importlinter"]["contracts"]]
    places = sorted((words.index(f"\n{name}\n"), name) for name in names if name in words)
    ends = [place for place, _ in places[1:]] + [len(words)]
    return {name: words[place:end] for (place, name), end in zip(places, ends, strict=True)}


@pytest.mark.parametrize("module", BREACHES)
def test_a_breach_is_noticed(objections: dict[str, str], module: str) -> None:
    _, contract = BREACHES[module]
    said = [words for name, words in objections.items() if name.startswith(contract)]
    assert said, f"no contract {contract!r} was broken"
    # The contract about cycles names siblings by their last word.
    shown = f".{module.rpartition('.')[2]}" if contract == "no cycles" else module
    assert shown in said[0], said[0]


def test_every_feature_of_the_web_is_in_the_contract(root: Path) -> None:
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    (web,) = (
        c
        for c in contracts["tool"]["importlinter"]["contracts"]
        if c["id"] == "features-independent"
    )
    listed = {name.strip(" ()") for layer in web["layers"] for name in layer.split("|")}
    assert {path.parent.name for path in (root / "webapp").glob("*/routes.py")} <= listed
