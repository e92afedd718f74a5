"""What to do instead, for what is drawn or written with other tools and not run here."""

from engine.definitions.advice_to_vendors import OF_VENDORS
from engine.sentences import Words

_LISTS = Words(
    "列表、每项变量和结果都写在 zeebe:loopCharacteristics 里",
    "the list, the item's variable and the results are said in zeebe:loopCharacteristics",
)
ELEMENTS = {
    "task": Words(
        "请把任务类型改成用户任务、服务任务、业务规则任务或脚本任务",
        "make it a user task, a service task, a business rule task or a script task",
    ),
    "manualTask": Words(
        "请改成用户任务,有人在系统里确认完成",
        "make it a user task that somebody confirms in the system",
    ),
    "sendTask": Words(
        "请改成服务任务,由一个操作发送",
        "make it a service task: an operation sends",
    ),
    "receiveTask": Words(
        "请写明 messageRef,不放边界事件;或改成消息等待事件",
        "give it a messageRef and no boundary events, or make it an event that waits for a message",
    ),
    "globalTask": Words(
        "请把任务画在流程里",
        "draw the task in the process",
    ),
    "globalUserTask": Words(
        "请把任务画在流程里",
        "draw the task in the process",
    ),
    "complexGateway": Words(
        "请改成排他、并行或包容网关",
        "make it an exclusive, parallel or inclusive gateway",
    ),
    "adHocSubProcess": Words(
        "请改成普通子流程,用网关画出可能的次序",
        "make it a plain sub-process, with gateways for the orders that are possible",
    ),
    "transaction": Words(
        "请改成普通子流程,撤销的步骤用边界事件画出来",
        "make it a plain sub-process, and draw the steps that undo with boundary events",
    ),
    "choreography": Words(
        "请画成流程",
        "draw it as a process",
    ),
    "globalChoreographyTask": Words(
        "请画成流程",
        "draw it as a process",
    ),
    "conversation": Words(
        "请画成流程",
        "draw it as a process",
    ),
    "standardLoopCharacteristics": Words(
        "只有步骤、子流程和调用流程可以循环,请移过去,或用排他网关画一条走回来的连线",
        "only steps, sub-processes and called processes can loop; move it there, or draw a flow "
        "back with an exclusive gateway",
    ),
    "multiInstanceLoopCharacteristics": Words(
        "只有步骤、子流程和调用流程可以逐项办理,请把它放进一个子流程里",
        "only steps, sub-processes and called processes can be repeated; put it into a sub-process",
    ),
    "loopCardinality": Words(
        "请用 zeebe:loopCharacteristics 写明对哪个列表逐项办理(inputCollection)",
        "say with zeebe:loopCharacteristics for each item of which list (inputCollection)",
    ),
    "loopDataInputRef": _LISTS,
    "loopDataOutputRef": _LISTS,
    "inputDataItem": _LISTS,
    "outputDataItem": _LISTS,
    "complexBehaviorDefinition": Words(
        "请用完成条件(completionCondition)写明何时不必再办其余各项",
        "say with a completion condition when the other items need not be done",
    ),
    "signalEventDefinition": Words(
        "信号不能启动流程或子流程,请改成信号等待事件或事件子流程",
        "a signal starts no process; make it an event that waits for it, or an event sub-process",
    ),
    "escalationEventDefinition": Words(
        "请改成定时边界事件,或接到给人办的步骤",
        "make it a timer boundary event, or lead to a step that a person does",
    ),
    "conditionalEventDefinition": Words(
        "请改成网关上的条件",
        "make it a condition at a gateway",
    ),
    "compensateEventDefinition": Words(
        "请把撤销的步骤直接画出来",
        "draw the steps that undo",
    ),
    "cancelEventDefinition": Words(
        "请把撤销的步骤直接画出来",
        "draw the steps that undo",
    ),
    "linkEventDefinition": Words(
        "链接要成对:同一层里同名的发出和接收,接收只有一个;或直接画连线",
        "links come in pairs of one name on one level, with a single catch; or draw the flow",
    ),
    "dataObject": Words(
        "数据请用表单字段和变量表示,说明文字请用注释",
        "use fields of forms and variables; for words use an annotation",
    ),
    "dataObjectReference": Words(
        "数据请用表单字段和变量表示,说明文字请用注释",
        "use fields of forms and variables; for words use an annotation",
    ),
    "dataStore": Words(
        "数据请由操作读写,说明文字请用注释",
        "let operations read and write; for words use an annotation",
    ),
    "dataStoreReference": Words(
        "数据请由操作读写,说明文字请用注释",
        "let operations read and write; for words use an annotation",
    ),
    "ioSpecification": Words(
        "请用输入映射和输出映射",
        "use input and output mappings",
    ),
    "dataInputAssociation": Words(
        "请用输入映射",
        "use an input mapping",
    ),
    "dataOutputAssociation": Words(
        "请用输出映射",
        "use an output mapping",
    ),
    "property": Words(
        "请用变量",
        "use variables",
    ),
    "script": Words(
        "请写成 FEEL 计算式(zeebe:script),不支持其他脚本",
        "write it as a FEEL expression (zeebe:script); other scripts are not supported",
    ),
    "messageEventDefinition": Words(
        "开始和结束处不能收发消息:由人发起,由操作发送",
        "starts and ends neither receive nor send: a person starts, an operation sends",
    ),
    "timerEventDefinition": Words(
        "开始处不能定时:由人发起,或由别的流程调用",
        "a start cannot wait for a time: a person starts it, or another process calls it",
    ),
    "errorEventDefinition": Words(
        "错误只能写在结束事件上,由边界事件接住",
        "errors are thrown by end events and caught by boundary events",
    ),
    "import": Words(
        "请把引用的内容放进同一个文件",
        "put what it refers to into the same file",
    ),
    "messageFlow": Words(
        "只支持一个池,请用消息等待事件",
        "only one pool is supported; use an event that waits for a message",
    ),
}
"""By the element's name."""

