"""Reading a ``.form`` file into components; every fault becomes a finding, nothing is raised."""

import re
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from engine.errors import Finding
from engine.forms.components import (
    GRID_COLUMNS,
    Component,
    Field,
    FieldKind,
    Filler,
    Group,
    Personal,
    Placement,
    Separator,
    Spacer,
    TextView,
    fields_of,
)
from engine.forms.conditions import Condition
from engine.forms.inputs import read_input
from engine.forms.nodes import Node, Surroundings
from engine.forms.vocabulary import (
    ANYWHERE,
    ATTRIBUTES,
    COMMON,
    HARMLESS,
    PROPERTIES,
    REFUSED_ATTRIBUTES,
    REFUSED_COMPONENTS,
    TEMPLATE,
    VALIDATIONS,
)
from engine.sentences import Words, finding

LARGEST_FILE = 2_000_000
"""Bytes of a form file; ours have some tens of thousands."""

MOST_COMPONENTS = 1000
DEEPEST_GROUPS = 8

_WORD = re.compile(r"[^\W\d_]\w*")
_TEMPLATES = ("properties", "textarea")
_LAYOUTS = frozenset({"row", "columns"})


@dataclass(frozen=True)
class FormFile:
    """What a file holds; unusable where ``findings`` has an error."""

    id: str
    title: str
    components: tuple[Component, ...]
    findings: tuple[Finding, ...]


def id_of_form(content: bytes, file: str) -> str:
    """The id of a ``.form`` file, without reading what it asks; empty where it has none."""
    found = FormReader(file).parse(content).get("id")
    return found if isinstance(found, str) else ""


