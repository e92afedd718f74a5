"""What to do instead of extensions of Camunda 7, Flowable, Activiti, jBPM and SpiffWorkflow."""

from engine.sentences import Words

_VENDORS: tuple[tuple[tuple[str, ...], Words], ...] = (
    (
        (
            "assignee",
            "candidateGroups",
            "candidateUsers",
        ),
        Words(
            "谁来办由泳道的 role 和 level 决定,请删去",
            "the lane's role and level decide who does it; delete it",
        ),
    ),
    (
        (
            "candidateStarterGroups",
            "candidateStarterUsers",
        ),
        Words(
            "谁能发起请写在流程的扩展属性 startRole 里",
            "write who may start it as the process's extension property startRole",
        ),
    ),
    (
        ("initiator",),
        Words("发起人由系统记录,请删去", "the system knows who started it; delete it"),
    ),
    (
        (
            "dueDate",
            "followUpDate",
        ),
        Words(
            "时限请写在扩展属性 deadline 里,例如 5wd",
            "write the deadline as the extension property deadline, such as 5wd",
        ),
    ),
    (
        ("priority",),
        Words(
            "优先级请写在扩展属性 priority 里",
            "write the priority as the extension property priority",
        ),
    ),
    (
        (
            "formData",
            "formProperty",
        ),
        Words("请把字段画成一张 .form 表单", "draw the fields as a .form file"),
    ),
    (("formRef",), Words("请用 formId 和 .form 文件", "use formId and a .form file")),
    (
        ("taskListener",),
        Words("不支持监听器,请用服务任务", "listeners are not supported; use a service task"),
    ),
    (
        ("inputOutput",),
        Words(
            "请改写成 zeebe:ioMapping 的输入和输出映射",
            "write input and output mappings (zeebe:ioMapping)",
        ),
    ),
    (
        ("in",),
        Words("请改写成 zeebe:ioMapping 的输入映射", "write input mappings (zeebe:ioMapping)"),
    ),
    (
        ("out",),
        Words("请改写成 zeebe:ioMapping 的输出映射", "write output mappings (zeebe:ioMapping)"),
    ),
    (
        (
            "class",
            "delegateExpression",
            "topic",
            "connector",
            "serviceTaskOperator",
        ),
        Words(
            "请在 Job type 里写操作名称,由系统执行",
            "name an operation in Job type, which the system carries out",
        ),
    ),
    (
        (
            "decisionRef",
            "decisionTableReferenceKey",
            "calledDecisionId",
            "ruleFlowGroup",
        ),
        Words("请用 zeebe:calledDecision 的 decisionId", "use decisionId of zeebe:calledDecision"),
    ),
    (
        ("mapDecisionResult",),
        Words("结果写进 resultVariable,请删去", "the result goes to resultVariable; delete it"),
    ),
    (
        ("collection",),
        Words(
            "多实例目前不支持",
            "several instances of a step are not supported; draw a plain step or a loop",
        ),
    ),
    (
        (
            "asyncBefore",
            "asyncAfter",
            "async",
            "exclusive",
        ),
        Words("每一步都单独保存,请删去", "every step is saved by itself; delete it"),
    ),
    (
        ("failedJobRetryTimeCycle",),
        Words(
            "重试次数由系统统一规定,请删去",
            "how often is tried again is the same for all; delete it",
        ),
    ),
    (
        ("calledElementBinding",),
        Words("版本在部署时绑定,请删去", "versions are bound when deployed; delete it"),
    ),
    (
        ("historyTimeToLive",),
        Words(
            "办件按档案规定保存,请删去", "cases are kept as the rules on archives say; delete it"
        ),
    ),
    (
        ("modelerTemplateVersion",),
        Words(
            "不支持元素模板,请在编辑器中解除模板",
            "element templates are not supported; unlink the template in the editor",
        ),
    ),
    (
        (
            "preScript",
            "onEntry-script",
        ),
        Words(
            "请在前面加一个脚本任务,写 FEEL 计算式",
            "put a script task with a FEEL expression before it",
        ),
    ),
    (
        (
            "postScript",
            "onExit-script",
        ),
        Words(
            "请在后面加一个脚本任务,写 FEEL 计算式",
            "put a script task with a FEEL expression behind it",
        ),
    ),
    (
        ("instructionsForEndUser",),
        Words("请把说明写进表单的文字组件", "write the instructions as a text in the form"),
    ),
    (
        ("skipExpression",),
        Words("请用排他网关画出跳过的路", "draw the way past it with an exclusive gateway"),
    ),
    (
        ("terminateAll",),
        Words("终止只结束本层,请删去", "termination ends its own level only; delete it"),
    ),
)

OF_VENDORS = {name: words for names, words in _VENDORS for name in names}
