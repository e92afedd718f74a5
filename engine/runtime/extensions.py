"""The zeebe extensions of an element: what it runs, maps, waits for and repeats."""

import re
from collections.abc import Iterator

from lxml import etree

from engine.feel import Literal
from engine.model.deadlines import LimitOf
from engine.model.definitions import COUNTED_FROM, LIMIT_OF
from engine.model.incoming import FORM as MESSAGE_FORM
from engine.model.items import ITEM_NAME, LISTED, LOOPED, MOST_ROUNDS, OF_ITEMS, greatest_rounds
from engine.model.signals import LONGEST_NAME, REACH, REACH_CASE
from engine.runtime.diagram import (
    Action,
    Again,
    Assignment,
    DecisionCall,
    ErrorEvent,
    Event,
    Loop,
    Message,
    OperationTask,
    ProcessCall,
    Script,
    Signal,
    Terminate,
    Timer,
)
from engine.runtime.findings import Findings, label_of
from engine.runtime.timers import literal_duration_problem
from engine.runtime.vocabulary import BPMN, ZEEBE, local_name

B = f"{{{BPMN}}}"
Z = f"{{{ZEEBE}}}"
RESERVED = frozenset({"case", *OF_ITEMS})
"""Variables that only the engine writes."""

_NAME = re.compile(r"[^\W\d]\w*")


def zeebe(element: etree._Element, name: str) -> etree._Element | None:
    """The zeebe extension of that name, None where there is none."""
    extensions = element.find(B + "extensionElements")
    return None if extensions is None else extensions.find(Z + name)


def properties_of(element: etree._Element) -> dict[str, str]:
    """The extension properties of an element."""
    properties = zeebe(element, "properties")
    if properties is None:
        return {}
    return {
        entry.get("name") or "": entry.get("value") or ""
        for entry in properties.findall(Z + "property")
    }


def form_id_of(element: etree._Element) -> str | None:
    """The form an element shows."""
    form = zeebe(element, "formDefinition")
    if form is not None:
        return form.get("formId") or None
    return properties_of(element).get(MESSAGE_FORM, "").strip() or None