class FormReader:
    """Reads one file; collects findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self._seen: dict[tuple[str, ...], str] = {}
        self._count = 0

    def note(self, severity: str, code: str, told: Words, element_id: str | None) -> None:
        """Add a finding."""
        what = told._replace(zh=told.zh.removesuffix("。"))
        self.findings.append(finding(severity, code, self.file, element_id, what=what))

    def read(self, content: bytes) -> FormFile:
        """Read the file."""
        root = self.parse(content)
        form_id = root.get("id")
        if not isinstance(form_id, str) or not form_id:
            self.note(
                "error",
                "form-id",
                Words(
                    "表单没有编号 id,流程无法引用。", "the form has no id: no process could name it"
                ),
                None,
            )
            form_id = ""
        title = root.get("title")
        raw = root.get("components")
        if not isinstance(raw, list):
            self.note(
                "error",
                "form-components",
                Words(
                    "表单没有 components,不知道要问什么。",
                    "the form has no components: nobody knows what it asks",
                ),
                None,
            )
            raw = []
        components = self._components(raw, Surroundings())
        self._check_decisions(components)
        self._check_return_fields(components)
        self._check_texts(tuple(fields_of(components)))
        self._check_from_id(tuple(fields_of(components)))
        return FormFile(
            form_id,
            title if isinstance(title, str) and title else form_id,
            components,
            tuple(self.findings),
        )

    def parse(self, content: bytes) -> Mapping[str, object]:
        """The file as JSON; an empty form where it is none."""
        if len(content) > LARGEST_FILE:
            self.note(
                "error",
                "form-size",
                Words(
                    "表单文件超过 2 MB,没有读取。", "the form is larger than 2 MB and was not read"
                ),
                None,
            )
            return {"id": "-", "components": []}
        try:
            # Half a character (\ud800) or a number without end could be read, but never sent on.
            root = orjson.loads(content.removeprefix(BOM_UTF8))
        except ValueError:
            self.note(
                "error",
                "form-json",
                Words("这不是表单文件:内容不是 JSON。", "this is no form: its content is not JSON"),
                None,
            )
            return {"id": "-", "components": []}
        if not isinstance(root, dict):
            self.note(
                "error",
                "form-json",
                Words(
                    "这不是表单文件:最外层须为对象。",
                    "this is no form: the outermost must be an object",
                ),
                None,
            )
            return {"id": "-", "components": []}
        if root.get("type", "default") != "default":
            self.note(
                "error",
                "form-json",
                Words("表单的 type 须为 default。", "the type of a form is default"),
                None,
            )
        return root

    def _components(self, raw: Sequence[object], around: Surroundings) -> tuple[Component, ...]:
        nodes = []
        for position, item in enumerate(raw):
            if not isinstance(item, Mapping):
                self.note(
                    "error",
                    "form-components",
                    Words(
                        f"第 {position + 1} 个组件不是对象。",
                        f"component {position + 1} is no object",
                    ),
                    None,
                )
                continue
            identifier = str(item.get("id") or item.get("key") or f"{item.get('type')}-{position}")
            nodes.append(Node(item, identifier, around, self))
        place(nodes)
        read = (self._component(node) for node in nodes)
        return tuple(component for component in read if component is not None)

    def _component(self, node: Node) -> Component | None:
        self._count += 1
        if self._count > MOST_COMPONENTS:
            if self._count == MOST_COMPONENTS + 1:
                node.refuse(
                    "form-size",
                    Words(
                        f"组件超过 {MOST_COMPONENTS} 个",
                        f"there are more than {MOST_COMPONENTS} components",
                    ),
                )
            return None
        if not self._is_known(node):
            return None
        if node.type == "button":
            self._refuse_reset(node)
            return None
        hide = node.section_of("conditional").get("hide")
        hide_if = node.expression(hide, "conditional.hide")
        read = (
            self._group(node, hide_if)
            if node.type == "group"
            else _decoration(node, hide_if) or self._field(node, hide_if)
        )
        only_for = _only_for(node)
        return read if read is None or only_for is None else replace(read, only_for=only_for)

    def _is_known(self, node: Node) -> bool:
        allowed = ATTRIBUTES.get(node.type)
        if allowed is None:
            hint = REFUSED_COMPONENTS.get(
                node.type, Words("系统不认识这种组件", "such a component is not known")
            )
            node.refuse(
                "form-component",
                Words(
                    f"不能使用组件 {node.type or '(无 type)'},{hint}",
                    f"the component {node.type or '(no type)'} cannot be used: {hint.en}",
                ),
            )
            return False
        for name in node.raw:
            if name in REFUSED_ATTRIBUTES:
                node.refuse("form-attribute", REFUSED_ATTRIBUTES[name])
            elif name not in allowed and name not in COMMON and name not in HARMLESS:
                node.refuse(
                    "form-attribute",
                    Words(f"系统不认识 {name},删去后再部署", f"{name} is not known; delete it"),
                )
        self._check_sections(node)
        return True

    def _check_sections(self, node: Node) -> None:
        known = {
            "validate": VALIDATIONS.get(node.type, frozenset({"required"})),
            "properties": PROPERTIES.get(node.type, frozenset()) | ANYWHERE,
            "conditional": frozenset({"hide"}),
            "layout": _LAYOUTS,
            "appearance": frozenset({"prefixAdorner", "suffixAdorner"}),
        }
        for section, names in known.items():
            for name in node.section_of(section):
                if name.startswith(TEMPLATE) and (section, node.type) == _TEMPLATES:
                    continue
                if name not in names:
                    code = "form-property" if section == "properties" else "form-attribute"
                    node.refuse(
                        code,
                        Words(
                            f"{section} 中的 {name} 不适用于组件 {node.type}",
                            f"{name} in {section} is not for the component {node.type}",
                        ),
                    )

    def _refuse_reset(self, node: Node) -> None:
        if node.raw.get("action", "submit") == "submit":
            node.warn(
                "form-button",
                Words(
                    "提交按钮由系统画出,这里的按钮不会显示",
                    "the system draws the submit button; this one is not shown",
                ),
            )
        else:
            node.refuse(
                "form-button",
                Words(
                    "不提供“重置”按钮,以免填好的内容丢失",
                    "there is no reset button: what was typed would be lost",
                ),
            )

    def _group(self, node: Node, hide_if: Condition | None) -> Component | None:
        around = node.around
        if around.in_list:
            node.refuse(
                "form-nesting", Words("动态列表中不能再放分组", "a dynamic list cannot hold groups")
            )
            return None
        if around.depth >= DEEPEST_GROUPS:
            node.refuse(
                "form-nesting",
                Words(
                    f"分组嵌套超过 {DEEPEST_GROUPS} 层",
                    f"groups are nested more than {DEEPEST_GROUPS} deep",
                ),
            )
            return None
        label = node.text("label")
        inner = replace(
            around,
            path=around.path + node.path("path"),
            section=label or around.section,
            conditional=around.conditional or hide_if is not None,
            depth=around.depth + 1,
        )
        if node.on("tab") and around.depth:
            node.refuse(
                "form-nesting",
                Words("只有最外层的分组可以设 tab=true", "only outermost groups can have tab=true"),
            )
        return Group(
            node.id,
            label,
            self._components(self._children(node), inner),
            node.placement,
            node.on("tab"),
            node.on("folded"),
            hide_if,
        )

    def _children(self, node: Node) -> Sequence[object]:
        children = node.raw.get("components")
        if isinstance(children, list) and children:
            return children
        node.refuse("form-components", Words("里面没有任何组件", "there is nothing in it"))
        return []

    def _field(self, node: Node, hide_if: Condition | None) -> Field | None:
        is_list = node.type == "dynamiclist"
        path = node.path("path" if is_list else "key")
        if not path:
            if not any(f.element_id == node.id and f.code == "form-key" for f in self.findings):
                node.refuse(
                    "form-key",
                    Words(
                        f"没有 {'path' if is_list else 'key'},填写的内容无处保存",
                        f"it has no {'path' if is_list else 'key'}: the answer could not be kept",
                    ),
                )
            return None
        if is_list and node.around.in_list:
            node.refuse(
                "form-nesting",
                Words("动态列表中不能再放动态列表", "a dynamic list cannot hold dynamic lists"),
            )
            return None
        full = node.around.path + path
        self._check_free(node, full)
        read = read_input(node, full, hide_if)
        if not is_list:
            return read
        inner = Surroundings(section=node.text("label"), in_list=True)
        outer, self._seen = self._seen, {}
        columns = tuple(fields_of(self._components(self._children(node), inner)))
        self._seen = outer
        self._check_columns(node, columns)
        if read.keeps_rows:
            columns = tuple(_locked(column) for column in columns)
        return replace(read, row_fields=columns)

    def _check_columns(self, node: Node, columns: Sequence[Field]) -> None:
        """Columns that speak of another column name one of the same list."""
        names = {column.key for column in columns}
        for column in columns:
            for prop, named in (("signs", column.signs), ("copyFrom", column.copy_from)):
                if named and named not in names:
                    node.refuse(
                        "form-property",
                        Words(
                            f"列“{column.label}”的属性 {prop} 须是同一列表里一列的名称,"
                            f"没有找到“{named}”",
                            f"the property {prop} of column “{column.label}” names a column of "
                            f"the same list; there is no “{named}”",
                        ),
                    )

    def _check_free(self, node: Node, path: tuple[str, ...]) -> None:
        for other in self._seen:
            shorter = min(len(other), len(path))
            if other[:shorter] == path[:shorter]:
                node.refuse(
                    "form-key",
                    Words(
                        f"名称 {'.'.join(path)} 与“{self._seen[other]}”重复",
                        f"the name {'.'.join(path)} is that of “{self._seen[other]}” too",
                    ),
                )
                return
        self._seen[path] = node.text("label") or ".".join(path)

    def _check_decisions(self, components: Sequence[Component]) -> None:
        deciding = [found for found in fields_of(components) if found.decision]
        for extra in deciding[1:]:
            message = Words(
                f"“{extra.label}”:一张表单只能有一个决定字段。",
                f"“{extra.label}”: a form has one decision field at most",
            )
            self.note("error", "form-decision", message, extra.id)
        for asked in fields_of(components):
            if asked.kind is FieldKind.LIST and any(c.decision for c in asked.row_fields):
                message = Words(
                    f"“{asked.label}”:决定字段不能放在动态列表中。",
                    f"“{asked.label}”: a decision field cannot be in a dynamic list",
                )
                self.note("error", "form-decision", message, asked.id)

    def _check_return_fields(self, components: Sequence[Component]) -> None:
        """What is to be changed is ticked beside where the case goes back to, once in a form."""
        asked = tuple(fields_of(components))
        ticking = [found for found in asked if found.return_fields]
        for extra in ticking[1:]:
            message = Words(
                f"“{extra.label}”:一张表单只能有一个设 returnFields 的字段。",
                f"“{extra.label}”: a form has one field with returnFields at most",
            )
            self.note("error", "form-return-fields", message, extra.id)
        for found in ticking[:1]:
            if not any(other.return_targets for other in asked):
                message = Words(
                    f"“{found.label}”:设了 returnFields,但表单里没有设 returnTargets 的字段,"
                    "不知道退回到哪一步。请加上“退回到”。",
                    f"“{found.label}”: it has returnFields, but no field of the form has "
                    "returnTargets, so nobody knows where the case goes back to",
                )
                self.note("error", "form-return-fields", message, found.id)
        for found in asked:
            if any(column.return_fields for column in found.row_fields):
                message = Words(
                    f"“{found.label}”:设 returnFields 的字段不能放在动态列表中。",
                    f"“{found.label}”: a field with returnFields cannot be in a dynamic list",
                )
                self.note("error", "form-return-fields", message, found.id)

    def _check_from_id(self, asked: Sequence[Field]) -> None:
        """An answer comes from an identity number of the same form or the same row."""
        numbers = {found.key for found in asked if found.pii is Personal.ID and found.format}
        for found in asked:
            self._check_from_id(found.row_fields)
            if found.from_id and found.from_id not in numbers:
                message = Words(
                    f"“{found.label}”:属性 fromId 须是同一层里一个身份证号字段的名称,"
                    f"没有找到“{found.from_id}”。",
                    f"“{found.label}”: the property fromId names a field for an identity number "
                    f"on the same level; there is no “{found.from_id}”",
                )
                self.note("error", "form-property", message, found.id)

    def _check_texts(self, asked: Sequence[Field]) -> None:
        """The text of a code is stored beside it: nothing else may have that name."""
        taken = {found.path for found in asked}
        for found in asked:
            self._check_texts(found.row_fields)
            if found.codes and (*found.path[:-1], found.text_name) in taken:
                message = Words(
                    f"“{found.label}”是代码表,它的文字存在 {found.text_name} 里,"
                    "别的字段不能用这个名称。",
                    f"“{found.label}” is a code list whose words are kept in {found.text_name}; "
                    "no other field can have that name",
                )
                self.note("error", "form-key", message, found.id)


def _locked(column: Field) -> Field:
    """A column that cannot be changed in the rows that the case has; new rows ask for it."""
    if not column.readonly or column.signs:
        return column
    return replace(column, readonly=False, locked=True)


def _only_for(node: Node) -> Filler | None:
    """Who alone is asked this, in a step that the applicant may do herself."""
    said = node.section_of("properties").get("onlyFor")
    if said is None:
        return None
    if node.around.in_list:
        node.refuse(
            "form-property",
            Words(
                "列表中的一列不能设 onlyFor,请设在整个列表上",
                "a column of a list cannot have onlyFor; set it on the whole list",
            ),
        )
        return None
    if said not in [one.value for one in Filler]:  # said may be anything, an object too
        node.refuse(
            "form-property",
            Words(
                "属性 onlyFor 只能是 staff(工作人员)或 guest(申请人)",
                "the property onlyFor is staff or guest",
            ),
        )
        return None
    return Filler(said)


def _decoration(node: Node, hide_if: Condition | None) -> Component | None:
    """What only shows something; None for what asks."""
    if node.type == "text":
        return TextView(node.id, node.text("text"), node.placement, hide_if)
    if node.type == "separator":
        return Separator(node.id, node.placement, hide_if)
    if node.type == "spacer":
        return Spacer(node.id, node.placement, hide_if)
    return None


def place(nodes: Sequence[Node]) -> None:
    """Give each component its width and line.

    Components in sequence with the same ``layout.row`` share a line; those without ``columns``
    share what the others leave (as form-js lays them out).
    """
    line: list[Node] = []
    current: object = None
    for node in nodes:
        row = node.section_of("layout").get("row")
        if row is None or row != current:
            _fill_line(line)
            line, current = [], row
        line.append(node)
    _fill_line(line)


def _fill_line(line: Sequence[Node]) -> None:
    wanted = [_width(node) for node in line]
    free = GRID_COLUMNS - sum(width for width in wanted if width)
    open_places = sum(1 for width in wanted if not width)
    share = max(2, free // open_places) if open_places else 0
    for position, (node, width) in enumerate(zip(line, wanted, strict=True)):
        node.placement = Placement(width or min(share, GRID_COLUMNS), position == 0)


def _width(node: Node) -> int:
    columns = node.section_of("layout").get("columns")
    if columns is None:
        return 0
    width = node.whole("layout.columns", columns) or 0
    if not 1 <= width <= GRID_COLUMNS:
        node.refuse(
            "form-attribute",
            Words(
                f"layout.columns 须为 1 到 {GRID_COLUMNS}", f"layout.columns is 1 to {GRID_COLUMNS}"
            ),
        )
        return 0
    return width
