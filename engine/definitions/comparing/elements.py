"""What is known of an element of a process, in words."""

from collections.abc import Hashable, Iterator, Mapping

from engine.errors import Invalid
from engine.model.deadlines import Deadline, Unit
from engine.model.definitions import ElementKind, LaneKind, ProcessInfo
from engine.model.organisations import LEVEL_NAMES
from engine.runtime import Program
from engine.runtime.diagram import (
    DecisionCall,
    ErrorEvent,
    Message,
    Node,
    OperationTask,
    ProcessCall,
    Script,
    Signal,
    Terminate,
    Timer,
)
from engine.sentences import Words

TYPES: Mapping[ElementKind, Words] = {
    ElementKind.START: Words("开始", "Start"),
    ElementKind.END: Words("结束", "End"),
    ElementKind.USER_TASK: Words("环节", "Step"),
    ElementKind.SCRIPT_TASK: Words("计算", "Calculation"),
    ElementKind.DECISION_TASK: Words("决策", "Decision"),
    ElementKind.SERVICE_TASK: Words("自动办理", "Automatic work"),
    ElementKind.EXCLUSIVE: Words("排他网关", "Exclusive gateway"),
    ElementKind.PARALLEL: Words("并行网关", "Parallel gateway"),
    ElementKind.INCLUSIVE: Words("包容网关", "Inclusive gateway"),
    ElementKind.EVENT_BASED: Words("事件网关", "Event gateway"),
    ElementKind.CATCH: Words("等待事件", "Waiting event"),
    ElementKind.THROW: Words("中间事件", "Intermediate event"),
    ElementKind.BOUNDARY: Words("边界事件", "Boundary event"),
    ElementKind.SUB_PROCESS: Words("子流程", "Sub-process"),
    ElementKind.CALL_ACTIVITY: Words("调用流程", "Called process"),
}
YES, NO = Words("是", "yes"), Words("否", "no")
_EVERYWHERE = Words("所有等它的办件", "every case that waits for it")
_THIS_CASE = Words("只到本件", "this case only")
_UNITS = {
    Unit.WORKING_DAYS: Words("{n} 个工作日", "{n} working days"),
    Unit.DAYS: Words("{n} 日", "{n} days"),
    Unit.HOURS: Words("{n} 小时", "{n} hours"),
}
_LEVELS = {
    "grassroots": "grassroots",
    "township": "township",
    "county": "county",
    "city": "city",
}
_LANES = {
    LaneKind.PARTICIPANT: Words("申请人", "the applicant"),
    LaneKind.EXTERNAL: Words("外单位", "a body outside"),
}
_PROPERTIES = {
    "milestone": Words("里程碑", "Milestone"),
    "notSamePersonAs": Words("不得与谁同一人", "Not the same person as"),
    "sameInSmallUnits": Words("小单位可同一人", "Same person allowed in small units"),
    "sameAllowed": Words("允许同一人", "Same person allowed"),
    "notSameUnitAs": Words("不得与谁同一单位", "Not the same unit as"),
    "handledAt": Words("由哪一级办理", "Handled at level"),
    "givenTo": Words("先交给谁", "Begins with"),
    "readableBy": Words("仅供谁查看", "Readable by"),
    "blockedBy": Words("须先办结", "Waits for"),
    "documents": Words("文书", "Documents"),
    "listDocument": Words("名单文书", "List document"),
    "batch": Words("可批量办理", "May be done together"),
    "priority": Words("优先级", "Priority"),
    "basis": Words("时限依据", "Basis of the limit"),
    "article": Words("时限条款", "Article of the limit"),
    "fromParameter": Words("时限取自参数", "Parameter of the limit"),
    "limitOf": Words("谁的期限", "Whose limit"),
    "countedFrom": Words("时限起算日", "Limit counted from"),
    "pausedFor": Words("停算的时间", "Times not counted"),
    "pausesClock": Words("暂停全程计时", "Pauses the total limit"),
    "tells": Words("打开时告知", "Tells on opening"),
    "sheet": Words("列表办理", "Done from a list"),
    "itemName": Words("每项名称", "Name of an item"),
    "name:en": Words("英文名称", "English name"),
    "startRole": Words("由谁发起", "Started by role"),
    "startLevel": Words("发起级别", "Started at level"),
    "owner": Words("归口", "Owner"),
    "totalLimit": Words("全程时限", "Total limit"),
    "title": Words("标题", "Title"),
    "numberPrefix": Words("编号前缀", "Number prefix"),
    "startsFrom": Words("从哪里发起", "Started from"),
    "startsFromRoles": Words("可发起的角色", "Roles that may start it"),
    "finishedIn": Words("在哪一步补填发起表单", "Step that finishes the start form"),
    "onlyOne": Words("同一单位只办一件", "One case of a unit at a time"),
    "sees": Words("可查看的密封信息", "Reads of what is sealed"),
    "confidentiality": Words("保密程度", "Confidentiality"),
    "excluded": Words("须回避的人和单位", "Who is kept away"),
    "excludedSuperiors": Words("一并回避的上级", "Superiors kept away as well"),
    "sealedRole": Words("可查密封件的角色", "Role that sees sealed cases"),
    "documentation:en": Words("英文说明", "English documentation"),
    "panel": Words("办理页附栏", "Panel beside the form"),
    "async": Words("后台办理", "Done in the background"),
    "public": Words("告知申请人", "Told to the applicant"),
    "publicReason": Words("告知申请人的理由", "Reason told to the applicant"),
    "publicUntil": Words("告知申请人的期限", "Limit told to the applicant"),
    "guestMessage": Words("申请人可提出", "What the applicant may send"),
    "guestHint": Words("给申请人的提示", "Hint for the applicant"),
    "guestReason": Words("申请人须写理由", "Reason asked of the applicant"),
    "guestMobile": Words("申请人手机", "Applicant's mobile"),
    "receipt": Words("开回执", "Receipt"),
    "receiptProof": Words("回执核对", "Proof beside the receipt"),
    "receiptNext": Words("回执上的下一步", "Next step on the receipt"),
    "publicForm": Words("公开的写信表单", "Form open to the public"),
    "publicName": Words("公开页上的名称", "Name on the public page"),
    "guestPapers": Words("申请人随时可补充", "The applicant may add at any time"),
}
_NAME = Words("名称", "Name")
_NOWHERE = Words("(无)", "(none)")


