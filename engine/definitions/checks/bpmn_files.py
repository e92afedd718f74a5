"""Is each BPMN file one executable process with a key of its own?"""

import re
from collections.abc import Iterator

from engine.definitions.diagram import described
from engine.definitions.draft import SUFFIXES, Draft
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.definitions import Bundle

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def check_names(bundle: Bundle) -> Iterator[Finding]:
    """Whether every file is of a kind that can be deployed, and no two have one name."""
    seen: set[str] = set()
    for file in bundle.files:
        if not file.name.endswith(SUFFIXES):
            yield error(
                "file-type",
                f"“{file.name}”不是流程文件。"
                "只能部署 .bpmn、.dmn、.form 和 .document 文件,请移出这个文件。",
                file.name,
            )
        if file.name in seen:
            yield error("file-duplicate", f"有两个文件都叫“{file.name}”,请改名。", file.name)
        seen.add(file.name)
    if not any(file.name.endswith(".bpmn") for file in bundle.files):
        yield error("no-process", "没有 .bpmn 流程文件。请一并选择流程文件。", "")


def check(draft: Draft) -> Iterator[Finding]:
    """One process a file, executable, its key plain and used once."""
    keys: dict[str, str] = {}
    for file in draft.bpmn_files:
        if not file.processes:
            yield error(
                "no-process",
                f"“{file.name}”里没有流程(process)。请画一个流程。",
                file.name,
                file.root,
            )
        for process in file.processes[1:]:
            yield error(
                "several-processes",
                f"“{file.name}”里有多个流程,{described(process.element)}是多出来的。"
                "请每个文件只放一个流程,另一个存为单独的文件,用“调用流程”连接。",
                file.name,
                process.element,
            )
        for process in file.processes:
            if process.element.get("isExecutable") != "true":
                yield error(
                    "not-executable",
                    f"{described(process.element)}没有标为可执行(isExecutable)。请在编辑器中勾选“可执行”。",
                    file.name,
                    process.element,
                )
            if not _KEY.fullmatch(process.key):
                yield error(
                    "process-key",
                    f"{described(process.element)}的编号“{process.key}”不能用。"
                    "请用英文字母、数字、- 和 _,以字母开头,不超过 64 个字符。",
                    file.name,
                    process.element,
                )
            elif process.key in keys:
                yield error(
                    "process-duplicate",
                    f"流程编号“{process.key}”在“{keys[process.key]}”里已经有了。请改一个。",
                    file.name,
                    process.element,
                )
            keys.setdefault(process.key, file.name)
