"""Is every expression FEEL, and begins with ``=`` where it must?"""

from collections.abc import Iterator

from engine.definitions.diagram import described, extension
from engine.definitions.draft import Draft
from engine.definitions.expressions import Site, compile_feel, sites
from engine.definitions.findings import error
from engine.errors import Finding
from engine.feel import FeelSyntaxError
from engine.sentences import Words

_SHOWN = 80


def check(draft: Draft) -> Iterator[Finding]:
    """Conditions, mappings, scripts, timers, keys, properties; mappings without a target."""
    seen: set[tuple[object, str]] = set()
    for process in draft.processes:
        for site in sites(draft, process):
            if (site.element, site.text) not in seen:  # one message serves several events
                seen.add((site.element, site.text))
                yield from _text(site)
        for node in process.nodes.values():
            for mapped in (*node.inputs, *node.outputs):
                if not _is_target(mapped.target):
                    yield error(
                        "mapping-target",
                        process.file,
                        mapped.element,
                        node=node.label,
                        target=mapped.target[:_SHOWN],
                    )
            if node.tag == "scriptTask" and extension(node.element, "script") is None:
                yield error(
                    "script-missing", process.file, node.element, element=described(node.element)
                )
            elif node.tag == "scriptTask" and not _is_target(node.result_variable):
                yield error(
                    "result-variable.not-a-word",
                    process.file,
                    node.element,
                    node=node.label,
                    variable=node.result_variable[:_SHOWN],
                )


def _text(site: Site) -> Iterator[Finding]:
    shown = " ".join(site.text.split())[:_SHOWN]
    if not site.is_feel:
        if site.must_be_feel:
            said = _plain(shown)
            yield error(
                "expression-without-equals",
                site.process.file,
                site.element,
                where=site.where,
                said=said,
            )
        return
    try:
        compile_feel(site.text)
    except FeelSyntaxError as problem:
        yield error(
            "expression-syntax",
            site.process.file,
            site.element,
            where=site.where,
            shown=shown,
            problem=problem.told,
        )


def _is_target(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split("."))


def _plain(shown: str) -> Words:
    if not shown:
        return Words("是空的", "is empty")
    return Words(
        f"“{shown}”没有以 = 开头,只是一段文字",
        f"“{shown}” does not begin with =: it is only a text",
    )
