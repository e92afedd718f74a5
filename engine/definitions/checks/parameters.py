"""Is every parameter that an expression asks for one of the installation's?"""

from collections.abc import Iterator

from engine.definitions.asked import decision_texts, form_text, names_in_text
from engine.definitions.draft import Draft
from engine.definitions.expressions import sites
from engine.definitions.feel_facts import parameters_asked
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """``parameter("…")`` in the expressions of the processes, their decisions and forms.

    A decision that asks for one there is none of would quietly go on with nothing.
    """
    yield from _in_processes(draft)
    for decision_file in draft.decision_files:
        for title, text in decision_texts(decision_file.content) if decision_file.usable else ():
            yield from _unknown(draft, f"决策“{title}”", text, decision_file.name)
    for form_file in draft.form_files:
        if not form_file.form.has_errors:
            title, text = form_text(form_file.content)
            yield from _unknown(draft, f"表单“{title or form_file.form.id}”", text, form_file.name)


def _unknown(draft: Draft, where: str, text: str, file: str) -> Iterator[Finding]:
    for name in names_in_text(text):
        if name not in draft.known.parameters:
            yield error("parameter-unknown", _sentence(draft, where, name), file)


def _sentence(draft: Draft, where: str, name: str) -> str:
    has = "、".join(sorted(draft.known.parameters)[:20]) or "无"
    return f"{where}用到参数“{name}”,参数表里没有。现有参数:{has}。"


def _in_processes(draft: Draft) -> Iterator[Finding]:
    for process in draft.processes:
        for site in sites(draft, process):
            for name in sorted(parameters_asked(site.text) - draft.known.parameters):
                yield error(
                    "parameter-unknown",
                    _sentence(draft, site.where, name),
                    process.file,
                    site.element,
                )
