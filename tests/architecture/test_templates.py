"""The three template rules of .djlint_rules.yaml notice what they are for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FAULTS = {
    "P001": "<p>{{ text | safe }}</p>",
    "P002": '<button type="button" onclick="go()">走</button>',
    "P003": '<form action="{{ url_for(\'tasks.show\') }}" method="post"><p>无</p></form>',
}
FINE = """<p>{{ text }}</p>
<button type="button" data-go="1">走</button>
<form action="{{ url_for('tasks.show') }}" method="post">
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
</form>
"""


def djlint(root: Path, folder: Path, text: str) -> str:
    shutil.copy(root / "pyproject.toml", folder)
    shutil.copy(root / ".djlint_rules.yaml", folder)
    (folder / "page.html").write_text(text, encoding="utf-8")
    program = Path(sys.executable).with_name("djlint")
    done = subprocess.run(
        [program, "page.html", "--lint"], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_is_noticed(root: Path, tmp_path: Path, rule: str) -> None:
    assert rule in djlint(root, tmp_path, FAULTS[rule])


def test_a_template_without_faults_passes(root: Path, tmp_path: Path) -> None:
    assert "found 0 errors" in djlint(root, tmp_path, FINE)
