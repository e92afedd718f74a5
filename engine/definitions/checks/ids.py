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
                file.name,
                flow,
                source=flow.get("sourceRef", ""),
                target=flow.get("targetRef", ""),
                id=flow.get("id", ""),
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
                yield error("id-missing", file.name, element, element=described(element))
            continue
        if identity in seen:
            yield error(
                "id-duplicate", file.name, element, identity=identity, element=described(element)
            )
        seen.add(identity)
        if not _ID.fullmatch(identity):
            yield error("id-invalid", file.name, element, identity=identity[:60])
        elif _is_the_engines(element, identity):
            yield error(
                "id-reserved", file.name, element, identity=identity, element=described(element)
            )