def limit(text: str) -> Words:
    """A limit such as ``5wd`` in words; an expression as it is written."""
    try:
        found = Deadline.parse(text)
    except Invalid:
        return Words.same(text)
    return Words.filled(*_UNITS[found.unit], n=found.amount)


def name_of(node: Node) -> Words:
    """What people call an element."""
    name = node.element.name or node.id
    return Words(name, node.element.properties.get("name:en", "").strip() or name)


def of_process(info: ProcessInfo, called: Mapping[str, str]) -> dict[Hashable, tuple[Words, Words]]:
    """What a process says of itself; ``called`` are the versions it is bound to."""
    facts: dict[Hashable, tuple[Words, Words]] = {"name": (_NAME, Words.same(info.name))}
    for name, value in sorted(info.properties.items()):
        said = limit(value) if name == "totalLimit" else Words.same(value)
        facts["property", name] = (_PROPERTIES.get(name, Words.same(name)), said)
    if info.start_form_id:
        facts["form"] = (Words("发起表单", "Start form"), Words.same(info.start_form_id))
    if info.documentation:
        facts["documentation"] = (Words("说明", "Documentation"), Words.same(info.documentation))
    for key, version in sorted(called.items()):
        what = Words(f"调用的流程 {key}", f"Called process {key}")
        facts["called", key] = (what, Words(f"第 {version} 版", f"version {version}"))
    return facts


def of_element(
    program: Program, node: Node, roles: Mapping[str, Words], newer: Mapping[str, Node]
) -> dict[Hashable, tuple[Words, Words]]:
    """Everything that makes a difference to whoever works there or waits there.

    Other elements are called as the ``newer`` version calls them: one that only has another name
    there is no change of those that lead to it.
    """
    facts: dict[Hashable, tuple[Words, Words]] = {
        "kind": (Words("类型", "Kind"), TYPES[node.element.kind]),
        "name": (_NAME, Words.same(node.element.name or node.id)),
    }
    facts.update(_who(node, roles))
    facts.update(_asked(program, node))
    facts.update(_event(program, node, newer))
    facts.update(_work(node))
    facts.update(_repeated(node))
    facts.update(_ways(program, node, newer))
    for name, value in sorted(node.element.properties.items()):
        if name not in {"deadline", "role", "level"}:
            facts["property", name] = (
                _PROPERTIES.get(name, Words.same(name)),
                Words.same(value),
            )
    return facts


_Told = Iterator[tuple[Hashable, tuple[Words, Words]]]


def _who(node: Node, roles: Mapping[str, Words]) -> _Told:
    lane = node.element.lane
    if lane is None or node.element.kind is not ElementKind.USER_TASK:
        return
    yield "lane", (Words("泳道", "Lane"), Words.same(lane.name))
    if lane.kind in _LANES:
        yield "lane-kind", (Words("由谁办理", "Done by"), _LANES[lane.kind])
    yield "role", (Words("角色", "Role"), roles.get(lane.role, Words.same(lane.role)))
    level = Words(LEVEL_NAMES.get(lane.level, lane.level), _LEVELS.get(lane.level, lane.level))
    yield "level", (Words("级别", "Level"), level)