class ExtensionReader:
    """Reads what one file's elements do; what is wrong goes to the findings."""

    def __init__(self, root: etree._Element, findings: Findings) -> None:
        self._findings = findings
        self._messages = _by_id(root, "message")
        self._signals = _by_id(root, "signal")
        self._errors = _by_id(root, "error")

    # Variables and mappings --------------------------------------------------------

    def path(self, text: str, element: etree._Element) -> tuple[str, ...]:
        """The variable, or the path into one, that something is written to."""
        parts = tuple(text.strip().split("."))
        if not all(_NAME.fullmatch(part) for part in parts):
            self._findings.add(
                element,
                "variable-name",
                f"“{label_of(element)}”要写入的变量“{text}”不是一个词"
                "(字母、汉字、数字、下划线,不以数字开头)。",
            )
        elif parts[0] in RESERVED:
            self._findings.add(
                element,
                "reserved-variable",
                f"“{label_of(element)}”要写入的变量“{parts[0]}”是系统保留的,请改名。",
            )
        return parts

    def mapping(self, element: etree._Element, side: str) -> tuple[Assignment, ...]:
        """The input or output mapping (``side``) in its order."""
        return tuple(self._assignments(element, side))

    def _assignments(self, element: etree._Element, side: str) -> Iterator[Assignment]:
        mapping = zeebe(element, "ioMapping")
        for entry in () if mapping is None else mapping.findall(Z + side):
            yield Assignment(
                self.path(entry.get("target") or "", element),
                self._findings.text(entry.get("source") or "", element),
            )

    # Actions -------------------------------------------------------------------------

    def action(self, element: etree._Element) -> Action | None:
        """What the element runs by itself; None for people's work and for mere structure."""
        match local_name(element):
            case "scriptTask":
                return self._script(element)
            case "businessRuleTask":
                return self._decision(element)
            case "serviceTask" | "sendTask":
                return self._operation(element)
            case "callActivity":
                return self._call(element)
            case _:
                return None

    def _required(self, element: etree._Element, name: str, *attributes: str) -> list[str] | None:
        found = zeebe(element, name)
        values = [] if found is None else [(found.get(a) or "").strip() for a in attributes]
        if not values or not all(values):
            self._findings.add(
                element,
                "missing-extension",
                f"“{label_of(element)}”缺少 zeebe:{name}({'、'.join(attributes)})。"
                "请在属性面板中填写。",
            )
            return None
        return values

    def _script(self, element: etree._Element) -> Script | None:
        values = self._required(element, "script", "expression", "resultVariable")
        if values is None:
            return None
        return Script(self._findings.expression(values[0], element), self.path(values[1], element))

    def _decision(self, element: etree._Element) -> DecisionCall | None:
        values = self._required(element, "calledDecision", "decisionId", "resultVariable")
        if values is None:
            return None
        if values[0].startswith("="):
            self._findings.add(
                element, "computed-reference", f"“{label_of(element)}”的决策编号不能是表达式。"
            )
        return DecisionCall(values[0], self.path(values[1], element))

    def _operation(self, element: etree._Element) -> OperationTask | None:
        values = self._required(element, "taskDefinition", "type")
        if values is None:
            return None
        if values[0].startswith("="):
            self._findings.add(
                element, "computed-reference", f"“{label_of(element)}”的操作名不能是表达式。"
            )
        headers = zeebe(element, "taskHeaders")
        listed = () if headers is None else headers.findall(Z + "header")
        return OperationTask(
            values[0],
            {entry.get("key") or "": entry.get("value") or "" for entry in listed},
            deferred=properties_of(element).get("async") == "true",
        )

    def _call(self, element: etree._Element) -> ProcessCall | None:
        values = self._required(element, "calledElement", "processId")
        called = zeebe(element, "calledElement")
        if values is None or called is None:
            return None
        if values[0].startswith("="):
            self._findings.add(
                element, "computed-reference", f"“{label_of(element)}”调用的流程不能是表达式。"
            )
        for attribute in ("propagateAllChildVariables", "propagateAllParentVariables"):
            if called.get(attribute) != "false":
                self._findings.add(
                    element,
                    "propagation",
                    f"“{label_of(element)}”要写明 {attribute}=false,"
                    "并在输入、输出映射中列出要传递的变量。",
                )
        return ProcessCall(values[0])

    # Events --------------------------------------------------------------------------

    def event(self, element: etree._Element) -> Event | None:
        """What an event waits for or does; None for a plain one."""
        if local_name(element) == "receiveTask":
            return self._message(element, element.get("messageRef"))
        definitions = [d for d in element if str(d.tag).endswith("EventDefinition")]
        if len(definitions) > 1:
            self._findings.add(
                element, "several-events", f"“{label_of(element)}”有多个事件定义,只能有一个。"
            )
        return self._defined(element, definitions[0]) if definitions else None

    def _defined(self, element: etree._Element, definition: etree._Element) -> Event | None:
        match local_name(definition):
            case "timerEventDefinition":
                return self._timer(element, definition)
            case "messageEventDefinition":
                return self._message(element, definition.get("messageRef"))
            case "errorEventDefinition":
                return self._error(element, definition.get("errorRef"))
            case "signalEventDefinition":
                return self._signal(element, definition.get("signalRef"))
            case "terminateEventDefinition":
                return Terminate()
            case _:
                return None  # the vocabulary has refused it

    def _timer(self, element: etree._Element, definition: etree._Element) -> Timer | None:
        given = [e for e in definition if local_name(e) in ("timeDate", "timeDuration")]
        text = "" if len(given) != 1 else (given[0].text or "").strip()
        if not text:
            self._findings.add(
                element,
                "timer-missing",
                f"定时事件“{label_of(element)}”没有可用的时间。"
                "请填写时长(如 P5D、5wd)或日期;不支持周期定时。",
            )
            return None
        is_date = local_name(given[0]) == "timeDate"
        source = self._findings.text(text, element)
        if isinstance(source, Literal) and not is_date:
            problem = literal_duration_problem(text)
            if problem:
                self._findings.add(
                    element, "timer-unreadable", f"定时事件“{label_of(element)}”{problem}"
                )
        said = properties_of(element)
        begins = said.get(COUNTED_FROM, "").strip()
        return Timer(
            is_date,
            source,
            text,
            counted_from=self._findings.text(begins, element) if begins else None,
            is_citizens=said.get(LIMIT_OF, "").strip() == LimitOf.CITIZEN.value,
        )

    def _message(self, element: etree._Element, reference: str | None) -> Message | None:
        message = self._messages.get(reference or "")
        name = "" if message is None else (message.get("name") or "").strip()
        if message is None or not name or name.startswith("="):
            self._findings.add(
                element,
                "message-missing",
                f"“{label_of(element)}”没有引用到有名称的消息。请选择消息并填写名称"
                "(不能是表达式)。",
            )
            return None
        subscription = zeebe(message, "subscription")
        key = "" if subscription is None else (subscription.get("correlationKey") or "").strip()
        if not key:
            self._findings.add(
                element,
                "message-key",
                f"“{label_of(element)}”等待的消息“{name}”没有关联键,无法分清是哪一件的。"
                "请填写 correlationKey,如 =case.id。",
            )
            return None
        if not self.mapping(element, "output"):
            self._findings.add(
                element,
                "message-mapping",
                f"“{label_of(element)}”没有输出映射。收到的消息里要用的内容须逐项写明。",
            )
        return Message(name, self._findings.expression(key, element))

    def _signal(self, element: etree._Element, reference: str | None) -> Signal | None:
        signal = self._signals.get(reference or "")
        name = "" if signal is None else (signal.get("name") or "").strip()
        if not name or name.startswith("=") or len(name) > LONGEST_NAME:
            self._findings.add(
                element,
                "signal-missing",
                f"“{label_of(element)}”没有引用到有名称的信号。请选择信号并填写名称"
                f"(不能是表达式,最多 {LONGEST_NAME} 个字)。",
            )
            return None
        return Signal(name, everywhere=properties_of(element).get(REACH) != REACH_CASE)

    def _error(self, element: etree._Element, reference: str | None) -> ErrorEvent:
        if reference is None:
            return ErrorEvent(None)
        error = self._errors.get(reference)
        code = None if error is None else error.get("errorCode")
        if not code:
            self._findings.add(
                element,
                "error-code",
                f"“{label_of(element)}”引用的错误没有错误代码(errorCode)。请填写。",
            )
        return ErrorEvent(code)

    # Repetition ------------------------------------------------------------------------

    def loop(self, element: etree._Element) -> Loop | None:
        """The list an activity is repeated for; None when it is done once."""
        multiple = element.find(B + LISTED)
        if multiple is None:
            return None
        values = zeebe(multiple, "loopCharacteristics")
        collection = "" if values is None else values.get("inputCollection") or ""
        if values is None or not collection.strip():
            self._findings.add(
                element,
                "loop-collection",
                f"多实例“{label_of(element)}”没有写明对哪个列表逐项办理(inputCollection)。",
            )
            return None
        item, result = values.get("inputElement"), values.get("outputElement")
        collected = values.get("outputCollection")
        if bool(result) != bool(collected):
            self._findings.add(
                element,
                "loop-output",
                f"多实例“{label_of(element)}”的 outputCollection 和 outputElement 要同时填写。",
            )
        for name in (item, collected):
            if name and len(self.path(name, element)) > 1:
                self._findings.add(
                    element, "variable-name", f"多实例“{label_of(element)}”的变量“{name}”不能带点。"
                )
        until = _text_in(multiple, "completionCondition")
        title = properties_of(element).get(ITEM_NAME, "").strip()
        return Loop(
            sequential=multiple.get("isSequential") == "true",
            collection=self._findings.expression(collection, element),
            item_name=item or None,
            result_name=collected or None,
            result=self._findings.expression(result, element) if result else None,
            until=self._findings.expression(until, element) if until else None,
            until_text=until,
            title=self._findings.text(title, element) if title else None,
        )

    def again(self, element: etree._Element) -> Again | None:
        """The condition of a loop; None where the activity is none."""
        marked = element.find(B + LOOPED)
        if marked is None:
            return None
        condition = _text_in(marked, "loopCondition")
        if not condition:
            self._findings.add(
                element,
                "loop-condition",
                f"循环“{label_of(element)}”没有写明条件(loopCondition),不知道何时停。",
            )
            return None
        written = marked.get("loopMaximum", "").strip()
        most = greatest_rounds(written)
        if written and most is None:
            self._findings.add(
                element,
                "loop-maximum",
                f"循环“{label_of(element)}”的最多次数“{written[:20]}”"
                f"不是 1 到 {MOST_ROUNDS} 的整数。",
            )
            return None
        return Again(
            condition=self._findings.expression(condition, element),
            text=condition,
            before=marked.get("testBefore") == "true",
            most=most,
        )


def _text_in(element: etree._Element, tag: str) -> str:
    found = element.find(B + tag)
    return "" if found is None else (found.text or "").strip()


def _by_id(root: etree._Element, tag: str) -> dict[str, etree._Element]:
    return {found.get("id") or "": found for found in root.iter(B + tag)}
