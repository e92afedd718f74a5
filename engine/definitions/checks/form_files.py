"""Can each form be used, and is it found by its name?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.findings import error, warning
from engine.errors import Finding
from engine.forms import Field
from engine.sentences import Words

_ONLY_WORDS = Words("选项的文字或次序", "words or order of the choices")


def check(draft: Draft) -> Iterator[Finding]:
    """The findings of the forms themselves, ids that differ from file names, forms nobody shows."""
    used = {form_id for process in draft.processes for form_id in process.form_ids}
    seen: dict[str, str] = {}
    yield from _code_lists(draft)
    for file in draft.form_files:
        yield from file.form.findings
        form_id = file.form.id
        if not form_id or file.form.has_errors:
            continue
        if form_id in seen:
            yield error("form-duplicate", file.name, form_id=form_id, other=seen[form_id])
        seen.setdefault(form_id, file.name)
        if f"{form_id}.form" != file.name:
            yield error("form-file-name", file.name, name=file.name, form_id=form_id)
        if not {form_id, file.name.removesuffix(".form")} & used and draft.bpmn_files:
            yield warning("file-unused.form", file.name, name=file.name)


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
                what = Words.listed(
                    sorted(differing), Words("选项的文字或次序", "words or order of the choices")
                )
                yield error(
                    "form-codes-differ",
                    file.name,
                    field=asked.label,
                    codes=asked.codes,
                    known=known,
                    other=other.label,
                    what=what,
                )
