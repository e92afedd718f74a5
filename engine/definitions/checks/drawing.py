"""Is every element drawn? An element without a shape cannot be seen on the diagram page."""

from collections.abc import Iterator

from engine.definitions.bpmn_xml import BPMN_DIAGRAM
from engine.definitions.draft import Draft
from engine.definitions.findings import warning
from engine.errors import Finding
from engine.model.straightening import is_put_in
from engine.sentences import Words

_SHOWN = 5


def check(draft: Draft) -> Iterator[Finding]:
    """Elements and flows without a shape or an edge."""
    for file in draft.bpmn_files:
        drawn = {
            shape.get("bpmnElement", "")
            for name in ("BPMNShape", "BPMNEdge")
            for shape in file.root.iter(f"{{{BPMN_DIAGRAM}}}{name}")
        }
        for process in file.processes:
            missing = [node.id for node in process.nodes.values() if node.id not in drawn]
            missing += [flow.id for flow in process.flows if flow.id not in drawn]
            missing = [identity for identity in missing if not is_put_in(identity)]
            if missing:
                more = Words("", "")
                if len(missing) > _SHOWN:
                    count = len(missing)
                    more = Words(f"等 {count} 个", f" and others, {count} in all")
                yield warning(
                    "diagram-missing",
                    file.name,
                    process.element,
                    nodes=Words.listed(missing[:_SHOWN]),
                    more=more,
                )
