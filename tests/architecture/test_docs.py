"""What the documentation tells people to type is right."""

import ast
import re
from pathlib import Path

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.checks.properties import EVERYWHERE, ON_TAGS
from engine.definitions.folder import read_folder
from engine.model import incoming, public_words
from tests.architecture.conftest import ROOT
from webapp.commands.operating import as_markdown
from webapp.opening import operations
from webapp.standard.roles import ROLES

BLOCK = re.compile(r"^`((?:processes|forms)/\S+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)[^)]*\)")


@pytest.fixture
def written(root: Path, tmp_path: Path) -> Path:
    """A folder with the files of the how-to, as a reader would copy them."""
    text = (root / "docs/add-a-process.md").read_text(encoding="utf-8")
    for name, content in BLOCK.findall(text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tmp_path


def test_the_process_of_the_how_to_has_no_faults(written: Path) -> None:
    known = Known(
        roles={role.code: role for role in ROLES},
        operations={},
        parameters=frozenset(),
        deployed={},
    )
    bundle = read_folder(written / "processes", written / "forms", "tool_loan")
    assert [finding.message for finding in check_bundle(bundle, known)] == []


def test_every_property_a_process_may_have_is_told_where_one_is_made(root: Path) -> None:
    told = "".join(
        (root / "docs" / page).read_text(encoding="utf-8")
        for page in ("add-a-process.md", "receipts.md")
    )
    refused = {"role:grassroots"}  # below every lane, and told so
    known = EVERYWHERE.union(
        *ON_TAGS.values(),
        public_words.ON_NODES,
        public_words.ON_PROCESSES,
        public_words.ON_MESSAGES,
        incoming.ON_MESSAGES,
    )
    assert sorted(name for name in known - refused if f"`{name}`" not in told) == []


PAGES = [
    "README.md",
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")),
]


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(root: Path, name: str) -> None:
    page = root / name
    links = LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


TRAPS = "docs/spiffworkflow-traps.md"
ROW = re.compile(r"^\| (?!Trap \|)(?!-)(.+) \| (.+) \| (.+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


def test_every_trap_has_tests_that_exist(root: Path) -> None:
    rows = ROW.findall((root / TRAPS).read_text(encoding="utf-8"))
    assert rows
    missing = [
        (trap, name)
        for trap, _, tests in rows
        for name in NAMED.findall(tests) or ["no test"]
        if not _exists(root / "tests", name)
    ]
    assert missing == []


def _exists(tests: Path, name: str) -> bool:
    folder, _, broken = name.partition("/")
    if folder == "broken":
        return (tests / f"unit/definitions/broken/{broken}.bpmn").exists()
    path, _, function = name.partition("::")
    if not function or not (tests / path).is_file():
        return False
    tree = ast.parse((tests / path).read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in tree.body)


def test_the_page_of_operations_is_what_the_code_declares(root: Path) -> None:
    written = (root / "docs/operations.md").read_text(encoding="utf-8")
    assert written.rstrip() == as_markdown(operations())
