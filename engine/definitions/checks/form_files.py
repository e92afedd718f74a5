"""Can each form be used, and is it found by its name?"""

from collections.abc import Iterator

from engine.definitions.diagram import WITH_FORMS
from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.forms import Field


def check(draft: Draft) -> Iterator[Finding]:
    """The findings of the forms themselves, ids that differ from file names, forms nobody shows."""
    used = {node.form_id for _, node in draft.nodes(*WITH_FORMS)}
    seen: dict[str, str] = {}
    yield from _code_lists(draft)
    for file in draft.form_files:
        yield from file.form.findings
        form_id = file.form.id
        if not form_id or file.form.has_errors:
            continue
        if form_id in seen:
            yield error(
                "form-duplicate",
                f"表单编号“{form_id}”在“{seen[form_id]}”里已经有了。请改一个。",
                file.name,
            )
        seen.setdefault(form_id, file.name)
        if f"{form_id}.form" != file.name:
            yield error(
                "form-file-name",
                f"“{file.name}”里的表单编号是“{form_id}”。"
                f"请把文件改名为“{form_id}.form”,或把编号改成与文件名一致。",
                file.name,
            )
        if not {form_id, file.name.removesuffix(".form")} & used and draft.bpmn_files:
            yield warning(
                "file-unused",
                f"“{file.name}”没有步骤使用。请核对步骤上的表单编号,或移出这个文件。",
                file.name,
            )


def _code_lists(draft: Draft) -> Iterator[Finding]:
    """One name, one list: whoever changes it at one place is told of the others."""
    first: dict[str, tuple[str, Field]] = {}
    for file in draft.form_files:
        for asked in (f for top in file.form.fields.values() for f in (top, *top.row_fields)):
            if not asked.codes:
                continue
            known, other = first.setdefault(asked.codes, (file.name, asked))
            if other.options != asked.options:
                differing = {o.value for o in other.options} ^ {o.value for o in asked.options}
                what = f"(相差:{'、'.join(sorted(differing))})" if differing else ""
                yield error(
                    "form-codes-differ",
                    f"“{asked.label}”的代码表 {asked.codes} 与“{known}”中“{other.label}”的"
                    f"不一致{what}。请改成一致,或换一个名称。",
                    file.name,
                )