USE_ANOTHER = Words("请改用支持的元素", "use an element that is supported")

EXTENSIONS = {
    "assignmentDefinition": Words(
        "谁来办由泳道的 role 和 level 决定,请删去指派",
        "who does it is decided by role and level of the lane; delete the assignment",
    ),
    "taskSchedule": Words(
        "时限请写在扩展属性 deadline 里,例如 5wd",
        "write the deadline as the extension property deadline, such as 5wd",
    ),
    "priorityDefinition": Words(
        "优先级请写在扩展属性 priority 里", "write the priority as the extension property priority"
    ),
    "executionListeners": Words(
        "不支持监听器,请用服务任务", "listeners are not supported; use a service task"
    ),
    "executionListener": Words(
        "不支持监听器,请用服务任务", "listeners are not supported; use a service task"
    ),
    "taskListeners": Words(
        "不支持监听器,请用服务任务", "listeners are not supported; use a service task"
    ),
    "versionTag": Words(
        "版本由部署时编号,请删去", "versions are numbered when deployed; delete it"
    ),
    "ioMapping": Words(
        "这里不做映射:结果写进 resultVariable,别处的变量可以直接读",
        "nothing is mapped here: the result goes to resultVariable, variables are read as they are",
    ),
    "loopCharacteristics": Words(
        "它只能写在多实例标记里",
        "it belongs in the multi-instance mark",
    ),
    "adHoc": Words(
        "不支持 ad hoc 子流程", "ad hoc sub-processes are not supported; draw a plain one"
    ),
    "linkedResources": Words(
        "不支持关联资源,请删去", "linked resources are not supported; delete it"
    ),
    "conditionalFilter": Words(
        "不支持条件事件", "conditional events are not supported; use a gateway"
    ),
    "agentDefinition": Words(
        "不支持智能体任务", "agent tasks are not supported; use a service task"
    ),
    "userTaskForm": Words(
        "表单请存为单独的 .form 文件", "save the form as a .form file of its own"
    ),
    "bindingType": Words("版本在部署时绑定,请删去", "versions are bound when deployed; delete it"),
    "retries": Words(
        "重试次数由系统统一规定,请删去", "how often is tried again is the same for all; delete it"
    ),
    "retryCounter": Words(
        "重试次数由系统统一规定,请删去", "how often is tried again is the same for all; delete it"
    ),
    "formKey": Words("请用 formId 和 .form 文件", "use formId and a .form file"),
    "externalReference": Words("请用 formId 和 .form 文件", "use formId and a .form file"),
    "processIdExpression": Words("被调用的流程须写明编号", "write the id of the called process"),
    "modelerTemplate": Words(
        "不支持元素模板,请在编辑器中解除模板",
        "element templates are not supported; unlink the template in the editor",
    ),
}
DELETE = Words("请删去", "delete it")
USE_OURS = Words(
    "请删去,改用 zeebe 扩展和扩展属性",
    "delete it, and use zeebe extensions and extension properties instead",
)

EXTENSIONS |= OF_VENDORS
