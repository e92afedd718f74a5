"""The catalogue is whole: every finding has its sentences, none is left over, all are told of."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.sentences import Entry, Words, catalogue, sentences_of

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs/findings.md"
_BEGIN, _END = "<!-- findings -->\n", "<!-- /findings -->\n"
_SAID_BY = {"error", "warning", "finding", "BpmnRefused", "UnreadableXml", "sentences_of"}


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_an_entry_says_what_is_wrong_and_what_to_do_in_both_languages(key: str) -> None:
    entry = catalogue()[key]
    for zh, en in zip(entry.zh, entry.en, strict=True):
        assert re.search(r"[\u4e00-\u9fff{]", zh)
        assert zh.endswith(("。", "}", "?"))
        assert en.endswith((".", "}", "?"))
        assert not re.search(r"[\u4e00-\u9fff]", re.sub("“[^”]*”", "", en))
    # A value may be told in one of the two sentences only, but never in one language only.
    assert fields(*entry.en) <= fields(*entry.zh) | {"code"}


def fields(*templates: str) -> set[str]:
    return {name for t in templates for _, name, _, _ in string.Formatter().parse(t) if name}


def test_every_key_that_is_said_is_in_the_catalogue_and_every_entry_is_said() -> None:
    said, texts = set(), set()
    files = [
        path
        for path in sorted((ROOT / "engine").rglob("*.py"))
        if not path.is_relative_to(ROOT / "engine/jobs")  # their warnings go to the log
    ]
    for path in (*files, *sorted((ROOT / "webapp/api").glob("*.py"))):
        tree = ast.parse(path.read_text("utf-8"))
        said |= set(keys(tree))
        texts |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    assert {key for key in said if key not in catalogue()} == set()
    # From a kind or a case:
    built = {"separation-unknown", "message-reference", "error-reference", "signal-reference"}
    unsaid = {key for key in catalogue() if key not in texts}
    assert {key for key in unsaid if key.partition(".")[0] not in built} == set()


def keys(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            number = 1 if name == "finding" else 0
            for_the_log = getattr(getattr(node.func, "value", None), "id", "") == "log"
            if name in _SAID_BY and len(node.args) > number and not for_the_log:
                key = node.args[number]
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value


def test_the_codes_that_forms_and_decisions_give_are_in_the_catalogue() -> None:
    codes = set()
    for folder in ("forms", "decisions"):
        for path in sorted((ROOT / "engine" / folder).rglob("*.py")):
            found = re.findall(r'"((?:form|dmn)-[a-z-]+)"', path.read_text("utf-8"))
            codes |= set(found)
    assert codes - {key.partition(".")[0] for key in catalogue()} == set()


def test_values_are_told_in_the_language_of_the_sentence() -> None:
    message, hint = sentences_of("no-start", element=Words("流程“甲”", "process “甲”"))

    assert message == ("流程“甲”没有开始事件。", "Process “甲” has no start event.")
    assert hint == ("请画一个。", "Draw one.")


def test_the_documentation_tells_of_every_code() -> None:
    written = TABLE.read_text("utf-8").split(_BEGIN)[1].split(_END)[0]
    assert written == table()


def table() -> str:
    """Rows by code, as they stand in docs/findings.md."""
    lines = ["| code | 说明、怎么办 | what is wrong, what to do |", "|---|---|---|"]
    lines += [row(key, entry) for key, entry in sorted(catalogue().items())]
    return "\n".join(lines) + "\n"


def row(key: str, entry: Entry) -> str:
    code, _, case = key.partition(".")
    named = f"`{code}` ({case})" if case else f"`{code}`"
    cells = (named, "".join(entry.zh), " ".join(entry.en))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
