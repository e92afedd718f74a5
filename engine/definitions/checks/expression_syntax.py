"""Is every expression FEEL, and begins with ``=`` where it must?"""

from collections.abc import Iterator

from engine.definitions.diagram import described, extension
from engine.definitions.draft import Draft
from engine.definitions.expressions import Site, compile_feel, sites
from engine.definitions.findings import error
from engine.errors import Finding
from engine.feel import FeelSyntaxError

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
                        f"{node.label}的映射目标“{mapped.target[:_SHOWN]}”不能用作变量名:"
                        "须是一个词,或用点连接的几个词。",
                        process.file,
                        mapped.element,
                    )
            if node.tag == "scriptTask" and extension(node.element, "script") is None:
                yield error(
                    "script-missing",
                    f"{described(node.element)}没有计算式。请填写 FEEL expression 和结果变量。",
                    process.file,
                    node.element,
                )
            elif node.tag == "scriptTask" and not _is_target(node.result_variable):
                yield error(
                    "result-variable",
                    f"{node.label}的结果变量“{node.result_variable[:_SHOWN]}”不能用,须是一个词。",
                    process.file,
                    node.element,
                )


def _text(site: Site) -> Iterator[Finding]:
    shown = " ".join(site.text.split())[:_SHOWN]
    if not site.is_feel:
        if site.must_be_feel:
            said = f"“{shown}”没有以 = 开头,只是一段文字" if shown else "是空的"
            yield error(
                "expression-without-equals",
                f"{site.where}{said}。请写成以 = 开头的表达式。",
                site.process.file,
                site.element,
            )
        return
    try:
        compile_feel(site.text)
    except FeelSyntaxError as problem:
        yield error(
            "expression-syntax",
            f"{site.where}“{shown}”写错了,{problem}。",
            site.process.file,
            site.element,
        )


def _is_target(text: str) -> bool:
    return bool(text) and all(part.isidentifier() for part in text.split("."))
