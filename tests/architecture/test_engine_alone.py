"""The engine and the registry run where no web framework is installed."""

import re
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
if sys.argv[1] == "--run":
    exec(sys.argv[2])
    sys.exit()
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


def test_the_ten_lines_of_the_documentation_run_with_the_web_blocked(
    root: Path, tmp_path: Path
) -> None:
    page = (root / "docs/engine.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len([line for line in lines.splitlines() if line and "import" not in line]) <= 10
    for name in ("processes", "forms"):
        (tmp_path / name).symlink_to(root / name)
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--run", lines],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("漳芗-")
