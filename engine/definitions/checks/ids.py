"""Has every element an id that is its own and that the engine does not use itself?"""

import re
from collections.abc import Iterator

from engine.definitions.bpmn_xml import BPMN, Element
from engine.definitions.diagram import OTHER_NODES, RUN_NODES, described, local_name
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.model.straightening import is_put_in

_ID = re.compile(r"[^\W\d][\w.\-]*")
_ENGINES_OWN = frozenset({"Start", "End", "Root"})
_ENGINES_ENDINGS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")


def check(draft: Draft) -> Iterator[Finding]:
    """Ids missing, doubled, unusable, or colliding with the engine's own."""
    for file in draft.bpmn_files:
        yield from _ids(file)
        for flow in file.unnamed_flows:
            yield warning(
                "flow-without-id",
                f"从“{flow.get('sourceRef', '')}”到“{flow.get('targetRef', '')}”的连线没有编号,"
                f"已自动编为“{flow.get('id', '')}”。建议在编辑器中打开并保存一次。",
                file.name,
                flow,
            )


def _is_the_engines(element: Element, identity: str) -> bool:
    if is_put_in(identity):
        # Our own come from the drawing as it was read; a designer's would stand in the file.
        return element.sourceline is not None and element.sourceline > 0
    return identity in _ENGINES_OWN or identity.endswith(_ENGINES_ENDINGS)


def _ids(file: BpmnFile) -> Iterator[Finding]:
    seen: set[str] = set()
    for element in file.root.iter(f"{{{BPMN}}}*"):
        identity = element.get("id")
        if identity is None:
            if local_name(element) in RUN_NODES | OTHER_NODES:
                yield error(
                    "id-missing",
                    f"{described(element)}没有编号(id),引擎会漏掉它。请在编辑器中打开并保存一次。",
                    file.name,
                    element,
                )
            continue
        if identity in seen:
            yield error(
                "id-duplicate",
                f"编号“{identity}”用了不止一次,{described(element)}须换一个编号。",
                file.name,
                element,
            )
        seen.add(identity)
        if not _ID.fullmatch(identity):
            yield error(
                "id-invalid",
                f"编号“{identity[:60]}”不能用:请用文字、数字、-、_ 和 .,不以数字开头。",
                file.name,
                element,
            )
        elif _is_the_engines(element, identity):
            yield error(
                "id-reserved",
                f"编号“{identity}”是引擎自己用的,{described(element)}须换一个,例如“{identity}_1”。",
                file.name,
                element,
            )