def _asked(program: Program, node: Node) -> _Told:
    form_id = node.element.form_id
    if form_id:
        form = program.form_of(node.element)
        title = form_id if form is None or not form.title else f"{form.title}({form_id})"
        yield "form", (Words("表单", "Form"), Words.same(title))
    if node.element.deadline:
        yield "deadline", (Words("时限", "Limit"), limit(node.element.deadline))


def _event(program: Program, node: Node, newer: Mapping[str, Node]) -> _Told:
    match node.event:
        case Timer() as timer:
            word = Words("到期时间", "Due date") if timer.is_date else Words("计时", "Timer")
            yield "timer", (word, limit(timer.text))
        case Message() as message:
            yield "message", (Words("消息", "Message"), Words.same(message.name))
            yield "key", (Words("关联键", "Correlation key"), Words.same(message.key.text))
        case Signal() as signal:
            yield "signal", (Words("信号", "Signal"), Words.same(signal.name))
            if node.thrown_signal is not None:
                reach = _EVERYWHERE if signal.everywhere else _THIS_CASE
                yield "reach", (Words("到达", "Reaches"), reach)
        case ErrorEvent() as error:
            yield "error", (Words("错误", "Error"), Words.same(error.code or "*"))
        case Terminate():
            yield "terminate", (Words("结束全部", "Ends everything"), YES)
        case _:
            pass
    if node.attached_to is not None:
        host = newer.get(node.attached_to) or program.node(
            node.element.process_key, node.attached_to
        )
        yield "host", (Words("所在环节", "At"), Words.same(host.label))
        yield "interrupting", (Words("中断该环节", "Ends it"), YES if node.interrupting else NO)


def _work(node: Node) -> _Told:
    match node.action:
        case Script(source, target):
            yield (
                "script",
                (
                    Words("计算", "Calculation"),
                    Words.same(f"{'.'.join(target)} {_text(source.text)}"),
                ),
            )
        case DecisionCall() as call:
            yield "decision", (Words("决策", "Decision"), Words.same(call.decision_id))
            yield "result", (Words("结果写入", "Result"), Words.same(".".join(call.target)))
        case OperationTask() as task:
            yield "operation", (Words("操作", "Operation"), Words.same(task.operation))
            for name, value in sorted(task.headers.items()):
                yield ("header", name), (Words.same(name), Words.same(value))
        case ProcessCall() as call:
            yield "call", (Words("调用", "Calls"), Words.same(call.process_key))
        case _:
            pass
    for side, lines in (
        (Words("输入", "Input"), node.inputs),
        (Words("输出", "Output"), node.outputs),
    ):
        for line in lines:
            name = ".".join(line.target)
            what = Words(f"{side.zh} {name}", f"{side.en} {name}")
            yield (side.en, name), (what, Words.same(line.source.text))


def _repeated(node: Node) -> _Told:
    """For each item of which list, or while what holds."""
    loop, again = node.loop, node.again
    if loop is not None:
        how = Words("依次", "one after another") if loop.sequential else Words("同时", "at once")
        listed = loop.collection.text.strip()
        told = Words(f"{listed}({how.zh})", f"{listed} ({how.en})")
        yield "loop", (Words("逐项办理", "For each of"), told)
        if loop.item_name:
            yield "loop-item", (Words("每项变量", "Item's variable"), Words.same(loop.item_name))
        if loop.result is not None:
            result = f"{loop.result_name} {_text(loop.result.text)}"
            yield "loop-result", (Words("各项结果", "Results of the items"), Words.same(result))
        if loop.until is not None:
            until = Words.same(loop.until_text)
            yield "loop-until", (Words("够了的条件", "Enough when"), until)
    if again is not None:
        yield "loop", (Words("循环条件", "Again while"), Words.same(again.text))
        yield "loop-before", (Words("先判断", "Tested before"), YES if again.before else NO)
        if again.most is not None:
            yield "loop-most", (Words("最多次数", "At most"), Words.same(str(again.most)))


def _ways(program: Program, node: Node, newer: Mapping[str, Node]) -> _Told:
    """Where it goes on to, and on what condition."""
    nodes = {**program.diagram(node.element.process_key).nodes, **newer}
    if len(node.flows) == 1 and node.flows[0].condition is None:
        found = nodes.get(node.flows[0].target)
        follows = _NOWHERE if found is None else Words.same(found.label)
        yield "next", (Words("下一步", "Goes on to"), follows)
        return
    for number, flow in enumerate(node.flows):
        leads_to = nodes.get(flow.target)
        label = flow.target if leads_to is None else leads_to.label
        condition = (
            Words("其他情况", "otherwise")
            if flow.condition is None
            else Words.same(flow.condition_text.strip())
        )
        same = sum(other.target == flow.target for other in node.flows[:number])
        yield (
            ("way", flow.target, same),
            (Words(f"到“{label}”的条件", f"Condition to “{label}”"), condition),
        )


def _text(source: str) -> str:
    return source if source.startswith("=") else f"= {source}"
