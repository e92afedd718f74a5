"""The engine and the registry run where no web framework is installed."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import importlib, pkgutil, sys

WEB = {"flask", "werkzeug", "jinja2", "waitress", "flask_babel", "flask_wtf", "webapp"}


class NoWeb:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in WEB:
            raise ModuleNotFoundError(f"{name} is blocked", name=name)


sys.meta_path.insert(0, NoWeb())
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if ".migrations" not in module.name:  # those files run inside Alembic
        importlib.import_module(module.name)
"""


@pytest.mark.parametrize("package", ["engine", "registry"])
def test_it_imports_with_the_web_blocked(root: Path, package: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, package],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
