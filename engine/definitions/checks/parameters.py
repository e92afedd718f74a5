"""Is every parameter that an expression asks for one of the installation's?"""

from collections.abc import Iterator

from engine.definitions.asked import decision_texts, form_text, names_in_text
from engine.definitions.draft import Draft
from engine.definitions.expressions import sites
from engine.definitions.feel_facts import parameters_asked
from engine.definitions.findings import error
from engine.errors import Finding
from engine.model.definitions import FROM_PARAMETER
from engine.sentences import Words


def check(draft: Draft) -> Iterator[Finding]:
    """``parameter("…")`` in the expressions of the processes, their decisions and forms.

    And ``fromParameter``, the name alone.

    A decision that asks for one there is none of would quietly go on with nothing.
    """
    yield from _in_processes(draft)
    for decision_file in draft.decision_files:
        for title, text in decision_texts(decision_file.content) if decision_file.usable else ():
            yield from _unknown(
                draft, Words(f"决策“{title}”", f"decision “{title}”"), text, decision_file.name
            )
    for form_file in draft.form_files:
        if not form_file.form.has_errors:
            title, text = form_text(form_file.content)
            yield from _unknown(draft, _form(title or form_file.form.id), text, form_file.name)


def _unknown(draft: Draft, where: Words, text: str, file: str) -> Iterator[Finding]:
    for name in names_in_text(text):
        if name not in draft.known.parameters:
            yield error("parameter-unknown", file, where=where, name=name, has=_has(draft))


def _form(title: str) -> Words:
    return Words(f"表单“{title}”", f"form “{title}”")


def _has(draft: Draft) -> Words:
    return Words.listed(sorted(draft.known.parameters)[:20])


def _in_processes(draft: Draft) -> Iterator[Finding]:
    for process in draft.processes:
        for node in process.nodes.values():
            name = node.properties.get(FROM_PARAMETER, "").strip()
            if name and name not in draft.known.parameters:
                yield error(
                    "parameter-unknown",
                    process.file,
                    node.element,
                    where=Words.filled("{node}的时限", "the limit of {node}", node=node.label),
                    name=name,
                    has=_has(draft),
                )
        for site in sites(draft, process):
            for name in sorted(parameters_asked(site.text) - draft.known.parameters):
                yield error(
                    "parameter-unknown",
                    process.file,
                    site.element,
                    where=site.where,
                    name=name,
                    has=_has(draft),
                )
