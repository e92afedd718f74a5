"""Read one process of a BPMN file: elements, flows, lanes; refuse what is not run as drawn."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from engine.model.definitions import (
    ROLE_AT,
    Element,
    ElementKind,
    FlowTarget,
    Lane,
    LaneKind,
    ProcessInfo,
)
from engine.model.organisations import LEVELS
from engine.runtime.diagram import Diagram, Flow, Node
from engine.runtime.extensions import B, ExtensionReader, form_id_of, properties_of
from engine.runtime.findings import Findings, label_of, line_of
from engine.runtime.structure import check_structure
from engine.runtime.vocabulary import (
    ACTIVITIES,
    ATTRIBUTES,
    CHILDREN,
    EXTENSION_PARTS,
    EXTENSIONS,
    NODES,
    ZEEBE,
    is_bpmn,
    is_harmless_attribute,
    is_of_drawing,
    local_name,
    namespace_of,
)

MOST_ELEMENTS = 2000
"""Flow nodes and flows of one process."""

_KINDS = {kind.value: kind for kind in ElementKind} | {
    "sendTask": ElementKind.SERVICE_TASK,
    "receiveTask": ElementKind.CATCH,
}
_REASONS = {
    "task": "未定类型的任务不知由谁办,请改成用户任务或脚本任务。",
    "manualTask": "手工任务系统无法知道何时完成,请改成用户任务。",
    "complexGateway": "不支持复杂网关,请改用排他、并行或包容网关。",
    "transaction": "不支持事务子流程,请改用普通子流程和错误边界事件。",
    "adHocSubProcess": "不支持临时子流程,请改用普通子流程。",
    "dataObject": "不支持数据对象:变量由表单和映射写入。请删去,需要说明时用文字注释。",
    "dataObjectReference": "不支持数据对象:变量由表单和映射写入。请删去,需要说明时用文字注释。",
    "dataStoreReference": "不支持数据存储。请删去,需要说明时用文字注释。",
    "ioSpecification": "不支持 ioSpecification。请用输入、输出映射。",
    "dataInputAssociation": "不支持数据关联。请用输入映射。",
    "dataOutputAssociation": "不支持数据关联。请用输出映射。",
    "timeCycle": "不支持周期定时。请用时长或日期。",
    "signalEventDefinition": "信号不能启动流程,也不能启动子流程。请改用信号等待事件。",
    "escalationEventDefinition": "不支持升级事件。请改用边界定时事件。",
    "conditionalEventDefinition": "不支持条件事件。请改用网关。",
    "compensateEventDefinition": "不支持补偿事件。请把撤销步骤画出来。",
    "cancelEventDefinition": "不支持取消事件。请改用错误事件。",
    "linkEventDefinition": "不支持链接事件。请用流程线直接相连。",
    "loopCardinality": "多实例不支持次数。请写明对哪个列表逐项办理。",
    "script": "脚本只能用 zeebe:script 的 FEEL 表达式。",
}


def read_diagram(root: etree._Element, key: str, findings: Findings) -> Diagram | None:
    """The process of a file by its key, everything wrong reported; None when it is not there."""
    processes = list(root.iter(B + "process"))
    process = next((p for p in processes if p.get("id") == key), None)
    if process is None:
        findings.add(None, "process-missing", f"文件里没有编号为“{key}”的流程。")
        return None
    for other in processes:
        if other is not process:
            findings.add(
                other,
                "several-processes",
                f"一个文件只放一个流程,另有“{label_of(other)}”。请另存为一个文件。",
            )
    return _Reader(root, process, key, findings).read()


class _Reader:
    def __init__(
        self, root: etree._Element, process: etree._Element, key: str, findings: Findings
    ) -> None:
        self.root, self.process, self.key, self.findings = root, process, key, findings
        self.extensions = ExtensionReader(root, findings)
        self.flows: dict[str, list[Flow]] = {}
        self.arrivals: Counter[str] = Counter()
        self.elements: dict[str, etree._Element] = {}
        self.names = {e.get("id"): e.get("name") for e in process.iter() if e.get("id")}

    def read(self) -> Diagram:
        self._check_vocabulary()
        self._check_ids()
        self._read_flows()
        info = self._info()
        lanes = self._lanes()
        found = list(self._nodes(self.process, self.key, None, lanes))
        count = len(found) + sum(len(flows) for flows in self.flows.values())
        if count > MOST_ELEMENTS:
            self.findings.add(
                self.process,
                "too-large",
                f"流程有 {count} 个元素和流程线,超过 {MOST_ELEMENTS} 个。请拆成几个流程。",
            )
        nodes = {node.id: node for node in found}
        diagram = Diagram(info, self.findings.file, self.root, nodes)
        check_structure(diagram, self.elements, self.key, self.findings)
        return diagram

    # Nothing is ignored --------------------------------------------------------------

    def _check_vocabulary(self) -> None:
        if self.process.get("isExecutable", "true") != "true":
            self.findings.add(
                self.process, "not-executable", "流程没有标为可执行(isExecutable)。请勾选后再上传。"
            )
        for element in (
            *self.process.iter(),
            *self.root.iter(B + "message", B + "error", B + "signal"),
        ):
            if is_bpmn(element):
                self._check_children(element)
                self._check_attributes(element)

    def _check_children(self, element: etree._Element) -> None:
        tag = local_name(element)
        allowed = CHILDREN.get(tag)
        for child in element:
            name = local_name(child)
            if name == "extensionElements" and is_bpmn(child):
                self._check_extensions(child, tag)
            elif allowed is not None and (not is_bpmn(child) or name not in allowed):
                reason = _REASONS.get(name, "请改用受支持的元素。")
                self.findings.add(
                    child if child.get("id") else element,
                    "unsupported-element",
                    f"“{label_of(child)}”:这里不支持 {name}。{reason}",
                )

    def _check_attributes(self, element: etree._Element) -> None:
        tag = local_name(element)
        known = ATTRIBUTES.get(tag)
        for name, value in element.attrib.items():
            if namespace_of(str(name)):
                ignored = not is_harmless_attribute(str(name))
            elif known is None or name in ("id", "name"):
                ignored = False
            else:
                values = known.get(str(name))
                ignored = values is None or bool(values and value not in values)
            if ignored:
                shown = etree.QName(name).localname
                self.findings.add(
                    element,
                    "unsupported-attribute",
                    f"“{label_of(element)}”的属性 {shown}=“{value}”本系统不执行,请删去。",
                )

    def _check_extensions(self, extensions: etree._Element, tag: str) -> None:
        allowed = EXTENSIONS.get(tag, frozenset({"properties"}))
        for child in extensions:
            name = local_name(child)
            if is_of_drawing(str(child.tag)):
                continue
            if namespace_of(str(child.tag)) != ZEEBE or name not in allowed:
                self.findings.add(
                    child,
                    "unsupported-extension",
                    f"“{label_of(child)}”的扩展 {name} 本系统不执行,请删去。",
                )
            else:
                self._check_extension(child)

    def _check_extension(self, extension: etree._Element) -> None:
        attributes, parts = EXTENSION_PARTS[local_name(extension)]
        for name in extension.attrib:
            if str(name) not in attributes:
                self.findings.add(
                    extension,
                    "unsupported-extension",
                    f"“{label_of(extension)}”的 {local_name(extension)} 属性 {name} "
                    "本系统不执行,请删去。",
                )
        for part in extension:
            if namespace_of(str(part.tag)) == ZEEBE and local_name(part) in parts:
                self._check_extension(part)
            else:
                self.findings.add(
                    extension,
                    "unsupported-extension",
                    f"“{label_of(extension)}”的 {local_name(extension)} 里有不认识的内容。",
                )

    def _check_ids(self) -> None:
        seen: set[str] = set()
        for element in self.root.iter():
            identity = element.get("id")
            if is_bpmn(element) and identity:
                if identity in seen:
                    self.findings.add(
                        element, "duplicate-id", f"编号“{identity}”出现了两次。请改一个。"
                    )
                seen.add(identity)

    # Flows -----------------------------------------------------------------------------

    def _read_flows(self) -> None:
        for element in self.process.iter(B + "sequenceFlow"):
            condition = element.find(B + "conditionExpression")
            text = "" if condition is None else (condition.text or "").strip()
            flow = Flow(
                id=element.get("id") or "",
                source=element.get("sourceRef") or "",
                target=element.get("targetRef") or "",
                name=element.get("name") or "",
                condition_text=text,
                condition=self.findings.expression(text, element) if text else None,
                line=line_of(element),
            )
            self.flows.setdefault(flow.source, []).append(flow)
            self.arrivals[flow.target] += 1
            self.elements[flow.id] = element

    def _outgoing(self, element: etree._Element) -> tuple[Flow, ...]:
        """The flows that leave an element, in the order in which it lists them."""
        flows = self.flows.get(element.get("id") or "", [])
        listed = [(e.text or "").strip() for e in element.findall(B + "outgoing")]
        order = {flow_id: place for place, flow_id in enumerate(listed)}
        return tuple(sorted(flows, key=lambda flow: order.get(flow.id, len(order))))

    # Lanes -------------------------------------------------------------------------------

    def _lanes(self) -> dict[str, Lane]:
        """The innermost lane of each element that a lane names."""
        lanes: dict[str, Lane] = {}
        owners: dict[str, etree._Element] = {}
        for element in self.process.iter(B + "lane"):
            lane = self._lane(element)
            for reference in element.findall(B + "flowNodeRef"):
                node_id = (reference.text or "").strip()
                before = owners.get(node_id)
                if before is not None and before not in element.iterancestors():
                    self.findings.add(
                        element,
                        "two-lanes",
                        f"元素“{node_id}”同时在泳道“{label_of(before)}”和“{lane.name}”里,"
                        "分不清由谁办理。",
                    )
                lanes[node_id], owners[node_id] = lane, element
        return lanes

    def _lane(self, element: etree._Element) -> Lane:
        properties = properties_of(element)
        kind = properties.get("kind", LaneKind.ROLE.value)
        if kind not in {known.value for known in LaneKind}:
            self.findings.add(
                element,
                "lane-kind",
                f"泳道“{label_of(element)}”的 kind“{kind}”不认识,"
                "只能是 role、participant 或 external。",
            )
            kind = LaneKind.ROLE.value
        return Lane(
            id=element.get("id") or "",
            name=element.get("name") or "",
            kind=LaneKind(kind),
            role=properties.get("role", ""),
            level=properties.get("level", ""),
            party=properties.get("party", ""),
            roles_at=tuple(
                (level, properties[f"{ROLE_AT}{level}"].strip())
                for level in LEVELS
                if f"{ROLE_AT}{level}" in properties
            ),
        )

    # Elements ------------------------------------------------------------------------------

    def _nodes(
        self,
        container: etree._Element,
        container_id: str,
        around: Lane | None,
        lanes: dict[str, Lane],
    ) -> Iterator[Node]:
        for element in container:
            if not is_bpmn(element) or local_name(element) not in NODES:
                continue
            node_id = element.get("id") or ""
            if not node_id:
                self.findings.add(
                    element, "id-missing", f"“{label_of(element)}”里有一个元素没有编号。"
                )
                continue
            self.elements[node_id] = element
            lane = lanes.get(node_id, around)
            yield self._node(element, container_id, lane)
            if local_name(element) == "subProcess":
                yield from self._nodes(element, node_id, lane, lanes)

    def _node(self, element: etree._Element, container: str, lane: Lane | None) -> Node:
        tag = local_name(element)
        if tag == "startEvent":
            self._start(element, container)
        node_id = element.get("id") or ""
        flows = self._outgoing(element)
        node = Node(
            element=Element(
                id=node_id,
                name=element.get("name") or "",
                kind=_KINDS[tag],
                process_key=self.key,
                lane=lane,
                form_id=form_id_of(element),
                properties=properties_of(element),
                outgoing=tuple(self._target(flow) for flow in flows),
                line=line_of(element),
            ),
            tag=tag,
            container=container,
            flows=flows,
            arrivals=self.arrivals[node_id],
            default_flow=element.get("default"),
            attached_to=element.get("attachedToRef"),
            interrupting=element.get("cancelActivity", "true") == "true",
            inputs=self.extensions.mapping(element, "input"),
            outputs=self.extensions.mapping(element, "output"),
        )
        return replace(
            node,
            action=self.extensions.action(element),
            event=None if tag == "startEvent" else self.extensions.event(element),
            loop=self.extensions.loop(element) if tag in ACTIVITIES else None,
            again=self.extensions.again(element) if tag in ACTIVITIES else None,
        )

    def _start(self, element: etree._Element, container: str) -> None:
        """Its timer says when the calendar begins a case: a date, of the process itself."""
        has_timer = element.find(f"{B}timerEventDefinition") is not None
        if has_timer and (container != self.key or not _date_of_timer(element)):
            self.findings.add(
                element,
                "timed-start",
                f"“{label_of(element)}”的定时不能用。定时启动只能画在流程最外层,并写日期(timeDate)。",
            )

    def _target(self, flow: Flow) -> FlowTarget:
        return FlowTarget(
            flow.id, flow.name, flow.target, self._name_of(flow.target), flow.condition_text
        )

    def _name_of(self, node_id: str) -> str:
        return self.names.get(node_id) or node_id

    # The process -----------------------------------------------------------------------------

    def _info(self) -> ProcessInfo:
        properties = properties_of(self.process)
        start = self.process.find(B + "startEvent")
        documentation = self.process.find(B + "documentation")
        return ProcessInfo(
            key=self.key,
            name=self.process.get("name") or self.key,
            name_en=properties.get("name:en", ""),
            start_role=properties.get("startRole") or None,
            start_level=properties.get("startLevel") or None,
            owner=properties.get("owner", ""),
            total_limit=properties.get("totalLimit") or None,
            title=properties.get("title") or None,
            start_form_id=None if start is None else form_id_of(start),
            begins_on="" if start is None else _date_of_timer(start),
            number_prefix=properties.get("numberPrefix", ""),
            documentation="" if documentation is None else (documentation.text or "").strip(),
            properties=properties,
        )


def _date_of_timer(start: etree._Element) -> str:
    """The date of a start event's timer, as written; empty where it has none."""
    found = start.find(f"{B}timerEventDefinition/{B}timeDate")
    return "" if found is None else (found.text or "").strip()
